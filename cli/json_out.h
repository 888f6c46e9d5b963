/* cli/json_out.h: objects that --json prints. */
#ifndef GARITA_CLI_JSON_OUT_H
#define GARITA_CLI_JSON_OUT_H

#include <jansson.h>
#include <stddef.h>

#include "buffer.h"
#include "context.h"
#include "exit_status.h"

/* Prints an object as one line on out, at once, and frees it. A null object (memory ran out while
 * it was made) is reported. Whether out could be written is checked when the program ends. */
exit_status json_out(const struct context *context, json_t *object);

/* Adds an object in one line, without a line feed, and frees it; a null one leaves out failed. What
 * a stranger's text could do to a terminal is escaped as \uXXXX (safe_text.h). */
void json_out_add(struct buffer *out, json_t *object);

/* A JSON string of any bytes: what is not UTF-8 becomes U+FFFD. Null if memory ran out. */
json_t *json_out_text(const char *text, size_t text_len);

/* The same, or JSON's null for a null text. */
json_t *json_out_text_or_null(const char *text);

#endif
