/* cli/sync_taking.h: one authority's part of a bundle while it is taken: what sync_take.c,
 * sync_offer.c, sync_evidence.c and sync_tell.c share.
 */
#ifndef GARITA_CLI_SYNC_TAKING_H
#define GARITA_CLI_SYNC_TAKING_H

#include <garita/log.h>
#include <garita/store_logs.h>

#include "sync_take.h"

/* Inside its transaction. What is found here is told when that is committed. */
struct sync_taking {
    struct sync_import *import;
    const garita_issuer *authority;
    garita_log log; /* what is held */
    garita_store_leaves leaves_context;
    garita_leaf_source leaves;
    garita_frontier rolling; /* of the leaves, while older heads come by size */
    bool is_changed; /* something is to be committed */

    /* how it was before */
    uint64_t revoked_before;
    bool had_head;

    /* what came */
    garita_log_outcome outcome; /* of all that was offered the one that tells most */
    uint64_t batches;           /* added */
    garita_head older;          /* of OLDER: what was offered */
    garita_head missed;         /* the largest head that nothing leads to yet; size 0: none */
    bool is_passed_over;        /* what is known or older was signed with a revoked key */
    bool is_contradicted;       /* an equivocation is proven by something in the bundle, */
    bool is_proof_new;          /* and none was known before */
    bool set_differs_now;       /* form 4 was found */
    uint64_t evidence;          /* pieces that taught something */
    bool is_evidence_full;      /* no more is kept of it */
    bool is_evidence_unmade;    /* there was too much to make evidence of */
    bool is_confirmed;          /* this home may sign for it again */
    bool is_unconfirmed;        /* it still may not: the bundle is its own */
};

/* --- sync_offer.c --- */

/* Offers a tail or a snapshot. As sync_take; *is_full where the authority is beyond its share,
 * after which the log is undefined and nothing may be kept but the proof that *result may have. */
exit_status sync_offer(struct sync_taking *taking, garita_log_result *result, bool *is_full,
                       const struct sync_piece *piece);

/* --- sync_evidence.c --- */

/* Takes a piece of evidence. */
exit_status sync_offer_evidence(struct sync_taking *taking, bool *is_full,
                                const struct sync_piece *piece);

/* Whether a batch revokes what neither the log nor the union has as revoked. False for one that
 * cannot be read. */
bool sync_evidence_teaches(const struct sync_taking *taking, garita_bytes batch);

/* Makes evidence of the batches of a tail that showed a fork, and keeps it, so that those who never
 * see that tail learn what was revoked in it. */
exit_status sync_keep_fork(struct sync_taking *taking, const garita_log_tail *tail,
                           garita_bytes head);

/* --- sync_tell.c --- */

/* Says what came of it, once it is committed. */
exit_status sync_tell(const struct sync_taking *taking);

/* {"imported":true,…}, or a line for people if there is anything that no other line said. */
exit_status sync_tell_summary(const struct sync_import *import);

/* --- sync_take.c --- */

/* Reports an error of the store. */
exit_status sync_refuse_store(const struct sync_taking *taking, garita_store_error error);

/* Counts and reports a piece that shows something else than it should. */
void sync_refuse_piece(struct sync_taking *taking, const struct sync_piece *piece,
                       garita_error error);

#endif
