#include "sync_import.h"

#include <stdlib.h>
#include <string.h>

#include <garita/authority.h>
#include <garita/equivocation.h>
#include <garita/store_logs.h>
#include <garita/store_view.h>

#include "home_store.h"
#include "i18n.h"
#include "input_file.h"
#include "report.h"
#include "store_report.h"
#include "sync_stock.h"
#include "sync_taking.h"
#include "sync_verbs.h"

static exit_status refuse_store(const struct sync_import *import, garita_store_error error)
{
    return store_report(import->context, error, garita_store_detail(import->store));
}

/* Who is said to have signed it, as far as that can be read and is known here; else null. An id is
 * no proof: for people who ask where it comes from. */
static const char *claimed_signer(const struct sync_import *import, const garita_trust *trust,
                                  const struct sync_item *item)
{
    garita_bundle_reader reader;
    garita_message message;
    garita_equivocation proof;
    garita_peek peek;
    garita_type type = GARITA_TYPE_HEAD;

    sync_index_first(&import->index, &reader, &message, item);
    garita_bytes statement = message.head;
    if (message.kind == GARITA_MESSAGE_STATEMENT) {
        statement = message.bytes;
        type = GARITA_TYPE_AUTHORITY;
    } else if (message.kind == GARITA_MESSAGE_PROOF) {
        if (garita_equivocation_read(&proof, message.bytes.at, message.bytes.len) != GARITA_OK)
            return NULL;
        statement = proof.heads[0];
    }
    if (garita_statement_peek(&peek, NULL, type, statement.at, statement.len) != GARITA_OK)
        return NULL;
    const garita_issuer *record = garita_trust_find(trust, NULL, &peek.signer, peek.key_number);
    return record != NULL ? record->name : NULL;
}

/* Counts what is not for this home, or refuses what is wrong in itself. */
static void leave_out(struct sync_import *import, const garita_trust *trust,
                      const struct sync_item *item, garita_error error)
{
    const char *hint = _("damaged on the way, or forged: copy it again");
    const char *name;

    switch (error) {
    case GARITA_E_UNKNOWN_ISSUER:
        import->summary.foreign++;
        return;
    case GARITA_E_OUT_OF_SCOPE:
    case GARITA_E_TOO_DEEP:
        import->summary.outside++;
        return;
    default:
        break;
    }
    name = claimed_signer(import, trust, item);
    if (name != NULL)
        sync_refuse(import, garita_error_name(error), hint, _("%s: what stands at byte %zu: %s"),
                    name, item->at, _(garita_error_text(error)));
    else
        sync_refuse(import, garita_error_name(error), hint, _("what stands at byte %zu: %s"),
                    item->at, _(garita_error_text(error)));
}

/* --- statements --- */

/* Those of one import, in one transaction. */
struct additions {
    struct sync_import *import;
    garita_trust *trust;  /* of garita_store_load_trust: what is pinned, and below it */
    garita_error *errors; /* of the items, once they were tried; OK for what is in */
};

static exit_status try_statement(struct additions *additions, bool *is_added, size_t index)
{
    struct sync_import *import = additions->import;
    garita_bundle_reader reader;
    garita_message message;

    sync_index_first(&import->index, &reader, &message, &import->index.at[index]);
    garita_error error =
        garita_trust_add(additions->trust, NULL, NULL, message.bytes.at, message.bytes.len);
    additions->errors[index] = error;
    if (error == GARITA_E_NO_MEMORY)
        return report_no_memory(import->context);
    if (error == GARITA_E_ALREADY_KNOWN) {
        additions->errors[index] = GARITA_OK;
        import->summary.statements_known++;
    }
    if (error != GARITA_OK)
        return EXIT_DONE;
    garita_store_error kept =
        garita_store_add_trusted(import->store, message.bytes.at, message.bytes.len);
    /* Kept already, but until now without a chain. */
    if (kept != GARITA_STORE_OK && kept != GARITA_STORE_EXISTS)
        return refuse_store(import, kept);
    import->summary.statements_added++;
    *is_added = true;
    return EXIT_DONE;
}

/* Whether an item is one that is tried: the others are counted. */
static bool is_for_trust(const struct additions *additions, const struct sync_item *item)
{
    struct sync_import *import = additions->import;
    garita_bundle_reader reader;
    garita_message message;

    if (item->kind != GARITA_MESSAGE_STATEMENT)
        return false;
    sync_index_first(&import->index, &reader, &message, item);
    switch (garita_statement_type(message.bytes.at, message.bytes.len)) {
    case GARITA_TYPE_AUTHORITY:
        return true;
    case GARITA_TYPE_POLICY:
    case GARITA_TYPE_NODE:
        import->summary.unused++;
        return false;
    default:
        leave_out(import, additions->trust, item, GARITA_E_WRONG_TYPE);
        return false;
    }
}

/* Goes over those that are not in until nothing more is added: a chain is no longer than its
 * depth, in whatever order its statements stand. */
static exit_status try_all(struct additions *additions)
{
    struct sync_import *import = additions->import;
    size_t count = import->index.count;
    bool is_added = true;
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < count; i++)
        additions->errors[i] =
            is_for_trust(additions, &import->index.at[i]) ? GARITA_E_UNKNOWN_ISSUER : GARITA_OK;
    for (unsigned round = 0; is_added && round <= GARITA_CHAIN_DEPTH_MAX + 1; round++) {
        is_added = false;
        for (size_t i = 0; i < count && status == EXIT_DONE; i++)
            if (additions->errors[i] != GARITA_OK)
                status = try_statement(additions, &is_added, i);
    }
    for (size_t i = 0; i < count && status == EXIT_DONE; i++)
        if (additions->errors[i] != GARITA_OK)
            leave_out(import, additions->trust, &import->index.at[i], additions->errors[i]);
    return status;
}

static exit_status add_in_transaction(struct additions *additions)
{
    struct sync_import *import = additions->import;
    exit_status status = home_store_load_trust(import->context, &additions->trust, import->store);

    if (status == EXIT_DONE)
        status = try_all(additions);
    if (status != EXIT_DONE || import->summary.statements_added == 0) {
        garita_store_rollback(import->store);
        return status;
    }
    garita_store_error error = garita_store_commit(import->store);
    return error == GARITA_STORE_OK ? EXIT_DONE : refuse_store(import, error);
}

static exit_status add_statements(struct sync_import *import)
{
    struct additions additions = {.import = import};

    additions.errors = calloc(import->index.count + 1, sizeof *additions.errors);
    if (additions.errors == NULL)
        return report_no_memory(import->context);
    garita_store_error error = garita_store_begin(import->store);
    exit_status status =
        error == GARITA_STORE_OK ? add_in_transaction(&additions) : refuse_store(import, error);
    garita_trust_free(additions.trust);
    free(additions.errors);
    return status;
}

/* --- logs --- */

static exit_status load(struct sync_import *import)
{
    garita_store_error error = garita_store_hold(import->store);

    if (error != GARITA_STORE_OK)
        return refuse_store(import, error);
    exit_status status = home_store_load_signers(import->context, &import->trust, import->store);
    if (status == EXIT_DONE)
        status = sync_load_book(import->context, &import->book, import->store, import->trust, true);
    garita_store_rollback(import->store);
    if (status == EXIT_DONE)
        status = own_keys_find(import->context, &import->own, import->trust);
    return status;
}

static void leave_out_message(void *context, const struct sync_item *item, garita_error error)
{
    struct sync_import *import = context;

    leave_out(import, import->trust, item, error);
}

static exit_status take_pieces(struct sync_import *import, const struct sync_pieces *pieces)
{
    exit_status status = EXIT_DONE;
    size_t begin = 0;

    while (begin < pieces->count && status == EXIT_DONE) {
        size_t count = sync_pieces_of_one(pieces, begin);
        status = sync_take(import, &pieces->at[begin], count);
        begin += count;
    }
    return status;
}

static exit_status take_logs(struct sync_import *import)
{
    struct sync_pieces pieces = {0};
    exit_status status = load(import);

    if (status == EXIT_DONE)
        status = authority_logs_make(import->context, &import->logs, import->trust, import->book);
    if (status == EXIT_DONE)
        status = sync_pieces_find(import->context, &pieces, &import->progress, &import->index,
                                  import->trust, leave_out_message, import);
    if (status == EXIT_DONE)
        status = take_pieces(import, &pieces);
    sync_pieces_free(&pieces);
    return status;
}

/* --- the clock's floor --- */

/* Only heads below what is pinned attest a time: an anchor of this home's own, which nobody pinned,
 * would attest this home's own clock. */
static exit_status raise_floor(struct sync_import *import)
{
    garita_clock clock = context_clock(import->context);
    garita_trust *trust = NULL;
    garita_book *book = NULL;
    int64_t floor;

    if (import->summary.changed == 0)
        return EXIT_DONE;
    garita_store_error error = garita_store_begin(import->store);
    if (error != GARITA_STORE_OK)
        return refuse_store(import, error);
    exit_status status = home_store_load_trust(import->context, &trust, import->store);
    if (status == EXIT_DONE) {
        error = garita_store_load_book(import->store, &book, trust, NULL, NULL);
        if (error == GARITA_STORE_OK && garita_book_floor(book, &floor, &clock))
            error = garita_store_raise_floor(import->store, floor);
        if (error == GARITA_STORE_OK)
            error = garita_store_commit(import->store);
        if (error != GARITA_STORE_OK)
            status = refuse_store(import, error);
    }
    garita_store_rollback(import->store);
    garita_book_free(book);
    garita_trust_free(trust);
    return status;
}

/* --- --- */

static exit_status refuse_cut(const struct sync_import *import)
{
    const garita_fault *fault = &import->index.fault;
    const struct failure failure = {
        EXIT_BAD_INPUT, garita_error_name(fault->error), import->source, 0,
        _("copy it again, or ask for another: what was whole before has been taken, and taking it "
          "again does no harm")};

    if (fault->error == GARITA_E_TRUNCATED)
        return report_failure(import->context, &failure, "%s", _("the bundle was cut short"));
    return report_failure(import->context, &failure,
                          _("the bundle cannot be read from byte %zu on: %s: %s"), fault->at,
                          fault->field, _(garita_error_text(fault->error)));
}

static exit_status refuse_foreign(const struct sync_import *import)
{
    return report_failure(
        import->context,
        &(struct failure){EXIT_BAD_INPUT, garita_error_name(GARITA_E_UNKNOWN_ISSUER),
                          import->source, 0,
                          _("pin the anchor first: garita trust add FILE --anchor. If it is pinned, the "
                            "bundle was made for a home that knows more: make a list here with "
                            "\"garita sync have -o have.bin\", and have the bundle made with --for "
                            "have.bin")},
        "%s", _("nothing in the bundle is for this home"));
}

/* What the exit status says of it, after a report if it is not 0. */
static exit_status judge(const struct sync_import *import)
{
    const struct sync_summary *summary = &import->summary;

    if (import->index.fault.error != GARITA_OK)
        return refuse_cut(import);
    if (summary->refused > 0)
        return EXIT_BAD_INPUT;
    if (summary->foreign + summary->outside > 0 &&
        summary->authorities + summary->statements_added + summary->statements_known +
                summary->unused ==
            0)
        return refuse_foreign(import);
    return EXIT_DONE;
}

static exit_status take(struct sync_import *import)
{
    exit_status status = add_statements(import);

    if (status == EXIT_DONE)
        status = take_logs(import);
    if (status == EXIT_DONE)
        status = raise_floor(import);
    progress_clear(&import->progress);
    if (status != EXIT_DONE)
        return status;
    status = judge(import);
    exit_status told = sync_tell_summary(import);
    return told != EXIT_DONE ? told : status;
}

exit_status sync_import_file(const struct context *context, struct sync_summary *out,
                             const char *path)
{
    struct sync_import import = {.context = context, .source = path};
    struct input_file file = {0};

    exit_status status = input_file_read(context, &file, path, GARITA_BUNDLE_BYTES_MAX);
    if (status == EXIT_DONE)
        status = sync_index_make(context, &import.index, path, file.bytes, file.len);
    import.progress = progress_start(context, _("messages read"), import.index.count);
    if (status == EXIT_DONE) {
        import.events = calloc(GARITA_BATCH_EVENTS_MAX, sizeof *import.events);
        status = import.events != NULL ? home_store_open(context, &import.store, GARITA_STORE_WRITE)
                                       : report_no_memory(context);
    }
    if (status == EXIT_DONE)
        status = take(&import);
    *out = import.summary;
    authority_logs_free(&import.logs);
    garita_book_free(import.book);
    garita_trust_free(import.trust);
    garita_store_close(import.store);
    own_keys_free(&import.own);
    sync_index_free(&import.index);
    input_file_free(&file);
    free(import.events);
    return status;
}

/* The worst of all files: what could not be kept, then what was wrong. */
static exit_status worse(exit_status a, exit_status b)
{
    return a == EXIT_DONE || b == EXIT_IO ? b : a;
}

exit_status sync_import_run(const struct context *context, const void *values,
                            char *const *operands, size_t operand_count)
{
    struct sync_summary summary;
    exit_status status = EXIT_DONE;

    (void)values;
    for (size_t i = 0; i < operand_count; i++) {
        if (operand_count > 1 && !context->json)
            report_note(context, "%s:", operands[i]);
        exit_status here = sync_import_file(context, &summary, operands[i]);
        status = here == EXIT_DONE ? status : worse(status, here);
    }
    return status;
}
