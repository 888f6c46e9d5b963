/* Chunks of a status set and the parts they are made of: FORMAT.md, section 12. */
#include "chunk.h"

#include <stdlib.h>

#include "naive_chunk.h"
#include "unit.h"

enum { LAST = GARITA_CHUNK_SERIALS - 1 };

/* --- helpers --- */

static bool is_in[GARITA_CHUNK_SERIALS];
static uint16_t offsets[GARITA_CHUNK_SERIALS];

static size_t collect(void)
{
    size_t count = 0;
    for (uint32_t o = 0; o < GARITA_CHUNK_SERIALS; o++)
        if (is_in[o])
            offsets[count++] = (uint16_t)o;
    return count;
}

static void part_of(garita_part *out, size_t *memory, const uint16_t *list, size_t count)
{
    *out = (garita_part){0};
    for (size_t i = 0; i < count; i++)
        assert_ok(garita_part_add(out, memory, list[i]));
}

/* Whether the part holds what is_in says, by its lookups, its runs and its figures. */
static void assert_part(const garita_part *part)
{
    garita_run run;
    uint32_t at = 0, count = 0, runs = 0, next = 0;
    while (garita_part_next_run(&run, &at, part)) {
        assert_true(run.first >= next && run.first <= run.last);
        assert_true(runs == 0 || run.first > next); /* maximal */
        for (; next < run.first; next++)
            assert_false(is_in[next]);
        for (; next <= run.last; next++)
            assert_true(is_in[next]);
        count += run.last - run.first + 1u;
        runs++;
    }
    for (; next < GARITA_CHUNK_SERIALS; next++)
        assert_false(is_in[next]);
    assert_int_equal(part->count, count);
    assert_int_equal(part->run_count, runs);
    for (uint32_t o = 0; o < GARITA_CHUNK_SERIALS; o++)
        if (garita_part_has(part, o) != is_in[o])
            fail_msg("offset %u", o);
}

static garita_error decode(garita_part *revoked, garita_part *suspended, size_t *memory,
                           uint32_t max, const uint8_t *bytes, size_t len)
{
    uint8_t *copy = exact_copy(bytes, len);
    garita_error e = garita_chunk_decode(revoked, suspended, memory, max, copy, len);
    free(copy);
    if (e != GARITA_OK) {
        assert_int_equal(*memory, 0);
        assert_int_equal(revoked->count + suspended->count, 0);
    }
    return e;
}

/* What is read is written in the same bytes. */
static garita_error decode_strictly(const uint8_t *bytes, size_t len)
{
    static uint8_t again[GARITA_CHUNK_BYTES_MAX];
    garita_part revoked, suspended;
    size_t memory = 0, again_len;
    garita_error e = decode(&revoked, &suspended, &memory, LAST, bytes, len);
    if (e != GARITA_OK)
        return e;
    garita_chunk_encode(again, &again_len, &revoked, &suspended);
    assert_int_equal(again_len, len);
    assert_memory_equal(again, bytes, len);
    garita_part_free(&revoked, &memory);
    garita_part_free(&suspended, &memory);
    assert_int_equal(memory, 0);
    return GARITA_OK;
}

/* --- parts --- */

/* Adds and removes at random, up to all and down to none, through runs and bitmap and back. */
static void part_holds_what_was_put_into_it(void **state)
{
    (void)state;
    rng r = {1};
    for (unsigned kind = 0; kind < 6; kind++) {
        garita_part part = {0};
        size_t memory = 0;
        bool was_bitmap = false, was_runs_again = false;
        uint32_t universe = kind < 2 ? 200 : kind < 4 ? 12000 : GARITA_CHUNK_SERIALS;
        uint32_t steps = kind < 2 ? 4000 : 60000;
        memset(is_in, 0, sizeof is_in);
        for (uint32_t i = 0; i < steps; i++) {
            /* fill, then empty; scattered, or walking upwards */
            uint32_t o = (uint32_t)rng_below(&r, universe);
            if (kind % 2 == 1)
                o = (i * 3 + (uint32_t)rng_below(&r, 3)) % universe;
            bool in = rng_below(&r, steps * 4 / 5) > i;
            if (universe == 200 && i % 2 == 0) /* both ends */
                o = LAST - o;
            if (is_in[o] != in) {
                assert_ok(in ? garita_part_add(&part, &memory, o)
                             : garita_part_remove(&part, &memory, o));
                is_in[o] = in;
            }
            was_runs_again |= was_bitmap && part.runs != NULL;
            was_bitmap |= part.bitmap != NULL;
            assert_true(part.bitmap ? memory == GARITA_BITMAP_SIZE
                                    : memory == part.run_cap * sizeof(garita_run) &&
                                          memory <= GARITA_BITMAP_SIZE);
            if (i % (steps / 50) == 0)
                assert_part(&part);
        }
        if (kind == 2 || kind == 3)
            assert_true(was_bitmap && was_runs_again);
        for (uint32_t o = 0; o < GARITA_CHUNK_SERIALS; o++)
            if (is_in[o])
                assert_ok(garita_part_remove(&part, &memory, o));
        assert_int_equal(part.count, 0);
        assert_int_equal(memory, 0); /* of none */
        garita_part_free(&part, &memory);
    }
}

static void part_that_would_take_too_much_is_as_it_was(void **state)
{
    (void)state;
    garita_part part = {0}, other = {0};
    size_t memory = GARITA_SET_BYTES_MAX - GARITA_BITMAP_SIZE / 2, before = memory;
    memset(is_in, 0, sizeof is_in);
    uint32_t o = 0;
    garita_error e;
    while ((e = garita_part_add(&part, &memory, o)) == GARITA_OK) {
        is_in[o] = true;
        o += 2;
    }
    assert_error(e, FULL);
    assert_true(memory <= GARITA_SET_BYTES_MAX && part.count > 600);
    assert_part(&part);
    assert_ok(garita_part_add(&part, &memory, 1)); /* joins two runs, and needs nothing */
    is_in[1] = true;
    assert_part(&part);
    garita_part_free(&part, &memory);
    assert_true(memory == before);
    memory = GARITA_SET_BYTES_MAX - GARITA_BITMAP_SIZE + 1;
    assert_error(garita_part_reserve(&other, &memory, 2049), FULL);
    assert_error(garita_part_reserve(&other, &memory, 2048), FULL);
    assert_ok(garita_part_reserve(&other, &memory, 2047));
    garita_part_free(&other, &memory);
}

/* --- writing --- */

static void chunks_are_the_examples_of_the_page(void **state)
{
    (void)state;
    static const struct {
        uint32_t first, step, count;
        const char *hex;
    } rows[] = {
        {4710, 1, 1, "04 12 66 00"},
        {0, 2, 5, "15 ff c0 00"},
        {1000, 1, 1000, "a1 1f 00 7d 20 0f a0 00"},
        {0, 1, 65536, "81 80 10 80 00 40 00 00 00"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t out[GARITA_CHUNK_BYTES_MAX];
        blob expected = blob_hex(rows[i].hex);
        garita_part revoked, suspended;
        size_t memory = 0, len;
        for (uint32_t n = 0; n < rows[i].count; n++)
            offsets[n] = (uint16_t)(rows[i].first + n * rows[i].step);
        assert_int_equal(naive_chunk(out, offsets, rows[i].count, NULL, 0), expected.len);
        assert_memory_equal(out, expected.bytes, expected.len);
        part_of(&revoked, &memory, offsets, rows[i].count);
        garita_chunk_encode(out, &len, &revoked, &(garita_part){0});
        assert_int_equal(len, expected.len);
        assert_memory_equal(out, expected.bytes, len);
        garita_part_free(&revoked, &memory);

        assert_ok(decode(&revoked, &suspended, &memory, LAST, expected.bytes, expected.len));
        assert_int_equal(suspended.count, 0);
        memset(is_in, 0, sizeof is_in);
        for (uint32_t n = 0; n < rows[i].count; n++)
            is_in[offsets[n]] = true;
        assert_part(&revoked);
        garita_part_free(&revoked, &memory);
    }
}

static void chunk_of_nothing_has_no_bytes(void **state)
{
    (void)state;
    uint8_t out[1] = {0xaa};
    size_t len = 9;
    garita_chunk_encode(out, &len, &(garita_part){0}, &(garita_part){0});
    assert_int_equal(len, 0);
    assert_int_equal(out[0], 0xaa);
}

static naive_part naive;

/* Writes the offsets of is_in as a chunk's revoked or suspended part, compares with the naive
 * bytes, reads them back, and sees to it that no other mode is read. Returns the mode. */
static unsigned check_part_of(bool revoked_part)
{
    static uint8_t expected[GARITA_CHUNK_BYTES_MAX], out[GARITA_CHUNK_BYTES_MAX], other[40000];
    static const garita_part none;
    garita_part part, a, b;
    size_t memory = 0, len, count = collect(), other_len = 0;
    part_of(&part, &memory, offsets, count);
    size_t expected_len = revoked_part ? naive_chunk(expected, offsets, count, NULL, 0)
                                       : naive_chunk(expected, NULL, 0, offsets, count);
    garita_chunk_encode(out, &len, revoked_part ? &part : &none, revoked_part ? &none : &part);
    garita_part_free(&part, &memory);
    assert_int_equal(len, expected_len);
    assert_memory_equal(out, expected, len);

    assert_ok(decode(&a, &b, &memory, LAST, expected, expected_len));
    assert_part(revoked_part ? &a : &b);
    assert_int_equal(revoked_part ? b.count : a.count, 0);
    garita_part_free(&a, &memory);
    garita_part_free(&b, &memory);

    naive_part_make(&naive, offsets, count);
    for (unsigned mode = 0; mode < NAIVE_MODES; mode++) {
        if (mode == naive.best)
            continue;
        other_len = revoked_part ? 0 : 1;
        other[0] = 0;
        other_len += naive_part_write(other + other_len, &naive, mode);
        if (revoked_part)
            other[other_len++] = 0;
        garita_error e = decode(&a, &b, &memory, LAST, other, other_len);
        if (other_len <= GARITA_CHUNK_BYTES_MAX)
            assert_error(e, NOT_MINIMAL);
        else
            assert_error(e, TOO_LONG);
    }
    return naive.best;
}

static void random_part(rng *r, uint32_t count)
{
    memset(is_in, 0, sizeof is_in);
    while (count > 0) {
        size_t o = rng_below(r, GARITA_CHUNK_SERIALS);
        if (!is_in[o]) {
            is_in[o] = true;
            count--;
        }
    }
}

/* At each step of the table of parameters, on either side. */
static void parameter_is_that_of_the_table(void **state)
{
    (void)state;
    static const uint32_t steps[] = {25033, 14015, 7429, 3826, 1942, 979, 491, 246,
                                     124,   62,    31,   16,   8,    4,   2};
    rng r = {2};
    unsigned rice = 0;
    for (size_t i = 0; i < COUNT(steps); i++)
        for (uint32_t count = steps[i] - 1; count <= steps[i]; count++) {
            random_part(&r, count);
            rice += check_part_of(true) == NAIVE_RICE;
            rice += check_part_of(false) == NAIVE_RICE;
        }
    assert_true(rice > 3 * COUNT(steps)); /* else the parameter is never looked at */
}

static void modes_are_the_shortest(void **state)
{
    (void)state;
    rng r = {3};
    unsigned seen[NAIVE_MODES] = {0};
    for (unsigned round = 0; round < 120; round++) {
        uint32_t runs = (uint32_t)rng_below(&r, 200), longest = 1u << rng_below(&r, 12);
        random_part(&r, (uint32_t)rng_below(&r, (size_t)1 << rng_below(&r, 17)));
        if (round % 2 == 0)
            memset(is_in, 0, sizeof is_in);
        while (runs-- > 0) {
            uint32_t first = (uint32_t)rng_below(&r, GARITA_CHUNK_SERIALS);
            uint32_t len = (uint32_t)rng_below(&r, longest) + 1;
            bool in = !rng_one_in(&r, 4);
            for (uint32_t o = first; o < first + len && o < GARITA_CHUNK_SERIALS; o++)
                is_in[o] = in;
        }
        if (collect() > 0)
            seen[check_part_of(rng_one_in(&r, 2))]++;
    }
    assert_true(seen[NAIVE_RICE] > 20 && seen[NAIVE_RUNS] > 20);
}

/* Runs of one or more, after gaps: a run of length after gap offsets, count times. */
static uint32_t lay(uint32_t at, uint32_t gap, uint32_t length, uint32_t count)
{
    for (; count > 0; count--) {
        at += gap;
        for (uint32_t i = 0; i < length; i++) {
            assert_true(at < GARITA_CHUNK_SERIALS);
            is_in[at++] = true;
        }
    }
    return at;
}

/* The bitmap is the shortest only for 21,846 to 25,032 offsets of which most stand alone. */
static void bitmap_is_taken_where_it_is_shorter(void **state)
{
    (void)state;
    memset(is_in, 0, sizeof is_in);
    uint32_t at = lay(0, 2, 1, 21700);
    lay(at, 0, 300, 1);
    assert_int_equal(collect(), 22000);
    assert_int_equal(check_part_of(true), NAIVE_BITMAP);
    assert_int_equal(check_part_of(false), NAIVE_BITMAP);

    /* both parts of a chunk: the longest that there is. The one's offsets lie between the other's.
     */
    static uint8_t out[GARITA_CHUNK_BYTES_MAX], expected[GARITA_CHUNK_BYTES_MAX];
    static uint16_t other[GARITA_CHUNK_SERIALS];
    garita_part revoked, suspended;
    size_t memory = 0, len, count, other_count;
    memset(is_in, 0, sizeof is_in);
    lay(lay(0, 0, 370, 1), 2, 1, 21600);
    other_count = collect();
    memcpy(other, offsets, sizeof other);
    memset(is_in, 0, sizeof is_in);
    lay(lay(lay(371, 0, 1, 1), 2, 1, 21599), 1, 360, 1);
    count = collect();
    part_of(&revoked, &memory, offsets, count);
    part_of(&suspended, &memory, other, other_count);
    garita_chunk_encode(out, &len, &revoked, &suspended);
    assert_int_equal(len, GARITA_CHUNK_BYTES_MAX);
    assert_int_equal(naive_chunk(expected, offsets, count, other, other_count), len);
    assert_memory_equal(out, expected, len);
    garita_part_free(&revoked, &memory);
    garita_part_free(&suspended, &memory);
    assert_ok(decode_strictly(out, len));
    for (size_t cut = len - 3; cut < len; cut++)
        assert_error(decode_strictly(out, cut), TRUNCATED);
    for (size_t i = 3; i < len; i += 251) { /* a bit more or less than is counted */
        if (i < 3 + GARITA_BITMAP_SIZE || i >= 6 + GARITA_BITMAP_SIZE) {
            out[i] ^= 0x10;
            assert_error(decode_strictly(out, len), RANGE);
            out[i] ^= 0x10;
        }
    }
}

/* Of modes of one length in bytes the lowest is taken, for each two of them. */
static void lowest_of_equal_modes_is_taken(void **state)
{
    (void)state;
    unsigned ties[NAIVE_MODES] = {0}; /* by the mode that was not taken */
    /* one offset: Rice takes two or three bytes, runs one to five */
    for (uint32_t o = 0; o < GARITA_CHUNK_SERIALS; o += o < 300 ? 1 : 641) {
        memset(is_in, 0, sizeof is_in);
        is_in[o] = true;
        unsigned mode = check_part_of(true);
        if (naive.bits_len[NAIVE_RICE] == naive.bits_len[NAIVE_RUNS]) {
            assert_int_equal(mode, NAIVE_RICE);
            ties[NAIVE_RUNS]++;
        }
    }
    assert_true(ties[NAIVE_RUNS] > 100);
    /* Rice with parameter 0 up to the last offset is as long as a bitmap */
    rng r = {4};
    random_part(&r, 30000);
    is_in[LAST] = true;
    assert_int_equal(check_part_of(true), NAIVE_RICE);
    assert_int_equal(naive.bits_len[NAIVE_RICE], naive.bits_len[NAIVE_BITMAP]);
    /* runs as long as a bitmap, and Rice longer: offsets that stand alone two and six apart, and
     * the rest in one run */
    for (uint32_t alone = 14700; alone < 14800; alone++) {
        uint32_t count = 24000, apart = (18000 - alone) / 3 + 1;
        memset(is_in, 0, sizeof is_in);
        uint32_t at = lay(lay(0, 2, 1, alone), 6, 1, apart);
        lay(at, 2, count - alone - apart, 1);
        naive_part_make(&naive, offsets, collect());
        if (naive.bits_len[NAIVE_RUNS] != naive.bits_len[NAIVE_BITMAP])
            continue;
        assert_true(naive.bits_len[NAIVE_RICE] > naive.bits_len[NAIVE_BITMAP]);
        assert_int_equal(check_part_of(true), NAIVE_RUNS);
        ties[NAIVE_BITMAP]++;
    }
    assert_true(ties[NAIVE_BITMAP] > 0);
}

/* --- reading --- */

static void chunk_gives(const char *hex, uint32_t max, const char *error)
{
    blob b = blob_hex(hex);
    garita_part revoked, suspended;
    size_t memory = 0;
    garita_error e = decode(&revoked, &suspended, &memory, max, b.bytes, b.len);
    assert_string_equal(garita_error_name(e), error);
    garita_part_free(&revoked, &memory);
    garita_part_free(&suspended, &memory);
}

static void chunk_is_refused_for_each_flaw(void **state)
{
    (void)state;
    chunk_gives("", LAST, "empty");
    chunk_gives("00", LAST, "truncated");
    chunk_gives("00 00", LAST, "empty");
    chunk_gives("00 00 00", LAST, "trailing");
    chunk_gives("04", LAST, "truncated");
    chunk_gives("04 12", LAST, "truncated");
    chunk_gives("04 12 66", LAST, "truncated"); /* no suspended part */
    chunk_gives("04 12 66 00 00", LAST, "trailing");
    chunk_gives("84 00 12 66 00", LAST, "not-minimal");
    chunk_gives("84 80 00 12 66 00", LAST, "not-minimal");
    chunk_gives("84 80 80 00", LAST, "range"); /* a header of four bytes */
    chunk_gives("84 80 10", LAST, "range");    /* 65,537 offsets */
    chunk_gives("83 80 10", LAST, "range");    /* mode 3 of 65,536 */
    chunk_gives("07 00 00", LAST, "range");    /* mode 3 of one */
    chunk_gives("03 00", LAST, "range");       /* and of none */
    chunk_gives("01 00", LAST, "not-minimal"); /* none as runs */
    chunk_gives("02 00", LAST, "truncated");   /* none as a bitmap that is not there */
    /* Rice: one offset with parameter 15; two with 14 */
    chunk_gives("04 bf ff 80 00", LAST, "ok"); /* 65,535 */
    chunk_gives("04 bf ff c0 00", LAST, "not-minimal");
    chunk_gives("04 bf ff 81 00", LAST, "not-minimal");
    chunk_gives("04 c0 00 00 00", LAST, "range"); /* 65,536 */
    chunk_gives("04 ff ff ff ff", LAST, "truncated");
    chunk_gives("08 ef ff c0 00 00", LAST, "range"); /* 65,535, and one behind */
    /* runs */
    chunk_gives("05 c0 00", LAST, "ok"); /* 0 */
    chunk_gives("05 c1 00", LAST, "not-minimal");
    chunk_gives("05 a0 00", LAST, "range");    /* two, where one is counted */
    chunk_gives("05 00 00 7f", LAST, "range"); /* a seventeenth zero bit */
    chunk_gives("05 00 00 80", LAST, "truncated");
    chunk_gives("05 00 00 80 00 80", LAST, "range");     /* from 65,536 on */
    chunk_gives("05 00 00 80 00 00", LAST, "truncated"); /* from 65,535, of what length? */
    chunk_gives("09 00 00 80 00 20 00", LAST, "range");  /* 65,535 and 65,536 */
    chunk_gives("09 00 00 80 00 60 00", LAST, "range");  /* a run behind 65,535 */
    /* both parts */
    chunk_gives("04 12 66 04 12 66", LAST, "range"); /* one offset in both */
    chunk_gives("a1 1f 00 7d 20 0f a0 04 06 00", LAST, "range");
    chunk_gives("04 06 00 a1 1f 00 7d 20 0f a0", LAST, "range");
    chunk_gives("04 12 66 00 12", LAST, "trailing");
    /* a chunk whose last offset does not exist */
    chunk_gives("04 bf ff 00 00", LAST - 1, "ok");
    chunk_gives("04 bf ff 80 00", LAST - 1, "range");
    chunk_gives("81 80 10 80 00 40 00 00 00", LAST - 1, "range");
}

/* Every prefix, and every bit turned: refused, or another chunk in its own one encoding. */
static void chunks_that_were_altered_are_refused_or_others(void **state)
{
    (void)state;
    rng r = {5};
    unsigned others = 0, refused = 0;
    for (unsigned round = 0; round < 80; round++) {
        static uint8_t bytes[GARITA_CHUNK_BYTES_MAX];
        static uint16_t other[GARITA_CHUNK_SERIALS];
        size_t count, other_count = 0, kept = 0;
        memset(is_in, 0, sizeof is_in);
        uint32_t universe = 1u << (4 + rng_below(&r, 13));
        for (size_t n = rng_below(&r, 40); n > 0; n--) {
            uint32_t first = (uint32_t)rng_below(&r, universe);
            uint32_t behind = first + (rng_one_in(&r, 2) ? 1 : (uint32_t)rng_below(&r, 30));
            for (uint32_t o = first; o < behind && o < GARITA_CHUNK_SERIALS; o++)
                is_in[o] = true;
        }
        count = collect();
        for (size_t i = 0; i < count; i++) /* some of them suspended */
            if (rng_one_in(&r, 3))
                other[other_count++] = offsets[i];
            else
                offsets[kept++] = offsets[i];
        size_t len = naive_chunk(bytes, offsets, kept, other, other_count);
        for (size_t cut = 0; cut < len; cut++)
            assert_string_equal(garita_error_name(decode_strictly(bytes, cut)),
                                cut == 0 ? "empty" : "truncated");
        for (size_t bit = 0; bit < 8 * len; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            if (decode_strictly(bytes, len) == GARITA_OK)
                others++;
            else
                refused++;
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    }
    assert_true(refused > 1000 && others > 1000);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(part_holds_what_was_put_into_it),
        cmocka_unit_test(part_that_would_take_too_much_is_as_it_was),
        cmocka_unit_test(chunks_are_the_examples_of_the_page),
        cmocka_unit_test(chunk_of_nothing_has_no_bytes),
        cmocka_unit_test(parameter_is_that_of_the_table),
        cmocka_unit_test(modes_are_the_shortest),
        cmocka_unit_test(bitmap_is_taken_where_it_is_shorter),
        cmocka_unit_test(lowest_of_equal_modes_is_taken),
        cmocka_unit_test(chunk_is_refused_for_each_flaw),
        cmocka_unit_test(chunks_that_were_altered_are_refused_or_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
