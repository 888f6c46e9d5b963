/* cli/issuer_text.h: a trusted authority, with what its chain leaves it, for people and as JSON. */
#ifndef GARITA_CLI_ISSUER_TEXT_H
#define GARITA_CLI_ISSUER_TEXT_H

#include <jansson.h>

#include <garita/trust.h>

#include "buffer.h"

/* A few lines: name, id and key, fingerprint, scope, validity; indented by its level. */
void issuer_text_add(struct buffer *out, const garita_issuer *issuer);

/* {"id":HEX16,"key_number":N,"public_key":HEX64,"fingerprint":TEXT,"name":TEXT,"country":CODE,
 * "is_anchor":BOOL,"level":N,"parent":HEX16|null,"serial":N,"countries":[…],"programmes":[…],
 * "types":[…],"depth":N,"from":MOMENT|null,"until":MOMENT,"shares_id":BOOL}; the scope is what the
 * whole chain leaves. Null if memory ran out. */
json_t *issuer_text_to_json(const garita_issuer *issuer);

#endif
