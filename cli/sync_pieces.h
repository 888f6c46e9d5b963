/* cli/sync_pieces.h: whose the messages of a bundle are, and in which order they are judged. */
#ifndef GARITA_CLI_SYNC_PIECES_H
#define GARITA_CLI_SYNC_PIECES_H

#include <garita/book.h>
#include <garita/log.h>

#include "progress.h"
#include "sync_index.h"

/* A message that is of an authority in the trust set, by the signature of its head or heads. */
struct sync_piece {
    const struct sync_item *item;
    const garita_issuer *authority; /* a record of it */
    garita_hash log;                /* its log */
    garita_head head;               /* zero for a proof */
};

/* Zero it before first use. Anchors come first, so that what one of them has revoked counts for
 * those below it; of one log, proofs, then heads in their order, then evidence. */
struct sync_pieces {
    struct sync_piece *at;
    size_t count, cap;
};

/* Told of a message that is of nobody in the trust set, or wrong in itself. */
typedef void (*sync_on_left_out)(void *context, const struct sync_item *item, garita_error error);

/* Finds the owners of all messages but statements: one for each authority of which the key is that
 * signed it. Returns EXIT_DONE, or another status after a report. */
exit_status sync_pieces_find(const struct context *context, struct sync_pieces *out,
                             struct progress *progress, const struct sync_index *index,
                             const garita_trust *trust, sync_on_left_out on_left_out,
                             void *on_left_out_context);
void sync_pieces_free(struct sync_pieces *pieces); /* an empty one is allowed */

/* How many of the pieces from number begin on are of one log. */
size_t sync_pieces_of_one(const struct sync_pieces *pieces, size_t begin);

/* Whether the head, or both heads of a proof, were signed with keys that are not revoked. */
bool sync_piece_counts(const garita_book *book, const struct sync_index *index,
                       const struct sync_piece *piece);

/* A tail or a snapshot with what stands behind it. */
struct sync_offered {
    garita_message message;
    size_t count;
    garita_bytes *parts; /* batches or chunks */
    uint32_t *indexes;   /* of chunks */
    size_t leaf_count;
    garita_hash *leaves; /* of a snapshot */
};

/* False if there is no memory; free it in any case. */
bool sync_offered_read(struct sync_offered *out, const struct sync_index *index,
                       const struct sync_item *item);
void sync_offered_free(struct sync_offered *offered);

/* garita_log_offer_tail or garita_log_offer_snapshot. */
garita_error sync_offered_offer(garita_log *log, garita_log_result *result, garita_event *events,
                                const garita_leaf_source *own, const garita_head *head,
                                const struct sync_offered *offered);

#endif
