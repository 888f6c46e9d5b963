#include "verdict_text.h"

#include <string.h>

#include <garita/date.h>

#include "advice.h"
#include "big_word.h"
#include "claims_text.h"
#include "i18n.h"
#include "safe_text.h"
#include "wrap.h"

static void add_origin(struct buffer *out, const char *source, uint64_t line)
{
    if (strcmp(source, "-") == 0)
        buffer_add_text(out, _("standard input"));
    else
        safe_text_add(out, source, strlen(source));
    if (line > 0) {
        buffer_add_char(out, ':');
        buffer_add_number(out, line);
    }
}

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

/* "malformed: not Base45 (RFC 9285)". Where in the text is for --json: an officer cannot use it. */
static void add_reason(struct buffer *out, const garita_verdict *verdict)
{
    const garita_fault *fault = &verdict->fault;

    buffer_add_text(out, garita_reason_code(verdict->reason));
    if (fault->error == GARITA_OK || verdict->checks[GARITA_STAGE_FORM].result != GARITA_CHECK_FAIL)
        return;
    buffer_add_text(out, ": ");
    buffer_add_text(out, _(garita_error_text(fault->error)));
}

static void add_bold(struct buffer *out, const char *text, bool has_color)
{
    buffer_add_text(out, has_color ? "\033[1m" : "");
    buffer_add_text(out, text);
    buffer_add_text(out, has_color ? "\033[0m" : "");
}

/* Whether a lane accepted without knowing of revocations. */
static bool is_unchecked(const garita_verdict *verdict)
{
    return verdict->outcome == GARITA_ACCEPT &&
           verdict->checks[GARITA_STAGE_REVOCATION].result == GARITA_CHECK_SKIP;
}

/* With the first day too, so that a credential that is not valid yet explains itself. */
static void add_validity(struct buffer *out, const garita_credential *credential)
{
    char not_before[GARITA_DATE_TEXT_SIZE];
    char expires[GARITA_DATE_TEXT_SIZE];

    garita_day_format(not_before, credential->not_before);
    garita_day_format(expires, credential->expires);
    claims_text_label(out, _("Expires"));
    buffer_add_format(out, _("%s (valid from %s)"), expires, not_before);
    buffer_add_char(out, '\n');
}

/* A sentence, in lines of its own. */
static void add_sentence(struct buffer *out, const char *text, const struct screen *screen)
{
    wrap_add(out, text, strlen(text), screen->terminal.columns, 0);
    buffer_add_char(out, '\n');
}

static void add_bold_sentence(struct buffer *out, const char *text, const struct screen *screen)
{
    buffer_add_text(out, screen->has_color ? "\033[1m" : "");
    wrap_add(out, text, strlen(text), screen->terminal.columns, 0);
    buffer_add_text(out, screen->has_color ? "\033[0m" : "");
    buffer_add_char(out, '\n');
}

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
    add_sentence(out, buffer_text(&text), screen);
    buffer_free(&text);
}

static void add_hint(struct buffer *out, const char *hint, const struct screen *screen)
{
    struct buffer text = {0};

    buffer_add_format(&text, "%s ", _("hint:"));
    safe_text_add(&text, hint, strlen(hint));
    add_sentence(out, buffer_text(&text), screen);
    buffer_free(&text);
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

/* "REJECT  expired  [card.png]" */
static void add_heading(struct buffer *out, const garita_verdict *verdict, const char *source,
                        uint64_t line, const struct screen *screen)
{
    struct buffer text = {0};

    add_bold(&text, advice_word(verdict->outcome), screen->has_color);
    buffer_add_text(&text, "  ");
    add_reason(&text, verdict);
    buffer_add_text(&text, "  [");
    add_origin(&text, source, line);
    buffer_add_char(&text, ']');
    add_sentence(out, buffer_text(&text), screen);
    buffer_free(&text);
}

static void add_data(struct buffer *out, const garita_verdict *verdict,
                     const struct remarks *remarks, bool has_color)
{
    add_bold(out, _("Compare with the document shown"), has_color);
    buffer_add_char(out, '\n');
    claims_text_add_holder(out, &verdict->credential);
    add_validity(out, &verdict->credential);
    claims_text_add_programme(out, &verdict->credential);
    claims_text_add_employer(out, &verdict->credential);
    add_issuer(out, verdict);
    add_records(out, remarks);
}

/* The word comes after the data and just before the reason: whatever scrolls off a small terminal
 * because a name is long, these stay in sight. */
void verdict_text_add_big(struct buffer *out, const garita_verdict *verdict, const char *source,
                          uint64_t line, const struct remarks *remarks, const struct screen *screen)
{
    buffer_add_char(out, '\n');
    if (verdict->has_credential)
        add_data(out, verdict, remarks, screen->has_color);
    big_word_add(out, advice_word(verdict->outcome), verdict->outcome, screen->has_color,
                 screen->terminal);
    add_heading(out, verdict, source, line, screen);
    add_bold_sentence(out, advice_why(verdict), screen);
    add_sentence(out, advice_next(verdict), screen);
    if (is_unchecked(verdict))
        add_bold_sentence(
            out, _("Whether it has been revoked was not checked: this lane is for drills."),
            screen);
    add_issuer_claim(out, verdict, screen);
    if (remarks->hint != NULL)
        add_hint(out, remarks->hint, screen);
}

static void add_holder_in_line(struct buffer *out, const garita_credential *credential)
{
    char born[GARITA_DATE_TEXT_SIZE];
    char expires[GARITA_DATE_TEXT_SIZE];

    garita_birth_date_format(born, credential->birth_date);
    garita_day_format(expires, credential->expires);
    safe_text_add(out, credential->name.at, credential->name.len);
    buffer_add_format(out, ", %s, ", born);
    claims_text_add_document(out, credential);
    buffer_add_format(out, ", %s %s", claims_text_programme(credential->programme), expires);
}

static void add_remark_in_line(struct buffer *out, const char *remark)
{
    if (remark == NULL)
        return;
    buffer_add_text(out, " (");
    safe_text_add(out, remark, strlen(remark));
    buffer_add_char(out, ')');
}

static void add_line(struct buffer *out, const garita_verdict *verdict, const char *source,
                     uint64_t line, const struct remarks *remarks, bool has_color)
{
    add_bold(out, advice_word(verdict->outcome), has_color);
    buffer_add_char(out, ' ');
    add_reason(out, verdict);
    if (verdict->has_credential) {
        buffer_add_text(out, ": ");
        add_holder_in_line(out, &verdict->credential);
    }
    buffer_add_text(out, " [");
    add_origin(out, source, line);
    buffer_add_char(out, ']');
    if (is_unchecked(verdict))
        buffer_add_format(out, " (%s)", _("revocation not checked"));
    add_remark_in_line(out, remarks->records);
    add_remark_in_line(out, remarks->hint);
}

void verdict_text_add_line(struct buffer *out, const garita_verdict *verdict, const char *source,
                           uint64_t line, const struct remarks *remarks,
                           const struct screen *screen)
{
    enum { INDENT = 4 };
    struct buffer text = {0};

    if (screen->terminal.columns == 0) {
        add_line(out, verdict, source, line, remarks, screen->has_color);
    } else {
        add_line(&text, verdict, source, line, remarks, screen->has_color);
        wrap_add(out, text.at, text.len, screen->terminal.columns, INDENT);
        out->failed |= text.failed;
        buffer_free(&text);
    }
    buffer_add_char(out, '\n');
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
    add_bold_sentence(out, buffer_text(&text), screen);
    buffer_free(&text);
    if (worst != GARITA_ACCEPT)
        add_sentence(out, _("The lines above say which, and why."), screen);
}
