/* unit.h: what the unit tests share: cmocka with words for our errors, numbers out of a seed, and
 * people who certify one another.
 */
#ifndef GARITA_TESTS_UNIT_H
#define GARITA_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <garita/authority.h>
#include <garita/credential.h>
#include <garita/trust.h>
#include <garita/verify.h>

/* By name, so that a failure says both in words. */
#define assert_error(got, expected)                                                                \
    assert_string_equal(garita_error_name(got), garita_error_name(GARITA_E_##expected))
#define assert_ok(got) assert_error(got, OK)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- numbers: the same in every run, so that a failure can be replayed --- */

typedef struct rng {
    uint64_t state;
} rng;

uint64_t rng_next(rng *r);
size_t rng_below(rng *r, size_t bound); /* 0 to bound - 1 */
bool rng_one_in(rng *r, size_t n);
void rng_fill(rng *r, void *out, size_t len);

/* --- bytes --- */

/* A statement, or what somebody made of one. */
typedef struct blob {
    size_t len;
    uint8_t bytes[3200];
} blob;

/* Reads hexadecimal digits; spaces are left out. Returns the number of bytes. */
size_t unhex(uint8_t *out, size_t out_cap, const char *hex);
blob blob_hex(const char *hex);

/* A copy on the heap of exactly len bytes, so that AddressSanitizer sees a read behind its end. The
 * caller frees it. */
uint8_t *exact_copy(const void *bytes, size_t len);

garita_utf8 utf8(const char *text); /* null gives an absent text */
uint32_t day(const char *text);
int64_t moment(const char *text);

/* --- people --- */

/* A key of an authority. Does not move once it is made. */
typedef struct party {
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
    uint8_t secret_key[GARITA_SECRET_KEY_SIZE];
    uint8_t first_key[GARITA_PUBLIC_KEY_SIZE];
    garita_signer signer;
} party;

/* An authority's first key, out of a seed. */
void party_make(party *p, unsigned seed);
/* Another key of an authority. */
void party_rotate(party *p, const party *first, uint8_t key_number, unsigned seed);

/* What one authority says of another; zero values are the usual ones. */
typedef struct grant {
    uint32_t serial;
    const char *from;      /* null: no start */
    const char *until;     /* null: 2045-12-31 */
    const char *name;      /* null: "Agency" */
    const char *country;   /* null: USA */
    const char *countries; /* three letters each, ascending, a space between; null: the country */
    bool no_programmes;
    uint64_t programmes; /* 0: all, unless no_programmes */
    uint32_t types;      /* 0: all */
    uint8_t depth;
} grant;

garita_authority authority_of(const party *subject, const grant *g);
void certify(blob *out, const party *by, const party *subject, grant g);

/* Pins an anchor with all programmes, all types and these countries, and returns its record. */
const garita_issuer *pin(garita_trust *trust, const party *anchor, grant g);
/* Certifies below, adds it, and returns its record. */
const garita_issuer *add(garita_trust *trust, const party *by, const party *subject, grant g);

garita_scope scope_of(const char *countries, uint64_t programmes, uint32_t types, uint8_t depth);
bool scopes_equal(const garita_scope *a, const garita_scope *b); /* padding does not count */

void issue(blob *out, const party *by, const garita_credential *credential);
/* Wraps a map and signs it as a type, whatever it holds. */
void sign(blob *out, const party *by, garita_type type, const void *map, size_t map_len);

#endif
