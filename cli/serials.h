/* cli/serials.h: serials as people list them: numbers and ranges, as arguments or in a file. */
#ifndef GARITA_CLI_SERIALS_H
#define GARITA_CLI_SERIALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "context.h"
#include "exit_status.h"

/* Of one command: what somebody may mean, and not what a slip of a range would be. */
#define SERIALS_MAX ((size_t)1 << 24)

/* Zero it before first use. */
struct serials {
    uint32_t *at;
    size_t count, cap;
};

/* Adds "17", or "17-40". Returns EXIT_DONE, or after a report EXIT_USAGE or EXIT_IO. */
exit_status serials_add_argument(const struct context *context, struct serials *out,
                                 const char *text);

/* Adds those of a file, one or a range on each line; # begins a comment. "-" is standard input. Of
 * bad lines the first ten are reported, and nothing counts: EXIT_BAD_INPUT. Else as
 * input_file_read.
 */
exit_status serials_add_file(const struct context *context, struct serials *out, const char *path);

/* Adds one. False if memory ran out. */
bool serials_add(struct serials *out, uint32_t serial);

/* Sorts them, and drops what occurs twice. */
void serials_sort(struct serials *serials);

/* Whether it is among them; they are sorted. */
bool serials_has(const struct serials *serials, uint32_t serial);

/* Adds "4, 8, 15, 16, 23, …": the first few. */
void serials_add_text(struct buffer *out, const struct serials *serials);

void serials_free(struct serials *serials); /* an empty one is allowed */

#endif
