/* cli/verdict_compare.h: what an officer compares with the person, the papers or the plate. */
#ifndef GARITA_CLI_VERDICT_COMPARE_H
#define GARITA_CLI_VERDICT_COMPARE_H

#include <garita/credential.h>

#include "buffer.h"

/* "Compare with the document shown", with the company's papers, with the plate. Translated. */
const char *verdict_compare_with(const garita_credential *credential);

/* What to compare, and for what and until when it was issued: a row each, at most seven. */
void verdict_compare_add(struct buffer *out, const garita_credential *credential);

/* All of it in one line. */
void verdict_compare_add_line(struct buffer *out, const garita_credential *credential);

/* Who or what it is, as one says it: a person's or a company's name, a vehicle's plate. */
void verdict_compare_add_name(struct buffer *out, const garita_credential *credential);

#endif
