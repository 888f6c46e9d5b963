/* core/store/error.h: SQLite's results, and the system's, as the store's errors. */
#ifndef GARITA_STORE_ERROR_H
#define GARITA_STORE_ERROR_H

#include <garita/store.h>

#include <sqlite3.h>

/* The error for a value of errno, with the system's words in detail. */
garita_store_error store_error_of_errno(char *detail, int number);

/* The error for a result code of SQLite that means failure, db's last; db may be null where none
 * could be made. */
garita_store_error store_error_of_db(char *detail, sqlite3 *db, int code);

#endif
