/* cli/age_text.h: how long ago, in a few characters. */
#ifndef GARITA_CLI_AGE_TEXT_H
#define GARITA_CLI_AGE_TEXT_H

#include <stdint.h>

#include "buffer.h"

/* Adds "45 s", "12 min", "2 h" or "3 d", rounded down; less than none is none. The signs are the
 * same in every language. */
void age_text_add(struct buffer *out, int64_t age_s);

#endif
