/* garita/log.h: what is held of one authority's status log, and the one set of rules by which
 * anything is added to it: from a bundle, from a peer, or by the authority itself (core/FORMAT.md,
 * "Following a log").
 *
 * The state is in memory; whoever keeps it on disk loads it, lets one thing be offered, and writes
 * down what changed, all in one transaction. No function here trusts what it is given but for a
 * head that garita_head_signer has found to be of this log's authority.
 */
#ifndef GARITA_LOG_H
#define GARITA_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/batch.h>
#include <garita/equivocation.h>
#include <garita/head.h>
#include <garita/merkle.h>
#include <garita/set.h>
#include <garita/trust.h>
#include <garita/verify.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Which log: SHA-256 of "garita/v1/log", a zero byte, and the first public keys of the anchor and
 * of each authority on the way down to this one, 32 bytes each. Bound to whole keys, and to who
 * certified whom: an authority certified twice has a log below each. */
void garita_log_id(garita_hash *out, const garita_issuer *authority);

typedef struct garita_log {
    garita_hash id;
    garita_frontier frontier; /* of the batches up to head.size */
    garita_set *set;          /* what they add up to */
    garita_set *elsewhere;    /* the union: revoked in another of its histories, or by a batch that
                                 is not reached yet; null until there is such a thing */
    bool has_head;
    garita_head head;
    size_t head_len;
    uint8_t head_bytes[GARITA_HEAD_BYTES_MAX]; /* the statement */
    uint64_t start;             /* the first batch whose leaf hash is at hand: from here on the log
                                   can prove */
    garita_frontier at_start;   /* the frontier there */
    uint64_t batches_from;      /* the first, not before start, from which on the batches are at hand
                                   too: a snapshot was taken up to here */
    bool is_equivocated;        /* a proof is kept */
    bool set_differs;           /* form 4 was found */
    uint64_t set_differs_at;    /* at this size */
    bool is_damaged;            /* its store found that it does not hold together: it has no head for
                                   a verdict, and is only taken anew: by a snapshot, or by a tail
                                   from batch 0 on. Of it head is trusted, if there is one, and of the
                                   sets that what they call revoked is */
} garita_log;

/* Where nothing was appended since the last head, and the log is not damaged, frontier is that of
 * the head. Offers are for such logs, and for damaged ones. */

/* An empty log of this authority. GARITA_E_NO_MEMORY. */
garita_error garita_log_start(garita_log *out, const garita_hash *id);
void garita_log_end(garita_log *log); /* frees the sets; all zero is allowed */

/* A log of its own that holds what this one holds: offers change one of the two, and the other tells
 * how it was. GARITA_E_NO_MEMORY, and *out is zero. */
garita_error garita_log_copy(garita_log *out, const garita_log *log);

/* What a verdict needs to know of a serial. Allocates nothing. */
void garita_log_status(const garita_log *log, garita_status *out, uint32_t serial);

/* --- what the authority itself does --- */

/* Adds a batch of its own, which garita_batch_encode made, to frontier and set; the head then is
 * behind until garita_log_sign. events is room for GARITA_BATCH_EVENTS_MAX. An error of
 * garita_batch_decode, FULL (GARITA_LOG_SIZE_MAX batches too), NO_MEMORY: the log is then undefined,
 * and is to be ended. Not for a damaged log. */
garita_error garita_log_append(garita_log *log, garita_event *events, const uint8_t *batch,
                               size_t batch_len);

/* Whether the newest head lies further ahead of now than two clocks may differ: this clock is
 * behind, or the one that signed it ran fast. Until that moment has come, no head of this authority
 * gives any freshness, at no checkpoint, and nothing that it signs can change that: what is earlier
 * than the head would be proof of equivocation against itself. Revocations are signed and count all
 * the same. To be told to people before anything is signed. */
bool garita_log_is_ahead(const garita_log *log, int64_t now);

/* Signs a head of what the log holds and takes it. signed_at becomes now, but is never earlier than
 * that of the head before it, and a second later at least where the log has not grown: a clock that
 * was set back makes neither a head that everyone ignores nor a regression (form 3), which would
 * prove equivocation. next_due = signed_at + valid_for_s, at most GARITA_MOMENT_MAX. issued: at
 * least that of the head before. Errors of garita_head_issue, and the log is then as it was. Not for
 * a damaged log. */
garita_error garita_log_sign(garita_log *log, uint32_t issued, int64_t now, int64_t valid_for_s,
                             const garita_signer *signer);

/* --- what others say --- */

typedef enum garita_log_outcome {
    GARITA_LOG_NOTHING = 0, /* nothing was decided: an error */
    GARITA_LOG_KNOWN,       /* this very head is there */
    GARITA_LOG_OLDER,       /* it is behind what is there */
    GARITA_LOG_HEARTBEAT,   /* the same state, attested later */
    GARITA_LOG_EXTENDED,    /* batches were added */
    GARITA_LOG_ADOPTED,     /* the state was taken from a snapshot */
    GARITA_LOG_GAP,         /* batches from head.size on are needed (from 0 on if there is no head or
                               the log is damaged), or a snapshot with leaves or a path from there */
    GARITA_LOG_MISMATCH,    /* refused: not what the head commits to */
    GARITA_LOG_FORKED       /* refused, and an equivocation is proven by it; its revocations count */
} garita_log_outcome;

const char *garita_log_outcome_name(garita_log_outcome outcome); /* "known", "older", … */

/* What came of an offer: what is to be written down. What an outcome does not have is zero. */
typedef struct garita_log_result {
    garita_log_outcome outcome;

    /* MISMATCH: "size" RANGE (too many or too few batches or leaves), "root", "set root" or "path"
     * NOT_PROVEN, "chunks" KEY_ORDER (their indexes), or what made batch or chunk number fault_in of
     * the offer unreadable ("chunk", or a field of garita_batch_decode). */
    garita_fault fault;
    size_t fault_in;

    /* EXTENDED: batches first_batch to head.size - 1 are new, and for a damaged log all that there
     * are; the first of them is tail.batches[first_offered]. ADOPTED: so are their leaf hashes alone,
     * of which the first is snapshot.leaves[first_offered]; there are none if a path came alone. */
    uint64_t first_batch;
    size_t first_offered;

    bool set_differs_now;       /* form 4 was found just now */
    uint64_t revoked_elsewhere; /* serials that the union gained: by FORKED, or because what was taken
                                   lacks them */

    /* An equivocation that the two heads prove: always with FORKED; with EXTENDED, ADOPTED and GAP it
     * is a regression whose larger head was offered. proof_len is 0 if there is none. */
    bool is_first_proof; /* none was kept before: this one is to be kept */
    size_t proof_len;
    uint8_t proof[GARITA_EQUIVOCATION_BYTES_MAX];
} garita_log_result;

/* A head and the batches that lead to it from some earlier size on. */
typedef struct garita_log_tail {
    const garita_frontier *from; /* the frontier before batches[0]; the caller has checked nothing */
    const garita_bytes *batches;
    size_t batch_count;          /* 0: a head alone */
} garita_log_tail;

/* A head and the state that it commits to. */
typedef struct garita_log_snapshot {
    const garita_frontier *frontier; /* before leaves[0]; at the head's size if there are none */
    size_t leaf_count;
    const garita_hash *leaves;       /* up to the head's size: they prove to whoever stands in
                                        between that its log is the beginning */
    size_t chunk_count;
    const uint32_t *chunk_indexes;   /* ascending */
    const garita_bytes *chunks;
    uint64_t path_from;              /* 0: no path; else it proves that the log of this size is the
                                        beginning: from where the receiver stands */
    size_t path_count;
    const garita_hash *path;         /* as of garita_merkle_prefix_root */
} garita_log_snapshot;

/* What came to a log, for whoever keeps it: the leaf hashes of batches that came without their bytes,
 * in a snapshot, and behind them batches. All zero is nothing. */
typedef struct garita_log_added {
    uint64_t first; /* the number of the first of all these */
    size_t leaf_count;
    const garita_hash *leaves;
    size_t batch_count;
    const garita_bytes *batches;
} garita_log_added;

/* Offers a head with its batches, or a head with a snapshot. All or nothing: whatever is wrong is
 * found before anything changes. KNOWN, OLDER and MISMATCH change nothing; GAP and FORKED nothing but
 * elsewhere and is_equivocated.
 *
 * own      the log's own leaves from start on, to tell an older head of this history from a fork.
 *          Null, or a leaf that it does not have: an older head is then judged by its time alone
 * head     decoded, of a statement that garita_head_signer found to be of this log's authority, and
 *          of which garita_book_head_counts
 * events   room for GARITA_BATCH_EVENTS_MAX: a snapshot needs none
 *
 * Returns GARITA_OK with *out, or NO_MEMORY or FULL (the log would take more than its share: an
 * alarm), after which the log is undefined and is to be ended; a proof in *out is good even then,
 * and may be kept. */
garita_error garita_log_offer_tail(garita_log *log, garita_log_result *out, garita_event *events,
                                   const garita_leaf_source *own, const garita_head *head,
                                   garita_bytes head_statement, const garita_log_tail *tail);
garita_error garita_log_offer_snapshot(garita_log *log, garita_log_result *out,
                                       const garita_leaf_source *own, const garita_head *head,
                                       garita_bytes head_statement,
                                       const garita_log_snapshot *snapshot);

/* Offers one batch with the proof that it is in the tree of a head of this authority (decoded, and
 * found to be so as above): what it revokes is revoked from now on. Changes nothing else.
 * *gained: serials that were not revoked before; 0 and GARITA_OK for what is known.
 * NOT_PROVEN, an error of garita_batch_decode, NO_MEMORY, FULL; only the last two may have changed
 * something, and leave the log undefined. */
garita_error garita_log_offer_evidence(garita_log *log, uint64_t *gained, garita_event *events,
                                       const garita_head *head, uint64_t index,
                                       garita_bytes batch, const garita_hash *proof,
                                       size_t proof_count);

/* Marks that a proof of equivocation, checked with garita_equivocation_check, is known. True if
 * none was before: it is then to be kept. */
bool garita_log_offer_proof(garita_log *log);

#ifdef __cplusplus
}
#endif

#endif
