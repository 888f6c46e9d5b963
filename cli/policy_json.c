#include "policy_json.h"

#include <stdlib.h>
#include <string.h>

#include <garita/certlogic.h>
#include <garita/error.h>
#include <garita/programme.h>

#include "i18n.h"
#include "policy_fields.h"
#include "policy_loopholes.h"
#include "policy_vars.h"
#include "rule_json.h"

/* --- memory --- */

/* One of many pieces that are freed together. */
struct policy_json_part {
    struct policy_json_part *next;
    max_align_t bytes[];
};

/* What reading works with. */
struct reader {
    struct policy_json *file;
    struct policy_mistakes *mistakes;
    const json_t *denied; /* of all lanes; null: none, or refused */
};

/* Room for count things of this size, zeroed; a count that a list in the file has. Null, noted in
 * the mistakes, without memory. */
static void *take(struct reader *reader, size_t count, size_t size)
{
    struct policy_json_part *part = calloc(1, sizeof *part + count * size);

    if (part == NULL) {
        reader->mistakes->out_of_memory = true;
        reader->mistakes->error_count++;
        return NULL;
    }
    part->next = reader->file->parts;
    reader->file->parts = part;
    return part->bytes;
}

void policy_json_free(struct policy_json *policy)
{
    while (policy->parts != NULL) {
        struct policy_json_part *next = policy->parts->next;
        free(policy->parts);
        policy->parts = next;
    }
    policy_examples_free(&policy->examples);
    json_decref(policy->root);
    *policy = (struct policy_json){0};
}

bool policy_json_is_text(const uint8_t *bytes, size_t len)
{
    /* The first byte of a character of UTF-8 is below 0x80 or from 0xc2 on; a statement's is 0x92.
     */
    return len == 0 || bytes[0] < 0x80 || bytes[0] >= 0xc2;
}

/* --- a rule's expression --- */

static void refuse_rule(struct reader *reader, const struct json_place *place, garita_error error,
                        const char *path, const char *why)
{
    struct buffer hint = {0};

    policy_mistakes_add(reader->mistakes, place, garita_error_name(error), "%s",
                        why != NULL && why[0] != '\0' ? _(why) : _(garita_error_text(error)));
    policy_mistakes_go_on(reader->mistakes, path);
    if (error == GARITA_E_RULE)
        rule_json_advise(&hint, path);
    if (hint.len > 0)
        policy_mistakes_advise(reader->mistakes, "%s", buffer_text(&hint));
    buffer_free(&hint);
}

/* Keeps the encoded form, of which the longest is not taken for every rule. */
static void keep_expression(struct reader *reader, garita_bytes *out, const uint8_t *bytes,
                            size_t len)
{
    uint8_t *kept = take(reader, len, 1);

    if (kept == NULL)
        return;
    memcpy(kept, bytes, len);
    *out = (garita_bytes){kept, len};
}

static void read_expression(struct reader *reader, garita_bytes *out,
                            const struct json_place *place, const json_t *value)
{
    struct rule_json rule = {0};
    struct rule_json_fault fault = {0};
    char path[GARITA_RULE_PATH_SIZE] = "";
    const char *why = NULL;
    size_t len = 0;
    uint8_t *bytes = malloc(GARITA_RULE_BYTES_MAX);

    if (bytes == NULL) {
        reader->mistakes->out_of_memory = true;
        reader->mistakes->error_count++;
        return;
    }
    if (!rule_json_take(&rule, &fault, (json_t *)(uintptr_t)value)) {
        policy_mistakes_add(reader->mistakes, place, fault.code, "%s", buffer_text(&fault.message));
        policy_mistakes_go_on(reader->mistakes, buffer_text(&fault.place));
        if (fault.hint.len > 0)
            policy_mistakes_advise(reader->mistakes, "%s", buffer_text(&fault.hint));
        rule_json_fault_free(&fault);
    } else {
        garita_error error =
            garita_rule_encode(bytes, &len, GARITA_RULE_BYTES_MAX, path, &why, &rule.value);
        if (error != GARITA_OK) {
            refuse_rule(reader, place, error, path, why);
        } else {
            keep_expression(reader, out, bytes, len);
            policy_vars_check(reader->mistakes, place, value);
            policy_loopholes_check_rule(reader->mistakes, place, value);
        }
    }
    rule_json_free(&rule);
    free(bytes);
}

/* --- parts of a lane --- */

static void read_rule(struct reader *reader, garita_rule *out, const struct json_place *place,
                      const json_t *value)
{
    static const char *const fields[] = {"id",        "of",         "description",
                                         "otherwise", "expression", NULL};
    struct policy_mistakes *mistakes = reader->mistakes;
    const struct json_place id = {place, "id", 0}, of = {place, "of", 0},
                            description = {place, "description", 0},
                            otherwise = {place, "otherwise", 0},
                            expression = {place, "expression", 0};

    out->subjects = 1u << GARITA_SUBJECT_HOLDER;
    out->otherwise = GARITA_REJECT;
    policy_fields_object(mistakes, place, value, fields);
    if (!json_is_object(value))
        return;
    policy_fields_text(&out->id, mistakes, &id, policy_fields_need(mistakes, place, value, "id"),
                       GARITA_RULE_ID_BYTES_MAX);
    policy_fields_words(&out->description, mistakes, &description,
                        policy_fields_need(mistakes, place, value, "description"),
                        GARITA_DESCRIPTION_BYTES_MAX);
    if (json_object_get(value, "of") != NULL)
        policy_fields_subjects(&out->subjects, mistakes, &of, json_object_get(value, "of"));
    policy_fields_outcome(&out->otherwise, mistakes, &otherwise,
                          json_object_get(value, "otherwise"), false);
    const json_t *rule = policy_fields_need(mistakes, place, value, "expression");
    if (rule != NULL)
        read_expression(reader, &out->expression, &expression, rule);
}

static bool same_text(garita_utf8 a, garita_utf8 b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static void read_rules(struct reader *reader, garita_lane *lane, const struct json_place *place,
                       const json_t *value)
{
    if (!policy_fields_list(reader->mistakes, place, value, 0, GARITA_RULES_MAX))
        return;
    garita_rule *rules = take(reader, json_array_size(value), sizeof *rules);
    for (size_t i = 0; rules != NULL && i < json_array_size(value); i++) {
        const struct json_place at = {place, NULL, i};
        read_rule(reader, &rules[i], &at, json_array_get(value, i));
        lane->rule_count = i + 1;
        for (size_t j = 0; j < i && rules[i].id.len > 0; j++) {
            if (!same_text(rules[j].id, rules[i].id))
                continue;
            const struct json_place id = {&at, "id", 0};
            policy_mistakes_add(reader->mistakes, &id, garita_error_name(GARITA_E_TWICE),
                                _("another rule of this lane, number %zu, has this id"), j + 1);
            break;
        }
    }
    lane->rules = rules;
}

static void read_alternative(struct reader *reader, garita_alternative *out,
                             const struct json_place *place, const json_t *value)
{
    static const char *const fields[] = {"kind", "max_age", NULL};
    const struct json_place kind = {place, "kind", 0}, max_age = {place, "max_age", 0};

    policy_fields_object(reader->mistakes, place, value, fields);
    if (!json_is_object(value))
        return;
    policy_fields_entry(&out->kind, reader->mistakes, &kind,
                        policy_fields_need(reader->mistakes, place, value, "kind"),
                        GARITA_TABLE_KINDS);
    policy_fields_age(&out->max_age_s, reader->mistakes, &max_age,
                      json_object_get(value, "max_age"));
}

static void read_requirement(struct reader *reader, garita_requirement *out,
                             const struct json_place *place, const json_t *value)
{
    static const char *const fields[] = {"of", "any_of", "description", NULL};
    struct policy_mistakes *mistakes = reader->mistakes;
    const struct json_place of = {place, "of", 0}, any_of = {place, "any_of", 0},
                            description = {place, "description", 0};

    out->subjects = 1u << GARITA_SUBJECT_HOLDER;
    policy_fields_object(mistakes, place, value, fields);
    if (!json_is_object(value))
        return;
    policy_fields_words(&out->description, mistakes, &description,
                        policy_fields_need(mistakes, place, value, "description"),
                        GARITA_DESCRIPTION_BYTES_MAX);
    if (json_object_get(value, "of") != NULL)
        policy_fields_subjects(&out->subjects, mistakes, &of, json_object_get(value, "of"));
    const json_t *ways = policy_fields_need(mistakes, place, value, "any_of");
    if (!policy_fields_list(mistakes, &any_of, ways, 1, GARITA_ALTERNATIVES_MAX))
        return;
    out->alternative_count = json_array_size(ways);
    for (size_t i = 0; i < out->alternative_count; i++) {
        const struct json_place at = {&any_of, NULL, i};
        read_alternative(reader, &out->alternatives[i], &at, json_array_get(ways, i));
    }
}

static void read_requirements(struct reader *reader, garita_lane *lane,
                              const struct json_place *place, const json_t *value)
{
    if (!policy_fields_list(reader->mistakes, place, value, 0, GARITA_REQUIREMENTS_MAX))
        return;
    garita_requirement *requirements = take(reader, json_array_size(value), sizeof *requirements);
    for (size_t i = 0; requirements != NULL && i < json_array_size(value); i++) {
        const struct json_place at = {place, NULL, i};
        read_requirement(reader, &requirements[i], &at, json_array_get(value, i));
        lane->requirement_count = i + 1;
    }
    lane->requirements = requirements;
}

static void read_role(struct reader *reader, garita_role *out, const struct json_place *place,
                      const json_t *value)
{
    static const char *const fields[] = {"title",   "is",      "programmes", "at_least",
                                         "at_most", "employs", NULL};
    struct policy_mistakes *mistakes = reader->mistakes;
    const struct json_place title = {place, "title", 0}, is = {place, "is", 0},
                            programmes = {place, "programmes", 0},
                            at_least = {place, "at_least", 0}, at_most = {place, "at_most", 0},
                            employs = {place, "employs", 0};
    size_t fewest = 1, most = 1;

    policy_fields_object(mistakes, place, value, fields);
    if (!json_is_object(value))
        return;
    policy_fields_words(&out->title, mistakes, &title,
                        policy_fields_need(mistakes, place, value, "title"),
                        GARITA_TITLE_BYTES_MAX);
    const json_t *subjects = policy_fields_need(mistakes, place, value, "is");
    if (subjects != NULL)
        policy_fields_subjects(&out->subjects, mistakes, &is, subjects);
    policy_fields_programmes(&out->programmes, mistakes, &programmes,
                             policy_fields_need(mistakes, place, value, "programmes"), 1);
    policy_fields_number(&fewest, mistakes, &at_least, json_object_get(value, "at_least"), 0,
                         GARITA_PARTY_MAX);
    most = fewest > 1 ? fewest : 1;
    if (policy_fields_number(&most, mistakes, &at_most, json_object_get(value, "at_most"), 1,
                             GARITA_PARTY_MAX) &&
        most < fewest)
        policy_mistakes_add(mistakes, &at_most, garita_error_name(GARITA_E_RANGE), "%s",
                            _("less than at_least"));
    out->fewest = (uint8_t)fewest;
    out->most = (uint8_t)most;
    if (policy_fields_flag(&out->employs, mistakes, &employs, json_object_get(value, "employs")) &&
        out->employs && out->subjects != 1u << GARITA_SUBJECT_COMPANY && out->subjects != 0)
        policy_mistakes_add(mistakes, &employs, garita_error_name(GARITA_E_SHAPE), "%s",
                            _("only a company employs: \"is\" must be \"company\""));
}

static void read_roles(struct reader *reader, garita_lane *lane, const struct json_place *place,
                       const json_t *value)
{
    size_t fewest = 0;

    if (!policy_fields_list(reader->mistakes, place, value, 1, GARITA_ROLES_MAX))
        return;
    garita_role *roles = take(reader, json_array_size(value), sizeof *roles);
    for (size_t i = 0; roles != NULL && i < json_array_size(value); i++) {
        const struct json_place at = {place, NULL, i};
        read_role(reader, &roles[i], &at, json_array_get(value, i));
        lane->role_count = i + 1;
        fewest += roles[i].fewest;
    }
    lane->roles = roles;
    if (fewest > GARITA_PARTY_MAX)
        policy_mistakes_add(reader->mistakes, place, garita_error_name(GARITA_E_RANGE),
                            _("these are %zu at least: a party has at most %d"), fewest,
                            GARITA_PARTY_MAX);
}

/* --- denied ids --- */

static int compare_texts(const void *a, const void *b)
{
    const garita_utf8 *x = a;
    const garita_utf8 *y = b;
    int order = memcmp(x->at, y->at, x->len < y->len ? x->len : y->len);

    return order != 0 ? order : x->len < y->len ? -1 : x->len > y->len;
}

/* Adds what a list denies behind what there is. */
static void read_denied(struct reader *reader, garita_utf8 *ids, size_t *count,
                        const struct json_place *place, const json_t *value)
{
    for (size_t i = 0; i < json_array_size(value); i++) {
        const struct json_place at = {place, NULL, i};
        garita_utf8 id;
        if (!policy_fields_text(&id, reader->mistakes, &at, json_array_get(value, i),
                                GARITA_COMPANY_ID_BYTES_MAX))
            continue;
        if (!garita_company_id_equal(id, id)) /* nothing is left to compare */
            policy_mistakes_add(reader->mistakes, &at, garita_error_name(GARITA_E_EMPTY), "%s",
                                _("an id of neither letters nor digits is nobody's"));
        else
            policy_loopholes_check_id(reader->mistakes, &at, id);
        ids[(*count)++] = id;
    }
}

static size_t drop_doubles(garita_utf8 *ids, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (kept == 0 || !same_text(ids[kept - 1], ids[i]))
            ids[kept++] = ids[i];
    return kept;
}

/* The lane's own and those of all lanes. An id that is in both, or twice, is denied once. */
static void read_lane_denied(struct reader *reader, garita_lane *lane,
                             const struct json_place *place, const json_t *value)
{
    struct policy_mistakes unheard = {0}; /* of the common list all has been said */
    struct reader common = {reader->file, &unheard, NULL};

    if (value != NULL && !policy_fields_list(reader->mistakes, place, value, 0, GARITA_DENIED_MAX))
        value = NULL;
    size_t most = json_array_size(value) + json_array_size(reader->denied);
    if (most == 0)
        return;
    garita_utf8 *ids = take(reader, most, sizeof *ids);
    if (ids == NULL)
        return;
    size_t count = 0;
    read_denied(reader, ids, &count, place, value);
    read_denied(&common, ids, &count, place, reader->denied);
    policy_mistakes_free(&unheard);
    qsort(ids, count, sizeof *ids, compare_texts);
    lane->denied_count = drop_doubles(ids, count);
    lane->denied = ids;
    if (lane->denied_count > GARITA_DENIED_MAX)
        policy_mistakes_add(reader->mistakes, place, garita_error_name(GARITA_E_RANGE),
                            _("%zu are too many here: at most %d"), lane->denied_count,
                            GARITA_DENIED_MAX);
}

/* --- limits and outcomes --- */

static void read_ages(struct reader *reader, garita_lane_ages *out, const struct json_place *place,
                      const json_t *value)
{
    static const char *const fields[] = {"issuer", "between", "anchor", NULL};
    const struct json_place issuer = {place, "issuer", 0}, between = {place, "between", 0},
                            anchor = {place, "anchor", 0};

    if (value == NULL)
        return;
    policy_fields_object(reader->mistakes, place, value, fields);
    policy_fields_age(&out->issuer, reader->mistakes, &issuer, json_object_get(value, "issuer"));
    policy_fields_age(&out->between, reader->mistakes, &between, json_object_get(value, "between"));
    policy_fields_age(&out->anchor, reader->mistakes, &anchor, json_object_get(value, "anchor"));
}

/* A second limit that is not behind the first never refers. */
static void check_order(struct reader *reader, const struct json_place *place, int64_t refer_after,
                        int64_t reject_after)
{
    if (reject_after == 0 || refer_after == 0 || reject_after >= refer_after)
        return;
    policy_mistakes_add(reader->mistakes, place, garita_error_name(GARITA_E_RANGE), "%s",
                        _("shorter than the time after which it is referred"));
}

static void read_freshness(struct reader *reader, garita_lane *lane, const struct json_place *place,
                           const json_t *value)
{
    static const char *const fields[] = {"refer_after", "reject_after", NULL};
    const struct json_place refer = {place, "refer_after", 0}, reject = {place, "reject_after", 0};
    const struct json_place issuer = {&reject, "issuer", 0}, between = {&reject, "between", 0},
                            anchor = {&reject, "anchor", 0};

    lane->refer_after = garita_lane_builtin("default")->refer_after;
    if (value == NULL)
        return;
    policy_fields_object(reader->mistakes, place, value, fields);
    read_ages(reader, &lane->refer_after, &refer, json_object_get(value, "refer_after"));
    read_ages(reader, &lane->reject_after, &reject, json_object_get(value, "reject_after"));
    check_order(reader, &issuer, lane->refer_after.issuer, lane->reject_after.issuer);
    check_order(reader, &between, lane->refer_after.between, lane->reject_after.between);
    check_order(reader, &anchor, lane->refer_after.anchor, lane->reject_after.anchor);
}

static void read_outcomes(struct reader *reader, garita_lane_outcomes *out,
                          const struct json_place *place, const json_t *value)
{
    static const char *const fields[] = {"suspended", "lane-mismatch", "attestation-expired",
                                         "employer-denied", NULL};
    garita_outcome *const outcomes[] = {&out->suspended, &out->lane_mismatch,
                                        &out->attestation_expired, &out->employer_denied};

    if (value == NULL)
        return;
    policy_fields_object(reader->mistakes, place, value, fields);
    for (size_t i = 0; fields[i] != NULL; i++) {
        const struct json_place at = {place, fields[i], 0};
        policy_fields_outcome(outcomes[i], reader->mistakes, &at, json_object_get(value, fields[i]),
                              false);
    }
}

static void read_waived(struct reader *reader, garita_lane *lane, const struct json_place *place,
                        const json_t *value)
{
    static const char *const names[] = {"serial-unknown", NULL};
    size_t index;

    if (value == NULL || !policy_fields_list(reader->mistakes, place, value, 0, 1))
        return;
    for (size_t i = 0; i < json_array_size(value); i++) {
        const struct json_place at = {place, NULL, i};
        lane->waives_serial_unknown =
            policy_fields_choice(&index, reader->mistakes, &at, json_array_get(value, i), names);
    }
}

/* --- a lane --- */

static void read_lane_name(struct reader *reader, garita_lane *lane, const struct json_place *place,
                           const json_t *value)
{
    garita_utf8 name;

    if (!policy_fields_text(&name, reader->mistakes, place, value, GARITA_LANE_NAME_BYTES_MAX))
        return;
    if (garita_lane_builtin(name.at) != NULL) {
        policy_mistakes_add(reader->mistakes, place, garita_error_name(GARITA_E_RANGE),
                            _("\"%s\" is built in, and no policy rules it"), name.at);
        policy_mistakes_advise(reader->mistakes, "%s", _("take another name"));
    } else if (!garita_lane_name_is_wellformed(name.at, name.len)) {
        policy_mistakes_add(reader->mistakes, place, garita_error_name(GARITA_E_RANGE),
                            _("\"%s\" is no name for a lane"), name.at);
        policy_mistakes_advise(reader->mistakes, "%s", _("a to z, 0 to 9 and - / . may be in it"));
    } else {
        memcpy(lane->name, name.at, name.len + 1);
    }
}

/* What roles take must be among what the lane takes: one of the two lists was forgotten. */
static void check_role_programmes(struct reader *reader, const garita_lane *lane,
                                  const struct json_place *party)
{
    for (size_t i = 0; i < lane->role_count; i++) {
        const struct json_place role = {party, NULL, i}, at = {&role, "programmes", 0};
        uint64_t beyond = lane->roles[i].programmes & ~lane->programmes;
        for (uint64_t code = 0; code <= GARITA_PROGRAMME_CODE_MAX; code++)
            if ((beyond & UINT64_C(1) << code) != 0)
                policy_mistakes_add(reader->mistakes, &at, garita_error_name(GARITA_E_OUT_OF_SCOPE),
                                    _("the lane itself does not take %s"),
                                    garita_programme_by_code(code)->name);
    }
}

static void read_lane(struct reader *reader, garita_lane *lane, const struct json_place *place,
                      const json_t *value)
{
    static const char *const fields[] = {"name",      "title",        "programmes", "waives",
                                         "freshness", "outcomes",     "denied",     "rules",
                                         "party",     "attestations", NULL};
    struct policy_mistakes *mistakes = reader->mistakes;
    const struct json_place name = {place, "name", 0}, title = {place, "title", 0},
                            programmes = {place, "programmes", 0}, waives = {place, "waives", 0},
                            freshness = {place, "freshness", 0}, outcomes = {place, "outcomes", 0},
                            denied = {place, "denied", 0}, rules = {place, "rules", 0},
                            party = {place, "party", 0}, attestations = {place, "attestations", 0};

    policy_fields_object(mistakes, place, value, fields);
    if (!json_is_object(value))
        return;
    read_lane_name(reader, lane, &name, policy_fields_need(mistakes, place, value, "name"));
    policy_fields_words(&lane->title, mistakes, &title,
                        policy_fields_need(mistakes, place, value, "title"),
                        GARITA_TITLE_BYTES_MAX);
    bool has_programmes =
        policy_fields_programmes(&lane->programmes, mistakes, &programmes,
                                 policy_fields_need(mistakes, place, value, "programmes"), 0);
    read_waived(reader, lane, &waives, json_object_get(value, "waives"));
    read_freshness(reader, lane, &freshness, json_object_get(value, "freshness"));
    read_outcomes(reader, &lane->outcomes, &outcomes, json_object_get(value, "outcomes"));
    read_requirements(reader, lane, &attestations, json_object_get(value, "attestations"));
    read_lane_denied(reader, lane, &denied, json_object_get(value, "denied"));
    read_rules(reader, lane, &rules, json_object_get(value, "rules"));
    read_roles(reader, lane, &party, json_object_get(value, "party"));
    if (has_programmes)
        check_role_programmes(reader, lane, &party);
    policy_loopholes_check_lane(mistakes, place, lane, value);
}

/* --- the policy --- */

/* Puts lanes in the order of their names, which is that of the statement; lane_at goes along. */
static void sort_lanes(garita_lane *lanes, size_t *lane_at, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        garita_lane lane = lanes[i];
        size_t j = i;
        for (; j > 0 && strcmp(lanes[j - 1].name, lane.name) > 0; j--) {
            lanes[j] = lanes[j - 1];
            lane_at[j] = lane_at[j - 1];
        }
        lanes[j] = lane;
        lane_at[j] = i;
    }
}

static void refuse_same_lanes(struct reader *reader, const struct json_place *place)
{
    const garita_policy *policy = &reader->file->policy;
    const size_t *lane_at = reader->file->lane_at;

    for (size_t i = 1; i < policy->lane_count; i++) {
        const struct json_place at = {place, NULL, lane_at[i]}, name = {&at, "name", 0};
        if (policy->lanes[i].name[0] != '\0' &&
            strcmp(policy->lanes[i].name, policy->lanes[i - 1].name) == 0)
            policy_mistakes_add(reader->mistakes, &name, garita_error_name(GARITA_E_TWICE),
                                _("another lane, number %zu, has this name"), lane_at[i - 1] + 1);
    }
}

static void read_lanes(struct reader *reader, const struct json_place *place, const json_t *value)
{
    struct policy_json *file = reader->file;

    if (!policy_fields_list(reader->mistakes, place, value, 1, GARITA_LANES_MAX))
        return;
    size_t count = json_array_size(value);
    file->policy.lanes = take(reader, count, sizeof *file->policy.lanes);
    file->lane_at = take(reader, count, sizeof *file->lane_at);
    if (file->policy.lanes == NULL || file->lane_at == NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        const struct json_place at = {place, NULL, i};
        garita_lane *lane = &file->policy.lanes[i];
        memcpy(lane->country, file->policy.country, sizeof lane->country);
        read_lane(reader, lane, &at, json_array_get(value, i));
        file->lane_at[i] = i;
    }
    file->policy.lane_count = count;
    sort_lanes(file->policy.lanes, file->lane_at, count);
    refuse_same_lanes(reader, place);
}

static void read_dates(struct reader *reader, const struct json_place *root, const json_t *value)
{
    garita_policy *policy = &reader->file->policy;
    const struct json_place from = {root, "from", 0}, until = {root, "until", 0};
    bool has_until =
        policy_fields_moment(&policy->until, reader->mistakes, &until,
                             policy_fields_need(reader->mistakes, root, value, "until"));

    reader->file->has_from = policy_fields_moment(&policy->from, reader->mistakes, &from,
                                                  json_object_get(value, "from"));
    if (has_until && reader->file->has_from && policy->until <= policy->from)
        policy_mistakes_add(reader->mistakes, &until, garita_error_name(GARITA_E_DATE_ORDER), "%s",
                            _("not after \"from\""));
}

/* The list that all lanes have: looked at here once, for the mistakes in it. */
static void read_common_denied(struct reader *reader, const struct json_place *place,
                               const json_t *value)
{
    size_t count = 0;

    if (value == NULL || !policy_fields_list(reader->mistakes, place, value, 0, GARITA_DENIED_MAX))
        return;
    garita_utf8 *ids = take(reader, json_array_size(value), sizeof *ids);
    if (ids != NULL)
        read_denied(reader, ids, &count, place, value);
    reader->denied = value;
}

static void read_policy(struct reader *reader, const json_t *value)
{
    static const char *const fields[] = {"country", "title", "from",     "until",
                                         "denied",  "lanes", "examples", NULL};
    struct policy_mistakes *mistakes = reader->mistakes;
    garita_policy *policy = &reader->file->policy;
    const struct json_place root = {0};
    const struct json_place country = {&root, "country", 0}, title = {&root, "title", 0},
                            denied = {&root, "denied", 0}, lanes = {&root, "lanes", 0},
                            examples = {&root, "examples", 0};

    policy_fields_object(mistakes, &root, value, fields);
    if (!json_is_object(value))
        return;
    policy_fields_country(policy->country, mistakes, &country,
                          policy_fields_need(mistakes, &root, value, "country"));
    policy_fields_words(&policy->title, mistakes, &title,
                        policy_fields_need(mistakes, &root, value, "title"),
                        GARITA_TITLE_BYTES_MAX);
    read_dates(reader, &root, value);
    read_common_denied(reader, &denied, json_object_get(value, "denied"));
    read_lanes(reader, &lanes, policy_fields_need(mistakes, &root, value, "lanes"));
    policy_examples_read(&reader->file->examples, mistakes, &examples,
                         json_object_get(value, "examples"), policy);
}

static void refuse_json(struct policy_mistakes *mistakes, struct rule_json_fault *fault)
{
    const struct json_place root = {0};

    policy_mistakes_add(mistakes, &root, fault->code, "%s", buffer_text(&fault->message));
    if (fault->hint.len > 0)
        policy_mistakes_advise(mistakes, "%s", buffer_text(&fault->hint));
    if (mistakes->count > 0)
        mistakes->at[mistakes->count - 1].line = fault->line;
    rule_json_fault_free(fault);
}

bool policy_json_read(struct policy_json *out, struct policy_mistakes *mistakes, const char *text,
                      size_t text_len)
{
    struct reader reader = {out, mistakes, NULL};
    struct rule_json_fault fault = {0};
    size_t before = mistakes->error_count;

    out->root = rule_json_parse(&fault, text, text_len);
    if (out->root == NULL)
        refuse_json(mistakes, &fault);
    else
        read_policy(&reader, out->root);
    return mistakes->error_count == before && !mistakes->out_of_memory;
}
