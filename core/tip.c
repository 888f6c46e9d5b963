#include <garita/tip.h>

#include <assert.h>
#include <string.h>

#include "reader.h"
#include "statement_io.h"
#include "writer.h"

enum {
    KEY_HOME = 4,
    KEY_POSITION = 5,
    KEY_HASH = 6,
    KEY_SIGNED_AT = 7,

    KEY_NUMBER = 1 /* of a node key: it has no successors */
};

#define KEY_BIT(key) (UINT64_C(1) << (key))

static void read_bytes(garita_reader *r, const char *field, uint8_t *out, size_t len)
{
    const uint8_t *bytes;
    r->field = field;
    if (garita_reader_bin(r, &bytes, len))
        memcpy(out, bytes, len);
}

static uint64_t read_number(garita_reader *r, const char *field, uint64_t max)
{
    uint64_t n;
    r->field = field;
    garita_reader_uint(r, &n, 0, max);
    return n;
}

static garita_error read_map(garita_tip *out, garita_peek *peek, garita_fault *fault,
                             const uint8_t *bytes, size_t len)
{
    garita_reader r;
    garita_container map;
    unsigned key;
    *out = (garita_tip){0};
    garita_reader_start(&r, bytes, len, 1, GARITA_AUTHORITY_DEPTH_MAX);
    garita_statement_read_start(&r, &map, peek, GARITA_TYPE_TIP);
    while (garita_reader_key(&r, &map, &key)) {
        switch (key) {
        case KEY_HOME:
            read_bytes(&r, "home", out->home, sizeof out->home);
            break;
        case KEY_POSITION:
            out->place.position = read_number(&r, "position", GARITA_DECISIONS_MAX);
            break;
        case KEY_HASH:
            read_bytes(&r, "hash", out->place.hash.bytes, GARITA_HASH_SIZE);
            break;
        case KEY_SIGNED_AT:
            out->signed_at = (int64_t)read_number(&r, "signed_at", GARITA_MOMENT_MAX);
            break;
        default:
            garita_reader_unlisted(&r, &map, key, false);
            break;
        }
        r.field = "";
    }
    garita_reader_leave(&r, &map,
                        KEY_BIT(KEY_HOME) | KEY_BIT(KEY_POSITION) | KEY_BIT(KEY_HASH) |
                            KEY_BIT(KEY_SIGNED_AT));
    garita_error e = garita_statement_read_end(&r, fault);
    if (e != GARITA_OK)
        *out = (garita_tip){0};
    return e;
}

garita_error garita_tip_decode(garita_tip *out, garita_fault *fault,
                               const garita_verified *verified)
{
    garita_peek peek;
    assert(verified->type == GARITA_TYPE_TIP);
    return read_map(out, &peek, fault, verified->map, verified->map_len);
}

garita_error garita_tip_inspect(garita_tip *out, garita_peek *peek, garita_fault *fault,
                                const uint8_t *bytes, size_t bytes_len)
{
    garita_peek parts;
    *out = (garita_tip){0};
    garita_error e = garita_statement_peek(&parts, fault, GARITA_TYPE_TIP, bytes, bytes_len);
    if (peek)
        *peek = parts;
    if (e != GARITA_OK)
        return e;
    return read_map(out, &parts, fault, parts.map, parts.map_len);
}

garita_error garita_tip_issue(uint8_t out[GARITA_TIP_BYTES_MAX], size_t *out_len,
                              const garita_tip *tip,
                              const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE],
                              const uint8_t secret_key[GARITA_SECRET_KEY_SIZE])
{
    uint8_t map[GARITA_TIP_BYTES_MAX];
    garita_signer signer = {.key_number = KEY_NUMBER, .secret_key = secret_key};
    garita_writer w;
    garita_tip again;
    garita_peek peek;
    *out_len = 0;
    garita_key_id(&signer.id, public_key);
    garita_writer_start(&w, map, sizeof map);
    garita_write_map(&w, 8);
    garita_write_statement_keys(&w, GARITA_TYPE_TIP, &signer);
    garita_write_uint(&w, KEY_HOME);
    garita_write_bin(&w, tip->home, sizeof tip->home);
    garita_write_uint(&w, KEY_POSITION);
    garita_write_uint(&w, tip->place.position);
    garita_write_uint(&w, KEY_HASH);
    garita_write_bin(&w, tip->place.hash.bytes, GARITA_HASH_SIZE);
    garita_write_uint(&w, KEY_SIGNED_AT);
    garita_write_uint(&w, (uint64_t)tip->signed_at);
    garita_error e = garita_writer_end(&w, NULL);
    if (e == GARITA_OK)
        e = read_map(&again, &peek, NULL, map, w.len);
    if (e != GARITA_OK)
        return e;
    return garita_statement_sign(out, out_len, GARITA_TIP_BYTES_MAX, GARITA_TYPE_TIP, &signer, map,
                                 w.len);
}

garita_error garita_tip_verify(garita_tip *out, const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE],
                               const uint8_t *bytes, size_t bytes_len)
{
    uint8_t scratch[GARITA_SCRATCH_SIZE(GARITA_TIP_BYTES_MAX)];
    garita_peek peek;
    garita_verified verified;
    garita_id id;
    *out = (garita_tip){0};
    garita_error e = garita_statement_peek(&peek, NULL, GARITA_TYPE_TIP, bytes, bytes_len);
    if (e != GARITA_OK)
        return e;
    garita_key_id(&id, public_key);
    if (!garita_id_equal(&peek.signer, &id) || peek.key_number != KEY_NUMBER)
        return GARITA_E_UNKNOWN_ISSUER;
    e = garita_statement_verify(&verified, &peek, public_key, scratch, sizeof scratch);
    return e == GARITA_OK ? garita_tip_decode(out, NULL, &verified) : e;
}
