#include "certlogic_time.h"

#include <assert.h>
#include <string.h>

#include <garita/certlogic.h>

#include "calendar.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

bool garita_time_unit_by_name(garita_time_unit *out, garita_utf8 name)
{
    static const char *const names[] = {[GARITA_TIME_YEAR] = "year",
                                        [GARITA_TIME_MONTH] = "month",
                                        [GARITA_TIME_DAY] = "day",
                                        [GARITA_TIME_HOUR] = "hour"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (name.len == strlen(names[i]) && memcmp(name.at, names[i], name.len) == 0) {
            *out = (garita_time_unit)i;
            return true;
        }
    return false;
}

/* --- reading --- */

/* What is left of a text. */
typedef struct cursor {
    const char *at;
    size_t left;
} cursor;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits that stand here, but no more than max. */
static size_t count_digits(const cursor *c, size_t max)
{
    size_t n = 0;
    while (n < max && n < c->left && is_digit(c->at[n]))
        n++;
    return n;
}

static bool take_number(unsigned *out, cursor *c, size_t digits)
{
    if (count_digits(c, digits) < digits)
        return false;
    *out = 0;
    for (size_t i = 0; i < digits; i++)
        *out = *out * 10 + (unsigned)(c->at[i] - '0');
    c->at += digits;
    c->left -= digits;
    return true;
}

static bool take_char(cursor *c, char wanted)
{
    if (c->left == 0 || *c->at != wanted)
        return false;
    c->at++;
    c->left--;
    return true;
}

/* YYYY, YYYY-MM or YYYY-MM-DD; only after the last may anything follow. */
static bool take_date(int64_t *time, cursor *c)
{
    unsigned year, month = 12, day;
    if (!take_number(&year, c, 4))
        return false;
    if (c->left > 0 && (!take_char(c, '-') || !take_number(&month, c, 2)))
        return false;
    if (month < 1 || month > 12)
        return false;
    if (c->left == 0)
        day = garita_calendar_last_day(year, month);
    else if (!take_char(c, '-') || !take_number(&day, c, 2))
        return false;
    *time = garita_calendar_days(year, month, day) * DAY_MS;
    return garita_calendar_has(year, month, day);
}

/* hh:mm:ss, and of a fraction the milliseconds; what is beyond them is cut off. */
static bool take_clock(int64_t *time, cursor *c)
{
    unsigned hour, minute, second;
    if (!take_number(&hour, c, 2) || !take_char(c, ':') || !take_number(&minute, c, 2) ||
        !take_char(c, ':') || !take_number(&second, c, 2))
        return false;
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    *time += hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS;
    if (!take_char(c, '.'))
        return true;
    size_t digits = count_digits(c, c->left);
    if (digits == 0)
        return false;
    int64_t unit_ms = SECOND_MS / 10;
    for (size_t i = 0; i < digits && unit_ms > 0; i++, unit_ms /= 10)
        *time += (c->at[i] - '0') * unit_ms;
    c->at += digits;
    c->left -= digits;
    return true;
}

/* Nothing, Z, or an offset: h, hh, hmm, hhmm, h:mm or hh:mm. */
static bool take_offset(int64_t *time, cursor *c)
{
    unsigned hours, minutes = 0;
    if (c->left == 0 || take_char(c, 'Z'))
        return true;
    bool is_east = take_char(c, '+');
    if (!is_east && !take_char(c, '-'))
        return false;
    size_t digits = count_digits(c, 4);
    if (digits == 0 || !take_number(&hours, c, digits % 2 == 0 ? 2 : 1))
        return false;
    bool has_minutes = digits > 2 || take_char(c, ':');
    if (has_minutes && !take_number(&minutes, c, 2))
        return false;
    if (hours > 23 || minutes > 59)
        return false;
    int64_t offset_ms = hours * HOUR_MS + minutes * MINUTE_MS;
    *time += is_east ? -offset_ms : offset_ms;
    return true;
}

bool garita_time_parse_date(int64_t *out, garita_utf8 text)
{
    cursor c = {text.at, text.len};
    return take_date(out, &c) && c.left == 0;
}

bool garita_time_parse(int64_t *out, garita_utf8 text)
{
    cursor c = {text.at, text.len};
    if (!take_date(out, &c))
        return false;
    return c.left == 0 ||
           (take_char(&c, 'T') && take_clock(out, &c) && take_offset(out, &c) && c.left == 0);
}

/* --- reckoning --- */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

bool garita_time_add(int64_t *time, int64_t amount, garita_time_unit unit)
{
    /* In no unit does more than this lead from one end of time to the other. */
    static const int64_t amount_max = 2 * GARITA_TIME_MAX / HOUR_MS;
    if (amount < -amount_max || amount > amount_max)
        return false;

    int64_t sum = *time;
    if (unit == GARITA_TIME_HOUR) {
        sum += amount * HOUR_MS;
    } else if (unit == GARITA_TIME_DAY) {
        sum += amount * DAY_MS;
    } else {
        int64_t days = floor_div(sum, DAY_MS), year;
        int64_t in_day = sum - days * DAY_MS;
        unsigned month, day;
        garita_calendar_date(&year, &month, &day, days);
        int64_t months = year * 12 + (month - 1);
        months += unit == GARITA_TIME_YEAR ? amount * 12 : amount;
        year = floor_div(months, 12);
        /* Further than a date-time goes; milliseconds of a larger year would not fit. */
        if (year < -300000 || year > 300000)
            return false;
        month = (unsigned)(months - year * 12) + 1;
        sum = garita_calendar_days(year, month, day) * DAY_MS + in_day;
    }
    if (sum < -GARITA_TIME_MAX || sum > GARITA_TIME_MAX)
        return false;
    *time = sum;
    return true;
}

/* --- writing --- */

static char *put_number(char *out, int64_t number, unsigned digits)
{
    for (unsigned i = digits; i-- > 0; number /= 10)
        out[i] = (char)('0' + number % 10);
    return out + digits;
}

static char *put_char(char *out, char c)
{
    *out = c;
    return out + 1;
}

void garita_time_format(char out[GARITA_TIME_TEXT_SIZE], int64_t time)
{
    assert(time >= -GARITA_TIME_MAX && time <= GARITA_TIME_MAX);
    int64_t days = floor_div(time, DAY_MS), year;
    int64_t in_day = time - days * DAY_MS;
    unsigned month, day;
    garita_calendar_date(&year, &month, &day, days);

    char *at = out;
    if (year >= 0 && year <= 9999) {
        at = put_number(at, year, 4);
    } else { /* a sign and six digits, as ECMAScript has it */
        at = put_char(at, year < 0 ? '-' : '+');
        at = put_number(at, year < 0 ? -year : year, 6);
    }
    at = put_number(put_char(at, '-'), month, 2);
    at = put_number(put_char(at, '-'), day, 2);
    at = put_number(put_char(at, 'T'), in_day / HOUR_MS, 2);
    at = put_number(put_char(at, ':'), in_day / MINUTE_MS % 60, 2);
    at = put_number(put_char(at, ':'), in_day / SECOND_MS % 60, 2);
    at = put_number(put_char(at, '.'), in_day % SECOND_MS, 3);
    at = put_char(at, 'Z');
    *at = '\0';
}
