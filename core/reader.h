/* reader.h: the one strict reader of canonical msgpack (FORMAT.md, section 1). Private.
 *
 * A cursor over bytes that are already there: it hands out numbers and views, allocates nothing,
 * and stops for good at the first flaw, which it remembers. Callers check garita_reader_ok once, at
 * the end; until then a failed reader yields zeroes.
 */
#ifndef GARITA_READER_H
#define GARITA_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/statement.h>

typedef struct garita_reader {
    const uint8_t *bytes;
    size_t len;
    size_t at;
    size_t origin; /* offset of bytes in the statement, for faults */
    unsigned depth;
    unsigned depth_max;
    const char *field; /* what is being read, for faults; the caller sets it */
    garita_fault fault;
} garita_reader;

/* A map or array that is being read. */
typedef struct garita_container {
    uint32_t left;
    int last_key; /* of a map; -1 before the first */
    size_t key_at;
    uint64_t seen; /* keys up to 63 that occurred */
} garita_container;

void garita_reader_start(garita_reader *r, const uint8_t *bytes, size_t len, size_t origin,
                         unsigned depth_max);
bool garita_reader_ok(const garita_reader *r);

/* Records the first flaw only; at is an offset in r->bytes. Always returns false. */
bool garita_reader_fail(garita_reader *r, garita_error error, size_t at);

/* Enters a map or an array. */
bool garita_reader_map(garita_reader *r, garita_container *map);
bool garita_reader_array(garita_reader *r, garita_container *array);

/* The next key of a map, in *key: false after the last one, or if something is wrong. The caller
 * reads exactly one value before it asks again. */
bool garita_reader_key(garita_reader *r, garita_container *map, unsigned *key);

/* Whether an array has another element, to be read by the caller. */
bool garita_reader_element(garita_reader *r, garita_container *array);

/* Leaves a map of which all keys of the required set must have occurred, or an array (required 0).
 */
bool garita_reader_leave(garita_reader *r, const garita_container *container, uint64_t required);

/* A key that the caller's table does not list: refused, or its value skipped. */
bool garita_reader_unlisted(garita_reader *r, const garita_container *map, unsigned key,
                            bool may_ignore);

/* Values. A number outside min to max is GARITA_E_RANGE. */
bool garita_reader_uint(garita_reader *r, uint64_t *out, uint64_t min, uint64_t max);
bool garita_reader_text(garita_reader *r, garita_utf8 *out, size_t bytes_max);
/* A view of exactly len bytes; null if it is not there. */
bool garita_reader_bin(garita_reader *r, const uint8_t **out, size_t len);
/* Any one canonical value. */
bool garita_reader_skip(garita_reader *r);

/* What a value turned out to be, where a field may be of several kinds. */
typedef enum garita_reader_kind {
    GARITA_READER_NIL = 0,
    GARITA_READER_BOOLEAN,
    GARITA_READER_INTEGER,
    GARITA_READER_TEXT, /* may be empty */
    GARITA_READER_BIN,
    GARITA_READER_ARRAY, /* entered, and a map too: the caller reads what is in it, and leaves */
    GARITA_READER_MAP
} garita_reader_kind;

typedef struct garita_reader_value {
    garita_reader_kind kind;
    size_t at; /* offset of its first byte */
    union {
        bool boolean;
        int64_t integer;
        garita_utf8 text; /* of a bin: any bytes */
        garita_container container;
    } as;
} garita_reader_value;

/* Any one value. An integer further than GARITA_INTEGER_MAX from zero is GARITA_E_RANGE. */
bool garita_reader_any(garita_reader *r, garita_reader_value *out);

/* Nothing may follow. */
bool garita_reader_end(garita_reader *r);

/* Whether a text may stand in a statement: GARITA_E_UTF8 or GARITA_E_UNSAFE_TEXT, with the offset of
 * the offending character in *at, if not. */
garita_error garita_utf8_check(size_t *at, garita_utf8 text);

#endif
