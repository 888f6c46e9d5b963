/* The pipeline of FORMAT.md, section 9: form, chain, signature, then all that can be said of a good
 * signature. Each stage is a function; they run in the table's order. */
#include <garita/verify.h>

#include <assert.h>
#include <string.h>

#include <garita/date.h>
#include <garita/text.h>

/* --- names --- */

static const char *const stage_names[] = {
#define STAGE_NAME(constant, name) name,
    GARITA_STAGES(STAGE_NAME)
#undef STAGE_NAME
};

static const struct {
    const char *code;
    garita_stage stage;
    garita_outcome outcome;
} reasons[] = {{"", GARITA_STAGE_FORM, GARITA_UNDECIDED},
#define REASON_ROW(constant, code, stage, outcome) {code, GARITA_STAGE_##stage, GARITA_##outcome},
               GARITA_REASONS(REASON_ROW)
#undef REASON_ROW
};

const char *garita_stage_name(garita_stage stage)
{
    assert(stage < GARITA_STAGE_COUNT);
    return stage_names[stage];
}

const char *garita_reason_code(garita_reason reason)
{
    assert((size_t)reason < sizeof reasons / sizeof reasons[0]);
    return reasons[reason].code;
}

const char *garita_outcome_name(garita_outcome outcome)
{
    switch (outcome) {
    case GARITA_ACCEPT:
        return "accept";
    case GARITA_REFER:
        return "refer";
    case GARITA_REJECT:
        return "reject";
    case GARITA_NO_VERDICT:
        return "none";
    case GARITA_UNDECIDED:
        break;
    }
    return "undecided";
}

/* --- a finding: what one record of the trust set makes of a credential --- */

/* The credential's own serial, its issuer's and so on up to the anchor's own; an anchor's further
 * key is one step more. */
enum { STEPS_MAX = GARITA_CHAIN_DEPTH_MAX + 3 };

typedef struct step {
    const garita_issuer *authority; /* whose log it is */
    garita_status status;           /* of the serial that matters at this step */
} step;

typedef struct finding {
    const garita_issuer *issuer;
    garita_outcome outcome;
    garita_reason reason;
    garita_check checks[GARITA_STAGE_COUNT];
    size_t step_count;
    step steps[STEPS_MAX]; /* [0] is the credential's */
} finding;

/* Reasons come in the table's order, so the first of the worst outcome stays. */
static void fail_as(finding *f, garita_reason reason, garita_outcome outcome)
{
    garita_check *check = &f->checks[reasons[reason].stage];
    if (check->result != GARITA_CHECK_FAIL)
        *check = (garita_check){GARITA_CHECK_FAIL, reason};
    if (outcome > f->outcome) {
        f->outcome = outcome;
        f->reason = reason;
    }
}

static void fail(finding *f, garita_reason reason)
{
    fail_as(f, reason, reasons[reason].outcome);
}

/* A stage that was judged and in which nothing failed has passed. */
static void pass(finding *f, garita_stage stage)
{
    if (f->checks[stage].result == GARITA_CHECK_SKIP)
        f->checks[stage].result = GARITA_CHECK_PASS;
}

/* The true time is no earlier than either, if the authorities that attest the floor are honest. */
static int64_t effective_now(const garita_clock *clock)
{
    return clock->has_floor && clock->floor > clock->now ? clock->floor : clock->now;
}

/* From one moment to another; a clock, a floor or a head may say anything, and so this saturates.
 */
static int64_t seconds_between(int64_t from, int64_t to)
{
    if (from < 0 && to > INT64_MAX + from)
        return INT64_MAX;
    if (from > 0 && to < INT64_MIN + from)
        return INT64_MIN;
    return to - from;
}

static void look_up(finding *f, const garita_setting *setting, const garita_issuer *authority,
                    uint32_t serial)
{
    assert(f->step_count < STEPS_MAX);
    step *s = &f->steps[f->step_count++];
    s->authority = authority;
    s->status = (garita_status){0};
    if (setting->status)
        setting->status->look_up(setting->status->context, &s->status, authority, serial);
}

/* The logs above the issuer: each record's statement stands in its parent's. */
static void look_up_chain(finding *f, const garita_setting *setting)
{
    const garita_issuer *r = f->issuer;
    f->step_count = 1; /* [0] waits for the credential's serial */
    for (;;) {
        look_up(f, setting, r->parent, r->serial);
        if (r->parent == r)
            break;
        r = r->parent;
    }
}

static void judge_chain(finding *f, const garita_setting *setting)
{
    if (setting->clock.is_known) {
        int64_t now = effective_now(&setting->clock);
        if (now < f->issuer->in_force_from)
            fail(f, GARITA_REASON_ISSUER_NOT_YET_VALID);
        if (now >= f->issuer->in_force_until)
            fail(f, GARITA_REASON_ISSUER_EXPIRED);
    }
    for (size_t i = 1; i < f->step_count; i++)
        if (f->steps[i].status.standing == GARITA_STANDING_REVOKED)
            fail(f, GARITA_REASON_ISSUER_REVOKED);
    pass(f, GARITA_STAGE_CHAIN);
}

static void judge_scope(finding *f, const garita_credential *c)
{
    if (!garita_scope_has_type(&f->issuer->scope, GARITA_TYPE_CREDENTIAL) ||
        !garita_scope_has_programme(&f->issuer->scope, c->programme))
        fail(f, GARITA_REASON_OUT_OF_SCOPE);
    pass(f, GARITA_STAGE_SCOPE);
}

static void judge_revocation(finding *f)
{
    const garita_status *status = &f->steps[0].status;
    if (status->standing == GARITA_STANDING_REVOKED)
        fail(f, GARITA_REASON_REVOKED);
    if (status->has_head)
        pass(f, GARITA_STAGE_REVOCATION);
}

static void judge_dates(finding *f, const garita_setting *setting, const garita_credential *c)
{
    if (!setting->clock.is_known)
        return;
    int64_t now = effective_now(&setting->clock);
    if (now < garita_day_begins(c->not_before))
        fail(f, GARITA_REASON_NOT_YET_VALID);
    if (now >= garita_day_expires(c->expires))
        fail(f, GARITA_REASON_EXPIRED);
    pass(f, GARITA_STAGE_DATES);
}

/* The serial that a step looked up. */
static uint32_t serial_at(const finding *f, size_t i, const garita_credential *c)
{
    if (i == 0)
        return c->serial;
    const garita_issuer *r = f->issuer;
    while (--i > 0)
        r = r->parent;
    return r->serial;
}

static void judge_status(finding *f, const garita_lane *lane, const garita_credential *c)
{
    bool suspended = false, equivocated = false, unknown = false, missing = false;
    for (size_t i = 0; i < f->step_count; i++) {
        const garita_status *status = &f->steps[i].status;
        suspended |= status->standing == GARITA_STANDING_SUSPENDED;
        equivocated |= status->equivocated;
        unknown |= status->has_head && serial_at(f, i, c) > status->issued;
        missing |= !status->has_head;
    }
    if (suspended)
        fail(f, GARITA_REASON_SUSPENDED);
    if (equivocated)
        fail(f, GARITA_REASON_ISSUER_EQUIVOCATED);
    if (unknown && !lane->waives_serial_unknown)
        fail(f, GARITA_REASON_SERIAL_UNKNOWN);
    if (missing && !lane->waives_status_missing)
        fail(f, GARITA_REASON_STATUS_MISSING);
    if (!missing && !unknown)
        pass(f, GARITA_STAGE_STATUS);
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
    int64_t now = effective_now(clock);
    int64_t age = seconds_between(status->signed_at, now);
    if (is_older(age, limit_at(place, &lane->reject_after)))
        return GARITA_TOO_STALE;
    bool is_stale = age < -GARITA_CLOCK_SKEW_S || now > status->next_due ||
                    is_older(age, limit_at(place, &due_max)) ||
                    is_older(age, limit_at(place, &lane->refer_after));
    return is_stale ? GARITA_STALE : GARITA_FRESH;
}

static garita_place place_of(const finding *f, size_t i)
{
    if (i == 0)
        return GARITA_PLACE_ISSUER;
    return f->steps[i].authority->level == 0 ? GARITA_PLACE_ANCHOR : GARITA_PLACE_BETWEEN;
}

static void judge_freshness(finding *f, const garita_setting *setting)
{
    const garita_lane *lane = setting->lane;
    if (!setting->clock.is_known) {
        /* No lane waives this: without a clock nobody knows whether the credential has expired. */
        fail(f, GARITA_REASON_CLOCK_UNKNOWN);
        return;
    }
    if (lane->waives_freshness)
        return;
    garita_freshness worst = GARITA_FRESH;
    bool judged = false;
    for (size_t i = 0; i < f->step_count; i++) {
        const garita_status *status = &f->steps[i].status;
        if (!status->has_head)
            continue;
        judged = true;
        garita_freshness freshness =
            garita_status_freshness(status, lane, place_of(f, i), &setting->clock);
        if (freshness < worst)
            worst = freshness;
    }
    if (worst != GARITA_FRESH)
        fail_as(f, GARITA_REASON_STATUS_STALE,
                worst == GARITA_TOO_STALE ? GARITA_REJECT : GARITA_REFER);
    if (setting->clock.has_floor && setting->clock.now < setting->clock.floor)
        fail(f, GARITA_REASON_CLOCK_BEHIND);
    if (judged)
        pass(f, GARITA_STAGE_FRESHNESS);
}

static void judge_policy(finding *f, const garita_lane *lane, const garita_credential *c)
{
    if ((lane->programmes >> c->programme & 1) == 0)
        fail(f, GARITA_REASON_LANE_MISMATCH);
    pass(f, GARITA_STAGE_POLICY);
}

static void judge_credential(finding *f, const garita_setting *setting, const garita_credential *c)
{
    size_t count = f->step_count;
    f->step_count = 0;
    look_up(f, setting, f->issuer, c->serial);
    f->step_count = count;

    judge_scope(f, c);
    judge_revocation(f);
    judge_dates(f, setting, c);
    judge_status(f, setting->lane, c);
    judge_freshness(f, setting);
    judge_policy(f, setting->lane, c);
    if (f->outcome == GARITA_UNDECIDED) {
        f->outcome = GARITA_ACCEPT;
        f->reason = GARITA_REASON_OK;
    }
}

/* --- the verdict --- */

static void start(garita_verdict *out)
{
    memset(out, 0, offsetof(garita_verdict, bytes));
    out->fault.field = "";
}

static void end_early(garita_verdict *out, garita_reason reason)
{
    out->checks[reasons[reason].stage] = (garita_check){GARITA_CHECK_FAIL, reason};
    out->reason = reason;
    out->outcome = reasons[reason].outcome;
}

static void end_malformed(garita_verdict *out, const garita_fault *fault)
{
    bool newer = fault->error == GARITA_E_UNSUPPORTED_VERSION ||
                 fault->error == GARITA_E_UNKNOWN_TYPE || fault->error == GARITA_E_UNKNOWN_KEY;
    out->fault = *fault;
    end_early(out, newer ? GARITA_REASON_UNSUPPORTED_VERSION : GARITA_REASON_MALFORMED);
}

static void take(garita_verdict *out, const finding *f, const garita_setting *setting)
{
    const garita_status *status = &f->steps[0].status;
    out->outcome = f->outcome;
    out->reason = f->reason;
    memcpy(out->checks, f->checks, sizeof out->checks);
    out->checks[GARITA_STAGE_FORM].result = GARITA_CHECK_PASS;
    out->checks[GARITA_STAGE_SIGNATURE].result = GARITA_CHECK_PASS;
    out->issuer = f->issuer;
    if (status->has_head && setting->clock.is_known) {
        out->has_status_age = true;
        out->status_age_s = seconds_between(status->signed_at, effective_now(&setting->clock));
    }
}

/* out->bytes holds the statement. */
static void judge(garita_verdict *out, const garita_setting *setting)
{
    garita_peek peek;
    garita_fault fault;
    if (garita_statement_peek(&peek, &fault, GARITA_TYPE_CREDENTIAL, out->bytes, out->bytes_len) !=
        GARITA_OK) {
        end_malformed(out, &fault);
        return;
    }
    out->has_signer = true;
    out->signer = peek.signer;
    out->key_number = peek.key_number;
    out->checks[GARITA_STAGE_FORM].result = GARITA_CHECK_PASS;

    uint8_t scratch[GARITA_SCRATCH_SIZE(GARITA_CREDENTIAL_BYTES_MAX)];
    const uint8_t *good_key = NULL; /* the key of the last record that made the signature */
    garita_reason refusal = GARITA_REASON_NONE; /* of the chains, should no key be good */
    bool known = false;
    for (const garita_issuer *issuer = NULL;
         (issuer = garita_trust_find(setting->trust, issuer, &peek.signer, peek.key_number));) {
        finding f = {.issuer = issuer};
        look_up_chain(&f, setting);
        judge_chain(&f, setting);
        if (!known || f.reason == GARITA_REASON_NONE)
            refusal = f.reason;
        known = true;

        if (!good_key || memcmp(good_key, issuer->public_key, GARITA_PUBLIC_KEY_SIZE) != 0) {
            garita_verified verified;
            garita_error e = garita_statement_verify(&verified, &peek, issuer->public_key, scratch,
                                                     sizeof scratch);
            if (e == GARITA_E_BAD_SIGNATURE)
                continue;
            if (e != GARITA_OK) {
                end_early(out, GARITA_REASON_INTERNAL_ERROR);
                return;
            }
            good_key = issuer->public_key;
            if (garita_credential_decode(&out->credential, &fault, &verified) != GARITA_OK) {
                out->issuer = issuer;
                out->checks[GARITA_STAGE_SIGNATURE].result = GARITA_CHECK_PASS;
                end_malformed(out, &fault);
                return;
            }
            out->has_credential = true;
        }
        judge_credential(&f, setting, &out->credential);
        if (out->outcome == GARITA_UNDECIDED || f.outcome < out->outcome)
            take(out, &f, setting);
    }

    if (!known) {
        end_early(out, GARITA_REASON_UNKNOWN_ISSUER);
    } else if (!good_key) {
        out->checks[GARITA_STAGE_SIGNATURE] =
            (garita_check){GARITA_CHECK_FAIL, GARITA_REASON_BAD_SIGNATURE};
        if (refusal == GARITA_REASON_NONE)
            out->checks[GARITA_STAGE_CHAIN].result = GARITA_CHECK_PASS;
        end_early(out, refusal != GARITA_REASON_NONE ? refusal : GARITA_REASON_BAD_SIGNATURE);
    }
}

void garita_verify_text(garita_verdict *out, const garita_setting *setting, const char *text,
                        size_t text_len)
{
    garita_fault fault = {.field = "text"};
    start(out);
    fault.error = garita_text_decode(out->bytes, &out->bytes_len, sizeof out->bytes, &fault.at,
                                     text, text_len);
    if (fault.error == GARITA_E_NOT_OURS) {
        out->fault = fault;
        end_early(out, GARITA_REASON_FOREIGN_QR);
    } else if (fault.error != GARITA_OK) {
        end_malformed(out, &fault);
    } else {
        judge(out, setting);
    }
}

void garita_verify_statement(garita_verdict *out, const garita_setting *setting,
                             const uint8_t *bytes, size_t bytes_len)
{
    start(out);
    if (bytes_len > sizeof out->bytes) {
        end_malformed(out, &(garita_fault){GARITA_E_TOO_LONG, sizeof out->bytes, ""});
        return;
    }
    memcpy(out->bytes, bytes, bytes_len);
    out->bytes_len = bytes_len;
    judge(out, setting);
}
