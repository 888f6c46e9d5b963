/* Days, moments and birth dates, against libc's calendar. */
#define _DEFAULT_SOURCE /* timegm */
#include <garita/date.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <garita/limits.h>

#include "unit.h"

static struct tm civil(int64_t seconds)
{
    struct tm tm;
    time_t t = (time_t)seconds;
    assert_non_null(gmtime_r(&t, &tm));
    return tm;
}

static void write_moment(char out[32], int64_t seconds)
{
    struct tm tm = civil(seconds);
    assert_int_equal(strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm), 20);
}

/* Each text lies in memory of exactly its length. */
static garita_error parse_day(uint32_t *out, const char *text)
{
    char *copy = (char *)exact_copy(text, strlen(text));
    garita_error e = garita_day_parse(out, copy, strlen(text));
    free(copy);
    return e;
}

static garita_error parse_moment_len(int64_t *out, const char *text, size_t len)
{
    char *copy = (char *)exact_copy(text, len);
    garita_error e = garita_moment_parse(out, copy, len);
    free(copy);
    return e;
}

static garita_error parse_moment(int64_t *out, const char *text)
{
    return parse_moment_len(out, text, strlen(text));
}

static garita_error parse_birth(uint32_t *out, const char *text)
{
    char *copy = (char *)exact_copy(text, strlen(text));
    garita_error e = garita_birth_date_parse(out, copy, strlen(text));
    free(copy);
    return e;
}

/* --- days --- */

static void day_agrees_with_libc_on_every_day(void **state)
{
    (void)state;
    for (uint32_t d = 0; d <= GARITA_DAY_MAX; d++) {
        char expected[32], text[GARITA_DATE_TEXT_SIZE];
        uint32_t again = 1;
        write_moment(expected, INT64_C(86400) * d);
        expected[10] = '\0';
        memset(text, 'x', sizeof text);
        garita_day_format(text, d);
        assert_string_equal(text, expected);
        assert_ok(parse_day(&again, text));
        assert_int_equal(again, d);
    }
}

static void day_ends_with_2149_06_06(void **state)
{
    (void)state;
    uint32_t d;
    assert_ok(parse_day(&d, "2149-06-06"));
    assert_int_equal(d, 65535);
    assert_error(parse_day(&d, "2149-06-07"), DATE);
    assert_int_equal(d, 0);
    assert_ok(parse_day(&d, "1970-01-01"));
    assert_int_equal(d, 0);
    assert_error(parse_day(&d, "1969-12-31"), DATE);
    assert_error(parse_day(&d, "0000-01-01"), DATE);
    assert_error(parse_day(&d, "9999-12-31"), DATE);
}

/* Whether year, month and day come back from libc as they went in. */
static bool is_in_calendar(int year, int month, int of_month)
{
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = of_month};
    time_t t = timegm(&tm);
    struct tm again = civil(t);
    return again.tm_year == year - 1900 && again.tm_mon == month - 1 && again.tm_mday == of_month;
}

static void day_is_one_of_the_calendar(void **state)
{
    (void)state;
    static const int years[] = {1971, 1972, 1999, 2000, 2001, 2024, 2025, 2096, 2100, 2104};
    for (size_t i = 0; i < COUNT(years); i++)
        for (int month = 0; month <= 13; month++)
            for (int of_month = 0; of_month <= 32; of_month++) {
                char text[32];
                uint32_t d;
                snprintf(text, sizeof text, "%04d-%02d-%02d", years[i], month, of_month);
                bool good = month >= 1 && month <= 12 && of_month >= 1 &&
                            is_in_calendar(years[i], month, of_month);
                if ((parse_day(&d, text) == GARITA_OK) != good)
                    fail_msg("%s", text);
            }
}

static void day_refuses_any_other_form(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "2026", "2026-01", "2026-01-", "2026-01-1", "2026-1-01", "26-01-01", "2026-01-011",
        " 2026-01-01", "2026-01-01 ", "2026/01/01", "20260101", "2026-01-0x", "+2026-01-01",
        "-026-01-01", "2026-01-01T00:00:00Z", "2026 01 01", "2026-01--1", "２０２６-01-01",
        /* what comes before and behind the digits in ASCII */
        "2026-01-0:", "2026-0:-01", "202:-01-01", "2026-01-1/", "2026-1/-01", "203/-01-01"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        uint32_t d = 7;
        assert_error(parse_day(&d, texts[i]), DATE);
        assert_int_equal(d, 0);
    }
    uint32_t d;
    assert_error(garita_day_parse(&d, "2026-01-01\0", 11), DATE);
}

/* --- what a day means --- */

static void day_begins_at_midnight_and_expires_at_noon_of_the_next(void **state)
{
    (void)state;
    assert_int_equal(garita_day_begins(day("2026-01-01")), moment("2026-01-01T00:00:00Z"));
    assert_int_equal(garita_day_expires(day("2031-01-01")), moment("2031-01-02T12:00:00Z"));
    assert_int_equal(garita_day_expires(day("2028-02-28")), moment("2028-02-29T12:00:00Z"));
    assert_int_equal(garita_day_begins(0), 0);
    assert_int_equal(garita_day_expires(GARITA_DAY_MAX), moment("2149-06-07T12:00:00Z"));
}

/* --- moments --- */

static void moment_agrees_with_libc(void **state)
{
    (void)state;
    static const int64_t last = INT64_C(253402300799); /* 9999-12-31T23:59:59Z */
    rng r = {6};
    for (unsigned i = 0; i < 200000; i++) {
        int64_t m =
            i < 100000 ? (int64_t)i * 86399 % (last / 4) : (int64_t)(rng_next(&r) % 253402300800u);
        char expected[32], text[GARITA_MOMENT_TEXT_SIZE];
        int64_t again = 1;
        write_moment(expected, m);
        memset(text, 'x', sizeof text);
        garita_moment_format(text, m);
        assert_string_equal(text, expected);
        assert_ok(parse_moment(&again, text));
        assert_int_equal(again, m);
    }
    assert_int_equal(moment("9999-12-31T23:59:59Z"), last);
    assert_int_equal(moment("1970-01-01T00:00:00Z"), 0);
}

static void moment_takes_offsets_fractions_and_leap_seconds(void **state)
{
    (void)state;
    static const struct {
        const char *text, *same;
    } pairs[] = {
        {"2026-01-01T00:00:00-08:00", "2026-01-01T08:00:00Z"},
        {"2026-01-01T08:00:00+00:00", "2026-01-01T08:00:00Z"},
        {"2026-01-01T08:00:00-00:00", "2026-01-01T08:00:00Z"},
        {"2026-01-01T00:00:00+05:30", "2025-12-31T18:30:00Z"},
        {"2025-12-31T20:30:00-03:30", "2026-01-01T00:00:00Z"},
        {"2026-01-01T23:59:00+23:59", "2026-01-01T00:00:00Z"},
        {"1970-01-01T00:00:00-00:01", "1970-01-01T00:01:00Z"},
        {"2026-01-01t08:00:00z", "2026-01-01T08:00:00Z"},
        {"2026-01-01 08:00:00Z", "2026-01-01T08:00:00Z"},
        {"2026-01-01T08:00:00.5Z", "2026-01-01T08:00:00Z"},
        {"2026-01-01T08:00:00.05Z", "2026-01-01T08:00:00Z"},
        {"2026-01-01T08:00:00.999999999999999999999-00:00", "2026-01-01T08:00:00Z"},
        {"1990-12-31T23:59:60Z", "1991-01-01T00:00:00Z"},
        {"1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00Z"},
        {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
    };
    for (size_t i = 0; i < COUNT(pairs); i++)
        assert_int_equal(moment(pairs[i].text), moment(pairs[i].same));
}

static void moment_refuses_anything_else(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "2026-01-01",
                                        "2026-01-01T",
                                        "2026-01-01T08:00:00",
                                        "2026-01-01T08:00Z",
                                        "2026-01-01T8:00:00Z",
                                        "2026-01-01T24:00:00Z",
                                        "2026-01-01T23:60:00Z",
                                        "2026-01-01T23:59:61Z",
                                        "2026-01-01T08:00:00.Z",
                                        "2026-01-01T08:00:00,5Z",
                                        "2026-01-01T08:00:00ZZ",
                                        "2026-01-01T08:00:00Z ",
                                        " 2026-01-01T08:00:00Z",
                                        "2026-01-01T08:00:00+0800",
                                        "2026-01-01T08:00:00+08",
                                        "2026-01-01T08:00:00+08:60",
                                        "2026-01-01T08:00:00+24:00",
                                        "2026-01-01T08:00:00*08:00",
                                        "2026-02-29T08:00:00Z",
                                        "2026-13-01T08:00:00Z",
                                        "2026-00-01T08:00:00Z",
                                        "1969-12-31T23:59:59Z",
                                        "1970-01-01T00:00:00+00:01",
                                        "2026-01-01X08:00:00Z",
                                        "10000-01-01T00:00:00Z",
                                        "2026-01-01T-8:00:00Z",
                                        "2026-01-01T08-00-00Z"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        int64_t m = 7;
        if (parse_moment(&m, texts[i]) != GARITA_E_DATE)
            fail_msg("%s", texts[i]);
        assert_int_equal(m, 0);
    }
}

/* An end of the text anywhere is seen, not read over. */
static void moment_refuses_every_prefix(void **state)
{
    (void)state;
    static const char text[] = "2026-01-01T08:00:00.25-08:00";
    int64_t m;
    assert_ok(parse_moment_len(&m, text, sizeof text - 1));
    for (size_t len = 0; len < sizeof text - 1; len++)
        assert_error(parse_moment_len(&m, text, len), DATE);
}

/* What comes in must be a moment that garita_moment_format can write. */
static void moment_refuses_what_no_year_of_four_digits_holds(void **state)
{
    (void)state;
    int64_t m;
    assert_error(parse_moment(&m, "9999-12-31T23:59:60Z"), DATE);
    assert_error(parse_moment(&m, "9999-12-31T23:59:59-00:01"), DATE);
}

/* --- birth dates --- */

static void birth_date_is_one_of_the_calendar_or_open_at_its_end(void **state)
{
    (void)state;
    static const int spans[][2] = {
        {1848, 1852}, {1899, 1905}, {1999, 2001}, {2099, 2101}, {2148, 2151}};
    for (size_t i = 0; i < COUNT(spans); i++)
        for (int year = spans[i][0]; year <= spans[i][1]; year++)
            for (int month = 0; month < 100; month++)
                for (int of_month = 0; of_month < 100; of_month++) {
                    bool good = year >= 1850 && year <= 2149 && month <= 12;
                    if (month == 0)
                        good = good && of_month == 0;
                    else
                        good = good && of_month <= 31 &&
                               (of_month == 0 || is_in_calendar(year, month, of_month));
                    uint64_t n = (uint64_t)(year * 10000 + month * 100 + of_month);
                    if ((garita_birth_date_check(n) == GARITA_OK) != good)
                        fail_msg("%d", (int)n);
                }
    assert_error(garita_birth_date_check(0), DATE);
    assert_error(garita_birth_date_check(100000000), DATE);
    assert_error(garita_birth_date_check(UINT64_MAX), DATE);
    assert_error(garita_birth_date_check((UINT64_C(1) << 32) + 19880402), DATE);
}

static void birth_date_comes_back_with_the_parts_it_has(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t number;
    } dates[] = {{"1988-04-02", 19880402}, {"1988-04", 19880400},    {"1988", 19880000},
                 {"1850-01-01", 18500101}, {"2149-12-31", 21491231}, {"2000-02-29", 20000229},
                 {"1850", 18500000}};
    for (size_t i = 0; i < COUNT(dates); i++) {
        uint32_t n;
        char text[GARITA_DATE_TEXT_SIZE];
        assert_ok(parse_birth(&n, dates[i].text));
        assert_int_equal(n, dates[i].number);
        memset(text, 'x', sizeof text);
        garita_birth_date_format(text, n);
        assert_string_equal(text, dates[i].text);
    }
}

static void birth_date_refuses_anything_else(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",           "198",         "88",         "1988-",      "1988-4",      "1988-04-",
        "1988-04-2",  "1988-00",     "1988-00-00", "1988-04-00", "1988-13",     "1988-04-31",
        "1900-02-29", "1849",        "1849-12-31", "2150",       "1988-04-02 ", "1988-04-02T",
        "19880402",   "1988-04-022", "1988 04",    "x988",       "1988--4"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        uint32_t n = 7;
        if (parse_birth(&n, texts[i]) != GARITA_E_DATE)
            fail_msg("%s", texts[i]);
        assert_int_equal(n, 0);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(day_agrees_with_libc_on_every_day),
        cmocka_unit_test(day_ends_with_2149_06_06),
        cmocka_unit_test(day_is_one_of_the_calendar),
        cmocka_unit_test(day_refuses_any_other_form),
        cmocka_unit_test(day_begins_at_midnight_and_expires_at_noon_of_the_next),
        cmocka_unit_test(moment_agrees_with_libc),
        cmocka_unit_test(moment_takes_offsets_fractions_and_leap_seconds),
        cmocka_unit_test(moment_refuses_anything_else),
        cmocka_unit_test(moment_refuses_every_prefix),
        cmocka_unit_test(moment_refuses_what_no_year_of_four_digits_holds),
        cmocka_unit_test(birth_date_is_one_of_the_calendar_or_open_at_its_end),
        cmocka_unit_test(birth_date_comes_back_with_the_parts_it_has),
        cmocka_unit_test(birth_date_refuses_anything_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
