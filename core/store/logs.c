#include <garita/store_logs.h>

#include <assert.h>
#include <string.h>

#include "log_row.h"

/* --- batches --- */

static bool read_leaf(void *context, garita_hash *out, uint64_t index)
{
    garita_store_leaves *leaves = context;
    const uint8_t *bytes;
    size_t len;
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(leaves->store, &error, QUERY_LEAF);

    if (query == NULL)
        return false;
    query_bind_bytes(query, 1, leaves->log.bytes, sizeof leaves->log.bytes);
    query_bind_number(query, 2, (int64_t)index);
    bool is_there = query_step(leaves->store, &has_row, query) == GARITA_STORE_OK && has_row &&
                    query_bytes(query, 0, &bytes, &len, sizeof out->bytes) &&
                    len == sizeof out->bytes;
    if (is_there)
        memcpy(out->bytes, bytes, len);
    query_end(query);
    return is_there;
}

garita_leaf_source garita_store_leaf_source(garita_store_leaves *context, garita_store *store,
                                            const garita_hash *log)
{
    *context = (garita_store_leaves){store, *log};
    return (garita_leaf_source){.context = context, .leaf = read_leaf};
}

static garita_store_error visit_batches(garita_store *store, const struct log_row *row,
                                        uint64_t first, garita_store_visit visit, void *context)
{
    const uint8_t *bytes;
    size_t len;
    int64_t position;
    bool has_row = false;
    uint64_t at = first;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_BATCHES);

    if (query == NULL)
        return error;
    query_bind_number(query, 1, row->number);
    query_bind_number(query, 2, (int64_t)first);
    for (; at < row->size; at++) {
        error = query_step(store, &has_row, query);
        if (error != GARITA_STORE_OK)
            break;
        if (!has_row || !query_number(query, 0, &position, (int64_t)at, (int64_t)at) ||
            !query_bytes(query, 2, &bytes, &len, GARITA_BATCH_BYTES_MAX)) {
            error = query_damaged(store, "the batches are not those of the log");
            break;
        }
        if (!visit(context, bytes, len))
            break;
    }
    query_end(query);
    return error;
}

garita_store_error garita_store_each_batch(garita_store *store, const garita_hash *log,
                                           uint64_t first, garita_store_visit visit, void *context)
{
    struct log_row row;
    garita_store_error error = log_row_get(store, &row, log);

    if (error != GARITA_STORE_OK)
        return error;
    if (row.flaw != NULL || first < row.batches_from)
        return query_damaged(store, row.flaw != NULL ? row.flaw : "batches of the log are missing");
    return visit_batches(store, &row, first, visit, context);
}

garita_store_error log_batch_bytes(garita_store *store, uint64_t *out, int64_t number,
                                   uint64_t first)
{
    bool has_row = false;
    int64_t sum = 0;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_BATCH_BYTES);

    *out = 0;
    if (query == NULL)
        return error;
    query_bind_number(query, 1, number);
    query_bind_number(query, 2, (int64_t)first);
    error = query_step(store, &has_row, query);
    if (error == GARITA_STORE_OK && has_row && query_number(query, 0, &sum, 0, INT64_MAX))
        *out = (uint64_t)sum;
    query_end(query);
    return error;
}

garita_store_error garita_store_batch_bytes(garita_store *store, uint64_t *out,
                                            const garita_hash *log, uint64_t first)
{
    struct log_row row;
    garita_store_error error = log_row_get(store, &row, log);

    *out = 0;
    return error == GARITA_STORE_OK ? log_batch_bytes(store, out, row.number, first) : error;
}

/* --- the head --- */

garita_store_error garita_store_get_head(garita_store *store, uint8_t *bytes, size_t *len,
                                         const garita_hash *log)
{
    struct log_row row;
    garita_store_error error = log_row_get(store, &row, log);

    *len = 0;
    if (error != GARITA_STORE_OK)
        return error;
    if (row.number == 0 || row.head_len == 0)
        return GARITA_STORE_ABSENT;
    memcpy(bytes, row.head, row.head_len);
    *len = row.head_len;
    return GARITA_STORE_OK;
}

/* --- the proof --- */

/* One that the disk has garbled proves nothing any more, but that there was one. */
static bool has_readable_proof(const struct log_row *row)
{
    garita_equivocation proof;

    return row->has_proof &&
           garita_equivocation_read(&proof, row->proof, row->proof_len) == GARITA_OK;
}

garita_store_error garita_store_get_proof(garita_store *store, uint8_t *bytes, size_t *len,
                                          const garita_hash *log)
{
    struct log_row row;
    garita_store_error error = log_row_get(store, &row, log);

    *len = 0;
    if (error != GARITA_STORE_OK)
        return error;
    if (!has_readable_proof(&row))
        return GARITA_STORE_ABSENT;
    memcpy(bytes, row.proof, row.proof_len);
    *len = row.proof_len;
    return GARITA_STORE_OK;
}

garita_store_error garita_store_keep_proof(garita_store *store, const garita_hash *log,
                                           const uint8_t *bytes, size_t bytes_len)
{
    assert(!sqlite3_get_autocommit(store->db));
    assert(bytes_len > 0 && bytes_len <= GARITA_EQUIVOCATION_BYTES_MAX);

    struct log_row row;
    garita_store_error error = log_row_get(store, &row, log);
    if (error == GARITA_STORE_OK && row.number == 0)
        error = GARITA_STORE_ABSENT;
    if (error != GARITA_STORE_OK)
        return error;
    if (has_readable_proof(&row))
        return GARITA_STORE_OK;
    if (row.flaw != NULL) { /* which a new seal must not hide */
        row.is_damaged = true;
        row.head_len = 0;
    }
    row.has_proof = true;
    row.proof_len = bytes_len;
    memcpy(row.proof, bytes, bytes_len);
    return log_row_put(store, &row);
}

/* --- which there are --- */

garita_store_error garita_store_each_log(garita_store *store, garita_store_visit_log visit,
                                         void *context)
{
    struct log_row row;
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_LOGS);

    if (query == NULL)
        return error;
    while ((error = query_step(store, &has_row, query)) == GARITA_STORE_OK && has_row) {
        log_row_read(&row, query);
        if (!visit(context, &row.id, row.first_key))
            break;
    }
    query_end(query);
    return error;
}

garita_store_error garita_store_each_own_authority(garita_store *store, garita_store_visit visit,
                                                   void *context)
{
    const uint8_t *bytes;
    size_t len;
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_OWN_AUTHORITIES);

    if (query == NULL)
        return error;
    while ((error = query_step(store, &has_row, query)) == GARITA_STORE_OK && has_row) {
        if (!query_bytes(query, 0, &bytes, &len, GARITA_AUTHORITY_BYTES_MAX)) {
            error = query_damaged(store, "an authority statement of the register cannot be read");
            break;
        }
        if (!visit(context, bytes, len))
            break;
    }
    query_end(query);
    return error;
}

/* --- whether anything changed --- */

garita_store_error garita_store_version(garita_store *store, int64_t *out)
{
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_VERSION);

    *out = 0;
    if (query == NULL)
        return error;
    error = query_step(store, &has_row, query);
    if (error == GARITA_STORE_OK && has_row)
        *out = sqlite3_column_int64(query, 0);
    query_end(query);
    return error;
}
