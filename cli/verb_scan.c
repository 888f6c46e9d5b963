/* garita scan: the officer's question. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "home_watch.h"
#include "i18n.h"
#include "nearest.h"
#include "progress.h"
#include "report.h"
#include "scan.h"
#include "scan_file.h"
#include "scan_frames.h"
#include "scan_lines.h"
#include "scan_stream.h"
#include "verbs.h"

struct scan_options {
    const char *lane;
    uint64_t jobs;
    bool frames;
    bool log, log_names;
};

static const struct option options[] = {
    OPTION_TEXT("lane", 0, "NAME", struct scan_options, lane,
                N_("judge by the rules of this lane; built in are default and any")),
    OPTION_NUMBER("jobs", 0, "N", struct scan_options, jobs, 1, SCAN_JOBS_MAX,
                  N_("verify lines in N threads; the order stays")),
    OPTION_FLAG("frames", 0, struct scan_options, frames,
                N_("standard input is a stream of PNG or JPEG pictures, from a camera")),
    OPTION_FLAG("log", 0, struct scan_options, log,
                N_("write each verdict into the home's log of decisions")),
    OPTION_FLAG("log-names", 0, struct scan_options, log_names,
                N_("with --log: holders' names too, which otherwise are not kept")),
    OPTION_END,
};

static exit_status unknown_lane(const struct context *context, const char *name)
{
    struct buffer hint = {0};
    struct nearest meant = nearest_to(name);

    nearest_offer(&meant, "default");
    nearest_offer(&meant, "any");
    if (meant.best != NULL)
        buffer_add_format(&hint, _("did you mean %s?"), meant.best);
    else
        buffer_add_text(&hint, _("built in are default, which needs the authorities' records of "
                                 "revocations, and any, which does not, for drills"));
    exit_status status = report_failure(
        context, &(struct failure){EXIT_USAGE, "unknown-lane", NULL, 0, buffer_text(&hint)},
        _("there is no lane \"%s\""), name);
    buffer_free(&hint);
    return status;
}

static bool scan_operand(struct tally *total, const struct scan *scan,
                         const struct scan_options *given, const char *operand)
{
    size_t jobs = given->jobs > 0 ? (size_t)given->jobs : 1;

    if (strcmp(operand, "-") != 0)
        return scan_file(total, scan, operand, jobs);
    if (given->frames)
        return scan_frames(total, scan);
    if (isatty(STDIN_FILENO) == 1)
        report_note(scan->context, "%s", _("scan a code with the handheld scanner; Ctrl-D ends"));
    return scan_stream(total, scan, jobs);
}

static exit_status scan_all(const struct scan *scan, const struct scan_options *given,
                            char *const *operands, size_t operand_count)
{
    static char standard_input[] = "-";
    static char *const only_standard_input[] = {standard_input};
    struct tally total = {0};
    struct progress progress = progress_start(scan->context, _("files scanned"), operand_count);
    bool is_written = true;

    if (operand_count == 0) {
        operands = only_standard_input;
        operand_count = 1;
    }
    for (size_t i = 0; i < operand_count && is_written; i++) {
        progress_clear(&progress);
        is_written = scan_operand(&total, scan, given, operands[i]);
        /* On a terminal the verdicts themselves show how far it is. */
        if (!scan->context->out_is_terminal && operand_count > 1)
            progress_step(&progress, i + 1);
    }
    progress_clear(&progress);
    if (is_written && !scan->is_alone)
        (void)scan_write_summary(&total, scan);
    if (total.verdicts + total.failures == 0)
        tally_add_failure(
            &total,
            report_failure(scan->context,
                           &(struct failure){EXIT_BAD_INPUT, "no-input", "-", 0, NULL}, "%s",
                           _("there is nothing in it to scan")));
    exit_status log_status = scan_log_close(scan->log);
    if (log_status != EXIT_DONE)
        tally_add_failure(&total, log_status);
    return tally_status(&total);
}

static exit_status run(const struct context *context, const void *values, char *const *operands,
                       size_t operand_count)
{
    const struct scan_options *given = values;
    const char *lane_name = given->lane != NULL ? given->lane : "default";
    struct home_watch *home = NULL;

    const garita_lane *lane = garita_lane_builtin(lane_name);
    if (lane == NULL)
        return unknown_lane(context, lane_name);
    if (given->frames &&
        (operand_count > 1 || (operand_count == 1 && strcmp(operands[0], "-") != 0)))
        return report_failure(context,
                              &(struct failure){EXIT_USAGE, "usage", NULL, 0,
                                                _("ffmpeg … -f image2pipe - | garita scan "
                                                  "--frames -")},
                              "%s", _("--frames reads standard input, and nothing else"));
    if (given->log_names && !given->log)
        return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, NULL}, "%s",
                              _("--log-names is for --log"));
    exit_status status = home_watch_open(context, &home);
    if (status != EXIT_DONE)
        return status;
    /* What has been written is not to stay in a buffer of the process that decodes the next
     * picture, which is a copy of this one. */
    (void)setvbuf(context->out, NULL, _IONBF, 0);
    struct scan scan = {
        .context = context, .lane = lane, .home = home, .is_alone = operand_count <= 1};
    if (given->log)
        status = scan_log_open(context, &scan.log, given->log_names);
    if (status == EXIT_DONE)
        status = scan_all(&scan, given, operands, operand_count);
    home_watch_close(home);
    return status;
}

const struct verb verb_scan = {
    .name = "scan",
    .summary = N_("judge credentials: accept, refer or reject, and why"),
    .synopsis = "garita scan [FILE... | - | --frames -] [--lane NAME] [--jobs N]\n"
                "            [--log [--log-names]]",
    .help = N_(
        "Judges every credential in the files: PNG or JPEG pictures as a phone or webcam takes\n"
        "them, lines of QR text, or statements. Without FILE, or with -, lines come from standard\n"
        "input, as a handheld scanner types them, and each is answered at once.\n"
        "Needs no connection: whom to trust was pinned with \"garita trust add\".\n"
        "\n"
        "Examples:\n"
        "  garita scan card.png                 a picture\n"
        "  garita scan --lane any card.png      without records of revocations, for drills\n"
        "  garita scan -                        a handheld scanner at this terminal\n"
        "  garita scan --json - <texts.txt      one JSON object for each line\n"
        "  ffmpeg -f v4l2 -i /dev/video0 -r 4 -f image2pipe -c:v mjpeg - | garita scan --frames -\n"
        "  garita scan photos/*.jpg && open-gate\n"
        "\n"
        "Exit status: 0 if all are accepted; else the first that applies: 74 reading or writing\n"
        "failed, 1 a reject, 65 something that is no credential, 66 no such file, 2 a refer."),
    .options = options,
    .options_size = sizeof(struct scan_options),
    .operands_max = SIZE_MAX,
    .needs_home = true,
    .run = run,
};
