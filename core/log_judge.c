#include "log_judge.h"

#include <assert.h>
#include <string.h>

/* --- proofs --- */

static void write_proof(garita_log_result *out, garita_equivocation *proof,
                        garita_equivocation_form form, garita_bytes first, garita_bytes second)
{
    proof->form = form;
    proof->heads[0] = first;
    proof->heads[1] = second;
    garita_equivocation_write(out->proof, &out->proof_len, proof);
}

static garita_bytes held_statement(const garita_log *log)
{
    return (garita_bytes){log->head_bytes, log->head_len};
}

static bool sorts_lower(garita_bytes a, garita_bytes b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = memcmp(a.at, b.at, common);
    return order < 0 || (order == 0 && a.len < b.len);
}

static void prove_same_size(garita_log_result *out, const garita_log *log,
                            const garita_log_offer *offer)
{
    garita_equivocation proof = {0};
    garita_bytes held = held_statement(log);
    bool held_first = sorts_lower(held, offer->statement);
    write_proof(out, &proof, GARITA_FORM_SAME_SIZE, held_first ? held : offer->statement,
                held_first ? offer->statement : held);
    out->outcome = GARITA_LOG_FORKED;
}

/* --- leaves --- */

/* The frontier that the log itself had at an earlier size. False if not all of its leaves are at
 * hand. */
static bool own_frontier(garita_frontier *out, const garita_log *log, const garita_leaf_source *own,
                         uint64_t size)
{
    if (size < log->start || log->is_damaged)
        return false;
    bool can_roll = own && own->rolling && own->rolling->size >= log->start;
    *out = can_roll && own->rolling->size <= size ? *own->rolling : log->at_start;
    while (out->size < size) {
        garita_hash leaf;
        if (!own || !own->leaf(own->context, &leaf, out->size))
            return false;
        garita_frontier_append(out, &leaf);
    }
    if (own && own->rolling)
        *own->rolling = *out;
    return true;
}

/* --- the regression --- */

/* Form 3, by the two heads alone: the smaller was signed later. Honest clocks may differ a little.
 */
static bool is_regression(const garita_head *smaller, const garita_head *larger)
{
    return smaller->signed_at > larger->signed_at + GARITA_CLOCK_SKEW_S;
}

static void prove_regression(garita_log_result *out, garita_bytes smaller, garita_bytes larger)
{
    garita_equivocation proof = {0};
    write_proof(out, &proof, GARITA_FORM_REGRESSION, smaller, larger);
}

/* --- by size --- */

/* Whether the offer is a state of its own, which needs nothing of what is held. */
static bool is_whole(const garita_log_offer *offer)
{
    return offer->snapshot || offer->tail->from->size == 0;
}

/* Its batches from number needed on are to be taken; or its snapshot, with those of its leaves,
 * which may begin later. */
static void take(garita_log_result *out, const garita_log_offer *offer, uint64_t needed)
{
    uint64_t first = offer->from->size;
    out->outcome = offer->snapshot ? GARITA_LOG_ADOPTED : GARITA_LOG_EXTENDED;
    out->first_batch = needed > first ? needed : first;
    out->first_offered = (size_t)(out->first_batch - first);
}

/* What an offer shows of the tree that its head commits to, at the size that is held. */
typedef enum prefix {
    PREFIX_UNSHOWN, /* nothing */
    PREFIX_BROKEN,  /* a path that does not lead to the head's root */
    PREFIX_SAME,    /* the tree that is held */
    PREFIX_OTHER    /* another: a fork */
} prefix;

/* Whether the leaves that came along reach back to the size held. */
static bool has_leaves_from(const garita_head *held, const garita_log_offer *offer)
{
    return offer->from->size <= held->size;
}

static prefix prefix_by_leaves(const garita_head *held, const garita_log_offer *offer)
{
    garita_hash root;
    garita_frontier_root(&root, &offer->at_held);
    return garita_hash_equal(&root, &held->root) ? PREFIX_SAME : PREFIX_OTHER;
}

static prefix prefix_by_path(const garita_head *held, const garita_log_offer *offer)
{
    const garita_log_snapshot *s = offer->snapshot;
    garita_hash root;
    if (!garita_merkle_prefix_root(&root, held->size, &offer->head->root, offer->head->size,
                                   s->path, s->path_count))
        return PREFIX_BROKEN;
    return garita_hash_equal(&root, &held->root) ? PREFIX_SAME : PREFIX_OTHER;
}

static prefix prefix_of(const garita_head *held, const garita_log_offer *offer)
{
    if (has_leaves_from(held, offer))
        return prefix_by_leaves(held, offer);
    if (offer->snapshot && held->size == 0)
        return PREFIX_SAME; /* every tree begins with the empty one */
    if (offer->snapshot && offer->snapshot->path_from == held->size)
        return prefix_by_path(held, offer);
    return PREFIX_UNSHOWN;
}

/* Form 2, the offered head being the larger one. */
static void prove_fork_by_larger(garita_log_result *out, const garita_log *log,
                                 const garita_log_offer *offer)
{
    garita_equivocation proof = {0};
    if (has_leaves_from(&log->head, offer)) {
        bool is_made =
            garita_merkle_prove_consistency(proof.path, &proof.path_count, &offer->at_held,
                                            &offer->leaves, offer->head->size, true);
        assert(is_made); /* all of them are there */
        (void)is_made;
    } else {
        proof.path_count = offer->snapshot->path_count;
        assert(proof.path_count <= GARITA_PROOF_MAX); /* or it would have proven nothing */
        memcpy(proof.path, offer->snapshot->path, proof.path_count * sizeof *proof.path);
    }
    write_proof(out, &proof, GARITA_FORM_FORK, held_statement(log), offer->statement);
    out->outcome = GARITA_LOG_FORKED;
}

static void judge_larger(garita_log_result *out, const garita_log *log,
                         const garita_log_offer *offer)
{
    const garita_head *held = &log->head;
    switch (prefix_of(held, offer)) {
    case PREFIX_BROKEN:
        out->outcome = GARITA_LOG_MISMATCH;
        out->fault = (garita_fault){GARITA_E_NOT_PROVEN, 0, "path"};
        return;
    case PREFIX_OTHER:
        prove_fork_by_larger(out, log, offer);
        return;
    case PREFIX_UNSHOWN:
        out->outcome = GARITA_LOG_GAP;
        break;
    case PREFIX_SAME:
        if (!log->is_damaged)
            take(out, offer, held->size);
        else if (is_whole(offer))
            take(out, offer, 0);
        else
            out->outcome = GARITA_LOG_GAP;
        break;
    }
    if (is_regression(held, offer->head))
        prove_regression(out, held_statement(log), offer->statement);
}

static void judge_equal(garita_log_result *out, const garita_log *log,
                        const garita_log_offer *offer)
{
    const garita_head *held = &log->head, *head = offer->head;
    if (!garita_hash_equal(&head->root, &held->root) ||
        !garita_hash_equal(&head->set_root, &held->set_root))
        prove_same_size(out, log, offer);
    else if (log->is_damaged && is_whole(offer))
        take(out, offer, 0);
    else if (log->is_damaged)
        out->outcome = GARITA_LOG_GAP;
    else if (offer->statement.len == log->head_len &&
             memcmp(offer->statement.at, log->head_bytes, log->head_len) == 0)
        out->outcome = GARITA_LOG_KNOWN;
    else if (garita_head_compare(head, held) > 0)
        out->outcome = GARITA_LOG_HEARTBEAT;
    else
        out->outcome = GARITA_LOG_OLDER;
}

/* Whether the log's own leaves show that the smaller head is of another history. If so the proof is
 * made, from those leaves. Nobody is accused by leaves that a failing disk has altered: the proof
 * is checked against the head that is held. */
static bool is_fork_by_smaller(garita_log_result *out, const garita_log *log,
                               const garita_log_offer *offer)
{
    const garita_head *held = &log->head, *head = offer->head;
    garita_frontier at;
    garita_hash root;
    garita_equivocation proof = {0};
    if (!own_frontier(&at, log, offer->own, head->size))
        return false;
    garita_frontier_root(&root, &at);
    if (garita_hash_equal(&root, &head->root) || !offer->own ||
        !garita_merkle_prove_consistency(proof.path, &proof.path_count, &at, offer->own, held->size,
                                         true) ||
        !garita_merkle_prefix_root(&root, head->size, &held->root, held->size, proof.path,
                                   proof.path_count))
        return false;
    write_proof(out, &proof, GARITA_FORM_FORK, offer->statement, held_statement(log));
    return true;
}

static void judge_smaller(garita_log_result *out, const garita_log *log,
                          const garita_log_offer *offer)
{
    if (is_fork_by_smaller(out, log, offer)) {
        out->outcome = GARITA_LOG_FORKED;
    } else if (is_regression(offer->head, &log->head)) {
        prove_regression(out, offer->statement, held_statement(log));
        out->outcome = GARITA_LOG_FORKED;
    } else {
        out->outcome = GARITA_LOG_OLDER;
    }
}

void garita_log_judge(garita_log_result *out, const garita_log *log, const garita_log_offer *offer)
{
    uint64_t held = log->head.size, offered = offer->head->size;
    if (!log->has_head) {
        out->outcome = GARITA_LOG_GAP;
        if (is_whole(offer))
            take(out, offer, 0);
    } else if (offered > held) {
        judge_larger(out, log, offer);
    } else if (offered == held) {
        judge_equal(out, log, offer);
    } else {
        judge_smaller(out, log, offer);
    }
}
