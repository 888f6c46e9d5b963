/* garita/value.h: values as JSON has them, in trees that nobody owns: what a rule looks at, and what
 * it gives (garita/certlogic.h).
 *
 * A value points at its parts, which its maker keeps: an arena of the caller's, a statement's bytes,
 * static texts. There are no numbers but integers.
 */
#ifndef GARITA_VALUE_H
#define GARITA_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/statement.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum garita_value_kind {
    GARITA_VALUE_NULL = 0,
    GARITA_VALUE_BOOLEAN,
    GARITA_VALUE_INTEGER,
    GARITA_VALUE_TEXT,
    GARITA_VALUE_TIME, /* a date-time, which only an operation makes */
    GARITA_VALUE_ARRAY,
    GARITA_VALUE_OBJECT
} garita_value_kind;

struct garita_member;

/* All zero is null. */
typedef struct garita_value {
    garita_value_kind kind;
    union {
        bool boolean;
        int64_t integer; /* within GARITA_INTEGER_MAX of zero */
        garita_utf8 text;
        int64_t time; /* milliseconds since 1970-01-01T00:00:00Z */
        struct {
            const struct garita_value *at;
            size_t count;
        } array;
        struct {
            const struct garita_member *at; /* in any order; of a name that occurs twice the first */
            size_t count;
        } object;
    } as;
} garita_value;

typedef struct garita_member {
    garita_utf8 name;
    garita_value value;
} garita_member;

/* Room for the parts of values, of a fixed size: what does not fit is refused, and nothing is
 * allocated. Zero used to begin anew. */
typedef struct garita_room {
    garita_value *values;
    size_t value_cap, value_used;
    garita_member *members;
    size_t member_cap, member_used;
} garita_room;

/* Take count parts that lie side by side, all null; false, with *out null, if there is no room. For
 * none there always is, and *out may be null. */
bool garita_room_values(garita_value **out, garita_room *room, size_t count);
bool garita_room_members(garita_member **out, garita_room *room, size_t count);

/* The value of this name in an object; null if it has none, or is no object. */
const garita_value *garita_value_member(const garita_value *object, garita_utf8 name);

bool garita_utf8_equal(garita_utf8 a, garita_utf8 b);

#ifdef __cplusplus
}
#endif

#endif
