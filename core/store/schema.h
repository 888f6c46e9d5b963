/* core/store/schema.h: the tables, and how a store comes from one version of them to the next. */
#ifndef GARITA_STORE_SCHEMA_H
#define GARITA_STORE_SCHEMA_H

#include <garita/store.h>

#include <sqlite3.h>

/* In the file's header: "GARI". Tells a home's store from any other SQLite file. */
#define SCHEMA_APPLICATION_ID 0x47415249

/* The version that this program writes; PRAGMA user_version. 0 is a file without tables. */
extern const int schema_version;

/* Reads what a file is. GARITA_STORE_OK with *version from 0 on, NOT_A_HOME, NEWER, or SQLite's
 * failures. */
garita_store_error schema_read(sqlite3 *db, int *version, char *detail);

/* Brings the tables up to schema_version; inside the caller's transaction. */
garita_store_error schema_migrate(sqlite3 *db, char *detail, int from);

#endif
