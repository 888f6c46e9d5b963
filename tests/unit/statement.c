/* The envelope: what is peeked, what is verified, and that nothing altered ever is. */
#include <garita/statement.h>

#include <sodium.h>
#include <stdlib.h>

#include "unit.h"
#include "world.h"

static party signer;

static int set_up(void **state)
{
    (void)state;
    party_make(&signer, 10);
    return 0;
}

/* The statement of these hexadecimal digits as a map, signed as a type. */
static void sign_hex(blob *out, garita_type type, const char *hex)
{
    blob map = blob_hex(hex);
    sign(out, &signer, type, map.bytes, map.len);
}

static garita_fault peek_at(const blob *b, garita_type expected)
{
    garita_peek peek;
    garita_fault fault;
    uint8_t *copy = exact_copy(b->bytes, b->len);
    garita_error e = garita_statement_peek(&peek, &fault, expected, copy, b->len);
    assert_int_equal(e, fault.error);
    if (e != GARITA_OK)
        assert_true(peek.map == NULL && peek.map_len == 0 && peek.key_number == 0);
    free(copy);
    return fault;
}

/* Peeks and verifies under the signer's key. */
static garita_error verify(const blob *b, garita_type expected)
{
    garita_peek peek;
    garita_verified verified;
    static uint8_t scratch[GARITA_SCRATCH_SIZE(GARITA_QR_STATEMENT_BYTES_MAX)];
    uint8_t *copy = exact_copy(b->bytes, b->len);
    garita_error e = garita_statement_peek(&peek, NULL, expected, copy, b->len);
    if (e == GARITA_OK) {
        e = garita_statement_verify(&verified, &peek, signer.public_key, scratch, sizeof scratch);
        if (e == GARITA_OK)
            assert_ptr_equal(verified.map, copy + 1);
        else
            assert_null(verified.map);
    }
    free(copy);
    return e;
}

#define FIRST_KEYS "00 01 01 02 02 c4 08 0102030405060708 03 01"

/* --- peek --- */

static void peek_finds_the_parts_and_what_the_first_keys_claim(void **state)
{
    (void)state;
    blob b;
    garita_peek peek;
    sign_hex(&b, GARITA_TYPE_CREDENTIAL, "85" FIRST_KEYS "04 05");
    assert_ok(garita_statement_peek(&peek, NULL, GARITA_TYPE_CREDENTIAL, b.bytes, b.len));
    assert_ptr_equal(peek.map, b.bytes + 1);
    assert_int_equal(peek.map_len, b.len - 67);
    assert_ptr_equal(peek.signature, b.bytes + b.len - 64);
    assert_int_equal(peek.type, GARITA_TYPE_CREDENTIAL);
    assert_int_equal(peek.key_number, 1);
    assert_memory_equal(peek.signer.bytes, "\1\2\3\4\5\6\7\10", 8);
}

static void peek_refuses_what_is_no_envelope(void **state)
{
    (void)state;
    blob good, b;
    sign_hex(&good, GARITA_TYPE_CREDENTIAL, "84" FIRST_KEYS);
    for (unsigned first = 0; first < 256; first++) {
        b = good;
        b.bytes[0] = (uint8_t)first;
        garita_fault fault = peek_at(&b, GARITA_TYPE_CREDENTIAL);
        if (first == 0x92)
            assert_ok(fault.error);
        else
            assert_error(fault.error, ENVELOPE);
        assert_int_equal(fault.at, 0);
    }
    for (size_t at = good.len - 66; at < good.len - 64; at++) {
        b = good;
        b.bytes[at] ^= 1;
        garita_fault fault = peek_at(&b, GARITA_TYPE_CREDENTIAL);
        assert_error(fault.error, ENVELOPE);
        assert_int_equal(fault.at, good.len - 66);
    }
    /* 64 bytes as a longer kind of bin, and an array of more */
    sign_hex(&b, GARITA_TYPE_CREDENTIAL, "84" FIRST_KEYS "c5 00");
    memmove(b.bytes + b.len - 66, b.bytes + b.len - 65, 65);
    b.len--;
    assert_error(peek_at(&b, GARITA_TYPE_CREDENTIAL).error, ENVELOPE);
    b = good;
    b.bytes[0] = 0x93;
    b.bytes[b.len++] = 0xc0;
    assert_error(peek_at(&b, GARITA_TYPE_CREDENTIAL).error, ENVELOPE);
}

static void peek_refuses_fewer_than_68_bytes_as_truncated(void **state)
{
    (void)state;
    blob b = {.len = 0};
    memset(b.bytes, 0x92, sizeof b.bytes);
    for (b.len = 0; b.len < 68; b.len++) {
        garita_fault fault = peek_at(&b, GARITA_TYPE_CREDENTIAL);
        assert_error(fault.error, TRUNCATED);
        assert_int_equal(fault.at, b.len);
    }
    assert_error(peek_at(&b, GARITA_TYPE_CREDENTIAL).error, ENVELOPE);
}

/* A statement that says it is of a type, as long as is asked for, with junk behind its first keys.
 */
static void assert_longest(garita_type type, size_t len, garita_error expected)
{
    uint8_t *bytes = calloc(1, len);
    garita_fault fault;
    garita_peek peek;
    blob head = blob_hex("92 85" FIRST_KEYS "04");
    assert_non_null(bytes);
    memcpy(bytes, head.bytes, head.len);
    bytes[5] = (uint8_t)type;
    bytes[len - 66] = 0xc4;
    bytes[len - 65] = 0x40;
    garita_error e = garita_statement_peek(&peek, &fault, type, bytes, len);
    assert_string_equal(garita_error_name(e), garita_error_name(expected));
    if (e == GARITA_E_TOO_LONG)
        assert_int_equal(fault.at, len - 1);
    free(bytes);
}

static void peek_bounds_each_type(void **state)
{
    (void)state;
    for (int t = GARITA_TYPE_AUTHORITY; t <= GARITA_TYPE_NODE; t++) {
        size_t most = garita_type_bytes_max((garita_type)t);
        assert_longest((garita_type)t, most, GARITA_OK);
        assert_longest((garita_type)t, most + 1, GARITA_E_TOO_LONG);
    }
    assert_longest(GARITA_TYPE_TIP, GARITA_TIP_BYTES_MAX, GARITA_OK);
    assert_longest(GARITA_TYPE_TIP, GARITA_TIP_BYTES_MAX + 1, GARITA_E_TOO_LONG);
}

typedef struct flaw {
    const char *map;
    garita_error error;
    size_t at; /* in the statement */
    const char *field;
} flaw;

static void peek_wants_the_first_four_keys_first_and_canonical(void **state)
{
    (void)state;
    static const flaw flaws[] = {
        {"80", GARITA_E_MISSING_KEY, 2, "version"},
        {"90", GARITA_E_WRONG_KIND, 1, ""},
        {"c0", GARITA_E_WRONG_KIND, 1, ""},
        {"de 0001 00 01", GARITA_E_NOT_MINIMAL, 1, ""},
        {"df 00000001 00 01", GARITA_E_FORBIDDEN_KIND, 1, ""},
        {"85 00 01", GARITA_E_TRUNCATED, 1, ""},
        {"81 00 01", GARITA_E_MISSING_KEY, 4, "type"},
        {"82 01 02 02 c0", GARITA_E_MISSING_KEY, 2, "version"},
        {"82 00 01 02 c0", GARITA_E_MISSING_KEY, 4, "type"},
        {"82 00 01 00 01", GARITA_E_KEY_ORDER, 4, "type"},
        {"81 c0 01", GARITA_E_KEY_KIND, 2, "version"},
        {"81 cc80 01", GARITA_E_RANGE, 2, "version"},
        {"81 cc00 01", GARITA_E_NOT_MINIMAL, 2, "version"},
        {"81 00 c0", GARITA_E_WRONG_KIND, 3, "version"},
        {"81 00 cc01", GARITA_E_NOT_MINIMAL, 3, "version"},
        {"81 00 ca3f800000", GARITA_E_FORBIDDEN_KIND, 3, "version"},
        {"81 00 00", GARITA_E_UNSUPPORTED_VERSION, 3, "version"},
        {"81 00 02", GARITA_E_UNSUPPORTED_VERSION, 3, "version"},
        {"81 00 cfffffffffffffffff", GARITA_E_UNSUPPORTED_VERSION, 3, "version"},
        {"82 00 01 01 00", GARITA_E_UNKNOWN_TYPE, 5, "type"},
        {"82 00 01 01 07", GARITA_E_UNKNOWN_TYPE, 5, "type"},
        {"82 00 01 01 08", GARITA_E_UNKNOWN_TYPE, 5, "type"},
        {"82 00 01 01 0a", GARITA_E_UNKNOWN_TYPE, 5, "type"},
        {"82 00 01 01 ce80000002", GARITA_E_UNKNOWN_TYPE, 5, "type"},
        {"82 00 01 01 cf0000000100000002", GARITA_E_UNKNOWN_TYPE, 5, "type"},
        {"82 00 01 01 01", GARITA_E_WRONG_TYPE, 5, "type"},
        {"82 00 01 01 03", GARITA_E_WRONG_TYPE, 5, "type"},
        {"82 00 01 01 06", GARITA_E_WRONG_TYPE, 5, "type"},
        {"82 00 01 01 09", GARITA_E_WRONG_TYPE, 5, "type"},
        {"82 00 01 01 a102", GARITA_E_WRONG_KIND, 5, "type"},
        {"82 00 01 01 02", GARITA_E_MISSING_KEY, 6, "authority id"},
        {"83 00 01 01 02 03 01", GARITA_E_MISSING_KEY, 6, "authority id"},
        {"83 00 01 01 02 02 c407 01020304050607", GARITA_E_RANGE, 7, "authority id"},
        {"83 00 01 01 02 02 c409 010203040506070809", GARITA_E_RANGE, 7, "authority id"},
        {"83 00 01 01 02 02 c50008 0102030405060708", GARITA_E_NOT_MINIMAL, 7, "authority id"},
        {"83 00 01 01 02 02 a8 3132333435363738", GARITA_E_WRONG_KIND, 7, "authority id"},
        {"83 00 01 01 02 02 c408 0102030405060708", GARITA_E_MISSING_KEY, 17, "key number"},
        {"84 00 01 01 02 02 c408 0102030405060708 04 01", GARITA_E_MISSING_KEY, 17, "key number"},
        {"84 00 01 01 02 02 c408 0102030405060708 03 00", GARITA_E_RANGE, 18, "key number"},
        {"84 00 01 01 02 02 c408 0102030405060708 03 cd0100", GARITA_E_RANGE, 18, "key number"},
        {"84 00 01 01 02 02 c408 0102030405060708 03 cc01", GARITA_E_NOT_MINIMAL, 18, "key number"},
    };
    for (size_t i = 0; i < COUNT(flaws); i++) {
        blob b;
        sign_hex(&b, GARITA_TYPE_CREDENTIAL, flaws[i].map);
        garita_fault fault = peek_at(&b, GARITA_TYPE_CREDENTIAL);
        if (fault.error != flaws[i].error || fault.at != flaws[i].at ||
            strcmp(fault.field, flaws[i].field) != 0)
            fail_msg("%s: %s at %zu in \"%s\"", flaws[i].map, garita_error_name(fault.error),
                     fault.at, fault.field);
    }
    blob b;
    sign_hex(&b, GARITA_TYPE_CREDENTIAL, "84 00 01 01 02 02 c408 0102030405060708 03 ccff");
    assert_ok(peek_at(&b, GARITA_TYPE_CREDENTIAL).error);
}

/* A flaw there is for the holder of a trusted key alone to make a reader find. */
static void peek_looks_at_nothing_behind_the_first_four_keys(void **state)
{
    (void)state;
    static const char *const maps[] = {"85" FIRST_KEYS "04 ca 00000000",
                                       "85" FIRST_KEYS "04 a1 ff",
                                       "85" FIRST_KEYS "03 00",
                                       "8f" FIRST_KEYS "0000000000000000000000000000",
                                       "84" FIRST_KEYS "00",
                                       "85" FIRST_KEYS "04 91919191919191919191"};
    for (size_t i = 0; i < COUNT(maps); i++) {
        blob b;
        sign_hex(&b, GARITA_TYPE_CREDENTIAL, maps[i]);
        assert_ok(peek_at(&b, GARITA_TYPE_CREDENTIAL).error);
        assert_ok(verify(&b, GARITA_TYPE_CREDENTIAL));
    }
}

static void statement_type_is_what_the_bytes_claim(void **state)
{
    (void)state;
    blob b, bad;
    sign_hex(&b, GARITA_TYPE_CREDENTIAL, "84" FIRST_KEYS);
    for (unsigned type = 0; type <= 10; type++) {
        bool is_one = (type >= 1 && type <= 6) || type == 9;
        b.bytes[5] = (uint8_t)type;
        assert_int_equal(garita_statement_type(b.bytes, b.len), is_one ? type : 0);
    }
    b.bytes[5] = 2;
    bad = b;
    bad.bytes[3] = 2; /* another version */
    assert_int_equal(garita_statement_type(bad.bytes, bad.len), 0);
    for (size_t len = 0; len < b.len; len++)
        assert_int_equal(garita_statement_type(b.bytes, len), 0);
    assert_int_equal(garita_statement_type((const uint8_t *)"GT1:", 4), 0);
}

/* --- verify --- */

static void verify_binds_the_type(void **state)
{
    (void)state;
    blob b;
    for (int claimed = 1; claimed <= 6; claimed++)
        for (int signed_as = 1; signed_as <= 6; signed_as++) {
            blob map = blob_hex("84" FIRST_KEYS);
            map.bytes[4] = (uint8_t)claimed;
            sign(&b, &signer, (garita_type)signed_as, map.bytes, map.len);
            garita_error e = verify(&b, (garita_type)claimed);
            if (claimed == signed_as)
                assert_ok(e);
            else
                assert_error(e, BAD_SIGNATURE);
        }
}

/* The prefix ends with a zero, and so no type's name is the beginning of another's message. */
static void verify_wants_the_prefix(void **state)
{
    (void)state;
    blob b, map = blob_hex("84" FIRST_KEYS);
    sign(&b, &signer, GARITA_TYPE_CREDENTIAL, map.bytes, map.len);
    assert_ok(verify(&b, GARITA_TYPE_CREDENTIAL));
    crypto_sign_detached(b.bytes + b.len - 64, NULL, map.bytes, map.len, signer.secret_key);
    assert_error(verify(&b, GARITA_TYPE_CREDENTIAL), BAD_SIGNATURE);
}

static void verify_refuses_another_key(void **state)
{
    (void)state;
    blob b;
    garita_peek peek;
    garita_verified verified;
    party other;
    uint8_t scratch[256];
    party_make(&other, 11);
    sign_hex(&b, GARITA_TYPE_CREDENTIAL, "84" FIRST_KEYS);
    assert_ok(garita_statement_peek(&peek, NULL, GARITA_TYPE_CREDENTIAL, b.bytes, b.len));
    memset(&verified, 0xaa, sizeof verified);
    assert_error(
        garita_statement_verify(&verified, &peek, other.public_key, scratch, sizeof scratch),
        BAD_SIGNATURE);
    assert_null(verified.map);
    assert_int_equal(verified.map_len, 0);
    assert_int_equal(verified.type, 0);
}

static void verify_needs_its_scratch(void **state)
{
    (void)state;
    blob b;
    garita_peek peek;
    garita_verified verified;
    sign_hex(&b, GARITA_TYPE_CREDENTIAL, "84" FIRST_KEYS);
    assert_ok(garita_statement_peek(&peek, NULL, GARITA_TYPE_CREDENTIAL, b.bytes, b.len));
    size_t needed = GARITA_SCRATCH_SIZE(peek.map_len);
    uint8_t *scratch = malloc(needed);
    assert_ok(garita_statement_verify(&verified, &peek, signer.public_key, scratch, needed));
    for (size_t len = 0; len < needed; len++) {
        assert_error(garita_statement_verify(&verified, &peek, signer.public_key, scratch, len),
                     NO_SPACE);
        assert_null(verified.map);
    }
    free(scratch);
}

/* --- nothing altered is ever accepted --- */

static void a_credential(blob *out)
{
    garita_credential c;
    world_credential(&c, 1, "Maquiladora del Norte");
    issue(out, &signer, &c);
}

static void statement_with_any_bit_flipped_never_verifies(void **state)
{
    (void)state;
    blob b;
    a_credential(&b);
    assert_ok(verify(&b, GARITA_TYPE_CREDENTIAL));
    for (size_t bit = 0; bit < 8 * b.len; bit++) {
        b.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (verify(&b, GARITA_TYPE_CREDENTIAL) == GARITA_OK)
            fail_msg("bit %zu of byte %zu", bit % 8, bit / 8);
        b.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void statement_that_is_cut_never_verifies(void **state)
{
    (void)state;
    blob b, cut;
    a_credential(&b);
    for (size_t len = 0; len < b.len; len++) {
        cut = b;
        cut.len = len; /* at its end */
        assert_true(verify(&cut, GARITA_TYPE_CREDENTIAL) != GARITA_OK);
        memmove(cut.bytes, b.bytes + b.len - len, len); /* at its beginning */
        assert_true(verify(&cut, GARITA_TYPE_CREDENTIAL) != GARITA_OK);
        cut = b;
        memmove(cut.bytes + len, b.bytes + len + 1, b.len - len - 1); /* one byte */
        cut.len = b.len - 1;
        assert_true(verify(&cut, GARITA_TYPE_CREDENTIAL) != GARITA_OK);
    }
}

static void statement_with_a_byte_more_never_verifies(void **state)
{
    (void)state;
    blob b, longer;
    a_credential(&b);
    for (size_t at = 0; at <= b.len; at++) {
        static const uint8_t bytes[] = {0x00, 0x40, 0x92, 0xc0, 0xc4, 0xff};
        for (size_t i = 0; i < COUNT(bytes); i++) {
            longer = b;
            memmove(longer.bytes + at + 1, b.bytes + at, b.len - at);
            longer.bytes[at] = bytes[i];
            longer.len++;
            assert_true(verify(&longer, GARITA_TYPE_CREDENTIAL) != GARITA_OK);
        }
    }
}

/* The same meaning in other bytes, with the signature of the first: never; signed anew: refused for
 * the form. */
static void statement_encoded_otherwise_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *was, *is;
        garita_error error;
    } forms[] = {
        {"89", "de 0009", GARITA_E_NOT_MINIMAL},                /* the map's header */
        {"00 01 01 02", "00 cc01 01 02", GARITA_E_NOT_MINIMAL}, /* version */
        {"00 01 01 02", "cc00 01 01 02", GARITA_E_NOT_MINIMAL}, /* its key */
        {"00 01 01 02", "00 d001 01 02", GARITA_E_NOT_MINIMAL},
        {"00 01 01 02", "01 02 00 01", GARITA_E_MISSING_KEY}, /* in another order */
        {"02 c408", "02 c50008", GARITA_E_NOT_MINIMAL},       /* authority id as bin 16 */
        {"04 01", "04 cc01", GARITA_E_NOT_MINIMAL},           /* serial */
        {"05 cd4fe6", "05 ce00004fe6", GARITA_E_NOT_MINIMAL}, /* not before */
        {"05 cd4fe6 06 cd5708", "06 cd5708 05 cd4fe6", GARITA_E_KEY_ORDER},
        {"05 cd4fe6", "05 cd4fe6 05 cd4fe6", GARITA_E_KEY_ORDER}, /* (with its count) */
        {"08 84", "08 de0004", GARITA_E_NOT_MINIMAL},             /* the holder's header */
        {"08 84 00 be", "08 84 00 d91e", GARITA_E_NOT_MINIMAL},   /* the name's */
        {"02 a3 4d4558", "02 d903 4d4558", GARITA_E_NOT_MINIMAL}, /* nationality */
    };
    for (size_t i = 0; i < COUNT(forms); i++) {
        blob b, was = blob_hex(forms[i].was), is = blob_hex(forms[i].is), map = {.len = 0};
        garita_credential c, out;
        garita_fault fault;
        world_credential(&c, 1, NULL);
        c.employer_id = utf8(NULL);
        issue(&b, &signer, &c);
        size_t at = 1;
        while (memcmp(b.bytes + at, was.bytes, was.len) != 0)
            assert_true(++at < b.len);

        blob altered = {.len = b.len - was.len + is.len};
        memcpy(altered.bytes, b.bytes, at);
        memcpy(altered.bytes + at, is.bytes, is.len);
        memcpy(altered.bytes + at + is.len, b.bytes + at + was.len, b.len - at - was.len);
        if (is.len == 2 * was.len && memcmp(is.bytes, is.bytes + was.len, was.len) == 0)
            altered.bytes[1]++; /* one pair more */
        assert_true(verify(&altered, GARITA_TYPE_CREDENTIAL) != GARITA_OK);

        map.len = altered.len - 67;
        memcpy(map.bytes, altered.bytes + 1, map.len);
        sign(&altered, &signer, GARITA_TYPE_CREDENTIAL, map.bytes, map.len);
        garita_error e = garita_credential_inspect(&out, NULL, &fault, altered.bytes, altered.len);
        if (e != forms[i].error)
            fail_msg("%s: %s", forms[i].is, garita_error_name(e));
    }
}

static void envelope_encoded_otherwise_is_refused(void **state)
{
    (void)state;
    blob b, other;
    a_credential(&b);
    /* array 16 */
    other.len = b.len + 2;
    memcpy(other.bytes, "\xdc\x00\x02", 3);
    memcpy(other.bytes + 3, b.bytes + 1, b.len - 1);
    assert_error(verify(&other, GARITA_TYPE_CREDENTIAL), ENVELOPE);
    /* a signature as bin 16 */
    other = b;
    memmove(other.bytes + b.len - 63, b.bytes + b.len - 64, 64);
    memcpy(other.bytes + b.len - 66, "\xc5\x00\x40", 3);
    other.len = b.len + 1;
    assert_error(verify(&other, GARITA_TYPE_CREDENTIAL), ENVELOPE);
    /* the signature first */
    other = b;
    memcpy(other.bytes + 1, b.bytes + b.len - 66, 66);
    memcpy(other.bytes + 67, b.bytes + 1, b.len - 67);
    assert_true(verify(&other, GARITA_TYPE_CREDENTIAL) != GARITA_OK);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(peek_finds_the_parts_and_what_the_first_keys_claim),
        cmocka_unit_test(peek_refuses_what_is_no_envelope),
        cmocka_unit_test(peek_refuses_fewer_than_68_bytes_as_truncated),
        cmocka_unit_test(peek_bounds_each_type),
        cmocka_unit_test(peek_wants_the_first_four_keys_first_and_canonical),
        cmocka_unit_test(peek_looks_at_nothing_behind_the_first_four_keys),
        cmocka_unit_test(statement_type_is_what_the_bytes_claim),
        cmocka_unit_test(verify_binds_the_type),
        cmocka_unit_test(verify_wants_the_prefix),
        cmocka_unit_test(verify_refuses_another_key),
        cmocka_unit_test(verify_needs_its_scratch),
        cmocka_unit_test(statement_with_any_bit_flipped_never_verifies),
        cmocka_unit_test(statement_that_is_cut_never_verifies),
        cmocka_unit_test(statement_with_a_byte_more_never_verifies),
        cmocka_unit_test(statement_encoded_otherwise_is_refused),
        cmocka_unit_test(envelope_encoded_otherwise_is_refused),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, NULL);
}
