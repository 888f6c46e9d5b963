#include <garita/store_view.h>

#include <assert.h>

#include <sodium.h>

#include "error.h"
#include "internal.h"

static_assert(GARITA_STORE_KNOWLEDGE_SIZE == crypto_generichash_BYTES, "BLAKE2b's usual size");

garita_store_error garita_store_hold(garita_store *store)
{
    bool begun;

    assert(sqlite3_get_autocommit(store->db));
    return query_hold(store, &begun);
}

/* A log's set is bound by its head; where that is not so, set_differs_at says it. Its start and its
 * chunks may be rearranged without a change to what is known. */
static const char *const sources[] = {
    "SELECT first_key, statement, countries, programmes, types, depth FROM pin ORDER BY position",
    "SELECT statement FROM trusted ORDER BY position",
    "SELECT id, is_damaged, head, set_differs_at, proof FROM log ORDER BY number",
    "SELECT log, position, bytes FROM elsewhere ORDER BY log, position",
    "SELECT clock_floor FROM home",
    "SELECT digest FROM carried ORDER BY position",
};

/* Each value with its kind and length before it, so that no two rows read the same. */
static void add_value(crypto_generichash_state *state, sqlite3_stmt *row, int column)
{
    int kind = sqlite3_column_type(row, column);
    const void *bytes = sqlite3_column_blob(row, column);
    size_t bytes_len = bytes != NULL ? (size_t)sqlite3_column_bytes(row, column) : 0;
    uint64_t before[] = {(uint64_t)kind, bytes_len};

    crypto_generichash_update(state, (const uint8_t *)before, sizeof before);
    if (bytes_len > 0)
        crypto_generichash_update(state, bytes, bytes_len);
}

static garita_store_error add_source(garita_store *store, crypto_generichash_state *state,
                                     const char *sql)
{
    sqlite3_stmt *row = NULL;
    uint8_t next = 1;
    int code = sqlite3_prepare_v2(store->db, sql, -1, &row, NULL);

    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(row);
        for (int column = 0; code == SQLITE_ROW && column < sqlite3_column_count(row); column++)
            add_value(state, row, column);
        next = code == SQLITE_ROW;
        crypto_generichash_update(state, &next, sizeof next);
    }
    garita_store_error error =
        code == SQLITE_DONE ? GARITA_STORE_OK : store_error_of_db(store->detail, store->db, code);
    sqlite3_finalize(row);
    return error;
}

garita_store_error garita_store_knowledge(garita_store *store,
                                          uint8_t out[GARITA_STORE_KNOWLEDGE_SIZE])
{
    crypto_generichash_state state;
    garita_store_error error = GARITA_STORE_OK;

    crypto_generichash_init(&state, NULL, 0, GARITA_STORE_KNOWLEDGE_SIZE);
    for (size_t i = 0; i < sizeof sources / sizeof sources[0] && error == GARITA_STORE_OK; i++)
        error = add_source(store, &state, sources[i]);
    crypto_generichash_final(&state, out, GARITA_STORE_KNOWLEDGE_SIZE);
    return error;
}
