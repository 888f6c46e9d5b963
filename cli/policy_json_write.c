#include "policy_json.h"

#include <string.h>

#include <garita/attestation.h>
#include <garita/certlogic.h>
#include <garita/date.h>
#include <garita/programme.h>

#include "duration.h"
#include "json_out.h"
#include "rule_json.h"
#include "scope_text.h"

/* jansson refuses to put a null into an object or list: each maker looks whether all is there. */
static bool set(json_t *object, const char *name, json_t *value)
{
    return json_object_set_new(object, name, value) == 0;
}

/* The object, or null if one of its parts is not there. */
static json_t *whole(json_t *object, bool is_whole)
{
    if (is_whole)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *text(garita_utf8 value)
{
    return json_out_text(value.at, value.len);
}

json_t *policy_json_write_words(const garita_words *words)
{
    json_t *out = json_object();

    return whole(out, set(out, "en", text(words->en)) && set(out, "es", text(words->es)));
}

static json_t *write_age(int64_t seconds)
{
    char out[DURATION_TEXT_SIZE];

    duration_format(out, seconds);
    return json_string(out);
}

/* A list of what make gives for each of count. */
typedef json_t *(*make_one)(const void *all, size_t index);

static json_t *write_list(const void *all, size_t count, make_one make)
{
    json_t *out = json_array();

    for (size_t i = 0; i < count; i++)
        if (json_array_append_new(out, make(all, i)) != 0)
            return whole(out, false);
    return out;
}

static json_t *write_subjects(uint8_t subjects)
{
    json_t *out = json_array();

    for (unsigned kind = 0; kind <= GARITA_SUBJECT_VEHICLE; kind++)
        if ((subjects & 1u << kind) != 0 &&
            json_array_append_new(out, json_string(garita_subject_kind_name(kind))) != 0)
            return whole(out, false);
    return out;
}

/* --- rules and requirements --- */

json_t *policy_json_write_expression(garita_bytes expression)
{
    struct rule_json parts = {0};
    json_t *out = NULL;

    if (rule_json_of_expression(&parts, expression))
        (void)rule_json_write(&out, &parts.value);
    rule_json_free(&parts);
    return out;
}

static json_t *write_rule(const void *all, size_t index)
{
    const garita_rule *rule = (const garita_rule *)all + index;
    json_t *out = json_object();

    return whole(out,
                 set(out, "id", text(rule->id)) && set(out, "of", write_subjects(rule->subjects)) &&
                     set(out, "description", policy_json_write_words(&rule->description)) &&
                     set(out, "otherwise", json_string(garita_outcome_name(rule->otherwise))) &&
                     set(out, "expression", policy_json_write_expression(rule->expression)));
}

static json_t *write_alternative(const void *all, size_t index)
{
    const garita_alternative *way = (const garita_alternative *)all + index;
    const garita_entry *kind = garita_entry_by_code(GARITA_TABLE_KINDS, way->kind);
    json_t *out = json_object();

    return whole(
        out, set(out, "kind", kind != NULL ? json_string(kind->name) : json_integer(way->kind)) &&
                 (way->max_age_s == 0 || set(out, "max_age", write_age(way->max_age_s))));
}

static json_t *write_requirement(const void *all, size_t index)
{
    const garita_requirement *one = (const garita_requirement *)all + index;
    json_t *out = json_object();

    return whole(
        out, set(out, "of", write_subjects(one->subjects)) &&
                 set(out, "any_of",
                     write_list(one->alternatives, one->alternative_count, write_alternative)) &&
                 set(out, "description", policy_json_write_words(&one->description)));
}

static json_t *write_role(const void *all, size_t index)
{
    const garita_role *role = (const garita_role *)all + index;
    json_t *out = json_object();

    return whole(out, set(out, "title", policy_json_write_words(&role->title)) &&
                          set(out, "is", write_subjects(role->subjects)) &&
                          set(out, "programmes", scope_text_json_programmes(role->programmes)) &&
                          set(out, "at_least", json_integer(role->fewest)) &&
                          set(out, "at_most", json_integer(role->most)) &&
                          (!role->employs || set(out, "employs", json_true())));
}

static json_t *write_denied(const void *all, size_t index)
{
    return text(((const garita_utf8 *)all)[index]);
}

/* --- a lane --- */

static bool set_age(json_t *out, const char *name, int64_t seconds)
{
    return seconds == 0 || set(out, name, write_age(seconds));
}

static json_t *write_ages(const garita_lane_ages *ages)
{
    json_t *out = json_object();

    return whole(out, set_age(out, "issuer", ages->issuer) &&
                          set_age(out, "between", ages->between) &&
                          set_age(out, "anchor", ages->anchor));
}

static json_t *write_freshness(const garita_lane *lane)
{
    static const garita_lane_ages none;
    json_t *out = json_object();

    return whole(out, set(out, "refer_after", write_ages(&lane->refer_after)) &&
                          (memcmp(&lane->reject_after, &none, sizeof none) == 0 ||
                           set(out, "reject_after", write_ages(&lane->reject_after))));
}

static bool set_outcome(json_t *out, const char *name, garita_outcome outcome)
{
    return outcome == GARITA_UNDECIDED || set(out, name, json_string(garita_outcome_name(outcome)));
}

static json_t *write_outcomes(const garita_lane_outcomes *outcomes)
{
    json_t *out = json_object();

    return whole(out, set_outcome(out, "suspended", outcomes->suspended) &&
                          set_outcome(out, "lane-mismatch", outcomes->lane_mismatch) &&
                          set_outcome(out, "attestation-expired", outcomes->attestation_expired) &&
                          set_outcome(out, "employer-denied", outcomes->employer_denied));
}

static bool set_list(json_t *out, const char *name, const void *all, size_t count, make_one make)
{
    return count == 0 || set(out, name, write_list(all, count, make));
}

json_t *policy_json_write_lane(const garita_lane *lane)
{
    static const garita_lane_outcomes usual;
    json_t *out = json_object();

    return whole(out, set(out, "name", json_string(lane->name)) &&
                          set(out, "title", policy_json_write_words(&lane->title)) &&
                          set(out, "programmes", scope_text_json_programmes(lane->programmes)) &&
                          (!lane->waives_serial_unknown ||
                           set(out, "waives", json_pack("[s]", "serial-unknown"))) &&
                          set(out, "freshness", write_freshness(lane)) &&
                          (memcmp(&lane->outcomes, &usual, sizeof usual) == 0 ||
                           set(out, "outcomes", write_outcomes(&lane->outcomes))) &&
                          set_list(out, "attestations", lane->requirements, lane->requirement_count,
                                   write_requirement) &&
                          set_list(out, "denied", lane->denied, lane->denied_count, write_denied) &&
                          set_list(out, "rules", lane->rules, lane->rule_count, write_rule) &&
                          set_list(out, "party", lane->roles, lane->role_count, write_role));
}

static json_t *write_lane(const void *all, size_t index)
{
    return policy_json_write_lane((const garita_lane *)all + index);
}

static json_t *write_moment(int64_t moment)
{
    char out[GARITA_MOMENT_TEXT_SIZE];

    garita_moment_format(out, moment);
    return json_string(out);
}

json_t *policy_json_write(const garita_policy *policy)
{
    json_t *out = json_object();

    return whole(out,
                 set(out, "country", json_string(policy->country)) &&
                     set(out, "title", policy_json_write_words(&policy->title)) &&
                     set(out, "from", write_moment(policy->from)) &&
                     set(out, "until", write_moment(policy->until)) &&
                     set(out, "lanes", write_list(policy->lanes, policy->lane_count, write_lane)));
}
