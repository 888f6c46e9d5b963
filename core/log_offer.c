/* What others offer: checked whole, then judged (log_judge.h), then taken. */
#include <garita/log.h>

#include <assert.h>
#include <string.h>

#include "log_judge.h"

/* --- names --- */

const char *garita_log_outcome_name(garita_log_outcome outcome)
{
    switch (outcome) {
    case GARITA_LOG_KNOWN:
        return "known";
    case GARITA_LOG_OLDER:
        return "older";
    case GARITA_LOG_HEARTBEAT:
        return "heartbeat";
    case GARITA_LOG_EXTENDED:
        return "extended";
    case GARITA_LOG_ADOPTED:
        return "adopted";
    case GARITA_LOG_GAP:
        return "gap";
    case GARITA_LOG_MISMATCH:
        return "mismatch";
    case GARITA_LOG_FORKED:
        return "forked";
    case GARITA_LOG_NOTHING:
    default:
        return "nothing";
    }
}

/* --- the union --- */

static bool is_revoked(const garita_log *log, uint32_t serial)
{
    return garita_set_get(log->set, serial) == GARITA_STANDING_REVOKED ||
           (log->elsewhere && garita_set_get(log->elsewhere, serial) == GARITA_STANDING_REVOKED);
}

/* Adds to the union what is not revoked yet. */
static garita_error revoke_elsewhere(garita_log *log, uint64_t *gained, uint32_t serial)
{
    if (is_revoked(log, serial))
        return GARITA_OK;
    garita_error e = log->elsewhere ? GARITA_OK : garita_set_new(&log->elsewhere);
    if (e == GARITA_OK)
        e = garita_set_put(log->elsewhere, serial, GARITA_STANDING_REVOKED);
    if (e == GARITA_OK)
        (*gained)++;
    return e;
}

static garita_error revoke_batch(garita_log *log, uint64_t *gained, garita_event *events,
                                 garita_bytes batch)
{
    int64_t time;
    size_t event_count;
    garita_error e = garita_batch_decode(&time, events, &event_count, NULL, batch.at, batch.len);
    for (size_t i = 0; e == GARITA_OK && i < event_count; i++)
        if (events[i].standing == GARITA_STANDING_REVOKED)
            e = revoke_elsewhere(log, gained, events[i].serial);
    return e;
}

typedef struct union_of {
    garita_log *log;
    uint64_t *gained;
    garita_error error;
} union_of;

static bool revoke_visited(void *context, uint32_t serial)
{
    union_of *u = context;
    u->error = revoke_elsewhere(u->log, u->gained, serial);
    return u->error == GARITA_OK;
}

/* Adds all that is revoked in another set. */
static garita_error revoke_set(garita_log *log, uint64_t *gained, const garita_set *set)
{
    union_of u = {log, gained, GARITA_OK};
    garita_set_each_revoked(set, revoke_visited, &u);
    return u.error;
}

/* --- checking --- */

static void mismatch(garita_log_result *out, garita_error error, const char *field)
{
    out->outcome = GARITA_LOG_MISMATCH;
    out->fault = (garita_fault){error, 0, field};
}

/* The leaves of a tail. The context is its garita_log_tail. */
static bool tail_leaf(void *context, garita_hash *out, uint64_t index)
{
    const garita_log_tail *tail = context;
    uint64_t first = tail->from->size;
    if (index < first || index - first >= tail->batch_count)
        return false;
    const garita_bytes *batch = &tail->batches[index - first];
    garita_merkle_leaf(out, batch->at, batch->len);
    return true;
}

/* Those of a snapshot. The context is its garita_log_snapshot. */
static bool snapshot_leaf(void *context, garita_hash *out, uint64_t index)
{
    const garita_log_snapshot *snapshot = context;
    uint64_t first = snapshot->frontier->size;
    if (index < first || index - first >= snapshot->leaf_count)
        return false;
    *out = snapshot->leaves[index - first];
    return true;
}

/* Whether the frontier with the leaves that came along makes the head's root; at_held is left at
 * the size held, if it passes by there. */
static bool check_root(garita_log_result *out, garita_frontier *at_end, garita_log_offer *offer,
                       uint64_t held, size_t leaf_count)
{
    const garita_head *head = offer->head;
    garita_hash hash;
    if (offer->from->size > head->size || head->size - offer->from->size != leaf_count) {
        mismatch(out, GARITA_E_RANGE, "size");
        return false;
    }
    *at_end = offer->at_held = *offer->from;
    while (at_end->size < head->size) {
        bool is_there = offer->leaves.leaf(offer->leaves.context, &hash, at_end->size);
        assert(is_there);
        (void)is_there;
        garita_frontier_append(at_end, &hash);
        if (at_end->size == held)
            offer->at_held = *at_end;
    }
    garita_frontier_root(&hash, at_end);
    if (!garita_hash_equal(&hash, &head->root)) {
        mismatch(out, GARITA_E_NOT_PROVEN, "root");
        return false;
    }
    return true;
}

/* Whether all batches can be read. Once the root is right nobody but the authority can have made
 * anyone read one. */
static bool check_batches(garita_log_result *out, garita_event *events, const garita_log_tail *tail)
{
    for (size_t i = 0; i < tail->batch_count; i++) {
        int64_t time;
        size_t event_count;
        garita_error e = garita_batch_decode(&time, events, &event_count, &out->fault,
                                             tail->batches[i].at, tail->batches[i].len);
        if (e != GARITA_OK) {
            out->outcome = GARITA_LOG_MISMATCH;
            out->fault_in = i;
            return false;
        }
    }
    return true;
}

/* The set root that chunks make, by their bytes alone: of 2^level chunks, those that there are have
 * indexes that ascend, and agree above their level lowest bits. */
static void root_of_chunks(garita_hash *out, unsigned level, const uint32_t *indexes,
                           const garita_bytes *chunks, size_t count)
{
    garita_hash left, right;
    size_t split = 0;
    if (level == 0) {
        *out = (garita_hash){0};
        if (count > 0)
            garita_merkle_leaf(out, chunks->at, chunks->len);
        return;
    }
    level--;
    if (count == 0) { /* both halves are the same */
        root_of_chunks(&left, level, indexes, chunks, 0);
        garita_merkle_node(out, &left, &left);
        return;
    }
    while (split < count && (indexes[split] >> level & 1) == 0)
        split++;
    root_of_chunks(&left, level, indexes, chunks, split);
    root_of_chunks(&right, level, indexes + split, chunks + split, count - split);
    garita_merkle_node(out, &left, &right);
}

static bool do_ascend(garita_log_result *out, const uint32_t *indexes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (indexes[i] >= GARITA_CHUNKS || (i > 0 && indexes[i] <= indexes[i - 1])) {
            mismatch(out, GARITA_E_KEY_ORDER, "chunks");
            out->fault_in = i;
            return false;
        }
    }
    return true;
}

/* Checks the set root, and only then reads the chunks, into a set of their own: nobody but the
 * authority can make anyone fill memory. *set is null on an error, and on a mismatch. */
static garita_error check_chunks(garita_log_result *out, garita_set **set, const garita_head *head,
                                 const garita_log_snapshot *snapshot)
{
    enum { LEVELS = 16 };
    garita_hash hash;
    if (!do_ascend(out, snapshot->chunk_indexes, snapshot->chunk_count))
        return GARITA_OK;
    root_of_chunks(&hash, LEVELS, snapshot->chunk_indexes, snapshot->chunks, snapshot->chunk_count);
    if (!garita_hash_equal(&hash, &head->set_root)) {
        mismatch(out, GARITA_E_NOT_PROVEN, "set root");
        return GARITA_OK;
    }

    garita_error e = garita_set_new(set);
    for (size_t i = 0; i < snapshot->chunk_count && e == GARITA_OK; i++) {
        e = garita_set_put_chunk(*set, snapshot->chunk_indexes[i], snapshot->chunks[i].at,
                                 snapshot->chunks[i].len);
        out->fault_in = i;
    }
    if (e == GARITA_OK) {
        out->fault_in = 0;
        return GARITA_OK;
    }
    garita_set_free(*set);
    *set = NULL;
    if (e == GARITA_E_NO_MEMORY || e == GARITA_E_FULL)
        return e;
    mismatch(out, e, "chunk");
    return GARITA_OK;
}

/* --- taking --- */

/* A head that is later than the one held takes its place. */
static void take_head(garita_log *log, const garita_log_offer *offer)
{
    if (log->has_head && garita_head_compare(offer->head, &log->head) <= 0)
        return; /* a damaged log got back what it had a newer head of */
    assert(offer->statement.len <= sizeof log->head_bytes);
    log->has_head = true;
    log->head = *offer->head;
    log->head_len = offer->statement.len;
    memmove(log->head_bytes, offer->statement.at, offer->statement.len);
}

static void find_set_differs(garita_log *log, garita_log_result *out, uint64_t size)
{
    if (log->set_differs)
        return; /* the first finding stays */
    out->set_differs_now = log->set_differs = true;
    log->set_differs_at = size;
}

/* Puts another set in the place of the log's. What was revoked stays so: the union takes what the
 * other one lacks. Takes over set in any case. */
static garita_error replace_set(garita_log *log, garita_log_result *out, garita_set *set)
{
    garita_set *old = log->set;
    log->set = set;
    garita_error e = revoke_set(log, &out->revoked_elsewhere, old);
    garita_set_free(old);
    return e;
}

static garita_error apply_batches(garita_set *set, garita_event *events,
                                  const garita_bytes *batches, size_t batch_count)
{
    garita_error e = GARITA_OK;
    for (size_t i = 0; i < batch_count && e == GARITA_OK; i++) {
        int64_t time;
        size_t event_count;
        e = garita_batch_decode(&time, events, &event_count, NULL, batches[i].at, batches[i].len);
        if (e == GARITA_OK)
            e = garita_set_apply(set, events, event_count);
    }
    return e;
}

static garita_error take_tail(garita_log *log, garita_log_result *out, garita_event *events,
                              const garita_log_offer *offer, const garita_frontier *at_end)
{
    const garita_log_tail *tail = offer->tail;
    const garita_bytes *batches = tail->batches + out->first_offered;
    size_t batch_count = tail->batch_count - out->first_offered;
    garita_error e;
    if (log->is_damaged) { /* all of it, into a set of its own */
        garita_set *set;
        e = garita_set_new(&set);
        if (e != GARITA_OK)
            return e;
        e = apply_batches(set, events, batches, batch_count);
        if (e == GARITA_OK)
            e = replace_set(log, out, set);
        else
            garita_set_free(set);
        log->start = log->batches_from = 0;
        log->at_start = (garita_frontier){0};
        log->is_damaged = false;
    } else {
        e = apply_batches(log->set, events, batches, batch_count);
    }
    if (e != GARITA_OK)
        return e;
    log->frontier = *at_end;
    take_head(log, offer);

    garita_hash root;
    garita_set_root(&root, log->set);
    if (!garita_hash_equal(&root, &offer->head->set_root))
        find_set_differs(log, out, offer->head->size);
    return GARITA_OK;
}

/* Takes over set in any case. */
static garita_error take_snapshot(garita_log *log, garita_log_result *out,
                                  const garita_log_offer *offer, const garita_frontier *at_end,
                                  garita_set *set)
{
    /* That a damaged set lacks something, or has too much, is nobody's doing. */
    if (!log->is_damaged && !garita_set_covers(set, log->set))
        find_set_differs(log, out, offer->head->size);
    garita_error e = replace_set(log, out, set);
    if (e != GARITA_OK)
        return e;
    if (log->is_damaged || out->first_batch > log->head.size) {
        /* The leaves that were at hand are no longer, or these do not go on from them. */
        log->start = out->first_batch;
        log->at_start = *offer->from;
    }
    log->batches_from = offer->head->size;
    log->frontier = *at_end;
    log->is_damaged = false;
    take_head(log, offer);
    return GARITA_OK;
}

static void judge(garita_log *log, garita_log_result *out, const garita_log_offer *offer)
{
    garita_log_judge(out, log, offer);
    if (out->proof_len > 0)
        out->is_first_proof = garita_log_offer_proof(log);
}

/* --- offers --- */

garita_error garita_log_offer_tail(garita_log *log, garita_log_result *out, garita_event *events,
                                   const garita_leaf_source *own, const garita_head *head,
                                   garita_bytes head_statement, const garita_log_tail *tail)
{
    garita_log_tail of_leaves = *tail;
    garita_log_offer offer = {.own = own,
                              .head = head,
                              .statement = head_statement,
                              .tail = tail,
                              .from = tail->from,
                              .leaves = {.context = &of_leaves, .leaf = tail_leaf}};
    garita_frontier at_end;
    garita_error e = GARITA_OK;
    *out = (garita_log_result){.fault.field = ""};
    if (!check_root(out, &at_end, &offer, log->head.size, tail->batch_count) ||
        !check_batches(out, events, tail))
        return GARITA_OK;
    judge(log, out, &offer);
    if (out->outcome == GARITA_LOG_EXTENDED) {
        e = take_tail(log, out, events, &offer, &at_end);
    } else if (out->outcome == GARITA_LOG_HEARTBEAT) {
        take_head(log, &offer);
    } else if (out->outcome == GARITA_LOG_FORKED) {
        for (size_t i = 0; i < tail->batch_count && e == GARITA_OK; i++)
            e = revoke_batch(log, &out->revoked_elsewhere, events, tail->batches[i]);
    }
    return e;
}

garita_error garita_log_offer_snapshot(garita_log *log, garita_log_result *out,
                                       const garita_leaf_source *own, const garita_head *head,
                                       garita_bytes head_statement,
                                       const garita_log_snapshot *snapshot)
{
    garita_log_snapshot of_leaves = *snapshot;
    garita_log_offer offer = {.own = own,
                              .head = head,
                              .statement = head_statement,
                              .snapshot = snapshot,
                              .from = snapshot->frontier,
                              .leaves = {.context = &of_leaves, .leaf = snapshot_leaf}};
    garita_frontier at_end;
    garita_set *set = NULL;
    *out = (garita_log_result){.fault.field = ""};
    if (!check_root(out, &at_end, &offer, log->head.size, snapshot->leaf_count))
        return GARITA_OK;
    garita_error e = check_chunks(out, &set, head, snapshot);
    if (e != GARITA_OK || out->outcome == GARITA_LOG_MISMATCH)
        return e;
    judge(log, out, &offer);
    if (out->outcome == GARITA_LOG_ADOPTED)
        return take_snapshot(log, out, &offer, &at_end, set);
    if (out->outcome == GARITA_LOG_HEARTBEAT)
        take_head(log, &offer);
    else if (out->outcome == GARITA_LOG_FORKED)
        e = revoke_set(log, &out->revoked_elsewhere, set);
    garita_set_free(set);
    return e;
}

garita_error garita_log_offer_evidence(garita_log *log, uint64_t *gained, garita_event *events,
                                       const garita_head *head, uint64_t index, garita_bytes batch,
                                       const garita_hash *proof, size_t proof_count)
{
    garita_hash leaf;
    *gained = 0;
    garita_merkle_leaf(&leaf, batch.at, batch.len);
    if (!garita_merkle_includes(&head->root, head->size, index, &leaf, proof, proof_count))
        return GARITA_E_NOT_PROVEN;
    return revoke_batch(log, gained, events, batch);
}

bool garita_log_offer_proof(garita_log *log)
{
    bool is_first = !log->is_equivocated;
    log->is_equivocated = true;
    return is_first;
}
