#include "query.h"

#include <assert.h>
#include <stdio.h>

#include "error.h"
#include "internal.h"

static const char *const sql_of[QUERY_COUNT] = {
#define SQL(constant, sql) sql,
    QUERIES(SQL)
#undef SQL
};

static garita_store_error note(garita_store *store, int code)
{
    return store_error_of_db(store->detail, store->db, code);
}

sqlite3_stmt *query_start(garita_store *store, garita_store_error *error, enum query_id id)
{
    sqlite3_stmt **statement = &store->queries[id];

    *error = GARITA_STORE_OK;
    if (*statement == NULL) {
        int code = sqlite3_prepare_v3(store->db, sql_of[id], -1, SQLITE_PREPARE_PERSISTENT,
                                      statement, NULL);
        if (code != SQLITE_OK) {
            *error = note(store, code);
            return NULL;
        }
    } else {
        sqlite3_reset(*statement);
        sqlite3_clear_bindings(*statement);
    }
    return *statement;
}

garita_store_error query_step(garita_store *store, bool *has_row, sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);

    *has_row = code == SQLITE_ROW;
    if (code == SQLITE_ROW)
        return GARITA_STORE_OK;
    garita_store_error error = code == SQLITE_DONE ? GARITA_STORE_OK : note(store, code);
    sqlite3_reset(statement);
    return error;
}

garita_store_error query_run(garita_store *store, sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    garita_store_error error = GARITA_STORE_OK;

    assert(code != SQLITE_ROW);
    if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
        error = GARITA_STORE_EXISTS;
    else if (code != SQLITE_DONE)
        error = note(store, code);
    sqlite3_reset(statement);
    return error;
}

void query_end(sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
}

garita_store_error query_hold(garita_store *store, bool *begun)
{
    garita_store_error error;

    *begun = false;
    if (!sqlite3_get_autocommit(store->db))
        return GARITA_STORE_OK;
    sqlite3_stmt *query = query_start(store, &error, QUERY_READ_BEGIN);
    if (query != NULL)
        error = query_run(store, query);
    *begun = error == GARITA_STORE_OK;
    return error;
}

/* A binding fails only for an index that the query does not have, or a value over SQLite's limit of
 * a gigabyte: our own mistakes. */
void query_bind_bytes(sqlite3_stmt *statement, int at, const void *bytes, size_t bytes_len)
{
    int code = sqlite3_bind_blob64(statement, at, bytes, bytes_len, SQLITE_STATIC);
    assert(code == SQLITE_OK);
    (void)code;
}

void query_bind_number(sqlite3_stmt *statement, int at, int64_t number)
{
    int code = sqlite3_bind_int64(statement, at, number);
    assert(code == SQLITE_OK);
    (void)code;
}

bool query_bytes(sqlite3_stmt *statement, int column, const uint8_t **bytes, size_t *bytes_len,
                 size_t len_max)
{
    if (sqlite3_column_type(statement, column) != SQLITE_BLOB)
        return false;
    *bytes = sqlite3_column_blob(statement, column);
    *bytes_len = (size_t)sqlite3_column_bytes(statement, column);
    return *bytes != NULL && *bytes_len > 0 && *bytes_len <= len_max;
}

bool query_number(sqlite3_stmt *statement, int column, int64_t *out, int64_t min, int64_t max)
{
    *out = sqlite3_column_int64(statement, column);
    return sqlite3_column_type(statement, column) == SQLITE_INTEGER && *out >= min && *out <= max;
}

garita_store_error query_damaged(garita_store *store, const char *what)
{
    snprintf(store->detail, sizeof store->detail, "%s", what);
    return GARITA_STORE_CORRUPT;
}
