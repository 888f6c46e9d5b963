/* judge.h: judges something in every kind of setting and requires what must hold of any verdict. */
#ifndef GARITA_FUZZ_JUDGE_H
#define GARITA_FUZZ_JUDGE_H

#include "fuzz.h"

void judge_text(const world *w, const char *text, size_t text_len);
void judge_statement(const world *w, const uint8_t *bytes, size_t bytes_len);

#endif
