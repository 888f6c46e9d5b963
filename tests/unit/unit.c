#include "unit.h"

#include <stdlib.h>

#include <garita/date.h>

#include "world.h"

/* splitmix64 */
uint64_t rng_next(rng *r)
{
    uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

size_t rng_below(rng *r, size_t bound)
{
    return (size_t)(rng_next(r) % bound);
}

bool rng_one_in(rng *r, size_t n)
{
    return rng_below(r, n) == 0;
}

void rng_fill(rng *r, void *out, size_t len)
{
    uint8_t *to = out;
    for (size_t i = 0; i < len; i++)
        to[i] = (uint8_t)(rng_next(r) >> 32 & 0xff);
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, c);
    return at == NULL ? -1 : (int)(at - digits);
}

size_t unhex(uint8_t *out, size_t out_cap, const char *hex)
{
    size_t len = 0;
    while (*hex != '\0') {
        if (*hex == ' ') {
            hex++;
            continue;
        }
        int high = hex_digit(hex[0]), low = hex_digit(hex[1]);
        WORLD_REQUIRE(high >= 0 && low >= 0 && len < out_cap);
        out[len++] = (uint8_t)(high << 4 | low);
        hex += 2;
    }
    return len;
}

blob blob_hex(const char *hex)
{
    blob out;
    out.len = unhex(out.bytes, sizeof out.bytes, hex);
    return out;
}

uint8_t *exact_copy(const void *bytes, size_t len)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);
    WORLD_REQUIRE(copy != NULL);
    if (len > 0)
        memcpy(copy, bytes, len);
    return copy;
}

garita_utf8 utf8(const char *text)
{
    return text == NULL ? (garita_utf8){0} : (garita_utf8){text, strlen(text)};
}

uint32_t day(const char *text)
{
    uint32_t out;
    WORLD_REQUIRE(garita_day_parse(&out, text, strlen(text)) == GARITA_OK);
    return out;
}

int64_t moment(const char *text)
{
    int64_t out;
    WORLD_REQUIRE(garita_moment_parse(&out, text, strlen(text)) == GARITA_OK);
    return out;
}

/* --- people --- */

void party_make(party *p, unsigned seed_number)
{
    uint8_t seed[GARITA_SEED_SIZE];
    rng r = {0x6b657900000000 + (uint64_t)seed_number};
    rng_fill(&r, seed, sizeof seed);
    garita_key_pair(p->secret_key, p->public_key, seed);
    memcpy(p->first_key, p->public_key, sizeof p->first_key);
    garita_key_id(&p->signer.id, p->public_key);
    p->signer.key_number = 1;
    p->signer.secret_key = p->secret_key;
}

void party_rotate(party *p, const party *first, uint8_t key_number, unsigned seed_number)
{
    party_make(p, seed_number);
    memcpy(p->first_key, first->first_key, sizeof p->first_key);
    p->signer.id = first->signer.id;
    p->signer.key_number = key_number;
}

garita_scope scope_of(const char *countries, uint64_t programmes, uint32_t types, uint8_t depth)
{
    garita_scope scope = {.programmes = programmes, .types = types, .depth = depth};
    while (*countries != '\0') {
        size_t len = strcspn(countries, " ");
        char *country = scope.countries[scope.country_count++];
        WORLD_REQUIRE(len < GARITA_COUNTRY_SIZE && scope.country_count <= GARITA_COUNTRIES_MAX);
        memcpy(country, countries, len);
        countries += len;
        countries += strspn(countries, " ");
    }
    return scope;
}

bool scopes_equal(const garita_scope *a, const garita_scope *b)
{
    for (size_t i = 0; i < a->country_count && i < b->country_count; i++)
        if (strcmp(a->countries[i], b->countries[i]) != 0)
            return false;
    return a->country_count == b->country_count && a->programmes == b->programmes &&
           a->types == b->types && a->depth == b->depth;
}

garita_authority authority_of(const party *subject, const grant *g)
{
    garita_authority a = {.serial = g->serial,
                          .has_start = g->from != NULL,
                          .expires = day(g->until == NULL ? "2045-12-31" : g->until),
                          .key_number = subject->signer.key_number,
                          .name = utf8(g->name == NULL ? "Agency" : g->name)};
    const char *country = g->country == NULL ? "USA" : g->country;
    uint64_t programmes =
        g->programmes == 0 && !g->no_programmes ? (uint64_t)INT64_MAX : g->programmes;
    if (a.has_start)
        a.not_before = day(g->from);
    memcpy(a.public_key, subject->public_key, sizeof a.public_key);
    memcpy(a.first_key, subject->first_key, sizeof a.first_key);
    memcpy(a.country, country, strlen(country));
    a.scope = scope_of(g->countries == NULL ? country : g->countries, programmes,
                       g->types == 0 ? GARITA_TYPES_ALL : g->types, g->depth);
    return a;
}

void certify(blob *out, const party *by, const party *subject, grant g)
{
    garita_fault fault;
    garita_authority a = authority_of(subject, &g);
    assert_ok(
        garita_authority_issue(out->bytes, &out->len, sizeof out->bytes, &fault, &a, &by->signer));
}

const garita_issuer *pin(garita_trust *trust, const party *anchor, grant g)
{
    const garita_issuer *issuer;
    blob statement;
    garita_authority a = authority_of(anchor, &g);
    certify(&statement, anchor, anchor, g);
    assert_ok(garita_trust_pin(trust, &issuer, NULL, &a.scope, statement.bytes, statement.len));
    return issuer;
}

const garita_issuer *add(garita_trust *trust, const party *by, const party *subject, grant g)
{
    const garita_issuer *issuer;
    blob statement;
    certify(&statement, by, subject, g);
    assert_ok(garita_trust_add(trust, &issuer, NULL, statement.bytes, statement.len));
    return issuer;
}

void issue(blob *out, const party *by, const garita_credential *credential)
{
    garita_fault fault;
    assert_ok(garita_credential_issue(out->bytes, &out->len, sizeof out->bytes, &fault, credential,
                                      &by->signer));
}

void sign(blob *out, const party *by, garita_type type, const void *map, size_t map_len)
{
    WORLD_REQUIRE(map_len + WORLD_ENVELOPE <= sizeof out->bytes);
    out->len = world_sign(out->bytes, map, map_len, type, by->secret_key);
}
