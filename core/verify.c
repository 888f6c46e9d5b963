/* From a code to its verdict: its parts, the credential, the attestations with it, the lane. */
#include <garita/verify.h>

#include <assert.h>
#include <string.h>

#include <garita/date.h>
#include <garita/packet.h>
#include <garita/text.h>

#include "clock.h"
#include "lane_judge.h"
#include "shown.h"
#include "statement_judge.h"

/* Of the lists only what the lane fills: they are most of a verdict. */
static void start(garita_verdict *out, const garita_lane *lane)
{
    assert(lane->requirement_count <= GARITA_REQUIREMENTS_MAX &&
           lane->rule_count <= GARITA_RULES_MAX && lane->role_count <= GARITA_ROLES_MAX);
    memset(out, 0, offsetof(garita_verdict, shown));
    memset(out->requirements, 0, lane->requirement_count * sizeof out->requirements[0]);
    memset(out->rules, 0, lane->rule_count * sizeof out->rules[0]);
    out->fault.field = "";
}

static void end_at_form(garita_verdict *out, garita_reason reason)
{
    out->checks[GARITA_STAGE_FORM] = (garita_check){GARITA_CHECK_FAIL, reason};
    out->reason = reason;
    out->outcome = garita_reason_outcome(reason);
}

static garita_error decode(garita_claims *claims, void *out, garita_fault *fault,
                           const garita_verified *verified)
{
    garita_credential *credential = out;
    garita_error e = garita_credential_decode(credential, fault, verified);
    if (e == GARITA_OK)
        *claims = (garita_claims){
            .serial = credential->serial,
            .begins = garita_day_begins(credential->not_before),
            .ends = garita_day_expires(credential->expires),
        };
    return e;
}

static bool is_in_scope(const void *out, const garita_scope *scope)
{
    const garita_credential *credential = out;
    return garita_scope_has_type(scope, GARITA_TYPE_CREDENTIAL) &&
           garita_scope_has_programme(scope, credential->programme);
}

static void decide(garita_verdict *out, const garita_finding *finding)
{
    out->outcome = finding->outcome;
    out->reason = finding->reason;
    memcpy(out->checks, finding->checks, sizeof out->checks);
}

static void take(garita_verdict *out, const garita_judged *judged, const garita_setting *setting)
{
    out->fault = judged->fault;
    out->has_signer = judged->has_signer;
    out->signer = judged->signer;
    out->key_number = judged->key_number;
    out->issuer = judged->issuer;
    out->has_credential = judged->is_decoded;
    if (judged->status.has_head && setting->clock.is_known) {
        out->has_status_age = true;
        out->status_age_s =
            garita_seconds_between(judged->status.signed_at, garita_effective_now(&setting->clock));
    }
}

static void judge_credential(garita_verdict *out, const garita_setting *setting,
                             const garita_parts *parts)
{
    static const garita_judged_type type = {GARITA_TYPE_CREDENTIAL, decode, is_in_scope};
    garita_judged judged;
    garita_statement_judge(&judged, &out->credential, setting, &type, parts->credential.at,
                           parts->credential.len);
    if (judged.fault.error != GARITA_OK)
        judged.fault.at += (size_t)(parts->credential.at - out->bytes);
    take(out, &judged, setting);
    if (out->has_credential) {
        garita_subject_of(&out->subject, &out->credential);
        garita_shown_gather(out, setting, parts);
        garita_lane_judge(&judged.finding, out, setting);
    } else {
        out->credential = (garita_credential){0};
    }
    decide(out, &judged.finding);
}

_Static_assert(GARITA_PACKET_PARTS_MAX <= GARITA_SHOWN_MAX, "all of one code have room");

static void judge_attestations(garita_verdict *out, const garita_setting *setting,
                               const garita_parts *parts)
{
    out->outcome = GARITA_NO_VERDICT;
    out->checks[GARITA_STAGE_FORM].result = GARITA_CHECK_PASS;
    for (size_t i = 0; i < parts->attestation_count; i++)
        garita_verify_attestation(&out->shown[out->shown_count++], setting,
                                  parts->attestations[i].at, parts->attestations[i].len);
}

/* out->bytes holds what was in the code. */
static void judge(garita_verdict *out, const garita_setting *setting)
{
    garita_parts parts;
    if (garita_packet_split(&parts, &out->fault, out->bytes, out->bytes_len) != GARITA_OK)
        end_at_form(out, garita_fault_reason(&out->fault));
    else if (parts.attestation_count > 0 && parts.credential.len == 0)
        judge_attestations(out, setting, &parts);
    else
        judge_credential(out, setting, &parts);
}

void garita_verify_text(garita_verdict *out, const garita_setting *setting, const char *text,
                        size_t text_len)
{
    garita_fault fault = {.field = "text"};
    start(out, setting->lane);
    fault.error = garita_text_decode(out->bytes, &out->bytes_len, sizeof out->bytes, &fault.at,
                                     text, text_len);
    if (fault.error == GARITA_OK) {
        judge(out, setting);
    } else {
        out->fault = fault;
        end_at_form(out, fault.error == GARITA_E_NOT_OURS ? GARITA_REASON_FOREIGN_QR
                                                          : GARITA_REASON_MALFORMED);
    }
}

void garita_verify_statement(garita_verdict *out, const garita_setting *setting,
                             const uint8_t *bytes, size_t bytes_len)
{
    start(out, setting->lane);
    if (bytes_len > sizeof out->bytes) {
        out->fault = (garita_fault){GARITA_E_TOO_LONG, sizeof out->bytes, ""};
        end_at_form(out, GARITA_REASON_MALFORMED);
        return;
    }
    memcpy(out->bytes, bytes, bytes_len);
    out->bytes_len = bytes_len;
    judge(out, setting);
}
