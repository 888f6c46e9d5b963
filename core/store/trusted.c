#include <garita/bundle.h>

#include "internal.h"

garita_store_error garita_store_add_trusted(garita_store *store, const uint8_t *bytes,
                                            size_t bytes_len)
{
    garita_digest digest;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_TRUSTED_ADD);

    if (query == NULL)
        return error;
    garita_digest_of(&digest, bytes, bytes_len);
    query_bind_bytes(query, 1, bytes, bytes_len);
    query_bind_bytes(query, 2, digest.bytes, sizeof digest.bytes);
    return query_run(store, query);
}

garita_store_error garita_store_remove_trusted(garita_store *store, const uint8_t *bytes,
                                               size_t bytes_len)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_TRUSTED_REMOVE);

    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, bytes, bytes_len);
    error = query_run(store, query);
    if (error == GARITA_STORE_OK && sqlite3_changes(store->db) == 0)
        error = GARITA_STORE_ABSENT;
    return error;
}

garita_store_error garita_store_each_trusted(garita_store *store, garita_store_visit visit,
                                             void *context)
{
    const uint8_t *bytes;
    size_t bytes_len;
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_TRUSTED);

    if (query == NULL)
        return error;
    while ((error = query_step(store, &has_row, query)) == GARITA_STORE_OK && has_row) {
        if (!query_bytes(query, 0, &bytes, &bytes_len, GARITA_AUTHORITY_BYTES_MAX)) {
            error = query_damaged(store, "a trusted statement cannot be read");
            break;
        }
        if (!visit(context, bytes, bytes_len))
            break;
    }
    query_end(query);
    return error;
}
