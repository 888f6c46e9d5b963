/* world.h: a small world out of fixed seeds, the same in every run: two countries' anchors and the
 * agencies below them, for the fuzzers, the benches and the tests that need somebody to trust.
 */
#ifndef GARITA_TESTS_WORLD_H
#define GARITA_TESTS_WORLD_H

#include <garita/credential.h>
#include <garita/text.h>
#include <garita/trust.h>
#include <garita/verify.h>

enum { WORLD_AGENCIES_MAX = 20 };

/* 2027-06-01T12:00:00Z, when everything below is in force. */
#define WORLD_NOW INT64_C(1811851200)
#define WORLD_SENTRI 1

typedef struct world_agency {
    garita_signer signer;
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
    uint8_t secret_key[GARITA_SECRET_KEY_SIZE];
    uint8_t statement[GARITA_AUTHORITY_BYTES_MAX]; /* what its anchor, or itself, says of it */
    size_t statement_len;
} world_agency;

typedef struct world {
    garita_trust *trust;
    world_agency anchors[2];                   /* of USA and of MEX */
    world_agency agencies[WORLD_AGENCIES_MAX]; /* even ones below the first anchor, odd the second */
    size_t agency_count;
} world;

/* Builds a world of 1 to WORLD_AGENCIES_MAX agencies. Agency 0 may certify others, one level deep.
 * Does not move afterwards. A failure is a bug, and aborts. */
void world_make(world *w, size_t agency_count);
void world_free(world *w);

/* A key pair out of a seed of 32 times this byte, as an authority's first key. */
void world_agency_make(world_agency *agency, uint8_t seed);

/* The contract's example, María Fernanda's, with a serial. employer_name may be null. */
void world_credential(garita_credential *out, uint32_t serial, const char *employer_name);

/* The statement of that credential by agency w->agencies[agency]. Returns its length. */
size_t world_issue(uint8_t out[GARITA_CREDENTIAL_BYTES_MAX], const world *w, size_t agency,
                   uint32_t serial);

/* Wraps any bytes as the map of a statement of a type and signs them, by FORMAT.md and libsodium
 * alone. out has room for map_len + WORLD_ENVELOPE bytes. Returns the statement's length. */
enum { WORLD_ENVELOPE = 1 + 2 + GARITA_SIGNATURE_SIZE };
size_t world_sign(uint8_t *out, const uint8_t *map, size_t map_len, garita_type type,
                  const uint8_t secret_key[GARITA_SECRET_KEY_SIZE]);

/* Whether a statement of a type is signed by public_key, by FORMAT.md and libsodium alone. */
int world_is_signed(const uint8_t *statement, size_t len, garita_type type,
                    const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE]);

/* A setting at WORLD_NOW with no status known. */
garita_setting world_setting(const world *w, const char *lane);

/* Aborts, in any build, with the place and the words where a condition does not hold. */
#define WORLD_REQUIRE(condition) \
    ((condition) ? (void)0 : world_abort(__FILE__, __LINE__, #condition))
_Noreturn void world_abort(const char *file, int line, const char *what);

#endif
