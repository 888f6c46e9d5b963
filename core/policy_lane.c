/* The lanes of a policy, read: FORMAT.md, "policy". */
#include <string.h>

#include <garita/certlogic.h>

#include "fields.h"
#include "policy_read.h"

#define KEY_BIT(key) (UINT64_C(1) << (key))

static uint8_t read_subjects(garita_reader *r, const char *field)
{
    return (uint8_t)garita_policy_number(r, field, 1, GARITA_SUBJECTS_ALL);
}

static garita_outcome read_outcome(garita_reader *r, const char *field)
{
    return (garita_outcome)garita_policy_number(r, field, GARITA_REFER, GARITA_REJECT);
}

/* Bytewise, the shorter first. */
static int compare(garita_utf8 a, garita_utf8 b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len > 0 ? memcmp(a.at, b.at, len) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* Each text of a list after the one before it, which has len 0 before the first. */
static void require_order(garita_reader *r, size_t at, garita_utf8 before, garita_utf8 text)
{
    if (!garita_reader_ok(r) || before.len == 0)
        return;
    int order = compare(before, text);
    if (order >= 0)
        garita_reader_fail(r, order == 0 ? GARITA_E_TWICE : GARITA_E_KEY_ORDER, at);
}

/* --- what a lane lists --- */

static void read_ages(garita_reader *r, garita_lane_ages *out, const char *field)
{
    enum { AGES = 3 };
    garita_container array;
    size_t at = r->at;
    size_t count = garita_policy_list(r, &array, field, AGES);
    if (count > 0 && count < AGES)
        garita_reader_fail(r, GARITA_E_RANGE, at);
    int64_t *ages[AGES] = {&out->issuer, &out->between, &out->anchor};
    for (size_t i = 0; garita_reader_element(r, &array); i++)
        *ages[i] = (int64_t)garita_policy_number(r, field, 0, GARITA_AGE_MAX_S);
    garita_reader_leave(r, &array, 0);
}

static void read_reject_ages(garita_reader *r, garita_lane_ages *out)
{
    size_t at = r->at;
    read_ages(r, out, "lanes.reject_after");
    if (garita_reader_ok(r) && out->issuer == 0 && out->between == 0 && out->anchor == 0)
        garita_reader_fail(r, GARITA_E_EMPTY, at); /* said by leaving it out */
}

static void read_outcomes(garita_reader *r, garita_lane_outcomes *out)
{
    static const char field[] = "lanes.outcomes";
    enum { KEY_SUSPENDED = 1, KEY_MISMATCH = 2, KEY_EXPIRED = 3, KEY_DENIED = 4 };
    garita_container map;
    unsigned key;
    size_t at = r->at;
    r->field = field;
    if (garita_reader_map(r, &map) && map.left == 0)
        garita_reader_fail(r, GARITA_E_EMPTY, at);
    while (garita_reader_key(r, &map, &key)) {
        switch (key) {
        case KEY_SUSPENDED:
            out->suspended = read_outcome(r, field);
            break;
        case KEY_MISMATCH:
            out->lane_mismatch = read_outcome(r, field);
            break;
        case KEY_EXPIRED:
            out->attestation_expired = read_outcome(r, field);
            break;
        case KEY_DENIED:
            out->employer_denied = read_outcome(r, field);
            break;
        default:
            garita_reader_unlisted(r, &map, key, false);
            break;
        }
    }
    garita_reader_leave(r, &map, 0);
}

static void read_alternative(garita_reader *r, garita_alternative *out)
{
    enum { PARTS = 2 };
    static const char field[] = "lanes.requirements.alternatives";
    garita_container array;
    size_t at = r->at;
    if (garita_policy_list(r, &array, field, PARTS) == 1)
        garita_reader_fail(r, GARITA_E_RANGE, at);
    if (garita_reader_element(r, &array))
        out->kind = (uint8_t)garita_policy_number(r, field, 1, GARITA_ENTRY_CODE_MAX);
    if (garita_reader_element(r, &array))
        out->max_age_s = (int64_t)garita_policy_number(r, field, 0, GARITA_AGE_MAX_S);
    garita_reader_leave(r, &array, 0);
}

static void read_requirement(garita_reader *r, garita_requirement *out)
{
    static const garita_words_field description = {
        "lanes.requirements.description", "lanes.requirements.description.en",
        "lanes.requirements.description.es", GARITA_DESCRIPTION_BYTES_MAX};
    enum { KEY_DESCRIPTION = 0, KEY_SUBJECTS = 1, KEY_ALTERNATIVES = 2 };
    garita_container map, array;
    unsigned key;
    garita_reader_map(r, &map);
    while (garita_reader_key(r, &map, &key)) {
        switch (key) {
        case KEY_DESCRIPTION:
            garita_policy_words(r, &out->description, &description);
            break;
        case KEY_SUBJECTS:
            out->subjects = read_subjects(r, "lanes.requirements.subjects");
            break;
        case KEY_ALTERNATIVES:
            garita_policy_list(r, &array, "lanes.requirements.alternatives",
                               GARITA_ALTERNATIVES_MAX);
            while (garita_reader_element(r, &array))
                read_alternative(r, &out->alternatives[out->alternative_count++]);
            garita_reader_leave(r, &array, 0);
            break;
        default:
            garita_reader_unlisted(r, &map, key, false);
            break;
        }
        r->field = "lanes.requirements";
    }
    garita_reader_leave(
        r, &map, KEY_BIT(KEY_DESCRIPTION) | KEY_BIT(KEY_SUBJECTS) | KEY_BIT(KEY_ALTERNATIVES));
}

static void read_requirements(garita_reader *r, garita_shelf *s, garita_lane *lane)
{
    garita_container array;
    size_t count = garita_policy_list(r, &array, "lanes.requirements", GARITA_REQUIREMENTS_MAX);
    garita_requirement *list = garita_shelf_take(s, count, sizeof *list);
    lane->requirements = list;
    while (garita_reader_element(r, &array)) {
        garita_requirement requirement = {0};
        read_requirement(r, &requirement);
        if (list)
            list[lane->requirement_count] = requirement;
        lane->requirement_count++;
    }
    garita_reader_leave(r, &array, 0);
}

static void read_denied(garita_reader *r, garita_shelf *s, garita_lane *lane)
{
    garita_container array;
    garita_utf8 before = {0};
    size_t count = garita_policy_list(r, &array, "lanes.denied", GARITA_DENIED_MAX);
    garita_utf8 *list = garita_shelf_take(s, count, sizeof *list);
    lane->denied = list;
    while (garita_reader_element(r, &array)) {
        garita_utf8 id;
        size_t at = r->at;
        /* one that is equal to nothing, itself neither, would deny nobody */
        if (garita_reader_text(r, &id, GARITA_COMPANY_ID_BYTES_MAX) &&
            !garita_company_id_equal(id, id))
            garita_reader_fail(r, GARITA_E_RANGE, at);
        require_order(r, at, before, id);
        before = id;
        if (list)
            list[lane->denied_count] = id;
        lane->denied_count++;
    }
    garita_reader_leave(r, &array, 0);
}

/* The second walk is over what the first has checked. */
static void read_expression(garita_reader *r, const garita_shelf *s, garita_bytes *out)
{
    size_t at = r->at, wrong_at = 0;
    r->field = "lanes.rules.expression";
    if (!garita_reader_skip(r))
        return;
    *out = (garita_bytes){r->bytes + at, r->at - at};
    if (s->at)
        return;
    garita_error e = garita_rule_check(&wrong_at, out->at, out->len);
    if (e != GARITA_OK)
        garita_reader_fail(r, e, at + wrong_at);
}

static void read_rule(garita_reader *r, const garita_shelf *s, garita_rule *out)
{
    static const garita_words_field description = {
        "lanes.rules.description", "lanes.rules.description.en", "lanes.rules.description.es",
        GARITA_DESCRIPTION_BYTES_MAX};
    enum {
        KEY_ID = 0,
        KEY_DESCRIPTION = 1,
        KEY_SUBJECTS = 2,
        KEY_OTHERWISE = 3,
        KEY_EXPRESSION = 4
    };
    garita_container map;
    unsigned key;
    garita_reader_map(r, &map);
    while (garita_reader_key(r, &map, &key)) {
        switch (key) {
        case KEY_ID:
            garita_field_text(r, "lanes.rules.id", &out->id, GARITA_RULE_ID_BYTES_MAX);
            break;
        case KEY_DESCRIPTION:
            garita_policy_words(r, &out->description, &description);
            break;
        case KEY_SUBJECTS:
            out->subjects = read_subjects(r, "lanes.rules.subjects");
            break;
        case KEY_OTHERWISE:
            out->otherwise = read_outcome(r, "lanes.rules.otherwise");
            break;
        case KEY_EXPRESSION:
            read_expression(r, s, &out->expression);
            break;
        default:
            garita_reader_unlisted(r, &map, key, false);
            break;
        }
        r->field = "lanes.rules";
    }
    garita_reader_leave(r, &map,
                        KEY_BIT(KEY_ID) | KEY_BIT(KEY_DESCRIPTION) | KEY_BIT(KEY_SUBJECTS) |
                            KEY_BIT(KEY_OTHERWISE) | KEY_BIT(KEY_EXPRESSION));
}

static void read_rules(garita_reader *r, garita_shelf *s, garita_lane *lane)
{
    garita_utf8 ids[GARITA_RULES_MAX]; /* in the order of the list, which is the author's */
    garita_container array;
    size_t count = garita_policy_list(r, &array, "lanes.rules", GARITA_RULES_MAX);
    garita_rule *list = garita_shelf_take(s, count, sizeof *list);
    lane->rules = list;
    while (garita_reader_element(r, &array)) {
        garita_rule rule = {0};
        size_t at = r->at;
        read_rule(r, s, &rule);
        for (size_t i = 0; i < lane->rule_count && garita_reader_ok(r); i++)
            if (compare(ids[i], rule.id) == 0)
                garita_reader_fail(r, GARITA_E_TWICE, at);
        ids[lane->rule_count] = rule.id;
        if (list)
            list[lane->rule_count] = rule;
        lane->rule_count++;
    }
    garita_reader_leave(r, &array, 0);
}

static bool read_true(garita_reader *r, const char *field)
{
    garita_reader_value value;
    size_t at = r->at;
    r->field = field;
    if (!garita_reader_any(r, &value))
        return false;
    if (value.kind != GARITA_READER_BOOLEAN)
        return garita_reader_fail(r, GARITA_E_WRONG_KIND, at);
    return value.as.boolean || garita_reader_fail(r, GARITA_E_RANGE, at); /* false is left out */
}

static void read_role(garita_reader *r, garita_role *out, uint64_t lane_programmes)
{
    static const garita_words_field title = {"lanes.roles.title", "lanes.roles.title.en",
                                             "lanes.roles.title.es", GARITA_TITLE_BYTES_MAX};
    enum {
        KEY_TITLE = 0,
        KEY_SUBJECTS = 1,
        KEY_PROGRAMMES = 2,
        KEY_FEWEST = 3,
        KEY_MOST = 4,
        KEY_EMPLOYS = 5
    };
    garita_container map;
    unsigned key;
    garita_reader_map(r, &map);
    while (garita_reader_key(r, &map, &key)) {
        size_t at = r->at;
        switch (key) {
        case KEY_TITLE:
            garita_policy_words(r, &out->title, &title);
            break;
        case KEY_SUBJECTS:
            out->subjects = read_subjects(r, "lanes.roles.subjects");
            break;
        case KEY_PROGRAMMES:
            out->programmes = garita_policy_number(r, "lanes.roles.programmes", 1, INT64_MAX);
            if ((out->programmes & ~lane_programmes) != 0)
                garita_reader_fail(r, GARITA_E_RANGE, at); /* the lane takes none of these */
            break;
        case KEY_FEWEST:
            out->fewest =
                (uint8_t)garita_policy_number(r, "lanes.roles.fewest", 0, GARITA_PARTY_MAX);
            break;
        case KEY_MOST:
            out->most = (uint8_t)garita_policy_number(r, "lanes.roles.most", 1, GARITA_PARTY_MAX);
            if (out->most < out->fewest)
                garita_reader_fail(r, GARITA_E_RANGE, at);
            break;
        case KEY_EMPLOYS:
            out->employs = read_true(r, "lanes.roles.employs");
            /* only a company is anybody's employer */
            if (out->subjects != 1u << GARITA_SUBJECT_COMPANY)
                garita_reader_fail(r, GARITA_E_RANGE, at);
            break;
        default:
            garita_reader_unlisted(r, &map, key, false);
            break;
        }
        r->field = "lanes.roles";
    }
    garita_reader_leave(r, &map,
                        KEY_BIT(KEY_TITLE) | KEY_BIT(KEY_SUBJECTS) | KEY_BIT(KEY_PROGRAMMES) |
                            KEY_BIT(KEY_FEWEST) | KEY_BIT(KEY_MOST));
}

static void read_roles(garita_reader *r, garita_shelf *s, garita_lane *lane)
{
    garita_container array;
    unsigned fewest = 0;
    size_t count = garita_policy_list(r, &array, "lanes.roles", GARITA_ROLES_MAX);
    garita_role *list = garita_shelf_take(s, count, sizeof *list);
    lane->roles = list;
    while (garita_reader_element(r, &array)) {
        garita_role role = {0};
        size_t at = r->at;
        read_role(r, &role, lane->programmes);
        fewest += role.fewest;
        if (fewest > GARITA_PARTY_MAX)
            garita_reader_fail(r, GARITA_E_RANGE, at); /* no party could ever be complete */
        if (list)
            list[lane->role_count] = role;
        lane->role_count++;
    }
    garita_reader_leave(r, &array, 0);
}

/* --- lanes --- */

bool garita_lane_name_is_wellformed(const char *text, size_t text_len)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789-/.";
    if (text_len == 0 || text_len > GARITA_LANE_NAME_BYTES_MAX)
        return false;
    char name[GARITA_LANE_NAME_BYTES_MAX + 1] = {0};
    memcpy(name, text, text_len);
    return strspn(name, alphabet) == text_len && !garita_lane_builtin(name);
}

static void read_name(garita_reader *r, garita_lane *out)
{
    garita_utf8 name;
    size_t at = r->at;
    garita_field_text(r, "lanes.name", &name, GARITA_LANE_NAME_BYTES_MAX);
    if (!garita_reader_ok(r))
        return;
    if (garita_lane_name_is_wellformed(name.at, name.len))
        memcpy(out->name, name.at, name.len); /* its zero is there */
    else
        garita_reader_fail(r, GARITA_E_RANGE, at);
}

static void read_lane(garita_reader *r, garita_shelf *s, garita_lane *out)
{
    static const garita_words_field title = {"lanes.title", "lanes.title.en", "lanes.title.es",
                                             GARITA_TITLE_BYTES_MAX};
    enum {
        KEY_NAME = 0,
        KEY_TITLE = 1,
        KEY_PROGRAMMES = 2,
        KEY_FLAGS = 3,
        KEY_REFER_AFTER = 4,
        KEY_REJECT_AFTER = 5,
        KEY_OUTCOMES = 6,
        KEY_REQUIREMENTS = 7,
        KEY_DENIED = 8,
        KEY_RULES = 9,
        KEY_ROLES = 10
    };
    enum { FLAG_WAIVES_SERIAL_UNKNOWN = 1 };
    garita_container map;
    unsigned key;
    garita_reader_map(r, &map);
    while (garita_reader_key(r, &map, &key)) {
        switch (key) {
        case KEY_NAME:
            read_name(r, out);
            break;
        case KEY_TITLE:
            garita_policy_words(r, &out->title, &title);
            break;
        case KEY_PROGRAMMES:
            out->programmes = garita_policy_number(r, "lanes.programmes", 0, INT64_MAX);
            break;
        case KEY_FLAGS:
            /* without a flag there is no key, and there is but one flag */
            out->waives_serial_unknown =
                garita_policy_number(r, "lanes.flags", FLAG_WAIVES_SERIAL_UNKNOWN,
                                     FLAG_WAIVES_SERIAL_UNKNOWN) != 0;
            break;
        case KEY_REFER_AFTER:
            read_ages(r, &out->refer_after, "lanes.refer_after");
            break;
        case KEY_REJECT_AFTER:
            read_reject_ages(r, &out->reject_after);
            break;
        case KEY_OUTCOMES:
            read_outcomes(r, &out->outcomes);
            break;
        case KEY_REQUIREMENTS:
            read_requirements(r, s, out);
            break;
        case KEY_DENIED:
            read_denied(r, s, out);
            break;
        case KEY_RULES:
            read_rules(r, s, out);
            break;
        case KEY_ROLES:
            read_roles(r, s, out);
            break;
        default:
            garita_reader_unlisted(r, &map, key, false);
            break;
        }
        r->field = "lanes";
    }
    garita_reader_leave(r, &map,
                        KEY_BIT(KEY_NAME) | KEY_BIT(KEY_TITLE) | KEY_BIT(KEY_PROGRAMMES) |
                            KEY_BIT(KEY_REFER_AFTER));
}

static garita_utf8 name_of(const garita_lane *lane)
{
    return (garita_utf8){lane->name, strlen(lane->name)};
}

void garita_policy_lanes(garita_reader *r, garita_shelf *s, garita_policy *out)
{
    garita_container array;
    garita_lane before = {0};
    size_t count = garita_policy_list(r, &array, "lanes", GARITA_LANES_MAX);
    out->lanes = garita_shelf_take(s, count, sizeof *out->lanes);
    while (garita_reader_element(r, &array)) {
        garita_lane lane = {0};
        size_t at = r->at;
        memcpy(lane.country, out->country, sizeof lane.country);
        read_lane(r, s, &lane);
        r->field = "lanes.name";
        require_order(r, at, name_of(&before), name_of(&lane));
        r->field = "lanes";
        before = lane;
        if (out->lanes)
            out->lanes[out->lane_count] = lane;
        out->lane_count++;
    }
    garita_reader_leave(r, &array, 0);
}
