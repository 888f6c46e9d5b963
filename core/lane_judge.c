#include "lane_judge.h"

#include "roles.h"
#include "rule_view.h"
#include "shown.h"

/* Zero is the table's word, reject; and so is whatever is no outcome of these. */
static garita_outcome unless_refer(garita_outcome outcome)
{
    return outcome == GARITA_REFER ? GARITA_REFER : GARITA_REJECT;
}

garita_outcome garita_lane_mismatch_outcome(const garita_lane *lane)
{
    return unless_refer(lane->outcomes.lane_mismatch);
}

static bool is_about(uint8_t subjects, const garita_verdict *v)
{
    return (subjects >> v->credential.about & 1) != 0;
}

/* --- requirements --- */

/* What something that was shown is to a requirement; better is greater. */
typedef enum worth { IS_NOTHING = 0, IS_TOO_OLD, IS_IN_DOUBT, MEETS } worth;

/* Too old is also what does not count because of its log, or its chain's: no news could make it do.
 * What is refused for any other reason is nothing. */
static worth worth_of(const garita_shown *shown, const garita_requirement *q,
                      const garita_clock *clock)
{
    garita_shown_fit fit = garita_shown_fits(shown, q, clock);
    bool has_ended = shown->reason == GARITA_REASON_EXPIRED;
    if (fit == GARITA_SHOWN_UNWANTED || (shown->outcome == GARITA_REJECT && !has_ended))
        return IS_NOTHING;
    if (fit == GARITA_SHOWN_TOO_OLD || has_ended)
        return IS_TOO_OLD;
    return garita_shown_counts(shown) ? MEETS : IS_IN_DOUBT;
}

/* One in doubt may be the good one: beside it nobody is told that what they have has expired. */
static void look_for(garita_requirement_result *out, const garita_verdict *v,
                     const garita_requirement *q, const garita_clock *clock)
{
    worth best = IS_NOTHING;
    size_t at = GARITA_SHOWN_MAX;
    for (size_t i = 0; i < v->shown_count; i++) {
        worth its = v->shown[i].is_readable ? worth_of(&v->shown[i], q, clock) : IS_NOTHING;
        if (its > best) {
            best = its;
            at = i;
        }
    }
    out->is_met = best == MEETS;
    out->has_expired = best == IS_TOO_OLD;
    out->shown = out->is_met || out->has_expired ? at : GARITA_SHOWN_MAX;
}

static void look_for_all(garita_verdict *v, const garita_setting *setting)
{
    const garita_lane *lane = setting->lane;
    for (size_t i = 0; i < lane->requirement_count; i++) {
        garita_requirement_result *result = &v->requirements[i];
        result->outcome = GARITA_ACCEPT;
        result->shown = GARITA_SHOWN_MAX;
        result->is_asked = is_about(lane->requirements[i].subjects, v);
        if (!result->is_asked)
            continue;
        look_for(result, v, &lane->requirements[i], &setting->clock);
        if (result->has_expired)
            result->outcome = unless_refer(lane->outcomes.attestation_expired);
        else if (!result->is_met)
            result->outcome = garita_reason_outcome(GARITA_REASON_ATTESTATION_MISSING);
    }
}

static void judge_missing(garita_finding *f, const garita_verdict *v, const garita_lane *lane)
{
    for (size_t i = 0; i < lane->requirement_count; i++) {
        const garita_requirement_result *result = &v->requirements[i];
        if (result->is_asked && !result->is_met && !result->has_expired)
            garita_finding_fail_as(f, GARITA_REASON_ATTESTATION_MISSING, result->outcome);
    }
}

static void judge_expired(garita_finding *f, const garita_verdict *v, const garita_lane *lane)
{
    for (size_t i = 0; i < lane->requirement_count; i++) {
        const garita_requirement_result *result = &v->requirements[i];
        if (result->has_expired)
            garita_finding_fail_as(f, GARITA_REASON_ATTESTATION_EXPIRED, result->outcome);
    }
}

/* --- the party, the lane --- */

static void judge_party(garita_finding *f, const garita_verdict *v, const garita_setting *setting)
{
    garita_party alone;
    const garita_credential *const one[] = {&v->credential};
    if (!setting->is_member) {
        garita_roles_take(&alone, setting->lane, one, 1, 0);
        if (!alone.is_complete)
            garita_finding_fail(f, GARITA_REASON_PARTY_INCOMPLETE);
    }
    if (!garita_lane_has_place(setting->lane, &v->credential))
        garita_finding_fail_as(f, GARITA_REASON_LANE_MISMATCH,
                               garita_lane_mismatch_outcome(setting->lane));
}

/* --- rules --- */

static garita_rule_error decide(bool *is_true, size_t *error_at, const garita_rule *rule,
                                const garita_value *view)
{
    garita_value values[GARITA_RULE_VALUES_MAX];
    garita_member members[GARITA_RULE_MEMBERS_MAX];
    garita_room room = {.values = values,
                        .value_cap = GARITA_RULE_VALUES_MAX,
                        .members = members,
                        .member_cap = GARITA_RULE_MEMBERS_MAX};
    *is_true = false;
    return garita_rule_decide(is_true, error_at, &room, rule->expression.at, rule->expression.len,
                              view);
}

static void judge_rule(garita_rule_result *out, const garita_rule *rule, const garita_value *view)
{
    bool is_true;
    out->error = decide(&is_true, &out->error_at, rule, view);
    if (out->error != GARITA_RULE_OK)
        out->outcome = GARITA_REFER;
    else
        out->outcome = is_true ? GARITA_ACCEPT : unless_refer(rule->otherwise);
}

/* A view and all that it points at. */
typedef struct drawing {
    bool is_drawn;
    garita_value view;
    garita_value values[GARITA_VIEW_VALUES_MAX];
    garita_member members[GARITA_VIEW_MEMBERS_MAX];
    char texts[GARITA_VIEW_TEXT_MAX];
} drawing;

/* Most lanes have no rules, and most rules pass: it is drawn for the first that asks. */
static const garita_value *view_of(drawing *d, const garita_verdict *v,
                                   const garita_setting *setting, bool with_doubtful)
{
    garita_room room = {.values = d->values,
                        .value_cap = GARITA_VIEW_VALUES_MAX,
                        .members = d->members,
                        .member_cap = GARITA_VIEW_MEMBERS_MAX};
    if (!d->is_drawn)
        garita_rule_view_draw(&d->view, &room, d->texts, v, setting, with_doubtful);
    d->is_drawn = true;
    return &d->view;
}

static void ask_rules(drawing *d, garita_verdict *v, const garita_setting *setting)
{
    const garita_lane *lane = setting->lane;
    d->is_drawn = false;
    for (size_t i = 0; i < lane->rule_count; i++) {
        garita_rule_result *result = &v->rules[i];
        result->outcome = GARITA_ACCEPT;
        result->is_asked = is_about(lane->rules[i].subjects, v);
        if (result->is_asked)
            judge_rule(result, &lane->rules[i], view_of(d, v, setting, false));
    }
}

static bool is_any_doubtful(const garita_verdict *v)
{
    for (size_t i = 0; i < v->shown_count; i++)
        if (garita_shown_is_doubtful(&v->shown[i]))
            return true;
    return false;
}

/* Whoever holds what a rule asks for, but for a log that is late, is for a person to decide: a
 * silent log must not reject. Nor does anything in doubt accept. */
static void doubt_rules(drawing *d, garita_verdict *v, const garita_setting *setting)
{
    const garita_lane *lane = setting->lane;
    if (!is_any_doubtful(v))
        return;
    d->is_drawn = false;
    for (size_t i = 0; i < lane->rule_count; i++) {
        garita_rule_result *result = &v->rules[i];
        size_t error_at;
        if (result->outcome != GARITA_REJECT ||
            decide(&result->is_in_doubt, &error_at, &lane->rules[i],
                   view_of(d, v, setting, true)) != GARITA_RULE_OK)
            continue;
        if (result->is_in_doubt)
            result->outcome = GARITA_REFER;
    }
}

static void judge_rules(garita_finding *f, garita_verdict *v, const garita_setting *setting)
{
    drawing d;
    if (setting->lane->rule_count == 0)
        return;
    ask_rules(&d, v, setting);
    doubt_rules(&d, v, setting);
    for (size_t i = 0; i < setting->lane->rule_count; i++)
        if (v->rules[i].outcome != GARITA_ACCEPT)
            garita_finding_fail_as(f, GARITA_REASON_RULE_FAILED, v->rules[i].outcome);
}

/* --- who is denied --- */

static bool is_denied(garita_verdict *v, const garita_lane *lane, garita_utf8 id)
{
    if (id.len == 0 || !garita_lane_denies(lane, id))
        return false;
    v->denied = id;
    return true;
}

static bool is_any_denied(garita_verdict *v, const garita_lane *lane)
{
    if (is_denied(v, lane, v->credential.employer_id) ||
        is_denied(v, lane, v->credential.company_id))
        return true;
    for (size_t i = 0; i < v->shown_count; i++) {
        const garita_attestation *a = &v->shown[i].attestation;
        if (garita_shown_counts(&v->shown[i]) && a->kind == GARITA_ATTESTATION_ESSENTIAL_WORKER &&
            is_denied(v, lane, a->fact.essential_worker.employer_id))
            return true;
    }
    return false;
}

/* --- all of it --- */

void garita_lane_judge(garita_finding *f, garita_verdict *verdict, const garita_setting *setting)
{
    const garita_lane *lane = setting->lane;
    if (lane->waives_policy) {
        if (!garita_lane_has_place(lane, &verdict->credential))
            garita_finding_fail_as(f, GARITA_REASON_LANE_MISMATCH,
                                   garita_lane_mismatch_outcome(lane));
        garita_finding_pass(f, GARITA_STAGE_POLICY);
        return;
    }
    if (lane->lacks_policy) {
        garita_finding_fail(f, GARITA_REASON_POLICY_MISSING);
        return;
    }
    look_for_all(verdict, setting);
    judge_missing(f, verdict, lane);
    judge_party(f, verdict, setting);
    judge_expired(f, verdict, lane);
    judge_rules(f, verdict, setting);
    if (is_any_denied(verdict, lane))
        garita_finding_fail_as(f, GARITA_REASON_EMPLOYER_DENIED,
                               unless_refer(lane->outcomes.employer_denied));
    garita_finding_pass(f, GARITA_STAGE_POLICY);
}
