/* garita/head.h: an authority's word about the state of its status log (core/FORMAT.md, "head").
 */
#ifndef GARITA_HEAD_H
#define GARITA_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/error.h>
#include <garita/limits.h>
#include <garita/merkle.h>
#include <garita/statement.h>
#include <garita/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct garita_head {
    uint64_t size;    /* batches, 0 to GARITA_LOG_SIZE_MAX */
    garita_hash root; /* of the tree of batches */
    garita_hash set_root;
    uint32_t issued;   /* the highest serial assigned; 0: none yet */
    int64_t signed_at; /* moment, 0 to GARITA_MOMENT_MAX */
    int64_t next_due;  /* moment by which a newer one is promised; not before signed_at */
} garita_head;

/* As garita_credential_decode, _inspect and _issue. A next_due before signed_at is DATE_ORDER. */
garita_error garita_head_decode(garita_head *out, garita_fault *fault,
                                const garita_verified *verified);
garita_error garita_head_inspect(garita_head *out, garita_peek *peek, garita_fault *fault,
                                 const uint8_t *bytes, size_t bytes_len);
garita_error garita_head_issue(uint8_t *out, size_t *out_len, size_t out_cap, garita_fault *fault,
                               const garita_head *head, const garita_signer *signer);

bool garita_head_equal(const garita_head *a, const garita_head *b);

/* The order of heads: by size, then by signed_at. Negative if a is older, 0 if neither is. */
int garita_head_compare(const garita_head *a, const garita_head *b);

/* Finds who signed a head: goes over the records with its id and key number, whose scope has the
 * type head, and under whose key it verifies. Dates do not count here: a revocation is to arrive on
 * a machine whose clock is wrong too. Whether the key was revoked is the caller's question
 * (garita_book_is_revoked).
 *
 * out       the head; zeroed if the first call finds none, and left alone by later ones that do
 * error     may be null; when null is returned on the first call, why: an error of
 *           garita_statement_peek or garita_head_decode, UNKNOWN_ISSUER, BAD_SIGNATURE, or
 *           OUT_OF_SCOPE. GARITA_OK on later calls
 * after     null, then what the last call returned: a record of one authority after another (one
 *           only for each authority, garita_issuer_same_authority)
 * Returns a record, or null if there is no (further) one. */
const garita_issuer *garita_head_signer(garita_head *out, garita_error *error,
                                        const garita_trust *trust, const garita_issuer *after,
                                        const uint8_t *bytes, size_t bytes_len);

/* Whether this is a head of one authority, given by any of its records: signed by any of its keys
 * that may sign heads. *out is the head, or zeroed. */
bool garita_head_is_by(garita_head *out, const garita_trust *trust, const garita_issuer *authority,
                       const uint8_t *bytes, size_t bytes_len);

#ifdef __cplusplus
}
#endif

#endif
