/* claims.h: credentials and attestations in the form of the golden JSON. */
#ifndef GARITA_TESTS_CLAIMS_H
#define GARITA_TESTS_CLAIMS_H

#include <jansson.h>

#include <garita/attestation.h>

json_t *text_json(garita_utf8 text);
json_t *day_json(uint32_t day);
json_t *moment_text_json(int64_t moment);
json_t *programme_json(uint8_t code);
json_t *hex_text_json(const void *at, size_t len);

json_t *credential_claims_json(const garita_credential *c);
json_t *attestation_claims_json(const garita_attestation *a);

#endif
