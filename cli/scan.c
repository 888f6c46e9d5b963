#include "scan.h"

#include <stdio.h>

#include <sodium.h>

#include "advice.h"
#include "foreign.h"
#include "i18n.h"
#include "verdict_json.h"
#include "verdict_text.h"

void outlet_free(struct outlet *outlet)
{
    buffer_free(&outlet->out);
    buffer_free(&outlet->err);
    buffer_free(&outlet->entries);
}

void scan_failure(struct outlet *outlet, const struct scan *scan, const struct failure *failure,
                  const char *message)
{
    report_failure_text(scan->context->json ? &outlet->out : &outlet->err, scan->context, failure,
                        message);
    tally_add_failure(&outlet->tally, failure->status);
}

void scan_refresh(const struct scan *scan)
{
    home_watch_refresh(scan->home);
}

/* The setting for a verdict taken now: a scan may go on for days. */
static garita_setting setting_now(const struct scan *scan)
{
    return home_view_setting(scan->context, home_watch_view(scan->home), scan->lane);
}

static struct screen screen_now(const struct scan *scan)
{
    struct screen screen = {.has_color = scan->context->out_has_color};

    if (scan->context->out_is_terminal)
        screen.terminal = terminal_of(scan->context->out);
    return screen;
}

enum scan_style scan_style_for(const struct scan *scan, size_t count)
{
    if (!scan->context->out_is_terminal)
        return SCAN_STYLE_BIG;
    return scan->is_alone && count == 1 ? SCAN_STYLE_BIG : SCAN_STYLE_LINE;
}

void scan_summary(struct outlet *outlet, const struct scan *scan, const struct tally *tally)
{
    const struct screen screen = screen_now(scan);

    /* Failures alone have said all there is. */
    if (scan->context->json || !scan->context->out_is_terminal || tally->verdicts == 0 ||
        tally->verdicts + tally->failures == 1)
        return;
    verdict_text_add_summary(&outlet->out, tally, &screen);
}

static void show_with_remarks(struct outlet *outlet, const struct scan *scan,
                              const garita_verdict *verdict, struct origin origin,
                              enum scan_style style, const struct remarks *remarks)
{
    if (scan->context->json) {
        verdict_json_add(&outlet->out, verdict, origin.source, origin.line, remarks->hint);
        return;
    }
    const struct screen screen = screen_now(scan);
    if (style == SCAN_STYLE_BIG)
        verdict_text_add_big(&outlet->out, verdict, origin.source, origin.line, remarks, &screen);
    else
        verdict_text_add_line(&outlet->out, verdict, origin.source, origin.line, remarks, &screen);
}

static void show_verdict(struct outlet *outlet, const struct scan *scan,
                         const garita_verdict *verdict, const garita_setting *setting,
                         struct origin origin, enum scan_style style)
{
    struct buffer hint = {0};
    struct buffer records = {0};

    tally_add_verdict(&outlet->tally, verdict->outcome);
    scan_log_note(&outlet->entries, scan->log, verdict, scan->lane->name, &setting->clock);
    advice_add_hint(&hint, verdict, setting, home_watch_view(scan->home)->book);
    advice_add_age(&records, verdict, setting);
    const struct remarks remarks = {.hint = hint.len > 0 ? buffer_text(&hint) : NULL,
                                    .records = records.len > 0 ? buffer_text(&records) : NULL};
    show_with_remarks(outlet, scan, verdict, origin, style, &remarks);
    buffer_free(&hint);
    buffer_free(&records);
}

static void show_foreign(struct outlet *outlet, const struct scan *scan, struct origin origin,
                         enum scan_style style, const char *text, size_t text_len)
{
    const struct screen screen = screen_now(scan);
    struct buffer message = {0};

    /* The last word in sight must not be that of the traveler before. */
    if (style == SCAN_STYLE_BIG && !scan->context->json && scan->context->out_is_terminal)
        verdict_text_add_none(&outlet->out, &screen);
    buffer_add_format(&message, _("not a credential of ours: it looks like %s"),
                      foreign_looks_like(text, text_len));
    scan_failure(outlet, scan,
                 &(struct failure){EXIT_BAD_INPUT, "foreign-qr", origin.source, origin.line, NULL},
                 buffer_text(&message));
    buffer_free(&message);
}

void scan_text(struct outlet *outlet, const struct scan *scan, struct origin origin,
               enum scan_style style, const char *text, size_t text_len)
{
    garita_setting setting = setting_now(scan);
    garita_verdict verdict;

    garita_verify_text(&verdict, &setting, text, text_len);
    if (verdict.outcome == GARITA_NO_VERDICT)
        show_foreign(outlet, scan, origin, style, text, text_len);
    else
        show_verdict(outlet, scan, &verdict, &setting, origin, style);
    sodium_memzero(&verdict, sizeof verdict);
}

void scan_statement(struct outlet *outlet, const struct scan *scan, struct origin origin,
                    enum scan_style style, const uint8_t *bytes, size_t bytes_len)
{
    garita_setting setting = setting_now(scan);
    garita_verdict verdict;

    garita_verify_statement(&verdict, &setting, bytes, bytes_len);
    show_verdict(outlet, scan, &verdict, &setting, origin, style);
    sodium_memzero(&verdict, sizeof verdict);
}

static bool write_all(FILE *stream, const struct buffer *text)
{
    if (text->len == 0)
        return true;
    return fwrite(text->at, 1, text->len, stream) == text->len && fflush(stream) == 0;
}

static bool write_outlet(struct outlet *outlet, struct tally *total, const struct scan *scan)
{
    bool is_whole = !outlet->out.failed && !outlet->err.failed;
    /* Half a line must not stand where a program reads verdicts. */
    bool is_written = is_whole && write_all(scan->context->out, &outlet->out);

    if (is_whole)
        (void)write_all(scan->context->err, &outlet->err);
    else
        (void)report_no_memory(scan->context);
    tally_add(total, &outlet->tally);
    if (!is_written)
        tally_add_failure(total, EXIT_IO);
    buffer_clear(&outlet->out);
    buffer_clear(&outlet->err);
    outlet->tally = (struct tally){0};
    return is_written;
}

/* Logs what was taken over, if verdicts are logged and it is the moment. */
static void log_entries(const struct scan *scan, bool is_moment)
{
    if (scan->log != NULL && is_moment)
        (void)scan_log_commit(scan->log);
}

bool outlets_flush(struct outlet *outlets, size_t count, struct tally *total,
                   const struct scan *scan)
{
    bool is_written = true;

    for (size_t i = 0; i < count && scan->log != NULL; i++)
        scan_log_take(scan->log, &outlets[i].entries);
    bool is_behind = scan->log != NULL && scan_log_is_behind(scan->log);
    log_entries(scan, !is_behind);
    for (size_t i = 0; i < count && is_written; i++)
        is_written = write_outlet(&outlets[i], total, scan);
    log_entries(scan, is_behind);
    return is_written;
}

bool outlet_flush(struct outlet *outlet, struct tally *total, const struct scan *scan)
{
    return outlets_flush(outlet, 1, total, scan);
}

bool scan_write_summary(struct tally *tally, const struct scan *scan)
{
    struct outlet outlet = {0};

    scan_summary(&outlet, scan, tally);
    bool is_written = outlet_flush(&outlet, tally, scan);
    outlet_free(&outlet);
    return is_written;
}
