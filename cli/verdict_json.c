#include "verdict_json.h"

#include <string.h>

#include <garita/date.h>
#include <garita/name.h>
#include <garita/programme.h>

#include "safe_text.h"

/* Written by hand into a buffer, not built as a tree: at a busy lane's rate the tree would cost as
 * much as the signature check. */

static void add_key(struct buffer *out, const char *key)
{
    buffer_add_char(out, ',');
    buffer_add_char(out, '"');
    buffer_add_text(out, key);
    buffer_add(out, "\":", 2);
}

static void add_text(struct buffer *out, const char *key, const char *text, size_t len)
{
    add_key(out, key);
    safe_text_add_json(out, text, len);
}

static void add_null(struct buffer *out, const char *key)
{
    add_key(out, key);
    buffer_add(out, "null", 4);
}

/* A text that is absent if it is empty. */
static void add_utf8(struct buffer *out, const char *key, garita_utf8 text)
{
    if (text.len > 0)
        add_text(out, key, text.at, text.len);
    else
        add_null(out, key);
}

static void add_holder(struct buffer *out, const garita_credential *credential)
{
    char mrz[GARITA_MRZ_NAME_MAX];
    char birth_date[GARITA_DATE_TEXT_SIZE];
    size_t mrz_len = 0;
    const garita_document_type *type = garita_document_type_by_code(credential->document_type);

    add_key(out, "holder");
    buffer_add_text(out, "{\"name\":");
    safe_text_add_json(out, credential->name.at, credential->name.len);
    if (garita_name_mrz(mrz, &mrz_len, credential->name.at, credential->name.len) == GARITA_OK)
        add_text(out, "name_mrz", mrz, mrz_len);
    else
        add_null(out, "name_mrz");
    garita_birth_date_format(birth_date, credential->birth_date);
    add_text(out, "birth_date", birth_date, strlen(birth_date));
    add_utf8(out, "nationality", credential->nationality);
    buffer_add_text(out, ",\"document\":{\"type\":");
    if (type != NULL)
        safe_text_add_json(out, type->name, strlen(type->name));
    else
        buffer_add_number(out, credential->document_type);
    add_utf8(out, "country", credential->document_country);
    add_utf8(out, "number", credential->document_number);
    buffer_add_text(out, "}}");
}

static void add_day(struct buffer *out, const char *key, uint32_t day)
{
    char text[GARITA_DATE_TEXT_SIZE];

    garita_day_format(text, day);
    add_text(out, key, text, strlen(text));
}

static void add_credential(struct buffer *out, const garita_credential *credential)
{
    const garita_programme *programme = garita_programme_by_code(credential->programme);

    add_key(out, "serial");
    buffer_add_number(out, credential->serial);
    if (programme != NULL)
        add_text(out, "programme", programme->name, strlen(programme->name));
    else
        add_null(out, "programme");
    add_holder(out, credential);
    add_day(out, "not_before", credential->not_before);
    add_day(out, "expires", credential->expires);
}

static void add_no_credential(struct buffer *out)
{
    buffer_add_text(out, ",\"serial\":null,\"programme\":null,\"holder\":null,\"not_before\":null,"
                         "\"expires\":null");
}

static void add_issuer(struct buffer *out, const garita_verdict *verdict)
{
    char id[GARITA_ID_TEXT_SIZE];

    if (verdict->has_signer) {
        garita_id_format(id, &verdict->signer);
        add_text(out, "issuer", id, strlen(id));
    } else {
        add_null(out, "issuer");
    }
    if (verdict->issuer != NULL)
        add_text(out, "issuer_name", verdict->issuer->name, strlen(verdict->issuer->name));
    else
        add_null(out, "issuer_name");
}

static void add_fault(struct buffer *out, const garita_fault *fault)
{
    const char *name = garita_error_name(fault->error);

    add_text(out, "error", name, strlen(name));
    add_key(out, "at");
    buffer_add_number(out, fault->at);
    if (fault->field[0] != '\0')
        add_text(out, "field", fault->field, strlen(fault->field));
    else
        add_null(out, "field");
}

static void add_check(struct buffer *out, const garita_verdict *verdict, garita_stage stage)
{
    static const char *const results[] = {
        [GARITA_CHECK_SKIP] = "\",\"result\":\"skip\"",
        [GARITA_CHECK_PASS] = "\",\"result\":\"pass\"",
        [GARITA_CHECK_FAIL] = "\",\"result\":\"fail\"",
    };
    const garita_check *check = &verdict->checks[stage];

    buffer_add_text(out, stage == 0 ? "{\"check\":\"" : ",{\"check\":\"");
    buffer_add_text(out, garita_stage_name(stage));
    buffer_add_text(out, results[check->result]);
    if (check->result == GARITA_CHECK_FAIL) {
        const char *reason = garita_reason_code(check->reason);
        add_text(out, "reason", reason, strlen(reason));
        if (stage == GARITA_STAGE_FORM && verdict->fault.error != GARITA_OK)
            add_fault(out, &verdict->fault);
    }
    buffer_add_char(out, '}');
}

void verdict_json_add(struct buffer *out, const garita_verdict *verdict, const char *source,
                      uint64_t line, const char *hint)
{
    const char *reason = garita_reason_code(verdict->reason);

    buffer_add_text(out, "{\"verdict\":\"");
    buffer_add_text(out, garita_outcome_name(verdict->outcome));
    buffer_add_char(out, '"');
    add_text(out, "reason", reason, strlen(reason));
    add_issuer(out, verdict);
    if (verdict->has_credential)
        add_credential(out, &verdict->credential);
    else
        add_no_credential(out);

    buffer_add_text(out, ",\"checks\":[");
    for (unsigned stage = 0; stage < GARITA_STAGE_COUNT; stage++)
        add_check(out, verdict, (garita_stage)stage);
    buffer_add_text(out, "],\"status_age_s\":");
    if (verdict->has_status_age)
        buffer_add_signed(out, verdict->status_age_s);
    else
        buffer_add_text(out, "null");
    add_text(out, "source", source, strlen(source));
    add_key(out, "line");
    if (line > 0)
        buffer_add_number(out, line);
    else
        buffer_add_text(out, "null");
    if (hint != NULL)
        add_text(out, "hint", hint, strlen(hint));
    buffer_add_text(out, "}\n");
}
