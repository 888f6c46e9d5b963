/* What status logs are written in: LEB128, Rice codes, Elias gamma codes. */
#include "bits.h"

#include <stdlib.h>

#include "leb128.h"
#include "unit.h"

/* --- LEB128 --- */

static void leb128_takes_the_bytes_that_its_number_needs(void **state)
{
    (void)state;
    static const struct {
        uint64_t value;
        const char *hex;
    } rows[] = {
        {0, "00"},
        {1, "01"},
        {127, "7f"},
        {128, "80 01"},
        {4001, "a1 1f"},
        {16383, "ff 7f"},
        {16384, "80 80 01"},
        {UINT32_MAX, "ff ff ff ff 0f"},
        {UINT64_MAX >> 1, "ff ff ff ff ff ff ff ff 7f"},
        {UINT64_MAX, "ff ff ff ff ff ff ff ff ff 01"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        blob expected = blob_hex(rows[i].hex);
        uint8_t out[GARITA_LEB128_MAX];
        uint64_t value;
        size_t len;
        assert_int_equal(garita_leb128_write(NULL, rows[i].value), expected.len);
        assert_int_equal(garita_leb128_write(out, rows[i].value), expected.len);
        assert_memory_equal(out, expected.bytes, expected.len);
        for (size_t cut = 0; cut < expected.len; cut++) {
            uint8_t *bytes = exact_copy(out, cut);
            assert_error(garita_leb128_read(&value, &len, UINT64_MAX, bytes, cut), TRUNCATED);
            assert_int_equal(len, 0);
            free(bytes);
        }
        assert_ok(garita_leb128_read(&value, &len, rows[i].value, out, sizeof out));
        assert_true(value == rows[i].value);
        assert_int_equal(len, expected.len);
        if (rows[i].value > 0) {
            assert_error(garita_leb128_read(&value, &len, rows[i].value - 1, out, expected.len),
                         RANGE);
            assert_true(value == 0);
        }
    }
}

static void leb128_is_refused_in_a_longer_form(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        uint64_t max;
        const char *error;
    } rows[] = {
        {"80 00", 65536, "not-minimal"},
        {"ff 80 00", 65536, "not-minimal"},
        {"ff 00", 127, "range"}, /* more bytes than the bound takes come first */
        {"80 80 80 00", 65536, "range"},
        {"ff ff ff", 65536, "range"},
        {"ff ff", 65536, "truncated"},
        {"81 80 04", 65536, "range"}, /* 65,537 */
        {"ff ff ff ff ff ff ff ff ff 02", UINT64_MAX, "range"},
        {"80 80 80 80 80 80 80 80 80 02", UINT64_MAX, "range"},
        {"ff ff ff ff ff ff ff ff ff 81", UINT64_MAX, "range"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        blob b = blob_hex(rows[i].hex);
        uint64_t value = 9;
        size_t len = 9;
        garita_error e = garita_leb128_read(&value, &len, rows[i].max, b.bytes, b.len);
        assert_string_equal(garita_error_name(e), rows[i].error);
        assert_true(value == 0 && len == 0);
    }
}

/* --- bits --- */

static void bits_have_the_codes_of_the_page(void **state)
{
    (void)state;
    uint8_t out[16];
    size_t len;
    garita_bit_writer w;
    garita_bit_writer_start(&w, out, sizeof out);
    garita_write_rice(&w, 4710, 11); /* 110 01001100110 */
    garita_write_gamma(&w, 1);       /* 1 */
    garita_write_gamma(&w, 5);       /* 00101 */
    garita_write_zeros(&w, 3);
    garita_write_rice(&w, 3, 0); /* 1110 */
    assert_true(garita_bit_writer_end(&w, &len));
    blob expected = blob_hex("c9 9a 51 c0");
    assert_int_equal(len, expected.len);
    assert_memory_equal(out, expected.bytes, len);
}

typedef struct code {
    bool is_gamma;
    unsigned parameter;
    uint32_t value;
} code;

static code random_code(rng *r)
{
    code c = {.is_gamma = rng_one_in(r, 2), .parameter = (unsigned)rng_below(r, 32)};
    unsigned bits = 1 + (unsigned)rng_below(r, c.is_gamma ? 17 : 32);
    c.value = (uint32_t)(rng_next(r) & ((UINT64_C(1) << bits) - 1));
    if (c.is_gamma && c.value == 0)
        c.value = 1;
    if (!c.is_gamma && c.value >> c.parameter > 500) /* not too many one bits */
        c.value &= (UINT32_C(1) << c.parameter) - 1;
    return c;
}

/* Whatever is written is read, says its length beforehand, and stays inside its bytes. */
static void bits_round_trip(void **state)
{
    (void)state;
    rng r = {1};
    for (unsigned round = 0; round < 2000; round++) {
        code codes[64];
        size_t count = rng_below(&r, COUNT(codes) + 1), len;
        uint64_t bits = 0;
        for (size_t i = 0; i < count; i++) {
            codes[i] = random_code(&r);
            bits += codes[i].is_gamma ? garita_gamma_bits(codes[i].value)
                                      : garita_rice_bits(codes[i].value, codes[i].parameter);
        }
        size_t expected_len = (size_t)(bits + 7) / 8;
        size_t cap = rng_one_in(&r, 2) ? expected_len : rng_below(&r, expected_len + 1);
        uint8_t *bytes = malloc(cap > 0 ? cap : 1); /* AddressSanitizer sees what goes beyond */
        assert_non_null(bytes);
        garita_bit_writer w;
        garita_bit_writer_start(&w, bytes, cap);
        for (size_t i = 0; i < count; i++)
            if (codes[i].is_gamma)
                garita_write_gamma(&w, codes[i].value);
            else
                garita_write_rice(&w, codes[i].value, codes[i].parameter);
        bool fitted = garita_bit_writer_end(&w, &len);
        assert_int_equal(fitted, cap == expected_len);
        assert_true(len <= cap);
        if (fitted) {
            garita_bit_reader reader;
            assert_int_equal(len, expected_len);
            garita_bit_reader_start(&reader, bytes, len);
            for (size_t i = 0; i < count; i++) {
                uint64_t rice;
                uint32_t gamma;
                if (codes[i].is_gamma) {
                    assert_ok(garita_read_gamma(&reader, &gamma));
                    assert_true(gamma == codes[i].value);
                } else {
                    assert_ok(garita_read_rice(&reader, &rice, codes[i].parameter));
                    assert_true(rice == codes[i].value);
                }
            }
            assert_int_equal(garita_bit_reader_at(&reader), bits / 8);
            assert_ok(garita_bit_reader_end(&reader, &len));
            assert_int_equal(len, expected_len);
        }
        free(bytes);
    }
}

static void bits_that_end_early_are_truncated(void **state)
{
    (void)state;
    garita_bit_reader r;
    uint64_t rice;
    uint32_t gamma;
    uint8_t ones[40];
    memset(ones, 0xff, sizeof ones);
    for (size_t len = 0; len <= sizeof ones; len++) {
        uint8_t *bytes = exact_copy(ones, len);
        garita_bit_reader_start(&r, bytes, len);
        assert_error(garita_read_rice(&r, &rice, 0), TRUNCATED);
        free(bytes);
    }
    garita_bit_reader_start(&r, (const uint8_t *)"\x7f", 1); /* a zero, and seven of eight bits */
    assert_error(garita_read_rice(&r, &rice, 8), TRUNCATED);
    garita_bit_reader_start(&r, (const uint8_t *)"\x7f", 1);
    assert_ok(garita_read_rice(&r, &rice, 7));
    assert_true(rice == 0x7f);
    garita_bit_reader_start(&r, (const uint8_t *)"\0\0", 2); /* 16 zeros */
    assert_error(garita_read_gamma(&r, &gamma), TRUNCATED);
    garita_bit_reader_start(&r, (const uint8_t *)"\0\0\xff\xff", 4); /* and 16 of 17 bits */
    assert_error(garita_read_gamma(&r, &gamma), TRUNCATED);
    garita_bit_reader_start(&r, (const uint8_t *)"\0\0\x7f", 3); /* a seventeenth */
    assert_error(garita_read_gamma(&r, &gamma), RANGE);
}

/* The largest that a reader may meet: a stranger's quotient as long as his batch. */
static void bits_hold_the_longest_quotient(void **state)
{
    (void)state;
    enum { LEN = GARITA_BATCH_BYTES_MAX };
    uint8_t *bytes = malloc(LEN);
    garita_bit_reader r;
    uint64_t rice;
    assert_non_null(bytes);
    memset(bytes, 0xff, LEN);
    bytes[LEN - 4] = 0x7f;
    garita_bit_reader_start(&r, bytes, LEN);
    assert_ok(garita_read_rice(&r, &rice, 31));
    assert_true(rice == (UINT64_C(8) * (LEN - 4) << 31 | 0x7fffffff));
    free(bytes);
}

static void padding_is_zero(void **state)
{
    (void)state;
    for (unsigned used = 0; used < 8; used++)
        for (unsigned dirty = used; dirty < 8; dirty++) {
            uint8_t bytes[2] = {0, 0xff};
            garita_bit_reader r;
            uint64_t rice;
            size_t len;
            bytes[0] = (uint8_t)(0x80 >> dirty);
            garita_bit_reader_start(&r, bytes, sizeof bytes);
            for (unsigned i = 0; i < used; i++)
                assert_ok(garita_read_rice(&r, &rice, 0)); /* one zero bit each */
            if (used == 0) {
                assert_ok(garita_bit_reader_end(&r, &len));
                assert_int_equal(len, 0);
            } else {
                assert_error(garita_bit_reader_end(&r, &len), NOT_MINIMAL);
                assert_int_equal(len, 0);
            }
        }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(leb128_takes_the_bytes_that_its_number_needs),
        cmocka_unit_test(leb128_is_refused_in_a_longer_form),
        cmocka_unit_test(bits_have_the_codes_of_the_page),
        cmocka_unit_test(bits_round_trip),
        cmocka_unit_test(bits_that_end_early_are_truncated),
        cmocka_unit_test(bits_hold_the_longest_quotient),
        cmocka_unit_test(padding_is_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
