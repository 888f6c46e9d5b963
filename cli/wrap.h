/* cli/wrap.h: text broken between words, not where the terminal happens to end. */
#ifndef GARITA_CLI_WRAP_H
#define GARITA_CLI_WRAP_H

#include <stddef.h>

#include "buffer.h"

/* Adds UTF-8 text, with a line feed in place of the blanks before each word that would pass the
 * last column, and indent blanks after it. Escape sequences for color take no room. A word longer
 * than a line stays whole. columns 0: the text as it is. */
void wrap_add(struct buffer *out, const char *text, size_t text_len, size_t columns, size_t indent);

#endif
