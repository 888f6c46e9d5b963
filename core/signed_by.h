/* signed_by.h: who in a trust set signed a statement. Private. */
#ifndef GARITA_SIGNED_BY_H
#define GARITA_SIGNED_BY_H

#include <garita/trust.h>

/* Whether a record whose key made the signature may have. What it asks of the map it may read now.
 */
typedef bool (*garita_signed_by_may)(void *context, const garita_issuer *record,
                                     const garita_verified *verified);

/* What is looked for, and where. */
typedef struct garita_signed_by {
    const garita_trust *trust;
    const garita_issuer *authority; /* null, or the only one that is looked for */
    const garita_peek *peek;
    garita_signed_by_may may;
    void *context; /* of may */
    uint8_t *scratch;
    size_t scratch_len; /* GARITA_SCRATCH_SIZE(peek->map_len) at least */
} garita_signed_by;

/* The next record that made the signature, may have, and is of an authority of which none came
 * before. after: null, then what the last call returned. *error says why the first call found none:
 * UNKNOWN_ISSUER, BAD_SIGNATURE or OUT_OF_SCOPE; else it is GARITA_OK. *verified is the map, of
 * which garita_signed_by_may has seen the same. */
const garita_issuer *garita_signed_by_next(garita_verified *verified, garita_error *error,
                                           const garita_signed_by *search,
                                           const garita_issuer *after);

#endif
