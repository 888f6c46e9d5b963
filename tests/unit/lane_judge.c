/* The stage policy: each of its reasons alone and among others, each way to meet a requirement and
 * to fail it, rules, denied companies. */
#include "checkpoint.h"

#include <stdlib.h>

#include <garita/date.h>

#define NOW WORLD_NOW

enum { DAY_S = 86400, CARD = 77 };

static checkpoint c;

static int set_up(void **state)
{
    (void)state;
    checkpoint_open(&c);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    checkpoint_close(&c);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    checkpoint_reset(&c);
    return 0;
}

/* --- judging --- */

/* Neither moves; each is overwritten, whole, by the next. */
static garita_verdict verdict;
static garita_shown beside[40];

static void judge(const garita_setting *setting, const blob *code)
{
    uint8_t *copy = exact_copy(code->bytes, code->len);
    memset(&verdict, 0xaa, sizeof verdict);
    garita_verify_statement(&verdict, setting, copy, code->len);
    free(copy);
}

static void judge_beside(garita_setting setting, const blob *card, const blob *attestations,
                         size_t count)
{
    assert_true(count <= COUNT(beside));
    for (size_t i = 0; i < count; i++) {
        memset(&beside[i], 0xaa, sizeof beside[i]);
        garita_verify_attestation(&beside[i], &setting, attestations[i].bytes, attestations[i].len);
    }
    setting.beside = beside;
    setting.beside_count = count;
    judge(&setting, card);
}

static void judge_joined(const garita_setting *setting, const blob *card, const blob *attestations,
                         size_t count)
{
    blob code;
    join(&code, card, attestations, count);
    judge(setting, &code);
}

#define assert_verdict(expected_outcome, expected_reason)                                          \
    do {                                                                                           \
        assert_string_equal(garita_reason_code(verdict.reason), expected_reason);                  \
        assert_string_equal(garita_outcome_name(verdict.outcome), expected_outcome);               \
    } while (0)

static garita_credential card_claims;
static blob card;

static void make_card(uint8_t programme)
{
    card_claims = a_holder(CARD, programme);
    issue(&card, &c.people[AGENCY], &card_claims);
}

static garita_words words(const char *text)
{
    return (garita_words){utf8(text), utf8(text)};
}

static garita_requirement requirement(uint64_t subjects, garita_attestation_kind kind,
                                      int64_t max_age_s)
{
    return (garita_requirement){.description = words("something"),
                                .subjects = (uint8_t)subjects,
                                .alternative_count = 1,
                                .alternatives = {{(uint8_t)kind, max_age_s}}};
}

static const uint8_t gives_true[] = {0xc3}, gives_false[] = {0xc2};
/* {"+": ["a", 1]} */
static const uint8_t errs[] = {0x81, 0x0a, 0x92, 0xa1, 'a', 0x01};
/* {"var": "nothing"} */
static const uint8_t gives_null[] = {0x81, 0x01, 0xa7, 'n', 'o', 't', 'h', 'i', 'n', 'g'};
static const uint8_t gives_one[] = {0x01}, gives_zero[] = {0x00};
static const uint8_t gives_text[] = {0xa1, 'a'}, gives_no_text[] = {0xa0};
static const uint8_t gives_array[] = {0x91, 0xc3};

#define RULE(expression, otherwise) rule_of(expression, sizeof expression, otherwise)

static garita_rule rule_of(const uint8_t *expression, size_t len, garita_outcome otherwise)
{
    return (garita_rule){.id = utf8("rule"),
                         .description = words("a rule"),
                         .subjects = HOLDERS,
                         .otherwise = otherwise,
                         .expression = {expression, len}};
}

/* {"===": [{"var": path}, number or text]} */
static garita_rule rule_equal(blob *room, const char *path, int64_t number, const char *text)
{
    garita_value var_path = {.kind = GARITA_VALUE_TEXT, .as.text = utf8(path)};
    garita_member var = {{"var", 3}, var_path};
    garita_value operands[2] = {{.kind = GARITA_VALUE_OBJECT, .as.object = {&var, 1}},
                                {.kind = GARITA_VALUE_INTEGER, .as.integer = number}};
    if (text)
        operands[1] = (garita_value){.kind = GARITA_VALUE_TEXT, .as.text = utf8(text)};
    garita_member equal = {{"===", 3}, {.kind = GARITA_VALUE_ARRAY, .as.array = {operands, 2}}};
    garita_value rule = {.kind = GARITA_VALUE_OBJECT, .as.object = {&equal, 1}};
    assert_ok(garita_rule_encode(room->bytes, &room->len, sizeof room->bytes, NULL, NULL, &rule));
    return (garita_rule){.id = utf8("equal"),
                         .description = words("equal"),
                         .subjects = GARITA_SUBJECTS_ALL,
                         .otherwise = GARITA_REJECT,
                         .expression = {room->bytes, room->len}};
}

/* As checkpoint_lane, with a part for whoever comes: one without roles is for holders alone. */
static garita_lane lane_for_all(void)
{
    static const garita_role anybody = {
        .subjects = GARITA_SUBJECTS_ALL, .programmes = UINT64_MAX, .most = GARITA_PARTY_MAX};
    garita_lane lane = checkpoint_lane();
    lane.roles = &anybody;
    lane.role_count = 1;
    return lane;
}

/* --- all reasons together --- */

typedef enum flaw {
    F_REVOKED,
    F_SUSPENDED,
    F_STALE,
    F_MISSING,
    F_PARTY,
    F_LANE,
    F_EXPIRED,
    F_RULE,
    F_RULE_REFERS,
    F_RULE_ERRS,
    F_DENIED,
    FLAWS
} flaw;

static bool has(uint32_t set, flaw f)
{
    return (set >> f & 1) != 0;
}

/* The table of DESIGN.md again, in its order; left: what the policy decides. */
static const struct {
    garita_reason reason;
    garita_stage stage;
    garita_outcome outcome;
    bool left;
} rows[FLAWS] = {
    [F_REVOKED] = {GARITA_REASON_REVOKED, GARITA_STAGE_REVOCATION, GARITA_REJECT, false},
    [F_SUSPENDED] = {GARITA_REASON_SUSPENDED, GARITA_STAGE_STATUS, GARITA_REFER, true},
    [F_STALE] = {GARITA_REASON_STATUS_STALE, GARITA_STAGE_FRESHNESS, GARITA_REFER, false},
    [F_MISSING] = {GARITA_REASON_ATTESTATION_MISSING, GARITA_STAGE_POLICY, GARITA_REFER, false},
    [F_PARTY] = {GARITA_REASON_PARTY_INCOMPLETE, GARITA_STAGE_POLICY, GARITA_REFER, false},
    [F_LANE] = {GARITA_REASON_LANE_MISMATCH, GARITA_STAGE_POLICY, GARITA_REJECT, true},
    [F_EXPIRED] = {GARITA_REASON_ATTESTATION_EXPIRED, GARITA_STAGE_POLICY, GARITA_REJECT, true},
    [F_RULE] = {GARITA_REASON_RULE_FAILED, GARITA_STAGE_POLICY, GARITA_REJECT, false},
    [F_RULE_REFERS] = {GARITA_REASON_RULE_FAILED, GARITA_STAGE_POLICY, GARITA_REFER, false},
    [F_RULE_ERRS] = {GARITA_REASON_RULE_FAILED, GARITA_STAGE_POLICY, GARITA_REFER, false},
    [F_DENIED] = {GARITA_REASON_EMPLOYER_DENIED, GARITA_STAGE_POLICY, GARITA_REJECT, true},
};

static garita_outcome the_other(garita_outcome outcome)
{
    return outcome == GARITA_REFER ? GARITA_REJECT : GARITA_REFER;
}

static void judge_flaws(uint32_t set, bool otherwise, const blob *code)
{
    garita_lane lane = checkpoint_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    garita_requirement requirements[2] = {
        requirement(HOLDERS, GARITA_ATTESTATION_VACCINATION, has(set, F_EXPIRED) ? DAY_S : 0),
        requirement(HOLDERS, GARITA_ATTESTATION_RECOVERY, 0)};
    const garita_role roles[2] = {{words("driver"), HOLDERS, BIT(SENTRI), 1, 1, false},
                                  {words("vehicle"), VEHICLES, BIT(SENTRI), 1, 1, false}};
    garita_rule rules[3] = {RULE(gives_true, GARITA_REFER), RULE(gives_true, GARITA_REJECT),
                            RULE(gives_true, GARITA_REJECT)};
    const garita_utf8 denied = utf8("IMMEX-1234-2006");
    checkpoint_reset(&c);
    if (has(set, F_REVOKED))
        checkpoint_mark(&c, AGENCY, CARD, GARITA_STANDING_REVOKED);
    if (has(set, F_SUSPENDED)) /* the agency's own statement */
        checkpoint_mark(&c, ANCHOR, checkpoint_serial(AGENCY), GARITA_STANDING_SUSPENDED);
    c.logs[AGENCY].is_stale = has(set, F_STALE);
    lane.requirements = requirements;
    lane.requirement_count = has(set, F_MISSING) ? 2 : 1;
    lane.roles = roles;
    lane.role_count = has(set, F_PARTY) ? 2 : 0;
    if (has(set, F_LANE))
        lane.programmes = BIT(FAST);
    if (has(set, F_RULE_REFERS))
        rules[0] = RULE(gives_false, GARITA_REFER);
    if (has(set, F_RULE))
        rules[1] = RULE(gives_false, GARITA_REJECT);
    if (has(set, F_RULE_ERRS))
        rules[2] = RULE(errs, GARITA_REJECT);
    lane.rules = rules;
    lane.rule_count = 3;
    lane.denied = &denied;
    lane.denied_count = has(set, F_DENIED) ? 1 : 0;
    if (otherwise)
        lane.outcomes =
            (garita_lane_outcomes){GARITA_REJECT, GARITA_REFER, GARITA_REFER, GARITA_REFER};
    judge(&setting, code);
}

static void assert_flaws(uint32_t set, bool otherwise)
{
    garita_outcome outcome = GARITA_ACCEPT;
    garita_reason reason = GARITA_REASON_OK, of_policy = GARITA_REASON_NONE;
    for (flaw f = 0; f < FLAWS; f++) {
        if (!has(set, f))
            continue;
        garita_outcome its =
            otherwise && rows[f].left ? the_other(rows[f].outcome) : rows[f].outcome;
        if (rows[f].stage == GARITA_STAGE_POLICY && of_policy == GARITA_REASON_NONE)
            of_policy = rows[f].reason;
        if (its > outcome) {
            outcome = its;
            reason = rows[f].reason;
        }
    }
    if (verdict.outcome != outcome || verdict.reason != reason ||
        verdict.checks[GARITA_STAGE_POLICY].reason != of_policy)
        fail_msg("flaws %03x%s: %s %s (policy: %s), not %s %s (%s)", (unsigned)set,
                 otherwise ? " otherwise" : "", garita_outcome_name(verdict.outcome),
                 garita_reason_code(verdict.reason),
                 garita_reason_code(verdict.checks[GARITA_STAGE_POLICY].reason),
                 garita_outcome_name(outcome), garita_reason_code(reason),
                 garita_reason_code(of_policy));
    assert_int_equal(verdict.checks[GARITA_STAGE_POLICY].result,
                     of_policy == GARITA_REASON_NONE ? GARITA_CHECK_PASS : GARITA_CHECK_FAIL);
}

static void worst_flaw_is_the_outcome_and_the_first_of_it_the_reason(void **state)
{
    (void)state;
    garita_attestation a;
    blob vaccination, code;
    make_card(SENTRI);
    a = an_attestation(5, GARITA_ATTESTATION_VACCINATION, &card_claims);
    attest(&vaccination, &c.people[MINISTRY], &a);
    join(&code, &card, &vaccination, 1);
    for (uint32_t set = 0; set < 1u << FLAWS; set++)
        for (int otherwise = 0; otherwise < 2; otherwise++) {
            judge_flaws(set, otherwise != 0, &code);
            assert_flaws(set, otherwise != 0);
        }
}

static void lane_without_a_policy_in_force_refers_and_asks_nothing(void **state)
{
    (void)state;
    garita_lane lane = checkpoint_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    lane.lacks_policy = true;
    lane.programmes = 0;
    make_card(SENTRI);
    for (int member = 0; member < 2; member++) {
        setting.is_member = member != 0;
        judge(&setting, &card);
        assert_verdict("refer", "policy-missing");
    }
    garita_credential vehicle = a_vehicle(9, SENTRI);
    blob code;
    issue(&code, &c.people[AGENCY], &vehicle);
    judge(&setting, &code);
    assert_verdict("refer", "policy-missing");
    /* what is known counts all the same */
    c.logs[AGENCY].is_stale = true;
    judge(&setting, &card);
    assert_verdict("refer", "status-stale");
    checkpoint_mark(&c, AGENCY, CARD, GARITA_STANDING_REVOKED);
    judge(&setting, &card);
    assert_verdict("reject", "revoked");
}

/* Whoever goes over the lane's lists finds nothing in what was not judged. */
static void nothing_is_asked_of_what_was_not_judged(void **state)
{
    (void)state;
    garita_lane lane = checkpoint_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    const garita_rule rules[2] = {RULE(gives_false, GARITA_REJECT), RULE(errs, GARITA_REJECT)};
    garita_requirement asked[2] = {requirement(HOLDERS, GARITA_ATTESTATION_TEST, 0),
                                   requirement(HOLDERS, GARITA_ATTESTATION_RECOVERY, 0)};
    blob codes[3] = {0};
    make_card(SENTRI);
    codes[0] = codes[1] = card;
    codes[1].bytes[card.len - 1] ^= 1;
    lane.rules = rules;
    lane.requirements = asked;
    lane.rule_count = lane.requirement_count = 2;
    for (size_t i = 0; i < COUNT(codes); i++) {
        lane.lacks_policy = i == 0;
        judge(&setting, &codes[i]);
        assert_true(verdict.outcome != GARITA_ACCEPT);
        assert_true(verdict.shown_count == 0 && verdict.others_count == 0 &&
                    verdict.denied.len == 0);
        for (size_t k = 0; k < 2; k++) {
            assert_false(verdict.rules[k].is_asked || verdict.requirements[k].is_asked);
            assert_int_equal(verdict.rules[k].outcome, GARITA_UNDECIDED);
            assert_int_equal(verdict.requirements[k].outcome, GARITA_UNDECIDED);
        }
    }
}

static void any_asks_for_no_policy(void **state)
{
    (void)state;
    garita_setting setting = checkpoint_setting(&c, garita_lane_builtin("any"));
    garita_credential claims[3] = {a_holder(7, SENTRI), a_company(8, CTPAT, NULL),
                                   a_vehicle(9, SENTRI)};
    blob code;
    for (size_t i = 0; i < COUNT(claims); i++) {
        issue(&code, &c.people[AGENCY], &claims[i]);
        judge(&setting, &code);
        assert_verdict("accept", "ok");
    }
    claims[0].programme = HEALTH; /* nobody travels by it */
    issue(&code, &c.people[PRINTER], &claims[0]);
    judge(&setting, &code);
    assert_verdict("reject", "lane-mismatch");
}

static void default_lane_takes_companies_and_vehicles_beside_a_holder_alone(void **state)
{
    (void)state;
    garita_setting setting = checkpoint_setting(&c, garita_lane_builtin("default"));
    const garita_credential claims[2] = {a_company(8, CTPAT, NULL), a_vehicle(9, SENTRI)};
    for (size_t i = 0; i < COUNT(claims); i++) {
        blob code;
        issue(&code, &c.people[AGENCY], &claims[i]);
        setting.is_member = false;
        judge(&setting, &code);
        assert_verdict("refer", "party-incomplete");
        setting.is_member = true;
        judge(&setting, &code);
        assert_verdict("accept", "ok");
    }
    make_card(SENTRI);
    setting.is_member = false;
    judge(&setting, &card);
    assert_verdict("accept", "ok");
    garita_credential health = a_holder(7, HEALTH);
    blob code;
    issue(&code, &c.people[PRINTER], &health);
    judge(&setting, &code);
    assert_verdict("reject", "lane-mismatch");
}

static void member_fits_one_of_the_roles(void **state)
{
    (void)state;
    const garita_role roles[2] = {
        {words("driver"), HOLDERS, BIT(FAST), 1, 1, false},
        {words("company"), COMPANIES, BIT(CTPAT) | BIT(FAST), 1, 1, false}};
    garita_lane lane = checkpoint_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    lane.roles = roles;
    lane.role_count = 2;
    lane.programmes = BIT(FAST) | BIT(CTPAT) | BIT(SENTRI);
    setting.is_member = true;
    const struct {
        garita_credential claims;
        const char *reason;
    } cases[] = {{a_holder(1, FAST), "ok"},
                 {a_company(2, FAST, NULL), "ok"},
                 {a_company(3, CTPAT, NULL), "ok"},
                 {a_holder(4, CTPAT), "lane-mismatch"},
                 {a_holder(5, SENTRI), "lane-mismatch"},
                 {a_vehicle(6, FAST), "lane-mismatch"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        blob code;
        issue(&code, &c.people[AGENCY], &cases[i].claims);
        judge(&setting, &code);
        assert_string_equal(garita_reason_code(verdict.reason), cases[i].reason);
    }
    /* a role that asks for more than the lane takes gives nothing */
    lane.programmes = BIT(CTPAT);
    make_card(FAST);
    judge(&setting, &card);
    assert_verdict("reject", "lane-mismatch");
    /* alone, a driver is no party; in a lane of its own it is */
    lane.programmes = BIT(FAST) | BIT(CTPAT);
    setting.is_member = false;
    judge(&setting, &card);
    assert_verdict("refer", "party-incomplete");
    lane.role_count = 1;
    judge(&setting, &card);
    assert_verdict("accept", "ok");
}

/* --- requirements --- */

/* One attestation beside the card, and in its code; both must come to the same. */
typedef struct show {
    const char *name;
    void (*prepare)(garita_attestation *a, garita_setting *setting);
    who by;
    const char *reason;       /* the verdict's */
    const char *shown_reason; /* the attestation's */
} show;

static void usual(garita_attestation *a, garita_setting *setting)
{
    (void)a;
    (void)setting;
}

static void of_another(garita_attestation *a, garita_setting *setting)
{
    (void)setting;
    a->subject.bytes[GARITA_SUBJECT_SIZE - 1] ^= 1;
}

static void revoked(garita_attestation *a, garita_setting *setting)
{
    (void)setting;
    checkpoint_mark(&c, MINISTRY, a->serial, GARITA_STANDING_REVOKED);
}

static void suspended(garita_attestation *a, garita_setting *setting)
{
    (void)setting;
    checkpoint_mark(&c, MINISTRY, a->serial, GARITA_STANDING_SUSPENDED);
}

static void ministry_revoked(garita_attestation *a, garita_setting *setting)
{
    (void)a;
    (void)setting;
    checkpoint_mark(&c, ANCHOR, checkpoint_serial(MINISTRY), GARITA_STANDING_REVOKED);
}

static void ministry_suspended(garita_attestation *a, garita_setting *setting)
{
    (void)a;
    (void)setting;
    checkpoint_mark(&c, ANCHOR, checkpoint_serial(MINISTRY), GARITA_STANDING_SUSPENDED);
}

static void ministry_equivocated(garita_attestation *a, garita_setting *setting)
{
    (void)a;
    (void)setting;
    c.logs[MINISTRY].has_equivocated = true;
}

static void ministry_stale(garita_attestation *a, garita_setting *setting)
{
    (void)a;
    (void)setting;
    c.logs[MINISTRY].is_stale = true;
}

static void ministry_unheard_of(garita_attestation *a, garita_setting *setting)
{
    (void)a;
    (void)setting;
    c.logs[MINISTRY].lacks_head = true;
}

static void beyond_issued(garita_attestation *a, garita_setting *setting)
{
    (void)setting;
    c.logs[MINISTRY].issued = a->serial - 1;
}

static void on_its_last_day(garita_attestation *a, garita_setting *setting)
{
    (void)setting;
    a->expires = day("2027-05-31"); /* until 12:00 of the next day, in the last time zone */
    setting->clock.now = NOW - 1;
}

static void after_its_last_day(garita_attestation *a, garita_setting *setting)
{
    (void)setting;
    a->expires = day("2027-05-31");
}

static void a_day_too_old(garita_attestation *a, garita_setting *setting)
{
    (void)setting;
    a->fact.vaccination.date = day("2027-04-02");
}

static void too_old_and_stale(garita_attestation *a, garita_setting *setting)
{
    a_day_too_old(a, setting);
    c.logs[MINISTRY].is_stale = true;
}

static void too_old_and_suspended(garita_attestation *a, garita_setting *setting)
{
    a_day_too_old(a, setting);
    suspended(a, setting);
}

static void too_old_and_revoked(garita_attestation *a, garita_setting *setting)
{
    a_day_too_old(a, setting);
    revoked(a, setting);
}

static void past_its_last_day_and_stale(garita_attestation *a, garita_setting *setting)
{
    after_its_last_day(a, setting);
    c.logs[MINISTRY].is_stale = true;
}

static void past_its_last_day_and_revoked(garita_attestation *a, garita_setting *setting)
{
    after_its_last_day(a, setting);
    revoked(a, setting);
}

static void dated_tomorrow(garita_attestation *a, garita_setting *setting)
{
    (void)setting;
    a->fact.vaccination.date = day("2027-06-02");
}

static void dated_within_the_skew(garita_attestation *a, garita_setting *setting)
{
    a->fact.vaccination.date = day("2027-06-01");
    c.now = setting->clock.now = garita_day_begins(day("2027-06-01")) - GARITA_CLOCK_SKEW_S;
}

static void dated_beyond_the_skew(garita_attestation *a, garita_setting *setting)
{
    dated_within_the_skew(a, setting);
    c.now = --setting->clock.now;
}

static void no_clock(garita_attestation *a, garita_setting *setting)
{
    (void)a;
    setting->clock.is_known = false;
}

static void of_another_kind(garita_attestation *a, garita_setting *setting)
{
    (void)setting;
    garita_subject subject = a->subject;
    *a = an_attestation(a->serial, GARITA_ATTESTATION_TEST, &card_claims);
    a->subject = subject;
}

static const show shows[] = {
    {"good", usual, MINISTRY, "ok", "ok"},
    {"another's", of_another, MINISTRY, "attestation-missing", NULL},
    {"revoked", revoked, MINISTRY, "attestation-missing", "revoked"},
    {"suspended", suspended, MINISTRY, "attestation-missing", "suspended"},
    {"its signer revoked", ministry_revoked, MINISTRY, "attestation-missing", "issuer-revoked"},
    {"its signer suspended", ministry_suspended, MINISTRY, "attestation-missing", "suspended"},
    {"its signer equivocated", ministry_equivocated, MINISTRY, "attestation-missing",
     "issuer-equivocated"},
    {"its signer's log stale", ministry_stale, MINISTRY, "attestation-missing", "status-stale"},
    {"its signer's log missing", ministry_unheard_of, MINISTRY, "attestation-missing",
     "status-missing"},
    {"beyond issued", beyond_issued, MINISTRY, "attestation-missing", "serial-unknown"},
    {"by an agency for credentials", usual, AGENCY, "attestation-missing", "out-of-scope"},
    {"by another authority of attestations", usual, LABOR, "attestation-missing", "out-of-scope"},
    {"by who may say health, but attest nothing", usual, PRINTER, "attestation-missing",
     "out-of-scope"},
    {"by nobody known", usual, STRANGER, "attestation-missing", "unknown-issuer"},
    {"on its last day", on_its_last_day, MINISTRY, "ok", "ok"},
    {"after its last day", after_its_last_day, MINISTRY, "attestation-expired", "expired"},
    {"a day too old", a_day_too_old, MINISTRY, "attestation-expired", "ok"},
    {"too old, by a stale log", too_old_and_stale, MINISTRY, "attestation-expired", "status-stale"},
    {"too old and suspended", too_old_and_suspended, MINISTRY, "attestation-expired", "suspended"},
    {"too old and revoked", too_old_and_revoked, MINISTRY, "attestation-missing", "revoked"},
    {"too old, by an agency", a_day_too_old, AGENCY, "attestation-missing", "out-of-scope"},
    {"past its last day, by a stale log", past_its_last_day_and_stale, MINISTRY,
     "attestation-expired", "expired"},
    {"past its last day and revoked", past_its_last_day_and_revoked, MINISTRY,
     "attestation-missing", "revoked"},
    {"dated tomorrow", dated_tomorrow, MINISTRY, "attestation-missing", "not-yet-valid"},
    {"dated within the skew", dated_within_the_skew, MINISTRY, "ok", "ok"},
    {"dated beyond the skew", dated_beyond_the_skew, MINISTRY, "attestation-missing",
     "not-yet-valid"},
    {"of another kind", of_another_kind, MINISTRY, "attestation-missing", "ok"},
    {"without a clock", no_clock, MINISTRY, "clock-unknown", "clock-unknown"},
};

static void assert_show(const show *s, bool is_beside)
{
    const char *where = is_beside ? "beside" : "joined";
    if (strcmp(garita_reason_code(verdict.reason), s->reason) != 0)
        fail_msg("%s, %s: %s, not %s", s->name, where, garita_reason_code(verdict.reason),
                 s->reason);
    assert_int_equal(verdict.shown_count, s->shown_reason ? 1 : 0);
    assert_int_equal(verdict.others_count, s->shown_reason ? 0 : 1);
    if (s->shown_reason &&
        strcmp(garita_reason_code(verdict.shown[0].reason), s->shown_reason) != 0)
        fail_msg("%s, %s: the attestation is %s, not %s", s->name, where,
                 garita_reason_code(verdict.shown[0].reason), s->shown_reason);
    const garita_requirement_result *r = &verdict.requirements[0];
    assert_true(r->is_asked);
    assert_int_equal(r->is_met, strcmp(s->reason, "ok") == 0);
    assert_int_equal(r->has_expired, strcmp(s->reason, "attestation-expired") == 0);
    assert_int_equal(r->shown, r->is_met || r->has_expired ? 0 : GARITA_SHOWN_MAX);
}

static void attestation_meets_a_requirement_or_says_why_not(void **state)
{
    (void)state;
    make_card(SENTRI);
    for (size_t i = 0; i < COUNT(shows); i++) {
        const show *s = &shows[i];
        garita_lane lane = checkpoint_lane();
        garita_setting setting = checkpoint_setting(&c, &lane);
        garita_requirement asked = requirement(HOLDERS, GARITA_ATTESTATION_VACCINATION, 60 * DAY_S);
        garita_attestation a = an_attestation(6, GARITA_ATTESTATION_VACCINATION, &card_claims);
        blob attestation;
        lane.requirements = &asked;
        lane.requirement_count = 1;
        checkpoint_reset(&c);
        s->prepare(&a, &setting);
        attest(&attestation, &c.people[s->by], &a);
        judge_beside(setting, &card, &attestation, 1);
        assert_show(s, true);
        judge_joined(&setting, &card, &attestation, 1);
        assert_show(s, false);
    }
}

static void age_counts_to_the_second_by_the_later_of_clock_and_floor(void **state)
{
    (void)state;
    garita_lane lane = checkpoint_lane();
    garita_requirement asked = requirement(HOLDERS, GARITA_ATTESTATION_TEST, 3600);
    blob test;
    lane.requirements = &asked;
    lane.requirement_count = 1;
    make_card(SENTRI);
    garita_attestation a = an_attestation(6, GARITA_ATTESTATION_TEST, &card_claims);
    attest(&test, &c.people[MINISTRY], &a); /* sampled 3600 s ago */
    garita_setting setting = checkpoint_setting(&c, &lane);
    judge_beside(setting, &card, &test, 1);
    assert_verdict("accept", "ok");
    setting.clock.now = NOW + 1;
    judge_beside(setting, &card, &test, 1);
    assert_verdict("reject", "attestation-expired");
    setting.clock.now = NOW;
    setting.clock.has_floor = true;
    setting.clock.floor = NOW + 1;
    lane.waives_freshness = true; /* else the clock that is behind is what counts */
    judge_beside(setting, &card, &test, 1);
    assert_verdict("reject", "attestation-expired");
    asked.alternatives[0].max_age_s = 0; /* as long as it is in force itself */
    judge_beside(setting, &card, &test, 1);
    assert_verdict("accept", "ok");
}

static void forged_attestation_is_as_none(void **state)
{
    (void)state;
    garita_lane lane = checkpoint_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    garita_requirement asked = requirement(HOLDERS, GARITA_ATTESTATION_VACCINATION, 0);
    blob good;
    lane.requirements = &asked;
    lane.requirement_count = 1;
    make_card(SENTRI);
    garita_attestation a = an_attestation(6, GARITA_ATTESTATION_VACCINATION, &card_claims);
    attest(&good, &c.people[MINISTRY], &a);
    for (size_t bit = 0; bit < 8 * good.len; bit++) {
        blob forged = good;
        forged.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        judge_beside(setting, &card, &forged, 1);
        assert_verdict("refer", "attestation-missing");
        assert_int_equal(verdict.shown_count, 1);
        assert_false(verdict.shown[0].is_readable);
        assert_int_equal(verdict.shown[0].attestation.serial, 0);
        assert_int_equal(verdict.shown[0].attestation.kind, 0);
    }
}

/* Traveler B's valid test beside A's card. */
static void test_of_another_traveler_serves_nobody_else(void **state)
{
    (void)state;
    garita_lane lane = checkpoint_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    garita_requirement asked = requirement(HOLDERS, GARITA_ATTESTATION_TEST, 0);
    garita_credential b_claims = a_holder(78, SENTRI);
    blob b_card, b_test;
    lane.requirements = &asked;
    lane.requirement_count = 1;
    make_card(SENTRI);
    b_claims.document_number = utf8("G12345679"); /* the same name and birthday, even */
    issue(&b_card, &c.people[AGENCY], &b_claims);
    garita_attestation a = an_attestation(6, GARITA_ATTESTATION_TEST, &b_claims);
    attest(&b_test, &c.people[MINISTRY], &a);
    judge_beside(setting, &b_card, &b_test, 1);
    assert_verdict("accept", "ok");
    judge_beside(setting, &card, &b_test, 1);
    assert_verdict("refer", "attestation-missing");
    assert_int_equal(verdict.others_count, 1);
    judge_joined(&setting, &card, &b_test, 1);
    assert_verdict("refer", "attestation-missing");
    assert_int_equal(verdict.shown_count, 0);
    /* nor does a company's serve a holder who bears its id */
    garita_credential company = a_company(8, CTPAT, "G12345678");
    a = an_attestation(7, GARITA_ATTESTATION_TEST, &company);
    attest(&b_test, &c.people[MINISTRY], &a);
    judge_beside(setting, &card, &b_test, 1);
    assert_verdict("refer", "attestation-missing");
}

static void any_alternative_meets_and_each_has_its_own_age(void **state)
{
    (void)state;
    garita_lane lane = lane_for_all();
    garita_setting setting = checkpoint_setting(&c, &lane);
    garita_requirement asked = {.description = words("vaccination, recovery or test"),
                                .subjects = HOLDERS,
                                .alternative_count = 3,
                                .alternatives = {{GARITA_ATTESTATION_VACCINATION, 60 * DAY_S},
                                                 {GARITA_ATTESTATION_RECOVERY, 10 * DAY_S},
                                                 {GARITA_ATTESTATION_TEST, 7200}}};
    blob shown[3];
    lane.requirements = &asked;
    lane.requirement_count = 1;
    make_card(SENTRI);
    static const garita_attestation_kind kinds[3] = {
        GARITA_ATTESTATION_VACCINATION, GARITA_ATTESTATION_RECOVERY, GARITA_ATTESTATION_TEST};
    for (uint32_t i = 0; i < 3; i++) {
        garita_attestation a = an_attestation(6 + i, kinds[i], &card_claims);
        attest(&shown[i], &c.people[MINISTRY], &a);
    }
    judge_beside(setting, &card, &shown[0], 1);
    assert_verdict("accept", "ok");
    judge_beside(setting, &card, &shown[2], 1);
    assert_verdict("accept", "ok");
    judge_beside(setting, &card, &shown[1], 1); /* a month is too long ago */
    assert_verdict("reject", "attestation-expired");
    assert_int_equal(verdict.requirements[0].shown, 0);
    judge_beside(setting, &card, &shown[1], 2); /* and does not harm beside a good one */
    assert_verdict("accept", "ok");
    assert_false(verdict.requirements[0].has_expired);
    assert_int_equal(verdict.requirements[0].shown, 1);
    /* a holder's requirement is not asked of a vehicle */
    garita_credential vehicle = a_vehicle(9, SENTRI);
    blob code;
    issue(&code, &c.people[AGENCY], &vehicle);
    setting.is_member = true;
    judge(&setting, &code);
    assert_verdict("accept", "ok");
    assert_false(verdict.requirements[0].is_asked);
    assert_int_equal(verdict.requirements[0].outcome, GARITA_ACCEPT);
    asked.subjects = VEHICLES;
    judge(&setting, &code);
    assert_verdict("refer", "attestation-missing");
    judge(&setting, &card);
    assert_verdict("accept", "ok");
}

/* --- many codes --- */

/* The next order of n things, as in a dictionary; false after the last. */
static bool next_order(size_t *order, size_t n)
{
    size_t i = n - 1, k = n - 1;
    while (i > 0 && order[i - 1] >= order[i])
        i--;
    if (i == 0)
        return false;
    while (order[k] <= order[i - 1])
        k--;
    size_t swap = order[i - 1];
    order[i - 1] = order[k];
    order[k] = swap;
    for (size_t a = i, b = n - 1; a < b; a++, b--) {
        swap = order[a];
        order[a] = order[b];
        order[b] = swap;
    }
    return true;
}

static void order_of_codes_does_not_matter(void **state)
{
    (void)state;
    enum { N = 4 };
    garita_lane lane = checkpoint_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    garita_requirement asked = requirement(HOLDERS, GARITA_ATTESTATION_VACCINATION, 60 * DAY_S);
    blob shown[N], room;
    make_card(SENTRI);
    for (uint32_t i = 0; i < N; i++) {
        garita_attestation a = an_attestation(6 + i, GARITA_ATTESTATION_VACCINATION, &card_claims);
        a.fact.vaccination.dose = (uint8_t)(1 + i);
        a.fact.vaccination.doses = N;
        if (i == 0)
            a.fact.vaccination.date = day("2027-01-01"); /* too old; three alike are not */
        attest(&shown[i], &c.people[MINISTRY], &a);
    }
    garita_rule rule = rule_equal(&room, "attestations.vaccination.0.dose", N, NULL);
    lane.requirements = &asked;
    lane.requirement_count = 1;
    lane.rules = &rule;
    lane.rule_count = 1;
    size_t order[N] = {0, 1, 2, 3};
    do {
        blob ordered[N];
        for (size_t i = 0; i < N; i++)
            ordered[i] = shown[order[i]];
        judge_beside(setting, &card, ordered, N);
        assert_verdict("accept", "ok");
        judge_joined(&setting, &card, ordered, N);
        assert_verdict("accept", "ok");
    } while (next_order(order, N));
}

static void statement_that_is_shown_twice_is_one(void **state)
{
    (void)state;
    garita_lane lane = checkpoint_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    blob room, copies[3], code;
    make_card(SENTRI);
    garita_attestation a = an_attestation(6, GARITA_ATTESTATION_VACCINATION, &card_claims);
    for (size_t i = 0; i < COUNT(copies); i++)
        attest(&copies[i], &c.people[MINISTRY], &a);
    /* a second dose would be the second of the list */
    garita_rule rule = rule_equal(&room, "attestations.vaccination.1.dose", 2, NULL);
    lane.rules = &rule;
    lane.rule_count = 1;
    join(&code, &card, copies, 2);
    for (size_t i = 0; i < COUNT(copies); i++)
        garita_verify_attestation(&beside[i], &setting, copies[i].bytes, copies[i].len);
    setting.beside = beside;
    setting.beside_count = COUNT(copies);
    judge(&setting, &code);
    assert_verdict("reject", "rule-failed");
    assert_int_equal(verdict.shown_count, 1);
    /* nor does an issuer count twice who gives one serial to two statements */
    a.fact.vaccination.dose = 1;
    attest(&copies[1], &c.people[MINISTRY], &a);
    join(&code, &card, copies, 2);
    setting.beside_count = 0;
    judge(&setting, &code);
    assert_int_equal(verdict.shown_count, 1);
    /* what nobody can read is told by its bytes */
    attest(&copies[0], &c.people[STRANGER], &a);
    copies[1] = copies[0];
    judge_joined(&setting, &card, copies, 2);
    assert_int_equal(verdict.shown_count, 1);
    assert_string_equal(garita_reason_code(verdict.shown[0].reason), "unknown-issuer");
    /* another one is another */
    a.serial = 7;
    attest(&copies[1], &c.people[MINISTRY], &a);
    judge_joined(&setting, &card, copies, 2);
    assert_int_equal(verdict.shown_count, 2);
}

static void those_that_count_come_before_all_others(void **state)
{
    (void)state;
    garita_lane lane = checkpoint_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    garita_requirement asked = requirement(HOLDERS, GARITA_ATTESTATION_TEST, 0);
    static blob codes[COUNT(beside)];
    size_t n = 0;
    lane.requirements = &asked;
    lane.requirement_count = 1;
    make_card(SENTRI);
    garita_credential other = a_holder(78, SENTRI);
    other.document_number = utf8("X1");
    for (uint32_t i = 0; i < 12; i++) { /* a crowd of what serves nobody */
        garita_attestation expired =
            an_attestation(100 + i, GARITA_ATTESTATION_VACCINATION, &card_claims);
        garita_attestation others = an_attestation(200 + i, GARITA_ATTESTATION_TEST, &other);
        expired.expires = day("2027-05-02");
        attest(&codes[n++], &c.people[MINISTRY], &expired);
        attest(&codes[n++], &c.people[MINISTRY], &others);
        attest(&codes[n++], &c.people[STRANGER], &others);
    }
    garita_attestation good = an_attestation(6, GARITA_ATTESTATION_TEST, &card_claims);
    attest(&codes[n++], &c.people[MINISTRY], &good);
    judge_beside(setting, &card, codes, n);
    assert_verdict("accept", "ok");
    assert_int_equal(verdict.shown_count, GARITA_SHOWN_MAX);
    assert_int_equal(verdict.others_count, 12);
    assert_int_equal(verdict.shown[0].attestation.serial, 6);
    assert_int_equal(verdict.requirements[0].shown, 0);
    for (size_t i = 1; i < GARITA_SHOWN_MAX; i++)
        assert_int_equal(verdict.shown[i].is_readable, i <= 12);
    judge_beside(setting, &card, codes, n - 1);
    assert_verdict("refer", "attestation-missing");
}

static void many_that_count_are_bounded(void **state)
{
    (void)state;
    garita_lane lane = checkpoint_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    garita_rule rule;
    blob room;
    static blob codes[GARITA_SHOWN_MAX + 4];
    make_card(SENTRI);
    for (uint32_t i = 0; i < COUNT(codes); i++) {
        /* of the kind that takes most room in the view */
        garita_attestation a =
            an_attestation(6 + i, GARITA_ATTESTATION_TRUSTED_TRADER, &card_claims);
        static const char *const countries[GARITA_RECOGNITIONS_MAX] = {"ARG", "BRA", "CAN", "CHL",
                                                                       "COL", "CRI", "MEX", "PER"};
        a.fact.trusted_trader.recognized_by_count = COUNT(countries);
        for (size_t k = 0; k < COUNT(countries); k++)
            a.fact.trusted_trader.recognized_by[k] = utf8(countries[k]);
        attest(&codes[i], &c.people[LABOR], &a);
    }
    rule = rule_equal(&room, "attestations.trusted-trader.15.recognized_by.7", 0, "PER");
    lane.rules = &rule;
    lane.rule_count = 1;
    judge_beside(setting, &card, codes, COUNT(codes));
    assert_verdict("accept", "ok");
    assert_int_equal(verdict.shown_count, GARITA_SHOWN_MAX);
}

static void code_of_attestations_alone_is_no_verdict(void **state)
{
    (void)state;
    garita_setting setting = checkpoint_setting(&c, garita_lane_builtin("any"));
    blob shown[GARITA_PACKET_PARTS_MAX], code;
    make_card(SENTRI);
    for (uint32_t i = 0; i < COUNT(shown); i++) {
        garita_attestation a = an_attestation(6 + i, GARITA_ATTESTATION_TEST, &card_claims);
        attest(&shown[i], &c.people[i == 1 ? STRANGER : MINISTRY], &a);
    }
    judge(&setting, &shown[0]);
    assert_verdict("none", "");
    assert_int_equal(verdict.shown_count, 1);
    join(&code, NULL, shown, COUNT(shown));
    judge(&setting, &code);
    assert_verdict("none", "");
    assert_false(verdict.has_credential || verdict.has_signer);
    assert_int_equal(verdict.shown_count, COUNT(shown));
    for (size_t i = 0; i < COUNT(shown); i++) {
        const garita_shown *one = &verdict.shown[i];
        assert_string_equal(garita_reason_code(one->reason), i == 1 ? "unknown-issuer" : "ok");
        assert_true(one->statement.at > verdict.bytes &&
                    one->statement.at < verdict.bytes + verdict.bytes_len);
        assert_int_equal(one->statement.len, shown[i].len);
        assert_memory_equal(one->statement.at, shown[i].bytes, shown[i].len);
    }
}

static void flaw_in_a_packet_is_told_by_its_place_in_the_code(void **state)
{
    (void)state;
    garita_setting setting = checkpoint_setting(&c, garita_lane_builtin("any"));
    blob test, code, flawed, map = blob_hex("85 00 01 01 02 02 c408 0000000000000000 03 01 04 00");
    make_card(SENTRI);
    garita_attestation a = an_attestation(6, GARITA_ATTESTATION_TEST, &card_claims);
    attest(&test, &c.people[MINISTRY], &a);
    memcpy(map.bytes + 8, c.people[AGENCY].signer.id.bytes, GARITA_ID_SIZE);
    sign(&flawed, &c.people[AGENCY], GARITA_TYPE_CREDENTIAL, map.bytes, map.len);
    judge(&setting, &flawed);
    assert_verdict("reject", "malformed"); /* the serial is 0 */
    assert_string_equal(verdict.fault.field, "serial");
    size_t at = verdict.fault.at, offset = 0;
    assert_int_equal(flawed.bytes[at], 0);
    join(&code, &flawed, &test, 1);
    while (memcmp(code.bytes + offset, flawed.bytes, flawed.len) != 0)
        offset++;
    judge(&setting, &code);
    assert_verdict("reject", "malformed");
    assert_int_equal(verdict.fault.at, offset + at);
    assert_int_equal(verdict.shown_count, 0); /* nobody knows whose it is */
    code.len--;
    judge(&setting, &code);
    assert_verdict("reject", "malformed");
    assert_error(verdict.fault.error, TRUNCATED);
    assert_false(verdict.has_signer);
}

/* Whatever is cut off, put in or flipped, nobody comes by who did not before. */
static void altered_packet_is_never_accepted_for_another(void **state)
{
    (void)state;
    garita_lane lane = checkpoint_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    garita_requirement asked = requirement(HOLDERS, GARITA_ATTESTATION_TEST, 0);
    blob test, code;
    rng r = {20271};
    lane.requirements = &asked;
    lane.requirement_count = 1;
    make_card(SENTRI);
    garita_attestation a = an_attestation(6, GARITA_ATTESTATION_TEST, &card_claims);
    attest(&test, &c.people[MINISTRY], &a);
    join(&code, &card, &test, 1);
    judge(&setting, &code);
    assert_verdict("accept", "ok");
    for (int i = 0; i < 4000; i++) {
        blob altered = code;
        size_t at = rng_below(&r, code.len);
        switch (rng_below(&r, 3)) {
        case 0:
            altered.bytes[at] ^= (uint8_t)(1u << rng_below(&r, 8));
            break;
        case 1:
            altered.len = at;
            break;
        default:
            memmove(altered.bytes + at, altered.bytes + at + 1, altered.len - at - 1);
            altered.len--;
            break;
        }
        judge(&setting, &altered);
        assert_true(verdict.outcome != GARITA_ACCEPT && verdict.outcome != GARITA_UNDECIDED);
    }
}

/* --- rules --- */

static void rule_accepts_by_true_alone(void **state)
{
    (void)state;
    const struct {
        garita_rule rule;
        const char *outcome;
        garita_rule_error error;
    } cases[] = {
        {RULE(gives_true, GARITA_REJECT), "accept", GARITA_RULE_OK},
        {RULE(gives_false, GARITA_REJECT), "reject", GARITA_RULE_OK},
        {RULE(gives_false, GARITA_REFER), "refer", GARITA_RULE_OK},
        {RULE(gives_false, GARITA_UNDECIDED), "reject", GARITA_RULE_OK},
        {RULE(gives_false, GARITA_ACCEPT), "reject", GARITA_RULE_OK},
        {RULE(gives_null, GARITA_REJECT), "reject", GARITA_RULE_OK},
        {RULE(gives_zero, GARITA_REJECT), "reject", GARITA_RULE_OK},
        {RULE(gives_no_text, GARITA_REJECT), "reject", GARITA_RULE_OK},
        {RULE(errs, GARITA_REJECT), "refer", GARITA_RULE_WRONG_KIND},
        {RULE(gives_one, GARITA_REJECT), "refer", GARITA_RULE_NOT_A_DECISION},
        {RULE(gives_text, GARITA_REJECT), "refer", GARITA_RULE_NOT_A_DECISION},
        {RULE(gives_array, GARITA_REJECT), "refer", GARITA_RULE_NOT_A_DECISION},
    };
    make_card(SENTRI);
    for (size_t i = 0; i < COUNT(cases); i++) {
        garita_lane lane = checkpoint_lane();
        garita_setting setting = checkpoint_setting(&c, &lane);
        lane.rules = &cases[i].rule;
        lane.rule_count = 1;
        judge(&setting, &card);
        if (strcmp(garita_outcome_name(verdict.outcome), cases[i].outcome) != 0 ||
            verdict.rules[0].error != cases[i].error)
            fail_msg("case %zu: %s, %s", i, garita_outcome_name(verdict.outcome),
                     garita_rule_error_name(verdict.rules[0].error));
        assert_string_equal(garita_reason_code(verdict.reason),
                            verdict.outcome == GARITA_ACCEPT ? "ok" : "rule-failed");
        assert_true(verdict.rules[0].is_asked);
        assert_int_equal(verdict.rules[0].outcome, verdict.outcome);
    }
}

static void rule_of_another_subject_is_not_asked(void **state)
{
    (void)state;
    garita_lane lane = lane_for_all();
    garita_setting setting = checkpoint_setting(&c, &lane);
    garita_rule rules[2] = {RULE(gives_false, GARITA_REJECT), RULE(gives_true, GARITA_REJECT)};
    lane.rules = rules;
    lane.rule_count = 2;
    setting.is_member = true;
    const garita_credential claims[3] = {a_holder(7, SENTRI), a_company(8, CTPAT, NULL),
                                         a_vehicle(9, SENTRI)};
    for (unsigned subjects = 1; subjects <= GARITA_SUBJECTS_ALL; subjects++)
        for (size_t i = 0; i < COUNT(claims); i++) {
            blob code;
            rules[0].subjects = (uint8_t)subjects;
            issue(&code, &c.people[AGENCY], &claims[i]);
            judge(&setting, &code);
            bool asked = (subjects >> claims[i].about & 1) != 0;
            assert_int_equal(verdict.outcome, asked ? GARITA_REJECT : GARITA_ACCEPT);
            assert_int_equal(verdict.rules[0].is_asked, asked);
            assert_int_equal(verdict.rules[0].outcome, asked ? GARITA_REJECT : GARITA_ACCEPT);
            assert_int_equal(verdict.rules[1].is_asked, i == 0);
        }
}

static void rule_sees_what_counts_alone(void **state)
{
    (void)state;
    garita_lane lane = checkpoint_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    blob test, room;
    make_card(SENTRI);
    garita_attestation a = an_attestation(6, GARITA_ATTESTATION_TEST, &card_claims);
    attest(&test, &c.people[MINISTRY], &a);
    garita_rule rule = rule_equal(&room, "attestations.test.0.result", 0, "negative");
    lane.rules = &rule;
    lane.rule_count = 1;
    judge_beside(setting, &card, &test, 1);
    assert_verdict("accept", "ok");
    checkpoint_mark(&c, MINISTRY, 6, GARITA_STANDING_REVOKED);
    judge_beside(setting, &card, &test, 1);
    assert_verdict("reject", "rule-failed");
    assert_false(verdict.rules[0].is_in_doubt);
}

/* A rule that only an attestation in doubt could make true is for a person to decide, and one that
 * it could not is what it was. */
static void rule_over_what_is_in_doubt_refers_and_never_accepts(void **state)
{
    (void)state;
    make_card(SENTRI);
    for (size_t i = 0; i < COUNT(shows); i++) {
        const show *s = &shows[i];
        garita_lane lane = checkpoint_lane();
        garita_setting setting = checkpoint_setting(&c, &lane);
        garita_attestation a = an_attestation(6, GARITA_ATTESTATION_VACCINATION, &card_claims);
        blob attestation, room;
        checkpoint_reset(&c);
        s->prepare(&a, &setting);
        attest(&attestation, &c.people[s->by], &a);
        garita_rule rules[2] = {rule_equal(&room, "attestations.vaccination.0.dose", 2, NULL),
                                RULE(gives_false, GARITA_REJECT)},
                    milder = rules[0];
        milder.otherwise = GARITA_REFER;
        lane.rules = rules;
        lane.rule_count = 1;
        judge_beside(setting, &card, &attestation, 1);
        if (a.kind != GARITA_ATTESTATION_VACCINATION || verdict.shown_count == 0) {
            assert_verdict("reject", "rule-failed");
            continue;
        }
        bool is_doubtful = verdict.shown[0].outcome == GARITA_REFER;
        if (verdict.shown[0].outcome != GARITA_ACCEPT)
            assert_int_equal(verdict.outcome, is_doubtful ? GARITA_REFER : GARITA_REJECT);
        assert_int_equal(verdict.rules[0].is_in_doubt, is_doubtful);
        lane.rule_count = 2; /* its doubt does not excuse another */
        judge_beside(setting, &card, &attestation, 1);
        assert_verdict("reject", "rule-failed");
        assert_false(verdict.rules[1].is_in_doubt);
        lane.rules = &milder; /* what refers anyhow is not asked again */
        lane.rule_count = 1;
        judge_beside(setting, &card, &attestation, 1);
        assert_int_equal(verdict.rules[0].outcome,
                         verdict.shown[0].outcome == GARITA_ACCEPT ? GARITA_ACCEPT : GARITA_REFER);
        assert_false(verdict.rules[0].is_in_doubt);
    }
}

/* The newest stands first among those in doubt, and a requirement's age holds for them, too; what
 * they would break they do not. */
static void what_is_in_doubt_is_seen_by_the_same_rules(void **state)
{
    (void)state;
    garita_lane lane = checkpoint_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    garita_requirement asked = requirement(HOLDERS, GARITA_ATTESTATION_TEST, 2 * DAY_S);
    blob room, shown[2];
    make_card(SENTRI);
    for (uint32_t i = 0; i < 2; i++) { /* 6: an hour old, negative; 7: three days old, positive */
        garita_attestation a = an_attestation(6 + i, GARITA_ATTESTATION_TEST, &card_claims);
        a.fact.test.sampled_at -= (int64_t)i * 3 * DAY_S;
        a.fact.test.result = (uint8_t)(1 + i);
        attest(&shown[i], &c.people[MINISTRY], &a);
        checkpoint_mark(&c, MINISTRY, a.serial, GARITA_STANDING_SUSPENDED);
    }
    garita_rule rule = rule_equal(&room, "attestations.test.0.result", 0, "positive");
    lane.rules = &rule;
    lane.rule_count = 1;
    judge_beside(setting, &card, shown, 2); /* the negative one comes first */
    assert_verdict("reject", "rule-failed");
    judge_beside(setting, &card, &shown[1], 1);
    assert_verdict("refer", "rule-failed");
    lane.requirements = &asked;
    lane.requirement_count = 1;
    judge_beside(setting, &card, &shown[1], 1); /* now it is too old to be seen */
    assert_true(verdict.rules[0].outcome == GARITA_REJECT && !verdict.rules[0].is_in_doubt);
    /* a rule that passes is not asked over them */
    rule = rule_equal(&room, "attestations.test.0.result", 0, "negative");
    lane.requirement_count = 0;
    c.mark_count = 0;
    checkpoint_mark(&c, MINISTRY, 7, GARITA_STANDING_SUSPENDED);
    judge_beside(setting, &card, shown, 2);
    assert_verdict("accept", "ok");
}

/* Last year's test, which nobody need show, does not speak to a rule for this morning's. */
static void test_that_is_too_old_to_meet_switches_no_rule(void **state)
{
    (void)state;
    garita_lane lane = checkpoint_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    garita_requirement asked = requirement(HOLDERS, GARITA_ATTESTATION_TEST, DAY_S);
    blob room, shown[2];
    asked.alternative_count = 2;
    asked.alternatives[1] = (garita_alternative){GARITA_ATTESTATION_VACCINATION, 0};
    make_card(SENTRI);
    garita_attestation old = an_attestation(6, GARITA_ATTESTATION_TEST, &card_claims),
                       dose = an_attestation(7, GARITA_ATTESTATION_VACCINATION, &card_claims);
    old.fact.test.sampled_at = NOW - 300 * DAY_S;
    attest(&shown[0], &c.people[MINISTRY], &old);
    attest(&shown[1], &c.people[MINISTRY], &dose);
    garita_rule rule = rule_equal(&room, "attestations.test.0.result", 0, "negative");
    lane.requirements = &asked;
    lane.requirement_count = 1;
    lane.rules = &rule;
    lane.rule_count = 1;
    judge_beside(setting, &card, shown, 2);
    assert_true(verdict.requirements[0].is_met);
    assert_verdict("reject", "rule-failed");
    asked.subjects = VEHICLES; /* of a holder no age is asked */
    judge_beside(setting, &card, shown, 2);
    assert_verdict("accept", "ok");
}

/* Nobody is turned away for what has expired who may hold what has not. */
static void expired_beside_one_in_doubt_is_missing(void **state)
{
    (void)state;
    garita_lane lane = checkpoint_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    garita_requirement asked = requirement(HOLDERS, GARITA_ATTESTATION_VACCINATION, 60 * DAY_S);
    blob shown[2];
    lane.requirements = &asked;
    lane.requirement_count = 1;
    make_card(SENTRI);
    garita_attestation old = an_attestation(6, GARITA_ATTESTATION_VACCINATION, &card_claims),
                       young = an_attestation(7, GARITA_ATTESTATION_VACCINATION, &card_claims);
    old.fact.vaccination.date = day("2027-01-01");
    attest(&shown[0], &c.people[MINISTRY], &old);
    attest(&shown[1], &c.people[MINISTRY], &young);
    checkpoint_mark(&c, MINISTRY, 7, GARITA_STANDING_SUSPENDED);
    for (int turned = 0; turned < 2; turned++) {
        const blob ordered[2] = {shown[turned], shown[1 - turned]};
        judge_beside(setting, &card, ordered, 2);
        assert_verdict("refer", "attestation-missing");
        assert_false(verdict.requirements[0].has_expired);
        assert_int_equal(verdict.requirements[0].shown, GARITA_SHOWN_MAX);
    }
    judge_beside(setting, &card, shown, 1);
    assert_verdict("reject", "attestation-expired");
    /* one that is rejected is no hope, and neither is one that is too old itself */
    c.mark_count = 0;
    checkpoint_mark(&c, MINISTRY, 7, GARITA_STANDING_REVOKED);
    judge_beside(setting, &card, shown, 2);
    assert_verdict("reject", "attestation-expired");
    c.mark_count = 0;
    checkpoint_mark(&c, MINISTRY, 6, GARITA_STANDING_SUSPENDED);
    judge_beside(setting, &card, shown, 1);
    assert_verdict("reject", "attestation-expired");
}

/* --- who is denied --- */

static void denied_company_is_told_by_whoever_names_it(void **state)
{
    (void)state;
    garita_lane lane = lane_for_all();
    garita_setting setting = checkpoint_setting(&c, &lane);
    garita_utf8 denied[2] = {utf8("AAA-1"), utf8("immex 1234/2006")};
    lane.denied = denied;
    lane.denied_count = 2;
    make_card(SENTRI);
    judge(&setting, &card); /* spelled differently, but the same */
    assert_verdict("reject", "employer-denied");
    assert_int_equal(verdict.denied.len, strlen("IMMEX-1234-2006"));
    assert_memory_equal(verdict.denied.at, "IMMEX-1234-2006", verdict.denied.len);
    lane.waives_policy = true;
    judge(&setting, &card);
    assert_verdict("accept", "ok");
    lane.waives_policy = false;

    garita_credential company = a_company(8, CTPAT, NULL);
    blob code, worker;
    issue(&code, &c.people[AGENCY], &company);
    setting.is_member = true;
    judge(&setting, &code);
    assert_verdict("reject", "employer-denied");

    denied[1] = utf8("HARVEST 77");
    judge(&setting, &code);
    assert_verdict("accept", "ok");
    assert_int_equal(verdict.denied.len, 0);
    garita_attestation a = an_attestation(6, GARITA_ATTESTATION_ESSENTIAL_WORKER, &card_claims);
    attest(&worker, &c.people[LABOR], &a);
    judge(&setting, &card);
    assert_verdict("accept", "ok");
    judge_beside(setting, &card, &worker, 1);
    assert_verdict("reject", "employer-denied");
    judge_beside(setting, &code, &worker, 1); /* it is about somebody else */
    assert_verdict("accept", "ok");
    checkpoint_mark(&c, LABOR, 6, GARITA_STANDING_REVOKED); /* what does not count says nothing */
    judge_beside(setting, &card, &worker, 1);
    assert_verdict("accept", "ok");
}

static void nobody_without_an_employer_is_denied(void **state)
{
    (void)state;
    garita_lane lane = checkpoint_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    const garita_utf8 denied = utf8("IMMEX-1234-2006");
    garita_credential claims = a_holder(7, SENTRI);
    blob code;
    claims.employer_id = utf8(NULL);
    lane.denied = &denied;
    lane.denied_count = 1;
    issue(&code, &c.people[AGENCY], &claims);
    judge(&setting, &code);
    assert_verdict("accept", "ok");
}

/* Of a country that the labor authority is not of. */
static void designation_counts_within_its_signer_s_countries(void **state)
{
    (void)state;
    garita_lane lane = checkpoint_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    garita_requirement asked = requirement(HOLDERS, GARITA_ATTESTATION_ESSENTIAL_WORKER, 0);
    blob worker;
    lane.requirements = &asked;
    lane.requirement_count = 1;
    make_card(SENTRI);
    garita_attestation a = an_attestation(6, GARITA_ATTESTATION_ESSENTIAL_WORKER, &card_claims);
    attest(&worker, &c.people[LABOR], &a);
    judge_beside(setting, &card, &worker, 1);
    assert_verdict("accept", "ok");
    a.fact.essential_worker.country = utf8("MEX");
    attest(&worker, &c.people[LABOR], &a);
    judge_beside(setting, &card, &worker, 1);
    assert_verdict("refer", "attestation-missing");
    assert_string_equal(garita_reason_code(verdict.shown[0].reason), "out-of-scope");
}

/* --- any lane and anything shown, against the page's words --- */

/* What is known of a code in the pool, as it was made. */
typedef struct pooled {
    garita_attestation_kind kind;
    int64_t dated;
    bool is_mine;     /* bound to the card */
    bool counts;      /* nothing is wrong with it */
    bool has_expired; /* only its last day is over */
} pooled;

enum { POOL = 24 };

static pooled pool[POOL];
static blob pool_codes[POOL];

static void fill_pool(rng *r)
{
    static const garita_attestation_kind kinds[3] = {
        GARITA_ATTESTATION_VACCINATION, GARITA_ATTESTATION_TEST, GARITA_ATTESTATION_RECOVERY};
    garita_credential other = card_claims;
    other.birth_date = 19880403; /* a twin, a day later */
    for (uint32_t i = 0; i < POOL; i++) {
        pooled *p = &pool[i];
        bool is_forged = rng_one_in(r, 6), is_a_stranger_s = rng_one_in(r, 6),
             is_revoked = i % 6 == 5;
        *p = (pooled){.kind = kinds[rng_below(r, 3)], .is_mine = !rng_one_in(r, 4)};
        garita_attestation a = an_attestation(300 + i, p->kind, p->is_mine ? &card_claims : &other);
        uint32_t days = (uint32_t)rng_below(r, 20);
        if (p->kind == GARITA_ATTESTATION_TEST)
            a.fact.test.sampled_at = NOW - (1 + (int64_t)days) * DAY_S;
        else if (p->kind == GARITA_ATTESTATION_VACCINATION)
            a.fact.vaccination.date = day("2027-05-31") - days;
        else
            a.fact.recovery.date = day("2027-05-31") - days;
        p->has_expired = rng_one_in(r, 4);
        a.expires = day(p->has_expired ? "2027-05-31" : "2027-06-01");
        p->dated = garita_attestation_dated(&a);
        attest(&pool_codes[i], &c.people[is_a_stranger_s ? STRANGER : MINISTRY], &a);
        if (is_forged)
            pool_codes[i].bytes[pool_codes[i].len - 1] ^= 1;
        if (is_revoked)
            checkpoint_mark(&c, MINISTRY, a.serial, GARITA_STANDING_REVOKED);
        bool is_sound = p->is_mine && !is_forged && !is_a_stranger_s && !is_revoked;
        p->counts = is_sound && !p->has_expired;
        p->has_expired = p->has_expired && is_sound;
    }
}

static const char *expected_of(const garita_lane *lane, const size_t *chosen, size_t count)
{
    bool any_missing = false, any_expired = false;
    for (size_t q = 0; q < lane->requirement_count; q++) {
        const garita_requirement *asked = &lane->requirements[q];
        bool met = false, expired = false;
        if ((asked->subjects & HOLDERS) == 0)
            continue;
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < asked->alternative_count; k++) {
                const pooled *p = &pool[chosen[i]];
                int64_t most = asked->alternatives[k].max_age_s;
                if (asked->alternatives[k].kind != (uint8_t)p->kind)
                    continue;
                met |= p->counts && (most == 0 || NOW - p->dated <= most);
                expired |= p->counts || p->has_expired;
            }
        any_missing |= !met && !expired;
        any_expired |= !met && expired;
    }
    return any_expired ? "attestation-expired" : any_missing ? "attestation-missing" : "ok";
}

static void whatever_is_asked_and_shown_comes_out_as_the_page_says(void **state)
{
    (void)state;
    rng r = {7100};
    size_t accepted = 0;
    garita_lane lane = checkpoint_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    garita_requirement asked[3];
    make_card(SENTRI);
    fill_pool(&r);
    for (unsigned round = 0; round < 1500; round++) {
        size_t chosen[10], count = rng_below(&r, COUNT(chosen) + 1);
        blob codes[COUNT(chosen)];
        lane.requirements = asked;
        lane.requirement_count = 1 + rng_below(&r, COUNT(asked));
        for (size_t q = 0; q < lane.requirement_count; q++) {
            asked[q] = requirement(rng_one_in(&r, 6) ? VEHICLES : HOLDERS, 1, 0);
            asked[q].alternative_count = 1 + rng_below(&r, 4); /* a kind may come twice */
            for (size_t k = 0; k < asked[q].alternative_count; k++)
                asked[q].alternatives[k] = (garita_alternative){(uint8_t)(1 + rng_below(&r, 4)),
                                                                (int64_t)rng_below(&r, 15) * DAY_S};
        }
        for (size_t i = 0; i < count; i++) { /* some of them twice */
            chosen[i] = rng_below(&r, POOL);
            codes[i] = pool_codes[chosen[i]];
        }
        judge_beside(setting, &card, codes, count);
        const char *expected = expected_of(&lane, chosen, count);
        if (strcmp(garita_reason_code(verdict.reason), expected) != 0)
            fail_msg("round %u: %s, not %s", round, garita_reason_code(verdict.reason), expected);
        accepted += verdict.outcome == GARITA_ACCEPT;
    }
    assert_true(accepted > 50 && accepted < 1450); /* neither is the rule */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(worst_flaw_is_the_outcome_and_the_first_of_it_the_reason, begin),
        cmocka_unit_test_setup(lane_without_a_policy_in_force_refers_and_asks_nothing, begin),
        cmocka_unit_test_setup(nothing_is_asked_of_what_was_not_judged, begin),
        cmocka_unit_test_setup(any_asks_for_no_policy, begin),
        cmocka_unit_test_setup(default_lane_takes_companies_and_vehicles_beside_a_holder_alone,
                               begin),
        cmocka_unit_test_setup(member_fits_one_of_the_roles, begin),
        cmocka_unit_test_setup(attestation_meets_a_requirement_or_says_why_not, begin),
        cmocka_unit_test_setup(age_counts_to_the_second_by_the_later_of_clock_and_floor, begin),
        cmocka_unit_test_setup(forged_attestation_is_as_none, begin),
        cmocka_unit_test_setup(test_of_another_traveler_serves_nobody_else, begin),
        cmocka_unit_test_setup(any_alternative_meets_and_each_has_its_own_age, begin),
        cmocka_unit_test_setup(order_of_codes_does_not_matter, begin),
        cmocka_unit_test_setup(statement_that_is_shown_twice_is_one, begin),
        cmocka_unit_test_setup(those_that_count_come_before_all_others, begin),
        cmocka_unit_test_setup(many_that_count_are_bounded, begin),
        cmocka_unit_test_setup(code_of_attestations_alone_is_no_verdict, begin),
        cmocka_unit_test_setup(flaw_in_a_packet_is_told_by_its_place_in_the_code, begin),
        cmocka_unit_test_setup(altered_packet_is_never_accepted_for_another, begin),
        cmocka_unit_test_setup(rule_accepts_by_true_alone, begin),
        cmocka_unit_test_setup(rule_of_another_subject_is_not_asked, begin),
        cmocka_unit_test_setup(rule_sees_what_counts_alone, begin),
        cmocka_unit_test_setup(rule_over_what_is_in_doubt_refers_and_never_accepts, begin),
        cmocka_unit_test_setup(what_is_in_doubt_is_seen_by_the_same_rules, begin),
        cmocka_unit_test_setup(test_that_is_too_old_to_meet_switches_no_rule, begin),
        cmocka_unit_test_setup(expired_beside_one_in_doubt_is_missing, begin),
        cmocka_unit_test_setup(denied_company_is_told_by_whoever_names_it, begin),
        cmocka_unit_test_setup(nobody_without_an_employer_is_denied, begin),
        cmocka_unit_test_setup(whatever_is_asked_and_shown_comes_out_as_the_page_says, begin),
        cmocka_unit_test_setup(designation_counts_within_its_signer_s_countries, begin),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
