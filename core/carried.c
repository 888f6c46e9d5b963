#include <garita/carried.h>

#include <stdlib.h>
#include <string.h>

#include "reader.h"
#include "signed_by.h"
#include "statement_io.h"

enum { KEY_SERIAL = 4 };

/* --- policies: all but their serial is for who uses them --- */

static garita_error read_policy(uint32_t *serial, const garita_verified *verified)
{
    garita_reader r;
    garita_container map;
    garita_peek peek;
    unsigned key;
    uint64_t n = 0;
    garita_reader_start(&r, verified->map, verified->map_len, 1,
                        garita_type_depth_max(GARITA_TYPE_POLICY));
    garita_statement_read_start(&r, &map, &peek, GARITA_TYPE_POLICY);
    while (garita_reader_key(&r, &map, &key)) {
        if (key == KEY_SERIAL)
            garita_reader_uint(&r, &n, 1, GARITA_SERIAL_MAX);
        else
            garita_reader_skip(&r);
    }
    garita_reader_leave(&r, &map, UINT64_C(1) << KEY_SERIAL);
    *serial = (uint32_t)n;
    return garita_statement_read_end(&r, NULL);
}

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
        policy->error = read_policy(&policy->serial, verified);
    policy->is_read = true;
    return policy->error == GARITA_OK;
}

static garita_error policy_signer(uint32_t *serial, const garita_issuer **signer,
                                  const garita_trust *trust, const garita_issuer *after,
                                  const uint8_t *bytes, size_t bytes_len)
{
    garita_peek peek;
    garita_verified verified;
    struct policy policy = {.error = GARITA_OK};
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
                               .may = may_sign_policy,
                               .context = &policy,
                               .scratch = scratch,
                               .scratch_len = scratch_len};
    *signer = garita_signed_by_next(&verified, &e, &search, after);
    free(scratch);
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

/* One space for all statements of an authority: what it said of another authority has this serial.
 */
static bool is_taken(const garita_trust *trust, const garita_issuer *signer, uint32_t serial)
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
    if (*signer && is_taken(trust, *signer, carried.serial)) {
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
