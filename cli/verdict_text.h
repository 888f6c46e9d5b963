/* cli/verdict_text.h: a verdict for people. */
#ifndef GARITA_CLI_VERDICT_TEXT_H
#define GARITA_CLI_VERDICT_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include <garita/verify.h>

#include "buffer.h"

/* To be seen from two metres: the word in large letters with a sign beside it (color is never the
 * only difference), why and what to do, and the holder's data to compare with the document shown.
 * A credential whose signature is not good shows no data. line 0 is not known. */
void verdict_text_add_big(struct buffer *out, const garita_verdict *verdict, const char *source,
                          uint64_t line, bool has_color);

/* All of it in one line. */
void verdict_text_add_line(struct buffer *out, const garita_verdict *verdict, const char *source,
                           uint64_t line, bool has_color);

#endif
