/* core/store/internal.h: what the files of the store share. */
#ifndef GARITA_STORE_INTERNAL_H
#define GARITA_STORE_INTERNAL_H

#include <garita/store.h>

#include <sqlite3.h>

#include "query.h"

/* How long a call waits for another process's transaction. The longest of ours is a group of a
 * batch, some milliseconds and one flush of the disk; ten seconds is a disk in trouble. */
#define STORE_BUSY_TIMEOUT_MS 10000

struct garita_store {
    sqlite3 *db;
    garita_home home;
    sqlite3_stmt *queries[QUERY_COUNT]; /* prepared when first used */
    uint8_t *entry;                     /* what the last register entry given out points to */
    struct signing_act *act;            /* under way (signing.c); null if none is */
    char detail[GARITA_STORE_DETAIL_SIZE];
};

/* Makes a directory and its missing parents, mode 0700, as garita_store_create does. */
garita_store_error store_make_directories(char *detail, const char *path);

/* Lets go of the counter of an act that was committed or undone; none is allowed. */
void signing_end(garita_store *store);

#endif
