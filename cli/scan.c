#include "scan.h"

#include <stdio.h>

#include <sodium.h>

#include "advice.h"
#include "foreign.h"
#include "i18n.h"
#include "scan_desk.h"
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

void scan_refresh(struct scan *scan)
{
    home_watch_refresh(scan->home);
    (void)scan_lane_choose(&scan->lane, scan->context, home_watch_view(scan->home),
                           scan->lane_name);
}

garita_setting scan_setting(const struct scan *scan)
{
    return home_view_setting(scan->context, home_watch_view(scan->home), &scan->lane.rules);
}

struct screen scan_screen(const struct scan *scan)
{
    struct screen screen = {.has_color = scan->context->out_has_color};

    if (scan->context->out_is_terminal)
        screen.terminal = terminal_of(scan->context->out);
    return screen;
}

enum scan_style scan_style_of(const struct scan *scan, const struct code *code, bool is_only)
{
    bool is_big = scan->context->out_is_terminal ? is_only : !code->is_line;

    return is_big ? SCAN_STYLE_BIG : SCAN_STYLE_LINE;
}

void scan_summary(struct outlet *outlet, const struct scan *scan, const struct tally *tally)
{
    const struct screen screen = scan_screen(scan);

    /* Failures alone have said all there is. */
    if (scan->context->json || !scan->context->out_is_terminal || tally->verdicts == 0 ||
        tally->verdicts + tally->failures == 1)
        return;
    verdict_text_add_summary(&outlet->out, tally, &screen);
}

/* --- one code --- */

static void add_verdict(struct outlet *outlet, const struct scan *scan,
                        const garita_verdict *verdict, const struct remarks *remarks,
                        enum scan_style style)
{
    if (scan->context->json) {
        verdict_json_add(&outlet->out, verdict, remarks);
        return;
    }
    const struct screen screen = scan_screen(scan);
    if (style == SCAN_STYLE_BIG)
        verdict_text_add_big(&outlet->out, verdict, remarks, &screen);
    else
        verdict_text_add_line(&outlet->out, verdict, remarks, &screen);
}

static void show_verdict(struct outlet *outlet, const struct scan *scan,
                         const garita_verdict *verdict, struct remarks *remarks,
                         enum scan_style style)
{
    struct buffer hint = {0};
    struct buffer records = {0};

    tally_add_verdict(&outlet->tally, verdict->outcome);
    scan_log_note(&outlet->entries, scan->log, verdict, remarks->setting);
    advice_add_hint(&hint, verdict, remarks->setting, home_watch_view(scan->home)->book);
    advice_add_age(&records, verdict, remarks->setting);
    remarks->hint = hint.len > 0 ? buffer_text(&hint) : NULL;
    remarks->records = records.len > 0 ? buffer_text(&records) : NULL;
    add_verdict(outlet, scan, verdict, remarks, style);
    buffer_free(&hint);
    buffer_free(&records);
}

static void show_foreign(struct outlet *outlet, const struct scan *scan, const struct code *code,
                         enum scan_style style, bool is_attestation)
{
    const struct screen screen = scan_screen(scan);
    struct buffer message = {0};

    /* The last word in sight must not be that of the traveler before. */
    if (style == SCAN_STYLE_BIG && !scan->context->json && scan->context->out_is_terminal)
        verdict_text_add_none(&outlet->out, &screen);
    if (is_attestation)
        buffer_add_text(&message, _("no credential: attestations that cannot be read"));
    else
        buffer_add_format(&message, _("not a credential of ours: it looks like %s"),
                          foreign_looks_like(code->at, code->len));
    scan_failure(outlet, scan,
                 &(struct failure){EXIT_BAD_INPUT, is_attestation ? "malformed" : "foreign-qr",
                                   code->origin.source, code->origin.line, NULL},
                 buffer_text(&message));
    buffer_free(&message);
}

static void verify(garita_verdict *out, const garita_setting *setting, const struct code *code)
{
    if (code->kind == CODE_STATEMENT)
        garita_verify_statement(out, setting, (const uint8_t *)code->at, code->len);
    else
        garita_verify_text(out, setting, code->at, code->len);
}

static void judge(struct outlet *outlet, const struct scan *scan, const struct code *code,
                  struct remarks *remarks, enum scan_style style, garita_outcome *outcome)
{
    garita_setting setting = scan_setting(scan);
    garita_shown beside[GARITA_SHOWN_MAX];
    garita_verdict verdict;

    setting.beside_count = scan_desk_beside(beside, scan->desk, &setting, code);
    setting.beside = beside;
    setting.is_member = scan->party > 0;
    remarks->setting = &setting;
    remarks->policy = scan->lane.policy;
    remarks->explains = scan->explains;
    verify(&verdict, &setting, code);
    *outcome = verdict.outcome;
    if (verdict.has_credential) {
        scan_desk_use(scan->desk, &verdict.subject);
        outlet->last = code;
        outlet->last_outcome = verdict.outcome;
    }
    if (verdict.outcome == GARITA_NO_VERDICT)
        show_foreign(outlet, scan, code, style, verdict.reason != GARITA_REASON_FOREIGN_QR);
    else
        show_verdict(outlet, scan, &verdict, remarks, style);
    sodium_memzero(&verdict, sizeof verdict);
    sodium_memzero(beside, setting.beside_count * sizeof beside[0]);
}

void scan_code(struct outlet *outlet, const struct scan *scan, const struct code *code,
               enum scan_style style)
{
    struct remarks remarks = {.origin = code->origin};
    garita_outcome outcome;

    judge(outlet, scan, code, &remarks, style, &outcome);
}

void scan_code_again(struct outlet *outlet, const struct scan *scan, const struct code *code,
                     const struct origin *origin, enum scan_style style, struct former *former)
{
    struct remarks remarks = {.origin = *origin, .is_again = true, .again_line = former->line};

    judge(outlet, scan, code, &remarks, style, &former->outcome);
    former->line = origin->line;
}

/* --- writing --- */

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
