/* Base45: RFC 9285. */
#include <garita/base45.h>

#include <stdlib.h>

#include "unit.h"

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

static void assert_pair(const char *plain, const char *text)
{
    char encoded[64];
    uint8_t decoded[64];
    size_t len;
    assert_ok(
        garita_base45_encode(encoded, &len, sizeof encoded, (const uint8_t *)plain, strlen(plain)));
    assert_int_equal(len, strlen(text));
    assert_int_equal(garita_base45_encoded_len(strlen(plain)), len);
    assert_memory_equal(encoded, text, len);
    assert_ok(garita_base45_decode(decoded, &len, sizeof decoded, NULL, text, strlen(text)));
    assert_int_equal(len, strlen(plain));
    assert_memory_equal(decoded, plain, len);
}

static void base45_has_the_examples_of_the_rfc(void **state)
{
    (void)state;
    assert_pair("AB", "BB8");
    assert_pair("Hello!!", "%69 VD92EX0");
    assert_pair("base-45", "UJCLQE7W581");
    assert_pair("ietf!", "QED8WEX0");
    assert_pair("", "");
    size_t len = 9;
    char nothing;
    assert_ok(garita_base45_encode(&nothing, &len, 0, NULL, 0));
    assert_int_equal(len, 0);
}

/* All of two and three characters, by arithmetic: only what has a value in bounds decodes. */
static void base45_refuses_every_pair_above_255(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 45 * 45; n++) {
        char text[2] = {alphabet[n % 45], alphabet[n / 45]};
        uint8_t out[1] = {0xaa};
        size_t len = 9, at = 9;
        garita_error e = garita_base45_decode(out, &len, 1, &at, text, 2);
        if (n > 255) {
            assert_error(e, BASE45);
            assert_int_equal(len, 0);
        } else {
            assert_ok(e);
            assert_int_equal(len, 1);
            assert_int_equal(out[0], n);
        }
        assert_int_equal(at, 0);
    }
}

static void base45_refuses_every_triple_above_65535(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 45 * 45 * 45; n++) {
        char text[6] = {
            '0', '0', '0', alphabet[n % 45], alphabet[n / 45 % 45], alphabet[n / 45 / 45]};
        uint8_t out[4];
        size_t len = 9, at = 9;
        garita_error e = garita_base45_decode(out, &len, sizeof out, &at, text, sizeof text);
        if (n > 65535) {
            assert_error(e, BASE45);
            assert_int_equal(len, 0);
            assert_int_equal(at, 3);
        } else {
            assert_ok(e);
            assert_int_equal(len, 4);
            assert_int_equal((unsigned)out[2] << 8 | out[3], n);
            assert_int_equal(at, 0);
        }
    }
}

static void base45_gives_every_byte_and_pair_of_bytes_its_own_text(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 65536; n++) {
        uint8_t bytes[2] = {(uint8_t)(n >> 8), (uint8_t)(n & 0xff)};
        char text[3], odd[2];
        size_t len;
        assert_ok(garita_base45_encode(text, &len, sizeof text, bytes, 2));
        assert_int_equal(len, 3);
        assert_int_equal(text[0], alphabet[n % 45]);
        assert_int_equal(text[1], alphabet[n / 45 % 45]);
        assert_int_equal(text[2], alphabet[n / 45 / 45]);
        if (n > 255)
            continue;
        assert_ok(garita_base45_encode(odd, &len, sizeof odd, bytes + 1, 1));
        assert_int_equal(len, 2);
        assert_int_equal(odd[0], alphabet[n % 45]);
        assert_int_equal(odd[1], alphabet[n / 45]);
    }
}

static void base45_brings_random_bytes_back(void **state)
{
    (void)state;
    rng r = {4};
    for (unsigned i = 0; i < 3000; i++) {
        uint8_t bytes[64], again[64];
        char text[96];
        size_t len = rng_below(&r, sizeof bytes + 1), text_len, again_len;
        rng_fill(&r, bytes, len);
        assert_ok(garita_base45_encode(text, &text_len, sizeof text, bytes, len));
        assert_int_equal(text_len, garita_base45_encoded_len(len));
        assert_ok(garita_base45_decode(again, &again_len, sizeof again, NULL, text, text_len));
        assert_int_equal(again_len, len);
        assert_memory_equal(again, bytes, len);
    }
}

static void base45_refuses_characters_outside_the_45_and_says_where(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 256; c++) {
        bool is_one = c != 0 && strchr(alphabet, (int)c) != NULL;
        assert_int_equal(garita_base45_has((unsigned char)c) != 0, is_one);
        for (size_t at = 0; at < 8 && !is_one; at++) {
            char text[8] = "00000000"; /* two triples and a pair */
            uint8_t out[8];
            size_t len = 9, fault_at = 99;
            text[at] = (char)c;
            assert_error(garita_base45_decode(out, &len, sizeof out, &fault_at, text, 8), BASE45);
            assert_int_equal(len, 0);
            assert_int_equal(fault_at, at);
        }
    }
}

static void base45_refuses_a_length_of_1_mod_3_at_its_last_character(void **state)
{
    (void)state;
    for (size_t text_len = 1; text_len <= 16; text_len += 3) {
        char *text = (char *)exact_copy("0000000000000000", text_len);
        uint8_t out[16];
        size_t len = 9, at = 99;
        assert_error(garita_base45_decode(out, &len, sizeof out, &at, text, text_len), BASE45);
        assert_int_equal(len, 0);
        assert_int_equal(at, text_len - 1);
        free(text);
    }
}

static void base45_writes_nothing_that_does_not_fit(void **state)
{
    (void)state;
    for (size_t len = 1; len <= 7; len++) {
        static const uint8_t bytes[7] = {1, 2, 3, 4, 5, 6, 7};
        size_t text_len = garita_base45_encoded_len(len), written = 9;
        char *text = (char *)exact_copy("@@@@@@@@@@@", text_len);
        uint8_t *out = exact_copy(bytes, len);
        assert_error(garita_base45_encode(text, &written, text_len - 1, bytes, len), NO_SPACE);
        assert_int_equal(written, 0);
        assert_int_equal(text[0], '@');
        assert_ok(garita_base45_encode(text, &written, text_len, bytes, len));
        assert_int_equal(written, text_len);

        memset(out, 0xaa, len);
        assert_error(garita_base45_decode(out, &written, len - 1, NULL, text, text_len), NO_SPACE);
        assert_int_equal(written, 0);
        assert_int_equal(out[0], 0xaa);
        assert_ok(garita_base45_decode(out, &written, len, NULL, text, text_len));
        assert_memory_equal(out, bytes, len);
        free(text);
        free(out);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(base45_has_the_examples_of_the_rfc),
        cmocka_unit_test(base45_refuses_every_pair_above_255),
        cmocka_unit_test(base45_refuses_every_triple_above_65535),
        cmocka_unit_test(base45_gives_every_byte_and_pair_of_bytes_its_own_text),
        cmocka_unit_test(base45_brings_random_bytes_back),
        cmocka_unit_test(base45_refuses_characters_outside_the_45_and_says_where),
        cmocka_unit_test(base45_refuses_a_length_of_1_mod_3_at_its_last_character),
        cmocka_unit_test(base45_writes_nothing_that_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
