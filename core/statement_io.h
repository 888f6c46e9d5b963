/* statement_io.h: what every statement type's file shares. Private. */
#ifndef GARITA_STATEMENT_IO_H
#define GARITA_STATEMENT_IO_H

#include <garita/statement.h>

#include "reader.h"

/* Enters a statement's map and reads keys 0 to 3 into *out; the reader then stands at the fifth
 * key. expected 0 takes any type. */
bool garita_statement_read_start(garita_reader *r, garita_container *map, garita_peek *out,
                                 garita_type expected);

/* Whether the reader came to its end; the flaw, if any, goes to *fault (may be null). */
garita_error garita_statement_read_end(garita_reader *r, garita_fault *fault);

/* Bytes of a statement beside its map. */
#define GARITA_ENVELOPE_SIZE (1 + 2 + GARITA_SIGNATURE_SIZE)

/* Signs a map that the strict reader has accepted. GARITA_E_TOO_LONG, GARITA_E_NO_SPACE; of a
 * policy alone GARITA_E_NO_MEMORY. */
garita_error garita_statement_sign(uint8_t *out, size_t *out_len, size_t out_cap, garita_type type,
                                   const garita_signer *signer, const uint8_t *map, size_t map_len);

#endif
