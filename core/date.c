#include <garita/date.h>

#include <assert.h>
#include <stdbool.h>

#include <garita/limits.h>

#include "calendar.h"

enum { DAY_S = 86400, HOUR_S = 3600, MINUTE_S = 60 };

/* 9999-12-31T23:59:59Z: an offset or a leap second leads no further. */
#define MOMENT_MAX INT64_C(253402300799)

/* Exactly count digits at *at. */
static bool read_digits(unsigned *out, size_t *at, unsigned count, const char *text, size_t len)
{
    unsigned n = 0;
    if (len - *at < count)
        return false;
    for (unsigned i = 0; i < count; i++) {
        char c = text[*at + i];
        if (c < '0' || c > '9')
            return false;
        n = n * 10 + (unsigned)(c - '0');
    }
    *at += count;
    *out = n;
    return true;
}

static bool read_char(size_t *at, char c, const char *text, size_t len)
{
    if (*at >= len || text[*at] != c)
        return false;
    ++*at;
    return true;
}

static bool read_date(unsigned *year, unsigned *month, unsigned *day, size_t *at, const char *text,
                      size_t len)
{
    return read_digits(year, at, 4, text, len) && read_char(at, '-', text, len) &&
           read_digits(month, at, 2, text, len) && read_char(at, '-', text, len) &&
           read_digits(day, at, 2, text, len) && garita_calendar_has(*year, *month, *day);
}

static void write_digits(char *out, unsigned count, unsigned n)
{
    for (unsigned i = count; i-- > 0; n /= 10)
        out[i] = (char)('0' + n % 10);
}

garita_error garita_day_parse(uint32_t *out, const char *text, size_t text_len)
{
    unsigned year, month, day;
    size_t at = 0;
    *out = 0;
    if (!read_date(&year, &month, &day, &at, text, text_len) || at != text_len)
        return GARITA_E_DATE;
    int64_t days = garita_calendar_days(year, month, day);
    if (days < 0 || days > GARITA_DAY_MAX)
        return GARITA_E_DATE;
    *out = (uint32_t)days;
    return GARITA_OK;
}

void garita_day_format(char out[GARITA_DATE_TEXT_SIZE], uint32_t day)
{
    assert(day <= GARITA_DAY_MAX);
    char moment[GARITA_MOMENT_TEXT_SIZE];
    garita_moment_format(moment, garita_day_begins(day));
    for (size_t i = 0; i < GARITA_DATE_TEXT_SIZE - 1; i++)
        out[i] = moment[i];
    out[GARITA_DATE_TEXT_SIZE - 1] = '\0';
}

garita_error garita_moment_parse(int64_t *out, const char *text, size_t text_len)
{
    unsigned year, month, day, hour, minute, second;
    size_t at = 0;
    *out = 0;
    if (!read_date(&year, &month, &day, &at, text, text_len) || year < 1970)
        return GARITA_E_DATE;
    if (!(read_char(&at, 'T', text, text_len) || read_char(&at, 't', text, text_len) ||
          read_char(&at, ' ', text, text_len)))
        return GARITA_E_DATE;
    if (!read_digits(&hour, &at, 2, text, text_len) || !read_char(&at, ':', text, text_len) ||
        !read_digits(&minute, &at, 2, text, text_len) || !read_char(&at, ':', text, text_len) ||
        !read_digits(&second, &at, 2, text, text_len) || hour > 23 || minute > 59 || second > 60)
        return GARITA_E_DATE;
    if (read_char(&at, '.', text, text_len)) {
        size_t first = at;
        while (at < text_len && text[at] >= '0' && text[at] <= '9')
            at++;
        if (at == first)
            return GARITA_E_DATE;
    }

    int64_t offset_s = 0;
    if (!read_char(&at, 'Z', text, text_len) && !read_char(&at, 'z', text, text_len)) {
        unsigned offset_hours, offset_minutes;
        bool east = at < text_len && text[at] == '+';
        if (!read_char(&at, east ? '+' : '-', text, text_len) ||
            !read_digits(&offset_hours, &at, 2, text, text_len) ||
            !read_char(&at, ':', text, text_len) ||
            !read_digits(&offset_minutes, &at, 2, text, text_len) || offset_hours > 23 ||
            offset_minutes > 59)
            return GARITA_E_DATE;
        offset_s = (int64_t)offset_hours * HOUR_S + (int64_t)offset_minutes * MINUTE_S;
        if (!east)
            offset_s = -offset_s;
    }
    if (at != text_len)
        return GARITA_E_DATE;

    int64_t moment = garita_calendar_days(year, month, day) * DAY_S + (int64_t)hour * HOUR_S +
                     (int64_t)minute * MINUTE_S + second - offset_s;
    if (moment < 0 || moment > MOMENT_MAX)
        return GARITA_E_DATE;
    *out = moment;
    return GARITA_OK;
}

void garita_moment_format(char out[GARITA_MOMENT_TEXT_SIZE], int64_t moment)
{
    int64_t year;
    unsigned month, day;
    assert(moment >= 0 && moment <= MOMENT_MAX);
    unsigned second_of_day = (unsigned)(moment % DAY_S);
    garita_calendar_date(&year, &month, &day, moment / DAY_S);
    write_digits(out, 4, (unsigned)year);
    out[4] = '-';
    write_digits(out + 5, 2, month);
    out[7] = '-';
    write_digits(out + 8, 2, day);
    out[10] = 'T';
    write_digits(out + 11, 2, second_of_day / HOUR_S);
    out[13] = ':';
    write_digits(out + 14, 2, second_of_day / MINUTE_S % 60);
    out[16] = ':';
    write_digits(out + 17, 2, second_of_day % 60);
    out[19] = 'Z';
    out[20] = '\0';
}

garita_error garita_birth_date_check(uint64_t number)
{
    if (number > 99999999)
        return GARITA_E_DATE;
    unsigned year = (unsigned)(number / 10000);
    unsigned month = (unsigned)(number / 100 % 100);
    unsigned day = (unsigned)(number % 100);
    if (year < GARITA_BIRTH_YEAR_MIN || year > GARITA_BIRTH_YEAR_MAX)
        return GARITA_E_DATE;
    if (month == 0)
        return day == 0 ? GARITA_OK : GARITA_E_DATE;
    return garita_calendar_has(year, month, day == 0 ? 1 : day) ? GARITA_OK : GARITA_E_DATE;
}

garita_error garita_birth_date_parse(uint32_t *out, const char *text, size_t text_len)
{
    unsigned year, month = 0, day = 0;
    size_t at = 0;
    *out = 0;
    if (!read_digits(&year, &at, 4, text, text_len))
        return GARITA_E_DATE;
    if (at < text_len && (!read_char(&at, '-', text, text_len) ||
                          !read_digits(&month, &at, 2, text, text_len) || month == 0))
        return GARITA_E_DATE;
    if (at < text_len && (!read_char(&at, '-', text, text_len) ||
                          !read_digits(&day, &at, 2, text, text_len) || day == 0))
        return GARITA_E_DATE;
    if (at != text_len)
        return GARITA_E_DATE;
    uint32_t number = year * 10000 + month * 100 + day;
    garita_error e = garita_birth_date_check(number);
    if (e == GARITA_OK)
        *out = number;
    return e;
}

void garita_birth_date_format(char out[GARITA_DATE_TEXT_SIZE], uint32_t number)
{
    assert(garita_birth_date_check(number) == GARITA_OK);
    unsigned month = number / 100 % 100;
    unsigned day = number % 100;
    char *to = out + 4;
    write_digits(out, 4, number / 10000);
    if (month != 0) {
        *to++ = '-';
        write_digits(to, 2, month);
        to += 2;
    }
    if (day != 0) {
        *to++ = '-';
        write_digits(to, 2, day);
        to += 2;
    }
    *to = '\0';
}

int64_t garita_day_begins(uint32_t day)
{
    return (int64_t)day * DAY_S;
}

int64_t garita_day_expires(uint32_t day)
{
    return ((int64_t)day + 1) * DAY_S + INT64_C(12) * HOUR_S;
}
