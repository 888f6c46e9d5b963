/* cli/equivocation_text.h: a proof that an authority has signed two histories, for people and as
 * JSON.
 */
#ifndef GARITA_CLI_EQUIVOCATION_TEXT_H
#define GARITA_CLI_EQUIVOCATION_TEXT_H

#include <jansson.h>

#include <garita/equivocation.h>

#include "buffer.h"

/* What a form (garita_equivocation_form) is, in a sentence without a full stop. Translated. */
const char *equivocation_text_form(unsigned form);

/* A line for each of the two heads: size, time, key, roots. The proof has been checked. */
void equivocation_text_add_heads(struct buffer *out, garita_bytes proof);

/* [{"size":N,"root":HEX64,"set_root":HEX64,"issued":N,"signed_at":MOMENT,"key_number":N},…]; null
 * if memory ran out. */
json_t *equivocation_text_heads_json(garita_bytes proof);

/* The form of a proof that has been checked. */
unsigned equivocation_text_form_of(garita_bytes proof);

#endif
