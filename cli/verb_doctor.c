/* garita doctor: whether the home is what was written, from the first batch on. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <garita/store_view.h>

#include "doctor.h"
#include "home_store.h"
#include "i18n.h"
#include "json_out.h"
#include "report.h"
#include "store_report.h"
#include "text_out.h"
#include "verbs.h"

struct doctor_options {
    bool repair;
};

static const struct option options[] = {
    OPTION_FLAG("repair", 0, struct doctor_options, repair,
                N_("take damaged logs anew: from their own batches, and from these bundles")),
    OPTION_END,
};

/* --- looking --- */

/* A file that is no store any more is damage; that there is none is not. */
static exit_status open_store(struct doctor *doctor)
{
    const struct context *context = doctor->context;
    char detail[GARITA_STORE_DETAIL_SIZE];
    garita_store_error error =
        garita_store_open(&doctor->store, detail, context->home, GARITA_STORE_READ);

    if (error == GARITA_STORE_OK) {
        error = garita_store_hold(doctor->store);
        if (error == GARITA_STORE_OK)
            return EXIT_DONE;
        memcpy(detail, garita_store_detail(doctor->store), sizeof detail);
    }
    if (error != GARITA_STORE_CORRUPT && error != GARITA_STORE_NOT_A_HOME)
        return store_report(context, error, error == GARITA_STORE_NO_HOME ? "" : detail);
    garita_store_close(doctor->store);
    doctor->store = NULL;
    doctor_tell(doctor, DOCTOR_DAMAGE, GARITA_STORE_FILE,
                _("keep a copy of the home as it is, then restore a backup, or make a new home and "
                  "import bundles into it"),
                "%s (%s)", _(garita_store_error_text(error)), detail);
    return EXIT_DONE;
}

static void let_go(struct doctor *doctor)
{
    garita_trust_free(doctor->signers);
    garita_trust_free(doctor->trust);
    garita_store_close(doctor->store);
    doctor->signers = doctor->trust = NULL;
    doctor->store = NULL;
}

static exit_status check_all(struct doctor *doctor)
{
    static exit_status (*const checks[])(struct doctor * doctor) = {
        doctor_check_store, doctor_check_trust,     doctor_check_register,
        doctor_check_logs,  doctor_check_decisions,
    };

    doctor->progress = progress_start(doctor->context, _("looked at"), 0);
    exit_status status = open_store(doctor);
    /* A home that is not there has no files either. */
    if (status == EXIT_DONE)
        status = doctor_check_files(doctor);
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if (status == EXIT_DONE && doctor->store != NULL)
            status = checks[i](doctor);
    progress_clear(&doctor->progress);
    if (status == EXIT_DONE && doctor->out_of_memory)
        status = report_no_memory(doctor->context);
    return status;
}

/* --- what it comes to --- */

static json_t *counts_json(const struct doctor_counts *counts)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "anchors",
                     (json_int_t)counts->anchors, "statements", (json_int_t)counts->statements,
                     "entries", (json_int_t)counts->entries, "logs", (json_int_t)counts->logs,
                     "batches", (json_int_t)counts->batches, "evidence",
                     (json_int_t)counts->evidence, "decisions", (json_int_t)counts->decisions,
                     "keys", (json_int_t)counts->keys);
}

/* "looked at: 1 anchor, 4 statements, …", in lines that a terminal holds. */
static exit_status print_counts(const struct context *context, const struct doctor_counts *counts)
{
    struct buffer text = {0};

    buffer_add_text(&text, _("looked at: "));
    buffer_add_format(&text, P_("%lu anchor", "%lu anchors", counts->anchors),
                      (unsigned long)counts->anchors);
    buffer_add_format(&text, P_(", %lu statement", ", %lu statements", counts->statements),
                      (unsigned long)counts->statements);
    buffer_add_format(&text,
                      P_(", %lu entry of the register", ", %lu entries of the register",
                         counts->entries),
                      (unsigned long)counts->entries);
    buffer_add_format(&text, P_(", %lu log", ", %lu logs", counts->logs),
                      (unsigned long)counts->logs);
    buffer_add_format(&text, P_(" with %lu batch", " with %lu batches", counts->batches),
                      (unsigned long)counts->batches);
    buffer_add_format(&text,
                      P_(", %lu piece of evidence", ", %lu pieces of evidence", counts->evidence),
                      (unsigned long)counts->evidence);
    buffer_add_format(&text, P_(", %lu decision", ", %lu decisions", counts->decisions),
                      (unsigned long)counts->decisions);
    buffer_add_format(&text, P_(", %lu key", ", %lu keys", counts->keys),
                      (unsigned long)counts->keys);
    buffer_add_char(&text, '\n');
    return text_out(context, &text, 4);
}

static exit_status sum_up(const struct doctor *doctor)
{
    const struct context *context = doctor->context;
    exit_status status = doctor->damages > 0 ? EXIT_DAMAGED : EXIT_DONE;

    if (context->json) {
        exit_status printed =
            json_out(context, json_pack("{s:b, s:I, s:I, s:o}", "sound", doctor->damages == 0,
                                        "damage", (json_int_t)doctor->damages, "warnings",
                                        (json_int_t)doctor->warnings, "checked",
                                        counts_json(&doctor->counts)));
        return printed == EXIT_DONE ? status : printed;
    }
    if (print_counts(context, &doctor->counts) != EXIT_DONE)
        return EXIT_IO;
    if (doctor->damages > 0)
        fprintf(context->out, _("DAMAGED: %llu; warnings: %llu\n"),
                (unsigned long long)doctor->damages, (unsigned long long)doctor->warnings);
    else if (doctor->warnings > 0)
        fprintf(context->out, _("sound; warnings: %llu\n"), (unsigned long long)doctor->warnings);
    else
        fprintf(context->out, "%s\n", _("sound"));
    return status;
}

/* --- --- */

static void forget(struct doctor *doctor)
{
    let_go(doctor);
    free(doctor->damaged);
    free(doctor->events);
}

/* Looks once more, after the repair: only that says what it came to. */
static exit_status look_again(struct doctor *doctor)
{
    struct doctor again = {.context = doctor->context, .events = doctor->events};

    report_note(doctor->context, "%s", _("looking again at what is there now"));
    exit_status status = check_all(&again);
    if (status == EXIT_DONE)
        status = sum_up(&again);
    again.events = NULL;
    forget(&again);
    return status;
}

static exit_status repair(struct doctor *doctor, char *const *bundles, size_t bundle_count)
{
    report_note(doctor->context,
                P_("damage was found in %llu place; repairing it",
                   "damage was found in %llu places; repairing it", (unsigned long)doctor->damages),
                (unsigned long long)doctor->damages);
    /* The signers are asked who signed; the store is opened anew, for writing. */
    garita_store_close(doctor->store);
    doctor->store = NULL;
    exit_status status = EXIT_DONE;
    if (doctor->signers != NULL)
        status = doctor_repair(doctor, bundles, bundle_count);
    return status == EXIT_DONE ? look_again(doctor) : status;
}

static exit_status run(const struct context *context, const void *values, char *const *operands,
                       size_t operand_count)
{
    const struct doctor_options *given = values;
    struct doctor doctor = {.context = context};

    if (operand_count > 0 && !given->repair)
        return report_failure(
            context,
            &(struct failure){EXIT_USAGE, "usage", NULL, 0, _("garita doctor --repair FILE")}, "%s",
            _("bundles are for --repair"));
    exit_status status = doctor_check_bundles(context, operands, operand_count);
    if (status != EXIT_DONE)
        return status;
    doctor.events = calloc(GARITA_BATCH_EVENTS_MAX, sizeof *doctor.events);
    status = doctor.events != NULL ? check_all(&doctor) : report_no_memory(context);
    if (status == EXIT_DONE)
        status = given->repair && doctor.damages > 0 ? repair(&doctor, operands, operand_count)
                                                     : sum_up(&doctor);
    forget(&doctor);
    return status;
}

const struct verb verb_doctor = {
    .name = "doctor",
    .summary = N_("check whether the home is whole, and repair its logs"),
    .synopsis = "garita doctor\n"
                "garita doctor --repair [BUNDLE...]",
    .help = N_(
        "Goes over everything in the home: every signature, every batch from the first one on,\n"
        "what they add up to, the register of what was signed here, the log of decisions, the\n"
        "file itself, and who may read and write it. Says what is wrong, where, and what to do.\n"
        "\n"
        "With --repair damaged logs are made anew from their own batches, if these are what the\n"
        "head was signed for, or from bundles; never by guessing, and never from an older state.\n"
        "What could be read of their revocations counts all the while.\n"
        "\n"
        "  garita doctor\n"
        "  garita doctor --repair /media/usb/update.gtb\n"
        "\n"
        "Exit status: 0 sound, or only warnings; 1 damage."),
    .options = options,
    .options_size = sizeof(struct doctor_options),
    .operands_max = SIZE_MAX,
    .needs_home = true,
    .run = run,
};
