#include "payload.h"

#include <assert.h>
#include <string.h>

#include <garita/bundle.h>
#include <garita/node.h>

/* Authority statements: of one chain, which are levels and an anchor's further key; and in all.
 * Each further chain has one at least that is its own. */
enum {
    CHAIN_MAX = GARITA_CHAIN_DEPTH_MAX + 1,
    TOLD_MAX = ENGINE_PAYLOAD_STATEMENTS - 1,
    CERTIFIERS_MAX = TOLD_MAX
};

/* A STATEMENT's kind and its length in LEB128, for as long as an authority's may be. */
enum { FRAME_MAX = 3 };

static_assert(GARITA_AUTHORITY_BYTES_MAX < 1 << 14, "the length takes two bytes at most");
static_assert(CHAIN_MAX <= TOLD_MAX, "the longest chain fits");
static_assert(FRAME_MAX + GARITA_NODE_BYTES_MAX +
                      TOLD_MAX * (FRAME_MAX + GARITA_AUTHORITY_BYTES_MAX) <=
                  ENGINE_PAYLOAD_MAX,
              "and so do as many of the longest statements");

struct output {
    uint8_t *at;
    size_t len;
};

static bool append(void *context, const uint8_t *bytes, size_t len)
{
    struct output *o = context;
    assert(len <= ENGINE_PAYLOAD_MAX - o->len); /* by how many statements there are at most */
    memcpy(o->at + o->len, bytes, len);
    o->len += len;
    return true;
}

static void tell(struct output *o, garita_bytes statement)
{
    garita_message m = {.kind = GARITA_MESSAGE_STATEMENT, .bytes = statement};
    garita_bundle_write(append, o, &m);
}

/* --- the statement that a record was made of --- */

struct search {
    const garita_issuer *record;
    size_t len; /* 0: not found */
    uint8_t bytes[GARITA_AUTHORITY_BYTES_MAX];
};

static bool is_of(const garita_issuer *record, const uint8_t *bytes, size_t len)
{
    const garita_issuer *signer = record->parent;
    uint8_t scratch[GARITA_SCRATCH_SIZE(GARITA_AUTHORITY_BYTES_MAX)];
    garita_peek peek;
    garita_verified verified;
    garita_authority a;
    return garita_statement_peek(&peek, NULL, GARITA_TYPE_AUTHORITY, bytes, len) == GARITA_OK &&
           garita_id_equal(&peek.signer, &signer->id) && peek.key_number == signer->key_number &&
           garita_statement_verify(&verified, &peek, signer->public_key, scratch, sizeof scratch) ==
               GARITA_OK &&
           garita_authority_decode(&a, NULL, &verified) == GARITA_OK &&
           a.serial == record->serial && a.key_number == record->key_number &&
           memcmp(a.public_key, record->public_key, sizeof a.public_key) == 0;
}

static bool look_at(void *visitor, const uint8_t *bytes, size_t len)
{
    struct search *s = visitor;
    if (!is_of(s->record, bytes, len))
        return true;
    memcpy(s->bytes, bytes, len); /* an authority's, and so no longer than it may be */
    s->len = len;
    return false;
}

/* --- chains --- */

/* Whether the record's authority may certify the node, and its key did. */
static bool has_certified(const garita_issuer *record, const garita_peek *peek)
{
    uint8_t scratch[GARITA_SCRATCH_SIZE(GARITA_NODE_BYTES_MAX)];
    garita_verified verified;
    garita_node said;
    return garita_statement_verify(&verified, peek, record->public_key, scratch, sizeof scratch) ==
               GARITA_OK &&
           garita_node_decode(&said, NULL, &verified) == GARITA_OK &&
           garita_scope_has_type(&record->scope, GARITA_TYPE_NODE) &&
           garita_scope_has_country(&record->scope, said.country);
}

/* The records that certify the node, renewals too, the one in force longest first. */
static size_t certifiers_of(const garita_issuer *out[CERTIFIERS_MAX], const garita_trust *trust,
                            garita_bytes node)
{
    size_t count = 0;
    garita_peek peek;
    const garita_issuer *next = NULL;
    if (garita_statement_peek(&peek, NULL, GARITA_TYPE_NODE, node.at, node.len) != GARITA_OK)
        return 0;
    while ((next = garita_trust_find(trust, next, &peek.signer, peek.key_number)) != NULL) {
        size_t at = count;
        while (at > 0 && out[at - 1]->in_force_until < next->in_force_until)
            at--;
        if (at == CERTIFIERS_MAX || !has_certified(next, &peek))
            continue;
        if (count < CERTIFIERS_MAX)
            count++;
        memmove(out + at + 1, out + at, (count - at - 1) * sizeof *out);
        out[at] = next;
    }
    return count;
}

/* Whether both were made of one statement, below two records of its signer. */
static bool is_one_statement(const garita_issuer *a, const garita_issuer *b)
{
    return a->serial == b->serial && a->key_number == b->key_number &&
           memcmp(a->public_key, b->public_key, sizeof a->public_key) == 0 &&
           memcmp(a->parent->public_key, b->parent->public_key, sizeof a->public_key) == 0;
}

/* What has been told, as the records that it makes. */
struct told {
    size_t count;
    const garita_issuer *records[TOLD_MAX];
};

static bool is_told(const struct told *told, const garita_issuer *record)
{
    for (size_t i = 0; i < told->count; i++)
        if (is_one_statement(told->records[i], record))
            return true;
    return false;
}

/* Tells a chain, or nothing of it: of a part nobody learns anything. */
static bool tell_chain(struct output *o, struct told *told, const garita_issuer *certifier,
                       payload_each each, void *context)
{
    size_t len = o->len, count = told->count;
    for (const garita_issuer *r = certifier; r != r->anchor; r = r->parent) {
        struct search s = {.record = r};
        if (is_told(told, r))
            continue;
        if (!each(context, look_at, &s))
            return false;
        if (s.len == 0 || told->count == TOLD_MAX) {
            o->len = len;
            told->count = count;
            return true;
        }
        tell(o, (garita_bytes){s.bytes, s.len});
        told->records[told->count++] = r;
    }
    return true;
}

bool payload_build(uint8_t out[ENGINE_PAYLOAD_MAX], size_t *out_len, const garita_trust *trust,
                   garita_bytes node, payload_each each, void *context)
{
    struct output o = {.at = out};
    struct told told = {.count = 0};
    const garita_issuer *certifiers[CERTIFIERS_MAX];
    *out_len = 0;
    assert(node.len > 0 && node.len <= GARITA_NODE_BYTES_MAX);
    tell(&o, node);
    size_t count = certifiers_of(certifiers, trust, node);
    for (size_t i = 0; i < count; i++)
        if (!tell_chain(&o, &told, certifiers[i], each, context))
            return false;
    *out_len = o.len;
    return true;
}
