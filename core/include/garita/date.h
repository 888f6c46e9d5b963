/* garita/date.h: days, moments and birth dates, without a clock and without libc's time zones.
 *
 * A day is a number of days since 1970-01-01 in the proleptic Gregorian calendar; a moment is a
 * number of seconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX time).
 */
#ifndef GARITA_DATE_H
#define GARITA_DATE_H

#include <stddef.h>
#include <stdint.h>

#include <garita/error.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GARITA_DATE_TEXT_SIZE 11   /* "2026-01-01" and a zero */
#define GARITA_MOMENT_TEXT_SIZE 21 /* "2026-01-01T00:00:00Z" and a zero */

/* Reads "YYYY-MM-DD" (ISO 8601, nothing before or after) into the day *out, 0 to GARITA_DAY_MAX.
 * Returns GARITA_E_DATE for any other text, a day no calendar has, or one out of range. */
garita_error garita_day_parse(uint32_t *out, const char *text, size_t text_len);

/* Writes day (at most GARITA_DAY_MAX) as "YYYY-MM-DD". */
void garita_day_format(char out[GARITA_DATE_TEXT_SIZE], uint32_t day);

/* Reads an RFC 3339 moment ("2026-01-01T08:00:00Z", "2026-01-01T00:00:00-08:00"; fractions of a
 * second are read and dropped; a leap second :60 counts as the next second) into *out.
 * Years 1970 to 9999. Returns GARITA_E_DATE for anything else. */
garita_error garita_moment_parse(int64_t *out, const char *text, size_t text_len);

/* Writes a moment (0 to 9999-12-31T23:59:59Z) as "YYYY-MM-DDTHH:MM:SSZ". */
void garita_moment_format(char out[GARITA_MOMENT_TEXT_SIZE], int64_t moment);

/* A birth date is the decimal number YYYYMMDD, with 00 for a month or day that the traveler's
 * document does not give (ICAO 9303-3, 4.7 prints X there). If the month is 00, so is the day. */

/* Reads "1988-04-02", "1988-04" or "1988". Returns GARITA_E_DATE for anything else, or a year
 * outside GARITA_BIRTH_YEAR_MIN to _MAX. */
garita_error garita_birth_date_parse(uint32_t *out, const char *text, size_t text_len);

/* GARITA_OK if number is a birth date as above, else GARITA_E_DATE. */
garita_error garita_birth_date_check(uint64_t number);

/* Writes a checked birth date with as many parts as it has. */
void garita_birth_date_format(char out[GARITA_DATE_TEXT_SIZE], uint32_t number);

/* The moment at which something that begins on this day is in force: its 00:00:00Z. */
int64_t garita_day_begins(uint32_t day);

/* The first moment at which something that expires on this day no longer is in force: 12:00:00Z of
 * the next day, when the day has ended in the last time zone of the Earth (UTC-12). */
int64_t garita_day_expires(uint32_t day);

#ifdef __cplusplus
}
#endif

#endif
