#include <garita/pieces.h>

#include <stdlib.h>
#include <string.h>

#include <garita/equivocation.h>

enum { FIRST_CAP = 4 };

/* --- whose they are --- */

/* What a search works with. */
typedef struct search {
    garita_pieces *out;
    const garita_bundle_index *index;
    const garita_trust *trust;
    /* The head before, since much evidence comes with one: its pieces, or why it has none. */
    garita_bytes last_head;
    size_t last_begin, last_end;
    garita_error last_error;
} search;

static bool add(garita_pieces *pieces, const garita_piece *piece)
{
    if (pieces->count == pieces->cap) {
        size_t cap = pieces->cap == 0 ? FIRST_CAP : 2 * pieces->cap;
        garita_piece *at = realloc(pieces->at, cap * sizeof *at);
        if (!at)
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
static bool is_branch_full(const garita_pieces *pieces, size_t begin,
                           const garita_issuer *authority)
{
    size_t count = 0;
    for (size_t i = begin; i < pieces->count; i++)
        count += garita_issuer_same_branch(pieces->at[i].authority, authority);
    return count >= GARITA_BRANCH_OWNERS_MAX;
}

/* One key that many have certified is as many authorities. A bundle that multiplies by them is left
 * where it is too much. False if there is no memory. */
static bool find_owners(search *s, const garita_bundle_item *item, const garita_message *message)
{
    garita_piece piece = {.item = item};
    garita_error error = GARITA_OK;
    size_t begin = s->out->count;
    while (s->out->count < GARITA_BUNDLE_ITEMS_MAX) {
        const garita_issuer *signer = next_signer(&piece.head, piece.authority ? NULL : &error,
                                                  s->trust, piece.authority, message);
        if (!signer)
            break;
        piece.authority = signer;
        if (is_branch_full(s->out, begin, signer)) {
            error = GARITA_E_FULL;
            continue;
        }
        garita_log_id(&piece.log, signer);
        if (!add(s->out, &piece))
            return false;
    }
    if (s->out->count == GARITA_BUNDLE_ITEMS_MAX)
        error = GARITA_E_FULL;
    s->last_head = message->head;
    s->last_begin = begin;
    s->last_end = s->out->count;
    s->last_error = error;
    return true;
}

/* The same for a message with the head of the one before. */
static bool repeat_owners(search *s, const garita_bundle_item *item)
{
    size_t begin = s->out->count, count = s->last_end - s->last_begin;
    for (size_t i = 0; i < count && s->out->count < GARITA_BUNDLE_ITEMS_MAX; i++) {
        garita_piece piece = s->out->at[s->last_begin + i];
        piece.item = item;
        if (!add(s->out, &piece))
            return false;
    }
    if (s->out->count == GARITA_BUNDLE_ITEMS_MAX)
        s->last_error = GARITA_E_FULL;
    s->last_begin = begin;
    s->last_end = s->out->count;
    return true;
}

static bool is_last_head(const search *s, const garita_message *message)
{
    return message->head.len > 0 && message->head.len == s->last_head.len &&
           memcmp(message->head.at, s->last_head.at, message->head.len) == 0;
}

static bool search_one(search *s, const garita_bundle_item *item)
{
    garita_bundle_reader reader;
    garita_message message;
    garita_bundle_index_first(s->index, &reader, &message, item);
    return is_last_head(s, &message) ? repeat_owners(s, item) : find_owners(s, item, &message);
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
    const garita_piece *a = left, *b = right;
    int order = a->authority->level - b->authority->level;
    if (order == 0)
        order = memcmp(&a->log, &b->log, sizeof a->log);
    if (order == 0)
        order = rank_of(a->item->kind) - rank_of(b->item->kind);
    if (order == 0)
        order = garita_head_compare(&a->head, &b->head);
    /* a tail tells more than a snapshot of the same head */
    if (order == 0)
        order = (int)a->item->kind - (int)b->item->kind;
    if (order == 0)
        order = (a->item->at > b->item->at) - (a->item->at < b->item->at);
    return order;
}

bool garita_pieces_find(garita_pieces *out, const garita_bundle_index *index,
                        const garita_trust *trust, const garita_pieces_listener *listener)
{
    search s = {.out = out, .index = index, .trust = trust};
    *out = (garita_pieces){0};
    for (size_t i = 0; i < index->count; i++) {
        const garita_bundle_item *item = &index->at[i];
        if (listener->progress)
            listener->progress(listener->context, i, index->count);
        if (item->kind == GARITA_MESSAGE_STATEMENT)
            continue;
        if (!search_one(&s, item))
            return false;
        if (s.last_error != GARITA_OK && listener->left_out)
            listener->left_out(listener->context, item, s.last_error);
    }
    if (out->count > 1)
        qsort(out->at, out->count, sizeof *out->at, in_order);
    return true;
}

void garita_pieces_free(garita_pieces *pieces)
{
    free(pieces->at);
    *pieces = (garita_pieces){0};
}

size_t garita_pieces_of_one(const garita_pieces *pieces, size_t begin)
{
    size_t end = begin;
    while (end < pieces->count && garita_hash_equal(&pieces->at[end].log, &pieces->at[begin].log))
        end++;
    return end - begin;
}

bool garita_piece_counts(const garita_book *book, const garita_bundle_index *index,
                         const garita_piece *piece)
{
    garita_bundle_reader reader;
    garita_message message;
    garita_equivocation proof;
    garita_bundle_index_first(index, &reader, &message, piece->item);
    if (message.kind != GARITA_MESSAGE_PROOF)
        return garita_book_head_counts(book, piece->authority, message.head);
    return garita_equivocation_read(&proof, message.bytes.at, message.bytes.len) == GARITA_OK &&
           garita_book_head_counts(book, piece->authority, proof.heads[0]) &&
           garita_book_head_counts(book, piece->authority, proof.heads[1]);
}

/* --- what stands behind a head --- */

bool garita_offered_read(garita_offered *out, const garita_bundle_index *index,
                         const garita_bundle_item *item)
{
    garita_bundle_reader reader;
    garita_message part;
    *out = (garita_offered){0};
    garita_bundle_index_first(index, &reader, &out->message, item);
    out->parts = calloc(item->parts + 1, sizeof *out->parts); /* never of 0 */
    out->indexes = calloc(item->parts + 1, sizeof *out->indexes);
    out->leaves = calloc(item->leaves + 1, sizeof *out->leaves); /* all stand in the bundle */
    if (!out->parts || !out->indexes || !out->leaves)
        return false;
    for (size_t i = 0; i < item->parts; i++) {
        garita_bundle_index_next(&reader, &part);
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

void garita_offered_free(garita_offered *offered)
{
    free(offered->parts);
    free(offered->indexes);
    free(offered->leaves);
    *offered = (garita_offered){0};
}

garita_error garita_offered_offer(garita_log *log, garita_log_result *result, garita_event *events,
                                  const garita_leaf_source *own, const garita_head *head,
                                  const garita_offered *offered)
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
