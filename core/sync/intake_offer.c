/* A tail or a snapshot that comes. */
#include "intake.h"

garita_intake_end garita_intake_keep_log(garita_part_taking *taking)
{
    const garita_keeper *keeper = taking->run->keeper;
    const garita_log_added nothing = {.leaf_count = 0};
    taking->is_changed = true;
    return keeper->keep_log(keeper->context, taking->log, taking->authority->first_key, &nothing)
               ? GARITA_INTAKE_DONE
               : GARITA_INTAKE_NOT_KEPT;
}

/* Which outcomes change a log, and so are to be written down. */
static bool is_change(const garita_log_result *result)
{
    return result->outcome == GARITA_LOG_HEARTBEAT || result->outcome == GARITA_LOG_EXTENDED ||
           result->outcome == GARITA_LOG_ADOPTED || result->is_first_proof ||
           result->revoked_elsewhere > 0 || result->set_differs_now;
}

/* What an offer that was taken brought: batches, or of a snapshot their leaf hashes. */
static garita_log_added added_by(const garita_part_taking *taking, const garita_offered *offered)
{
    const garita_log_result *result = &taking->result;
    garita_log_added out = {.first = result->first_batch};
    size_t count = (size_t)(taking->log->frontier.size - result->first_batch);
    if (result->outcome == GARITA_LOG_EXTENDED) {
        out.batch_count = count;
        out.batches = offered->parts + result->first_offered;
    } else {
        out.leaf_count = count;
        out.leaves = offered->leaves + result->first_offered;
    }
    return out;
}

static garita_intake_end keep_added(garita_part_taking *taking, const garita_offered *offered)
{
    const garita_keeper *keeper = taking->run->keeper;
    const garita_log_added added = added_by(taking, offered);
    taking->taken->batches += added.batch_count;
    taking->is_changed = true;
    return keeper->keep_log(keeper->context, taking->log, taking->authority->first_key, &added)
               ? GARITA_INTAKE_DONE
               : GARITA_INTAKE_NOT_KEPT;
}

static garita_intake_end keep(garita_part_taking *taking, const garita_offered *offered)
{
    const garita_keeper *keeper = taking->run->keeper;
    const garita_log_result *result = &taking->result;
    bool has_added =
        result->outcome == GARITA_LOG_EXTENDED || result->outcome == GARITA_LOG_ADOPTED;
    garita_intake_end end =
        has_added ? keep_added(taking, offered) : garita_intake_keep_log(taking);
    if (end == GARITA_INTAKE_DONE && result->is_first_proof &&
        !keeper->keep_proof(keeper->context, &taking->log->id,
                            (garita_bytes){result->proof, result->proof_len}))
        end = GARITA_INTAKE_NOT_KEPT;
    return end;
}

/* Of two offers, the one that is worth telling of. */
static unsigned weight_of(garita_log_outcome outcome)
{
    switch (outcome) {
    case GARITA_LOG_OLDER:
        return 1;
    case GARITA_LOG_KNOWN:
        return 2;
    case GARITA_LOG_HEARTBEAT:
        return 3;
    case GARITA_LOG_EXTENDED:
        return 4;
    case GARITA_LOG_ADOPTED:
        return 5;
    case GARITA_LOG_FORKED:
        return 6;
    case GARITA_LOG_NOTHING:
    case GARITA_LOG_GAP:
    case GARITA_LOG_MISMATCH:
        break;
    }
    return 0;
}

static void note(garita_taken *taken, const garita_log_result *result, const garita_piece *piece)
{
    if (weight_of(result->outcome) > weight_of(taken->outcome))
        taken->outcome = result->outcome;
    if (result->outcome == GARITA_LOG_OLDER)
        taken->older = piece->head;
    if (result->outcome == GARITA_LOG_GAP && piece->head.size > taken->missed.size)
        taken->missed = piece->head;
    taken->is_contradicted = taken->is_contradicted || result->proof_len > 0;
    taken->is_proof_new = taken->is_proof_new || result->is_first_proof;
    taken->set_differs_now = taken->set_differs_now || result->set_differs_now;
}

static void refuse_mismatch(const garita_part_taking *taking, const garita_piece *piece)
{
    const garita_refusal refusal = {.kind = GARITA_REFUSED_MISMATCH,
                                    .message = piece->item->kind,
                                    .at = piece->item->at,
                                    .authority = taking->authority,
                                    .error = taking->result.fault.error,
                                    .fault = taking->result.fault,
                                    .head = piece->head};
    /* what a cut has taken away is told as that */
    if (!piece->item->is_cut)
        garita_intake_refuse(taking->run, &refusal);
}

/* Writes down what came of an offer. */
static garita_intake_end settle(garita_part_taking *taking, const garita_piece *piece,
                                const garita_offered *offered)
{
    const garita_log_result *result = &taking->result;
    garita_intake_end end = GARITA_INTAKE_DONE;
    note(taking->taken, result, piece);
    if (result->outcome == GARITA_LOG_MISMATCH)
        refuse_mismatch(taking, piece);
    if (is_change(result))
        end = keep(taking, offered);
    if (end == GARITA_INTAKE_DONE && result->outcome == GARITA_LOG_FORKED &&
        offered->message.kind == GARITA_MESSAGE_TAIL && result->revoked_elsewhere > 0) {
        const garita_log_tail tail = {&offered->message.frontier, offered->parts, offered->count};
        end = garita_intake_keep_fork(taking, &tail, offered->message.head);
    }
    return end;
}

garita_intake_end garita_intake_offer(garita_part_taking *taking, const garita_piece *piece)
{
    garita_offered offered;
    garita_intake_end end = GARITA_INTAKE_NO_MEMORY;
    taking->result = (garita_log_result){.outcome = GARITA_LOG_NOTHING};
    if (garita_offered_read(&offered, &taking->run->index, piece->item)) {
        garita_error error = garita_offered_offer(taking->log, &taking->result, taking->run->events,
                                                  &taking->leaves, &piece->head, &offered);
        taking->is_full = error == GARITA_E_FULL;
        taking->is_undefined = error != GARITA_OK;
        if (error == GARITA_OK)
            end = settle(taking, piece, &offered);
        else if (taking->is_full)
            end = GARITA_INTAKE_DONE;
    }
    garita_offered_free(&offered);
    return end;
}
