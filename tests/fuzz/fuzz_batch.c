/* Batches: the input as the bytes of one, and as events to make one of. Beside the reader stands
 * FORMAT.md, section 11, word by word: what it refuses is refused, what it reads is read alike.
 */
#include "fuzz.h"

#include <garita/batch.h>

enum { TIME_SIZE = 4, CODES = 192, PARAMETERS = 32, EVENT_SIZE = 6 };

static garita_event events[GARITA_BATCH_EVENTS_MAX], naive[GARITA_BATCH_EVENTS_MAX];
static uint8_t out[GARITA_BATCH_BYTES_MAX];

/* --- the page's reader --- */

typedef struct cursor {
    const uint8_t *bytes;
    size_t bits_len, at; /* bits */
    bool is_cut;
} cursor;

static uint64_t take(cursor *c, unsigned count)
{
    uint64_t value = 0;
    for (; count > 0; count--) {
        if (c->at == c->bits_len) {
            c->is_cut = true;
            return 0;
        }
        value = 2 * value + (c->bytes[c->at / 8] >> (7 - c->at % 8) & 1);
        c->at++;
    }
    return value;
}

static uint64_t rice_bits(const garita_event *group, size_t count, unsigned b)
{
    uint64_t bits = 0, next = 1;
    for (size_t i = 0; i < count; i++) {
        bits += ((group[i].serial - next) >> b) + 1 + b;
        next = UINT64_C(1) + group[i].serial;
    }
    return bits;
}

/* The groups, in their order. False for what is no batch. */
static bool read_groups(size_t *count, const uint8_t *bytes, size_t len)
{
    cursor c = {bytes, 8 * len, 8 * TIME_SIZE, false};
    int code_before = -1;
    *count = 0;
    if (len < TIME_SIZE || len > GARITA_BATCH_BYTES_MAX)
        return false;
    while (c.at < c.bits_len) {
        garita_event *group = naive + *count;
        unsigned code = (unsigned)take(&c, 8), b = (unsigned)take(&c, 8);
        uint64_t n = 0, last = 0, next = 1, best = UINT64_MAX;
        if (c.is_cut || code >= CODES || (int)code <= code_before || b >= PARAMETERS)
            return false;
        code_before = (int)code;
        for (unsigned shift = 0; shift == 0 || last >= 128; shift += 7) {
            last = take(&c, 8);
            if (c.is_cut || shift > 14 || (shift > 0 && last == 0))
                return false;
            n |= last % 128 << shift;
        }
        if (n == 0 || n > GARITA_BATCH_EVENTS_MAX - *count)
            return false;
        for (uint64_t i = 0; i < n; i++) {
            uint64_t ones = 0;
            while (take(&c, 1) == 1)
                ones++;
            uint64_t serial = next + (ones << b) + take(&c, b);
            if (c.is_cut || serial > GARITA_SERIAL_MAX)
                return false;
            group[i] = (garita_event){(uint32_t)serial, (uint8_t)(code / 64), (uint8_t)(code % 64)};
            next = serial + 1;
        }
        if (take(&c, (8 - c.at % 8) % 8) != 0)
            return false;
        for (unsigned other = 0; other < PARAMETERS; other++) {
            uint64_t bits = rice_bits(group, (size_t)n, other);
            if (bits < best) {
                best = bits;
                last = other;
            }
        }
        if (last != b)
            return false;
        *count += (size_t)n;
    }
    return true;
}

static int by_serial(const void *a, const void *b)
{
    uint32_t left = ((const garita_event *)a)->serial, right = ((const garita_event *)b)->serial;
    return (left > right) - (left < right);
}

static bool has_twice(const garita_event *sorted, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (sorted[i].serial == sorted[i - 1].serial)
            return true;
    return false;
}

/* --- what must hold --- */

static bool is_same(const garita_event *a, const garita_event *b)
{
    return a->serial == b->serial && a->standing == b->standing && a->cause == b->cause;
}

static void read_bytes(const uint8_t *data, size_t size)
{
    int64_t time = -1;
    size_t count = 1, naive_count, len;
    garita_fault fault = {GARITA_OK, 0, NULL};
    garita_error e = garita_batch_decode(&time, events, &count, &fault, data, size);
    bool is_batch = read_groups(&naive_count, data, size);
    if (is_batch) {
        qsort(naive, naive_count, sizeof *naive, by_serial);
        is_batch = !has_twice(naive, naive_count);
    }
    WORLD_REQUIRE((e == GARITA_OK) == is_batch);
    if (e != GARITA_OK) {
        WORLD_REQUIRE(count == 0 && fault.error == e && fault.field != NULL && fault.at <= size);
        return;
    }
    WORLD_REQUIRE(count == naive_count);
    for (size_t i = 0; i < count; i++)
        WORLD_REQUIRE(is_same(&events[i], &naive[i]));
    WORLD_REQUIRE(time - GARITA_BATCH_TIME_MIN ==
                  ((int64_t)data[0] << 24 | data[1] << 16 | data[2] << 8 | data[3]));
    WORLD_REQUIRE(garita_batch_encode(out, &len, size, time, events, count) == GARITA_OK);
    WORLD_REQUIRE(len == size && memcmp(out, data, size) == 0);
}

/* Each six bytes are an event: its serial, of a range that the first byte gives, standing, cause.
 */
static void write_events(const uint8_t *data, size_t size)
{
    size_t count = 0, len, again;
    int64_t time;
    if (size == 0)
        return;
    unsigned shift = data[0] % 32;
    data++;
    size--;
    for (; size >= EVENT_SIZE && count < GARITA_BATCH_EVENTS_MAX; size -= EVENT_SIZE) {
        uint32_t serial =
            (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
        events[count++] = (garita_event){serial >> shift, data[4], data[5]};
        data += EVENT_SIZE;
    }
    memcpy(naive, events, count * sizeof *events);
    garita_error e = GARITA_OK;
    for (size_t i = 0; i < count; i++)
        if (events[i].serial == 0 || events[i].standing > GARITA_STANDING_REVOKED ||
            events[i].cause > GARITA_CAUSE_MAX)
            e = GARITA_E_RANGE;
    qsort(naive, count, sizeof *naive, by_serial);
    if (e == GARITA_OK && has_twice(naive, count))
        e = GARITA_E_SERIAL_TAKEN;
    WORLD_REQUIRE(
        garita_batch_encode(out, &len, sizeof out, GARITA_BATCH_TIME_MIN, events, count) == e);
    if (e != GARITA_OK) {
        WORLD_REQUIRE(len == 0);
        return;
    }
    WORLD_REQUIRE(garita_batch_decode(&time, events, &again, NULL, out, len) == GARITA_OK);
    WORLD_REQUIRE(time == GARITA_BATCH_TIME_MIN && again == count);
    for (size_t i = 0; i < count; i++)
        WORLD_REQUIRE(is_same(&events[i], &naive[i]));
    WORLD_REQUIRE(len == TIME_SIZE || garita_batch_encode(out, &again, len - 1, time, events,
                                                          count) == GARITA_E_NO_SPACE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_bytes(data, size);
    write_events(data, size);
    return 0;
}
