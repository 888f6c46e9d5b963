#include "signer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <garita/bundle.h>

garita_store_error signer_find(garita_store *store, struct signer *out,
                               const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    bool has_row = false;
    int64_t last_serial = 0;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_SIGNER_GET);

    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, first_key, GARITA_PUBLIC_KEY_SIZE);
    error = query_step(store, &has_row, query);
    if (error == GARITA_STORE_OK && !has_row)
        error = GARITA_STORE_ABSENT;
    if (error == GARITA_STORE_OK) {
        bool is_sound =
            query_number(query, 0, &out->number, 1, INT64_MAX) &&
            query_number(query, 1, &out->next_serial, 1, (int64_t)GARITA_SERIAL_MAX + 1);
        if (is_sound && sqlite3_column_type(query, 2) != SQLITE_NULL)
            is_sound = query_number(query, 2, &last_serial, 1, out->next_serial - 1);
        if (!is_sound)
            error = query_damaged(store, "the next serial is not above those in the register");
    }
    query_end(query);
    return error;
}

static garita_store_error add_signer(garita_store *store, struct signer *out,
                                     const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_SIGNER_ADD);

    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, first_key, GARITA_PUBLIC_KEY_SIZE);
    error = query_run(store, query);
    *out = (struct signer){sqlite3_last_insert_rowid(store->db), 1};
    return error;
}

static garita_store_error advance(garita_store *store, int64_t number, uint32_t serial)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_SIGNER_ADVANCE);

    if (query == NULL)
        return error;
    query_bind_number(query, 1, number);
    query_bind_number(query, 2, serial);
    return query_run(store, query);
}

/* Moves next_serial past serials that are never assigned, since something was said of them before.
 */
static garita_store_error pass_skipped(garita_store *store, struct signer *signer)
{
    int64_t serial;
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_SKIPPED);

    if (query == NULL)
        return error;
    query_bind_number(query, 1, signer->number);
    query_bind_number(query, 2, signer->next_serial);
    while ((error = query_step(store, &has_row, query)) == GARITA_STORE_OK && has_row &&
           query_number(query, 0, &serial, signer->next_serial, signer->next_serial))
        signer->next_serial++;
    query_end(query);
    return error;
}

garita_store_error garita_store_next_serial(garita_store *store, uint32_t *out,
                                            const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    assert(!sqlite3_get_autocommit(store->db));

    struct signer signer = {.next_serial = 1};
    garita_store_error error = signer_find(store, &signer, first_key);
    if (error == GARITA_STORE_OK)
        error = pass_skipped(store, &signer);
    if (error != GARITA_STORE_OK && error != GARITA_STORE_ABSENT)
        return error;
    if (signer.next_serial > (int64_t)GARITA_SERIAL_MAX)
        return GARITA_STORE_NO_SERIAL;
    *out = (uint32_t)signer.next_serial;
    return GARITA_STORE_OK;
}

garita_store_error garita_store_register(garita_store *store, const garita_register_entry *entry)
{
    assert(!sqlite3_get_autocommit(store->db));
    assert(entry->ref.len <= GARITA_REF_BYTES_MAX);

    struct signer signer;
    garita_digest digest;
    garita_store_error error = signer_find(store, &signer, entry->first_key);
    if (error == GARITA_STORE_ABSENT)
        error = add_signer(store, &signer, entry->first_key);
    else if (error == GARITA_STORE_OK)
        error = pass_skipped(store, &signer);
    if (error != GARITA_STORE_OK)
        return error;
    assert(entry->serial == signer.next_serial);

    sqlite3_stmt *query = query_start(store, &error, QUERY_REGISTER_ADD);
    if (query == NULL)
        return error;
    query_bind_number(query, 1, signer.number);
    query_bind_number(query, 2, entry->serial);
    query_bind_number(query, 3, entry->key_number);
    query_bind_number(query, 4, entry->type);
    query_bind_number(query, 5, entry->issued);
    if (entry->ref.len > 0)
        query_bind_bytes(query, 6, entry->ref.at, entry->ref.len);
    query_bind_bytes(query, 7, entry->bytes, entry->bytes_len);
    if (entry->type == GARITA_TYPE_AUTHORITY) {
        garita_digest_of(&digest, entry->bytes, entry->bytes_len);
        query_bind_bytes(query, 8, digest.bytes, sizeof digest.bytes);
    }
    error = query_run(store, query);
    return error == GARITA_STORE_OK ? advance(store, signer.number, entry->serial) : error;
}

/* Keeps copies of an entry's texts in the handle, and points the entry at them: rows may not stay
 * open, they would hold the snapshot that a later transaction must not begin from. */
static garita_store_error keep(garita_store *store, garita_register_entry *entry)
{
    uint8_t *copy = malloc(entry->bytes_len + entry->ref.len);

    if (copy == NULL)
        return GARITA_STORE_NO_MEMORY;
    memcpy(copy, entry->bytes, entry->bytes_len);
    entry->bytes = copy;
    if (entry->ref.len > 0) {
        memcpy(copy + entry->bytes_len, entry->ref.at, entry->ref.len);
        entry->ref.at = (const char *)copy + entry->bytes_len;
    }
    free(store->entry);
    store->entry = copy;
    return GARITA_STORE_OK;
}

/* Reads the row that the query stands at. */
static garita_store_error read_entry(garita_store *store, garita_register_entry *out,
                                     sqlite3_stmt *query)
{
    int64_t serial, key_number, type;
    const uint8_t *ref = NULL;

    if (!query_number(query, 0, &serial, 1, GARITA_SERIAL_MAX) ||
        !query_number(query, 1, &key_number, 1, GARITA_KEY_NUMBER_MAX) ||
        !query_number(query, 2, &type, GARITA_TYPE_AUTHORITY, GARITA_TYPE_NODE) ||
        !query_number(query, 3, &out->issued, 0, INT64_MAX) ||
        (sqlite3_column_type(query, 4) != SQLITE_NULL &&
         !query_bytes(query, 4, &ref, &out->ref.len, GARITA_REF_BYTES_MAX)) ||
        !query_bytes(query, 5, &out->bytes, &out->bytes_len, GARITA_POLICY_BYTES_MAX))
        return query_damaged(store, "an entry of the register cannot be read");
    out->serial = (uint32_t)serial;
    out->key_number = (uint8_t)key_number;
    out->type = (garita_type)type;
    out->ref.at = (const char *)ref;
    return keep(store, out);
}

/* Runs a query for one entry whose parameters are bound. */
static garita_store_error get(garita_store *store, garita_register_entry *out,
                              const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE], sqlite3_stmt *query)
{
    bool has_row = false;
    garita_store_error error = query_step(store, &has_row, query);

    memset(out, 0, sizeof *out);
    if (error == GARITA_STORE_OK)
        error = has_row ? read_entry(store, out, query) : GARITA_STORE_ABSENT;
    memcpy(out->first_key, first_key, GARITA_PUBLIC_KEY_SIZE);
    query_end(query);
    return error;
}

garita_store_error garita_store_get_serial(garita_store *store, garita_register_entry *out,
                                           const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                                           uint32_t serial)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_REGISTER_BY_SERIAL);

    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, first_key, GARITA_PUBLIC_KEY_SIZE);
    query_bind_number(query, 2, serial);
    return get(store, out, first_key, query);
}

garita_store_error garita_store_get_ref(garita_store *store, garita_register_entry *out,
                                        const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                                        garita_utf8 ref)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_REGISTER_BY_REF);

    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, first_key, GARITA_PUBLIC_KEY_SIZE);
    query_bind_bytes(query, 2, ref.at, ref.len);
    return get(store, out, first_key, query);
}

garita_store_error garita_store_each_own_node(garita_store *store,
                                              const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                                              garita_store_visit_serial visit, void *context)
{
    const uint8_t *bytes;
    size_t bytes_len;
    int64_t serial;
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_REGISTER_NODES);

    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, first_key, GARITA_PUBLIC_KEY_SIZE);
    while ((error = query_step(store, &has_row, query)) == GARITA_STORE_OK && has_row) {
        if (!query_number(query, 0, &serial, 1, GARITA_SERIAL_MAX) ||
            !query_bytes(query, 1, &bytes, &bytes_len, GARITA_NODE_BYTES_MAX)) {
            error = query_damaged(store, "a node statement of the register cannot be read");
            break;
        }
        if (!visit(context, (uint32_t)serial, bytes, bytes_len))
            break;
    }
    query_end(query);
    return error;
}
