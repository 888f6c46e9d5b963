/* cli/input_file.h: a whole file, or standard input, up to a bound. */
#ifndef GARITA_CLI_INPUT_FILE_H
#define GARITA_CLI_INPUT_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "context.h"
#include "exit_status.h"
#include "report.h"

/* Zero it before first use. */
struct input_file {
    uint8_t *bytes; /* len bytes, then a zero that len does not count */
    size_t len;
    const char *source; /* how messages call it: the path, or "-" */
};

/* Reads path ("-" is standard input) of at most bytes_max bytes. Returns EXIT_DONE, or after a
 * report, with nothing to free, EXIT_NOT_FOUND, EXIT_BAD_INPUT (longer, or a directory) or EXIT_IO.
 * path must outlive *out. */
exit_status input_file_read(const struct context *context, struct input_file *out, const char *path,
                            size_t bytes_max);

/* The same for who reports it later: a failure goes to *failure and, translated, to message. */
exit_status input_file_try(struct input_file *out, struct failure *failure, struct buffer *message,
                           const char *path, size_t bytes_max);

void input_file_free(struct input_file *input); /* frees and zeroes; an empty one is allowed */

#endif
