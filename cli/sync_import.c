#include "sync_import.h"

#include <stdlib.h>

#include <garita/store_keeper.h>

#include "home_store.h"
#include "i18n.h"
#include "input_file.h"
#include "report.h"
#include "store_report.h"
#include "sync_bundle.h"
#include "sync_run.h"
#include "sync_verbs.h"
#include "sync_withdrawn.h"

/* --- what the intake tells --- */

static void on_statement(void *context, garita_bytes statement, garita_type type, bool is_new)
{
    struct sync_summary *summary = &((struct sync_run *)context)->summary;

    (void)statement;
    if (type == GARITA_TYPE_AUTHORITY)
        *(is_new ? &summary->statements_added : &summary->statements_known) += 1;
    else
        *(is_new ? &summary->carried_added : &summary->carried_known) += 1;
}

static void on_dropped(void *context, const garita_carried *carried)
{
    (void)carried;
    ((struct sync_run *)context)->summary.carried_dropped++;
}

static void on_viewed(void *context, const garita_trust *trust, const garita_book *book)
{
    struct sync_run *run = context;

    run->trust = trust;
    run->status = own_keys_find(run->context, &run->own, trust);
    if (run->status == EXIT_DONE)
        run->status = sync_withdrawn_note(run, book);
}

static void on_refused(void *context, const garita_refusal *refusal)
{
    sync_refuse(context, refusal);
}

/* After a report nothing more is taken. */
static bool on_settle(void *context, const garita_taken *taken, bool *is_changed)
{
    struct sync_run *run = context;

    return run->status == EXIT_DONE && sync_confirm(run, taken, is_changed);
}

static void on_taken(void *context, const garita_taken *taken)
{
    struct sync_run *run = context;

    run->summary.authorities++;
    run->summary.changed += taken->is_changed;
    run->summary.batches += taken->batches;
    run->summary.forked += taken->is_contradicted;
    progress_clear(&run->progress);
    if (run->status == EXIT_DONE)
        run->status = sync_tell(run, taken);
    run->is_confirmed = run->is_unconfirmed = false;
}

static void on_progress(void *context, size_t done, size_t count)
{
    struct sync_run *run = context;

    run->progress.total = count;
    progress_step(&run->progress, done);
}

static void on_damage(void *context, const garita_issuer *authority, const char *what)
{
    const struct sync_run *run = context;

    report_warning(run->context,
                   _("the record of revocations by %s is damaged (%s): it is taken anew where "
                     "the bundle has it whole, and else left as it is; see: garita doctor"),
                   authority->name, _(what));
}

/* --- the whole --- */

static exit_status refuse_cut(const struct sync_run *run, const garita_fault *fault)
{
    const struct failure failure = {
        EXIT_BAD_INPUT, garita_error_name(fault->error), run->source, 0,
        _("copy it again, or ask for another: what was whole before has been taken, and taking it "
          "again does no harm")};

    if (fault->error == GARITA_E_TRUNCATED)
        return report_failure(run->context, &failure, "%s", _("the bundle was cut short"));
    return report_failure(run->context, &failure,
                          _("the bundle cannot be read from byte %zu on: %s: %s"), fault->at,
                          fault->field, _(garita_error_text(fault->error)));
}

static exit_status refuse_foreign(const struct sync_run *run)
{
    return report_failure(
        run->context,
        &(struct failure){
            EXIT_BAD_INPUT, garita_error_name(GARITA_E_UNKNOWN_ISSUER), run->source, 0,
            _("pin the anchor first: garita trust add FILE --anchor. If it is pinned, the "
              "bundle was made for a home that knows more: make a list here with "
              "\"garita sync have -o have.bin\", and have the bundle made with --for "
              "have.bin")},
        "%s", _("nothing in the bundle is for this home"));
}

/* What the exit status says of it, after a report if it is not 0. */
static exit_status judge(const struct sync_run *run, bool is_cut, const garita_fault *fault)
{
    const struct sync_summary *summary = &run->summary;

    if (is_cut)
        return refuse_cut(run, fault);
    if (summary->refused > 0)
        return EXIT_BAD_INPUT;
    if (summary->foreign + summary->outside > 0 &&
        summary->authorities + summary->statements_added + summary->statements_known +
                summary->carried_added + summary->carried_known ==
            0)
        return refuse_foreign(run);
    return EXIT_DONE;
}

static exit_status refuse_store(const struct sync_run *run, garita_store_error error)
{
    return store_report(run->context, error, garita_store_detail(run->store));
}

/* Warns of what the home has and can no longer use. */
static exit_status warn_of_misfits(const struct sync_run *run)
{
    garita_trust *trust = NULL;
    exit_status status = home_store_load_trust(run->context, &trust, run->store);

    garita_trust_free(trust);
    return status;
}

/* What was committed before a failure stays. */
static exit_status take_in(struct sync_run *run, bool *is_cut, garita_fault *fault,
                           garita_event *events, const struct input_file *file)
{
    const garita_intake_listener listener = {.context = run,
                                             .statement = on_statement,
                                             .dropped = on_dropped,
                                             .viewed = on_viewed,
                                             .refused = on_refused,
                                             .settle = on_settle,
                                             .taken = on_taken,
                                             .progress = on_progress};
    garita_store_keeper *keeper = NULL;
    garita_store_error error = garita_store_keeper_new(&keeper, run->store, true, on_damage, run);
    garita_intake_end end = GARITA_INTAKE_NOT_KEPT;

    if (error == GARITA_STORE_OK) {
        const garita_intake intake = {garita_store_keeper_table(keeper), &listener, events};
        end = garita_intake_bundle(&intake, fault, file->bytes, file->len);
        error = garita_store_keeper_error(keeper);
    }
    progress_clear(&run->progress);
    if (run->status == EXIT_DONE && end == GARITA_INTAKE_NOT_KEPT)
        run->status = refuse_store(run, error);
    if (run->status == EXIT_DONE && end == GARITA_INTAKE_NO_MEMORY)
        run->status = report_no_memory(run->context);
    *is_cut = end == GARITA_INTAKE_CUT;
    garita_store_keeper_free(keeper);
    run->trust = NULL;
    return run->status;
}

static exit_status raise_floor(const struct sync_run *run)
{
    garita_clock clock = context_clock(run->context);

    if (run->summary.changed == 0)
        return EXIT_DONE;
    garita_store_error error = garita_store_attest_floor(run->store, &clock);
    return error == GARITA_STORE_OK ? EXIT_DONE : refuse_store(run, error);
}

static exit_status take(struct sync_run *run, garita_event *events, const struct input_file *file)
{
    garita_fault fault = {.field = ""};
    bool is_cut = false;
    exit_status status = warn_of_misfits(run);

    if (status == EXIT_DONE)
        status = take_in(run, &is_cut, &fault, events, file);
    if (status == EXIT_DONE)
        status = raise_floor(run);
    if (status != EXIT_DONE)
        return status;
    status = judge(run, is_cut, &fault);
    exit_status told = sync_tell_summary(run, is_cut);
    return told != EXIT_DONE ? told : status;
}

exit_status sync_import_file(const struct context *context, struct sync_summary *out,
                             const char *path)
{
    struct sync_run run = {.context = context, .source = path};
    struct input_file file = {0};
    garita_event *events = NULL;

    exit_status status = input_file_read(context, &file, path, GARITA_BUNDLE_BYTES_MAX);
    if (status == EXIT_DONE)
        status = sync_bundle_check(context, path, file.bytes, file.len);
    if (status == EXIT_DONE) {
        events = calloc(GARITA_BATCH_EVENTS_MAX, sizeof *events);
        status = events != NULL ? home_store_open(context, &run.store, GARITA_STORE_WRITE)
                                : report_no_memory(context);
    }
    if (status == EXIT_DONE) {
        run.origin = garita_bundle_origin(file.bytes, file.len);
        run.progress = progress_start(context, _("messages read"), 0);
        status = take(&run, events, &file);
    }
    *out = run.summary;
    garita_store_close(run.store);
    own_keys_free(&run.own);
    free(run.was_withdrawn);
    input_file_free(&file);
    free(events);
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
