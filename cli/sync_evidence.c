#include <assert.h>
#include <stdlib.h>

#include "report.h"
#include "sync_taking.h"

/* Hashes that are computed to make the evidence of one tail: a few seconds. A fork that begins
 * among the last thousands of batches takes a small part of it; one of millions, which only the
 * authority itself could make, would hold up everything else for hours. */
#define FORK_HASHES_MAX (UINT64_C(1) << 24)

static bool is_revoked(const garita_set *set, uint32_t serial)
{
    return set != NULL && garita_set_get(set, serial) == GARITA_STANDING_REVOKED;
}

/* Whether a batch revokes what neither of two sets has as revoked; the second may be null. */
static bool revokes_more(const struct sync_taking *taking, garita_bytes batch,
                         const garita_set *first, const garita_set *second)
{
    garita_event *events = taking->import->events;
    size_t count;
    int64_t time;

    if (garita_batch_decode(&time, events, &count, NULL, batch.at, batch.len) != GARITA_OK)
        return false;
    for (size_t i = 0; i < count; i++)
        if (events[i].standing == GARITA_STANDING_REVOKED && !is_revoked(first, events[i].serial) &&
            !is_revoked(second, events[i].serial))
            return true;
    return false;
}

bool sync_evidence_teaches(const struct sync_taking *taking, garita_bytes batch)
{
    return revokes_more(taking, batch, taking->log.set, taking->log.elsewhere);
}

/* Whether a batch is worth passing on: it revokes what the log's own history does not. */
static bool is_news(const struct sync_taking *taking, garita_bytes batch)
{
    return revokes_more(taking, batch, taking->log.set, NULL);
}

static exit_status keep(struct sync_taking *taking, const garita_message *evidence)
{
    bool is_full = false;
    garita_store_error error =
        garita_store_keep_evidence(taking->import->store, &is_full, &taking->log.id, evidence);

    if (error != GARITA_STORE_OK)
        return sync_refuse_store(taking, error);
    taking->is_changed = true;
    taking->is_evidence_full = taking->is_evidence_full || is_full;
    return EXIT_DONE;
}

/* --- evidence that comes --- */

static exit_status keep_union(struct sync_taking *taking)
{
    garita_store_error error =
        garita_store_keep_log(taking->import->store, &taking->log, taking->authority->first_key,
                              taking->log.frontier.size, NULL, 0);

    taking->is_changed = true;
    return error == GARITA_STORE_OK ? EXIT_DONE : sync_refuse_store(taking, error);
}

exit_status sync_offer_evidence(struct sync_taking *taking, bool *is_full,
                                const struct sync_piece *piece)
{
    struct sync_import *import = taking->import;
    garita_bundle_reader reader;
    garita_message message;
    uint64_t gained = 0;
    exit_status status = EXIT_DONE;

    sync_index_first(&import->index, &reader, &message, piece->item);
    garita_error error =
        garita_log_offer_evidence(&taking->log, &gained, import->events, &piece->head,
                                  message.index, message.bytes, message.path, message.path_count);
    *is_full = error == GARITA_E_FULL;
    if (error == GARITA_E_NO_MEMORY)
        return report_no_memory(import->context);
    if (*is_full)
        return EXIT_DONE;
    if (error != GARITA_OK) {
        sync_refuse_piece(taking, piece, error);
        return EXIT_DONE;
    }
    if (gained > 0) {
        taking->evidence++;
        status = keep_union(taking);
    }
    /* What the union holds from elsewhere can be passed on now too. */
    if (status == EXIT_DONE && is_news(taking, message.bytes))
        status = keep(taking, &message);
    return status;
}

/* --- evidence that is made --- */

/* The leaf hashes of a tail. */
struct hashes {
    uint64_t first;
    size_t count;
    garita_hash *at;
};

static bool leaf(void *context, garita_hash *out, uint64_t index)
{
    const struct hashes *hashes = context;

    if (index < hashes->first || index - hashes->first >= hashes->count)
        return false;
    *out = hashes->at[index - hashes->first];
    return true;
}

/* A proof computes all that is behind its batch: what comes late costs little. */
static exit_status make_evidence(struct sync_taking *taking, const garita_log_tail *tail,
                                 garita_bytes head, struct hashes *hashes)
{
    const garita_leaf_source leaves = {.context = hashes, .leaf = leaf};
    garita_frontier at = *tail->from;
    uint64_t end = tail->from->size + tail->batch_count;
    uint64_t budget = FORK_HASHES_MAX;
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < tail->batch_count && status == EXIT_DONE; i++) {
        uint64_t cost = tail->batch_count - i;
        if (is_news(taking, tail->batches[i]) && cost > budget) {
            taking->is_evidence_unmade = true;
        } else if (is_news(taking, tail->batches[i])) {
            garita_message evidence = {.kind = GARITA_MESSAGE_EVIDENCE,
                                       .bytes = tail->batches[i],
                                       .head = head,
                                       .index = (uint32_t)at.size};
            bool is_proven = garita_merkle_prove_inclusion(evidence.path, &evidence.path_count, &at,
                                                           &leaves, at.size, end);
            assert(is_proven); /* the tail has all that is behind it */
            (void)is_proven;
            budget -= cost;
            status = keep(taking, &evidence);
        }
        garita_frontier_append(&at, &hashes->at[i]);
    }
    return status;
}

exit_status sync_keep_fork(struct sync_taking *taking, const garita_log_tail *tail,
                           garita_bytes head)
{
    struct hashes hashes = {.first = tail->from->size, .count = tail->batch_count};

    if (tail->batch_count == 0)
        return EXIT_DONE;
    hashes.at = malloc(tail->batch_count * sizeof *hashes.at);
    if (hashes.at == NULL)
        return report_no_memory(taking->import->context);
    for (size_t i = 0; i < tail->batch_count; i++)
        garita_merkle_leaf(&hashes.at[i], tail->batches[i].at, tail->batches[i].len);
    exit_status status = make_evidence(taking, tail, head, &hashes);
    free(hashes.at);
    return status;
}
