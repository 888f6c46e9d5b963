/* chunk.h: the one encoding of a chunk of a status set (core/FORMAT.md, section 12). Private. */
#ifndef GARITA_CHUNK_H
#define GARITA_CHUNK_H

#include <stddef.h>
#include <stdint.h>

#include "part.h"

/* Writes a chunk: *out_len bytes to out, which has room for GARITA_CHUNK_BYTES_MAX; 0 if both parts
 * are of none. */
void garita_chunk_encode(uint8_t *out, size_t *out_len, const garita_part *revoked,
                         const garita_part *suspended);

/* Reads a chunk into two parts, which the caller frees; both are of none on error. Memory is
 * counted as part.h has it, and no more is taken than the parts need.
 *
 * max is the highest offset that there may be: the last serial of the last chunk does not exist.
 * Errors, the first that applies: EMPTY (no bytes), TOO_LONG, those of the revoked part, those of
 * the suspended part, TRAILING, RANGE (an offset in both), EMPTY (nothing in either), FULL,
 * NO_MEMORY. Those of a part are TRUNCATED, RANGE and NOT_MINIMAL. */
garita_error garita_chunk_decode(garita_part *revoked, garita_part *suspended, size_t *memory,
                                 uint32_t max, const uint8_t *bytes, size_t bytes_len);

#endif
