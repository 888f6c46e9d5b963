/* garita/trust.h: the pinned anchors and everyone whose chain reaches one.
 *
 * Chains are verified here, when trust is loaded or changes, so that a verdict costs one signature
 * check. A trust set is built by one thread and then only read, by any number of threads.
 */
#ifndef GARITA_TRUST_H
#define GARITA_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/authority.h>
#include <garita/error.h>
#include <garita/limits.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One key of one authority, by one statement, with what its whole chain leaves it. */
typedef struct garita_issuer {
    garita_id id;
    uint8_t key_number;
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
    uint8_t first_key[GARITA_PUBLIC_KEY_SIZE];
    char name[GARITA_AUTHORITY_NAME_BYTES_MAX + 1];
    char country[GARITA_COUNTRY_SIZE];
    garita_scope scope;     /* after every ancestor's and the pin's */
    int64_t in_force_from;  /* moment; INT64_MIN if no statement of the chain has a start */
    int64_t in_force_until; /* first moment at which the chain no longer is in force */
    uint32_t serial;        /* of its statement, in the space of parent's authority */
    uint8_t level;          /* 0 for an anchor */
    uint32_t index;         /* its place in the set: garita_trust_get(trust, index) */
    const struct garita_issuer
        *parent; /* an anchor's is itself; a further key of it has the anchor */
    const struct garita_issuer *anchor; /* the record at the top of the chain */
    /* another certified authority has this id: both are tried, and people are told */
    bool shares_id;
} garita_issuer;

typedef struct garita_trust garita_trust;

/* An empty set. GARITA_E_NO_MEMORY. */
garita_error garita_trust_new(garita_trust **out);
void garita_trust_free(garita_trust *trust); /* null is allowed */

/* The scope that an anchor's pin has unless the operator says otherwise: its own country, the
 * programmes that the table gives to that country, all types, GARITA_CHAIN_DEPTH_MAX levels. */
void garita_pin_default(garita_scope *out, const char *country);

/* Pins an anchor: a self-signed authority statement with key number 1. The caller has shown the
 * fingerprint to a person. scope bounds every chain below. *issuer (may be null) is the new record.
 * Errors of peek and decode with *fault (may be null); GARITA_E_NOT_SELF_SIGNED,
 * GARITA_E_BAD_SIGNATURE, GARITA_E_ALREADY_KNOWN (this key is pinned already),
 * GARITA_E_OUT_OF_SCOPE (its country is not in scope), GARITA_E_FULL, GARITA_E_NO_MEMORY. A failure
 * changes nothing. */
garita_error garita_trust_pin(garita_trust *trust, const garita_issuer **issuer,
                              garita_fault *fault, const garita_scope *scope, const uint8_t *bytes,
                              size_t bytes_len);

/* Adds an authority statement signed by someone in the set, once below each record of the signer
 * (a renewed parent has several). *issuer (may be null) is the first new record. Errors of peek and
 * decode with *fault (may be null), and
 *   GARITA_E_UNKNOWN_ISSUER    no record has the signer's id and key number
 *   GARITA_E_BAD_SIGNATURE     none of those that do made this signature
 *   GARITA_E_OUT_OF_SCOPE      the signer may certify nobody, or nobody of that country; or a
 *                              further key from someone other than the authority's parent
 *   GARITA_E_TOO_DEEP          below GARITA_CHAIN_DEPTH_MAX or the signer's depth
 *   GARITA_E_KEY_NUMBER_TAKEN, GARITA_E_SERIAL_TAKEN   by another statement of this authority
 *   GARITA_E_ALREADY_KNOWN     all of this is there; nothing changed
 *   GARITA_E_FULL              the share of its anchor, or of the authority right below the anchor,
 *                              is used up (limits.h) below every record that it fits below
 *   GARITA_E_NO_MEMORY
 * A failure changes nothing. */
garita_error garita_trust_add(garita_trust *trust, const garita_issuer **issuer,
                              garita_fault *fault, const uint8_t *bytes, size_t bytes_len);

typedef struct garita_bytes {
    const uint8_t *at;
    size_t len;
} garita_bytes;

/* Adds statements in any order: goes over them until nothing more is added, at most
 * GARITA_CHAIN_DEPTH_MAX + 1 times. errors[i] (errors may be null) says what became of
 * statements[i] in the end; ALREADY_KNOWN is reported as OK. None that fails hinders the others.
 * Returns GARITA_OK, or GARITA_E_NO_MEMORY, which then stands for those that it never came to
 * as well. */
garita_error garita_trust_load(garita_trust *trust, garita_error *errors,
                               const garita_bytes *statements, size_t count);

/* The records in the order they came in. Pointers stay valid until the set is freed. */
size_t garita_trust_count(const garita_trust *trust);
const garita_issuer *garita_trust_get(const garita_trust *trust, size_t index);

/* Iterates the records with this id and key number: null in, first out; null after the last.
 * Allocates nothing. */
const garita_issuer *garita_trust_find(const garita_trust *trust, const garita_issuer *after,
                                       const garita_id *id, uint8_t key_number);

/* Whether two records hang on one authority right below an anchor, that one's own among them: what
 * bounds are shared by. A record of an anchor hangs on none. */
bool garita_issuer_same_branch(const garita_issuer *a, const garita_issuer *b);

/* Whether two records are of one authority: the same first key, certified by the same parent. */
bool garita_issuer_same_authority(const garita_issuer *a, const garita_issuer *b);

#ifdef __cplusplus
}
#endif

#endif
