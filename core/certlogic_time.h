/* certlogic_time.h: date-times as CertLogic makes them: milliseconds since 1970-01-01T00:00:00Z.
 * Private. garita_time_format of garita/certlogic.h is here too.
 */
#ifndef GARITA_CERTLOGIC_TIME_H
#define GARITA_CERTLOGIC_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include <garita/statement.h>

/* What JavaScript's Date holds, to either side of 1970: no date-time is further away. */
#define GARITA_TIME_MAX INT64_C(8640000000000000)

typedef enum garita_time_unit {
    GARITA_TIME_YEAR,
    GARITA_TIME_MONTH,
    GARITA_TIME_DAY,
    GARITA_TIME_HOUR
} garita_time_unit;

/* "year", "month", "day" or "hour". */
bool garita_time_unit_by_name(garita_time_unit *out, garita_utf8 name);

/* Reads one of the nineteen forms that plusTime allows, of a date that the calendar has. A partial
 * date is its last day. */
bool garita_time_parse(int64_t *out, garita_utf8 text);

/* Reads one of the three that dccDateOfBirth allows. */
bool garita_time_parse_date(int64_t *out, garita_utf8 text);

/* Adds to *time as JavaScript's setUTC methods do: the 31st of a month that has none is the 1st of
 * the next. False, and nothing changed, if it leads beyond GARITA_TIME_MAX. */
bool garita_time_add(int64_t *time, int64_t amount, garita_time_unit unit);

#endif
