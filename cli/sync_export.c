#include "sync_verbs.h"

#include <stdarg.h>
#include <string.h>

#include <garita/equivocation.h>
#include <garita/store_keeper.h>
#include <garita/store_stock.h>

#include "decision_tip.h"
#include "i18n.h"
#include "input_file.h"
#include "json_out.h"
#include "output_file.h"
#include "own_keys.h"
#include "progress.h"
#include "report.h"
#include "store_report.h"
#include "sync_stock.h"

const struct option sync_export_options[] = {
    OPTION_TEXT("output", 'o', "FILE", struct sync_export_options, output,
                N_("where to write it; standard output if not given")),
    OPTION_TEXT("for", 0, "HAVE", struct sync_export_options, have,
                N_("only what the home lacks that wrote this list with \"garita sync have\"")),
    OPTION_END,
};

/* A bundle while it is made. */
struct export
{
    const struct context *context;
    struct sync_stock stock;
    struct input_file have_file;
    garita_have have; /* empty without --for */
    bool is_for_one;
    struct buffer out;
    bool is_too_long; /* the last message did not fit */
    bool is_ending;
    bool is_carried_left_out, is_evidence_left_out;
    struct progress progress;
    garita_digest last; /* of the carried statement that was put last */
    struct export_counts {
        uint64_t proofs, statements, logs, snapshots, batches, evidence;
    } counts;
};

static exit_status refuse_store(const struct export *export, garita_store_error error)
{
    return store_report(export->context, error, garita_store_detail(export->stock.store));
}

/* --- writing --- */

/* What the last message takes: its kind and a length of 0. */
enum { END_SIZE = 2 };

static bool put(void *context, const uint8_t *bytes, size_t bytes_len)
{
    struct export *export = context;
    size_t cap = GARITA_BUNDLE_BYTES_MAX - (export->is_ending ? 0 : END_SIZE);

    if (bytes_len > cap - export->out.len) {
        export->is_too_long = true;
        return false;
    }
    buffer_add(&export->out, bytes, bytes_len);
    return !export->out.failed;
}

/* Counts on what is put. */
static bool put_message(struct export *export, const garita_message *message)
{
    progress_step(&export->progress, export->out.len);
    return garita_bundle_write(put, export, message);
}

static bool has_digest(const struct export *export, const uint8_t *bytes, size_t bytes_len)
{
    garita_digest digest;

    garita_digest_of(&digest, bytes, bytes_len);
    return garita_have_has(&export->have, &digest);
}

/* --- statements, proofs, evidence --- */

static bool put_statements(struct export *export)
{
    bool is_put = true;

    for (size_t i = 0; i < export->stock.statement_count && is_put; i++) {
        const struct sync_statement *statement = &export->stock.statements[i];
        if (garita_have_has(&export->have, &statement->digest))
            continue;
        is_put =
            put_message(export, &(garita_message){.kind = GARITA_MESSAGE_STATEMENT,
                                                  .bytes = {statement->bytes, statement->len}});
        export->counts.statements++;
    }
    return is_put;
}

/* Where they end at the latest: they are not to keep revocations out of the bundle. */
enum { CARRIED_END_MAX = GARITA_BUNDLE_BYTES_MAX / 4 };

/* Those of type node and policy. */
static bool visit_carried(void *context, const garita_stock_item *item, unsigned level,
                          garita_bytes statement)
{
    struct export *export = context;

    (void)level;
    /* One that several have signed is visited once for each. */
    if (garita_have_has(&export->have, &item->digest) ||
        memcmp(&export->last, &item->digest, sizeof export->last) == 0)
        return true;
    if (export->out.len > CARRIED_END_MAX - statement.len) {
        export->is_carried_left_out = true;
        return true;
    }
    export->last = item->digest;
    export->counts.statements++;
    return put_message(export,
                       &(garita_message){.kind = GARITA_MESSAGE_STATEMENT, .bytes = statement});
}

static bool put_carried(struct export *export, garita_store_error *error)
{
    const struct sync_stock *stock = &export->stock;

    *error =
        garita_store_each_given(stock->store, stock->trust, stock->book, visit_carried, export);
    if (export->is_carried_left_out)
        report_warning(export->context, "%s",
                       _("not all node and policy statements are in it: there are too many"));
    return *error == GARITA_STORE_OK && !export->out.failed;
}

/* False too if the store could not be read: *error. */
static bool put_proofs(struct export *export, garita_store_error *error)
{
    uint8_t proof[GARITA_EQUIVOCATION_BYTES_MAX];
    size_t len;
    bool is_put = true;

    for (size_t i = 0; i < export->stock.logs.count && is_put; i++) {
        const struct authority_log *each = &export->stock.logs.at[i];
        *error = garita_store_get_proof(export->stock.store, proof, &len, &each->id);
        if (*error == GARITA_STORE_ABSENT) {
            *error = GARITA_STORE_OK;
            continue;
        }
        if (*error != GARITA_STORE_OK)
            return false;
        if (has_digest(export, proof, len) ||
            !garita_stock_proof_counts(export->stock.book, each->authority,
                                       (garita_bytes){proof, len}))
            continue;
        is_put = put_message(
            export, &(garita_message){.kind = GARITA_MESSAGE_PROOF, .bytes = {proof, len}});
        export->counts.proofs++;
    }
    return is_put;
}

/* Whose evidence is visited. */
struct visit {
    struct export *export;
    const struct authority_log *each;
};

static bool visit_evidence(void *context, const garita_message *evidence)
{
    const struct visit *visit = context;
    struct export *export = visit->export;

    if (has_digest(export, evidence->bytes.at, evidence->bytes.len) ||
        !garita_stock_head_counts(export->stock.book, visit->each->authority, evidence->head))
        return true;
    size_t before = export->out.len;
    if (put_message(export, evidence)) {
        export->counts.evidence++;
        return true;
    }
    if (!export->is_too_long)
        return false;
    export->is_too_long = false;
    export->is_evidence_left_out = true;
    export->out.len = before;
    return true;
}

static bool put_evidence(struct export *export, garita_store_error *error)
{
    for (size_t i = 0; i < export->stock.logs.count && *error == GARITA_STORE_OK; i++) {
        struct visit visit = {export, &export->stock.logs.at[i]};
        *error = garita_store_each_evidence(export->stock.store, &visit.each->id, visit_evidence,
                                            &visit);
    }
    if (export->is_evidence_left_out)
        report_warning(export->context,
                       _("not all evidence is in it: the bundle would be longer than %d bytes"),
                       GARITA_BUNDLE_BYTES_MAX);
    return *error == GARITA_STORE_OK && !export->out.failed;
}

/* --- logs --- */

/* What the receiver has of this log. False if it has none. */
static bool find_theirs(const struct export *export, garita_have_log *out, const garita_hash *id)
{
    size_t low = 0;
    size_t high = export->have.log_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        garita_have_log_at(out, &export->have, middle);
        int order = memcmp(out->id.bytes, id->bytes, sizeof id->bytes);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static bool can_give(const struct export *export, const struct authority_log *each)
{
    return garita_stock_log_is_given(export->stock.book, each->authority, each->log);
}

static bool plan(const struct export *export, garita_plan *out, const garita_shelf *shelf)
{
    garita_have_log theirs;

    if (!export->is_for_one)
        return garita_plan_for_all(out, shelf);
    bool is_known = find_theirs(export, &theirs, &shelf->log->id);
    return garita_plan_for(out, shelf, is_known ? &theirs : NULL, false);
}

/* An authority that is certified in several places has a log for each, of the same bytes. */
static bool is_put_already(const struct export *export, size_t index)
{
    const garita_log *log = export->stock.logs.at[index].log;

    for (size_t i = 0; i < index; i++) {
        const garita_log *other = export->stock.logs.at[i].log;
        if (can_give(export, &export->stock.logs.at[i]) && other->start == log->start &&
            other->batches_from == log->batches_from && other->head_len == log->head_len &&
            memcmp(other->head_bytes, log->head_bytes, log->head_len) == 0)
            return true;
    }
    return false;
}

static void warn_out_of_reach(struct export *export, const struct authority_log *each,
                              const garita_plan *its)
{
    progress_clear(&export->progress);
    report_warning(
        export->context,
        its->has_snapshot
            ? _("%s: this home has batches from number %llu on only; whoever has some, but "
                "fewer, needs a bundle from elsewhere first")
            : _("%s: this home has batches from number %llu on only; whoever has fewer "
                "needs a bundle from elsewhere first"),
        each->authority->name,
        (unsigned long long)(its->has_snapshot ? each->log->start : each->log->batches_from));
}

static bool put_log_whole(struct export *export, garita_store_error *error,
                          const struct authority_log *each)
{
    garita_store_shelf context;
    garita_shelf shelf;
    garita_plan its;
    uint64_t batches;

    garita_store_shelf_of(&shelf, &context, export->stock.store, each->log);
    if (!plan(export, &its, &shelf)) {
        *error = context.error;
        return false;
    }
    if (its.is_out_of_reach)
        warn_out_of_reach(export, each, &its);
    bool is_put = garita_plan_write(&its, &shelf, &batches, put, export);
    progress_step(&export->progress, export->out.len);
    export->counts.logs += its.has_tail || its.has_snapshot;
    export->counts.snapshots += its.has_snapshot;
    export->counts.batches += batches;
    *error = context.error;
    return is_put;
}

/* One that does not fit is left out: whoever fills a bundle must not keep the others' revocations
 * out of it. So is one of which the disk gives back what was never written. */
static bool put_log(struct export *export, garita_store_error *error,
                    const struct authority_log *each)
{
    size_t before = export->out.len;
    const struct export_counts counts = export->counts;

    if (put_log_whole(export, error, each))
        return true;
    if (*error != GARITA_STORE_OK || export->out.failed)
        return false;
    progress_clear(&export->progress);
    if (export->is_too_long)
        report_warning(
            export->context,
            _("%s: left out, since the bundle would be longer than %d bytes; ask the receiver "
              "for \"garita sync have\", and export with --for"),
            each->authority->name, GARITA_BUNDLE_BYTES_MAX);
    else
        sync_warn_damaged(export->context, each->authority, "a batch is not what was written");
    export->is_too_long = false;
    export->out.len = before;
    export->counts = counts;
    return true;
}

static bool put_logs(struct export *export, garita_store_error *error)
{
    bool is_put = true;

    for (size_t i = 0; i < export->stock.logs.count && is_put; i++)
        if (can_give(export, &export->stock.logs.at[i]) &&
            (export->is_for_one || !is_put_already(export, i)))
            is_put = put_log(export, error, &export->stock.logs.at[i]);
    return is_put;
}

/* --- the bundle --- */

static exit_status too_long(const struct context *context)
{
    return report_failure(
        context,
        &(struct failure){EXIT_IO, "too-long", NULL, 0,
                          _("ask the receiver for \"garita sync have\", and export with --for")},
        _("a bundle of all this would be longer than %d bytes"), GARITA_BUNDLE_BYTES_MAX);
}

static exit_status make_bundle(struct export *export)
{
    garita_store_error error = GARITA_STORE_OK;
    const garita_message origin = {
        .kind = GARITA_MESSAGE_ORIGIN,
        .bytes = {garita_store_home(export->stock.store)->id, GARITA_HOME_ID_SIZE}};
    bool is_put = garita_bundle_write_header(put, export) && put_message(export, &origin) &&
                  put_proofs(export, &error) && put_statements(export) &&
                  put_carried(export, &error) && put_logs(export, &error) &&
                  put_evidence(export, &error);

    export->is_ending = true;
    is_put = is_put && put_message(export, &(garita_message){.kind = GARITA_MESSAGE_END});

    progress_clear(&export->progress);
    if (error != GARITA_STORE_OK)
        return refuse_store(export, error);
    if (export->is_too_long)
        return too_long(export->context);
    return is_put ? EXIT_DONE : report_no_memory(export->context);
}

/* --- telling --- */

/* Of what there is none of, nothing. */
static void add_count(struct buffer *out, uint64_t count, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void add_count(struct buffer *out, uint64_t count, const char *format, ...)
{
    va_list arguments;

    if (count == 0)
        return;
    va_start(arguments, format);
    buffer_add_text(out, ", ");
    buffer_add_format_v(out, format, arguments);
    va_end(arguments);
}

static exit_status tell_people(const struct export *export)
{
    struct buffer text = {0};

    buffer_add_format(&text, P_("%lu byte", "%lu bytes", export->out.len),
                      (unsigned long)export->out.len);
    add_count(&text, export->counts.statements,
              P_("%lu statement", "%lu statements", export->counts.statements),
              (unsigned long)export->counts.statements);
    add_count(&text, export->counts.logs,
              P_("%lu status log", "%lu status logs", export->counts.logs),
              (unsigned long)export->counts.logs);
    add_count(&text, export->counts.batches, P_("%lu batch", "%lu batches", export->counts.batches),
              (unsigned long)export->counts.batches);
    add_count(&text, export->counts.snapshots,
              P_("%lu snapshot", "%lu snapshots", export->counts.snapshots),
              (unsigned long)export->counts.snapshots);
    add_count(&text, export->counts.proofs,
              P_("%lu proof of equivocation", "%lu proofs of equivocation", export->counts.proofs),
              (unsigned long)export->counts.proofs);
    add_count(&text, export->counts.evidence,
              P_("%lu piece of evidence", "%lu pieces of evidence", export->counts.evidence),
              (unsigned long)export->counts.evidence);
    if (export->is_for_one && export->counts.statements + export->counts.logs +
                                      export->counts.proofs + export->counts.evidence ==
                                  0)
        buffer_add_format(&text, "; %s", _("the receiver has all that is here"));
    exit_status status = text.failed ? report_no_memory(export->context) : EXIT_DONE;
    if (status == EXIT_DONE)
        report_note(export->context, _("the bundle: %s"), buffer_text(&text));
    buffer_free(&text);
    return status;
}

static exit_status tell(const struct export *export, const char *output)
{
    if (!export->context->json)
        return tell_people(export);
    return json_out(export->context,
                    json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "file",
                              json_out_text_or_null(output), "bytes", (json_int_t) export->out.len,
                              "statements", (json_int_t) export->counts.statements, "logs",
                              (json_int_t) export->counts.logs, "batches",
                              (json_int_t) export->counts.batches, "snapshots",
                              (json_int_t) export->counts.snapshots, "proofs",
                              (json_int_t) export->counts.proofs, "evidence",
                              (json_int_t) export->counts.evidence));
}

/* Whose revocations could not be told even if there were any. */
static exit_status warn_headless(const struct export *export)
{
    const struct context *context = export->context;
    struct own_keys own = {0};
    exit_status status = own_keys_find(context, &own, export->stock.trust);

    for (size_t i = 0; i < export->stock.logs.count && status == EXIT_DONE; i++) {
        const struct authority_log *each = &export->stock.logs.at[i];
        if (own_keys_has(&own, each->authority->first_key) &&
            (each->log == NULL || !each->log->has_head))
            report_warning(context,
                           _("%s has signed no head yet, so that checkpoints refer whatever it "
                             "issues: garita head --as KEY"),
                           each->authority->name);
    }
    own_keys_free(&own);
    return status;
}

/* --- --- */

static exit_status read_have(struct export *export, const char *path)
{
    exit_status status =
        input_file_read(export->context, &export->have_file, path,
                        garita_have_size(GARITA_HAVE_LOGS_MAX, GARITA_HAVE_DIGESTS_MAX));

    if (status != EXIT_DONE)
        return status;
    garita_error error =
        garita_have_read(&export->have, export->have_file.bytes, export->have_file.len);
    if (error == GARITA_OK)
        return EXIT_DONE;
    return report_failure(export->context,
                          &(struct failure){EXIT_BAD_INPUT, garita_error_name(error), path, 0,
                                            _("the receiver makes one with: garita sync have -o "
                                              "have.bin")},
                          _("not a list of what a home has: %s"), _(garita_error_text(error)));
}

exit_status sync_export_run(const struct context *context, const void *values,
                            char *const *operands, size_t operand_count)
{
    const struct sync_export_options *given = values;
    const char *output = given->output != NULL ? given->output : "-";
    struct export export = {.context = context,
                            .is_for_one = given->have != NULL,
                            .progress = progress_start(context, _("bytes"), 0)};

    (void)operands;
    (void)operand_count;
    exit_status status = sync_check_output(context, output);
    if (status == EXIT_DONE && export.is_for_one)
        status = read_have(&export, given->have);
    if (status == EXIT_DONE)
        status = sync_stock_open(context, &export.stock);
    if (status == EXIT_DONE) {
        sync_stock_warn(context, &export.stock);
        status = make_bundle(&export);
    }
    if (status == EXIT_DONE)
        status = output_file_write(context, output, OUTPUT_BINARY, OUTPUT_MODE_PUBLIC,
                                   export.out.at, export.out.len);
    if (status == EXIT_DONE)
        status = tell(&export, output);
    if (status == EXIT_DONE)
        status = warn_headless(&export);
    if (status == EXIT_DONE)
        decision_tip_keep(context, export.stock.store);
    sync_stock_close(&export.stock);
    input_file_free(&export.have_file);
    buffer_free(&export.out);
    return status;
}
