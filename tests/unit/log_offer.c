/* What others offer to a log: FORMAT.md, section 14. */
#include <garita/log.h>

#include <stdlib.h>

#include "history.h"
#include "world.h"

#define NOW WORLD_NOW
#define SKEW GARITA_CLOCK_SKEW_S

static garita_trust *trust;
static party anchor, office;
static const garita_issuer *office_record;

/* The authority, a second history of it where a test needs one, and who follows the first. */
static history h, fork;
static garita_log log_;
static garita_leaf_source own;
static snapshot shot;

static int set_up(void **state)
{
    (void)state;
    if (garita_trust_new(&trust) != GARITA_OK)
        return 1;
    party_make(&anchor, 210);
    party_make(&office, 211);
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
    assert_ok(garita_log_start(&log_, &h.log.id));
    own = leaves_of(&h);
    return 0;
}

static int end(void **state)
{
    (void)state;
    snapshot_end(&shot);
    shot = (snapshot){0};
    history_end(&h);
    history_end(&fork);
    garita_log_end(&log_);
    return 0;
}

static void start_again(void)
{
    end(NULL);
    begin(NULL);
}

static void make_shot(const history *of, uint64_t path_from)
{
    snapshot_end(&shot);
    snapshot_make(&shot, of, path_from);
}

/* Batch i revokes serial 10 + i, from..to - 1; a head follows. */
static const signed_head *grow(history *of, uint32_t from, uint32_t to, int64_t now)
{
    for (uint32_t i = from; i < to; i++)
        history_revoke(of, 10 + i);
    return history_sign(of, now);
}

/* The follower follows the first history to its end. */
static void follow(void)
{
    garita_log_result out =
        offer_tail(&log_, &own, &h, log_.frontier.size, &h.heads[h.head_count - 1]);
    assert_outcome(out, "extended");
}

static void assert_revoked(uint32_t first, uint32_t last)
{
    for (uint32_t serial = first; serial <= last; serial++)
        assert_int_equal(standing_of(&log_, serial), GARITA_STANDING_REVOKED);
}

static void assert_active(uint32_t serial)
{
    assert_int_equal(standing_of(&log_, serial), GARITA_STANDING_ACTIVE);
}

static void assert_follows(const history *of, const signed_head *head)
{
    garita_hash a, b;
    assert_true(log_.has_head && !log_.is_damaged);
    assert_true(garita_head_equal(&log_.head, &head->head));
    assert_int_equal(log_.head_len, head->len);
    assert_memory_equal(log_.head_bytes, head->bytes, head->len);
    assert_int_equal(log_.frontier.size, head->head.size);
    garita_frontier_root(&a, &log_.frontier);
    assert_true(garita_hash_equal(&a, &head->head.root));
    garita_set_root(&a, log_.set);
    garita_set_root(&b, of->log.set);
    assert_true(garita_hash_equal(&a, &b));
}

static void assert_no_fault(const garita_log_result *out)
{
    assert_error(out->fault.error, OK);
    assert_string_equal(out->fault.field, "");
    assert_int_equal(out->fault_in, 0);
}

static void assert_no_proof(const garita_log_result *out)
{
    assert_int_equal(out->proof_len, 0);
    assert_false(out->is_first_proof);
}

/* Anybody with the trust set is convinced by it. */
static void assert_proof(const garita_log_result *out, garita_equivocation_form form, bool is_first)
{
    garita_equivocation proof;
    garita_head heads[2];
    garita_error e;
    assert_true(out->proof_len > 0);
    uint8_t *copy = exact_copy(out->proof, out->proof_len);
    const garita_issuer *r =
        garita_equivocation_check(heads, &e, trust, NULL, copy, out->proof_len);
    assert_ok(e);
    assert_ptr_equal(r, office_record);
    assert_ok(garita_equivocation_read(&proof, copy, out->proof_len));
    assert_int_equal(proof.form, form);
    free(copy);
    assert_int_equal(out->is_first_proof, is_first);
    assert_true(log_.is_equivocated);
}

/* That nothing but the union, and that it equivocates, has changed. */
static void assert_only_the_union_changed(log_state before)
{
    garita_log as_it_was = log_;
    as_it_was.elsewhere = NULL;
    as_it_was.is_equivocated = false;
    assert_same_state(&as_it_was, before);
}

/* --- tails: what an honest authority publishes --- */

static void newcomer_takes_the_whole_tail(void **state)
{
    (void)state;
    const signed_head *head = grow(&h, 0, 5, NOW);
    garita_log_result out = offer_tail(&log_, &own, &h, 0, head);
    assert_outcome(out, "extended");
    assert_true(out.first_batch == 0 && out.first_offered == 0);
    assert_false(out.set_differs_now);
    assert_no_proof(&out);
    assert_no_fault(&out);
    assert_follows(&h, head);
    assert_revoked(10, 14);
    assert_active(15);
    assert_int_equal(log_.start, 0);
    assert_null(log_.elsewhere);
}

static void head_of_an_empty_log_is_taken(void **state)
{
    (void)state;
    const signed_head *head = history_sign(&h, NOW);
    garita_log_result out = offer_tail(&log_, NULL, &h, 0, head);
    assert_outcome(out, "extended");
    assert_follows(&h, head);
    const signed_head *next = grow(&h, 0, 2, NOW + 1);
    out = offer_tail(&log_, NULL, &h, 0, next);
    assert_outcome(out, "extended");
    assert_follows(&h, next);
}

static void tail_from_the_size_held_extends(void **state)
{
    (void)state;
    grow(&h, 0, 5, NOW);
    follow();
    const signed_head *head = grow(&h, 5, 9, NOW + 10);
    garita_log_result out = offer_tail(&log_, &own, &h, 5, head);
    assert_outcome(out, "extended");
    assert_true(out.first_batch == 5 && out.first_offered == 0);
    assert_no_proof(&out);
    assert_follows(&h, head);
    assert_revoked(10, 18);
    assert_int_equal(log_.start, 0);
}

static void tail_that_overlaps_adds_only_the_rest(void **state)
{
    (void)state;
    grow(&h, 0, 5, NOW);
    follow();
    for (uint64_t from = 0; from < 5; from++) {
        garita_log copy;
        assert_ok(garita_log_start(&copy, &log_.id));
        offer_tail(&copy, &own, &h, 0, &h.heads[0]);
        if (from == 0)
            grow(&h, 5, 9, NOW + 10);
        garita_log_result out = offer_tail(&copy, &own, &h, from, &h.heads[1]);
        assert_outcome(out, "extended");
        assert_int_equal(out.first_batch, 5);
        assert_int_equal(out.first_offered, 5 - from);
        assert_int_equal(copy.frontier.size, 9);
        assert_false(copy.set_differs);
        garita_log_end(&copy);
    }
}

static void tail_that_starts_later_is_a_gap(void **state)
{
    (void)state;
    const signed_head *head = grow(&h, 0, 9, NOW);
    log_state before = state_of(&log_);
    for (uint64_t from = 1; from <= 9; from++) {
        garita_log_result out = offer_tail(&log_, &own, &h, from, head);
        assert_outcome(out, "gap");
        assert_no_proof(&out);
        assert_same_state(&log_, before);
    }
    start_again();
    grow(&h, 0, 3, NOW);
    follow();
    head = grow(&h, 3, 9, NOW);
    before = state_of(&log_);
    for (uint64_t from = 4; from <= 9; from++) {
        garita_log_result out = offer_tail(&log_, &own, &h, from, head);
        assert_outcome(out, "gap");
        assert_no_proof(&out);
        assert_same_state(&log_, before);
    }
}

static void heartbeat_takes_the_place_of_the_head(void **state)
{
    (void)state;
    grow(&h, 0, 3, NOW);
    follow();
    const signed_head *head = history_sign(&h, NOW + 50);
    garita_log_result out = offer_tail(&log_, &own, &h, 3, head);
    assert_outcome(out, "heartbeat");
    assert_follows(&h, head);
    head = history_sign(&h, NOW + 60);
    out = offer_tail(&log_, &own, &h, 0, head); /* with all its batches */
    assert_outcome(out, "heartbeat");
    assert_follows(&h, head);
    /* from the future too: it gives no freshness, but what it commits to counts */
    head = history_sign(&h, NOW + 500000);
    out = offer_tail(&log_, &own, &h, 3, head);
    assert_outcome(out, "heartbeat");
    assert_follows(&h, head);
}

static void replayed_heads_change_nothing(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 8; i++)
        grow(&h, i, i + 1, NOW + 10 * (int64_t)i);
    history_sign(&h, NOW + 100);
    follow();
    garita_log_result out = offer_tail(&log_, &own, &h, 0, &h.heads[h.head_count - 1]);
    assert_outcome(out, "known");
    log_state before = state_of(&log_);
    for (size_t i = 0; i + 1 < h.head_count; i++)
        for (uint64_t from = 0; from <= h.heads[i].head.size; from++) {
            out = offer_tail(&log_, &own, &h, from, &h.heads[i]);
            assert_outcome(out, "older");
            assert_no_proof(&out);
            out = offer_tail(&log_, NULL, &h, from, &h.heads[i]);
            assert_outcome(out, "older");
            assert_same_state(&log_, before);
        }
}

/* Of two heads that are neither older, the one that is there stays. */
static void head_of_the_same_moment_changes_nothing(void **state)
{
    (void)state;
    grow(&h, 0, 3, NOW);
    follow();
    log_state before = state_of(&log_);
    garita_head other = h.heads[0].head;
    other.issued++;
    signed_head head = sign_head(&office, other);
    garita_log_result out = offer_tail(&log_, &own, &h, 3, &head);
    assert_outcome(out, "older");
    assert_same_state(&log_, before);
}

/* --- tails that are not what the head commits to --- */

static void assert_mismatch(const signed_head *head, garita_log_tail *tail, garita_error error,
                            const char *field, size_t fault_in)
{
    static garita_log_result out;
    log_state before = state_of(&log_);
    assert_ok(garita_log_offer_tail(&log_, &out, history_events, &own, &head->head,
                                    statement_of(head), tail));
    assert_outcome(out, "mismatch");
    assert_string_equal(garita_error_name(out.fault.error), garita_error_name(error));
    assert_string_equal(out.fault.field, field);
    assert_int_equal(out.fault_in, fault_in);
    assert_no_proof(&out);
    assert_same_state(&log_, before);
}

static void check_altered_tails(uint64_t from, const signed_head *head)
{
    garita_log_tail good = tail_of(&h, from, head->head.size);
    garita_bytes batches[16], *copy = batches;
    memcpy(batches, good.batches, good.batch_count * sizeof *batches);
    garita_log_tail tail = {good.from, batches, good.batch_count};

    for (size_t i = 0; i < tail.batch_count; i++) { /* any byte */
        uint8_t *bytes = exact_copy(good.batches[i].at, good.batches[i].len);
        copy[i].at = bytes;
        for (size_t at = 0; at < good.batches[i].len; at++) {
            bytes[at] ^= 1;
            assert_mismatch(head, &tail, GARITA_E_NOT_PROVEN, "root", 0);
            bytes[at] ^= 1;
        }
        free(bytes);
        copy[i] = good.batches[i];
    }
    copy[0].len--; /* cut */
    assert_mismatch(head, &tail, GARITA_E_NOT_PROVEN, "root", 0);
    copy[0].len = 0;
    assert_mismatch(head, &tail, GARITA_E_NOT_PROVEN, "root", 0);
    copy[0] = good.batches[1]; /* in another order */
    copy[1] = good.batches[0];
    assert_mismatch(head, &tail, GARITA_E_NOT_PROVEN, "root", 0);
    memcpy(batches, good.batches, good.batch_count * sizeof *batches);

    tail.batch_count--; /* too few, too many */
    assert_mismatch(head, &tail, GARITA_E_RANGE, "size", 0);
    tail.batch_count += 2;
    copy[good.batch_count] = good.batches[0];
    assert_mismatch(head, &tail, GARITA_E_RANGE, "size", 0);
    tail.batch_count = SIZE_MAX;
    assert_mismatch(head, &tail, GARITA_E_RANGE, "size", 0);
    tail.batch_count = good.batch_count;

    garita_frontier frontier = *good.from; /* another frontier */
    tail.from = &frontier;
    for (size_t i = 0; i < garita_frontier_count(frontier.size); i++) {
        frontier.peaks[i].bytes[31] ^= 0x80;
        assert_mismatch(head, &tail, GARITA_E_NOT_PROVEN, "root", 0);
        frontier.peaks[i].bytes[31] ^= 0x80;
    }
    static const uint64_t sizes[] = {UINT64_MAX, UINT64_C(1) << 63, GARITA_LOG_SIZE_MAX, 10, 8, 0};
    for (size_t i = 0; i < COUNT(sizes); i++)
        if (sizes[i] != good.from->size) {
            frontier.size = sizes[i];
            assert_mismatch(head, &tail, GARITA_E_RANGE, "size", 0);
        }
}

static void altered_tail_is_refused_whole(void **state)
{
    (void)state;
    const signed_head *head = grow(&h, 0, 9, NOW);
    check_altered_tails(0, head); /* by a newcomer */
    check_altered_tails(3, head);
    follow();
    check_altered_tails(0, head); /* as a replay */
    check_altered_tails(6, head);
    head = grow(&h, 9, 12, NOW + 1);
    check_altered_tails(9, head); /* by who could go on */
    check_altered_tails(7, head);
    check_altered_tails(10, head);
    check_altered_tails(0, &h.heads[0]); /* as an older one */
}

/* An authority may sign what nobody can read. */
static void batch_that_cannot_be_read_is_refused_with_all_that_came_along(void **state)
{
    (void)state;
    static const uint8_t twice[] = {0x0c, 0xf5, 0xdf, 0x00, 0x81, 0x0b, 0x01,
                                    0xc9, 0x98, 0x81, 0x0b, 0x01, 0xc9, 0x98};
    grow(&h, 0, 3, NOW);
    follow();
    history_revoke(&h, 50);
    garita_frontier frontier = h.log.frontier;
    garita_hash leaf;
    garita_merkle_leaf(&leaf, twice, sizeof twice);
    garita_frontier_append(&frontier, &leaf);
    garita_head lie = h.heads[0].head;
    lie.size = 5;
    garita_frontier_root(&lie.root, &frontier);
    signed_head head = sign_head(&office, lie);
    garita_bytes batches[2] = {h.batches[3], {twice, sizeof twice}};
    garita_log_tail tail = {&h.before[3], batches, 2};
    assert_mismatch(&head, &tail, GARITA_E_KEY_ORDER, "code", 1);
    assert_active(50);
}

/* --- equivocation, form 1 --- */

static void other_batches_at_one_size_are_proven(void **state)
{
    (void)state;
    bool sorted_first[2] = {false, false};
    for (int64_t i = 0; i < 12; i++) { /* whichever of the heads sorts lower */
        grow(&h, 0, 2, NOW);
        history_fork(&fork, &h, office_record);
        const signed_head *ours = grow(&h, 2, 4, NOW + 10);
        follow();
        history_revoke(&fork, 70);
        history_suspend(&fork, 71, 72 + (uint32_t)i);
        const signed_head *theirs = history_sign(&fork, NOW + i);
        log_state before = state_of(&log_);
        garita_log_result out = offer_tail(&log_, &own, &fork, 1, theirs);
        assert_outcome(out, "forked");
        assert_proof(&out, GARITA_FORM_SAME_SIZE, true);
        assert_int_equal(out.revoked_elsewhere, 1);
        assert_revoked(70, 70);
        assert_active(71);
        assert_only_the_union_changed(before);
        assert_follows(&h, ours);
        sorted_first[memcmp(ours->bytes, theirs->bytes, ours->len) < 0] = true;

        before = state_of(&log_); /* again: nothing new */
        out = offer_tail(&log_, &own, &fork, 0, theirs);
        assert_outcome(out, "forked");
        assert_proof(&out, GARITA_FORM_SAME_SIZE, false);
        assert_int_equal(out.revoked_elsewhere, 0);
        assert_same_state(&log_, before);
        start_again();
    }
    assert_true(sorted_first[0] && sorted_first[1]);
}

/* The same is revoked, for another reason. */
static void other_batches_that_make_the_same_set_are_proven(void **state)
{
    (void)state;
    history_fork(&fork, &h, office_record);
    grow(&h, 0, 1, NOW);
    follow();
    garita_event event = {10, GARITA_STANDING_REVOKED, GARITA_CAUSE_FRAUD};
    history_batch(&fork, &event, 1);
    const signed_head *theirs = history_sign(&fork, NOW);
    assert_true(garita_hash_equal(&theirs->head.set_root, &log_.head.set_root));
    garita_log_result out = offer_tail(&log_, &own, &fork, 0, theirs);
    assert_outcome(out, "forked");
    assert_proof(&out, GARITA_FORM_SAME_SIZE, true);
}

static void another_set_root_at_one_size_is_proven(void **state)
{
    (void)state;
    const signed_head *ours = grow(&h, 0, 3, NOW);
    follow();
    garita_head lie = ours->head;
    lie.set_root.bytes[0] ^= 1;
    lie.signed_at += 100;
    signed_head head = sign_head(&office, lie);
    log_state before = state_of(&log_);
    garita_log_result out = offer_tail(&log_, &own, &h, 3, &head);
    assert_outcome(out, "forked");
    assert_proof(&out, GARITA_FORM_SAME_SIZE, true);
    assert_int_equal(out.revoked_elsewhere, 0);
    assert_null(log_.elsewhere);
    assert_only_the_union_changed(before);
}

/* --- form 2 --- */

static void larger_fork_is_proven_wherever_its_tail_starts(void **state)
{
    (void)state;
    for (uint32_t common = 0; common < 7; common++)
        for (uint64_t from = 0; from <= 7; from++) {
            grow(&h, 0, common, NOW);
            history_fork(&fork, &h, office_record);
            grow(&h, common, 7, NOW + 10);
            follow();
            for (uint32_t i = common; i < 13; i++)
                history_revoke(&fork, 100 + i);
            const signed_head *theirs = history_sign(&fork, NOW + 20);
            log_state before = state_of(&log_);
            garita_log_result out = offer_tail(&log_, &own, &fork, from, theirs);
            assert_outcome(out, "forked");
            assert_proof(&out, GARITA_FORM_FORK, true);
            assert_only_the_union_changed(before);
            uint32_t first_new = from > common ? (uint32_t)from : common;
            assert_int_equal(out.revoked_elsewhere, 13 - first_new);
            assert_revoked(100 + first_new, 112);
            assert_active(100 + first_new - 1);
            out = offer_tail(&log_, &own, &fork, from, theirs);
            assert_outcome(out, "forked");
            assert_proof(&out, GARITA_FORM_FORK, false);
            assert_int_equal(out.revoked_elsewhere, 0);
            start_again();
        }
}

/* Its tail does not say what it was at the size held: nothing is proven, nothing taken. */
static void larger_fork_that_starts_later_is_a_gap(void **state)
{
    (void)state;
    history_fork(&fork, &h, office_record);
    grow(&h, 0, 5, NOW);
    follow();
    for (uint32_t i = 0; i < 9; i++)
        history_revoke(&fork, 100 + i);
    const signed_head *theirs = history_sign(&fork, NOW + 1);
    log_state before = state_of(&log_);
    garita_log_result out = offer_tail(&log_, &own, &fork, 6, theirs);
    assert_outcome(out, "gap");
    assert_no_proof(&out);
    assert_same_state(&log_, before);
}

static void smaller_fork_is_proven_from_the_leaves_held(void **state)
{
    (void)state;
    for (uint32_t common = 0; common < 7; common++)
        for (uint32_t size = common + 1; size < 9; size++) {
            grow(&h, 0, common, NOW);
            history_fork(&fork, &h, office_record);
            grow(&h, common, 9, NOW + 10);
            follow();
            for (uint32_t i = common; i < size; i++)
                history_revoke(&fork, 100 + i);
            const signed_head *theirs = history_sign(&fork, NOW + 5);
            log_state before = state_of(&log_);

            garita_log_result out = offer_tail(&log_, NULL, &fork, 0, theirs);
            assert_outcome(out, "older"); /* by who has no leaves */
            assert_same_state(&log_, before);

            out = offer_tail(&log_, &own, &fork, common, theirs);
            assert_outcome(out, "forked");
            assert_proof(&out, GARITA_FORM_FORK, true);
            assert_only_the_union_changed(before);
            assert_int_equal(out.revoked_elsewhere, size - common);
            assert_revoked(100 + common, 100 + size - 1);
            start_again();
        }
}

static void smaller_fork_can_be_told_only_from_the_first_batch_held_on(void **state)
{
    (void)state;
    history_fork(&fork, &h, office_record);
    const signed_head *at_start = grow(&h, 0, 5, NOW);
    make_shot(&h, 0);
    garita_log_result out = offer_snapshot(&log_, &own, &shot, at_start);
    assert_outcome(out, "adopted");
    grow(&h, 5, 9, NOW + 10);
    follow();
    assert_int_equal(log_.start, 5);
    for (uint32_t size = 1; size < 9; size++) {
        history_revoke(&fork, 100 + size);
        const signed_head *theirs = history_sign(&fork, NOW + 5);
        out = offer_tail(&log_, &own, &fork, 0, theirs);
        assert_outcome(out, size < 5 ? "older" : "forked");
        if (size >= 5)
            assert_proof(&out, GARITA_FORM_FORK, size == 5);
    }
}

/* A store on a failing disk: an honest authority is not accused by it. */
static bool broken_leaf(void *context, garita_hash *out, uint64_t index)
{
    const uint64_t *broken = context;
    garita_leaf_source good = leaves_of(&h);
    if (!good.leaf(good.context, out, index))
        return false;
    if (index == *broken % 100)
        out->bytes[0] ^= 1;
    return index != *broken || *broken >= 100;
}

static void leaves_that_a_disk_altered_or_lost_accuse_nobody(void **state)
{
    (void)state;
    grow(&h, 0, 4, NOW);
    history_fork(&fork, &h, office_record);
    grow(&h, 4, 9, NOW + 10);
    follow();
    log_state before = state_of(&log_);
    for (uint64_t broken = 0; broken < 9; broken++)
        for (unsigned altered = 0; altered < 2; altered++) {
            uint64_t which = broken + 100 * altered;
            garita_leaf_source leaves = {.context = &which, .leaf = broken_leaf};
            garita_log_result out = offer_tail(&log_, &leaves, &h, 0, &h.heads[0]);
            assert_outcome(out, "older");
            assert_same_state(&log_, before);
        }
}

/* --- form 3 --- */

static void smaller_head_signed_later_beyond_the_skew_is_proven(void **state)
{
    (void)state;
    grow(&h, 0, 5, NOW);
    follow();
    log_state before = state_of(&log_);
    signed_head at_skew = history_head_at(&h, 3, NOW + SKEW);
    signed_head beyond = history_head_at(&h, 3, NOW + SKEW + 1);
    garita_log_result out = offer_tail(&log_, &own, &h, 3, &at_skew);
    assert_outcome(out, "older");
    assert_no_proof(&out);
    assert_same_state(&log_, before);
    out = offer_tail(&log_, &own, &h, 1, &beyond);
    assert_outcome(out, "forked");
    assert_proof(&out, GARITA_FORM_REGRESSION, true);
    assert_int_equal(out.revoked_elsewhere, 0); /* it revokes nothing that was not known */
    assert_only_the_union_changed(before);
    signed_head empty = history_head_at(&h, 0, NOW + SKEW + 1);
    out = offer_tail(&log_, NULL, &h, 0, &empty);
    assert_outcome(out, "forked");
    assert_proof(&out, GARITA_FORM_REGRESSION, false);
}

/* Below what is held only the time can be judged. */
static void regression_is_proven_without_leaves(void **state)
{
    (void)state;
    const signed_head *head = grow(&h, 0, 5, NOW);
    make_shot(&h, 0);
    offer_snapshot(&log_, NULL, &shot, head);
    signed_head beyond = history_head_at(&h, 3, NOW + SKEW + 1);
    garita_log_result out = offer_tail(&log_, NULL, &h, 3, &beyond);
    assert_outcome(out, "forked");
    assert_proof(&out, GARITA_FORM_REGRESSION, true);
}

/* The one who was frozen at the smaller size sees it when the larger arrives, and takes it. */
static void larger_head_signed_earlier_beyond_the_skew_is_taken_and_proven(void **state)
{
    (void)state;
    grow(&h, 0, 3, NOW);
    follow();
    grow(&h, 3, 6, NOW);
    signed_head at_skew = history_head_at(&h, 6, NOW - SKEW);
    signed_head beyond = history_head_at(&h, 6, NOW - SKEW - 1);
    garita_log_result out = offer_tail(&log_, &own, &h, 4, &at_skew);
    assert_outcome(out, "gap");
    assert_no_proof(&out);
    out = offer_tail(&log_, &own, &h, 4, &beyond); /* a gap, but two heads are enough */
    assert_outcome(out, "gap");
    assert_proof(&out, GARITA_FORM_REGRESSION, true);
    assert_active(15);
    out = offer_tail(&log_, &own, &h, 3, &beyond);
    assert_outcome(out, "extended");
    assert_proof(&out, GARITA_FORM_REGRESSION, false);
    assert_follows(&h, &beyond);
    assert_revoked(10, 15);
}

/* --- after a proof --- */

static void equivocated_log_goes_on_with_its_own_history(void **state)
{
    (void)state;
    grow(&h, 0, 3, NOW);
    history_fork(&fork, &h, office_record);
    grow(&h, 3, 5, NOW + 10);
    follow();
    history_revoke(&fork, 70);
    garita_log_result out = offer_tail(&log_, &own, &fork, 3, history_sign(&fork, NOW + 5));
    assert_outcome(out, "forked");
    const signed_head *head = grow(&h, 5, 8, NOW + 20);
    out = offer_tail(&log_, &own, &h, 5, head);
    assert_outcome(out, "extended");
    assert_follows(&h, head);
    assert_revoked(10, 17);
    assert_revoked(70, 70); /* the union only grows */
    head = history_sign(&h, NOW + 30);
    out = offer_tail(&log_, &own, &h, 8, head);
    assert_outcome(out, "heartbeat");
    assert_true(log_.is_equivocated);
    assert_false(log_.set_differs); /* the union is no part of the set */
    history_reinstate(&h, 70);      /* and nothing takes from it */
    head = history_sign(&h, NOW + 40);
    out = offer_tail(&log_, &own, &h, 8, head);
    assert_outcome(out, "extended");
    assert_revoked(70, 70);
}

/* --- form 4 --- */

static void set_root_that_the_batches_do_not_make_is_found_and_the_batches_count(void **state)
{
    (void)state;
    grow(&h, 0, 3, NOW);
    follow();
    history_revoke(&h, 50);
    garita_log_result out;
    garita_head lie = history_sign(&h, NOW + 10)->head;
    lie.set_root = h.heads[0].head.set_root; /* 50 is hidden from who takes snapshots */
    signed_head head = sign_head(&office, lie);
    out = offer_tail(&log_, &own, &h, 3, &head);
    assert_outcome(out, "extended");
    assert_true(out.set_differs_now);
    assert_no_proof(&out);
    assert_true(log_.set_differs);
    assert_int_equal(log_.set_differs_at, 4);
    assert_false(log_.is_equivocated); /* no proof to pass on */
    assert_revoked(50, 50);
    garita_status status;
    garita_log_status(&log_, &status, 1);
    assert_true(status.equivocated);

    history_revoke(&h, 51); /* later ones count too; the finding is made once, and stays */
    out = offer_tail(&log_, &own, &h, 4, history_sign(&h, NOW + 20));
    assert_outcome(out, "extended");
    assert_false(out.set_differs_now);
    assert_true(log_.set_differs);
    assert_int_equal(log_.set_differs_at, 4);
    assert_revoked(51, 51);
    history_revoke(&h, 52);
    lie = history_sign(&h, NOW + 30)->head;
    lie.set_root.bytes[0] ^= 1;
    head = sign_head(&office, lie);
    out = offer_tail(&log_, &own, &h, 5, &head);
    assert_outcome(out, "extended");
    assert_false(out.set_differs_now);
    assert_int_equal(log_.set_differs_at, 4);
    assert_revoked(52, 52);
}

static void set_root_is_checked_from_the_first_head_on(void **state)
{
    (void)state;
    garita_head lie = history_sign(&h, NOW)->head;
    lie.set_root.bytes[31] ^= 1;
    signed_head head = sign_head(&office, lie);
    garita_log_result out = offer_tail(&log_, &own, &h, 0, &head);
    assert_outcome(out, "extended");
    assert_true(out.set_differs_now && log_.set_differs);
}

/* --- snapshots --- */

static void newcomer_takes_a_snapshot_and_follows(void **state)
{
    (void)state;
    grow(&h, 0, 6, NOW);
    history_suspend(&h, 7, 70000, 4000000000);
    const signed_head *head = history_sign(&h, NOW);
    make_shot(&h, 0);
    garita_log_result out = offer_snapshot(&log_, NULL, &shot, head);
    assert_outcome(out, "adopted");
    assert_no_proof(&out);
    assert_no_fault(&out);
    assert_false(log_.set_differs);
    assert_follows(&h, head);
    assert_int_equal(log_.start, 7);
    assert_int_equal(log_.at_start.size, 7);
    assert_int_equal(log_.batches_from, 7);
    assert_revoked(10, 15);
    assert_int_equal(standing_of(&log_, 4000000000), GARITA_STANDING_SUSPENDED);
    grow(&h, 7, 9, NOW + 1);
    follow();
    assert_int_equal(log_.start, 7);
    assert_false(log_.set_differs);
}

static void assert_bad_shot(const signed_head *head, garita_error error, const char *field,
                            size_t fault_in)
{
    log_state before = state_of(&log_);
    garita_log_result out = offer_snapshot(&log_, &own, &shot, head);
    assert_outcome(out, "mismatch");
    assert_string_equal(garita_error_name(out.fault.error), garita_error_name(error));
    assert_string_equal(out.fault.field, field);
    assert_int_equal(out.fault_in, fault_in);
    assert_same_state(&log_, before);
}

static void check_altered_snapshots(const signed_head *head, uint64_t path_from)
{
    make_shot(&h, path_from);
    assert_true(shot.offer.chunk_count >= 2);
    for (size_t i = 0; i < shot.offer.chunk_count; i++) {
        uint8_t *bytes = (uint8_t *)(uintptr_t)shot.chunks[i].at;
        for (size_t at = 0; at < shot.chunks[i].len; at++) {
            bytes[at] ^= 4;
            assert_bad_shot(head, GARITA_E_NOT_PROVEN, "set root", 0);
            bytes[at] ^= 4;
        }
        shot.chunks[i].len--;
        assert_bad_shot(head, GARITA_E_NOT_PROVEN, "set root", 0);
        shot.chunks[i].len++;
    }
    size_t chunk_count = shot.offer.chunk_count;
    shot.offer.chunk_count = chunk_count - 1; /* a chunk is held back */
    assert_bad_shot(head, GARITA_E_NOT_PROVEN, "set root", 0);
    shot.offer.chunk_count = 0;
    assert_bad_shot(head, GARITA_E_NOT_PROVEN, "set root", 0);
    shot.offer.chunk_count = chunk_count;
    make_shot(&h, path_from);
    shot.indexes[1]++; /* it is of other serials */
    assert_bad_shot(head, GARITA_E_NOT_PROVEN, "set root", 0);
    static const uint32_t bad[] = {0, 65536, UINT32_MAX};
    for (size_t i = 0; i < COUNT(bad); i++) { /* twice the same, and beyond all serials */
        shot.indexes[1] = bad[i];
        assert_bad_shot(head, GARITA_E_KEY_ORDER, "chunks", 1);
    }
    make_shot(&h, path_from);
    shot.frontier.peaks[0].bytes[0] ^= 1;
    assert_bad_shot(head, GARITA_E_NOT_PROVEN, "root", 0);
    make_shot(&h, path_from);
    static const uint64_t sizes[] = {0, 6, UINT64_MAX};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        shot.frontier.size = sizes[i];
        assert_bad_shot(head, GARITA_E_RANGE, "size", 0);
    }
    for (uint64_t from = 0; from < head->head.size; from++) {
        make_shot(&h, path_from);
        snapshot_add_leaves(&shot, &h, from);
        size_t leaf_count = shot.offer.leaf_count;
        for (size_t i = 0; i < leaf_count; i++) {
            shot.leaves[i].bytes[i] ^= 1;
            assert_bad_shot(head, GARITA_E_NOT_PROVEN, "root", 0);
            shot.leaves[i].bytes[i] ^= 1;
        }
        for (size_t i = 0; i < garita_frontier_count(from); i++) {
            shot.frontier.peaks[i].bytes[31] ^= 1;
            assert_bad_shot(head, GARITA_E_NOT_PROVEN, "root", 0);
            shot.frontier.peaks[i].bytes[31] ^= 1;
        }
        shot.offer.leaf_count = leaf_count - 1;
        assert_bad_shot(head, GARITA_E_RANGE, "size", 0);
        shot.offer.leaf_count = leaf_count + 1; /* the array has more */
        assert_bad_shot(head, GARITA_E_RANGE, "size", 0);
        shot.offer.leaf_count = leaf_count;
        shot.frontier.size++; /* the same leaves, each at another place */
        assert_bad_shot(head, GARITA_E_RANGE, "size", 0);
    }
}

static void altered_snapshot_is_refused_whole(void **state)
{
    (void)state;
    grow(&h, 0, 4, NOW);
    history_suspend(&h, 7, 70000);
    const signed_head *head = history_sign(&h, NOW);
    check_altered_snapshots(head, 0);
    offer_tail(&log_, &own, &h, 0, &h.heads[0]);
    check_altered_snapshots(head, 4);
}

/* What the head commits to may itself be no chunk. */
static void chunk_that_cannot_be_read_is_refused(void **state)
{
    (void)state;
    static const uint8_t nothing[] = {0, 0};
    garita_head lie = history_sign(&h, NOW)->head;
    garita_hash empty = {{0}};
    garita_merkle_leaf(&lie.set_root, nothing, sizeof nothing);
    for (unsigned i = 0; i < 16; i++) {
        garita_merkle_node(&lie.set_root, &lie.set_root, &empty);
        garita_merkle_node(&empty, &empty, &empty);
    }
    signed_head head = sign_head(&office, lie);
    make_shot(&h, 0);
    shot.offer.chunk_count = 1;
    shot.chunks[0] = (garita_bytes){exact_copy(nothing, sizeof nothing), sizeof nothing};
    assert_bad_shot(&head, GARITA_E_EMPTY, "chunk", 0);
}

static void snapshot_of_a_larger_log_needs_a_path_from_the_size_held(void **state)
{
    (void)state;
    grow(&h, 0, 5, NOW);
    follow();
    const signed_head *head = grow(&h, 5, 11, NOW + 10);
    log_state before = state_of(&log_);
    for (uint64_t from = 0; from < 11; from++) {
        if (from == 5)
            continue;
        make_shot(&h, from);
        garita_log_result out = offer_snapshot(&log_, &own, &shot, head);
        assert_outcome(out, "gap");
        assert_same_state(&log_, before);
    }
    make_shot(&h, 5);
    for (size_t i = 0; i < shot.offer.path_count; i++) {
        shot.path[i].bytes[7] ^= 1;
        assert_bad_shot(head, GARITA_E_NOT_PROVEN, "path", 0);
        shot.path[i].bytes[7] ^= 1;
    }
    size_t count = shot.offer.path_count;
    static const size_t counts[] = {0, GARITA_PROOF_MAX, GARITA_PROOF_MAX + 1, SIZE_MAX};
    for (size_t i = 0; i < COUNT(counts); i++) {
        shot.offer.path_count = counts[i];
        assert_bad_shot(head, GARITA_E_NOT_PROVEN, "path", 0);
    }
    shot.offer.path_count = count;
    garita_log_result out = offer_snapshot(&log_, &own, &shot, head);
    assert_outcome(out, "adopted");
    assert_no_proof(&out);
    assert_false(out.set_differs_now);
    assert_follows(&h, head);
    assert_int_equal(log_.start, 11);
    assert_revoked(10, 20);
}

/* The bundle for whoever comes: one snapshot, whose leaves serve every size from their first on. */
static void snapshot_with_leaves_serves_every_size_from_their_first_on(void **state)
{
    (void)state;
    for (uint32_t held = 0; held <= 9; held++)
        for (uint64_t from = 0; from <= 9; from++) {
            grow(&h, 0, held, NOW);
            follow();
            const signed_head *head = grow(&h, held, 9, NOW + 10);
            log_state before = state_of(&log_);
            make_shot(&h, 0);
            snapshot_add_leaves(&shot, &h, from);
            garita_log_result out = offer_snapshot(&log_, &own, &shot, head);
            assert_no_proof(&out);
            if (held == 9) {
                assert_outcome(out, "heartbeat");
            } else if (held > 0 && held < from) {
                assert_outcome(out, "gap");
                assert_same_state(&log_, before);
            } else {
                assert_outcome(out, "adopted");
                assert_false(out.set_differs_now);
                assert_follows(&h, head);
                /* what was held goes on, or begins where the leaves do */
                assert_int_equal(log_.start, held < from ? from : 0);
                assert_int_equal(log_.at_start.size, log_.start);
                assert_int_equal(log_.batches_from, 9);
                assert_int_equal(out.first_batch, held < from ? from : held);
                assert_int_equal(out.first_offered, out.first_batch - from);
                assert_outcome(offer_snapshot(&log_, &own, &shot, head), "known");
                grow(&h, 9, 11, NOW + 20);
                follow();
            }
            start_again();
        }
}

/* Where leaves begin too late a path may still lead there, and the other way round. */
static void snapshot_with_leaves_may_have_a_path_too(void **state)
{
    (void)state;
    grow(&h, 0, 3, NOW);
    follow();
    const signed_head *head = grow(&h, 3, 9, NOW + 10);
    make_shot(&h, 3);
    snapshot_add_leaves(&shot, &h, 5);
    shot.path[0].bytes[0] ^= 1;
    assert_bad_shot(head, GARITA_E_NOT_PROVEN, "path", 0);
    shot.path[0].bytes[0] ^= 1;
    assert_outcome(offer_snapshot(&log_, &own, &shot, head), "adopted");
    assert_follows(&h, head);
    assert_int_equal(log_.start, 5); /* 3 and 4 are not at hand */
    assert_int_equal(log_.at_start.size, 5);
}

static void newcomer_takes_a_snapshot_with_leaves(void **state)
{
    (void)state;
    for (uint64_t from = 0; from <= 6; from++) {
        const signed_head *head = grow(&h, 0, 6, NOW);
        make_shot(&h, 0);
        snapshot_add_leaves(&shot, &h, from);
        assert_outcome(offer_snapshot(&log_, NULL, &shot, head), "adopted");
        assert_follows(&h, head);
        assert_int_equal(log_.start, from);
        assert_int_equal(log_.at_start.size, from);
        assert_int_equal(log_.batches_from, 6);
        grow(&h, 6, 8, NOW + 1);
        follow();
        start_again();
    }
}

static void snapshot_over_an_empty_log_needs_no_path(void **state)
{
    (void)state;
    history_sign(&h, NOW);
    follow();
    const signed_head *head = grow(&h, 0, 3, NOW + 1);
    make_shot(&h, 0);
    garita_log_result out = offer_snapshot(&log_, &own, &shot, head);
    assert_outcome(out, "adopted");
    assert_follows(&h, head);
}

static void snapshot_of_a_fork_is_proven_and_its_revocations_count(void **state)
{
    (void)state;
    grow(&h, 0, 4, NOW);
    history_fork(&fork, &h, office_record);
    grow(&h, 4, 6, NOW + 10);
    follow();
    history_revoke(&fork, 70);
    history_suspend(&fork, 71);
    log_state before = state_of(&log_);

    make_shot(&fork, 0); /* smaller */
    garita_log_result out = offer_snapshot(&log_, &own, &shot, history_sign(&fork, NOW + 5));
    assert_outcome(out, "forked");
    assert_proof(&out, GARITA_FORM_SAME_SIZE, true);
    assert_int_equal(out.revoked_elsewhere, 1);
    assert_only_the_union_changed(before);
    assert_revoked(70, 70);
    assert_active(71);

    history_revoke(&fork, 72, 73);
    make_shot(&fork, 6); /* larger */
    out = offer_snapshot(&log_, &own, &shot, history_sign(&fork, NOW + 15));
    assert_outcome(out, "forked");
    assert_proof(&out, GARITA_FORM_FORK, false);
    assert_int_equal(out.revoked_elsewhere, 2);
    assert_only_the_union_changed(before);
    assert_revoked(70, 70);
    assert_revoked(72, 73);
}

static void leaves_prove_a_fork_wherever_they_start(void **state)
{
    (void)state;
    for (uint32_t common = 0; common < 7; common++)
        for (uint64_t from = 0; from <= 8; from++) {
            grow(&h, 0, common, NOW);
            history_fork(&fork, &h, office_record);
            grow(&h, common, 7, NOW + 10);
            follow();
            for (uint32_t i = common; i < 13; i++)
                history_revoke(&fork, 100 + i);
            const signed_head *theirs = history_sign(&fork, NOW + 20);
            log_state before = state_of(&log_);
            make_shot(&fork, 0);
            snapshot_add_leaves(&shot, &fork, from);
            garita_log_result out = offer_snapshot(&log_, &own, &shot, theirs);
            if (from > 7) { /* it does not say what it was at the size held */
                assert_outcome(out, "gap");
                assert_no_proof(&out);
                assert_same_state(&log_, before);
            } else {
                assert_outcome(out, "forked");
                assert_proof(&out, GARITA_FORM_FORK, true);
                assert_only_the_union_changed(before);
                assert_int_equal(out.revoked_elsewhere, 13 - common);
                assert_revoked(100 + common, 112);
                out = offer_snapshot(&log_, &own, &shot, theirs);
                assert_outcome(out, "forked");
                assert_proof(&out, GARITA_FORM_FORK, false);
                assert_int_equal(out.revoked_elsewhere, 0);
            }
            start_again();
        }
}

static void snapshot_of_a_size_held_or_smaller_is_judged_by_its_head(void **state)
{
    (void)state;
    grow(&h, 0, 3, NOW);
    follow();
    make_shot(&h, 0);
    garita_log_result out = offer_snapshot(&log_, &own, &shot, &h.heads[0]);
    assert_outcome(out, "known");
    const signed_head *head = history_sign(&h, NOW + 5);
    out = offer_snapshot(&log_, &own, &shot, head);
    assert_outcome(out, "heartbeat");
    assert_follows(&h, head);
    assert_int_equal(log_.start, 0); /* its batches stay at hand */
    out = offer_snapshot(&log_, &own, &shot, &h.heads[0]);
    assert_outcome(out, "older");
    signed_head late = history_head_at(&h, 3, NOW + 1000);
    grow(&h, 3, 5, NOW + 10);
    follow();
    log_state before = state_of(&log_);
    out = offer_snapshot(&log_, &own, &shot, head);
    assert_outcome(out, "older");
    assert_same_state(&log_, before);
    out = offer_snapshot(&log_, &own, &shot, &late);
    assert_outcome(out, "forked");
    assert_proof(&out, GARITA_FORM_REGRESSION, true);
    assert_only_the_union_changed(before);
}

/* The log goes on, the set root leaves a revocation out. */
static void snapshot_that_lacks_a_revocation_does_not_take_it_back(void **state)
{
    (void)state;
    grow(&h, 0, 4, NOW);
    follow();
    history_fork(&fork, &h, office_record); /* for its chunks: those of 10 to 12 alone */
    garita_log_end(&fork.log);
    assert_ok(garita_log_start(&fork.log, &h.log.id));
    for (uint32_t i = 10; i < 13; i++)
        assert_ok(garita_set_put(fork.log.set, i, GARITA_STANDING_REVOKED));
    assert_ok(garita_set_put(fork.log.set, 60, GARITA_STANDING_REVOKED));
    history_revoke(&h, 60);
    garita_head lie = history_sign(&h, NOW + 10)->head;
    garita_set_root(&lie.set_root, fork.log.set);
    signed_head head = sign_head(&office, lie);
    make_shot(&h, 4);
    garita_frontier frontier = shot.frontier;
    garita_hash path[GARITA_PROOF_MAX];
    size_t path_count = shot.offer.path_count;
    memcpy(path, shot.path, sizeof path);
    make_shot(&fork, 0);
    shot.frontier = frontier;
    shot.offer.path_from = 4;
    shot.offer.path_count = path_count;
    memcpy(shot.path, path, sizeof path);

    garita_log_result out = offer_snapshot(&log_, &own, &shot, &head);
    assert_outcome(out, "adopted");
    assert_true(out.set_differs_now);
    assert_int_equal(out.revoked_elsewhere, 1);
    assert_no_proof(&out);
    assert_true(log_.set_differs);
    assert_int_equal(log_.set_differs_at, 5);
    assert_revoked(10, 13);
    assert_revoked(60, 60);
    assert_int_equal(garita_set_revoked(log_.elsewhere), 1);
}

/* What was suspended may have been reinstated since. */
static void snapshot_may_lack_a_suspension(void **state)
{
    (void)state;
    history_suspend(&h, 7, 8);
    history_sign(&h, NOW);
    follow();
    history_reinstate(&h, 7);
    history_revoke(&h, 8);
    const signed_head *head = history_sign(&h, NOW + 1);
    make_shot(&h, 1);
    garita_log_result out = offer_snapshot(&log_, &own, &shot, head);
    assert_outcome(out, "adopted");
    assert_false(log_.set_differs);
    assert_active(7);
    assert_revoked(8, 8);
}

static void regression_is_proven_by_a_snapshot_that_is_taken(void **state)
{
    (void)state;
    grow(&h, 0, 3, NOW);
    follow();
    grow(&h, 3, 6, NOW);
    signed_head early = history_head_at(&h, 6, NOW - SKEW - 1);
    make_shot(&h, 3);
    garita_log_result out = offer_snapshot(&log_, &own, &shot, &early);
    assert_outcome(out, "adopted");
    assert_proof(&out, GARITA_FORM_REGRESSION, true);
    assert_follows(&h, &early);
}

/* --- damaged logs --- */

/* Follows the first history, and then loses what it held but for the head, and serial 11; serial
 * 999 is there by a bit that fell over. */
static void damage(void)
{
    follow();
    garita_set_free(log_.set);
    assert_ok(garita_set_new(&log_.set));
    assert_ok(garita_set_put(log_.set, 11, GARITA_STANDING_REVOKED));
    assert_ok(garita_set_put(log_.set, 999, GARITA_STANDING_REVOKED));
    memset(&log_.frontier, 0xaa, sizeof log_.frontier);
    memset(&log_.at_start, 0xaa, sizeof log_.at_start);
    log_.is_damaged = true;
}

static void assert_repaired(void)
{
    assert_false(log_.is_damaged || log_.set_differs || log_.is_equivocated);
    assert_revoked(10, 14);
    assert_revoked(999, 999); /* what can be read of revocations is not given up */
    assert_int_equal(garita_set_revoked(log_.elsewhere), 1);
}

static void damaged_log_takes_a_whole_tail(void **state)
{
    (void)state;
    grow(&h, 0, 5, NOW);
    damage();
    log_state before = state_of(&log_);
    for (uint64_t from = 1; from <= 5; from++) {
        garita_log_result out = offer_tail(&log_, &own, &h, from, &h.heads[0]);
        assert_outcome(out, "gap");
        assert_same_state(&log_, before);
    }
    garita_log_result out = offer_tail(&log_, &own, &h, 0, &h.heads[0]);
    assert_outcome(out, "extended");
    assert_true(out.first_batch == 0 && out.first_offered == 0);
    assert_follows(&h, &h.heads[0]);
    assert_int_equal(log_.start, 0);
    assert_repaired();
}

static void damaged_log_that_began_with_a_snapshot_begins_anew(void **state)
{
    (void)state;
    grow(&h, 0, 3, NOW);
    make_shot(&h, 0);
    offer_snapshot(&log_, &own, &shot, &h.heads[0]);
    grow(&h, 3, 5, NOW + 1);
    damage();
    garita_log_result out = offer_tail(&log_, &own, &h, 0, &h.heads[1]);
    assert_outcome(out, "extended");
    assert_repaired();
    assert_int_equal(log_.start, 0);
    assert_int_equal(log_.at_start.size, 0);
    out = offer_tail(&log_, &own, &h, 0, &h.heads[0]); /* which can be told again */
    assert_outcome(out, "older");
}

static void damaged_log_takes_a_snapshot(void **state)
{
    (void)state;
    grow(&h, 0, 5, NOW);
    damage();
    make_shot(&h, 0);
    garita_log_result out = offer_snapshot(&log_, &own, &shot, &h.heads[0]);
    assert_outcome(out, "adopted");
    assert_follows(&h, &h.heads[0]);
    assert_int_equal(log_.start, 5);
    assert_repaired();

    start_again();
    grow(&h, 0, 5, NOW);
    damage();
    make_shot(&h, 0);
    snapshot_add_leaves(&shot, &h, 2);
    assert_outcome(offer_snapshot(&log_, &own, &shot, &h.heads[0]), "adopted");
    assert_follows(&h, &h.heads[0]);
    assert_int_equal(log_.start, 2); /* its own are not to be relied on */
    assert_int_equal(log_.at_start.size, 2);
    assert_int_equal(log_.batches_from, 5);
    assert_repaired();
}

static void damaged_log_takes_what_goes_on_from_its_head(void **state)
{
    (void)state;
    grow(&h, 0, 3, NOW);
    damage();
    const signed_head *head = grow(&h, 3, 5, NOW + 1);
    log_state before = state_of(&log_);
    garita_log_result out = offer_tail(&log_, &own, &h, 3, head);
    assert_outcome(out, "gap");
    make_shot(&h, 0);
    out = offer_snapshot(&log_, &own, &shot, head); /* without a path it may be another history */
    assert_outcome(out, "gap");
    assert_same_state(&log_, before);
    make_shot(&h, 3);
    out = offer_snapshot(&log_, &own, &shot, head);
    assert_outcome(out, "adopted");
    assert_follows(&h, head);
    assert_repaired();

    start_again();
    grow(&h, 0, 3, NOW);
    damage();
    head = grow(&h, 3, 5, NOW + 1);
    out = offer_tail(&log_, &own, &h, 0, head);
    assert_outcome(out, "extended");
    assert_int_equal(out.first_batch, 0);
    assert_follows(&h, head);
    assert_repaired();
}

static void damaged_log_is_not_set_back(void **state)
{
    (void)state;
    grow(&h, 0, 3, NOW);
    make_shot(&h, 0);
    grow(&h, 3, 5, NOW + 1);
    const signed_head *newest = history_sign(&h, NOW + 2);
    damage();
    log_state before = state_of(&log_);
    garita_log_result out = offer_snapshot(&log_, &own, &shot, &h.heads[0]);
    assert_outcome(out, "older");
    out = offer_tail(&log_, &own, &h, 0, &h.heads[0]);
    assert_outcome(out, "older");
    assert_same_state(&log_, before);
    out = offer_tail(&log_, &own, &h, 0, &h.heads[1]); /* the state by an older head of it */
    assert_outcome(out, "extended");
    assert_follows(&h, newest);
    assert_repaired();
}

static void damaged_log_proves_a_fork_by_its_head(void **state)
{
    (void)state;
    history_fork(&fork, &h, office_record);
    grow(&h, 0, 3, NOW);
    damage();
    for (uint32_t i = 0; i < 3; i++)
        history_revoke(&fork, 70 + i);
    log_state before = state_of(&log_);
    garita_log_result out = offer_tail(&log_, &own, &fork, 0, history_sign(&fork, NOW));
    assert_outcome(out, "forked");
    assert_proof(&out, GARITA_FORM_SAME_SIZE, true);
    history_revoke(&fork, 73);
    out = offer_tail(&log_, &own, &fork, 0, history_sign(&fork, NOW));
    assert_outcome(out, "forked");
    assert_proof(&out, GARITA_FORM_FORK, false);
    assert_only_the_union_changed(before);
    assert_revoked(70, 73);
}

static void damaged_log_knows_nothing_of_what_came_before_its_head(void **state)
{
    (void)state;
    history_fork(&fork, &h, office_record);
    grow(&h, 0, 5, NOW);
    damage();
    grow(&fork, 40, 43, NOW);
    garita_log_result out = offer_tail(&log_, &own, &fork, 0, &fork.heads[0]);
    assert_outcome(out, "older");
    signed_head late = history_head_at(&fork, 3, NOW + SKEW + 1);
    out = offer_tail(&log_, &own, &fork, 0, &late);
    assert_outcome(out, "forked"); /* but its time is told by the heads alone */
    assert_proof(&out, GARITA_FORM_REGRESSION, true);
}

static void damaged_log_that_lost_its_head_takes_any(void **state)
{
    (void)state;
    const signed_head *head = grow(&h, 0, 5, NOW);
    damage();
    log_.has_head = false;
    log_.head = (garita_head){0};
    log_.head_len = 0;
    garita_log_result out = offer_tail(&log_, &own, &h, 1, head);
    assert_outcome(out, "gap");
    out = offer_tail(&log_, &own, &h, 0, head);
    assert_outcome(out, "extended");
    assert_follows(&h, head);
    assert_repaired();
}

/* --- evidence --- */

static garita_error offer_evidence(uint64_t *gained, const history *of, uint64_t index,
                                   const signed_head *head)
{
    garita_hash proof[GARITA_PROOF_MAX];
    size_t count = history_prove(proof, of, index, head->head.size);
    uint8_t *batch = exact_copy(of->batches[index].at, of->batches[index].len);
    garita_error e =
        garita_log_offer_evidence(&log_, gained, history_events, &head->head, index,
                                  (garita_bytes){batch, of->batches[index].len}, proof, count);
    free(batch);
    return e;
}

static void evidence_of_a_fork_only_adds_revocations(void **state)
{
    (void)state;
    uint64_t gained;
    grow(&h, 0, 3, NOW);
    history_fork(&fork, &h, office_record);
    grow(&h, 3, 5, NOW + 10);
    follow();
    history_revoke(&fork, 70, 71, 12); /* 12 is revoked here too */
    history_suspend(&fork, 72);
    history_reinstate(&fork, 11);
    const signed_head *theirs = history_sign(&fork, NOW + 5);
    log_state before = state_of(&log_);
    assert_ok(offer_evidence(&gained, &fork, 3, theirs));
    assert_int_equal(gained, 2);
    assert_revoked(70, 71);
    assert_only_the_union_changed(before);
    before = state_of(&log_);
    assert_ok(offer_evidence(&gained, &fork, 3, theirs)); /* again */
    assert_int_equal(gained, 0);
    assert_ok(offer_evidence(&gained, &fork, 4, theirs));
    assert_ok(offer_evidence(&gained, &fork, 5, theirs));
    assert_ok(offer_evidence(&gained, &fork, 0, theirs)); /* of the common part */
    assert_int_equal(gained, 0);
    assert_same_state(&log_, before);
    assert_active(72);
    assert_revoked(11, 11);
}

/* A batch is known before the log reaches it, or without any log. */
static void evidence_counts_before_the_log_is_there(void **state)
{
    (void)state;
    uint64_t gained;
    const signed_head *head = grow(&h, 0, 4, NOW);
    assert_ok(offer_evidence(&gained, &h, 2, head));
    assert_int_equal(gained, 1);
    assert_revoked(12, 12);
    assert_false(log_.has_head);
    follow();
    assert_follows(&h, head);
    assert_false(log_.set_differs);
    assert_revoked(10, 13);
}

static void evidence_is_taken_by_a_damaged_log(void **state)
{
    (void)state;
    uint64_t gained;
    const signed_head *head = grow(&h, 0, 4, NOW);
    damage();
    assert_ok(offer_evidence(&gained, &h, 2, head));
    assert_int_equal(gained, 1);
    assert_revoked(12, 12);
    assert_true(log_.is_damaged);
}

static void evidence_that_proves_nothing_is_refused(void **state)
{
    (void)state;
    garita_hash proof[GARITA_PROOF_MAX + 1] = {0};
    uint64_t gained = 9;
    const signed_head *head = grow(&h, 0, 6, NOW);
    size_t count = history_prove(proof, &h, 2, 6);
    log_state before = state_of(&log_);
#define assert_refused(index, batch, proof_count)                                                  \
    do {                                                                                           \
        assert_error(garita_log_offer_evidence(&log_, &gained, history_events, &head->head, index, \
                                               batch, proof, proof_count),                         \
                     NOT_PROVEN);                                                                  \
        assert_int_equal(gained, 0);                                                               \
        assert_same_state(&log_, before);                                                          \
    } while (0)
    assert_refused(2, h.batches[3], count);
    assert_refused(3, h.batches[2], count);
    assert_refused(6, h.batches[2], count);
    assert_refused(UINT64_MAX, h.batches[2], count);
    assert_refused(2, h.batches[2], count - 1);
    assert_refused(2, h.batches[2], 0);
    assert_refused(2, h.batches[2], GARITA_PROOF_MAX + 1);
    assert_refused(2, h.batches[2], SIZE_MAX);
    proof[0].bytes[0] ^= 1;
    assert_refused(2, h.batches[2], count);
    proof[0].bytes[0] ^= 1;
    assert_ok(garita_log_offer_evidence(&log_, &gained, history_events, &head->head, 2,
                                        h.batches[2], proof, count));
    assert_int_equal(gained, 1);
}

static void evidence_that_cannot_be_read_is_refused(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x0c, 0xf5, 0xdf};
    uint64_t gained;
    garita_head lie = history_sign(&h, NOW)->head;
    lie.size = 1;
    garita_merkle_leaf(&lie.root, bytes, sizeof bytes);
    log_state before = state_of(&log_);
    assert_error(garita_log_offer_evidence(&log_, &gained, history_events, &lie, 0,
                                           (garita_bytes){bytes, sizeof bytes}, NULL, 0),
                 TRUNCATED);
    assert_same_state(&log_, before);
}

/* --- random histories --- */

/* What happens to a serial: mostly new ones, in two chunks, some again. */
static void random_batch(history *of, rng *r)
{
    garita_event events[40];
    size_t count = 0;
    uint32_t serial = 0;
    while (count < COUNT(events) && !rng_one_in(r, 8)) {
        serial += 1 + (uint32_t)rng_below(r, rng_one_in(r, 10) ? 60000 : 20);
        events[count++] =
            (garita_event){serial, (uint8_t)rng_below(r, 3), (uint8_t)rng_below(r, 8)};
    }
    history_batch(of, events, count);
}

/* Whatever way a follower takes, the state at its end is the same. */
static void followers_by_different_ways_end_alike(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 12; seed++) {
        rng r = {0x1000 + seed};
        garita_log singly, tails;
        snapshot shots[12];
        size_t shot_heads[COUNT(shots)], shot_count = 0;
        assert_ok(garita_log_start(&singly, &h.log.id));
        assert_ok(garita_log_start(&tails, &h.log.id));
        /* log_ takes snapshots at random points, then tails, with replays of all sorts between */
        for (unsigned step = 0; step < 120; step++) {
            size_t batches = rng_below(&r, 4);
            for (size_t i = 0; i < batches && h.log.frontier.size < HISTORY_BATCHES; i++)
                random_batch(&h, &r);
            const signed_head *head = history_sign(&h, NOW + step);
            for (uint64_t size = singly.frontier.size; size < head->head.size; size++) {
                signed_head one = history_head_at(&h, size + 1, NOW + step);
                if (size + 1 < head->head.size)
                    assert_outcome(offer_tail(&singly, &own, &h, size, &one), "extended");
            }
            offer_tail(&singly, &own, &h, singly.frontier.size, head);
            if (rng_one_in(&r, 5))
                offer_tail(&tails, &own, &h, rng_below(&r, tails.frontier.size + 1), head);
            if (rng_one_in(&r, 12) && shot_count < COUNT(shots)) {
                shot_heads[shot_count] = h.head_count - 1;
                snapshot_make(&shots[shot_count++], &h, log_.frontier.size);
            }
            if (shot_count > 0 && rng_one_in(&r, 6)) {
                size_t which = rng_below(&r, shot_count);
                offer_snapshot(&log_, &own, &shots[which], &h.heads[shot_heads[which]]);
            }
            if (rng_one_in(&r, 3)) {
                size_t which = rng_below(&r, h.head_count);
                uint64_t size = h.heads[which].head.size;
                offer_tail(&log_, &own, &h, rng_below(&r, size + 1), &h.heads[which]);
            }
        }
        const signed_head *last = &h.heads[h.head_count - 1];
        offer_tail(&tails, &own, &h, 0, last);
        garita_log_result out = offer_tail(&log_, &own, &h, log_.frontier.size, last);
        assert_true(out.outcome == GARITA_LOG_EXTENDED || out.outcome == GARITA_LOG_HEARTBEAT ||
                    out.outcome == GARITA_LOG_KNOWN);
        garita_log *logs[] = {&log_, &singly, &tails};
        for (size_t i = 0; i < COUNT(logs); i++) {
            garita_hash root;
            assert_true(garita_head_equal(&logs[i]->head, &last->head));
            garita_frontier_root(&root, &logs[i]->frontier);
            assert_true(garita_hash_equal(&root, &last->head.root));
            garita_set_root(&root, logs[i]->set);
            assert_true(garita_hash_equal(&root, &last->head.set_root));
            assert_false(logs[i]->is_equivocated || logs[i]->set_differs || logs[i]->elsewhere);
            for (uint32_t serial = 1; serial < 140000; serial += 1 + serial / 2000)
                assert_int_equal(standing_of(logs[i], serial), standing_of(&h.log, serial));
        }
        while (shot_count > 0)
            snapshot_end(&shots[--shot_count]);
        garita_log_end(&singly);
        garita_log_end(&tails);
        start_again();
    }
}

/* Two histories, and followers of either, who then meet: both prove it, and both then hold revoked
 * whatever was revoked in what they showed each other. */
static void followers_of_two_histories_find_out(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        rng r = {0x2000 + seed};
        size_t common = rng_below(&r, 10), ours = 1 + rng_below(&r, 10),
               theirs = 1 + rng_below(&r, 10);
        for (size_t i = 0; i < common; i++)
            random_batch(&h, &r);
        history_fork(&fork, &h, office_record);
        for (size_t i = 0; i < ours; i++)
            random_batch(&h, &r);
        for (size_t i = 0; i < theirs; i++)
            random_batch(&fork, &r);
        history_revoke(&h, 500001);
        history_revoke(&fork, 500002);
        const signed_head *our_head = history_sign(&h, NOW);
        const signed_head *their_head = history_sign(&fork, NOW + 7);
        garita_log other;
        garita_leaf_source other_own = leaves_of(&fork);
        assert_ok(garita_log_start(&other, &h.log.id));
        offer_tail(&log_, &own, &h, 0, our_head);
        offer_tail(&other, &other_own, &fork, 0, their_head);
        log_state before = state_of(&log_);
        garita_log_result out = offer_tail(&log_, &own, &fork, 0, their_head);
        assert_outcome(out, "forked");
        assert_proof(&out, ours == theirs ? GARITA_FORM_SAME_SIZE : GARITA_FORM_FORK, true);
        assert_only_the_union_changed(before);
        garita_log_result theirs_out = offer_tail(&other, &other_own, &h, 0, our_head);
        assert_outcome(theirs_out, "forked");
        assert_int_equal(theirs_out.proof_len, out.proof_len); /* and it is the same proof */
        assert_memory_equal(theirs_out.proof, out.proof, out.proof_len);
        for (uint32_t serial = 1; serial < 490000; serial += 1 + serial / 2000)
            assert_int_equal(standing_of(&log_, serial) == GARITA_STANDING_REVOKED,
                             standing_of(&other, serial) == GARITA_STANDING_REVOKED);
        assert_revoked(500001, 500002);
        garita_log_end(&other);
        start_again();
    }
}

static void outcomes_have_names(void **state)
{
    (void)state;
    static const char *const names[] = {"nothing", "known", "older",    "heartbeat", "extended",
                                        "adopted", "gap",   "mismatch", "forked"};
    for (unsigned i = 0; i < COUNT(names); i++)
        assert_string_equal(garita_log_outcome_name((garita_log_outcome)i), names[i]);
}

#define test(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        test(newcomer_takes_the_whole_tail),
        test(head_of_an_empty_log_is_taken),
        test(tail_from_the_size_held_extends),
        test(tail_that_overlaps_adds_only_the_rest),
        test(tail_that_starts_later_is_a_gap),
        test(heartbeat_takes_the_place_of_the_head),
        test(replayed_heads_change_nothing),
        test(head_of_the_same_moment_changes_nothing),
        test(altered_tail_is_refused_whole),
        test(batch_that_cannot_be_read_is_refused_with_all_that_came_along),
        test(other_batches_at_one_size_are_proven),
        test(other_batches_that_make_the_same_set_are_proven),
        test(another_set_root_at_one_size_is_proven),
        test(larger_fork_is_proven_wherever_its_tail_starts),
        test(larger_fork_that_starts_later_is_a_gap),
        test(smaller_fork_is_proven_from_the_leaves_held),
        test(smaller_fork_can_be_told_only_from_the_first_batch_held_on),
        test(leaves_that_a_disk_altered_or_lost_accuse_nobody),
        test(smaller_head_signed_later_beyond_the_skew_is_proven),
        test(regression_is_proven_without_leaves),
        test(larger_head_signed_earlier_beyond_the_skew_is_taken_and_proven),
        test(equivocated_log_goes_on_with_its_own_history),
        test(set_root_that_the_batches_do_not_make_is_found_and_the_batches_count),
        test(set_root_is_checked_from_the_first_head_on),
        test(newcomer_takes_a_snapshot_and_follows),
        test(altered_snapshot_is_refused_whole),
        test(chunk_that_cannot_be_read_is_refused),
        test(snapshot_of_a_larger_log_needs_a_path_from_the_size_held),
        test(snapshot_with_leaves_serves_every_size_from_their_first_on),
        test(snapshot_with_leaves_may_have_a_path_too),
        test(newcomer_takes_a_snapshot_with_leaves),
        test(snapshot_over_an_empty_log_needs_no_path),
        test(snapshot_of_a_fork_is_proven_and_its_revocations_count),
        test(leaves_prove_a_fork_wherever_they_start),
        test(snapshot_of_a_size_held_or_smaller_is_judged_by_its_head),
        test(snapshot_that_lacks_a_revocation_does_not_take_it_back),
        test(snapshot_may_lack_a_suspension),
        test(regression_is_proven_by_a_snapshot_that_is_taken),
        test(damaged_log_takes_a_whole_tail),
        test(damaged_log_that_began_with_a_snapshot_begins_anew),
        test(damaged_log_takes_a_snapshot),
        test(damaged_log_takes_what_goes_on_from_its_head),
        test(damaged_log_is_not_set_back),
        test(damaged_log_proves_a_fork_by_its_head),
        test(damaged_log_knows_nothing_of_what_came_before_its_head),
        test(damaged_log_that_lost_its_head_takes_any),
        test(evidence_of_a_fork_only_adds_revocations),
        test(evidence_counts_before_the_log_is_there),
        test(evidence_is_taken_by_a_damaged_log),
        test(evidence_that_proves_nothing_is_refused),
        test(evidence_that_cannot_be_read_is_refused),
        test(followers_by_different_ways_end_alike),
        test(followers_of_two_histories_find_out),
        test(outcomes_have_names),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
