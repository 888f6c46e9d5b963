/* cli/text_out.h: what a verb shows to people. */
#ifndef GARITA_CLI_TEXT_OUT_H
#define GARITA_CLI_TEXT_OUT_H

#include <stddef.h>

#include "buffer.h"
#include "context.h"
#include "exit_status.h"

/* Prints the text on out, and frees it. On a terminal its lines are broken where the terminal ends,
 * with indent blanks after each break. EXIT_IO after a report if the text had failed. */
exit_status text_out(const struct context *context, struct buffer *text, size_t indent);

#endif
