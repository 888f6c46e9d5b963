/* garita/tip.h: a home's word about how far its log of decisions has come, signed by its node key
 * (core/FORMAT.md, section 16).
 *
 * A tip that is kept elsewhere holds the home to every entry up to it. It is a statement of type
 * tip, whose signer id is that of the node key, number 1; no chain leads to it, and whoever checks
 * it has the public key from the home by a way of their own.
 */
#ifndef GARITA_TIP_H
#define GARITA_TIP_H

#include <stddef.h>
#include <stdint.h>

#include <garita/decision.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct garita_tip {
    uint8_t home[GARITA_DECISION_HOME_SIZE];
    garita_decision_place place;
    int64_t signed_at; /* moment, 0 to GARITA_MOMENT_MAX */
} garita_tip;

/* As garita_credential_decode and _inspect. */
garita_error garita_tip_decode(garita_tip *out, garita_fault *fault,
                               const garita_verified *verified);
garita_error garita_tip_inspect(garita_tip *out, garita_peek *peek, garita_fault *fault,
                                const uint8_t *bytes, size_t bytes_len);

/* Signs a tip with the node key that has this public key; out has room for GARITA_TIP_BYTES_MAX
 * bytes. RANGE for a position or moment out of bounds. */
garita_error garita_tip_issue(uint8_t out[GARITA_TIP_BYTES_MAX], size_t *out_len,
                              const garita_tip *tip,
                              const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE],
                              const uint8_t secret_key[GARITA_SECRET_KEY_SIZE]);

/* Reads a tip that must be signed by this key: UNKNOWN_ISSUER if it says another signer,
 * BAD_SIGNATURE, or an error of garita_statement_peek and garita_tip_decode. */
garita_error garita_tip_verify(garita_tip *out, const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE],
                               const uint8_t *bytes, size_t bytes_len);

#ifdef __cplusplus
}
#endif

#endif
