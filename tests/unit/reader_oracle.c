/* The strict reader against msgpack-c, which is lax but independent: what msgpack-c packs we take,
 * and we take nothing that msgpack-c would pack in other bytes. */
#include "reader.h"

#include <stdlib.h>

#include <msgpack.h>

#include "unit.h"

enum { DEPTH_MAX = 5 };

/* --- canonical values --- */

static uint32_t random_character(rng *r)
{
    static const uint32_t bounds[] = {0x7f, 0x800, 0x10000, 0x110000};
    for (;;) {
        uint32_t c = (uint32_t)rng_below(r, bounds[rng_below(r, COUNT(bounds))]);
        bool unsafe = c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c ||
                      (c >= 0x2000 && c < 0x2070) || (c >= 0xd800 && c < 0xe000);
        if (!unsafe)
            return c;
    }
}

static size_t random_text(rng *r, char *out, size_t len_max)
{
    size_t len = 0;
    while (len + 4 <= len_max) {
        uint32_t c = random_character(r);
        unsigned more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
        static const uint8_t first[] = {0, 0xc0, 0xe0, 0xf0};
        out[len++] = (char)(first[more] | c >> 6 * more);
        while (more-- > 0)
            out[len++] = (char)(0x80 | (c >> 6 * more & 0x3f));
    }
    return len;
}

/* A number of each width alike, and often at its edge. */
static uint64_t random_number(rng *r)
{
    uint64_t n = rng_next(r) >> rng_below(r, 64);
    if (rng_one_in(r, 2)) {
        static const unsigned widths[] = {5, 7, 8, 15, 16, 31, 32, 63};
        n = (UINT64_C(1) << widths[rng_below(r, COUNT(widths))]) + rng_below(r, 3) - 1;
    }
    return n;
}

static size_t random_len(rng *r)
{
    static const size_t lens[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 255, 256, 257};
    return rng_one_in(r, 3) ? lens[rng_below(r, COUNT(lens))] : rng_below(r, 20);
}

static void pack_value(msgpack_packer *p, rng *r, unsigned depth)
{
    char payload[300];
    size_t len = random_len(r);
    switch (rng_below(r, depth < DEPTH_MAX ? 9 : 7)) {
    case 0:
        msgpack_pack_nil(p);
        break;
    case 1:
        rng_one_in(r, 2) ? msgpack_pack_true(p) : msgpack_pack_false(p);
        break;
    case 2:
    case 3:
        msgpack_pack_uint64(p, random_number(r));
        break;
    case 4:
        msgpack_pack_int64(p, -(int64_t)(random_number(r) >> 1) - 1);
        break;
    case 5:
        len = random_text(r, payload, len);
        msgpack_pack_str_with_body(p, payload, len);
        break;
    case 6:
        rng_fill(r, payload, len);
        msgpack_pack_bin_with_body(p, payload, len);
        break;
    case 7:
        len = depth == 0 ? len : len % 5;
        msgpack_pack_array(p, len);
        for (size_t i = 0; i < len; i++)
            pack_value(p, r, depth + 1);
        break;
    default: {
        uint64_t key = 0;
        len = depth == 0 ? len % 20 : len % 5;
        msgpack_pack_map(p, len);
        for (size_t i = 0; i < len; i++, key++) {
            key += rng_below(r, 128 / (len + 1));
            msgpack_pack_uint64(p, key);
            pack_value(p, r, depth + 1);
        }
    }
    }
}

static msgpack_sbuffer pack_random(rng *r)
{
    msgpack_sbuffer out;
    msgpack_packer p;
    msgpack_sbuffer_init(&out);
    msgpack_packer_init(&p, &out, msgpack_sbuffer_write);
    pack_value(&p, r, 0);
    return out;
}

/* --- the two readers --- */

static garita_fault read_strictly(const uint8_t *bytes, size_t len)
{
    garita_reader r;
    uint8_t *copy = exact_copy(bytes, len);
    garita_reader_start(&r, copy, len, 0, DEPTH_MAX + 1);
    garita_reader_skip(&r);
    garita_reader_end(&r);
    free(copy);
    return r.fault;
}

/* What FORMAT.md forbids and msgpack-c packs again as it was: everything else shows in the bytes.
 */
static bool is_allowed(const msgpack_object *o, unsigned depth)
{
    switch (o->type) {
    case MSGPACK_OBJECT_NIL:
    case MSGPACK_OBJECT_BOOLEAN:
    case MSGPACK_OBJECT_POSITIVE_INTEGER:
    case MSGPACK_OBJECT_NEGATIVE_INTEGER:
        return true;
    case MSGPACK_OBJECT_BIN:
        return o->via.bin.size <= UINT16_MAX;
    case MSGPACK_OBJECT_STR:
        return o->via.str.size <= UINT16_MAX; /* its characters are the other tests' matter */
    case MSGPACK_OBJECT_ARRAY:
        for (uint32_t i = 0; i < o->via.array.size; i++)
            if (!is_allowed(&o->via.array.ptr[i], depth + 1))
                return false;
        return depth <= DEPTH_MAX && o->via.array.size <= UINT16_MAX;
    case MSGPACK_OBJECT_MAP:
        for (uint32_t i = 0; i < o->via.map.size; i++) {
            const msgpack_object_kv *pair = &o->via.map.ptr[i];
            if (pair->key.type != MSGPACK_OBJECT_POSITIVE_INTEGER || pair->key.via.u64 > 127 ||
                (i > 0 && pair->key.via.u64 <= o->via.map.ptr[i - 1].key.via.u64) ||
                !is_allowed(&pair->val, depth + 1))
                return false;
        }
        return depth <= DEPTH_MAX && o->via.map.size <= UINT16_MAX;
    default:
        return false;
    }
}

static bool oracle_accepts(const uint8_t *bytes, size_t len)
{
    msgpack_unpacked unpacked;
    msgpack_sbuffer again;
    msgpack_packer p;
    size_t at = 0;
    msgpack_unpacked_init(&unpacked);
    msgpack_sbuffer_init(&again);
    msgpack_packer_init(&p, &again, msgpack_sbuffer_write);
    bool ok =
        len > 0 &&
        msgpack_unpack_next(&unpacked, (const char *)bytes, len, &at) == MSGPACK_UNPACK_SUCCESS &&
        at == len && is_allowed(&unpacked.data, 0) && msgpack_pack_object(&p, unpacked.data) == 0 &&
        again.size == len && memcmp(again.data, bytes, len) == 0;
    msgpack_sbuffer_destroy(&again);
    msgpack_unpacked_destroy(&unpacked);
    return ok;
}

/* Whether some byte could be the head of a 32-bit length, for which msgpack-c may reserve 137 GB.
 */
static bool is_dangerous(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] == 0xc6 || bytes[i] == 0xdb || bytes[i] == 0xdd || bytes[i] == 0xdf)
            return true;
    return false;
}

/* The reader refuses whatever the oracle does, and else only for characters. */
static bool assert_agree(const uint8_t *bytes, size_t len)
{
    garita_fault fault = read_strictly(bytes, len);
    bool accepted = fault.error == GARITA_OK;
    bool text = fault.error == GARITA_E_UTF8 || fault.error == GARITA_E_UNSAFE_TEXT;
    if (!accepted && is_dangerous(bytes, len))
        return false;
    if (!text && accepted != oracle_accepts(bytes, len)) {
        print_error("%zu bytes:", len);
        for (size_t i = 0; i < len; i++)
            print_error(" %02x", bytes[i]);
        fail_msg("the reader says %s at %zu", garita_error_name(fault.error), fault.at);
    }
    return accepted;
}

/* --- the tests --- */

static void reader_accepts_what_msgpack_c_packs(void **state)
{
    (void)state;
    rng r = {1};
    for (unsigned i = 0; i < 20000; i++) {
        msgpack_sbuffer packed = pack_random(&r);
        const uint8_t *bytes = (const uint8_t *)packed.data;
        garita_fault fault = read_strictly(bytes, packed.size);
        if (fault.error != GARITA_OK)
            fail_msg("value %u: %s at %zu", i, garita_error_name(fault.error), fault.at);
        assert_true(oracle_accepts(bytes, packed.size));
        msgpack_sbuffer_destroy(&packed);
    }
}

static size_t mutate(rng *r, uint8_t *bytes, size_t len)
{
    size_t at = rng_below(r, len);
    switch (rng_below(r, 5)) {
    case 0:
        bytes[at] ^= (uint8_t)(1u << rng_below(r, 8));
        return len;
    case 1:
        bytes[at] = (uint8_t)rng_below(r, 256);
        return len;
    case 2:
        bytes[at] = (uint8_t)(0xc0 + rng_below(r, 32));
        return len; /* where the kinds are */
    case 3:
        memmove(bytes + at, bytes + at + 1, len - at - 1);
        return len - 1;
    default:
        memmove(bytes + at + 1, bytes + at, len - at);
        bytes[at] = (uint8_t)rng_below(r, 256);
        return len + 1;
    }
}

static void reader_agrees_with_msgpack_c_on_mutated_values(void **state)
{
    (void)state;
    rng r = {2};
    unsigned accepted = 0, refused = 0;
    for (unsigned i = 0; i < 60000; i++) {
        msgpack_sbuffer packed = pack_random(&r);
        uint8_t bytes[512];
        if (packed.size < sizeof bytes) {
            size_t len = packed.size;
            memcpy(bytes, packed.data, len);
            len = mutate(&r, bytes, len);
            assert_agree(bytes, len) ? accepted++ : refused++;
        }
        msgpack_sbuffer_destroy(&packed);
    }
    assert_true(accepted > 1000 && refused > 1000); /* else this test says nothing */
}

static void reader_agrees_with_msgpack_c_on_random_bytes(void **state)
{
    (void)state;
    rng r = {3};
    unsigned accepted = 0;
    for (unsigned i = 0; i < 200000; i++) {
        uint8_t bytes[12];
        size_t len = rng_below(&r, sizeof bytes + 1);
        for (size_t k = 0; k < len; k++)
            bytes[k] = (uint8_t)(rng_one_in(&r, 2) ? rng_below(&r, 256) : 0x80 + rng_below(&r, 6));
        accepted += assert_agree(bytes, len);
    }
    assert_true(accepted > 1000);
}

/* All of one and two bytes, and all heads of three. */
static void reader_agrees_with_msgpack_c_on_every_short_string(void **state)
{
    (void)state;
    for (unsigned a = 0; a < 256; a++) {
        uint8_t bytes[3] = {(uint8_t)a};
        assert_agree(bytes, 1);
        for (unsigned b = 0; b < 256; b++) {
            static const uint8_t lasts[] = {0x00, 0x01, 0x7f, 0x80, 0x90, 0xa0, 0xc0, 0xff};
            bytes[1] = (uint8_t)b;
            assert_agree(bytes, 2);
            for (size_t i = 0; i < sizeof lasts; i++) {
                bytes[2] = lasts[i];
                assert_agree(bytes, 3);
            }
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader_accepts_what_msgpack_c_packs),
        cmocka_unit_test(reader_agrees_with_msgpack_c_on_mutated_values),
        cmocka_unit_test(reader_agrees_with_msgpack_c_on_random_bytes),
        cmocka_unit_test(reader_agrees_with_msgpack_c_on_every_short_string),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
