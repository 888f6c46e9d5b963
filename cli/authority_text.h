/* cli/authority_text.h: what an authority statement says, for people and as JSON. */
#ifndef GARITA_CLI_AUTHORITY_TEXT_H
#define GARITA_CLI_AUTHORITY_TEXT_H

#include <jansson.h>

#include <garita/authority.h>

#include "buffer.h"

/* Its id, name, key with fingerprint, validity and scope, a line each. */
void authority_text_add(struct buffer *out, const garita_authority *authority);

/* {"id":HEX16,"key_number":N,"public_key":HEX64,"fingerprint":TEXT,"name":TEXT,"country":CODE,
 * "is_anchor":BOOL,"not_before":DATE|null,"expires":DATE} and, unless it is an anchor,
 * "programmes", "types", "countries" as lists, and "depth". Null without memory. */
json_t *authority_text_to_json(const garita_authority *authority);

#endif
