#include "evidence.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <garita/store_logs.h>

#include "log_row.h"

/* What evidence counts for under GARITA_STORE_EVIDENCE_BYTES_MAX. */
static uint64_t cost(const garita_message *evidence)
{
    return evidence->head.len + evidence->path_count * GARITA_HASH_SIZE + evidence->bytes.len;
}

static garita_store_error has(garita_store *store, bool *out, int64_t log,
                              const garita_digest *digest)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_EVIDENCE_HAS);

    if (query == NULL)
        return error;
    query_bind_number(query, 1, log);
    query_bind_bytes(query, 2, digest->bytes, sizeof digest->bytes);
    error = query_step(store, out, query);
    query_end(query);
    return error;
}

static garita_store_error add(garita_store *store, int64_t log, const garita_digest *digest,
                              const garita_message *evidence)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_EVIDENCE_ADD);

    if (query == NULL)
        return error;
    query_bind_number(query, 1, log);
    query_bind_bytes(query, 2, digest->bytes, sizeof digest->bytes);
    query_bind_number(query, 3, evidence->index);
    query_bind_bytes(query, 4, evidence->head.at, evidence->head.len);
    query_bind_bytes(query, 5, evidence->path, evidence->path_count * GARITA_HASH_SIZE);
    query_bind_bytes(query, 6, evidence->bytes.at, evidence->bytes.len);
    return query_run(store, query);
}

static garita_store_error count_bytes(garita_store *store, int64_t log, uint64_t bytes)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_LOG_EVIDENCE_BYTES);

    if (query == NULL)
        return error;
    query_bind_number(query, 1, log);
    query_bind_number(query, 2, (int64_t)bytes);
    return query_run(store, query);
}

garita_store_error garita_store_keep_evidence(garita_store *store, bool *full,
                                              const garita_hash *log,
                                              const garita_message *evidence)
{
    assert(!sqlite3_get_autocommit(store->db));
    assert(evidence->kind == GARITA_MESSAGE_EVIDENCE && evidence->path_count <= GARITA_PROOF_MAX);

    struct log_row row;
    garita_digest digest;
    bool is_known = false;
    *full = false;
    garita_store_error error = log_row_get(store, &row, log);
    if (error == GARITA_STORE_OK && row.number == 0)
        error = GARITA_STORE_ABSENT;
    garita_digest_of(&digest, evidence->bytes.at, evidence->bytes.len);
    if (error == GARITA_STORE_OK)
        error = has(store, &is_known, row.number, &digest);
    if (error != GARITA_STORE_OK || is_known)
        return error;
    if (row.evidence_bytes > GARITA_STORE_EVIDENCE_BYTES_MAX ||
        cost(evidence) > GARITA_STORE_EVIDENCE_BYTES_MAX - row.evidence_bytes) {
        *full = true;
        return GARITA_STORE_OK;
    }
    error = add(store, row.number, &digest, evidence);
    return error == GARITA_STORE_OK
               ? count_bytes(store, row.number, row.evidence_bytes + cost(evidence))
               : error;
}

/* Reads the row of QUERY_EVIDENCE, or _GET, that the query stands at. */
static bool read_evidence(garita_message *out, sqlite3_stmt *row)
{
    int64_t index;
    size_t path_len = (size_t)sqlite3_column_bytes(row, 2);

    *out = (garita_message){.kind = GARITA_MESSAGE_EVIDENCE};
    if (!query_number(row, 0, &index, 0, GARITA_LOG_SIZE_MAX) ||
        !query_bytes(row, 1, &out->head.at, &out->head.len, GARITA_HEAD_BYTES_MAX) ||
        sqlite3_column_type(row, 2) != SQLITE_BLOB || path_len > sizeof out->path ||
        path_len % GARITA_HASH_SIZE != 0 ||
        !query_bytes(row, 3, &out->bytes.at, &out->bytes.len, GARITA_BATCH_BYTES_MAX))
        return false;
    out->index = (uint32_t)index;
    out->path_count = path_len / GARITA_HASH_SIZE;
    if (path_len > 0)
        memcpy(out->path, sqlite3_column_blob(row, 2), path_len);
    return true;
}

garita_store_error garita_store_each_evidence(garita_store *store, const garita_hash *log,
                                              garita_store_visit_evidence visit, void *context)
{
    struct log_row row;
    garita_message evidence;
    bool has_row = false, are_readable = true;
    garita_store_error error = log_row_get(store, &row, log);
    sqlite3_stmt *query =
        error == GARITA_STORE_OK ? query_start(store, &error, QUERY_EVIDENCE) : NULL;

    if (query == NULL)
        return error;
    query_bind_number(query, 1, row.number);
    while ((error = query_step(store, &has_row, query)) == GARITA_STORE_OK && has_row) {
        if (!read_evidence(&evidence, query))
            are_readable = false;
        else if (!visit(context, &evidence))
            break;
    }
    query_end(query);
    if (error == GARITA_STORE_OK && !are_readable)
        error = query_damaged(store, "evidence cannot be read");
    return error;
}

garita_store_error garita_store_get_evidence(garita_store *store, const garita_hash *log,
                                             const garita_digest *digest,
                                             garita_store_visit_evidence visit, void *context)
{
    struct log_row row;
    garita_message evidence;
    bool has_row = false;
    garita_store_error error = log_row_get(store, &row, log);
    sqlite3_stmt *query =
        error == GARITA_STORE_OK ? query_start(store, &error, QUERY_EVIDENCE_GET) : NULL;

    if (query == NULL)
        return error;
    query_bind_number(query, 1, row.number);
    query_bind_bytes(query, 2, digest->bytes, sizeof digest->bytes);
    error = query_step(store, &has_row, query);
    if (error == GARITA_STORE_OK) {
        if (has_row && read_evidence(&evidence, query))
            visit(context, &evidence);
        else
            error = GARITA_STORE_ABSENT;
    }
    query_end(query);
    return error;
}

/* Whether what the row holds can still be what it was: only its head's authority can say more. */
static bool is_readable(garita_message *out, garita_event *events, sqlite3_stmt *row)
{
    garita_head head;
    garita_peek peek;
    garita_fault fault;
    garita_hash leaf;
    size_t count;
    int64_t time;

    if (!read_evidence(out, row) ||
        garita_head_inspect(&head, &peek, &fault, out->head.at, out->head.len) != GARITA_OK ||
        garita_batch_decode(&time, events, &count, NULL, out->bytes.at, out->bytes.len) !=
            GARITA_OK)
        return false;
    garita_merkle_leaf(&leaf, out->bytes.at, out->bytes.len);
    return garita_merkle_includes(&head.root, head.size, out->index, &leaf, out->path,
                                  out->path_count);
}

static garita_store_error drop(garita_store *store, int64_t rowid)
{
    return log_run(store, QUERY_EVIDENCE_DROP, rowid);
}

garita_store_error evidence_drop_unreadable(garita_store *store, uint64_t *bytes, int64_t number)
{
    garita_event *events = calloc(GARITA_BATCH_EVENTS_MAX, sizeof *events);
    garita_message evidence;
    bool has_row = false;
    garita_store_error error = GARITA_STORE_NO_MEMORY;
    sqlite3_stmt *query = events != NULL ? query_start(store, &error, QUERY_EVIDENCE) : NULL;

    *bytes = 0;
    if (query == NULL) {
        free(events);
        return error;
    }
    query_bind_number(query, 1, number);
    while ((error = query_step(store, &has_row, query)) == GARITA_STORE_OK && has_row) {
        if (is_readable(&evidence, events, query))
            *bytes += cost(&evidence);
        else
            error = drop(store, sqlite3_column_int64(query, 4));
        if (error != GARITA_STORE_OK)
            break;
    }
    query_end(query);
    free(events);
    return error;
}
