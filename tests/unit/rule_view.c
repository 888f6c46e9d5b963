/* What a rule sees, as one reads it: against the JSON of the page, written out by the test. */
#include "checkpoint.h"

#include <stdio.h>
#include <stdlib.h>

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

/* --- a value as JSON, as it stands: no escapes, which no text here needs --- */

static char json[32768];
static size_t json_len;

static void add_text(const char *text, size_t len)
{
    assert_true(len < sizeof json - json_len);
    memcpy(json + json_len, text, len);
    json_len += len;
    json[json_len] = '\0';
}

static void add_string(garita_utf8 text)
{
    add_text("\"", 1);
    add_text(text.at, text.len);
    add_text("\"", 1);
}

static void add_value(const garita_value *value)
{
    char number[32];
    switch (value->kind) {
    case GARITA_VALUE_TEXT:
        add_string(value->as.text);
        return;
    case GARITA_VALUE_INTEGER:
        add_text(number,
                 (size_t)snprintf(number, sizeof number, "%lld", (long long)value->as.integer));
        return;
    case GARITA_VALUE_ARRAY:
        add_text("[", 1);
        for (size_t i = 0; i < value->as.array.count; i++) {
            if (i > 0)
                add_text(",", 1);
            add_value(&value->as.array.at[i]);
        }
        add_text("]", 1);
        return;
    case GARITA_VALUE_OBJECT:
        add_text("{", 1);
        for (size_t i = 0; i < value->as.object.count; i++) {
            if (i > 0)
                add_text(",", 1);
            add_string(value->as.object.at[i].name);
            add_text(":", 1);
            add_value(&value->as.object.at[i].value);
        }
        add_text("}", 1);
        return;
    case GARITA_VALUE_NULL:
    case GARITA_VALUE_BOOLEAN:
    case GARITA_VALUE_TIME:
        break;
    }
    fail_msg("a view has no values of kind %d", (int)value->kind);
}

/* --- drawing one --- */

static garita_verdict verdict;
static garita_shown beside[GARITA_SHOWN_MAX];
static garita_setting setting;
static garita_lane lane;

static void judge(const garita_credential *claims, const blob *shown, size_t count)
{
    blob code;
    for (size_t i = 0; i < count; i++)
        garita_verify_attestation(&beside[i], &setting, shown[i].bytes, shown[i].len);
    setting.beside = beside;
    setting.beside_count = count;
    issue(&code, &c.people[AGENCY], claims);
    garita_verify_statement(&verdict, &setting, code.bytes, code.len);
    assert_true(verdict.has_credential);
}

/* In exactly so much memory as is promised to be enough. */
static void draw(void)
{
    garita_value *values = calloc(GARITA_VIEW_VALUES_MAX, sizeof *values), view;
    garita_member *members = calloc(GARITA_VIEW_MEMBERS_MAX, sizeof *members);
    char *texts = malloc(GARITA_VIEW_TEXT_MAX);
    assert_true(values && members && texts);
    garita_room room = {.values = values,
                        .value_cap = GARITA_VIEW_VALUES_MAX,
                        .members = members,
                        .member_cap = GARITA_VIEW_MEMBERS_MAX};
    garita_rule_view(&view, &room, texts, &verdict, &setting);
    json_len = 0;
    add_value(&view);
    free(values);
    free(members);
    free(texts);
}

static int begin(void **state)
{
    (void)state;
    checkpoint_reset(&c);
    lane = checkpoint_lane();
    setting = checkpoint_setting(&c, &lane);
    setting.is_member = true;
    return 0;
}

#define NOW_AND_LANE                                                                               \
    "{\"now\":\"2027-06-01T12:00:00.000Z\",\"lane\":{\"name\":\"otay-mesa/1\","                    \
    "\"country\":\"USA\"},"
#define AGENCY_JSON "{\"name\":\"Border agency\",\"country\":\"USA\"}"
#define MINISTRY_JSON "{\"name\":\"Ministry of health\",\"country\":\"USA\"}"
#define LABOR_JSON "{\"name\":\"Labor authority\",\"country\":\"USA\"}"
#define DATES "\"not_before\":\"2026-01-01\",\"expires\":\"2031-01-01\""

static void holder_is_seen_without_name_or_number(void **state)
{
    (void)state;
    garita_credential holder = a_holder(1, SENTRI);
    judge(&holder, NULL, 0);
    draw();
    assert_string_equal(json, NOW_AND_LANE
                        "\"credential\":{\"programme\":\"sentri\",\"about\":\"holder\","
                        "\"issuer\":" AGENCY_JSON "," DATES ",\"holder\":{"
                        "\"birth_date\":\"1988-04-02\",\"nationality\":\"MEX\","
                        "\"document\":{\"type\":\"passport\",\"country\":\"MEX\"}},"
                        "\"employer\":{\"id\":\"IMMEX-1234-2006\"}},\"attestations\":{}}");
    holder.employer_id = utf8(NULL);
    holder.birth_date = 19880000;
    holder.programme = 60; /* of which this program knows no name */
    holder.document_type = 63;
    judge(&holder, NULL, 0);
    draw();
    assert_string_equal(json, NOW_AND_LANE
                        "\"credential\":{\"programme\":60,\"about\":\"holder\","
                        "\"issuer\":" AGENCY_JSON "," DATES ",\"holder\":{"
                        "\"birth_date\":\"1988\",\"nationality\":\"MEX\","
                        "\"document\":{\"type\":63,\"country\":\"MEX\"}}},\"attestations\":{}}");
}

static void company_and_vehicle_are_seen_as_such(void **state)
{
    (void)state;
    garita_credential company = a_company(1, CTPAT, NULL), vehicle = a_vehicle(2, SENTRI);
    judge(&company, NULL, 0);
    draw();
    assert_string_equal(json, NOW_AND_LANE
                        "\"credential\":{\"programme\":\"ctpat\",\"about\":\"company\","
                        "\"issuer\":" AGENCY_JSON "," DATES ",\"company\":{"
                        "\"id\":\"IMMEX-1234-2006\",\"country\":\"USA\"}},\"attestations\":{}}");
    judge(&vehicle, NULL, 0);
    draw();
    assert_string_equal(json, NOW_AND_LANE
                        "\"credential\":{\"programme\":\"sentri\",\"about\":\"vehicle\","
                        "\"issuer\":" AGENCY_JSON "," DATES ",\"vehicle\":{"
                        "\"country\":\"MEX\",\"plate\":\"AB-12-345\"}},\"attestations\":{}}");
}

static void each_kind_of_attestation_is_seen_with_its_facts(void **state)
{
    (void)state;
    garita_credential holder = a_holder(1, SENTRI);
    blob shown[6];
    for (unsigned kind = 1; kind < GARITA_ATTESTATION_KIND_END; kind++) {
        garita_attestation a = an_attestation(10 + kind, (garita_attestation_kind)kind, &holder);
        if (kind == GARITA_ATTESTATION_TRUSTED_TRADER) {
            a.fact.trusted_trader.recognized_by_count = 2;
            a.fact.trusted_trader.recognized_by[0] = utf8("CAN");
            a.fact.trusted_trader.recognized_by[1] = utf8("MEX");
        }
        attest(&shown[kind - 1], &c.people[kind <= GARITA_ATTESTATION_RECOVERY ? MINISTRY : LABOR],
               &a);
    }
    judge(&holder, shown, COUNT(shown));
    assert_int_equal(verdict.outcome, GARITA_ACCEPT);
    draw();
    const char *at = strstr(json, "\"attestations\":");
    assert_non_null(at);
    assert_string_equal(
        at, "\"attestations\":{"
            "\"vaccination\":[{\"product\":\"EU/1/20/1528\",\"dose\":2,\"doses\":2,"
            "\"date\":\"2027-05-01\",\"issuer\":" MINISTRY_JSON "}],"
            "\"test\":[{\"type\":\"naat\",\"result\":\"negative\","
            "\"sampled_at\":\"2027-06-01T11:00:00Z\",\"issuer\":" MINISTRY_JSON "}],"
            "\"recovery\":[{\"date\":\"2027-05-01\",\"issuer\":" MINISTRY_JSON "}],"
            "\"essential-worker\":[{\"sector\":\"healthcare\",\"employer\":\"HARVEST-77\","
            "\"country\":\"USA\",\"since\":\"2027-05-01\",\"issuer\":" LABOR_JSON "}],"
            "\"labor-cert\":[{\"scheme\":\"H-2A\",\"level\":\"3\",\"since\":\"2027-05-01\","
            "\"issuer\":" LABOR_JSON "}],"
            "\"trusted-trader\":[{\"scheme\":\"ctpat\",\"tier\":2,"
            "\"recognized_by\":[\"CAN\",\"MEX\"],\"since\":\"2027-05-01\","
            "\"issuer\":" LABOR_JSON "}]}}");
}

/* The dose tells them apart; each is what the list should have at its place. */
static void newest_comes_first_and_what_does_not_count_is_not_there(void **state)
{
    (void)state;
    static const struct {
        uint32_t serial;
        const char *date;
        uint8_t dose;
        who by;
    } given[] = {{20, "2027-01-01", 5, MINISTRY}, {21, "2027-03-01", 2, MINISTRY},
                 {23, "2027-02-01", 3, MINISTRY}, {22, "2027-02-01", 4, MINISTRY},
                 {24, "2027-05-01", 1, MINISTRY}, {25, "2027-04-01", 9, MINISTRY},
                 {26, "2027-04-01", 9, LABOR},    {27, "2027-04-01", 9, STRANGER}};
    garita_credential holder = a_holder(1, SENTRI);
    blob shown[COUNT(given)];
    for (size_t i = 0; i < COUNT(given); i++) {
        garita_attestation a =
            an_attestation(given[i].serial, GARITA_ATTESTATION_VACCINATION, &holder);
        a.fact.vaccination.date = day(given[i].date);
        a.fact.vaccination.dose = given[i].dose;
        a.fact.vaccination.doses = 9;
        attest(&shown[i], &c.people[given[i].by], &a);
    }
    checkpoint_mark(&c, MINISTRY, 25, GARITA_STANDING_SUSPENDED);
    judge(&holder, shown, COUNT(shown));
    assert_int_equal(verdict.shown_count, COUNT(shown));
    draw();
    const char *at = json;
    for (int i = 1; i <= 5; i++) {
        char dose[32];
        snprintf(dose, sizeof dose, "\"dose\":%d,", i);
        at = strstr(at, dose);
        assert_non_null(at);
    }
    assert_null(strstr(json, "\"dose\":9,"));
}

/* What a requirement asks for is seen as young as the requirement wants it; of several that ask for
 * a kind the most patient counts, those of other subjects do not; other kinds have no age. */
static void what_is_too_old_for_every_requirement_is_not_there(void **state)
{
    (void)state;
    enum { DAY_S = 86400, TEST = GARITA_ATTESTATION_TEST };
    garita_credential holder = a_holder(1, SENTRI);
    blob shown[3];
    for (uint32_t i = 0; i < 2; i++) { /* a day and three days old */
        garita_attestation a = an_attestation(20 + i, GARITA_ATTESTATION_TEST, &holder);
        a.fact.test.sampled_at = WORLD_NOW - (int64_t)(1 + 2 * i) * DAY_S;
        a.fact.test.result = (uint8_t)(1 + i);
        attest(&shown[i], &c.people[MINISTRY], &a);
    }
    garita_attestation a = an_attestation(30, GARITA_ATTESTATION_VACCINATION, &holder);
    attest(&shown[2], &c.people[MINISTRY], &a);
    static const struct {
        uint64_t subjects[2];
        int64_t ages[3]; /* two ways of the first, one of the second */
        bool young, old;
    } rows[] = {{{HOLDERS, 0}, {DAY_S, DAY_S, 0}, true, false},
                {{HOLDERS, 0}, {DAY_S - 1, 1, 0}, false, false},
                {{HOLDERS, 0}, {DAY_S, 3 * DAY_S, 0}, true, true},
                {{HOLDERS, 0}, {DAY_S, 3 * DAY_S - 1, 0}, true, false},
                {{HOLDERS, 0}, {1, 0, 0}, true, true},
                {{HOLDERS, VEHICLES}, {1, 2, 0}, false, false},
                {{VEHICLES | COMPANIES, 0}, {1, 2, 0}, true, true},
                {{HOLDERS, HOLDERS}, {1, 2, DAY_S}, true, false},
                {{HOLDERS, HOLDERS}, {1, 2, 0}, true, true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        garita_requirement asked[2] = {
            {.subjects = (uint8_t)rows[i].subjects[0],
             .alternative_count = 2,
             .alternatives = {{TEST, rows[i].ages[0]}, {TEST, rows[i].ages[1]}}},
            {.subjects = (uint8_t)rows[i].subjects[1],
             .alternative_count = 1,
             .alternatives = {{TEST, rows[i].ages[2]}}}};
        lane.requirements = asked;
        lane.requirement_count = 2;
        judge(&holder, shown, COUNT(shown));
        draw();
        if ((strstr(json, "\"negative\"") != NULL) != rows[i].young ||
            (strstr(json, "\"positive\"") != NULL) != rows[i].old)
            fail_msg("row %zu: %s", i, json);
        assert_non_null(strstr(json, "\"vaccination\":[{"));
        if (!rows[i].young && !rows[i].old)
            assert_null(strstr(json, "\"test\""));
    }
    lane.requirement_count = 0;
}

static void as_many_as_there_can_be_fit(void **state)
{
    (void)state;
    static const char *const countries[GARITA_RECOGNITIONS_MAX] = {"ARG", "BRA", "CAN", "CHL",
                                                                   "COL", "CRI", "MEX", "PER"};
    garita_credential holder = a_holder(1, SENTRI);
    static blob shown[GARITA_SHOWN_MAX];
    for (unsigned kind = 1; kind < GARITA_ATTESTATION_KIND_END; kind++) {
        for (uint32_t i = 0; i < COUNT(shown); i++) {
            garita_attestation a = an_attestation(10 + i, (garita_attestation_kind)kind, &holder);
            if (kind == GARITA_ATTESTATION_TRUSTED_TRADER) {
                a.fact.trusted_trader.recognized_by_count = COUNT(countries);
                for (size_t k = 0; k < COUNT(countries); k++)
                    a.fact.trusted_trader.recognized_by[k] = utf8(countries[k]);
            }
            attest(&shown[i], &c.people[kind <= GARITA_ATTESTATION_RECOVERY ? MINISTRY : LABOR],
                   &a);
        }
        judge(&holder, shown, COUNT(shown));
        assert_int_equal(verdict.shown_count, GARITA_SHOWN_MAX);
        draw();
    }
}

static void now_is_the_effective_one_or_absent(void **state)
{
    (void)state;
    garita_credential holder = a_holder(1, SENTRI);
    setting.clock.has_floor = true;
    setting.clock.floor = WORLD_NOW + 61;
    judge(&holder, NULL, 0);
    draw();
    assert_non_null(strstr(json, "{\"now\":\"2027-06-01T12:01:01.000Z\","));
    setting.clock.has_floor = false;
    static const int64_t without_text[] = {-1, INT64_MIN, INT64_MAX, INT64_C(253402300800)};
    for (size_t i = 0; i < COUNT(without_text); i++) {
        setting.clock.now = without_text[i];
        judge(&holder, NULL, 0);
        draw();
        assert_null(strstr(json, "\"now\""));
    }
    setting.clock.now = INT64_C(253402300799);
    judge(&holder, NULL, 0);
    draw();
    assert_non_null(strstr(json, "{\"now\":\"9999-12-31T23:59:59.000Z\","));
    setting.clock.is_known = false;
    judge(&holder, NULL, 0);
    draw();
    assert_null(strstr(json, "\"now\""));
    setting.lane = garita_lane_builtin("default"); /* of no country */
    draw();
    assert_non_null(strstr(json, "{\"lane\":{\"name\":\"default\"},"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(holder_is_seen_without_name_or_number, begin),
        cmocka_unit_test_setup(company_and_vehicle_are_seen_as_such, begin),
        cmocka_unit_test_setup(each_kind_of_attestation_is_seen_with_its_facts, begin),
        cmocka_unit_test_setup(newest_comes_first_and_what_does_not_count_is_not_there, begin),
        cmocka_unit_test_setup(what_is_too_old_for_every_requirement_is_not_there, begin),
        cmocka_unit_test_setup(as_many_as_there_can_be_fit, begin),
        cmocka_unit_test_setup(now_is_the_effective_one_or_absent, begin),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
