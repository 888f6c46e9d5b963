/* Which policy rules: FORMAT.md, "Which policy rules". Whatever does not depend on the time is
 * settled when a policy is added. */
#include <garita/policies.h>

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <garita/bundle.h>
#include <garita/log.h>

#include "clock.h"
#include "policy_io.h"

/* A statement, and what was read of it; shared by the words of all who signed it. */
typedef struct held {
    size_t users;
    garita_digest digest;
    garita_policy *policy;             /* null if it cannot be read */
    garita_error error;                /* why not */
    bool is_ours;                      /* of the home's country, or of none that can be read */
    char country[GARITA_COUNTRY_SIZE]; /* that its signer must have */
    uint32_t serial;
    int64_t from, until;
    size_t len;
    uint8_t bytes[]; /* policy points into them */
} held;

/* A statement that gives the authority the key. */
typedef struct grant {
    const garita_issuer *record;
    bool is_suspended; /* or one further up */
} grant;

/* A policy as one authority's word. */
typedef struct word {
    garita_policies_entry shown;
    held *held;
    garita_hash log; /* of the authority */
    size_t grant_count;
    grant grants[]; /* none of which is revoked */
} word;

struct garita_policies {
    const garita_trust *trust;
    const garita_book *book;
    char country[GARITA_COUNTRY_SIZE];
    size_t count, cap;
    word **words; /* by log; of one log the highest serial first */
};

garita_error garita_policies_new(garita_policies **out, const garita_trust *trust,
                                 const garita_book *book, const char *country)
{
    *out = NULL;
    assert(strlen(country) < GARITA_COUNTRY_SIZE);
    garita_policies *policies = calloc(1, sizeof *policies);
    if (!policies)
        return GARITA_E_NO_MEMORY;
    policies->trust = trust;
    policies->book = book;
    memcpy(policies->country, country, strlen(country));
    *out = policies;
    return GARITA_OK;
}

/* --- what is held --- */

static void let_go(held *h)
{
    if (h && --h->users == 0) {
        garita_policy_free(h->policy);
        free(h);
    }
}

static void end_word(word *e)
{
    if (e) {
        let_go(e->held);
        free(e);
    }
}

void garita_policies_free(garita_policies *policies)
{
    if (!policies)
        return;
    for (size_t i = 0; i < policies->count; i++)
        end_word(policies->words[i]);
    free(policies->words);
    free(policies);
}

/* What somebody with the right to sign policies said, as far as it can be read. */
static garita_error read_held(held *h, const char *home, const garita_verified *verified)
{
    h->error = garita_policy_decode(&h->policy, NULL, verified);
    if (h->policy) {
        h->serial = h->policy->serial;
        h->from = h->policy->from;
        h->until = h->policy->until;
        memcpy(h->country, h->policy->country, sizeof h->country);
    } else if (h->error != GARITA_E_NO_MEMORY) {
        /* without a serial it could never be withdrawn, and nobody carries it */
        garita_error e = garita_policy_serial(&h->serial, verified);
        if (e != GARITA_OK)
            return e;
        uint32_t serial;
        garita_policy_peek(&serial, &h->from, &h->until, h->country, verified);
        if (h->country[0] == '\0')
            memcpy(h->country, home, sizeof h->country);
    } else {
        return h->error;
    }
    h->is_ours = home[0] != '\0' && strcmp(h->country, home) == 0;
    return GARITA_OK;
}

/* Whether this is a record's to say. Without a country there is no home that it could rule. */
static bool is_in_scope(const held *h, const garita_issuer *record)
{
    return garita_scope_has_type(&record->scope, GARITA_TYPE_POLICY) &&
           (h->country[0] == '\0' || garita_scope_has_country(&record->scope, h->country));
}

struct reading {
    held *held;
    const char *home;
    bool is_read;
    garita_error error; /* nothing of it is kept */
};

static bool may_rule(void *context, const garita_issuer *record, const garita_verified *verified)
{
    struct reading *reading = context;
    if (!garita_scope_has_type(&record->scope, GARITA_TYPE_POLICY))
        return false;
    if (!reading->is_read)
        reading->error = read_held(reading->held, reading->home, verified);
    reading->is_read = true;
    return reading->error == GARITA_OK && is_in_scope(reading->held, record);
}

/* --- the standing of who signed --- */

static garita_status status_of(const garita_book *book, const garita_issuer *authority,
                               uint32_t serial)
{
    const garita_status_source *source = garita_book_status(book);
    garita_status status = {0};
    source->look_up(source->context, &status, authority, serial);
    return status;
}

static bool is_chain_suspended(const garita_book *book, const garita_issuer *record)
{
    for (;; record = record->parent) {
        if (status_of(book, record->parent, record->serial).standing == GARITA_STANDING_SUSPENDED)
            return true;
        if (record->parent == record)
            return false;
    }
}

static bool is_chain_equivocated(const garita_book *book, const garita_issuer *record)
{
    for (;; record = record->parent) {
        if (status_of(book, record, record->serial).equivocated)
            return true;
        if (record->parent == record)
            return false;
    }
}

static bool has_same_key(const garita_issuer *a, const garita_issuer *b)
{
    return memcmp(a->public_key, b->public_key, GARITA_PUBLIC_KEY_SIZE) == 0;
}

/* The records by which this authority has the key and may sign this. Counts them; fills grants, if
 * that is not null. */
static size_t find_grants(const garita_policies *policies, grant *grants, const held *h,
                          const garita_issuer *signer)
{
    size_t count = 0;
    for (const garita_issuer *r = NULL;
         (r = garita_trust_find(policies->trust, r, &signer->id, signer->key_number)) != NULL;) {
        if (!garita_issuer_same_authority(r, signer) || !has_same_key(r, signer) ||
            !is_in_scope(h, r) || garita_book_is_revoked(policies->book, r))
            continue;
        if (grants)
            grants[count] = (grant){r, is_chain_suspended(policies->book, r)};
        count++;
    }
    return count;
}

static bool is_each_suspended(const word *e)
{
    for (size_t i = 0; i < e->grant_count; i++)
        if (!e->grants[i].is_suspended)
            return false;
    return true;
}

/* Null without memory. */
static word *make_word(const garita_policies *policies, held *h, const garita_issuer *signer,
                       const garita_status *status, size_t grant_count)
{
    word *e = calloc(1, sizeof *e + grant_count * sizeof e->grants[0]);
    if (!e)
        return NULL;
    e->grant_count = find_grants(policies, e->grants, h, signer);
    garita_log_id(&e->log, signer);
    e->held = h;
    h->users++;
    e->shown = (garita_policies_entry){
        .policy = h->policy,
        .signer = signer,
        .serial = h->serial,
        .from = h->from,
        .until = h->until,
        .is_suspended = status->standing == GARITA_STANDING_SUSPENDED,
        .is_equivocated = is_chain_equivocated(policies->book, signer),
        .is_signer_suspended = is_each_suspended(e),
    };
    return e;
}

/* --- adding --- */

static int compare_place(const word *a, const word *b)
{
    int order = memcmp(&a->log, &b->log, sizeof a->log);
    return order ? order
                 : (a->shown.serial < b->shown.serial) - (a->shown.serial > b->shown.serial);
}

/* Takes over a word. False without room for it. */
static bool put(garita_policies *policies, garita_policies_fate *fate, word *comes)
{
    size_t at = 0;
    while (at < policies->count && compare_place(policies->words[at], comes) < 0)
        at++;
    *fate = comes->shown.policy ? GARITA_POLICIES_ADDED : GARITA_POLICIES_UNREADABLE;
    if (at < policies->count && compare_place(policies->words[at], comes) == 0) {
        word **there = &policies->words[at];
        int order = memcmp(&comes->held->digest, &(*there)->held->digest, sizeof(garita_digest));
        word *goes = order < 0 ? *there : comes;
        if (order < 0)
            *there = comes;
        if (order > 0)
            *fate = GARITA_POLICIES_TWIN;
        end_word(goes);
        return true;
    }
    if (policies->count == policies->cap) {
        size_t cap = policies->cap ? 2 * policies->cap : 8;
        word **more = realloc(policies->words, cap * sizeof *more);
        if (!more)
            return false;
        policies->words = more;
        policies->cap = cap;
    }
    memmove(policies->words + at + 1, policies->words + at,
            (policies->count - at) * sizeof policies->words[0]);
    policies->words[at] = comes;
    policies->count++;
    return true;
}

/* As the word of one of those who signed it. */
static garita_error add_by(garita_policies *policies, garita_policies_fate *fate, held *h,
                           const garita_issuer *signer)
{
    garita_status status = status_of(policies->book, signer, h->serial);
    size_t grant_count = find_grants(policies, NULL, h, signer);
    if (status.standing == GARITA_STANDING_REVOKED || grant_count == 0) {
        *fate = GARITA_POLICIES_WITHDRAWN;
    } else if (garita_serial_is_taken(policies->trust, signer, h->serial)) {
        *fate = GARITA_POLICIES_TWIN;
    } else if (!h->is_ours) {
        *fate = GARITA_POLICIES_ELSEWHERE;
    } else {
        word *comes = make_word(policies, h, signer, &status, grant_count);
        if (!comes)
            return GARITA_E_NO_MEMORY;
        if (!put(policies, fate, comes)) {
            end_word(comes);
            return GARITA_E_NO_MEMORY;
        }
    }
    return GARITA_OK;
}

/* Whether a record from first on speaks for the same authority before this one. */
static bool is_repeated(const garita_policies *policies, const held *h, const garita_issuer *first,
                        const garita_issuer *record)
{
    for (const garita_issuer *r = first; r != record;
         r = garita_trust_find(policies->trust, r, &first->id, first->key_number))
        if (has_same_key(r, record) && is_in_scope(h, r) && garita_issuer_same_authority(r, record))
            return true;
    return false;
}

/* One check of the signature answers for all who have the key: a hostile authority may certify it a
 * hundred times over. */
static garita_error add_held(garita_policies *policies, garita_policies_added *out, held *h)
{
    struct reading reading = {.held = h, .home = policies->country};
    const garita_issuer *first;
    garita_verified verified;
    garita_error e = garita_policy_next_signer(&verified, &first, policies->trust, NULL, may_rule,
                                               &reading, h->bytes, h->len);
    if (reading.error != GARITA_OK)
        e = reading.error;
    out->error = e;
    if (e == GARITA_E_NO_MEMORY)
        return e;
    for (const garita_issuer *r = first; r != NULL;
         r = garita_trust_find(policies->trust, r, &first->id, first->key_number)) {
        garita_policies_fate fate;
        if (!has_same_key(r, first) || !is_in_scope(h, r) || is_repeated(policies, h, first, r))
            continue;
        e = add_by(policies, &fate, h, r);
        if (e != GARITA_OK)
            return e;
        if (fate > out->fate)
            out->fate = fate;
    }
    if (out->fate == GARITA_POLICIES_UNREADABLE)
        out->error = h->error;
    return GARITA_OK;
}

garita_error garita_policies_add(garita_policies *policies, garita_policies_added *out,
                                 const uint8_t *bytes, size_t bytes_len)
{
    garita_peek peek;
    *out = (garita_policies_added){.fate = GARITA_POLICIES_OF_NOBODY};
    out->error = garita_statement_peek(&peek, NULL, GARITA_TYPE_POLICY, bytes, bytes_len);
    if (out->error == GARITA_OK &&
        !garita_trust_find(policies->trust, NULL, &peek.signer, peek.key_number))
        out->error = GARITA_E_UNKNOWN_ISSUER;
    if (out->error != GARITA_OK)
        return GARITA_OK;
    held *h = calloc(1, sizeof *h + bytes_len);
    garita_error e = GARITA_E_NO_MEMORY;
    if (h) {
        h->users = 1;
        h->len = bytes_len;
        memcpy(h->bytes, bytes, bytes_len);
        garita_digest_of(&h->digest, bytes, bytes_len);
        e = add_held(policies, out, h);
        let_go(h);
    }
    if (e != GARITA_OK)
        *out = (garita_policies_added){.error = e};
    return e;
}

size_t garita_policies_count(const garita_policies *policies)
{
    return policies->count;
}

const garita_policies_entry *garita_policies_get(const garita_policies *policies, size_t index)
{
    assert(index < policies->count);
    return &policies->words[index]->shown;
}

/* --- the choice --- */

/* What a word is at a moment, whatever its authority's others are. */
typedef enum force {
    FORCE_NONE = 0,
    FORCE_DOUBT, /* it would be in force, but for who signed it */
    FORCE_FULL
} force;

static force force_of(const word *e, int64_t now)
{
    force found = FORCE_NONE;
    if (e->shown.is_suspended || now < e->shown.from || now >= e->shown.until)
        return FORCE_NONE;
    for (size_t i = 0; i < e->grant_count; i++) {
        const grant *g = &e->grants[i];
        if (now < g->record->in_force_from || now >= g->record->in_force_until)
            continue;
        force by = g->is_suspended || e->shown.is_equivocated ? FORCE_DOUBT : FORCE_FULL;
        if (by > found)
            found = by;
    }
    return found;
}

static bool is_of_same_log(const word *a, const word *b)
{
    return memcmp(&a->log, &b->log, sizeof a->log) == 0;
}

bool garita_policies_is_current(const garita_policies *policies, size_t index,
                                const garita_clock *clock)
{
    assert(index < policies->count);
    if (!clock->is_known)
        return false;
    int64_t now = garita_effective_now(clock);
    word *const *e = &policies->words[index];
    if (force_of(*e, now) == FORCE_NONE)
        return false;
    for (; e > policies->words && is_of_same_log(e[-1], *e); e--)
        if (force_of(e[-1], now) != FORCE_NONE)
            return false;
    return true;
}

static const garita_lane *find_lane(const garita_policy *policy, const char *name)
{
    size_t begin = 0, end = policy->lane_count;
    while (begin < end) {
        size_t middle = begin + (end - begin) / 2;
        int order = strcmp(policy->lanes[middle].name, name); /* bytewise: names are ASCII */
        if (order == 0)
            return &policy->lanes[middle];
        if (order < 0)
            begin = middle + 1;
        else
            end = middle;
    }
    return NULL;
}

/* Whether a rules rather than b, where both name the lane. */
static bool precedes(const word *a, const word *b)
{
    if (a->shown.signer->level != b->shown.signer->level)
        return a->shown.signer->level < b->shown.signer->level;
    if (a->shown.from != b->shown.from)
        return a->shown.from > b->shown.from;
    return memcmp(&a->held->digest, &b->held->digest, sizeof a->held->digest) < 0;
}

/* What is known of a lane by this moment. */
typedef struct choice {
    bool is_named; /* by any, or perhaps by one that cannot be read */
    const word *best;
    const garita_lane *lane; /* as best has it */
    unsigned doubt;          /* the nearest level at which nobody knows; UINT_MAX: none */
} choice;

/* Of each authority the current one is looked at. */
static void weigh(choice *c, const word *e, const garita_lane *lane, force by)
{
    const unsigned level = e->shown.signer->level;
    c->is_named |= !e->shown.policy;
    if (e->shown.policy && !lane)
        return;
    if (!e->shown.policy || by == FORCE_DOUBT) {
        if (level < c->doubt)
            c->doubt = level;
    } else if (!c->best || precedes(e, c->best)) {
        c->best = e;
        c->lane = lane;
    }
}

static choice choose(const garita_policies *policies, const char *name, const garita_clock *clock)
{
    choice c = {.doubt = UINT_MAX};
    const word *current = NULL; /* of the authority whose words are gone over */
    for (size_t i = 0; i < policies->count; i++) {
        const word *e = policies->words[i];
        const garita_lane *lane = e->shown.policy ? find_lane(e->shown.policy, name) : NULL;
        c.is_named |= lane || (!clock->is_known && !e->shown.policy);
        if (!clock->is_known || (current && is_of_same_log(current, e)))
            continue;
        force by = force_of(e, garita_effective_now(clock));
        if (by == FORCE_NONE)
            continue;
        current = e;
        weigh(&c, e, lane, by);
    }
    return c;
}

garita_lane_standing garita_policies_lane(garita_lane *out, const garita_policies_entry **entry,
                                          const garita_policies *policies, const char *name,
                                          const garita_clock *clock)
{
    if (entry)
        *entry = NULL;
    if (!garita_lane_name_is_wellformed(name, strlen(name)))
        return GARITA_LANE_UNKNOWN;
    choice c = choose(policies, name, clock);
    if (c.best && c.best->shown.signer->level < c.doubt) {
        *out = *c.lane;
        if (entry)
            *entry = &c.best->shown;
        return GARITA_LANE_RULED;
    }
    if (!c.is_named)
        return GARITA_LANE_UNKNOWN;
    *out = *garita_lane_builtin("default");
    memcpy(out->name, name, strlen(name) + 1);
    memcpy(out->country, policies->country, sizeof out->country);
    out->lacks_policy = true;
    return GARITA_LANE_LACKING;
}
