/* cli/big_word.h: the words of a verdict in large letters. */
#ifndef GARITA_CLI_BIG_WORD_H
#define GARITA_CLI_BIG_WORD_H

#include <stdbool.h>

#include <garita/verify.h>

#include "buffer.h"
#include "terminal.h"

/* Adds the word (UTF-8, of the capital letters that the font has; others are blanks) with the sign
 * of the outcome before it: a tick, a question mark, a cross; a dash where there is no verdict.
 * With color, on a ground of green, amber, red or gray. Five rows, or ten where the terminal has room for them beside a whole verdict. */
void big_word_add(struct buffer *out, const char *word, garita_outcome outcome, bool has_color,
                  struct terminal terminal);

#endif
