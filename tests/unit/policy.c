/* Policies: what an authority may say of its lanes, in one form only, and whose word it is. */
#include <garita/policy.h>

#include <stdio.h>
#include <stdlib.h>

#include <garita/certlogic.h>

#include "unit.h"

static party anchor, agency, agency_second, stranger;

static int set_up(void **state)
{
    (void)state;
    party_make(&anchor, 80);
    party_make(&agency, 81);
    party_rotate(&agency_second, &agency, 2, 82);
    party_make(&stranger, 83);
    return 0;
}

#define WORDS(text) ((garita_words){utf8(text " en"), utf8(text " es")})
#define BYTES(text) ((garita_bytes){(const uint8_t *)(text), sizeof(text) - 1})

/* --- one with all that there is --- */

/* {"===": [{"var": "a"}, 1]}, and true */
static const garita_rule usual_rules[] = {
    {.id = {"full-course", 11},
     .description = {{"Rule en", 7}, {"Rule es", 7}},
     .subjects = 1,
     .otherwise = GARITA_REJECT,
     .expression = {(const uint8_t *)"\x81\x03\x92\x81\x01\xa1"
                                     "a\x01",
                    8}},
    {.id = {"always", 6},
     .description = {{"Rule en", 7}, {"Rule es", 7}},
     .subjects = 7,
     .otherwise = GARITA_REFER,
     .expression = {(const uint8_t *)"\xc3", 1}},
};
static const garita_requirement usual_requirements[] = {
    {.description = {{"Asked en", 8}, {"Asked es", 8}},
     .subjects = 1,
     .alternative_count = 2,
     .alternatives = {{1, 23328000}, {2, 259200}}},
    {.description = {{"Asked en", 8}, {"Asked es", 8}},
     .subjects = 2,
     .alternative_count = 1,
     .alternatives = {{63, 0}}},
};
static const garita_utf8 usual_denied[] = {{"CTPAT-1", 7}, {"IMMEX", 5}, {"IMMEX-2", 7}};
static const garita_role usual_roles[] = {
    {.title = {{"Driver", 6}, {"Conductor", 9}},
     .subjects = 1,
     .programmes = 1 << 4,
     .fewest = 1,
     .most = 2},
    {.title = {{"Carrier", 7}, {"Transportista", 13}},
     .subjects = 2,
     .programmes = 1 << 4 | 1 << 5,
     .most = 1,
     .employs = true},
};

static garita_lane plain_lane(const char *name)
{
    garita_lane lane = {.title = WORDS("Lane"), .country = "USA"};
    memcpy(lane.name, name, strlen(name));
    lane.refer_after = (garita_lane_ages){86400, 0, GARITA_AGE_MAX_S};
    return lane;
}

static garita_lane full_lane(const char *name)
{
    garita_lane lane = plain_lane(name);
    lane.programmes = 1 << 4 | 1 << 5;
    lane.waives_serial_unknown = true;
    lane.reject_after.between = 1;
    lane.outcomes = (garita_lane_outcomes){GARITA_REJECT, GARITA_REFER, GARITA_REFER, GARITA_REFER};
    lane.requirement_count = COUNT(usual_requirements);
    lane.requirements = usual_requirements;
    lane.denied_count = COUNT(usual_denied);
    lane.denied = usual_denied;
    lane.rule_count = COUNT(usual_rules);
    lane.rules = usual_rules;
    lane.role_count = COUNT(usual_roles);
    lane.roles = usual_roles;
    return lane;
}

static garita_policy policy_of(garita_lane *lanes, size_t lane_count)
{
    return (garita_policy){.serial = 7,
                           .from = 1000,
                           .until = 2000,
                           .country = "USA",
                           .title = WORDS("Policy"),
                           .lane_count = lane_count,
                           .lanes = lanes};
}

typedef struct statement {
    uint8_t *bytes;
    size_t len;
} statement;

static statement issue_policy(const party *by, const garita_policy *p)
{
    statement out;
    garita_fault fault;
    garita_error e = garita_policy_issue(&out.bytes, &out.len, &fault, p, &by->signer);
    if (e != GARITA_OK)
        fail_msg("%s: %s", garita_error_name(e), fault.field);
    return out;
}

/* Of exactly so many bytes, so that a read behind them is seen. The map is at bytes + 1. */
static statement sign_map(const party *by, const uint8_t *map, size_t map_len)
{
    blob b;
    assert_true(map_len + 67 <= sizeof b.bytes);
    sign(&b, by, GARITA_TYPE_POLICY, map, map_len);
    return (statement){exact_copy(b.bytes, b.len), b.len};
}

static garita_error decode(garita_policy **out, garita_fault *fault, const statement *s,
                           const party *by)
{
    static uint8_t scratch[GARITA_SCRATCH_SIZE(GARITA_POLICY_BYTES_MAX)];
    garita_peek peek;
    garita_verified verified;
    assert_ok(garita_statement_peek(&peek, fault, GARITA_TYPE_POLICY, s->bytes, s->len));
    assert_ok(garita_statement_verify(&verified, &peek, by->public_key, scratch, sizeof scratch));
    return garita_policy_decode(out, fault, &verified);
}

/* --- equality: of all that the page says --- */

static bool texts_equal(garita_utf8 a, garita_utf8 b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static bool words_equal(garita_words a, garita_words b)
{
    return texts_equal(a.en, b.en) && texts_equal(a.es, b.es);
}

static bool ages_equal(garita_lane_ages a, garita_lane_ages b)
{
    return a.issuer == b.issuer && a.between == b.between && a.anchor == b.anchor;
}

static void assert_requirements_equal(const garita_requirement *a, const garita_requirement *b)
{
    assert_true(words_equal(a->description, b->description));
    assert_int_equal(a->subjects, b->subjects);
    assert_int_equal(a->alternative_count, b->alternative_count);
    for (size_t i = 0; i < a->alternative_count; i++) {
        assert_int_equal(a->alternatives[i].kind, b->alternatives[i].kind);
        assert_int_equal(a->alternatives[i].max_age_s, b->alternatives[i].max_age_s);
    }
}

static void assert_rules_equal(const garita_rule *a, const garita_rule *b)
{
    assert_true(texts_equal(a->id, b->id));
    assert_true(words_equal(a->description, b->description));
    assert_int_equal(a->subjects, b->subjects);
    assert_int_equal(a->otherwise, b->otherwise);
    assert_int_equal(a->expression.len, b->expression.len);
    assert_memory_equal(a->expression.at, b->expression.at, a->expression.len);
}

static void assert_roles_equal(const garita_role *a, const garita_role *b)
{
    assert_true(words_equal(a->title, b->title));
    assert_int_equal(a->subjects, b->subjects);
    assert_true(a->programmes == b->programmes);
    assert_int_equal(a->fewest, b->fewest);
    assert_int_equal(a->most, b->most);
    assert_int_equal(a->employs, b->employs);
}

static void assert_lanes_equal(const garita_lane *a, const garita_lane *b)
{
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->country, b->country);
    assert_true(words_equal(a->title, b->title));
    assert_true(a->programmes == b->programmes);
    assert_int_equal(a->waives_serial_unknown, b->waives_serial_unknown);
    assert_false(b->waives_status_missing || b->waives_freshness || b->waives_policy ||
                 b->lacks_policy);
    assert_true(ages_equal(a->refer_after, b->refer_after));
    assert_true(ages_equal(a->reject_after, b->reject_after));
    assert_memory_equal(&a->outcomes, &b->outcomes, sizeof a->outcomes);
    assert_int_equal(a->requirement_count, b->requirement_count);
    for (size_t i = 0; i < a->requirement_count; i++)
        assert_requirements_equal(&a->requirements[i], &b->requirements[i]);
    assert_int_equal(a->denied_count, b->denied_count);
    for (size_t i = 0; i < a->denied_count; i++)
        assert_true(texts_equal(a->denied[i], b->denied[i]));
    assert_int_equal(a->rule_count, b->rule_count);
    for (size_t i = 0; i < a->rule_count; i++)
        assert_rules_equal(&a->rules[i], &b->rules[i]);
    assert_int_equal(a->role_count, b->role_count);
    for (size_t i = 0; i < a->role_count; i++)
        assert_roles_equal(&a->roles[i], &b->roles[i]);
}

static void assert_policies_equal(const garita_policy *a, const garita_policy *b)
{
    assert_int_equal(a->serial, b->serial);
    assert_int_equal(a->from, b->from);
    assert_int_equal(a->until, b->until);
    assert_string_equal(a->country, b->country);
    assert_true(words_equal(a->title, b->title));
    assert_int_equal(a->lane_count, b->lane_count);
    for (size_t i = 0; i < a->lane_count; i++)
        assert_lanes_equal(&a->lanes[i], &b->lanes[i]);
}

/* --- issue, then decode --- */

static void policy_comes_back_as_it_was_issued(void **state)
{
    (void)state;
    garita_lane lanes[] = {plain_lane("a"), full_lane("otay-mesa/fast.1")};
    garita_policy p = policy_of(lanes, COUNT(lanes)), *again;
    garita_fault fault;
    garita_peek peek;
    statement s = issue_policy(&agency_second, &p), twice = issue_policy(&agency_second, &p);
    assert_int_equal(s.len, twice.len);
    assert_memory_equal(s.bytes, twice.bytes, s.len);
    assert_ok(decode(&again, &fault, &s, &agency_second));
    assert_policies_equal(&p, again);
    garita_policy_free(again);
    assert_ok(garita_policy_inspect(&again, &peek, &fault, s.bytes, s.len));
    assert_policies_equal(&p, again);
    assert_true(garita_id_equal(&peek.signer, &agency.signer.id));
    assert_int_equal(peek.key_number, 2);
    garita_policy_free(again);
    assert_error(garita_policy_inspect(&again, NULL, NULL, s.bytes, s.len - 1), ENVELOPE);
    assert_null(again);
    free(s.bytes);
    free(twice.bytes);
}

static void a_lane_is_named_once(void **state)
{
    (void)state;
    garita_lane lanes[] = {plain_lane("b"), plain_lane("a"), plain_lane("b")};
    garita_policy p = policy_of(lanes, COUNT(lanes));
    garita_fault fault;
    statement s;
    assert_error(garita_policy_issue(&s.bytes, &s.len, &fault, &p, &agency.signer), TWICE);
    assert_string_equal(fault.field, "lanes.name");
    assert_true(fault.at == 0 || fault.at == 2); /* either of the two */
}

static void lanes_are_written_by_name(void **state)
{
    (void)state;
    garita_lane lanes[] = {plain_lane("b"), full_lane("a/1"), plain_lane("a")};
    garita_lane sorted[] = {lanes[2], lanes[1], lanes[0]};
    garita_policy p = policy_of(lanes, COUNT(lanes)), by_name = policy_of(sorted, COUNT(sorted));
    /* what is the policy's to say, and what no policy has */
    memcpy(lanes[0].country, "MEX", 4);
    lanes[0].waives_status_missing = lanes[0].waives_freshness = true;
    lanes[0].waives_policy = lanes[0].lacks_policy = true;
    statement s = issue_policy(&agency, &p);
    garita_policy *again;
    assert_ok(decode(&again, NULL, &s, &agency));
    assert_policies_equal(&by_name, again);
    garita_policy_free(again);
    free(s.bytes);
}

/* As many of everything as there may be, of texts that are short enough to fit. */
static void a_policy_may_be_as_large_as_its_type(void **state)
{
    (void)state;
    static garita_lane lanes[GARITA_LANES_MAX];
    static garita_utf8 denied[GARITA_DENIED_MAX];
    static char ids[GARITA_DENIED_MAX][8];
    static garita_rule rules[GARITA_RULES_MAX];
    static char names[GARITA_RULES_MAX][8];
    for (size_t i = 0; i < GARITA_DENIED_MAX; i++) {
        snprintf(ids[i], sizeof ids[i], "C%05zu", i);
        denied[i] = utf8(ids[i]);
    }
    for (size_t i = 0; i < GARITA_RULES_MAX; i++) {
        snprintf(names[i], sizeof names[i], "r%zu", GARITA_RULES_MAX - i);
        rules[i] = usual_rules[0];
        rules[i].id = utf8(names[i]);
    }
    for (size_t i = 0; i < GARITA_LANES_MAX; i++) {
        char name[8];
        snprintf(name, sizeof name, "l%02zu", i);
        lanes[i] = plain_lane(name);
        lanes[i].rules = rules;
        lanes[i].rule_count = i % 2 == 0 ? GARITA_RULES_MAX : 0;
        lanes[i].denied = denied;
        lanes[i].denied_count = i < 3 ? GARITA_DENIED_MAX : 0;
    }
    garita_policy p = policy_of(lanes, GARITA_LANES_MAX), *again;
    garita_fault fault;
    statement s = issue_policy(&agency, &p);
    print_message("a policy of %zu bytes\n", s.len);
    assert_true(s.len > 150000);
    assert_ok(decode(&again, &fault, &s, &agency));
    assert_policies_equal(&p, again);
    garita_policy_free(again);
    free(s.bytes);
    for (size_t i = 0; i < GARITA_LANES_MAX; i++)
        lanes[i].denied_count = GARITA_DENIED_MAX;
    assert_error(garita_policy_issue(&s.bytes, &s.len, &fault, &p, &agency.signer), TOO_LONG);
    assert_error(fault.error, TOO_LONG);
    assert_null(s.bytes);
    assert_int_equal(s.len, 0);
}

/* --- bounds, each side --- */

#define assert_issue(change, expected, expected_field, expected_lane)                              \
    do {                                                                                           \
        garita_requirement requirements[GARITA_REQUIREMENTS_MAX + 1];                              \
        garita_rule rules[GARITA_RULES_MAX + 1];                                                   \
        garita_role roles[GARITA_ROLES_MAX + 1];                                                   \
        garita_utf8 denied[3];                                                                     \
        char many[GARITA_RULES_MAX + 1][4];                                                        \
        for (size_t i_ = 0; i_ < COUNT(requirements); i_++)                                        \
            requirements[i_] = usual_requirements[i_ % 2];                                         \
        for (size_t i_ = 0; i_ < COUNT(roles); i_++)                                               \
            roles[i_] = usual_roles[i_ % 2];                                                       \
        for (size_t i_ = 0; i_ < COUNT(rules); i_++) {                                             \
            snprintf(many[i_], sizeof many[i_], "%zu", i_);                                        \
            rules[i_] = usual_rules[i_ % 2];                                                       \
            rules[i_].id = utf8(many[i_]);                                                         \
        }                                                                                          \
        memcpy(denied, usual_denied, sizeof denied);                                               \
        garita_lane lanes[] = {plain_lane("m"), full_lane("z"), full_lane("b")};                   \
        garita_lane *lane = &lanes[2];                                                             \
        lane->requirements = requirements;                                                         \
        lane->rules = rules;                                                                       \
        lane->roles = roles;                                                                       \
        lane->denied = denied;                                                                     \
        garita_policy p = policy_of(lanes, COUNT(lanes)), *again = NULL;                           \
        garita_fault fault;                                                                        \
        statement s;                                                                               \
        change;                                                                                    \
        garita_error e = garita_policy_issue(&s.bytes, &s.len, &fault, &p, &agency.signer);        \
        assert_error(e, expected);                                                                 \
        assert_error(fault.error, expected);                                                       \
        assert_string_equal(fault.field, expected_field);                                          \
        assert_int_equal(fault.at, expected_lane);                                                 \
        assert_true((e == GARITA_OK) == (s.bytes != NULL) && (e == GARITA_OK) == (s.len > 0));     \
        if (e == GARITA_OK) {                                                                      \
            assert_ok(decode(&again, &fault, &s, &agency));                                        \
            assert_lanes_equal(lane, &again->lanes[0]);                                            \
        }                                                                                          \
        garita_policy_free(again);                                                                 \
        free(s.bytes);                                                                             \
    } while (0)

#define assert_good(change) assert_issue(change, OK, "", 0)
#define assert_bad(change, expected, field) assert_issue(change, expected, field, 2)

static void policy_bounds_its_fields(void **state)
{
    (void)state;
    char longest[GARITA_DESCRIPTION_BYTES_MAX + 2] = {0};
    memset(longest, 'n', sizeof longest - 1);
    const garita_utf8 title = {longest, GARITA_TITLE_BYTES_MAX};
    const garita_utf8 title_more = {longest, GARITA_TITLE_BYTES_MAX + 1};
    const garita_utf8 sentence = {longest, GARITA_DESCRIPTION_BYTES_MAX};
    const garita_utf8 sentence_more = {longest, GARITA_DESCRIPTION_BYTES_MAX + 1};

    assert_good((void)0);
    assert_issue(p.serial = 0, RANGE, "serial", 0);
    assert_good(p.serial = GARITA_SERIAL_MAX);
    assert_good(p.from = 0);
    assert_issue(p.from = -1, RANGE, "from", 0);
    assert_issue(p.from = GARITA_MOMENT_MAX + 1, RANGE, "from", 0);
    assert_good(p.until = p.from + 1);
    assert_issue(p.until = p.from, DATE_ORDER, "until", 0);
    assert_good(p.until = GARITA_MOMENT_MAX);
    assert_issue(p.until = GARITA_MOMENT_MAX + 1, RANGE, "until", 0);
    assert_issue(memcpy(p.country, "usa", 3), COUNTRY, "country", 0);
    assert_issue(p.country[0] = '\0', EMPTY, "country", 0);
    assert_issue(p.title.en.len = 0, EMPTY, "title.en", 0);
    assert_issue(p.title.es.len = 0, EMPTY, "title.es", 0);
    assert_good(p.title.es = title);
    assert_issue(p.title.es = title_more, RANGE, "title.es", 0);
    assert_issue(p.title.en = utf8("a\nb"), UNSAFE_TEXT, "title.en", 0);
    assert_issue(p.lane_count = 0, EMPTY, "lanes", 0);
    assert_issue(p.lane_count = GARITA_LANES_MAX + 1, RANGE, "lanes", 0);

    assert_bad(memcpy(lane->name, "default", 8), RANGE, "lanes.name");
    assert_bad(memcpy(lane->name, "any", 4), RANGE, "lanes.name");
    assert_bad(memcpy(lane->name, "B", 2), RANGE, "lanes.name");
    assert_bad(memcpy(lane->name, "a b", 4), RANGE, "lanes.name");
    assert_bad(memset(lane->name, 'a', sizeof lane->name), RANGE, "lanes.name");
    assert_good((memset(lane->name, 'a', sizeof lane->name), lane->name[64] = '\0'));
    assert_bad(lane->name[0] = '\0', EMPTY, "lanes.name");
    assert_bad(lane->title.es.len = 0, EMPTY, "lanes.title.es");
    assert_bad(lane->title.en = title_more, RANGE, "lanes.title.en");
    assert_good((lane->programmes = INT64_MAX));
    assert_bad(lane->programmes = (uint64_t)INT64_MAX + 1, RANGE, "lanes.programmes");
    assert_good((lane->programmes = 0, lane->role_count = 0));
    assert_good(lane->waives_serial_unknown = false);
    assert_good(lane->refer_after.issuer = GARITA_AGE_MAX_S);
    assert_bad(lane->refer_after.issuer = GARITA_AGE_MAX_S + 1, RANGE, "lanes.refer_after");
    assert_bad(lane->refer_after.anchor = -1, RANGE, "lanes.refer_after");
    assert_good(lane->refer_after = (garita_lane_ages){0});
    assert_good(lane->reject_after = (garita_lane_ages){0});
    assert_bad(lane->reject_after.between = GARITA_AGE_MAX_S + 1, RANGE, "lanes.reject_after");
    assert_good(lane->outcomes = (garita_lane_outcomes){0});
    assert_good(lane->outcomes = (garita_lane_outcomes){.suspended = GARITA_REFER});
    assert_good(lane->outcomes = (garita_lane_outcomes){.employer_denied = GARITA_REJECT});
    assert_bad(lane->outcomes.lane_mismatch = GARITA_ACCEPT, RANGE, "lanes.outcomes");
    assert_bad(lane->outcomes.suspended = GARITA_NO_VERDICT, RANGE, "lanes.outcomes");

    assert_good(lane->requirement_count = 0);
    assert_good(lane->requirement_count = GARITA_REQUIREMENTS_MAX);
    assert_bad(lane->requirement_count = GARITA_REQUIREMENTS_MAX + 1, RANGE, "lanes.requirements");
    assert_good(requirements[1].description.en = sentence);
    assert_bad(requirements[1].description.en = sentence_more, RANGE,
               "lanes.requirements.description.en");
    assert_bad(requirements[1].description.es.len = 0, EMPTY, "lanes.requirements.description.es");
    assert_bad(requirements[0].subjects = 0, RANGE, "lanes.requirements.subjects");
    assert_good(requirements[0].subjects = GARITA_SUBJECTS_ALL);
    assert_bad(requirements[0].subjects = GARITA_SUBJECTS_ALL + 1, RANGE,
               "lanes.requirements.subjects");
    assert_bad(requirements[0].alternative_count = 0, EMPTY, "lanes.requirements.alternatives");
    assert_bad(requirements[0].alternative_count = GARITA_ALTERNATIVES_MAX, RANGE,
               "lanes.requirements.alternatives"); /* kinds of 0 */
    assert_bad(requirements[0].alternative_count = GARITA_ALTERNATIVES_MAX + 1, RANGE,
               "lanes.requirements.alternatives");
    assert_bad(requirements[0].alternatives[0].kind = 64, RANGE, "lanes.requirements.alternatives");
    assert_good(requirements[0].alternatives[0].max_age_s = GARITA_AGE_MAX_S);
    assert_bad(requirements[0].alternatives[0].max_age_s = GARITA_AGE_MAX_S + 1, RANGE,
               "lanes.requirements.alternatives");

    assert_good(lane->denied_count = 0);
    assert_bad(lane->denied_count = GARITA_DENIED_MAX + 1, RANGE, "lanes.denied");
    assert_bad(denied[1] = denied[0], TWICE, "lanes.denied");
    assert_bad(denied[2] = utf8("IMM"), KEY_ORDER, "lanes.denied");
    assert_bad(denied[0] = utf8(""), EMPTY, "lanes.denied");
    assert_bad(denied[0] = utf8("-./ "), RANGE, "lanes.denied");
    assert_good(denied[0] = utf8("- 1"));
    assert_good(denied[2] = utf8("Ñ"));
    assert_good(denied[0] = ((garita_utf8){"CTPAT-1" /* shorter than the next */, 5}));
    assert_good(denied[2] = ((garita_utf8){longest, GARITA_COMPANY_ID_BYTES_MAX}));
    assert_bad(denied[2] = ((garita_utf8){longest, GARITA_COMPANY_ID_BYTES_MAX + 1}), RANGE,
               "lanes.denied");

    assert_good(lane->rule_count = 0);
    assert_good(lane->rule_count = GARITA_RULES_MAX);
    assert_bad(lane->rule_count = GARITA_RULES_MAX + 1, RANGE, "lanes.rules");
    assert_bad(rules[1].id = rules[0].id, TWICE, "lanes.rules");
    assert_bad(rules[1].id.len = 0, EMPTY, "lanes.rules.id");
    assert_good(rules[1].id = ((garita_utf8){longest, GARITA_RULE_ID_BYTES_MAX}));
    assert_bad(rules[1].id = ((garita_utf8){longest, GARITA_RULE_ID_BYTES_MAX + 1}), RANGE,
               "lanes.rules.id");
    assert_bad(rules[0].description.es.len = 0, EMPTY, "lanes.rules.description.es");
    assert_bad(rules[0].description.es = sentence_more, RANGE, "lanes.rules.description.es");
    assert_bad(rules[0].subjects = 0, RANGE, "lanes.rules.subjects");
    assert_bad(rules[0].subjects = 8, RANGE, "lanes.rules.subjects");
    assert_bad(rules[0].otherwise = GARITA_ACCEPT, RANGE, "lanes.rules.otherwise");
    assert_bad(rules[0].otherwise = GARITA_UNDECIDED, RANGE, "lanes.rules.otherwise");
    assert_bad(rules[0].expression = BYTES("\xc0"), RULE, "lanes.rules.expression");
    assert_bad(rules[0].expression = BYTES("\x81\x03\x91\x01"), RULE, "lanes.rules.expression");
    assert_bad(rules[0].expression = BYTES("\x81\x14\x91\x01"), RULE, "lanes.rules.expression");
    assert_bad(rules[0].expression = BYTES("\xc3\xc3"), TRAILING, "lanes.rules.expression");
    assert_bad(rules[0].expression = BYTES("\xcc\x01"), NOT_MINIMAL, "lanes.rules.expression");
    assert_bad(rules[0].expression = BYTES(""), TRUNCATED, "lanes.rules.expression");

    assert_good(lane->role_count = 0);
    assert_good((lane->role_count = GARITA_ROLES_MAX));
    assert_bad(lane->role_count = GARITA_ROLES_MAX + 1, RANGE, "lanes.roles");
    assert_bad(roles[0].title.es.len = 0, EMPTY, "lanes.roles.title.es");
    assert_bad(roles[0].title.es = title_more, RANGE, "lanes.roles.title.es");
    assert_bad(roles[0].subjects = 0, RANGE, "lanes.roles.subjects");
    assert_bad(roles[0].programmes = 0, RANGE, "lanes.roles.programmes");
    assert_bad(roles[0].programmes = 1 << 6, RANGE, "lanes.roles.programmes"); /* not the lane's */
    assert_bad(lane->programmes = 1 << 4, RANGE, "lanes.roles.programmes");
    assert_good((roles[0].fewest = 16, roles[0].most = 16));
    assert_bad((roles[0].fewest = 17, roles[0].most = 17), RANGE, "lanes.roles.fewest");
    assert_bad(roles[0].most = 17, RANGE, "lanes.roles.most");
    assert_bad((roles[0].fewest = 0, roles[0].most = 0), RANGE, "lanes.roles.most");
    assert_bad((roles[0].fewest = 3, roles[0].most = 2), RANGE, "lanes.roles.most");
    assert_bad((roles[0].fewest = 16, roles[0].most = 16, roles[1].fewest = 1), RANGE,
               "lanes.roles");
    assert_good((roles[0].fewest = 15, roles[0].most = 16, roles[1].fewest = 1));
    assert_bad(roles[0].employs = true, RANGE, "lanes.roles.employs"); /* a holder */
    assert_bad(roles[1].subjects = 3, RANGE, "lanes.roles.employs");
}

/* --- the bytes --- */

/* A policy with one lane that has everything, as its map: by hand, and so beside the writer. */
#define W "82 00 a1 65 01 a1 73 " /* words: "e", "s" */
static const char map_head[] = "8a 00 01 01 05 02 c4 08 ID 03 01 04 07 05 cd 03 e8 06 cd 07 d0 "
                               "07 a3 55 53 41 08 " W;
static const char lane_hex[] =
    "8b 00 a4 66 61 73 74 01 " W "02 30 03 01 04 93 00 01 02 05 93 00 00 05 06 81 01 03 "
    "07 91 83 00 " W "01 01 02 92 92 01 64 92 02 00 08 92 a1 41 a1 42 "
    "09 92 85 00 a2 72 31 01 " W "02 01 03 03 04 81 03 92 81 01 a1 61 01 "
    "85 00 a2 72 32 01 " W "02 07 03 02 04 c3 "
    "0a 92 85 00 " W "01 01 02 10 03 01 04 01 86 00 " W "01 02 02 20 03 00 04 01 05 c3 ";

static size_t map_of(uint8_t *out, size_t cap, const char *lanes)
{
    char hex[8000], id[2 * GARITA_ID_SIZE + 1];
    for (size_t i = 0; i < GARITA_ID_SIZE; i++)
        snprintf(id + 2 * i, 3, "%02x", agency.signer.id.bytes[i]);
    const char *at = strstr(map_head, "ID");
    snprintf(hex, sizeof hex, "%.*s%s%s%s", (int)(at - map_head), map_head, id, at + 2, lanes);
    return unhex(out, cap, hex);
}

static size_t usual_map(uint8_t *out, size_t cap)
{
    char lanes[4000];
    snprintf(lanes, sizeof lanes, "09 91 %s", lane_hex);
    return map_of(out, cap, lanes);
}

static garita_error decode_map(garita_fault *fault, const uint8_t *map, size_t map_len)
{
    garita_policy *p;
    statement s = sign_map(&agency, map, map_len);
    garita_error e = decode(&p, fault, &s, &agency);
    assert_true((e == GARITA_OK) == (p != NULL));
    garita_policy_free(p);
    free(s.bytes);
    return e;
}

static void the_map_is_as_the_page_has_it(void **state)
{
    (void)state;
    uint8_t map[2000];
    size_t len = usual_map(map, sizeof map);
    statement s = sign_map(&agency, map, len);
    garita_policy *p;
    garita_fault fault;
    garita_error e = decode(&p, &fault, &s, &agency);
    if (e != GARITA_OK)
        fail_msg("%s: %s at %zu", garita_error_name(e), fault.field, fault.at);
    assert_int_equal(p->serial, 7);
    assert_int_equal(p->from, 1000);
    assert_int_equal(p->until, 2000);
    assert_string_equal(p->country, "USA");
    assert_true(texts_equal(p->title.en, utf8("e")) && texts_equal(p->title.es, utf8("s")));
    assert_int_equal(p->lane_count, 1);
    const garita_lane *lane = p->lanes;
    assert_string_equal(lane->name, "fast");
    assert_string_equal(lane->country, "USA");
    assert_int_equal(lane->programmes, 1 << 4 | 1 << 5);
    assert_true(lane->waives_serial_unknown);
    assert_true(ages_equal(lane->refer_after, (garita_lane_ages){0, 1, 2}));
    assert_true(ages_equal(lane->reject_after, (garita_lane_ages){0, 0, 5}));
    assert_int_equal(lane->outcomes.suspended, GARITA_REJECT);
    assert_int_equal(lane->outcomes.lane_mismatch, GARITA_UNDECIDED);
    assert_int_equal(lane->requirement_count, 1);
    assert_int_equal(lane->requirements[0].alternative_count, 2);
    assert_int_equal(lane->requirements[0].alternatives[0].max_age_s, 100);
    assert_int_equal(lane->requirements[0].alternatives[1].kind, 2);
    assert_int_equal(lane->denied_count, 2);
    assert_true(texts_equal(lane->denied[1], utf8("B")));
    assert_int_equal(lane->rule_count, 2);
    assert_true(texts_equal(lane->rules[0].id, utf8("r1")));
    assert_int_equal(lane->rules[0].expression.len, 8);
    assert_memory_equal(lane->rules[0].expression.at, usual_rules[0].expression.at, 8);
    assert_int_equal(lane->rules[0].otherwise, GARITA_REJECT);
    assert_int_equal(lane->rules[1].subjects, 7);
    assert_int_equal(lane->role_count, 2);
    assert_false(lane->roles[0].employs);
    assert_true(lane->roles[1].employs);
    assert_int_equal(lane->roles[1].fewest, 0);
    /* the same is written */
    statement again = issue_policy(&agency, p);
    assert_int_equal(again.len, s.len);
    assert_memory_equal(again.bytes, s.bytes, s.len);
    garita_policy_free(p);
    free(s.bytes);
    free(again.bytes);
}

/* A flaw: what is in the place of a stretch that is there exactly once. */
static const struct {
    const char *there, *instead, *error, *field;
} flaws[] = {
    /* the map */
    {"04 07 05 cd 03 e8", "05 cd 03 e8", "missing-key", ""},
    {"05 cd 03 e8 06 cd 07 d0", "06 cd 07 d0", "missing-key", ""},
    {"06 cd 07 d0 07", "07", "missing-key", ""},
    {"07 a3 55 53 41 08 82", "08 82", "missing-key", ""},
    {"05 cd 03 e8 06 cd 07 d0", "05 cd 07 d0 06 cd 07 d0", "date-order", "until"},
    {"05 cd 03 e8", "05 ff", "wrong-kind", "from"},
    {"04 07 05 cd", "04 00 05 cd", "range", "serial"},
    {"07 a3 55 53 41", "07 a2 55 53", "country", "country"},
    {"41 08 82 00 a1 65 01 a1 73 09", "41 08 81 00 a1 65 09", "missing-key", "title"},
    {"41 08 82 00 a1 65 01 a1 73 09", "41 08 83 00 a1 65 01 a1 73 02 a1 66 09", "unknown-key",
     "title"},
    {"41 08 82 00 a1 65 01 a1 73 09", "41 08 83 00 a1 65 01 a1 73 40 a1 66 09", "unknown-key",
     "title"},
    /* the lane */
    {"8b 00 a4 66 61 73 74 01", "8a 01", "missing-key", "lanes"},
    {"a4 66 61 73 74", "a4 66 61 73 5f", "range", "lanes.name"},
    {"a4 66 61 73 74", "a3 61 6e 79", "range", "lanes.name"},
    {"8b 00 a4 66 61 73 74 01 " W, "8a 00 a4 66 61 73 74 ", "missing-key", "lanes"},
    {"02 30 03 01", "02 30 03 00", "range", "lanes.flags"},
    {"02 30 03 01", "02 30 03 02", "range", "lanes.flags"},
    {"02 30 03 01", "02 30 03 03", "range", "lanes.flags"},
    {"04 93 00 01 02", "04 92 00 01", "range", "lanes.refer_after"},
    {"04 93 00 01 02", "04 94 00 01 02 03", "range", "lanes.refer_after"},
    {"04 93 00 01 02", "04 90", "empty", "lanes.refer_after"},
    {"04 93 00 01 02", "04 93 00 01 c0", "wrong-kind", "lanes.refer_after"},
    {"05 93 00 00 05", "05 93 00 00 00", "empty", "lanes.reject_after"},
    {"06 81 01 03", "06 80", "empty", "lanes.outcomes"},
    {"06 81 01 03", "06 81 01 01", "range", "lanes.outcomes"},
    {"06 81 01 03", "06 81 01 04", "range", "lanes.outcomes"},
    {"06 81 01 03", "06 81 00 03", "unknown-key", "lanes.outcomes"},
    {"06 81 01 03", "06 81 05 03", "unknown-key", "lanes.outcomes"},
    {"06 81 01 03", "06 82 02 03 01 03", "key-order", "lanes.outcomes"},
    {"07 91 83", "07 81 83", "wrong-kind", "lanes.requirements"},
    {"07 91 83 00 82 00 a1 65 01 a1 73 01 01 02 92 92 01 64 92 02 00", "07 90", "empty",
     "lanes.requirements"},
    {"01 01 02 92 92 01 64 92 02 00", "01 08 02 92 92 01 64 92 02 00", "range",
     "lanes.requirements.subjects"},
    {"02 92 92 01 64 92 02 00", "02 90", "empty", "lanes.requirements.alternatives"},
    {"92 01 64 92 02 00", "92 01 64 91 02", "range", "lanes.requirements.alternatives"},
    {"92 01 64 92 02 00", "92 01 64 93 02 00 00", "range", "lanes.requirements.alternatives"},
    {"92 01 64 92 02 00", "92 00 64 92 02 00", "range", "lanes.requirements.alternatives"},
    {"08 92 a1 41 a1 42", "08 90", "empty", "lanes.denied"},
    {"08 92 a1 41 a1 42", "08 92 a1 42 a1 41", "key-order", "lanes.denied"},
    {"08 92 a1 41 a1 42", "08 92 a1 41 a1 41", "twice", "lanes.denied"},
    {"08 92 a1 41 a1 42", "08 92 a1 2d a1 42", "range", "lanes.denied"},
    {"85 00 a2 72 32", "85 00 a2 72 31", "twice", "lanes.rules"},
    {"02 07 03 02 04 c3", "02 07 03 02 04 c0", "rule", "lanes.rules.expression"},
    {"02 07 03 02 04 c3", "02 07 03 02 04 c4 01 c3", "rule", "lanes.rules.expression"},
    {"02 07 03 02 04 c3", "02 07 03 02 04 ca 00 00 00 00", "forbidden-kind",
     "lanes.rules.expression"},
    {"02 07 03 02 04 c3", "02 07 03 02 40 c3", "unknown-key", "lanes.rules"},
    {"03 92 81 01 a1 61 01", "03 91 81 01 a1 61", "rule", "lanes.rules.expression"},
    {"03 92 81 01 a1 61 01", "3f 92 81 01 a1 61 01", "rule", "lanes.rules.expression"},
    {"02 10 03 01 04 01", "02 50 03 01 04 01", "range", "lanes.roles.programmes"},
    {"02 10 03 01 04 01", "02 10 03 02 04 01", "range", "lanes.roles.most"},
    {"04 01 05 c3", "04 01 05 c2", "range", "lanes.roles.employs"},
    {"04 01 05 c3", "04 01 05 01", "wrong-kind", "lanes.roles.employs"},
    {"01 02 02 20 03 00", "01 04 02 20 03 00", "range", "lanes.roles.employs"},
};

static size_t replace(uint8_t *out, const uint8_t *map, size_t len, const char *there,
                      const char *instead)
{
    uint8_t from[100], to[100];
    size_t from_len = unhex(from, sizeof from, there), to_len = unhex(to, sizeof to, instead);
    size_t found = SIZE_MAX, count = 0;
    for (size_t i = 0; i + from_len <= len; i++) {
        if (memcmp(map + i, from, from_len) == 0) {
            found = i;
            count++;
        }
    }
    if (count != 1)
        fail_msg("%s is there %zu times", there, count);
    memcpy(out, map, found);
    memcpy(out + found, to, to_len);
    memcpy(out + found + to_len, map + found + from_len, len - found - from_len);
    return len - from_len + to_len;
}

static void each_flaw_is_refused_with_its_place(void **state)
{
    (void)state;
    uint8_t map[2000], flawed[2100];
    size_t len = usual_map(map, sizeof map);
    for (size_t i = 0; i < COUNT(flaws); i++) {
        garita_fault fault;
        size_t flawed_len = replace(flawed, map, len, flaws[i].there, flaws[i].instead);
        if (strcmp(flaws[i].error, "missing-key") == 0 && flaws[i].field[0] == '\0')
            flawed[0]--; /* of the outermost map, whose header stands apart */
        garita_error e = decode_map(&fault, flawed, flawed_len);
        if (strcmp(garita_error_name(e), flaws[i].error) != 0 ||
            strcmp(fault.field, flaws[i].field) != 0)
            fail_msg("%s instead of %s: %s in \"%s\"", flaws[i].instead, flaws[i].there,
                     garita_error_name(e), fault.field);
    }
}

#define LANE(name) "84 00 a1 " name " 01 " W "02 00 04 93 00 00 00 "

static void lanes_stand_in_order(void **state)
{
    (void)state;
    uint8_t map[2000];
    garita_fault fault;
    static const struct {
        const char *lanes, *error, *field;
    } cases[] = {
        {"09 92 " LANE("61") LANE("62"), "ok", ""},
        {"09 92 " LANE("62") LANE("61"), "key-order", "lanes.name"},
        {"09 92 " LANE("61") LANE("61"), "twice", "lanes.name"},
        {"09 90", "empty", "lanes"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        garita_error e = decode_map(&fault, map, map_of(map, sizeof map, cases[i].lanes));
        assert_string_equal(garita_error_name(e), cases[i].error);
        assert_string_equal(fault.field, cases[i].field);
    }
}

/* A rule as deep as rules may be, and one more: within the policy's own depth. */
static void rules_are_bounded_in_depth(void **state)
{
    (void)state;
    for (unsigned depth = GARITA_RULE_DEPTH_MAX - 1; depth <= GARITA_RULE_DEPTH_MAX + 1; depth++) {
        uint8_t expression[2 * GARITA_RULE_DEPTH_MAX + 4];
        size_t len = 0;
        for (unsigned i = 0; i + 1 < depth; i += 2) { /* {"!": [ … ]} */
            expression[len++] = 0x81;
            expression[len++] = 0x0f;
            expression[len++] = 0x91;
        }
        if (depth % 2 == 1)
            expression[len++] = 0x91;
        expression[len++] = 0xc3;
        garita_rule rule = usual_rules[0];
        rule.expression = (garita_bytes){expression, len};
        garita_lane lane = plain_lane("a");
        lane.rules = &rule;
        lane.rule_count = 1;
        garita_policy p = policy_of(&lane, 1);
        garita_fault fault;
        statement s;
        garita_error e = garita_policy_issue(&s.bytes, &s.len, &fault, &p, &agency.signer);
        if (depth <= GARITA_RULE_DEPTH_MAX)
            assert_ok(e);
        else
            assert_error(e, DEPTH);
        free(s.bytes);
    }
}

/* Cut anywhere, or with any byte altered, a map is refused or says something else that is written
 * in exactly these bytes. */
static void a_map_has_one_encoding(void **state)
{
    (void)state;
    uint8_t map[2000];
    size_t len = usual_map(map, sizeof map), read = 0;
    garita_fault fault;
    for (size_t cut = 40; cut < len; cut++)
        assert_int_not_equal(decode_map(&fault, map, cut), GARITA_OK);
    static const uint8_t masks[] = {0x01, 0x02, 0x10, 0x20, 0x80, 0xff};
    for (size_t i = 30; i < len; i++) {
        for (size_t m = 0; m < COUNT(masks); m++) {
            garita_policy *p;
            map[i] ^= masks[m];
            statement s = sign_map(&agency, map, len);
            if (decode(&p, &fault, &s, &agency) == GARITA_OK) {
                statement again = issue_policy(&agency, p);
                assert_int_equal(again.len, s.len);
                assert_memory_equal(again.bytes, s.bytes, s.len);
                free(again.bytes);
                read++;
            }
            garita_policy_free(p);
            free(s.bytes);
            map[i] ^= masks[m];
        }
    }
    assert_true(read > 50);
}

/* --- who signed it --- */

static garita_trust *usual_trust(void)
{
    garita_trust *trust;
    assert_ok(garita_trust_new(&trust));
    pin(trust, &anchor, (grant){.serial = 1, .countries = "CAN USA"});
    return trust;
}

static const garita_issuer *signer_of(garita_error *e, const garita_trust *trust,
                                      const statement *s)
{
    garita_policy *p;
    const garita_issuer *r = garita_policy_signer(&p, e, trust, NULL, s->bytes, s->len);
    assert_true((*e == GARITA_OK) == (r != NULL));
    assert_true((p != NULL) == (r != NULL));
    garita_policy_free(p);
    assert_ptr_equal(garita_policy_signer(NULL, NULL, trust, NULL, s->bytes, s->len), r);
    return r;
}

static void policy_is_whose_key_signed_it(void **state)
{
    (void)state;
    garita_trust *trust = usual_trust();
    garita_lane lane = full_lane("fast");
    garita_policy p = policy_of(&lane, 1);
    garita_error e;
    const garita_issuer *record = add(trust, &anchor, &agency, (grant){.serial = 2});
    statement s = issue_policy(&agency, &p);
    assert_ptr_equal(signer_of(&e, trust, &s), record);
    s.bytes[s.len - 1] ^= 1;
    assert_null(signer_of(&e, trust, &s));
    assert_error(e, BAD_SIGNATURE);
    free(s.bytes);
    s = issue_policy(&stranger, &p);
    assert_null(signer_of(&e, trust, &s));
    assert_error(e, UNKNOWN_ISSUER);
    free(s.bytes);
    party liar = stranger;
    liar.signer.id = agency.signer.id;
    s = issue_policy(&liar, &p);
    assert_null(signer_of(&e, trust, &s));
    assert_error(e, BAD_SIGNATURE);
    free(s.bytes);
    garita_trust_free(trust);
}

static void policy_needs_the_type_and_the_country(void **state)
{
    (void)state;
    garita_trust *trust = usual_trust();
    garita_lane lane = full_lane("fast");
    garita_policy p = policy_of(&lane, 1);
    garita_error e;
    add(trust, &anchor, &agency,
        (grant){.serial = 2, .types = GARITA_TYPES_ALL & ~(1u << GARITA_TYPE_POLICY)});
    statement s = issue_policy(&agency, &p);
    assert_null(signer_of(&e, trust, &s));
    assert_error(e, OUT_OF_SCOPE);
    add(trust, &anchor, &agency, (grant){.serial = 3, .country = "CAN", .countries = "CAN"});
    assert_null(signer_of(&e, trust, &s));
    assert_error(e, OUT_OF_SCOPE);
    free(s.bytes);
    memcpy(p.country, "CAN", 4);
    s = issue_policy(&agency, &p);
    const garita_issuer *r = signer_of(&e, trust, &s);
    assert_non_null(r);
    assert_int_equal(r->serial, 3);
    free(s.bytes);
    garita_trust_free(trust);
}

static void a_policy_that_cannot_be_read_is_told_only_of_those_who_signed_it(void **state)
{
    (void)state;
    garita_trust *trust = usual_trust();
    uint8_t map[2000], newer[2000];
    size_t len = usual_map(map, sizeof map);
    garita_error e;
    len = replace(newer, map, len, "8b 00 a4 66", "8c 00 a4 66");
    newer[len++] = 0x0b; /* a key of a lane that nobody knows */
    newer[len++] = 0x01;
    statement s = sign_map(&agency, newer, len);
    assert_null(signer_of(&e, trust, &s));
    assert_error(e, UNKNOWN_ISSUER);
    add(trust, &anchor, &agency, (grant){.serial = 2});
    assert_null(signer_of(&e, trust, &s));
    assert_error(e, UNKNOWN_KEY);
    s.bytes[s.len - 1] ^= 1;
    assert_null(signer_of(&e, trust, &s));
    assert_error(e, BAD_SIGNATURE);
    free(s.bytes);
    garita_trust_free(trust);
}

static void each_authority_that_has_the_key_is_found_once(void **state)
{
    (void)state;
    garita_trust *trust = usual_trust();
    party other;
    party_make(&other, 84);
    pin(trust, &other, (grant){.serial = 1, .countries = "USA"});
    const garita_issuer *first = add(trust, &anchor, &agency, (grant){.serial = 2});
    add(trust, &anchor, &agency, (grant){.serial = 3, .until = "2044-01-01"}); /* a renewal */
    const garita_issuer *second = add(trust, &other, &agency, (grant){.serial = 2});
    garita_lane lane = full_lane("fast");
    garita_policy p = policy_of(&lane, 1), *out;
    garita_error e;
    statement s = issue_policy(&agency, &p);
    assert_ptr_equal(garita_policy_signer(&out, &e, trust, NULL, s.bytes, s.len), first);
    garita_policy_free(out);
    assert_ptr_equal(garita_policy_signer(&out, &e, trust, first, s.bytes, s.len), second);
    assert_policies_equal(&p, out);
    garita_policy_free(out);
    assert_null(garita_policy_signer(&out, &e, trust, second, s.bytes, s.len));
    assert_ok(e);
    assert_null(out);
    free(s.bytes);
    garita_trust_free(trust);
}

/* --- of one that cannot be read --- */

static void the_first_keys_are_read_of_any_policy(void **state)
{
    (void)state;
    static const struct {
        const char *there, *instead;
        uint32_t serial;
        bool is_read;
    } cases[] = {
        {"09 91 8b", "09 91 8b", 7, true},
        {"09 91 8b", "09 c0 8b", 7, true}, /* whatever comes later */
        {"08 82", "0c 82", 7, true},
        {"07 a3 55 53 41", "07 a2 55 53", 7, false},
        {"05 cd 03 e8 06 cd 07 d0", "05 cd 07 d0 06 cd 07 d0", 7, false}, /* never in force? */
        {"06 cd 07 d0 07", "07", 7, false},
        {"05 cd 03 e8", "05 c0", 7, false},
        {"04 07 05", "04 00 05", 0, false},
    };
    uint8_t map[2000], altered[2000];
    size_t len = usual_map(map, sizeof map);
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t serial = 99;
        int64_t from = 99, until = 99;
        char country[GARITA_COUNTRY_SIZE] = "XXX";
        size_t altered_len = replace(altered, map, len, cases[i].there, cases[i].instead);
        uint8_t *copy = exact_copy(altered, altered_len);
        garita_verified verified = {
            .map = copy, .map_len = altered_len, .type = GARITA_TYPE_POLICY};
        assert_int_equal(garita_policy_peek(&serial, &from, &until, country, &verified),
                         cases[i].is_read);
        assert_int_equal(serial, cases[i].serial);
        assert_true(from == (cases[i].is_read ? 1000 : INT64_MIN));
        assert_true(until == (cases[i].is_read ? 2000 : INT64_MAX));
        assert_string_equal(country, cases[i].is_read ? "USA" : "");
        free(copy);
    }
}

static void lane_names_are_of_few_letters(void **state)
{
    (void)state;
    static const char *const good[] = {"a", "otay-mesa", "sentri/1", "9.x", "-"};
    static const char *const bad[] = {"", "A", "a b", "a_b", "ñ", "default", "any", "a\n"};
    char longest[GARITA_LANE_NAME_BYTES_MAX + 1];
    memset(longest, 'a', sizeof longest);
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(garita_lane_name_is_wellformed(good[i], strlen(good[i])));
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(garita_lane_name_is_wellformed(bad[i], strlen(bad[i])));
    assert_true(garita_lane_name_is_wellformed(longest, sizeof longest - 1));
    assert_false(garita_lane_name_is_wellformed(longest, sizeof longest));
    assert_false(garita_lane_name_is_wellformed("a\0b", 3));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy_comes_back_as_it_was_issued),
        cmocka_unit_test(lanes_are_written_by_name),
        cmocka_unit_test(a_lane_is_named_once),
        cmocka_unit_test(a_policy_may_be_as_large_as_its_type),
        cmocka_unit_test(policy_bounds_its_fields),
        cmocka_unit_test(the_map_is_as_the_page_has_it),
        cmocka_unit_test(each_flaw_is_refused_with_its_place),
        cmocka_unit_test(lanes_stand_in_order),
        cmocka_unit_test(rules_are_bounded_in_depth),
        cmocka_unit_test(a_map_has_one_encoding),
        cmocka_unit_test(policy_is_whose_key_signed_it),
        cmocka_unit_test(policy_needs_the_type_and_the_country),
        cmocka_unit_test(a_policy_that_cannot_be_read_is_told_only_of_those_who_signed_it),
        cmocka_unit_test(each_authority_that_has_the_key_is_found_once),
        cmocka_unit_test(the_first_keys_are_read_of_any_policy),
        cmocka_unit_test(lane_names_are_of_few_letters),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, NULL);
}
