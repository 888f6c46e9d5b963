#include <garita/carried.h>

#include <string.h>

#include "policy_io.h"

/* --- policies: all but their serial is for who uses them --- */

struct policy {
    bool is_read;
    garita_error error;
    uint32_t serial;
};

static bool may_sign_policy(void *context, const garita_issuer *record,
                            const garita_verified *verified)
{
    struct policy *policy = context;
    if (!garita_scope_has_type(&record->scope, GARITA_TYPE_POLICY))
        return false;
    if (!policy->is_read)
        policy->error = garita_policy_serial(&policy->serial, verified);
    policy->is_read = true;
    return policy->error == GARITA_OK;
}

static garita_error policy_signer(uint32_t *serial, const garita_issuer **signer,
                                  const garita_trust *trust, const garita_issuer *after,
                                  const uint8_t *bytes, size_t bytes_len)
{
    garita_verified verified;
    struct policy policy = {.error = GARITA_OK};
    garita_error e = garita_policy_next_signer(&verified, signer, trust, after, may_sign_policy,
                                               &policy, bytes, bytes_len);
    *serial = policy.serial;
    return policy.error != GARITA_OK ? policy.error : e;
}

/* --- of either type --- */

/* What it hangs on right below the anchor: itself, where that is all that there is. */
static const garita_issuer *branch_of(const garita_issuer *record)
{
    while (record->level > 1)
        record = record->parent;
    return record;
}

bool garita_serial_is_taken(const garita_trust *trust, const garita_issuer *signer, uint32_t serial)
{
    for (size_t i = 0; i < garita_trust_count(trust); i++) {
        const garita_issuer *record = garita_trust_get(trust, i);
        if (record->serial == serial && garita_issuer_same_authority(record->parent, signer))
            return true;
    }
    return false;
}

garita_error garita_carried_read(garita_carried *out, const garita_issuer **signer,
                                 const garita_trust *trust, const garita_issuer *after,
                                 const uint8_t *bytes, size_t bytes_len)
{
    garita_carried carried = {.type = GARITA_TYPE_NODE};
    garita_node node = {0};
    garita_error e;
    if (garita_statement_type(bytes, bytes_len) == GARITA_TYPE_POLICY) {
        carried.type = GARITA_TYPE_POLICY;
        e = policy_signer(&carried.serial, signer, trust, after, bytes, bytes_len);
    } else {
        *signer = garita_node_signer(&node, &e, trust, after, bytes, bytes_len);
        carried.serial = node.serial;
        memcpy(carried.subject, node.public_key, sizeof carried.subject);
    }
    if (*signer && garita_serial_is_taken(trust, *signer, carried.serial)) {
        *signer = NULL;
        e = GARITA_E_SERIAL_TAKEN;
    }
    if (!*signer) {
        *out = (garita_carried){0};
        return e;
    }
    garita_log_id(&carried.log, *signer);
    garita_log_id(&carried.branch, branch_of(*signer));
    garita_log_id(&carried.anchor, (*signer)->anchor);
    garita_digest_of(&carried.digest, bytes, bytes_len);
    *out = carried;
    return GARITA_OK;
}

garita_carried_order garita_carried_compare(const garita_carried *a, const garita_carried *b)
{
    if (memcmp(&a->digest, &b->digest, sizeof a->digest) == 0)
        return GARITA_CARRIED_SAME;
    if (!garita_hash_equal(&a->log, &b->log))
        return GARITA_CARRIED_APART;
    if (a->serial == b->serial)
        return GARITA_CARRIED_TWIN;
    if (a->type != GARITA_TYPE_NODE || b->type != GARITA_TYPE_NODE ||
        memcmp(a->subject, b->subject, sizeof a->subject) != 0)
        return GARITA_CARRIED_APART;
    return a->serial > b->serial ? GARITA_CARRIED_NEWER : GARITA_CARRIED_OLDER;
}
