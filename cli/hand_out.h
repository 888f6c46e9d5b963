/* cli/hand_out.h: how a statement that is signed, and in the register, gets to whoever asked for
 * it.
 */
#ifndef GARITA_CLI_HAND_OUT_H
#define GARITA_CLI_HAND_OUT_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "context.h"
#include "exit_status.h"

/* What output_file_check says of output; null is fine. EXIT_USAGE for "-" with --json. */
exit_status hand_out_check(const struct context *context, const char *output);

struct hand_out {
    const uint8_t *bytes; /* at most GARITA_AUTHORITY_BYTES_MAX */
    size_t bytes_len;
    uint32_t serial;
    const char *output;   /* null: its text on standard output */
    const char *key_name; /* that signed it */
};

/* Writes it and tells its serial. Where it cannot be written, says how to get it from the register.
 * facts: with --json what is said of it, to which "file", "text" and "bytes" are added; taken over,
 * and null without --json. */
exit_status hand_out(const struct context *context, const struct hand_out *statement,
                     json_t *facts);

#endif
