/* The strict reader, rule by rule: FORMAT.md, section 1. */
#include "reader.h"

#include <stdio.h>
#include <stdlib.h>

#include <garita/limits.h>
#include <garita/value.h>

#include "unit.h"

/* What one value out of exactly these bytes comes to. */
static garita_fault read_bytes(const void *bytes, size_t len, unsigned depth_max)
{
    garita_reader r;
    uint8_t *copy = exact_copy(bytes, len);
    garita_reader_start(&r, copy, len, 0, depth_max);
    bool skipped = garita_reader_skip(&r);
    bool ended = garita_reader_end(&r);
    assert_true(!ended || skipped);
    assert_int_equal(ended, garita_reader_ok(&r));
    free(copy);
    return r.fault;
}

static garita_fault read_hex(const char *hex)
{
    blob b = blob_hex(hex);
    return read_bytes(b.bytes, b.len, 8);
}

/* head, then count times the byte fill. */
static garita_fault read_filled(const char *head, size_t count, uint8_t fill)
{
    blob b = blob_hex(head);
    uint8_t *bytes = malloc(b.len + count);
    assert_non_null(bytes);
    memcpy(bytes, b.bytes, b.len);
    memset(bytes + b.len, fill, count);
    garita_fault fault = read_bytes(bytes, b.len + count, 8);
    free(bytes);
    return fault;
}

/* A map 16 header, then so many keys from 0 on, each with nil. */
static garita_fault read_map16(size_t pairs)
{
    uint8_t bytes[3 + 2 * 128];
    bytes[0] = 0xde;
    bytes[1] = (uint8_t)(pairs >> 8);
    bytes[2] = (uint8_t)(pairs & 0xff);
    for (size_t i = 0; i < pairs; i++) {
        bytes[3 + 2 * i] = (uint8_t)i;
        bytes[4 + 2 * i] = 0xc0;
    }
    return read_bytes(bytes, 3 + 2 * pairs, 8);
}

typedef struct flaw {
    const char *hex;
    size_t at;
} flaw;

#define assert_flaw(fault, expected, offset)                                                       \
    do {                                                                                           \
        assert_error((fault).error, expected);                                                     \
        assert_int_equal((fault).at, offset);                                                      \
    } while (0)

#define assert_each_refused(flaws, expected)                                                       \
    for (size_t i = 0; i < COUNT(flaws); i++) {                                                    \
        garita_fault fault = read_hex((flaws)[i].hex);                                             \
        if (fault.error != GARITA_E_##expected || fault.at != (flaws)[i].at)                       \
            fail_msg("%s: %s at %zu", (flaws)[i].hex, garita_error_name(fault.error), fault.at);   \
    }

/* --- kinds and widths --- */

static void reader_accepts_each_kind_in_its_shortest_form(void **state)
{
    (void)state;
    static const char *const values[] = {
        "c0",
        "c2",
        "c3", /* nil, false, true */
        "00",
        "7f",
        "cc 80",
        "cc ff",
        "cd 0100",
        "cd ffff", /* 0 to 65,535 */
        "ce 00010000",
        "ce ffffffff", /* to 2^32 - 1 */
        "cf 0000000100000000",
        "cf ffffffffffffffff", /* to 2^64 - 1 */
        "ff",
        "e0",
        "d0 df",
        "d0 80",
        "d1 ff7f",
        "d1 8000", /* -1 to -32,768 */
        "d2 ffff7fff",
        "d2 80000000", /* to -2^31 */
        "d3 ffffffff7fffffff",
        "d3 8000000000000000", /* to -2^63 */
        "a0",
        "a1 61",
        "c4 00",
        "c4 01 ff",
        "90",
        "91 c0",
        "80",
        "81 00 c0",
        "81 7f c0",
        "82 00 c0 01 c0",
        "8f 00c0 01c0 02c0 03c0 04c0 05c0 06c0 07c0 08c0 09c0 0ac0 0bc0 0cc0 0dc0 0ec0"};
    for (size_t i = 0; i < COUNT(values); i++) {
        garita_fault fault = read_hex(values[i]);
        if (fault.error != GARITA_OK)
            fail_msg("%s: %s", values[i], garita_error_name(fault.error));
    }
    assert_ok(read_filled("bf", 31, 'a').error);
    assert_ok(read_filled("d9 20", 32, 'a').error);
    assert_ok(read_filled("d9 ff", 255, 'a').error);
    assert_ok(read_filled("da 0100", 256, 'a').error);
    assert_ok(read_filled("da ffff", 65535, 'a').error);
    assert_ok(read_filled("c4 ff", 255, 0).error);
    assert_ok(read_filled("c5 0100", 256, 0).error);
    assert_ok(read_filled("c5 ffff", 65535, 0).error);
    assert_ok(read_filled("9f", 15, 0xc0).error);
    assert_ok(read_filled("dc 0010", 16, 0xc0).error);
    assert_ok(read_filled("dc ffff", 65535, 0xc0).error);
    assert_ok(read_map16(16).error);
    assert_ok(read_map16(128).error);
}

static void reader_refuses_integers_in_a_longer_form(void **state)
{
    (void)state;
    static const flaw flaws[] = {
        {"cc 00", 0},
        {"cc 7f", 0},
        {"cd 0000", 0},
        {"cd 00ff", 0},
        {"ce 00000000", 0},
        {"ce 0000ffff", 0},
        {"cf 0000000000000000", 0},
        {"cf 00000000ffffffff", 0},
        {"d0 ff", 0},
        {"d0 e0", 0},
        {"d1 ffff", 0},
        {"d1 ff80", 0},
        {"d2 ffffffff", 0},
        {"d2 ffff8000", 0},
        {"d3 ffffffffffffffff", 0},
        {"d3 ffffffff80000000", 0},
        {"92 00 cc 7f", 2},
    };
    assert_each_refused(flaws, NOT_MINIMAL);
}

static void reader_refuses_numbers_from_zero_up_as_signed_kinds(void **state)
{
    (void)state;
    static const flaw flaws[] = {
        {"d0 00", 0},
        {"d0 7f", 0},
        {"d1 0000", 0},
        {"d1 0080", 0},
        {"d1 7fff", 0},
        {"d2 00000000", 0},
        {"d2 00008000", 0},
        {"d2 7fffffff", 0},
        {"d3 0000000000000000", 0},
        {"d3 0000000080000000", 0},
        {"d3 7fffffffffffffff", 0},
    };
    assert_each_refused(flaws, NOT_MINIMAL);
}

static void reader_refuses_lengths_in_a_longer_form(void **state)
{
    (void)state;
    static const flaw flaws[] = {
        {"d9 00", 0},   {"d9 01 61", 0},      {"da 0000", 0}, {"da 0001 61", 0},
        {"c5 0000", 0}, {"c5 0001 00", 0},    {"dc 0000", 0}, {"dc 0001 c0", 0},
        {"de 0000", 0}, {"de 0001 00 c0", 0},
    };
    assert_each_refused(flaws, NOT_MINIMAL);
    assert_error(read_filled("d9 1f", 31, 'a').error, NOT_MINIMAL);
    assert_error(read_filled("da 00ff", 255, 'a').error, NOT_MINIMAL);
    assert_error(read_filled("c5 00ff", 255, 0).error, NOT_MINIMAL);
    assert_error(read_filled("dc 000f", 15, 0xc0).error, NOT_MINIMAL);
    assert_error(read_map16(15).error, NOT_MINIMAL);
}

static void reader_refuses_floats_extensions_and_32_bit_lengths(void **state)
{
    (void)state;
    static const uint8_t forbidden[] = {0xc1, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xd4,
                                        0xd5, 0xd6, 0xd7, 0xd8, 0xdb, 0xdd, 0xdf};
    for (size_t i = 0; i < COUNT(forbidden); i++) {
        /* alone, with an empty payload, and with more than any of them needs */
        static const size_t payloads[] = {0, 4, 24};
        for (size_t k = 0; k < COUNT(payloads); k++) {
            uint8_t bytes[25] = {forbidden[i]};
            assert_flaw(read_bytes(bytes, 1 + payloads[k], 8), FORBIDDEN_KIND, 0);
        }
    }
    assert_flaw(read_hex("93 00 01 cb 3ff0000000000000"), FORBIDDEN_KIND, 3);
}

/* --- ends and lengths --- */

static void reader_refuses_every_prefix_of_a_value(void **state)
{
    (void)state;
    static const char *const values[] = {
        "cc 80",
        "cd 0100",
        "ce 00010000",
        "cf 0000000100000000",
        "d0 80",
        "d1 8000",
        "d2 80000000",
        "d3 8000000000000000",
        "a3 616263",
        "c4 03 000102",
        "93 01 02 03",
        "82 00 01 01 02",
        "83 00 a1 61 01 92 c4 01 00 cd 0100 02 81 00 c0",
    };
    for (size_t i = 0; i < COUNT(values); i++) {
        blob b = blob_hex(values[i]);
        for (size_t len = 0; len < b.len; len++)
            assert_error(read_bytes(b.bytes, len, 8).error, TRUNCATED);
    }
}

/* A length that the bytes left cannot hold is refused where it stands, before anything behind it.
 */
static void reader_refuses_lengths_that_lie(void **state)
{
    (void)state;
    static const flaw flaws[] = {
        {"", 0},         {"a1", 0},         {"a2 61", 0},      {"d9 20 61", 0}, {"da ffff 61", 0},
        {"c4 01", 0},    {"c4 02 00", 0},   {"c5 ffff 00", 0}, {"91", 0},       {"92 c0", 0},
        {"9f c1", 0},    {"dc ffff c1", 0}, {"81", 0},         {"81 00", 0},    {"82 00 c0 01", 0},
        {"8f c1 c1", 0}, {"de ffff c1", 0}, {"92 c0 91", 2},   {"91 92 c0", 1},
    };
    assert_each_refused(flaws, TRUNCATED);
}

static void reader_refuses_what_follows(void **state)
{
    (void)state;
    static const flaw flaws[] = {
        {"c0 c0", 1}, {"00 00", 1}, {"a1 61 00", 2}, {"90 00", 1}, {"80 c1", 1}, {"81 00 c0 00", 3},
    };
    assert_each_refused(flaws, TRAILING);
}

/* --- maps --- */

static void reader_refuses_keys_that_are_not_unsigned_integers(void **state)
{
    (void)state;
    static const flaw flaws[] = {
        {"81 c0 c0", 1}, {"81 c3 c0", 1},          {"81 ff c0", 1},    {"81 d0 80 c0", 1},
        {"81 a0 c0", 1}, {"81 a1 61 c0", 1},       {"81 c4 00 c0", 1}, {"81 90 c0", 1},
        {"81 80 c0", 1}, {"82 00 c0 a1 61 c0", 3},
    };
    assert_each_refused(flaws, KEY_KIND);
}

static void reader_refuses_keys_out_of_order(void **state)
{
    (void)state;
    static const flaw flaws[] = {
        {"82 00 c0 00 c0", 3},       {"82 01 c0 00 c0", 3},       {"82 7f c0 7f c0", 3},
        {"83 00 c0 02 c0 01 c0", 5}, {"83 00 c0 01 c0 00 c0", 5}, {"91 82 05 00 05 00", 4},
    };
    assert_each_refused(flaws, KEY_ORDER);
}

static void reader_starts_the_order_of_keys_anew_in_each_map(void **state)
{
    (void)state;
    assert_ok(read_hex("82 05 82 00 c0 01 c0 06 81 00 c0").error);
    assert_ok(read_hex("92 81 05 c0 81 05 c0").error);
}

static void reader_refuses_keys_above_127(void **state)
{
    (void)state;
    static const flaw flaws[] = {{"81 cc 80 c0", 1},
                                 {"81 cc ff c0", 1},
                                 {"81 cf ffffffffffffffff c0", 1},
                                 {"81 ce 80000000 c0", 1},
                                 {"82 7f c0 cc 80 c0", 3}};
    assert_each_refused(flaws, RANGE);
}

static void reader_refuses_keys_in_a_longer_form(void **state)
{
    (void)state;
    static const flaw flaws[] = {
        {"81 cc 00 c0", 1}, {"81 d0 05 c0", 1}, {"82 00 c0 cd 0001 c0", 3}};
    assert_each_refused(flaws, NOT_MINIMAL);
}

/* --- depth --- */

static void reader_refuses_what_is_nested_deeper_than_its_type_allows(void **state)
{
    (void)state;
    static const unsigned bounds[] = {1, 4, 8, 64};
    for (size_t i = 0; i < COUNT(bounds); i++) {
        uint8_t arrays[65], maps[2 * 65];
        unsigned depth = bounds[i];
        memset(arrays, 0x91, sizeof arrays);
        for (size_t k = 0; k < sizeof maps; k += 2) {
            maps[k] = 0x81;
            maps[k + 1] = 0x05;
        }
        arrays[depth - 1] = 0x90;
        maps[2 * depth - 2] = 0x80;
        assert_ok(read_bytes(arrays, depth, depth).error);
        assert_ok(read_bytes(maps, 2 * depth - 1, depth).error);
        arrays[depth - 1] = 0x91;
        arrays[depth] = 0x90;
        maps[2 * depth - 2] = 0x81;
        maps[2 * depth] = 0x80;
        assert_flaw(read_bytes(arrays, depth + 1, depth), DEPTH, depth);
        assert_flaw(read_bytes(maps, 2 * depth + 1, depth), DEPTH, 2 * depth);
    }
}

static void reader_counts_depth_not_containers(void **state)
{
    (void)state;
    blob b = blob_hex("94 91 90 91 90 81 00 90 81 00 80");
    assert_ok(read_bytes(b.bytes, b.len, 3).error);
    assert_flaw(read_bytes(b.bytes, b.len, 2), DEPTH, 2);
}

/* --- text --- */

/* Encodes in as many bytes as asked for, whether or not that is the shortest form. */
static size_t encode(uint8_t *out, uint32_t c, unsigned len)
{
    static const uint8_t first[] = {0, 0x00, 0xc0, 0xe0, 0xf0, 0xf8, 0xfc};
    for (unsigned i = len; i-- > 1; c >>= 6)
        out[i] = (uint8_t)(0x80 | (c & 0x3f));
    out[0] = (uint8_t)(first[len] | c);
    return len;
}

static unsigned shortest(uint32_t c)
{
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

static garita_error read_text(const uint8_t *text, size_t len)
{
    garita_reader r;
    uint8_t bytes[8];
    assert_true(len < sizeof bytes);
    bytes[0] = (uint8_t)(0xa0 | len);
    memcpy(bytes + 1, text, len);
    garita_reader_start(&r, bytes, 1 + len, 0, 1);
    garita_reader_skip(&r);
    garita_reader_end(&r);
    return r.fault.error;
}

/* The list of FORMAT.md, written down once more. */
static bool is_unsafe(uint32_t c)
{
    static const uint32_t ranges[][2] = {{0x0000, 0x001f}, {0x007f, 0x009f}, {0x061c, 0x061c},
                                         {0x200e, 0x200f}, {0x2028, 0x2029}, {0x202a, 0x202e},
                                         {0x2066, 0x2069}};
    for (size_t i = 0; i < COUNT(ranges); i++)
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return true;
    return false;
}

static void reader_takes_every_character_but_surrogates_and_unsafe_ones(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        uint8_t text[4];
        garita_error expected = c >= 0xd800 && c <= 0xdfff ? GARITA_E_UTF8
                                : is_unsafe(c)             ? GARITA_E_UNSAFE_TEXT
                                                           : GARITA_OK;
        garita_error e = read_text(text, encode(text, c, shortest(c)));
        if (e != expected)
            fail_msg("U+%04X: %s", (unsigned)c, garita_error_name(e));
    }
}

static void reader_refuses_characters_beyond_unicode(void **state)
{
    (void)state;
    for (uint32_t c = 0x110000; c <= 0x1fffff; c += 0x3ff) {
        uint8_t text[4];
        assert_error(read_text(text, encode(text, c, 4)), UTF8);
    }
}

static void reader_refuses_overlong_characters(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0xffff; c++) {
        for (unsigned len = shortest(c) + 1; len <= 6; len++) {
            uint8_t text[6];
            if (read_text(text, encode(text, c, len)) != GARITA_E_UTF8)
                fail_msg("U+%04X in %u bytes", (unsigned)c, len);
        }
    }
}

/* By another way than the reader's: decode leniently, encode again, compare. */
static bool is_utf8(const uint8_t *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        uint8_t b = text[i];
        unsigned size = b < 0x80   ? 1
                        : b < 0xc0 ? 0
                        : b < 0xe0 ? 2
                        : b < 0xf0 ? 3
                        : b < 0xf8 ? 4
                                   : 0;
        uint32_t c = size == 1 ? b : size == 0 ? 0 : b & (0x7fu >> size);
        uint8_t again[4];
        if (size == 0 || size > len - i)
            return false;
        for (unsigned k = 1; k < size; k++)
            c = c << 6 | (text[i + k] & 0x3fu);
        if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) || shortest(c) != size)
            return false;
        encode(again, c, size);
        if (memcmp(again, text + i, size) != 0)
            return false;
        i += size;
    }
    return true;
}

static void assert_utf8_agrees(const uint8_t *text, size_t len)
{
    garita_error e = read_text(text, len);
    if ((e != GARITA_E_UTF8) == is_utf8(text, len))
        return;
    /* Of two flaws the first is reported. */
    if (e == GARITA_E_UNSAFE_TEXT)
        return;
    fail_msg("%02x %02x %02x %02x, %zu bytes: %s", text[0], text[1], text[2], text[3], len,
             garita_error_name(e));
}

static void reader_agrees_with_rfc_3629_on_short_strings(void **state)
{
    (void)state;
    static const uint8_t edges[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0,
                                    0xbf, 0xc0, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0xff};
    uint8_t t[4] = {0};
    for (unsigned a = 0; a < 256; a++) {
        t[0] = (uint8_t)a;
        assert_utf8_agrees(t, 1);
        for (unsigned b = 0; b < 256; b++) {
            t[1] = (uint8_t)b;
            assert_utf8_agrees(t, 2);
            for (unsigned c = 0; c < COUNT(edges); c++) {
                t[2] = edges[c];
                assert_utf8_agrees(t, 3);
                for (unsigned d = 0; d < COUNT(edges); d++) {
                    t[3] = edges[d];
                    assert_utf8_agrees(t, 4);
                }
            }
        }
    }
}

static void reader_says_where_text_is_wrong(void **state)
{
    (void)state;
    static const flaw utf8_flaws[] = {
        {"a4 61 62 ff 63", 3},       /* no character begins so */
        {"a3 c3 b1 80", 3},          /* a byte too many */
        {"a3 61 62 c3", 3},          /* a byte too few */
        {"a4 61 ed a0 80", 2},       /* U+D800 */
        {"a6 ed a0 bd ed b8 80", 1}, /* a pair of surrogates: CESU-8 */
        {"a2 c0 80", 1},             /* zero in two bytes: Java's */
    };
    static const flaw unsafe_flaws[] = {
        {"a3 41 0a 42", 2},
        {"a4 41 e2 80 ae", 2},
        {"92 a1 41 a3 e2 81 a6", 4},
    };
    assert_each_refused(utf8_flaws, UTF8);
    assert_each_refused(unsafe_flaws, UNSAFE_TEXT);
}

static void reader_lets_bin_hold_any_bytes(void **state)
{
    (void)state;
    assert_ok(read_hex("c4 06 00 ff 0a e2 80 ae").error);
}

/* --- the readers of one value --- */

static garita_reader start(const blob *b)
{
    garita_reader r;
    garita_reader_start(&r, b->bytes, b->len, 0, 4);
    return r;
}

static void reader_bounds_numbers_on_both_sides(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        bool fits;
    } numbers[] = {{"09", false}, {"0a", true}, {"cc c8", true}, {"cc c9", false}};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        blob b = blob_hex(numbers[i].hex);
        garita_reader r = start(&b);
        uint64_t n;
        assert_int_equal(garita_reader_uint(&r, &n, 10, 200), numbers[i].fits);
        assert_int_equal(n, numbers[i].fits ? b.bytes[b.len - 1] : 0);
        if (numbers[i].fits)
            assert_ok(r.fault.error);
        else
            assert_flaw(r.fault, RANGE, 0);
    }
}

static void reader_bounds_text_in_bytes(void **state)
{
    (void)state;
    garita_utf8 text;
    blob b = blob_hex("a4 c3b1 c3b1");
    garita_reader r = start(&b);
    assert_true(garita_reader_text(&r, &text, 4));
    assert_int_equal(text.len, 4);
    assert_ptr_equal(text.at, b.bytes + 1);
    r = start(&b);
    assert_false(garita_reader_text(&r, &text, 3));
    assert_flaw(r.fault, RANGE, 0);
    assert_int_equal(text.len, 0);
    assert_null(text.at);
}

static void reader_refuses_empty_text_where_a_field_needs_one(void **state)
{
    (void)state;
    garita_utf8 text;
    blob b = blob_hex("a0");
    garita_reader r = start(&b);
    assert_false(garita_reader_text(&r, &text, 4));
    assert_flaw(r.fault, EMPTY, 0);
}

/* A length is judged before what it measures. */
static void reader_refuses_long_text_before_it_looks_inside(void **state)
{
    (void)state;
    garita_utf8 text;
    blob b = blob_hex("a2 ff ff");
    garita_reader r = start(&b);
    assert_false(garita_reader_text(&r, &text, 1));
    assert_flaw(r.fault, RANGE, 0);
}

static void reader_takes_bin_of_exactly_its_length(void **state)
{
    (void)state;
    const uint8_t *bytes;
    blob b = blob_hex("c4 03 010203");
    garita_reader r = start(&b);
    assert_true(garita_reader_bin(&r, &bytes, 3));
    assert_ptr_equal(bytes, b.bytes + 2);
    assert_true(garita_reader_end(&r));
    for (size_t len = 2; len <= 4; len += 2) {
        r = start(&b);
        assert_false(garita_reader_bin(&r, &bytes, len));
        assert_null(bytes);
        assert_flaw(r.fault, RANGE, 0);
    }
}

static void reader_refuses_a_value_of_another_kind(void **state)
{
    (void)state;
    static const char *const values[] = {"c0",    "c3",       "05",    "ff",
                                         "a1 61", "c4 01 00", "91 c0", "81 00 c0"};
    enum { UINT = 2, TEXT = 4, BIN = 5, ARRAY = 6, MAP = 7 };
    for (size_t i = 0; i < COUNT(values); i++) {
        static const size_t kinds[] = {UINT, TEXT, BIN, ARRAY, MAP};
        for (size_t k = 0; k < COUNT(kinds); k++) {
            blob b = blob_hex(values[i]);
            garita_reader r = start(&b);
            garita_container container;
            garita_utf8 text;
            const uint8_t *bytes;
            uint64_t n;
            switch (kinds[k]) {
            case UINT:
                garita_reader_uint(&r, &n, 0, UINT64_MAX);
                break;
            case TEXT:
                garita_reader_text(&r, &text, 9);
                break;
            case BIN:
                garita_reader_bin(&r, &bytes, 1);
                break;
            case ARRAY:
                garita_reader_array(&r, &container);
                break;
            default:
                garita_reader_map(&r, &container);
                break;
            }
            if (kinds[k] == i)
                assert_ok(r.fault.error);
            else
                assert_flaw(r.fault, WRONG_KIND, 0);
        }
    }
}

/* --- unknown and missing keys --- */

static garita_fault read_unlisted(const char *hex, bool may_ignore)
{
    blob b = blob_hex(hex);
    garita_reader r = start(&b);
    garita_container map;
    unsigned key;
    garita_reader_map(&r, &map);
    while (garita_reader_key(&r, &map, &key))
        garita_reader_unlisted(&r, &map, key, may_ignore);
    garita_reader_leave(&r, &map, 0);
    garita_reader_end(&r);
    return r.fault;
}

static void reader_refuses_unknown_keys_to_63_and_ignores_those_above_where_it_may(void **state)
{
    (void)state;
    assert_flaw(read_unlisted("81 00 c0", true), UNKNOWN_KEY, 1);
    assert_flaw(read_unlisted("81 3f c0", true), UNKNOWN_KEY, 1);
    assert_ok(read_unlisted("81 40 c0", true).error);
    assert_ok(read_unlisted("82 40 91 a0 7f 81 00 c0", true).error);
    assert_flaw(read_unlisted("81 40 c0", false), UNKNOWN_KEY, 1);
    assert_flaw(read_unlisted("81 7f c0", false), UNKNOWN_KEY, 1);
    assert_flaw(read_unlisted("82 40 c0 cc 80 c0", true), RANGE, 3);
}

static void reader_wants_ignored_values_canonical_too(void **state)
{
    (void)state;
    assert_flaw(read_unlisted("81 40 cc 01", true), NOT_MINIMAL, 2);
    assert_flaw(read_unlisted("81 40 82 01 c0 01 c0", true), KEY_ORDER, 5);
    assert_flaw(read_unlisted("81 40 a1 ff", true), UTF8, 3);
    assert_flaw(read_unlisted("81 40 91 91 91 90", true), DEPTH, 5);
    assert_flaw(read_unlisted("82 40 c0 41 ca 00000000", true), FORBIDDEN_KIND, 4);
}

static garita_fault read_required(const char *hex, uint64_t required)
{
    blob b = blob_hex(hex);
    garita_reader r = start(&b);
    garita_container map;
    unsigned key;
    garita_reader_map(&r, &map);
    while (garita_reader_key(&r, &map, &key))
        garita_reader_skip(&r);
    garita_reader_leave(&r, &map, required);
    return r.fault;
}

static void reader_refuses_a_map_that_lacks_a_required_key(void **state)
{
    (void)state;
    assert_ok(read_required("82 00 c0 3f c0", UINT64_C(1) << 63 | 1).error);
    assert_error(read_required("81 00 c0", UINT64_C(1) << 63 | 1).error, MISSING_KEY);
    assert_error(read_required("81 3f c0", UINT64_C(1) << 63 | 1).error, MISSING_KEY);
    assert_error(read_required("80", 1).error, MISSING_KEY);
    /* An ignorable key is not taken for the required one 64 below it. */
    assert_error(read_required("81 40 c0", 1).error, MISSING_KEY);
}

/* --- any value --- */

static void reader_says_what_a_value_is(void **state)
{
    (void)state;
    /* nil, false, true, 7, -1, -33, "", "ñ", two bytes, an array of one, a map of one */
    blob b = blob_hex("9b c0 c2 c3 07 ff d0df a0 a2c3b1 c402ff0a 9105 810506");
    garita_reader r;
    garita_container all;
    garita_reader_value v;
    unsigned key;
    garita_reader_start(&r, b.bytes, b.len, 0, 2);
    assert_true(garita_reader_array(&r, &all));
    for (unsigned i = 0; garita_reader_element(&r, &all); i++) {
        size_t at = r.at;
        assert_true(garita_reader_any(&r, &v));
        assert_int_equal(v.at, at);
        switch (i) {
        case 0:
            assert_int_equal(v.kind, GARITA_READER_NIL);
            break;
        case 1:
        case 2:
            assert_int_equal(v.kind, GARITA_READER_BOOLEAN);
            assert_int_equal(v.as.boolean, i == 2);
            break;
        case 3:
        case 4:
        case 5:
            assert_int_equal(v.kind, GARITA_READER_INTEGER);
            assert_int_equal(v.as.integer, i == 3 ? 7 : i == 4 ? -1 : -33);
            break;
        case 6:
            assert_int_equal(v.kind, GARITA_READER_TEXT);
            assert_int_equal(v.as.text.len, 0);
            break;
        case 7:
            assert_int_equal(v.kind, GARITA_READER_TEXT);
            assert_true(garita_utf8_equal(v.as.text, utf8("ñ")));
            break;
        case 8:
            assert_int_equal(v.kind, GARITA_READER_BIN);
            assert_int_equal(v.as.text.len, 2);
            break;
        case 9:
            assert_int_equal(v.kind, GARITA_READER_ARRAY);
            assert_true(garita_reader_element(&r, &v.as.container) && garita_reader_skip(&r));
            assert_true(garita_reader_leave(&r, &v.as.container, 0));
            break;
        default:
            assert_int_equal(v.kind, GARITA_READER_MAP);
            assert_true(garita_reader_key(&r, &v.as.container, &key) && garita_reader_skip(&r));
            assert_int_equal(key, 5);
            assert_true(garita_reader_leave(&r, &v.as.container, 1u << 5));
        }
    }
    assert_true(garita_reader_leave(&r, &all, 0));
    assert_true(garita_reader_end(&r));
}

static garita_fault read_any(int64_t *out, const char *hex, unsigned depth_max)
{
    blob b = blob_hex(hex);
    garita_reader r;
    garita_reader_value v;
    garita_reader_start(&r, b.bytes, b.len, 0, depth_max);
    bool is_read = garita_reader_any(&r, &v);
    assert_int_equal(is_read, garita_reader_ok(&r));
    *out = v.as.integer;
    return r.fault;
}

static void reader_reads_integers_of_every_width(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        int64_t value;
    } cases[] = {
        {"00", 0},
        {"7f", 127},
        {"cc 80", 128},
        {"cd ffff", 65535},
        {"ce ffffffff", 4294967295},
        {"cf 001fffffffffffff", GARITA_INTEGER_MAX},
        {"ff", -1},
        {"e0", -32},
        {"d0 80", -128},
        {"d1 ff7f", -129},
        {"d1 8000", -32768},
        {"d2 ffff7fff", -32769},
        {"d2 80000000", INT32_MIN},
        {"d3 ffffffff7fffffff", INT64_C(-2147483649)},
        {"d3 ffe0000000000001", -GARITA_INTEGER_MAX},
    };
    int64_t value;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_ok(read_any(&value, cases[i].hex, 0).error);
        assert_int_equal(value, cases[i].value);
    }
    assert_flaw(read_any(&value, "cf 0020000000000000", 0), RANGE, 0);
    assert_flaw(read_any(&value, "cf ffffffffffffffff", 0), RANGE, 0);
    assert_flaw(read_any(&value, "d3 ffe0000000000000", 0), RANGE, 0);
    assert_flaw(read_any(&value, "d3 8000000000000000", 0), RANGE, 0);
    assert_flaw(read_any(&value, "91 00", 0), DEPTH, 0);
    assert_flaw(read_any(&value, "81 00 00", 0), DEPTH, 0);
    assert_flaw(read_any(&value, "a1 0a", 0), UNSAFE_TEXT, 1);
    assert_int_equal(value, 0);
}

/* --- faults --- */

static void reader_keeps_the_first_fault_and_then_yields_nothing(void **state)
{
    (void)state;
    blob b = blob_hex("94 05 cc 01 a1 61 c4 01 00");
    garita_reader r;
    garita_container array, map;
    garita_utf8 text;
    const uint8_t *bytes;
    uint64_t n;
    unsigned key;
    garita_reader_start(&r, b.bytes, b.len, 100, 4);
    assert_true(garita_reader_array(&r, &array));
    r.field = "first";
    assert_true(garita_reader_uint(&r, &n, 0, 9));
    r.field = "second";
    assert_false(garita_reader_uint(&r, &n, 0, 9));
    assert_int_equal(n, 0);
    r.field = "third";
    assert_false(garita_reader_text(&r, &text, 9));
    assert_null(text.at);
    assert_false(garita_reader_bin(&r, &bytes, 1));
    assert_null(bytes);
    assert_false(garita_reader_map(&r, &map));
    assert_int_equal(map.left, 0);
    assert_false(garita_reader_array(&r, &map));
    assert_false(garita_reader_key(&r, &map, &key));
    assert_false(garita_reader_element(&r, &array));
    assert_false(garita_reader_skip(&r));
    assert_false(garita_reader_leave(&r, &array, 0));
    assert_false(garita_reader_end(&r));
    assert_false(garita_reader_fail(&r, GARITA_E_DATE, 0));
    assert_flaw(r.fault, NOT_MINIMAL, 102);
    assert_string_equal(r.fault.field, "second");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader_accepts_each_kind_in_its_shortest_form),
        cmocka_unit_test(reader_refuses_integers_in_a_longer_form),
        cmocka_unit_test(reader_refuses_numbers_from_zero_up_as_signed_kinds),
        cmocka_unit_test(reader_refuses_lengths_in_a_longer_form),
        cmocka_unit_test(reader_refuses_floats_extensions_and_32_bit_lengths),
        cmocka_unit_test(reader_refuses_every_prefix_of_a_value),
        cmocka_unit_test(reader_refuses_lengths_that_lie),
        cmocka_unit_test(reader_refuses_what_follows),
        cmocka_unit_test(reader_refuses_keys_that_are_not_unsigned_integers),
        cmocka_unit_test(reader_refuses_keys_out_of_order),
        cmocka_unit_test(reader_starts_the_order_of_keys_anew_in_each_map),
        cmocka_unit_test(reader_refuses_keys_above_127),
        cmocka_unit_test(reader_refuses_keys_in_a_longer_form),
        cmocka_unit_test(reader_refuses_what_is_nested_deeper_than_its_type_allows),
        cmocka_unit_test(reader_counts_depth_not_containers),
        cmocka_unit_test(reader_takes_every_character_but_surrogates_and_unsafe_ones),
        cmocka_unit_test(reader_refuses_characters_beyond_unicode),
        cmocka_unit_test(reader_refuses_overlong_characters),
        cmocka_unit_test(reader_agrees_with_rfc_3629_on_short_strings),
        cmocka_unit_test(reader_says_where_text_is_wrong),
        cmocka_unit_test(reader_lets_bin_hold_any_bytes),
        cmocka_unit_test(reader_bounds_numbers_on_both_sides),
        cmocka_unit_test(reader_bounds_text_in_bytes),
        cmocka_unit_test(reader_refuses_empty_text_where_a_field_needs_one),
        cmocka_unit_test(reader_refuses_long_text_before_it_looks_inside),
        cmocka_unit_test(reader_takes_bin_of_exactly_its_length),
        cmocka_unit_test(reader_refuses_a_value_of_another_kind),
        cmocka_unit_test(reader_refuses_unknown_keys_to_63_and_ignores_those_above_where_it_may),
        cmocka_unit_test(reader_wants_ignored_values_canonical_too),
        cmocka_unit_test(reader_refuses_a_map_that_lacks_a_required_key),
        cmocka_unit_test(reader_says_what_a_value_is),
        cmocka_unit_test(reader_reads_integers_of_every_width),
        cmocka_unit_test(reader_keeps_the_first_fault_and_then_yields_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
