#include <garita/trust.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <garita/date.h>
#include <garita/programme.h>

/* Ids are public and can be ground, so a hostile authority can fill one bucket: the bound on
 * records bounds that too. */
enum { BUCKETS = 1024, INITIAL_CAP = 16 };

typedef struct record {
    garita_issuer issuer;                     /* first, so that a garita_issuer finds its record */
    uint8_t digest[crypto_hash_sha256_BYTES]; /* of the statement's bytes */
    struct record *next;                      /* in its bucket, in the order they came in */
} record;

struct garita_trust {
    record **records;
    size_t count;
    size_t cap;
    record *buckets[BUCKETS];
};

garita_error garita_trust_new(garita_trust **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? GARITA_OK : GARITA_E_NO_MEMORY;
}

void garita_trust_free(garita_trust *trust)
{
    if (!trust)
        return;
    for (size_t i = 0; i < trust->count; i++)
        free(trust->records[i]);
    free(trust->records);
    free(trust);
}

void garita_pin_default(garita_scope *out, const char *country)
{
    *out = (garita_scope){.programmes = garita_programmes_of_country(country),
                          .types = GARITA_TYPES_ALL,
                          .depth = GARITA_CHAIN_DEPTH_MAX};
    garita_scope_add_country(out, country);
}

size_t garita_trust_count(const garita_trust *trust)
{
    return trust->count;
}

const garita_issuer *garita_trust_get(const garita_trust *trust, size_t index)
{
    assert(index < trust->count);
    return &trust->records[index]->issuer;
}

/* --- finding --- */

static size_t bucket_of(const garita_id *id)
{
    return ((size_t)id->bytes[0] << 8 | id->bytes[1]) % BUCKETS;
}

const garita_issuer *garita_trust_find(const garita_trust *trust, const garita_issuer *after,
                                       const garita_id *id, uint8_t key_number)
{
    const record *r = after ? ((const record *)after)->next : trust->buckets[bucket_of(id)];
    for (; r; r = r->next)
        if (r->issuer.key_number == key_number && garita_id_equal(&r->issuer.id, id))
            return &r->issuer;
    return NULL;
}

static bool same_key(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, GARITA_PUBLIC_KEY_SIZE) == 0;
}

bool garita_issuer_same_authority(const garita_issuer *a, const garita_issuer *b)
{
    while (a->level > 0 && b->level > 0) {
        if (!same_key(a->first_key, b->first_key))
            return false;
        a = a->parent;
        b = b->parent;
    }
    return a->level == b->level && a->anchor == b->anchor;
}

/* --- keeping --- */

/* A new record at the end, in no bucket yet. */
static garita_error append(garita_trust *trust, record **out)
{
    if (trust->count == GARITA_ISSUERS_MAX)
        return GARITA_E_FULL;
    if (trust->count == trust->cap) {
        size_t cap = trust->cap ? 2 * trust->cap : INITIAL_CAP;
        record **records = realloc(trust->records, cap * sizeof *records);
        if (!records)
            return GARITA_E_NO_MEMORY;
        trust->records = records;
        trust->cap = cap;
    }
    *out = calloc(1, sizeof **out);
    if (!*out)
        return GARITA_E_NO_MEMORY;
    (*out)->issuer.index = (uint32_t)trust->count;
    trust->records[trust->count++] = *out;
    return GARITA_OK;
}

/* The record right below the anchor that a chain goes through; null for the anchor's own. */
static const garita_issuer *branch_of(const garita_issuer *issuer)
{
    while (issuer->level > 1)
        issuer = issuer->parent;
    return issuer->level == 1 ? issuer : NULL;
}

bool garita_issuer_same_branch(const garita_issuer *a, const garita_issuer *b)
{
    const garita_issuer *of_a = branch_of(a), *of_b = branch_of(b);
    return of_a && of_b && garita_issuer_same_authority(of_a, of_b);
}

/* Whether the shares of parent's anchor and branch allow another record below it. An authority may
 * certify another's key again and again, and so multiply all that this one signed: that fills its
 * own share alone. */
static bool has_share(const garita_trust *trust, const garita_issuer *parent)
{
    size_t of_anchor = 0, of_branch = 0;
    for (size_t i = 0; i < trust->count; i++) {
        const garita_issuer *other = &trust->records[i]->issuer;
        if (other->anchor != parent->anchor)
            continue;
        of_anchor++;
        of_branch += garita_issuer_same_branch(parent, other);
    }
    return of_anchor < GARITA_ISSUERS_PER_ANCHOR_MAX && of_branch < GARITA_ISSUERS_PER_BRANCH_MAX;
}

/* Makes the records from first on findable, and tells people of ids that two authorities share. */
static void publish(garita_trust *trust, size_t first)
{
    for (size_t i = first; i < trust->count; i++) {
        record *r = trust->records[i];
        record **link = &trust->buckets[bucket_of(&r->issuer.id)];
        for (; *link; link = &(*link)->next)
            if (garita_id_equal(&(*link)->issuer.id, &r->issuer.id) &&
                !garita_issuer_same_authority(&(*link)->issuer, &r->issuer))
                (*link)->issuer.shares_id = r->issuer.shares_id = true;
        *link = r;
    }
}

static void discard(garita_trust *trust, size_t first)
{
    while (trust->count > first)
        free(trust->records[--trust->count]);
}

static void fill(record *r, const garita_authority *a, const uint8_t *bytes, size_t bytes_len)
{
    garita_issuer *issuer = &r->issuer;
    issuer->id = a->id;
    issuer->key_number = a->key_number;
    memcpy(issuer->public_key, a->public_key, GARITA_PUBLIC_KEY_SIZE);
    memcpy(issuer->first_key, a->first_key, GARITA_PUBLIC_KEY_SIZE);
    memcpy(issuer->name, a->name.at, a->name.len);
    memcpy(issuer->country, a->country, GARITA_COUNTRY_SIZE);
    issuer->in_force_from = a->has_start ? garita_day_begins(a->not_before) : INT64_MIN;
    issuer->in_force_until = garita_day_expires(a->expires);
    issuer->serial = a->serial;
    crypto_hash_sha256(r->digest, bytes, bytes_len);
}

/* Verifies an authority statement under a key and reads it. */
static garita_error open_statement(garita_authority *out, garita_fault *fault,
                                   const garita_peek *peek,
                                   const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE])
{
    uint8_t scratch[GARITA_SCRATCH_SIZE(GARITA_AUTHORITY_BYTES_MAX)];
    garita_verified verified;
    garita_error e = garita_statement_verify(&verified, peek, public_key, scratch, sizeof scratch);
    return e == GARITA_OK ? garita_authority_decode(out, fault, &verified) : e;
}

/* --- anchors --- */

static const garita_issuer *find_anchor(const garita_trust *trust, const uint8_t *public_key)
{
    for (size_t i = 0; i < trust->count; i++) {
        const garita_issuer *issuer = &trust->records[i]->issuer;
        if (issuer->anchor == issuer && same_key(issuer->public_key, public_key))
            return issuer;
    }
    return NULL;
}

garita_error garita_trust_pin(garita_trust *trust, const garita_issuer **issuer,
                              garita_fault *fault, const garita_scope *scope, const uint8_t *bytes,
                              size_t bytes_len)
{
    garita_peek peek;
    garita_authority a;
    uint8_t key[GARITA_PUBLIC_KEY_SIZE];
    if (issuer)
        *issuer = NULL;
    garita_error e = garita_authority_inspect(&a, &peek, fault, bytes, bytes_len);
    if (e != GARITA_OK)
        return e;
    if (!a.self_issued || a.key_number != 1 || peek.key_number != 1)
        return GARITA_E_NOT_SELF_SIGNED;
    memcpy(key, a.public_key, sizeof key);
    e = open_statement(&a, fault, &peek, key);
    if (e != GARITA_OK)
        return e;
    if (!garita_scope_has_country(scope, a.country))
        return GARITA_E_OUT_OF_SCOPE;
    if (find_anchor(trust, key))
        return GARITA_E_ALREADY_KNOWN;

    record *r;
    e = append(trust, &r);
    if (e != GARITA_OK)
        return e;
    fill(r, &a, bytes, bytes_len);
    r->issuer.scope = *scope;
    r->issuer.scope.depth = GARITA_CHAIN_DEPTH_MAX;
    r->issuer.parent = r->issuer.anchor = &r->issuer;
    publish(trust, trust->count - 1);
    if (issuer)
        *issuer = &r->issuer;
    return GARITA_OK;
}

/* --- everyone else --- */

/* Whether the signer may say this at all: FORMAT.md, section 7. */
static garita_error check_right(const garita_issuer *parent, const garita_authority *a)
{
    if (!garita_scope_has_type(&parent->scope, GARITA_TYPE_AUTHORITY) ||
        !garita_scope_has_country(&parent->scope, a->country))
        return GARITA_E_OUT_OF_SCOPE;
    if (a->self_issued) /* from the first key alone, so that a chain has a length that is known */
        return parent->anchor == parent && a->key_number != 1 &&
                       same_key(a->first_key, parent->first_key)
                   ? GARITA_OK
                   : GARITA_E_OUT_OF_SCOPE;
    return parent->level < GARITA_CHAIN_DEPTH_MAX && parent->scope.depth >= 1 ? GARITA_OK
                                                                              : GARITA_E_TOO_DEEP;
}

/* Whether it contradicts, or repeats, what the same authority already said. */
static garita_error check_said(const garita_trust *trust, const garita_issuer *parent,
                               const garita_authority *a, const uint8_t *digest)
{
    for (size_t i = 0; i < trust->count; i++) {
        const record *r = trust->records[i];
        bool same_statement = memcmp(r->digest, digest, sizeof r->digest) == 0;
        if (same_statement && r->issuer.parent == parent)
            return GARITA_E_ALREADY_KNOWN;
        if (same_statement || !garita_issuer_same_authority(r->issuer.parent, parent))
            continue;
        if (r->issuer.serial == a->serial)
            return GARITA_E_SERIAL_TAKEN;
        if (same_key(r->issuer.first_key, a->first_key) && r->issuer.key_number == a->key_number &&
            !same_key(r->issuer.public_key, a->public_key))
            return GARITA_E_KEY_NUMBER_TAKEN;
    }
    return GARITA_OK;
}

static garita_error add_below(garita_trust *trust, const garita_issuer *parent,
                              const garita_authority *a, const uint8_t *bytes, size_t bytes_len)
{
    uint8_t digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, bytes, bytes_len);
    garita_error e = check_right(parent, a);
    if (e == GARITA_OK)
        e = check_said(trust, parent, a, digest);
    if (e == GARITA_OK && !has_share(trust, parent))
        e = GARITA_E_FULL;
    record *r;
    if (e == GARITA_OK)
        e = append(trust, &r);
    if (e != GARITA_OK)
        return e;

    fill(r, a, bytes, bytes_len);
    garita_issuer *issuer = &r->issuer;
    issuer->parent = parent;
    issuer->anchor = parent->anchor;
    if (a->self_issued) {
        issuer->scope = parent->scope;
    } else {
        issuer->level = (uint8_t)(parent->level + 1);
        garita_scope_narrow(&issuer->scope, &parent->scope, &a->scope);
    }
    if (issuer->in_force_from < parent->in_force_from)
        issuer->in_force_from = parent->in_force_from;
    if (issuer->in_force_until > parent->in_force_until)
        issuer->in_force_until = parent->in_force_until;
    return GARITA_OK;
}

/* Of several reasons not to add, the one to report: that it is there already, else the first. */
static garita_error combine(garita_error so_far, garita_error e)
{
    return so_far == GARITA_OK || e == GARITA_E_ALREADY_KNOWN ? e : so_far;
}

garita_error garita_trust_add(garita_trust *trust, const garita_issuer **issuer,
                              garita_fault *fault, const uint8_t *bytes, size_t bytes_len)
{
    garita_peek peek;
    garita_error refusal = GARITA_OK;
    bool known = false, signed_by_one = false;
    size_t first = trust->count;
    if (issuer)
        *issuer = NULL;
    garita_error e = garita_statement_peek(&peek, fault, GARITA_TYPE_AUTHORITY, bytes, bytes_len);
    if (e != GARITA_OK)
        return e;

    /* New records are in no bucket before publish, so the walk does not meet them. */
    for (const garita_issuer *p = NULL;
         (p = garita_trust_find(trust, p, &peek.signer, peek.key_number)) != NULL;) {
        garita_authority a;
        known = true;
        e = open_statement(&a, fault, &peek, p->public_key);
        if (e == GARITA_E_BAD_SIGNATURE)
            continue;
        if (e == GARITA_OK) {
            signed_by_one = true;
            e = add_below(trust, p, &a, bytes, bytes_len);
        }
        if (e == GARITA_E_NO_MEMORY) {
            discard(trust, first);
            return e;
        }
        if (e != GARITA_OK) {
            signed_by_one = true;
            refusal = combine(refusal, e);
        }
    }
    if (!known)
        return GARITA_E_UNKNOWN_ISSUER;
    if (!signed_by_one)
        return GARITA_E_BAD_SIGNATURE;
    if (trust->count == first)
        return refusal;
    publish(trust, first);
    if (issuer)
        *issuer = &trust->records[first]->issuer;
    return GARITA_OK;
}

garita_error garita_trust_load(garita_trust *trust, garita_error *errors,
                               const garita_bytes *statements, size_t count)
{
    for (unsigned pass = 0; pass <= GARITA_CHAIN_DEPTH_MAX; pass++) {
        size_t before = trust->count;
        for (size_t i = 0; i < count; i++) {
            garita_error e =
                garita_trust_add(trust, NULL, NULL, statements[i].at, statements[i].len);
            if (errors)
                errors[i] = e == GARITA_E_ALREADY_KNOWN ? GARITA_OK : e;
            if (e == GARITA_E_NO_MEMORY) {
                while (errors && pass == 0 && ++i < count)
                    errors[i] = e; /* never came to these */
                return e;
            }
        }
        if (trust->count == before)
            break;
    }
    return GARITA_OK;
}
