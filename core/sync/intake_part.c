/* One authority's part of a bundle: judged and kept, all or nothing. */
#include "intake.h"

#include <stdlib.h>

/* --- the log, between the book and here --- */

static uint64_t revoked_elsewhere(const garita_log *log)
{
    return log->elsewhere ? garita_set_revoked(log->elsewhere) : 0;
}

/* Inside a transaction. */
static garita_intake_end load(garita_part_taking *taking, const garita_hash *id)
{
    const garita_keeper *keeper = taking->run->keeper;
    garita_taken *taken = taking->taken;
    if (!keeper->load_log(keeper->context, taking->log, taking->authority, id))
        return GARITA_INTAKE_NOT_KEPT;
    keeper->leaves(keeper->context, &taking->leaves, id);
    taking->rolling = (garita_frontier){0};
    taking->leaves.rolling = &taking->rolling;
    taking->elsewhere_before = revoked_elsewhere(taking->log);
    taken->log = taking->log;
    taken->had_head = taking->log->has_head;
    taken->revoked_before = garita_set_revoked(taking->log->set);
    return GARITA_INTAKE_DONE;
}

/* What is told of is the log that the book has, and that has it back if it was the book's own. One
 * that nothing is kept of stays here until it is told. */
static void give_back(garita_part_taking *taking)
{
    garita_book *book = taking->run->book;
    const garita_log *known = garita_book_log(book, taking->authority);
    if (!known)
        return;
    if (known->set || garita_book_put(book, taking->log) != GARITA_OK)
        garita_log_end(taking->log);
    taking->taken->log = known;
}

/* Undoes what was not committed. */
static void undo(garita_part_taking *taking, const garita_hash *id)
{
    const garita_keeper *keeper = taking->run->keeper;
    bool is_lost = taking->is_changed || taking->is_undefined;
    keeper->rollback(keeper->context);
    if (!is_lost)
        give_back(taking);
    garita_log_end(taking->log);
    if (is_lost)
        keeper->lost(keeper->context, id);
}

/* --- its share --- */

static size_t memory_of(const garita_log *log)
{
    return garita_set_memory(log->set) + (log->elsewhere ? garita_set_memory(log->elsewhere) : 0);
}

/* Whether the authorities right below an anchor that this one hangs on would make everyone hold too
 * much. */
static bool is_branch_full(const garita_part_taking *taking)
{
    return memory_of(taking->log) +
               garita_book_branch_memory(taking->run->book, taking->authority) >
           GARITA_BRANCH_SET_BYTES_MAX;
}

/* --- one piece --- */

/* A piece that does not count, its signer being revoked. Where it would teach nothing anyway, as
 * when a bundle comes again, it is no more than known or older. */
static void pass_over(garita_part_taking *taking, const garita_piece *piece)
{
    const garita_log *log = taking->log;
    garita_taken *taken = taking->taken;
    const garita_refusal refusal = {.kind = GARITA_REFUSED_REVOKED,
                                    .message = piece->item->kind,
                                    .at = piece->item->at,
                                    .authority = taking->authority,
                                    .fault = {.field = ""},
                                    .head = piece->head};
    garita_bundle_reader reader;
    garita_message message;
    bool is_known;
    garita_bundle_index_first(&taking->run->index, &reader, &message, piece->item);
    switch (message.kind) {
    case GARITA_MESSAGE_PROOF:
        is_known = log->is_equivocated;
        break;
    case GARITA_MESSAGE_EVIDENCE:
        is_known = !garita_intake_teaches(taking, message.bytes);
        break;
    default:
        is_known = log->has_head && garita_head_compare(&piece->head, &log->head) <= 0;
        if (is_known && taken->outcome == GARITA_LOG_NOTHING) {
            taken->outcome =
                garita_head_equal(&piece->head, &log->head) ? GARITA_LOG_KNOWN : GARITA_LOG_OLDER;
            taken->older = piece->head;
            taken->is_passed_over = true;
        }
        break;
    }
    if (!is_known)
        garita_intake_refuse(taking->run, &refusal);
}

/* A proof, which was checked before. */
static garita_intake_end take_proof(garita_part_taking *taking, garita_bytes proof)
{
    const garita_keeper *keeper = taking->run->keeper;
    taking->taken->is_contradicted = true;
    if (!garita_log_offer_proof(taking->log))
        return GARITA_INTAKE_DONE;
    taking->taken->is_proof_new = true;
    garita_intake_end end = garita_intake_keep_log(taking);
    if (end == GARITA_INTAKE_DONE && !keeper->keep_proof(keeper->context, &taking->log->id, proof))
        end = GARITA_INTAKE_NOT_KEPT;
    return end;
}

static garita_intake_end take_piece(garita_part_taking *taking, const garita_piece *piece,
                                    bool counts)
{
    garita_bundle_reader reader;
    garita_message message;
    if (!counts) {
        pass_over(taking, piece);
        return GARITA_INTAKE_DONE;
    }
    switch (piece->item->kind) {
    case GARITA_MESSAGE_PROOF:
        garita_bundle_index_first(&taking->run->index, &reader, &message, piece->item);
        return take_proof(taking, message.bytes);
    case GARITA_MESSAGE_EVIDENCE:
        return garita_intake_evidence(taking, piece);
    default:
        return garita_intake_offer(taking, piece);
    }
}

/* --- all of them --- */

/* Inside the transaction. Whether they count is asked before the log is here: what an anchor
 * revokes of its own keys stands in it. */
static garita_intake_end take_pieces(garita_part_taking *taking, const garita_piece *pieces,
                                     size_t count)
{
    const garita_intake_run *run = taking->run;
    bool *counts = calloc(count, sizeof *counts);
    if (!counts)
        return GARITA_INTAKE_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        counts[i] = garita_piece_counts(run->book, &run->index, &pieces[i]);
    garita_intake_end end = load(taking, &pieces->log);
    for (size_t i = 0; i < count && end == GARITA_INTAKE_DONE && !taking->is_full; i++)
        end = take_piece(taking, &pieces[i], counts[i]);
    free(counts);
    if (end == GARITA_INTAKE_DONE && !taking->is_full && taking->is_changed)
        taking->is_full = is_branch_full(taking);
    return end;
}

/* The authority is beyond its share. Nothing of this is kept, but that it has shown two histories
 * is. *is_open: the transaction is, and so it is when something is to be committed. */
static garita_intake_end take_beyond_share(garita_part_taking *taking, bool *is_open,
                                           const garita_hash *id)
{
    const garita_keeper *keeper = taking->run->keeper;
    const garita_refusal refusal = {.kind = GARITA_REFUSED_FULL,
                                    .message = GARITA_MESSAGE_END,
                                    .authority = taking->authority,
                                    .error = GARITA_E_FULL,
                                    .fault = {.field = ""}};
    taking->is_undefined = true; /* or larger than it may be */
    undo(taking, id);
    *is_open = taking->is_changed = taking->is_undefined = taking->is_full = false;
    const garita_log *known = garita_book_log(taking->run->book, taking->authority);
    *taking->taken =
        (garita_taken){.authority = taking->authority, .log = known ? known : taking->log};
    garita_intake_refuse(taking->run, &refusal);
    if (taking->result.proof_len == 0)
        return GARITA_INTAKE_DONE;
    *is_open = keeper->begin(keeper->context);
    garita_intake_end end = *is_open ? load(taking, id) : GARITA_INTAKE_NOT_KEPT;
    if (end == GARITA_INTAKE_DONE)
        end = take_proof(taking, (garita_bytes){taking->result.proof, taking->result.proof_len});
    return end;
}

/* Lets the listener add what he has to be committed with it. */
static garita_intake_end settle(garita_part_taking *taking)
{
    const garita_intake_listener *listener = taking->run->listener;
    bool is_changed = false;
    taking->taken->is_changed = taking->is_changed;
    if (listener->settle && !listener->settle(listener->context, taking->taken, &is_changed))
        return GARITA_INTAKE_NOT_KEPT;
    taking->taken->is_changed = taking->is_changed || is_changed;
    return GARITA_INTAKE_DONE;
}

/* Gives the changed log to the book, and takes away what it withdraws. */
static garita_intake_end apply(garita_part_taking *taking, garita_carried_list *dropped)
{
    garita_intake_run *run = taking->run;
    garita_taken *taken = taking->taken;
    bool has_grown = garita_set_revoked(taking->log->set) != taken->revoked_before ||
                     revoked_elsewhere(taking->log) != taking->elsewhere_before ||
                     taken->outcome == GARITA_LOG_ADOPTED;
    if (garita_book_put(run->book, taking->log) != GARITA_OK)
        return GARITA_INTAKE_NO_MEMORY;
    taken->log = garita_book_log(run->book, taking->authority);
    return has_grown ? garita_intake_withdraw(run, dropped) : GARITA_INTAKE_DONE;
}

/* Inside a transaction, which is to be committed if *is_open and taken->is_changed then. */
static garita_intake_end take(garita_part_taking *taking, garita_carried_list *dropped,
                              bool *is_open, const garita_piece *pieces, size_t count)
{
    garita_intake_end end = take_pieces(taking, pieces, count);
    if (end != GARITA_INTAKE_DONE)
        return end;
    if (taking->is_full) {
        end = take_beyond_share(taking, is_open, &pieces->log);
        taking->taken->is_changed = taking->is_changed;
    } else {
        end = settle(taking);
    }
    return end == GARITA_INTAKE_DONE && taking->is_changed ? apply(taking, dropped) : end;
}

/* What came leads to nothing yet, and nothing else in the bundle did. */
static void refuse_gap(const garita_intake_run *run, const garita_taken *taken)
{
    const garita_log *log = taken->log;
    bool has_head = log->has_head && !log->is_damaged;
    const garita_refusal refusal = {.kind = GARITA_REFUSED_GAP,
                                    .message = GARITA_MESSAGE_END,
                                    .authority = taken->authority,
                                    .fault = {.field = ""},
                                    .head = taken->missed,
                                    .held = has_head ? log->head.size : 0};
    if (taken->missed.size > 0 && (!has_head || log->head.size < taken->missed.size))
        garita_intake_refuse(run, &refusal);
}

static void tell(const garita_intake_run *run, const garita_taken *taken)
{
    const garita_intake_listener *listener = run->listener;
    refuse_gap(run, taken);
    if (listener->taken)
        listener->taken(listener->context, taken);
}

garita_intake_end garita_intake_part(garita_intake_run *run, const garita_piece *pieces,
                                     size_t count)
{
    const garita_keeper *keeper = run->keeper;
    garita_log log = {0};
    garita_taken taken = {.authority = pieces->authority, .log = &log};
    garita_part_taking taking = {
        .run = run, .taken = &taken, .authority = pieces->authority, .log = &log};
    garita_carried_list dropped = {0};
    bool is_open = keeper->begin(keeper->context);
    garita_intake_end end =
        is_open ? take(&taking, &dropped, &is_open, pieces, count) : GARITA_INTAKE_NOT_KEPT;
    if (end == GARITA_INTAKE_DONE && is_open && taken.is_changed) {
        is_open = false;
        if (!keeper->commit(keeper->context))
            end = GARITA_INTAKE_NOT_KEPT;
    }
    if (end != GARITA_INTAKE_DONE) {
        undo(&taking, &pieces->log);
        garita_carried_list_free(&dropped);
        return end;
    }
    if (is_open) /* where nothing has changed nothing is written */
        keeper->rollback(keeper->context);
    give_back(&taking);
    tell(run, &taken);
    garita_log_end(&log);
    garita_intake_tell_dropped(run, &dropped);
    return GARITA_INTAKE_DONE;
}
