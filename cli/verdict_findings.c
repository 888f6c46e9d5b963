#include "verdict_findings.h"

#include <string.h>

#include <garita/party.h>

#include "i18n.h"

static garita_outcome or_reject(garita_outcome said)
{
    return said == GARITA_UNDECIDED ? GARITA_REJECT : said;
}

static void add(struct finding *out, size_t *count, garita_reason reason, garita_outcome outcome)
{
    out[(*count)++] = (struct finding){.reason = reason, .outcome = outcome};
}

static void add_requirements(struct finding *out, size_t *count, const garita_verdict *verdict,
                             const garita_lane *lane, bool expired)
{
    for (size_t i = 0; i < lane->requirement_count; i++) {
        const garita_requirement_result *result = &verdict->requirements[i];
        if (!result->is_asked || result->is_met || result->has_expired != expired)
            continue;
        add(out, count,
            expired ? GARITA_REASON_ATTESTATION_EXPIRED : GARITA_REASON_ATTESTATION_MISSING,
            result->outcome);
        out[*count - 1].words = lane->requirements[i].description;
    }
}

static void add_rules(struct finding *out, size_t *count, const garita_verdict *verdict,
                      const garita_lane *lane)
{
    for (size_t i = 0; i < lane->rule_count; i++) {
        const garita_rule_result *result = &verdict->rules[i];
        if (!result->is_asked || result->outcome == GARITA_ACCEPT)
            continue;
        add(out, count, GARITA_REASON_RULE_FAILED, result->outcome);
        out[*count - 1].words = lane->rules[i].description;
        out[*count - 1].rule = &lane->rules[i];
        out[*count - 1].error = result->error;
    }
}

size_t verdict_findings(struct finding out[FINDINGS_MAX], const garita_verdict *verdict,
                        const garita_setting *setting)
{
    const garita_lane *lane = setting->lane;
    const garita_check *check = &verdict->checks[GARITA_STAGE_POLICY];
    garita_party alone;
    size_t count = 0;

    if (check->result != GARITA_CHECK_FAIL || !verdict->has_credential)
        return 0;
    if (check->reason == GARITA_REASON_POLICY_MISSING ||
        check->reason == GARITA_REASON_INTERNAL_ERROR) {
        add(out, &count, check->reason, GARITA_REFER);
        return count;
    }
    garita_party_judge(&alone, lane, &verdict, 1, 0);
    add_requirements(out, &count, verdict, lane, false);
    if (!setting->is_member && !alone.is_complete)
        add(out, &count, GARITA_REASON_PARTY_INCOMPLETE, GARITA_REFER);
    if (!garita_lane_has_place(lane, &verdict->credential))
        add(out, &count, GARITA_REASON_LANE_MISMATCH, or_reject(lane->outcomes.lane_mismatch));
    add_requirements(out, &count, verdict, lane, true);
    add_rules(out, &count, verdict, lane);
    if (verdict->denied.len > 0)
        add(out, &count, GARITA_REASON_EMPLOYER_DENIED, or_reject(lane->outcomes.employer_denied));
    return count;
}

const struct finding *verdict_finding_of(const struct finding *findings, size_t count,
                                         const garita_verdict *verdict)
{
    for (size_t i = 0; i < count; i++)
        if (findings[i].reason == verdict->reason && findings[i].outcome == verdict->outcome)
            return &findings[i];
    return NULL;
}

garita_utf8 verdict_words(const garita_words *words)
{
    return strcmp(i18n_language(), "es") == 0 ? words->es : words->en;
}

garita_utf8 verdict_denied_name(const garita_verdict *verdict)
{
    const garita_credential *credential = &verdict->credential;

    if (credential->company_id.len > 0 &&
        garita_company_id_equal(credential->company_id, verdict->denied))
        return credential->company_name;
    if (credential->employer_name.len > 0 &&
        garita_company_id_equal(credential->employer_id, verdict->denied))
        return credential->employer_name;
    for (size_t i = 0; i < verdict->shown_count; i++) {
        const garita_shown *shown = &verdict->shown[i];
        if (!shown->is_readable || shown->attestation.kind != GARITA_ATTESTATION_ESSENTIAL_WORKER)
            continue;
        const garita_utf8 id = shown->attestation.fact.essential_worker.employer_id;
        if (garita_company_id_equal(id, verdict->denied))
            return shown->attestation.fact.essential_worker.employer_name;
    }
    return (garita_utf8){0};
}
