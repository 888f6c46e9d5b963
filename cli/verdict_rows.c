#include "verdict_rows.h"

#include <string.h>

#include "advice.h"
#include "claims_text.h"
#include "i18n.h"
#include "safe_text.h"
#include "verdict_compare.h"
#include "verdict_explain.h"
#include "verdict_findings.h"
#include "verdict_shown.h"
#include "wrap.h"

/* Of a row's second line, and those behind it. */
enum { INDENT = 4 };

void verdict_rows_add_origin(struct buffer *out, const struct origin *origin)
{
    if (strcmp(origin->source, "-") == 0)
        buffer_add_text(out, _("standard input"));
    else
        safe_text_add(out, origin->source, strlen(origin->source));
    if (origin->line > 0) {
        buffer_add_char(out, ':');
        buffer_add_number(out, origin->line);
    }
}

void verdict_rows_add_bold(struct buffer *out, const char *text, bool has_color)
{
    buffer_add_text(out, has_color ? "\033[1m" : "");
    buffer_add_text(out, text);
    buffer_add_text(out, has_color ? "\033[0m" : "");
}

void verdict_rows_add_sentence(struct buffer *out, const char *text, const struct screen *screen)
{
    wrap_add(out, text, strlen(text), screen->terminal.columns, 0);
    buffer_add_char(out, '\n');
}

void verdict_rows_add_paragraph(struct buffer *out, struct buffer *text, bool is_bold,
                                const struct screen *screen)
{
    const bool has_color = is_bold && screen->has_color;

    buffer_add_text(out, has_color ? "\033[1m" : "");
    wrap_add(out, text->at, text->len, screen->terminal.columns, 0);
    buffer_add_text(out, has_color ? "\033[0m\n" : "\n");
    out->failed |= text->failed;
    buffer_free(text);
}

void verdict_rows_add_row(struct buffer *out, struct buffer *text, const struct screen *screen)
{
    wrap_add(out, text->at, text->len, screen->terminal.columns, INDENT);
    buffer_add_char(out, '\n');
    out->failed |= text->failed;
    buffer_free(text);
}

void verdict_rows_add_bold_sentence(struct buffer *out, const char *text,
                                    const struct screen *screen)
{
    struct buffer paragraph = {0};

    buffer_add_text(&paragraph, text);
    verdict_rows_add_paragraph(out, &paragraph, true, screen);
}

/* --- the data --- */

static void add_issuer(struct buffer *out, const garita_verdict *verdict)
{
    char id[GARITA_ID_TEXT_SIZE];

    claims_text_label(out, _("Issued by"));
    if (verdict->issuer != NULL)
        safe_text_add(out, verdict->issuer->name, strlen(verdict->issuer->name));
    garita_id_format(id, &verdict->signer);
    buffer_add_format(out, _(" (%s), serial %llu"), id,
                      (unsigned long long)verdict->credential.serial);
    buffer_add_char(out, '\n');
}

/* How old the answer to "is it revoked?" is. */
static void add_records(struct buffer *out, const struct remarks *remarks)
{
    if (remarks->records == NULL)
        return;
    claims_text_label(out, _("Records"));
    safe_text_add(out, remarks->records, strlen(remarks->records));
    buffer_add_char(out, '\n');
}

static void add_shown(struct buffer *out, const garita_verdict *verdict,
                      const struct screen *screen)
{
    struct buffer text = {0};

    if (verdict->shown_count + verdict->others_count == 0)
        return;
    claims_text_label(&text, _("Also shown"));
    for (size_t i = 0; i < verdict->shown_count; i++) {
        buffer_add_text(&text, i > 0 ? "; " : "");
        verdict_shown_add_text(&text, &verdict->shown[i]);
    }
    if (verdict->others_count > 0)
        buffer_add_format(&text,
                          P_("%s%zu that is about somebody else",
                             "%s%zu that are about somebody else", verdict->others_count),
                          verdict->shown_count > 0 ? "; " : "", verdict->others_count);
    verdict_rows_add_row(out, &text, screen);
}

void verdict_rows_add_data(struct buffer *out, const garita_verdict *verdict,
                           const struct remarks *remarks, const struct screen *screen)
{
    verdict_rows_add_bold(out, verdict_compare_with(&verdict->credential), screen->has_color);
    buffer_add_char(out, '\n');
    verdict_compare_add(out, &verdict->credential);
    add_issuer(out, verdict);
    add_records(out, remarks);
    add_shown(out, verdict, screen);
}

/* --- the checks --- */

/* The stages in an officer's words, of which all together fit one row of 80 columns. */
static const char *const stage_words[GARITA_STAGE_COUNT] = {
    [GARITA_STAGE_FORM] = N_("code"),
    [GARITA_STAGE_CHAIN] = N_("authority"),
    [GARITA_STAGE_SIGNATURE] = N_("signature"),
    /* TRANSLATORS: whether its authority has the right to issue it */
    [GARITA_STAGE_SCOPE] = N_("scope"),
    [GARITA_STAGE_REVOCATION] = N_("revocation"),
    [GARITA_STAGE_DATES] = N_("dates"),
    /* TRANSLATORS: whether it is suspended, or not known of */
    [GARITA_STAGE_STATUS] = N_("status"),
    /* TRANSLATORS: whether the records of revocations are fresh */
    [GARITA_STAGE_FRESHNESS] = N_("records"),
    /* TRANSLATORS: whether it meets what the lane's policy asks */
    [GARITA_STAGE_POLICY] = N_("lane"),
};

static void add_checks_that(struct buffer *out, const garita_verdict *verdict,
                            garita_check_result result, const char *sign)
{
    bool is_first = true;

    for (unsigned stage = 0; stage < GARITA_STAGE_COUNT; stage++) {
        if (verdict->checks[stage].result != result)
            continue;
        if (is_first)
            buffer_add_format(out, "%s%s", out->len > 0 ? "  " : "", sign);
        is_first = false;
        buffer_add_format(out, " %s", _(stage_words[stage]));
    }
}

void verdict_rows_add_checks(struct buffer *out, const garita_verdict *verdict,
                             const struct screen *screen)
{
    struct buffer text = {0};

    add_checks_that(&text, verdict, GARITA_CHECK_PASS, "✓");
    add_checks_that(&text, verdict, GARITA_CHECK_FAIL, "✗");
    add_checks_that(&text, verdict, GARITA_CHECK_SKIP, "–");
    verdict_rows_add_row(out, &text, screen);
}

/* Where in the text is for --json: an officer cannot use it. */
void verdict_rows_add_reason(struct buffer *out, const garita_verdict *verdict)
{
    const garita_fault *fault = &verdict->fault;

    buffer_add_text(out, garita_reason_code(verdict->reason));
    if (fault->error == GARITA_OK || verdict->checks[GARITA_STAGE_FORM].result != GARITA_CHECK_FAIL)
        return;
    buffer_add_text(out, ": ");
    buffer_add_text(out, _(garita_error_text(fault->error)));
}

bool verdict_is_unchecked(const garita_verdict *verdict)
{
    return verdict->outcome == GARITA_ACCEPT &&
           verdict->checks[GARITA_STAGE_REVOCATION].result == GARITA_CHECK_SKIP;
}

void verdict_rows_add_hint(struct buffer *out, const char *hint, const struct screen *screen)
{
    struct buffer text = {0};

    buffer_add_format(&text, "%s ", _("hint:"));
    safe_text_add(&text, hint, strlen(hint));
    verdict_rows_add_paragraph(out, &text, false, screen);
}

void verdict_rows_add_next(struct buffer *out, const garita_verdict *verdict,
                           const garita_setting *setting, const struct screen *screen)
{
    struct buffer text = {0};

    advice_add_next(&text, verdict, setting);
    verdict_rows_add_paragraph(out, &text, false, screen);
}

void verdict_rows_add_explanation(struct buffer *out, const garita_verdict *verdict,
                                  const struct remarks *remarks, const struct screen *screen)
{
    struct buffer text = {0};

    if (!remarks->explains)
        return;
    verdict_explain_add_text(&text, verdict, remarks);
    wrap_add(out, text.at, text.len, screen->terminal.columns, INDENT);
    out->failed |= text.failed;
    buffer_free(&text);
}

void verdict_rows_add_remark(struct buffer *out, const char *remark)
{
    if (remark == NULL)
        return;
    buffer_add_text(out, " (");
    safe_text_add(out, remark, strlen(remark));
    buffer_add_char(out, ')');
}

void verdict_rows_add_findings(struct buffer *out, const garita_verdict *verdict,
                               const garita_setting *setting)
{
    struct finding findings[FINDINGS_MAX];
    size_t count = verdict_findings(findings, verdict, setting);

    for (size_t i = 0; i < count; i++) {
        struct buffer text = {0};
        if (findings[i].reason == GARITA_REASON_LANE_MISMATCH ||
            findings[i].reason == GARITA_REASON_POLICY_MISSING)
            continue; /* the code says as much */
        advice_add_finding(&text, &findings[i], verdict, setting);
        verdict_rows_add_remark(out, buffer_text(&text));
        out->failed |= text.failed;
        buffer_free(&text);
    }
}
