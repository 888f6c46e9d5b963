#include "sync_plan.h"

#include <string.h>

#include <garita/set.h>
#include <garita/store_logs.h>

/* What the messages around a batch and a chunk take: kind, length, index. */
enum { BATCH_AROUND = 4, CHUNK_AROUND = 6 };

/* What is planned with. */
struct planning {
    garita_store *store;
    const garita_log *log;
    garita_store_leaves context;
    garita_leaf_source leaves; /* from log->start on */
};

static void begin(struct planning *planning, struct sync_plan *out, garita_store *store,
                  const garita_log *log)
{
    planning->store = store;
    planning->log = log;
    planning->leaves = garita_store_leaf_source(&planning->context, store, &log->id);
    memset(out, 0, sizeof *out);
}

/* The frontier at size, which is not below log->start. False if the store lacks a batch. */
static bool frontier_at(const struct planning *planning, garita_frontier *out, uint64_t size)
{
    garita_hash leaf;

    *out = planning->log->at_start;
    while (out->size < size) {
        if (!planning->leaves.leaf(planning->leaves.context, &leaf, out->size))
            return false;
        garita_frontier_append(out, &leaf);
    }
    return true;
}

/* --- sizes, as far as they matter for a choice --- */

static garita_store_error tail_bytes(const struct planning *planning, uint64_t *out, uint64_t from)
{
    uint64_t batches = planning->log->head.size - from;
    garita_store_error error =
        garita_store_batch_bytes(planning->store, out, &planning->log->id, from);

    *out += batches * BATCH_AROUND + garita_frontier_count(from) * sizeof(garita_hash);
    return error;
}

/* Whether the snapshot with the leaves from a size on takes fewer bytes than limit; *out is how
 * many, if so. */
static bool snapshot_is_below(const struct planning *planning, uint64_t *out, uint64_t from,
                              uint64_t limit)
{
    const garita_log *log = planning->log;
    uint8_t chunk[GARITA_CHUNK_BYTES_MAX];
    size_t chunk_len;

    *out = (garita_frontier_count(from) + log->head.size - from) * sizeof(garita_hash);
    for (int32_t i = garita_set_next_chunk(log->set, 0); i >= 0 && *out < limit;
         i = garita_set_next_chunk(log->set, (uint32_t)i + 1)) {
        garita_set_chunk(chunk, &chunk_len, log->set, (uint32_t)i);
        *out += chunk_len + CHUNK_AROUND;
    }
    return *out < limit;
}

/* --- for one receiver --- */

/* All that is at hand. */
static void send_all(struct sync_plan *out, const garita_log *log)
{
    out->has_tail = true;
    out->from = log->at_start;
}

/* The head alone. */
static void send_head(struct sync_plan *out, const garita_log *log)
{
    out->has_tail = true;
    out->from = log->frontier;
}

/* The state, with the leaves behind a size. */
static void send_snapshot(struct sync_plan *out, const garita_frontier *from)
{
    out->has_snapshot = true;
    out->from = *from;
}

/* For who has nothing. */
static garita_store_error for_newcomer(const struct planning *planning, struct sync_plan *out)
{
    const garita_log *log = planning->log;
    uint64_t tail = UINT64_MAX;
    uint64_t snapshot;
    garita_store_error error = GARITA_STORE_OK;

    if (log->start == 0)
        error = tail_bytes(planning, &tail, 0);
    if (error != GARITA_STORE_OK)
        return error;
    if (!log->set_differs && snapshot_is_below(planning, &snapshot, log->head.size, tail)) {
        send_snapshot(out, &log->frontier);
        return GARITA_STORE_OK;
    }
    send_all(out, log);
    out->is_out_of_reach = log->start > 0;
    return GARITA_STORE_OK;
}

/* For who has the first at->size batches of this very log. */
static garita_store_error for_follower(const struct planning *planning, struct sync_plan *out,
                                       const garita_frontier *at)
{
    const garita_log *log = planning->log;
    uint64_t tail;
    uint64_t snapshot;
    garita_store_error error = tail_bytes(planning, &tail, at->size);

    if (error != GARITA_STORE_OK)
        return error;
    out->has_tail = true;
    out->from = *at;
    if (log->set_differs || !snapshot_is_below(planning, &snapshot, log->head.size, tail))
        return GARITA_STORE_OK;
    if (!garita_merkle_prove_consistency(out->path, &out->path_count, at, &planning->leaves,
                                         log->head.size, true))
        return GARITA_STORE_CORRUPT;
    if (snapshot + out->path_count * sizeof(garita_hash) < tail) {
        out->has_tail = false;
        send_snapshot(out, &log->frontier);
        out->path_from = at->size;
    }
    return GARITA_STORE_OK;
}

/* For who is behind. */
static garita_store_error for_older(const struct planning *planning, struct sync_plan *out,
                                    const garita_have_log *theirs)
{
    garita_frontier at;
    garita_hash root;

    if (theirs->size == 0)
        return for_newcomer(planning, out);
    if (theirs->size < planning->log->start) {
        /* Nothing at hand leads there: the head says at least that there is more. */
        send_head(out, planning->log);
        out->is_out_of_reach = true;
        return GARITA_STORE_OK;
    }
    if (!frontier_at(planning, &at, theirs->size))
        return GARITA_STORE_CORRUPT;
    garita_frontier_root(&root, &at);
    if (garita_hash_equal(&root, &theirs->root))
        return for_follower(planning, out, &at);
    send_all(out, planning->log);
    return GARITA_STORE_OK;
}

/* For who is further. If it is a log that this one is no beginning of, the head shows it; and if it
 * is known to be, what was revoked in this one does. */
static void for_newer(struct sync_plan *out, const garita_log *log)
{
    if (log->is_equivocated)
        send_all(out, log);
    else
        send_head(out, log);
}

garita_store_error sync_plan_for(garita_store *store, struct sync_plan *out, const garita_log *log,
                                 const garita_have_log *theirs)
{
    struct planning planning;

    begin(&planning, out, store, log);
    if (theirs == NULL)
        return for_newcomer(&planning, out);
    if (theirs->size < log->head.size)
        return for_older(&planning, out, theirs);
    if (theirs->size > log->head.size)
        for_newer(out, log);
    else if (!garita_hash_equal(&theirs->root, &log->head.root))
        send_all(out, log);
    else if (theirs->signed_at < log->head.signed_at)
        send_head(out, log);
    return GARITA_STORE_OK;
}

/* --- for all --- */

garita_store_error sync_plan_for_all(garita_store *store, struct sync_plan *out,
                                     const garita_log *log)
{
    struct planning planning;
    uint64_t tail = UINT64_MAX; /* without the first batches: no use to a newcomer */
    uint64_t snapshot;
    garita_store_error error = GARITA_STORE_OK;

    begin(&planning, out, store, log);
    out->is_out_of_reach = log->start > 0;
    if (log->start == 0)
        error = tail_bytes(&planning, &tail, 0);
    if (error != GARITA_STORE_OK)
        return error;
    if (!log->set_differs && snapshot_is_below(&planning, &snapshot, log->start, tail))
        send_snapshot(out, &log->at_start);
    else
        send_all(out, log);
    return GARITA_STORE_OK;
}
