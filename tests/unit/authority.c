/* Authority statements: what one authority may write of another. */
#include <garita/authority.h>

#include <stdlib.h>

#include <msgpack/pack.h>
#include <msgpack/sbuffer.h>

#include "unit.h"

static party parent, child, child_second;

static int set_up(void **state)
{
    (void)state;
    party_make(&parent, 30);
    party_make(&child, 31);
    party_rotate(&child_second, &child, 2, 32);
    return 0;
}

static garita_error decode(garita_authority *out, garita_fault *fault, const blob *b)
{
    static uint8_t scratch[GARITA_SCRATCH_SIZE(GARITA_AUTHORITY_BYTES_MAX)];
    garita_peek peek;
    garita_verified verified;
    assert_ok(garita_statement_peek(&peek, fault, GARITA_TYPE_AUTHORITY, b->bytes, b->len));
    assert_ok(
        garita_statement_verify(&verified, &peek, parent.public_key, scratch, sizeof scratch));
    return garita_authority_decode(out, fault, &verified);
}

static const grant usual = {.serial = 7,
                            .from = "2026-01-01",
                            .until = "2030-12-31",
                            .name = "Aduana",
                            .country = "MEX",
                            .countries = "CAN MEX USA",
                            .programmes = 0x3fe,
                            .types = 0x14,
                            .depth = 2};

/* --- issue, then decode --- */

static void authority_comes_back_as_it_was_issued(void **state)
{
    (void)state;
    const party *subjects[] = {&child, &child_second};
    for (size_t i = 0; i < COUNT(subjects); i++) {
        garita_authority again;
        garita_fault fault;
        garita_peek peek;
        blob b, twice;
        certify(&b, &parent, subjects[i], usual);
        certify(&twice, &parent, subjects[i], usual);
        assert_int_equal(b.len, twice.len);
        assert_memory_equal(b.bytes, twice.bytes, b.len);
        assert_ok(decode(&again, &fault, &b));
        assert_int_equal(again.serial, 7);
        assert_true(again.has_start);
        assert_int_equal(again.not_before, day("2026-01-01"));
        assert_int_equal(again.expires, day("2030-12-31"));
        assert_true(garita_id_equal(&again.id, &child.signer.id));
        assert_int_equal(again.key_number, i + 1);
        assert_memory_equal(again.public_key, subjects[i]->public_key, 32);
        assert_memory_equal(again.first_key, child.public_key, 32);
        assert_int_equal(again.name.len, 6);
        assert_memory_equal(again.name.at, "Aduana", 6);
        assert_string_equal(again.country, "MEX");
        assert_false(again.self_issued);
        assert_int_equal(again.scope.programmes, 0x3fe);
        assert_int_equal(again.scope.types, 0x14);
        assert_int_equal(again.scope.depth, 2);
        assert_int_equal(again.scope.country_count, 3);
        assert_string_equal(again.scope.countries[0], "CAN");
        assert_string_equal(again.scope.countries[2], "USA");
        assert_ok(garita_authority_inspect(&again, &peek, &fault, b.bytes, b.len));
        assert_true(garita_id_equal(&peek.signer, &parent.signer.id));
    }
}

static void authority_without_a_start_has_none(void **state)
{
    (void)state;
    garita_authority again;
    garita_fault fault;
    blob b;
    grant g = usual;
    g.from = NULL;
    certify(&b, &parent, &child, g);
    assert_ok(decode(&again, &fault, &b));
    assert_false(again.has_start);
    assert_int_equal(again.not_before, 0);
}

static void authority_that_signs_for_itself_carries_no_scope(void **state)
{
    (void)state;
    garita_authority again;
    garita_fault fault;
    blob b;
    party further;
    static const garita_scope none;
    certify(&b, &parent, &parent, usual);
    assert_ok(decode(&again, &fault, &b));
    assert_true(again.self_issued);
    assert_true(scopes_equal(&again.scope, &none));
    party_rotate(&further, &parent, 2, 33);
    certify(&b, &parent, &further, usual);
    assert_ok(decode(&again, &fault, &b));
    assert_true(again.self_issued);
    assert_int_equal(again.key_number, 2);
    assert_memory_equal(again.first_key, parent.public_key, 32);
}

/* What the caller's struct says of id, first key and self_issued is not believed. */
static void issue_derives_the_id(void **state)
{
    (void)state;
    garita_authority a = authority_of(&child, &usual), again;
    garita_fault fault;
    blob b;
    memset(&a.id, 0xaa, sizeof a.id);
    memset(a.first_key, 0xaa, sizeof a.first_key);
    a.self_issued = true;
    assert_ok(garita_authority_issue(b.bytes, &b.len, sizeof b.bytes, &fault, &a, &parent.signer));
    assert_ok(decode(&again, &fault, &b));
    assert_true(garita_id_equal(&again.id, &child.signer.id));
    assert_false(again.self_issued);
}

/* --- bounds, each side --- */

#define assert_issue(change, expected, expected_field)                                             \
    do {                                                                                           \
        garita_authority a = authority_of(&child, &usual), again;                                  \
        garita_fault fault;                                                                        \
        blob b;                                                                                    \
        change;                                                                                    \
        garita_error e =                                                                           \
            garita_authority_issue(b.bytes, &b.len, sizeof b.bytes, &fault, &a, &parent.signer);   \
        assert_error(e, expected);                                                                 \
        assert_error(fault.error, expected);                                                       \
        assert_string_equal(fault.field, expected_field);                                          \
        assert_true((e == GARITA_OK) == (b.len > 0));                                              \
        if (e == GARITA_OK)                                                                        \
            assert_ok(decode(&again, &fault, &b));                                                 \
    } while (0)

static void authority_bounds_its_fields(void **state)
{
    (void)state;
    static const char long_name[65] =
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_issue(a.serial = 0, RANGE, "serial");
    assert_issue(a.serial = 1, OK, "");
    assert_issue(a.serial = 0xffffffff, OK, "");
    assert_issue(a.not_before = 0, OK, "");
    assert_issue(a.not_before = 65536, RANGE, "not_before");
    assert_issue(a.expires = 65535, OK, "");
    assert_issue(a.expires = 65536, RANGE, "expires");
    assert_issue(a.expires = a.not_before, OK, "");
    assert_issue(a.expires = a.not_before - 1, DATE_ORDER, "expires");
    assert_issue((a.has_start = false, a.expires = 0), OK, "");
    assert_issue(a.key_number = 0, RANGE, "key number");
    assert_issue(a.name.len = 0, EMPTY, "name");
    assert_issue(a.name = utf8(NULL), EMPTY, "name");
    assert_issue((a.name.at = long_name, a.name.len = 64), OK, "");
    assert_issue((a.name.at = long_name, a.name.len = 65), RANGE, "name");
    assert_issue(a.name = utf8("A\nB"), UNSAFE_TEXT, "name");
    assert_issue(memcpy(a.country, "mex", 4), COUNTRY, "country");
    assert_issue(memcpy(a.country, "D", 2), OK, "");
    assert_issue(a.country[0] = '\0', EMPTY, "country");
    assert_issue(a.scope.programmes = 0, OK, "");
    assert_issue(a.scope.programmes = INT64_MAX, OK, "");
    assert_issue(a.scope.programmes = UINT64_C(1) << 63, RANGE, "programmes");
    assert_issue(a.scope.types = 0, OK, "");
    assert_issue(a.scope.types = UINT32_MAX, OK, "");
    assert_issue(a.scope.depth = 4, OK, "");
    assert_issue(a.scope.depth = 5, RANGE, "depth");
}

static void authority_bounds_its_countries(void **state)
{
    (void)state;
    garita_scope most =
        scope_of("AAA AAB AAC AAD AAE AAF AAG AAH AAI AAJ AAK AAL AAM AAN AAO AAP", 2, 4, 0);
    assert_issue(a.scope.country_count = 0, EMPTY, "countries");
    assert_issue(a.scope = most, OK, "");
    assert_issue(memcpy(a.scope.countries[1], "CAN", 4), KEY_ORDER, "countries"); /* twice */
    assert_issue(memcpy(a.scope.countries[2], "AAA", 4), KEY_ORDER, "countries");
    assert_issue(memcpy(a.scope.countries[1], "me", 3), COUNTRY, "countries");
    assert_issue(memcpy(a.scope.countries[2], "D", 2), KEY_ORDER, "countries"); /* D before MEX */
    assert_issue(memcpy(a.scope.countries[1], "D", 2), OK, "");
}

static void authority_wants_keys_that_can_verify(void **state)
{
    (void)state;
    assert_issue(memset(a.public_key, 0, 32), BAD_KEY, "public key");
    assert_issue(memset(a.public_key, 0xff, 32), BAD_KEY, "public key");
    assert_issue((a.key_number = 2, memset(a.first_key, 0, 32)), BAD_KEY, "first key");
}

static void issue_writes_nothing_that_does_not_fit(void **state)
{
    (void)state;
    garita_authority a = authority_of(&child, &usual);
    garita_fault fault;
    blob b, cut;
    certify(&b, &parent, &child, usual);
    for (size_t cap = 0; cap < b.len; cap++) {
        cut.len = 9;
        assert_error(garita_authority_issue(cut.bytes, &cut.len, cap, &fault, &a, &parent.signer),
                     NO_SPACE);
        assert_int_equal(cut.len, 0);
    }
    assert_ok(garita_authority_issue(cut.bytes, &cut.len, b.len, &fault, &a, &parent.signer));
}

/* --- keys, with msgpack-c as the writer --- */

/* A map out of pieces, so that any can be left out, altered or added. */
typedef struct pieces {
    const party *subject;
    uint32_t keys; /* bit n: key n is written */
    bool wrong_id;
    uint32_t countries; /* how many */
    int extra;          /* one more key at the end, or 0 */
    int other_kind;     /* a key whose value is nil, or -1 */
} pieces;

#define BIT(n) (UINT32_C(1) << (n))

enum {
    FOREIGN = 0x1ffff & ~(1 << 10), /* all but the first key */
    FOREIGN_ROTATED = 0x1ffff,
    OWN = 0x1fff & ~(1 << 10),
    OWN_ROTATED = 0x1fff
};

static void write_pieces(blob *out, const pieces *w)
{
    msgpack_sbuffer buffer;
    msgpack_packer p;
    size_t count = w->extra != 0;
    for (int key = 0; key <= 16; key++)
        count += w->keys >> key & 1;
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&p, &buffer, msgpack_sbuffer_write);
    msgpack_pack_map(&p, count);
    for (int key = 0; key <= 16; key++) {
        static const uint64_t numbers[] = {[0] = 1,     [1] = 1,  [3] = 1,     [4] = 7, [5] = 20454,
                                           [6] = 22280, [14] = 2, [15] = 0x1e, [16] = 1};
        garita_id id = w->subject->signer.id;
        if (!(w->keys >> key & 1))
            continue;
        msgpack_pack_int(&p, key);
        if (key == w->other_kind) {
            msgpack_pack_nil(&p);
            continue;
        }
        id.bytes[7] ^= w->wrong_id;
        switch (key) {
        case 2:
            msgpack_pack_bin_with_body(&p, parent.signer.id.bytes, 8);
            break;
        case 7:
            msgpack_pack_bin_with_body(&p, id.bytes, 8);
            break;
        case 8:
            msgpack_pack_uint64(&p, w->subject->signer.key_number);
            break;
        case 9:
            msgpack_pack_bin_with_body(&p, w->subject->public_key, 32);
            break;
        case 10:
            msgpack_pack_bin_with_body(&p, w->subject->first_key, 32);
            break;
        case 11:
            msgpack_pack_str_with_body(&p, "Agency", 6);
            break;
        case 12:
            msgpack_pack_str_with_body(&p, "USA", 3);
            break;
        case 13:
            msgpack_pack_array(&p, w->countries);
            for (uint32_t i = 0; i < w->countries; i++)
                msgpack_pack_str_with_body(&p, (char[3]){'A', 'A', (char)('A' + i)}, 3);
            break;
        default:
            msgpack_pack_uint64(&p, numbers[key]);
            break;
        }
    }
    if (w->extra != 0) {
        msgpack_pack_int(&p, w->extra);
        msgpack_pack_nil(&p);
    }
    sign(out, &parent, GARITA_TYPE_AUTHORITY, buffer.data, buffer.size);
    msgpack_sbuffer_destroy(&buffer);
}

static garita_fault read_pieces(const pieces *w)
{
    garita_authority a;
    garita_fault fault;
    blob b;
    write_pieces(&b, w);
    garita_error e = garita_authority_inspect(&a, NULL, &fault, b.bytes, b.len);
    assert_int_equal(e, fault.error);
    if (e != GARITA_OK)
        assert_true(a.serial == 0 && a.key_number == 0 && a.name.at == NULL &&
                    a.scope.country_count == 0);
    return fault;
}

static pieces of(const party *subject, uint32_t keys)
{
    return (pieces){.subject = subject, .keys = keys, .countries = 2, .other_kind = -1};
}

static void assert_pieces(pieces w, garita_error expected, const char *field)
{
    garita_fault fault = read_pieces(&w);
    if (fault.error != expected || strcmp(fault.field, field) != 0)
        fail_msg("keys %05x: %s in \"%s\"", (unsigned)w.keys, garita_error_name(fault.error),
                 fault.field);
}

static void authority_written_by_another_program_is_read(void **state)
{
    (void)state;
    party further;
    party_rotate(&further, &parent, 2, 34);
    assert_pieces(of(&child, FOREIGN), GARITA_OK, "");
    assert_pieces(of(&child_second, FOREIGN_ROTATED), GARITA_OK, "");
    assert_pieces(of(&parent, OWN), GARITA_OK, "");
    assert_pieces(of(&further, OWN_ROTATED), GARITA_OK, "");
    assert_pieces(of(&child, FOREIGN & ~BIT(5)), GARITA_OK, "");
}

static void authority_refuses_a_missing_key(void **state)
{
    (void)state;
    static const int required[] = {4, 6, 7, 8, 9, 11, 12};
    for (size_t i = 0; i < COUNT(required); i++)
        assert_pieces(of(&child, FOREIGN & ~BIT(required[i])), GARITA_E_MISSING_KEY, "");
    for (int key = 13; key <= 16; key++)
        assert_pieces(of(&child, FOREIGN & ~BIT(key)), GARITA_E_MISSING_KEY, "scope");
}

static void authority_has_a_first_key_if_and_only_if_its_number_is_not_1(void **state)
{
    (void)state;
    assert_pieces(of(&child, FOREIGN_ROTATED), GARITA_E_UNKNOWN_KEY, "first key");
    assert_pieces(of(&child_second, FOREIGN), GARITA_E_MISSING_KEY, "first key");
}

static void authority_that_signs_for_itself_may_not_carry_any_of_a_scope(void **state)
{
    (void)state;
    for (int key = 13; key <= 16; key++)
        assert_pieces(of(&parent, OWN | BIT(key)), GARITA_E_UNKNOWN_KEY, "scope");
    assert_pieces(of(&parent, FOREIGN), GARITA_E_UNKNOWN_KEY, "scope");
}

static void authority_refuses_an_id_that_is_not_its_first_key_s(void **state)
{
    (void)state;
    pieces w = of(&child, FOREIGN);
    w.wrong_id = true;
    assert_pieces(w, GARITA_E_ID_MISMATCH, "id");
    w = of(&child_second, FOREIGN_ROTATED);
    w.wrong_id = true;
    assert_pieces(w, GARITA_E_ID_MISMATCH, "id");
    /* the id of a rotated authority is its first key's, not its present one's */
    party own_id = child_second;
    garita_key_id(&own_id.signer.id, own_id.public_key);
    assert_pieces(of(&own_id, FOREIGN_ROTATED), GARITA_E_ID_MISMATCH, "id");
    /* a name that is another's: a key under the parent's own id */
    party impostor = child;
    impostor.signer.id = parent.signer.id;
    assert_pieces(of(&impostor, OWN), GARITA_E_ID_MISMATCH, "id");
}

static void authority_ignores_no_key(void **state)
{
    (void)state;
    pieces w = of(&child, FOREIGN);
    for (w.extra = 17; w.extra <= 127; w.extra++)
        assert_pieces(w, GARITA_E_UNKNOWN_KEY, "");
    w.extra = 128;
    assert_pieces(w, GARITA_E_RANGE, "");
}

static void authority_bounds_the_count_of_countries(void **state)
{
    (void)state;
    pieces w = of(&child, FOREIGN);
    w.countries = 0;
    assert_pieces(w, GARITA_E_EMPTY, "countries");
    w.countries = 16;
    assert_pieces(w, GARITA_OK, "");
    w.countries = 17;
    assert_pieces(w, GARITA_E_RANGE, "countries");
    w.countries = 26;
    assert_pieces(w, GARITA_E_RANGE, "countries");
}

static void authority_refuses_a_value_of_another_kind_in_every_field(void **state)
{
    (void)state;
    static const char *const fields[] = {
        "version", "type",      "authority id", "key number", "serial",    "not_before",
        "expires", "id",        "key number",   "public key", "first key", "name",
        "country", "countries", "programmes",   "types",      "depth"};
    for (int key = 0; key <= 16; key++) {
        pieces w = of(&child_second, FOREIGN_ROTATED);
        w.other_kind = key;
        assert_pieces(w, GARITA_E_WRONG_KIND, fields[key]);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(authority_comes_back_as_it_was_issued),
        cmocka_unit_test(authority_without_a_start_has_none),
        cmocka_unit_test(authority_that_signs_for_itself_carries_no_scope),
        cmocka_unit_test(issue_derives_the_id),
        cmocka_unit_test(authority_bounds_its_fields),
        cmocka_unit_test(authority_bounds_its_countries),
        cmocka_unit_test(authority_wants_keys_that_can_verify),
        cmocka_unit_test(issue_writes_nothing_that_does_not_fit),
        cmocka_unit_test(authority_written_by_another_program_is_read),
        cmocka_unit_test(authority_refuses_a_missing_key),
        cmocka_unit_test(authority_has_a_first_key_if_and_only_if_its_number_is_not_1),
        cmocka_unit_test(authority_that_signs_for_itself_may_not_carry_any_of_a_scope),
        cmocka_unit_test(authority_refuses_an_id_that_is_not_its_first_key_s),
        cmocka_unit_test(authority_ignores_no_key),
        cmocka_unit_test(authority_bounds_the_count_of_countries),
        cmocka_unit_test(authority_refuses_a_value_of_another_kind_in_every_field),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, NULL);
}
