/* A policy, read: FORMAT.md, "policy". */
#include <garita/policy.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "policy_io.h"
#include "policy_read.h"
#include "statement_io.h"

#define KEY_BIT(key) (UINT64_C(1) << (key))

enum { KEY_SERIAL = 4, KEY_FROM = 5, KEY_UNTIL = 6, KEY_COUNTRY = 7, KEY_TITLE = 8, KEY_LANES = 9 };

static void read_country(garita_reader *r, char out[GARITA_COUNTRY_SIZE])
{
    garita_utf8 text;
    garita_field_country(r, "country", &text);
    if (garita_reader_ok(r))
        memcpy(out, text.at, text.len); /* its zero is there */
}

static int64_t read_until(garita_reader *r, int64_t from)
{
    size_t at = r->at;
    int64_t until = (int64_t)garita_policy_number(r, "until", 0, GARITA_MOMENT_MAX);
    if (garita_reader_ok(r) && until <= from)
        garita_reader_fail(r, GARITA_E_DATE_ORDER, at);
    return until;
}

static garita_error walk(garita_policy *out, garita_shelf *s, garita_fault *fault,
                         const uint8_t *map_at, size_t map_len)
{
    static const garita_words_field title = {"title", "title.en", "title.es",
                                             GARITA_TITLE_BYTES_MAX};
    garita_reader r;
    garita_container map;
    garita_peek peek;
    unsigned key;
    *out = (garita_policy){0};
    garita_reader_start(&r, map_at, map_len, 1, garita_type_depth_max(GARITA_TYPE_POLICY));
    garita_statement_read_start(&r, &map, &peek, GARITA_TYPE_POLICY);
    while (garita_reader_key(&r, &map, &key)) {
        switch (key) {
        case KEY_SERIAL:
            out->serial = (uint32_t)garita_policy_number(&r, "serial", 1, GARITA_SERIAL_MAX);
            break;
        case KEY_FROM:
            out->from = (int64_t)garita_policy_number(&r, "from", 0, GARITA_MOMENT_MAX);
            break;
        case KEY_UNTIL:
            out->until = read_until(&r, out->from);
            break;
        case KEY_COUNTRY:
            read_country(&r, out->country);
            break;
        case KEY_TITLE:
            garita_policy_words(&r, &out->title, &title);
            break;
        case KEY_LANES:
            garita_policy_lanes(&r, s, out);
            break;
        default:
            garita_reader_unlisted(&r, &map, key, false);
            break;
        }
        r.field = "";
    }
    garita_reader_leave(&r, &map,
                        KEY_BIT(KEY_SERIAL) | KEY_BIT(KEY_FROM) | KEY_BIT(KEY_UNTIL) |
                            KEY_BIT(KEY_COUNTRY) | KEY_BIT(KEY_TITLE) | KEY_BIT(KEY_LANES));
    return garita_statement_read_end(&r, fault);
}

garita_error garita_policy_check(garita_fault *fault, const uint8_t *map, size_t map_len)
{
    garita_policy policy;
    garita_shelf measured = {0};
    return walk(&policy, &measured, fault, map, map_len);
}

static garita_error read_map(garita_policy **out, garita_fault *fault, const uint8_t *map,
                             size_t map_len)
{
    garita_policy policy;
    garita_shelf s = {0};
    *out = NULL;
    garita_shelf_take(&s, 1, sizeof policy);
    garita_error e = walk(&policy, &s, fault, map, map_len);
    if (e != GARITA_OK)
        return e;
    s.at = malloc(s.used);
    if (!s.at) {
        if (fault)
            *fault = (garita_fault){GARITA_E_NO_MEMORY, 0, ""};
        return GARITA_E_NO_MEMORY;
    }
    s.used = 0;
    *out = garita_shelf_take(&s, 1, sizeof policy);
    e = walk(*out, &s, NULL, map, map_len);
    assert(e == GARITA_OK);
    return e;
}

garita_error garita_policy_decode(garita_policy **out, garita_fault *fault,
                                  const garita_verified *verified)
{
    assert(verified->type == GARITA_TYPE_POLICY);
    return read_map(out, fault, verified->map, verified->map_len);
}

garita_error garita_policy_inspect(garita_policy **out, garita_peek *peek, garita_fault *fault,
                                   const uint8_t *bytes, size_t bytes_len)
{
    garita_peek parts;
    *out = NULL;
    garita_error e = garita_statement_peek(&parts, fault, GARITA_TYPE_POLICY, bytes, bytes_len);
    if (peek)
        *peek = parts;
    return e != GARITA_OK ? e : read_map(out, fault, parts.map, parts.map_len);
}

void garita_policy_free(garita_policy *policy)
{
    free(policy);
}

/* --- of one that cannot be read --- */

garita_error garita_policy_serial(uint32_t *serial, const garita_verified *verified)
{
    garita_reader r;
    garita_container map;
    garita_peek peek;
    unsigned key;
    uint64_t n = 0;
    garita_reader_start(&r, verified->map, verified->map_len, 1,
                        garita_type_depth_max(GARITA_TYPE_POLICY));
    garita_statement_read_start(&r, &map, &peek, GARITA_TYPE_POLICY);
    while (garita_reader_key(&r, &map, &key)) {
        if (key == KEY_SERIAL)
            garita_reader_uint(&r, &n, 1, GARITA_SERIAL_MAX);
        else
            garita_reader_skip(&r);
    }
    garita_reader_leave(&r, &map, KEY_BIT(KEY_SERIAL));
    *serial = (uint32_t)n;
    return garita_statement_read_end(&r, NULL);
}

/* Whether the next key is this one. */
static bool has_next(garita_reader *r, garita_container *map, unsigned expected)
{
    unsigned key;
    size_t at = r->at;
    return (garita_reader_key(r, map, &key) && key == expected) ||
           garita_reader_fail(r, GARITA_E_MISSING_KEY, at);
}

bool garita_policy_peek(uint32_t *serial, int64_t *from, int64_t *until,
                        char country[GARITA_COUNTRY_SIZE], const garita_verified *verified)
{
    garita_reader r;
    garita_container map;
    garita_peek peek;
    memset(country, 0, GARITA_COUNTRY_SIZE);
    garita_reader_start(&r, verified->map, verified->map_len, 1,
                        garita_type_depth_max(GARITA_TYPE_POLICY));
    garita_statement_read_start(&r, &map, &peek, GARITA_TYPE_POLICY);
    has_next(&r, &map, KEY_SERIAL);
    *serial = (uint32_t)garita_policy_number(&r, "serial", 1, GARITA_SERIAL_MAX);
    has_next(&r, &map, KEY_FROM);
    *from = (int64_t)garita_policy_number(&r, "from", 0, GARITA_MOMENT_MAX);
    has_next(&r, &map, KEY_UNTIL);
    *until = read_until(&r, *from);
    has_next(&r, &map, KEY_COUNTRY);
    read_country(&r, country);
    if (garita_reader_ok(&r))
        return true;
    *from = INT64_MIN;
    *until = INT64_MAX;
    memset(country, 0, GARITA_COUNTRY_SIZE);
    return false;
}
