/* Batches: FORMAT.md, section 11. */
#include <garita/batch.h>

#include <stdlib.h>

#include "unit.h"

#define EXAMPLE "0c f5 df 00 81 0b 01 c9 98"
#define TIME "0c f5 df 00 " /* of the example */

enum { REVOKED = GARITA_STANDING_REVOKED, SUSPENDED = GARITA_STANDING_SUSPENDED };

static garita_event events[GARITA_BATCH_EVENTS_MAX + 1], decoded[GARITA_BATCH_EVENTS_MAX];
static uint8_t out[GARITA_BATCH_BYTES_MAX + 1], again[GARITA_BATCH_BYTES_MAX];

/* Decodes bytes from a heap of their size, so that AddressSanitizer sees a read behind them. */
static garita_error decode(int64_t *time, size_t *count, garita_fault *fault, const uint8_t *bytes,
                           size_t len)
{
    uint8_t *copy = exact_copy(bytes, len);
    garita_error e = garita_batch_decode(time, decoded, count, fault, copy, len);
    free(copy);
    if (e != GARITA_OK) {
        assert_int_equal(*count, 0);
        assert_string_equal(garita_error_name(fault->error), garita_error_name(e));
        assert_true(fault->at <= len && fault->field);
    }
    return e;
}

/* Whatever is read is written back in the same bytes. */
static garita_error decode_strictly(const uint8_t *bytes, size_t len)
{
    int64_t time;
    size_t count, again_len;
    garita_fault fault;
    garita_error e = decode(&time, &count, &fault, bytes, len);
    if (e != GARITA_OK)
        return e;
    assert_ok(garita_batch_encode(again, &again_len, sizeof again, time, decoded, count));
    assert_int_equal(again_len, len);
    assert_memory_equal(again, bytes, len);
    return GARITA_OK;
}

static int by_serial(const void *a, const void *b)
{
    const garita_event *x = a, *y = b;
    return (x->serial > y->serial) - (x->serial < y->serial);
}

static bool same_event(const garita_event *a, const garita_event *b)
{
    return a->serial == b->serial && a->standing == b->standing && a->cause == b->cause;
}

/* --- words --- */

static void standings_and_causes_have_names(void **state)
{
    (void)state;
    static const char *const names[] = {"unspecified", "lost",  "stolen", "withdrawn",
                                        "deceased",    "fraud", "error",  "key-compromise"};
    assert_string_equal(garita_standing_name(GARITA_STANDING_ACTIVE), "active");
    assert_string_equal(garita_standing_name(GARITA_STANDING_SUSPENDED), "suspended");
    assert_string_equal(garita_standing_name(GARITA_STANDING_REVOKED), "revoked");
    for (unsigned i = 0; i < COUNT(names); i++) {
        assert_string_equal(garita_cause_name(i), names[i]);
        assert_int_equal(garita_cause_by_name(names[i], strlen(names[i])), i);
    }
    assert_null(garita_cause_name(COUNT(names)));
    assert_null(garita_cause_name(GARITA_CAUSE_MAX));
    assert_int_equal(garita_cause_by_name("los", 3), -1);
    assert_int_equal(garita_cause_by_name("lost ", 5), -1);
    assert_int_equal(garita_cause_by_name("", 0), -1);
    assert_int_equal(garita_cause_by_name("lostx", 4), GARITA_CAUSE_LOST);
}

/* --- writing --- */

static void batch_has_the_example_of_the_page(void **state)
{
    (void)state;
    blob example = blob_hex(EXAMPLE);
    garita_event event = {4711, REVOKED, GARITA_CAUSE_LOST};
    garita_fault fault;
    size_t len, count;
    int64_t time;
    assert_ok(
        garita_batch_encode(out, &len, sizeof out, moment("2026-11-21T16:00:00Z"), &event, 1));
    assert_int_equal(len, example.len);
    assert_memory_equal(out, example.bytes, len);
    assert_ok(decode(&time, &count, &fault, example.bytes, example.len));
    assert_true(time == moment("2026-11-21T16:00:00Z"));
    assert_int_equal(count, 1);
    assert_true(same_event(&decoded[0], &event));
}

static void batch_of_none_is_its_time(void **state)
{
    (void)state;
    static const int64_t times[] = {GARITA_BATCH_TIME_MIN, GARITA_BATCH_TIME_MAX};
    static const char *const hex[] = {"00 00 00 00", "ff ff ff ff"};
    for (size_t i = 0; i < COUNT(times); i++) {
        blob expected = blob_hex(hex[i]);
        garita_fault fault;
        int64_t time;
        size_t len, count = 9;
        assert_ok(garita_batch_encode(out, &len, 4, times[i], NULL, 0));
        assert_int_equal(len, 4);
        assert_memory_equal(out, expected.bytes, 4);
        assert_ok(decode(&time, &count, &fault, out, 4));
        assert_true(time == times[i]);
        assert_int_equal(count, 0);
    }
}

static void batch_refuses_what_it_cannot_say(void **state)
{
    (void)state;
    static const struct {
        garita_event event;
        int64_t time;
    } rows[] = {
        {{0, REVOKED, 0}, GARITA_BATCH_TIME_MIN},
        {{1, 3, 0}, GARITA_BATCH_TIME_MIN},
        {{1, REVOKED, GARITA_CAUSE_MAX + 1}, GARITA_BATCH_TIME_MIN},
        {{1, REVOKED, 0}, GARITA_BATCH_TIME_MIN - 1},
        {{1, REVOKED, 0}, GARITA_BATCH_TIME_MAX + 1},
        {{1, REVOKED, 0}, INT64_MIN},
    };
    size_t len = 9;
    for (size_t i = 0; i < COUNT(rows); i++) {
        garita_event list[] = {{7, SUSPENDED, 1}, rows[i].event};
        assert_error(garita_batch_encode(out, &len, sizeof out, rows[i].time, list, 2), RANGE);
        assert_int_equal(len, 0);
    }
    /* a serial twice, in one group and in two */
    for (uint8_t cause = 0; cause < 2; cause++) {
        garita_event list[] = {{8, REVOKED, 0}, {5, SUSPENDED, 3}, {8, REVOKED, cause}};
        assert_error(garita_batch_encode(out, &len, sizeof out, GARITA_BATCH_TIME_MIN, list, 3),
                     SERIAL_TAKEN);
        assert_int_equal(len, 0);
    }
    for (uint32_t i = 0; i < COUNT(events); i++)
        events[i] = (garita_event){i + 1, REVOKED, 0};
    assert_error(garita_batch_encode(out, &len, sizeof out, GARITA_BATCH_TIME_MIN, events,
                                     GARITA_BATCH_EVENTS_MAX + 1),
                 TOO_LONG);
    assert_int_equal(len, 0);
}

static void batch_needs_room_for_all_of_it(void **state)
{
    (void)state;
    size_t whole, len;
    for (uint32_t i = 0; i < 100; i++)
        events[i] = (garita_event){1 + i * 977, (uint8_t)(i % 3), (uint8_t)(i % 5)};
    assert_ok(garita_batch_encode(again, &whole, sizeof again, GARITA_BATCH_TIME_MIN, events, 100));
    for (size_t cap = 0; cap < whole; cap++) {
        uint8_t *small = malloc(cap > 0 ? cap : 1);
        assert_non_null(small);
        assert_error(garita_batch_encode(small, &len, cap, GARITA_BATCH_TIME_MIN, events, 100),
                     NO_SPACE);
        assert_int_equal(len, 0);
        free(small);
    }
    assert_ok(garita_batch_encode(out, &len, whole, GARITA_BATCH_TIME_MIN, events, 100));
    assert_int_equal(len, whole);
}

/* --- both --- */

/* Events of a random kind: few or many groups, dense or sparse serials, clusters. */
static size_t random_events(rng *r, size_t count_max)
{
    size_t count = rng_below(r, count_max + 1), kept = 0;
    uint64_t universe = UINT64_C(2) << rng_below(r, 32);
    unsigned standings = 1 + (unsigned)rng_below(r, 3), causes = 1 + (unsigned)rng_below(r, 64);
    uint64_t serial = 0;
    if (universe > GARITA_SERIAL_MAX)
        universe = GARITA_SERIAL_MAX;
    for (size_t i = 0; i < count; i++) {
        serial = rng_one_in(r, 2) ? serial % universe + 1 : rng_next(r) % universe + 1;
        events[i] = (garita_event){(uint32_t)serial, (uint8_t)(2 - rng_below(r, standings)),
                                   (uint8_t)rng_below(r, causes)};
    }
    qsort(events, count, sizeof *events, by_serial);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || events[i].serial != events[kept - 1].serial)
            events[kept++] = events[i];
    return kept;
}

static void shuffle(rng *r, size_t count)
{
    for (size_t i = count; i-- > 1;) {
        size_t j = rng_below(r, i + 1);
        garita_event event = events[i];
        events[i] = events[j];
        events[j] = event;
    }
}

static unsigned code_of(const garita_event *e)
{
    return e->standing * 64u + e->cause;
}

static uint64_t naive_bits(const garita_event *group, size_t count, unsigned b)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < count; i++)
        bits += ((group[i].serial - (i > 0 ? group[i - 1].serial : 0) - 1) >> b) + 1 + b;
    return bits;
}

/* The length of a batch of events as they are after encoding, by trying every parameter. */
static size_t naive_len(size_t count)
{
    size_t len = 4;
    for (size_t i = 0, n; i < count; i += n) {
        uint64_t best = UINT64_MAX;
        for (n = 1; i + n < count && code_of(&events[i + n]) == code_of(&events[i]);)
            n++;
        for (unsigned b = 0; b < 32; b++) {
            uint64_t bits = naive_bits(&events[i], n, b);
            best = bits < best ? bits : best;
        }
        len += 2 + (n < 128 ? 1u : n < 16384 ? 2u : 3u) + (size_t)(best + 7) / 8;
    }
    return len;
}

static void batches_round_trip(void **state)
{
    (void)state;
    rng r = {2};
    for (unsigned round = 0; round < 3000; round++) {
        size_t count = random_events(&r, round % 100 == 0 ? 20000 : 60), len, decoded_count;
        int64_t time = GARITA_BATCH_TIME_MIN + (int64_t)(rng_next(&r) >> 32), decoded_time;
        garita_fault fault;
        shuffle(&r, count);
        assert_ok(garita_batch_encode(out, &len, sizeof out, time, events, count));
        assert_int_equal(len, naive_len(count));
        for (size_t i = 1; i < count; i++) { /* as the header says */
            unsigned before = code_of(&events[i - 1]), code = code_of(&events[i]);
            assert_true(before < code ||
                        (before == code && events[i - 1].serial < events[i].serial));
        }
        assert_ok(decode(&decoded_time, &decoded_count, &fault, out, len));
        assert_true(decoded_time == time);
        assert_int_equal(decoded_count, count);
        qsort(events, count, sizeof *events, by_serial);
        for (size_t i = 0; i < count; i++)
            assert_true(same_event(&decoded[i], &events[i]));
        assert_ok(decode_strictly(out, len));
    }
}

static void largest_batches_fit(void **state)
{
    (void)state;
    rng r = {3};
    size_t len, longest = 0;
    /* 65,536 serials: dense; spread over all there are, in one group, and in all groups */
    for (unsigned kind = 0; kind < 3; kind++) {
        for (uint32_t i = 0; i < GARITA_BATCH_EVENTS_MAX; i++) {
            uint32_t serial = kind == 0 ? i + 1 : i * 65536 + (uint32_t)rng_below(&r, 65535) + 1;
            unsigned code = kind == 2 ? i % 192 : 128;
            events[i] = (garita_event){serial, (uint8_t)(code / 64), (uint8_t)(code % 64)};
        }
        assert_ok(garita_batch_encode(out, &len, GARITA_BATCH_BYTES_MAX, GARITA_BATCH_TIME_MAX,
                                      events, GARITA_BATCH_EVENTS_MAX));
        assert_ok(decode_strictly(out, len));
        longest = len > longest ? len : longest;
        if (kind == 0) /* a zero bit each */
            assert_int_equal(len, 4 + 2 + 3 + GARITA_BATCH_EVENTS_MAX / 8);
        if (kind == 1)
            assert_true(len <= 144 * 1024);
    }
    assert_true(longest > 190000 && longest < 210000);
}

static void highest_serial_is_there(void **state)
{
    (void)state;
    garita_event list[] = {{GARITA_SERIAL_MAX, REVOKED, 0}, {1, REVOKED, 0}};
    size_t len;
    assert_ok(garita_batch_encode(out, &len, sizeof out, GARITA_BATCH_TIME_MIN, list, 2));
    assert_ok(decode_strictly(out, len));
    assert_int_equal(decoded[0].serial, 1);
    assert_true(decoded[1].serial == GARITA_SERIAL_MAX);
}

static void batch_of_23_takes_70_bytes_at_most(void **state)
{
    (void)state;
    rng r = {4};
    for (unsigned draw = 0; draw < 1000; draw++) {
        size_t len, count = 0;
        while (count < 23) {
            garita_event event = {(uint32_t)rng_below(&r, 20000000) + 1, REVOKED,
                                  GARITA_CAUSE_STOLEN};
            bool taken = false;
            for (size_t i = 0; i < count; i++)
                taken |= events[i].serial == event.serial;
            if (!taken)
                events[count++] = event;
        }
        assert_ok(garita_batch_encode(out, &len, sizeof out, GARITA_BATCH_TIME_MIN, events, count));
        assert_true(len <= 70);
    }
}

/* --- reading --- */

static void batch_is_refused(const char *hex, const char *error, size_t at, const char *field)
{
    blob b = blob_hex(hex);
    garita_fault fault = {0};
    int64_t time;
    size_t count;
    garita_error e = decode(&time, &count, &fault, b.bytes, b.len);
    assert_string_equal(garita_error_name(e), error);
    assert_int_equal(fault.at, at);
    assert_string_equal(fault.field, field);
}

static void batch_is_refused_for_each_flaw(void **state)
{
    (void)state;
    batch_is_refused("", "truncated", 0, "time");
    batch_is_refused("0c f5 df", "truncated", 3, "time");
    batch_is_refused(TIME "81", "truncated", 5, "group");
    batch_is_refused(TIME "81 0b", "truncated", 6, "count");
    batch_is_refused(TIME "81 0b 81", "truncated", 7, "count");
    batch_is_refused(TIME "81 0b 01", "truncated", 7, "serial");
    batch_is_refused(TIME "81 0b 01 c9", "truncated", 8, "serial");
    batch_is_refused(TIME "c0 0b 01 c9 98", "range", 4, "code");
    batch_is_refused(TIME "ff 0b 01 c9 98", "range", 4, "code");
    batch_is_refused(TIME "81 20 01 c9 98", "range", 5, "parameter");
    batch_is_refused(TIME "81 0a 01 f4 cc", "not-minimal", 5, "parameter"); /* a bit longer */
    batch_is_refused(TIME "81 0c 01 89 98", "not-minimal", 5,
                     "parameter"); /* as long, not lowest */
    batch_is_refused(TIME "81 1f 01 bf ff ff ff 80", "range", 7, "serial"); /* 2^32 */
    batch_is_refused(TIME "81 1f 02 bf ff ff ff 00 00 00 00 00", "range", 11, "serial");
    batch_is_refused(TIME "81 0b 00", "empty", 6, "count");
    batch_is_refused(TIME "81 0b 81 00 c9 98", "not-minimal", 6, "count");
    batch_is_refused(TIME "81 0b 81 80 04 c9 98", "too-long", 6, "count"); /* 65,537 */
    batch_is_refused(TIME "81 0b 81 80 80 01", "too-long", 6, "count");
    batch_is_refused(TIME "81 0b 01 c9 99", "not-minimal", 8, "serial");
    batch_is_refused(TIME "81 0b 01 c9 9a", "not-minimal", 8, "serial");
    /* the same group twice, and groups the other way round */
    batch_is_refused(TIME "81 0b 01 c9 98 81 0b 01 c9 98", "key-order", 9, "code");
    batch_is_refused(TIME "81 0b 01 c9 98 80 0b 01 c9 98", "key-order", 9, "code");
    /* a serial suspended and revoked: at the later group, however many there are */
    batch_is_refused(TIME "41 0b 01 c9 98 81 0b 01 c9 98", "serial-taken", 9, "serial");
    batch_is_refused(TIME "01 00 01 00 41 0b 01 c9 98 81 0b 01 c9 98 82 00 01 80", "serial-taken",
                     13, "serial");
}

/* One bit turned, or the end cut off: refused, or another batch in its own one encoding. */
static void batches_that_were_altered_are_refused_or_others(void **state)
{
    (void)state;
    rng r = {5};
    unsigned refused = 0, others = 0;
    static uint8_t bytes[4096];
    for (unsigned round = 0; round < 200; round++) {
        size_t count = random_events(&r, 40), len;
        assert_ok(
            garita_batch_encode(bytes, &len, sizeof bytes, GARITA_BATCH_TIME_MIN, events, count));
        for (size_t cut = 0; cut < len; cut++) /* between two groups it is a batch */
            if (decode_strictly(bytes, cut) == GARITA_OK)
                others++;
            else
                refused++;
        for (size_t bit = 0; bit < 8 * len; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            if (decode_strictly(bytes, len) == GARITA_OK)
                others++;
            else
                refused++;
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    }
    assert_true(refused > 10000 && others > 10000);
}

static void batch_longer_than_allowed_is_not_looked_at(void **state)
{
    (void)state;
    garita_fault fault;
    int64_t time;
    size_t count;
    memset(out, 0xff, sizeof out);
    assert_error(decode(&time, &count, &fault, out, GARITA_BATCH_BYTES_MAX + 1), TOO_LONG);
    assert_int_equal(fault.at, GARITA_BATCH_BYTES_MAX);
    assert_error(garita_batch_decode(&time, decoded, &count, NULL, out, GARITA_BATCH_BYTES_MAX + 1),
                 TOO_LONG); /* nobody asks where */
    /* one event too many, in the second group: never written behind the caller's room */
    size_t first, second;
    for (uint32_t i = 0; i < GARITA_BATCH_EVENTS_MAX; i++)
        events[i] = (garita_event){i + 1, SUSPENDED, 0};
    assert_ok(garita_batch_encode(out, &first, sizeof out, GARITA_BATCH_TIME_MIN, events,
                                  GARITA_BATCH_EVENTS_MAX));
    events[0] = (garita_event){100000, REVOKED, 0};
    assert_ok(garita_batch_encode(again, &second, sizeof again, GARITA_BATCH_TIME_MIN, events, 1));
    memcpy(out + first, again + 4, second - 4);
    assert_error(decode(&time, &count, &fault, out, first + second - 4), TOO_LONG);
    assert_int_equal(fault.at, first + 2);
    assert_string_equal(fault.field, "count");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(standings_and_causes_have_names),
        cmocka_unit_test(batch_has_the_example_of_the_page),
        cmocka_unit_test(batch_of_none_is_its_time),
        cmocka_unit_test(batch_refuses_what_it_cannot_say),
        cmocka_unit_test(batch_needs_room_for_all_of_it),
        cmocka_unit_test(batches_round_trip),
        cmocka_unit_test(largest_batches_fit),
        cmocka_unit_test(highest_serial_is_there),
        cmocka_unit_test(batch_of_23_takes_70_bytes_at_most),
        cmocka_unit_test(batch_is_refused_for_each_flaw),
        cmocka_unit_test(batches_that_were_altered_are_refused_or_others),
        cmocka_unit_test(batch_longer_than_allowed_is_not_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
