#include <garita/authority.h>

#include <assert.h>
#include <string.h>

#include <garita/country.h>

#include "reader.h"
#include "statement_io.h"
#include "writer.h"

enum {
    KEY_SERIAL = 4,
    KEY_NOT_BEFORE = 5,
    KEY_EXPIRES = 6,
    KEY_ID = 7,
    KEY_NUMBER = 8,
    KEY_PUBLIC = 9,
    KEY_FIRST = 10,
    KEY_NAME = 11,
    KEY_COUNTRY = 12,
    KEY_COUNTRIES = 13,
    KEY_PROGRAMMES = 14,
    KEY_TYPES = 15,
    KEY_DEPTH = 16
};

#define KEY_BIT(key) (UINT64_C(1) << (key))
#define SCOPE_KEYS                                                                                 \
    (KEY_BIT(KEY_COUNTRIES) | KEY_BIT(KEY_PROGRAMMES) | KEY_BIT(KEY_TYPES) | KEY_BIT(KEY_DEPTH))

/* --- reading --- */

static uint64_t read_uint(garita_reader *r, const char *field, uint64_t min, uint64_t max)
{
    uint64_t n;
    r->field = field;
    garita_reader_uint(r, &n, min, max);
    return n;
}

static void read_key(garita_reader *r, const char *field, uint8_t out[GARITA_PUBLIC_KEY_SIZE])
{
    const uint8_t *bytes;
    size_t at = r->at;
    r->field = field;
    if (!garita_reader_bin(r, &bytes, GARITA_PUBLIC_KEY_SIZE))
        return;
    if (garita_key_check(bytes) != GARITA_OK)
        garita_reader_fail(r, GARITA_E_BAD_KEY, at);
    memcpy(out, bytes, GARITA_PUBLIC_KEY_SIZE);
}

static void read_country(garita_reader *r, char out[GARITA_COUNTRY_SIZE])
{
    garita_utf8 text;
    size_t at = r->at;
    if (!garita_reader_text(r, &text, GARITA_COUNTRY_SIZE - 1))
        return;
    if (!garita_country_is_wellformed(text.at, text.len)) {
        garita_reader_fail(r, GARITA_E_COUNTRY, at);
        return;
    }
    memset(out, 0, GARITA_COUNTRY_SIZE);
    memcpy(out, text.at, text.len);
}

static void read_countries(garita_reader *r, garita_scope *scope)
{
    garita_container array;
    size_t at = r->at;
    r->field = "countries";
    garita_reader_array(r, &array);
    if (garita_reader_ok(r) && array.left == 0)
        garita_reader_fail(r, GARITA_E_EMPTY, at);
    if (array.left > GARITA_COUNTRIES_MAX)
        garita_reader_fail(r, GARITA_E_RANGE, at);
    while (garita_reader_element(r, &array)) {
        char *country = scope->countries[scope->country_count];
        at = r->at;
        read_country(r, country);
        if (garita_reader_ok(r) && scope->country_count > 0 &&
            strcmp(scope->countries[scope->country_count - 1], country) >= 0)
            garita_reader_fail(r, GARITA_E_KEY_ORDER, at);
        scope->country_count++;
    }
    garita_reader_leave(r, &array, 0);
}

static void read_id(garita_reader *r, garita_id *out)
{
    const uint8_t *bytes;
    r->field = "id";
    if (garita_reader_bin(r, &bytes, GARITA_ID_SIZE))
        memcpy(out->bytes, bytes, GARITA_ID_SIZE);
}

/* What ties keys to each other, once all have been read. */
static void check_whole(garita_reader *r, const garita_container *map, garita_authority *a,
                        const garita_peek *peek)
{
    bool has_first = (map->seen & KEY_BIT(KEY_FIRST)) != 0;
    a->self_issued = garita_id_equal(&peek->signer, &a->id);
    if (!has_first)
        memcpy(a->first_key, a->public_key, GARITA_PUBLIC_KEY_SIZE);

    r->field = "first key";
    if (has_first && a->key_number == 1)
        garita_reader_fail(r, GARITA_E_UNKNOWN_KEY, r->at);
    if (!has_first && a->key_number != 1)
        garita_reader_fail(r, GARITA_E_MISSING_KEY, r->at);

    r->field = "scope";
    if (a->self_issued && (map->seen & SCOPE_KEYS) != 0)
        garita_reader_fail(r, GARITA_E_UNKNOWN_KEY, r->at);
    if (!a->self_issued && (map->seen & SCOPE_KEYS) != SCOPE_KEYS)
        garita_reader_fail(r, GARITA_E_MISSING_KEY, r->at);

    r->field = "id";
    garita_id id;
    garita_key_id(&id, a->first_key);
    if (!garita_id_equal(&id, &a->id))
        garita_reader_fail(r, GARITA_E_ID_MISMATCH, r->at);
    r->field = "";
}

static garita_error read_map(garita_authority *out, garita_peek *peek, garita_fault *fault,
                             const uint8_t *bytes, size_t len)
{
    garita_reader r;
    garita_container map;
    unsigned key;
    *out = (garita_authority){0};
    garita_reader_start(&r, bytes, len, 1, GARITA_AUTHORITY_DEPTH_MAX);
    garita_statement_read_start(&r, &map, peek, GARITA_TYPE_AUTHORITY);
    while (garita_reader_key(&r, &map, &key)) {
        size_t at = r.at;
        switch (key) {
        case KEY_SERIAL:
            out->serial = (uint32_t)read_uint(&r, "serial", 1, GARITA_SERIAL_MAX);
            break;
        case KEY_NOT_BEFORE:
            out->not_before = (uint32_t)read_uint(&r, "not_before", 0, GARITA_DAY_MAX);
            out->has_start = true;
            break;
        case KEY_EXPIRES:
            out->expires = (uint32_t)read_uint(&r, "expires", 0, GARITA_DAY_MAX);
            if (garita_reader_ok(&r) && out->has_start && out->expires < out->not_before)
                garita_reader_fail(&r, GARITA_E_DATE_ORDER, at);
            break;
        case KEY_ID:
            read_id(&r, &out->id);
            break;
        case KEY_NUMBER:
            out->key_number = (uint8_t)read_uint(&r, "key number", 1, GARITA_KEY_NUMBER_MAX);
            break;
        case KEY_PUBLIC:
            read_key(&r, "public key", out->public_key);
            break;
        case KEY_FIRST:
            read_key(&r, "first key", out->first_key);
            break;
        case KEY_NAME:
            r.field = "name";
            garita_reader_text(&r, &out->name, GARITA_AUTHORITY_NAME_BYTES_MAX);
            break;
        case KEY_COUNTRY:
            r.field = "country";
            read_country(&r, out->country);
            break;
        case KEY_COUNTRIES:
            read_countries(&r, &out->scope);
            break;
        case KEY_PROGRAMMES:
            out->scope.programmes = read_uint(&r, "programmes", 0, INT64_MAX);
            break;
        case KEY_TYPES:
            out->scope.types = (uint32_t)read_uint(&r, "types", 0, UINT32_MAX);
            break;
        case KEY_DEPTH:
            out->scope.depth = (uint8_t)read_uint(&r, "depth", 0, GARITA_CHAIN_DEPTH_MAX);
            break;
        default:
            garita_reader_unlisted(&r, &map, key, false);
            break;
        }
        r.field = "";
    }
    garita_reader_leave(&r, &map,
                        KEY_BIT(KEY_SERIAL) | KEY_BIT(KEY_EXPIRES) | KEY_BIT(KEY_ID) |
                            KEY_BIT(KEY_NUMBER) | KEY_BIT(KEY_PUBLIC) | KEY_BIT(KEY_NAME) |
                            KEY_BIT(KEY_COUNTRY));
    if (garita_reader_end(&r))
        check_whole(&r, &map, out, peek);
    garita_error e = garita_statement_read_end(&r, fault);
    if (e != GARITA_OK)
        *out = (garita_authority){0};
    return e;
}

garita_error garita_authority_decode(garita_authority *out, garita_fault *fault,
                                     const garita_verified *verified)
{
    garita_peek peek;
    assert(verified->type == GARITA_TYPE_AUTHORITY);
    return read_map(out, &peek, fault, verified->map, verified->map_len);
}

garita_error garita_authority_inspect(garita_authority *out, garita_peek *peek, garita_fault *fault,
                                      const uint8_t *bytes, size_t bytes_len)
{
    garita_peek parts;
    *out = (garita_authority){0};
    garita_error e = garita_statement_peek(&parts, fault, GARITA_TYPE_AUTHORITY, bytes, bytes_len);
    if (peek)
        *peek = parts;
    if (e != GARITA_OK)
        return e;
    return read_map(out, &parts, fault, parts.map, parts.map_len);
}

/* --- writing --- */

static void write_country(garita_writer *w, const char *country)
{
    garita_write_text(w, (garita_utf8){country, strlen(country)});
}

static void write_map(garita_writer *w, const garita_authority *a, const garita_signer *signer)
{
    garita_id id;
    bool is_first = a->key_number == 1;
    garita_key_id(&id, is_first ? a->public_key : a->first_key);
    bool self_issued = garita_id_equal(&id, &signer->id);

    garita_write_map(w, 11u + (a->has_start ? 1u : 0u) + (is_first ? 0u : 1u) +
                            (self_issued ? 0u : 4u));
    garita_write_statement_keys(w, GARITA_TYPE_AUTHORITY, signer);
    garita_write_uint(w, KEY_SERIAL);
    garita_write_uint(w, a->serial);
    if (a->has_start) {
        garita_write_uint(w, KEY_NOT_BEFORE);
        garita_write_uint(w, a->not_before);
    }
    garita_write_uint(w, KEY_EXPIRES);
    garita_write_uint(w, a->expires);
    garita_write_uint(w, KEY_ID);
    garita_write_bin(w, id.bytes, GARITA_ID_SIZE);
    garita_write_uint(w, KEY_NUMBER);
    garita_write_uint(w, a->key_number);
    garita_write_uint(w, KEY_PUBLIC);
    garita_write_bin(w, a->public_key, GARITA_PUBLIC_KEY_SIZE);
    if (!is_first) {
        garita_write_uint(w, KEY_FIRST);
        garita_write_bin(w, a->first_key, GARITA_PUBLIC_KEY_SIZE);
    }
    garita_write_uint(w, KEY_NAME);
    garita_write_text(w, a->name);
    garita_write_uint(w, KEY_COUNTRY);
    write_country(w, a->country);
    if (!self_issued) {
        garita_write_uint(w, KEY_COUNTRIES);
        garita_write_array(w, a->scope.country_count);
        for (size_t i = 0; i < a->scope.country_count; i++)
            write_country(w, a->scope.countries[i]);
        garita_write_uint(w, KEY_PROGRAMMES);
        garita_write_uint(w, a->scope.programmes);
        garita_write_uint(w, KEY_TYPES);
        garita_write_uint(w, a->scope.types);
        garita_write_uint(w, KEY_DEPTH);
        garita_write_uint(w, a->scope.depth);
    }
}

garita_error garita_authority_issue(uint8_t *out, size_t *out_len, size_t out_cap,
                                    garita_fault *fault, const garita_authority *authority,
                                    const garita_signer *signer)
{
    uint8_t map[GARITA_AUTHORITY_BYTES_MAX];
    garita_writer w;
    garita_authority again;
    garita_peek peek;
    *out_len = 0;
    assert(authority->scope.country_count <= GARITA_COUNTRIES_MAX);
    garita_writer_start(&w, map, sizeof map);
    write_map(&w, authority, signer);
    garita_error e = garita_writer_end(&w, fault);
    if (e != GARITA_OK && fault)
        fault->field = "name"; /* all else has a size of its own */
    if (e == GARITA_OK)
        e = read_map(&again, &peek, fault, map, w.len);
    if (e != GARITA_OK)
        return e;
    return garita_statement_sign(out, out_len, out_cap, GARITA_TYPE_AUTHORITY, signer, map, w.len);
}
