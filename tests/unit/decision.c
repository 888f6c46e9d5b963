/* The log of decisions: what an entry may hold, that the chain binds all of it, and who signed a
 * tip. */
#include <garita/decision.h>
#include <garita/tip.h>

#include <sodium.h>
#include <stdlib.h>

#include "unit.h"

static const uint8_t home[GARITA_DECISION_HOME_SIZE] = {1, 2, 3};

static garita_decision verdict_entry(void)
{
    garita_decision d = {.kind = GARITA_DECISION_VERDICT,
                         .has_moment = true,
                         .moment = 1811851200,
                         .lane = {"default", 7},
                         .outcome = GARITA_ACCEPT,
                         .reason = {"ok", 2},
                         .has_authority = true,
                         .has_serial = true,
                         .serial = 4711};
    memcpy(d.authority.bytes, "\x4f\x1c\x8a\x90\xbe\x7d\x23\x56", 8);
    return d;
}

/* Reads an exact copy, so that AddressSanitizer sees a read behind its end. */
static garita_fault read_fault(garita_decision *out, const uint8_t *bytes, size_t len)
{
    garita_fault fault;
    uint8_t *copy = exact_copy(bytes, len);
    garita_error e = garita_decision_read(out, &fault, copy, len);
    assert_int_equal(e, fault.error);
    if (e != GARITA_OK)
        assert_true(out->kind == 0 && out->lane.at == NULL && !out->has_moment);
    free(copy);
    return fault;
}

/* --- entries --- */

/* FORMAT.md, section 16. */
static void entry_of_the_page(void **state)
{
    (void)state;
    uint8_t bytes[GARITA_DECISION_BYTES_MAX];
    size_t len;
    garita_decision d = verdict_entry();
    garita_decision_place place;
    blob expected = blob_hex("87 00 01 01 ce 6bfea7c0 02 a7 64656661756c74 03 01 04 a2 6f6b"
                             "05 c4 08 4f1c8a90be7d2356 06 cd 1267");
    assert_ok(garita_decision_write(bytes, &len, &d));
    assert_int_equal(len, expected.len);
    assert_memory_equal(bytes, expected.bytes, len);

    garita_decision_begin(&place, home);
    assert_int_equal(place.position, 0);
    blob first = blob_hex("59ed88d73e9157c5b70f720e24c43695a642e6d3cb7a94b9ea648f8de0be0605");
    assert_memory_equal(place.hash.bytes, first.bytes, 32);
    garita_decision_advance(&place, bytes, len);
    assert_int_equal(place.position, 1);
    blob second = blob_hex("b4e751ca368b11840210b6b9daefea1d92a80c8be61caa8ea77e0c8234e4278b");
    assert_memory_equal(place.hash.bytes, second.bytes, 32);
}

static bool texts_equal(garita_utf8 a, garita_utf8 b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static void assert_same(const garita_decision *a, const garita_decision *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->has_moment, b->has_moment);
    assert_int_equal(a->moment, b->moment);
    assert_true(texts_equal(a->lane, b->lane));
    assert_int_equal(a->outcome, b->outcome);
    assert_true(texts_equal(a->reason, b->reason));
    assert_int_equal(a->has_authority, b->has_authority);
    assert_memory_equal(&a->authority, &b->authority, sizeof a->authority);
    assert_int_equal(a->has_serial, b->has_serial);
    assert_int_equal(a->serial, b->serial);
    assert_true(texts_equal(a->name, b->name));
    assert_int_equal(a->had_floor, b->had_floor);
    assert_int_equal(a->floor_was, b->floor_was);
    assert_int_equal(a->has_floor, b->has_floor);
    assert_int_equal(a->floor, b->floor);
    assert_int_equal(a->pruned, b->pruned);
}

static void entries_of_every_kind_come_back(void **state)
{
    (void)state;
    static char lane[GARITA_LANE_NAME_BYTES_MAX], name[GARITA_HOLDER_NAME_BYTES_MAX];
    static char reason[GARITA_REASON_BYTES_MAX];
    memset(lane, 'l', sizeof lane);
    memset(name, 'n', sizeof name);
    memset(reason, 'r', sizeof reason);
    garita_decision longest = verdict_entry();
    longest.moment = GARITA_MOMENT_MAX;
    longest.lane = (garita_utf8){lane, sizeof lane};
    longest.reason = (garita_utf8){reason, sizeof reason};
    longest.name = (garita_utf8){name, sizeof name};
    longest.serial = GARITA_SERIAL_MAX;
    const garita_decision entries[] = {
        verdict_entry(),
        longest,
        {.kind = GARITA_DECISION_VERDICT,
         .lane = utf8("any"),
         .outcome = GARITA_REJECT,
         .reason = utf8("malformed")},
        {.kind = GARITA_DECISION_FLOOR, .has_moment = true, .had_floor = true, .floor_was = 7},
        {.kind = GARITA_DECISION_FLOOR, .had_floor = true, .floor_was = 7, .has_floor = true},
        {.kind = GARITA_DECISION_PRUNED, .pruned = GARITA_DECISIONS_MAX},
    };
    for (size_t i = 0; i < COUNT(entries); i++) {
        uint8_t bytes[GARITA_DECISION_BYTES_MAX];
        size_t len;
        garita_decision again;
        assert_ok(garita_decision_write(bytes, &len, &entries[i]));
        assert_ok(garita_decision_read(&again, NULL, bytes, len));
        assert_same(&entries[i], &again);
        for (size_t cut = 0; cut < len; cut++)
            assert_true(read_fault(&again, bytes, cut).error != GARITA_OK);
        bytes[len] = 0;
        assert_error(read_fault(&again, bytes, len + 1).error, TRAILING);
    }
}

static void entry_with_a_flaw_is_neither_written_nor_read(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        garita_error error;
    } flaws[] = {
        {"80", GARITA_E_MISSING_KEY},
        {"90", GARITA_E_WRONG_KIND},
        {"81 01 05", GARITA_E_MISSING_KEY},
        {"81 00 00", GARITA_E_UNKNOWN_TYPE},
        {"81 00 04", GARITA_E_UNKNOWN_TYPE},
        {"81 00 cf ffffffffffffffff", GARITA_E_UNKNOWN_TYPE},
        {"81 00 01", GARITA_E_MISSING_KEY},
        {"81 00 03", GARITA_E_MISSING_KEY},
        {"82 00 03 0a 00", GARITA_E_RANGE},
        {"82 00 03 0a cf 8000000000000000", GARITA_E_RANGE},
        {"82 00 02 0a 01", GARITA_E_UNKNOWN_KEY},
        {"82 00 02 02 a1 61", GARITA_E_UNKNOWN_KEY},
        {"82 00 02 01 ce ffffffff", GARITA_OK},
        {"82 00 02 01 cf 0000000151800000", GARITA_E_RANGE}, /* GARITA_MOMENT_MAX + 1 */
        {"82 00 02 0b 00", GARITA_E_UNKNOWN_KEY},
        {"82 00 02 18 40 00", GARITA_E_UNKNOWN_KEY},
        {"82 00 02 cc40 00", GARITA_E_NOT_MINIMAL},
        {"82 00 02 40 00", GARITA_E_UNKNOWN_KEY}, /* nothing here may be ignored */
        {"82 00 02 09 81 00 00", GARITA_E_WRONG_KIND},
        {"83 00 02 09 00 08 00", GARITA_E_KEY_ORDER},
        {"84 00 01 02 a1 61 03 01 04 a2 6f6b", GARITA_OK},
        {"84 00 01 02 a0 03 01 04 a2 6f6b", GARITA_E_EMPTY},
        {"84 00 01 02 a1 07 03 01 04 a2 6f6b", GARITA_E_UNSAFE_TEXT},
        {"84 00 01 02 a1 ff 03 01 04 a2 6f6b", GARITA_E_UTF8},
        {"84 00 01 02 a1 61 03 00 04 a2 6f6b", GARITA_E_RANGE},
        {"84 00 01 02 a1 61 03 04 04 a2 6f6b", GARITA_E_RANGE},
        {"85 00 01 02 a1 61 03 01 04 a2 6f6b 06 01", GARITA_E_MISSING_KEY},
        {"86 00 01 02 a1 61 03 01 04 a2 6f6b 05 c408 0102030405060708 07 a1 61",
         GARITA_E_MISSING_KEY},
        {"86 00 01 02 a1 61 03 01 04 a2 6f6b 05 c408 0102030405060708 06 00", GARITA_E_RANGE},
        {"85 00 01 02 a1 61 03 01 04 a2 6f6b 05 c407 01020304050607", GARITA_E_RANGE},
    };
    for (size_t i = 0; i < COUNT(flaws); i++) {
        garita_decision d;
        blob b = blob_hex(flaws[i].hex);
        garita_fault fault = read_fault(&d, b.bytes, b.len);
        if (fault.error != flaws[i].error)
            fail_msg("%s: %s", flaws[i].hex, garita_error_name(fault.error));
    }

    uint8_t bytes[GARITA_DECISION_BYTES_MAX];
    size_t len = 1;
    garita_decision d = verdict_entry();
    d.outcome = GARITA_NO_VERDICT;
    assert_error(garita_decision_write(bytes, &len, &d), RANGE);
    assert_int_equal(len, 0);
    d = verdict_entry();
    d.has_authority = false;
    assert_error(garita_decision_write(bytes, &len, &d), MISSING_KEY);
    d = verdict_entry();
    d.moment = -1;
    assert_error(garita_decision_write(bytes, &len, &d), RANGE);
    d = verdict_entry();
    d.lane = utf8("a\nb");
    assert_error(garita_decision_write(bytes, &len, &d), UNSAFE_TEXT);
    d.lane = (garita_utf8){(const char *)home, 0};
    assert_error(garita_decision_write(bytes, &len, &d), EMPTY);
    d.kind = (garita_decision_kind)4;
    assert_error(garita_decision_write(bytes, &len, &d), UNKNOWN_TYPE);
}

static void entry_longer_than_the_bound_is_refused(void **state)
{
    (void)state;
    uint8_t *bytes = calloc(1, GARITA_DECISION_BYTES_MAX + 1);
    garita_decision d;
    assert_error(garita_decision_read(&d, NULL, bytes, GARITA_DECISION_BYTES_MAX + 1), TOO_LONG);
    free(bytes);
}

static garita_verdict *a_verdict(bool is_good)
{
    garita_verdict *v = calloc(1, sizeof *v);
    assert_non_null(v);
    v->outcome = is_good ? GARITA_ACCEPT : GARITA_REJECT;
    v->reason = is_good ? GARITA_REASON_OK : GARITA_REASON_UNKNOWN_ISSUER;
    v->has_signer = true;
    v->signer.bytes[7] = 9;
    if (is_good) {
        v->has_credential = true;
        v->credential.serial = 17;
        v->credential.name = utf8("MARÍA");
    }
    return v;
}

static void verdicts_give_entries_without_names_unless_asked(void **state)
{
    (void)state;
    const garita_clock clock = {.is_known = true, .now = 5};
    garita_decision d;
    garita_verdict *good = a_verdict(true), *bad = a_verdict(false);

    garita_decision_of_verdict(&d, good, "default", &clock, false);
    assert_true(d.has_serial && d.serial == 17 && d.has_authority && d.authority.bytes[7] == 9);
    assert_true(d.has_moment && d.moment == 5);
    assert_int_equal(d.name.len, 0);
    assert_string_equal(d.reason.at, "ok");
    garita_decision_of_verdict(&d, good, "default", &clock, true);
    assert_true(texts_equal(d.name, utf8("MARÍA")));
    good->credential.about = GARITA_SUBJECT_COMPANY;
    good->credential.company_name = utf8("Norte, S.A.");
    good->credential.vehicle_plate = utf8("AB-12-345");
    garita_decision_of_verdict(&d, good, "default", &clock, true);
    assert_true(texts_equal(d.name, utf8("Norte, S.A.")));
    good->credential.about = GARITA_SUBJECT_VEHICLE;
    garita_decision_of_verdict(&d, good, "default", &clock, true);
    assert_true(texts_equal(d.name, utf8("AB-12-345")));

    /* What nobody proved is not said. */
    garita_decision_of_verdict(&d, bad, "default", &clock, true);
    assert_true(d.has_authority && !d.has_serial && d.serial == 0 && d.name.len == 0);
    assert_int_equal(d.outcome, GARITA_REJECT);
    free(good);
    free(bad);
}

static void moments_that_no_entry_can_name_are_left_out(void **state)
{
    (void)state;
    static const garita_clock clocks[] = {
        {.is_known = false, .now = 5},
        {.is_known = true, .now = -1},
        {.is_known = true, .now = GARITA_MOMENT_MAX + 1},
    };
    garita_verdict *v = a_verdict(true);
    for (size_t i = 0; i < COUNT(clocks); i++) {
        uint8_t bytes[GARITA_DECISION_BYTES_MAX];
        size_t len;
        garita_decision d;
        garita_decision_of_verdict(&d, v, "any", &clocks[i], false);
        assert_true(!d.has_moment && d.moment == 0);
        assert_ok(garita_decision_write(bytes, &len, &d));
    }
    free(v);
}

/* Every reason that there is fits an entry, and every outcome but none. */
static void every_reason_has_an_entry(void **state)
{
    (void)state;
    const garita_clock clock = {.is_known = true};
    garita_verdict *v = a_verdict(true);
    for (int r = GARITA_REASON_NONE + 1; r <= (int)GARITA_REASON_OK; r++) {
        uint8_t bytes[GARITA_DECISION_BYTES_MAX];
        size_t len;
        garita_decision d;
        v->reason = (garita_reason)r;
        garita_decision_of_verdict(&d, v, "default", &clock, false);
        assert_ok(garita_decision_write(bytes, &len, &d));
    }
    free(v);
}

/* --- the chain --- */

enum { ENTRIES = 6 };

/* The hash behind entries of these contents, in this order. */
static garita_hash chain_of(const uint8_t *order, size_t count)
{
    garita_decision_place place;
    garita_decision_begin(&place, home);
    for (size_t i = 0; i < count; i++) {
        uint8_t bytes[GARITA_DECISION_BYTES_MAX];
        size_t len;
        garita_decision d = verdict_entry();
        d.serial = 1u + order[i];
        assert_ok(garita_decision_write(bytes, &len, &d));
        garita_decision_advance(&place, bytes, len);
    }
    assert_int_equal(place.position, count);
    return place.hash;
}

static void chain_tells_histories_apart(void **state)
{
    (void)state;
    static const uint8_t honest[ENTRIES] = {0, 1, 2, 3, 4, 5};
    garita_hash end = chain_of(honest, ENTRIES), other;
    for (size_t at = 0; at < ENTRIES; at++) {
        uint8_t order[ENTRIES + 1];
        /* removed */
        memcpy(order, honest, at);
        memcpy(order + at, honest + at + 1, ENTRIES - at - 1);
        other = chain_of(order, ENTRIES - 1);
        assert_false(garita_hash_equal(&end, &other));
        /* changed */
        memcpy(order, honest, ENTRIES);
        order[at] = 9;
        other = chain_of(order, ENTRIES);
        assert_false(garita_hash_equal(&end, &other));
        /* put in twice */
        memcpy(order, honest, at + 1);
        memcpy(order + at + 1, honest + at, ENTRIES - at);
        other = chain_of(order, ENTRIES + 1);
        assert_false(garita_hash_equal(&end, &other));
        /* moved */
        if (at > 0) {
            memcpy(order, honest, ENTRIES);
            order[at] = honest[at - 1];
            order[at - 1] = honest[at];
            other = chain_of(order, ENTRIES);
            assert_false(garita_hash_equal(&end, &other));
        }
    }
}

static void chain_is_of_one_home(void **state)
{
    (void)state;
    static const uint8_t other_home[GARITA_DECISION_HOME_SIZE] = {1, 2, 4};
    garita_decision_place a, b;
    garita_decision_begin(&a, home);
    garita_decision_begin(&b, other_home);
    assert_false(garita_hash_equal(&a.hash, &b.hash));
    /* The prefixes keep an entry from passing for a beginning. */
    uint8_t zero_hash_and_home[GARITA_HASH_SIZE + sizeof home] = {0};
    garita_decision_place c = {0};
    memcpy(zero_hash_and_home + GARITA_HASH_SIZE, home, sizeof home);
    garita_decision_advance(&c, home, sizeof home);
    assert_false(garita_hash_equal(&a.hash, &c.hash));
}

/* --- tips --- */

static garita_tip a_tip(uint64_t position)
{
    garita_tip tip = {.place.position = position, .signed_at = 1811851200};
    memcpy(tip.home, home, sizeof home);
    memset(tip.place.hash.bytes, 0xab, sizeof tip.place.hash.bytes);
    return tip;
}

static void issue_tip(blob *out, const party *node, const garita_tip *tip)
{
    assert_ok(garita_tip_issue(out->bytes, &out->len, tip, node->public_key, node->secret_key));
}

static void tip_comes_back_signed_by_its_node(void **state)
{
    (void)state;
    party node;
    blob b;
    garita_tip again;
    garita_peek peek;
    party_make(&node, 60);
    static const uint64_t positions[] = {0, 1, 4711, GARITA_DECISIONS_MAX};
    for (size_t i = 0; i < COUNT(positions); i++) {
        garita_tip tip = a_tip(positions[i]);
        tip.signed_at = i == 3 ? GARITA_MOMENT_MAX : tip.signed_at;
        issue_tip(&b, &node, &tip);
        assert_true(b.len <= 160);
        assert_ok(garita_tip_verify(&again, node.public_key, b.bytes, b.len));
        assert_int_equal(again.place.position, tip.place.position);
        assert_int_equal(again.signed_at, tip.signed_at);
        assert_true(garita_hash_equal(&again.place.hash, &tip.place.hash));
        assert_memory_equal(again.home, home, sizeof home);
    }
    assert_ok(garita_tip_inspect(&again, &peek, NULL, b.bytes, b.len));
    assert_int_equal(peek.type, GARITA_TYPE_TIP);
    assert_int_equal(peek.key_number, 1);
    assert_true(garita_id_equal(&peek.signer, &node.signer.id));
}

static void tip_out_of_bounds_is_not_signed(void **state)
{
    (void)state;
    party node;
    blob b;
    party_make(&node, 60);
    garita_tip tip = a_tip((uint64_t)GARITA_DECISIONS_MAX + 1);
    assert_error(garita_tip_issue(b.bytes, &b.len, &tip, node.public_key, node.secret_key), RANGE);
    assert_int_equal(b.len, 0);
    tip = a_tip(1);
    tip.signed_at = GARITA_MOMENT_MAX + 1;
    assert_error(garita_tip_issue(b.bytes, &b.len, &tip, node.public_key, node.secret_key), RANGE);
}

static void tip_of_another_key_or_altered_is_refused(void **state)
{
    (void)state;
    party node, other;
    blob b;
    garita_tip out, tip = a_tip(17);
    party_make(&node, 60);
    party_make(&other, 61);
    issue_tip(&b, &node, &tip);
    assert_error(garita_tip_verify(&out, other.public_key, b.bytes, b.len), UNKNOWN_ISSUER);
    for (size_t bit = 0; bit < 8 * b.len; bit++) {
        b.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (garita_tip_verify(&out, node.public_key, b.bytes, b.len) == GARITA_OK)
            fail_msg("bit %zu of byte %zu", bit % 8, bit / 8);
        assert_int_equal(out.place.position, 0);
        b.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t len = 0; len < b.len; len++) {
        uint8_t *copy = exact_copy(b.bytes, len);
        assert_true(garita_tip_verify(&out, node.public_key, copy, len) != GARITA_OK);
        free(copy);
    }
}

#define TIP_KEYS "00 01 01 09 02 c408 0102030405060708 03 01"

static void tip_with_a_flaw_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *map;
        garita_error error;
    } flaws[] = {
        {"84" TIP_KEYS, GARITA_E_MISSING_KEY},
        {"85" TIP_KEYS "04 c40f 000000000000000000000000000000", GARITA_E_RANGE},
        {"85" TIP_KEYS "05 cf 8000000000000000", GARITA_E_RANGE},
        {"85" TIP_KEYS "06 a1 61", GARITA_E_WRONG_KIND},
        {"85" TIP_KEYS "08 00", GARITA_E_UNKNOWN_KEY},
        {"85" TIP_KEYS "40 00", GARITA_E_UNKNOWN_KEY},
        {"84 00 01 01 04 02 c408 0102030405060708 03 01", GARITA_E_WRONG_TYPE},
    };
    party node;
    party_make(&node, 60);
    for (size_t i = 0; i < COUNT(flaws); i++) {
        blob map = blob_hex(flaws[i].map), b;
        garita_tip tip;
        garita_fault fault;
        sign(&b, &node, GARITA_TYPE_TIP, map.bytes, map.len);
        garita_error e = garita_tip_inspect(&tip, NULL, &fault, b.bytes, b.len);
        assert_int_equal(e, fault.error);
        if (fault.error != flaws[i].error)
            fail_msg("%s: %s", flaws[i].map, garita_error_name(fault.error));
    }
}

/* A node key speaks for its home, and for nothing that an authority could say. */
static void tip_is_no_other_statement(void **state)
{
    (void)state;
    party node;
    blob b;
    garita_peek peek;
    garita_tip tip = a_tip(1);
    party_make(&node, 60);
    issue_tip(&b, &node, &tip);
    for (int t = GARITA_TYPE_AUTHORITY; t <= GARITA_TYPE_NODE; t++)
        assert_error(garita_statement_peek(&peek, NULL, (garita_type)t, b.bytes, b.len),
                     WRONG_TYPE);
    assert_int_equal(garita_statement_type(b.bytes, b.len), GARITA_TYPE_TIP);
    assert_int_equal(GARITA_TYPES_ALL & 1u << GARITA_TYPE_TIP, 0);
    assert_int_equal(garita_type_by_name("tip", 3), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(entry_of_the_page),
        cmocka_unit_test(entries_of_every_kind_come_back),
        cmocka_unit_test(entry_with_a_flaw_is_neither_written_nor_read),
        cmocka_unit_test(entry_longer_than_the_bound_is_refused),
        cmocka_unit_test(verdicts_give_entries_without_names_unless_asked),
        cmocka_unit_test(moments_that_no_entry_can_name_are_left_out),
        cmocka_unit_test(every_reason_has_an_entry),
        cmocka_unit_test(chain_tells_histories_apart),
        cmocka_unit_test(chain_is_of_one_home),
        cmocka_unit_test(tip_comes_back_signed_by_its_node),
        cmocka_unit_test(tip_out_of_bounds_is_not_signed),
        cmocka_unit_test(tip_of_another_key_or_altered_is_refused),
        cmocka_unit_test(tip_with_a_flaw_is_refused),
        cmocka_unit_test(tip_is_no_other_statement),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
