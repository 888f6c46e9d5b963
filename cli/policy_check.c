#include "policy_check.h"

#include <stdlib.h>
#include <string.h>

#include <garita/date.h>

#include "i18n.h"
#include "input_file.h"
#include "json_out.h"
#include "policy_text.h"
#include "policy_trial.h"
#include "policy_verbs.h"
#include "report.h"
#include "text_out.h"

/* What the examples tried of a lane: bit n for its rule or requirement n. */
struct coverage {
    bool is_tried;
    uint64_t rules_failed;
    uint32_t requirements_lacked;
};

struct check {
    const struct context *context;
    const char *source;
    policy_check_telling telling;
    int64_t now;
    struct policy_json *file;
    struct policy_mistakes mistakes;
    struct policy_trial trial;
    struct coverage lanes[GARITA_LANES_MAX];
    size_t failed; /* examples that got another verdict */
};

/* --- the examples --- */

static json_t *example_to_json(const struct policy_example *example,
                               const struct policy_result *result, bool has_passed)
{
    json_t *out = json_object();
    json_t *expected = json_pack("{s:s, s:s}", "verdict", garita_outcome_name(example->outcome),
                                 "reason", garita_reason_code(example->reason));

    json_object_set_new(out, "example", policy_json_write_words(&example->name));
    json_object_set_new(out, "lane", json_string(example->lane));
    json_object_set_new(out, "expected", expected);
    json_object_set_new(out, "verdict", json_string(garita_outcome_name(result->outcome)));
    json_object_set_new(out, "reason", json_string(garita_reason_code(result->reason)));
    json_object_set_new(out, "passed", json_boolean(has_passed));
    json_object_set_new(out, "findings", policy_text_json_findings(result));
    return out;
}

/* "as expected" or not, in a line, and why it is no accept. */
static exit_status tell_example(const struct check *check, const struct policy_example *example,
                                const struct policy_result *result, bool has_passed)
{
    const struct context *context = check->context;
    struct buffer text = {0};

    if (context->json)
        return json_out(context, example_to_json(example, result, has_passed));
    buffer_add_text(&text, has_passed ? _("as expected: ") : _("NOT as expected: "));
    policy_text_add_words(&text, &example->name);
    buffer_add_format(&text, " [%s]: ", example->lane);
    policy_text_add_result(&text, result);
    buffer_add_char(&text, '\n');
    for (size_t i = 0; i < result->finding_count; i++) {
        buffer_add_text(&text, "    ");
        policy_text_add_finding(&text, &result->findings[i], example);
        buffer_add_char(&text, '\n');
    }
    return text_out(context, &text, 8);
}

/* Of a file without "from": as it is when it is signed, and not after the first example. */
static int64_t first_moment(const struct check *check)
{
    const struct policy_json *file = check->file;
    int64_t first = policy_examples_first(&file->examples);

    if (file->has_from)
        return file->policy.from;
    return first < file->policy.until ? first : file->policy.until - 1;
}

/* Whether it failed because of its moment, at which no lane has this policy: then it is told. */
static bool refuse_moment(struct check *check, const struct json_place *place,
                          const struct policy_example *example)
{
    const struct policy_json *file = check->file;
    const struct json_place at = {place, "at", 0};
    const garita_utf8 name = policy_text_words(&example->name);
    char from[GARITA_MOMENT_TEXT_SIZE], until[GARITA_MOMENT_TEXT_SIZE];

    if (example->at >= first_moment(check) && example->at < file->policy.until)
        return false;
    policy_mistakes_add(&check->mistakes, &at, "not-in-force",
                        _("\"%.*s\" is of a moment at which the policy is not in force"),
                        (int)name.len, name.at);
    garita_moment_format(from, file->policy.from);
    garita_moment_format(until, file->policy.until);
    if (file->has_from)
        policy_mistakes_advise(&check->mistakes, _("\"at\" must be from %s on, and before %s"),
                               from, until);
    else
        policy_mistakes_advise(&check->mistakes, _("\"at\" must be before %s"), until);
    return true;
}

static void refuse_verdict(struct check *check, const struct json_place *place,
                           const struct policy_example *example, const struct policy_result *result)
{
    struct buffer came = {0};
    struct buffer expected = {0};
    const struct policy_result wanted = {
        .has_lane = true, .outcome = example->outcome, .reason = example->reason};

    policy_text_add_result(&came, result);
    policy_text_add_result(&expected, &wanted);
    const garita_utf8 name = policy_text_words(&example->name);
    policy_mistakes_add(&check->mistakes, place, "example-failed",
                        _("\"%.*s\" must give %s, and gives %s"), (int)name.len, name.at,
                        buffer_text(&expected), buffer_text(&came));
    policy_mistakes_advise(&check->mistakes, "%s",
                           _("either the lane or what the example expects is not what was meant"));
    buffer_free(&came);
    buffer_free(&expected);
}

/* What the reader of claims leaves to whoever signs: lengths and characters. */
static void refuse_claims(struct check *check, const struct json_place *place, garita_error error,
                          const garita_fault *fault, size_t member, size_t attestation)
{
    const struct json_place members = {place, "members", 0}, at = {&members, NULL, member},
                            attestations = {&at, "attestations", 0},
                            inner = {&attestations, NULL, attestation};

    policy_mistakes_add(&check->mistakes, attestation == SIZE_MAX ? &at : &inner,
                        garita_error_name(error), "%s: %s", fault->field,
                        _(garita_error_text(error)));
}

static void note_coverage(struct check *check, const struct policy_example *example,
                          const struct policy_result *result)
{
    const garita_policy *policy = &check->file->policy;

    for (size_t i = 0; i < policy->lane_count; i++) {
        if (strcmp(policy->lanes[i].name, example->lane) != 0)
            continue;
        check->lanes[i].is_tried = true;
        check->lanes[i].rules_failed |= result->rules_failed;
        check->lanes[i].requirements_lacked |= result->requirements_lacked;
    }
}

static exit_status run_example(struct check *check, const struct json_place *examples, size_t index)
{
    const struct json_place place = {examples, NULL, index};
    const struct policy_example *example = &check->file->examples.at[index];
    struct policy_result result;
    garita_fault fault;
    size_t member = 0, attestation = SIZE_MAX;
    garita_error error =
        policy_trial_run(&result, &fault, &member, &attestation, &check->trial, example);

    if (error == GARITA_E_NO_MEMORY)
        return report_no_memory(check->context);
    if (error != GARITA_OK) {
        refuse_claims(check, &place, error, &fault, member, attestation);
        return EXIT_DONE;
    }
    bool has_passed =
        result.has_lane && result.outcome == example->outcome && result.reason == example->reason;
    note_coverage(check, example, &result);
    if (!has_passed) {
        check->failed++;
        if (!refuse_moment(check, &place, example))
            refuse_verdict(check, &place, example, &result);
    }
    return check->telling == POLICY_CHECK_ALL || !has_passed
               ? tell_example(check, example, &result, has_passed)
               : EXIT_DONE;
}

/* --- the policy as a statement --- */

/* What only shows when it is written as a statement: its length. */
static exit_status refuse_statement(struct check *check, garita_error error,
                                    const garita_fault *fault)
{
    const struct json_place root = {0};

    if (error == GARITA_E_NO_MEMORY)
        return report_no_memory(check->context);
    policy_mistakes_add(&check->mistakes, &root, garita_error_name(error), "%s%s%s", fault->field,
                        fault->field[0] != '\0' ? ": " : "", _(garita_error_text(error)));
    if (error == GARITA_E_TOO_LONG)
        policy_mistakes_advise(&check->mistakes,
                               _("a policy may have %d bytes: shorten its rules and lists"),
                               GARITA_POLICY_BYTES_MAX);
    return EXIT_DONE;
}

static exit_status try(struct check *check)
{
    const struct json_place root = {0}, examples = {&root, "examples", 0};
    const struct policy_json *file = check->file;
    garita_fault fault;
    garita_error error = policy_trial_open(&check->trial, &fault, &file->policy,
                                           first_moment(check), file->policy.until);
    exit_status status = EXIT_DONE;

    if (error != GARITA_OK)
        return refuse_statement(check, error, &fault);
    for (size_t i = 0; i < file->examples.count && status == EXIT_DONE; i++)
        status = run_example(check, &examples, i);
    return status;
}

/* --- warnings --- */

static void warn_of_lane(struct check *check, const struct json_place *lanes, size_t index)
{
    const garita_lane *lane = &check->file->policy.lanes[index];
    const struct coverage *coverage = &check->lanes[index];
    const struct json_place place = {lanes, NULL, check->file->lane_at[index]},
                            rules = {&place, "rules", 0},
                            attestations = {&place, "attestations", 0};

    if (!coverage->is_tried) {
        policy_mistakes_warn(&check->mistakes, &place, "lane-untried",
                             _("no example tries the lane %s"), lane->name);
        return;
    }
    for (size_t i = 0; i < lane->rule_count; i++) {
        const struct json_place at = {&rules, NULL, i};
        if ((coverage->rules_failed & UINT64_C(1) << i) == 0)
            policy_mistakes_warn(&check->mistakes, &at, "rule-untried",
                                 _("no example fails the rule %.*s"), (int)lane->rules[i].id.len,
                                 lane->rules[i].id.at);
    }
    for (size_t i = 0; i < lane->requirement_count; i++) {
        const struct json_place at = {&attestations, NULL, i};
        if ((coverage->requirements_lacked & 1u << i) == 0)
            policy_mistakes_warn(&check->mistakes, &at, "requirement-untried", "%s",
                                 _("no example lacks what is asked for here"));
    }
}

/* Of a text in two languages that is the same in both. A single word may be: a programme's name. */
static void warn_of_words(struct check *check, const struct json_place *place, const json_t *value)
{
    const char *en = json_string_value(json_object_get(value, "en"));
    const char *es = json_string_value(json_object_get(value, "es"));
    const struct json_place spanish = {place, "es", 0};

    if (en == NULL || es == NULL || strcmp(en, es) != 0 || strchr(en, ' ') == NULL)
        return;
    policy_mistakes_warn(&check->mistakes, &spanish, "same-words", "%s",
                         _("this is the same text as \"en\""));
    policy_mistakes_advise(&check->mistakes, "%s", _("write here what it says in Spanish"));
}

/* All that people see: not the examples, which only the author reads. */
static void warn_of_all_words(struct check *check, const struct json_place *place,
                              const json_t *value)
{
    const char *name;
    json_t *member;

    warn_of_words(check, place, value);
    json_object_foreach((json_t *)(uintptr_t)value, name, member)
    {
        const struct json_place at = {place, name, 0};
        if (strcmp(name, "examples") != 0 && strcmp(name, "expression") != 0)
            warn_of_all_words(check, &at, member);
    }
    for (size_t i = 0; json_is_array(value) && i < json_array_size(value); i++) {
        const struct json_place at = {place, NULL, i};
        warn_of_all_words(check, &at, json_array_get(value, i));
    }
}

static void warn(struct check *check)
{
    const struct json_place root = {0}, until = {&root, "until", 0}, lanes = {&root, "lanes", 0};
    const garita_policy *policy = &check->file->policy;

    if (policy->until <= check->now)
        policy_mistakes_warn(&check->mistakes, &until, "past", "%s", _("this moment is past"));
    warn_of_all_words(check, &root, check->file->root);
    if (check->file->examples.count == 0) {
        policy_mistakes_warn(&check->mistakes, &root, "no-examples", "%s",
                             _("there are no examples: nothing shows that the policy does what "
                               "was meant"));
        return;
    }
    for (size_t i = 0; i < policy->lane_count; i++)
        warn_of_lane(check, &lanes, i);
}

/* --- --- */

static exit_status check_text(struct check *check, const struct input_file *input)
{
    const char *text = (const char *)input->bytes;
    exit_status status = EXIT_DONE;

    if (policy_json_read(check->file, &check->mistakes, text, input->len)) {
        status = try(check);
        /* With an example that could not be run, nobody knows what the others leave out. */
        if (status == EXIT_DONE && check->mistakes.error_count == check->failed)
            warn(check);
    }
    if (status != EXIT_DONE)
        return status;
    policy_mistakes_finish(&check->mistakes, text, input->len);
    return policy_mistakes_report(check->context, &check->mistakes, check->source);
}

exit_status policy_check_file(const struct context *context, struct policy_json *out,
                              const char *path, policy_check_telling telling, int64_t now)
{
    struct check check = {.context = context, .telling = telling, .now = now, .file = out};
    struct input_file input = {0};
    exit_status status = input_file_read(context, &input, path, POLICY_JSON_BYTES_MAX);

    if (status != EXIT_DONE)
        return status;
    check.source = input.source;
    status = check_text(&check, &input);
    if (check.failed > 0)
        report_note(context, _("%zu of %zu examples did not give what they must"), check.failed,
                    out->examples.count);
    policy_trial_close(&check.trial);
    policy_mistakes_free(&check.mistakes);
    input_file_free(&input);
    return status;
}

/* --- the verb --- */

static size_t count_rules(const garita_policy *policy)
{
    size_t count = 0;

    for (size_t i = 0; i < policy->lane_count; i++)
        count += policy->lanes[i].rule_count;
    return count;
}

static exit_status tell(const struct context *context, const struct policy_json *file)
{
    const garita_policy *policy = &file->policy;
    size_t rules = count_rules(policy), examples = file->examples.count;
    struct buffer text = {0};

    if (context->json)
        return json_out(context,
                        json_pack("{s:b, s:o, s:s, s:I, s:I, s:I}", "good", 1, "title",
                                  policy_json_write_words(&policy->title), "country",
                                  policy->country, "lanes", (json_int_t)policy->lane_count, "rules",
                                  (json_int_t)rules, "examples", (json_int_t)examples));
    policy_text_add_words(&text, &policy->title);
    buffer_add_format(&text, ", %s: ", policy->country);
    buffer_add_format(&text, P_("%zu lane, ", "%zu lanes, ", policy->lane_count),
                      policy->lane_count);
    buffer_add_format(&text, P_("%zu rule; ", "%zu rules; ", rules), rules);
    buffer_add_format(
        &text, P_("%zu example, as expected", "%zu examples, all as expected", examples), examples);
    buffer_add_char(&text, '\n');
    return text_out(context, &text, 2);
}

exit_status policy_check_run(const struct context *context, const void *values,
                             char *const *operands, size_t operand_count)
{
    const garita_clock clock = context_clock(context);
    struct policy_json file = {0};

    (void)values;
    (void)operand_count;
    exit_status status = policy_check_file(context, &file, operands[0], POLICY_CHECK_ALL,
                                           clock.is_known ? clock.now : 0);
    if (status == EXIT_DONE)
        status = tell(context, &file);
    policy_json_free(&file);
    return status;
}
