/* cli/verdict_json.h: a verdict as one line of JSON. */
#ifndef GARITA_CLI_VERDICT_JSON_H
#define GARITA_CLI_VERDICT_JSON_H

#include <stdint.h>

#include <garita/verify.h>

#include "buffer.h"

/* Adds {"verdict":…} and a line feed. The members are those of the contract (README, "JSON"); what
 * is not known is null. issuer is a claim until the check "signature" has passed; issuer_name,
 * serial, programme and holder are there only then. line 0 is not known. hint is of
 * advice_add_hint; null for none. */
void verdict_json_add(struct buffer *out, const garita_verdict *verdict, const char *source,
                      uint64_t line, const char *hint);

#endif
