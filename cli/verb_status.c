/* garita status: what this station knows of revocations, and how old it is. */
#include <string.h>

#include <sodium.h>

#include <garita/date.h>
#include <garita/store_logs.h>

#include "age_text.h"
#include "authority_logs.h"
#include "clock_text.h"
#include "home_store.h"
#include "home_view.h"
#include "i18n.h"
#include "json_out.h"
#include "log_state.h"
#include "own_keys.h"
#include "peers_node.h"
#include "peers_text.h"
#include "report.h"
#include "revoked.h"
#include "safe_text.h"
#include "status_follow.h"
#include "store_report.h"
#include "text_out.h"
#include "verbs.h"

struct status_options {
    bool watch;
};

static const struct option options[] = {
    OPTION_FLAG("watch", 0, struct status_options, watch,
                N_("on a terminal: first follow the running node until it has caught up")),
    OPTION_END,
};

struct status {
    const struct context *context;
    enum peers_answer answer; /* of the node that runs here, if one does */
    struct peers_node node;   /* of PEERS_ANSWERED */
    garita_store *store;
    struct home_view view;
    struct authority_logs logs;
    struct own_keys own;
    garita_setting setting; /* of the default lane */
};

/* One authority's log. */
struct facts {
    const garita_issuer *authority;
    const garita_hash *id;
    const garita_log *log; /* null if there is none */
    enum log_state state;
    const garita_issuer *revoked; /* it, or one above it; null if none is */
    garita_place place;
    bool is_own;
};

/* --- for programs --- */

static json_t *moment_json(bool is_known, int64_t moment)
{
    char text[GARITA_MOMENT_TEXT_SIZE];

    if (!is_known)
        return json_null();
    garita_moment_format(text, moment);
    return json_string(text);
}

static json_t *number_json(bool is_known, int64_t number)
{
    return is_known ? json_integer(number) : json_null();
}

static uint64_t revoked_elsewhere(const garita_log *log)
{
    return log != NULL && log->elsewhere != NULL ? garita_set_revoked(log->elsewhere) : 0;
}

static int64_t age_of(const struct status *status, const garita_log *log)
{
    return status->setting.clock.now - log->head.signed_at;
}

/* Whether the newest head bears a time that the clock has not reached. */
static bool is_ahead(const struct status *status, const garita_log *log)
{
    return status->setting.clock.is_known && garita_log_is_ahead(log, status->setting.clock.now);
}

/* Whether there is a head to tell of. */
static bool shows_head(const struct facts *facts)
{
    const garita_log *log = facts->log;

    switch (facts->state) {
    case LOG_STATE_MISSING:
    case LOG_STATE_DAMAGED:
        return false;
    case LOG_STATE_REVOKED:
        return log != NULL && log->has_head && !log->is_damaged;
    case LOG_STATE_EQUIVOCATED:
    case LOG_STATE_AHEAD:
    case LOG_STATE_STALE:
    case LOG_STATE_CURRENT:
        break;
    }
    return true;
}

static json_t *revoked_by_json(const struct facts *facts)
{
    char id[GARITA_ID_TEXT_SIZE];

    if (facts->revoked == NULL)
        return json_null();
    garita_id_format(id, &facts->revoked->parent->id);
    return json_string(id);
}

/* In short, and the same for every log: garita peers has the rest. */
static json_t *node_json(const struct status *status)
{
    const struct peers_node *node = &status->node;

    if (status->answer != PEERS_ANSWERED)
        return json_null();
    return json_pack("{s:I, s:b, s:I, s:o, s:{s:I, s:I, s:I}}", "pid", (json_int_t)node->pid,
                     "is_certified", (int)node->is_certified, "links", (json_int_t)node->up_count,
                     "agreed_s",
                     number_json(node->has_agreed, node->agreed_s), "behind", "logs",
                     (json_int_t)node->logs_behind, "bytes", (json_int_t)node->bytes, "bytes_total",
                     (json_int_t)node->bytes_total);
}

static json_t *to_json(const struct status *status, const struct facts *facts)
{
    const garita_issuer *authority = facts->authority;
    const garita_log *log = facts->log;
    bool has_head = shows_head(facts);
    bool has_age = has_head && status->setting.clock.is_known && !is_ahead(status, log);
    char id[GARITA_ID_TEXT_SIZE];
    char log_id[2 * GARITA_HASH_SIZE + 1];

    garita_id_format(id, &authority->id);
    sodium_bin2hex(log_id, sizeof log_id, facts->id->bytes, sizeof facts->id->bytes);
    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:s, s:b, s:s, s:o, s:o, s:I, s:I, s:I, s:o, s:o, "
                     "s:o, s:b, s:b, s:o, s:o}",
                     "id", id, "log", log_id, "name", authority->name, "country",
                     authority->country, "level", (int)authority->level, "place",
                     log_state_place_name(facts->place), "own", (int)facts->is_own, "state",
                     log_state_name(facts->state), "size",
                     number_json(has_head, has_head ? (int64_t)log->head.size : 0), "issued",
                     number_json(has_head, has_head ? log->head.issued : 0), "revoked",
                     (json_int_t)(log != NULL ? garita_set_revoked(log->set) : 0), "suspended",
                     (json_int_t)(log != NULL ? garita_set_suspended(log->set) : 0),
                     "revoked_elsewhere", (json_int_t)revoked_elsewhere(log), "signed_at",
                     moment_json(has_head, has_head ? log->head.signed_at : 0), "next_due",
                     moment_json(has_head, has_head ? log->head.next_due : 0), "age_s",
                     number_json(has_age, has_age ? age_of(status, log) : 0), "equivocated",
                     (int)(log != NULL && log->is_equivocated), "set_differs",
                     (int)(log != NULL && log->set_differs), "revoked_by", revoked_by_json(facts),
                     "node", node_json(status));
}

/* --- for people --- */

static void add_heading(struct buffer *out, const struct facts *facts)
{
    const garita_issuer *authority = facts->authority;
    char id[GARITA_ID_TEXT_SIZE];

    garita_id_format(id, &authority->id);
    buffer_add_format(out, "%s  ", id);
    safe_text_add(out, authority->name, strlen(authority->name));
    buffer_add_format(out, ", %s", authority->country);
    if (authority->level == 0)
        buffer_add_format(out, "  %s", _("(anchor)"));
    if (facts->is_own)
        buffer_add_format(out, "  %s", _("(its key is in this home)"));
    buffer_add_char(out, '\n');
}

static const char *word_of(enum log_state state)
{
    switch (state) {
    case LOG_STATE_CURRENT:
        return _("current");
    case LOG_STATE_REVOKED:
        return _("revoked");
    case LOG_STATE_EQUIVOCATED:
        return _("EQUIVOCATED");
    case LOG_STATE_AHEAD:
        return _("AHEAD");
    default:
        return _("STALE");
    }
}

static void add_dates(struct buffer *out, const struct status *status, const struct facts *facts)
{
    const garita_head *head = &facts->log->head;
    const garita_clock *clock = &status->setting.clock;
    struct buffer age = {0};

    buffer_add_format(out, "    %s", word_of(facts->state));
    buffer_add_text(out, _("; signed "));
    clock_text_add_moment(out, true, head->signed_at);
    if (is_ahead(status, facts->log)) {
        buffer_add_format(out, ", %s", _("AHEAD OF THE CLOCK"));
    } else if (clock->is_known) {
        age_text_add(&age, age_of(status, facts->log));
        buffer_add_format(out, _(", %s ago"), buffer_text(&age));
    }
    buffer_add_text(out, _("; the next is due "));
    clock_text_add_moment(out, true, head->next_due);
    buffer_add_char(out, '\n');
    buffer_free(&age);
}

static void add_counts(struct buffer *out, const garita_log *log)
{
    buffer_add_text(out, "    ");
    buffer_add_format(out, P_("%lu batch", "%lu batches", log->head.size),
                      (unsigned long)log->head.size);
    buffer_add_format(out, _("; issued up to serial %lu; revoked: %llu; suspended: %llu"),
                      (unsigned long)log->head.issued,
                      (unsigned long long)garita_set_revoked(log->set),
                      (unsigned long long)garita_set_suspended(log->set));
    if (revoked_elsewhere(log) > 0)
        buffer_add_format(out, _("; revoked in what else it signed: %llu"),
                          (unsigned long long)revoked_elsewhere(log));
    buffer_add_char(out, '\n');
}

static void add_alarms(struct buffer *out, const garita_log *log)
{
    if (log != NULL && log->is_equivocated)
        buffer_add_format(out, "    %s\n",
                          _("HAS SIGNED RECORDS THAT CONTRADICT EACH OTHER: nothing of it is "
                            "accepted; the proof: garita audit"));
    if (log != NULL && log->set_differs) {
        buffer_add_format(out,
                          _("    WHAT IT SIGNED IS NOT WHAT ITS BATCHES MAKE (at batch %llu): "
                            "nothing of it is accepted; see: garita audit"),
                          (unsigned long long)log->set_differs_at);
        buffer_add_char(out, '\n');
    }
}

static void add_revoked(struct buffer *out, const struct facts *facts)
{
    const garita_issuer *revoked = facts->revoked;

    buffer_add_text(out, "    ");
    if (revoked->parent == revoked)
        buffer_add_format(out, _("REVOKED: the anchor %s has revoked itself: "), revoked->name);
    else if (garita_issuer_same_authority(revoked, facts->authority))
        buffer_add_format(out, _("REVOKED by %s: "), revoked->parent->name);
    else
        buffer_add_format(out, _("REVOKED with %s, by %s: "), revoked->name, revoked->parent->name);
    buffer_add_format(out, "%s\n", _("nothing of it is accepted"));
}

static void add_missing(struct buffer *out, const struct facts *facts)
{
    bool has_head = facts->log != NULL && facts->log->has_head;

    buffer_add_format(out, "    %s\n",
                      has_head ? _("NO RECORDS THAT COUNT: the key that signed them was revoked, "
                                   "or is not known here: garita sync import FILE")
                               : _("NO RECORDS OF REVOCATIONS: garita sync import FILE"));
}

static void add_text(struct buffer *out, const struct status *status, const struct facts *facts)
{
    add_heading(out, facts);
    switch (facts->state) {
    case LOG_STATE_MISSING:
        add_missing(out, facts);
        break;
    case LOG_STATE_REVOKED:
        add_revoked(out, facts);
        if (!shows_head(facts))
            break;
        add_dates(out, status, facts);
        add_counts(out, facts->log);
        break;
    case LOG_STATE_DAMAGED:
        buffer_add_format(out, "    %s\n",
                          _("DAMAGED: what could be read counts, nothing of it is accepted; see: "
                            "garita doctor"));
        break;
    case LOG_STATE_EQUIVOCATED:
    case LOG_STATE_AHEAD:
    case LOG_STATE_STALE:
    case LOG_STATE_CURRENT:
        add_dates(out, status, facts);
        add_counts(out, facts->log);
        break;
    }
    add_alarms(out, facts->log);
}

/* --- all of it --- */

static exit_status show_one(const struct status *status, const struct authority_log *entry)
{
    garita_place place = log_state_place(&status->logs, entry->authority);
    const garita_log *known = garita_book_known(status->view.book, entry->authority);
    const struct facts facts = {
        .authority = entry->authority,
        .id = &entry->id,
        .log = known != NULL ? known : entry->log,
        .place = place,
        .state = log_state_of(status->view.book, status->view.trust, entry->authority,
                              status->setting.lane, place, &status->setting.clock),
        .revoked = revoked_authority(status->view.book, status->view.trust, entry->authority),
        .is_own = own_keys_has(&status->own, entry->authority->first_key)};
    struct buffer text = {0};

    if (status->context->json)
        return json_out(status->context, to_json(status, &facts));
    add_text(&text, status, &facts);
    return text_out(status->context, &text, 8);
}

static exit_status show_clock(const struct status *status)
{
    struct buffer text = {0};

    clock_text_add(&text, &status->setting.clock);
    return text_out(status->context, &text, 4);
}

/* A home without a running node is as good as any: nothing is said of that. */
static exit_status show_node(const struct status *status)
{
    struct buffer text = {0};

    if (status->answer == PEERS_NOBODY)
        return EXIT_DONE;
    if (status->answer == PEERS_ANSWERED)
        peers_text_add_summary(&text, &status->node);
    else
        buffer_add_format(&text, "%s\n", _("node: DOES NOT ANSWER; see: garita peers"));
    return text_out(status->context, &text, 6);
}

/* Logs of authorities that are trusted no longer. */
struct strangers {
    const struct authority_logs *logs;
    size_t count;
};

static bool count_stranger(void *context, const garita_hash *id,
                           const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    struct strangers *strangers = context;
    bool is_known = false;

    (void)first_key;
    for (size_t i = 0; i < strangers->logs->count && !is_known; i++)
        is_known = garita_hash_equal(&strangers->logs->at[i].id, id);
    strangers->count += !is_known;
    return true;
}

static exit_status note_strangers(const struct status *status)
{
    struct strangers strangers = {.logs = &status->logs};
    garita_store_error error = garita_store_each_log(status->store, count_stranger, &strangers);

    if (error != GARITA_STORE_OK)
        return store_report(status->context, error, garita_store_detail(status->store));
    if (strangers.count > 0)
        report_note(status->context,
                    _("records of authorities that are not trusted here are kept, and count for "
                      "nothing: %zu"),
                    strangers.count);
    return EXIT_DONE;
}

static exit_status load(struct status *status)
{
    const struct context *context = status->context;
    garita_store_error error = home_view_load(context, &status->view, status->store);

    if (error != GARITA_STORE_OK)
        return store_report(context, error, garita_store_detail(status->store));
    home_view_warn(context, &status->view);
    status->setting = home_view_setting(context, &status->view, garita_lane_builtin("default"));
    exit_status result = own_keys_find(context, &status->own, status->view.trust);
    if (result == EXIT_DONE)
        result = authority_logs_make(context, &status->logs, status->view.trust, status->view.book);
    return result;
}

static exit_status run(const struct context *context, const void *values, char *const *operands,
                       size_t operand_count)
{
    const struct status_options *given = values;
    struct status status = {.context = context};

    (void)operands;
    (void)operand_count;
    if (given->watch)
        status_follow(context);
    exit_status result = home_store_open(context, &status.store, GARITA_STORE_READ);
    if (result == EXIT_DONE) {
        status.answer = peers_node_ask(&status.node, context->home);
        result = load(&status);
    }
    for (size_t i = 0; i < status.logs.count && result == EXIT_DONE; i++)
        result = show_one(&status, &status.logs.at[i]);
    if (result == EXIT_DONE && !context->json)
        result = show_clock(&status);
    if (result == EXIT_DONE && !context->json)
        result = show_node(&status);
    if (result == EXIT_DONE)
        result = note_strangers(&status);
    authority_logs_free(&status.logs);
    own_keys_free(&status.own);
    home_view_free(&status.view);
    peers_node_free(&status.node);
    garita_store_close(status.store);
    return result;
}

const struct verb verb_status = {
    .name = "status",
    .summary = N_("show what is known of revocations, and how old it is"),
    .synopsis = "garita status [--watch]",
    .help = N_(
        "Shows the record of revocations of every authority that is trusted here: how many are\n"
        "revoked and suspended, when it was signed, when the next is due, and whether the lane\n"
        "default still accepts by it: for 7 days after it was signed if the authority has none\n"
        "below it, 90 if it has, 400 if it is an anchor, and never past the day it was due; or\n"
        "whether it, or one above it, was revoked, and by whom.\n"
        "Then the clock, and the time that it cannot be earlier than; and, where a node runs in\n"
        "this home, its links, and how far it has come if it is still catching up.\n"
        "\n"
        "  garita status\n"
        "  garita status --watch\n"
        "  garita status --json | jq 'select(.state != \"current\") | .name, .state'\n"
        "  garita clock --json | jq 'select(.behind)'\n"
        "\n"
        "Exit status: 0 whatever it shows, unless the home cannot be read."),
    .options = options,
    .options_size = sizeof(struct status_options),
    .needs_home = true,
    .run = run,
};
