/* Each stage is a function; they run in the table's order. */
#include "record_judge.h"

#include <assert.h>

#include "clock.h"

static void look_up(garita_record *r, const garita_setting *setting, const garita_issuer *authority,
                    uint32_t serial)
{
    assert(r->step_count < GARITA_STEPS_MAX);
    garita_step *step = &r->steps[r->step_count++];
    step->authority = authority;
    step->status = (garita_status){0};
    if (setting->status)
        setting->status->look_up(setting->status->context, &step->status, authority, serial);
}

/* The logs above the issuer: each record's statement stands in its parent's. */
static void look_up_chain(garita_record *r, const garita_setting *setting)
{
    const garita_issuer *of = r->issuer;
    r->step_count = 1; /* [0] waits for the statement's serial */
    for (;;) {
        look_up(r, setting, of->parent, of->serial);
        if (of->parent == of)
            break;
        of = of->parent;
    }
}

static void look_up_own(garita_record *r, const garita_setting *setting, uint32_t serial)
{
    size_t count = r->step_count;
    r->step_count = 0;
    look_up(r, setting, r->issuer, serial);
    r->step_count = count;
}

void garita_record_chain(garita_record *out, const garita_issuer *issuer,
                         const garita_setting *setting)
{
    garita_finding *f = &out->finding;
    out->issuer = issuer;
    *f = (garita_finding){0};
    look_up_chain(out, setting);
    if (setting->clock.is_known) {
        int64_t now = garita_effective_now(&setting->clock);
        if (now < issuer->in_force_from)
            garita_finding_fail(f, GARITA_REASON_ISSUER_NOT_YET_VALID);
        if (now >= issuer->in_force_until)
            garita_finding_fail(f, GARITA_REASON_ISSUER_EXPIRED);
    }
    for (size_t i = 1; i < out->step_count; i++)
        if (out->steps[i].status.standing == GARITA_STANDING_REVOKED)
            garita_finding_fail(f, GARITA_REASON_ISSUER_REVOKED);
    garita_finding_pass(f, GARITA_STAGE_CHAIN);
}

static void judge_scope(garita_record *r, bool is_in_scope)
{
    if (!is_in_scope)
        garita_finding_fail(&r->finding, GARITA_REASON_OUT_OF_SCOPE);
    garita_finding_pass(&r->finding, GARITA_STAGE_SCOPE);
}

static void judge_revocation(garita_record *r)
{
    const garita_status *status = &r->steps[0].status;
    if (status->standing == GARITA_STANDING_REVOKED)
        garita_finding_fail(&r->finding, GARITA_REASON_REVOKED);
    if (status->has_head)
        garita_finding_pass(&r->finding, GARITA_STAGE_REVOCATION);
}

static void judge_dates(garita_record *r, const garita_setting *setting,
                        const garita_claims *claims)
{
    if (!setting->clock.is_known)
        return;
    int64_t now = garita_effective_now(&setting->clock);
    if (now < claims->begins)
        garita_finding_fail(&r->finding, GARITA_REASON_NOT_YET_VALID);
    if (now >= claims->ends)
        garita_finding_fail(&r->finding, GARITA_REASON_EXPIRED);
    garita_finding_pass(&r->finding, GARITA_STAGE_DATES);
}

/* The serial that a step looked up. */
static uint32_t serial_at(const garita_record *r, size_t i, const garita_claims *claims)
{
    if (i == 0)
        return claims->serial;
    const garita_issuer *of = r->issuer;
    while (--i > 0)
        of = of->parent;
    return of->serial;
}

static void judge_status(garita_record *r, const garita_lane *lane, const garita_claims *claims)
{
    garita_finding *f = &r->finding;
    bool suspended = false, equivocated = false, unknown = false, missing = false;
    for (size_t i = 0; i < r->step_count; i++) {
        const garita_status *status = &r->steps[i].status;
        suspended |= status->standing == GARITA_STANDING_SUSPENDED;
        equivocated |= status->equivocated;
        unknown |= status->has_head && serial_at(r, i, claims) > status->issued;
        missing |= !status->has_head;
    }
    if (suspended)
        garita_finding_fail_as(f, GARITA_REASON_SUSPENDED,
                               lane->outcomes.suspended == GARITA_REJECT ? GARITA_REJECT
                                                                         : GARITA_REFER);
    if (equivocated)
        garita_finding_fail(f, GARITA_REASON_ISSUER_EQUIVOCATED);
    if (unknown && !lane->waives_serial_unknown)
        garita_finding_fail(f, GARITA_REASON_SERIAL_UNKNOWN);
    if (missing && !lane->waives_status_missing)
        garita_finding_fail(f, GARITA_REASON_STATUS_MISSING);
    if (!missing && !unknown)
        garita_finding_pass(f, GARITA_STAGE_STATUS);
}

static int64_t limit_at(garita_place place, const garita_lane_ages *ages)
{
    if (place == GARITA_PLACE_ISSUER)
        return ages->issuer;
    return place == GARITA_PLACE_ANCHOR ? ages->anchor : ages->between;
}

/* A promise of news in a year is none (rule of trust 6). */
static const garita_lane_ages due_max = {GARITA_DUE_ISSUER_S, GARITA_DUE_BETWEEN_S,
                                         GARITA_DUE_ANCHOR_S};

static bool is_older(int64_t age, int64_t limit)
{
    return limit != 0 && age > limit;
}

garita_freshness garita_status_freshness(const garita_status *status, const garita_lane *lane,
                                         garita_place place, const garita_clock *clock)
{
    assert(status->has_head && clock->is_known);
    int64_t now = garita_effective_now(clock);
    int64_t age = garita_seconds_between(status->signed_at, now);
    if (is_older(age, limit_at(place, &lane->reject_after)))
        return GARITA_TOO_STALE;
    bool is_stale = age < -GARITA_CLOCK_SKEW_S || now > status->next_due ||
                    is_older(age, limit_at(place, &due_max)) ||
                    is_older(age, limit_at(place, &lane->refer_after));
    return is_stale ? GARITA_STALE : GARITA_FRESH;
}

static garita_place place_of(const garita_record *r, size_t i)
{
    if (i == 0)
        return GARITA_PLACE_ISSUER;
    return r->steps[i].authority->level == 0 ? GARITA_PLACE_ANCHOR : GARITA_PLACE_BETWEEN;
}

static void judge_freshness(garita_record *r, const garita_setting *setting)
{
    garita_finding *f = &r->finding;
    const garita_lane *lane = setting->lane;
    if (!setting->clock.is_known) {
        /* No lane waives this: without a clock nobody knows whether the statement has expired. */
        garita_finding_fail(f, GARITA_REASON_CLOCK_UNKNOWN);
        return;
    }
    if (lane->waives_freshness)
        return;
    garita_freshness worst = GARITA_FRESH;
    bool judged = false;
    for (size_t i = 0; i < r->step_count; i++) {
        const garita_status *status = &r->steps[i].status;
        if (!status->has_head)
            continue;
        judged = true;
        garita_freshness freshness =
            garita_status_freshness(status, lane, place_of(r, i), &setting->clock);
        if (freshness < worst)
            worst = freshness;
    }
    if (worst != GARITA_FRESH)
        garita_finding_fail_as(f, GARITA_REASON_STATUS_STALE,
                               worst == GARITA_TOO_STALE ? GARITA_REJECT : GARITA_REFER);
    if (setting->clock.has_floor && setting->clock.now < setting->clock.floor)
        garita_finding_fail(f, GARITA_REASON_CLOCK_BEHIND);
    if (judged)
        garita_finding_pass(f, GARITA_STAGE_FRESHNESS);
}

void garita_record_claims(garita_record *record, const garita_setting *setting,
                          const garita_claims *claims, bool is_in_scope)
{
    look_up_own(record, setting, claims->serial);
    judge_scope(record, is_in_scope);
    judge_revocation(record);
    judge_dates(record, setting, claims);
    judge_status(record, setting->lane, claims);
    judge_freshness(record, setting);
    garita_finding_accept(&record->finding);
}
