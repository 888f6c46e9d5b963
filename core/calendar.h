/* calendar.h: days and dates of the proleptic Gregorian calendar, of any year. Private. */
#ifndef GARITA_CALENDAR_H
#define GARITA_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

/* Days from 1970-01-01 to a date: month 1 to 12; a day beyond the month's last, or any other
 * number, counts on from its first. Years within a hundred million of zero. */
int64_t garita_calendar_days(int64_t year, unsigned month, int64_t day);

/* And back. */
void garita_calendar_date(int64_t *year, unsigned *month, unsigned *day, int64_t days);

/* The last day of a month (1 to 12). */
unsigned garita_calendar_last_day(unsigned year, unsigned month);

bool garita_calendar_has(unsigned year, unsigned month, unsigned day);

#endif
