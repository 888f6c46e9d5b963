#include <garita/store_logs.h>

#include <assert.h>

#include "internal.h"

garita_store_error garita_store_floor(garita_store *store, bool *has, int64_t *floor)
{
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_FLOOR_GET);

    *has = false;
    *floor = 0;
    if (query == NULL)
        return error;
    error = query_step(store, &has_row, query);
    if (error == GARITA_STORE_OK && has_row && sqlite3_column_type(query, 0) != SQLITE_NULL) {
        *has = query_number(query, 0, floor, 0, GARITA_MOMENT_MAX);
        if (!*has)
            error = query_damaged(store, "the clock's floor cannot be read");
    }
    query_end(query);
    return error;
}

static garita_store_error set(garita_store *store, enum query_id id, bool has, int64_t floor)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, id);

    assert(!has || (floor >= 0 && floor <= GARITA_MOMENT_MAX));
    if (query == NULL)
        return error;
    if (has)
        query_bind_number(query, 1, floor);
    return query_run(store, query);
}

garita_store_error garita_store_raise_floor(garita_store *store, int64_t floor)
{
    assert(!sqlite3_get_autocommit(store->db));
    return set(store, QUERY_FLOOR_RAISE, true, floor);
}

garita_store_error garita_store_set_floor(garita_store *store, bool has, int64_t floor)
{
    assert(!sqlite3_get_autocommit(store->db));
    return set(store, QUERY_FLOOR_SET, has, floor);
}
