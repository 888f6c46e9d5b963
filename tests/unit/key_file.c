/* The files that keys rest and travel in: FORMAT.md, section 10. */
#include <garita/key.h>

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

enum { OPS_AT = 10, MEMORY_AT = 13, SALT_AT = 17, PUBLIC_KEY_AT = 57, SEED_AT = 89 };

static const garita_kdf_cost least = {1, 8192};
static const char passphrase[] = "correct horse";
static uint8_t seed[GARITA_SEED_SIZE];
static uint8_t random_bytes[GARITA_KEY_FILE_SALT_SIZE + GARITA_KEY_FILE_NONCE_SIZE];
static uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
static const uint8_t zeros[GARITA_KEY_FILE_SIZE];

static int set_up(void **state)
{
    (void)state;
    rng r = {7};
    uint8_t secret_key[GARITA_SECRET_KEY_SIZE];
    rng_fill(&r, seed, sizeof seed);
    rng_fill(&r, random_bytes, sizeof random_bytes);
    garita_key_pair(secret_key, public_key, seed);
    return 0;
}

static void seal(uint8_t file[GARITA_KEY_FILE_SIZE], const char *with)
{
    assert_ok(garita_key_file_seal(file, seed, with, with == NULL ? 0 : strlen(with), least,
                                   random_bytes));
}

/* Opens what must not open, and sees that nothing of the seed is left behind. */
static garita_error open_file(const uint8_t *file, size_t len, const char *with)
{
    uint8_t out[GARITA_SEED_SIZE];
    memset(out, 0xaa, sizeof out);
    uint8_t *copy = exact_copy(file, len);
    garita_error e = garita_key_file_open(out, copy, len, with, with == NULL ? 0 : strlen(with));
    free(copy);
    if (e == GARITA_OK)
        assert_memory_equal(out, seed, sizeof out);
    else
        assert_memory_equal(out, zeros, sizeof out);
    return e;
}

static void key_file_opens_again(void **state)
{
    (void)state;
    static const char *const passphrases[] = {NULL, passphrase, "", "contraseña con ñ y espacio "};
    for (size_t i = 0; i < COUNT(passphrases); i++) {
        uint8_t file[GARITA_KEY_FILE_SIZE];
        garita_key_file_info info;
        seal(file, passphrases[i]);
        assert_ok(open_file(file, sizeof file, passphrases[i]));
        assert_ok(garita_key_file_peek(&info, file, sizeof file));
        assert_memory_equal(info.public_key, public_key, sizeof public_key);
        assert_int_equal(info.has_passphrase, passphrases[i] != NULL);
    }
}

static void key_file_has_the_bytes_of_the_format(void **state)
{
    (void)state;
    uint8_t file[GARITA_KEY_FILE_SIZE], expected[GARITA_KEY_FILE_SIZE] = {0};
    uint8_t key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
    memcpy(expected, "garita-k\1\0", 10);
    memcpy(expected + PUBLIC_KEY_AT, public_key, 32);
    memcpy(expected + SEED_AT, seed, 32);
    seal(file, NULL);
    assert_memory_equal(file, expected, sizeof file);

    memset(expected + SEED_AT, 0, 32);
    expected[9] = 1;
    expected[12] = 1;            /* one pass */
    expected[MEMORY_AT + 3] = 8; /* KiB */
    memcpy(expected + SALT_AT, random_bytes, sizeof random_bytes);
    assert_int_equal(crypto_pwhash(key, sizeof key, passphrase, strlen(passphrase), random_bytes, 1,
                                   8192, crypto_pwhash_ALG_ARGON2ID13),
                     0);
    crypto_aead_xchacha20poly1305_ietf_encrypt(expected + SEED_AT, NULL, seed, 32, expected,
                                               SEED_AT, NULL, random_bytes + 16, key);
    seal(file, passphrase);
    assert_memory_equal(file, expected, sizeof file);
}

static void key_file_refuses_a_wrong_passphrase(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "correct horse ", "Correct horse", "correct hors",
                                        NULL};
    uint8_t file[GARITA_KEY_FILE_SIZE];
    seal(file, passphrase);
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_error(open_file(file, sizeof file, wrong[i]), PASSPHRASE);
}

/* What a file with this one byte altered comes to. */
static garita_error expected_error(const uint8_t *file, size_t at)
{
    bool sealed = file[9] == 1;
    bool in_header = at < 10 || at >= SEED_AT + 48;
    uint32_t ops =
        (uint32_t)file[OPS_AT] << 16 | (uint32_t)file[OPS_AT + 1] << 8 | file[OPS_AT + 2];
    uint32_t memory_kib = (uint32_t)file[MEMORY_AT] << 24 | (uint32_t)file[MEMORY_AT + 1] << 16 |
                          (uint32_t)file[MEMORY_AT + 2] << 8 | file[MEMORY_AT + 3];
    if (!sealed || in_header || ops < 1 || ops > 16 || memory_kib < 8 || memory_kib > 1048576)
        return GARITA_E_KEY_FILE;
    return GARITA_E_PASSPHRASE;
}

static void key_file_with_any_byte_altered_does_not_open(void **state)
{
    (void)state;
    static const char *const passphrases[] = {NULL, passphrase};
    for (size_t i = 0; i < COUNT(passphrases); i++) {
        uint8_t file[GARITA_KEY_FILE_SIZE];
        seal(file, passphrases[i]);
        for (size_t at = 0; at < sizeof file; at++) {
            static const uint8_t flips[] = {0x80, 0x02, 0x01, 0xff};
            for (size_t k = 0; k < COUNT(flips); k++) {
                file[at] ^= flips[k];
                garita_error e = open_file(file, sizeof file, passphrases[i]);
                if (e != expected_error(file, at))
                    fail_msg("byte %zu ^ %02x: %s", at, flips[k], garita_error_name(e));
                file[at] ^= flips[k];
            }
        }
        assert_ok(open_file(file, sizeof file, passphrases[i]));
    }
}

static void key_file_of_another_length_is_none(void **state)
{
    (void)state;
    uint8_t file[GARITA_KEY_FILE_SIZE + 1] = {0};
    garita_key_file_info info;
    static const char *const passphrases[] = {NULL, passphrase};
    for (size_t i = 0; i < COUNT(passphrases); i++) {
        seal(file, passphrases[i]);
        for (size_t len = 0; len <= sizeof file; len++) {
            if (len == GARITA_KEY_FILE_SIZE)
                continue;
            assert_error(open_file(file, len, passphrases[i]), KEY_FILE);
            assert_error(garita_key_file_peek(&info, file, len), KEY_FILE);
            assert_memory_equal(info.public_key, zeros, sizeof info.public_key);
        }
    }
}

/* A file that asks for more than the bounds is refused at once, without trying. */
static void key_file_whose_cost_is_out_of_bounds_is_none(void **state)
{
    (void)state;
    static const struct {
        uint32_t ops, memory_kib;
    } costs[] = {{0, 8}, {17, 8},      {0xffffff, 8},   {1, 0},
                 {1, 7}, {1, 1048577}, {1, 0xffffffff}, {0, 0}};
    for (size_t i = 0; i < COUNT(costs); i++) {
        uint8_t file[GARITA_KEY_FILE_SIZE];
        garita_key_file_info info;
        seal(file, passphrase);
        for (unsigned k = 0; k < 3; k++)
            file[OPS_AT + k] = (uint8_t)(costs[i].ops >> (16 - 8 * k) & 0xff);
        for (unsigned k = 0; k < 4; k++)
            file[MEMORY_AT + k] = (uint8_t)(costs[i].memory_kib >> (24 - 8 * k) & 0xff);
        assert_error(open_file(file, sizeof file, passphrase), KEY_FILE);
        assert_error(garita_key_file_peek(&info, file, sizeof file), KEY_FILE);
    }
}

static void key_file_may_ask_for_any_cost_in_bounds(void **state)
{
    (void)state;
    static const uint8_t costs[][7] = {{0, 0, 1, 0, 0, 0, 8}, {0, 0, 16, 0, 0x10, 0, 0}};
    for (size_t i = 0; i < COUNT(costs); i++) {
        uint8_t file[GARITA_KEY_FILE_SIZE];
        garita_key_file_info info;
        seal(file, passphrase);
        memcpy(file + OPS_AT, costs[i], sizeof costs[i]);
        assert_ok(garita_key_file_peek(&info, file, sizeof file));
    }
}

static void key_file_says_its_cost(void **state)
{
    (void)state;
    static const garita_kdf_cost cost = {2, 0x123 * 1024};
    static const uint8_t expected[7] = {0, 0, 2, 0, 0, 0x01, 0x23};
    uint8_t file[GARITA_KEY_FILE_SIZE];
    assert_ok(garita_key_file_seal(file, seed, passphrase, strlen(passphrase), cost, random_bytes));
    assert_memory_equal(file + OPS_AT, expected, sizeof expected);
    assert_ok(open_file(file, sizeof file, passphrase));
}

static void key_file_is_not_sealed_at_a_cost_out_of_bounds(void **state)
{
    (void)state;
    static const garita_kdf_cost costs[] = {{0, 8192},
                                            {17, 8192},
                                            {1, 8191},
                                            {1, 7168},
                                            {1, 8193}, /* the file holds KiB */
                                            {1, GARITA_ARGON2_MEMORY_BYTES_MAX + 1024},
                                            {1, UINT64_C(1) << 42},
                                            {1, 0}};
    for (size_t i = 0; i < COUNT(costs); i++) {
        uint8_t file[GARITA_KEY_FILE_SIZE];
        memset(file, 0xaa, sizeof file);
        assert_error(garita_key_file_seal(file, seed, passphrase, strlen(passphrase), costs[i],
                                          random_bytes),
                     RANGE);
        assert_memory_equal(file, zeros, sizeof file);
    }
    uint8_t file[GARITA_KEY_FILE_SIZE];
    static const garita_kdf_cost most_passes = {GARITA_ARGON2_OPS_MAX, 8192};
    assert_ok(garita_key_file_seal(file, seed, passphrase, strlen(passphrase), most_passes,
                                   random_bytes));
    assert_ok(open_file(file, sizeof file, passphrase));
}

/* One key's seed under another's name: whoever compared the name before opening would be wrong. */
static void key_file_whose_public_key_is_not_its_seed_s_is_none(void **state)
{
    (void)state;
    uint8_t file[GARITA_KEY_FILE_SIZE];
    party other;
    party_make(&other, 5);
    seal(file, NULL);
    memcpy(file + PUBLIC_KEY_AT, other.public_key, 32);
    assert_error(open_file(file, sizeof file, NULL), KEY_FILE);
}

/* --- the public key's lines --- */

enum { LINE_START = 15, HEX = 64, LINE_LEN = LINE_START + HEX + 1 };

static garita_public_key_file usual_file(void)
{
    garita_public_key_file file = {.has_noise_key = true, .name = "cbp-otay_mesa.1"};
    uint8_t noise_seed[GARITA_SEED_SIZE] = {7};
    memcpy(file.public_key, public_key, sizeof file.public_key);
    garita_key_noise(NULL, file.noise_key, noise_seed);
    return file;
}

static size_t write_lines(char lines[GARITA_PUBLIC_KEY_FILE_MAX], bool has_noise_key)
{
    garita_public_key_file file = usual_file();
    size_t len;
    file.has_noise_key = has_noise_key;
    garita_public_key_file_write(lines, &len, &file);
    assert_int_equal(len, strlen(lines));
    return len;
}

static garita_error read_lines(const char *text, size_t len)
{
    garita_public_key_file usual = usual_file(), read;
    static const garita_public_key_file none;
    char *copy = (char *)exact_copy(text, len);
    memset(&read, 0xee, sizeof read);
    garita_error e = garita_public_key_file_read(&read, copy, len);
    free(copy);
    if (e == GARITA_OK) {
        assert_memory_equal(read.public_key, usual.public_key, sizeof usual.public_key);
        assert_string_equal(read.name, usual.name);
        assert_memory_equal(read.noise_key, read.has_noise_key ? usual.noise_key : none.noise_key,
                            sizeof read.noise_key);
    } else {
        assert_memory_equal(read.public_key, none.public_key, sizeof read.public_key);
        assert_memory_equal(read.noise_key, none.noise_key, sizeof read.noise_key);
        assert_string_equal(read.name, "");
        assert_false(read.has_noise_key);
    }
    return e;
}

static void public_key_lines_come_back(void **state)
{
    (void)state;
    garita_public_key_file file = usual_file(), read;
    char lines[GARITA_PUBLIC_KEY_FILE_MAX + 2], expected[GARITA_PUBLIC_KEY_FILE_MAX];
    char hex[HEX + 1], noise_hex[HEX + 1];
    size_t len = write_lines(lines, true);
    sodium_bin2hex(hex, sizeof hex, public_key, sizeof public_key);
    sodium_bin2hex(noise_hex, sizeof noise_hex, file.noise_key, sizeof file.noise_key);
    int expected_len =
        snprintf(expected, sizeof expected, "garita-ed25519 %s %s\ngarita-x25519 %s %s\n", hex,
                 file.name, noise_hex, file.name);
    assert_string_equal(lines, expected);
    assert_int_equal(len, expected_len);
    assert_ok(read_lines(lines, len));
    assert_ok(read_lines(lines, len - 1)); /* without its newline */
    assert_ok(garita_public_key_file_read(&read, lines, len));
    assert_true(read.has_noise_key);

    expected_len =
        snprintf(expected, sizeof expected, "garita-ed25519 %s %s\r\ngarita-x25519 %s %s\r\n", hex,
                 file.name, noise_hex, file.name);
    assert_ok(read_lines(expected, (size_t)expected_len));
}

static void public_key_line_alone_has_no_noise_key(void **state)
{
    (void)state;
    garita_public_key_file read;
    char line[GARITA_PUBLIC_KEY_FILE_MAX];
    size_t len = write_lines(line, false);
    assert_int_equal(len, LINE_LEN + strlen(usual_file().name) + 1);
    assert_ok(garita_public_key_file_read(&read, line, len));
    assert_false(read.has_noise_key);
    assert_ok(read_lines(line, len));
    assert_ok(read_lines(line, len - 1));
    memcpy(line + len - 1, "\r\n", 3);
    assert_ok(read_lines(line, len + 1));
}

static void public_key_lines_of_another_form_are_refused(void **state)
{
    (void)state;
    char lines[GARITA_PUBLIC_KEY_FILE_MAX + 2];
    size_t len = write_lines(lines, true), one = strcspn(lines, "\n") + 1;
    for (size_t end = 0; end < len - 1; end++) {
        bool is_first_line = end >= LINE_LEN + 1 && end <= one;
        if (!is_first_line) /* which may end anywhere in its name */
            assert_error(read_lines(lines, end), KEY_FILE);
    }
    for (size_t at = 0; at < len; at++) {
        char was = lines[at];
        if (was == '\n' && at == len - 1)
            continue;
        bool is_first_name = at >= LINE_LEN && at < one - 1;
        lines[at] = was == ' ' ? '\t' : '*';
        assert_error(read_lines(lines, len), KEY_FILE);
        if (is_first_name) { /* the names differ */
            lines[at] = was == 'x' ? 'y' : 'x';
            assert_error(read_lines(lines, len), KEY_FILE);
        }
        lines[at] = was;
    }
    assert_ok(read_lines(lines, len));
    memcpy(lines + len, "\n", 2);
    assert_error(read_lines(lines, len + 1), KEY_FILE); /* a third line */
    lines[len] = ' ';
    assert_error(read_lines(lines, len + 1), KEY_FILE);
    /* the two lines in the other order */
    char turned[GARITA_PUBLIC_KEY_FILE_MAX];
    memcpy(turned, lines + one, len - one);
    memcpy(turned + (len - one), lines, one);
    assert_error(read_lines(turned, len), KEY_FILE);
}

static void public_key_lines_in_upper_case_are_refused(void **state)
{
    (void)state;
    char lines[GARITA_PUBLIC_KEY_FILE_MAX];
    size_t len = write_lines(lines, true);
    unsigned letters = 0;
    for (size_t at = 0; at < len; at++) {
        bool is_hex = lines[at] >= 'a' && lines[at] <= 'f';
        if (!is_hex)
            continue;
        letters++;
        lines[at] = (char)(lines[at] - 'a' + 'A');
        assert_error(read_lines(lines, len), KEY_FILE);
        lines[at] = (char)(lines[at] - 'A' + 'a');
    }
    assert_true(letters > 16);
}

static void public_key_lines_with_an_unusable_key_are_refused(void **state)
{
    (void)state;
    char lines[GARITA_PUBLIC_KEY_FILE_MAX];
    size_t len = write_lines(lines, true), one = strcspn(lines, "\n") + 1;
    memset(lines + LINE_START, '0', HEX);
    assert_error(read_lines(lines, len), BAD_KEY);
    len = write_lines(lines, true);
    memset(lines + one + LINE_START - 1, '0', HEX);
    assert_error(read_lines(lines, len), BAD_KEY);
}

static void key_name_is_safe_as_a_file_s(void **state)
{
    (void)state;
    static const char *const good[] = {"a", "Z", "0", "_x", "a.b-c_d", "z9", "a-", "a."};
    static const char *const bad[] = {"",  ".",   "..",  ".a",   "-a", "a/b", "a b",
                                      "ñ", "a\n", "a:b", "a\\b", "~",  "a*"};
    char longest[GARITA_KEY_NAME_MAX + 2];
    memset(longest, 'a', sizeof longest);
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(garita_key_name_is_wellformed(good[i], strlen(good[i])));
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(garita_key_name_is_wellformed(bad[i], strlen(bad[i])));
    assert_true(garita_key_name_is_wellformed(longest, GARITA_KEY_NAME_MAX));
    assert_false(garita_key_name_is_wellformed(longest, GARITA_KEY_NAME_MAX + 1));
    assert_false(garita_key_name_is_wellformed("a\0b", 3));
}

static void public_key_lines_hold_the_longest_name(void **state)
{
    (void)state;
    garita_public_key_file file = usual_file(), read;
    char *lines = malloc(GARITA_PUBLIC_KEY_FILE_MAX);
    size_t len;
    memset(file.name, 'n', GARITA_KEY_NAME_MAX);
    garita_public_key_file_write(lines, &len, &file);
    assert_ok(garita_public_key_file_read(&read, lines, len));
    assert_string_equal(read.name, file.name);
    lines[len - 1] = 'n';
    assert_error(garita_public_key_file_read(&read, lines, len), KEY_FILE);
    free(lines);
}

/* --- the key for Noise --- */

/* By another implementation of BLAKE2b and of X25519: the example of FORMAT.md. */
static void noise_key_is_that_of_the_format(void **state)
{
    (void)state;
    uint8_t from[GARITA_SEED_SIZE], secret[GARITA_NOISE_KEY_SIZE], public[GARITA_NOISE_KEY_SIZE];
    uint8_t again[GARITA_NOISE_KEY_SIZE], expected[GARITA_NOISE_KEY_SIZE];
    for (size_t i = 0; i < sizeof from; i++)
        from[i] = (uint8_t)i;
    garita_key_noise(secret, public, from);
    unhex(expected, sizeof expected,
          "e53d5269798e614d35e9f41c8d394f4b7c188adae67477f53b3a66c10ac8c86f");
    assert_memory_equal(secret, expected, sizeof secret);
    unhex(expected, sizeof expected,
          "0a22af83cbc5b0235b3020aa7f6e1eae48ae65b8974e973bcd4c310f0ca7f014");
    assert_memory_equal(public, expected, sizeof public);
    garita_key_noise(NULL, again, from);
    assert_memory_equal(again, public, sizeof again);
    assert_ok(garita_noise_key_check(public));
    from[31] ^= 1;
    garita_key_noise(NULL, again, from);
    assert_memory_not_equal(again, public, sizeof again);
}

/* The points of small order, as RFC 7748 and Curve25519's page list them. */
static void noise_key_of_small_order_is_refused(void **state)
{
    (void)state;
    static const char *const small[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    uint8_t key[GARITA_NOISE_KEY_SIZE];
    for (size_t i = 0; i < COUNT(small); i++) {
        unhex(key, sizeof key, small[i]);
        assert_error(garita_noise_key_check(key), BAD_KEY);
        key[31] ^= 0x80; /* a bit that X25519 does not look at */
        assert_error(garita_noise_key_check(key), BAD_KEY);
    }
    memset(key, 0, sizeof key);
    key[0] = 9;
    assert_ok(garita_noise_key_check(key));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_file_opens_again),
        cmocka_unit_test(key_file_has_the_bytes_of_the_format),
        cmocka_unit_test(key_file_refuses_a_wrong_passphrase),
        cmocka_unit_test(key_file_with_any_byte_altered_does_not_open),
        cmocka_unit_test(key_file_of_another_length_is_none),
        cmocka_unit_test(key_file_whose_cost_is_out_of_bounds_is_none),
        cmocka_unit_test(key_file_may_ask_for_any_cost_in_bounds),
        cmocka_unit_test(key_file_says_its_cost),
        cmocka_unit_test(key_file_is_not_sealed_at_a_cost_out_of_bounds),
        cmocka_unit_test(key_file_whose_public_key_is_not_its_seed_s_is_none),
        cmocka_unit_test(public_key_lines_come_back),
        cmocka_unit_test(public_key_line_alone_has_no_noise_key),
        cmocka_unit_test(public_key_lines_of_another_form_are_refused),
        cmocka_unit_test(public_key_lines_in_upper_case_are_refused),
        cmocka_unit_test(public_key_lines_with_an_unusable_key_are_refused),
        cmocka_unit_test(key_name_is_safe_as_a_file_s),
        cmocka_unit_test(public_key_lines_hold_the_longest_name),
        cmocka_unit_test(noise_key_is_that_of_the_format),
        cmocka_unit_test(noise_key_of_small_order_is_refused),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, NULL);
}
