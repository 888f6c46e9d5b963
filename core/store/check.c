#include <garita/store_check.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "internal.h"
#include "log_row.h"

enum { FLAW_MAX = 512 };

/* A query that is run once; null, after having noted why, if it cannot be. */
static sqlite3_stmt *prepare(garita_store *store, garita_store_error *error, const char *sql)
{
    sqlite3_stmt *query = NULL;
    int code = sqlite3_prepare_v2(store->db, sql, -1, &query, NULL);

    *error =
        code == SQLITE_OK ? GARITA_STORE_OK : store_error_of_db(store->detail, store->db, code);
    return query;
}

static const char *text(sqlite3_stmt *row, int column)
{
    const char *at = (const char *)sqlite3_column_text(row, column);

    return at != NULL ? at : "?";
}

static void describe_page(char out[FLAW_MAX], sqlite3_stmt *row)
{
    snprintf(out, FLAW_MAX, "%s", text(row, 0));
}

static void describe_reference(char out[FLAW_MAX], sqlite3_stmt *row)
{
    snprintf(out, FLAW_MAX, "a row of %s refers to a %s that is not there", text(row, 0),
             text(row, 2));
}

static garita_store_error each_row(garita_store *store, const char *sql,
                                   void (*describe)(char out[FLAW_MAX], sqlite3_stmt *row),
                                   garita_store_visit_flaw visit, void *context)
{
    char flaw[FLAW_MAX];
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = prepare(store, &error, sql);

    while (error == GARITA_STORE_OK) {
        error = query_step(store, &has_row, query);
        if (error != GARITA_STORE_OK || !has_row)
            break;
        describe(flaw, query);
        if (strcmp(flaw, "ok") != 0 && !visit(context, flaw))
            break;
    }
    sqlite3_finalize(query);
    return error;
}

garita_store_error garita_store_each_flaw(garita_store *store, garita_store_visit_flaw visit,
                                          void *context)
{
    garita_store_error error =
        each_row(store, "PRAGMA integrity_check", describe_page, visit, context);

    if (error == GARITA_STORE_OK)
        error = each_row(store, "PRAGMA foreign_key_check", describe_reference, visit, context);
    return error;
}

static bool read_key(sqlite3_stmt *row, int column, uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    const uint8_t *bytes;
    size_t len;

    if (!query_bytes(row, column, &bytes, &len, GARITA_PUBLIC_KEY_SIZE) ||
        len != GARITA_PUBLIC_KEY_SIZE)
        return false;
    memcpy(first_key, bytes, len);
    return true;
}

static void read_entry(garita_register_entry *out, sqlite3_stmt *row)
{
    int64_t serial, key_number, type;
    garita_bytes statement;

    *out = (garita_register_entry){.serial = (uint32_t)sqlite3_column_int64(row, 1)};
    if (!read_key(row, 0, out->first_key) || !query_number(row, 1, &serial, 1, GARITA_SERIAL_MAX) ||
        !query_number(row, 2, &key_number, 1, GARITA_KEY_NUMBER_MAX) ||
        !query_number(row, 3, &type, GARITA_TYPE_AUTHORITY, GARITA_TYPE_NODE) ||
        !query_number(row, 4, &out->issued, 0, INT64_MAX) ||
        !query_bytes(row, 5, &statement.at, &statement.len, GARITA_POLICY_BYTES_MAX))
        return;
    out->key_number = (uint8_t)key_number;
    out->type = (garita_type)type;
    out->bytes = statement.at;
    out->bytes_len = statement.len;
}

garita_store_error garita_store_each_registered(garita_store *store, garita_store_visit_entry visit,
                                                void *context)
{
    garita_register_entry entry;
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query =
        prepare(store, &error,
                "SELECT first_key, serial, key_number, type, issued, statement"
                " FROM register JOIN signer ON signer = number ORDER BY signer, serial");

    while (error == GARITA_STORE_OK) {
        error = query_step(store, &has_row, query);
        if (error != GARITA_STORE_OK || !has_row)
            break;
        read_entry(&entry, query);
        if (!visit(context, &entry))
            break;
    }
    sqlite3_finalize(query);
    return error;
}

garita_store_error garita_store_each_signer(garita_store *store, garita_store_visit_signer visit,
                                            void *context)
{
    uint8_t first_key[GARITA_PUBLIC_KEY_SIZE];
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = prepare(store, &error, "SELECT first_key FROM signer ORDER BY number");

    while (error == GARITA_STORE_OK) {
        error = query_step(store, &has_row, query);
        if (error != GARITA_STORE_OK || !has_row)
            break;
        if (read_key(query, 0, first_key) && !visit(context, first_key))
            break;
    }
    sqlite3_finalize(query);
    return error;
}

static void read_kept(garita_kept_batch *out, garita_hash *leaf, sqlite3_stmt *row)
{
    const uint8_t *bytes;
    size_t len;

    *out = (garita_kept_batch){.position = sqlite3_column_int64(row, 0)};
    if (query_bytes(row, 1, &bytes, &len, GARITA_HASH_SIZE) && len == GARITA_HASH_SIZE) {
        memcpy(leaf->bytes, bytes, len);
        out->leaf = leaf;
    }
    if (query_bytes(row, 2, &bytes, &len, GARITA_BATCH_BYTES_MAX)) {
        out->bytes = bytes;
        out->bytes_len = len;
    }
}

garita_store_error garita_store_each_kept(garita_store *store, const garita_hash *log,
                                          garita_store_visit_kept visit, void *context)
{
    garita_kept_batch batch;
    garita_hash leaf;
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = prepare(store, &error,
                                  "SELECT position, leaf, bytes FROM batch"
                                  " WHERE log = (SELECT number FROM log WHERE id = ?1)"
                                  " ORDER BY position");

    if (error == GARITA_STORE_OK)
        query_bind_bytes(query, 1, log->bytes, sizeof log->bytes);
    while (error == GARITA_STORE_OK) {
        error = query_step(store, &has_row, query);
        if (error != GARITA_STORE_OK || !has_row)
            break;
        read_kept(&batch, &leaf, query);
        if (!visit(context, &batch))
            break;
    }
    sqlite3_finalize(query);
    return error;
}

garita_store_error garita_store_mark_damaged(garita_store *store, const garita_hash *log)
{
    struct log_row row;

    assert(!sqlite3_get_autocommit(store->db));
    garita_store_error error = log_row_get(store, &row, log);
    if (error == GARITA_STORE_OK && row.number == 0)
        error = GARITA_STORE_ABSENT;
    return error == GARITA_STORE_OK ? log_row_mark_damaged(store, row.number) : error;
}

/* --- evidence --- */

static bool read_evidence(garita_message *out, sqlite3_stmt *row)
{
    int64_t index;
    size_t path_len = (size_t)sqlite3_column_bytes(row, 3);

    *out = (garita_message){.kind = GARITA_MESSAGE_EVIDENCE};
    if (!query_number(row, 1, &index, 0, GARITA_LOG_SIZE_MAX) ||
        !query_bytes(row, 2, &out->head.at, &out->head.len, GARITA_HEAD_BYTES_MAX) ||
        path_len > sizeof out->path || path_len % GARITA_HASH_SIZE != 0 ||
        !query_bytes(row, 4, &out->bytes.at, &out->bytes.len, GARITA_BATCH_BYTES_MAX))
        return false;
    out->index = (uint32_t)index;
    out->path_count = path_len / GARITA_HASH_SIZE;
    if (path_len > 0)
        memcpy(out->path, sqlite3_column_blob(row, 3), path_len);
    return true;
}

/* Runs a query whose parameter, a log's id or a row's number, is bound, and that gives no rows. */
static garita_store_error run(garita_store *store, sqlite3_stmt *query)
{
    garita_store_error error = query_run(store, query);

    sqlite3_finalize(query);
    return error;
}

static garita_store_error drop_evidence(garita_store *store, int64_t rowid)
{
    garita_store_error error;
    sqlite3_stmt *query = prepare(store, &error, "DELETE FROM evidence WHERE rowid = ?1");

    if (error != GARITA_STORE_OK)
        return error;
    query_bind_number(query, 1, rowid);
    return run(store, query);
}

/* What is left counts anew under GARITA_STORE_EVIDENCE_BYTES_MAX. */
static garita_store_error count_evidence(garita_store *store, const garita_hash *log)
{
    garita_store_error error;
    sqlite3_stmt *query =
        prepare(store, &error,
                "UPDATE log SET evidence_bytes ="
                " (SELECT coalesce(sum(length(head) + length(path) + length(bytes)), 0)"
                "  FROM evidence WHERE evidence.log = log.number) WHERE id = ?1");

    if (error != GARITA_STORE_OK)
        return error;
    query_bind_bytes(query, 1, log->bytes, sizeof log->bytes);
    return run(store, query);
}

garita_store_error garita_store_sift_evidence(garita_store *store, const garita_hash *log,
                                              garita_store_visit_evidence is_good, void *context)
{
    garita_message evidence;
    bool has_row = false;
    garita_store_error error;

    assert(!sqlite3_get_autocommit(store->db));
    sqlite3_stmt *query = prepare(store, &error,
                                  "SELECT rowid, position, head, path, bytes FROM evidence"
                                  " WHERE log = (SELECT number FROM log WHERE id = ?1)");
    if (error == GARITA_STORE_OK)
        query_bind_bytes(query, 1, log->bytes, sizeof log->bytes);
    while (error == GARITA_STORE_OK) {
        error = query_step(store, &has_row, query);
        if (error != GARITA_STORE_OK || !has_row)
            break;
        if (!read_evidence(&evidence, query) || !is_good(context, &evidence))
            error = drop_evidence(store, sqlite3_column_int64(query, 0));
    }
    sqlite3_finalize(query);
    return error == GARITA_STORE_OK ? count_evidence(store, log) : error;
}
