#include "log_verbs.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include <garita/date.h>
#include <garita/store_decisions.h>

#include "home_store.h"
#include "i18n.h"
#include "report.h"
#include "safe_text.h"
#include "store_report.h"

const struct option log_show_options[] = {
    OPTION_TEXT("from", 0, "TIME", struct log_show_options, from,
                N_("a day, from its beginning in UTC, or a moment")),
    OPTION_TEXT("until", 0, "TIME", struct log_show_options, until,
                N_("a day, to its end in UTC, or a moment, which is not in it any more")),
    OPTION_END,
};

/* Entries read at once, and written when the home is let go: somebody may read slowly. */
enum { PIECE = 1000 };

struct show {
    const struct context *context;
    int64_t from, until; /* the first moment, and the first behind the last */
    struct buffer text;
    uint64_t last; /* the entry that was read last */
    uint64_t unreadable;
};

/* --- the range --- */

static exit_status read_time(const struct context *context, int64_t *out, const char *option,
                             const char *text, int64_t day_offset)
{
    uint32_t day;

    if (text == NULL || garita_moment_parse(out, text, strlen(text)) == GARITA_OK)
        return EXIT_DONE;
    if (garita_day_parse(&day, text, strlen(text)) == GARITA_OK) {
        *out = garita_day_begins(day) + day_offset;
        return EXIT_DONE;
    }
    return report_failure(context,
                          &(struct failure){EXIT_USAGE, "usage", NULL, 0,
                                            _("as in 2026-01-01 or 2026-01-01T08:00:00Z")},
                          _("--%s takes a day or a moment, not \"%s\""), option, text);
}

/* --- one entry --- */

static void add_moment(struct buffer *out, const garita_decision *decision)
{
    char text[GARITA_MOMENT_TEXT_SIZE];

    if (decision->has_moment)
        garita_moment_format(text, decision->moment);
    /* As wide as a moment. */
    buffer_add_format(out, "%-20s", decision->has_moment ? text : "-");
}

static const char *moment_or(char text[GARITA_MOMENT_TEXT_SIZE], bool is_there, int64_t moment,
                             const char *otherwise)
{
    if (!is_there)
        return otherwise;
    garita_moment_format(text, moment);
    return text;
}

/* With blanks behind it, up to so many bytes; what the program writes there itself is ASCII. */
static void add_padded(struct buffer *out, garita_utf8 text, size_t width)
{
    safe_text_add(out, text.at, text.len);
    for (size_t len = text.len; len < width; len++)
        buffer_add_char(out, ' ');
}

static void add_verdict(struct buffer *out, const garita_decision *decision)
{
    char id[GARITA_ID_TEXT_SIZE];

    buffer_add_format(out, "%-6s  ", garita_outcome_name(decision->outcome));
    add_padded(out, decision->reason, 20);
    buffer_add_text(out, "  ");
    add_padded(out, decision->lane, 8);
    if (decision->has_authority) {
        garita_id_format(id, &decision->authority);
        buffer_add_format(out, "  %s", id);
    }
    if (decision->has_serial)
        buffer_add_format(out, "  %lu", (unsigned long)decision->serial);
    if (decision->name.len > 0) {
        buffer_add_text(out, "  ");
        safe_text_add(out, decision->name.at, decision->name.len);
    }
}

static void add_floor(struct buffer *out, const garita_decision *decision)
{
    char was[GARITA_MOMENT_TEXT_SIZE];
    char is[GARITA_MOMENT_TEXT_SIZE];

    buffer_add_format(out, _("AN OPERATOR lowered the clock's floor from %s to %s"),
                      moment_or(was, decision->had_floor, decision->floor_was, _("none")),
                      moment_or(is, decision->has_floor, decision->floor, _("none")));
}

static void add_line(struct buffer *out, const garita_stored_decision *stored,
                     const garita_decision *decision)
{
    buffer_add_format(out, "%8llu  ", (unsigned long long)stored->place.position);
    add_moment(out, decision);
    buffer_add_text(out, "  ");
    switch (decision->kind) {
    case GARITA_DECISION_VERDICT:
        add_verdict(out, decision);
        break;
    case GARITA_DECISION_FLOOR:
        add_floor(out, decision);
        break;
    case GARITA_DECISION_PRUNED:
        buffer_add_format(out, _("AN OPERATOR let go of the entries up to %llu"),
                          (unsigned long long)decision->pruned);
        break;
    }
    buffer_add_char(out, '\n');
}

/* --- the same as JSON: by hand, since there may be millions --- */

static void add_json_text(struct buffer *out, const char *key, garita_utf8 text)
{
    buffer_add_format(out, ",\"%s\":", key);
    if (text.len > 0)
        safe_text_add_json(out, text.at, text.len);
    else
        buffer_add_text(out, "null");
}

static void add_json_moment(struct buffer *out, const char *key, bool is_there, int64_t moment)
{
    char text[GARITA_MOMENT_TEXT_SIZE];

    add_json_text(out, key,
                  (garita_utf8){moment_or(text, is_there, moment, ""),
                                is_there ? GARITA_MOMENT_TEXT_SIZE - 1 : 0});
}

static void add_json_verdict(struct buffer *out, const garita_decision *decision)
{
    char id[GARITA_ID_TEXT_SIZE] = "";

    if (decision->has_authority)
        garita_id_format(id, &decision->authority);
    buffer_add_format(out, ",\"verdict\":\"%s\"", garita_outcome_name(decision->outcome));
    add_json_text(out, "reason", decision->reason);
    add_json_text(out, "lane", decision->lane);
    add_json_text(out, "issuer", (garita_utf8){id, strlen(id)});
    if (decision->has_serial)
        buffer_add_format(out, ",\"serial\":%lu", (unsigned long)decision->serial);
    else
        buffer_add_text(out, ",\"serial\":null");
    add_json_text(out, "name", decision->name);
}

static void add_json(struct buffer *out, const garita_stored_decision *stored,
                     const garita_decision *decision)
{
    char hash[2 * GARITA_HASH_SIZE + 1];

    buffer_add_format(out, "{\"entry\":%llu", (unsigned long long)stored->place.position);
    add_json_moment(out, "time", decision->has_moment, decision->moment);
    buffer_add_format(out, ",\"kind\":\"%s\"", garita_decision_kind_name((uint64_t)decision->kind));
    switch (decision->kind) {
    case GARITA_DECISION_VERDICT:
        add_json_verdict(out, decision);
        break;
    case GARITA_DECISION_FLOOR:
        add_json_moment(out, "floor_was", decision->had_floor, decision->floor_was);
        add_json_moment(out, "floor", decision->has_floor, decision->floor);
        break;
    case GARITA_DECISION_PRUNED:
        buffer_add_format(out, ",\"pruned\":%llu", (unsigned long long)decision->pruned);
        break;
    }
    sodium_bin2hex(hash, sizeof hash, stored->place.hash.bytes, GARITA_HASH_SIZE);
    buffer_add_format(out, ",\"hash\":\"%s\"}\n", hash);
}

/* --- all of them --- */

static bool show_entry(void *data, const garita_stored_decision *stored)
{
    struct show *show = data;
    garita_decision decision;

    show->last = stored->place.position;
    if (stored->moment >= 0 && (stored->moment < show->from || stored->moment >= show->until))
        return true;
    if (garita_decision_read(&decision, NULL, stored->entry, stored->entry_len) != GARITA_OK)
        show->unreadable++;
    else if (show->context->json)
        add_json(&show->text, stored, &decision);
    else
        add_line(&show->text, stored, &decision);
    return !show->text.failed;
}

static exit_status write_piece(struct show *show)
{
    FILE *out = show->context->out;

    if (show->text.failed)
        return report_no_memory(show->context);
    if (show->text.len > 0)
        fwrite(show->text.at, 1, show->text.len, out);
    buffer_clear(&show->text);
    /* Whoever read this has gone; that is reported when the program ends. */
    return ferror(out) != 0 ? EXIT_IO : EXIT_DONE;
}

static exit_status show_all(struct show *show, garita_store *store)
{
    exit_status status = EXIT_DONE;
    uint64_t after;

    do {
        after = show->last;
        garita_store_error error =
            garita_store_each_decision(store, show_entry, show, after, PIECE);
        if (error != GARITA_STORE_OK)
            return store_report(show->context, error, garita_store_detail(store));
        status = write_piece(show);
    } while (status == EXIT_DONE && show->last != after);
    if (status == EXIT_DONE && show->unreadable > 0)
        status =
            report_failure(show->context,
                           &(struct failure){EXIT_REJECT, "entries-unreadable", show->context->home,
                                             0, _("\"garita log verify\" says where")},
                           P_("%llu entry cannot be read", "%llu entries cannot be read",
                              (unsigned long)show->unreadable),
                           (unsigned long long)show->unreadable);
    return status;
}

exit_status log_show_run(const struct context *context, const void *values, char *const *operands,
                         size_t operand_count)
{
    const struct log_show_options *given = values;
    struct show show = {.context = context, .from = INT64_MIN, .until = INT64_MAX};
    garita_store *store = NULL;

    (void)operands;
    (void)operand_count;
    exit_status status = read_time(context, &show.from, "from", given->from, 0);
    if (status == EXIT_DONE)
        status = read_time(context, &show.until, "until", given->until, 86400);
    if (status == EXIT_DONE)
        status = home_store_open(context, &store, GARITA_STORE_READ);
    if (status == EXIT_DONE)
        status = show_all(&show, store);
    if (status == EXIT_DONE && show.last == 0)
        report_note(context, "%s", _("nothing is in it yet; \"garita scan --log\" writes to it"));
    buffer_free(&show.text);
    garita_store_close(store);
    return status;
}
