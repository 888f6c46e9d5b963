#include "certlogic_case.h"

#include <stdlib.h>

#include "rule_json.h"

json_t *case_json(const char *text)
{
    char quoted[4096];
    size_t len = strlen(text);
    struct rule_json_fault fault = {0};
    assert_true(len < sizeof quoted);
    for (size_t i = 0; i < len; i++)
        quoted[i] = text[i] == '\'' ? '"' : text[i];
    json_t *json = rule_json_parse(&fault, quoted, len);
    if (json == NULL)
        fail_msg("%s: %s", buffer_text(&fault.message), text);
    return json;
}

static void take(struct rule_json *out, json_t *json)
{
    struct rule_json_fault fault = {0};
    if (!rule_json_take(out, &fault, json))
        fail_msg("%s: %s", buffer_text(&fault.place), buffer_text(&fault.message));
}

static void assert_decodes(const case_rule *rule, json_t *expected)
{
    garita_value *values = calloc(rule->len, sizeof *values), value;
    garita_member *members = calloc(rule->len / 2 + 1, sizeof *members);
    garita_room room = {values, rule->len, 0, members, rule->len / 2, 0};
    json_t *json;
    assert_ok(garita_rule_decode(&value, &room, rule->bytes, rule->len));
    assert_ok(rule_json_write(&json, &value));
    assert_true(json_equal(json, expected));
    json_decref(json);
    free(values);
    free(members);
}

garita_error case_encode(case_rule *out, char *path, json_t *rule)
{
    uint8_t *bytes = malloc(GARITA_RULE_BYTES_MAX);
    struct rule_json json;
    const char *why = NULL;
    size_t at;
    *out = (case_rule){0};
    take(&json, rule);
    garita_error error =
        garita_rule_encode(bytes, &out->len, GARITA_RULE_BYTES_MAX, path, &why, &json.value);
    assert_non_null(why);
    assert_true((error == GARITA_OK) == (why[0] == '\0'));
    rule_json_free(&json);
    if (error == GARITA_OK) {
        out->bytes = exact_copy(bytes, out->len);
        assert_ok(garita_rule_check(&at, out->bytes, out->len));
        assert_decodes(out, rule);
    }
    free(bytes);
    return error;
}

garita_rule_error case_evaluate(json_t **out, size_t *at, const case_rule *rule, json_t *data)
{
    static garita_value values[GARITA_RULE_VALUES_MAX];
    static garita_member members[GARITA_RULE_MEMBERS_MAX];
    garita_room room = {values, COUNT(values), 0, members, COUNT(members), 0};
    struct rule_json json;
    garita_value value;
    take(&json, data);
    garita_rule_error error =
        garita_rule_evaluate(&value, at, &room, rule->bytes, rule->len, &json.value);
    *out = NULL;
    if (error == GARITA_RULE_OK)
        assert_ok(rule_json_write(out, &value));
    else
        assert_int_equal(value.kind, GARITA_VALUE_NULL);
    rule_json_free(&json);
    return error;
}

/* Of a rule that is well formed. */
static garita_rule_error run(json_t **out, char where[GARITA_RULE_PATH_SIZE], const char *rule,
                             const char *data)
{
    json_t *rule_json = case_json(rule), *data_json = case_json(data);
    case_rule encoded;
    size_t at;
    if (case_encode(&encoded, where, rule_json) != GARITA_OK)
        fail_msg("%s: refused at %s", rule, where);
    garita_rule_error error = case_evaluate(out, &at, &encoded, data_json);
    garita_rule_place(where, encoded.bytes, encoded.len, at);
    free(encoded.bytes);
    json_decref(rule_json);
    json_decref(data_json);
    return error;
}

void case_gives(const char *rule, const char *data, const char *expected)
{
    char where[GARITA_RULE_PATH_SIZE];
    json_t *got, *expected_json = case_json(expected);
    garita_rule_error error = run(&got, where, rule, data);
    if (error != GARITA_RULE_OK)
        fail_msg("%s on %s: %s at %s", rule, data, garita_rule_error_name(error), where);
    if (!json_equal(got, expected_json))
        fail_msg("%s on %s gives %s", rule, data, json_dumps(got, JSON_ENCODE_ANY));
    json_decref(got);
    json_decref(expected_json);
}

void case_errs(const char *rule, const char *data, garita_rule_error expected, const char *where)
{
    char found[GARITA_RULE_PATH_SIZE];
    json_t *got;
    garita_rule_error error = run(&got, found, rule, data);
    if (error != expected)
        fail_msg("%s on %s: %s", rule, data, garita_rule_error_name(error));
    if (where != NULL)
        assert_string_equal(found, where);
}

void case_is_refused(const char *rule, garita_error expected, const char *where)
{
    char path[GARITA_RULE_PATH_SIZE];
    json_t *json = case_json(rule);
    case_rule encoded;
    garita_error error = case_encode(&encoded, path, json);
    if (error != expected)
        fail_msg("%s: %s", rule, garita_error_name(error));
    if (where != NULL)
        assert_string_equal(path, where);
    json_decref(json);
}
