/* What of a log goes to a receiver: whatever he has of it, what is planned and written makes him
 * current, and is the least that does. */
#include <garita/giving.h>

#include <stdlib.h>

#include "history.h"
#include "world.h"

#define NOW WORLD_NOW

enum { MANY = 100, FEW = 3, SERIALS = 600, SENT_MAX = 1 << 20 };

static garita_trust *trust;
static party anchor, office;
static const garita_issuer *office_record;
static history h, fork, old; /* what is given; another history of it; an earlier state */
static garita_log theirs;

static int set_up(void **state)
{
    (void)state;
    if (garita_trust_new(&trust) != GARITA_OK)
        return 1;
    party_make(&anchor, 310);
    party_make(&office, 311);
    pin(trust, &anchor, (grant){.serial = 1});
    office_record = add(trust, &anchor, &office, (grant){.serial = 2});
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    garita_trust_free(trust);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    history_start(&h, &office, office_record);
    assert_ok(garita_log_start(&theirs, &h.log.id));
    return 0;
}

static int end(void **state)
{
    (void)state;
    history_end(&h);
    history_end(&fork);
    history_end(&old);
    garita_log_end(&theirs);
    return 0;
}

/* --- a shelf --- */

/* What it is given from: a history, and what is wrong with it. */
typedef struct store {
    const history *h;
    uint64_t lacks;   /* the number of a batch that is not there; UINT64_MAX: none */
    uint64_t garbled; /* of one that is not what was written */
    size_t read;      /* leaves */
} store;

static store whole;

static bool leaf(void *context, garita_hash *out, uint64_t index)
{
    store *s = context;
    garita_leaf_source leaves = leaves_of(s->h);
    s->read++;
    return index != s->lacks && index >= s->h->log.start && leaves.leaf(leaves.context, out, index);
}

static bool batch_bytes(void *context, uint64_t *out, uint64_t first)
{
    const store *s = context;
    *out = 0;
    for (uint64_t i = first; i < s->h->log.frontier.size; i++)
        *out += s->h->batches[i].len;
    return true;
}

static bool each_batch(void *context, uint64_t first,
                       bool (*visit)(void *visitor, garita_bytes batch), void *visitor)
{
    static const uint8_t garbage[] = {1, 2, 3};
    const store *s = context;
    assert_true(first >= s->h->log.batches_from);
    for (uint64_t i = first; i < s->h->log.frontier.size; i++) {
        if (i == s->lacks)
            return false;
        if (!visit(visitor,
                   i == s->garbled ? (garita_bytes){garbage, sizeof garbage} : s->h->batches[i]))
            break;
    }
    return true;
}

static garita_shelf shelf_of(store *s)
{
    return (garita_shelf){.log = &s->h->log,
                          .leaves = {.context = s, .leaf = leaf},
                          .context = s,
                          .batch_bytes = batch_bytes,
                          .each_batch = each_batch};
}

/* Of the history h, with nothing wrong. */
static garita_shelf shelf(void)
{
    whole = (store){&h, UINT64_MAX, UINT64_MAX, 0};
    return shelf_of(&whole);
}

/* Drops the batches before this number, as a store does. */
static void drop_before(uint64_t start)
{
    h.log.start = h.log.batches_from = start;
    h.log.at_start = h.before[start];
}

/* Takes the bytes away, and leaves the hashes, as who took a snapshot has them. */
static void drop_bytes_before(uint64_t size)
{
    h.log.batches_from = size;
}

/* --- histories --- */

/* Batches of a few bytes that leave little behind. */
static void publish_small(history *to, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (to->log.frontier.size % 2 == 0)
            history_suspend(to, 7);
        else
            history_reinstate(to, 7);
    history_sign(to, NOW + (int64_t)to->log.frontier.size);
}

/* Batches of more bytes than their hashes. */
static void publish_large(history *to, size_t count)
{
    static garita_event events[SERIALS];
    for (size_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < SERIALS; j++)
            events[j] = (garita_event){.serial = 1 + j * 37,
                                       .standing = to->log.frontier.size % 2 == 0
                                                       ? GARITA_STANDING_SUSPENDED
                                                       : GARITA_STANDING_ACTIVE};
        history_batch(to, events, SERIALS);
    }
    history_sign(to, NOW + (int64_t)to->log.frontier.size);
}

/* Lets the receiver follow the first size batches of a history. */
static void follow(const history *of, uint64_t size)
{
    signed_head head = history_head_at(of, size, NOW - 100);
    garita_log_result result = offer_tail(&theirs, NULL, of, 0, &head);
    assert_outcome(result, "extended");
}

static garita_have_log have(void)
{
    return (garita_have_log){.id = theirs.id,
                             .size = theirs.head.size,
                             .root = theirs.head.root,
                             .signed_at = theirs.head.signed_at};
}

/* --- the way --- */

static uint8_t sent[SENT_MAX];
static size_t sent_len, sent_max;

static bool sink(void *context, const uint8_t *bytes, size_t len)
{
    (void)context;
    if (len > sent_max - sent_len)
        return false;
    memcpy(sent + sent_len, bytes, len);
    sent_len += len;
    return true;
}

static bool write_plan(const garita_plan *plan, const garita_shelf *from, uint64_t *batches)
{
    sent_len = 0;
    assert_true(garita_bundle_write_header(sink, NULL));
    return garita_plan_write(plan, from, batches, sink, NULL);
}

/* Sends what is planned, and offers it to the receiver. */
static garita_log_outcome send(const garita_plan *plan, const garita_shelf *from)
{
    static garita_bytes parts[HISTORY_BATCHES];
    static garita_hash leaves[HISTORY_BATCHES];
    static garita_log_result result;
    uint32_t indexes[64];
    garita_bundle_reader reader;
    garita_message first, message;
    size_t count = 0, leaf_count = 0;
    uint64_t batches;
    garita_head head;
    garita_leaf_source own = leaves_of(&h);

    sent_max = sizeof sent;
    assert_true(write_plan(plan, from, &batches));
    assert_true(garita_bundle_write(sink, NULL, &(garita_message){.kind = GARITA_MESSAGE_END}));
    assert_ok(garita_bundle_open(&reader, sent, sent_len));
    assert_ok(garita_bundle_next(&reader, &first, NULL));
    assert_int_equal(first.kind, plan->has_tail ? GARITA_MESSAGE_TAIL : GARITA_MESSAGE_SNAPSHOT);
    for (;;) {
        assert_ok(garita_bundle_next(&reader, &message, NULL));
        if (message.kind == GARITA_MESSAGE_END)
            break;
        if (message.kind == GARITA_MESSAGE_LEAVES) {
            memcpy(&leaves[leaf_count], message.bytes.at, message.bytes.len);
            leaf_count += message.bytes.len / sizeof leaves[0];
            continue;
        }
        if (message.kind == GARITA_MESSAGE_CHUNK)
            indexes[count] = message.index;
        parts[count++] = message.bytes;
    }
    assert_ptr_equal(garita_head_signer(&head, NULL, trust, NULL, first.head.at, first.head.len),
                     office_record);
    if (plan->has_tail) {
        const garita_log_tail tail = {&first.frontier, parts, count};
        assert_int_equal(count, batches);
        assert_ok(garita_log_offer_tail(&theirs, &result, history_events, &own, &head, first.head,
                                        &tail));
    } else {
        const garita_log_snapshot state = {.frontier = &first.frontier,
                                           .leaf_count = leaf_count,
                                           .leaves = leaves,
                                           .chunk_count = count,
                                           .chunk_indexes = indexes,
                                           .chunks = parts,
                                           .path_from = first.path_from,
                                           .path_count = first.path_count,
                                           .path = first.path};
        assert_int_equal(batches, 0);
        assert_ok(garita_log_offer_snapshot(&theirs, &result, &own, &head, first.head, &state));
    }
    return result.outcome;
}

#define assert_sent(plan, from, expected)                                                          \
    assert_string_equal(garita_log_outcome_name(send(plan, from)), expected)

static void assert_current(void)
{
    garita_have_log now = have();
    garita_shelf from = shelf();
    garita_plan plan;

    assert_true(garita_head_equal(&theirs.head, &h.log.head));
    assert_true(garita_plan_for(&plan, &from, &now, false));
    assert_false(plan.has_tail || plan.has_snapshot);
}

static garita_plan plan_for(const garita_have_log *receiver, bool wants_batches)
{
    garita_shelf from = shelf();
    garita_plan plan;

    assert_true(garita_plan_for(&plan, &from, receiver, wants_batches));
    assert_false(plan.has_tail && plan.has_snapshot);
    return plan;
}

static void send_plan(const garita_plan *plan, const char *expected)
{
    garita_shelf from = shelf();

    assert_sent(plan, &from, expected);
}

/* --- newcomers --- */

static void newcomer_gets_batches_where_they_are_less(void **state)
{
    (void)state;
    publish_small(&h, FEW);
    garita_plan plan = plan_for(NULL, false);
    assert_true(plan.has_tail);
    assert_int_equal(plan.from.size, 0);
    send_plan(&plan, "extended");
    assert_current();
}

static void newcomer_gets_the_state_where_it_is_less(void **state)
{
    (void)state;
    publish_small(&h, MANY);
    garita_plan plan = plan_for(NULL, false);
    assert_true(plan.has_snapshot);
    assert_int_equal(plan.path_from, 0);
    assert_int_equal(plan.from.size, MANY);
    send_plan(&plan, "adopted");
    assert_current();
}

static void who_has_a_log_of_nothing_is_a_newcomer(void **state)
{
    (void)state;
    publish_small(&h, FEW);
    garita_have_log nothing = {.id = h.log.id, .signed_at = NOW};
    garita_frontier empty = {0};
    garita_frontier_root(&nothing.root, &empty);
    garita_plan plan = plan_for(&nothing, false);
    assert_true(plan.has_tail);
    assert_int_equal(plan.from.size, 0);
}

static void archive_gets_batches_whatever_the_state_would_save(void **state)
{
    (void)state;
    publish_small(&h, MANY);
    garita_plan plan = plan_for(NULL, true);
    assert_true(plan.has_tail);
    send_plan(&plan, "extended");
    assert_current();
    assert_int_equal(theirs.start, 0);
}

static void archive_that_is_new_gets_the_state_where_the_first_batches_are_gone(void **state)
{
    (void)state;
    publish_small(&h, MANY);
    drop_before(MANY / 2);
    garita_plan plan = plan_for(NULL, true);
    assert_true(plan.has_snapshot);
    assert_false(plan.is_out_of_reach);
    send_plan(&plan, "adopted");
    assert_current();
}

static void state_that_the_head_does_not_commit_to_is_given_to_nobody(void **state)
{
    garita_plan plan;
    garita_shelf from;

    (void)state;
    publish_small(&h, MANY);
    h.log.set_differs = true;
    plan = plan_for(NULL, false);
    assert_true(plan.has_tail);
    assert_false(plan.is_out_of_reach);
    from = shelf();
    assert_true(garita_plan_for_all(&plan, &from));
    assert_true(plan.has_tail);
    drop_before(MANY / 2);
    plan = plan_for(NULL, false);
    assert_true(plan.has_tail && plan.is_out_of_reach);
    assert_int_equal(plan.from.size, MANY / 2);
    send_plan(&plan, "gap");
}

/* --- followers --- */

static void follower_gets_exactly_what_it_lacks(void **state)
{
    (void)state;
    publish_small(&h, MANY);
    follow(&h, MANY - 5);
    garita_have_log has = have();
    garita_plan plan = plan_for(&has, false);
    assert_true(plan.has_tail);
    assert_int_equal(plan.from.size, MANY - 5);
    send_plan(&plan, "extended");
    assert_current();
}

static void follower_far_behind_gets_the_state_with_the_hashes_of_what_it_lacks(void **state)
{
    (void)state;
    publish_large(&h, MANY);
    follow(&h, FEW);
    garita_have_log has = have();
    garita_plan plan = plan_for(&has, false);
    assert_true(plan.has_snapshot);
    assert_int_equal(plan.from.size, FEW);
    assert_int_equal(plan.path_from, 0);
    send_plan(&plan, "adopted");
    assert_current();
    assert_int_equal(theirs.start, 0); /* it can prove on from its beginning */
    assert_int_equal(theirs.batches_from, MANY);
}

/* Hashes take more than batches of a few bytes do. */
static void follower_far_behind_gets_batches_where_they_are_less_than_their_hashes(void **state)
{
    (void)state;
    publish_small(&h, MANY);
    follow(&h, FEW);
    garita_have_log has = have();
    garita_plan plan = plan_for(&has, false);
    assert_true(plan.has_tail);
    send_plan(&plan, "extended");
    assert_current();
}

/* A gives B a snapshot; B alone gives it to C, who stood where B did, or further back. */
static void who_took_a_snapshot_gives_it_to_all_who_stand_behind(void **state)
{
    enum { ALL = 23 };
    static const uint64_t stands[] = {7, 5, 1};

    (void)state;
    publish_large(&h, ALL);
    drop_bytes_before(ALL);
    for (size_t i = 0; i < sizeof stands / sizeof stands[0]; i++)
        for (int wants_batches = 0; wants_batches <= 1; wants_batches++) {
            follow(&h, stands[i]);
            garita_have_log has = have();
            garita_plan plan = plan_for(&has, wants_batches);
            assert_true(plan.has_snapshot && !plan.is_out_of_reach);
            assert_int_equal(plan.from.size, stands[i]);
            send_plan(&plan, "adopted");
            assert_current();
            assert_true(theirs.start == 0 && theirs.batches_from == ALL);
            garita_log_end(&theirs);
            assert_ok(garita_log_start(&theirs, &h.log.id));
        }
    publish_large(&h, 2); /* what comes behind is batches again */
    follow(&h, ALL);
    garita_have_log has = have();
    garita_plan plan = plan_for(&has, true);
    assert_true(plan.has_tail);
    assert_int_equal(plan.from.size, ALL);
    send_plan(&plan, "extended");
    assert_current();
}

/* Whoever takes it anew can serve those between, where that is no dearer than the state itself. */
static void newcomer_gets_the_hashes_too_where_they_are_no_more_than_the_state(void **state)
{
    (void)state;
    publish_large(&h, FEW);
    drop_bytes_before(FEW);
    garita_plan plan = plan_for(NULL, false);
    assert_true(plan.has_snapshot);
    assert_int_equal(plan.from.size, 0);
    send_plan(&plan, "adopted");
    assert_current();
    assert_true(theirs.start == 0 && theirs.batches_from == FEW);
}

static void fork_where_the_bytes_are_gone_is_shown_by_the_state(void **state)
{
    (void)state;
    publish_large(&h, 12);
    drop_bytes_before(12);
    history_start(&fork, &office, office_record);
    history_revoke(&fork, 5);
    publish_large(&fork, 6);
    follow(&fork, 4);
    garita_have_log has = have();
    garita_plan plan = plan_for(&has, false);
    assert_true(plan.has_snapshot);
    assert_int_equal(plan.from.size, 4);
    send_plan(&plan, "forked");
    assert_true(theirs.is_equivocated);
}

static void archive_far_behind_gets_batches(void **state)
{
    (void)state;
    publish_small(&h, MANY);
    follow(&h, FEW);
    garita_have_log has = have();
    garita_plan plan = plan_for(&has, true);
    assert_true(plan.has_tail);
    assert_int_equal(plan.from.size, FEW);
    send_plan(&plan, "extended");
    assert_current();
    assert_int_equal(theirs.start, 0);
}

static void who_is_current_gets_nothing_and_of_a_heartbeat_the_head_alone(void **state)
{
    (void)state;
    publish_small(&h, MANY);
    follow(&h, MANY);
    garita_have_log has = have();
    assert_true(has.signed_at < h.log.head.signed_at);
    garita_plan plan = plan_for(&has, false);
    assert_true(plan.has_tail);
    assert_int_equal(plan.from.size, MANY);
    send_plan(&plan, "heartbeat");
    assert_current();
}

static void who_is_behind_the_start_gets_the_head_which_says_that_there_is_more(void **state)
{
    (void)state;
    publish_small(&h, MANY);
    follow(&h, FEW);
    drop_before(MANY / 2);
    garita_have_log has = have();
    garita_plan plan = plan_for(&has, false);
    assert_true(plan.has_tail && plan.is_out_of_reach);
    assert_int_equal(plan.from.size, MANY);
    send_plan(&plan, "gap");
}

static void who_stands_at_the_start_gets_what_follows(void **state)
{
    (void)state;
    publish_small(&h, MANY);
    follow(&h, MANY / 2);
    drop_before(MANY / 2);
    garita_have_log has = have();
    garita_plan plan = plan_for(&has, true);
    assert_true(plan.has_tail);
    assert_int_equal(plan.from.size, MANY / 2);
    send_plan(&plan, "extended");
    assert_current();
}

static void every_follower_of_every_log_gets_what_it_lacks(void **state)
{
    (void)state;
    for (uint64_t size = 1; size <= MANY; size++) {
        publish_small(&h, 1);
        for (uint64_t start = 0; start < size; start += 13) {
            drop_before(start);
            for (uint64_t at = start > 0 ? start : 1; at < size; at++) {
                garita_have_log has = {.id = h.log.id, .size = at};
                garita_frontier_root(&has.root, &h.before[at]);
                garita_plan plan = plan_for(&has, true);
                assert_int_equal(plan.from.size, at);
                assert_memory_equal(plan.from.peaks, h.before[at].peaks,
                                    garita_frontier_count(at) * sizeof(garita_hash));
            }
        }
        drop_before(0);
    }
}

static void who_is_a_little_behind_costs_few_leaves_however_long_the_log_is(void **state)
{
    size_t read = 0;

    (void)state;
    publish_small(&h, 1);
    for (uint64_t size = 2; size <= MANY; size++) {
        garita_have_log has = {.id = h.log.id, .size = size - 1};
        publish_small(&h, 1);
        garita_frontier_root(&has.root, &h.before[size - 1]);
        plan_for(&has, true);
        read += whole.read;
    }
    assert_true(read < 4 * MANY); /* from the first leaf on it would be half of MANY each time */
}

/* --- two histories --- */

static void make_fork(size_t more)
{
    publish_small(&h, FEW);
    history_fork(&fork, &h, office_record);
    history_revoke(&fork, 4711);
    publish_small(&fork, more);
    history_revoke(&h, 4712);
    publish_small(&h, 3);
}

static void assert_all_is_given_and_proves_it(void)
{
    garita_have_log has = have();
    garita_plan plan = plan_for(&has, false);
    assert_true(plan.has_tail);
    assert_int_equal(plan.from.size, 0);
    send_plan(&plan, "forked");
    assert_int_equal(standing_of(&theirs, 4711), GARITA_STANDING_REVOKED);
    assert_int_equal(standing_of(&theirs, 4712), GARITA_STANDING_REVOKED);
}

static void who_follows_another_history_of_one_size_gets_all(void **state)
{
    (void)state;
    make_fork(3);
    follow(&fork, fork.log.frontier.size);
    assert_int_equal(theirs.head.size, h.log.head.size);
    assert_all_is_given_and_proves_it();
}

static void who_follows_another_history_that_is_shorter_gets_all(void **state)
{
    (void)state;
    make_fork(1);
    follow(&fork, fork.log.frontier.size);
    assert_all_is_given_and_proves_it();
}

static void who_is_further_gets_the_head_and_where_histories_differ_all(void **state)
{
    (void)state;
    make_fork(9);
    follow(&fork, fork.log.frontier.size);
    garita_have_log has = have();
    garita_plan plan = plan_for(&has, false);
    assert_true(plan.has_tail);
    assert_int_equal(plan.from.size, h.log.head.size);
    h.log.is_equivocated = true;
    plan = plan_for(&has, false);
    assert_true(plan.has_tail);
    assert_int_equal(plan.from.size, 0);
}

/* --- for all --- */

static void plan_for_all_serves_newcomers_and_those_between(void **state)
{
    garita_plan plan;
    garita_shelf from;

    (void)state;
    publish_large(&h, MANY);
    from = shelf();
    assert_true(garita_plan_for_all(&plan, &from));
    assert_true(plan.has_snapshot);
    assert_int_equal(plan.from.size, 0);
    assert_sent(&plan, &from, "adopted");
    assert_current();
    garita_log_end(&theirs);
    assert_ok(garita_log_start(&theirs, &h.log.id));
    follow(&h, MANY / 3);
    assert_sent(&plan, &from, "adopted");
    assert_current();
}

static void plan_for_all_is_batches_where_they_are_less(void **state)
{
    garita_plan plan;
    garita_shelf from;

    (void)state;
    publish_small(&h, MANY);
    from = shelf();
    assert_true(garita_plan_for_all(&plan, &from));
    assert_true(plan.has_tail);
    assert_false(plan.is_out_of_reach);
    assert_sent(&plan, &from, "extended");
    drop_before(MANY / 2);
    assert_true(garita_plan_for_all(&plan, &from));
    assert_true(plan.has_snapshot && plan.is_out_of_reach);
    assert_int_equal(plan.from.size, MANY / 2);
}

/* --- what goes wrong --- */

static void store_that_lacks_a_batch_gives_nothing(void **state)
{
    garita_plan plan;

    (void)state;
    publish_small(&h, MANY);
    follow(&h, MANY / 2);
    garita_have_log has = have();
    store lacking = {&h, MANY * 3 / 8, UINT64_MAX, 0};
    garita_shelf from = shelf_of(&lacking);
    assert_false(garita_plan_for(&plan, &from, &has, true));
    lacking.lacks = MANY - 1;
    assert_true(garita_plan_for(&plan, &from, &has, true));
    sent_max = sizeof sent;
    assert_false(write_plan(&plan, &from, NULL));
}

static void what_the_disk_garbled_is_not_passed_on_as_good(void **state)
{
    garita_plan plan;

    (void)state;
    publish_small(&h, FEW);
    store garbled = {&h, UINT64_MAX, 1, 0};
    garita_shelf from = shelf_of(&garbled);
    assert_true(garita_plan_for(&plan, &from, NULL, true));
    sent_max = sizeof sent;
    assert_false(write_plan(&plan, &from, NULL));
}

static void store_may_have_gone_on_since_the_log_was_read(void **state)
{
    (void)state;
    publish_small(&h, FEW);
    history_fork(&old, &h, office_record);
    history_revoke(&h, 9);
    publish_small(&h, FEW);
    garita_shelf from = shelf();
    from.log = &old.log;
    garita_plan plan;
    assert_true(garita_plan_for(&plan, &from, NULL, true));
    assert_sent(&plan, &from, "extended");
    assert_int_equal(theirs.head.size, FEW);
}

static void sink_that_is_full_is_noticed_at_every_byte(void **state)
{
    garita_plan plans[3];
    garita_shelf from;
    garita_have_log has;

    (void)state;
    publish_large(&h, 20);
    from = shelf();
    follow(&h, 5);
    has = have();
    plans[0] = plan_for(&has, true);
    plans[1] = plan_for(&has, false);
    assert_true(plans[0].has_tail && plans[1].has_snapshot);
    assert_true(garita_plan_for_all(&plans[2], &from));
    for (size_t i = 0; i < COUNT(plans); i++) {
        sent_max = sizeof sent;
        assert_true(write_plan(&plans[i], &from, NULL));
        size_t len = sent_len;
        for (sent_max = GARITA_BUNDLE_HEADER_SIZE; sent_max < len; sent_max++)
            assert_false(write_plan(&plans[i], &from, NULL));
        assert_true(write_plan(&plans[i], &from, NULL));
    }
}

#define test(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(newcomer_gets_batches_where_they_are_less),
        test(newcomer_gets_the_state_where_it_is_less),
        test(who_has_a_log_of_nothing_is_a_newcomer),
        test(archive_gets_batches_whatever_the_state_would_save),
        test(archive_that_is_new_gets_the_state_where_the_first_batches_are_gone),
        test(state_that_the_head_does_not_commit_to_is_given_to_nobody),
        test(follower_gets_exactly_what_it_lacks),
        test(follower_far_behind_gets_the_state_with_the_hashes_of_what_it_lacks),
        test(follower_far_behind_gets_batches_where_they_are_less_than_their_hashes),
        test(who_took_a_snapshot_gives_it_to_all_who_stand_behind),
        test(newcomer_gets_the_hashes_too_where_they_are_no_more_than_the_state),
        test(fork_where_the_bytes_are_gone_is_shown_by_the_state),
        test(archive_far_behind_gets_batches),
        test(who_is_current_gets_nothing_and_of_a_heartbeat_the_head_alone),
        test(who_is_behind_the_start_gets_the_head_which_says_that_there_is_more),
        test(who_stands_at_the_start_gets_what_follows),
        test(every_follower_of_every_log_gets_what_it_lacks),
        test(who_is_a_little_behind_costs_few_leaves_however_long_the_log_is),
        test(who_follows_another_history_of_one_size_gets_all),
        test(who_follows_another_history_that_is_shorter_gets_all),
        test(who_is_further_gets_the_head_and_where_histories_differ_all),
        test(plan_for_all_serves_newcomers_and_those_between),
        test(plan_for_all_is_batches_where_they_are_less),
        test(store_that_lacks_a_batch_gives_nothing),
        test(what_the_disk_garbled_is_not_passed_on_as_good),
        test(store_may_have_gone_on_since_the_log_was_read),
        test(sink_that_is_full_is_noticed_at_every_byte),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
