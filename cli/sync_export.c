#include "sync_verbs.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <garita/equivocation.h>
#include <garita/store_logs.h>

#include "decision_tip.h"
#include "i18n.h"
#include "input_file.h"
#include "json_out.h"
#include "output_file.h"
#include "own_keys.h"
#include "progress.h"
#include "report.h"
#include "store_report.h"
#include "sync_plan.h"
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
    bool is_evidence_left_out;
    struct progress progress;
    struct export_counts
    {
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
            !sync_proof_counts(&export->stock, each, (garita_bytes){proof, len}))
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
        !sync_evidence_counts(&export->stock, visit->each, evidence))
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

static bool visit_batch(void *context, const uint8_t *bytes, size_t bytes_len)
{
    struct export *export = context;

    export->counts.batches++;
    return put_message(
        export, &(garita_message){.kind = GARITA_MESSAGE_BATCH, .bytes = {bytes, bytes_len}});
}

static bool put_tail(struct export *export, garita_store_error *error, const garita_log *log,
                     const struct sync_plan *plan)
{
    uint64_t before = export->counts.batches;
    garita_message message = {.kind = GARITA_MESSAGE_TAIL,
                              .head = {log->head_bytes, log->head_len},
                              .frontier = plan->from};

    if (!put_message(export, &message))
        return false;
    *error = garita_store_each_batch(export->stock.store, &log->id, plan->from.size, visit_batch,
                                     export);
    if (*error != GARITA_STORE_OK || export->is_too_long || export->out.failed)
        return false;
    if (export->counts.batches - before != log->head.size - plan->from.size) {
        *error = GARITA_STORE_CORRUPT;
        return false;
    }
    return true;
}

/* Leaf hashes, gathered into messages. */
struct leaves {
    size_t count;
    garita_hash at[GARITA_LEAVES_MAX];
};

static bool put_gathered(struct export *export, struct leaves *leaves)
{
    garita_message message = {
        .kind = GARITA_MESSAGE_LEAVES,
        .bytes = {(const uint8_t *)leaves->at, leaves->count * sizeof leaves->at[0]}};

    leaves->count = 0;
    return message.bytes.len == 0 || put_message(export, &message);
}

/* The leaves from a size on, up to the head's. */
static bool put_leaves(struct export *export, garita_store_error *error, const garita_log *log,
                       uint64_t from)
{
    garita_store_leaves context;
    garita_leaf_source source = garita_store_leaf_source(&context, export->stock.store, &log->id);
    struct leaves *leaves = calloc(1, sizeof *leaves);
    bool is_put = leaves != NULL;

    if (leaves == NULL)
        export->out.failed = true;
    for (uint64_t i = from; i < log->head.size && is_put; i++) {
        if (!source.leaf(source.context, &leaves->at[leaves->count++], i)) {
            *error = GARITA_STORE_CORRUPT;
            is_put = false;
        } else if (leaves->count == GARITA_LEAVES_MAX) {
            is_put = put_gathered(export, leaves);
        }
    }
    is_put = is_put && put_gathered(export, leaves);
    free(leaves);
    return is_put;
}

static bool put_snapshot(struct export *export, garita_store_error *error, const garita_log *log,
                         const struct sync_plan *plan)
{
    uint8_t chunk[GARITA_CHUNK_BYTES_MAX];
    size_t len;
    garita_message message = {.kind = GARITA_MESSAGE_SNAPSHOT,
                              .head = {log->head_bytes, log->head_len},
                              .frontier = plan->from,
                              .path_from = plan->path_from,
                              .path_count = plan->path_count};

    memcpy(message.path, plan->path, plan->path_count * sizeof plan->path[0]);
    bool is_put = put_message(export, &message) && put_leaves(export, error, log, plan->from.size);
    for (int32_t i = garita_set_next_chunk(log->set, 0); i >= 0 && is_put;
         i = garita_set_next_chunk(log->set, (uint32_t)i + 1)) {
        garita_set_chunk(chunk, &len, log->set, (uint32_t)i);
        is_put = put_message(export, &(garita_message){.kind = GARITA_MESSAGE_CHUNK,
                                                       .bytes = {chunk, len},
                                                       .index = (uint32_t)i});
    }
    export->counts.snapshots++;
    return is_put;
}

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

static garita_store_error plan(const struct export *export, struct sync_plan *out,
                               const garita_log *log)
{
    garita_have_log theirs;

    if (!export->is_for_one)
        return sync_plan_for_all(export->stock.store, out, log);
    return sync_plan_for(export->stock.store, out, log,
                         find_theirs(export, &theirs, &log->id) ? &theirs : NULL);
}

/* An authority that is certified in several places has a log for each, of the same bytes. */
static bool is_put_already(const struct export *export, size_t index)
{
    const garita_log *log = export->stock.logs.at[index].log;

    for (size_t i = 0; i < index; i++) {
        const garita_log *other = export->stock.logs.at[i].log;
        if (other != NULL && sync_can_give(&export->stock, &export->stock.logs.at[i]) &&
            other->start == log->start && other->head_len == log->head_len &&
            memcmp(other->head_bytes, log->head_bytes, log->head_len) == 0)
            return true;
    }
    return false;
}

static bool put_log_whole(struct export *export, garita_store_error *error,
                          const struct authority_log *each)
{
    struct sync_plan its;

    *error = plan(export, &its, each->log);
    if (*error != GARITA_STORE_OK)
        return false;
    if (its.is_out_of_reach) {
        progress_clear(&export->progress);
        report_warning(
            export->context,
            its.has_snapshot
                ? _("%s: this home has batches from number %llu on only; whoever has some, but "
                    "fewer, needs a bundle from elsewhere first")
                : _("%s: this home has batches from number %llu on only; whoever has fewer "
                    "needs a bundle from elsewhere first"),
            each->authority->name, (unsigned long long)each->log->start);
    }
    if (its.has_tail || its.has_snapshot)
        export->counts.logs++;
    if (its.has_tail && !put_tail(export, error, each->log, &its))
        return false;
    return !its.has_snapshot || put_snapshot(export, error, each->log, &its);
}

/* One that does not fit is left out: whoever fills a bundle must not keep the others' revocations out
 * of it. */
static bool put_log(struct export *export, garita_store_error *error,
                    const struct authority_log *each)
{
    size_t before = export->out.len;
    const struct export_counts counts = export->counts;

    if (put_log_whole(export, error, each))
        return true;
    if (!export->is_too_long)
        return false;
    export->is_too_long = false;
    export->out.len = before;
    export->counts = counts;
    progress_clear(&export->progress);
    report_warning(export->context,
                   _("%s: left out, since the bundle would be longer than %d bytes; ask the receiver "
                     "for \"garita sync have\", and export with --for"),
                   each->authority->name, GARITA_BUNDLE_BYTES_MAX);
    return true;
}

static bool put_logs(struct export *export, garita_store_error *error)
{
    bool is_put = true;

    for (size_t i = 0; i < export->stock.logs.count && is_put; i++)
        if (sync_can_give(&export->stock, &export->stock.logs.at[i]) &&
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
                  put_logs(export, &error) && put_evidence(export, &error);

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
    add_count(&text, export->counts.statements, P_("%lu statement", "%lu statements", export->counts.statements),
              (unsigned long)export->counts.statements);
    add_count(&text, export->counts.logs, P_("%lu status log", "%lu status logs", export->counts.logs),
              (unsigned long)export->counts.logs);
    add_count(&text, export->counts.batches, P_("%lu batch", "%lu batches", export->counts.batches),
              (unsigned long)export->counts.batches);
    add_count(&text, export->counts.snapshots, P_("%lu snapshot", "%lu snapshots", export->counts.snapshots),
              (unsigned long)export->counts.snapshots);
    add_count(&text, export->counts.proofs,
              P_("%lu proof of equivocation", "%lu proofs of equivocation", export->counts.proofs),
              (unsigned long)export->counts.proofs);
    add_count(&text, export->counts.evidence,
              P_("%lu piece of evidence", "%lu pieces of evidence", export->counts.evidence),
              (unsigned long)export->counts.evidence);
    if (export->is_for_one &&
        export->counts.statements + export->counts.logs + export->counts.proofs + export->counts.evidence == 0)
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
                              (json_int_t) export->counts.logs, "batches", (json_int_t) export->counts.batches,
                              "snapshots", (json_int_t) export->counts.snapshots, "proofs",
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
