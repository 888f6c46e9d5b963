/* garita/statement.h: the one signed thing (core/FORMAT.md, "The envelope").
 *
 * A statement is a msgpack array of two: a canonical map, and an Ed25519 signature over a prefix
 * and that map's exact bytes. A reader works in three steps, and the types keep it from skipping
 * one:
 *
 *   garita_statement_peek    finds the map and reads its first four keys: hints to choose a key by
 *   garita_statement_verify  checks the signature over the received bytes
 *   garita_*_decode          reads those same bytes; takes only what verify filled
 */
#ifndef GARITA_STATEMENT_H
#define GARITA_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/error.h>
#include <garita/key.h>
#include <garita/limits.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum garita_type {
    GARITA_TYPE_AUTHORITY = 1,
    GARITA_TYPE_CREDENTIAL = 2,
    GARITA_TYPE_ATTESTATION = 3,
    GARITA_TYPE_HEAD = 4,
    GARITA_TYPE_POLICY = 5,
    GARITA_TYPE_NODE = 6,
    /* 7 and 8 are reserved */
    GARITA_TYPE_TIP = 9
} garita_type;

/* The types that an authority may be given. Sets of types have bit n for type n. A tip is not among
 * them: it is a node's own word about itself, and needs no chain. */
#define GARITA_TYPES_ALL 0x7eu

/* "credential" and so on; null for a number that is no type. */
const char *garita_type_name(uint64_t type);

/* The type of GARITA_TYPES_ALL with this name, or 0. */
int garita_type_by_name(const char *name, size_t name_len);

/* The longest that a statement of this type may be, in bytes, and how deep it may nest. */
size_t garita_type_bytes_max(garita_type type);
unsigned garita_type_depth_max(garita_type type);

/* UTF-8 inside a statement; not terminated by a zero. Points into the statement's bytes. */
typedef struct garita_utf8 {
    const char *at;
    size_t len;
} garita_utf8;

/* Whether no text of a statement may hold this Unicode character, since it moves a cursor, ends a
 * line or turns the direction of text (FORMAT.md, section 1). */
bool garita_utf8_is_unsafe(uint32_t character);

/* Where and what a reader found wrong. */
typedef struct garita_fault {
    garita_error error;
    size_t at;         /* offset of the offending byte in the statement */
    const char *field; /* the field being read, such as "holder.name"; never null, may be "" */
} garita_fault;

/* What the first four keys claim. Nothing here is proven. */
typedef struct garita_peek {
    const uint8_t *map; /* the signed map inside the caller's bytes */
    size_t map_len;
    const uint8_t *signature; /* GARITA_SIGNATURE_SIZE bytes */
    garita_type type;
    garita_id signer;
    uint8_t key_number;
} garita_peek;

/* A map whose signature was checked under one public key. Only garita_statement_verify fills one.
 */
typedef struct garita_verified {
    const uint8_t *map;
    size_t map_len;
    garita_type type;
    garita_id signer;
    uint8_t key_number;
} garita_verified;

/* Finds the parts of a statement of the expected type. *out points into bytes, which must outlive
 * it. Returns GARITA_OK or, with the place in *fault (may be null), one of TOO_LONG, TRUNCATED,
 * ENVELOPE, WRONG_KIND, FORBIDDEN_KIND, NOT_MINIMAL, KEY_ORDER, KEY_KIND, MISSING_KEY, RANGE,
 * UNSUPPORTED_VERSION, UNKNOWN_TYPE, WRONG_TYPE. */
garita_error garita_statement_peek(garita_peek *out, garita_fault *fault, garita_type expected,
                                   const uint8_t *bytes, size_t bytes_len);

/* The type that a statement claims, or 0 if the bytes do not begin like a statement of this
 * version. For tools that are handed a file and must choose whom to ask. */
int garita_statement_type(const uint8_t *bytes, size_t bytes_len);

/* The message that is signed is the prefix, then the map. */
#define GARITA_SIGNING_PREFIX_MAX 32
#define GARITA_SCRATCH_SIZE(map_len) (GARITA_SIGNING_PREFIX_MAX + (map_len))

/* Checks the signature under public_key, exactly as crypto_sign_verify_detached of libsodium 1.0.18
 * does (FORMAT.md, "Signatures"). scratch holds the message while it is checked: at least
 * GARITA_SCRATCH_SIZE(peek->map_len) bytes, contents undefined after. Returns GARITA_OK and fills
 * *out, or GARITA_E_BAD_SIGNATURE or GARITA_E_NO_SPACE and zeroes it. */
garita_error garita_statement_verify(garita_verified *out, const garita_peek *peek,
                                     const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE],
                                     uint8_t *scratch, size_t scratch_len);

/* Who signs: an authority's id, the number of the key, and the key. */
typedef struct garita_signer {
    garita_id id;
    uint8_t key_number;
    const uint8_t *secret_key; /* GARITA_SECRET_KEY_SIZE bytes, the caller's, in guarded memory */
} garita_signer;

#ifdef __cplusplus
}
#endif

#endif
