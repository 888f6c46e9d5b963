/* Whose word a policy is. */
#include <garita/policy.h>

#include <stdlib.h>

#include "policy_io.h"

garita_error garita_policy_next_signer(garita_verified *verified, const garita_issuer **signer,
                                       const garita_trust *trust, const garita_issuer *after,
                                       garita_signed_by_may may, void *context,
                                       const uint8_t *bytes, size_t bytes_len)
{
    garita_peek peek;
    *signer = NULL;
    garita_error e = garita_statement_peek(&peek, NULL, GARITA_TYPE_POLICY, bytes, bytes_len);
    if (e != GARITA_OK)
        return e;
    /* a stranger's costs nothing */
    if (!garita_trust_find(trust, NULL, &peek.signer, peek.key_number))
        return GARITA_E_UNKNOWN_ISSUER;
    /* too much for a stack, and bounded by the type */
    size_t scratch_len = GARITA_SCRATCH_SIZE(peek.map_len);
    uint8_t *scratch = malloc(scratch_len);
    if (!scratch)
        return GARITA_E_NO_MEMORY;
    garita_signed_by search = {.trust = trust,
                               .peek = &peek,
                               .may = may,
                               .context = context,
                               .scratch = scratch,
                               .scratch_len = scratch_len};
    *signer = garita_signed_by_next(verified, &e, &search, after);
    free(scratch);
    return e;
}

struct reading {
    bool is_read;
    garita_error error; /* of the map, once it is read */
    garita_policy *policy;
};

static bool may_sign_policy(void *context, const garita_issuer *record,
                            const garita_verified *verified)
{
    struct reading *reading = context;
    if (!garita_scope_has_type(&record->scope, GARITA_TYPE_POLICY))
        return false;
    if (!reading->is_read)
        reading->error = garita_policy_decode(&reading->policy, NULL, verified);
    reading->is_read = true;
    return reading->error == GARITA_OK &&
           garita_scope_has_country(&record->scope, reading->policy->country);
}

const garita_issuer *garita_policy_signer(garita_policy **out, garita_error *error,
                                          const garita_trust *trust, const garita_issuer *after,
                                          const uint8_t *bytes, size_t bytes_len)
{
    garita_verified verified;
    const garita_issuer *signer;
    struct reading reading = {.error = GARITA_OK};
    garita_error e = garita_policy_next_signer(&verified, &signer, trust, after, may_sign_policy,
                                               &reading, bytes, bytes_len);
    if (reading.error != GARITA_OK)
        e = reading.error;
    if (out && signer) {
        *out = reading.policy;
    } else {
        garita_policy_free(reading.policy);
        if (out)
            *out = NULL;
    }
    if (error)
        *error = e;
    return signer;
}
