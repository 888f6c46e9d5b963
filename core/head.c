#include <garita/head.h>

#include <assert.h>
#include <string.h>

#include "reader.h"
#include "signed_by.h"
#include "statement_io.h"
#include "writer.h"

enum {
    KEY_SIZE = 4,
    KEY_ROOT = 5,
    KEY_SET_ROOT = 6,
    KEY_ISSUED = 7,
    KEY_SIGNED_AT = 8,
    KEY_NEXT_DUE = 9
};

#define KEY_BIT(key) (UINT64_C(1) << (key))

/* --- reading --- */

static uint64_t read_uint(garita_reader *r, const char *field, uint64_t max)
{
    uint64_t n;
    r->field = field;
    garita_reader_uint(r, &n, 0, max);
    return n;
}

static void read_hash(garita_reader *r, const char *field, garita_hash *out)
{
    const uint8_t *bytes;
    r->field = field;
    if (garita_reader_bin(r, &bytes, GARITA_HASH_SIZE))
        memcpy(out->bytes, bytes, GARITA_HASH_SIZE);
}

static garita_error read_map(garita_head *out, garita_peek *peek, garita_fault *fault,
                             const uint8_t *bytes, size_t len)
{
    garita_reader r;
    garita_container map;
    unsigned key;
    *out = (garita_head){0};
    garita_reader_start(&r, bytes, len, 1, garita_type_depth_max(GARITA_TYPE_HEAD));
    garita_statement_read_start(&r, &map, peek, GARITA_TYPE_HEAD);
    while (garita_reader_key(&r, &map, &key)) {
        size_t at = r.at;
        switch (key) {
        case KEY_SIZE:
            out->size = read_uint(&r, "size", GARITA_LOG_SIZE_MAX);
            break;
        case KEY_ROOT:
            read_hash(&r, "root", &out->root);
            break;
        case KEY_SET_ROOT:
            read_hash(&r, "set_root", &out->set_root);
            break;
        case KEY_ISSUED:
            out->issued = (uint32_t)read_uint(&r, "issued", GARITA_SERIAL_MAX);
            break;
        case KEY_SIGNED_AT:
            out->signed_at = (int64_t)read_uint(&r, "signed_at", GARITA_MOMENT_MAX);
            break;
        case KEY_NEXT_DUE:
            out->next_due = (int64_t)read_uint(&r, "next_due", GARITA_MOMENT_MAX);
            if (garita_reader_ok(&r) && out->next_due < out->signed_at)
                garita_reader_fail(&r, GARITA_E_DATE_ORDER, at);
            break;
        default:
            garita_reader_unlisted(&r, &map, key, false);
            break;
        }
        r.field = "";
    }
    garita_reader_leave(&r, &map,
                        KEY_BIT(KEY_SIZE) | KEY_BIT(KEY_ROOT) | KEY_BIT(KEY_SET_ROOT) |
                            KEY_BIT(KEY_ISSUED) | KEY_BIT(KEY_SIGNED_AT) | KEY_BIT(KEY_NEXT_DUE));
    garita_error e = garita_statement_read_end(&r, fault);
    if (e != GARITA_OK)
        *out = (garita_head){0};
    return e;
}

garita_error garita_head_decode(garita_head *out, garita_fault *fault,
                                const garita_verified *verified)
{
    garita_peek peek;
    assert(verified->type == GARITA_TYPE_HEAD);
    return read_map(out, &peek, fault, verified->map, verified->map_len);
}

garita_error garita_head_inspect(garita_head *out, garita_peek *peek, garita_fault *fault,
                                 const uint8_t *bytes, size_t bytes_len)
{
    garita_peek parts;
    *out = (garita_head){0};
    garita_error e = garita_statement_peek(&parts, fault, GARITA_TYPE_HEAD, bytes, bytes_len);
    if (peek)
        *peek = parts;
    if (e != GARITA_OK)
        return e;
    return read_map(out, &parts, fault, parts.map, parts.map_len);
}

/* --- writing --- */

static void write_map(garita_writer *w, const garita_head *h, const garita_signer *signer)
{
    garita_write_map(w, 10);
    garita_write_statement_keys(w, GARITA_TYPE_HEAD, signer);
    garita_write_uint(w, KEY_SIZE);
    garita_write_uint(w, h->size);
    garita_write_uint(w, KEY_ROOT);
    garita_write_bin(w, h->root.bytes, GARITA_HASH_SIZE);
    garita_write_uint(w, KEY_SET_ROOT);
    garita_write_bin(w, h->set_root.bytes, GARITA_HASH_SIZE);
    garita_write_uint(w, KEY_ISSUED);
    garita_write_uint(w, h->issued);
    /* a moment before 1970 becomes a number that is beyond every bound */
    garita_write_uint(w, KEY_SIGNED_AT);
    garita_write_uint(w, (uint64_t)h->signed_at);
    garita_write_uint(w, KEY_NEXT_DUE);
    garita_write_uint(w, (uint64_t)h->next_due);
}

garita_error garita_head_issue(uint8_t *out, size_t *out_len, size_t out_cap, garita_fault *fault,
                               const garita_head *head, const garita_signer *signer)
{
    uint8_t map[GARITA_HEAD_BYTES_MAX];
    garita_writer w;
    garita_head again;
    garita_peek peek;
    *out_len = 0;
    garita_writer_start(&w, map, sizeof map);
    write_map(&w, head, signer);
    garita_error e = garita_writer_end(&w, fault);
    if (e == GARITA_OK)
        e = read_map(&again, &peek, fault, map, w.len);
    if (e != GARITA_OK)
        return e;
    return garita_statement_sign(out, out_len, out_cap, GARITA_TYPE_HEAD, signer, map, w.len);
}

/* --- comparing --- */

bool garita_head_equal(const garita_head *a, const garita_head *b)
{
    return a->size == b->size && garita_hash_equal(&a->root, &b->root) &&
           garita_hash_equal(&a->set_root, &b->set_root) && a->issued == b->issued &&
           a->signed_at == b->signed_at && a->next_due == b->next_due;
}

int garita_head_compare(const garita_head *a, const garita_head *b)
{
    if (a->size != b->size)
        return a->size < b->size ? -1 : 1;
    if (a->signed_at != b->signed_at)
        return a->signed_at < b->signed_at ? -1 : 1;
    return 0;
}

/* --- who signed it --- */

static bool may_sign_heads(void *context, const garita_issuer *record,
                           const garita_verified *verified)
{
    (void)context;
    (void)verified;
    return garita_scope_has_type(&record->scope, GARITA_TYPE_HEAD);
}

const garita_issuer *garita_head_signer(garita_head *out, garita_error *error,
                                        const garita_trust *trust, const garita_issuer *after,
                                        const uint8_t *bytes, size_t bytes_len)
{
    garita_peek peek;
    garita_verified verified;
    uint8_t scratch[GARITA_SCRATCH_SIZE(GARITA_HEAD_BYTES_MAX)];
    garita_signed_by search = {.trust = trust,
                               .peek = &peek,
                               .may = may_sign_heads,
                               .scratch = scratch,
                               .scratch_len = sizeof scratch};
    const garita_issuer *r = NULL;
    if (!after)
        *out = (garita_head){0};
    garita_error e = garita_statement_peek(&peek, NULL, GARITA_TYPE_HEAD, bytes, bytes_len);
    if (e == GARITA_OK)
        r = garita_signed_by_next(&verified, &e, &search, after);
    if (r)
        e = garita_head_decode(out, NULL, &verified);
    if (error)
        *error = e;
    return e == GARITA_OK ? r : NULL;
}

bool garita_head_is_by(garita_head *out, const garita_trust *trust, const garita_issuer *authority,
                       const uint8_t *bytes, size_t bytes_len)
{
    garita_peek peek;
    garita_verified verified;
    garita_error e;
    uint8_t scratch[GARITA_SCRATCH_SIZE(GARITA_HEAD_BYTES_MAX)];
    garita_signed_by search = {.trust = trust,
                               .authority = authority,
                               .peek = &peek,
                               .may = may_sign_heads,
                               .scratch = scratch,
                               .scratch_len = sizeof scratch};
    *out = (garita_head){0};
    return garita_statement_peek(&peek, NULL, GARITA_TYPE_HEAD, bytes, bytes_len) == GARITA_OK &&
           garita_signed_by_next(&verified, &e, &search, NULL) &&
           garita_head_decode(out, NULL, &verified) == GARITA_OK;
}
