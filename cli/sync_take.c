#include "sync_take.h"

#include <stdarg.h>
#include <string.h>

#include <garita/store_signing.h>

#include "i18n.h"
#include "report.h"
#include "store_report.h"
#include "sync_taking.h"

/* Refusals that are told one by one; the others are only counted. A hostile bundle has a million.
 */
enum { TOLD_MAX = 20 };

void sync_refuse(struct sync_import *import, const char *code, const char *hint, const char *format,
                 ...)
{
    struct buffer text = {0};
    va_list arguments;

    if (import->summary.refused++ >= TOLD_MAX)
        return;
    va_start(arguments, format);
    buffer_add_format_v(&text, format, arguments);
    va_end(arguments);
    progress_clear(&import->progress);
    report_failure(import->context,
                   &(struct failure){EXIT_BAD_INPUT, code, import->source, 0, hint}, "%s",
                   buffer_text(&text));
    buffer_free(&text);
}

exit_status sync_refuse_store(const struct sync_taking *taking, garita_store_error error)
{
    progress_clear(&taking->import->progress);
    return store_report(taking->import->context, error, garita_store_detail(taking->import->store));
}

static const char *kind_name(garita_message_kind kind)
{
    switch (kind) {
    case GARITA_MESSAGE_TAIL:
    case GARITA_MESSAGE_SNAPSHOT:
        return _("the head");
    case GARITA_MESSAGE_PROOF:
        return _("the proof of equivocation");
    case GARITA_MESSAGE_EVIDENCE:
        return _("the piece of evidence");
    case GARITA_MESSAGE_STATEMENT:
        return _("the statement");
    default:
        return _("the message");
    }
}

void sync_refuse_piece(struct sync_taking *taking, const struct sync_piece *piece,
                       garita_error error)
{
    sync_refuse(taking->import, garita_error_name(error), NULL, _("%s: %s at byte %zu: %s"),
                taking->authority->name, kind_name(piece->item->kind), piece->item->at,
                _(garita_error_text(error)));
}

/* --- who signed it --- */

/* A piece that does not count, its signer being revoked. Where it would teach nothing anyway, as
 * when a bundle comes again, it is no more than known or older. */
static void pass_over(struct sync_taking *taking, const struct sync_piece *piece)
{
    const garita_log *log = &taking->log;
    garita_bundle_reader reader;
    garita_message message;
    bool is_known;

    sync_index_first(&taking->import->index, &reader, &message, piece->item);
    switch (message.kind) {
    case GARITA_MESSAGE_PROOF:
        is_known = log->is_equivocated;
        break;
    case GARITA_MESSAGE_EVIDENCE:
        is_known = !sync_evidence_teaches(taking, message.bytes);
        break;
    default:
        is_known = log->has_head && garita_head_compare(&piece->head, &log->head) <= 0;
        if (is_known && taking->outcome == GARITA_LOG_NOTHING) {
            taking->outcome =
                garita_head_equal(&piece->head, &log->head) ? GARITA_LOG_KNOWN : GARITA_LOG_OLDER;
            taking->older = piece->head;
            taking->is_passed_over = true;
        }
        break;
    }
    if (!is_known)
        sync_refuse(taking->import, "issuer-revoked", NULL,
                    _("%s: %s at byte %zu is signed with a key that has been revoked, and does "
                      "not count"),
                    taking->authority->name, kind_name(piece->item->kind), piece->item->at);
}

/* --- one piece --- */

/* A proof, which was checked when it was found whose it is. */
static exit_status take_proof(struct sync_taking *taking, const struct sync_piece *piece)
{
    garita_store *store = taking->import->store;
    garita_bundle_reader reader;
    garita_message message;

    taking->is_contradicted = true;
    if (!garita_log_offer_proof(&taking->log))
        return EXIT_DONE;
    taking->is_proof_new = taking->is_changed = true;
    sync_index_first(&taking->import->index, &reader, &message, piece->item);
    garita_store_error error = garita_store_keep_log(
        store, &taking->log, taking->authority->first_key, taking->log.frontier.size, NULL, 0);
    if (error == GARITA_STORE_OK)
        error =
            garita_store_keep_proof(store, &taking->log.id, message.bytes.at, message.bytes.len);
    return error == GARITA_STORE_OK ? EXIT_DONE : sync_refuse_store(taking, error);
}

static exit_status take_piece(struct sync_taking *taking, garita_log_result *result, bool *is_full,
                              const struct sync_piece *piece)
{
    if (!sync_piece_counts(taking->import->book, &taking->import->index, piece)) {
        pass_over(taking, piece);
        return EXIT_DONE;
    }
    switch (piece->item->kind) {
    case GARITA_MESSAGE_PROOF:
        return take_proof(taking, piece);
    case GARITA_MESSAGE_EVIDENCE:
        return sync_offer_evidence(taking, is_full, piece);
    default:
        return sync_offer(taking, result, is_full, piece);
    }
}

/* --- all of them --- */

/* What came leads to nothing yet, and nothing else in the bundle did. */
static void refuse_gap(struct sync_taking *taking)
{
    const garita_log *log = &taking->log;

    if (taking->missed.size == 0 ||
        (log->has_head && !log->is_damaged && log->head.size >= taking->missed.size))
        return;
    sync_refuse(
        taking->import, garita_log_outcome_name(GARITA_LOG_GAP),
        _("make a list here with \"garita sync have -o have.bin\", and have the bundle made "
          "with --for have.bin"),
        _("%s: batches from number %llu on are missing; the bundle leads to %llu batches "
          "from a later one"),
        taking->authority->name,
        (unsigned long long)(log->has_head && !log->is_damaged ? log->head.size : 0),
        (unsigned long long)taking->missed.size);
}

/* Whether the bundle was made by this home, or by one that it is a copy of: what such a bundle says
 * is what the home said, not what the world has heard. */
static bool is_own_bundle(const struct sync_import *import)
{
    garita_bytes origin = import->index.origin;

    return origin.at != NULL &&
           memcmp(origin.at, garita_store_home(import->store)->id, GARITA_HOME_ID_SIZE) == 0;
}

/* A head of an authority that this home signs for has come back from the world. */
static exit_status confirm(struct sync_taking *taking)
{
    struct sync_import *import = taking->import;
    garita_store_error error = GARITA_STORE_OK;

    switch (taking->outcome) {
    case GARITA_LOG_KNOWN:
    case GARITA_LOG_HEARTBEAT:
    case GARITA_LOG_EXTENDED:
    case GARITA_LOG_ADOPTED:
        break;
    default:
        return EXIT_DONE;
    }
    if (taking->is_passed_over || import->context->state == NULL ||
        !own_keys_has(&import->own, taking->authority->first_key))
        return EXIT_DONE;
    /* What it said later than it remembers is news, by whomever it comes back. */
    if (is_own_bundle(import) && taking->outcome == GARITA_LOG_KNOWN) {
        garita_doubt doubt = GARITA_DOUBT_NONE;
        error = garita_store_doubt(import->store, &doubt, import->context->state,
                                   taking->authority->first_key);
        taking->is_unconfirmed = doubt != GARITA_DOUBT_NONE;
        return error == GARITA_STORE_OK ? EXIT_DONE : sync_refuse_store(taking, error);
    }
    for (size_t i = 0; i < import->own.count && error == GARITA_STORE_OK; i++)
        error = garita_store_note_signer(import->store, import->own.first_keys[i]);
    if (error == GARITA_STORE_OK)
        error = garita_store_confirm(import->store, &taking->is_confirmed, import->context->state,
                                     taking->authority->first_key, taking->log.head.issued);
    taking->is_changed = taking->is_changed || taking->is_confirmed;
    return error == GARITA_STORE_OK ? EXIT_DONE : sync_refuse_store(taking, error);
}

static exit_status begin(struct sync_taking *taking, const struct sync_piece *pieces)
{
    garita_store *store = taking->import->store;
    garita_store_error error = garita_store_begin(store);

    if (error == GARITA_STORE_OK)
        error = garita_store_load_log(store, &taking->log, NULL, &pieces->log);
    if (error != GARITA_STORE_OK)
        return sync_refuse_store(taking, error);
    taking->leaves = garita_store_leaf_source(&taking->leaves_context, store, &taking->log.id);
    taking->leaves.rolling = &taking->rolling;
    taking->had_head = taking->log.has_head;
    taking->revoked_before = garita_set_revoked(taking->log.set);
    return EXIT_DONE;
}

/* Where nothing has changed nothing is written. */
static exit_status commit(struct sync_taking *taking)
{
    struct sync_import *import = taking->import;

    if (!taking->is_changed) {
        garita_store_rollback(import->store);
        return EXIT_DONE;
    }
    garita_store_error error = garita_store_commit(import->store);
    return error == GARITA_STORE_OK ? EXIT_DONE : sync_refuse_store(taking, error);
}

/* The authority is beyond its share. Nothing of this is kept, but that it has shown two histories
 * is. */
static exit_status take_beyond_share(struct sync_taking *taking, const garita_log_result *result,
                                     const struct sync_piece *pieces)
{
    struct sync_import *import = taking->import;
    garita_store_error error = GARITA_STORE_OK;

    garita_store_rollback(import->store);
    garita_log_end(&taking->log);
    *taking = (struct sync_taking){.import = import, .authority = pieces->authority};
    sync_refuse(import, garita_error_name(GARITA_E_FULL), NULL,
                _("ALARM: %s has suspended or revoked more than is kept for one authority; nothing "
                  "of this was taken"),
                taking->authority->name);
    if (result->proof_len == 0)
        return EXIT_DONE;
    exit_status status = begin(taking, pieces);
    if (status != EXIT_DONE)
        return status;
    taking->is_contradicted = true;
    if (garita_log_offer_proof(&taking->log)) {
        taking->is_proof_new = true;
        error = garita_store_keep_log(import->store, &taking->log, taking->authority->first_key,
                                      taking->log.frontier.size, NULL, 0);
        if (error == GARITA_STORE_OK)
            error = garita_store_keep_proof(import->store, &taking->log.id, result->proof,
                                            result->proof_len);
        taking->is_changed = true;
    }
    return error == GARITA_STORE_OK ? commit(taking) : sync_refuse_store(taking, error);
}

static size_t memory_of(const garita_log *log)
{
    return garita_set_memory(log->set) +
           (log->elsewhere != NULL ? garita_set_memory(log->elsewhere) : 0);
}

/* Whether the authorities right below an anchor that this one hangs on would make everyone hold too
 * much. */
static bool is_branch_full(const struct sync_taking *taking)
{
    const struct sync_import *import = taking->import;
    size_t sum = memory_of(&taking->log);

    for (size_t i = 0; i < import->logs.count; i++) {
        const garita_issuer *other = import->logs.at[i].authority;
        const garita_log *log = garita_book_log(import->book, other);
        if (log != NULL && garita_issuer_same_branch(taking->authority, other) &&
            !garita_hash_equal(&log->id, &taking->log.id))
            sum += memory_of(log);
    }
    return sum > GARITA_BRANCH_SET_BYTES_MAX;
}

static exit_status take_all(struct sync_taking *taking, const struct sync_piece *pieces,
                            size_t count)
{
    garita_log_result result = {.outcome = GARITA_LOG_NOTHING};
    bool is_full = false;
    exit_status status = begin(taking, pieces);

    for (size_t i = 0; i < count && status == EXIT_DONE && !is_full; i++)
        status = take_piece(taking, &result, &is_full, &pieces[i]);
    if (status == EXIT_DONE && !is_full && taking->is_changed)
        is_full = is_branch_full(taking);
    if (is_full)
        return take_beyond_share(taking, &result, pieces);
    if (status == EXIT_DONE)
        status = confirm(taking);
    if (status == EXIT_DONE)
        status = commit(taking);
    if (status == EXIT_DONE)
        refuse_gap(taking);
    return status;
}

exit_status sync_take(struct sync_import *import, const struct sync_piece *pieces, size_t count)
{
    struct sync_taking taking = {.import = import, .authority = pieces->authority};
    exit_status status = take_all(&taking, pieces, count);

    if (status != EXIT_DONE)
        garita_store_rollback(import->store);
    if (status == EXIT_DONE) {
        import->summary.authorities++;
        import->summary.changed += taking.is_changed;
        import->summary.batches += taking.batches;
        import->summary.forked += taking.is_contradicted;
        progress_clear(&import->progress);
        status = sync_tell(&taking);
    }
    if (status == EXIT_DONE && taking.is_changed &&
        garita_book_put(import->book, &taking.log) != GARITA_OK)
        status = report_no_memory(import->context);
    garita_log_end(&taking.log);
    return status;
}
