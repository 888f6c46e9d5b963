#include "i18n.h"
#include "report.h"
#include "sync_taking.h"

/* Which outcomes change a log, and so are to be written down. */
static bool is_change(const garita_log_result *result)
{
    return result->outcome == GARITA_LOG_HEARTBEAT || result->outcome == GARITA_LOG_EXTENDED ||
           result->outcome == GARITA_LOG_ADOPTED || result->is_first_proof ||
           result->revoked_elsewhere > 0 || result->set_differs_now;
}

static exit_status keep(struct sync_taking *taking, const garita_log_result *result,
                        const struct sync_offered *offered)
{
    garita_store *store = taking->import->store;
    garita_log *log = &taking->log;
    garita_store_error error = GARITA_STORE_OK;

    if (result->outcome == GARITA_LOG_EXTENDED) {
        size_t count = (size_t)(log->frontier.size - result->first_batch);
        taking->batches += count;
        error = garita_store_keep_log(store, log, taking->authority->first_key, result->first_batch,
                                      offered->parts + result->first_offered, count);
    } else {
        error = garita_store_keep_log(store, log, taking->authority->first_key, log->frontier.size,
                                      NULL, 0);
    }
    if (error == GARITA_STORE_OK && result->is_first_proof)
        error = garita_store_keep_proof(store, &log->id, result->proof, result->proof_len);
    taking->is_changed = true;
    return error == GARITA_STORE_OK ? EXIT_DONE : sync_refuse_store(taking, error);
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

static void note(struct sync_taking *taking, const garita_log_result *result,
                 const struct sync_piece *piece)
{
    if (weight_of(result->outcome) > weight_of(taking->outcome))
        taking->outcome = result->outcome;
    if (result->outcome == GARITA_LOG_OLDER)
        taking->older = piece->head;
    if (result->outcome == GARITA_LOG_GAP && piece->head.size > taking->missed.size)
        taking->missed = piece->head;
    taking->is_contradicted = taking->is_contradicted || result->proof_len > 0;
    taking->is_proof_new = taking->is_proof_new || result->is_first_proof;
    taking->set_differs_now = taking->set_differs_now || result->set_differs_now;
}

static void refuse_mismatch(struct sync_taking *taking, const garita_log_result *result,
                            const struct sync_piece *piece)
{
    /* What a cut has taken away is told as that. */
    if (piece->item->is_cut)
        return;
    sync_refuse(taking->import, garita_log_outcome_name(GARITA_LOG_MISMATCH),
                _("the bundle was altered or put together wrongly: ask for another"),
                _("%s: what came with a head of %llu batches is not what the head commits to (%s: "
                  "%s)"),
                taking->authority->name, (unsigned long long)piece->head.size, result->fault.field,
                _(garita_error_text(result->fault.error)));
}

/* Writes down what came of an offer. */
static exit_status settle(struct sync_taking *taking, const garita_log_result *result,
                          const struct sync_piece *piece, const struct sync_offered *offered)
{
    exit_status status = EXIT_DONE;

    note(taking, result, piece);
    if (result->outcome == GARITA_LOG_MISMATCH)
        refuse_mismatch(taking, result, piece);
    if (is_change(result))
        status = keep(taking, result, offered);
    if (status == EXIT_DONE && result->outcome == GARITA_LOG_FORKED &&
        offered->message.kind == GARITA_MESSAGE_TAIL && result->revoked_elsewhere > 0) {
        const garita_log_tail tail = {&offered->message.frontier, offered->parts, offered->count};
        status = sync_keep_fork(taking, &tail, offered->message.head);
    }
    return status;
}

exit_status sync_offer(struct sync_taking *taking, garita_log_result *result, bool *is_full,
                       const struct sync_piece *piece)
{
    const struct sync_import *import = taking->import;
    struct sync_offered offered;
    garita_error error = GARITA_E_NO_MEMORY;
    exit_status status = EXIT_DONE;

    *result = (garita_log_result){.outcome = GARITA_LOG_NOTHING};
    if (sync_offered_read(&offered, &import->index, piece->item))
        error = sync_offered_offer(&taking->log, result, import->events, &taking->leaves,
                                   &piece->head, &offered);
    *is_full = error == GARITA_E_FULL;
    if (error == GARITA_OK)
        status = settle(taking, result, piece, &offered);
    else if (!*is_full)
        status = report_no_memory(import->context);
    sync_offered_free(&offered);
    return status;
}
