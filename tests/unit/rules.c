/* The rules of trust 5 to 9, as far as the core decides them: a test for each clause, through the
 * one pipeline from a statement to a verdict, with a book as the source of statuses.
 *
 * What of them the store, the bundles or the command line decide is tested there: what is kept,
 * what travels first, the counter against restored backups.
 */
#include <garita/book.h>
#include <garita/verify.h>

#include "history.h"
#include "world.h"

#define NOW WORLD_NOW
#define SKEW GARITA_CLOCK_SKEW_S

enum { HOUR = 3600, DAY = 86400 };

/* usa -> region -> office, whose first key issues; its second signs heads, and so does its third.
 * mex -> agency. */
static party usa, mex, region, office, office_2, office_3, agency;
static const garita_issuer *usa_record, *mex_record, *region_record, *office_record,
    *office_2_record, *agency_record;
static garita_trust *trust;
static garita_book *book;

enum {
    USA_SERIAL = 1,
    REGION_SERIAL = 2,
    OFFICE_SERIAL = 11,
    OFFICE_2_SERIAL,
    OFFICE_3_SERIAL,
    MEX_SERIAL = 1,
    AGENCY_SERIAL = 2,
    CARD = 77
};

/* What the authorities publish. */
static history usa_log, region_log, office_log, mex_log, agency_log, fork;

static garita_log *log_of(const garita_issuer *authority)
{
    garita_log *log = garita_book_log(book, authority);
    if (!log) {
        garita_hash id;
        garita_log fresh;
        garita_log_id(&id, authority);
        assert_ok(garita_log_start(&fresh, &id));
        assert_ok(garita_book_put(book, &fresh));
        log = garita_book_log(book, authority);
    }
    return log;
}

/* The checkpoint is offered a head, with the batches from the size it holds on. */
static garita_log_outcome offer(const garita_issuer *authority, const history *h,
                                const signed_head *head)
{
    garita_log *log = log_of(authority);
    garita_leaf_source own = leaves_of(h);
    uint64_t from = log->frontier.size < head->head.size ? log->frontier.size : head->head.size;
    garita_log_result out = offer_tail(log, &own, h, from, head);
    return out.outcome;
}

/* The authority signs a head, and the checkpoint gets it. */
static garita_log_outcome publish(const garita_issuer *authority, history *h, int64_t now)
{
    return offer(authority, h, history_sign(h, now));
}

static void publish_chain(int64_t now)
{
    publish(usa_record, &usa_log, now);
    publish(region_record, &region_log, now);
    publish(office_record, &office_log, now);
}

static int begin(void **state)
{
    (void)state;
    assert_ok(garita_trust_new(&trust));
    party_make(&usa, 240);
    party_make(&mex, 241);
    party_make(&region, 242);
    party_make(&office, 243);
    party_rotate(&office_2, &office, 2, 244);
    party_rotate(&office_3, &office, 3, 245);
    party_make(&agency, 246);
    const uint32_t head_only = 1 << GARITA_TYPE_HEAD;
    usa_record = pin(trust, &usa, (grant){.serial = USA_SERIAL});
    mex_record = pin(trust, &mex, (grant){.serial = MEX_SERIAL, .country = "MEX"});
    region_record = add(trust, &usa, &region, (grant){.serial = REGION_SERIAL, .depth = 1});
    office_record = add(trust, &region, &office, (grant){.serial = OFFICE_SERIAL});
    office_2_record =
        add(trust, &region, &office_2, (grant){.serial = OFFICE_2_SERIAL, .types = head_only});
    add(trust, &region, &office_3, (grant){.serial = OFFICE_3_SERIAL, .types = head_only});
    agency_record = add(trust, &mex, &agency, (grant){.serial = AGENCY_SERIAL, .country = "MEX"});
    assert_ok(garita_book_new(&book, trust));
    history_start(&usa_log, &usa, usa_record);
    history_start(&region_log, &region, region_record);
    history_start(&office_log, &office_2, office_record);
    history_start(&mex_log, &mex, mex_record);
    history_start(&agency_log, &agency, agency_record);
    return 0;
}

static int end(void **state)
{
    (void)state;
    history *const all[] = {&usa_log, &region_log, &office_log, &mex_log, &agency_log, &fork};
    for (size_t i = 0; i < COUNT(all); i++)
        history_end(all[i]);
    garita_book_free(book);
    garita_trust_free(trust);
    return 0;
}

/* --- the verdict --- */

static garita_verdict verdict;

static void judge_with(const garita_clock *clock, const garita_lane *lane, uint32_t serial)
{
    garita_setting setting = {
        .trust = trust, .lane = lane, .status = garita_book_status(book), .clock = *clock};
    garita_credential c;
    blob b;
    world_credential(&c, serial, NULL);
    issue(&b, &office, &c);
    garita_verify_statement(&verdict, &setting, b.bytes, b.len);
}

static void judge_at(int64_t now, const char *lane)
{
    garita_clock clock = {.is_known = true, .now = now};
    judge_with(&clock, garita_lane_builtin(lane), CARD);
}

#define assert_verdict(outcome_, reason_)                                                          \
    do {                                                                                           \
        assert_string_equal(garita_reason_code(verdict.reason), reason_);                          \
        assert_string_equal(garita_outcome_name(verdict.outcome), outcome_);                       \
    } while (0)

static void current_logs_give_accept(void **state)
{
    (void)state;
    publish_chain(NOW);
    judge_at(NOW, "default");
    assert_verdict("accept", "ok");
}

/* --- 5: compromise --- */

static void rule_5_revoking_a_key_falls_on_all_that_it_signed(void **state)
{
    (void)state;
    publish_chain(NOW);
    history_revoke(&region_log, OFFICE_SERIAL);
    publish(region_record, &region_log, NOW + HOUR);
    judge_at(NOW + HOUR, "default"); /* the card is of years before */
    assert_verdict("reject", "issuer-revoked");
    judge_at(NOW + HOUR, "any");
    assert_verdict("reject", "issuer-revoked");
}

/* Withdrawal is one mechanism: everything under a revoked authority falls with it. */
static void rule_5_everything_under_a_revoked_authority_falls(void **state)
{
    (void)state;
    publish_chain(NOW);
    history_revoke(&usa_log, REGION_SERIAL);
    publish(usa_record, &usa_log, NOW + HOUR);
    judge_at(NOW + HOUR, "default");
    assert_verdict("reject", "issuer-revoked");
}

static void rule_5_an_anchor_that_revokes_itself_falls_with_all(void **state)
{
    (void)state;
    publish_chain(NOW);
    history_revoke(&usa_log, USA_SERIAL);
    publish(usa_record, &usa_log, NOW + HOUR);
    judge_at(NOW + HOUR, "any");
    assert_verdict("reject", "issuer-revoked");
}

static void rule_5_another_key_of_the_authority_stands(void **state)
{
    (void)state;
    history_revoke(&region_log, OFFICE_3_SERIAL);
    publish_chain(NOW);
    judge_at(NOW, "default");
    assert_verdict("accept", "ok");
}

/* The thief of a head key goes on signing: once its revocation is here, what he signed before gives
 * no freshness either. */
static void rule_5_the_head_of_a_revoked_key_is_none(void **state)
{
    (void)state;
    publish_chain(NOW);
    history_revoke(&region_log, OFFICE_2_SERIAL);
    publish(region_record, &region_log, NOW + HOUR);
    judge_at(NOW + HOUR, "default");
    assert_verdict("refer", "status-missing");
    const signed_head *theft = history_sign(&office_log, NOW + HOUR);
    assert_false(garita_book_head_counts(book, office_record, statement_of(theft)));
    office_log.by = &office_3; /* the authority goes on with another key */
    const signed_head *head = history_sign(&office_log, NOW + 2 * HOUR);
    assert_true(garita_book_head_counts(book, office_record, statement_of(head)));
    offer(office_record, &office_log, head);
    judge_at(NOW + 2 * HOUR, "default");
    assert_verdict("accept", "ok");
}

static void rule_5_revocations_applied_never_fall(void **state)
{
    (void)state;
    history_revoke(&office_log, CARD);
    publish_chain(NOW);
    history_revoke(&region_log, OFFICE_2_SERIAL); /* who signed the head that said so */
    history_reinstate(&office_log, CARD);         /* a later batch */
    publish_chain(NOW + HOUR);
    judge_at(NOW + HOUR, "default");
    assert_verdict("reject", "revoked");
    judge_at(NOW + HOUR, "any");
    assert_verdict("reject", "revoked");
}

/* --- 6: heads --- */

static void rule_6_heads_are_ordered_by_size_then_by_time(void **state)
{
    (void)state;
    publish_chain(NOW);
    history_revoke(&office_log, CARD);
    signed_head larger = history_head_at(&office_log, 1, NOW - 100);
    signed_head smaller = history_head_at(&office_log, 0, NOW + 100);
    assert_int_equal(offer(office_record, &office_log, &larger), GARITA_LOG_EXTENDED);
    assert_int_equal(offer(office_record, &office_log, &smaller), GARITA_LOG_OLDER);
    assert_int_equal(log_of(office_record)->head.signed_at, NOW - 100);
    signed_head later = history_head_at(&office_log, 1, NOW);
    assert_int_equal(offer(office_record, &office_log, &later), GARITA_LOG_HEARTBEAT);
    assert_int_equal(offer(office_record, &office_log, &larger), GARITA_LOG_OLDER);
    judge_at(NOW, "default");
    assert_verdict("reject", "revoked");
}

static void rule_6_batches_apply_whatever_the_time_of_their_head(void **state)
{
    (void)state;
    static const int64_t times[] = {NOW - 3000 * (int64_t)DAY, NOW + 3000 * (int64_t)DAY};
    for (size_t i = 0; i < COUNT(times); i++) {
        history_revoke(&office_log, CARD);
        signed_head head = history_head_at(&office_log, 1, times[i]);
        assert_int_equal(offer(office_record, &office_log, &head), GARITA_LOG_EXTENDED);
        judge_at(NOW, "default");
        assert_verdict("reject", "revoked");
        end(NULL);
        begin(NULL);
    }
}

static void rule_6_a_head_from_the_future_gives_no_freshness(void **state)
{
    (void)state;
    publish_chain(NOW);
    publish(office_record, &office_log, NOW + SKEW);
    judge_at(NOW, "default");
    assert_verdict("accept", "ok"); /* clocks differ a little */
    publish(office_record, &office_log, NOW + SKEW + 1);
    judge_at(NOW, "default");
    assert_verdict("refer", "status-stale");
    judge_at(NOW + 1, "default"); /* and it does as soon as it no longer is */
    assert_verdict("accept", "ok");
}

static void rule_6_nothing_is_fresh_past_its_next_due(void **state)
{
    (void)state;
    publish_chain(NOW); /* due in a day */
    judge_at(NOW + DAY, "default");
    assert_verdict("accept", "ok");
    judge_at(NOW + DAY + 1, "default");
    assert_verdict("refer", "status-stale");
}

/* Heads that promise the next one in ten years, at each level. */
static void publish_long(const garita_issuer *authority, history *h)
{
    assert_ok(garita_log_sign(&h->log, 1000, NOW, 3650 * (int64_t)DAY, &h->by->signer));
    signed_head head = {.head = h->log.head, .len = h->log.head_len};
    memcpy(head.bytes, h->log.head_bytes, head.len);
    offer(authority, h, &head);
}

/* A lane with no limits of its own. */
static garita_lane patient(void)
{
    return (garita_lane){.name = "patient", .programmes = UINT64_MAX};
}

static void assert_fresh_until(int64_t last, const garita_lane *lane)
{
    garita_clock clock = {.is_known = true, .now = last};
    judge_with(&clock, lane, CARD);
    assert_verdict("accept", "ok");
    clock.now++;
    judge_with(&clock, lane, CARD);
    assert_verdict("refer", "status-stale");
}

static void rule_6_next_due_is_capped_for_an_issuer(void **state)
{
    (void)state;
    garita_lane lane = patient();
    publish_long(usa_record, &usa_log);
    publish_long(region_record, &region_log);
    publish_long(office_record, &office_log);
    assert_fresh_until(NOW + 7 * DAY, &lane);
}

/* The issuer's log is kept fresh, that of the region is not. */
static void rule_6_next_due_is_capped_for_an_authority_between(void **state)
{
    (void)state;
    garita_lane lane = patient();
    publish_long(usa_record, &usa_log);
    publish_long(region_record, &region_log);
    publish(office_record, &office_log, NOW + 90 * DAY);
    assert_fresh_until(NOW + 90 * DAY, &lane);
}

static void rule_6_next_due_is_capped_for_an_anchor(void **state)
{
    (void)state;
    garita_lane lane = patient();
    publish_long(usa_record, &usa_log);
    publish(region_record, &region_log, NOW + 400 * DAY);
    publish(office_record, &office_log, NOW + 400 * DAY);
    assert_fresh_until(NOW + 400 * DAY, &lane);
}

static void rule_6_lanes_limit_the_age_of_each_level_by_itself(void **state)
{
    (void)state;
    const garita_lane_ages limits[] = {{.issuer = HOUR}, {.between = HOUR}, {.anchor = HOUR}};
    for (size_t level = 0; level < COUNT(limits); level++) {
        garita_lane lane = patient();
        publish(usa_record, &usa_log, level == 2 ? NOW : NOW + HOUR);
        publish(region_record, &region_log, level == 1 ? NOW : NOW + HOUR);
        publish(office_record, &office_log, level == 0 ? NOW : NOW + HOUR);
        lane.refer_after = limits[level];
        assert_fresh_until(NOW + HOUR, &lane);
        lane.reject_after = limits[level];
        garita_clock clock = {.is_known = true, .now = NOW + HOUR + 1};
        judge_with(&clock, &lane, CARD);
        assert_verdict("reject", "status-stale");
        end(NULL);
        begin(NULL);
    }
}

static void rule_6_a_missing_log_of_an_ancestor_is_status_missing(void **state)
{
    (void)state;
    const garita_issuer *const *records[] = {&usa_record, &region_record, &office_record};
    history *const logs[] = {&usa_log, &region_log, &office_log};
    for (size_t missing = 0; missing < COUNT(records); missing++) {
        for (size_t i = 0; i < COUNT(records); i++)
            if (i != missing)
                publish(*records[i], logs[i], NOW);
        judge_at(NOW, "default");
        assert_verdict("refer", "status-missing");
        end(NULL);
        begin(NULL);
    }
}

static void rule_6_a_stale_log_of_an_ancestor_refers(void **state)
{
    (void)state;
    publish_chain(NOW);
    publish(region_record, &region_log, NOW + DAY);
    publish(office_record, &office_log, NOW + DAY);
    judge_at(NOW + DAY, "default");
    assert_verdict("accept", "ok");
    judge_at(NOW + DAY + 1, "default"); /* the anchor's is past due */
    assert_verdict("refer", "status-stale");
}

/* A damaged log has no head that anything may rest on. */
static void rule_6_a_damaged_log_is_missing_and_its_revocations_count(void **state)
{
    (void)state;
    publish_chain(NOW);
    log_of(office_record)->is_damaged = true;
    judge_at(NOW, "default");
    assert_verdict("refer", "status-missing");
    history_revoke(&usa_log, REGION_SERIAL);
    publish(usa_record, &usa_log, NOW);
    log_of(usa_record)->is_damaged = true;
    judge_at(NOW, "any");
    assert_verdict("reject", "issuer-revoked");
}

/* --- 6, against whoever withholds or replays --- */

/* The world goes on; the checkpoint hears nothing more. */
static void withheld_news_never_give_an_accept_beyond_the_limits(void **state)
{
    (void)state;
    history_revoke(&office_log, 78);
    publish_chain(NOW);
    history_revoke(&office_log, CARD); /* signed, and withheld */
    history_sign(&office_log, NOW + 60);
    for (int64_t age = 0; age < 600 * (int64_t)DAY; age += age < 3 * DAY ? 599 : 7 * DAY - 13) {
        judge_at(NOW + age, "default");
        if (age <= DAY)
            assert_verdict("accept", "ok");
        else
            assert_verdict("refer", "status-stale");
        garita_clock clock = {.is_known = true, .now = NOW + age};
        judge_with(&clock, garita_lane_builtin("default"), 78);
        assert_verdict("reject", "revoked"); /* however old the data is */
    }
}

/* Fresh heads of some levels do not help the others. */
static void withheld_news_of_one_level_never_give_an_accept_beyond_the_limits(void **state)
{
    (void)state;
    publish_chain(NOW);
    for (int64_t day = 1; day < 500; day += 11) {
        publish(usa_record, &usa_log, NOW + day * DAY);
        publish(region_record, &region_log, NOW + day * DAY);
        judge_at(NOW + day * DAY + 1, "default");
        assert_verdict("refer", "status-stale");
    }
}

static void replayed_heads_never_change_a_verdict(void **state)
{
    (void)state;
    publish_chain(NOW);
    history_suspend(&office_log, CARD);
    publish(office_record, &office_log, NOW + HOUR);
    judge_at(NOW + HOUR, "default");
    assert_verdict("refer", "suspended");
    history_revoke(&office_log, CARD);
    publish(office_record, &office_log, NOW + 2 * HOUR);
    for (size_t i = 0; i < office_log.head_count; i++) {
        garita_log_outcome outcome = offer(office_record, &office_log, &office_log.heads[i]);
        assert_true(outcome == GARITA_LOG_OLDER || outcome == GARITA_LOG_KNOWN);
        judge_at(NOW + 2 * HOUR, "default");
        assert_verdict("reject", "revoked");
    }
    judge_at(NOW + 3 * DAY, "default");
    assert_verdict("reject", "revoked");
    assert_false(log_of(office_record)->is_equivocated);
}

/* --- 7: the clock --- */

static garita_clock clock_at(int64_t now)
{
    garita_clock clock = {.is_known = true, .now = now};
    clock.has_floor = garita_book_floor(book, &clock.floor, &clock);
    return clock;
}

static void publish_all(int64_t now)
{
    publish_chain(now);
    publish(mex_record, &mex_log, now);
    publish(agency_record, &agency_log, now);
}

/* The floor that was stored while the clock was right. */
static garita_clock clock_after(int64_t right, int64_t now)
{
    garita_clock clock = clock_at(right);
    assert_true(clock.has_floor);
    clock.now = now;
    return clock;
}

static void rule_7_a_clock_below_the_floor_is_at_best_refer(void **state)
{
    (void)state;
    publish_all(NOW);
    garita_clock clock = clock_after(NOW, NOW - 1);
    assert_int_equal(clock.floor, NOW);
    judge_with(&clock, garita_lane_builtin("default"), CARD);
    assert_verdict("refer", "clock-behind");
    clock.now = NOW;
    judge_with(&clock, garita_lane_builtin("default"), CARD);
    assert_verdict("accept", "ok");
}

static void rule_7_a_machine_that_boots_in_1970_accepts_nothing(void **state)
{
    (void)state;
    publish_all(NOW);
    garita_clock clock = clock_at(0); /* it never had a floor */
    assert_false(clock.has_floor);
    judge_with(&clock, garita_lane_builtin("default"), CARD);
    assert_int_not_equal(verdict.outcome, GARITA_ACCEPT);
    judge_with(&clock, garita_lane_builtin("any"), CARD);
    assert_int_not_equal(verdict.outcome, GARITA_ACCEPT); /* the card is not yet valid */
    clock = clock_after(NOW, 0);
    judge_with(&clock, garita_lane_builtin("default"), CARD);
    assert_verdict("refer", "clock-behind");
}

static void rule_7_a_machine_that_runs_fast_accepts_nothing_and_recovers(void **state)
{
    (void)state;
    publish_all(NOW);
    garita_clock fast = clock_at(NOW + 2000 * (int64_t)DAY);
    assert_true(fast.has_floor);
    assert_int_equal(fast.floor, NOW); /* its own time raises nothing */
    judge_with(&fast, garita_lane_builtin("default"), CARD);
    assert_int_not_equal(verdict.outcome, GARITA_ACCEPT);
    garita_clock right = clock_at(NOW + HOUR); /* set right: as if nothing had been */
    judge_with(&right, garita_lane_builtin("default"), CARD);
    assert_verdict("accept", "ok");
}

static void rule_7_one_poisoned_head_neither_raises_the_floor_nor_stops_the_others(void **state)
{
    (void)state;
    publish_all(NOW);
    publish(mex_record, &mex_log, NOW + 900 * (int64_t)DAY);
    publish(agency_record, &agency_log, NOW + HOUR);
    publish(office_record, &office_log, NOW + HOUR);
    garita_clock clock = clock_at(NOW + HOUR);
    assert_int_equal(clock.floor, NOW + HOUR);
    judge_with(&clock, garita_lane_builtin("default"), CARD);
    assert_verdict("accept", "ok");
    publish(agency_record, &agency_log, NOW + 900 * (int64_t)DAY); /* a whole country of them */
    clock = clock_at(NOW + HOUR);
    assert_false(clock.has_floor);
    judge_with(&clock, garita_lane_builtin("default"), CARD);
    assert_verdict("accept", "ok");
}

static void rule_7_fewer_than_two_who_attest_make_no_floor_and_no_failure(void **state)
{
    (void)state;
    publish_chain(NOW); /* below one anchor of two */
    garita_clock clock = clock_at(NOW);
    assert_false(clock.has_floor);
    judge_with(&clock, garita_lane_builtin("default"), CARD);
    assert_verdict("accept", "ok");
}

static void rule_7_the_floor_makes_old_data_stale_behind_a_slow_clock(void **state)
{
    (void)state;
    publish_chain(NOW);
    publish(mex_record, &mex_log, NOW + 3 * DAY);
    publish(usa_record, &usa_log, NOW + 3 * DAY);
    garita_clock clock = clock_after(NOW + 3 * DAY, NOW);
    judge_with(&clock, garita_lane_builtin("default"), CARD);
    assert_verdict("refer", "status-stale"); /* by the effective now */
}

/* --- 8: equivocation --- */

static void assert_equivocated_from_now_on(void)
{
    judge_at(NOW, "default");
    assert_verdict("refer", "issuer-equivocated");
    judge_at(NOW, "any"); /* counts in every lane */
    assert_verdict("refer", "issuer-equivocated");
    history_empty_batch(&office_log); /* and whatever comes later */
    publish_chain(NOW + HOUR);
    judge_at(NOW + HOUR, "default");
    assert_verdict("refer", "issuer-equivocated");
}

static void rule_8_other_roots_at_one_size_are_at_best_refer(void **state)
{
    (void)state;
    history_fork(&fork, &office_log, office_record);
    history_empty_batch(&office_log);
    publish_chain(NOW);
    history_revoke(&fork, 500);
    assert_int_equal(publish(office_record, &fork, NOW), GARITA_LOG_FORKED);
    assert_equivocated_from_now_on();
}

static void rule_8_another_beginning_is_at_best_refer(void **state)
{
    (void)state;
    history_fork(&fork, &office_log, office_record);
    history_empty_batch(&office_log);
    publish_chain(NOW);
    history_revoke(&fork, 500);
    history_revoke(&fork, 501);
    garita_leaf_source own = leaves_of(&office_log);
    garita_log_result out =
        offer_tail(log_of(office_record), &own, &fork, 0, history_sign(&fork, NOW));
    assert_outcome(out, "forked");
    assert_equivocated_from_now_on();
}

static void rule_8_a_regression_is_at_best_refer(void **state)
{
    (void)state;
    history_empty_batch(&office_log);
    publish_chain(NOW);
    signed_head back = history_head_at(&office_log, 0, NOW + SKEW + 1);
    assert_int_equal(offer(office_record, &office_log, &back), GARITA_LOG_FORKED);
    assert_equivocated_from_now_on();
}

static void rule_8_a_proof_alone_is_enough(void **state)
{
    (void)state;
    publish_chain(NOW);
    assert_true(garita_log_offer_proof(log_of(office_record)));
    assert_equivocated_from_now_on();
}

static void rule_8_an_ancestor_that_equivocated_is_at_best_refer(void **state)
{
    (void)state;
    publish_chain(NOW);
    garita_log_offer_proof(log_of(usa_record));
    judge_at(NOW, "default");
    assert_verdict("refer", "issuer-equivocated");
}

static void rule_8_a_serial_revoked_in_any_history_is_revoked(void **state)
{
    (void)state;
    history_fork(&fork, &office_log, office_record);
    history_empty_batch(&office_log);
    publish_chain(NOW);
    history_revoke(&fork, CARD);
    garita_log_result out =
        offer_tail(log_of(office_record), NULL, &fork, 0, history_sign(&fork, NOW));
    assert_outcome(out, "forked");
    judge_at(NOW, "default");
    assert_verdict("reject", "revoked");
    history_reinstate(&office_log, CARD);
    publish_chain(NOW + HOUR);
    judge_at(NOW + HOUR, "default");
    assert_verdict("reject", "revoked");
}

static void rule_8_evidence_adds_to_the_union_and_changes_nothing_else(void **state)
{
    (void)state;
    garita_hash proof[GARITA_PROOF_MAX];
    uint64_t gained;
    history_fork(&fork, &office_log, office_record);
    history_empty_batch(&office_log);
    publish_chain(NOW);
    history_suspend(&fork, CARD);
    history_revoke(&fork, 78);
    const signed_head *head = history_sign(&fork, NOW);
    for (uint64_t i = 0; i < 2; i++) {
        size_t count = history_prove(proof, &fork, i, 2);
        assert_ok(garita_log_offer_evidence(log_of(office_record), &gained, history_events,
                                            &head->head, i, fork.batches[i], proof, count));
        assert_int_equal(gained, i);
    }
    judge_at(NOW, "default");
    assert_verdict("accept", "ok"); /* it proves no equivocation, and a suspension is none */
    garita_clock clock = {.is_known = true, .now = NOW};
    judge_with(&clock, garita_lane_builtin("default"), 78);
    assert_verdict("reject", "revoked");
}

static void rule_8_a_false_set_root_applies_and_is_at_best_refer(void **state)
{
    (void)state;
    publish_chain(NOW);
    history_revoke(&office_log, 78);
    garita_head lie = history_sign(&office_log, NOW + 1)->head;
    lie.set_root.bytes[0] ^= 1;
    signed_head head = sign_head(&office_2, lie);
    assert_int_equal(offer(office_record, &office_log, &head), GARITA_LOG_EXTENDED);
    judge_at(NOW, "default");
    assert_verdict("refer", "issuer-equivocated");
    garita_clock clock = {.is_known = true, .now = NOW};
    judge_with(&clock, garita_lane_builtin("default"), 78);
    assert_verdict("reject", "revoked");                 /* the batches count all the same */
    assert_false(log_of(office_record)->is_equivocated); /* a finding of its own, not a proof */
}

/* --- 9: serials that nobody should have --- */

static void rule_9_a_serial_above_issued_is_unknown(void **state)
{
    (void)state;
    publish_chain(NOW); /* heads say 1,000 */
    garita_clock clock = {.is_known = true, .now = NOW};
    judge_with(&clock, garita_lane_builtin("default"), 1000);
    assert_verdict("accept", "ok");
    judge_with(&clock, garita_lane_builtin("default"), 1001);
    assert_verdict("refer", "serial-unknown");
    judge_with(&clock, garita_lane_builtin("default"), GARITA_SERIAL_MAX);
    assert_verdict("refer", "serial-unknown");
}

static void rule_9_serials_are_judged_at_every_level(void **state)
{
    (void)state;
    publish(usa_record, &usa_log, NOW);
    publish(office_record, &office_log, NOW);
    assert_ok(garita_log_sign(&region_log.log, OFFICE_SERIAL - 1, NOW, DAY, &region.signer));
    signed_head head = {.head = region_log.log.head, .len = region_log.log.head_len};
    memcpy(head.bytes, region_log.log.head_bytes, head.len);
    offer(region_record, &region_log, &head);
    judge_at(NOW, "default");
    assert_verdict("refer", "serial-unknown");
}

static void rule_9_events_do_not_change_issued(void **state)
{
    (void)state;
    history_suspend(&office_log, 5000);
    history_reinstate(&office_log, 5000);
    publish_chain(NOW);
    garita_clock clock = {.is_known = true, .now = NOW};
    judge_with(&clock, garita_lane_builtin("default"), 5000);
    assert_verdict("refer", "serial-unknown");
}

static void rule_9_a_lane_may_waive_serial_unknown(void **state)
{
    (void)state;
    garita_lane lane = patient();
    publish_chain(NOW);
    lane.waives_serial_unknown = true;
    garita_clock clock = {.is_known = true, .now = NOW};
    judge_with(&clock, &lane, 1001);
    assert_verdict("accept", "ok");
}

static void rule_9_a_revoked_serial_above_issued_is_revoked(void **state)
{
    (void)state;
    history_revoke(&office_log, 1001);
    publish_chain(NOW);
    garita_clock clock = {.is_known = true, .now = NOW};
    judge_with(&clock, garita_lane_builtin("default"), 1001);
    assert_verdict("reject", "revoked");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
#define test(name) cmocka_unit_test_setup_teardown(name, begin, end)
        test(current_logs_give_accept),
        test(rule_5_revoking_a_key_falls_on_all_that_it_signed),
        test(rule_5_everything_under_a_revoked_authority_falls),
        test(rule_5_an_anchor_that_revokes_itself_falls_with_all),
        test(rule_5_another_key_of_the_authority_stands),
        test(rule_5_the_head_of_a_revoked_key_is_none),
        test(rule_5_revocations_applied_never_fall),
        test(rule_6_heads_are_ordered_by_size_then_by_time),
        test(rule_6_batches_apply_whatever_the_time_of_their_head),
        test(rule_6_a_head_from_the_future_gives_no_freshness),
        test(rule_6_nothing_is_fresh_past_its_next_due),
        test(rule_6_next_due_is_capped_for_an_issuer),
        test(rule_6_next_due_is_capped_for_an_authority_between),
        test(rule_6_next_due_is_capped_for_an_anchor),
        test(rule_6_lanes_limit_the_age_of_each_level_by_itself),
        test(rule_6_a_missing_log_of_an_ancestor_is_status_missing),
        test(rule_6_a_stale_log_of_an_ancestor_refers),
        test(rule_6_a_damaged_log_is_missing_and_its_revocations_count),
        test(withheld_news_never_give_an_accept_beyond_the_limits),
        test(withheld_news_of_one_level_never_give_an_accept_beyond_the_limits),
        test(replayed_heads_never_change_a_verdict),
        test(rule_7_a_clock_below_the_floor_is_at_best_refer),
        test(rule_7_a_machine_that_boots_in_1970_accepts_nothing),
        test(rule_7_a_machine_that_runs_fast_accepts_nothing_and_recovers),
        test(rule_7_one_poisoned_head_neither_raises_the_floor_nor_stops_the_others),
        test(rule_7_fewer_than_two_who_attest_make_no_floor_and_no_failure),
        test(rule_7_the_floor_makes_old_data_stale_behind_a_slow_clock),
        test(rule_8_other_roots_at_one_size_are_at_best_refer),
        test(rule_8_another_beginning_is_at_best_refer),
        test(rule_8_a_regression_is_at_best_refer),
        test(rule_8_a_proof_alone_is_enough),
        test(rule_8_an_ancestor_that_equivocated_is_at_best_refer),
        test(rule_8_a_serial_revoked_in_any_history_is_revoked),
        test(rule_8_evidence_adds_to_the_union_and_changes_nothing_else),
        test(rule_8_a_false_set_root_applies_and_is_at_best_refer),
        test(rule_9_a_serial_above_issued_is_unknown),
        test(rule_9_serials_are_judged_at_every_level),
        test(rule_9_events_do_not_change_issued),
        test(rule_9_a_lane_may_waive_serial_unknown),
        test(rule_9_a_revoked_serial_above_issued_is_revoked),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
