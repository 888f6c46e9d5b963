/* Evidence that comes, and evidence that is made of a fork. */
#include "intake.h"

#include <assert.h>
#include <stdlib.h>

/* Hashes that are computed to make the evidence of one tail: a few seconds. A fork that begins
 * among the last thousands of batches takes a small part of it; one of millions, which only the
 * authority itself could make, would hold up everything else for hours. */
#define FORK_HASHES_MAX (UINT64_C(1) << 24)

static bool is_revoked(const garita_set *set, uint32_t serial)
{
    return set && garita_set_get(set, serial) == GARITA_STANDING_REVOKED;
}

/* Whether a batch revokes what neither of two sets has as revoked; the second may be null. */
static bool revokes_more(const garita_part_taking *taking, garita_bytes batch,
                         const garita_set *first, const garita_set *second)
{
    garita_event *events = taking->run->events;
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

bool garita_intake_teaches(const garita_part_taking *taking, garita_bytes batch)
{
    return revokes_more(taking, batch, taking->log->set, taking->log->elsewhere);
}

/* Whether a batch is worth passing on: it revokes what the log's own history does not. */
static bool is_news(const garita_part_taking *taking, garita_bytes batch)
{
    return revokes_more(taking, batch, taking->log->set, NULL);
}

static garita_intake_end keep(garita_part_taking *taking, const garita_message *evidence)
{
    const garita_keeper *keeper = taking->run->keeper;
    bool is_full = false;
    taking->is_changed = true;
    if (!keeper->keep_evidence(keeper->context, &is_full, &taking->log->id, evidence))
        return GARITA_INTAKE_NOT_KEPT;
    taking->taken->is_evidence_full = taking->taken->is_evidence_full || is_full;
    return GARITA_INTAKE_DONE;
}

/* --- evidence that comes --- */

static void refuse(const garita_part_taking *taking, const garita_piece *piece, garita_error error)
{
    const garita_refusal refusal = {.kind = GARITA_REFUSED_DAMAGED,
                                    .message = piece->item->kind,
                                    .at = piece->item->at,
                                    .authority = taking->authority,
                                    .error = error,
                                    .fault = {.field = ""},
                                    .head = piece->head};
    garita_intake_refuse(taking->run, &refusal);
}

garita_intake_end garita_intake_evidence(garita_part_taking *taking, const garita_piece *piece)
{
    garita_bundle_reader reader;
    garita_message message;
    uint64_t gained = 0;
    garita_intake_end end = GARITA_INTAKE_DONE;
    garita_bundle_index_first(&taking->run->index, &reader, &message, piece->item);
    garita_error error =
        garita_log_offer_evidence(taking->log, &gained, taking->run->events, &piece->head,
                                  message.index, message.bytes, message.path, message.path_count);
    taking->is_full = error == GARITA_E_FULL;
    taking->is_undefined = taking->is_full || error == GARITA_E_NO_MEMORY;
    if (taking->is_undefined)
        return taking->is_full ? GARITA_INTAKE_DONE : GARITA_INTAKE_NO_MEMORY;
    if (error != GARITA_OK) {
        refuse(taking, piece, error);
        return GARITA_INTAKE_DONE;
    }
    if (gained > 0) {
        taking->taken->evidence++;
        end = garita_intake_keep_log(taking);
    }
    /* what the union holds from elsewhere can be passed on now too */
    if (end == GARITA_INTAKE_DONE && is_news(taking, message.bytes))
        end = keep(taking, &message);
    return end;
}

/* --- evidence that is made --- */

/* The leaf hashes of a tail. */
typedef struct hashes {
    uint64_t first;
    size_t count;
    garita_hash *at;
} hashes;

static bool leaf(void *context, garita_hash *out, uint64_t index)
{
    const hashes *of = context;
    if (index < of->first || index - of->first >= of->count)
        return false;
    *out = of->at[index - of->first];
    return true;
}

/* A proof computes all that is behind its batch: what comes late costs little. */
static garita_intake_end make_evidence(garita_part_taking *taking, const garita_log_tail *tail,
                                       garita_bytes head, hashes *of)
{
    const garita_leaf_source leaves = {.context = of, .leaf = leaf};
    garita_frontier at = *tail->from;
    uint64_t end_of_tail = tail->from->size + tail->batch_count;
    uint64_t budget = FORK_HASHES_MAX;
    garita_intake_end end = GARITA_INTAKE_DONE;
    for (size_t i = 0; i < tail->batch_count && end == GARITA_INTAKE_DONE; i++) {
        uint64_t cost = tail->batch_count - i;
        bool is_wanted = is_news(taking, tail->batches[i]);
        if (is_wanted && cost > budget) {
            taking->taken->is_evidence_unmade = true;
        } else if (is_wanted) {
            garita_message evidence = {.kind = GARITA_MESSAGE_EVIDENCE,
                                       .bytes = tail->batches[i],
                                       .head = head,
                                       .index = (uint32_t)at.size};
            bool is_proven = garita_merkle_prove_inclusion(evidence.path, &evidence.path_count, &at,
                                                           &leaves, at.size, end_of_tail);
            assert(is_proven); /* the tail has all that is behind it */
            (void)is_proven;
            budget -= cost;
            end = keep(taking, &evidence);
        }
        garita_frontier_append(&at, &of->at[i]);
    }
    return end;
}

garita_intake_end garita_intake_keep_fork(garita_part_taking *taking, const garita_log_tail *tail,
                                          garita_bytes head)
{
    hashes of = {.first = tail->from->size, .count = tail->batch_count};
    if (tail->batch_count == 0)
        return GARITA_INTAKE_DONE;
    of.at = malloc(tail->batch_count * sizeof *of.at);
    if (!of.at)
        return GARITA_INTAKE_NO_MEMORY;
    for (size_t i = 0; i < tail->batch_count; i++)
        garita_merkle_leaf(&of.at[i], tail->batches[i].at, tail->batches[i].len);
    garita_intake_end end = make_evidence(taking, tail, head, &of);
    free(of.at);
    return end;
}
