#include <garita/batch.h>

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "bits.h"
#include "leb128.h"

enum {
    TIME_SIZE = 4,
    STANDINGS = GARITA_STANDING_REVOKED + 1,
    CAUSES = GARITA_CAUSE_MAX + 1,
    CODES = STANDINGS * CAUSES,
    PARAMETER_MAX = 31,
    CODE_AT = 0, /* of a group */
    PARAMETER_AT = 1,
    COUNT_AT = 2
};

/* --- words --- */

const char *garita_standing_name(garita_standing standing)
{
    static const char *const names[STANDINGS] = {
        [GARITA_STANDING_ACTIVE] = "active",
        [GARITA_STANDING_SUSPENDED] = "suspended",
        [GARITA_STANDING_REVOKED] = "revoked",
    };
    assert((unsigned)standing < STANDINGS);
    return names[standing];
}

static const char *const causes[] = {
#define CAUSE_NAME(constant, code, name) [code] = (name),
    GARITA_CAUSES(CAUSE_NAME)
#undef CAUSE_NAME
};

enum { NAMED_CAUSES = sizeof causes / sizeof causes[0] };

const char *garita_cause_name(unsigned cause)
{
    return cause < NAMED_CAUSES ? causes[cause] : NULL;
}

int garita_cause_by_name(const char *name, size_t name_len)
{
    for (int i = 0; i < NAMED_CAUSES; i++)
        if (strlen(causes[i]) == name_len && memcmp(causes[i], name, name_len) == 0)
            return i;
    return -1;
}

/* --- order --- */

typedef uint64_t (*order)(const garita_event *event);

static uint64_t by_serial(const garita_event *event)
{
    return event->serial;
}

static unsigned code_of(const garita_event *event)
{
    return event->standing * (unsigned)CAUSES + event->cause;
}

static uint64_t by_group(const garita_event *event)
{
    return (uint64_t)code_of(event) << 32 | event->serial;
}

static bool is_sorted(const garita_event *events, size_t count, order key)
{
    for (size_t i = 1; i < count; i++)
        if (key(&events[i]) < key(&events[i - 1]))
            return false;
    return true;
}

/* Lets the event at root sink to its place in a heap of which all else is in order. */
static void sink(garita_event *events, size_t root, size_t count, order key)
{
    garita_event event = events[root];
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && key(&events[child + 1]) > key(&events[child]))
            child++;
        if (key(&events[child]) <= key(&event))
            break;
        events[root] = events[child];
    }
    events[root] = event;
}

/* Heapsort: in place, and never slower than it is, whatever a stranger's batch is like. */
static void sort(garita_event *events, size_t count, order key)
{
    if (is_sorted(events, count, key)) /* a batch of one group mostly is */
        return;
    for (size_t i = count / 2; i-- > 0;)
        sink(events, i, count, key);
    for (size_t i = count; i-- > 1;) {
        garita_event largest = events[0];
        events[0] = events[i];
        events[i] = largest;
        sink(events, 0, i, key);
    }
}

/* Of events sorted by serial: the first that has the serial of the one before it; count if none. */
static size_t find_twice(const garita_event *events, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (events[i].serial == events[i - 1].serial)
            return i;
    return count;
}

/* --- groups: events of one code, serials ascending --- */

static uint64_t group_bits(const garita_event *events, size_t count, unsigned parameter)
{
    uint64_t bits = 0;
    uint32_t before = 0;
    for (size_t i = 0; i < count; i++) {
        bits += garita_rice_bits(events[i].serial - before - 1, parameter);
        before = events[i].serial;
    }
    return bits;
}

/* The parameter with the fewest bits, the lowest of equal ones. One more bit for each serial saves
 * less the more there are already: what does not get shorter will not later. */
static unsigned best_parameter(uint64_t *bits, const garita_event *events, size_t count)
{
    unsigned best = 0;
    *bits = group_bits(events, count, best);
    while (best < PARAMETER_MAX) {
        uint64_t next = group_bits(events, count, best + 1);
        if (next >= *bits)
            break;
        *bits = next;
        best++;
    }
    return best;
}

/* How many of the events have the code of the first. */
static size_t group_size(const garita_event *events, size_t count)
{
    size_t n = 1;
    while (n < count && code_of(&events[n]) == code_of(&events[0]))
        n++;
    return n;
}

/* --- writing --- */

/* 192 groups of 341 serials are the most bytes that 65,536 events can take, below 210,000 of them:
 * the bound on a batch's bytes needs no check here. */
static garita_error write_group(uint8_t *out, size_t *at, size_t out_cap,
                                const garita_event *events, size_t count)
{
    uint64_t bits;
    unsigned parameter = best_parameter(&bits, events, count);
    uint64_t len = COUNT_AT + garita_leb128_write(NULL, count) + (bits + 7) / 8;
    if (len > out_cap - *at)
        return GARITA_E_NO_SPACE;
    uint8_t *group = out + *at;
    group[CODE_AT] = (uint8_t)code_of(events);
    group[PARAMETER_AT] = (uint8_t)parameter;
    size_t header = COUNT_AT + garita_leb128_write(group + COUNT_AT, count);
    garita_bit_writer w;
    uint32_t before = 0;
    garita_bit_writer_start(&w, group + header, (size_t)len - header);
    for (size_t i = 0; i < count; i++) {
        garita_write_rice(&w, events[i].serial - before - 1, parameter);
        before = events[i].serial;
    }
    size_t written;
    bool fitted = garita_bit_writer_end(&w, &written);
    assert(fitted && header + written == len);
    (void)fitted;
    *at += (size_t)len;
    return GARITA_OK;
}

garita_error garita_batch_encode(uint8_t *out, size_t *out_len, size_t out_cap, int64_t time,
                                 garita_event *events, size_t event_count)
{
    *out_len = 0;
    if (time < GARITA_BATCH_TIME_MIN || time > GARITA_BATCH_TIME_MAX)
        return GARITA_E_RANGE;
    if (event_count > GARITA_BATCH_EVENTS_MAX)
        return GARITA_E_TOO_LONG;
    for (size_t i = 0; i < event_count; i++)
        if (events[i].serial == 0 || events[i].standing >= STANDINGS || events[i].cause >= CAUSES)
            return GARITA_E_RANGE;
    sort(events, event_count, by_serial);
    if (find_twice(events, event_count) < event_count)
        return GARITA_E_SERIAL_TAKEN;
    sort(events, event_count, by_group);

    if (out_cap < TIME_SIZE)
        return GARITA_E_NO_SPACE;
    uint32_t since = (uint32_t)(time - GARITA_BATCH_TIME_MIN);
    size_t at = 0;
    for (unsigned shift = 32; shift > 0; shift -= 8)
        out[at++] = (uint8_t)(since >> (shift - 8) & 0xff);
    for (size_t i = 0, n; i < event_count; i += n) {
        n = group_size(events + i, event_count - i);
        garita_error e = write_group(out, &at, out_cap, events + i, n);
        if (e != GARITA_OK)
            return e;
    }
    *out_len = at;
    return GARITA_OK;
}

/* --- reading --- */

typedef struct reading {
    const uint8_t *bytes;
    size_t len;
    size_t at;
    garita_event *events;
    size_t count;
    int last_code;            /* -1 before the first group */
    uint32_t group_at[CODES]; /* where the groups are */
    garita_fault fault;
} reading;

static garita_error fail(reading *r, garita_error error, size_t at, const char *field)
{
    r->fault = (garita_fault){error, at, field};
    return error;
}

/* The serials of a group whose header was read. */
static garita_error read_serials(reading *r, unsigned code, unsigned parameter, size_t count)
{
    garita_bit_reader bits;
    garita_event *events = r->events + r->count;
    uint32_t before = 0;
    size_t len;
    garita_bit_reader_start(&bits, r->bytes + r->at, r->len - r->at);
    for (size_t i = 0; i < count; i++) {
        size_t at = r->at + garita_bit_reader_at(&bits);
        uint64_t skipped;
        garita_error e = garita_read_rice(&bits, &skipped, parameter);
        if (e != GARITA_OK)
            return fail(r, e, r->len, "serial");
        if (skipped >= GARITA_SERIAL_MAX - before)
            return fail(r, GARITA_E_RANGE, at, "serial");
        before += (uint32_t)skipped + 1;
        events[i] = (garita_event){before, (uint8_t)(code / CAUSES), (uint8_t)(code % CAUSES)};
    }
    garita_error e = garita_bit_reader_end(&bits, &len);
    if (e != GARITA_OK)
        return fail(r, e, r->at + len, "serial");
    r->at += len;
    r->count += count;
    return GARITA_OK;
}

static garita_error read_group(reading *r)
{
    size_t group_at = r->at, len;
    const uint8_t *group = r->bytes + group_at;
    if (r->len - group_at < COUNT_AT)
        return fail(r, GARITA_E_TRUNCATED, r->len, "group");
    unsigned code = group[CODE_AT], parameter = group[PARAMETER_AT];
    if (code >= CODES)
        return fail(r, GARITA_E_RANGE, group_at + CODE_AT, "code");
    if ((int)code <= r->last_code)
        return fail(r, GARITA_E_KEY_ORDER, group_at + CODE_AT, "code");
    if (parameter > PARAMETER_MAX)
        return fail(r, GARITA_E_RANGE, group_at + PARAMETER_AT, "parameter");
    r->last_code = (int)code;
    r->group_at[code] = (uint32_t)group_at;

    uint64_t count, bits;
    r->at += COUNT_AT;
    garita_error e =
        garita_leb128_read(&count, &len, GARITA_BATCH_EVENTS_MAX, r->bytes + r->at, r->len - r->at);
    if (e == GARITA_E_TRUNCATED)
        return fail(r, e, r->len, "count");
    if (e == GARITA_OK && count == 0)
        e = GARITA_E_EMPTY;
    if (e == GARITA_E_RANGE || count > GARITA_BATCH_EVENTS_MAX - r->count)
        e = GARITA_E_TOO_LONG;
    if (e != GARITA_OK)
        return fail(r, e, r->at, "count");
    r->at += len;

    const garita_event *events = r->events + r->count;
    e = read_serials(r, code, parameter, (size_t)count);
    if (e == GARITA_OK && best_parameter(&bits, events, (size_t)count) != parameter)
        e = fail(r, GARITA_E_NOT_MINIMAL, group_at + PARAMETER_AT, "parameter");
    return e;
}

static garita_error read_batch(reading *r, int64_t *time)
{
    if (r->len > GARITA_BATCH_BYTES_MAX)
        return fail(r, GARITA_E_TOO_LONG, GARITA_BATCH_BYTES_MAX, "");
    if (r->len < TIME_SIZE)
        return fail(r, GARITA_E_TRUNCATED, r->len, "time");
    uint32_t since = 0;
    while (r->at < TIME_SIZE)
        since = since << 8 | r->bytes[r->at++];
    *time = GARITA_BATCH_TIME_MIN + since;
    while (r->at < r->len) {
        garita_error e = read_group(r);
        if (e != GARITA_OK)
            return e;
    }
    sort(r->events, r->count, by_serial);
    size_t twice = find_twice(r->events, r->count);
    if (twice == r->count)
        return GARITA_OK;
    /* it is the later group that repeats the serial */
    unsigned a = code_of(&r->events[twice - 1]), b = code_of(&r->events[twice]);
    return fail(r, GARITA_E_SERIAL_TAKEN, r->group_at[a > b ? a : b], "serial");
}

garita_error garita_batch_decode(int64_t *time, garita_event *events, size_t *event_count,
                                 garita_fault *fault, const uint8_t *bytes, size_t bytes_len)
{
    reading r = {.bytes = bytes, .len = bytes_len, .events = events, .last_code = -1};
    r.fault.field = "";
    *time = 0;
    garita_error e = read_batch(&r, time);
    *event_count = e == GARITA_OK ? r.count : 0;
    if (e != GARITA_OK && fault)
        *fault = r.fault;
    return e;
}
