/* The log of decisions in a home: chained whoever adds, checkable whatever was done to it. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include <sqlite3.h>

#include <garita/store_decisions.h>

#define assert_store(got, expected)                                                                \
    assert_string_equal(garita_store_error_name(got),                                              \
                        garita_store_error_name(GARITA_STORE_##expected))

enum { NOW = 1811851200 };

static char home[64];
static char detail[GARITA_STORE_DETAIL_SIZE];
static const uint8_t home_id[GARITA_HOME_ID_SIZE] = {1, 2, 3};
static party node;

static int set_up(void **state)
{
    static unsigned count;

    (void)state;
    snprintf(home, sizeof home, "home-%u", count++);
    party_make(&node, 60);
    return 0;
}

static garita_store *open_home(garita_store_mode mode)
{
    garita_store *store;
    garita_home facts;
    bool created;

    assert_store(garita_store_create(&created, &facts, detail, home, "USA", home_id), OK);
    assert_store(garita_store_open(&store, detail, home, mode), OK);
    return store;
}

/* Runs SQL past the store, as somebody with the run of the machine would. */
static void sql(const char *text)
{
    sqlite3 *db;
    char path[128];
    char *message = NULL;

    snprintf(path, sizeof path, "%s/" GARITA_STORE_FILE, home);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, text, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", text, message);
    sqlite3_close(db);
}

/* --- filling --- */

static garita_decision entry_at(int64_t moment, uint32_t serial)
{
    garita_decision d = {.kind = GARITA_DECISION_VERDICT,
                         .has_moment = moment >= 0,
                         .moment = moment >= 0 ? moment : 0,
                         .lane = utf8("default"),
                         .outcome = GARITA_ACCEPT,
                         .reason = utf8("ok"),
                         .has_authority = true,
                         .has_serial = true,
                         .serial = serial};
    return d;
}

static void add_at(garita_store *store, int64_t moment, uint32_t serial)
{
    garita_decision d = entry_at(moment, serial);
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_add_decision(store, &d), OK);
    assert_store(garita_store_commit(store), OK);
}

static void add_some(garita_store *store, uint32_t first, uint32_t last)
{
    for (uint32_t serial = first; serial <= last; serial++)
        add_at(store, NOW + serial, serial);
}

static garita_decision_place end_of(garita_store *store)
{
    garita_decision_place end;
    assert_store(garita_store_decisions_end(store, &end), OK);
    return end;
}

static garita_tip tip_of(const garita_decision_place *place, int64_t signed_at)
{
    garita_tip tip = {.place = *place, .signed_at = signed_at};
    memcpy(tip.home, home_id, sizeof tip.home);
    return tip;
}

static void keep_tip(garita_store *store, const party *by, const garita_tip *tip)
{
    garita_stored_tip kept = {.position = tip->place.position, .signed_at = tip->signed_at};
    assert_ok(garita_tip_issue(kept.bytes, &kept.len, tip, by->public_key, by->secret_key));
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_add_tip(store, &kept), OK);
    assert_store(garita_store_commit(store), OK);
}

static garita_tip sign_tip(garita_store *store, int64_t signed_at)
{
    garita_decision_place end = end_of(store);
    garita_tip tip = tip_of(&end, signed_at);
    keep_tip(store, &node, &tip);
    return tip;
}

/* --- checking --- */

static char findings[512];

static void on_flaw(void *context, const garita_decision_flaw *flaw)
{
    size_t len = strlen(findings);
    (void)context;
    snprintf(findings + len, sizeof findings - len, "%s%s %llu-%llu%s", len > 0 ? ", " : "",
             garita_decision_flaw_name(flaw->kind), (unsigned long long)flaw->first,
             (unsigned long long)flaw->last, flaw->is_given ? " given" : "");
}

/* What the check finds, such as "entries-changed 3-3"; "" for nothing. */
static garita_decision_check check(const garita_tip *given, const char *expected)
{
    garita_decision_check result;
    garita_store *store = open_home(GARITA_STORE_READ);

    findings[0] = '\0';
    assert_store(
        garita_store_check_decisions(store, &result, on_flaw, NULL, node.public_key, given), OK);
    garita_store_close(store);
    assert_string_equal(findings, expected);
    assert_int_equal(result.flaws == 0, expected[0] == '\0');
    return result;
}

/* --- adding and reading --- */

struct seen {
    garita_decision_place place; /* recomputed */
    uint64_t count;
    uint32_t serials[64];
};

static bool see(void *context, const garita_stored_decision *stored)
{
    struct seen *seen = context;
    garita_decision d;

    garita_decision_advance(&seen->place, stored->entry, stored->entry_len);
    assert_int_equal(seen->place.position, stored->place.position);
    assert_true(garita_hash_equal(&seen->place.hash, &stored->place.hash));
    assert_ok(garita_decision_read(&d, NULL, stored->entry, stored->entry_len));
    assert_int_equal(stored->moment, d.has_moment ? d.moment : -1);
    seen->serials[seen->count++] = d.serial;
    return true;
}

static void entries_are_numbered_and_chained(void **state)
{
    (void)state;
    struct seen seen = {0};
    garita_store *store = open_home(GARITA_STORE_WRITE);
    garita_decision_place base;

    garita_decision_begin(&seen.place, home_id);
    garita_decision_place end = end_of(store);
    assert_true(end.position == 0 && garita_hash_equal(&end.hash, &seen.place.hash));
    add_some(store, 1, 7);
    add_at(store, -1, 8); /* no clock */
    assert_store(garita_store_each_decision(store, see, &seen, 0, 3), OK);
    assert_int_equal(seen.count, 3);
    assert_store(garita_store_each_decision(store, see, &seen, 3, 100), OK);
    assert_int_equal(seen.count, 8);
    for (uint32_t i = 0; i < 8; i++)
        assert_int_equal(seen.serials[i], i + 1);
    end = end_of(store);
    assert_true(end.position == 8 && garita_hash_equal(&end.hash, &seen.place.hash));
    assert_store(garita_store_decisions_base(store, &base), OK);
    assert_int_equal(base.position, 0);
    garita_store_close(store);
    check(NULL, "");
}

static void two_lanes_write_one_chain(void **state)
{
    (void)state;
    struct seen seen = {0};
    garita_store *a = open_home(GARITA_STORE_WRITE);
    garita_store *b = open_home(GARITA_STORE_WRITE);

    for (uint32_t i = 0; i < 10; i++)
        add_at(i % 3 == 0 ? a : b, NOW, i + 1);
    garita_decision_begin(&seen.place, home_id);
    assert_store(garita_store_each_decision(a, see, &seen, 0, 100), OK);
    assert_int_equal(seen.count, 10);
    garita_store_close(a);
    garita_store_close(b);
    check(NULL, "");
}

static void what_was_undone_is_not_in_the_chain(void **state)
{
    (void)state;
    garita_store *store = open_home(GARITA_STORE_WRITE);
    garita_decision d = entry_at(NOW, 9);

    add_some(store, 1, 2);
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_add_decision(store, &d), OK);
    garita_store_rollback(store);
    assert_int_equal(end_of(store).position, 2);
    add_some(store, 3, 3);
    garita_store_close(store);
    assert_int_equal(check(NULL, "").end.position, 3);
}

/* --- what was done to a log is found --- */

/* A log of ten entries with tips at 4 and 10; returns the last. */
static garita_tip make_log(void)
{
    garita_store *store = open_home(GARITA_STORE_WRITE);

    add_some(store, 1, 4);
    (void)sign_tip(store, NOW + 4);
    add_some(store, 5, 10);
    garita_tip tip = sign_tip(store, NOW + 10);
    garita_store_close(store);
    return tip;
}

static void whole_log_is_whole(void **state)
{
    (void)state;
    garita_tip tip = make_log();
    garita_decision_check result = check(&tip, "");
    assert_int_equal(result.tips, 2);
    assert_int_equal(result.tip_at, 10);
    assert_int_equal(result.tip_signed, NOW + 10);
    assert_int_equal(result.end.position, 10);
    assert_true(result.given_is_good);
    assert_true(garita_hash_equal(&result.end.hash, &tip.place.hash));
}

/* Each on a log of its own. */
static void damage_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        const char *found;
    } damages[] = {
        {"UPDATE decision SET entry = (SELECT entry FROM decision WHERE position = 1)"
         " WHERE position = 6",
         "entries-changed 6-6"},
        {"UPDATE decision SET hash = randomblob(32) WHERE position = 3", "entries-changed 3-4"},
        {"UPDATE decision SET moment = moment - 1 WHERE position = 2", "entries-changed 2-2"},
        {"UPDATE decision SET moment = -1 WHERE position = 2", "entries-changed 2-2"},
        {"UPDATE decision SET entry = x'c0' WHERE position = 2", "entries-changed 2-2"},
        {"UPDATE decision SET entry = zeroblob(513) WHERE position = 2", "entries-changed 2-2"},
        {"DELETE FROM decision WHERE position = 6", "entries-missing 6-6"},
        {"DELETE FROM decision WHERE position BETWEEN 3 AND 5", "entries-missing 3-5"},
        {"DELETE FROM decision WHERE position = 1", "entries-missing 1-1"},
        /* swapped with all that is theirs */
        {"UPDATE decision SET position = 99 WHERE position = 6;"
         "UPDATE decision SET position = 6 WHERE position = 7;"
         "UPDATE decision SET position = 7 WHERE position = 99",
         "entries-changed 6-8"},
        /* removed, and the rest moved up: the tip is then behind the end */
        {"DELETE FROM decision WHERE position = 9; UPDATE decision SET position = 9"
         " WHERE position = 10",
         "entries-changed 9-9, tail-cut 10-10"},
        {"DELETE FROM decision WHERE position > 8", "tail-cut 9-10"},
        {"DELETE FROM decision", "tail-cut 1-10"},
        {"DELETE FROM decision WHERE position > 4; UPDATE decision_tip SET position = 3"
         " WHERE position = 10",
         "tip-forged 3-3"},
        {"UPDATE decision_tip SET tip = x'00' WHERE position = 10", "tip-forged 10-10"},
        {"UPDATE decision_tip SET signed_at = signed_at - 60 WHERE position = 4", "tip-forged 4-4"},
        {"DELETE FROM decision WHERE position <= 5; INSERT INTO decision_base SELECT 1, 5,"
         " randomblob(32)",
         "entries-changed 6-6, start-unsigned 5-5"},
    };

    for (size_t i = 0; i < COUNT(damages); i++) {
        set_up(NULL);
        (void)make_log();
        check(NULL, "");
        sql(damages[i].sql);
        check(NULL, damages[i].found);
    }
}

/* Prunes as the command does, and returns the last entry that went; 0 if none. */
static uint64_t prune(int64_t keep_from, int64_t now)
{
    garita_decision_place place, end;
    garita_store *store = open_home(GARITA_STORE_WRITE);
    garita_store_error error = garita_store_find_prunable(store, &place, keep_from, now + 300);

    if (error == GARITA_STORE_ABSENT) {
        garita_store_close(store);
        return 0;
    }
    assert_store(error, OK);
    garita_tip tip = tip_of(&place, now);
    keep_tip(store, &node, &tip);
    const garita_decision act = {.kind = GARITA_DECISION_PRUNED,
                                 .has_moment = true,
                                 .moment = now,
                                 .pruned = place.position};
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_prune_decisions(store, &place), OK);
    assert_store(garita_store_add_decision(store, &act), OK);
    assert_store(garita_store_commit(store), OK);
    end = end_of(store);
    tip = tip_of(&end, now);
    keep_tip(store, &node, &tip);
    garita_store_close(store);
    return place.position;
}

/* The beginning is taken away as prune would, but without its tip; and up to a tip of any hour. */
static void beginning_that_was_cut_off_is_named(void **state)
{
    (void)state;
    garita_tip tip = make_log();
    sql("INSERT INTO decision_base SELECT 1, position, hash FROM decision WHERE position = 6;"
        "DELETE FROM decision WHERE position <= 6; DELETE FROM decision_tip WHERE position < 6");
    check(&tip, "start-unsigned 6-6");
}

static void beginning_that_was_cut_off_at_a_tip_is_named(void **state)
{
    (void)state;
    garita_store *store = open_home(GARITA_STORE_WRITE);
    add_some(store, 1, 3);
    (void)sign_tip(store, NOW + 5);
    add_some(store, 4, 6);
    garita_tip tip = sign_tip(store, NOW + 10);
    garita_store_close(store);
    check(&tip, "");
    sql("INSERT INTO decision_base SELECT 1, position, hash FROM decision WHERE position = 3;"
        "DELETE FROM decision WHERE position <= 3; DELETE FROM decision_tip WHERE position < 3");
    check(&tip, "start-unsigned 3-3");
    /* that the log says so itself does not help while nobody with the key has signed it */
    const garita_decision act = {
        .kind = GARITA_DECISION_PRUNED, .has_moment = true, .moment = NOW, .pruned = 3};
    store = open_home(GARITA_STORE_WRITE);
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_add_decision(store, &act), OK);
    assert_store(garita_store_commit(store), OK);
    garita_store_close(store);
    check(&tip, "start-unsigned 3-3");
}

/* Writes entries anew behind the first `kept`, as somebody would who has the node key too. */
static void rewrite(uint64_t kept, uint64_t count)
{
    char text[128];
    garita_store *store;

    snprintf(text, sizeof text,
             "DELETE FROM decision WHERE position > %llu; DELETE FROM decision_tip"
             " WHERE position > %llu",
             (unsigned long long)kept, (unsigned long long)kept);
    sql(text);
    store = open_home(GARITA_STORE_WRITE);
    for (uint64_t i = kept; i < count; i++)
        add_at(store, NOW, 4711);
    (void)sign_tip(store, NOW + 20);
    garita_store_close(store);
}

static void tip_kept_elsewhere_shows_a_rewritten_log(void **state)
{
    (void)state;
    garita_tip tip = make_log();
    rewrite(6, 12);
    check(NULL, "");
    garita_decision_check result = check(&tip, "tip-differs 5-10 given");
    assert_false(result.given_is_good);
}

static void tip_kept_elsewhere_shows_a_cut_tail(void **state)
{
    (void)state;
    garita_tip tip = make_log();
    sql("DELETE FROM decision WHERE position > 7; DELETE FROM decision_tip WHERE position > 7");
    check(NULL, "");
    check(&tip, "tail-cut 8-10 given");
    sql("DELETE FROM decision; DELETE FROM decision_tip");
    check(NULL, "");
    check(&tip, "tail-cut 1-10 given");
}

static void tip_of_another_home_or_of_long_ago_is_no_help(void **state)
{
    (void)state;
    garita_tip tip = make_log();
    tip.home[0] ^= 1;
    check(&tip, "tip-forged 10-10 given");
    tip.home[0] ^= 1;

    assert_int_equal(prune(NOW + 100, NOW + 100), 10);
    assert_true(check(&tip, "").given_is_good); /* of the base itself */
    tip.place.position = 4;
    check(&tip, "tip-too-old 4-4 given");
}

static void tip_by_another_key_is_forged(void **state)
{
    (void)state;
    party other;
    garita_store *store = open_home(GARITA_STORE_WRITE);

    party_make(&other, 61);
    add_some(store, 1, 3);
    garita_decision_place end = end_of(store);
    garita_tip tip = tip_of(&end, NOW);
    keep_tip(store, &other, &tip);
    garita_store_close(store);
    check(NULL, "tip-forged 3-3");
}

/* A log that was cut and goes on must not bury the tip that shows it. */
static void evidence_of_a_cut_stays(void **state)
{
    (void)state;
    (void)make_log();
    sql("DELETE FROM decision WHERE position > 7");
    garita_store *store = open_home(GARITA_STORE_WRITE);
    for (uint32_t i = 8; i <= 10; i++)
        add_at(store, NOW, 4711);
    (void)sign_tip(store, NOW + 30); /* at 10, where there is one */
    check(NULL, "tip-differs 5-10");
    add_at(store, NOW, 4711);
    (void)sign_tip(store, NOW + 40);
    garita_store_close(store);
    assert_int_equal(check(NULL, "tip-differs 5-10").tip_at, 11);
}

static void without_a_key_tips_are_compared_all_the_same(void **state)
{
    (void)state;
    garita_decision_check result;
    (void)make_log();
    sql("DELETE FROM decision WHERE position > 8");
    garita_store *store = open_home(GARITA_STORE_READ);
    findings[0] = '\0';
    assert_store(garita_store_check_decisions(store, &result, on_flaw, NULL, NULL, NULL), OK);
    assert_string_equal(findings, "tail-cut 9-10");
    garita_store_close(store);
}

/* --- tips --- */

static bool is_due(garita_store *store, int64_t now)
{
    bool due;
    assert_store(garita_store_tip_is_due(store, &due, now), OK);
    return due;
}

static void tips_are_due_hourly_while_there_is_something_new(void **state)
{
    (void)state;
    garita_stored_tip tip;
    garita_store *store = open_home(GARITA_STORE_WRITE);

    assert_store(garita_store_newest_tip(store, &tip), ABSENT);
    assert_false(is_due(store, NOW));
    add_at(store, NOW, 1);
    assert_true(is_due(store, NOW)); /* the first */
    (void)sign_tip(store, NOW);
    assert_false(is_due(store, NOW + 5 * GARITA_TIP_EVERY_S)); /* nothing new */
    add_at(store, NOW, 2);
    assert_false(is_due(store, NOW + GARITA_TIP_EVERY_S - 1));
    assert_true(is_due(store, NOW + GARITA_TIP_EVERY_S));
    assert_false(is_due(store, NOW - GARITA_TIP_EVERY_S + 1));
    assert_true(is_due(store, 0)); /* the clock was set back */
    (void)sign_tip(store, NOW + 10);
    (void)sign_tip(store, NOW + 20); /* of the same entry: the later one stays */
    assert_store(garita_store_newest_tip(store, &tip), OK);
    assert_int_equal(tip.position, 2);
    assert_int_equal(tip.signed_at, NOW + 20);
    garita_store_close(store);
    assert_int_equal(check(NULL, "").tips, 2);
}

/* --- retention --- */

static void old_entries_go_and_the_rest_stays_checkable(void **state)
{
    (void)state;
    garita_tip tip = make_log();
    assert_int_equal(prune(NOW + 1, NOW + 10), 0);
    assert_int_equal(prune(NOW + 7, NOW + 10), 6);
    garita_decision_check result = check(&tip, "");
    assert_int_equal(result.base.position, 6);
    assert_int_equal(result.end.position, 11);
    assert_true(result.given_is_good);
    assert_int_equal(result.tips, 3);
    assert_int_equal(prune(NOW + 7, NOW + 10), 0);
    /* all of it; what comes goes on behind */
    assert_int_equal(prune(NOW + 100, NOW + 100), 11);
    garita_store *store = open_home(GARITA_STORE_WRITE);
    add_some(store, 11, 11);
    garita_store_close(store);
    result = check(NULL, "");
    assert_int_equal(result.base.position, 11);
    assert_int_equal(result.end.position, 13);
}

static void clocks_that_were_wrong_take_nothing_young_away(void **state)
{
    (void)state;
    static const int64_t year = 365 * 86400;
    garita_store *store = open_home(GARITA_STORE_WRITE);
    const int64_t moments[] = {NOW - year,
                               NOW + 50 * year,
                               -1,
                               NOW - year + 1, /* 1 to 4 */
                               NOW,
                               5,
                               NOW + 1, /* 5 to 7 */
                               NOW + 50 * year};

    for (size_t i = 0; i < COUNT(moments); i++)
        add_at(store, moments[i], (uint32_t)i + 1);
    garita_store_close(store);
    /* now in 1970: nothing is old */
    assert_int_equal(prune(5 - year, 5), 0);
    /* 5 is young, so that 6, which a clock put in 1970, stays with it; 2 and 3 go with 4 */
    assert_int_equal(prune(NOW - year / 2, NOW + 2), 4);
    check(NULL, "");
    /* and what is dated far ahead stays at the end: 8 goes with 9, which says that 4 went */
    store = open_home(GARITA_STORE_WRITE);
    add_at(store, NOW + 50 * year, 10);
    garita_store_close(store);
    assert_int_equal(prune(NOW + year / 2, NOW + year), 9);
    assert_int_equal(check(NULL, "").end.position, 11);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(entries_are_numbered_and_chained, set_up),
        cmocka_unit_test_setup(two_lanes_write_one_chain, set_up),
        cmocka_unit_test_setup(what_was_undone_is_not_in_the_chain, set_up),
        cmocka_unit_test_setup(whole_log_is_whole, set_up),
        cmocka_unit_test_setup(damage_is_named, set_up),
        cmocka_unit_test_setup(beginning_that_was_cut_off_is_named, set_up),
        cmocka_unit_test_setup(beginning_that_was_cut_off_at_a_tip_is_named, set_up),
        cmocka_unit_test_setup(tip_kept_elsewhere_shows_a_rewritten_log, set_up),
        cmocka_unit_test_setup(tip_kept_elsewhere_shows_a_cut_tail, set_up),
        cmocka_unit_test_setup(tip_of_another_home_or_of_long_ago_is_no_help, set_up),
        cmocka_unit_test_setup(tip_by_another_key_is_forged, set_up),
        cmocka_unit_test_setup(evidence_of_a_cut_stays, set_up),
        cmocka_unit_test_setup(without_a_key_tips_are_compared_all_the_same, set_up),
        cmocka_unit_test_setup(tips_are_due_hourly_while_there_is_something_new, set_up),
        cmocka_unit_test_setup(old_entries_go_and_the_rest_stays_checkable, set_up),
        cmocka_unit_test_setup(clocks_that_were_wrong_take_nothing_young_away, set_up),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
