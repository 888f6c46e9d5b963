#include "pins.h"

#include <garita/country.h>

#include <assert.h>
#include <string.h>

enum { COUNTRIES_TEXT_MAX = GARITA_COUNTRIES_MAX * GARITA_COUNTRY_SIZE };

/* "MEX USA": as many codes as the scope has, a space between. Returns the length. */
static size_t write_countries(char out[COUNTRIES_TEXT_MAX], const garita_scope *scope)
{
    size_t len = 0;

    for (size_t i = 0; i < scope->country_count; i++) {
        size_t code_len = strlen(scope->countries[i]);
        if (i > 0)
            out[len++] = ' ';
        memcpy(out + len, scope->countries[i], code_len);
        len += code_len;
    }
    return len;
}

static bool read_countries(garita_scope *out, const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        char code[GARITA_COUNTRY_SIZE] = "";
        size_t code_len = 0;
        while (at + code_len < len && text[at + code_len] != ' ')
            code_len++;
        if (!garita_country_is_wellformed(text + at, code_len))
            return false;
        memcpy(code, text + at, code_len);
        if (!garita_scope_add_country(out, code))
            return false;
        at += code_len + 1;
    }
    return out->country_count > 0;
}

garita_store_error pins_read(garita_store *store, sqlite3_stmt *row, garita_bytes *statement,
                             garita_scope *scope)
{
    int64_t programmes, types, depth;
    garita_bytes bytes;
    const unsigned char *countries = sqlite3_column_text(row, 1);

    memset(scope, 0, sizeof *scope);
    if (!query_bytes(row, 0, &bytes.at, &bytes.len, GARITA_AUTHORITY_BYTES_MAX) ||
        countries == NULL ||
        !read_countries(scope, (const char *)countries, (size_t)sqlite3_column_bytes(row, 1)) ||
        !query_number(row, 2, &programmes, 0, INT64_MAX) ||
        !query_number(row, 3, &types, 0, UINT32_MAX) ||
        !query_number(row, 4, &depth, 0, GARITA_CHAIN_DEPTH_MAX))
        return query_damaged(store, "a pin cannot be read");
    scope->programmes = (uint64_t)programmes;
    scope->types = (uint32_t)types;
    scope->depth = (uint8_t)depth;
    *statement = bytes;
    return GARITA_STORE_OK;
}

garita_store_error garita_store_add_pin(garita_store *store,
                                        const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                                        const garita_scope *scope, const uint8_t *bytes,
                                        size_t bytes_len)
{
    char countries[COUNTRIES_TEXT_MAX];
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_PIN_ADD);

    assert(scope->programmes <= INT64_MAX && scope->country_count > 0);
    if (query == NULL)
        return error;
    size_t countries_len = write_countries(countries, scope);
    query_bind_bytes(query, 1, first_key, GARITA_PUBLIC_KEY_SIZE);
    query_bind_bytes(query, 2, bytes, bytes_len);
    sqlite3_bind_text(query, 3, countries, (int)countries_len, SQLITE_STATIC);
    query_bind_number(query, 4, (int64_t)scope->programmes);
    query_bind_number(query, 5, scope->types);
    query_bind_number(query, 6, scope->depth);
    return query_run(store, query);
}

garita_store_error garita_store_get_pin(garita_store *store, garita_scope *scope,
                                        uint8_t *statement, size_t *statement_len,
                                        const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    garita_bytes bytes;
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_PIN_GET);

    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, first_key, GARITA_PUBLIC_KEY_SIZE);
    error = query_step(store, &has_row, query);
    if (error == GARITA_STORE_OK)
        error = has_row ? pins_read(store, query, &bytes, scope) : GARITA_STORE_ABSENT;
    if (error == GARITA_STORE_OK) {
        memcpy(statement, bytes.at, bytes.len);
        *statement_len = bytes.len;
    }
    query_end(query);
    return error;
}

/* Runs a query that changes one pin. */
static garita_store_error change(garita_store *store, sqlite3_stmt *query)
{
    garita_store_error error = query_run(store, query);

    return error == GARITA_STORE_OK && sqlite3_changes(store->db) == 0 ? GARITA_STORE_ABSENT
                                                                       : error;
}

garita_store_error garita_store_renew_pin(garita_store *store,
                                          const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                                          const uint8_t *bytes, size_t bytes_len)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_PIN_RENEW);

    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, first_key, GARITA_PUBLIC_KEY_SIZE);
    query_bind_bytes(query, 2, bytes, bytes_len);
    return change(store, query);
}

garita_store_error garita_store_remove_pin(garita_store *store,
                                           const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_PIN_REMOVE);

    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, first_key, GARITA_PUBLIC_KEY_SIZE);
    return change(store, query);
}
