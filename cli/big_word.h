/* cli/big_word.h: the words of a verdict in letters of eight rows. */
#ifndef GARITA_CLI_BIG_WORD_H
#define GARITA_CLI_BIG_WORD_H

#include <stdbool.h>

#include <garita/verify.h>

#include "buffer.h"

/* Adds the word (UTF-8, of the capital letters that the font has; others are blanks) with the sign
 * of the outcome before it: a tick, a question mark, a cross. With color, on a ground of green,
 * amber or red that spans 80 columns. */
void big_word_add(struct buffer *out, const char *word, garita_outcome outcome, bool has_color);

#endif
