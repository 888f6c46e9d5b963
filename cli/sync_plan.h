/* cli/sync_plan.h: what of one status log goes into a bundle: batches from some size on, or the
 * state at its head.
 */
#ifndef GARITA_CLI_SYNC_PLAN_H
#define GARITA_CLI_SYNC_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include <garita/bundle.h>
#include <garita/log.h>
#include <garita/store.h>

/* Never both. */
struct sync_plan {
    bool has_tail;
    bool has_snapshot;
    garita_frontier from; /* the batches behind it follow, or their hashes: of a snapshot that is at
                             the head's size none */
    uint64_t path_from;   /* of a snapshot; 0: no path */
    size_t path_count;
    garita_hash path[GARITA_PROOF_MAX];
    bool is_out_of_reach; /* what a receiver needs next may be older than what is at hand */
};

/* Plans for the receiver whose log is *theirs, or who has none of it (null). The smallest that
 * makes it current; nothing where it is. Where its log is no beginning of this one, or this
 * authority is known to show two histories, all that is at hand, so that the receiver can prove it
 * and gains what is revoked here. The log is one that sync_can_give. */
garita_store_error sync_plan_for(garita_store *store, struct sync_plan *out, const garita_log *log,
                                 const garita_have_log *theirs);

/* Plans for whoever comes: the smaller of all batches and a snapshot. With the snapshot go the
 * hashes of all batches at hand, which show to whoever stands anywhere between that it is of the
 * same history. */
garita_store_error sync_plan_for_all(garita_store *store, struct sync_plan *out,
                                     const garita_log *log);

#endif
