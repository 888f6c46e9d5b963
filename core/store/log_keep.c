#include <garita/store_carried.h>
#include <garita/store_logs.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "evidence.h"
#include "log_row.h"
#include "signer.h"

/* Chunks are written when the batches since come to more than this: a chunk of a large set is some
 * kilobytes, and a batch touches many, while to replay this much takes a load a millisecond or two.
 */
enum { REPLAY_BATCHES_MAX = 64, REPLAY_BYTES_MAX = 64 * 1024 };

/* What a keep works with. */
struct keeper {
    garita_store *store;
    garita_log *log;
    struct log_row row;
    bool is_anew;                    /* nothing that is written of the log stays */
    bool has_other_set;              /* one that was not made by the batches behind the kept one */
    uint64_t batches_max, bytes_max; /* what is kept of its batches */
};

/* --- serials that are never assigned, because something was said of them before --- */

static garita_store_error skip(garita_store *store, const struct signer *signer, uint32_t serial)
{
    garita_store_error error;

    if (serial < signer->next_serial)
        return GARITA_STORE_OK;
    sqlite3_stmt *query = query_start(store, &error, QUERY_SKIPPED_ADD);
    if (query == NULL)
        return error;
    query_bind_number(query, 1, signer->number);
    query_bind_number(query, 2, serial);
    return query_run(store, query);
}

static garita_store_error skip_batches(garita_store *store, const struct signer *signer,
                                       const garita_bytes *batches, size_t count)
{
    garita_event *events = calloc(GARITA_BATCH_EVENTS_MAX, sizeof *events);
    garita_store_error error = events != NULL ? GARITA_STORE_OK : GARITA_STORE_NO_MEMORY;

    for (size_t i = 0; i < count && error == GARITA_STORE_OK; i++) {
        int64_t time;
        size_t event_count;
        garita_error why =
            garita_batch_decode(&time, events, &event_count, NULL, batches[i].at, batches[i].len);
        assert(why == GARITA_OK);
        for (size_t j = 0; why == GARITA_OK && j < event_count && error == GARITA_STORE_OK; j++)
            error = skip(store, signer, events[j].serial);
    }
    free(events);
    return error;
}

/* What changed in a set: all of one that was taken from a snapshot. */
static garita_store_error skip_changed(garita_store *store, const struct signer *signer,
                                       const garita_set *set)
{
    garita_store_error error = GARITA_STORE_OK;
    int32_t index = -1;

    while ((index = garita_set_next_changed(set, (uint32_t)(index + 1))) >= 0) {
        int64_t first = (int64_t)index * GARITA_CHUNK_SERIALS + 1;
        int64_t last = first + GARITA_CHUNK_SERIALS - 1;
        if (last > (int64_t)GARITA_SERIAL_MAX)
            last = (int64_t)GARITA_SERIAL_MAX;
        if (first < signer->next_serial)
            first = signer->next_serial;
        for (int64_t serial = first; serial <= last && error == GARITA_STORE_OK; serial++)
            if (garita_set_get(set, (uint32_t)serial) != GARITA_STANDING_ACTIVE)
                error = skip(store, signer, (uint32_t)serial);
    }
    return error;
}

/* Before the sets are written: their marks of what changed are still there. */
static garita_store_error note_skipped(struct keeper *keeper, const garita_log_added *added)
{
    struct signer signer;
    garita_store_error error = signer_find(keeper->store, &signer, keeper->row.first_key);

    if (error == GARITA_STORE_ABSENT)
        return GARITA_STORE_OK; /* nothing is signed for this authority here */
    if (error == GARITA_STORE_OK && added->batch_count > 0)
        error = skip_batches(keeper->store, &signer, added->batches, added->batch_count);
    if (error == GARITA_STORE_OK && keeper->has_other_set)
        error = skip_changed(keeper->store, &signer, keeper->log->set);
    if (error == GARITA_STORE_OK && keeper->log->elsewhere != NULL)
        error = skip_changed(keeper->store, &signer, keeper->log->elsewhere);
    return error;
}

/* --- batches --- */

/* Adds a batch by its leaf hash; of no bytes if only that is there. */
static garita_store_error add_leaf(struct keeper *keeper, uint64_t position,
                                   const garita_hash *leaf, garita_bytes batch)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(keeper->store, &error, QUERY_BATCH_ADD);

    if (query == NULL)
        return error;
    query_bind_number(query, 1, keeper->row.number);
    query_bind_number(query, 2, (int64_t)position);
    query_bind_bytes(query, 3, leaf->bytes, sizeof leaf->bytes);
    query_bind_bytes(query, 4, batch.at, batch.len);
    keeper->row.batch_bytes += batch.len;
    return query_run(keeper->store, query);
}

static garita_store_error add(struct keeper *keeper, const garita_log_added *added)
{
    static const uint8_t none[1]; /* bytes of none: null would be NULL */
    uint64_t at = added->first;
    garita_hash leaf;
    garita_store_error error = GARITA_STORE_OK;

    for (size_t i = 0; i < added->leaf_count && error == GARITA_STORE_OK; i++)
        error = add_leaf(keeper, at++, &added->leaves[i], (garita_bytes){none, 0});
    for (size_t i = 0; i < added->batch_count && error == GARITA_STORE_OK; i++) {
        garita_merkle_leaf(&leaf, added->batches[i].at, added->batches[i].len);
        error = add_leaf(keeper, at++, &leaf, added->batches[i]);
    }
    return error;
}

static garita_store_error bytes_since_chunks(struct keeper *keeper, uint64_t *out)
{
    return log_batch_bytes(keeper->store, out, keeper->row.number, keeper->row.chunks_at);
}

static garita_store_error find_share(struct keeper *keeper)
{
    bool is_archive;
    garita_store_error error = garita_store_is_archive(keeper->store, &is_archive);

    keeper->batches_max = is_archive ? GARITA_STORE_ARCHIVE_BATCHES_MAX : GARITA_STORE_BATCHES_MAX;
    keeper->bytes_max = is_archive ? GARITA_STORE_ARCHIVE_BYTES_MAX : GARITA_STORE_BATCH_BYTES_MAX;
    return error;
}

/* Whether the leaf hashes, and the bytes, are within so many eighths of what is kept of them. */
static bool has_room_for_leaves(const struct keeper *keeper, unsigned eighths)
{
    return keeper->row.size - keeper->row.start <= keeper->batches_max / 8 * eighths;
}

static bool has_room_for_bytes(const struct keeper *keeper, unsigned eighths)
{
    return keeper->row.batch_bytes <= keeper->bytes_max / 8 * eighths;
}

static bool is_within(const struct keeper *keeper, unsigned eighths)
{
    return has_room_for_leaves(keeper, eighths) && has_room_for_bytes(keeper, eighths);
}

/* Does without the bytes of the batch that the query stands at, number position, and without its
 * leaf hash too where there is no room for that. */
static garita_store_error pass_batch(struct keeper *keeper, uint64_t position, sqlite3_stmt *query)
{
    struct log_row *row = &keeper->row;
    const uint8_t *leaf;
    size_t leaf_len;
    int64_t found, bytes_len;
    garita_hash hash;

    if (!query_number(query, 0, &found, (int64_t)position, (int64_t)position) ||
        !query_bytes(query, 1, &leaf, &leaf_len, sizeof hash.bytes) ||
        leaf_len != sizeof hash.bytes ||
        !query_number(query, 2, &bytes_len, 0, (int64_t)row->batch_bytes))
        return query_damaged(keeper->store, "the batches are not those of the log");
    row->batch_bytes -= (uint64_t)bytes_len;
    if (!has_room_for_leaves(keeper, 7)) {
        memcpy(hash.bytes, leaf, leaf_len);
        garita_frontier_append(&row->at_start, &hash);
        row->start++;
    }
    if (row->batches_from <= position)
        row->batches_from = position + 1;
    return GARITA_STORE_OK;
}

static garita_store_error run_before(struct keeper *keeper, enum query_id id, uint64_t end)
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(keeper->store, &error, id);

    if (query == NULL)
        return error;
    query_bind_number(query, 1, keeper->row.number);
    query_bind_number(query, 2, (int64_t)end);
    return query_run(keeper->store, query);
}

/* Drops the oldest batches until an eighth of the log's share is free again, so that it is not done
 * for each batch. What they did is in the chunks. */
static garita_store_error drop_oldest(struct keeper *keeper)
{
    struct log_row *row = &keeper->row;
    uint64_t at = row->start;
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(keeper->store, &error, QUERY_LEAVES);

    if (query == NULL)
        return error;
    query_bind_number(query, 1, row->number);
    while (error == GARITA_STORE_OK && !is_within(keeper, 7)) {
        error = query_step(keeper->store, &has_row, query);
        if (error == GARITA_STORE_OK)
            error = has_row ? pass_batch(keeper, at++, query)
                            : query_damaged(keeper->store, "batches of the log are missing");
    }
    query_end(query);
    if (error == GARITA_STORE_OK)
        error = run_before(keeper, QUERY_BATCHES_DROP, row->start);
    return error == GARITA_STORE_OK ? run_before(keeper, QUERY_BATCHES_EMPTY, at) : error;
}

/* --- sets --- */

enum which_set { THE_SET, THE_UNION };

static garita_store_error write_chunk(struct keeper *keeper, enum which_set which,
                                      const garita_set *set, uint32_t index)
{
    uint8_t bytes[GARITA_CHUNK_BYTES_MAX];
    size_t len;
    garita_store_error error;

    garita_set_chunk(bytes, &len, set, index);
    enum query_id put = which == THE_SET ? QUERY_CHUNK_PUT : QUERY_ELSEWHERE_PUT;
    enum query_id remove = which == THE_SET ? QUERY_CHUNK_REMOVE : QUERY_ELSEWHERE_REMOVE;
    sqlite3_stmt *query = query_start(keeper->store, &error, len > 0 ? put : remove);
    if (query == NULL)
        return error;
    query_bind_number(query, 1, keeper->row.number);
    query_bind_number(query, 2, index);
    if (len > 0)
        query_bind_bytes(query, 3, bytes, len);
    return query_run(keeper->store, query);
}

/* Writes what changed of a set, or all of it. */
static garita_store_error write_set(struct keeper *keeper, enum which_set which, garita_set *set,
                                    bool is_whole)
{
    int32_t (*next)(const garita_set *set, uint32_t from) =
        is_whole ? garita_set_next_chunk : garita_set_next_changed;
    int32_t index = -1;
    garita_store_error error = GARITA_STORE_OK;

    while (error == GARITA_STORE_OK && (index = next(set, (uint32_t)(index + 1))) >= 0)
        error = write_chunk(keeper, which, set, (uint32_t)index);
    if (error == GARITA_STORE_OK)
        garita_set_clean(set);
    return error;
}

static garita_store_error write_chunks_if_due(struct keeper *keeper)
{
    struct log_row *row = &keeper->row;
    uint64_t bytes = 0;
    garita_store_error error = GARITA_STORE_OK;
    bool is_due = keeper->has_other_set || row->size - row->chunks_at > REPLAY_BATCHES_MAX ||
                  !is_within(keeper, 8);

    if (!is_due) {
        error = bytes_since_chunks(keeper, &bytes);
        is_due = bytes > REPLAY_BYTES_MAX;
    }
    if (error != GARITA_STORE_OK || !is_due)
        return error;
    row->chunks_at = row->size;
    if (keeper->has_other_set)
        error = log_run(keeper->store, QUERY_CHUNKS_CLEAR, row->number);
    return error == GARITA_STORE_OK
               ? write_set(keeper, THE_SET, keeper->log->set, keeper->has_other_set)
               : error;
}

static garita_store_error write_union(struct keeper *keeper)
{
    garita_set *elsewhere = keeper->log->elsewhere;

    keeper->row.has_elsewhere = elsewhere != NULL;
    if (elsewhere == NULL)
        return GARITA_STORE_OK;
    garita_set_root(&keeper->row.elsewhere_root, elsewhere);
    return write_set(keeper, THE_UNION, elsewhere, keeper->is_anew);
}

/* --- one log --- */

/* Makes way for what is written anew. The proof stands by itself, and stays; so does evidence, but
 * for what can no longer be read. */
static garita_store_error clear(struct keeper *keeper,
                                const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    static const enum query_id tables[] = {QUERY_BATCHES_CLEAR, QUERY_ELSEWHERE_CLEAR};
    struct log_row *row = &keeper->row;
    garita_store_error error = GARITA_STORE_OK;

    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && error == GARITA_STORE_OK; i++)
        error = log_run(keeper->store, tables[i], row->number);
    if (error == GARITA_STORE_OK)
        error = evidence_drop_unreadable(keeper->store, &row->evidence_bytes, row->number);
    row->is_damaged = false;
    row->flaw = NULL;
    row->batch_bytes = 0;
    row->id = keeper->log->id;
    memcpy(row->first_key, first_key, GARITA_PUBLIC_KEY_SIZE);
    row->elsewhere_root = (garita_hash){0};
    return error;
}

/* Finds the log's row, or gives it one. */
static garita_store_error open_row(struct keeper *keeper,
                                   const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    struct log_row *row = &keeper->row;
    garita_store_error error = log_row_get(keeper->store, row, &keeper->log->id);

    if (error != GARITA_STORE_OK || row->number != 0)
        return error;
    error = log_row_new(row, &keeper->log->id, first_key);
    return error == GARITA_STORE_OK ? log_row_put(keeper->store, row) : error;
}

static void fill_row(struct keeper *keeper)
{
    struct log_row *row = &keeper->row;
    garita_log *log = keeper->log;

    row->size = log->frontier.size;
    row->frontier = log->frontier;
    row->start = log->start;
    row->at_start = log->at_start;
    row->batches_from = log->batches_from;
    row->set_differs = log->set_differs;
    row->set_differs_at = log->set_differs ? log->set_differs_at : 0;
    row->head_len = log->has_head ? log->head_len : 0;
    memcpy(row->head, log->head_bytes, row->head_len);
    garita_set_root(&row->set_root, log->set);
}

/* A log that does not hold together gains nothing but what is revoked in it. What it was stays as
 * it lies, marked. */
static garita_store_error keep_damaged(struct keeper *keeper)
{
    const garita_log_added nothing = {.leaf_count = 0};
    garita_store_error error = note_skipped(keeper, &nothing);

    if (error == GARITA_STORE_OK)
        error = log_row_mark_damaged(keeper->store, keeper->row.number);
    return error == GARITA_STORE_OK ? write_union(keeper) : error;
}

static garita_store_error keep(struct keeper *keeper, const garita_log_added *added)
{
    struct log_row *row = &keeper->row;
    garita_log *log = keeper->log;
    uint64_t first = keeper->is_anew ? log->start : row->size;
    size_t count = added->leaf_count + added->batch_count;

    assert(log->frontier.size == (log->has_head ? log->head.size : 0));
    assert(count == 0 || added->first == first);
    assert(log->frontier.size == first + count);
    assert(log->frontier.size - log->batches_from >= added->batch_count);
    (void)first;
    (void)count;
    fill_row(keeper);
    garita_store_error error = note_skipped(keeper, added);
    if (error == GARITA_STORE_OK)
        error = add(keeper, added);
    if (error == GARITA_STORE_OK)
        error = write_chunks_if_due(keeper);
    if (error == GARITA_STORE_OK && !is_within(keeper, 8))
        error = drop_oldest(keeper);
    if (error == GARITA_STORE_OK)
        error = write_union(keeper);
    if (error == GARITA_STORE_OK)
        error = log_row_put(keeper->store, row);
    if (error == GARITA_STORE_OK) {
        log->start = row->start;
        log->at_start = row->at_start;
        log->batches_from = row->batches_from;
    }
    return error;
}

garita_store_error garita_store_keep_log(garita_store *store, garita_log *log,
                                         const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                                         const garita_log_added *added)
{
    assert(!sqlite3_get_autocommit(store->db));

    struct keeper keeper = {.store = store, .log = log};
    garita_store_error error = open_row(&keeper, first_key);
    if (error == GARITA_STORE_OK)
        error = find_share(&keeper);
    if (error != GARITA_STORE_OK)
        return error;
    if (log->is_damaged) {
        assert(added->leaf_count == 0 && added->batch_count == 0);
        return keep_damaged(&keeper);
    }
    /* Another start: a snapshot was taken whose leaves do not go on from those that are kept. */
    keeper.is_anew =
        keeper.row.is_damaged || keeper.row.flaw != NULL || keeper.row.start != log->start;
    keeper.has_other_set = keeper.is_anew || keeper.row.batches_from != log->batches_from;
    if (keeper.is_anew)
        error = clear(&keeper, first_key);
    return error == GARITA_STORE_OK ? keep(&keeper, added) : error;
}
