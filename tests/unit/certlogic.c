/* CertLogic: each operation, each error, and the bounds; what rules may look like in bytes. The
 * specification's own suite is in certlogic_vectors.c, dates are in certlogic_time.c. */
#include "certlogic_case.h"

#include <stdio.h>
#include <stdlib.h>

/* --- the table --- */

static void operations_are_found_by_code_and_name(void **state)
{
    (void)state;
    for (uint64_t code = 1; code <= GARITA_OPERATION_EXTRACT_FROM_UVCI; code++) {
        const char *name = garita_operation_name(code);
        assert_non_null(name);
        assert_int_equal(garita_operation_by_name(name, strlen(name)), code);
        assert_int_equal(garita_operation_by_name(name, strlen(name) - 1) == (int)code, false);
    }
    assert_null(garita_operation_name(0));
    assert_null(garita_operation_name(GARITA_OPERATION_EXTRACT_FROM_UVCI + 1));
    assert_null(garita_operation_name(UINT64_MAX));
    assert_int_equal(garita_operation_by_name("or", 2), 0);
    assert_int_equal(garita_operation_by_name("", 0), 0);
    assert_string_equal(garita_rule_error_name(GARITA_RULE_NOT_A_DECISION), "not-a-decision");
    assert_string_equal(garita_rule_error_name((garita_rule_error)99), "?");
    assert_string_equal(garita_rule_error_text((garita_rule_error)99), "?");
}

/* --- what they give --- */

static void literals_are_themselves(void **state)
{
    (void)state;
    static const char *const literals[] = {
        "true",
        "false",
        "0",
        "-1",
        "127",
        "128",
        "-32",
        "-33",
        "-128",
        "-129",
        "32767",
        "-32769",
        "9007199254740991",
        "-9007199254740991",
        "''",
        "'ñ'",
        "[]",
        "[1,[true,'x',[]]]",
        "'a text of more than thirty-one bytes, which has a length of its own'"};
    for (size_t i = 0; i < COUNT(literals); i++)
        case_gives(literals[i], "null", literals[i]);
    case_gives("[{'var':'a'},{'+':[1,2]}]", "{'a':null}", "[null,3]");
}

static void var_drills_into_the_data(void **state)
{
    (void)state;
    static const char data[] = "{'a':{'0':'zero','b':[10,[20,30]],'n':null},'t':'text','i':7,"
                               "'ñ':1,'7':'seven'}";
    case_gives("{'var':''}", data, data);
    case_gives("{'var':'a.0'}", data, "'zero'");
    case_gives("{'var':'7'}", data, "'seven'");
    case_gives("{'var':'a.b.0'}", data, "10");
    case_gives("{'var':'a.b.1.1'}", data, "30");
    case_gives("{'var':'ñ'}", data, "1");
    static const char *const nothing[] = {"a.b.2",
                                          "a.b.01",
                                          "a.b.-1",
                                          "a.b.+1",
                                          "a.b.x",
                                          "a.b. 1",
                                          "a.b.1.1.0",
                                          "a.n",
                                          "a.n.x",
                                          "x",
                                          "x.y.z",
                                          "t.0",
                                          "t.length",
                                          "i.0",
                                          "a.b.length",
                                          "A",
                                          "a.b.18446744073709551616",
                                          "a.b.99999999999999999999999999"};
    for (size_t i = 0; i < COUNT(nothing); i++) {
        char rule[128];
        snprintf(rule, sizeof rule, "{'var':'%s'}", nothing[i]);
        case_gives(rule, data, "null");
    }
    case_gives("{'var':'x'}", "null", "null");
    case_gives("{'var':'0'}", "'text'", "null");
}

static void truth_is_narrow(void **state)
{
    (void)state;
    static const char *const truthy[] = {"true", "1",   "-1",     "'0'",
                                         "'x'",  "[0]", "[null]", "{'a':0}"};
    static const char *const falsy[] = {"false", "0", "null", "''", "[]", "{}"};
    for (size_t i = 0; i < COUNT(truthy); i++) {
        case_gives("{'if':[{'var':''},'T','F']}", truthy[i], "'T'");
        case_gives("{'!':[{'var':''}]}", truthy[i], "false");
        case_gives("{'and':[{'var':''},'last']}", truthy[i], "'last'");
    }
    for (size_t i = 0; i < COUNT(falsy); i++) {
        case_gives("{'if':[{'var':''},'T','F']}", falsy[i], "'F'");
        case_gives("{'!':[{'var':''}]}", falsy[i], "true");
        case_gives("{'and':[{'var':''},'last']}", falsy[i], falsy[i]);
        case_gives("{'and':[1,{'var':''}]}", falsy[i], falsy[i]);
    }
    static const char time[] = "{'plusTime':['2021',0,'day']}";
    static const char *const about[][2] = {{"{'if':[%s,1,2]}", "/if"},
                                           {"{'!':[%s]}", "/!"},
                                           {"{'and':[%s,true]}", "/and"},
                                           {"{'and':[true,%s]}", "/and"}};
    for (size_t i = 0; i < COUNT(about); i++) {
        char rule[128];
        const char *middle = strstr(about[i][0], "%s");
        snprintf(rule, sizeof rule, "%.*s%s%s", (int)(middle - about[i][0]), about[i][0], time,
                 middle + 2);
        case_errs(rule, "null", GARITA_RULE_NEITHER, about[i][1]);
    }
}

static void what_is_not_needed_is_not_evaluated(void **state)
{
    (void)state;
    case_gives("{'if':[true,1,{'+':['a',1]}]}", "null", "1");
    case_gives("{'if':[false,{'+':['a',1]},2]}", "null", "2");
    case_gives("{'and':[false,{'+':['a',1]},{'in':[1,2]}]}", "null", "false");
    case_gives("[{'and':[0,{'+':['a',1]}]},5]", "null", "[0,5]");
    case_errs("{'if':[{'+':['a',1]},1,2]}", "null", GARITA_RULE_WRONG_KIND, "/if/0/+");
    case_errs("{'and':[1,{'+':['a',1]}]}", "null", GARITA_RULE_WRONG_KIND, "/and/1/+");
    case_gives("{'reduce':[[],{'+':['a',1]},9]}", "null", "9");
}

static void equality_coerces_nothing(void **state)
{
    (void)state;
    static const char *const values[] = {"null", "true", "false", "0",   "1",
                                         "-1",   "''",   "'0'",   "'a'", "'b'"};
    for (size_t i = 0; i < COUNT(values); i++)
        for (size_t k = 0; k < COUNT(values); k++) {
            char data[64];
            snprintf(data, sizeof data, "[%s,%s]", values[i], values[k]);
            case_gives("{'===':[{'var':'0'},{'var':'1'}]}", data, i == k ? "true" : "false");
        }
    static const char *const alike[] = {"[[],[]]", "[{},{}]", "[[1],[1]]"};
    for (size_t i = 0; i < COUNT(alike); i++)
        case_errs("{'===':[{'var':'0'},{'var':'1'}]}", alike[i], GARITA_RULE_WRONG_KIND, "/===");
    case_gives("{'===':[{'var':'0'},{'var':'1'}]}", "[[],{}]", "false");
    case_gives("{'===':[{'var':'0'},{'var':'1'}]}", "[[],null]", "false");
    case_errs("{'===':[{'plusTime':['2021',0,'day']},{'plusTime':['2021',0,'day']}]}", "null",
              GARITA_RULE_WRONG_KIND, NULL);
    case_gives("{'===':[{'plusTime':['2021',0,'day']},'2021-12-31T00:00:00.000Z']}", "null",
               "false");
}

static void membership_is_equality_with_one(void **state)
{
    (void)state;
    case_gives("{'in':['b',['a','b']]}", "null", "true");
    case_gives("{'in':['c',['a','b']]}", "null", "false");
    case_gives("{'in':[1,['1',true,[1]]]}", "null", "false");
    case_gives("{'in':[{'var':'x'},{'var':'y'}]}", "{'y':[1,null]}", "true");
    case_gives("{'in':[[1],[1,2]]}", "null", "false");
    case_gives("{'in':[1,[]]}", "null", "false");
    static const char *const others[] = {"null", "'abc'", "1", "true", "{}"};
    for (size_t i = 0; i < COUNT(others); i++)
        case_errs("{'in':['a',{'var':''}]}", others[i], GARITA_RULE_WRONG_KIND, "/in");
    /* The first that is equal ends the search. */
    case_gives("{'in':[{'var':'0'},{'var':'1'}]}", "['a',['a',[]]]", "true");
    case_errs("{'in':[{'var':'0'},{'var':'1'}]}", "[[],['a',[]]]", GARITA_RULE_WRONG_KIND, "/in");
}

static void numbers_are_compared_in_twos_and_threes(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool less, same, more;
    } operations[] = {{">", false, false, true},
                      {"<", true, false, false},
                      {">=", false, true, true},
                      {"<=", true, true, false}};
    for (size_t i = 0; i < COUNT(operations); i++)
        for (int a = -1; a <= 1; a++)
            for (int b = -1; b <= 1; b++)
                for (int c = -1; c <= 1; c++) {
                    char two[64], three[64];
                    bool ab = a < b    ? operations[i].less
                              : a == b ? operations[i].same
                                       : operations[i].more;
                    bool bc = b < c    ? operations[i].less
                              : b == c ? operations[i].same
                                       : operations[i].more;
                    snprintf(two, sizeof two, "{'%s':[%d,%d]}", operations[i].name, a, b);
                    snprintf(three, sizeof three, "{'%s':[%d,%d,%d]}", operations[i].name, a, b, c);
                    case_gives(two, "null", ab ? "true" : "false");
                    case_gives(three, "null", ab && bc ? "true" : "false");
                }
    static const char *const others[] = {"null", "'1'", "true", "[]", "{}"};
    for (size_t i = 0; i < COUNT(others); i++) {
        case_errs("{'<':[1,{'var':''}]}", others[i], GARITA_RULE_WRONG_KIND, "/<");
        case_errs("{'>=':[{'var':''},1]}", others[i], GARITA_RULE_WRONG_KIND, NULL);
        /* It is false after two of them already, and an error all the same. */
        case_errs("{'<':[2,1,{'var':''}]}", others[i], GARITA_RULE_WRONG_KIND, NULL);
        case_errs("{'after':[{'plusTime':['2021',0,'day']},{'var':''}]}", others[i],
                  GARITA_RULE_WRONG_KIND, "/after");
    }
    case_errs("{'<':[1,{'plusTime':['2021',0,'day']}]}", "null", GARITA_RULE_WRONG_KIND, NULL);
    case_errs("{'before':['2021','2022']}", "null", GARITA_RULE_WRONG_KIND, NULL);
}

static void dates_are_compared_in_twos_and_threes(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool less, same, more;
    } operations[] = {{"after", false, false, true},
                      {"before", true, false, false},
                      {"not-before", false, true, true},
                      {"not-after", true, true, false}};
    for (size_t i = 0; i < COUNT(operations); i++)
        for (int a = 0; a <= 2; a++)
            for (int b = 0; b <= 2; b++) {
                char two[128], three[192];
                bool ab = a < b    ? operations[i].less
                          : a == b ? operations[i].same
                                   : operations[i].more;
                snprintf(two, sizeof two,
                         "{'%s':[{'plusTime':['2021',%d,'hour']},{'plusTime':['2021',%d,'hour']}]}",
                         operations[i].name, a, b);
                snprintf(three, sizeof three,
                         "{'%s':[{'plusTime':['2021',%d,'hour']},{'plusTime':['2021',%d,'hour']},"
                         "{'plusTime':['2021',%d,'hour']}]}",
                         operations[i].name, a, b, b);
                case_gives(two, "null", ab ? "true" : "false");
                case_gives(three, "null", ab && operations[i].same ? "true" : "false");
            }
}

static void sums_stay_within_javascripts_integers(void **state)
{
    (void)state;
    case_gives("{'+':[2,-3]}", "null", "-1");
    case_gives("{'+':[9007199254740990,1]}", "null", "9007199254740991");
    case_errs("{'+':[9007199254740991,1]}", "null", GARITA_RULE_NUMBER, "/+");
    case_errs("{'+':[-9007199254740991,-1]}", "null", GARITA_RULE_NUMBER, "/+");
    static const char *const others[] = {"null", "'1'", "true", "[]", "{}"};
    for (size_t i = 0; i < COUNT(others); i++) {
        case_errs("{'+':[1,{'var':''}]}", others[i], GARITA_RULE_WRONG_KIND, "/+");
        case_errs("{'+':[{'var':''},1]}", others[i], GARITA_RULE_WRONG_KIND, NULL);
    }
    /* A value that no JSON of ours holds, but a caller's data may. */
    static const uint8_t rule[] = {0x81, 0x0a, 0x92, 0x81, 0x01, 0xa0, 0x01};
    garita_value data = {.kind = GARITA_VALUE_INTEGER, .as.integer = INT64_MAX}, out;
    garita_room room = {0};
    assert_int_equal(garita_rule_evaluate(&out, NULL, &room, rule, sizeof rule, &data),
                     GARITA_RULE_NUMBER);
}

static void reduce_folds_from_the_left(void **state)
{
    (void)state;
    static const char sum[] =
        "{'reduce':[{'var':'x'},{'+':[{'var':'current'},{'var':'accumulator'}]},{'var':'i'}]}";
    case_gives(sum, "{'x':[1,2,3],'i':10}", "16");
    case_gives(sum, "{'x':[],'i':'any'}", "'any'");
    static const char *const others[] = {"{'i':0}", "{'x':1,'i':0}", "{'x':{},'i':0}",
                                         "{'x':'abc','i':0}"};
    for (size_t i = 0; i < COUNT(others); i++)
        case_errs(sum, others[i], GARITA_RULE_WRONG_KIND, "/reduce");
    case_errs(sum, "{'x':[1,'a'],'i':0}", GARITA_RULE_WRONG_KIND, "/reduce/1/+");
    /* The order, and that the outer data is not seen inside. */
    case_gives("{'reduce':[['a','b','c'],[{'var':'accumulator'},{'var':'current'}],{'var':'i'}]}",
               "{'i':0}", "[[[0,'a'],'b'],'c']");
    case_gives("{'reduce':[[1],{'var':'i'},0]}", "{'i':5}", "null");
    case_gives("{'reduce':[[1,2],{'var':''},0]}", "null",
               "{'current':2,'accumulator':{'current':1,'accumulator':0}}");
    case_gives("{'reduce':[[[1,2],[3]],{'+':[{'var':'accumulator'},{'reduce':[{'var':'current'},"
               "{'+':[{'var':'current'},{'var':'accumulator'}]},0]}]},100]}",
               "null", "106");
}

static void uvci_is_cut_at_its_separators(void **state)
{
    (void)state;
    case_gives("{'extractFromUVCI':[{'var':''},0]}", "'URN:UVCI:'", "''");
    case_gives("{'extractFromUVCI':[{'var':''},1]}", "'URN:UVCI:'", "null");
    case_gives("{'extractFromUVCI':[{'var':''},0]}", "'URN:UVCI'", "'URN'");
    case_gives("{'extractFromUVCI':[{'var':''},0]}", "'urn:uvci:01'", "'urn'");
    case_gives("{'extractFromUVCI':[{'var':''},1]}", "'URN:UVCI:URN:UVCI:x'", "'UVCI'");
    case_gives("{'extractFromUVCI':[{'var':''},9007199254740991]}", "'a:b'", "null");
    case_gives("{'extractFromUVCI':[{'var':''},-9007199254740991]}", "'a:b'", "null");
    static const char *const others[] = {"1", "true", "[]", "{}"};
    for (size_t i = 0; i < COUNT(others); i++)
        case_errs("{'extractFromUVCI':[{'var':''},0]}", others[i], GARITA_RULE_WRONG_KIND,
                  "/extractFromUVCI");
    case_is_refused("{'extractFromUVCI':['a',{'var':'i'}]}", GARITA_E_RULE, "/extractFromUVCI/1");
}

/* --- decisions --- */

static garita_rule_error decide(bool *out, const char *rule, const char *data)
{
    garita_value values[8];
    garita_member members[8];
    garita_room room = {values, COUNT(values), 0, members, COUNT(members), 0};
    struct {
        case_rule rule;
        json_t *json;
    } r = {.json = case_json(rule)};
    assert_ok(case_encode(&r.rule, NULL, r.json));
    json_decref(r.json);
    json_t *json = case_json(data);
    garita_value value = json_is_null(json) ? (garita_value){0}
                                            : (garita_value){.kind = GARITA_VALUE_BOOLEAN,
                                                             .as.boolean = json_is_true(json)};
    json_decref(json);
    *out = true;
    garita_rule_error error =
        garita_rule_decide(out, NULL, &room, r.rule.bytes, r.rule.len, &value);
    assert_int_equal(room.value_used, 0);
    assert_int_equal(room.member_used, 0);
    free(r.rule.bytes);
    return error;
}

static void only_true_is_a_yes(void **state)
{
    (void)state;
    bool yes;
    assert_int_equal(decide(&yes, "true", "null"), GARITA_RULE_OK);
    assert_true(yes);
    assert_int_equal(decide(&yes, "{'var':''}", "true"), GARITA_RULE_OK);
    assert_true(yes);
    static const char *const falsy[] = {"false", "0", "''", "[]", "{'var':''}"};
    for (size_t i = 0; i < COUNT(falsy); i++) {
        assert_int_equal(decide(&yes, falsy[i], "null"), GARITA_RULE_OK);
        assert_false(yes);
    }
    static const char *const neither[] = {"1", "'true'", "[true]", "{'plusTime':['2021',0,'day']}"};
    for (size_t i = 0; i < COUNT(neither); i++) {
        assert_int_equal(decide(&yes, neither[i], "null"), GARITA_RULE_NOT_A_DECISION);
        assert_false(yes);
    }
    assert_int_equal(decide(&yes, "{'+':[1,'a']}", "null"), GARITA_RULE_WRONG_KIND);
    assert_false(yes);
}

/* --- what is refused --- */

static void json_that_is_no_rule_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        garita_error error;
        const char *where;
    } cases[] = {
        {"null", GARITA_E_RULE, ""},
        {"{}", GARITA_E_RULE, ""},
        {"{'or':[1,2]}", GARITA_E_RULE, "/or"},
        {"{'and':[true,{'a/b~c':[1]}]}", GARITA_E_RULE, "/and/1/a~1b~0c"},
        {"{'===':[1,2],'and':[1,2]}", GARITA_E_RULE, ""},
        {"{'===':[1,null]}", GARITA_E_RULE, "/===/1"},
        {"[1,[2,null]]", GARITA_E_RULE, "/1/1"},
        {"{'===':[1]}", GARITA_E_RULE, "/==="},
        {"{'===':[1,2,3]}", GARITA_E_RULE, "/==="},
        {"{'===':{'var':'x'}}", GARITA_E_RULE, "/==="},
        {"{'!':true}", GARITA_E_RULE, "/!"},
        {"{'!':[]}", GARITA_E_RULE, "/!"},
        {"{'if':[1,2]}", GARITA_E_RULE, "/if"},
        {"{'and':[1]}", GARITA_E_RULE, "/and"},
        {"{'<':[1,2,3,4]}", GARITA_E_RULE, "/<"},
        {"{'in':[1,[]],'x':1}", GARITA_E_RULE, ""},
        {"{'var':0}", GARITA_E_RULE, "/var"},
        {"{'var':['x']}", GARITA_E_RULE, "/var"},
        {"{'var':null}", GARITA_E_RULE, "/var"},
        {"{'var':'.'}", GARITA_E_RULE, "/var"},
        {"{'var':'.x'}", GARITA_E_RULE, "/var"},
        {"{'var':'x.'}", GARITA_E_RULE, "/var"},
        {"{'var':'x..y'}", GARITA_E_RULE, "/var"},
        {"{'===':['a\\u202eb',1]}", GARITA_E_UNSAFE_TEXT, "/===/0"},
        {"['a\\nb']", GARITA_E_UNSAFE_TEXT, "/0"},
        {"{'var':'a\\u0007'}", GARITA_E_UNSAFE_TEXT, "/var"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        case_is_refused(cases[i].rule, cases[i].error, cases[i].where);
}

/* What no JSON gives, but a caller may. */
static void values_that_are_no_json_are_refused(void **state)
{
    (void)state;
    static const garita_value long_array[GARITA_OPERANDS_MAX + 1];
    static const struct {
        garita_value value;
        garita_error error;
    } cases[] = {
        {{.kind = GARITA_VALUE_TIME, .as.time = 0}, GARITA_E_RULE},
        {{.kind = GARITA_VALUE_INTEGER, .as.integer = GARITA_INTEGER_MAX + 1}, GARITA_E_RANGE},
        {{.kind = GARITA_VALUE_INTEGER, .as.integer = INT64_MIN}, GARITA_E_RANGE},
        {{.kind = GARITA_VALUE_TEXT, .as.text = {"\xff", 1}}, GARITA_E_UTF8},
        {{.kind = GARITA_VALUE_TEXT, .as.text = {"a\0b", 3}}, GARITA_E_UNSAFE_TEXT},
        {{.kind = GARITA_VALUE_ARRAY, .as.array = {long_array, COUNT(long_array)}}, GARITA_E_RANGE},
    };
    uint8_t out[64];
    size_t len;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(garita_rule_encode(out, &len, sizeof out, NULL, NULL, &cases[i].value),
                         cases[i].error);
        assert_int_equal(len, 0);
    }
}

static void bytes_that_are_no_rule_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        garita_error error;
        size_t at;
    } cases[] = {
        {"", GARITA_E_TRUNCATED, 0},
        {"c0", GARITA_E_RULE, 0},
        {"c40100", GARITA_E_RULE, 0},
        {"80", GARITA_E_RULE, 0},
        {"c3 00", GARITA_E_TRAILING, 1},
        {"82 01 a0 02 a0", GARITA_E_RULE, 0},
        {"81 00 92 01 02", GARITA_E_RULE, 1},
        {"81 14 92 01 02", GARITA_E_RULE, 1},
        {"81 7f 92 01 02", GARITA_E_RULE, 1},
        {"81 a1 31 01", GARITA_E_KEY_KIND, 1},
        {"81 01 91 a0", GARITA_E_RULE, 2},
        {"81 01 a1 2e", GARITA_E_RULE, 2},
        {"81 01 00", GARITA_E_RULE, 2},
        {"81 03 91 01", GARITA_E_RULE, 2},
        {"81 03 93 01 01 01", GARITA_E_RULE, 2},
        {"81 03 92 01 c0", GARITA_E_RULE, 4},
        {"81 03 c3", GARITA_E_RULE, 2},
        {"81 03 92 01", GARITA_E_TRUNCATED, 2},
        {"81 10 93 a0 01 a3 646179", GARITA_OK, 0},
        {"81 10 93 a0 01 a3 646178", GARITA_E_RULE, 5},
        {"81 10 93 a0 c3 a3 646179", GARITA_E_RULE, 4},
        {"81 10 93 a0 8101a0 a3 646179", GARITA_E_RULE, 4},
        {"cc 7f", GARITA_E_NOT_MINIMAL, 0},
        {"d0 e0", GARITA_E_NOT_MINIMAL, 0},
        {"d0 df", GARITA_OK, 0},
        {"cf 001fffffffffffff", GARITA_OK, 0},
        {"cf 0020000000000000", GARITA_E_RANGE, 0},
        {"d3 ffe0000000000001", GARITA_OK, 0},
        {"d3 ffe0000000000000", GARITA_E_RANGE, 0},
        {"d3 8000000000000000", GARITA_E_RANGE, 0},
        {"ca 00000000", GARITA_E_FORBIDDEN_KIND, 0},
        {"a1 ff", GARITA_E_UTF8, 1},
        {"a1 0a", GARITA_E_UNSAFE_TEXT, 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t bytes[64];
        size_t len = unhex(bytes, sizeof bytes, cases[i].hex), at;
        uint8_t *copy = exact_copy(bytes, len);
        garita_error error = garita_rule_check(&at, copy, len);
        if (error != cases[i].error || at != cases[i].at)
            fail_msg("%s: %s at %zu", cases[i].hex, garita_error_name(error), at);
        if (error != GARITA_OK && strcmp(cases[i].hex, "81 10 93 a0 01 a3 646179") != 0) {
            garita_value data = {0}, out;
            garita_value values[8];
            garita_room room = {.values = values, .value_cap = COUNT(values)};
            assert_int_equal(garita_rule_evaluate(&out, NULL, &room, copy, len, &data),
                             GARITA_RULE_NOT_A_RULE);
        }
        free(copy);
    }
}

/* --- bounds --- */

/* depth containers in one another, the innermost empty. */
static size_t nested(uint8_t *out, unsigned depth)
{
    memset(out, 0x91, depth);
    out[depth - 1] = 0x90;
    return depth;
}

static void depth_is_bounded(void **state)
{
    (void)state;
    static garita_value values[GARITA_RULE_VALUES_MAX];
    garita_room room = {.values = values, .value_cap = COUNT(values)};
    garita_value out, data = {0};
    uint8_t bytes[2 * GARITA_RULE_DEPTH_MAX];
    size_t len = nested(bytes, GARITA_RULE_DEPTH_MAX), at;
    assert_ok(garita_rule_check(&at, bytes, len));
    assert_int_equal(garita_rule_evaluate(&out, &at, &room, bytes, len, &data), GARITA_RULE_OK);
    len = nested(bytes, GARITA_RULE_DEPTH_MAX + 1);
    assert_error(garita_rule_check(&at, bytes, len), DEPTH);
    assert_int_equal(at, GARITA_RULE_DEPTH_MAX);
    assert_int_equal(garita_rule_evaluate(&out, &at, &room, bytes, len, &data), GARITA_RULE_DEPTH);

    /* Twenty-eight operations in one another are the most, in JSON too. */
    char rule[8 * GARITA_RULE_DEPTH_MAX] = "", where[GARITA_RULE_PATH_SIZE];
    for (unsigned i = 0; i < GARITA_RULE_DEPTH_MAX / 2; i++)
        strcat(rule, "{'!':[");
    strcat(rule, "1");
    for (unsigned i = 0; i < GARITA_RULE_DEPTH_MAX / 2; i++)
        strcat(rule, "]}");
    case_gives(rule, "null", "true");
    char *one = strchr(rule, '1');
    memmove(one + 2, one + 1, strlen(one + 1) + 1);
    memcpy(one, "[]", 2);
    json_t *json = case_json(rule);
    case_rule encoded;
    assert_error(case_encode(&encoded, where, json), DEPTH);
    assert_int_equal(strlen(where), GARITA_RULE_DEPTH_MAX / 2 * strlen("/!/0"));
    json_decref(json);
}

static void steps_are_bounded(void **state)
{
    (void)state;
    /* Eight arrays of eight in one another, each element of one reduced over the next. */
    static const char rule[] =
        "{'reduce':[{'var':''},{'reduce':[[1,1,1,1,1,1,1,1],{'reduce':[[1,1,1,1,1,1,1,1],"
        "{'reduce':[[1,1,1,1,1,1,1,1],{'+':[1,1]},0]},0]},0]},0]}";
    case_gives(rule, "[1]", "2");
    case_errs(rule, "[1,1,1,1,1,1,1,1,1,1]", GARITA_RULE_STEPS, NULL);
}

/* What costs time without being evaluated is paid for too: a long text that is compared, and one
 * that is passed over. */
static void length_costs_steps(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "{'reduce':[{'var':'a'},{'===':[{'var':'current'},{'var':'current'}]},0]}",
        "{'reduce':[{'var':'a'},{'extractFromUVCI':[{'var':'current'},1]},0]}",
        "{'reduce':[{'var':'a'},{'in':[{'var':'current'},[{'var':'current'}]]},0]}"};
    for (size_t i = 0; i < COUNT(rules); i++)
        for (size_t len = 1; len <= 100000; len += 99999) {
            json_t *data = json_object(), *array = json_array(), *rule = case_json(rules[i]), *got;
            char *text = calloc(1, len + 1);
            memset(text, 'a', len);
            for (unsigned k = 0; k < 20; k++)
                json_array_append_new(array, json_string(text));
            json_object_set_new(data, "a", array);
            case_rule encoded;
            assert_ok(case_encode(&encoded, NULL, rule));
            assert_int_equal(case_evaluate(&got, NULL, &encoded, data),
                             len == 1 ? GARITA_RULE_OK : GARITA_RULE_STEPS);
            json_decref(got);
            json_decref(rule);
            json_decref(data);
            free(encoded.bytes);
            free(text);
        }

    /* {"reduce": [{"var": ""}, {"if": [true, 1, LONG]}, 0]} */
    size_t len = 0, at;
    uint8_t *bytes = malloc(GARITA_RULE_BYTES_MAX);
    static const uint8_t before[] = {0x81, 0x12, 0x93, 0x81, 0x01, 0xa0, 0x81,
                                     0x02, 0x93, 0xc3, 0x01, 0xda, 0x3e, 0x80};
    memcpy(bytes, before, sizeof before);
    memset(bytes + sizeof before, 'a', 16000);
    len = sizeof before + 16000;
    bytes[len++] = 0x00;
    assert_ok(garita_rule_check(&at, bytes, len));
    static garita_value elements[100], values[1];
    static garita_member members[2];
    garita_room room = {values, 1, 0, members, 2, 0};
    garita_value out, data = {.kind = GARITA_VALUE_ARRAY, .as.array = {elements, 10}};
    assert_int_equal(garita_rule_evaluate(&out, &at, &room, bytes, len, &data), GARITA_RULE_OK);
    data.as.array.count = 100;
    assert_int_equal(garita_rule_evaluate(&out, &at, &room, bytes, len, &data), GARITA_RULE_STEPS);
    assert_int_equal(at, 6);
    free(bytes);
}

static void room_is_bounded_and_given_back(void **state)
{
    (void)state;
    static garita_value elements[4000];
    static garita_value values[4];
    static garita_member members[2];
    garita_value out, data = {.kind = GARITA_VALUE_ARRAY, .as.array = {elements, COUNT(elements)}};
    /* A result that is no array needs the room for one turn alone, however many there are. */
    static const uint8_t scalar[] = {0x81, 0x12, 0x93, 0x81, 0x01, 0xa0, 0x81, 0x09,
                                     0x92, 0x01, 0x93, 0x01, 0x02, 0x03, 0x00};
    garita_room room = {values, 3, 0, members, 2, 0};
    data.as.array.count = 2000;
    assert_int_equal(garita_rule_evaluate(&out, NULL, &room, scalar, sizeof scalar, &data),
                     GARITA_RULE_OK);
    assert_int_equal(out.kind, GARITA_VALUE_BOOLEAN);
    assert_int_equal(room.value_used, 0);
    assert_int_equal(room.member_used, 0);
    room.value_cap = 2;
    assert_int_equal(garita_rule_evaluate(&out, NULL, &room, scalar, sizeof scalar, &data),
                     GARITA_RULE_ROOM);
    assert_int_equal(room.value_used, 0);
    room = (garita_room){values, 3, 0, members, 1, 0};
    assert_int_equal(garita_rule_evaluate(&out, NULL, &room, scalar, sizeof scalar, &data),
                     GARITA_RULE_ROOM);

    /* One that is an array keeps what it is made of: [accumulator, accumulator] each time. */
    static const uint8_t doubling[] = {0x81, 0x12, 0x93, 0x81, 0x01, 0xa0, 0x92, 0x81, 0x01,
                                       0xab, 'a',  'c',  'c',  'u',  'm',  'u',  'l',  'a',
                                       't',  'o',  'r',  0x81, 0x01, 0xab, 'a',  'c',  'c',
                                       'u',  'm',  'u',  'l',  'a',  't',  'o',  'r',  0x00};
    static garita_value many_values[GARITA_RULE_VALUES_MAX];
    static garita_member many_members[GARITA_RULE_MEMBERS_MAX];
    room = (garita_room){many_values, COUNT(many_values), 0, many_members, COUNT(many_members), 0};
    data.as.array.count = 60;
    assert_int_equal(garita_rule_evaluate(&out, NULL, &room, doubling, sizeof doubling, &data),
                     GARITA_RULE_OK);
    data.as.array.count = 65;
    size_t used = room.member_used;
    assert_int_equal(used, 120);
    assert_int_equal(garita_rule_evaluate(&out, NULL, &room, doubling, sizeof doubling, &data),
                     GARITA_RULE_ROOM);
    assert_int_equal(room.member_used, used);
}

static void encoding_fits_or_says_so(void **state)
{
    (void)state;
    json_t *json = case_json("{'and':[true,{'in':[{'var':'a.b'},['x','y']]}]}");
    case_rule whole;
    assert_ok(case_encode(&whole, NULL, json));
    garita_value values[32], rule;
    garita_member members[32];
    garita_room room = {values, COUNT(values), 0, members, COUNT(members), 0};
    assert_ok(garita_rule_decode(&rule, &room, whole.bytes, whole.len));
    for (size_t cap = 0; cap <= whole.len; cap++) {
        uint8_t *out = exact_copy(whole.bytes, cap);
        size_t len = 99;
        garita_error error = garita_rule_encode(out, &len, cap, NULL, NULL, &rule);
        assert_int_equal(error, cap < whole.len ? GARITA_E_NO_SPACE : GARITA_OK);
        assert_int_equal(len, cap < whole.len ? 0 : whole.len);
        free(out);
        /* And what is cut is refused, by both readers. */
        uint8_t *cut = exact_copy(whole.bytes, cap);
        garita_value data = {0}, result;
        room.value_used = room.member_used = 0;
        if (cap < whole.len) {
            assert_int_not_equal(garita_rule_check(NULL, cut, cap), GARITA_OK);
            assert_int_equal(garita_rule_evaluate(&result, NULL, &room, cut, cap, &data),
                             GARITA_RULE_NOT_A_RULE);
        }
        free(cut);
        room.value_used = room.member_used = 0;
        assert_ok(garita_rule_decode(&rule, &room, whole.bytes, whole.len));
    }
    free(whole.bytes);
    json_decref(json);

    /* Sixteen KiB are a text of three bytes less. */
    static char text[GARITA_RULE_BYTES_MAX];
    static uint8_t out[2 * GARITA_RULE_BYTES_MAX];
    size_t len;
    memset(text, 'a', sizeof text);
    garita_value literal = {.kind = GARITA_VALUE_TEXT, .as.text = {text, sizeof text - 3}};
    assert_ok(garita_rule_encode(out, &len, sizeof out, NULL, NULL, &literal));
    assert_int_equal(len, GARITA_RULE_BYTES_MAX);
    assert_ok(garita_rule_check(NULL, out, len));
    literal.as.text.len++;
    assert_error(garita_rule_encode(out, &len, sizeof out, NULL, NULL, &literal), TOO_LONG);
    assert_error(garita_rule_check(NULL, out, GARITA_RULE_BYTES_MAX + 1), TOO_LONG);
}

static void a_place_that_is_too_long_is_cut(void **state)
{
    (void)state;
    char rule[700] = "{'", where[GARITA_RULE_PATH_SIZE];
    for (unsigned i = 0; i < 200; i++)
        strcat(rule, "ñ");
    strcat(rule, "':[1]}");
    json_t *json = case_json(rule);
    case_rule encoded;
    assert_error(case_encode(&encoded, where, json), RULE);
    /* A slash, and whole letters only. */
    assert_int_equal(strlen(where), 1 + 2 * ((GARITA_RULE_PATH_SIZE - 2) / 2));
    json_decref(json);
}

static void places_are_found_from_offsets(void **state)
{
    (void)state;
    json_t *json = case_json("{'and':[true,{'in':[{'var':'a.b'},['x','y']]},7]}");
    case_rule rule;
    assert_ok(case_encode(&rule, NULL, json));
    /* 81 04 93 c3 81 09 92 81 01 a3 61 2e 62 92 a1 78 a1 79 07 */
    static const char *const places[] = {"/and",
                                         "/and",
                                         "/and",
                                         "/and/0",
                                         "/and/1/in",
                                         "/and/1/in",
                                         "/and/1/in",
                                         "/and/1/in/0/var",
                                         "/and/1/in/0/var",
                                         "/and/1/in/0/var",
                                         "/and/1/in/0/var",
                                         "/and/1/in/0/var",
                                         "/and/1/in/0/var",
                                         "/and/1/in/1",
                                         "/and/1/in/1/0",
                                         "/and/1/in/1/0",
                                         "/and/1/in/1/1",
                                         "/and/1/in/1/1",
                                         "/and/2"};
    assert_int_equal(rule.len, COUNT(places));
    for (size_t at = 0; at < rule.len; at++) {
        char where[GARITA_RULE_PATH_SIZE];
        garita_rule_place(where, rule.bytes, rule.len, at);
        assert_string_equal(where, places[at]);
    }
    free(rule.bytes);
    json_decref(json);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_are_found_by_code_and_name),
        cmocka_unit_test(literals_are_themselves),
        cmocka_unit_test(var_drills_into_the_data),
        cmocka_unit_test(truth_is_narrow),
        cmocka_unit_test(what_is_not_needed_is_not_evaluated),
        cmocka_unit_test(equality_coerces_nothing),
        cmocka_unit_test(membership_is_equality_with_one),
        cmocka_unit_test(numbers_are_compared_in_twos_and_threes),
        cmocka_unit_test(dates_are_compared_in_twos_and_threes),
        cmocka_unit_test(sums_stay_within_javascripts_integers),
        cmocka_unit_test(reduce_folds_from_the_left),
        cmocka_unit_test(uvci_is_cut_at_its_separators),
        cmocka_unit_test(only_true_is_a_yes),
        cmocka_unit_test(json_that_is_no_rule_is_refused_with_its_place),
        cmocka_unit_test(values_that_are_no_json_are_refused),
        cmocka_unit_test(bytes_that_are_no_rule_are_refused),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(steps_are_bounded),
        cmocka_unit_test(length_costs_steps),
        cmocka_unit_test(room_is_bounded_and_given_back),
        cmocka_unit_test(encoding_fits_or_says_so),
        cmocka_unit_test(a_place_that_is_too_long_is_cut),
        cmocka_unit_test(places_are_found_from_offsets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
