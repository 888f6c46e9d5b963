#include "verdict_text.h"

#include <string.h>

#include <garita/date.h>

#include "advice.h"
#include "big_word.h"
#include "claims_text.h"
#include "i18n.h"
#include "safe_text.h"

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

/* "malformed: not Base45 (RFC 9285), at 17" */
static void add_reason(struct buffer *out, const garita_verdict *verdict)
{
    const garita_fault *fault = &verdict->fault;

    buffer_add_text(out, garita_reason_code(verdict->reason));
    if (fault->error == GARITA_OK || verdict->checks[GARITA_STAGE_FORM].result != GARITA_CHECK_FAIL)
        return;
    buffer_add_text(out, ": ");
    buffer_add_text(out, _(garita_error_text(fault->error)));
    if (fault->field[0] != '\0' && strcmp(fault->field, "text") != 0)
        buffer_add_format(out, " (%s)", fault->field);
    buffer_add_format(out, _(", at %zu"), fault->at);
}

static void add_issuer_claim(struct buffer *out, const garita_verdict *verdict)
{
    char id[GARITA_ID_TEXT_SIZE];

    if (!verdict->has_signer || verdict->issuer != NULL)
        return;
    garita_id_format(id, &verdict->signer);
    buffer_add_format(out, _("It claims to be by authority %s, key %u, which is not proven."), id,
                      (unsigned)verdict->key_number);
    buffer_add_char(out, '\n');
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

static void add_expiry(struct buffer *out, const garita_credential *credential)
{
    char expires[GARITA_DATE_TEXT_SIZE];

    garita_day_format(expires, credential->expires);
    claims_text_label(out, _("Expires"));
    buffer_add_format(out, "%s\n", expires);
}

void verdict_text_add_big(struct buffer *out, const garita_verdict *verdict, const char *source,
                          uint64_t line, bool has_color)
{
    const char *hint = advice_hint(verdict->fault.error);

    big_word_add(out, advice_word(verdict->outcome), verdict->outcome, has_color);
    add_bold(out, advice_word(verdict->outcome), has_color);
    buffer_add_text(out, "  ");
    add_reason(out, verdict);
    buffer_add_text(out, "  [");
    add_origin(out, source, line);
    buffer_add_text(out, "]\n");
    add_bold(out, advice_why(verdict->reason), has_color);
    buffer_add_char(out, '\n');
    buffer_add_text(out, advice_do(verdict->reason));
    buffer_add_char(out, '\n');
    if (is_unchecked(verdict)) {
        add_bold(out, _("Whether it has been revoked was not checked: this lane is for drills."),
                 has_color);
        buffer_add_char(out, '\n');
    }
    add_issuer_claim(out, verdict);
    if (hint != NULL)
        buffer_add_format(out, "%s %s\n", _("hint:"), hint);
    if (verdict->has_credential) {
        buffer_add_char(out, '\n');
        add_bold(out, _("Compare with the document shown"), has_color);
        buffer_add_char(out, '\n');
        claims_text_add_holder(out, &verdict->credential);
        add_expiry(out, &verdict->credential);
        buffer_add_char(out, '\n');
        add_bold(out, _("The credential"), has_color);
        buffer_add_char(out, '\n');
        claims_text_add_grant(out, &verdict->credential);
        add_issuer(out, verdict);
    }
    buffer_add_char(out, '\n');
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

void verdict_text_add_line(struct buffer *out, const garita_verdict *verdict, const char *source,
                           uint64_t line, bool has_color)
{
    const char *hint = advice_hint(verdict->fault.error);

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
    if (hint != NULL)
        buffer_add_format(out, " (%s)", hint);
    buffer_add_char(out, '\n');
}
