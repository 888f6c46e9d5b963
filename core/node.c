#include <garita/node.h>

#include <assert.h>
#include <string.h>

#include <garita/country.h>
#include <garita/date.h>

#include "reader.h"
#include "signed_by.h"
#include "statement_io.h"
#include "writer.h"

enum {
    KEY_SERIAL = 4,
    KEY_NOT_BEFORE = 5,
    KEY_EXPIRES = 6,
    KEY_PUBLIC = 7,
    KEY_NOISE = 8,
    KEY_NAME = 9,
    KEY_COUNTRY = 10,
    KEY_ADDRESSES = 11
};

#define KEY_BIT(key) (UINT64_C(1) << (key))

/* --- reading --- */

static uint32_t read_number(garita_reader *r, const char *field, uint64_t min, uint64_t max)
{
    uint64_t n;
    r->field = field;
    garita_reader_uint(r, &n, min, max);
    return (uint32_t)n;
}

static void read_key(garita_reader *r, const char *field, uint8_t out[GARITA_PUBLIC_KEY_SIZE],
                     garita_error (*check)(const uint8_t *key))
{
    static_assert(GARITA_NOISE_KEY_SIZE == GARITA_PUBLIC_KEY_SIZE, "both are read here");
    const uint8_t *bytes;
    size_t at = r->at;
    r->field = field;
    if (!garita_reader_bin(r, &bytes, GARITA_PUBLIC_KEY_SIZE))
        return;
    if (check(bytes) != GARITA_OK)
        garita_reader_fail(r, GARITA_E_BAD_KEY, at);
    memcpy(out, bytes, GARITA_PUBLIC_KEY_SIZE);
}

static void read_country(garita_reader *r, char out[GARITA_COUNTRY_SIZE])
{
    garita_utf8 text;
    size_t at = r->at;
    r->field = "country";
    if (!garita_reader_text(r, &text, GARITA_COUNTRY_SIZE - 1))
        return;
    if (!garita_country_is_wellformed(text.at, text.len)) {
        garita_reader_fail(r, GARITA_E_COUNTRY, at);
        return;
    }
    memset(out, 0, GARITA_COUNTRY_SIZE);
    memcpy(out, text.at, text.len);
}

static void read_addresses(garita_reader *r, garita_node *out)
{
    garita_container array;
    size_t at = r->at;
    r->field = "addresses";
    garita_reader_array(r, &array);
    if (garita_reader_ok(r) && array.left == 0)
        garita_reader_fail(r, GARITA_E_EMPTY, at);
    if (array.left > GARITA_NODE_ADDRESSES_MAX)
        garita_reader_fail(r, GARITA_E_RANGE, at);
    while (garita_reader_element(r, &array)) {
        garita_utf8 *address = &out->addresses[out->address_count++];
        at = r->at;
        if (garita_reader_text(r, address, GARITA_NODE_ADDRESS_BYTES_MAX) &&
            !garita_address_is_wellformed(address->at, address->len))
            garita_reader_fail(r, GARITA_E_RANGE, at);
    }
    garita_reader_leave(r, &array, 0);
}

static garita_error read_map(garita_node *out, garita_peek *peek, garita_fault *fault,
                             const uint8_t *bytes, size_t len)
{
    garita_reader r;
    garita_container map;
    unsigned key;
    *out = (garita_node){0};
    garita_reader_start(&r, bytes, len, 1, garita_type_depth_max(GARITA_TYPE_NODE));
    garita_statement_read_start(&r, &map, peek, GARITA_TYPE_NODE);
    while (garita_reader_key(&r, &map, &key)) {
        size_t at = r.at;
        switch (key) {
        case KEY_SERIAL:
            out->serial = read_number(&r, "serial", 1, GARITA_SERIAL_MAX);
            break;
        case KEY_NOT_BEFORE:
            out->not_before = read_number(&r, "not_before", 0, GARITA_DAY_MAX);
            out->has_start = true;
            break;
        case KEY_EXPIRES:
            out->expires = read_number(&r, "expires", 0, GARITA_DAY_MAX);
            if (garita_reader_ok(&r) && out->has_start && out->expires < out->not_before)
                garita_reader_fail(&r, GARITA_E_DATE_ORDER, at);
            break;
        case KEY_PUBLIC:
            read_key(&r, "public key", out->public_key, garita_key_check);
            break;
        case KEY_NOISE:
            read_key(&r, "noise key", out->noise_key, garita_noise_key_check);
            break;
        case KEY_NAME:
            r.field = "name";
            garita_reader_text(&r, &out->name, GARITA_AUTHORITY_NAME_BYTES_MAX);
            break;
        case KEY_COUNTRY:
            read_country(&r, out->country);
            break;
        case KEY_ADDRESSES:
            read_addresses(&r, out);
            break;
        default:
            garita_reader_unlisted(&r, &map, key, false);
            break;
        }
        r.field = "";
    }
    garita_reader_leave(&r, &map,
                        KEY_BIT(KEY_SERIAL) | KEY_BIT(KEY_EXPIRES) | KEY_BIT(KEY_PUBLIC) |
                            KEY_BIT(KEY_NOISE) | KEY_BIT(KEY_NAME) | KEY_BIT(KEY_COUNTRY));
    garita_error e = garita_statement_read_end(&r, fault);
    if (e != GARITA_OK)
        *out = (garita_node){0};
    return e;
}

garita_error garita_node_decode(garita_node *out, garita_fault *fault,
                                const garita_verified *verified)
{
    garita_peek peek;
    assert(verified->type == GARITA_TYPE_NODE);
    return read_map(out, &peek, fault, verified->map, verified->map_len);
}

garita_error garita_node_inspect(garita_node *out, garita_peek *peek, garita_fault *fault,
                                 const uint8_t *bytes, size_t bytes_len)
{
    garita_peek parts;
    *out = (garita_node){0};
    garita_error e = garita_statement_peek(&parts, fault, GARITA_TYPE_NODE, bytes, bytes_len);
    if (peek)
        *peek = parts;
    if (e != GARITA_OK)
        return e;
    return read_map(out, &parts, fault, parts.map, parts.map_len);
}

/* --- writing --- */

static void write_map(garita_writer *w, const garita_node *n, const garita_signer *signer)
{
    garita_write_map(w, 10u + (n->has_start ? 1u : 0u) + (n->address_count > 0 ? 1u : 0u));
    garita_write_statement_keys(w, GARITA_TYPE_NODE, signer);
    garita_write_uint(w, KEY_SERIAL);
    garita_write_uint(w, n->serial);
    if (n->has_start) {
        garita_write_uint(w, KEY_NOT_BEFORE);
        garita_write_uint(w, n->not_before);
    }
    garita_write_uint(w, KEY_EXPIRES);
    garita_write_uint(w, n->expires);
    garita_write_uint(w, KEY_PUBLIC);
    garita_write_bin(w, n->public_key, GARITA_PUBLIC_KEY_SIZE);
    garita_write_uint(w, KEY_NOISE);
    garita_write_bin(w, n->noise_key, GARITA_NOISE_KEY_SIZE);
    garita_write_uint(w, KEY_NAME);
    garita_write_text(w, n->name);
    garita_write_uint(w, KEY_COUNTRY);
    garita_write_text(w, (garita_utf8){n->country, strlen(n->country)});
    if (n->address_count > 0) {
        garita_write_uint(w, KEY_ADDRESSES);
        garita_write_array(w, n->address_count);
        for (size_t i = 0; i < n->address_count; i++)
            garita_write_text(w, n->addresses[i]);
    }
}

garita_error garita_node_issue(uint8_t *out, size_t *out_len, size_t out_cap, garita_fault *fault,
                               const garita_node *node, const garita_signer *signer)
{
    uint8_t map[GARITA_NODE_BYTES_MAX];
    garita_writer w;
    garita_node again;
    garita_peek peek;
    *out_len = 0;
    assert(node->address_count <= GARITA_NODE_ADDRESSES_MAX);
    garita_writer_start(&w, map, sizeof map);
    write_map(&w, node, signer);
    garita_error e = garita_writer_end(&w, fault);
    if (e == GARITA_OK)
        e = read_map(&again, &peek, fault, map, w.len);
    if (e != GARITA_OK)
        return e;
    return garita_statement_sign(out, out_len, out_cap, GARITA_TYPE_NODE, signer, map, w.len);
}

/* --- who signed it --- */

struct reading {
    garita_node *out;
    bool is_read;
    garita_error error; /* of the map, once it is read */
};

static bool may_sign_node(void *context, const garita_issuer *record,
                          const garita_verified *verified)
{
    struct reading *reading = context;
    if (!garita_scope_has_type(&record->scope, GARITA_TYPE_NODE))
        return false;
    if (!reading->is_read)
        reading->error = garita_node_decode(reading->out, NULL, verified);
    reading->is_read = true;
    return reading->error == GARITA_OK &&
           garita_scope_has_country(&record->scope, reading->out->country);
}

const garita_issuer *garita_node_signer(garita_node *out, garita_error *error,
                                        const garita_trust *trust, const garita_issuer *after,
                                        const uint8_t *bytes, size_t bytes_len)
{
    garita_peek peek;
    garita_verified verified;
    garita_node node = {0};
    struct reading reading = {.out = &node, .error = GARITA_OK};
    uint8_t scratch[GARITA_SCRATCH_SIZE(GARITA_NODE_BYTES_MAX)];
    garita_signed_by search = {.trust = trust,
                               .peek = &peek,
                               .may = may_sign_node,
                               .context = &reading,
                               .scratch = scratch,
                               .scratch_len = sizeof scratch};
    const garita_issuer *r = NULL;
    garita_error e = garita_statement_peek(&peek, NULL, GARITA_TYPE_NODE, bytes, bytes_len);
    if (e == GARITA_OK)
        r = garita_signed_by_next(&verified, &e, &search, after);
    if (reading.error != GARITA_OK)
        e = reading.error;
    if (r)
        *out = node;
    else if (!after)
        *out = (garita_node){0};
    if (error)
        *error = e;
    return r;
}

int64_t garita_node_from(const garita_node *node)
{
    return node->has_start ? garita_day_begins(node->not_before) : INT64_MIN;
}

int64_t garita_node_until(const garita_node *node)
{
    return garita_day_expires(node->expires);
}
