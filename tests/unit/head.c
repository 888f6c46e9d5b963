/* Heads: what an authority may say of its log, and whose word it is. */
#include <garita/head.h>

#include <stdlib.h>

#include <msgpack/pack.h>
#include <msgpack/sbuffer.h>

#include "unit.h"

static party anchor, agency, agency_second, stranger;

static int set_up(void **state)
{
    (void)state;
    party_make(&anchor, 50);
    party_make(&agency, 51);
    party_rotate(&agency_second, &agency, 2, 52);
    party_make(&stranger, 53);
    return 0;
}

static garita_head usual_head(void)
{
    garita_head h = {.size = 300,
                     .issued = 4711,
                     .signed_at = moment("2026-11-21T16:00:00Z"),
                     .next_due = moment("2026-11-22T16:00:00Z")};
    memset(&h.root, 0x11, sizeof h.root);
    memset(&h.set_root, 0x22, sizeof h.set_root);
    return h;
}

static void issue_head(blob *out, const party *by, const garita_head *h)
{
    garita_fault fault;
    assert_ok(garita_head_issue(out->bytes, &out->len, sizeof out->bytes, &fault, h, &by->signer));
}

static garita_error decode(garita_head *out, garita_fault *fault, const blob *b, const party *by)
{
    static uint8_t scratch[GARITA_SCRATCH_SIZE(GARITA_HEAD_BYTES_MAX)];
    garita_peek peek;
    garita_verified verified;
    assert_ok(garita_statement_peek(&peek, fault, GARITA_TYPE_HEAD, b->bytes, b->len));
    assert_ok(garita_statement_verify(&verified, &peek, by->public_key, scratch, sizeof scratch));
    return garita_head_decode(out, fault, &verified);
}

/* --- issue, then decode --- */

static void head_comes_back_as_it_was_issued(void **state)
{
    (void)state;
    garita_head h = usual_head(), again;
    garita_fault fault;
    garita_peek peek;
    blob b, twice;
    issue_head(&b, &agency_second, &h);
    issue_head(&twice, &agency_second, &h);
    assert_int_equal(b.len, twice.len);
    assert_memory_equal(b.bytes, twice.bytes, b.len);
    assert_ok(decode(&again, &fault, &b, &agency_second));
    assert_true(garita_head_equal(&h, &again));
    assert_ok(garita_head_inspect(&again, &peek, &fault, b.bytes, b.len));
    assert_true(garita_head_equal(&h, &again));
    assert_true(garita_id_equal(&peek.signer, &agency.signer.id));
    assert_int_equal(peek.key_number, 2);
    assert_error(garita_head_inspect(&again, NULL, &fault, b.bytes, b.len - 1), ENVELOPE);
    assert_int_equal(again.size, 0);
}

/* The figure of the issue: heads are what travels most. */
static void head_is_at_most_200_bytes(void **state)
{
    (void)state;
    garita_head h = usual_head();
    party old = agency;
    blob b;
    h.size = 1000000;
    h.issued = 20000000;
    issue_head(&b, &agency, &h);
    print_message("a head of 1,000,000 batches and 20,000,000 serials: %zu bytes\n", b.len);
    assert_true(b.len <= 200);
    h.size = GARITA_LOG_SIZE_MAX;
    h.issued = GARITA_SERIAL_MAX;
    h.next_due = h.signed_at = GARITA_MOMENT_MAX;
    old.signer.key_number = GARITA_KEY_NUMBER_MAX;
    issue_head(&b, &old, &h);
    assert_true(b.len <= 200);
}

/* --- bounds, each side --- */

#define assert_issue(change, expected, expected_field)                                             \
    do {                                                                                           \
        garita_head h = usual_head(), again;                                                       \
        garita_fault fault;                                                                        \
        blob b;                                                                                    \
        change;                                                                                    \
        garita_error e =                                                                           \
            garita_head_issue(b.bytes, &b.len, sizeof b.bytes, &fault, &h, &agency.signer);        \
        assert_error(e, expected);                                                                 \
        assert_error(fault.error, expected);                                                       \
        assert_string_equal(fault.field, expected_field);                                          \
        assert_true((e == GARITA_OK) == (b.len > 0));                                              \
        if (e == GARITA_OK) {                                                                      \
            assert_ok(decode(&again, &fault, &b, &agency));                                        \
            assert_true(garita_head_equal(&h, &again));                                            \
        }                                                                                          \
    } while (0)

static void head_bounds_its_fields(void **state)
{
    (void)state;
    assert_issue(h.size = 0, OK, "");
    assert_issue(h.size = 0xffffffff, OK, "");
    assert_issue(h.size = 0x100000000, RANGE, "size");
    assert_issue(h.issued = 0, OK, "");
    assert_issue(h.issued = 0xffffffff, OK, "");
    assert_issue(h.signed_at = 0, OK, "");
    assert_issue(h.signed_at = -1, RANGE, "signed_at");
    assert_issue(h.signed_at = INT64_MIN, RANGE, "signed_at");
    assert_issue(h.next_due = GARITA_MOMENT_MAX, OK, "");
    assert_issue(h.next_due = GARITA_MOMENT_MAX + 1, RANGE, "next_due");
    assert_issue(h.next_due = INT64_MAX, RANGE, "next_due");
    assert_issue(h.signed_at = GARITA_MOMENT_MAX + 1, RANGE, "signed_at");
    assert_issue(h.next_due = h.signed_at, OK, "");
    assert_issue(h.next_due = h.signed_at - 1, DATE_ORDER, "next_due");
    assert_int_equal(GARITA_MOMENT_MAX, INT64_C(5662310399)); /* as FORMAT.md has it */
}

static void issue_writes_nothing_that_does_not_fit(void **state)
{
    (void)state;
    garita_head h = usual_head();
    garita_fault fault;
    blob b, cut;
    issue_head(&b, &agency, &h);
    for (size_t cap = 0; cap < b.len; cap++) {
        cut.len = 9;
        assert_error(garita_head_issue(cut.bytes, &cut.len, cap, &fault, &h, &agency.signer),
                     NO_SPACE);
        assert_int_equal(cut.len, 0);
    }
    assert_ok(garita_head_issue(cut.bytes, &cut.len, b.len, &fault, &h, &agency.signer));
}

/* --- keys, with msgpack-c as the writer --- */

enum { ALL_KEYS = 0x3ff };

/* A map of some of the keys, with nil for the value of one (or -1), and one more key (or 0). */
static void write_pieces(blob *out, unsigned keys, int nil_key, size_t hash_len, int extra)
{
    static const uint64_t numbers[] = {
        [0] = 1, [1] = 4, [3] = 1, [4] = 300, [7] = 4711, [8] = 1795276800, [9] = 1795363200};
    static const char hash[64];
    msgpack_sbuffer buffer;
    msgpack_packer p;
    size_t count = extra != 0;
    for (int key = 0; key <= 9; key++)
        count += keys >> key & 1;
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&p, &buffer, msgpack_sbuffer_write);
    msgpack_pack_map(&p, count);
    for (int key = 0; key <= 9; key++) {
        if (!(keys >> key & 1))
            continue;
        msgpack_pack_int(&p, key);
        if (key == nil_key)
            msgpack_pack_nil(&p);
        else if (key == 2)
            msgpack_pack_bin_with_body(&p, agency.signer.id.bytes, 8);
        else if (key == 5 || key == 6)
            msgpack_pack_bin_with_body(&p, hash, hash_len);
        else
            msgpack_pack_uint64(&p, numbers[key]);
    }
    if (extra != 0) {
        msgpack_pack_int(&p, extra);
        msgpack_pack_nil(&p);
    }
    sign(out, &agency, GARITA_TYPE_HEAD, buffer.data, buffer.size);
    msgpack_sbuffer_destroy(&buffer);
}

static void assert_pieces(unsigned keys, int nil_key, size_t hash_len, int extra,
                          garita_error expected, const char *field)
{
    static const garita_head none;
    garita_head h;
    garita_fault fault;
    blob b;
    write_pieces(&b, keys, nil_key, hash_len, extra);
    garita_error e = garita_head_inspect(&h, NULL, &fault, b.bytes, b.len);
    if (e != expected || e != fault.error || strcmp(fault.field, field) != 0)
        fail_msg("keys %03x, nil %d, extra %d: %s in \"%s\"", keys, nil_key, extra,
                 garita_error_name(e), fault.field);
    if (e != GARITA_OK)
        assert_true(garita_head_equal(&h, &none));
}

static void head_needs_all_its_keys_and_takes_no_other(void **state)
{
    (void)state;
    static const char *const fields[] = {"version",   "type",    "authority id", "key number",
                                         "size",      "root",    "set_root",     "issued",
                                         "signed_at", "next_due"};
    assert_pieces(ALL_KEYS, -1, 32, 0, GARITA_OK, "");
    for (int key = 4; key <= 9; key++)
        assert_pieces(ALL_KEYS & ~(1u << key), -1, 32, 0, GARITA_E_MISSING_KEY, "");
    for (int key = 0; key <= 9; key++)
        assert_pieces(ALL_KEYS, key, 32, 0, GARITA_E_WRONG_KIND, fields[key]);
    for (int extra = 10; extra <= 127; extra++)
        assert_pieces(ALL_KEYS, -1, 32, extra, GARITA_E_UNKNOWN_KEY, "");
    assert_pieces(ALL_KEYS, -1, 32, 128, GARITA_E_RANGE, "");
    assert_pieces(ALL_KEYS, -1, 31, 0, GARITA_E_RANGE, "root");
    assert_pieces(ALL_KEYS, -1, 33, 0, GARITA_E_RANGE, "root");
}

static void head_cut_or_flipped_anywhere_is_not_signed(void **state)
{
    (void)state;
    garita_trust *trust;
    garita_head h = usual_head(), out;
    garita_error e;
    blob b;
    assert_ok(garita_trust_new(&trust));
    pin(trust, &agency, (grant){.serial = 1});
    issue_head(&b, &agency, &h);
    for (size_t len = 0; len < b.len; len++) {
        uint8_t *copy = exact_copy(b.bytes, len);
        assert_null(garita_head_signer(&out, &e, trust, NULL, copy, len));
        assert_int_not_equal(e, GARITA_OK);
        free(copy);
    }
    for (size_t bit = 0; bit < 8 * b.len; bit++) {
        blob flipped = b;
        flipped.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_null(garita_head_signer(&out, &e, trust, NULL, flipped.bytes, flipped.len));
        assert_int_not_equal(e, GARITA_OK);
        assert_int_equal(out.size, 0);
    }
    assert_non_null(garita_head_signer(&out, &e, trust, NULL, b.bytes, b.len));
    garita_trust_free(trust);
}

/* --- order --- */

static void heads_are_ordered_by_size_then_by_time(void **state)
{
    (void)state;
    garita_head a = usual_head(), b = a;
    assert_int_equal(garita_head_compare(&a, &b), 0);
    b.next_due++;
    assert_int_equal(garita_head_compare(&a, &b), 0);
    b.signed_at++;
    assert_true(garita_head_compare(&a, &b) < 0 && garita_head_compare(&b, &a) > 0);
    a.size++; /* a larger one, signed earlier */
    assert_true(garita_head_compare(&a, &b) > 0 && garita_head_compare(&b, &a) < 0);
    a.size = 0;
    b.size = GARITA_LOG_SIZE_MAX;
    assert_true(garita_head_compare(&a, &b) < 0 && garita_head_compare(&b, &a) > 0);
}

static void heads_differ_if_any_field_does(void **state)
{
    (void)state;
    garita_head a = usual_head(), b;
    for (int i = 0; i < 6; i++) {
        b = a;
        b.size ^= i == 0;
        b.root.bytes[31] ^= i == 1;
        b.set_root.bytes[31] ^= i == 2;
        b.issued ^= i == 3;
        b.signed_at ^= i == 4;
        b.next_due ^= i == 5;
        assert_false(garita_head_equal(&a, &b));
    }
    assert_true(garita_head_equal(&a, &a));
}

/* --- who signed it --- */

static void assert_signer_error(const garita_trust *trust, const blob *b, garita_error expected)
{
    static const garita_head none;
    garita_head h = usual_head();
    garita_error e = GARITA_OK;
    assert_null(garita_head_signer(&h, &e, trust, NULL, b->bytes, b->len));
    assert_string_equal(garita_error_name(e), garita_error_name(expected));
    assert_true(garita_head_equal(&h, &none));
    assert_null(garita_head_signer(&h, NULL, trust, NULL, b->bytes, b->len));
}

static void signer_is_any_key_of_the_authority_that_may_sign_heads(void **state)
{
    (void)state;
    garita_trust *trust;
    garita_head h = usual_head(), out;
    garita_error e = GARITA_E_NO_SPACE;
    blob b;
    assert_ok(garita_trust_new(&trust));
    pin(trust, &anchor, (grant){.serial = 1});
    issue_head(&b, &agency, &h);
    assert_signer_error(trust, &b, GARITA_E_UNKNOWN_ISSUER);
    const garita_issuer *minting =
        add(trust, &anchor, &agency, (grant){.serial = 2, .types = 1u << GARITA_TYPE_CREDENTIAL});
    assert_signer_error(trust, &b, GARITA_E_OUT_OF_SCOPE);
    assert_false(garita_head_is_by(&out, trust, minting, b.bytes, b.len));
    const garita_issuer *online =
        add(trust, &anchor, &agency_second, (grant){.serial = 3, .types = 1u << GARITA_TYPE_HEAD});
    assert_signer_error(trust, &b, GARITA_E_OUT_OF_SCOPE);

    issue_head(&b, &agency_second, &h);
    assert_ptr_equal(garita_head_signer(&out, &e, trust, NULL, b.bytes, b.len), online);
    assert_ok(e);
    assert_true(garita_head_equal(&out, &h));
    assert_null(garita_head_signer(&out, &e, trust, online, b.bytes, b.len));
    assert_ok(e);
    assert_true(garita_head_equal(&out, &h)); /* not lost by asking for another */
    /* asked by another record of the same authority */
    assert_true(garita_head_is_by(&out, trust, minting, b.bytes, b.len));
    assert_true(garita_head_equal(&out, &h));
    assert_false(garita_head_is_by(&out, trust, online->parent, b.bytes, b.len));
    assert_int_equal(out.size, 0);
    garita_trust_free(trust);
}

static void signer_must_have_made_the_signature(void **state)
{
    (void)state;
    garita_trust *trust;
    garita_head h = usual_head(), out;
    party impostor = stranger;
    blob b;
    assert_ok(garita_trust_new(&trust));
    pin(trust, &anchor, (grant){.serial = 1});
    const garita_issuer *r = add(trust, &anchor, &agency, (grant){.serial = 2});
    impostor.signer.id = agency.signer.id;
    issue_head(&b, &impostor, &h);
    assert_signer_error(trust, &b, GARITA_E_BAD_SIGNATURE);
    assert_false(garita_head_is_by(&out, trust, r, b.bytes, b.len));
    garita_trust_free(trust);
}

/* A flaw in the map counts once the signature is good, and not before. */
static void signer_of_a_flawed_head_is_nobody(void **state)
{
    (void)state;
    garita_trust *trust;
    garita_head out;
    blob b;
    assert_ok(garita_trust_new(&trust));
    write_pieces(&b, ALL_KEYS & ~(1u << 9), -1, 32, 0);
    assert_signer_error(trust, &b, GARITA_E_UNKNOWN_ISSUER);
    const garita_issuer *r = pin(trust, &agency, (grant){.serial = 1});
    assert_signer_error(trust, &b, GARITA_E_MISSING_KEY);
    assert_false(garita_head_is_by(&out, trust, r, b.bytes, b.len));
    b.bytes[b.len - 1] ^= 1;
    assert_signer_error(trust, &b, GARITA_E_BAD_SIGNATURE);
    garita_trust_free(trust);
}

static void credential_is_no_head(void **state)
{
    (void)state;
    garita_trust *trust;
    garita_credential c = {.serial = 1,
                           .not_before = 1,
                           .expires = 2,
                           .programme = 1,
                           .name = utf8("A"),
                           .birth_date = 19880402,
                           .nationality = utf8("MEX"),
                           .document_type = 1,
                           .document_country = utf8("MEX"),
                           .document_number = utf8("G1")};
    blob b;
    assert_ok(garita_trust_new(&trust));
    pin(trust, &agency, (grant){.serial = 1});
    issue(&b, &agency, &c);
    assert_signer_error(trust, &b, GARITA_E_WRONG_TYPE);
    garita_trust_free(trust);
}

/* One key, certified by two anchors, twice by each: two authorities, and one record for each. */
static void signer_is_told_once_for_each_authority(void **state)
{
    (void)state;
    garita_trust *trust;
    garita_head h = usual_head(), out;
    const garita_issuer *records[6], *r;
    blob b;
    const uint32_t heads = 1u << GARITA_TYPE_HEAD, credentials = 1u << GARITA_TYPE_CREDENTIAL;
    assert_ok(garita_trust_new(&trust));
    pin(trust, &anchor, (grant){.serial = 1});
    pin(trust, &stranger, (grant){.serial = 1});
    /* the first record of the first authority may not sign heads: it does not hide the second */
    records[0] = add(trust, &anchor, &agency, (grant){.serial = 2, .types = credentials});
    records[1] = add(trust, &stranger, &agency, (grant){.serial = 2, .types = heads});
    records[2] = add(trust, &anchor, &agency, (grant){.serial = 3, .types = heads});
    records[3] = add(trust, &stranger, &agency, (grant){.serial = 3, .types = heads});
    records[4] = add(trust, &anchor, &agency, (grant){.serial = 4, .types = heads});
    records[5] = add(trust, &anchor, &agency_second, (grant){.serial = 5, .types = heads});
    issue_head(&b, &agency, &h);
    r = garita_head_signer(&out, NULL, trust, NULL, b.bytes, b.len);
    assert_ptr_equal(r, records[1]);
    r = garita_head_signer(&out, NULL, trust, r, b.bytes, b.len);
    assert_ptr_equal(r, records[2]);
    assert_null(garita_head_signer(&out, NULL, trust, r, b.bytes, b.len));
    for (size_t i = 0; i < COUNT(records); i++)
        assert_true(garita_head_is_by(&out, trust, records[i], b.bytes, b.len));
    garita_trust_free(trust);
}

/* Two parents may give one number of one authority two keys: each is tried. */
static void signer_is_found_by_its_key_and_not_by_its_number(void **state)
{
    (void)state;
    garita_trust *trust;
    garita_head h = usual_head(), out;
    party also_second;
    const garita_issuer *r[2];
    blob b[2];
    party_rotate(&also_second, &agency, 2, 54);
    assert_ok(garita_trust_new(&trust));
    pin(trust, &anchor, (grant){.serial = 1});
    pin(trust, &stranger, (grant){.serial = 1});
    r[0] = add(trust, &anchor, &agency_second, (grant){.serial = 2});
    r[1] = add(trust, &stranger, &also_second, (grant){.serial = 2});
    issue_head(&b[0], &agency_second, &h);
    issue_head(&b[1], &also_second, &h);
    for (size_t i = 0; i < 2; i++) {
        assert_ptr_equal(garita_head_signer(&out, NULL, trust, NULL, b[i].bytes, b[i].len), r[i]);
        assert_null(garita_head_signer(&out, NULL, trust, r[i], b[i].bytes, b[i].len));
        assert_true(garita_head_is_by(&out, trust, r[i], b[i].bytes, b[i].len));
        assert_false(garita_head_is_by(&out, trust, r[1 - i], b[i].bytes, b[i].len));
    }
    garita_trust_free(trust);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_comes_back_as_it_was_issued),
        cmocka_unit_test(head_is_at_most_200_bytes),
        cmocka_unit_test(head_bounds_its_fields),
        cmocka_unit_test(issue_writes_nothing_that_does_not_fit),
        cmocka_unit_test(head_needs_all_its_keys_and_takes_no_other),
        cmocka_unit_test(head_cut_or_flipped_anywhere_is_not_signed),
        cmocka_unit_test(heads_are_ordered_by_size_then_by_time),
        cmocka_unit_test(heads_differ_if_any_field_does),
        cmocka_unit_test(signer_is_any_key_of_the_authority_that_may_sign_heads),
        cmocka_unit_test(signer_must_have_made_the_signature),
        cmocka_unit_test(signer_of_a_flawed_head_is_nobody),
        cmocka_unit_test(credential_is_no_head),
        cmocka_unit_test(signer_is_told_once_for_each_authority),
        cmocka_unit_test(signer_is_found_by_its_key_and_not_by_its_number),
    };
    return garita_init() == GARITA_OK ? cmocka_run_group_tests(tests, set_up, NULL) : 1;
}
