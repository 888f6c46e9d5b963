#include "verdict_json.h"

#include <string.h>

#include <garita/date.h>
#include <garita/name.h>
#include <garita/programme.h>

#include "safe_text.h"
#include "verdict_explain.h"
#include "verdict_findings.h"
#include "verdict_shown.h"

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

static void add_company(struct buffer *out, const garita_credential *credential)
{
    add_key(out, "company");
    buffer_add_text(out, "{\"id\":");
    safe_text_add_json(out, credential->company_id.at, credential->company_id.len);
    add_utf8(out, "name", credential->company_name);
    add_utf8(out, "country", credential->company_country);
    buffer_add_char(out, '}');
}

static void add_vehicle(struct buffer *out, const garita_credential *credential)
{
    add_key(out, "vehicle");
    buffer_add_text(out, "{\"country\":");
    safe_text_add_json(out, credential->vehicle_country.at, credential->vehicle_country.len);
    add_utf8(out, "plate", credential->vehicle_plate);
    add_utf8(out, "description", credential->vehicle_description);
    buffer_add_char(out, '}');
}

/* Whom or what it is about; the other two are null. */
static void add_subject(struct buffer *out, const garita_credential *credential)
{
    if (credential->about == GARITA_SUBJECT_HOLDER)
        add_holder(out, credential);
    else
        add_null(out, "holder");
    if (credential->about == GARITA_SUBJECT_COMPANY)
        add_company(out, credential);
    else
        add_null(out, "company");
    if (credential->about == GARITA_SUBJECT_VEHICLE)
        add_vehicle(out, credential);
    else
        add_null(out, "vehicle");
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
    add_subject(out, credential);
    add_day(out, "not_before", credential->not_before);
    add_day(out, "expires", credential->expires);
}

static void add_no_credential(struct buffer *out)
{
    buffer_add_text(out, ",\"serial\":null,\"programme\":null,\"holder\":null,\"company\":null,"
                         "\"vehicle\":null,\"not_before\":null,\"expires\":null");
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

static void add_words(struct buffer *out, const garita_words *words)
{
    if (words->en.len == 0) {
        buffer_add_text(out, "null");
        return;
    }
    buffer_add_text(out, "{\"en\":");
    safe_text_add_json(out, words->en.at, words->en.len);
    add_utf8(out, "es", words->es);
    buffer_add_char(out, '}');
}

/* The lane, and the policy that rules it. */
static void add_lane(struct buffer *out, const struct remarks *remarks)
{
    char id[GARITA_ID_TEXT_SIZE];
    const char *name = remarks->setting->lane->name;

    add_text(out, "lane", name, strlen(name));
    if (remarks->policy == NULL) {
        add_null(out, "policy");
        return;
    }
    garita_id_format(id, &remarks->policy->signer->id);
    buffer_add_format(out, ",\"policy\":{\"issuer\":\"%s\",\"serial\":%lu,\"title\":", id,
                      (unsigned long)remarks->policy->serial);
    add_words(out, &remarks->policy->policy->title);
    buffer_add_char(out, '}');
}

static void add_finding(struct buffer *out, const struct finding *finding,
                        const garita_verdict *verdict)
{
    const bool is_denied = finding->reason == GARITA_REASON_EMPLOYER_DENIED;
    const char *error = garita_rule_error_name(finding->error);

    buffer_add_format(out, "{\"reason\":\"%s\",\"outcome\":\"%s\"",
                      garita_reason_code(finding->reason), garita_outcome_name(finding->outcome));
    add_utf8(out, "rule", finding->rule != NULL ? finding->rule->id : (garita_utf8){0});
    if (finding->error != GARITA_RULE_OK)
        add_text(out, "error", error, strlen(error));
    add_key(out, "text");
    add_words(out, &finding->words);
    if (is_denied) {
        add_utf8(out, "company", verdict->denied);
        add_utf8(out, "company_name", verdict_denied_name(verdict));
    }
    buffer_add_char(out, '}');
}

static void add_findings(struct buffer *out, const garita_verdict *verdict,
                         const struct remarks *remarks)
{
    struct finding findings[FINDINGS_MAX];
    size_t count = verdict_findings(findings, verdict, remarks->setting);

    add_key(out, "findings");
    buffer_add_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_add_char(out, ',');
        add_finding(out, &findings[i], verdict);
    }
    buffer_add_char(out, ']');
}

static void add_attestations(struct buffer *out, const garita_verdict *verdict)
{
    add_key(out, "attestations");
    buffer_add_char(out, '[');
    for (size_t i = 0; i < verdict->shown_count; i++) {
        if (i > 0)
            buffer_add_char(out, ',');
        verdict_shown_add_json(out, &verdict->shown[i]);
    }
    buffer_add_char(out, ']');
    if (verdict->others_count > 0)
        buffer_add_format(out, ",\"attestations_of_others\":%zu", verdict->others_count);
}

static void add_origin(struct buffer *out, const struct origin *origin)
{
    if (origin->source != NULL)
        add_text(out, "source", origin->source, strlen(origin->source));
    else
        add_null(out, "source");
    add_key(out, "line");
    if (origin->line > 0)
        buffer_add_number(out, origin->line);
    else
        buffer_add_text(out, "null");
}

static void add_decision(struct buffer *out, garita_outcome outcome, garita_reason reason)
{
    const char *code = garita_reason_code(reason);

    buffer_add_text(out, "{\"verdict\":\"");
    buffer_add_text(out, garita_outcome_name(outcome));
    buffer_add_char(out, '"');
    add_text(out, "reason", code, strlen(code));
}

/* Of an object's end: what takes another's place, and what to do. */
static void add_rest(struct buffer *out, const struct remarks *remarks)
{
    if (remarks->is_again) {
        add_key(out, "replaces");
        buffer_add_text(out, "{\"line\":");
        if (remarks->again_line > 0)
            buffer_add_number(out, remarks->again_line);
        else
            buffer_add_text(out, "null");
        buffer_add_char(out, '}');
    }
    if (remarks->hint != NULL)
        add_text(out, "hint", remarks->hint, strlen(remarks->hint));
}

static void add_verdict(struct buffer *out, const garita_verdict *verdict,
                        const struct remarks *remarks)
{
    add_decision(out, verdict->outcome, verdict->reason);
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
    add_lane(out, remarks);
    add_findings(out, verdict, remarks);
    add_attestations(out, verdict);
    add_origin(out, &remarks->origin);
    add_rest(out, remarks);
    if (remarks->explains) {
        add_key(out, "explain");
        verdict_explain_add_json(out, verdict, remarks);
    }
    buffer_add_char(out, '}');
}

void verdict_json_add(struct buffer *out, const garita_verdict *verdict,
                      const struct remarks *remarks)
{
    add_verdict(out, verdict, remarks);
    buffer_add_char(out, '\n');
}

/* --- parties --- */

static void add_missing(struct buffer *out, const garita_party *party, const garita_lane *lane)
{
    bool is_first = true;

    add_key(out, "missing");
    buffer_add_char(out, '[');
    for (size_t i = 0; i < lane->role_count; i++) {
        if (party->missing[i] == 0)
            continue;
        buffer_add_text(out, is_first ? "{\"role\":" : ",{\"role\":");
        is_first = false;
        add_words(out, &lane->roles[i].title);
        buffer_add_format(out, ",\"count\":%u}", (unsigned)party->missing[i]);
    }
    buffer_add_char(out, ']');
}

/* The role of each member; null for none. */
static void add_roles(struct buffer *out, const garita_party *party, const garita_lane *lane)
{
    add_key(out, "roles");
    buffer_add_char(out, '[');
    for (size_t i = 0; i < party->count; i++) {
        if (i > 0)
            buffer_add_char(out, ',');
        if (party->role[i] == GARITA_PARTY_NOBODY)
            buffer_add_text(out, "null");
        else
            add_words(out, &lane->roles[party->role[i]].title);
    }
    buffer_add_char(out, ']');
}

static void add_flag(struct buffer *out, const char *key, bool is_so)
{
    add_key(out, key);
    buffer_add_text(out, is_so ? "true" : "false");
}

static void add_party(struct buffer *out, const garita_party *party, const garita_lane *lane)
{
    buffer_add_format(out, "\"party\":{\"expected\":%zu,\"count\":%zu", party->expected,
                      party->count);
    add_flag(out, "complete", party->is_complete);
    add_missing(out, party, lane);
    add_flag(out, "lacks_holder", party->lacks_holder);
    add_flag(out, "lacks_employer", party->lacks_employer);
    add_roles(out, party, lane);
    buffer_add_char(out, '}');
}

void verdict_json_add_party(struct buffer *out, const garita_party *party,
                            const garita_verdict *const *members, const struct origin *origins,
                            const struct remarks *remarks)
{
    add_decision(out, party->outcome, party->reason);
    add_lane(out, remarks);
    buffer_add_char(out, ',');
    add_party(out, party, remarks->setting->lane);
    buffer_add_text(out, ",\"members\":[");
    for (size_t i = 0; i < party->count; i++) {
        struct remarks of_member = *remarks;
        of_member.origin = origins[i];
        of_member.hint = NULL;
        of_member.is_again = false;
        if (i > 0)
            buffer_add_char(out, ',');
        add_verdict(out, members[i], &of_member);
    }
    buffer_add_char(out, ']');
    add_origin(out, &(struct origin){0});
    add_rest(out, remarks);
    buffer_add_text(out, "}\n");
}

void verdict_json_add_member(struct buffer *out, const garita_party *party,
                             const garita_verdict *member, const struct remarks *remarks)
{
    buffer_add_text(out, "{\"waiting\":\"party\",");
    add_party(out, party, remarks->setting->lane);
    buffer_add_text(out, ",\"member\":");
    add_verdict(out, member, remarks);
    add_origin(out, &remarks->origin);
    buffer_add_text(out, "}\n");
}

void verdict_json_add_waiting(struct buffer *out, const garita_shown *shown,
                              const struct origin *origin)
{
    buffer_add_text(out, "{\"waiting\":\"credential\",\"attestation\":");
    verdict_shown_add_json(out, shown);
    add_origin(out, origin);
    buffer_add_text(out, "}\n");
}
