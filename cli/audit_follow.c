#include "audit.h"

#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "report.h"
#include "store_report.h"

/* --- leaves --- */

static bool leaf(void *context, garita_hash *out, uint64_t index)
{
    const struct audit_log *log = context;

    if (index < log->first)
        return log->stored.leaf(log->stored.context, out, index);
    if (index - log->first >= log->leaf_count)
        return false;
    *out = log->leaves[index - log->first];
    return true;
}

/* Notes the leaves of batches that were added. False if there is no memory. */
static bool add_leaves(struct audit_log *log, uint64_t first, const garita_bytes *batches,
                       size_t count)
{
    if (first != log->first + log->leaf_count) {
        log->first = first;
        log->leaf_count = 0;
    }
    if (count > log->leaf_cap - log->leaf_count) {
        size_t cap = log->leaf_count + count;
        garita_hash *leaves = realloc(log->leaves, cap * sizeof *leaves);
        if (leaves == NULL)
            return false;
        log->leaves = leaves;
        log->leaf_cap = cap;
    }
    for (size_t i = 0; i < count; i++)
        garita_merkle_leaf(&log->leaves[log->leaf_count++], batches[i].at, batches[i].len);
    return true;
}

/* --- logs --- */

void audit_free(struct audit *audit)
{
    for (size_t i = 0; audit->logs != NULL && i < audit->stock.logs.count; i++) {
        garita_log_end(&audit->logs[i].log);
        free(audit->logs[i].leaves);
    }
    free(audit->logs);
    free(audit->events);
    sync_stock_close(&audit->stock);
}

static exit_status make_logs(struct audit *audit)
{
    if (audit->logs != NULL)
        return EXIT_DONE;
    audit->events = calloc(GARITA_BATCH_EVENTS_MAX, sizeof *audit->events);
    audit->logs = calloc(audit->stock.logs.count + 1, sizeof *audit->logs);
    return audit->events != NULL && audit->logs != NULL ? EXIT_DONE
                                                        : report_no_memory(audit->context);
}

/* Every log that a piece can be of is there. */
static struct audit_log *find(struct audit *audit, const garita_hash *id)
{
    size_t i = 0;

    while (!garita_hash_equal(&audit->stock.logs.at[i].id, id))
        i++;
    return &audit->logs[i];
}

static exit_status load(struct audit *audit, struct audit_log *log, const garita_hash *id)
{
    if (log->log.set != NULL)
        return EXIT_DONE;
    garita_store_error error = garita_store_load_log(audit->stock.store, &log->log, NULL, id);
    if (error != GARITA_STORE_OK)
        return store_report(audit->context, error, garita_store_detail(audit->stock.store));
    log->stored = garita_store_leaf_source(&log->in_store, audit->stock.store, id);
    log->first = log->log.frontier.size;
    return EXIT_DONE;
}

/* --- offers --- */

static exit_status tell(struct audit *audit, const garita_log_result *result,
                        const garita_piece *piece, const char *source)
{
    exit_status status = EXIT_DONE;

    if (result->proof_len > 0)
        status = audit_print_proof(audit, piece->authority,
                                   (garita_bytes){result->proof, result->proof_len}, source);
    if (status == EXIT_DONE && result->set_differs_now)
        status = audit_print_set(audit, piece->authority, piece->head.size, source);
    if (result->outcome == GARITA_LOG_GAP)
        report_note(audit->context,
                    _("%s: %s: its head of %llu batches connects to nothing that is here, so that "
                      "it cannot be compared"),
                    source, piece->authority->name, (unsigned long long)piece->head.size);
    return status;
}

static exit_status refuse(struct audit *audit, const garita_piece *piece, const char *source,
                          garita_error error)
{
    if (error == GARITA_E_NO_MEMORY)
        return report_no_memory(audit->context);
    audit->is_bad_input = true;
    report_failure(audit->context,
                   &(struct failure){EXIT_BAD_INPUT, garita_error_name(error), source, 0, NULL},
                   _("%s: what came with a head of %llu batches cannot be taken: %s"),
                   piece->authority->name, (unsigned long long)piece->head.size,
                   _(garita_error_text(error)));
    return EXIT_DONE;
}

static exit_status offer(struct audit *audit, struct audit_log *log,
                         const garita_bundle_index *index, const char *source,
                         const garita_piece *piece)
{
    const garita_leaf_source own = {.context = log, .leaf = leaf};
    garita_offered offered;
    garita_log_result result = {.outcome = GARITA_LOG_NOTHING};
    garita_error error = GARITA_E_NO_MEMORY;
    exit_status status = EXIT_DONE;

    if (garita_offered_read(&offered, index, piece->item))
        error =
            garita_offered_offer(&log->log, &result, audit->events, &own, &piece->head, &offered);
    if (error == GARITA_OK && result.outcome == GARITA_LOG_EXTENDED &&
        !add_leaves(log, result.first_batch, offered.parts + result.first_offered,
                    offered.count - result.first_offered))
        error = GARITA_E_NO_MEMORY;
    if (error == GARITA_OK)
        status = tell(audit, &result, piece, source);
    else
        garita_log_end(&log->log);
    if (error == GARITA_OK && result.outcome == GARITA_LOG_MISMATCH && !piece->item->is_cut)
        status = refuse(audit, piece, source, result.fault.error);
    garita_offered_free(&offered);
    return error == GARITA_OK ? status : refuse(audit, piece, source, error);
}

exit_status audit_follow(struct audit *audit, const garita_bundle_index *index, const char *source,
                         const garita_piece *pieces, size_t count)
{
    exit_status status = make_logs(audit);

    for (size_t i = 0; i < count && status == EXIT_DONE; i++) {
        if (pieces[i].item->kind != GARITA_MESSAGE_TAIL &&
            pieces[i].item->kind != GARITA_MESSAGE_SNAPSHOT)
            continue;
        struct audit_log *log = find(audit, &pieces[i].log);
        status = load(audit, log, &pieces[i].log);
        if (status == EXIT_DONE && garita_piece_counts(audit->stock.book, index, &pieces[i]))
            status = offer(audit, log, index, source, &pieces[i]);
    }
    return status;
}
