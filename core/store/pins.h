/* core/store/pins.h: the columns of a pin. */
#ifndef GARITA_STORE_PINS_H
#define GARITA_STORE_PINS_H

#include "internal.h"

/* Reads the row of QUERY_PINS or QUERY_PIN_GET that the query stands at: the statement, at most
 * GARITA_AUTHORITY_BYTES_MAX bytes that are valid until the next step, and the scope. CORRUPT. */
garita_store_error pins_read(garita_store *store, sqlite3_stmt *row, garita_bytes *statement,
                             garita_scope *scope);

#endif
