/* garita clock: what this station takes the time to be, and who vouches for it. */
#include <stdlib.h>
#include <string.h>

#include <garita/date.h>
#include <garita/decision.h>
#include <garita/store_decisions.h>
#include <garita/store_logs.h>

#include "authority_logs.h"
#include "clock_text.h"
#include "home_store.h"
#include "home_view.h"
#include "i18n.h"
#include "json_out.h"
#include "report.h"
#include "safe_text.h"
#include "store_report.h"
#include "text_out.h"
#include "verbs.h"

struct clock_options {
    const char *lower_floor;
    bool drop_floor;
};

static const struct option options[] = {
    OPTION_TEXT("lower-floor", 0, "MOMENT", struct clock_options, lower_floor,
                N_("set the floor that is kept back to this moment, and log that")),
    OPTION_FLAG("drop-floor", 0, struct clock_options, drop_floor,
                N_("keep no floor, and log that")),
    OPTION_END,
};

/* --- lowering --- */

struct lowering {
    bool is_wanted;
    bool has_floor; /* what it is to be */
    int64_t floor;
};

static exit_status read_lowering(const struct context *context, struct lowering *out,
                                 const struct clock_options *given)
{
    const char *text = given->lower_floor;

    *out = (struct lowering){.is_wanted = text != NULL || given->drop_floor,
                             .has_floor = text != NULL};
    if (text != NULL && given->drop_floor)
        return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, NULL}, "%s",
                              _("--lower-floor and --drop-floor exclude each other"));
    if (text == NULL || garita_moment_parse(&out->floor, text, strlen(text)) == GARITA_OK)
        return EXIT_DONE;
    return report_failure(context,
                          &(struct failure){EXIT_USAGE, "usage", NULL, 0,
                                            _("with the zone, as in 2026-01-01T08:00:00Z or "
                                              "2026-01-01T00:00:00-08:00")},
                          _("--lower-floor takes a moment as RFC 3339 writes it, not \"%s\""),
                          text);
}

static exit_status refuse_raising(const struct context *context, int64_t floor)
{
    char text[GARITA_MOMENT_TEXT_SIZE];

    garita_moment_format(text, floor);
    return report_failure(context,
                          &(struct failure){EXIT_USAGE, "not-lower", NULL, 0,
                                            _("it rises by what authorities attest, and by nothing "
                                              "else")},
                          _("the floor is at %s, which is not later than that"), text);
}

/* In the log of decisions: whoever lowers the floor lets old records count as fresh. */
static garita_store_error log_lowering(const struct context *context, garita_store *store,
                                       int64_t was, const struct lowering *lowering)
{
    garita_clock clock = context_clock(context);
    bool has_moment = clock.is_known && clock.now <= GARITA_MOMENT_MAX;
    const garita_decision decision = {.kind = GARITA_DECISION_FLOOR,
                                      .has_moment = has_moment,
                                      .moment = has_moment ? clock.now : 0,
                                      .had_floor = true,
                                      .floor_was = was,
                                      .has_floor = lowering->has_floor,
                                      .floor = lowering->floor};

    return garita_store_add_decision(store, &decision);
}

/* Inside a transaction. */
static exit_status lower(const struct context *context, garita_store *store,
                         const struct lowering *lowering)
{
    bool has_floor = false;
    int64_t floor = 0;
    garita_store_error error = garita_store_floor(store, &has_floor, &floor);

    if (error == GARITA_STORE_OK && !has_floor) {
        report_note(context, "%s", _("no floor is kept, so that there is none to lower"));
        return EXIT_DONE;
    }
    if (error == GARITA_STORE_OK && lowering->has_floor && lowering->floor >= floor)
        return refuse_raising(context, floor);
    if (error == GARITA_STORE_OK)
        error = garita_store_set_floor(store, lowering->has_floor, lowering->floor);
    if (error == GARITA_STORE_OK)
        error = log_lowering(context, store, floor, lowering);
    return error == GARITA_STORE_OK ? EXIT_DONE
                                    : store_report(context, error, garita_store_detail(store));
}

static exit_status lower_in_transaction(const struct context *context, garita_store *store,
                                        const struct lowering *lowering)
{
    garita_store_error error = garita_store_begin(store);

    if (error != GARITA_STORE_OK)
        return store_report(context, error, garita_store_detail(store));
    exit_status status = lower(context, store, lowering);
    if (status != EXIT_DONE) {
        garita_store_rollback(store);
        return status;
    }
    error = garita_store_commit(store);
    return error == GARITA_STORE_OK ? EXIT_DONE
                                    : store_report(context, error, garita_store_detail(store));
}

/* --- showing --- */

static int newest_first(const void *left, const void *right)
{
    const garita_log *a = ((const struct authority_log *)left)->log;
    const garita_log *b = ((const struct authority_log *)right)->log;

    return (a->head.signed_at < b->head.signed_at) - (a->head.signed_at > b->head.signed_at);
}

/* Those that have a head, by its time. */
static void keep_attesting(struct authority_logs *logs)
{
    size_t count = 0;

    for (size_t i = 0; i < logs->count; i++)
        if (logs->at[i].log != NULL && logs->at[i].log->has_head && !logs->at[i].log->is_damaged)
            logs->at[count++] = logs->at[i];
    logs->count = count;
    qsort(logs->at, count, sizeof *logs->at, newest_first);
}

/* What is shown, and by what it is judged. */
struct view {
    const garita_book *book;
    const struct authority_logs *logs;
    const garita_clock *clock;
};

/* Whether a head's time is one that this clock has reached. */
static bool is_reached(const struct view *view, const garita_log *log)
{
    return view->clock->is_known && log->head.signed_at <= view->clock->now + GARITA_CLOCK_SKEW_S;
}

/* Whether its key may attest anything. */
static bool is_valid(const struct view *view, const struct authority_log *each)
{
    return garita_book_head_counts(view->book, each->authority,
                                   (garita_bytes){each->log->head_bytes, each->log->head_len});
}

static json_t *moment_json(bool is_known, int64_t moment)
{
    char text[GARITA_MOMENT_TEXT_SIZE];

    if (!is_known)
        return json_null();
    garita_moment_format(text, moment);
    return json_string(text);
}

static json_t *attested_json(const struct view *view)
{
    const struct authority_logs *logs = view->logs;
    json_t *array = json_array();
    char id[GARITA_ID_TEXT_SIZE];
    char anchor[GARITA_ID_TEXT_SIZE];

    for (size_t i = 0; i < logs->count; i++) {
        const garita_issuer *authority = logs->at[i].authority;
        const garita_log *log = logs->at[i].log;
        garita_id_format(id, &authority->id);
        garita_id_format(anchor, &authority->anchor->id);
        json_array_append_new(
            array,
            json_pack("{s:s, s:s, s:s, s:o, s:b}", "id", id, "name", authority->name, "anchor",
                      anchor, "signed_at", moment_json(true, log->head.signed_at), "counts",
                      (int)(is_reached(view, log) && is_valid(view, &logs->at[i]))));
    }
    return array;
}

static json_t *to_json(const struct view *view, bool has_kept, int64_t kept)
{
    const garita_clock *clock = view->clock;
    bool is_behind = clock->is_known && clock->has_floor && clock->now < clock->floor;

    return json_pack("{s:o, s:o, s:o, s:b, s:o}", "clock", moment_json(clock->is_known, clock->now),
                     "floor", moment_json(clock->has_floor, clock->floor), "floor_kept",
                     moment_json(has_kept, kept), "behind", (int)is_behind, "attested",
                     attested_json(view));
}

static void add_attested(struct buffer *out, const struct view *view)
{
    const struct authority_logs *logs = view->logs;

    for (size_t i = 0; i < logs->count; i++) {
        const garita_issuer *authority = logs->at[i].authority;
        const garita_log *log = logs->at[i].log;
        buffer_add_text(out, "    ");
        clock_text_add_moment(out, true, log->head.signed_at);
        buffer_add_text(out, "  ");
        safe_text_add(out, authority->name, strlen(authority->name));
        if (authority->level > 0) {
            buffer_add_text(out, _(", below "));
            safe_text_add(out, authority->anchor->name, strlen(authority->anchor->name));
        }
        if (!is_valid(view, &logs->at[i]))
            buffer_add_format(out, "  %s", _("(BY A KEY THAT WAS REVOKED: does not count)"));
        else if (!is_reached(view, log))
            buffer_add_format(out, "  %s", _("(AHEAD OF THE CLOCK: does not count)"));
        buffer_add_char(out, '\n');
    }
}

/* What to do about a clock that authorities are ahead of. */
static void add_way_out(struct buffer *out, const garita_clock *clock)
{
    char moment[GARITA_MOMENT_TEXT_SIZE];

    if (!clock->is_known || !clock->has_floor || clock->now >= clock->floor)
        return;
    garita_moment_format(moment, clock->now);
    buffer_add_format(out,
                      _("set the clock; or, if it is right: garita clock --lower-floor %s\n"),
                      moment);
}

static exit_status show(const struct context *context, const struct view *view, bool has_kept,
                        int64_t kept)
{
    struct buffer text = {0};

    if (context->json)
        return json_out(context, to_json(view, has_kept, kept));
    clock_text_add(&text, view->clock);
    add_way_out(&text, view->clock);
    if (view->logs->count > 0) {
        buffer_add_format(&text, "%s\n", _("signed last by:"));
        add_attested(&text, view);
    }
    return text_out(context, &text, 8);
}

/* What the heads attest up to this clock is the floor whatever is kept. */
static void note_attested(const struct context *context, const struct lowering *lowering,
                          const garita_clock *clock, bool has_kept, int64_t kept)
{
    if (lowering->is_wanted && clock->has_floor && (!has_kept || clock->floor > kept))
        report_note(context, "%s",
                    _("authorities attest a later time, which the clock has reached: that is the "
                      "floor"));
}

static exit_status load_and_show(const struct context *context, garita_store *store,
                                 const struct lowering *lowering)
{
    struct home_view view;
    struct authority_logs logs = {0};
    bool has_kept = false;
    int64_t kept = 0;
    garita_store_error error = home_view_load(context, &view, store);

    if (error == GARITA_STORE_OK)
        error = garita_store_floor(store, &has_kept, &kept);
    if (error != GARITA_STORE_OK) {
        home_view_free(&view);
        return store_report(context, error, garita_store_detail(store));
    }
    home_view_warn(context, &view);
    const garita_clock clock =
        home_view_setting(context, &view, garita_lane_builtin("default")).clock;
    exit_status status = authority_logs_make(context, &logs, view.trust, view.book);
    if (status == EXIT_DONE)
        note_attested(context, lowering, &clock, has_kept, kept);
    if (status == EXIT_DONE) {
        keep_attesting(&logs);
        status = show(context, &(struct view){view.book, &logs, &clock}, has_kept, kept);
    }
    authority_logs_free(&logs);
    home_view_free(&view);
    return status;
}

static exit_status run(const struct context *context, const void *values, char *const *operands,
                       size_t operand_count)
{
    struct lowering lowering;
    garita_store *store = NULL;
    exit_status status = read_lowering(context, &lowering, values);

    (void)operands;
    (void)operand_count;
    if (status == EXIT_DONE)
        status = home_store_open(context, &store,
                                 lowering.is_wanted ? GARITA_STORE_WRITE : GARITA_STORE_READ);
    if (status == EXIT_DONE && lowering.is_wanted)
        status = lower_in_transaction(context, store, &lowering);
    if (status == EXIT_DONE)
        status = load_and_show(context, store, &lowering);
    garita_store_close(store);
    return status;
}

const struct verb verb_clock = {
    .name = "clock",
    .summary = N_("show the clock, and the time that it cannot be earlier than"),
    .synopsis = "garita clock [--lower-floor MOMENT | --drop-floor]",
    .help = N_(
        "Shows this computer's clock and its floor: the newest time that authorities below two\n"
        "anchors have both signed at, or two authorities where one anchor is pinned. A clock "
        "below\n"
        "it is wrong, and nothing is accepted by it. What was signed ahead of the clock does not\n"
        "raise it.\n"
        "\n"
        "A clock that ran fast while records were imported may have left a floor that is too "
        "high:\n"
        "set the clock right, then lower the floor or drop it. Both are entered in the log of\n"
        "decisions.\n"
        "\n"
        "  garita clock\n"
        "  garita clock --lower-floor 2026-11-21T16:00:00Z\n"
        "  garita clock --drop-floor"),
    .options = options,
    .options_size = sizeof(struct clock_options),
    .needs_home = true,
    .run = run,
};
