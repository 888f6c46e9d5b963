/* log_judge.h: what an offered head is, beside the one that a log holds: FORMAT.md, section 14.
 * Private.
 */
#ifndef GARITA_LOG_JUDGE_H
#define GARITA_LOG_JUDGE_H

#include <garita/log.h>

/* A head with what came along, a tail or a snapshot, which was found to be what the head commits
 * to. */
typedef struct garita_log_offer {
    const garita_leaf_source *own; /* null: none of the log's own leaves are at hand */
    const garita_head *head;
    garita_bytes statement;
    const garita_log_tail *tail;         /* or null, */
    const garita_log_snapshot *snapshot; /* or null */
    const garita_frontier *from;         /* the frontier before the first leaf that came along */
    garita_leaf_source leaves;           /* those from there up to the head's size: all are there */
    garita_frontier at_held;             /* at the size held, if that is not before from */
} garita_log_offer;

/* Fills outcome, and for EXTENDED and ADOPTED first_batch and first_offered; for an equivocation proof and
 * proof_len. Changes nothing else, and allocates nothing. The rest of *out is zero, or of a fault
 * that was not found. */
void garita_log_judge(garita_log_result *out, const garita_log *log, const garita_log_offer *offer);

#endif
