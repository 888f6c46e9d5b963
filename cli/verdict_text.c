#include "verdict_text.h"

#include <string.h>

#include "advice.h"
#include "big_word.h"
#include "i18n.h"
#include "verdict_compare.h"
#include "verdict_findings.h"
#include "verdict_rows.h"

/* Of what else is wrong so many rows are shown; the rest is for --explain. */
enum { ROWS_MAX = 6 };

static void add_issuer_claim(struct buffer *out, const garita_verdict *verdict,
                             const struct screen *screen)
{
    char id[GARITA_ID_TEXT_SIZE];
    struct buffer text = {0};

    if (!verdict->has_signer || verdict->issuer != NULL)
        return;
    garita_id_format(id, &verdict->signer);
    buffer_add_format(&text, _("It claims to be by authority %s, key %u, which is not proven."), id,
                      (unsigned)verdict->key_number);
    verdict_rows_add_paragraph(out, &text, false, screen);
}

/* "REJECT  expired  [card.png]" */
static void add_heading(struct buffer *out, const garita_verdict *verdict,
                        const struct remarks *remarks, const struct screen *screen)
{
    struct buffer text = {0};

    verdict_rows_add_bold(&text, advice_word(verdict->outcome), screen->has_color);
    buffer_add_text(&text, "  ");
    verdict_rows_add_reason(&text, verdict);
    buffer_add_text(&text, "  [");
    verdict_rows_add_origin(&text, &remarks->origin);
    buffer_add_char(&text, ']');
    if (remarks->is_again)
        buffer_add_format(&text, "  %s", _("in the place of the verdict before"));
    verdict_rows_add_paragraph(out, &text, false, screen);
}

static size_t count_rows(const struct buffer *text)
{
    size_t count = 0;

    for (size_t i = 0; i < text->len; i++)
        count += text->at[i] == '\n';
    return count;
}

static void add_more(struct buffer *out, size_t more, const struct screen *screen)
{
    struct buffer text = {0};

    buffer_add_format(&text, P_("✗ and %zu more: --explain", "✗ and %zu more: --explain", more),
                      more);
    verdict_rows_add_row(out, &text, screen);
}

/* What the lane's policy finds wrong beside the reason, as far as there is room. */
static void add_others(struct buffer *out, const garita_verdict *verdict,
                       const struct remarks *remarks, const struct screen *screen)
{
    struct finding findings[FINDINGS_MAX];
    size_t count = verdict_findings(findings, verdict, remarks->setting);
    const struct finding *told = verdict_finding_of(findings, count, verdict);
    size_t rows = 0;
    size_t more = 0;

    for (size_t i = 0; i < count; i++) {
        struct buffer text = {0};
        struct buffer row = {0};
        if (&findings[i] == told)
            continue;
        buffer_add_text(&text, "✗ ");
        advice_add_finding(&text, &findings[i], verdict, remarks->setting);
        verdict_rows_add_row(&row, &text, screen);
        rows += count_rows(&row);
        if (more > 0 || rows > ROWS_MAX)
            more++;
        else
            buffer_add(out, row.at, row.len);
        out->failed |= row.failed;
        buffer_free(&row);
    }
    if (more > 0)
        add_more(out, more, screen);
}

static void add_why(struct buffer *out, const garita_verdict *verdict,
                    const struct remarks *remarks, const struct screen *screen)
{
    struct buffer text = {0};

    advice_add_why(&text, verdict, remarks->setting);
    verdict_rows_add_paragraph(out, &text, true, screen);
    add_others(out, verdict, remarks, screen);
}

/* The word comes after the data and just before the reason: whatever scrolls off a small terminal
 * because a name is long, these stay in sight. */
void verdict_text_add_big(struct buffer *out, const garita_verdict *verdict,
                          const struct remarks *remarks, const struct screen *screen)
{
    buffer_add_char(out, '\n');
    verdict_rows_add_explanation(out, verdict, remarks, screen);
    if (verdict->has_credential)
        verdict_rows_add_data(out, verdict, remarks, screen);
    verdict_rows_add_checks(out, verdict, screen);
    big_word_add(out, advice_word(verdict->outcome), verdict->outcome, screen->has_color,
                 screen->terminal);
    add_heading(out, verdict, remarks, screen);
    add_why(out, verdict, remarks, screen);
    verdict_rows_add_next(out, verdict, remarks->setting, screen);
    if (verdict_is_unchecked(verdict))
        verdict_rows_add_bold_sentence(
            out, _("Whether it has been revoked was not checked: this lane is for drills."),
            screen);
    add_issuer_claim(out, verdict, screen);
    if (remarks->hint != NULL)
        verdict_rows_add_hint(out, remarks->hint, screen);
}

/* --- in a line --- */

static void add_line(struct buffer *out, const garita_verdict *verdict,
                     const struct remarks *remarks, bool has_color)
{
    verdict_rows_add_bold(out, advice_word(verdict->outcome), has_color);
    buffer_add_char(out, ' ');
    verdict_rows_add_reason(out, verdict);
    if (verdict->has_credential) {
        buffer_add_text(out, ": ");
        verdict_compare_add_line(out, &verdict->credential);
    }
    buffer_add_text(out, " [");
    verdict_rows_add_origin(out, &remarks->origin);
    buffer_add_char(out, ']');
    if (remarks->is_again)
        verdict_rows_add_remark(out, _("in the place of the verdict before"));
    if (verdict_is_unchecked(verdict))
        verdict_rows_add_remark(out, _("revocation not checked"));
    verdict_rows_add_findings(out, verdict, remarks->setting);
    verdict_rows_add_remark(out, remarks->records);
    verdict_rows_add_remark(out, remarks->hint);
}

void verdict_text_add_line(struct buffer *out, const garita_verdict *verdict,
                           const struct remarks *remarks, const struct screen *screen)
{
    struct buffer text = {0};

    add_line(&text, verdict, remarks, screen->has_color);
    verdict_rows_add_row(out, &text, screen);
    verdict_rows_add_explanation(out, verdict, remarks, screen);
}

/* --- what is no verdict --- */

void verdict_text_add_hold(struct buffer *out, const struct screen *screen)
{
    /* TRANSLATORS: that more must be scanned; one word of at most 11 of the letters
     * ACDEFHIJLNOPRSTVZ and Ó, for a sign in large letters */
    big_word_add(out, _("HOLD"), GARITA_NO_VERDICT, screen->has_color, screen->terminal);
}

/* A word a row: both side by side are wider than a terminal. */
void verdict_text_add_none(struct buffer *out, const struct screen *screen)
{
    /* TRANSLATORS: two words, each of at most 11 of the letters ACDEFHIJLNOPRSTVZ and Ó, for a
     * sign in large letters */
    const char *text = _("NO CREDENTIAL");

    buffer_add_char(out, '\n');
    for (const char *at = text; *at != '\0';) {
        struct buffer word = {0};
        size_t len = strcspn(at, " ");
        buffer_add(&word, at, len);
        big_word_add(out, buffer_text(&word), GARITA_NO_VERDICT, screen->has_color,
                     screen->terminal);
        buffer_free(&word);
        at += len;
        at += *at == ' ';
    }
}

/* What could not be judged is for a person to decide too. */
static garita_outcome worst_of(const struct tally *tally)
{
    if (tally->rejects > 0)
        return GARITA_REJECT;
    return tally->refers + tally->failures > 0 ? GARITA_REFER : GARITA_ACCEPT;
}

static void add_count(struct buffer *out, const char *what, uint64_t count)
{
    if (count > 0)
        buffer_add_format(out, "; %s: %llu", what, (unsigned long long)count);
}

void verdict_text_add_summary(struct buffer *out, const struct tally *tally,
                              const struct screen *screen)
{
    garita_outcome worst = worst_of(tally);
    const char *word = advice_word(worst);
    uint64_t accepts = tally->verdicts - tally->rejects - tally->refers;
    uint64_t of_worst = worst == GARITA_REJECT  ? tally->rejects
                        : worst == GARITA_REFER ? tally->refers + tally->failures
                                                : accepts;
    struct buffer text = {0};

    big_word_add(out, word, worst, screen->has_color, screen->terminal);
    /* TRANSLATORS: "REJECT: 1 of 3" */
    buffer_add_format(&text, _("%s: %llu of %llu"), word, (unsigned long long)of_worst,
                      (unsigned long long)(tally->verdicts + tally->failures));
    if (worst == GARITA_REJECT)
        add_count(&text, advice_word(GARITA_REFER), tally->refers);
    if (worst != GARITA_ACCEPT)
        add_count(&text, advice_word(GARITA_ACCEPT), accepts);
    add_count(&text, _("not judged"), tally->failures);
    verdict_rows_add_paragraph(out, &text, true, screen);
    if (worst != GARITA_ACCEPT)
        verdict_rows_add_sentence(out, _("The lines above say which, and why."), screen);
}
