/* CertLogic's dates: each form that may be written, and none else; and how far they reach. What
 * JavaScript's Date gives was asked of Node. */
#include "certlogic_case.h"

#include <stdlib.h>

#include "certlogic_time.h"

static void assert_time(int64_t time, const char *expected)
{
    char text[GARITA_TIME_TEXT_SIZE];
    garita_time_format(text, time);
    assert_string_equal(text, expected);
}

static void assert_reads(const char *text, const char *expected)
{
    int64_t time;
    if (!garita_time_parse(&time, utf8(text)))
        fail_msg("%s", text);
    assert_time(time, expected);
}

static void every_form_is_read(void **state)
{
    (void)state;
    static const char *const forms[][2] = {
        {"2021", "2021-12-31T00:00:00.000Z"},
        {"2021-06", "2021-06-30T00:00:00.000Z"},
        {"2021-06-02", "2021-06-02T00:00:00.000Z"},
        {"2021-06-02T16:07:08", "2021-06-02T16:07:08.000Z"},
        {"2021-06-02T16:07:08Z", "2021-06-02T16:07:08.000Z"},
        {"2021-06-02T16:07:08+2", "2021-06-02T14:07:08.000Z"},
        {"2021-06-02T16:07:08-02", "2021-06-02T18:07:08.000Z"},
        {"2021-06-02T16:07:08+230", "2021-06-02T13:37:08.000Z"},
        {"2021-06-02T16:07:08-0230", "2021-06-02T18:37:08.000Z"},
        {"2021-06-02T16:07:08+2:30", "2021-06-02T13:37:08.000Z"},
        {"2021-06-02T16:07:08-02:30", "2021-06-02T18:37:08.000Z"},
        {"2021-06-02T16:07:08.1", "2021-06-02T16:07:08.100Z"},
        {"2021-06-02T16:07:08.12Z", "2021-06-02T16:07:08.120Z"},
        {"2021-06-02T16:07:08.123+9", "2021-06-02T07:07:08.123Z"},
        {"2021-06-02T16:07:08.1239-09", "2021-06-03T01:07:08.123Z"},
        {"2021-06-02T16:07:08.999999999999+945", "2021-06-02T06:22:08.999Z"},
        {"2021-06-02T16:07:08.0-0945", "2021-06-03T01:52:08.000Z"},
        {"2021-06-02T16:07:08.05+9:45", "2021-06-02T06:22:08.050Z"},
        {"2021-06-02T16:07:08.005-09:45", "2021-06-03T01:52:08.005Z"},
    };
    for (size_t i = 0; i < COUNT(forms); i++)
        assert_reads(forms[i][0], forms[i][1]);
    assert_reads("2020-02", "2020-02-29T00:00:00.000Z");
    assert_reads("1900-02", "1900-02-28T00:00:00.000Z");
    assert_reads("2000-02-29T23:59:59.999Z", "2000-02-29T23:59:59.999Z");
    assert_reads("1969-12-31T23:59:59.9995", "1969-12-31T23:59:59.999Z");
    assert_reads("0000-01-01T00:00:00+23:59", "-000001-12-31T00:01:00.000Z");
    assert_reads("9999-12-31T23:59:59-23:59", "+010000-01-01T23:58:59.000Z");
}

static void no_other_form_is_read(void **state)
{
    (void)state;
    static const char *const others[] = {"",
                                         "2",
                                         "202",
                                         "20211",
                                         "-2021",
                                         "+2021",
                                         "2021-",
                                         "2021-6",
                                         "2021-13",
                                         "2021-00",
                                         "2021-06-",
                                         "2021-06-2",
                                         "2021-06-31",
                                         "2021-06-00",
                                         "2021-02-29",
                                         "1900-02-29",
                                         "2021-06-02T",
                                         "2021-06-02 16:07:08",
                                         "2021-06-02t16:07:08",
                                         "2021-06-02T16:07",
                                         "2021-06-02T16",
                                         "2021-06T16:07:08",
                                         "2021T16:07:08",
                                         "2021-06-02T24:00:00",
                                         "2021-06-02T16:60:00",
                                         "2021-06-02T16:07:60",
                                         "2021-06-02T16:07:08z",
                                         "2021-06-02T16:07:08.",
                                         "2021-06-02T16:07:08.Z",
                                         "2021-06-02T16:07:08,1",
                                         "2021-06-02T16:07:08+",
                                         "2021-06-02T16:07:08+:30",
                                         "2021-06-02T16:07:08+02:",
                                         "2021-06-02T16:07:08+02:3",
                                         "2021-06-02T16:07:08+002:30",
                                         "2021-06-02T16:07:08+02300",
                                         "2021-06-02T16:07:08+230:00",
                                         "2021-06-02T16:07:08+24",
                                         "2021-06-02T16:07:08+02:60",
                                         "2021-06-02T16:07:08Z ",
                                         " 2021",
                                         "2021-06-02Z",
                                         "2021-06-02+02",
                                         "June 2021",
                                         "2021-06-02T16:07:08Z+02",
                                         "2021/06/02",
                                         "20210602",
                                         "2021-W22-3",
                                         "2021-153"};
    int64_t time;
    for (size_t i = 0; i < COUNT(others); i++)
        if (garita_time_parse(&time, utf8(others[i])))
            fail_msg("%s", others[i]);
    assert_false(garita_time_parse(&time, (garita_utf8){"2021\0", 5}));
    assert_false(garita_time_parse(&time, (garita_utf8){0}));
}

/* Every prefix of a text, and every text with one character changed, is read or refused; those that
 * are read are written as themselves. */
static void texts_around_a_date_are_judged(void **state)
{
    (void)state;
    static const char whole[] = "2021-06-02T16:07:08.123-02:30";
    static const char others[] = "0123456789-+:.TZ \0/9";
    unsigned read = 0;
    for (size_t len = 0; len < sizeof whole; len++)
        for (size_t at = 0; at <= len; at++)
            for (size_t c = 0; c < sizeof others - 1; c++) {
                int64_t time;
                uint8_t *copy = exact_copy(whole, len);
                if (at < len)
                    copy[at] = (uint8_t)others[c];
                if (garita_time_parse(&time, (garita_utf8){(char *)copy, len})) {
                    char text[GARITA_TIME_TEXT_SIZE];
                    int64_t again;
                    garita_time_format(text, time);
                    assert_true(garita_time_parse(&again, utf8(text)));
                    assert_int_equal(again, time);
                    read++;
                }
                free(copy);
            }
    assert_true(read > 500);
}

static void births_are_dates_alone(void **state)
{
    (void)state;
    int64_t time;
    assert_true(garita_time_parse_date(&time, utf8("2004")));
    assert_time(time, "2004-12-31T00:00:00.000Z");
    assert_true(garita_time_parse_date(&time, utf8("2004-02")));
    assert_time(time, "2004-02-29T00:00:00.000Z");
    assert_true(garita_time_parse_date(&time, utf8("2004-01-01")));
    assert_time(time, "2004-01-01T00:00:00.000Z");
    assert_false(garita_time_parse_date(&time, utf8("2004-01-01T00:00:00Z")));
    assert_false(garita_time_parse_date(&time, utf8("2004-01-32")));
    assert_false(garita_time_parse_date(&time, utf8("")));
    case_gives("{'dccDateOfBirth':['2004-01']}", "null", "'2004-01-31T00:00:00.000Z'");
    case_errs("{'dccDateOfBirth':['2004-01-01T00:00:00Z']}", "null", GARITA_RULE_TIME,
              "/dccDateOfBirth");
    case_errs("{'dccDateOfBirth':[2004]}", "null", GARITA_RULE_WRONG_KIND, NULL);
    case_errs("{'dccDateOfBirth':[{'var':'dob'}]}", "{}", GARITA_RULE_WRONG_KIND, NULL);
}

static void sums_roll_over_as_javascripts_do(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t amount;
        garita_time_unit unit;
        const char *expected;
    } sums[] = {
        {"2020-02-29", 1, GARITA_TIME_DAY, "2020-03-01T00:00:00.000Z"},
        {"2020-02-29", 1, GARITA_TIME_MONTH, "2020-03-29T00:00:00.000Z"},
        {"2020-02-29", 1, GARITA_TIME_YEAR, "2021-03-01T00:00:00.000Z"},
        {"2020-02-29", 4, GARITA_TIME_YEAR, "2024-02-29T00:00:00.000Z"},
        {"2020-02-29", -1, GARITA_TIME_YEAR, "2019-03-01T00:00:00.000Z"},
        {"2021-01-31", 1, GARITA_TIME_MONTH, "2021-03-03T00:00:00.000Z"},
        {"2020-01-31", 1, GARITA_TIME_MONTH, "2020-03-02T00:00:00.000Z"},
        {"2021-03-31", -1, GARITA_TIME_MONTH, "2021-03-03T00:00:00.000Z"},
        {"2021-05-31", -3, GARITA_TIME_MONTH, "2021-03-03T00:00:00.000Z"},
        {"2021-01-15", -1, GARITA_TIME_MONTH, "2020-12-15T00:00:00.000Z"},
        {"2021-01-15", -13, GARITA_TIME_MONTH, "2019-12-15T00:00:00.000Z"},
        {"2021-12-31", 14, GARITA_TIME_MONTH, "2023-03-03T00:00:00.000Z"},
        {"2021-10-31", 0, GARITA_TIME_MONTH, "2021-10-31T00:00:00.000Z"},
        {"2021-03-01", -1, GARITA_TIME_DAY, "2021-02-28T00:00:00.000Z"},
        {"2021-06-02", 365, GARITA_TIME_DAY, "2022-06-02T00:00:00.000Z"},
        {"2021-06-01T00:00:00+00:00", 40, GARITA_TIME_HOUR, "2021-06-02T16:00:00.000Z"},
        {"1970-01-01", -1, GARITA_TIME_HOUR, "1969-12-31T23:00:00.000Z"},
        {"1969-12-31T23:59:59.999Z", 1, GARITA_TIME_YEAR, "1970-12-31T23:59:59.999Z"},
        {"0000-01-01", -1, GARITA_TIME_DAY, "-000001-12-31T00:00:00.000Z"},
        {"0000-03-01", -1, GARITA_TIME_YEAR, "-000001-03-01T00:00:00.000Z"},
        {"9999-12-31", 1, GARITA_TIME_DAY, "+010000-01-01T00:00:00.000Z"},
        {"1970-01-01", 100000000, GARITA_TIME_DAY, "+275760-09-13T00:00:00.000Z"},
        {"1970-01-01", -100000000, GARITA_TIME_DAY, "-271821-04-20T00:00:00.000Z"},
    };
    for (size_t i = 0; i < COUNT(sums); i++) {
        int64_t time;
        assert_true(garita_time_parse(&time, utf8(sums[i].text)));
        if (!garita_time_add(&time, sums[i].amount, sums[i].unit))
            fail_msg("%s %lld", sums[i].text, (long long)sums[i].amount);
        assert_time(time, sums[i].expected);
    }
}

static void nothing_leads_beyond_the_end_of_time(void **state)
{
    (void)state;
    static const int64_t amounts[] = {300001,      -300001,    5000000000,
                                      -5000000000, 9999999999, GARITA_INTEGER_MAX,
                                      INT64_MAX,   INT64_MIN};
    for (size_t i = 0; i < COUNT(amounts); i++)
        for (unsigned unit = GARITA_TIME_YEAR; unit <= GARITA_TIME_HOUR; unit++) {
            int64_t time, before;
            assert_true(garita_time_parse(&time, utf8("2021")));
            before = time;
            bool is_small =
                (amounts[i] == 300001 || amounts[i] == -300001) && unit != GARITA_TIME_YEAR;
            assert_int_equal(garita_time_add(&time, amounts[i], (garita_time_unit)unit), is_small);
            assert_true(is_small || time == before);
        }
    int64_t time = GARITA_TIME_MAX;
    assert_false(garita_time_add(&time, 1, GARITA_TIME_HOUR));
    assert_true(garita_time_add(&time, -1, GARITA_TIME_HOUR));
    assert_time(time, "+275760-09-12T23:00:00.000Z");
    assert_time(GARITA_TIME_MAX, "+275760-09-13T00:00:00.000Z");
    assert_time(-GARITA_TIME_MAX, "-271821-04-20T00:00:00.000Z");
    case_errs("{'plusTime':['2021',9007199254740991,'hour']}", "null", GARITA_RULE_NUMBER,
              "/plusTime");
    case_errs("{'plusTime':['2021',-273843,'year']}", "null", GARITA_RULE_NUMBER, NULL);
    case_gives("{'plusTime':['2021',-273841,'year']}", "null", "'-271820-12-31T00:00:00.000Z'");
}

/* A day at a time from 0000-02-27 on, and back: no day is left out, and none comes twice. */
static void days_follow_one_another(void **state)
{
    (void)state;
    int64_t time, back;
    assert_true(garita_time_parse(&time, utf8("0000-02-27T12:00:00Z")));
    for (unsigned i = 0; i < 146097 + 366; i++) {
        char text[GARITA_TIME_TEXT_SIZE];
        garita_time_format(text, time);
        assert_true(garita_time_parse(&back, utf8(text)));
        assert_int_equal(back, time);
        assert_true(garita_time_add(&time, 1, GARITA_TIME_DAY));
        assert_int_equal(time - back, 86400000);
    }
    assert_time(time, "0401-02-27T12:00:00.000Z");
}

static void units_are_four(void **state)
{
    (void)state;
    garita_time_unit unit;
    assert_true(garita_time_unit_by_name(&unit, utf8("month")) && unit == GARITA_TIME_MONTH);
    static const char *const others[] = {"", "days", "Day", "minute", "da", "week"};
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(garita_time_unit_by_name(&unit, utf8(others[i])));
}

static void plus_time_takes_a_text_alone(void **state)
{
    (void)state;
    case_gives("{'plusTime':[{'var':'d'},0,'day']}", "{'d':'2021-06-02'}",
               "'2021-06-02T00:00:00.000Z'");
    case_errs("{'plusTime':[{'var':'d'},0,'day']}", "{}", GARITA_RULE_WRONG_KIND, "/plusTime");
    case_errs("{'plusTime':[2021,0,'day']}", "{}", GARITA_RULE_WRONG_KIND, NULL);
    case_errs("{'plusTime':[{'plusTime':['2021',0,'day']},0,'day']}", "{}", GARITA_RULE_WRONG_KIND,
              "/plusTime");
    case_errs("{'and':[true,{'plusTime':['2021-09-99',0,'day']}]}", "{}", GARITA_RULE_TIME,
              "/and/1/plusTime");
    case_is_refused("{'plusTime':['2021',{'var':'n'},'day']}", GARITA_E_RULE, "/plusTime/1");
    case_is_refused("{'plusTime':['2021',true,'day']}", GARITA_E_RULE, "/plusTime/1");
    case_is_refused("{'plusTime':['2021',1,'days']}", GARITA_E_RULE, "/plusTime/2");
    case_is_refused("{'plusTime':['2021',1,{'var':'u'}]}", GARITA_E_RULE, "/plusTime/2");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_read),
        cmocka_unit_test(no_other_form_is_read),
        cmocka_unit_test(texts_around_a_date_are_judged),
        cmocka_unit_test(births_are_dates_alone),
        cmocka_unit_test(sums_roll_over_as_javascripts_do),
        cmocka_unit_test(nothing_leads_beyond_the_end_of_time),
        cmocka_unit_test(days_follow_one_another),
        cmocka_unit_test(units_are_four),
        cmocka_unit_test(plus_time_takes_a_text_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
