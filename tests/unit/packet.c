/* Several statements in one code: taken apart, joined, and refused where they are something else.
 */
#include <garita/packet.h>

#include <stdlib.h>

#include <garita/attestation.h>

#include "unit.h"
#include "world.h"

static party signer;
static blob credential, attestations[GARITA_PACKET_PARTS_MAX];

static garita_bytes bytes_of(const blob *b)
{
    return (garita_bytes){b->bytes, b->len};
}

static void attest(blob *out, uint32_t serial, size_t product_len)
{
    static const char product[GARITA_PRODUCT_BYTES_MAX + 1] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    garita_attestation a = {
        .serial = serial, .expires = day("2027-05-01"), .kind = GARITA_ATTESTATION_VACCINATION};
    garita_fault fault;
    a.fact.vaccination.product = (garita_utf8){product, product_len};
    a.fact.vaccination.dose = a.fact.vaccination.doses = 2;
    a.fact.vaccination.date = day("2026-05-01");
    assert_ok(garita_attestation_issue(out->bytes, &out->len, sizeof out->bytes, &fault, &a,
                                       &signer.signer));
}

static int set_up(void **state)
{
    (void)state;
    garita_credential c;
    party_make(&signer, 20);
    world_credential(&c, 1, NULL);
    issue(&credential, &signer, &c);
    for (uint32_t i = 0; i < GARITA_PACKET_PARTS_MAX; i++)
        attest(&attestations[i], i + 2, 12);
    return 0;
}

static garita_parts parts_of(bool has_credential, size_t count)
{
    garita_parts parts = {.attestation_count = count};
    if (has_credential)
        parts.credential = bytes_of(&credential);
    for (size_t i = 0; i < count && i < GARITA_PACKET_PARTS_MAX; i++)
        parts.attestations[i] = bytes_of(&attestations[i]);
    return parts;
}

static void assert_bytes_equal(garita_bytes a, garita_bytes b)
{
    assert_int_equal(a.len, b.len);
    if (a.len > 0)
        assert_memory_equal(a.at, b.at, a.len);
}

static void assert_parts_equal(const garita_parts *a, const garita_parts *b)
{
    assert_bytes_equal(a->credential, b->credential);
    assert_int_equal(a->attestation_count, b->attestation_count);
    for (size_t i = 0; i < a->attestation_count; i++)
        assert_bytes_equal(a->attestations[i], b->attestations[i]);
}

/* --- joined, and apart again --- */

static void packet_comes_apart_as_it_was_joined(void **state)
{
    (void)state;
    for (int has = 0; has <= 1; has++)
        for (size_t count = 1 - (size_t)has; count + (size_t)has <= GARITA_PACKET_PARTS_MAX;
             count++) {
            garita_parts parts = parts_of(has, count), again;
            garita_fault fault;
            uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
            size_t len;
            assert_ok(garita_packet_join(bytes, &len, sizeof bytes, &parts));
            assert_int_equal(garita_packet_is_one(bytes, len), count + (size_t)has > 1);
            uint8_t *exact = exact_copy(bytes, len);
            assert_ok(garita_packet_split(&again, &fault, exact, len));
            assert_parts_equal(&again, &parts);
            free(exact);
        }
}

/* By the page alone. */
static void packet_has_the_bytes_of_the_format(void **state)
{
    (void)state;
    uint8_t expected[GARITA_QR_STATEMENT_BYTES_MAX], bytes[sizeof expected];
    size_t at = 0, len;
    garita_parts parts = parts_of(true, 1);
    expected[at++] = 0x93;
    expected[at++] = 0x01;
    for (int i = 0; i < 2; i++) {
        const blob *part = i == 0 ? &credential : &attestations[0];
        assert_in_range(part->len, 128, 255);
        expected[at++] = 0xc4;
        expected[at++] = (uint8_t)part->len;
        memcpy(expected + at, part->bytes, part->len);
        at += part->len;
    }
    assert_ok(garita_packet_join(bytes, &len, sizeof bytes, &parts));
    assert_int_equal(len, at);
    assert_memory_equal(bytes, expected, len);
}

static void one_statement_is_its_own_packet(void **state)
{
    (void)state;
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
    size_t len;
    garita_parts alone = parts_of(true, 0), one = parts_of(false, 1);
    assert_ok(garita_packet_join(bytes, &len, sizeof bytes, &alone));
    assert_bytes_equal((garita_bytes){bytes, len}, bytes_of(&credential));
    assert_ok(garita_packet_join(bytes, &len, sizeof bytes, &one));
    assert_bytes_equal((garita_bytes){bytes, len}, bytes_of(&attestations[0]));
}

/* Whoever judges refuses it, and says why. */
static void what_is_no_packet_stands_in_the_place_of_the_credential(void **state)
{
    (void)state;
    static const char *const texts[] = {"00",       "92",          "93",
                                        "93 8a 00", "9a 01 c4 00", "92 01 c4 00",
                                        "94 80 00", "9f 01",       "ff ff ff"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        blob b = blob_hex(texts[i]);
        garita_parts parts;
        garita_fault fault;
        assert_false(garita_packet_is_one(b.bytes, b.len));
        assert_ok(garita_packet_split(&parts, &fault, b.bytes, b.len));
        assert_bytes_equal(parts.credential, bytes_of(&b));
        assert_int_equal(parts.attestation_count, 0);
    }
}

static void no_bytes_at_all_are_truncated(void **state)
{
    (void)state;
    garita_parts parts;
    garita_fault fault;
    assert_false(garita_packet_is_one(NULL, 0));
    assert_error(garita_packet_split(&parts, &fault, credential.bytes, 0), TRUNCATED);
    assert_error(fault.error, TRUNCATED);
    assert_error(garita_packet_split(&parts, NULL, credential.bytes, 0), TRUNCATED);
}

/* --- joining what cannot be --- */

static void join_refuses_what_makes_no_code(void **state)
{
    (void)state;
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
    size_t len = 9;
    garita_parts parts = {0};
    assert_error(garita_packet_join(bytes, &len, sizeof bytes, &parts), EMPTY);
    assert_int_equal(len, 0);
    parts = parts_of(true, GARITA_PACKET_PARTS_MAX);
    assert_error(garita_packet_join(bytes, &len, sizeof bytes, &parts), FULL);

    parts = parts_of(true, 1);
    parts.credential = bytes_of(&attestations[1]);
    assert_error(garita_packet_join(bytes, &len, sizeof bytes, &parts), WRONG_TYPE);
    parts = parts_of(true, 2);
    parts.attestations[1] = bytes_of(&credential);
    assert_error(garita_packet_join(bytes, &len, sizeof bytes, &parts), WRONG_TYPE);
    parts = parts_of(false, 1);
    parts.attestations[0].len = 0;
    assert_error(garita_packet_join(bytes, &len, sizeof bytes, &parts), WRONG_TYPE);
}

static void join_writes_nothing_that_does_not_fit(void **state)
{
    (void)state;
    garita_parts parts = parts_of(true, 2);
    uint8_t whole[GARITA_QR_STATEMENT_BYTES_MAX];
    size_t whole_len, len;
    assert_ok(garita_packet_join(whole, &whole_len, sizeof whole, &parts));
    uint8_t *small = malloc(whole_len);
    memset(small, 0xaa, whole_len);
    for (size_t cap = 0; cap < whole_len; cap += cap < whole_len - 3 ? 3 : 1) {
        len = 9;
        assert_error(garita_packet_join(small, &len, cap, &parts), NO_SPACE);
        assert_int_equal(len, 0);
        assert_int_equal(small[0], 0xaa);
    }
    assert_ok(garita_packet_join(small, &len, whole_len, &parts));
    free(small);
}

/* A statement of an attestation with an ignorable key, as long as asked for. */
static void long_attestation(blob *out, size_t len)
{
    blob map = {0};
    size_t map_len = len - 67, ordinary = attestations[0].len - 67;
    memcpy(map.bytes, attestations[0].bytes + 1, ordinary);
    map.bytes[0]++;
    size_t at = ordinary, filler = map_len - ordinary - 4;
    map.bytes[at++] = 64;
    map.bytes[at++] = 0xc5;
    map.bytes[at++] = (uint8_t)(filler >> 8);
    map.bytes[at++] = (uint8_t)filler;
    memset(map.bytes + at, 0, filler);
    sign(out, &signer, GARITA_TYPE_ATTESTATION, map.bytes, map_len);
    assert_int_equal(out->len, len);
}

static void packets_are_as_long_as_a_code_may_be_and_no_longer(void **state)
{
    (void)state;
    blob filler;
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX + 1];
    size_t len, rest = GARITA_QR_STATEMENT_BYTES_MAX - 2 - (2 + credential.len) - 3;
    garita_parts parts = parts_of(true, 1), again;
    garita_fault fault;
    long_attestation(&filler, rest);
    parts.attestations[0] = bytes_of(&filler);
    assert_ok(garita_packet_join(bytes, &len, sizeof bytes, &parts));
    assert_int_equal(len, GARITA_QR_STATEMENT_BYTES_MAX);
    assert_ok(garita_packet_split(&again, &fault, bytes, len));
    assert_parts_equal(&again, &parts);

    bytes[len] = 0;
    assert_error(garita_packet_split(&again, &fault, bytes, len + 1), TOO_LONG);
    assert_int_equal(fault.at, GARITA_QR_STATEMENT_BYTES_MAX);
    long_attestation(&filler, rest + 1);
    parts.attestations[0] = bytes_of(&filler);
    assert_error(garita_packet_join(bytes, &len, sizeof bytes, &parts), TOO_LONG);
    assert_int_equal(len, 0);
}

/* --- flaws --- */

/* A packet of a credential and an attestation with other bytes at one place; cut to cap. */
static garita_fault split_changed(size_t at, const char *hex, size_t cap)
{
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX], change[8];
    size_t len, change_len = unhex(change, sizeof change, hex);
    garita_parts parts = parts_of(true, 1), again;
    garita_fault fault;
    assert_ok(garita_packet_join(bytes, &len, sizeof bytes, &parts));
    memcpy(bytes + at, change, change_len);
    if (cap < len)
        len = cap;
    uint8_t *exact = exact_copy(bytes, len);
    garita_error e = garita_packet_split(&again, &fault, exact, len);
    assert_int_equal(e, fault.error);
    if (e != GARITA_OK)
        assert_true(again.credential.len == 0 && again.attestation_count == 0);
    free(exact);
    return fault;
}

#define assert_split(place, hex, cap, expected, expected_at)                                       \
    do {                                                                                           \
        garita_fault split_fault = split_changed(place, hex, cap);                                 \
        assert_error(split_fault.error, expected);                                                 \
        assert_int_equal(split_fault.at, expected_at);                                             \
    } while (0)

static void split_names_each_flaw_and_its_place(void **state)
{
    (void)state;
    size_t second = 2 + 2 + credential.len;
    assert_split(1, "02", SIZE_MAX, UNSUPPORTED_VERSION, 1);
    assert_split(1, "7f", SIZE_MAX, UNSUPPORTED_VERSION, 1);
    assert_split(0, "94", SIZE_MAX, TRUNCATED, second + 2 + attestations[0].len);
    assert_split(2, "a0", SIZE_MAX, WRONG_KIND, 2);
    assert_split(2, "00", SIZE_MAX, WRONG_KIND, 2);
    assert_split(2, "90", SIZE_MAX, DEPTH, 2);
    assert_split(2, "c6", SIZE_MAX, FORBIDDEN_KIND, 2);
    assert_split(2, "ca", SIZE_MAX, FORBIDDEN_KIND, 2);
    assert_split(2, "c5 00 01", SIZE_MAX, NOT_MINIMAL, 2);
    assert_split(2, "c5 ff ff", SIZE_MAX, TRUNCATED, 2);
    assert_split(2, "c4 00", SIZE_MAX, WRONG_TYPE, 2);            /* an empty part */
    assert_split(second + 2, "93", SIZE_MAX, WRONG_TYPE, second); /* no statement */
}

static void split_wants_all_of_a_packet_and_nothing_behind(void **state)
{
    (void)state;
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
    size_t len;
    garita_parts parts = parts_of(true, 1), again;
    garita_fault fault;
    assert_ok(garita_packet_join(bytes, &len, sizeof bytes, &parts));
    for (size_t cap = 2; cap < len; cap++)
        assert_error(split_changed(0, "93", cap).error, TRUNCATED);
    bytes[len] = 0;
    assert_error(garita_packet_split(&again, &fault, bytes, len + 1), TRAILING);
    assert_int_equal(fault.at, len);
    /* one part too few for the array's own word */
    bytes[0] = 0x92;
    assert_false(garita_packet_is_one(bytes, len));
}

static size_t write_packet(uint8_t *out, const blob *const *parts, size_t count)
{
    size_t at = 0;
    out[at++] = (uint8_t)(0x91 + count);
    out[at++] = 0x01;
    for (size_t i = 0; i < count; i++) {
        out[at++] = 0xc4;
        out[at++] = (uint8_t)parts[i]->len;
        memcpy(out + at, parts[i]->bytes, parts[i]->len);
        at += parts[i]->len;
    }
    return at;
}

static void split_takes_one_credential_and_that_first(void **state)
{
    (void)state;
    const blob *const second[] = {&attestations[0], &credential};
    const blob *const twice[] = {&credential, &credential};
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
    garita_parts parts;
    garita_fault fault;
    size_t len = write_packet(bytes, second, 2);
    assert_error(garita_packet_split(&parts, &fault, bytes, len), WRONG_TYPE);
    assert_int_equal(fault.at, 2 + 2 + attestations[0].len);
    len = write_packet(bytes, twice, 2);
    assert_error(garita_packet_split(&parts, &fault, bytes, len), WRONG_TYPE);
    assert_int_equal(fault.at, 2 + 2 + credential.len);
}

static void split_takes_no_statement_of_another_type(void **state)
{
    (void)state;
    blob other;
    party subject;
    party_make(&subject, 21);
    certify(&other, &signer, &subject, (grant){.serial = 1});
    assert_in_range(other.len, 32, 255);
    const blob *const first[] = {&other, &attestations[0]};
    const blob *const last[] = {&credential, &other};
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
    garita_parts parts;
    garita_fault fault;
    size_t len = write_packet(bytes, first, 2);
    assert_error(garita_packet_split(&parts, &fault, bytes, len), WRONG_TYPE);
    len = write_packet(bytes, last, 2);
    assert_error(garita_packet_split(&parts, &fault, bytes, len), WRONG_TYPE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(packet_comes_apart_as_it_was_joined),
        cmocka_unit_test(packet_has_the_bytes_of_the_format),
        cmocka_unit_test(one_statement_is_its_own_packet),
        cmocka_unit_test(what_is_no_packet_stands_in_the_place_of_the_credential),
        cmocka_unit_test(no_bytes_at_all_are_truncated),
        cmocka_unit_test(join_refuses_what_makes_no_code),
        cmocka_unit_test(join_writes_nothing_that_does_not_fit),
        cmocka_unit_test(packets_are_as_long_as_a_code_may_be_and_no_longer),
        cmocka_unit_test(split_names_each_flaw_and_its_place),
        cmocka_unit_test(split_wants_all_of_a_packet_and_nothing_behind),
        cmocka_unit_test(split_takes_one_credential_and_that_first),
        cmocka_unit_test(split_takes_no_statement_of_another_type),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, NULL);
}
