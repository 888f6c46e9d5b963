#include "policy_verbs.h"

#include <stdlib.h>
#include <string.h>

#include <garita/date.h>
#include <garita/policy.h>
#include <garita/value.h>

#include "i18n.h"
#include "input_file.h"
#include "json_out.h"
#include "policy_json.h"
#include "policy_text.h"
#include "policy_trial.h"
#include "report.h"
#include "text_out.h"

/* One of the two. */
struct side {
    struct input_file input;
    struct policy_json file;  /* of one that its authors wrote */
    garita_policy *statement; /* of one that is signed */
    const garita_policy *policy;
    struct policy_trial trial;
};

struct diff {
    const struct context *context;
    struct side old, new;
    struct buffer text;  /* for people: all of it, printed at the end */
    const char *heading; /* the lane of the newest line; null: none yet */
    size_t changes;
};

/* --- reading --- */

static exit_status read_statement(const struct context *context, struct side *side)
{
    const struct input_file *input = &side->input;
    garita_fault fault = {.field = ""};
    garita_error error =
        garita_policy_inspect(&side->statement, NULL, &fault, input->bytes, input->len);

    side->policy = side->statement;
    if (error == GARITA_OK)
        return EXIT_DONE;
    if (error == GARITA_E_NO_MEMORY)
        return report_no_memory(context);
    return report_failure(
        context,
        &(struct failure){EXIT_BAD_INPUT, garita_error_name(error), input->source, 0, NULL},
        "%s%s%s", fault.field, fault.field[0] != '\0' ? ": " : "", _(garita_error_text(error)));
}

static exit_status read_file(const struct context *context, struct side *side)
{
    const struct input_file *input = &side->input;
    const char *text = (const char *)input->bytes;
    struct policy_mistakes mistakes = {0};
    exit_status status = EXIT_DONE;

    if (!policy_json_read(&side->file, &mistakes, text, input->len)) {
        policy_mistakes_finish(&mistakes, text, input->len);
        status = policy_mistakes_report(context, &mistakes, input->source);
    }
    policy_mistakes_free(&mistakes);
    side->policy = &side->file.policy;
    return status;
}

static exit_status read_side(const struct context *context, struct side *side, const char *path)
{
    exit_status status = input_file_read(context, &side->input, path, POLICY_JSON_BYTES_MAX);

    if (status != EXIT_DONE)
        return status;
    return policy_json_is_text(side->input.bytes, side->input.len) ? read_file(context, side)
                                                                   : read_statement(context, side);
}

static void free_side(struct side *side)
{
    policy_trial_close(&side->trial);
    garita_policy_free(side->statement);
    policy_json_free(&side->file);
    input_file_free(&side->input);
}

/* --- telling of one change --- */

/* What changed, of the policy (lane null) or of a lane. Of the JSON values, which are taken over,
 * and the texts, those of what is not there are null. */
struct change {
    const char *what; /* stable: "programmes", "rule", … */
    const char *lane;
    json_t *old_json, *new_json;
    struct buffer old_text, new_text; /* len 0: none */
};

static void add_line(struct diff *diff, char sign, struct buffer *text)
{
    if (text->len > 0) {
        buffer_add_format(&diff->text, diff->heading != NULL ? "  %c " : "%c ", sign);
        buffer_add(&diff->text, text->at, text->len);
        buffer_add_char(&diff->text, '\n');
    }
    diff->text.failed |= text->failed;
    buffer_free(text);
}

static exit_status tell(struct diff *diff, struct change *change)
{
    json_t *object;

    diff->changes++;
    if (!diff->context->json) {
        json_decref(change->old_json);
        json_decref(change->new_json);
        if (change->lane != NULL && diff->heading != change->lane)
            buffer_add_format(&diff->text, "%s:\n", change->lane);
        diff->heading = change->lane;
        add_line(diff, '-', &change->old_text);
        add_line(diff, '+', &change->new_text);
        return EXIT_DONE;
    }
    buffer_free(&change->old_text);
    buffer_free(&change->new_text);
    object = json_pack("{s:s, s:s?, s:o, s:o}", "change", change->what, "lane", change->lane, "old",
                       change->old_json != NULL ? change->old_json : json_null(), "new",
                       change->new_json != NULL ? change->new_json : json_null());
    return json_out(diff->context, object);
}

/* --- the policy itself --- */

static exit_status compare_texts(struct diff *diff, const char *what, const char *label,
                                 const char *old, const char *new)
{
    struct change change = {.what = what};

    if (strcmp(old, new) == 0)
        return EXIT_DONE;
    change.old_json = json_string(old);
    change.new_json = json_string(new);
    buffer_add_format(&change.old_text, "%s%s", label, old);
    buffer_add_format(&change.new_text, "%s%s", label, new);
    return tell(diff, &change);
}

static bool same_words(const garita_words *a, const garita_words *b)
{
    return garita_utf8_equal(a->en, b->en) && garita_utf8_equal(a->es, b->es);
}

/* A title, of the policy or of a lane. */
static exit_status compare_titles(struct diff *diff, const char *lane, const garita_words *old,
                                  const garita_words *new)
{
    struct change change = {.what = "title", .lane = lane};

    if (same_words(old, new))
        return EXIT_DONE;
    change.old_json = policy_json_write_words(old);
    change.new_json = policy_json_write_words(new);
    buffer_add_text(&change.old_text, _("title: "));
    policy_text_add_words(&change.old_text, old);
    buffer_add_text(&change.new_text, _("title: "));
    policy_text_add_words(&change.new_text, new);
    return tell(diff, &change);
}

/* A file without "from" begins when it is signed. */
static void format_from(char out[GARITA_MOMENT_TEXT_SIZE], const struct side *side)
{
    out[0] = '\0';
    if (side->statement != NULL || side->file.has_from)
        garita_moment_format(out, side->policy->from);
}

static exit_status compare_heads(struct diff *diff)
{
    const garita_policy *old = diff->old.policy;
    const garita_policy *new = diff->new.policy;
    char old_moment[GARITA_MOMENT_TEXT_SIZE], new_moment[GARITA_MOMENT_TEXT_SIZE];
    exit_status status = compare_titles(diff, NULL, &old->title, &new->title);

    if (status == EXIT_DONE)
        status = compare_texts(diff, "country", _("country: "), old->country, new->country);
    format_from(old_moment, &diff->old);
    format_from(new_moment, &diff->new);
    if (status == EXIT_DONE)
        status = compare_texts(diff, "from", _("in force from: "), old_moment, new_moment);
    garita_moment_format(old_moment, old->until);
    garita_moment_format(new_moment, new->until);
    if (status == EXIT_DONE)
        status = compare_texts(diff, "until", _("in force until: "), old_moment, new_moment);
    return status;
}

/* --- lists of a lane --- */

/* Adds one part of a lane's list to a text. */
typedef void (*add_part)(struct buffer *out, const garita_lane *lane, size_t index);

static void add_requirement(struct buffer *out, const garita_lane *lane, size_t index)
{
    buffer_add_text(out, _("asks of each "));
    policy_text_add_requirement(out, &lane->requirements[index]);
}

static void add_role(struct buffer *out, const garita_lane *lane, size_t index)
{
    buffer_add_text(out, _("party: "));
    policy_text_add_role(out, &lane->roles[index]);
}

static void add_denied(struct buffer *out, const garita_lane *lane, size_t index)
{
    buffer_add_format(out, _("denied: %.*s"), (int)lane->denied[index].len, lane->denied[index].at);
}

static bool is_in(const json_t *list, const json_t *part)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_equal(json_array_get(list, i), (json_t *)(uintptr_t)part))
            return true;
    return false;
}

/* A pair of lanes of one name, and what their files would say. */
struct pair {
    const garita_lane *old, *new;
    json_t *old_json, *new_json;
};

/* Tells of the parts of a list that only one of the two has. */
static exit_status compare_lists(struct diff *diff, const struct pair *pair, const char *what,
                                 const char *member, add_part add)
{
    const json_t *old = json_object_get(pair->old_json, member);
    const json_t *new = json_object_get(pair->new_json, member);
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < json_array_size(old) && status == EXIT_DONE; i++) {
        struct change change = {.what = what, .lane = pair->old->name};
        if (is_in(new, json_array_get(old, i)))
            continue;
        change.old_json = json_incref(json_array_get(old, i));
        add(&change.old_text, pair->old, i);
        status = tell(diff, &change);
    }
    for (size_t i = 0; i < json_array_size(new) && status == EXIT_DONE; i++) {
        struct change change = {.what = what, .lane = pair->old->name};
        if (is_in(old, json_array_get(new, i)))
            continue;
        change.new_json = json_incref(json_array_get(new, i));
        add(&change.new_text, pair->new, i);
        status = tell(diff, &change);
    }
    return status;
}

/* --- rules, which have ids --- */

static void add_rule(struct buffer *out, const garita_rule *rule, const json_t *json,
                     bool with_expression)
{
    buffer_add_text(out, _("rule "));
    policy_text_add_rule(out, rule);
    if (!with_expression)
        return;
    buffer_add_text(out, "\n      ");
    json_out_add(out, json_incref(json_object_get(json, "expression")));
}

static size_t find_rule(const garita_lane *lane, garita_utf8 id)
{
    for (size_t i = 0; i < lane->rule_count; i++)
        if (garita_utf8_equal(lane->rules[i].id, id))
            return i;
    return SIZE_MAX;
}

/* One rule, by its place in either lane; SIZE_MAX where it is not. */
static exit_status compare_rule(struct diff *diff, const struct pair *pair, size_t old, size_t new)
{
    struct change change = {.what = "rule", .lane = pair->old->name};
    json_t *old_json = json_array_get(json_object_get(pair->old_json, "rules"), old);
    json_t *new_json = json_array_get(json_object_get(pair->new_json, "rules"), new);

    if (old_json != NULL && new_json != NULL && json_equal(old_json, new_json))
        return EXIT_DONE;
    bool has_other = !json_equal(json_object_get(old_json, "expression"),
                                 json_object_get(new_json, "expression"));
    change.old_json = json_incref(old_json);
    change.new_json = json_incref(new_json);
    if (old_json != NULL)
        add_rule(&change.old_text, &pair->old->rules[old], old_json, new_json != NULL && has_other);
    if (new_json != NULL)
        add_rule(&change.new_text, &pair->new->rules[new], new_json, old_json != NULL && has_other);
    return tell(diff, &change);
}

static exit_status compare_rules(struct diff *diff, const struct pair *pair)
{
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < pair->old->rule_count && status == EXIT_DONE; i++)
        status = compare_rule(diff, pair, i, find_rule(pair->new, pair->old->rules[i].id));
    for (size_t i = 0; i < pair->new->rule_count &&status == EXIT_DONE; i++)
        if (find_rule(pair->old, pair->new->rules[i].id) == SIZE_MAX)
            status = compare_rule(diff, pair, SIZE_MAX, i);
    return status;
}

/* --- what a lane has once --- */

static void add_programmes(struct buffer *out, uint64_t programmes)
{
    if (programmes == 0)
        return;
    buffer_add_text(out, _("programmes: "));
    policy_text_add_programmes(out, programmes);
}

static exit_status compare_programmes(struct diff *diff, const struct pair *pair)
{
    struct change change = {.what = "programmes", .lane = pair->old->name};

    if (pair->old->programmes == pair->new->programmes)
        return EXIT_DONE;
    change.old_json = json_incref(json_object_get(pair->old_json, "programmes"));
    change.new_json = json_incref(json_object_get(pair->new_json, "programmes"));
    add_programmes(&change.old_text, pair->old->programmes & ~pair->new->programmes);
    add_programmes(&change.new_text, pair->new->programmes & ~pair->old->programmes);
    if (pair->new->programmes == 0)
        buffer_add_text(&change.new_text, _("closed: no programme passes"));
    return tell(diff, &change);
}

static void add_freshness(struct buffer *out, const garita_lane *lane)
{
    buffer_add_text(out, _("records of revocations, at most so old: "));
    policy_text_add_ages(out, &lane->refer_after);
    buffer_add_text(out, _("; rejected beyond: "));
    policy_text_add_ages(out, &lane->reject_after);
}

static exit_status compare_freshness(struct diff *diff, const struct pair *pair)
{
    struct change change = {.what = "freshness", .lane = pair->old->name};
    json_t *old = json_object_get(pair->old_json, "freshness");
    json_t *new = json_object_get(pair->new_json, "freshness");

    if (json_equal(old, new))
        return EXIT_DONE;
    change.old_json = json_incref(old);
    change.new_json = json_incref(new);
    add_freshness(&change.old_text, pair->old);
    add_freshness(&change.new_text, pair->new);
    return tell(diff, &change);
}

static exit_status compare_waived(struct diff *diff, const struct pair *pair)
{
    struct change change = {.what = "waives", .lane = pair->old->name};

    if (pair->old->waives_serial_unknown == pair->new->waives_serial_unknown)
        return EXIT_DONE;
    change.old_json = json_incref(json_object_get(pair->old_json, "waives"));
    change.new_json = json_incref(json_object_get(pair->new_json, "waives"));
    buffer_add_text(pair->old->waives_serial_unknown ? &change.old_text : &change.new_text,
                    _("waives: serial-unknown"));
    return tell(diff, &change);
}

static exit_status compare_outcome(struct diff *diff, const struct pair *pair, const char *name,
                                   garita_outcome old, garita_outcome new, garita_outcome usual)
{
    struct change change = {.what = "outcome", .lane = pair->old->name};

    old = old == GARITA_UNDECIDED ? usual : old;
    new = new == GARITA_UNDECIDED ? usual : new;
    if (old == new)
        return EXIT_DONE;
    change.old_json = json_pack("{s:s}", name, garita_outcome_name(old));
    change.new_json = json_pack("{s:s}", name, garita_outcome_name(new));
    policy_text_add_outcome(&change.old_text, name, old);
    policy_text_add_outcome(&change.new_text, name, new);
    return tell(diff, &change);
}

static exit_status compare_outcomes(struct diff *diff, const struct pair *pair)
{
    const garita_lane_outcomes *old = &pair->old->outcomes;
    const garita_lane_outcomes *new = &pair->new->outcomes;
    exit_status status =
        compare_outcome(diff, pair, "suspended", old->suspended, new->suspended, GARITA_REFER);

    if (status == EXIT_DONE)
        status = compare_outcome(diff, pair, "lane-mismatch", old->lane_mismatch,
                                 new->lane_mismatch, GARITA_REJECT);
    if (status == EXIT_DONE)
        status = compare_outcome(diff, pair, "attestation-expired", old->attestation_expired,
                                 new->attestation_expired, GARITA_REJECT);
    if (status == EXIT_DONE)
        status = compare_outcome(diff, pair, "employer-denied", old->employer_denied,
                                 new->employer_denied, GARITA_REJECT);
    return status;
}

/* --- lanes --- */

static exit_status compare_pair(struct diff *diff, const struct pair *pair)
{
    exit_status status =
        compare_titles(diff, pair->old->name, &pair->old->title, &pair->new->title);

    if (status == EXIT_DONE)
        status = compare_programmes(diff, pair);
    if (status == EXIT_DONE)
        status = compare_lists(diff, pair, "party", "party", add_role);
    if (status == EXIT_DONE)
        status = compare_lists(diff, pair, "attestation", "attestations", add_requirement);
    if (status == EXIT_DONE)
        status = compare_rules(diff, pair);
    if (status == EXIT_DONE)
        status = compare_lists(diff, pair, "denied", "denied", add_denied);
    if (status == EXIT_DONE)
        status = compare_outcomes(diff, pair);
    if (status == EXIT_DONE)
        status = compare_freshness(diff, pair);
    return status == EXIT_DONE ? compare_waived(diff, pair) : status;
}

static exit_status compare_lane(struct diff *diff, const garita_lane *old, const garita_lane *new)
{
    struct pair pair = {old, new, policy_json_write_lane(old), policy_json_write_lane(new)};
    exit_status status = pair.old_json != NULL && pair.new_json != NULL
                             ? compare_pair(diff, &pair)
                             : report_no_memory(diff->context);

    json_decref(pair.old_json);
    json_decref(pair.new_json);
    return status;
}

/* A lane that only one of the two has. */
static exit_status tell_lane(struct diff *diff, const garita_lane *lane, bool is_new)
{
    struct change change = {.what = "lane"};
    struct buffer *text = is_new ? &change.new_text : &change.old_text;

    buffer_add_text(text, is_new ? _("a new lane\n") : _("a lane less\n"));
    policy_text_add_lane(text, lane, 2, false);
    text->len -= text->len > 0; /* the last line end */
    if (is_new)
        change.new_json = policy_json_write_lane(lane);
    else
        change.old_json = policy_json_write_lane(lane);
    return tell(diff, &change);
}

static const garita_lane *find_lane(const garita_policy *policy, const char *name)
{
    for (size_t i = 0; i < policy->lane_count; i++)
        if (strcmp(policy->lanes[i].name, name) == 0)
            return &policy->lanes[i];
    return NULL;
}

static exit_status compare_policies(struct diff *diff)
{
    const garita_policy *old = diff->old.policy;
    const garita_policy *new = diff->new.policy;
    exit_status status = compare_heads(diff);

    for (size_t i = 0; i < old->lane_count && status == EXIT_DONE; i++) {
        const garita_lane *other = find_lane(new, old->lanes[i].name);
        status = other != NULL ? compare_lane(diff, &old->lanes[i], other)
                               : tell_lane(diff, &old->lanes[i], false);
    }
    for (size_t i = 0; i < new->lane_count &&status == EXIT_DONE; i++)
        if (find_lane(old, new->lanes[i].name) == NULL)
            status = tell_lane(diff, &new->lanes[i], true);
    return status;
}

/* --- examples --- */

/* Both as if they were in force at the moment of every example: dates are told of above. */
static exit_status open_trial(const struct diff *diff, struct side *side)
{
    const struct policy_examples *old = &diff->old.file.examples;
    const struct policy_examples *new = &diff->new.file.examples;
    int64_t from = policy_examples_first(old), until = policy_examples_last(old);
    garita_fault fault;

    from = policy_examples_first(new) < from ? policy_examples_first(new) : from;
    until = policy_examples_last(new) > until ? policy_examples_last(new) : until;
    garita_error error = policy_trial_open(&side->trial, &fault, side->policy, from,
                                           until < GARITA_MOMENT_MAX ? until + 1 : until);
    if (error == GARITA_OK)
        return EXIT_DONE;
    if (error == GARITA_E_NO_MEMORY)
        return report_no_memory(diff->context);
    return report_failure(
        diff->context,
        &(struct failure){EXIT_BAD_INPUT, garita_error_name(error), side->input.source, 0, NULL},
        "%s%s%s", fault.field, fault.field[0] != '\0' ? ": " : "", _(garita_error_text(error)));
}

static json_t *result_to_json(const struct policy_result *result)
{
    if (!result->has_lane)
        return json_null();
    return json_pack("{s:s, s:s, s:o}", "verdict", garita_outcome_name(result->outcome), "reason",
                     garita_reason_code(result->reason), "findings",
                     policy_text_json_findings(result));
}

static exit_status tell_example(struct diff *diff, const struct policy_example *example,
                                const struct policy_result *old, const struct policy_result *new)
{
    if (diff->context->json)
        return json_out(diff->context,
                        json_pack("{s:s, s:s, s:o, s:o, s:o}", "change", "verdict", "lane",
                                  example->lane, "example", policy_json_write_words(&example->name),
                                  "old", result_to_json(old), "new", result_to_json(new)));
    buffer_add_text(&diff->text, "  ");
    policy_text_add_words(&diff->text, &example->name);
    buffer_add_format(&diff->text, " [%s]: ", example->lane);
    policy_text_add_result(&diff->text, old);
    buffer_add_text(&diff->text, " -> ");
    policy_text_add_result(&diff->text, new);
    buffer_add_char(&diff->text, '\n');
    for (size_t i = 0; i < new->finding_count; i++) {
        buffer_add_text(&diff->text, "      ");
        policy_text_add_finding(&diff->text, &new->findings[i], example);
        buffer_add_char(&diff->text, '\n');
    }
    return EXIT_DONE;
}

static exit_status run(struct diff *diff, struct side *side, struct policy_result *out,
                       const struct policy_example *example)
{
    garita_fault fault;
    size_t member, attestation;
    garita_error error =
        policy_trial_run(out, &fault, &member, &attestation, &side->trial, example);
    const garita_utf8 name = policy_text_words(&example->name);

    if (error == GARITA_OK)
        return EXIT_DONE;
    if (error == GARITA_E_NO_MEMORY)
        return report_no_memory(diff->context);
    return report_failure(
        diff->context,
        &(struct failure){EXIT_BAD_INPUT, garita_error_name(error), side->input.source, 0,
                          _("garita policy check says where")},
        "%.*s: %s: %s", (int)name.len, name.at, fault.field, _(garita_error_text(error)));
}

/* Whether the old file has the very same travelers in the same lane at the same moment. */
static bool is_told_already(const struct diff *diff, const json_t *example)
{
    const json_t *old = json_object_get(diff->old.file.root, "examples");
    json_t *asked = json_copy((json_t *)(uintptr_t)example);
    bool is_told = false;

    json_object_del(asked, "expect");
    for (size_t i = 0; i < json_array_size(old) && !is_told; i++) {
        json_t *one = json_copy(json_array_get(old, i));
        json_object_del(one, "expect");
        is_told = one != NULL && asked != NULL && json_equal(one, asked);
        json_decref(one);
    }
    json_decref(asked);
    return is_told;
}

static exit_status run_examples(struct diff *diff, const struct side *side, size_t *count,
                                size_t *changed)
{
    const json_t *list = json_object_get(side->file.root, "examples");
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < side->file.examples.count && status == EXIT_DONE; i++) {
        const struct policy_example *example = &side->file.examples.at[i];
        struct policy_result old, new;
        if (side == &diff->new &&is_told_already(diff, json_array_get(list, i)))
            continue;
        status = run(diff, &diff->old, &old, example);
        if (status == EXIT_DONE)
            status = run(diff, &diff->new, &new, example);
        if (status != EXIT_DONE)
            break;
        ++*count;
        if (old.has_lane == new.has_lane && old.outcome == new.outcome &&old.reason == new.reason)
            continue;
        if (++*changed == 1 && !diff->context->json)
            buffer_add_text(&diff->text, _("verdicts that change:\n"));
        status = tell_example(diff, example, &old, &new);
    }
    return status;
}

static exit_status compare_examples(struct diff *diff)
{
    size_t count = 0, changed = 0;

    if (diff->old.file.examples.count + diff->new.file.examples.count == 0) {
        report_note(diff->context, "%s",
                    _("neither has examples, so that nobody's verdict can be compared"));
        return EXIT_DONE;
    }
    exit_status status = open_trial(diff, &diff->old);
    if (status == EXIT_DONE)
        status = open_trial(diff, &diff->new);
    if (status == EXIT_DONE)
        status = run_examples(diff, &diff->old, &count, &changed);
    if (status == EXIT_DONE)
        status = run_examples(diff, &diff->new, &count, &changed);
    if (status == EXIT_DONE && !diff->context->json)
        buffer_add_format(&diff->text,
                          P_("%zu example, of which %zu gets another verdict\n",
                             "%zu examples, of which %zu get another verdict\n", count),
                          count, changed);
    return status;
}

exit_status policy_diff_run(const struct context *context, const void *values,
                            char *const *operands, size_t operand_count)
{
    struct diff diff = {.context = context};
    exit_status status = read_side(context, &diff.old, operands[0]);

    (void)values;
    (void)operand_count;
    if (status == EXIT_DONE)
        status = read_side(context, &diff.new, operands[1]);
    if (status == EXIT_DONE)
        status = compare_policies(&diff);
    if (status == EXIT_DONE && diff.changes == 0 && !context->json)
        buffer_add_text(&diff.text, _("they say the same\n"));
    if (status == EXIT_DONE)
        status = compare_examples(&diff);
    if (status == EXIT_DONE && !context->json)
        status = text_out(context, &diff.text, 8);
    buffer_free(&diff.text);
    free_side(&diff.old);
    free_side(&diff.new);
    return status;
}
