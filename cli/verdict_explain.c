#include "verdict_explain.h"

#include <string.h>

#include <sodium.h>

#include <garita/certlogic.h>

#include "advice.h"
#include "i18n.h"
#include "rule_json.h"
#include "safe_text.h"
#include "verdict_findings.h"
#include "verdict_shown.h"

/* --- rules and data as JSON --- */

static void add_value(struct buffer *out, const garita_value *value);

static void add_array(struct buffer *out, const garita_value *array)
{
    buffer_add_char(out, '[');
    for (size_t i = 0; i < array->as.array.count; i++) {
        if (i > 0)
            buffer_add_char(out, ',');
        add_value(out, &array->as.array.at[i]);
    }
    buffer_add_char(out, ']');
}

static void add_object(struct buffer *out, const garita_value *object)
{
    buffer_add_char(out, '{');
    for (size_t i = 0; i < object->as.object.count; i++) {
        const garita_member *member = &object->as.object.at[i];
        if (i > 0)
            buffer_add_char(out, ',');
        safe_text_add_json(out, member->name.at, member->name.len);
        buffer_add_char(out, ':');
        add_value(out, &member->value);
    }
    buffer_add_char(out, '}');
}

/* A rule or what it saw, as deep as these may be. Not by way of jansson's memory, which nobody
 * wipes.
 */
static void add_value(struct buffer *out, const garita_value *value)
{
    char time[GARITA_TIME_TEXT_SIZE];

    switch (value->kind) {
    case GARITA_VALUE_NULL:
        buffer_add_text(out, "null");
        break;
    case GARITA_VALUE_BOOLEAN:
        buffer_add_text(out, value->as.boolean ? "true" : "false");
        break;
    case GARITA_VALUE_INTEGER:
        buffer_add_signed(out, value->as.integer);
        break;
    case GARITA_VALUE_TEXT:
        safe_text_add_json(out, value->as.text.at, value->as.text.len);
        break;
    case GARITA_VALUE_TIME:
        garita_time_format(time, value->as.time);
        safe_text_add_json(out, time, strlen(time));
        break;
    case GARITA_VALUE_ARRAY:
        add_array(out, value);
        break;
    case GARITA_VALUE_OBJECT:
        add_object(out, value);
        break;
    }
}

/* What rules saw: made again, since a verdict does not keep it. */
static void add_data(struct buffer *out, const garita_verdict *verdict,
                     const garita_setting *setting)
{
    garita_value values[GARITA_VIEW_VALUES_MAX];
    garita_member members[GARITA_VIEW_MEMBERS_MAX];
    char texts[GARITA_VIEW_TEXT_MAX];
    garita_room room = {.values = values,
                        .value_cap = GARITA_VIEW_VALUES_MAX,
                        .members = members,
                        .member_cap = GARITA_VIEW_MEMBERS_MAX};
    garita_value view;

    if (!verdict->has_credential) {
        buffer_add_text(out, "null");
        return;
    }
    garita_rule_view(&view, &room, texts, verdict, setting);
    add_value(out, &view);
    sodium_memzero(texts, sizeof texts);
}

static void add_expression(struct buffer *out, const garita_rule *rule)
{
    struct rule_json parts = {0};

    if (rule_json_of_expression(&parts, rule->expression))
        add_value(out, &parts.value);
    else
        out->failed = true;
    rule_json_free(&parts);
}

static void add_kind(struct buffer *out, uint8_t kind)
{
    const garita_entry *entry = garita_entry_by_code(GARITA_TABLE_KINDS, kind);

    if (entry != NULL)
        safe_text_add_json(out, entry->name, strlen(entry->name));
    else
        buffer_add_number(out, kind);
}

static void add_alternatives(struct buffer *out, const garita_requirement *requirement)
{
    buffer_add_char(out, '[');
    for (size_t i = 0; i < requirement->alternative_count; i++) {
        const garita_alternative *alternative = &requirement->alternatives[i];
        buffer_add_text(out, i > 0 ? ",{\"kind\":" : "{\"kind\":");
        add_kind(out, alternative->kind);
        buffer_add_text(out, ",\"max_age_s\":");
        if (alternative->max_age_s > 0)
            buffer_add_signed(out, alternative->max_age_s);
        else
            buffer_add_text(out, "null");
        buffer_add_char(out, '}');
    }
    buffer_add_char(out, ']');
}

static void add_words(struct buffer *out, const garita_words *words)
{
    buffer_add_text(out, "{\"en\":");
    safe_text_add_json(out, words->en.at, words->en.len);
    buffer_add_text(out, ",\"es\":");
    safe_text_add_json(out, words->es.at, words->es.len);
    buffer_add_char(out, '}');
}

static void add_bool(struct buffer *out, const char *name, bool is_so)
{
    buffer_add_format(out, ",\"%s\":%s", name, is_so ? "true" : "false");
}

static void add_outcome(struct buffer *out, bool is_asked, garita_outcome outcome)
{
    add_bool(out, "asked", is_asked);
    if (is_asked)
        buffer_add_format(out, ",\"outcome\":\"%s\"", garita_outcome_name(outcome));
    else
        buffer_add_text(out, ",\"outcome\":null");
}

/* --- for programs --- */

static void add_requirements_json(struct buffer *out, const garita_verdict *verdict,
                                  const garita_lane *lane)
{
    for (size_t i = 0; i < lane->requirement_count; i++) {
        const garita_requirement_result *result = &verdict->requirements[i];
        buffer_add_text(out, i > 0 ? ",{\"description\":" : "{\"description\":");
        add_words(out, &lane->requirements[i].description);
        buffer_add_text(out, ",\"any_of\":");
        add_alternatives(out, &lane->requirements[i]);
        add_outcome(out, result->is_asked, result->outcome);
        add_bool(out, "met", result->is_met);
        add_bool(out, "expired", result->has_expired);
        buffer_add_char(out, '}');
    }
}

static void add_rules_json(struct buffer *out, const garita_verdict *verdict,
                           const garita_lane *lane)
{
    for (size_t i = 0; i < lane->rule_count; i++) {
        const garita_rule *rule = &lane->rules[i];
        const garita_rule_result *result = &verdict->rules[i];
        const char *error = garita_rule_error_name(result->error);
        buffer_add_text(out, i > 0 ? ",{\"id\":" : "{\"id\":");
        safe_text_add_json(out, rule->id.at, rule->id.len);
        buffer_add_text(out, ",\"description\":");
        add_words(out, &rule->description);
        buffer_add_text(out, ",\"expression\":");
        add_expression(out, rule);
        add_outcome(out, result->is_asked, result->outcome);
        buffer_add_text(out, ",\"error\":");
        if (result->error != GARITA_RULE_OK)
            safe_text_add_json(out, error, strlen(error));
        else
            buffer_add_text(out, "null");
        add_bool(out, "in_doubt", result->is_in_doubt);
        buffer_add_char(out, '}');
    }
}

void verdict_explain_add_json(struct buffer *out, const garita_verdict *verdict,
                              const struct remarks *remarks)
{
    const garita_lane *lane = remarks->setting->lane;

    buffer_add_text(out, "{\"data\":");
    add_data(out, verdict, remarks->setting);
    buffer_add_text(out, ",\"requirements\":[");
    if (verdict->has_credential)
        add_requirements_json(out, verdict, lane);
    buffer_add_text(out, "],\"rules\":[");
    if (verdict->has_credential)
        add_rules_json(out, verdict, lane);
    buffer_add_text(out, "]}");
}

/* --- for people --- */

static void add_described(struct buffer *out, const garita_words *words)
{
    const garita_utf8 text = verdict_words(words);

    safe_text_add(out, text.at, text.len);
}

static const char *word_of(bool is_asked, garita_outcome outcome)
{
    return is_asked ? advice_word(outcome) : _("not asked of this one");
}

static void add_policy(struct buffer *out, const struct remarks *remarks)
{
    buffer_add_format(out, "%s: %s", _("Lane"), remarks->setting->lane->name);
    if (remarks->policy != NULL) {
        buffer_add_text(out, ", ");
        add_described(out, &remarks->policy->policy->title);
        /* TRANSLATORS: a policy's number and who signed it: " (policy 7 by CBP)" */
        buffer_add_format(out, _(" (policy %lu by %s)"), (unsigned long)remarks->policy->serial,
                          remarks->policy->signer->name);
    } else if (remarks->setting->lane->lacks_policy) {
        buffer_add_format(out, ", %s", _("no policy in force"));
    } else {
        buffer_add_format(out, ", %s", _("built in"));
    }
    buffer_add_char(out, '\n');
}

static void add_requirements_text(struct buffer *out, const garita_verdict *verdict,
                                  const garita_lane *lane)
{
    for (size_t i = 0; i < lane->requirement_count; i++) {
        const garita_requirement_result *result = &verdict->requirements[i];
        buffer_add_format(out, "%s: ", _("Requirement"));
        add_described(out, &lane->requirements[i].description);
        buffer_add_char(out, ' ');
        add_alternatives(out, &lane->requirements[i]);
        buffer_add_format(out, " → %s\n", word_of(result->is_asked, result->outcome));
    }
}

/* The attestations for whose sake a rule is in doubt. */
static void add_doubt(struct buffer *out, const garita_verdict *verdict)
{
    struct buffer names = {0};

    for (size_t i = 0; i < verdict->shown_count; i++) {
        const garita_shown *shown = &verdict->shown[i];
        if (!shown->is_readable || shown->outcome != GARITA_REFER)
            continue;
        buffer_add_text(&names, names.len > 0 ? ", " : "");
        verdict_shown_add_name(&names, shown);
    }
    /* TRANSLATORS: " (it would pass if this could be checked: Vaccination by SSA)" */
    buffer_add_format(out, _(" (it would pass if this could be checked: %s)"), buffer_text(&names));
    out->failed |= names.failed;
    buffer_free(&names);
}

static void add_rules_text(struct buffer *out, const garita_verdict *verdict,
                           const garita_lane *lane)
{
    for (size_t i = 0; i < lane->rule_count; i++) {
        const garita_rule *rule = &lane->rules[i];
        const garita_rule_result *result = &verdict->rules[i];
        buffer_add_format(out, "%s ", _("Rule"));
        safe_text_add(out, rule->id.at, rule->id.len);
        buffer_add_text(out, ": ");
        add_described(out, &rule->description);
        buffer_add_char(out, ' ');
        add_expression(out, rule);
        buffer_add_format(out, " → %s", word_of(result->is_asked, result->outcome));
        if (result->error != GARITA_RULE_OK)
            buffer_add_format(out, " (%s: %s)", garita_rule_error_name(result->error),
                              _(garita_rule_error_text(result->error)));
        if (result->is_in_doubt)
            add_doubt(out, verdict);
        buffer_add_char(out, '\n');
    }
}

void verdict_explain_add_text(struct buffer *out, const garita_verdict *verdict,
                              const struct remarks *remarks)
{
    const garita_lane *lane = remarks->setting->lane;

    add_policy(out, remarks);
    buffer_add_format(out, "%s: ", _("Data"));
    add_data(out, verdict, remarks->setting);
    buffer_add_char(out, '\n');
    if (!verdict->has_credential)
        return;
    add_requirements_text(out, verdict, lane);
    add_rules_text(out, verdict, lane);
}
