/* Parties: FAST's three parts, a vehicle and all in it, and any others against a search through
 * every way to fill the roles. */
#include <garita/party.h>

#include <stdlib.h>

#include "checkpoint.h"

#define NOBODY GARITA_PARTY_NOBODY

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

static garita_words words(const char *text)
{
    return (garita_words){utf8(text), utf8(text)};
}

/* --- members that were really judged --- */

enum { ROOM = GARITA_PARTY_MAX };

static garita_verdict verdicts[ROOM]; /* they do not move */
static const garita_verdict *members[ROOM];
static size_t member_count;
static garita_party party_of; /* the last result */

static void come(const garita_lane *lane, const garita_credential *claims)
{
    garita_setting setting = checkpoint_setting(&c, lane);
    blob code;
    setting.is_member = true;
    issue(&code, &c.people[AGENCY], claims);
    assert_true(member_count < ROOM);
    garita_verify_statement(&verdicts[member_count], &setting, code.bytes, code.len);
    members[member_count] = &verdicts[member_count];
    member_count++;
}

static void judge(const garita_lane *lane, size_t expected)
{
    memset(&party_of, 0xaa, sizeof party_of);
    garita_party_judge(&party_of, lane, members, member_count, expected);
}

#define assert_party(expected_outcome, expected_reason, expected_cause)                            \
    do {                                                                                           \
        assert_string_equal(garita_reason_code(party_of.reason), expected_reason);                 \
        assert_string_equal(garita_outcome_name(party_of.outcome), expected_outcome);              \
        assert_true(party_of.cause == (expected_cause));                                           \
    } while (0)

/* --- FAST --- */

enum { DRIVER, CARRIER, TRADER, PARTS };

static garita_role fast_roles[PARTS];

static garita_lane fast_lane(void)
{
    garita_lane lane = checkpoint_lane();
    fast_roles[DRIVER] = (garita_role){words("driver"), HOLDERS, BIT(FAST), 1, 1, false};
    fast_roles[CARRIER] = (garita_role){words("carrier"), COMPANIES, BIT(FAST), 1, 1, true};
    fast_roles[TRADER] = (garita_role){words("company"), COMPANIES, BIT(CTPAT), 1, 1, false};
    lane.programmes = BIT(FAST) | BIT(CTPAT);
    lane.roles = fast_roles;
    lane.role_count = PARTS;
    member_count = 0;
    return lane;
}

static garita_credential fast_part(size_t part)
{
    if (part == DRIVER)
        return a_holder(1, FAST);
    return part == CARRIER ? a_company(2, FAST, "immex 1234 2006")
                           : a_company(3, CTPAT, "CTPAT-00012345");
}

static void fast_takes_its_three_parts_in_any_order(void **state)
{
    (void)state;
    static const size_t orders[6][PARTS] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                            {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (size_t o = 0; o < COUNT(orders); o++) {
        garita_lane lane = fast_lane();
        for (size_t i = 0; i < PARTS; i++) {
            judge(&lane, PARTS);
            assert_party("refer", "party-incomplete", NOBODY);
            assert_int_equal(party_of.count, i);
            for (size_t k = 0; k < PARTS; k++) /* those that are here are not waited for */
                assert_int_equal(party_of.missing[orders[o][k]], k >= i);
            garita_credential claims = fast_part(orders[o][i]);
            come(&lane, &claims);
        }
        judge(&lane, PARTS);
        assert_party("accept", "ok", 0);
        assert_true(party_of.is_complete && !party_of.lacks_employer && !party_of.lacks_holder);
        assert_int_equal(party_of.own_outcome, GARITA_ACCEPT);
        for (size_t i = 0; i < PARTS; i++) {
            assert_int_equal(party_of.role[i], orders[o][i]);
            assert_int_equal(party_of.missing[i], 0);
        }
        judge(&lane, 0);
        assert_party("accept", "ok", 0);
        judge(&lane, PARTS + 1);
        assert_party("refer", "party-incomplete", NOBODY);
        judge(&lane, PARTS - 1);
        assert_party("refer", "party-incomplete", NOBODY);
    }
}

static void fast_is_as_bad_as_its_worst_part(void **state)
{
    (void)state;
    static const struct {
        garita_standing standing;
        bool is_strict;
        const char *outcome, *reason;
    } cases[] = {{GARITA_STANDING_SUSPENDED, false, "refer", "suspended"},
                 {GARITA_STANDING_SUSPENDED, true, "reject", "suspended"},
                 {GARITA_STANDING_REVOKED, false, "reject", "revoked"}};
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t bad = 0; bad < PARTS; bad++) {
            garita_lane lane = fast_lane();
            checkpoint_reset(&c);
            checkpoint_mark(&c, AGENCY, 1 + (uint32_t)bad, cases[i].standing);
            if (cases[i].is_strict)
                lane.outcomes.suspended = GARITA_REJECT;
            for (size_t part = 0; part < PARTS; part++) {
                garita_credential claims = fast_part(part);
                come(&lane, &claims);
            }
            judge(&lane, PARTS);
            assert_party(cases[i].outcome, cases[i].reason, bad);
            assert_int_equal(party_of.own_outcome, GARITA_ACCEPT);
            assert_true(party_of.is_complete);
        }
}

static void carrier_is_the_driver_s_own(void **state)
{
    (void)state;
    garita_lane lane = fast_lane();
    garita_credential driver = fast_part(DRIVER), trader = fast_part(TRADER),
                      another = a_company(4, FAST, "IMMEX-1234-2007");
    come(&lane, &driver);
    come(&lane, &trader);
    come(&lane, &another);
    judge(&lane, PARTS);
    assert_party("refer", "party-incomplete", NOBODY);
    assert_true(party_of.lacks_employer && !party_of.is_complete);
    assert_int_equal(party_of.unemployed, 0);
    assert_int_equal(party_of.missing[CARRIER], 1);
    assert_true(party_of.role[2] == NOBODY);
    /* before a driver is here any may be his */
    member_count = 0;
    come(&lane, &another);
    judge(&lane, 0);
    assert_int_equal(party_of.role[0], CARRIER);
    assert_false(party_of.lacks_employer);
    /* the right id, of a company that is no carrier */
    member_count = 0;
    garita_credential merchant = a_company(5, CTPAT, NULL);
    come(&lane, &driver);
    come(&lane, &merchant);
    judge(&lane, 0);
    assert_int_equal(party_of.role[1], TRADER);
    assert_int_equal(party_of.missing[CARRIER], 1);
    assert_false(party_of.lacks_employer); /* it is here; what is lacking is a carrier */
    /* a driver who names nobody */
    member_count = 0;
    driver.employer_id = utf8(NULL);
    garita_credential carrier = fast_part(CARRIER);
    come(&lane, &driver);
    come(&lane, &carrier);
    come(&lane, &trader);
    judge(&lane, PARTS);
    assert_party("refer", "party-incomplete", NOBODY);
    assert_true(party_of.lacks_employer);
}

/* Two drivers of two carriers are two parties. */
static void carrier_is_every_driver_s(void **state)
{
    (void)state;
    garita_lane lane = fast_lane();
    garita_credential driver = fast_part(DRIVER), second = fast_part(DRIVER),
                      carrier = fast_part(CARRIER), trader = fast_part(TRADER);
    fast_roles[DRIVER].most = 2;
    fast_roles[CARRIER].most = 2;
    second.document_number = utf8("X2");
    come(&lane, &driver);
    come(&lane, &second);
    come(&lane, &carrier);
    come(&lane, &trader);
    judge(&lane, 4);
    assert_party("accept", "ok", 0);
    garita_credential its_own = a_company(9, FAST, "OTHER-1");
    second.employer_id = utf8("OTHER-1");
    member_count = 0;
    come(&lane, &driver);
    come(&lane, &second);
    come(&lane, &carrier);
    come(&lane, &its_own);
    come(&lane, &trader);
    judge(&lane, 5);
    assert_party("refer", "party-incomplete", NOBODY);
    assert_int_equal(party_of.missing[CARRIER], 1);
}

/* A carrier's role that nobody must fill is not for anybody's carrier either. */
static void optional_carrier_is_the_driver_s_own_too(void **state)
{
    (void)state;
    garita_lane lane = fast_lane();
    garita_credential driver = fast_part(DRIVER), trader = fast_part(TRADER),
                      carrier = fast_part(CARRIER), another = a_company(4, FAST, "OTHER-1");
    fast_roles[CARRIER].fewest = 0;
    come(&lane, &driver);
    come(&lane, &trader);
    judge(&lane, 0);
    assert_party("accept", "ok", 0);
    come(&lane, &another);
    judge(&lane, 0);
    assert_party("refer", "party-incomplete", NOBODY);
    assert_true(party_of.lacks_employer);
    member_count--;
    come(&lane, &carrier);
    judge(&lane, 0);
    assert_party("accept", "ok", 0);
}

/* --- a vehicle and all in it --- */

static void vehicle_and_occupants_are_one_party(void **state)
{
    (void)state;
    const garita_role roles[2] = {{words("vehicle"), VEHICLES, BIT(SENTRI), 1, 1, false},
                                  {words("occupant"), HOLDERS, BIT(SENTRI), 1, 5, false}};
    static const char *const numbers[] = {"A1", "A2", "A3", "A4", "A5", "A6"};
    garita_lane lane = checkpoint_lane();
    garita_credential vehicle = a_vehicle(50, SENTRI), occupant;
    lane.roles = roles;
    lane.role_count = 2;
    member_count = 0;
    come(&lane, &vehicle);
    judge(&lane, 0);
    assert_party("refer", "party-incomplete", NOBODY);
    for (uint32_t i = 0; i < 6; i++) {
        occupant = a_holder(1 + i, SENTRI);
        occupant.document_number = utf8(numbers[i]);
        come(&lane, &occupant);
        judge(&lane, 0);
        assert_string_equal(garita_reason_code(party_of.reason),
                            i < 5 ? "ok" : "party-incomplete"); /* the sixth has no seat */
        judge(&lane, 4);
        assert_string_equal(garita_reason_code(party_of.reason),
                            i == 2 ? "ok" : "party-incomplete");
    }
    /* one occupant of another programme, and one whose card is revoked */
    member_count = 2;
    occupant = a_holder(9, FAST);
    occupant.document_number = utf8("B1");
    come(&lane, &occupant);
    judge(&lane, 3);
    assert_party("reject", "lane-mismatch", 2);
    assert_int_equal(party_of.own_reason, GARITA_REASON_LANE_MISMATCH);
    assert_false(party_of.is_complete);
    member_count = 2;
    checkpoint_mark(&c, AGENCY, 10, GARITA_STANDING_REVOKED);
    occupant = a_holder(10, SENTRI);
    occupant.document_number = utf8("B1");
    come(&lane, &occupant);
    judge(&lane, 3);
    assert_party("reject", "revoked", 2);
}

static void one_person_is_not_two(void **state)
{
    (void)state;
    const garita_role roles[2] = {{words("driver"), HOLDERS, BIT(FAST), 1, 1, false},
                                  {words("escort"), HOLDERS, BIT(SENTRI), 1, 1, false}};
    garita_lane lane = checkpoint_lane();
    garita_credential driver = a_holder(1, FAST), again = a_holder(2, SENTRI);
    lane.roles = roles;
    lane.role_count = 2;
    member_count = 0;
    come(&lane, &driver);
    assert_true(garita_party_find(members, 0, members[0]) == NOBODY);
    come(&lane, &again);
    assert_int_equal(garita_party_find(members, 1, members[1]), 0);
    judge(&lane, 2);
    assert_party("refer", "party-incomplete", NOBODY);
    assert_true(party_of.role[1] == NOBODY);
    member_count = 1;
    again.document_number = utf8("X2");
    come(&lane, &again);
    assert_true(garita_party_find(members, 1, members[1]) == NOBODY);
    judge(&lane, 2);
    assert_party("accept", "ok", 0);
    /* no two in the default lane, nor in any */
    static const char *const lanes[] = {"default", "any"};
    for (size_t i = 0; i < COUNT(lanes); i++) {
        const garita_lane *built_in = garita_lane_builtin(lanes[i]);
        member_count = 0;
        come(built_in, &driver);
        come(built_in, &driver);
        judge(built_in, 2);
        assert_party("refer", "party-incomplete", NOBODY);
    }
}

/* A carrier that is itself in C-TPAT is both, with a credential for each. */
static void one_company_fills_two_roles_with_two_programmes(void **state)
{
    (void)state;
    garita_lane lane = fast_lane();
    garita_credential driver = fast_part(DRIVER), carrier = fast_part(CARRIER),
                      trader = a_company(3, CTPAT, "IMMEX-1234-2006"),
                      again = a_company(4, FAST, "IMMEX/1234/2006");
    come(&lane, &driver);
    come(&lane, &carrier);
    come(&lane, &trader);
    assert_true(garita_party_find(members, 2, members[2]) == NOBODY);
    judge(&lane, PARTS);
    assert_party("accept", "ok", 0);
    assert_int_equal(party_of.role[1], CARRIER);
    assert_int_equal(party_of.role[2], TRADER);
    /* by one programme it is there once, however its id is written */
    fast_roles[CARRIER].most = 2;
    come(&lane, &again);
    assert_int_equal(garita_party_find(members, 3, members[3]), 1);
    judge(&lane, PARTS + 1);
    assert_party("refer", "party-incomplete", NOBODY);
    assert_true(party_of.role[3] == NOBODY);
}

/* Neither another way to print the number nor another birth date makes another person, nor another
 * way to print the plate another vehicle. */
static void one_document_is_one_member(void **state)
{
    (void)state;
    const garita_lane *lane = garita_lane_builtin("default");
    garita_credential holder = a_holder(1, SENTRI), again = a_holder(2, FAST),
                      vehicle = a_vehicle(3, SENTRI), same_plate = a_vehicle(4, SENTRI);
    again.document_number = utf8("G-1234 5678");
    again.birth_date = 19880000;
    same_plate.vehicle_plate = utf8("AB 12345");
    member_count = 0;
    come(lane, &holder);
    come(lane, &again);
    assert_false(garita_subject_equal(&members[0]->subject, &members[1]->subject));
    assert_int_equal(garita_party_find(members, 1, members[1]), 0);
    judge(lane, 2);
    assert_party("refer", "party-incomplete", NOBODY);
    member_count = 1;
    come(lane, &vehicle);
    come(lane, &same_plate);
    assert_int_equal(garita_party_find(members, 2, members[2]), 1);
    judge(lane, 3);
    assert_party("refer", "party-incomplete", NOBODY);
    /* another document is another person */
    member_count = 1;
    again.document_type = 2;
    come(lane, &again);
    assert_true(garita_party_find(members, 1, members[1]) == NOBODY);
    again.document_type = holder.document_type;
    again.document_country = utf8("GTM");
    member_count = 1;
    come(lane, &again);
    assert_true(garita_party_find(members, 1, members[1]) == NOBODY);
    judge(lane, 2);
    assert_party("accept", "ok", 0);
}

/* --- more than there can be --- */

static void larger_party_than_there_can_be_is_not_judged(void **state)
{
    (void)state;
    const garita_lane *lane = garita_lane_builtin("any");
    /* exactly so many pointers, and nobody behind them: whoever looks falls */
    memset(&party_of, 0xaa, sizeof party_of);
    garita_party_judge(&party_of, lane, NULL, GARITA_PARTY_MAX + 1, GARITA_PARTY_MAX + 1);
    assert_party("refer", "internal-error", NOBODY);
    assert_int_equal(party_of.own_outcome, GARITA_REFER);
    assert_false(party_of.is_complete);
    assert_int_equal(party_of.count, 0);
    assert_int_equal(party_of.expected, GARITA_PARTY_MAX + 1);
    for (size_t i = 0; i < GARITA_PARTY_MAX; i++)
        assert_true(party_of.role[i] == NOBODY);
    garita_party_judge(&party_of, lane, NULL, SIZE_MAX, 0);
    assert_party("refer", "internal-error", NOBODY);
}

/* --- lanes without roles --- */

/* Whatever is said of the programme: who wants companies or vehicles gives them roles. */
static void lane_of_a_policy_without_roles_is_for_holders(void **state)
{
    (void)state;
    garita_lane lane = checkpoint_lane();
    garita_credential holder = a_holder(1, SENTRI), vehicle = a_vehicle(2, SENTRI);
    member_count = 0;
    come(&lane, &holder);
    come(&lane, &vehicle);
    judge(&lane, 2);
    assert_party("reject", "lane-mismatch", 1);
    assert_int_equal(party_of.own_reason, GARITA_REASON_LANE_MISMATCH);
    assert_int_equal(verdicts[1].reason, GARITA_REASON_LANE_MISMATCH);
    lane.outcomes.lane_mismatch = GARITA_REFER;
    member_count = 0;
    come(&lane, &holder);
    come(&lane, &vehicle);
    judge(&lane, 2);
    assert_party("refer", "lane-mismatch", 1);
}

/* A role may name a programme that is about nobody: nobody takes it. */
static void nobody_travels_by_health(void **state)
{
    (void)state;
    const garita_role role = {words("anybody"), GARITA_SUBJECTS_ALL, UINT64_MAX, 0, 9, false};
    garita_lane lane = checkpoint_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    garita_credential health = a_holder(7, HEALTH);
    blob code;
    lane.programmes = UINT64_MAX;
    issue(&code, &c.people[PRINTER], &health);
    for (int with_role = 0; with_role < 2; with_role++) {
        lane.roles = &role;
        lane.role_count = (size_t)with_role;
        setting.is_member = true;
        garita_verify_statement(&verdicts[0], &setting, code.bytes, code.len);
        assert_int_equal(verdicts[0].reason, GARITA_REASON_LANE_MISMATCH);
        members[0] = &verdicts[0];
        member_count = 1;
        judge(&lane, 1);
        assert_party("reject", "lane-mismatch", 0);
        assert_true(party_of.role[0] == NOBODY);
    }
}

static void lane_without_roles_needs_a_holder(void **state)
{
    (void)state;
    const garita_lane *lane = garita_lane_builtin("default");
    garita_credential vehicle = a_vehicle(1, SENTRI), holder = a_holder(2, SENTRI);
    member_count = 0;
    judge(lane, 0);
    assert_party("refer", "party-incomplete", NOBODY);
    come(lane, &vehicle);
    judge(lane, 0);
    assert_party("refer", "party-incomplete", NOBODY);
    assert_true(party_of.lacks_holder);
    come(lane, &holder);
    judge(lane, 0);
    assert_party("accept", "ok", 0);
    assert_false(party_of.lacks_holder);
    assert_true(party_of.role[0] == NOBODY && party_of.role[1] == NOBODY);
    /* any does not ask, but nobody is no party, and fewer than announced are too few */
    lane = garita_lane_builtin("any");
    member_count = 0;
    judge(lane, 0);
    assert_party("refer", "party-incomplete", NOBODY);
    come(lane, &vehicle);
    judge(lane, 0);
    assert_party("accept", "ok", 0);
    judge(lane, 2);
    assert_party("refer", "party-incomplete", NOBODY);
}

static void lane_without_its_policy_says_so_first(void **state)
{
    (void)state;
    garita_lane lane = checkpoint_lane();
    garita_credential vehicle = a_vehicle(1, SENTRI);
    lane.lacks_policy = true;
    lane.programmes = 0;
    member_count = 0;
    come(&lane, &vehicle);
    judge(&lane, 1);
    assert_party("refer", "policy-missing", 0);
    assert_int_equal(party_of.own_outcome, GARITA_ACCEPT);
    judge(&lane, 2);
    assert_party("refer", "policy-missing", 0);
}

/* --- members that were not judged as they should --- */

static void member_that_cannot_be_read_is_somebody_without_a_role(void **state)
{
    (void)state;
    garita_lane lane = fast_lane();
    garita_setting setting = checkpoint_setting(&c, &lane);
    for (size_t part = 0; part < PARTS; part++) {
        garita_credential claims = fast_part(part);
        come(&lane, &claims);
    }
    garita_verify_statement(&verdicts[1], &setting, (const uint8_t *)"?", 1);
    judge(&lane, PARTS);
    assert_party("reject", "malformed", 1);
    assert_false(party_of.is_complete);
    assert_int_equal(party_of.missing[CARRIER], 1);
    /* no verdict is not a good one */
    garita_verify_text(&verdicts[1], &setting, "https://a.example", 17);
    judge(&lane, PARTS);
    assert_party("refer", "party-incomplete", NOBODY);
    memset(&verdicts[1], 0, sizeof verdicts[1]);
    judge(&lane, PARTS);
    assert_party("refer", "party-incomplete", NOBODY);
    member_count--; /* and neither is one that was left undecided, of somebody who is here */
    garita_credential carrier = fast_part(CARRIER);
    members[1] = members[2];
    verdicts[1] = (garita_verdict){.has_credential = true, .credential = carrier};
    garita_subject_of(&verdicts[1].subject, &carrier);
    members[member_count++] = &verdicts[1];
    judge(&lane, PARTS);
    assert_party("refer", "internal-error", 2);
    assert_true(party_of.is_complete);
}

/* --- any members of any outcome --- */

static void worst_member_decides_and_the_first_of_the_worst_is_the_cause(void **state)
{
    (void)state;
    static const struct {
        garita_outcome outcome;
        garita_reason reason;
    } of[] = {{GARITA_ACCEPT, GARITA_REASON_OK},
              {GARITA_REFER, GARITA_REASON_SUSPENDED},
              {GARITA_REFER, GARITA_REASON_STATUS_STALE},
              {GARITA_REFER, GARITA_REASON_ATTESTATION_MISSING},
              {GARITA_REJECT, GARITA_REASON_REVOKED},
              {GARITA_REJECT, GARITA_REASON_EMPLOYER_DENIED},
              {GARITA_REJECT, GARITA_REASON_SUSPENDED}};
    garita_lane lane = *garita_lane_builtin("default");
    garita_credential claims[3] = {a_holder(1, SENTRI), a_vehicle(2, SENTRI),
                                   a_company(3, CTPAT, NULL)};
    member_count = 0;
    for (size_t i = 0; i < 3; i++)
        come(&lane, &claims[i]);
    for (size_t n = 0; n < COUNT(of) * COUNT(of) * COUNT(of); n++)
        for (size_t expected = 3; expected <= 4; expected++) {
            garita_outcome outcome = GARITA_ACCEPT;
            garita_reason reason = GARITA_REASON_OK;
            size_t cause = 0, rest = n;
            for (size_t i = 0; i < 3; i++, rest /= COUNT(of)) {
                verdicts[i].outcome = of[rest % COUNT(of)].outcome;
                verdicts[i].reason = of[rest % COUNT(of)].reason;
            }
            /* by the table, from the worst outcome and the earliest reason on */
            for (garita_outcome o = GARITA_REJECT; o > GARITA_ACCEPT; o--)
                for (garita_reason r = GARITA_REASON_NO_QR; r < GARITA_REASON_OK; r++) {
                    if (outcome != GARITA_ACCEPT)
                        continue;
                    for (size_t i = 3; i-- > 0;)
                        if (verdicts[i].outcome == o && verdicts[i].reason == r) {
                            outcome = o;
                            reason = r;
                            cause = i;
                        }
                    if (outcome == GARITA_ACCEPT && expected == 4 && o == GARITA_REFER &&
                        r == GARITA_REASON_PARTY_INCOMPLETE) {
                        outcome = o;
                        reason = r;
                        cause = NOBODY;
                    }
                }
            judge(&lane, expected);
            assert_party(garita_outcome_name(outcome), garita_reason_code(reason), cause);
        }
}

/* --- any party, against a search through all ways to fill the roles --- */

typedef struct oracle {
    const garita_lane *lane;
    const garita_credential *claims;
    size_t count;
    size_t role[GARITA_PARTY_MAX];
    size_t fewest_met; /* the most that can be */
    size_t placed;     /* of those with so many met, the most members in a role */
} oracle;

/* As the page says it, and not as the program does. */
static bool may_take(const oracle *o, size_t member, size_t role)
{
    const garita_role *r = &o->lane->roles[role];
    const garita_credential *m = &o->claims[member];
    if ((r->subjects & BIT(m->about)) == 0 || (r->programmes & BIT(m->programme)) == 0)
        return false;
    if (r->employs)
        for (size_t i = 0; i < o->count; i++)
            if (o->claims[i].about == GARITA_SUBJECT_HOLDER &&
                (o->claims[i].employer_id.len != m->company_id.len ||
                 memcmp(o->claims[i].employer_id.at, m->company_id.at, m->company_id.len) != 0))
                return false;
    return true;
}

static void weigh(oracle *o)
{
    size_t met = 0, placed = 0;
    for (size_t r = 0; r < o->lane->role_count; r++) {
        size_t taken = 0;
        for (size_t i = 0; i < o->count; i++)
            taken += o->role[i] == r;
        if (taken > o->lane->roles[r].most)
            return;
        met += taken < o->lane->roles[r].fewest ? taken : o->lane->roles[r].fewest;
        placed += taken;
    }
    if (met > o->fewest_met) {
        o->fewest_met = met;
        o->placed = 0;
    }
    if (met == o->fewest_met && placed > o->placed)
        o->placed = placed;
}

static void search(oracle *o, size_t member)
{
    if (member == o->count) {
        weigh(o);
        return;
    }
    o->role[member] = NOBODY;
    search(o, member + 1);
    for (size_t r = 0; r < o->lane->role_count; r++)
        if (may_take(o, member, r)) {
            o->role[member] = r;
            search(o, member + 1);
        }
}

static void assert_as_the_oracle(const garita_lane *lane, const garita_credential *claims,
                                 size_t count, unsigned round)
{
    oracle o = {.lane = lane, .claims = claims, .count = count};
    size_t missing = 0, fewest = 0, placed = 0, taken[GARITA_ROLES_MAX] = {0};
    bool mismatch = false;
    search(&o, 0);
    judge(lane, 0);
    for (size_t r = 0; r < lane->role_count; r++) {
        fewest += lane->roles[r].fewest;
        missing += party_of.missing[r];
    }
    for (size_t i = 0; i < count; i++) {
        size_t r = party_of.role[i];
        bool fits = false;
        for (size_t k = 0; k < lane->role_count; k++)
            fits |= (lane->roles[k].subjects & BIT(claims[i].about)) != 0 &&
                    (lane->roles[k].programmes & BIT(claims[i].programme)) != 0;
        mismatch |= !fits;
        if (r == NOBODY)
            continue;
        assert_true(r < lane->role_count && may_take(&o, i, r));
        assert_true(++taken[r] <= lane->roles[r].most);
        placed++;
    }
    bool complete = count > 0 && o.fewest_met == fewest && o.placed == count;
    if (missing != fewest - o.fewest_met || placed != o.placed || party_of.is_complete != complete)
        fail_msg("round %u: %zu missing, %zu placed, %scomplete; not %zu, %zu, %scomplete", round,
                 missing, placed, party_of.is_complete ? "" : "in", fewest - o.fewest_met, o.placed,
                 complete ? "" : "in");
    for (size_t r = 0; r < lane->role_count; r++)
        assert_int_equal(party_of.missing[r],
                         taken[r] < lane->roles[r].fewest ? lane->roles[r].fewest - taken[r] : 0);
    assert_int_equal(party_of.own_outcome, mismatch   ? GARITA_REJECT
                                           : complete ? GARITA_ACCEPT
                                                      : GARITA_REFER);
    assert_int_equal(party_of.outcome == GARITA_ACCEPT, complete);
}

static void any_party_is_as_full_as_it_can_be(void **state)
{
    (void)state;
    static const char *const ids[] = {"A-1", "B-2"};
    static char numbers[ROOM][4];
    rng r = {50505};
    for (unsigned round = 0; round < 4000; round++) {
        garita_lane lane = checkpoint_lane();
        garita_role roles[4];
        garita_credential claims[5];
        lane.roles = roles;
        lane.role_count = 1 + rng_below(&r, COUNT(roles));
        for (size_t i = 0; i < lane.role_count; i++) {
            roles[i] = (garita_role){.title = words("role"),
                                     .subjects = (uint8_t)(1 + rng_below(&r, 7)),
                                     .programmes = (1 + rng_below(&r, 7)) << 1,
                                     .fewest = (uint8_t)rng_below(&r, 3)};
            roles[i].most = (uint8_t)(roles[i].fewest + rng_below(&r, 2));
            if (roles[i].most == 0)
                roles[i].most = 1;
            roles[i].employs = rng_one_in(&r, 3);
            if (roles[i].employs)
                roles[i].subjects = COMPANIES;
        }
        member_count = rng_below(&r, COUNT(claims) + 1);
        for (size_t i = 0; i < member_count; i++) {
            uint8_t programme = (uint8_t)(1 + rng_below(&r, 3));
            garita_credential *m = &claims[i];
            switch (rng_below(&r, 3)) {
            case 0:
                *m = a_holder(1, programme);
                m->employer_id = utf8(ids[rng_below(&r, 8) == 0]);
                numbers[i][0] = (char)('A' + i);
                m->document_number = utf8(numbers[i]);
                break;
            case 1:
                *m = a_company(1, programme, ids[rng_below(&r, 2)]);
                numbers[i][0] = numbers[i][1] = numbers[i][2] = (char)('A' + i);
                m->company_country = (garita_utf8){numbers[i], 3}; /* another company */
                break;
            default:
                *m = a_vehicle(1, programme);
                numbers[i][0] = (char)('A' + i);
                m->vehicle_plate = (garita_utf8){numbers[i], 1};
                break;
            }
            verdicts[i] = (garita_verdict){.outcome = GARITA_ACCEPT,
                                           .reason = GARITA_REASON_OK,
                                           .has_credential = true,
                                           .credential = *m};
            garita_subject_of(&verdicts[i].subject, m);
            members[i] = &verdicts[i];
        }
        assert_as_the_oracle(&lane, claims, member_count, round);
        memset(numbers, 0, sizeof numbers);
    }
}

/* One for all: as many as there can be, each at the same place of the search. */
static void largest_party_takes_no_time_to_speak_of(void **state)
{
    (void)state;
    static char numbers[ROOM][3];
    garita_lane lane = checkpoint_lane();
    garita_role roles[GARITA_ROLES_MAX];
    for (size_t i = 0; i < COUNT(roles); i++)
        roles[i] = (garita_role){words("role"), HOLDERS, BIT(SENTRI), 2, 2, false};
    lane.roles = roles;
    lane.role_count = COUNT(roles);
    member_count = ROOM;
    for (size_t i = 0; i < ROOM; i++) {
        garita_credential claims = a_holder(1, SENTRI);
        numbers[i][0] = (char)('A' + i);
        claims.document_number = utf8(numbers[i]);
        verdicts[i] = (garita_verdict){.outcome = GARITA_ACCEPT,
                                       .reason = GARITA_REASON_OK,
                                       .has_credential = true,
                                       .credential = claims};
        garita_subject_of(&verdicts[i].subject, &claims);
        members[i] = &verdicts[i];
    }
    judge(&lane, ROOM);
    assert_party("accept", "ok", 0);
    roles[7].programmes = BIT(FAST); /* two must stay without */
    judge(&lane, ROOM);
    assert_party("refer", "party-incomplete", NOBODY);
    assert_int_equal(party_of.missing[7], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(fast_takes_its_three_parts_in_any_order, begin),
        cmocka_unit_test_setup(fast_is_as_bad_as_its_worst_part, begin),
        cmocka_unit_test_setup(carrier_is_the_driver_s_own, begin),
        cmocka_unit_test_setup(carrier_is_every_driver_s, begin),
        cmocka_unit_test_setup(optional_carrier_is_the_driver_s_own_too, begin),
        cmocka_unit_test_setup(vehicle_and_occupants_are_one_party, begin),
        cmocka_unit_test_setup(one_person_is_not_two, begin),
        cmocka_unit_test_setup(one_company_fills_two_roles_with_two_programmes, begin),
        cmocka_unit_test_setup(one_document_is_one_member, begin),
        cmocka_unit_test_setup(larger_party_than_there_can_be_is_not_judged, begin),
        cmocka_unit_test_setup(lane_of_a_policy_without_roles_is_for_holders, begin),
        cmocka_unit_test_setup(nobody_travels_by_health, begin),
        cmocka_unit_test_setup(lane_without_roles_needs_a_holder, begin),
        cmocka_unit_test_setup(lane_without_its_policy_says_so_first, begin),
        cmocka_unit_test_setup(member_that_cannot_be_read_is_somebody_without_a_role, begin),
        cmocka_unit_test_setup(worst_member_decides_and_the_first_of_the_worst_is_the_cause, begin),
        cmocka_unit_test_setup(any_party_is_as_full_as_it_can_be, begin),
        cmocka_unit_test_setup(largest_party_takes_no_time_to_speak_of, begin),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
