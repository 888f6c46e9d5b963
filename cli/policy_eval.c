/* garita policy eval: what a rule gives on data, for whoever writes one. */
#include <string.h>

#include <garita/certlogic.h>

#include "i18n.h"
#include "input_file.h"
#include "json_out.h"
#include "policy_verbs.h"
#include "report.h"
#include "rule_json.h"

struct evaluation {
    const struct context *context;
    struct input_file rule_file, data_file;
    struct rule_json rule, data;
    uint8_t form[GARITA_RULE_BYTES_MAX];
    size_t form_len;
};

/* place (may be empty) goes before the message; hint too may be empty. */
static exit_status fail(const struct evaluation *evaluation, const char *source, unsigned line,
                        const char *code, const char *place, const char *message, const char *hint)
{
    const struct failure failure = {EXIT_BAD_INPUT, code, source, line,
                                    hint[0] != '\0' ? hint : NULL};

    return report_failure(evaluation->context, &failure, "%s%s%s", place,
                          place[0] != '\0' ? ": " : "", message);
}

/* Reads a file and what is in it. */
static exit_status read_json(struct evaluation *evaluation, struct input_file *file,
                             struct rule_json *out, const char *path)
{
    struct rule_json_fault fault = {0};
    exit_status status = input_file_read(evaluation->context, file, path, RULE_JSON_BYTES_MAX);

    if (status != EXIT_DONE)
        return status;
    if (rule_json_read(out, &fault, (const char *)file->bytes, file->len))
        return EXIT_DONE;
    if (strcmp(fault.code, garita_error_name(GARITA_E_NO_MEMORY)) == 0)
        status = report_no_memory(evaluation->context);
    else
        status = fail(evaluation, file->source, fault.line, fault.code, buffer_text(&fault.place),
                      buffer_text(&fault.message), buffer_text(&fault.hint));
    rule_json_fault_free(&fault);
    return status;
}

static exit_status encode(struct evaluation *evaluation)
{
    char place[GARITA_RULE_PATH_SIZE];
    const char *why;
    struct buffer hint = {0};
    garita_error error =
        garita_rule_encode(evaluation->form, &evaluation->form_len, sizeof evaluation->form, place,
                           &why, &evaluation->rule.value);

    if (error == GARITA_OK)
        return EXIT_DONE;
    if (error == GARITA_E_RULE)
        rule_json_advise(&hint, place);
    exit_status status = fail(evaluation, evaluation->rule_file.source, 0, garita_error_name(error),
                              place, _(why), buffer_text(&hint));
    buffer_free(&hint);
    return status;
}

/* What to do about a rule that errs. */
static const char *advice(garita_rule_error error)
{
    switch (error) {
    case GARITA_RULE_WRONG_KIND:
        return _("what is missing in the data is null: ask for it first, with \"if\" or \"and\"");
    case GARITA_RULE_NEITHER:
        return _("a date-time is neither; compare it with after, before, not-after or not-before");
    case GARITA_RULE_TIME:
        return _("dates are as in 2021, 2021-06 or 2021-06-02, and date-times as in "
                 "2021-06-02T16:00:00Z");
    case GARITA_RULE_NUMBER:
        return _("numbers end at 9007199254740991, and dates with the year 275760");
    case GARITA_RULE_STEPS:
    case GARITA_RULE_ROOM:
        return _("make the rule shorter, or go over fewer elements");
    default:
        return "";
    }
}

static exit_status evaluate(struct evaluation *evaluation)
{
    garita_value values[GARITA_RULE_VALUES_MAX];
    garita_member members[GARITA_RULE_MEMBERS_MAX];
    garita_room room = {.values = values,
                        .value_cap = GARITA_RULE_VALUES_MAX,
                        .members = members,
                        .member_cap = GARITA_RULE_MEMBERS_MAX};
    char place[GARITA_RULE_PATH_SIZE];
    garita_value value;
    json_t *json;
    size_t at;
    garita_rule_error error = garita_rule_evaluate(&value, &at, &room, evaluation->form,
                                                   evaluation->form_len, &evaluation->data.value);

    if (error != GARITA_RULE_OK) {
        garita_rule_place(place, evaluation->form, evaluation->form_len, at);
        return fail(evaluation, evaluation->rule_file.source, 0, garita_rule_error_name(error),
                    place, _(garita_rule_error_text(error)), advice(error));
    }
    if (rule_json_write(&json, &value) == GARITA_E_TOO_LONG)
        return fail(evaluation, evaluation->rule_file.source, 0,
                    garita_error_name(GARITA_E_TOO_LONG), "",
                    _("what the rule gives is too long to be written"),
                    _("make the rule shorter, or go over fewer elements"));
    return json_out(evaluation->context, json);
}

exit_status policy_eval_run(const struct context *context, const void *values,
                            char *const *operands, size_t operand_count)
{
    struct evaluation evaluation = {.context = context};

    (void)values;
    (void)operand_count;
    if (strcmp(operands[0], "-") == 0 && strcmp(operands[1], "-") == 0)
        return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, NULL}, "%s",
                              _("only one of the two can be standard input"));
    exit_status status =
        read_json(&evaluation, &evaluation.rule_file, &evaluation.rule, operands[0]);
    if (status == EXIT_DONE)
        status = encode(&evaluation);
    if (status == EXIT_DONE)
        status = read_json(&evaluation, &evaluation.data_file, &evaluation.data, operands[1]);
    if (status == EXIT_DONE)
        status = evaluate(&evaluation);
    rule_json_free(&evaluation.rule);
    rule_json_free(&evaluation.data);
    input_file_free(&evaluation.rule_file);
    input_file_free(&evaluation.data_file);
    return status;
}
