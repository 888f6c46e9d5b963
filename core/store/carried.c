#include <garita/store_carried.h>

#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "internal.h"

/* A row is there as long as it is what was written: what the disk has lost is taken again when it
 * comes again. */

enum { SEAL_SIZE = 16 };

static void make_seal(uint8_t out[SEAL_SIZE], const garita_carried *carried)
{
    crypto_generichash_state state;
    uint32_t numbers[] = {(uint32_t)carried->type, carried->serial};

    crypto_generichash_init(&state, NULL, 0, SEAL_SIZE);
    crypto_generichash_update(&state, carried->digest.bytes, sizeof carried->digest.bytes);
    crypto_generichash_update(&state, carried->log.bytes, sizeof carried->log.bytes);
    crypto_generichash_update(&state, carried->branch.bytes, sizeof carried->branch.bytes);
    crypto_generichash_update(&state, carried->anchor.bytes, sizeof carried->anchor.bytes);
    crypto_generichash_update(&state, carried->subject, sizeof carried->subject);
    crypto_generichash_update(&state, (const uint8_t *)numbers, sizeof numbers);
    crypto_generichash_final(&state, out, SEAL_SIZE);
}

garita_store_error garita_store_add_carried(garita_store *store, const garita_carried *carried,
                                            const uint8_t *bytes, size_t bytes_len)
{
    uint8_t seal[SEAL_SIZE];
    garita_store_error error;

    assert(!sqlite3_get_autocommit(store->db));
    assert(bytes_len > 0 && bytes_len <= GARITA_POLICY_BYTES_MAX);
    sqlite3_stmt *query = query_start(store, &error, QUERY_CARRIED_ADD);
    if (query == NULL)
        return error;
    make_seal(seal, carried);
    query_bind_bytes(query, 1, carried->digest.bytes, sizeof carried->digest.bytes);
    query_bind_number(query, 2, carried->type);
    query_bind_bytes(query, 3, carried->log.bytes, sizeof carried->log.bytes);
    query_bind_bytes(query, 4, carried->branch.bytes, sizeof carried->branch.bytes);
    query_bind_bytes(query, 5, carried->anchor.bytes, sizeof carried->anchor.bytes);
    query_bind_number(query, 6, carried->serial);
    query_bind_bytes(query, 7, carried->subject, sizeof carried->subject);
    query_bind_bytes(query, 8, seal, sizeof seal);
    query_bind_bytes(query, 9, bytes, bytes_len);
    error = query_run(store, query);
    return error == GARITA_STORE_OK && sqlite3_changes(store->db) == 0 ? GARITA_STORE_EXISTS
                                                                       : error;
}

garita_store_error garita_store_remove_carried(garita_store *store, const garita_digest *digest)
{
    garita_store_error error;

    assert(!sqlite3_get_autocommit(store->db));
    sqlite3_stmt *query = query_start(store, &error, QUERY_CARRIED_REMOVE);
    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, digest->bytes, sizeof digest->bytes);
    error = query_run(store, query);
    return error == GARITA_STORE_OK && sqlite3_changes(store->db) == 0 ? GARITA_STORE_ABSENT
                                                                       : error;
}

/* Bytes of exactly this length. */
static bool read_exactly(void *out, size_t len, sqlite3_stmt *row, int column)
{
    const uint8_t *bytes;
    size_t bytes_len;

    if (!query_bytes(row, column, &bytes, &bytes_len, len) || bytes_len != len)
        return false;
    memcpy(out, bytes, len);
    return true;
}

/* Of the columns CARRIED_COLUMNS. False if a row is not what was written. */
static bool read_row(garita_carried *out, garita_bytes *statement, sqlite3_stmt *row)
{
    uint8_t seal[SEAL_SIZE], made[SEAL_SIZE];
    garita_digest digest;
    int64_t type, serial;

    if (!read_exactly(&out->digest, sizeof out->digest, row, 0) ||
        !query_number(row, 1, &type, GARITA_TYPE_POLICY, GARITA_TYPE_NODE) ||
        !read_exactly(&out->log, sizeof out->log, row, 2) ||
        !read_exactly(&out->branch, sizeof out->branch, row, 3) ||
        !read_exactly(&out->anchor, sizeof out->anchor, row, 4) ||
        !query_number(row, 5, &serial, 1, GARITA_SERIAL_MAX) ||
        !read_exactly(out->subject, sizeof out->subject, row, 6) ||
        !read_exactly(seal, sizeof seal, row, 7) ||
        !query_bytes(row, 8, &statement->at, &statement->len, GARITA_POLICY_BYTES_MAX))
        return false;
    out->type = (garita_type)type;
    out->serial = (uint32_t)serial;
    make_seal(made, out);
    garita_digest_of(&digest, statement->at, statement->len);
    return memcmp(seal, made, sizeof seal) == 0 &&
           memcmp(&digest, &out->digest, sizeof digest) == 0;
}

garita_store_error garita_store_each_carried(garita_store *store, garita_store_visit_carried visit,
                                             void *context)
{
    garita_carried carried;
    garita_bytes statement;
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_CARRIED);

    if (query == NULL)
        return error;
    while ((error = query_step(store, &has_row, query)) == GARITA_STORE_OK && has_row)
        if (read_row(&carried, &statement, query) && !visit(context, &carried, statement))
            break;
    query_end(query);
    return error;
}

garita_store_error garita_store_get_carried(garita_store *store, const garita_digest *digest,
                                            garita_store_visit_carried visit, void *context)
{
    garita_carried carried;
    garita_bytes statement;
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_CARRIED_GET);

    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, digest->bytes, sizeof digest->bytes);
    error = query_step(store, &has_row, query);
    if (error == GARITA_STORE_OK) {
        if (has_row && read_row(&carried, &statement, query))
            visit(context, &carried, statement);
        else
            error = GARITA_STORE_ABSENT;
    }
    query_end(query);
    return error;
}

garita_store_error garita_store_count_carried(garita_store *store, uint64_t *whole,
                                              uint64_t *damaged)
{
    garita_carried carried;
    garita_bytes statement;
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_CARRIED);

    *whole = *damaged = 0;
    if (query == NULL)
        return error;
    while ((error = query_step(store, &has_row, query)) == GARITA_STORE_OK && has_row)
        ++*(read_row(&carried, &statement, query) ? whole : damaged);
    query_end(query);
    return error;
}

/* --- archives --- */

garita_store_error garita_store_is_archive(garita_store *store, bool *out)
{
    int64_t is_archive = 0;
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_ARCHIVE_GET);

    *out = false;
    if (query == NULL)
        return error;
    error = query_step(store, &has_row, query);
    if (error == GARITA_STORE_OK && (!has_row || !query_number(query, 0, &is_archive, 0, 1)))
        error = query_damaged(store, "the home's row cannot be read");
    query_end(query);
    *out = is_archive == 1;
    return error;
}

garita_store_error garita_store_set_archive(garita_store *store, bool is_archive)
{
    garita_store_error error;

    assert(!sqlite3_get_autocommit(store->db));
    sqlite3_stmt *query = query_start(store, &error, QUERY_ARCHIVE_SET);
    if (query == NULL)
        return error;
    query_bind_number(query, 1, is_archive);
    return query_run(store, query);
}
