/* rules GOLDEN: the rules below GOLDEN/lanes/rules are what is written there: as JSON, as bytes,
 * and in what they give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <garita/certlogic.h>

#include "golden.h"
#include "values.h"

#define RULES "lanes/rules/"

static const char *golden;

/* Room for the largest rule, and for the largest evaluation. */
static garita_value values[GARITA_RULE_BYTES_MAX];
static garita_member members[GARITA_RULE_BYTES_MAX / 2];

static garita_room room_of(size_t value_cap, size_t member_cap) {
    return (garita_room){ .values = values, .value_cap = value_cap, .members = members,
                          .member_cap = member_cap };
}

static bool is_error(const char *name, const char *what, const json_t *written,
                     const char *observed) {
    const char *want = json_is_string(written) ? json_string_value(written) : "ok";
    if (strcmp(want, observed) == 0)
        return true;
    print_error("%s, %s: written %s, observed %s\n", name, what, want, observed);
    return false;
}

/* JSON to bytes, and back. */
static bool encodes(const char *name, json_t *vector, const file *bytes) {
    static uint8_t out[GARITA_RULE_BYTES_MAX];
    json_t *rule = json_object_get(vector, "rule");
    size_t len;
    if (!rule)
        return true;
    garita_value value = value_of(rule);
    garita_error e = garita_rule_encode(out, &len, sizeof out, NULL, NULL, &value);
    if (!is_error(name, "encoded", json_object_get(vector, "form"), garita_error_name(e)))
        return false;
    if (e != GARITA_OK)
        return true;
    if (len != bytes->len || memcmp(out, bytes->at, len) != 0) {
        print_error("%s: encoded to other bytes\n", name);
        return false;
    }
    garita_room room = room_of(sizeof values / sizeof values[0],
        sizeof members / sizeof members[0]);
    e = garita_rule_decode(&value, &room, bytes->at, bytes->len);
    return is_error(name, "decoded", NULL, garita_error_name(e)) &&
           is_as_written(name, "decoded", rule, value_json(&value));
}

/* What a rule that gave this decides: CertLogic's, and FORMAT.md's, section 23. */
static garita_rule_error decision_of(bool *out, const json_t *result) {
    *out = json_is_true(result);
    bool is_falsy = json_is_null(result) || json_is_false(result) ||
                    (json_is_integer(result) && json_integer_value(result) == 0) ||
                    (json_is_string(result) && json_string_length(result) == 0) ||
                    (json_is_array(result) && json_array_size(result) == 0) ||
                    (json_is_object(result) && json_object_size(result) == 0);
    return *out || is_falsy ? GARITA_RULE_OK : GARITA_RULE_NOT_A_DECISION;
}

static bool gives(const char *name, json_t *vector, const file *bytes) {
    json_t *written = json_object_get(vector, "error"), *result = json_object_get(vector, "result");
    if (!result)
        return true;
    garita_value out, data = value_of(json_object_get(vector, "data"));
    garita_room room = room_of(GARITA_RULE_VALUES_MAX, GARITA_RULE_MEMBERS_MAX);
    garita_rule_error e = garita_rule_evaluate(&out, NULL, &room, bytes->at, bytes->len, &data);
    if (!is_error(name, "evaluated", written, garita_rule_error_name(e)) ||
        !is_as_written(name, "result", result, value_json(&out)))
        return false;

    bool decision, wanted;
    garita_rule_error wanted_error = e;
    if (e == GARITA_RULE_OK)
        wanted_error = decision_of(&wanted, result);
    else
        wanted = false;
    room = room_of(GARITA_RULE_VALUES_MAX, GARITA_RULE_MEMBERS_MAX);
    e = garita_rule_decide(&decision, NULL, &room, bytes->at, bytes->len, &data);
    if (e == wanted_error && decision == wanted)
        return true;
    print_error("%s: decided %s %d\n", name, garita_rule_error_name(e), decision);
    return false;
}

static bool judge(const char *name) {
    json_t *vector = vector_json_of(golden, RULES, name);
    file bytes = vector_bytes_of(golden, RULES, name);
    bool ok = true;
    if (bytes.at) {
        garita_error e = garita_rule_check(NULL, bytes.at, bytes.len);
        ok = is_error(name, "checked", json_object_get(vector, "form"), garita_error_name(e));
    }
    ok = encodes(name, vector, &bytes) && ok;
    if (bytes.at)
        ok = gives(name, vector, &bytes) && ok;
    file_free(&bytes);
    json_decref(vector);
    return ok;
}

static void rules_are_as_written(void **state) {
    names vectors = vectors_in(golden, RULES);
    size_t wrong = 0, count = vectors.count;
    (void)state;
    for (size_t i = 0; i < vectors.count; i++)
        wrong += !judge(vectors.at[i]);
    names_free(&vectors);
    assert_int_equal(wrong, 0);
    assert_true(count >= 100);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = { cmocka_unit_test(rules_are_as_written) };
    if (argc != 2) {
        fprintf(stderr, "usage: rules GOLDEN\n");
        return 64;
    }
    golden = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
