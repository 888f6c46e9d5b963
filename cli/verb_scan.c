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
#include "scan_crew.h"
#include "scan_desk.h"
#include "scan_file.h"
#include "scan_frames.h"
#include "scan_pile.h"
#include "scan_stream.h"
#include "verbs.h"

struct scan_options {
    const char *lane;
    uint64_t jobs;
    uint64_t party;
    bool frames;
    bool explain;
    bool log, log_names;
};

static const struct option options[] = {
    OPTION_TEXT("lane", 0, "NAME", struct scan_options, lane,
                N_("judge by the rules of this lane: of a policy, or default or any")),
    OPTION_NUMBER("party", 0, "N", struct scan_options, party, 1, GARITA_PARTY_MAX,
                  N_("judge N credentials as one party: a vehicle and all in it")),
    OPTION_FLAG("explain", 0, struct scan_options, explain,
                N_("show each rule, the data that it saw and what came of it")),
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

/* --- the lane --- */

/* Each lane that some policy names. */
static void each_lane(const struct home_view *view, void (*visit)(void *context, const char *name),
                      void *context)
{
    for (size_t i = 0; i < garita_policies_count(view->policies); i++) {
        const garita_policy *policy = garita_policies_get(view->policies, i)->policy;
        for (size_t lane = 0; policy != NULL && lane < policy->lane_count; lane++)
            visit(context, policy->lanes[lane].name);
    }
}

static void offer(void *context, const char *name)
{
    nearest_offer(context, name);
}

struct lane_list {
    struct buffer text;
    size_t count;
};

static void list(void *context, const char *name)
{
    enum { LISTED_MAX = 12 };
    struct lane_list *listed = context;

    if (listed->count++ < LISTED_MAX)
        buffer_add_format(&listed->text, "%s%s", listed->text.len > 0 ? ", " : "", name);
}

static exit_status unknown_lane(const struct context *context, const struct home_view *view,
                                const char *name)
{
    struct buffer hint = {0};
    struct lane_list listed = {0};
    struct nearest meant = nearest_to(name);

    nearest_offer(&meant, "default");
    nearest_offer(&meant, "any");
    each_lane(view, offer, &meant);
    each_lane(view, list, &listed);
    if (meant.best != NULL)
        buffer_add_format(&hint, _("did you mean %s?"), meant.best);
    else if (listed.count > 0)
        buffer_add_format(&hint,
                          _("by the policies of this home there are %s; built in are "
                            "default and any"),
                          buffer_text(&listed.text));
    else
        buffer_add_text(&hint, _("built in are default, which needs the authorities' records of "
                                 "revocations, and any, which does not, for drills; others come "
                                 "with a policy: garita policy add FILE"));
    exit_status status = report_failure(
        context, &(struct failure){EXIT_USAGE, "unknown-lane", NULL, 0, buffer_text(&hint)},
        _("there is no lane \"%s\""), name);
    buffer_free(&listed.text);
    buffer_free(&hint);
    return status;
}

/* --- what is scanned --- */

/* Whether travelers come one by one at a scanner, and are not to be summed up. */
static bool is_watched(const struct scan *scan, const struct scan_options *given,
                       char *const *operands)
{
    return given->frames ||
           (scan->is_alone && strcmp(operands[0], "-") == 0 && isatty(STDIN_FILENO) == 1);
}

static bool scan_operand(struct tally *total, struct scan *scan, struct scan_pile *pile,
                         const struct scan_options *given, const char *operand)
{
    if (strcmp(operand, "-") != 0)
        return scan_file(pile, operand);
    if (given->frames)
        return scan_frames(total, scan);
    if (isatty(STDIN_FILENO) == 1)
        report_note(scan->context, "%s", _("scan a code with the handheld scanner; Ctrl-D ends"));
    return scan_stream(total, scan, pile);
}

static bool scan_operands(struct tally *total, struct scan *scan, struct scan_pile *pile,
                          const struct scan_options *given, char *const *operands, size_t count)
{
    struct progress progress = progress_start(scan->context, _("files scanned"), count);
    bool is_written = true;

    for (size_t i = 0; i < count && is_written; i++) {
        progress_clear(&progress);
        is_written = scan_operand(total, scan, pile, given, operands[i]);
        if (count > 1)
            progress_step(&progress, i + 1);
    }
    progress_clear(&progress);
    if (is_written)
        is_written = scan_pile_judge(pile, total->verdicts == 0);
    return is_written && scan_desk_end(scan, total,
                                       is_watched(scan, given, operands) ||
                                           total->verdicts + total->failures == 0);
}

static exit_status scan_all(struct scan *scan, const struct scan_options *given,
                            char *const *operands, size_t operand_count)
{
    static char standard_input[] = "-";
    static char *const only_standard_input[] = {standard_input};
    struct tally total = {0};
    struct scan_pile *pile = scan_pile_open(scan, &total);
    bool is_written = false;

    if (operand_count == 0) {
        operands = only_standard_input;
        operand_count = 1;
    }
    if (pile != NULL)
        is_written = scan_operands(&total, scan, pile, given, operands, operand_count);
    else
        tally_add_failure(&total, report_no_memory(scan->context));
    scan_pile_close(pile);
    if (is_written && !is_watched(scan, given, operands))
        (void)scan_write_summary(&total, scan);
    if (total.verdicts + total.failures == 0)
        tally_add_failure(
            &total, report_failure(scan->context,
                                   &(struct failure){EXIT_BAD_INPUT, "no-input", "-", 0, NULL},
                                   "%s", _("there is nothing in it to scan")));
    exit_status log_status = scan_log_close(scan->log);
    if (log_status != EXIT_DONE)
        tally_add_failure(&total, log_status);
    return tally_status(&total);
}

/* --- the verb --- */

static exit_status check(const struct context *context, const struct scan_options *given,
                         char *const *operands, size_t operand_count)
{
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
    return EXIT_DONE;
}

static exit_status run_with_desk(struct scan *scan, const struct scan_options *given,
                                 char *const *operands, size_t operand_count)
{
    const struct context *context = scan->context;
    const struct home_view *view = home_watch_view(scan->home);

    if (!scan_lane_choose(&scan->lane, context, view, scan->lane_name))
        return unknown_lane(context, view, scan->lane_name);
    scan->desk = scan_desk_open();
    if (scan->desk == NULL)
        return report_no_memory(context);
    /* What has been written is not to stay in a buffer of the process that decodes the next
     * picture, which is a copy of this one. */
    (void)setvbuf(context->out, NULL, _IONBF, 0);
    exit_status status = EXIT_DONE;
    if (given->log)
        status = scan_log_open(context, &scan->log, given->log_names);
    if (status == EXIT_DONE)
        status = scan_all(scan, given, operands, operand_count);
    scan_desk_close(scan->desk);
    return status;
}

static exit_status run(const struct context *context, const void *values, char *const *operands,
                       size_t operand_count)
{
    const struct scan_options *given = values;
    struct scan scan = {.context = context,
                        .lane_name = given->lane != NULL ? given->lane : "default",
                        .jobs = given->jobs > 0 ? (size_t)given->jobs : 1,
                        .party = (size_t)given->party,
                        .is_alone = operand_count <= 1,
                        .is_typed = !given->frames && isatty(STDIN_FILENO) == 1,
                        .explains = given->explain};

    exit_status status = check(context, given, operands, operand_count);
    if (status == EXIT_DONE)
        status = home_watch_open(context, &scan.home);
    if (status != EXIT_DONE)
        return status;
    status = run_with_desk(&scan, given, operands, operand_count);
    home_watch_close(scan.home);
    return status;
}

const struct verb verb_scan = {
    .name = "scan",
    .summary = N_("judge credentials: accept, refer or reject, and why"),
    .synopsis = "garita scan [FILE... | - | --frames -] [--lane NAME] [--party N]\n"
                "            [--explain] [--jobs N] [--log [--log-names]]",
    .help = N_(
        "Judges every credential in the files: PNG or JPEG pictures as a phone or webcam takes\n"
        "them, lines of QR text, or statements. Without FILE, or with -, lines come from standard\n"
        "input, as a handheld scanner types them, and each is answered at once.\n"
        "An attestation in a code of its own is joined with its holder's credential, whichever is\n"
        "scanned first. Lanes other than default and any are those of the policies in this home.\n"
        "Needs no connection: whom to trust was pinned with \"garita trust add\".\n"
        "\n"
        "Examples:\n"
        "  garita scan card.png                 a picture\n"
        "  garita scan card.png test.png        and a test, in a code of its own\n"
        "  garita scan --lane sentri --party 3 -        a vehicle and two in it, one verdict\n"
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
