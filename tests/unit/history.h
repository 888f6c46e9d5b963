/* history.h: an authority that publishes a status log, honestly or not, and a checkpoint that
 * follows it.
 */
#ifndef GARITA_TESTS_HISTORY_H
#define GARITA_TESTS_HISTORY_H

#include <garita/log.h>

#include "unit.h"

enum { HISTORY_BATCHES = 200, HISTORY_HEADS = 200 };

/* Room for the events of a batch. */
extern garita_event history_events[GARITA_BATCH_EVENTS_MAX];

/* --- heads --- */

typedef struct signed_head {
    garita_head head;
    size_t len;
    uint8_t bytes[GARITA_HEAD_BYTES_MAX];
} signed_head;

garita_bytes statement_of(const signed_head *h);
/* A head that says whatever it is told to. */
signed_head sign_head(const party *by, garita_head head);

/* --- the publisher --- */

typedef struct history {
    const party *by;
    garita_log log;
    garita_bytes batches[HISTORY_BATCHES];       /* on the heap */
    garita_frontier before[HISTORY_BATCHES + 1]; /* [n]: of the first n batches */
    signed_head heads[HISTORY_HEADS];            /* in the order in which they were signed */
    size_t head_count;
} history;

void history_start(history *h, const party *by, const garita_issuer *authority);
/* Another history that is the same so far, to be gone on with in another way. */
void history_fork(history *out, const history *from, const garita_issuer *authority);
void history_end(history *h);

/* Publish a batch: of any events; of serials that get one standing, the last of them 0; of none. */
void history_batch(history *h, garita_event *events, size_t event_count);
void history_put(history *h, garita_standing standing, const uint32_t *serials);
#define history_revoke(h, ...)                                                                     \
    history_put(h, GARITA_STANDING_REVOKED, (const uint32_t[]){__VA_ARGS__, 0})
#define history_suspend(h, ...)                                                                    \
    history_put(h, GARITA_STANDING_SUSPENDED, (const uint32_t[]){__VA_ARGS__, 0})
#define history_reinstate(h, ...)                                                                  \
    history_put(h, GARITA_STANDING_ACTIVE, (const uint32_t[]){__VA_ARGS__, 0})
void history_empty_batch(history *h);

/* Signs a head of what there is, by garita_log_sign: 1,000 issued, due in a day. */
const signed_head *history_sign(history *h, int64_t now);
/* A head of the first size batches, signed whenever, and kept by nobody. */
signed_head history_head_at(const history *h, uint64_t size, int64_t signed_at);

/* --- what is offered --- */

garita_log_tail tail_of(const history *h, uint64_t from, uint64_t size);

typedef struct snapshot {
    garita_frontier frontier;
    garita_hash leaves[HISTORY_BATCHES];
    garita_hash path[GARITA_PROOF_MAX];
    uint32_t indexes[64];
    garita_bytes chunks[64]; /* on the heap */
    garita_log_snapshot offer;
} snapshot;

/* Of a history as it is now; path_from 0 for none. Does not move. */
void snapshot_make(snapshot *s, const history *h, uint64_t path_from);
/* Adds the leaves from a size on. */
void snapshot_add_leaves(snapshot *s, const history *h, uint64_t from);
void snapshot_end(snapshot *s);

/* The inclusion proof of a batch in the tree of the first size batches. */
size_t history_prove(garita_hash proof[GARITA_PROOF_MAX], const history *h, uint64_t index,
                     uint64_t size);

/* The leaves of a history, for who followed it. */
garita_leaf_source leaves_of(const history *h);

/* --- the follower: each offer goes through copies of exactly its size --- */

garita_log_result offer_tail(garita_log *log, const garita_leaf_source *own, const history *h,
                             uint64_t from, const signed_head *head);
garita_log_result offer_snapshot(garita_log *log, const garita_leaf_source *own, snapshot *s,
                                 const signed_head *head);

#define assert_outcome(result, expected)                                                           \
    assert_string_equal(garita_log_outcome_name((result).outcome), expected)

/* All that a log holds, to be compared with what it holds later. */
typedef struct log_state {
    garita_hash hash;
} log_state;

log_state state_of(garita_log *log);
#define assert_same_state(log, before)                                                             \
    do {                                                                                           \
        log_state now_ = state_of(log);                                                            \
        assert_memory_equal(&now_, &(before), sizeof now_);                                        \
    } while (0)

garita_standing standing_of(const garita_log *log, uint32_t serial);

#endif
