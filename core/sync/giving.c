#include <garita/giving.h>

#include <string.h>

#include <garita/set.h>

/* What the messages around a batch and a chunk take: kind, length, index. */
enum { BATCH_AROUND = 4, CHUNK_AROUND = 6 };
/* Leaf hashes in a message: few enough for the stack, and what is around them weighs nothing. */
enum { LEAVES_GATHERED = 256 };

/* The latest frontier up to size that takes no leaves: the subtrees of the log's own that lie
 * before it are subtrees there too, or it is where the log starts. */
static void nearest_frontier(garita_frontier *out, const garita_log *log, uint64_t size)
{
    uint64_t left = log->frontier.size;
    size_t count = 0;

    *out = (garita_frontier){0};
    while (left > 0) {
        uint64_t subtree = UINT64_C(1) << (63 - __builtin_clzll(left));
        if (subtree > size - out->size)
            break;
        out->peaks[count] = log->frontier.peaks[count];
        out->size += subtree;
        left -= subtree;
        count++;
    }
    if (out->size < log->start)
        *out = log->at_start;
}

/* The frontier at size, which is not below log->start. False if the store lacks a batch. For who is
 * a little behind, few leaves are read, however long the log is. */
static bool frontier_at(garita_frontier *out, const garita_shelf *shelf, uint64_t size)
{
    garita_hash leaf;

    nearest_frontier(out, shelf->log, size);
    while (out->size < size) {
        if (!shelf->leaves.leaf(shelf->leaves.context, &leaf, out->size))
            return false;
        garita_frontier_append(out, &leaf);
    }
    return true;
}

/* --- sizes, as far as they matter for a choice --- */

static bool tail_bytes(const garita_shelf *shelf, uint64_t *out, uint64_t from)
{
    uint64_t batches = shelf->log->head.size - from;

    if (!shelf->batch_bytes(shelf->context, out, from))
        return false;
    *out += batches * BATCH_AROUND + garita_frontier_count(from) * sizeof(garita_hash);
    return true;
}

/* The leaves from a size on, with the frontier there. */
static uint64_t leaf_bytes(const garita_log *log, uint64_t from)
{
    return (garita_frontier_count(from) + log->head.size - from) * sizeof(garita_hash);
}

/* Whether the snapshot with the leaves from a size on takes fewer bytes than limit; *out is how
 * many, if so. */
static bool snapshot_is_below(uint64_t *out, const garita_log *log, uint64_t from, uint64_t limit)
{
    uint8_t chunk[GARITA_CHUNK_BYTES_MAX];
    size_t chunk_len;

    *out = leaf_bytes(log, from);
    for (int32_t i = garita_set_next_chunk(log->set, 0); i >= 0 && *out < limit;
         i = garita_set_next_chunk(log->set, (uint32_t)i + 1)) {
        garita_set_chunk(chunk, &chunk_len, log->set, (uint32_t)i);
        *out += chunk_len + CHUNK_AROUND;
    }
    return *out < limit;
}

/* --- for one receiver --- */

/* All batches at hand. */
static bool plan_all(garita_plan *out, const garita_shelf *shelf)
{
    out->has_tail = true;
    return frontier_at(&out->from, shelf, shelf->log->batches_from);
}

/* The head alone. */
static void plan_head(garita_plan *out, const garita_log *log)
{
    out->has_tail = true;
    out->from = log->frontier;
}

/* The state, with the leaves behind a size. */
static void plan_snapshot(garita_plan *out, const garita_frontier *from)
{
    out->has_snapshot = true;
    out->from = *from;
}

/* For who has nothing. Where the state is not what the head says (form 4) there is no snapshot. */
static bool for_newcomer(garita_plan *out, const garita_shelf *shelf, bool wants_batches)
{
    const garita_log *log = shelf->log;
    bool has_all = log->batches_from == 0;
    uint64_t tail = UINT64_MAX; /* without the first batches: no use */
    uint64_t snapshot;

    if (has_all && !tail_bytes(shelf, &tail, 0))
        return false;
    if (log->set_differs || (wants_batches && has_all) ||
        !snapshot_is_below(&snapshot, log, log->head.size, tail)) {
        out->is_out_of_reach = !has_all;
        return plan_all(out, shelf);
    }
    /* With the hashes at hand he can serve those that stand anywhere between, if these are no more
     * than what he came for. */
    uint64_t leaves = leaf_bytes(log, log->start);
    bool has_leaves = leaves <= snapshot && leaves < tail - snapshot;
    plan_snapshot(out, has_leaves ? &log->at_start : &log->frontier);
    return true;
}

/* The state with a path from there. False if the store lacks a leaf. */
static bool plan_path(garita_plan *out, const garita_shelf *shelf, const garita_frontier *at)
{
    const garita_log *log = shelf->log;

    plan_snapshot(out, &log->frontier);
    out->path_from = at->size;
    return garita_merkle_prove_consistency(out->path, &out->path_count, at, &shelf->leaves,
                                           log->head.size, true);
}

/* For who has the first at->size batches of this very log. */
static bool for_follower(garita_plan *out, const garita_shelf *shelf, const garita_frontier *at,
                         bool wants_batches)
{
    const garita_log *log = shelf->log;
    bool has_batches = at->size >= log->batches_from;
    bool has_leaves = log->head.size - at->size <= GARITA_LEAVES_BESIDE_MAX;
    uint64_t tail = UINT64_MAX;
    uint64_t snapshot;

    out->has_tail = true;
    out->from = *at;
    if (has_batches && (wants_batches || log->set_differs))
        return true;
    if (log->set_differs) {
        plan_head(out, log);
        out->is_out_of_reach = true;
        return true;
    }
    if (has_batches && !tail_bytes(shelf, &tail, at->size))
        return false;
    if (!snapshot_is_below(&snapshot, log, has_leaves ? at->size : log->head.size, tail))
        return true;
    out->has_tail = false;
    if (!has_leaves)
        return plan_path(out, shelf, at);
    plan_snapshot(out, at);
    return true;
}

/* For who has at->size batches of another history: what shows it. */
static bool for_forked(garita_plan *out, const garita_shelf *shelf, const garita_frontier *at)
{
    if (at->size >= shelf->log->batches_from || shelf->log->set_differs)
        return plan_all(out, shelf);
    plan_snapshot(out, at);
    return true;
}

/* For who is behind. */
static bool for_older(garita_plan *out, const garita_shelf *shelf, const garita_have_log *theirs,
                      bool wants_batches)
{
    garita_frontier at;
    garita_hash root;

    if (theirs->size == 0)
        return for_newcomer(out, shelf, wants_batches);
    if (theirs->size < shelf->log->start) {
        /* Nothing at hand leads there: the head says at least that there is more. */
        plan_head(out, shelf->log);
        out->is_out_of_reach = true;
        return true;
    }
    if (!frontier_at(&at, shelf, theirs->size))
        return false;
    garita_frontier_root(&root, &at);
    if (garita_hash_equal(&root, &theirs->root))
        return for_follower(out, shelf, &at, wants_batches);
    return for_forked(out, shelf, &at);
}

/* What was revoked in this history, for who has another: all of its batches, which can be passed on
 * as evidence, or where the first are gone the state that they made. */
static bool plan_other_history(garita_plan *out, const garita_shelf *shelf)
{
    const garita_log *log = shelf->log;

    if (log->batches_from == 0 || log->set_differs)
        return plan_all(out, shelf);
    plan_snapshot(out, &log->at_start);
    return true;
}

/* For who is further. If it is a log that this one is no beginning of, the head shows it; and if it
 * is known to be, what was revoked in this one does. */
static bool for_newer(garita_plan *out, const garita_shelf *shelf)
{
    if (shelf->log->is_equivocated)
        return plan_other_history(out, shelf);
    plan_head(out, shelf->log);
    return true;
}

bool garita_plan_for(garita_plan *out, const garita_shelf *shelf, const garita_have_log *theirs,
                     bool wants_batches)
{
    const garita_log *log = shelf->log;

    memset(out, 0, sizeof *out);
    if (theirs == NULL)
        return for_newcomer(out, shelf, wants_batches);
    if (theirs->size < log->head.size)
        return for_older(out, shelf, theirs, wants_batches);
    if (theirs->size > log->head.size)
        return for_newer(out, shelf);
    if (!garita_hash_equal(&theirs->root, &log->head.root))
        return plan_other_history(out, shelf);
    if (theirs->signed_at < log->head.signed_at)
        plan_head(out, log);
    return true;
}

/* --- for all --- */

bool garita_plan_for_all(garita_plan *out, const garita_shelf *shelf)
{
    const garita_log *log = shelf->log;
    uint64_t tail = UINT64_MAX; /* without the first batches: no use to a newcomer */
    uint64_t snapshot;

    memset(out, 0, sizeof *out);
    if (log->batches_from == 0 && !tail_bytes(shelf, &tail, 0))
        return false;
    if (!log->set_differs && snapshot_is_below(&snapshot, log, log->start, tail)) {
        out->is_out_of_reach = log->start > 0;
        plan_snapshot(out, &log->at_start);
        return true;
    }
    out->is_out_of_reach = log->batches_from > 0;
    return plan_all(out, shelf);
}

/* --- writing --- */

/* Messages on their way, and the log that they make at the receiver's. */
struct writing {
    const garita_shelf *shelf;
    garita_bundle_sink sink;
    void *sink_context;
    garita_frontier at;
    uint64_t batches;
    bool has_failed; /* the sink */
};

static bool put(struct writing *writing, const garita_message *message)
{
    bool is_put = garita_bundle_write(writing->sink, writing->sink_context, message);

    writing->has_failed = writing->has_failed || !is_put;
    return is_put;
}

static garita_bytes head_of(const garita_log *log)
{
    return (garita_bytes){log->head_bytes, log->head_len};
}

/* Whether what was written leads to the head. What a disk has garbled is not to be held against who
 * passes it on. */
static bool leads_to_head(const struct writing *writing)
{
    const garita_head *head = &writing->shelf->log->head;
    garita_hash root;

    garita_frontier_root(&root, &writing->at);
    return writing->at.size == head->size && garita_hash_equal(&root, &head->root);
}

/* The store may have gone on since the log was read of it: what is behind its head is not asked
 * for. */
static bool put_batch(void *visitor, garita_bytes batch)
{
    struct writing *writing = visitor;
    garita_hash leaf;

    if (writing->at.size == writing->shelf->log->head.size ||
        !put(writing, &(garita_message){.kind = GARITA_MESSAGE_BATCH, .bytes = batch}))
        return false;
    garita_merkle_leaf(&leaf, batch.at, batch.len);
    garita_frontier_append(&writing->at, &leaf);
    writing->batches++;
    return true;
}

static bool put_tail(struct writing *writing, const garita_plan *plan)
{
    const garita_shelf *shelf = writing->shelf;

    if (!put(writing, &(garita_message){.kind = GARITA_MESSAGE_TAIL,
                                        .head = head_of(shelf->log),
                                        .frontier = plan->from}))
        return false;
    if (plan->from.size < shelf->log->head.size &&
        !shelf->each_batch(shelf->context, plan->from.size, put_batch, writing))
        return false;
    return !writing->has_failed && leads_to_head(writing);
}

/* The leaves up to the head's size. */
static bool put_leaves(struct writing *writing)
{
    const garita_shelf *shelf = writing->shelf;
    uint64_t end = shelf->log->head.size;
    garita_hash leaves[LEAVES_GATHERED];

    while (writing->at.size < end) {
        garita_message message = {.kind = GARITA_MESSAGE_LEAVES,
                                  .bytes = {.at = (const uint8_t *)leaves}};
        for (size_t i = 0; i < LEAVES_GATHERED && writing->at.size < end; i++) {
            if (!shelf->leaves.leaf(shelf->leaves.context, &leaves[i], writing->at.size))
                return false;
            garita_frontier_append(&writing->at, &leaves[i]);
            message.bytes.len += sizeof leaves[i];
        }
        if (!put(writing, &message))
            return false;
    }
    return true;
}

static bool put_chunks(struct writing *writing)
{
    const garita_set *set = writing->shelf->log->set;
    uint8_t chunk[GARITA_CHUNK_BYTES_MAX];
    size_t len;
    bool is_put = true;

    for (int32_t i = garita_set_next_chunk(set, 0); i >= 0 && is_put;
         i = garita_set_next_chunk(set, (uint32_t)i + 1)) {
        garita_set_chunk(chunk, &len, set, (uint32_t)i);
        is_put = put(writing, &(garita_message){.kind = GARITA_MESSAGE_CHUNK,
                                                .bytes = {chunk, len},
                                                .index = (uint32_t)i});
    }
    return is_put;
}

static bool put_snapshot(struct writing *writing, const garita_plan *plan)
{
    garita_message message = {.kind = GARITA_MESSAGE_SNAPSHOT,
                              .head = head_of(writing->shelf->log),
                              .frontier = plan->from,
                              .path_from = plan->path_from,
                              .path_count = plan->path_count};

    memcpy(message.path, plan->path, plan->path_count * sizeof plan->path[0]);
    return put(writing, &message) && put_leaves(writing) && leads_to_head(writing) &&
           put_chunks(writing);
}

bool garita_plan_write(const garita_plan *plan, const garita_shelf *shelf, uint64_t *batches,
                       garita_bundle_sink sink, void *sink_context)
{
    struct writing writing = {
        .shelf = shelf, .sink = sink, .sink_context = sink_context, .at = plan->from};
    bool is_written = (!plan->has_tail || put_tail(&writing, plan)) &&
                      (!plan->has_snapshot || put_snapshot(&writing, plan));

    if (batches != NULL)
        *batches = writing.batches;
    return is_written;
}
