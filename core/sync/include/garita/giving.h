/* garita/giving.h: what of one status log goes to a receiver: batches from some size on, or the
 * state at its head, whichever is less; and the messages that say it. The same for a file and for a
 * peer.
 */
#ifndef GARITA_GIVING_H
#define GARITA_GIVING_H

#include <stdbool.h>
#include <stdint.h>

#include <garita/bundle.h>
#include <garita/log.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A log that can be given: it has a head, which counts, and holds together. What it is given from
 * may have gone on since the log was read of it: nothing behind the log's head is asked for. */
typedef struct garita_shelf {
    const garita_log *log;
    garita_leaf_source leaves; /* its own, from log->start on */
    void *context;             /* of the two below, which are false if the store cannot */
    bool (*batch_bytes)(void *context, uint64_t *out, uint64_t first); /* in all, from first on */
    /* Visits batches from first on, which is not before log->batches_from, until visit returns
     * false, which is no failure of the store. */
    bool (*each_batch)(void *context, uint64_t first,
                       bool (*visit)(void *visitor, garita_bytes batch), void *visitor);
} garita_shelf;

/* Never both. */
typedef struct garita_plan {
    bool has_tail;
    bool has_snapshot;
    garita_frontier from; /* the batches behind it follow, or their hashes: of a snapshot that is at
                             the head's size none */
    uint64_t path_from;   /* of a snapshot; 0: no path */
    size_t path_count;
    garita_hash path[GARITA_PROOF_MAX];
    bool is_out_of_reach; /* what a receiver needs next may be older than what is at hand */
} garita_plan;

/* Plans for the receiver whose log is *theirs, or who has none of it (null): the smallest that
 * makes it current; nothing where it is. A snapshot has the leaf hashes of the batches that the
 * receiver lacks, so that it can prove on to whoever stands no further back than it stood: a path
 * alone where they are more than GARITA_LEAVES_BESIDE_MAX. Where its log is no beginning of this
 * one, or is further and this authority is known to show two histories: the batches at hand, so
 * that the receiver can prove it and gains what is revoked here; where the first are gone, a
 * snapshot in their place. wants_batches: of a receiver that keeps an archive: batches where they
 * lead there, whatever a snapshot would save. False if the store lacks something, or cannot be
 * read. */
bool garita_plan_for(garita_plan *out, const garita_shelf *shelf, const garita_have_log *theirs,
                     bool wants_batches);

/* Plans for whoever comes: the smaller of all batches and a snapshot. With the snapshot go the
 * hashes of all batches at hand, which show to whoever stands anywhere between that it is of the
 * same history. */
bool garita_plan_for_all(garita_plan *out, const garita_shelf *shelf);

/* Writes the messages of a plan, without header and END; *batches counts those written (may be
 * null). False if the sink or the store could not, or if what the store gives does not lead to the
 * head: what went to the sink is then to be thrown away. */
bool garita_plan_write(const garita_plan *plan, const garita_shelf *shelf, uint64_t *batches,
                       garita_bundle_sink sink, void *sink_context);

#ifdef __cplusplus
}
#endif

#endif
