/* Memory that runs out, or a log's share of it, at each allocation in turn while something is
 * offered: the error comes back, nothing is leaked, and a proof that was made is good.
 *
 * The linker wraps the allocators, and what of a set reports its share used up.
 */
#include <stdlib.h>

#include <garita/book.h>
#include <garita/log.h>

#include "history.h"
#include "world.h"

#define NOW WORLD_NOW

/* Allocations, and changes to sets, until one fails: 0 is the next; negative is never. */
static int fail_in = -1, full_in = -1;

static bool fails(int *in)
{
    return *in >= 0 && (*in)-- == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
garita_error __real_garita_set_put(garita_set *set, uint32_t serial, garita_standing standing);
garita_error __real_garita_set_apply(garita_set *set, const garita_event *events,
                                     size_t event_count);
garita_error __real_garita_set_put_chunk(garita_set *set, uint32_t index, const uint8_t *bytes,
                                         size_t bytes_len);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
garita_error __wrap_garita_set_put(garita_set *set, uint32_t serial, garita_standing standing);
garita_error __wrap_garita_set_apply(garita_set *set, const garita_event *events,
                                     size_t event_count);
garita_error __wrap_garita_set_put_chunk(garita_set *set, uint32_t index, const uint8_t *bytes,
                                         size_t bytes_len);

void *__wrap_malloc(size_t size)
{
    return fails(&fail_in) ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails(&fail_in) ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails(&fail_in) ? NULL : __real_realloc(old, size);
}

garita_error __wrap_garita_set_put(garita_set *set, uint32_t serial, garita_standing standing)
{
    return fails(&full_in) ? GARITA_E_FULL : __real_garita_set_put(set, serial, standing);
}

garita_error __wrap_garita_set_apply(garita_set *set, const garita_event *events,
                                     size_t event_count)
{
    return fails(&full_in) ? GARITA_E_FULL : __real_garita_set_apply(set, events, event_count);
}

garita_error __wrap_garita_set_put_chunk(garita_set *set, uint32_t index, const uint8_t *bytes,
                                         size_t bytes_len)
{
    return fails(&full_in) ? GARITA_E_FULL
                           : __real_garita_set_put_chunk(set, index, bytes, bytes_len);
}

/* --- the offers --- */

static garita_trust *trust;
static party anchor, office;
static const garita_issuer *anchor_record, *office_record;
static history h, fork;
static snapshot shot, shot_on, fork_shot;
static const signed_head *first_head, *last_head, *fork_head;
static garita_log log_;
static garita_log_result result;

/* Each batch reaches into chunks of its own. */
static void grow(history *of, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        history_revoke(of, 10 + i, 100000 + i * 70000);
}

static int set_up(void **state)
{
    (void)state;
    if (garita_trust_new(&trust) != GARITA_OK)
        return 1;
    party_make(&anchor, 220);
    party_make(&office, 221);
    anchor_record = pin(trust, &anchor, (grant){.serial = 1});
    office_record = add(trust, &anchor, &office, (grant){.serial = 2});
    history_start(&h, &office, office_record);
    grow(&h, 0, 2);
    history_fork(&fork, &h, office_record);
    grow(&h, 2, 4);
    first_head = history_sign(&h, NOW);
    snapshot_make(&shot, &h, 0);
    grow(&h, 4, 7);
    last_head = history_sign(&h, NOW + 10);
    snapshot_make(&shot_on, &h, 4);
    grow(&fork, 20, 25);
    fork_head = history_sign(&fork, NOW + 20);
    snapshot_make(&fork_shot, &fork, 4);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    snapshot_end(&shot);
    snapshot_end(&shot_on);
    snapshot_end(&fork_shot);
    history_end(&h);
    history_end(&fork);
    garita_trust_free(trust);
    return 0;
}

static void start_log(void)
{
    assert_ok(garita_log_start(&log_, &h.log.id));
}

static void start_at_first_head(void)
{
    start_log();
    garita_log_result out = offer_tail(&log_, NULL, &h, 0, first_head);
    assert_outcome(out, "extended");
}

static void start_damaged(void)
{
    start_at_first_head();
    assert_ok(garita_set_put(log_.set, 5000000, GARITA_STANDING_REVOKED));
    log_.is_damaged = true;
}

static garita_error tail(const history *of, uint64_t from, const signed_head *head)
{
    garita_log_tail t = tail_of(of, from, head->head.size);
    return garita_log_offer_tail(&log_, &result, history_events, NULL, &head->head,
                                 statement_of(head), &t);
}

static garita_error whole_tail(void)
{
    return tail(&h, 0, last_head);
}

static garita_error rest_of_tail(void)
{
    return tail(&h, 4, last_head);
}

static garita_error fork_tail(void)
{
    return tail(&fork, 2, fork_head);
}

static garita_error snapshot_of(const snapshot *s, const signed_head *head)
{
    return garita_log_offer_snapshot(&log_, &result, NULL, &head->head, statement_of(head),
                                     &s->offer);
}

static garita_error first_snapshot(void)
{
    return snapshot_of(&shot, first_head);
}

static garita_error next_snapshot(void)
{
    return snapshot_of(&shot_on, last_head);
}

static garita_error fork_snapshot(void)
{
    return snapshot_of(&fork_shot, fork_head);
}

static garita_error evidence(void)
{
    garita_hash proof[GARITA_PROOF_MAX];
    uint64_t gained;
    size_t count = history_prove(proof, &fork, 6, 7);
    return garita_log_offer_evidence(&log_, &gained, history_events, &fork_head->head, 6,
                                     fork.batches[6], proof, count);
}

static garita_error append(void)
{
    return garita_log_append(&log_, history_events, h.batches[4].at, h.batches[4].len);
}

static const struct {
    void (*start)(void);
    garita_error (*offer)(void);
    garita_log_outcome outcome;
} cases[] = {{start_log, whole_tail, GARITA_LOG_EXTENDED},
             {start_at_first_head, rest_of_tail, GARITA_LOG_EXTENDED},
             {start_damaged, whole_tail, GARITA_LOG_EXTENDED},
             {start_at_first_head, fork_tail, GARITA_LOG_FORKED},
             {start_log, first_snapshot, GARITA_LOG_ADOPTED},
             {start_at_first_head, next_snapshot, GARITA_LOG_ADOPTED},
             {start_damaged, next_snapshot, GARITA_LOG_ADOPTED},
             {start_at_first_head, fork_snapshot, GARITA_LOG_FORKED},
             {start_log, evidence, GARITA_LOG_NOTHING},
             {start_at_first_head, append, GARITA_LOG_NOTHING}};

/* Lets each failure in turn happen, until there is none. Returns how many there were. */
static unsigned fail_each(int *in, garita_error expected, size_t which)
{
    for (unsigned n = 0;; n++) {
        cases[which].start();
        result = (garita_log_result){0};
        *in = (int)n;
        garita_error e = cases[which].offer();
        bool failed = *in < 0;
        *in = -1;
        if (failed)
            assert_string_equal(garita_error_name(e), garita_error_name(expected));
        else
            assert_ok(e);
        if (!failed)
            assert_int_equal(result.outcome, cases[which].outcome);
        if (result.outcome == GARITA_LOG_FORKED)
            assert_ptr_equal(
                garita_equivocation_check(NULL, NULL, trust, NULL, result.proof, result.proof_len),
                office_record);
        garita_log_end(&log_);
        if (!failed)
            return n;
    }
}

static void offer_without_memory_says_so(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_true(fail_each(&fail_in, GARITA_E_NO_MEMORY, i) > 0);
}

static void offer_beyond_the_share_of_a_log_says_so(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_true(fail_each(&full_in, GARITA_E_FULL, i) > 0);
}

static void log_without_memory_is_none(void **state)
{
    (void)state;
    for (int n = 0;; n++) {
        fail_in = n;
        garita_error e = garita_log_start(&log_, &h.log.id);
        bool failed = fail_in < 0;
        fail_in = -1;
        garita_log_end(&log_);
        if (!failed) {
            assert_ok(e);
            assert_true(n > 0);
            return;
        }
        assert_error(e, NO_MEMORY);
    }
}

static void book_without_memory_is_none(void **state)
{
    (void)state;
    for (int n = 0;; n++) {
        garita_book *book = (garita_book *)&anchor; /* anything */
        fail_in = n;
        garita_error e = garita_book_new(&book, trust);
        bool failed = fail_in < 0;
        fail_in = -1;
        if (!failed) {
            assert_ok(e);
            assert_true(n > 0);
            garita_book_free(book);
            return;
        }
        assert_error(e, NO_MEMORY);
        assert_null(book);
    }
}

static void log_that_finds_no_room_in_a_book_stays_the_callers(void **state)
{
    (void)state;
    garita_book *book;
    assert_ok(garita_book_new(&book, trust));
    start_at_first_head();
    log_state before = state_of(&log_);
    fail_in = 0;
    assert_error(garita_book_put(book, &log_), NO_MEMORY);
    assert_int_equal(fail_in, -1);
    assert_same_state(&log_, before);
    assert_null(garita_book_log(book, office_record));
    assert_int_equal(garita_book_count(book), 0);
    assert_ok(garita_book_put(book, &log_));
    assert_ptr_equal(garita_book_log(book, office_record), garita_book_get(book, 0));
    garita_book_free(book);
}

static void status_and_floor_allocate_nothing(void **state)
{
    (void)state;
    garita_book *book;
    garita_status status = {0};
    garita_clock clock = {.is_known = true, .now = NOW};
    int64_t floor;
    assert_ok(garita_book_new(&book, trust));
    start_at_first_head();
    assert_ok(garita_book_put(book, &log_));
    fail_in = 1000;
    const garita_status_source *source = garita_book_status(book);
    source->look_up(source->context, &status, office_record, 10);
    assert_int_equal(status.standing, GARITA_STANDING_REVOKED);
    assert_true(status.has_head);
    assert_false(garita_book_is_revoked(book, office_record));
    assert_false(garita_book_floor(book, &floor, &clock));
    assert_null(garita_book_log(book, anchor_record));
    assert_int_equal(fail_in, 1000);
    fail_in = -1;
    garita_book_free(book);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(offer_without_memory_says_so),
        cmocka_unit_test(offer_beyond_the_share_of_a_log_says_so),
        cmocka_unit_test(log_without_memory_is_none),
        cmocka_unit_test(book_without_memory_is_none),
        cmocka_unit_test(log_that_finds_no_room_in_a_book_stays_the_callers),
        cmocka_unit_test(status_and_floor_allocate_nothing),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
