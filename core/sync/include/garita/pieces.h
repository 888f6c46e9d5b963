/* garita/pieces.h: whose the messages of a bundle are, and in which order they are judged.
 */
#ifndef GARITA_PIECES_H
#define GARITA_PIECES_H

#include <stdbool.h>
#include <stddef.h>

#include <garita/book.h>
#include <garita/bundle_index.h>
#include <garita/log.h>
#include <garita/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A message that is of an authority in the trust set, by the signature of its head or heads. */
typedef struct garita_piece {
    const garita_bundle_item *item;
    const garita_issuer *authority; /* a record of it */
    garita_hash log;                /* its log */
    garita_head head;               /* zero for a proof */
} garita_piece;

/* All zero is none. Anchors come first, so that what one of them has revoked counts for those below
 * it; of one log, proofs, then heads in their order, then evidence. */
typedef struct garita_pieces {
    garita_piece *at;
    size_t count, cap;
} garita_pieces;

/* Who follows the search; any may be null. */
typedef struct garita_pieces_listener {
    void *context;
    /* A message that is of nobody in the trust set, or wrong in itself. */
    void (*left_out)(void *context, const garita_bundle_item *item, garita_error error);
    void (*progress)(void *context, size_t done, size_t count);
} garita_pieces_listener;

/* Finds the owners of all messages but statements: one for each authority of which the key is that
 * signed it. False if there is no memory. Free *out in any case. */
bool garita_pieces_find(garita_pieces *out, const garita_bundle_index *index,
                        const garita_trust *trust, const garita_pieces_listener *listener);
void garita_pieces_free(garita_pieces *pieces);

/* How many of the pieces from number begin on are of one log. */
size_t garita_pieces_of_one(const garita_pieces *pieces, size_t begin);

/* Whether the head, or both heads of a proof, were signed with keys that are not revoked. */
bool garita_piece_counts(const garita_book *book, const garita_bundle_index *index,
                         const garita_piece *piece);

/* A tail or a snapshot with what stands behind it. */
typedef struct garita_offered {
    garita_message message;
    size_t count;
    garita_bytes *parts; /* batches or chunks */
    uint32_t *indexes;   /* of chunks */
    size_t leaf_count;
    garita_hash *leaves; /* of a snapshot */
} garita_offered;

/* False if there is no memory; free it in any case. */
bool garita_offered_read(garita_offered *out, const garita_bundle_index *index,
                         const garita_bundle_item *item);
void garita_offered_free(garita_offered *offered);

/* garita_log_offer_tail or garita_log_offer_snapshot. */
garita_error garita_offered_offer(garita_log *log, garita_log_result *result, garita_event *events,
                                  const garita_leaf_source *own, const garita_head *head,
                                  const garita_offered *offered);

#ifdef __cplusplus
}
#endif

#endif
