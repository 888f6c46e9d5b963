#include "sync_pieces.h"

#include <stdlib.h>
#include <string.h>

#include <garita/equivocation.h>

#include "report.h"

/* --- whose they are --- */

/* What a search works with. */
struct search {
    const struct context *context;
    struct sync_pieces *out;
    const struct sync_index *index;
    const garita_trust *trust;
    sync_on_left_out on_left_out;
    void *on_left_out_context;
    /* The head before, since much evidence comes with one: its pieces, or why it has none. */
    garita_bytes last_head;
    size_t last_begin, last_end;
    garita_error last_error;
};

static bool add(struct sync_pieces *pieces, const struct sync_piece *piece)
{
    if (pieces->count == pieces->cap) {
        size_t cap = pieces->cap == 0 ? 64 : 2 * pieces->cap;
        struct sync_piece *at = realloc(pieces->at, cap * sizeof *at);
        if (at == NULL)
            return false;
        pieces->at = at;
        pieces->cap = cap;
    }
    pieces->at[pieces->count++] = *piece;
    return true;
}

/* The next authority that signed the message's head, or both heads of its proof. */
static const garita_issuer *next_signer(garita_head *head, garita_error *error,
                                        const garita_trust *trust, const garita_issuer *after,
                                        const garita_message *message)
{
    if (message->kind == GARITA_MESSAGE_PROOF)
        return garita_equivocation_check(NULL, error, trust, after, message->bytes.at,
                                         message->bytes.len);
    return garita_head_signer(head, error, trust, after, message->head.at, message->head.len);
}

/* Whether a message has as many owners in this one's branch as may be. */
static bool is_branch_full(const struct sync_pieces *pieces, size_t begin,
                           const garita_issuer *authority)
{
    size_t count = 0;

    for (size_t i = begin; i < pieces->count; i++)
        count += garita_issuer_same_branch(pieces->at[i].authority, authority);
    return count >= GARITA_BRANCH_OWNERS_MAX;
}

/* One key that many have certified is as many authorities. A bundle that multiplies by them is left
 * where it is too much. False if there is no memory. */
static bool find_owners(struct search *search, const struct sync_item *item,
                        const garita_message *message)
{
    struct sync_piece piece = {.item = item};
    garita_error error = GARITA_OK;
    size_t begin = search->out->count;

    while (search->out->count < SYNC_ITEMS_MAX) {
        const garita_issuer *signer =
            next_signer(&piece.head, piece.authority == NULL ? &error : NULL, search->trust,
                        piece.authority, message);
        if (signer == NULL)
            break;
        piece.authority = signer;
        if (is_branch_full(search->out, begin, signer)) {
            error = GARITA_E_FULL;
            continue;
        }
        garita_log_id(&piece.log, signer);
        if (!add(search->out, &piece))
            return false;
    }
    if (search->out->count == SYNC_ITEMS_MAX)
        error = GARITA_E_FULL;
    search->last_head = message->head;
    search->last_begin = begin;
    search->last_end = search->out->count;
    search->last_error = error;
    return true;
}

/* The same for a message with the head of the one before. */
static bool repeat_owners(struct search *search, const struct sync_item *item)
{
    size_t begin = search->out->count;
    size_t count = search->last_end - search->last_begin;

    for (size_t i = 0; i < count && search->out->count < SYNC_ITEMS_MAX; i++) {
        struct sync_piece piece = search->out->at[search->last_begin + i];
        piece.item = item;
        if (!add(search->out, &piece))
            return false;
    }
    if (search->out->count == SYNC_ITEMS_MAX)
        search->last_error = GARITA_E_FULL;
    search->last_begin = begin;
    search->last_end = search->out->count;
    return true;
}

static bool is_last_head(const struct search *search, const garita_message *message)
{
    return message->head.len > 0 && message->head.len == search->last_head.len &&
           memcmp(message->head.at, search->last_head.at, message->head.len) == 0;
}

static bool search_one(struct search *search, const struct sync_item *item)
{
    garita_bundle_reader reader;
    garita_message message;

    sync_index_first(search->index, &reader, &message, item);
    bool is_done = is_last_head(search, &message) ? repeat_owners(search, item)
                                                  : find_owners(search, item, &message);
    if (is_done && search->last_error != GARITA_OK)
        search->on_left_out(search->on_left_out_context, item, search->last_error);
    return is_done;
}

/* --- their order --- */

static int rank_of(garita_message_kind kind)
{
    switch (kind) {
    case GARITA_MESSAGE_PROOF:
        return 0;
    case GARITA_MESSAGE_TAIL:
    case GARITA_MESSAGE_SNAPSHOT:
        return 1;
    default:
        return 2;
    }
}

static int in_order(const void *left, const void *right)
{
    const struct sync_piece *a = left;
    const struct sync_piece *b = right;
    int order = a->authority->level - b->authority->level;

    if (order == 0)
        order = memcmp(&a->log, &b->log, sizeof a->log);
    if (order == 0)
        order = rank_of(a->item->kind) - rank_of(b->item->kind);
    if (order == 0)
        order = garita_head_compare(&a->head, &b->head);
    /* A tail tells more than a snapshot of the same head. */
    if (order == 0)
        order = (int)a->item->kind - (int)b->item->kind;
    if (order == 0)
        order = (a->item->at > b->item->at) - (a->item->at < b->item->at);
    return order;
}

exit_status sync_pieces_find(const struct context *context, struct sync_pieces *out,
                             struct progress *progress, const struct sync_index *index,
                             const garita_trust *trust, sync_on_left_out on_left_out,
                             void *on_left_out_context)
{
    struct search search = {.context = context,
                            .out = out,
                            .index = index,
                            .trust = trust,
                            .on_left_out = on_left_out,
                            .on_left_out_context = on_left_out_context};

    for (size_t i = 0; i < index->count; i++) {
        progress_step(progress, i);
        if (index->at[i].kind != GARITA_MESSAGE_STATEMENT && !search_one(&search, &index->at[i]))
            return report_no_memory(context);
    }
    if (out->count > 0)
        qsort(out->at, out->count, sizeof *out->at, in_order);
    return EXIT_DONE;
}

void sync_pieces_free(struct sync_pieces *pieces)
{
    free(pieces->at);
    *pieces = (struct sync_pieces){0};
}

size_t sync_pieces_of_one(const struct sync_pieces *pieces, size_t begin)
{
    size_t end = begin;

    while (end < pieces->count && garita_hash_equal(&pieces->at[end].log, &pieces->at[begin].log))
        end++;
    return end - begin;
}

bool sync_piece_counts(const garita_book *book, const struct sync_index *index,
                       const struct sync_piece *piece)
{
    garita_bundle_reader reader;
    garita_message message;
    garita_equivocation proof;

    sync_index_first(index, &reader, &message, piece->item);
    if (message.kind != GARITA_MESSAGE_PROOF)
        return garita_book_head_counts(book, piece->authority, message.head);
    return garita_equivocation_read(&proof, message.bytes.at, message.bytes.len) == GARITA_OK &&
           garita_book_head_counts(book, piece->authority, proof.heads[0]) &&
           garita_book_head_counts(book, piece->authority, proof.heads[1]);
}

/* --- what stands behind a head --- */

bool sync_offered_read(struct sync_offered *out, const struct sync_index *index,
                       const struct sync_item *item)
{
    garita_bundle_reader reader;
    garita_message part;

    *out = (struct sync_offered){0};
    sync_index_first(index, &reader, &out->message, item);
    out->parts = calloc(item->parts + 1, sizeof *out->parts);
    out->indexes = calloc(item->parts + 1, sizeof *out->indexes);
    out->leaves = calloc(item->leaves + 1, sizeof *out->leaves); /* all stand in the bundle */
    if (out->parts == NULL || out->indexes == NULL || out->leaves == NULL)
        return false;
    for (size_t i = 0; i < item->parts; i++) {
        sync_index_next(&reader, &part);
        if (part.kind == GARITA_MESSAGE_LEAVES) {
            memcpy(out->leaves + out->leaf_count, part.bytes.at, part.bytes.len);
            out->leaf_count += part.bytes.len / sizeof *out->leaves;
        } else {
            out->parts[out->count] = part.bytes;
            out->indexes[out->count++] = part.index;
        }
    }
    return true;
}

void sync_offered_free(struct sync_offered *offered)
{
    free(offered->parts);
    free(offered->indexes);
    free(offered->leaves);
    *offered = (struct sync_offered){0};
}

garita_error sync_offered_offer(garita_log *log, garita_log_result *result, garita_event *events,
                                const garita_leaf_source *own, const garita_head *head,
                                const struct sync_offered *offered)
{
    const garita_message *message = &offered->message;

    if (message->kind == GARITA_MESSAGE_TAIL) {
        const garita_log_tail tail = {&message->frontier, offered->parts, offered->count};
        return garita_log_offer_tail(log, result, events, own, head, message->head, &tail);
    }
    const garita_log_snapshot snapshot = {
        .frontier = &message->frontier,
        .leaf_count = offered->leaf_count,
        .leaves = offered->leaves,
        .chunk_count = offered->count,
        .chunk_indexes = offered->indexes,
        .chunks = offered->parts,
        .path_from = message->path_from,
        .path_count = message->path_count,
        .path = message->path,
    };
    return garita_log_offer_snapshot(log, result, own, head, message->head, &snapshot);
}
