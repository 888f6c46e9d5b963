/* The text in the QR code, and what comes of it on its way through a keyboard. */
#include <garita/text.h>

#include <ctype.h>
#include <stdlib.h>

#include <garita/base45.h>

#include "unit.h"

/* Bytes whose text has each of the 45 characters. */
static size_t every_character(char *text, size_t cap)
{
    uint8_t bytes[2 * 45];
    size_t len;
    for (unsigned i = 0; i < 45; i++) {
        unsigned n = i * (1 + 45); /* the character, twice, and a zero */
        bytes[2 * i] = (uint8_t)(n >> 8);
        bytes[2 * i + 1] = (uint8_t)(n & 0xff);
    }
    assert_ok(garita_text_encode(text, &len, cap, bytes, sizeof bytes));
    return len;
}

static garita_error decode(const char *text, size_t text_len, size_t *fault_at)
{
    uint8_t out[GARITA_QR_STATEMENT_BYTES_MAX];
    size_t len = 1;
    char *copy = (char *)exact_copy(text, text_len);
    garita_error e = garita_text_decode(out, &len, sizeof out, fault_at, copy, text_len);
    if (e != GARITA_OK)
        assert_int_equal(len, 0);
    free(copy);
    return e;
}

static void assert_decode_fails(const char *text, garita_error expected, size_t expected_at)
{
    size_t at = 9999;
    garita_error e = decode(text, strlen(text), &at);
    if (e != expected || at != expected_at)
        fail_msg("\"%s\": %s at %zu", text, garita_error_name(e), at);
}

static void text_brings_bytes_back(void **state)
{
    (void)state;
    rng r = {5};
    for (unsigned i = 0; i < 500; i++) {
        uint8_t bytes[300], again[300];
        char text[4 + 450];
        size_t len = rng_below(&r, sizeof bytes + 1), text_len, again_len, at = 9;
        rng_fill(&r, bytes, len);
        assert_ok(garita_text_encode(text, &text_len, sizeof text, bytes, len));
        assert_int_equal(text_len, 4 + garita_base45_encoded_len(len));
        assert_memory_equal(text, "GT1:", 4);
        assert_true(garita_text_is_ours(text, text_len));
        assert_ok(garita_text_decode(again, &again_len, sizeof again, &at, text, text_len));
        assert_int_equal(again_len, len);
        assert_memory_equal(again, bytes, len);
        assert_int_equal(at, 0);
    }
}

static void text_is_ours_if_it_begins_with_gt1_in_any_case(void **state)
{
    (void)state;
    static const char *const ours[] = {"GT1", "gt1", "Gt1", "gT1", "GT1:", "GT1Ñ", "GT12"};
    static const char *const foreign[] = {"",    "G",    "GT",        "GT2:",  "HC1:6BF",
                                          "1GT", " GT1", "shc:/5676", "GTI:0", "https://x.example"};
    for (size_t i = 0; i < COUNT(ours); i++)
        assert_true(garita_text_is_ours(ours[i], strlen(ours[i])));
    for (size_t i = 0; i < COUNT(foreign); i++) {
        assert_false(garita_text_is_ours(foreign[i], strlen(foreign[i])));
        assert_decode_fails(foreign[i], GARITA_E_NOT_OURS, 0);
    }
}

static void text_typed_under_caps_lock_is_altered(void **state)
{
    (void)state;
    char text[256];
    size_t len = every_character(text, sizeof text), at = 9;
    for (size_t i = 0; i < len; i++)
        text[i] = (char)tolower((unsigned char)text[i]);
    assert_error(decode(text, len, &at), TEXT_ALTERED);
    assert_int_equal(at, 0);
}

/* What a scanner that presses the keys of a US keyboard types where another layout is set. */
typedef struct layout {
    const char *name;
    const char *us;              /* characters that come out as others, */
    const char *const typed[48]; /* and as which */
} layout;

static size_t type_under(const layout *l, char *out, const char *text, size_t len)
{
    char *to = out;
    for (size_t i = 0; i < len; i++) {
        const char *key = strchr(l->us, text[i]);
        if (key == NULL) {
            *to++ = text[i];
        } else {
            const char *typed = l->typed[key - l->us];
            memcpy(to, typed, strlen(typed));
            to += strlen(typed);
        }
    }
    return (size_t)(to - out);
}

static void text_typed_under_another_keyboard_layout_is_altered(void **state)
{
    (void)state;
    static const layout layouts[] = {
        {"Spanish", ":*+-/", {"Ñ", "(", "¿", "'", "-"}},
        {"Latin American", ":*+-/", {"Ñ", "(", "¡", "'", "-"}},
        {"German", ":*+-/YZ", {"Ö", "(", "`", "ß", "-", "Z", "Y"}},
        {"Italian", ":*+-/", {"ç", "(", "^", "'", "-"}},
        {"Portuguese", ":*+-/", {"Ç", "(", "»", "'", "-"}},
    };
    for (size_t i = 0; i < COUNT(layouts); i++) {
        char text[256], typed[512];
        size_t at = 0;
        size_t len = every_character(text, sizeof text);
        size_t typed_len = type_under(&layouts[i], typed, text, len);
        assert_error(decode(typed, typed_len, &at), TEXT_ALTERED);
        assert_int_equal(at, 3); /* the colon */
    }
}

/* AZERTY has digits behind Shift alone: not even the 1 arrives, and so nothing tells it from the
 * text of anybody else. */
static void text_typed_under_a_french_layout_is_nobodys(void **state)
{
    (void)state;
    static const layout french = {"French",
                                  "1234567890:*+-/$%.AQWZM",
                                  {"&", "é", "\"", "'", "(", "-", "è", "_", "ç", "à", "M", "8",
                                   "+", ")", "!",  "4", "5", ":", "Q", "A", "Z", "W", "?"}};
    char text[256], typed[512];
    size_t len = every_character(text, sizeof text), at = 9;
    assert_error(decode(typed, type_under(&french, typed, text, len), &at), NOT_OURS);
}

/* Some layouts type for the colon another character that is in the alphabet. */
static void text_without_its_colon_is_altered(void **state)
{
    (void)state;
    assert_decode_fails("GT1", GARITA_E_TEXT_ALTERED, 3);
    assert_decode_fails("GT1.BB8", GARITA_E_TEXT_ALTERED, 3);
    assert_decode_fails("GT1-BB8", GARITA_E_TEXT_ALTERED, 3);
    assert_decode_fails("GT1BB8", GARITA_E_TEXT_ALTERED, 3);
}

static void text_with_a_character_that_no_qr_of_ours_has_is_altered(void **state)
{
    (void)state;
    assert_decode_fails("GT1:bB8", GARITA_E_TEXT_ALTERED, 4);
    assert_decode_fails("GT1:BB\xc3\x98", GARITA_E_TEXT_ALTERED, 6);
    assert_decode_fails("GT1:BB8\t", GARITA_E_TEXT_ALTERED, 7);
    assert_decode_fails("Gt1:BB8", GARITA_E_TEXT_ALTERED, 1);
}

static void text_that_is_not_base45_is_told_apart_from_altered(void **state)
{
    (void)state;
    assert_decode_fails("GT1:BB8B", GARITA_E_BASE45, 7);
    assert_decode_fails("GT1:BB8GGW", GARITA_E_BASE45, 7); /* 65,536 */
    assert_decode_fails("GT1:BB8U5", GARITA_E_OK, 0);      /* 255 */
    assert_decode_fails("GT1:BB8V5", GARITA_E_BASE45, 7);  /* 256 */
}

static void text_may_be_empty_behind_its_prefix(void **state)
{
    (void)state;
    size_t at = 9;
    assert_ok(decode("GT1:", 4, &at));
}

static void text_is_bounded(void **state)
{
    (void)state;
    static char text[GARITA_QR_TEXT_MAX + 3];
    static uint8_t out[GARITA_QR_STATEMENT_BYTES_MAX];
    size_t len, at;
    memset(text, '0', sizeof text);
    memcpy(text, "GT1:", 4);
    assert_int_equal(GARITA_QR_TEXT_MAX, 3076);
    assert_ok(garita_text_decode(out, &len, sizeof out, &at, text, GARITA_QR_TEXT_MAX));
    assert_int_equal(len, GARITA_QR_STATEMENT_BYTES_MAX);
    for (size_t more = 1; more <= 3; more++) {
        assert_error(
            garita_text_decode(out, &len, sizeof out, &at, text, GARITA_QR_TEXT_MAX + more),
            TOO_LONG);
        assert_int_equal(len, 0);
        assert_int_equal(at, GARITA_QR_TEXT_MAX);
    }
    assert_error(garita_text_decode(out, &len, sizeof out - 1, &at, text, GARITA_QR_TEXT_MAX),
                 NO_SPACE);
    assert_int_equal(len, 0);
}

static void text_writes_nothing_that_does_not_fit(void **state)
{
    (void)state;
    static const uint8_t bytes[3] = {1, 2, 3};
    char text[9] = "@@@@@@@@";
    size_t len = 9;
    for (size_t cap = 0; cap < 9; cap++) {
        assert_error(garita_text_encode(text, &len, cap, bytes, sizeof bytes), NO_SPACE);
        assert_int_equal(len, 0);
        assert_string_equal(text, "@@@@@@@@");
    }
    assert_ok(garita_text_encode(text, &len, 9, bytes, sizeof bytes));
    assert_int_equal(len, 9);
    assert_ok(garita_text_encode(text, &len, 4, bytes, 0));
    assert_int_equal(len, 4);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_brings_bytes_back),
        cmocka_unit_test(text_is_ours_if_it_begins_with_gt1_in_any_case),
        cmocka_unit_test(text_typed_under_caps_lock_is_altered),
        cmocka_unit_test(text_typed_under_another_keyboard_layout_is_altered),
        cmocka_unit_test(text_typed_under_a_french_layout_is_nobodys),
        cmocka_unit_test(text_without_its_colon_is_altered),
        cmocka_unit_test(text_with_a_character_that_no_qr_of_ours_has_is_altered),
        cmocka_unit_test(text_that_is_not_base45_is_told_apart_from_altered),
        cmocka_unit_test(text_may_be_empty_behind_its_prefix),
        cmocka_unit_test(text_is_bounded),
        cmocka_unit_test(text_writes_nothing_that_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
