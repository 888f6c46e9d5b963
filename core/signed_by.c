#include "signed_by.h"

#include <assert.h>
#include <string.h>

static bool has_same_key(const garita_issuer *a, const garita_issuer *b)
{
    return memcmp(a->public_key, b->public_key, GARITA_PUBLIC_KEY_SIZE) == 0;
}

static const garita_issuer *next_record(const garita_signed_by *search, const garita_issuer *after)
{
    return garita_trust_find(search->trust, after, &search->peek->signer, search->peek->key_number);
}

/* Whether a record before this one speaks for the same authority already. */
static bool is_repeated(const garita_signed_by *search, const garita_verified *verified,
                        const garita_issuer *record)
{
    const garita_issuer *earlier = NULL;
    for (;;) {
        earlier = next_record(search, earlier);
        assert(earlier);
        if (earlier == record)
            return false;
        if (has_same_key(earlier, record) && garita_issuer_same_authority(earlier, record) &&
            search->may(search->context, earlier, verified))
            return true;
    }
}

const garita_issuer *garita_signed_by_next(garita_verified *verified, garita_error *error,
                                           const garita_signed_by *search,
                                           const garita_issuer *after)
{
    const garita_issuer *r = after, *checked = NULL;
    garita_error e = GARITA_E_BAD_SIGNATURE;
    *error = GARITA_E_UNKNOWN_ISSUER;
    while ((r = next_record(search, r)) != NULL) {
        if (*error == GARITA_E_UNKNOWN_ISSUER)
            *error = GARITA_E_BAD_SIGNATURE;
        if (search->authority && !garita_issuer_same_authority(search->authority, r))
            continue;
        /* renewals, and one key certified by many, come in rows: one check answers for the row */
        if (!checked || !has_same_key(checked, r))
            e = garita_statement_verify(verified, search->peek, r->public_key, search->scratch,
                                        search->scratch_len);
        checked = r;
        if (e != GARITA_OK)
            continue;
        if (!search->may(search->context, r, verified)) {
            *error = GARITA_E_OUT_OF_SCOPE;
        } else if (!is_repeated(search, verified, r)) {
            *error = GARITA_OK;
            return r;
        }
    }
    if (after)
        *error = GARITA_OK;
    return NULL;
}
