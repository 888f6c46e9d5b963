#include "policy_text.h"

#include <string.h>

#include <garita/programme.h>

#include "duration.h"
#include "i18n.h"
#include "json_out.h"
#include "policy_json.h"
#include "safe_text.h"

garita_utf8 policy_text_words(const garita_words *words)
{
    return strcmp(i18n_language(), "es") == 0 ? words->es : words->en;
}

void policy_text_add_words(struct buffer *out, const garita_words *words)
{
    const garita_utf8 text = policy_text_words(words);

    safe_text_add(out, text.at, text.len);
}

/* --- parts of a lane --- */

/* "," and a blank before all but the first. */
static void add_comma(struct buffer *out, size_t begin)
{
    if (out->len > begin)
        buffer_add_text(out, ", ");
}

void policy_text_add_programmes(struct buffer *out, uint64_t programmes)
{
    bool is_spanish = strcmp(i18n_language(), "es") == 0;
    size_t begin = out->len;

    for (unsigned code = 0; code <= GARITA_PROGRAMME_CODE_MAX; code++) {
        if ((programmes & UINT64_C(1) << code) == 0)
            continue;
        const garita_programme *programme = garita_programme_by_code(code);
        add_comma(out, begin);
        if (programme != NULL)
            buffer_add_text(out, is_spanish ? programme->title_es : programme->title_en);
        else
            buffer_add_number(out, code);
    }
    if (out->len == begin)
        buffer_add_text(out, _("none"));
}

/* So many of them: "travelers". */
static void add_subjects(struct buffer *out, uint8_t subjects, size_t count)
{
    size_t begin = out->len;

    if ((subjects & 1u << GARITA_SUBJECT_HOLDER) != 0)
        buffer_add_text(out, P_("traveler", "travelers", count));
    if ((subjects & 1u << GARITA_SUBJECT_COMPANY) != 0) {
        add_comma(out, begin);
        buffer_add_text(out, P_("company", "companies", count));
    }
    if ((subjects & 1u << GARITA_SUBJECT_VEHICLE) != 0) {
        add_comma(out, begin);
        buffer_add_text(out, P_("vehicle", "vehicles", count));
    }
}

static void add_age(struct buffer *out, size_t begin, const char *whose, int64_t seconds)
{
    char text[DURATION_TEXT_SIZE];

    if (seconds == 0)
        return;
    duration_format(text, seconds);
    add_comma(out, begin);
    buffer_add_format(out, "%s %s", whose, text);
}

void policy_text_add_ages(struct buffer *out, const garita_lane_ages *ages)
{
    size_t begin = out->len;

    add_age(out, begin, _("issuer"), ages->issuer);
    add_age(out, begin, _("between"), ages->between);
    add_age(out, begin, _("anchor"), ages->anchor);
    if (out->len == begin)
        buffer_add_text(out, _("none"));
}

static void add_kind(struct buffer *out, unsigned kind)
{
    const garita_entry *entry = garita_entry_by_code(GARITA_TABLE_KINDS, kind);

    if (entry == NULL)
        buffer_add_format(out, _("attestation of kind %u"), kind);
    else
        buffer_add_text(out,
                        strcmp(i18n_language(), "es") == 0 ? entry->title_es : entry->title_en);
}

void policy_text_add_requirement(struct buffer *out, const garita_requirement *requirement)
{
    char text[DURATION_TEXT_SIZE];

    add_subjects(out, requirement->subjects, 1);
    buffer_add_text(out, ": ");
    policy_text_add_words(out, &requirement->description);
    buffer_add_text(out, " (");
    for (size_t i = 0; i < requirement->alternative_count; i++) {
        const garita_alternative *way = &requirement->alternatives[i];
        buffer_add_text(out, i == 0 ? "" : _(" or "));
        add_kind(out, way->kind);
        if (way->max_age_s == 0)
            continue;
        duration_format(text, way->max_age_s);
        buffer_add_format(out, _(", at most %s old"), text);
    }
    buffer_add_char(out, ')');
}

static const char *outcome_word(garita_outcome outcome)
{
    return outcome == GARITA_ACCEPT  ? _("accept")
           : outcome == GARITA_REFER ? _("refer")
                                     : _("reject");
}

void policy_text_add_outcome(struct buffer *out, const char *reason, garita_outcome outcome)
{
    buffer_add_format(out, "%s: %s", reason, outcome_word(outcome));
}

void policy_text_add_rule(struct buffer *out, const garita_rule *rule)
{
    safe_text_add(out, rule->id.at, rule->id.len);
    buffer_add_text(out, " (");
    add_subjects(out, rule->subjects, 1);
    buffer_add_format(out, _("; else %s): "), outcome_word(rule->otherwise));
    policy_text_add_words(out, &rule->description);
}

void policy_text_add_role(struct buffer *out, const garita_role *role)
{
    policy_text_add_words(out, &role->title);
    if (role->fewest == role->most)
        buffer_add_format(out, ": %u ", role->fewest);
    else
        buffer_add_format(out, _(": %u to %u "), role->fewest, role->most);
    add_subjects(out, role->subjects, role->most);
    buffer_add_text(out, " (");
    policy_text_add_programmes(out, role->programmes);
    buffer_add_char(out, ')');
    if (role->employs)
        buffer_add_text(out, _(", the employer that each traveler's credential names"));
}

/* --- a lane --- */

static void begin_line(struct buffer *out, size_t indent, const char *label)
{
    buffer_add_format(out, "%*s%s", (int)indent, "", label);
}

static void add_outcome(struct buffer *out, size_t indent, garita_outcome outcome,
                        garita_outcome usual, garita_reason reason)
{
    if (outcome == GARITA_UNDECIDED || outcome == usual)
        return;
    begin_line(out, indent, "");
    policy_text_add_outcome(out, garita_reason_code(reason), outcome);
    buffer_add_char(out, '\n');
}

static void add_denied(struct buffer *out, const garita_lane *lane, size_t indent, bool is_whole)
{
    if (lane->denied_count == 0)
        return;
    begin_line(out, indent, "");
    buffer_add_format(out,
                      P_("denied: %zu employer or company\n",
                         "denied: %zu employers and companies\n", lane->denied_count),
                      lane->denied_count);
    for (size_t i = 0; is_whole && i < lane->denied_count; i++) {
        begin_line(out, indent + 2, "");
        safe_text_add(out, lane->denied[i].at, lane->denied[i].len);
        buffer_add_char(out, '\n');
    }
}

/* The expression as JSON, in one line. */
static void add_expression(struct buffer *out, const garita_rule *rule, size_t indent)
{
    json_t *json = policy_json_write_expression(rule->expression);

    if (json == NULL) {
        out->failed = true;
        return;
    }
    begin_line(out, indent, "");
    json_out_add(out, json);
    buffer_add_char(out, '\n');
}

static void add_limits(struct buffer *out, const garita_lane *lane, size_t indent)
{
    static const garita_lane_ages none;

    begin_line(out, indent, _("records of revocations, at most so old: "));
    policy_text_add_ages(out, &lane->refer_after);
    if (memcmp(&lane->reject_after, &none, sizeof none) != 0) {
        buffer_add_text(out, _("; rejected beyond: "));
        policy_text_add_ages(out, &lane->reject_after);
    }
    buffer_add_char(out, '\n');
    if (lane->waives_serial_unknown) {
        begin_line(out, indent, _("waives: serial-unknown"));
        buffer_add_char(out, '\n');
    }
}

void policy_text_add_lane(struct buffer *out, const garita_lane *lane, size_t indent, bool is_whole)
{
    size_t inner = indent + 2;

    begin_line(out, indent, lane->name);
    buffer_add_text(out, ": ");
    policy_text_add_words(out, &lane->title);
    buffer_add_char(out, '\n');
    begin_line(out, inner, _("programmes: "));
    policy_text_add_programmes(out, lane->programmes);
    buffer_add_char(out, '\n');
    for (size_t i = 0; i < lane->role_count; i++) {
        begin_line(out, inner, _("party: "));
        policy_text_add_role(out, &lane->roles[i]);
        buffer_add_char(out, '\n');
    }
    for (size_t i = 0; i < lane->requirement_count; i++) {
        begin_line(out, inner, _("asks of each "));
        policy_text_add_requirement(out, &lane->requirements[i]);
        buffer_add_char(out, '\n');
    }
    for (size_t i = 0; i < lane->rule_count; i++) {
        begin_line(out, inner, _("rule "));
        policy_text_add_rule(out, &lane->rules[i]);
        buffer_add_char(out, '\n');
        if (is_whole)
            add_expression(out, &lane->rules[i], inner + 2);
    }
    add_denied(out, lane, inner, is_whole);
    add_outcome(out, inner, lane->outcomes.suspended, GARITA_REFER, GARITA_REASON_SUSPENDED);
    add_outcome(out, inner, lane->outcomes.lane_mismatch, GARITA_REJECT,
                GARITA_REASON_LANE_MISMATCH);
    add_outcome(out, inner, lane->outcomes.attestation_expired, GARITA_REJECT,
                GARITA_REASON_ATTESTATION_EXPIRED);
    add_outcome(out, inner, lane->outcomes.employer_denied, GARITA_REJECT,
                GARITA_REASON_EMPLOYER_DENIED);
    add_limits(out, lane, inner);
}

/* --- results --- */

void policy_text_add_result(struct buffer *out, const struct policy_result *result)
{
    if (!result->has_lane)
        buffer_add_text(out, _("no such lane"));
    else
        buffer_add_format(out, "%s (%s)", outcome_word(result->outcome),
                          garita_reason_code(result->reason));
}

void policy_text_add_finding(struct buffer *out, const struct policy_finding *finding,
                             const struct policy_example *example)
{
    if (finding->member == POLICY_TRIAL_PARTY) {
        buffer_add_text(out, _("the party"));
    } else {
        const garita_utf8 who =
            garita_credential_who(&example->members[finding->member].claims.credential);
        safe_text_add(out, who.at, who.len);
    }
    buffer_add_format(out, ": %s", garita_reason_code(finding->reason));
    if (finding->kind != 0) {
        buffer_add_text(out, _(": an attestation ("));
        add_kind(out, (unsigned)finding->kind);
        buffer_add_text(out, _(") does not count"));
    }
    if (finding->denied.len > 0) {
        buffer_add_text(out, ": ");
        safe_text_add(out, finding->denied.at, finding->denied.len);
    }
    if (finding->rule.len > 0) {
        buffer_add_text(out, ": ");
        safe_text_add(out, finding->rule.at, finding->rule.len);
    }
    if (finding->is_unemployed)
        buffer_add_text(out, _(": the employer that the credential names is missing"));
    if (finding->missing > 0)
        buffer_add_format(out, P_(": %zu more to come", ": %zu more to come", finding->missing),
                          finding->missing);
    if (finding->words.en.len > 0)
        buffer_add_text(out, ": ");
    policy_text_add_words(out, &finding->words);
    if (finding->error != GARITA_RULE_OK)
        buffer_add_format(out, " [%s]", _(garita_rule_error_text(finding->error)));
}

static json_t *text_or_null(garita_utf8 text)
{
    return text.len > 0 ? json_out_text(text.at, text.len) : json_null();
}

static json_t *finding_to_json(const struct policy_finding *finding)
{
    json_t *out = json_object();

    json_object_set_new(out, "reason", json_string(garita_reason_code(finding->reason)));
    json_object_set_new(out, "member",
                        finding->member == POLICY_TRIAL_PARTY
                            ? json_null()
                            : json_integer((json_int_t)finding->member));
    json_object_set_new(out, "rule", text_or_null(finding->rule));
    json_object_set_new(out, "text",
                        finding->words.en.len > 0 ? policy_json_write_words(&finding->words)
                                                  : json_null());
    if (finding->denied.len > 0)
        json_object_set_new(out, "denied", text_or_null(finding->denied));
    if (finding->error != GARITA_RULE_OK)
        json_object_set_new(out, "error", json_string(garita_rule_error_name(finding->error)));
    if (finding->missing > 0)
        json_object_set_new(out, "missing", json_integer((json_int_t)finding->missing));
    if (finding->is_unemployed)
        json_object_set_new(out, "lacks_employer", json_true());
    if (finding->kind != 0) {
        const garita_entry *entry =
            garita_entry_by_code(GARITA_TABLE_KINDS, (uint64_t)finding->kind);
        json_object_set_new(out, "attestation",
                            entry != NULL ? json_string(entry->name) : json_integer(finding->kind));
    }
    return out;
}

json_t *policy_text_json_findings(const struct policy_result *result)
{
    json_t *out = json_array();

    for (size_t i = 0; i < result->finding_count; i++)
        json_array_append_new(out, finding_to_json(&result->findings[i]));
    return out;
}
