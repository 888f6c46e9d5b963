/* garita/equivocation.h: proof, from signed things alone, that an authority did what no honest
 * single log can (core/FORMAT.md, "Equivocation").
 */
#ifndef GARITA_EQUIVOCATION_H
#define GARITA_EQUIVOCATION_H

#include <stddef.h>
#include <stdint.h>

#include <garita/head.h>
#include <garita/merkle.h>
#include <garita/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum garita_equivocation_form {
    GARITA_FORM_SAME_SIZE = 1,  /* two heads of one size with other roots */
    GARITA_FORM_FORK = 2,       /* the larger's root commits to another smaller tree */
    GARITA_FORM_REGRESSION = 3, /* the smaller was signed later, beyond the skew */
    GARITA_FORM_SET = 4         /* a set root that its own batches do not make: found, not proven */
} garita_equivocation_form;

const char *garita_equivocation_form_name(unsigned form); /* "same-size", …; null for none */

/* A proof of form 1 to 3. Points into bytes that the caller keeps. */
typedef struct garita_equivocation {
    garita_equivocation_form form;
    garita_bytes heads[2]; /* statements: form 1: the smaller bytes first; 2 and 3: the smaller
                              log's first */
    size_t path_count;     /* form 2: the proof of garita_merkle_prefix_root, from the first head's
                              size to the second's */
    garita_hash path[GARITA_PROOF_MAX];
} garita_equivocation;

/* out has room for GARITA_EQUIVOCATION_BYTES_MAX. */
void garita_equivocation_write(uint8_t *out, size_t *out_len, const garita_equivocation *proof);

/* Reads one: TRUNCATED, TRAILING, RANGE, TOO_LONG. Nothing is proven by it. */
garita_error garita_equivocation_read(garita_equivocation *out, const uint8_t *bytes,
                                      size_t bytes_len);

/* Whether it proves something about an authority of this trust set.
 *
 * heads     may be null; of two: the heads, in the proof's order. Zeroed if the first call finds
 *           nothing, and left alone by later ones that do
 * error     may be null; when null is returned on the first call, why: an error of _read, of
 *           garita_head_signer for either head, or NOT_PROVEN: the heads are not of one authority,
 *           or are no contradiction. GARITA_OK on later calls
 * after     as in garita_head_signer
 * Returns a record of one authority after another that both heads are of, or null. */
const garita_issuer *garita_equivocation_check(garita_head heads[2], garita_error *error,
                                               const garita_trust *trust,
                                               const garita_issuer *after, const uint8_t *bytes,
                                               size_t bytes_len);

#ifdef __cplusplus
}
#endif

#endif
