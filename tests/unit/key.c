/* Ed25519 keys, their ids and fingerprints, and signatures at the edges where libraries differ. */
#include <garita/key.h>

#include <sodium.h>

#include "unit.h"
#include "world.h"

/* --- RFC 8032 --- */

/* Section 7.1, but for the 1,023 bytes of its fourth, whose key is here all the same. */
static const struct {
    const char *seed, *public_key, *message, *signature;
} rfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "46b"
     "d25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d8c"
     "387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "659"
     "4a7c15e9716ed28dc027beceea1ec40a"},
    {"f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5",
     "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e", NULL, NULL},
    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3fee"
     "bbd"
     "454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e"
     "030"
     "3dca179c138ac17ad9bef1177331a704"},
};

static void keys_and_signatures_are_those_of_rfc_8032(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rfc8032); i++) {
        uint8_t secret_key[GARITA_SECRET_KEY_SIZE], public_key[GARITA_PUBLIC_KEY_SIZE];
        uint8_t signature[GARITA_SIGNATURE_SIZE];
        blob seed = blob_hex(rfc8032[i].seed), expected = blob_hex(rfc8032[i].public_key);
        garita_key_pair(secret_key, public_key, seed.bytes);
        assert_memory_equal(public_key, expected.bytes, sizeof public_key);
        assert_memory_equal(secret_key, seed.bytes, GARITA_SEED_SIZE);
        assert_memory_equal(secret_key + GARITA_SEED_SIZE, public_key, sizeof public_key);
        assert_ok(garita_key_check(public_key));
        if (rfc8032[i].message == NULL)
            continue;
        blob message = blob_hex(rfc8032[i].message), made = blob_hex(rfc8032[i].signature);
        crypto_sign_detached(signature, NULL, message.bytes, message.len, secret_key);
        assert_memory_equal(signature, made.bytes, sizeof signature);
        assert_int_equal(
            crypto_sign_verify_detached(signature, message.bytes, message.len, public_key), 0);
    }
}

/* --- ids and fingerprints --- */

static void fingerprint_is_sha_256_of_a_domain_and_the_key(void **state)
{
    (void)state;
    uint8_t message[14 + GARITA_PUBLIC_KEY_SIZE], expected[32],
        fingerprint[GARITA_FINGERPRINT_SIZE];
    char text[GARITA_FINGERPRINT_TEXT_SIZE], hex[65];
    party p;
    garita_id id;
    party_make(&p, 1);
    memcpy(message, "garita/v1/key", 14);
    memcpy(message + 14, p.public_key, GARITA_PUBLIC_KEY_SIZE);
    crypto_hash_sha256(expected, message, sizeof message);
    garita_key_fingerprint(fingerprint, p.public_key);
    assert_memory_equal(fingerprint, expected, sizeof expected);
    garita_key_id(&id, p.public_key);
    assert_memory_equal(id.bytes, expected, GARITA_ID_SIZE);

    garita_key_fingerprint_format(text, p.public_key);
    sodium_bin2hex(hex, sizeof hex, expected, sizeof expected);
    assert_int_equal(strlen(text), 79);
    for (size_t i = 0; i < 79; i++)
        assert_int_equal(text[i], i % 5 == 4 ? ' ' : hex[i - i / 5]);
}

static void id_comes_back_from_its_16_digits_in_either_case(void **state)
{
    (void)state;
    garita_id id, again;
    char text[GARITA_ID_TEXT_SIZE];
    unhex(id.bytes, sizeof id.bytes, "00 12 34 ab cd ef 99 ff");
    garita_id_format(text, &id);
    assert_string_equal(text, "001234abcdef99ff");
    assert_ok(garita_id_parse(&again, text, 16));
    assert_true(garita_id_equal(&id, &again));
    assert_ok(garita_id_parse(&again, "001234ABCDEF99FF", 16));
    assert_true(garita_id_equal(&id, &again));
    again.bytes[7] ^= 1;
    assert_false(garita_id_equal(&id, &again));
}

static void id_refuses_anything_but_16_digits(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "0",
                                        "001234abcdef99f",
                                        "001234abcdef99ff0",
                                        "001234abcdef99fg",
                                        "0x1234abcdef99ff",
                                        " 01234abcdef99ff",
                                        "001234abcdef99f ",
                                        "001234ab-cdef99f"};
    static const garita_id zero;
    for (size_t i = 0; i < COUNT(texts); i++) {
        garita_id id;
        memset(&id, 0xaa, sizeof id);
        assert_error(garita_id_parse(&id, texts[i], strlen(texts[i])), RANGE);
        assert_true(garita_id_equal(&id, &zero));
    }
}

/* --- keys that are none --- */

/* The points of order 1, 2, 4 and 8, and their encodings that are not canonical. */
static const char *const small_order[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

static void key_of_small_order_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(small_order); i++)
        assert_error(garita_key_check(blob_hex(small_order[i]).bytes), BAD_KEY);
}

static void key_that_is_no_canonical_point_is_refused(void **state)
{
    (void)state;
    static const char *const keys[] = {
        /* y = 2: no such x */
        "0200000000000000000000000000000000000000000000000000000000000000",
        /* y = p + 3 and p + 18: canonically 3 and 18, which are points or not */
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    };
    for (size_t i = 0; i < COUNT(keys); i++)
        assert_error(garita_key_check(blob_hex(keys[i]).bytes), BAD_KEY);
}

/* An honest key plus a point of order 8: canonical, on the curve, not in the main subgroup. */
static void key_outside_the_main_subgroup_is_refused(void **state)
{
    (void)state;
    party p;
    uint8_t mixed[32];
    party_make(&p, 2);
    for (size_t i = 4; i < 8; i++) {
        assert_int_equal(
            crypto_core_ed25519_add(mixed, p.public_key, blob_hex(small_order[i]).bytes), 0);
        assert_error(garita_key_check(mixed), BAD_KEY);
    }
}

/* --- signatures at the edges, through garita_statement_verify --- */

static void envelope(blob *out, const uint8_t signature[64])
{
    /* a map that peek takes */
    static const char map[] = "84 00 01 01 02 02 c408 0000000000000000 03 01";
    blob b = blob_hex(map);
    out->bytes[0] = 0x92;
    memcpy(out->bytes + 1, b.bytes, b.len);
    out->bytes[1 + b.len] = 0xc4;
    out->bytes[2 + b.len] = 0x40;
    memcpy(out->bytes + 3 + b.len, signature, 64);
    out->len = b.len + 67;
}

/* "garita/v1/credential", a zero byte, and the map */
static blob message_of(const blob *statement)
{
    blob m;
    memcpy(m.bytes, "garita/v1/credential", 21);
    memcpy(m.bytes + 21, statement->bytes + 1, statement->len - 67);
    m.len = 21 + statement->len - 67;
    return m;
}

static garita_error verify(const uint8_t signature[64], const uint8_t public_key[32])
{
    blob statement;
    garita_peek peek;
    garita_verified verified;
    uint8_t scratch[256];
    envelope(&statement, signature);
    assert_ok(
        garita_statement_peek(&peek, NULL, GARITA_TYPE_CREDENTIAL, statement.bytes, statement.len));
    garita_error e = garita_statement_verify(&verified, &peek, public_key, scratch, sizeof scratch);
    assert_int_equal(verified.map != NULL, e == GARITA_OK);
    return e;
}

static void challenge(uint8_t k[32], const uint8_t r[32], const uint8_t public_key[32])
{
    static const uint8_t none[64];
    blob statement;
    uint8_t hash[64];
    crypto_hash_sha512_state sha;
    envelope(&statement, none);
    blob m = message_of(&statement);
    crypto_hash_sha512_init(&sha);
    crypto_hash_sha512_update(&sha, r, 32);
    crypto_hash_sha512_update(&sha, public_key, 32);
    crypto_hash_sha512_update(&sha, m.bytes, m.len);
    crypto_hash_sha512_final(&sha, hash);
    crypto_core_ed25519_scalar_reduce(k, hash);
}

/* The secret scalar, mod L. */
static void scalar_of(uint8_t a[32], const party *p)
{
    uint8_t hash[64] = {0};
    crypto_sign_ed25519_sk_to_curve25519(hash, p->secret_key);
    crypto_core_ed25519_scalar_reduce(a, hash);
}

/* A signature whose R is rB + torsion: good under the equation with the cofactor. */
static void sign_by_hand(uint8_t signature[64], const party *p, const uint8_t *torsion)
{
    uint8_t r[32] = {7, 1, 2, 3}, a[32], k[32], ka[32];
    crypto_scalarmult_ed25519_base_noclamp(signature, r);
    if (torsion != NULL)
        crypto_core_ed25519_add(signature, signature, torsion);
    scalar_of(a, p);
    challenge(k, signature, p->public_key);
    crypto_core_ed25519_scalar_mul(ka, k, a);
    crypto_core_ed25519_scalar_add(signature + 32, r, ka);
}

static void signature_made_by_hand_is_good(void **state)
{
    (void)state;
    party p, other;
    uint8_t signature[64];
    party_make(&p, 3);
    party_make(&other, 4);
    sign_by_hand(signature, &p, NULL);
    assert_ok(verify(signature, p.public_key)); /* so that the refusals below mean something */
    assert_error(verify(signature, other.public_key), BAD_SIGNATURE);
}

static void signature_good_only_with_the_cofactor_is_refused(void **state)
{
    (void)state;
    party p;
    uint8_t signature[64];
    party_make(&p, 3);
    for (size_t i = 1; i < 8; i++) {
        sign_by_hand(signature, &p, blob_hex(small_order[i]).bytes);
        assert_error(verify(signature, p.public_key), BAD_SIGNATURE);
    }
}

/* S + L signs the same; who took it could make a second statement out of a first. */
static void signature_with_s_of_l_or_more_is_refused(void **state)
{
    (void)state;
    party p;
    uint8_t signature[64];
    blob l = blob_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    party_make(&p, 3);
    sign_by_hand(signature, &p, NULL);
    for (unsigned times = 1; times <= 14; times++) {
        sodium_add(signature + 32, l.bytes, 32);
        assert_error(verify(signature, p.public_key), BAD_SIGNATURE);
    }
}

/* S = 0 and R = A = a point of small order would sign everything. */
static void signature_of_small_order_is_refused(void **state)
{
    (void)state;
    party p;
    party_make(&p, 3);
    for (size_t i = 0; i < COUNT(small_order); i++) {
        uint8_t signature[64] = {0};
        blob point = blob_hex(small_order[i]);
        memcpy(signature, point.bytes, 32);
        for (size_t k = 0; k < COUNT(small_order); k++)
            assert_error(verify(signature, blob_hex(small_order[k]).bytes), BAD_SIGNATURE);
        assert_error(verify(signature, p.public_key), BAD_SIGNATURE);
    }
}

/* rB with S = r is good under the neutral point as a key, for any message. */
static void signature_under_a_key_of_small_order_is_refused(void **state)
{
    (void)state;
    uint8_t signature[64] = {0};
    uint8_t r[32] = {9};
    crypto_scalarmult_ed25519_base_noclamp(signature, r);
    memcpy(signature + 32, r, 32);
    for (size_t i = 0; i < COUNT(small_order); i++)
        assert_error(verify(signature, blob_hex(small_order[i]).bytes), BAD_SIGNATURE);
}

static void signature_with_any_bit_flipped_is_refused(void **state)
{
    (void)state;
    party p;
    uint8_t signature[64];
    party_make(&p, 3);
    sign_by_hand(signature, &p, NULL);
    for (size_t bit = 0; bit < 512; bit++) {
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_error(verify(signature, p.public_key), BAD_SIGNATURE);
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_ok(verify(signature, p.public_key));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_and_signatures_are_those_of_rfc_8032),
        cmocka_unit_test(fingerprint_is_sha_256_of_a_domain_and_the_key),
        cmocka_unit_test(id_comes_back_from_its_16_digits_in_either_case),
        cmocka_unit_test(id_refuses_anything_but_16_digits),
        cmocka_unit_test(key_of_small_order_is_refused),
        cmocka_unit_test(key_that_is_no_canonical_point_is_refused),
        cmocka_unit_test(key_outside_the_main_subgroup_is_refused),
        cmocka_unit_test(signature_made_by_hand_is_good),
        cmocka_unit_test(signature_good_only_with_the_cofactor_is_refused),
        cmocka_unit_test(signature_with_s_of_l_or_more_is_refused),
        cmocka_unit_test(signature_of_small_order_is_refused),
        cmocka_unit_test(signature_under_a_key_of_small_order_is_refused),
        cmocka_unit_test(signature_with_any_bit_flipped_is_refused),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
