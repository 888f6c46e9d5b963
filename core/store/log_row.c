#include "log_row.h"

#include <string.h>

#include <sodium.h>

enum { NUMBER_SIZE = 8 };

enum log_column {
    COLUMN_NUMBER,
    COLUMN_ID,
    COLUMN_FIRST_KEY,
    COLUMN_IS_DAMAGED,
    COLUMN_SIZE,
    COLUMN_START,
    COLUMN_CHUNKS_AT,
    COLUMN_BATCH_BYTES,
    COLUMN_EVIDENCE_BYTES,
    COLUMN_SET_DIFFERS_AT,
    COLUMN_SET_ROOT,
    COLUMN_ELSEWHERE_ROOT,
    COLUMN_SEAL,
    COLUMN_FRONTIER,
    COLUMN_START_FRONTIER,
    COLUMN_HEAD,
    COLUMN_PROOF,
    COLUMN_BATCHES_FROM
};

/* --- the seal --- */

static void add_number(crypto_hash_sha256_state *state, uint64_t number)
{
    uint8_t bytes[NUMBER_SIZE];

    for (size_t i = NUMBER_SIZE; i-- > 0; number >>= 8)
        bytes[i] = (uint8_t)number;
    crypto_hash_sha256_update(state, bytes, sizeof bytes);
}

static void add_bytes(crypto_hash_sha256_state *state, const void *bytes, size_t bytes_len)
{
    add_number(state, bytes_len);
    crypto_hash_sha256_update(state, bytes, bytes_len);
}

static size_t peaks_size(const garita_frontier *frontier)
{
    return garita_frontier_count(frontier->size) * GARITA_HASH_SIZE;
}

static void seal_of(garita_hash *out, const struct log_row *row)
{
    crypto_hash_sha256_state state;

    crypto_hash_sha256_init(&state);
    add_bytes(&state, row->id.bytes, sizeof row->id.bytes);
    add_bytes(&state, row->first_key, sizeof row->first_key);
    add_number(&state, row->size);
    add_number(&state, row->start);
    add_number(&state, row->chunks_at);
    add_number(&state, row->batch_bytes);
    add_number(&state, row->set_differs);
    add_number(&state, row->set_differs_at);
    add_bytes(&state, row->set_root.bytes, sizeof row->set_root.bytes);
    add_number(&state, row->has_elsewhere);
    add_bytes(&state, row->elsewhere_root.bytes, sizeof row->elsewhere_root.bytes);
    add_bytes(&state, row->frontier.peaks, peaks_size(&row->frontier));
    add_bytes(&state, row->at_start.peaks, peaks_size(&row->at_start));
    add_bytes(&state, row->head, row->head_len);
    add_number(&state, row->has_proof);
    add_bytes(&state, row->proof, row->proof_len);
    if (row->batches_from != row->start) /* as it always was when the first seals were made */
        add_number(&state, row->batches_from);
    crypto_hash_sha256_final(&state, out->bytes);
}

/* --- reading --- */

static bool read_hash(sqlite3_stmt *row, int column, uint8_t out[GARITA_HASH_SIZE])
{
    const uint8_t *bytes;
    size_t len;

    if (!query_bytes(row, column, &bytes, &len, GARITA_HASH_SIZE) || len != GARITA_HASH_SIZE)
        return false;
    memcpy(out, bytes, len);
    return true;
}

static bool read_number(sqlite3_stmt *row, int column, uint64_t *out, uint64_t max)
{
    int64_t number;
    bool is_sound = query_number(row, column, &number, 0, (int64_t)max);

    *out = is_sound ? (uint64_t)number : 0;
    return is_sound;
}

/* The peaks at a size; none, of no bytes, at size 0. */
static bool read_frontier(sqlite3_stmt *row, int column, garita_frontier *out, uint64_t size)
{
    size_t len = garita_frontier_count(size) * GARITA_HASH_SIZE;

    if (sqlite3_column_type(row, column) != SQLITE_BLOB ||
        (size_t)sqlite3_column_bytes(row, column) != len)
        return false;
    out->size = size;
    if (len > 0)
        memcpy(out->peaks, sqlite3_column_blob(row, column), len);
    return true;
}

/* A blob that may be NULL: 0 bytes. */
static bool read_optional(sqlite3_stmt *row, int column, uint8_t *out, size_t *out_len,
                          size_t len_max)
{
    const uint8_t *bytes;
    size_t len;

    if (sqlite3_column_type(row, column) == SQLITE_NULL)
        return true;
    if (!query_bytes(row, column, &bytes, &len, len_max))
        return false;
    memcpy(out, bytes, len);
    *out_len = len;
    return true;
}

static bool is_null(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL;
}

static bool read_columns(struct log_row *out, garita_hash *seal, sqlite3_stmt *row)
{
    bool is_sound = read_hash(row, COLUMN_ID, out->id.bytes);

    /* All of them, whatever came before: much of a row may be sound. */
    is_sound &= read_hash(row, COLUMN_FIRST_KEY, out->first_key);
    is_sound &= read_number(row, COLUMN_SIZE, &out->size, GARITA_LOG_SIZE_MAX);
    is_sound &= read_number(row, COLUMN_START, &out->start, out->size);
    is_sound &= read_number(row, COLUMN_CHUNKS_AT, &out->chunks_at, out->size);
    is_sound &= read_number(row, COLUMN_BATCHES_FROM, &out->batches_from, out->size);
    is_sound &= out->batches_from >= out->start && out->chunks_at >= out->batches_from;
    is_sound &= read_number(row, COLUMN_BATCH_BYTES, &out->batch_bytes, INT64_MAX);
    is_sound &= read_number(row, COLUMN_EVIDENCE_BYTES, &out->evidence_bytes, INT64_MAX);
    out->set_differs = !is_null(row, COLUMN_SET_DIFFERS_AT);
    if (out->set_differs)
        is_sound &=
            read_number(row, COLUMN_SET_DIFFERS_AT, &out->set_differs_at, GARITA_LOG_SIZE_MAX);
    is_sound &= read_hash(row, COLUMN_SET_ROOT, out->set_root.bytes);
    out->has_elsewhere = !is_null(row, COLUMN_ELSEWHERE_ROOT);
    if (out->has_elsewhere)
        is_sound &= read_hash(row, COLUMN_ELSEWHERE_ROOT, out->elsewhere_root.bytes);
    is_sound &= read_hash(row, COLUMN_SEAL, seal->bytes);
    is_sound &= read_frontier(row, COLUMN_FRONTIER, &out->frontier, out->size);
    is_sound &= read_frontier(row, COLUMN_START_FRONTIER, &out->at_start, out->start);
    is_sound &= read_optional(row, COLUMN_HEAD, out->head, &out->head_len, sizeof out->head);
    out->has_proof = !is_null(row, COLUMN_PROOF);
    /* One of no bytes is what was written in the place of one that could not be. */
    if (sqlite3_column_bytes(row, COLUMN_PROOF) > 0)
        is_sound &=
            read_optional(row, COLUMN_PROOF, out->proof, &out->proof_len, sizeof out->proof);
    return is_sound;
}

void log_row_read(struct log_row *out, sqlite3_stmt *row)
{
    garita_hash stored = {0}, computed;

    *out = (struct log_row){.number = sqlite3_column_int64(row, COLUMN_NUMBER)};
    if (!read_columns(out, &stored, row))
        out->flaw = FINDING("a fact about the log cannot be read");
    /* Anything but 0: in doubt, it stays damaged. */
    out->is_damaged = sqlite3_column_int64(row, COLUMN_IS_DAMAGED) != 0;
    seal_of(&computed, out);
    if (out->flaw == NULL && !garita_hash_equal(&stored, &computed))
        out->flaw = FINDING("a fact about the log is not what was written");
}

garita_store_error log_row_get(garita_store *store, struct log_row *out, const garita_hash *id)
{
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_LOG_GET);

    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, id->bytes, sizeof id->bytes);
    error = query_step(store, &has_row, query);
    if (error == GARITA_STORE_OK && has_row)
        log_row_read(out, query);
    else
        *out = (struct log_row){0};
    query_end(query);
    return error;
}

/* --- writing --- */

garita_store_error log_row_new(struct log_row *out, const garita_hash *id,
                               const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    garita_set *empty;

    if (garita_set_new(&empty) != GARITA_OK)
        return GARITA_STORE_NO_MEMORY;
    *out = (struct log_row){.id = *id};
    memcpy(out->first_key, first_key, GARITA_PUBLIC_KEY_SIZE);
    garita_set_root(&out->set_root, empty);
    garita_set_free(empty);
    return GARITA_STORE_OK;
}

garita_store_error log_row_put(garita_store *store, struct log_row *row)
{
    garita_hash seal;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_LOG_PUT);

    if (query == NULL)
        return error;
    seal_of(&seal, row);
    if (row->number != 0)
        query_bind_number(query, 1 + COLUMN_NUMBER, row->number);
    query_bind_bytes(query, 1 + COLUMN_ID, row->id.bytes, sizeof row->id.bytes);
    query_bind_bytes(query, 1 + COLUMN_FIRST_KEY, row->first_key, sizeof row->first_key);
    query_bind_number(query, 1 + COLUMN_IS_DAMAGED, row->is_damaged);
    query_bind_number(query, 1 + COLUMN_SIZE, (int64_t)row->size);
    query_bind_number(query, 1 + COLUMN_START, (int64_t)row->start);
    query_bind_number(query, 1 + COLUMN_CHUNKS_AT, (int64_t)row->chunks_at);
    query_bind_number(query, 1 + COLUMN_BATCH_BYTES, (int64_t)row->batch_bytes);
    query_bind_number(query, 1 + COLUMN_EVIDENCE_BYTES, (int64_t)row->evidence_bytes);
    if (row->set_differs)
        query_bind_number(query, 1 + COLUMN_SET_DIFFERS_AT, (int64_t)row->set_differs_at);
    query_bind_bytes(query, 1 + COLUMN_SET_ROOT, row->set_root.bytes, sizeof row->set_root.bytes);
    if (row->has_elsewhere)
        query_bind_bytes(query, 1 + COLUMN_ELSEWHERE_ROOT, row->elsewhere_root.bytes,
                         sizeof row->elsewhere_root.bytes);
    query_bind_bytes(query, 1 + COLUMN_SEAL, seal.bytes, sizeof seal.bytes);
    query_bind_bytes(query, 1 + COLUMN_FRONTIER, row->frontier.peaks, peaks_size(&row->frontier));
    query_bind_bytes(query, 1 + COLUMN_START_FRONTIER, row->at_start.peaks,
                     peaks_size(&row->at_start));
    if (row->head_len > 0)
        query_bind_bytes(query, 1 + COLUMN_HEAD, row->head, row->head_len);
    if (row->has_proof)
        query_bind_bytes(query, 1 + COLUMN_PROOF, row->proof, row->proof_len);
    query_bind_number(query, 1 + COLUMN_BATCHES_FROM, (int64_t)row->batches_from);
    error = query_run(store, query);
    if (error == GARITA_STORE_OK && row->number == 0)
        row->number = sqlite3_last_insert_rowid(store->db);
    return error;
}

garita_store_error log_row_mark_damaged(garita_store *store, int64_t number)
{
    return log_run(store, QUERY_LOG_DAMAGED, number);
}

garita_store_error log_run(garita_store *store, enum query_id id, int64_t number)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, id);

    if (query == NULL)
        return error;
    query_bind_number(query, 1, number);
    return query_run(store, query);
}
