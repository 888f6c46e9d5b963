/* A log by itself: what it is called, what it tells a verdict, and what its own authority does. */
#include <garita/log.h>

#include <sodium.h>

#include "history.h"
#include "world.h"

#define NOW WORLD_NOW

/* anchor (and its second key) -> region (certified twice) -> office, and office below the other
 * anchor too. */
static garita_trust *trust;
static party anchor, anchor_2, other, region, region_2, office;
static const garita_issuer *anchor_record, *anchor_2_record, *other_record, *region_record,
    *region_renewed, *region_2_record, *office_record, *office_elsewhere;

static int set_up(void **state)
{
    (void)state;
    if (garita_trust_new(&trust) != GARITA_OK)
        return 1;
    party_make(&anchor, 200);
    party_rotate(&anchor_2, &anchor, 2, 201);
    party_make(&other, 202);
    party_make(&region, 203);
    party_rotate(&region_2, &region, 2, 204);
    party_make(&office, 205);
    anchor_record = pin(trust, &anchor, (grant){.serial = 1});
    other_record = pin(trust, &other, (grant){.serial = 1});
    anchor_2_record = add(trust, &anchor, &anchor_2, (grant){.serial = 2});
    region_record = add(trust, &anchor, &region, (grant){.serial = 3, .depth = 2});
    region_renewed = add(trust, &anchor_2, &region, (grant){.serial = 4, .depth = 2});
    region_2_record = add(trust, &anchor, &region_2, (grant){.serial = 5, .depth = 2});
    office_record = add(trust, &region_2, &office, (grant){.serial = 1});
    office_elsewhere = add(trust, &other, &office, (grant){.serial = 2});
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    garita_trust_free(trust);
    return 0;
}

/* --- the log id --- */

static garita_hash id_of(const garita_issuer *authority)
{
    garita_hash id;
    garita_log_id(&id, authority);
    return id;
}

static void assert_id(const garita_issuer *authority, const party *const *chain, size_t count)
{
    uint8_t text[14 + 5 * GARITA_PUBLIC_KEY_SIZE] = "garita/v1/log";
    garita_hash expected, got = id_of(authority);
    for (size_t i = 0; i < count; i++)
        memcpy(text + 14 + i * GARITA_PUBLIC_KEY_SIZE, chain[i]->first_key, GARITA_PUBLIC_KEY_SIZE);
    crypto_hash_sha256(expected.bytes, text, 14 + count * GARITA_PUBLIC_KEY_SIZE);
    assert_memory_equal(got.bytes, expected.bytes, GARITA_HASH_SIZE);
}

static void id_is_of_the_first_keys_from_the_anchor_down(void **state)
{
    (void)state;
    assert_id(anchor_record, (const party *const[]){&anchor}, 1);
    assert_id(region_record, (const party *const[]){&anchor, &region}, 2);
    assert_id(office_record, (const party *const[]){&anchor, &region, &office}, 3);
    assert_id(office_elsewhere, (const party *const[]){&other, &office}, 2);
}

static void id_is_the_same_for_all_records_of_one_authority_and_for_no_others(void **state)
{
    (void)state;
    for (size_t i = 0; i < garita_trust_count(trust); i++)
        for (size_t j = 0; j < garita_trust_count(trust); j++) {
            const garita_issuer *a = garita_trust_get(trust, i), *b = garita_trust_get(trust, j);
            garita_hash id_a = id_of(a), id_b = id_of(b);
            assert_int_equal(garita_hash_equal(&id_a, &id_b), garita_issuer_same_authority(a, b));
        }
    assert_true(garita_issuer_same_authority(anchor_record, anchor_2_record));
    assert_true(garita_issuer_same_authority(region_record, region_renewed));
    assert_true(garita_issuer_same_authority(region_record, region_2_record));
    assert_false(garita_issuer_same_authority(office_record, office_elsewhere));
}

/* --- status --- */

static void empty_log_knows_nothing(void **state)
{
    (void)state;
    garita_hash id = id_of(office_record);
    garita_log log;
    garita_status status;
    assert_ok(garita_log_start(&log, &id));
    assert_memory_equal(log.id.bytes, id.bytes, sizeof id);
    memset(&status, 0xaa, sizeof status);
    garita_log_status(&log, &status, 7);
    assert_int_equal(status.standing, GARITA_STANDING_ACTIVE);
    assert_false(status.equivocated || status.has_head);
    assert_true(status.issued == 0 && status.signed_at == 0 && status.next_due == 0);
    garita_log_end(&log);
    garita_log_end(&log); /* all zero is allowed */
}

static void status_is_of_the_set_and_the_head(void **state)
{
    (void)state;
    static history h;
    garita_status status;
    history_start(&h, &office, office_record);
    history_revoke(&h, 7, GARITA_SERIAL_MAX);
    history_suspend(&h, 8, 9);
    history_reinstate(&h, 9);
    history_sign(&h, NOW);
    garita_log_status(&h.log, &status, 7);
    assert_int_equal(status.standing, GARITA_STANDING_REVOKED);
    assert_true(status.has_head && !status.equivocated);
    assert_int_equal(status.issued, 1000);
    assert_int_equal(status.signed_at, NOW);
    assert_int_equal(status.next_due, NOW + 86400);
    assert_int_equal(standing_of(&h.log, GARITA_SERIAL_MAX), GARITA_STANDING_REVOKED);
    assert_int_equal(standing_of(&h.log, 8), GARITA_STANDING_SUSPENDED);
    assert_int_equal(standing_of(&h.log, 9), GARITA_STANDING_ACTIVE);
    assert_int_equal(standing_of(&h.log, 0), GARITA_STANDING_ACTIVE);
    history_end(&h);
}

static void status_of_a_damaged_log_has_no_head_but_its_revocations(void **state)
{
    (void)state;
    static history h;
    garita_status status;
    history_start(&h, &office, office_record);
    history_revoke(&h, 7);
    history_sign(&h, NOW);
    h.log.is_damaged = true;
    garita_log_status(&h.log, &status, 7);
    assert_int_equal(status.standing, GARITA_STANDING_REVOKED);
    assert_false(status.has_head);
    assert_true(status.issued == 0 && status.signed_at == 0 && status.next_due == 0);
    history_end(&h);
}

static void status_is_equivocated_by_a_proof_or_by_a_set_that_differs(void **state)
{
    (void)state;
    garita_hash id = id_of(office_record);
    garita_log log;
    garita_status status;
    assert_ok(garita_log_start(&log, &id));
    log.set_differs = true;
    garita_log_status(&log, &status, 1);
    assert_true(status.equivocated);
    log.set_differs = false;
    assert_true(garita_log_offer_proof(&log));
    garita_log_status(&log, &status, 1);
    assert_true(status.equivocated);
    assert_false(garita_log_offer_proof(&log)); /* a second is of no use */
    assert_true(log.is_equivocated);
    garita_log_end(&log);
}

/* --- appending and signing --- */

static void append_refuses_what_is_no_batch(void **state)
{
    (void)state;
    garita_hash id = id_of(office_record);
    garita_log log;
    static const uint8_t bytes[] = {0x0c, 0xf5, 0xdf};
    assert_ok(garita_log_start(&log, &id));
    assert_error(garita_log_append(&log, history_events, bytes, sizeof bytes), TRUNCATED);
    garita_log_end(&log);
    assert_ok(garita_log_start(&log, &id));
    log.frontier.size = GARITA_LOG_SIZE_MAX; /* a century of a batch a second */
    static const uint8_t empty[] = {0x0c, 0xf5, 0xdf, 0x00};
    assert_error(garita_log_append(&log, history_events, empty, sizeof empty), FULL);
    garita_log_end(&log);
}

static void signed_head_is_of_what_the_log_holds(void **state)
{
    (void)state;
    static history h;
    garita_hash root;
    garita_head found;
    history_start(&h, &office, office_record);
    history_revoke(&h, 7);
    history_empty_batch(&h);
    const signed_head *head = history_sign(&h, NOW);
    assert_int_equal(head->head.size, 2);
    garita_frontier_root(&root, &h.log.frontier);
    assert_true(garita_hash_equal(&root, &head->head.root));
    garita_set_root(&root, h.log.set);
    assert_true(garita_hash_equal(&root, &head->head.set_root));
    assert_true(garita_head_is_by(&found, trust, office_record, head->bytes, head->len));
    assert_true(garita_head_equal(&found, &head->head));
    assert_true(h.log.has_head);
    history_end(&h);
}

static void issued_never_falls(void **state)
{
    (void)state;
    static history h;
    history_start(&h, &office, office_record);
    assert_ok(garita_log_sign(&h.log, 50, NOW, 60, &office.signer));
    assert_ok(garita_log_sign(&h.log, 40, NOW + 1, 60, &office.signer));
    assert_int_equal(h.log.head.issued, 50);
    assert_ok(garita_log_sign(&h.log, 51, NOW + 2, 60, &office.signer));
    assert_int_equal(h.log.head.issued, 51);
    history_end(&h);
}

static void assert_signed_at(garita_log *log, int64_t now, int64_t expected)
{
    assert_ok(garita_log_sign(log, 1, now, 60, &office.signer));
    assert_int_equal(log->head.signed_at, expected);
    assert_int_equal(log->head.next_due, expected + 60);
}

/* A head that is not later than the one before would be ignored. */
static void heartbeat_is_at_least_a_second_later(void **state)
{
    (void)state;
    static history h;
    history_start(&h, &office, office_record);
    assert_signed_at(&h.log, NOW, NOW);
    assert_signed_at(&h.log, NOW, NOW + 1);
    assert_signed_at(&h.log, NOW - 86400, NOW + 2); /* the clock was set back */
    assert_signed_at(&h.log, NOW + 10, NOW + 10);
    history_end(&h);
}

/* And one of a larger log that is earlier would prove a regression. */
static void larger_log_is_never_signed_earlier(void **state)
{
    (void)state;
    static history h;
    history_start(&h, &office, office_record);
    assert_signed_at(&h.log, NOW, NOW);
    history_revoke(&h, 1);
    assert_signed_at(&h.log, NOW - 86400, NOW);
    history_revoke(&h, 2);
    assert_signed_at(&h.log, INT64_MIN, NOW);
    history_revoke(&h, 3);
    assert_signed_at(&h.log, NOW + 5, NOW + 5);
    history_end(&h);
}

/* A head at the end of time leaves heartbeats no room, but revocations do get out. */
static void revocation_is_signed_behind_the_last_moment_too(void **state)
{
    (void)state;
    static history h;
    history_start(&h, &office, office_record);
    assert_ok(garita_log_sign(&h.log, 1, GARITA_MOMENT_MAX, 60, &office.signer));
    assert_int_equal(h.log.head.next_due, GARITA_MOMENT_MAX);
    log_state before = state_of(&h.log);
    assert_error(garita_log_sign(&h.log, 1, NOW, 60, &office.signer), RANGE);
    assert_same_state(&h.log, before);
    history_revoke(&h, 1);
    assert_ok(garita_log_sign(&h.log, 1, NOW, INT64_MAX, &office.signer));
    assert_int_equal(h.log.head.size, 1);
    history_end(&h);
}

static void head_that_cannot_be_signed_changes_nothing(void **state)
{
    (void)state;
    static history h;
    history_start(&h, &office, office_record);
    log_state before = state_of(&h.log);
    assert_error(garita_log_sign(&h.log, 1, -1, 60, &office.signer), RANGE);
    assert_error(garita_log_sign(&h.log, 1, INT64_MIN, 60, &office.signer), RANGE);
    assert_error(garita_log_sign(&h.log, 1, GARITA_MOMENT_MAX + 1, 60, &office.signer), RANGE);
    assert_error(garita_log_sign(&h.log, 1, INT64_MAX, INT64_MAX, &office.signer), RANGE);
    assert_error(garita_log_sign(&h.log, 1, NOW, -1, &office.signer), DATE_ORDER);
    assert_error(garita_log_sign(&h.log, 1, NOW, INT64_MIN, &office.signer), RANGE);
    assert_same_state(&h.log, before);
    assert_false(h.log.has_head);
    history_end(&h);
}

static void log_is_ahead_beyond_the_skew(void **state)
{
    (void)state;
    static history h;
    history_start(&h, &office, office_record);
    assert_false(garita_log_is_ahead(&h.log, 0)); /* there is no head */
    history_sign(&h, NOW);
    assert_false(garita_log_is_ahead(&h.log, NOW));
    assert_false(garita_log_is_ahead(&h.log, NOW - GARITA_CLOCK_SKEW_S));
    assert_true(garita_log_is_ahead(&h.log, NOW - GARITA_CLOCK_SKEW_S - 1));
    assert_true(garita_log_is_ahead(&h.log, INT64_MIN));
    assert_false(garita_log_is_ahead(&h.log, INT64_MAX));
    history_end(&h);
}

/* Whatever the clock does, no two heads of an authority that signs with garita_log_sign contradict
 * each other. */
static void clock_that_jumps_proves_nothing_against_its_owner(void **state)
{
    (void)state;
    static history h;
    static garita_log follower;
    rng r = {77};
    history_start(&h, &office, office_record);
    assert_ok(garita_log_start(&follower, &h.log.id));
    for (unsigned i = 0; i < 60; i++) {
        if (rng_one_in(&r, 2))
            history_revoke(&h, i + 1);
        history_sign(&h, NOW + (int64_t)rng_below(&r, 86400) - 43200);
    }
    garita_leaf_source leaves = leaves_of(&h);
    for (size_t i = 0; i < h.head_count; i++) {
        garita_log_result out =
            offer_tail(&follower, &leaves, &h, follower.frontier.size, &h.heads[i]);
        assert_true(out.outcome == GARITA_LOG_EXTENDED || out.outcome == GARITA_LOG_HEARTBEAT);
        for (size_t j = 0; j < i; j++) { /* and old ones may come again at any time */
            out = offer_tail(&follower, &leaves, &h, h.heads[j].head.size, &h.heads[j]);
            assert_outcome(out, "older");
        }
    }
    assert_false(follower.is_equivocated);
    garita_log_end(&follower);
    history_end(&h);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(id_is_of_the_first_keys_from_the_anchor_down),
        cmocka_unit_test(id_is_the_same_for_all_records_of_one_authority_and_for_no_others),
        cmocka_unit_test(empty_log_knows_nothing),
        cmocka_unit_test(status_is_of_the_set_and_the_head),
        cmocka_unit_test(status_of_a_damaged_log_has_no_head_but_its_revocations),
        cmocka_unit_test(status_is_equivocated_by_a_proof_or_by_a_set_that_differs),
        cmocka_unit_test(append_refuses_what_is_no_batch),
        cmocka_unit_test(signed_head_is_of_what_the_log_holds),
        cmocka_unit_test(issued_never_falls),
        cmocka_unit_test(heartbeat_is_at_least_a_second_later),
        cmocka_unit_test(larger_log_is_never_signed_earlier),
        cmocka_unit_test(revocation_is_signed_behind_the_last_moment_too),
        cmocka_unit_test(head_that_cannot_be_signed_changes_nothing),
        cmocka_unit_test(log_is_ahead_beyond_the_skew),
        cmocka_unit_test(clock_that_jumps_proves_nothing_against_its_owner),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
