/* Bundles and lists of what a home has: every kind there and back, and what strangers make of them.
 * A bundle is what travels on a stick: it may be cut, altered, or written to do harm. */
#include <garita/bundle.h>

#include <sodium.h>
#include <stdlib.h>

#include "unit.h"

/* --- a bundle in memory --- */

typedef struct buffer {
    size_t len, cap;
    uint8_t bytes[1 << 20];
} buffer;

static buffer out_buffer;

static bool sink(void *context, const uint8_t *bytes, size_t len)
{
    buffer *b = context;
    assert_true(len > 0);
    if (len > b->cap - b->len)
        return false;
    memcpy(b->bytes + b->len, bytes, len);
    b->len += len;
    return true;
}

static void empty(buffer *b)
{
    b->len = 0;
    b->cap = sizeof b->bytes;
}

/* Messages as an export writes them; what is in them does not matter here. */
enum { MESSAGES = 15 };

static garita_message sample[MESSAGES];
static size_t ends[MESSAGES]; /* where each message ends in the bundle */
static uint8_t filling[GARITA_POLICY_BYTES_MAX];

static garita_bytes some(size_t from, size_t len)
{
    return (garita_bytes){filling + from, len};
}

static garita_frontier frontier_of(uint64_t size, rng *r)
{
    garita_frontier f = {.size = size};
    rng_fill(r, f.peaks, garita_frontier_count(size) * sizeof f.peaks[0]);
    return f;
}

static void fill_path(garita_message *m, size_t count, rng *r)
{
    m->path_count = count;
    rng_fill(r, m->path, count * sizeof m->path[0]);
}

static void make_sample(void)
{
    rng r = {15};
    garita_message *m = sample;
    rng_fill(&r, filling, sizeof filling);
    *m++ = (garita_message){.kind = GARITA_MESSAGE_PROOF, .bytes = some(0, 359)};
    *m++ = (garita_message){.kind = GARITA_MESSAGE_STATEMENT, .bytes = some(10, 127)};
    *m++ = (garita_message){.kind = GARITA_MESSAGE_STATEMENT, .bytes = some(11, 128)};
    *m++ = (garita_message){
        .kind = GARITA_MESSAGE_TAIL, .head = some(20, 179), .frontier = frontier_of(300, &r)};
    *m++ = (garita_message){.kind = GARITA_MESSAGE_BATCH, .bytes = some(30, 9)};
    *m++ = (garita_message){.kind = GARITA_MESSAGE_BATCH, .bytes = some(31, 4)};
    *m++ = (garita_message){.kind = GARITA_MESSAGE_TAIL, .head = some(21, 180)}; /* from nothing */
    *m++ = (garita_message){.kind = GARITA_MESSAGE_SNAPSHOT,
                            .head = some(22, 181),
                            .frontier = frontier_of(7, &r),
                            .path_from = 3};
    fill_path(m - 1, 4, &r);
    *m++ = (garita_message){.kind = GARITA_MESSAGE_CHUNK, .bytes = some(40, 5), .index = 0};
    *m++ = (garita_message){.kind = GARITA_MESSAGE_LEAVES, .bytes = some(42, 3 * 32)};
    *m++ = (garita_message){.kind = GARITA_MESSAGE_CHUNK, .bytes = some(41, 6), .index = 65535};
    *m++ = (garita_message){.kind = GARITA_MESSAGE_LEAVES, .bytes = some(43, 32)};
    *m++ = (garita_message){.kind = GARITA_MESSAGE_SNAPSHOT, .head = some(23, 182)}; /* no path */
    *m++ = (garita_message){.kind = GARITA_MESSAGE_EVIDENCE,
                            .bytes = some(50, 10),
                            .head = some(24, 183),
                            .index = 299};
    fill_path(m - 1, 9, &r);
    *m++ = (garita_message){.kind = GARITA_MESSAGE_END};
    assert_int_equal(m - sample, MESSAGES);
}

static int set_up(void **state)
{
    (void)state;
    make_sample();
    return 0;
}

static void write_sample(buffer *b)
{
    empty(b);
    assert_true(garita_bundle_write_header(sink, b));
    for (size_t i = 0; i < MESSAGES; i++) {
        assert_true(garita_bundle_write(sink, b, &sample[i]));
        ends[i] = b->len;
    }
}

static void assert_bytes(garita_bytes got, garita_bytes expected)
{
    assert_int_equal(got.len, expected.len);
    if (got.len > 0)
        assert_memory_equal(got.at, expected.at, got.len);
}

static void assert_message(const garita_message *got, const garita_message *expected)
{
    assert_int_equal(got->kind, expected->kind);
    assert_bytes(got->bytes, expected->bytes);
    assert_bytes(got->head, expected->head);
    assert_memory_equal(&got->frontier, &expected->frontier, sizeof got->frontier);
    assert_int_equal(got->path_from, expected->path_from);
    assert_int_equal(got->index, expected->index);
    assert_int_equal(got->path_count, expected->path_count);
    assert_memory_equal(got->path, expected->path, sizeof got->path);
}

/* Reads up to the first error or END, through memory of exactly this length; counts the messages
 * that came whole. */
static garita_fault read_all(const uint8_t *bytes, size_t len, size_t *count, bool as_sample)
{
    garita_bundle_reader reader;
    garita_message m;
    garita_fault fault = {GARITA_OK, 0, ""};
    uint8_t *copy = exact_copy(bytes, len);
    *count = 0;
    fault.error = garita_bundle_open(&reader, copy, len);
    while (fault.error == GARITA_OK) {
        static const garita_message none;
        garita_error e = garita_bundle_next(&reader, &m, &fault);
        assert_int_equal(e, fault.error);
        if (e != GARITA_OK) {
            assert_message(&m, &none);
            assert_non_null(fault.field);
            assert_true(fault.at <= len);
            /* asked again, it says the same */
            assert_int_equal(garita_bundle_next(&reader, &m, NULL), e);
            break;
        }
        if (as_sample)
            assert_message(&m, &sample[*count]);
        ++*count;
        if (m.kind == GARITA_MESSAGE_END)
            break;
    }
    free(copy);
    return fault;
}

static void every_kind_comes_back_as_it_was_written(void **state)
{
    (void)state;
    size_t count;
    write_sample(&out_buffer);
    assert_int_equal(read_all(out_buffer.bytes, out_buffer.len, &count, true).error, GARITA_OK);
    assert_int_equal(count, MESSAGES);
    assert_true(garita_bundle_is_one(out_buffer.bytes, out_buffer.len));
}

/* The layout of FORMAT.md, byte by byte. */
static void messages_have_the_bytes_of_the_format(void **state)
{
    (void)state;
    garita_message m = {.kind = GARITA_MESSAGE_TAIL, .head = {(const uint8_t *)"head", 4}};
    m.frontier.size = 200; /* 128 + 64 + 8 */
    memset(m.frontier.peaks, 0xaa, 3 * 32);
    uint8_t expected[200];
    size_t len = unhex(expected, sizeof expected, "03 66 c801");
    memset(expected + len, 0xaa, 96);
    memcpy(expected + len + 96, "head", 4);
    empty(&out_buffer);
    assert_true(garita_bundle_write(sink, &out_buffer, &m));
    assert_int_equal(out_buffer.len, len + 100);
    assert_memory_equal(out_buffer.bytes, expected, len + 100);

    m = (garita_message){.kind = GARITA_MESSAGE_SNAPSHOT,
                         .head = {(const uint8_t *)"head", 4},
                         .frontier.size = 2,
                         .path_from = 1,
                         .path_count = 2};
    memset(m.frontier.peaks, 0xaa, 32);
    memset(m.path, 0xbb, 64);
    len = unhex(expected, sizeof expected, "05 67 02");
    memset(expected + len, 0xaa, 32);
    expected[len + 32] = 1;
    expected[len + 33] = 2;
    memset(expected + len + 34, 0xbb, 64);
    memcpy(expected + len + 98, "head", 4);
    empty(&out_buffer);
    assert_true(garita_bundle_write(sink, &out_buffer, &m));
    assert_int_equal(out_buffer.len, len + 102);
    assert_memory_equal(out_buffer.bytes, expected, len + 102);

    m = (garita_message){.kind = GARITA_MESSAGE_EVIDENCE,
                         .head = {(const uint8_t *)"head", 4},
                         .bytes = {(const uint8_t *)"batch", 5},
                         .index = 128,
                         .path_count = 1};
    memset(m.path, 0xcc, 32);
    len = unhex(expected, sizeof expected, "07 2e 8001 01");
    memset(expected + len, 0xcc, 32);
    len += 32;
    len += unhex(expected + len, sizeof expected - len, "0004 68656164 6261746368");
    empty(&out_buffer);
    assert_true(garita_bundle_write(sink, &out_buffer, &m));
    assert_int_equal(out_buffer.len, len);
    assert_memory_equal(out_buffer.bytes, expected, len);

    m = (garita_message){
        .kind = GARITA_MESSAGE_CHUNK, .bytes = {(const uint8_t *)"c", 1}, .index = 0x1234};
    empty(&out_buffer);
    assert_true(garita_bundle_write_header(sink, &out_buffer));
    assert_true(garita_bundle_write(sink, &out_buffer, &m));
    assert_true(
        garita_bundle_write(sink, &out_buffer, &(garita_message){.kind = GARITA_MESSAGE_END}));
    len = unhex(expected, sizeof expected, "6761726974612d62 01 06 03 1234 63 00 00");
    assert_int_equal(out_buffer.len, len);
    assert_memory_equal(out_buffer.bytes, expected, len);
}

/* The largest that each kind may be, and a byte more. */
static void largest_bodies_are_read_and_larger_ones_are_not(void **state)
{
    (void)state;
    static uint8_t large[GARITA_MESSAGE_BYTES_MAX];
    static const struct {
        garita_message_kind kind, before;
        size_t bytes_max, head_max;
    } kinds[] = {{GARITA_MESSAGE_STATEMENT, 0, GARITA_POLICY_BYTES_MAX, 0},
                 {GARITA_MESSAGE_PROOF, 0, GARITA_EQUIVOCATION_BYTES_MAX, 0},
                 {GARITA_MESSAGE_TAIL, 0, 0, GARITA_HEAD_BYTES_MAX},
                 {GARITA_MESSAGE_BATCH, GARITA_MESSAGE_TAIL, GARITA_BATCH_BYTES_MAX, 0},
                 {GARITA_MESSAGE_SNAPSHOT, 0, 0, GARITA_HEAD_BYTES_MAX},
                 {GARITA_MESSAGE_CHUNK, GARITA_MESSAGE_SNAPSHOT, GARITA_CHUNK_BYTES_MAX, 0},
                 {GARITA_MESSAGE_LEAVES, GARITA_MESSAGE_SNAPSHOT, GARITA_LEAVES_MAX * 32, 0},
                 {GARITA_MESSAGE_EVIDENCE, 0, GARITA_BATCH_BYTES_MAX, GARITA_HEAD_BYTES_MAX}};
    for (size_t i = 0; i < COUNT(kinds); i++)
        for (size_t more = 0; more < 3; more++) {
            garita_message m = {.kind = kinds[i].kind,
                                .bytes = {large, kinds[i].bytes_max},
                                .head = {large, kinds[i].head_max}};
            size_t count;
            bool is_whole =
                kinds[i].kind == GARITA_MESSAGE_SNAPSHOT || kinds[i].kind == GARITA_MESSAGE_TAIL;
            m.bytes.len += more == 1 && m.bytes.len > 0;
            m.head.len += more == 2 && m.head.len > 0;
            if (is_whole) { /* and as many peaks as there can be */
                m.frontier.size = GARITA_LOG_SIZE_MAX;
                m.path_from = kinds[i].kind == GARITA_MESSAGE_SNAPSHOT ? 1 : 0;
            }
            if (kinds[i].kind == GARITA_MESSAGE_EVIDENCE || m.path_from > 0)
                m.path_count = GARITA_PROOF_MAX;
            if (kinds[i].kind == GARITA_MESSAGE_EVIDENCE)
                m.index = GARITA_LOG_SIZE_MAX - 1;
            bool too_long = m.bytes.len > kinds[i].bytes_max || m.head.len > kinds[i].head_max;
            empty(&out_buffer);
            assert_true(garita_bundle_write_header(sink, &out_buffer));
            garita_message before = {.kind = kinds[i].before, .head = some(0, 179)};
            if (before.kind != GARITA_MESSAGE_END)
                assert_true(garita_bundle_write(sink, &out_buffer, &before));
            assert_true(garita_bundle_write(sink, &out_buffer, &m));
            assert_true(garita_bundle_write(sink, &out_buffer,
                                            &(garita_message){.kind = GARITA_MESSAGE_END}));
            garita_fault fault = read_all(out_buffer.bytes, out_buffer.len, &count, false);
            if (fault.error != (too_long ? GARITA_E_TOO_LONG : GARITA_OK))
                fail_msg("kind %d, case %zu: %s in %s", (int)m.kind, more,
                         garita_error_name(fault.error), fault.field);
        }
}

/* --- cut, flipped, made up --- */

static void bundle_cut_anywhere_says_so_and_gives_what_came_before(void **state)
{
    (void)state;
    write_sample(&out_buffer);
    for (size_t len = 0; len < out_buffer.len; len++) {
        size_t count, whole = 0;
        while (ends[whole] <= len)
            whole++;
        garita_fault fault = read_all(out_buffer.bytes, len, &count, true);
        assert_string_equal(garita_error_name(fault.error), "truncated");
        assert_int_equal(count, whole);
        if (len >= GARITA_BUNDLE_HEADER_SIZE)
            assert_int_equal(fault.at, len);
    }
}

static void bundle_with_flipped_bits_is_read_safely(void **state)
{
    (void)state;
    rng r = {16};
    size_t count, refused = 0;
    write_sample(&out_buffer);
    for (size_t bit = 0; bit < 8 * out_buffer.len; bit++) {
        out_buffer.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        refused += read_all(out_buffer.bytes, out_buffer.len, &count, false).error != GARITA_OK;
        out_buffer.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(refused > 0 && refused < 8 * out_buffer.len); /* some bits are only somebody's */
    for (size_t i = 0; i < 5000; i++) {
        write_sample(&out_buffer);
        for (size_t flips = 2 + rng_below(&r, 30); flips > 0; flips--)
            out_buffer.bytes[GARITA_BUNDLE_HEADER_SIZE +
                             rng_below(&r, out_buffer.len - GARITA_BUNDLE_HEADER_SIZE)] ^=
                (uint8_t)(1u << rng_below(&r, 8));
        read_all(out_buffer.bytes, 1 + rng_below(&r, out_buffer.len), &count, false);
    }
}

/* Structure without sense: kinds and lengths that fit, and anything in the bodies. */
static void made_up_messages_are_read_safely(void **state)
{
    (void)state;
    rng r = {17};
    size_t count;
    for (size_t i = 0; i < 20000; i++) {
        uint8_t bytes[400];
        size_t len = unhex(bytes, sizeof bytes, "6761726974612d62 01");
        while (len < 250) {
            size_t body = rng_below(&r, 100);
            bytes[len++] = (uint8_t)rng_below(&r, rng_one_in(&r, 5) ? 256 : 8);
            bytes[len++] = (uint8_t)body;
            rng_fill(&r, bytes + len, body);
            if (body > 0 && rng_one_in(&r, 2))
                bytes[len] = (uint8_t)rng_below(&r, 3);
            len += body;
        }
        read_all(bytes, len, &count, false);
    }
}

static void assert_bundle(const char *hex, garita_error expected, size_t at, const char *field)
{
    uint8_t bytes[300];
    size_t count, len = unhex(bytes, sizeof bytes, hex);
    garita_fault fault = read_all(bytes, len, &count, false);
    if (fault.error != expected || (expected != GARITA_OK && fault.at != at) ||
        strcmp(fault.field, field) != 0)
        fail_msg("%s: %s at %zu in \"%s\"", hex, garita_error_name(fault.error), fault.at,
                 fault.field);
}

#define START "6761726974612d62 01 "
#define END " 00 00"

static void header_is_checked(void **state)
{
    (void)state;
    assert_bundle("", GARITA_E_TRUNCATED, 0, "");
    assert_bundle("67", GARITA_E_TRUNCATED, 0, "");
    assert_bundle("6761726974612d62", GARITA_E_TRUNCATED, 0, "");
    assert_bundle("92", GARITA_E_ENVELOPE, 0, "");
    assert_bundle("6761726974612d68 01 00 00", GARITA_E_ENVELOPE, 0, ""); /* a list */
    assert_bundle("6761726974612d62 02 00 00", GARITA_E_UNSUPPORTED_VERSION, 0, "");
    assert_bundle("6761726974612d62 00 00 00", GARITA_E_UNSUPPORTED_VERSION, 0, "");
    assert_bundle(START END, GARITA_OK, 0, "");
    assert_true(garita_bundle_is_one((const uint8_t *)"garita-b", 8));
    assert_false(garita_bundle_is_one((const uint8_t *)"garita-h", 8));
    assert_false(garita_bundle_is_one((const uint8_t *)"garita-b", 7));
    assert_false(garita_bundle_is_one(NULL, 0));
}

static void flaws_are_named_with_their_place(void **state)
{
    (void)state;
    /* the ends of things */
    assert_bundle(START, GARITA_E_TRUNCATED, 9, "message.kind");
    assert_bundle(START "01", GARITA_E_TRUNCATED, 10, "message.length");
    assert_bundle(START "01 05 aa", GARITA_E_TRUNCATED, 12, "message");
    assert_bundle(START "01 01 aa", GARITA_E_TRUNCATED, 12, "message.kind"); /* no END */
    assert_bundle(START END "00", GARITA_E_TRAILING, 11, "bundle");
    assert_bundle(START END END, GARITA_E_TRAILING, 11, "bundle");
    assert_bundle(START "00 01 00", GARITA_E_TRAILING, 11, "message");
    /* kinds */
    assert_bundle(START "09 00" END, GARITA_E_UNKNOWN_TYPE, 9, "message.kind");
    assert_bundle(START "3f 00" END, GARITA_E_UNKNOWN_TYPE, 9, "message.kind");
    assert_bundle(START "41 00 ff 02 1234" END, GARITA_OK, 0, "");
    assert_bundle(START "41 05 00" END, GARITA_E_TRUNCATED, 14, "message");
    assert_bundle(START "40 10 00112233445566778899aabbccddeeff" END, GARITA_OK, 0, "");
    assert_bundle(START "40 0f 00112233445566778899aabbccddee" END, GARITA_E_TRUNCATED, 26,
                  "origin");
    assert_bundle(START "40 11 00112233445566778899aabbccddeeff00" END, GARITA_E_TRAILING, 27,
                  "message");
    assert_bundle(START "41 85 00 00" END, GARITA_E_NOT_MINIMAL, 10, "message.length");
    /* lengths: 266,240 is 80 a0 10 */
    assert_bundle(START "01 80a010", GARITA_E_TRUNCATED, 13, "message");
    assert_bundle(START "01 81a010", GARITA_E_TOO_LONG, 10, "message.length");
    assert_bundle(START "41 81a010", GARITA_E_TOO_LONG, 10, "message.length");
    assert_bundle(START "01 ffffffffffffffffff01", GARITA_E_TOO_LONG, 10, "message.length");
    assert_bundle(START "01 ffffffffffffffffff02", GARITA_E_RANGE, 10, "message.length");
    assert_bundle(START "01 8000", GARITA_E_NOT_MINIMAL, 10, "message.length");
    /* what must not be empty */
    assert_bundle(START "01 00" END, GARITA_E_TRUNCATED, 11, "statement");
    assert_bundle(START "02 00" END, GARITA_E_TRUNCATED, 11, "proof");
    assert_bundle(START "03 01 00" END, GARITA_E_TRUNCATED, 12, "tail.head");
    assert_bundle(START "03 02 00 aa 04 00" END, GARITA_E_TRUNCATED, 15, "batch");
    assert_bundle(START "05 04 00 00 00 aa 08 00" END, GARITA_E_TRUNCATED, 17, "leaves");
    /* whole hashes */
    assert_bundle(START "05 04 00 00 00 aa 08 01 bb" END, GARITA_E_TRUNCATED, 18, "leaves");
    assert_bundle(START "05 04 00 00 00 aa 08 21 bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
                        "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb cc" END,
                  GARITA_E_TRUNCATED, 50, "leaves");
    /* frontiers */
    assert_bundle(START "03 00" END, GARITA_E_TRUNCATED, 11, "tail.frontier");
    assert_bundle(START "03 03 01 aa bb" END, GARITA_E_TRUNCATED, 14, "tail.frontier");
    assert_bundle(START "03 06 80808080 10 aa" END, GARITA_E_RANGE, 11, "tail.frontier");
    assert_bundle(START "03 03 8000 aa" END, GARITA_E_NOT_MINIMAL, 11, "tail.frontier");
    /* paths */
    assert_bundle(START "05 03 00 00 00" END, GARITA_E_TRUNCATED, 14, "snapshot.head");
    assert_bundle(START "05 04 00 00 00 aa" END, GARITA_OK, 0, "");
    assert_bundle(START "05 04 00 00 01 aa" END, GARITA_E_TRUNCATED, 15, "snapshot.path");
    assert_bundle(START "05 04 00 00 42 aa" END, GARITA_E_RANGE, 13, "snapshot.path");
    assert_bundle(START "05 04 00 01 00 aa" END, GARITA_E_RANGE, 12, "snapshot.path_from");
    /* evidence */
    assert_bundle(START "07 06 05 00 0001 aa bb" END, GARITA_OK, 0, "");
    assert_bundle(START "07 05 05 00 0001 aa" END, GARITA_E_TRUNCATED, 16, "evidence.batch");
    assert_bundle(START "07 05 05 00 0002 aa" END, GARITA_E_TRUNCATED, 16, "evidence.head");
    assert_bundle(START "07 05 05 00 0000 aa" END, GARITA_E_TRUNCATED, 13, "evidence.head");
    assert_bundle(START "07 05 05 00 0401 aa" END, GARITA_E_TOO_LONG, 13, "evidence.head");
    assert_bundle(START "07 03 05 00 00" END, GARITA_E_TRUNCATED, 14, "evidence.head");
    assert_bundle(START "07 05 05 42 0001 aa" END, GARITA_E_RANGE, 12, "evidence.proof");
    assert_bundle(START "07 09 ffffffff0f 00 0001 aa" END, GARITA_E_RANGE, 11, "evidence.index");
    assert_bundle(START "07 0a feffffff0f 00 0001 aa bb" END, GARITA_OK, 0, "");
}

/* A path without its size, or a size without its path, is neither. */
static void snapshot_has_both_of_a_path_or_none(void **state)
{
    (void)state;
    uint8_t bytes[200];
    size_t count, len = unhex(bytes, sizeof bytes, START "05 24 00 00 01");
    memset(bytes + len, 0xaa, 33);
    memcpy(bytes + len + 33, "\0\0", 2);
    garita_fault fault = read_all(bytes, len + 35, &count, false);
    assert_error(fault.error, RANGE);
    assert_string_equal(fault.field, "snapshot.path");

    len = unhex(bytes, sizeof bytes, START "05 24 02");
    memset(bytes + len, 0xaa, 35);
    bytes[len + 32] = 1; /* from 1 to 2, by no hash */
    bytes[len + 33] = 0;
    memcpy(bytes + len + 35, "\0\0", 2);
    fault = read_all(bytes, len + 37, &count, false);
    assert_error(fault.error, RANGE);
    assert_string_equal(fault.field, "snapshot.path");
}

/* Parts stand behind their whole; what an old reader skips does not come between. */
static void parts_follow_their_whole(void **state)
{
    (void)state;
#define A_TAIL " 03 02 00 aa"
#define A_SNAPSHOT " 05 04 00 00 00 aa"
#define A_BATCH " 04 01 bb"
#define A_CHUNK " 06 03 0000 cc"
#define A_LEAF " 08 20 ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define A_STATEMENT " 01 01 dd"
    assert_bundle(START A_TAIL A_BATCH A_BATCH END, GARITA_OK, 0, "");
    assert_bundle(START A_TAIL " 41 01 ee" A_BATCH END, GARITA_OK, 0, "");
    assert_bundle(START A_SNAPSHOT A_CHUNK A_CHUNK END, GARITA_OK, 0, "");
    assert_bundle(START A_BATCH END, GARITA_E_WRONG_KIND, 9, "message.kind");
    assert_bundle(START A_CHUNK END, GARITA_E_WRONG_KIND, 9, "message.kind");
    assert_bundle(START A_SNAPSHOT A_LEAF A_CHUNK A_LEAF A_CHUNK A_LEAF END, GARITA_OK, 0, "");
    assert_bundle(START A_LEAF END, GARITA_E_WRONG_KIND, 9, "message.kind");
    assert_bundle(START A_TAIL A_LEAF END, GARITA_E_WRONG_KIND, 13, "message.kind");
    assert_bundle(START A_SNAPSHOT A_STATEMENT A_LEAF END, GARITA_E_WRONG_KIND, 18, "message.kind");
    assert_bundle(START A_TAIL A_CHUNK END, GARITA_E_WRONG_KIND, 13, "message.kind");
    assert_bundle(START A_SNAPSHOT A_BATCH END, GARITA_E_WRONG_KIND, 15, "message.kind");
    assert_bundle(START A_TAIL A_STATEMENT A_BATCH END, GARITA_E_WRONG_KIND, 16, "message.kind");
    assert_bundle(START A_TAIL A_SNAPSHOT A_CHUNK A_TAIL A_BATCH END, GARITA_OK, 0, "");
}

static void writer_stops_with_its_sink(void **state)
{
    (void)state;
    static buffer full;
    size_t len;
    write_sample(&out_buffer);
    len = out_buffer.len;
    for (size_t cap = 0; cap < len; cap++) {
        full.len = 0;
        full.cap = cap;
        bool ok = garita_bundle_write_header(sink, &full);
        for (size_t i = 0; ok && i < MESSAGES; i++)
            ok = garita_bundle_write(sink, &full, &sample[i]);
        assert_false(ok);
        assert_memory_equal(full.bytes, out_buffer.bytes, full.len);
    }
}

/* --- what a home has --- */

enum { LOGS = 50, DIGESTS = 1000 };

static void make_have(garita_have_log *logs, garita_digest *digests, rng *r)
{
    for (size_t i = 0; i < LOGS; i++) {
        rng_fill(r, &logs[i].id, sizeof logs[i].id);
        rng_fill(r, &logs[i].root, sizeof logs[i].root);
        logs[i].size = rng_below(r, (size_t)GARITA_LOG_SIZE_MAX + 1);
        logs[i].signed_at = (int64_t)rng_below(r, (size_t)GARITA_MOMENT_MAX + 1);
    }
    for (size_t i = 0; i < DIGESTS; i++)
        rng_fill(r, &digests[i], sizeof digests[i]);
}

static void list_comes_back_sorted_and_is_searched(void **state)
{
    (void)state;
    static garita_have_log logs[LOGS], given_logs[LOGS];
    static garita_digest digests[DIGESTS], given_digests[DIGESTS];
    static uint8_t bytes[LOGS * 80 + DIGESTS * 16 + 20];
    rng r = {18};
    for (size_t round = 0; round < 40; round++) {
        size_t log_count = round < 4 ? round : rng_below(&r, LOGS + 1);
        size_t digest_count = round < 4 ? round : rng_below(&r, DIGESTS);
        size_t size = garita_have_size(log_count, digest_count);
        garita_have have;
        garita_have_log log;
        make_have(logs, digests, &r);
        if (digest_count > 1)
            digests[1] = digests[0]; /* two logs may have one batch */
        memcpy(given_logs, logs, sizeof logs);
        memcpy(given_digests, digests, sizeof digests);
        garita_have_write(bytes, logs, log_count, digests, digest_count);
        uint8_t *copy = exact_copy(bytes, size);
        assert_ok(garita_have_read(&have, copy, size));
        assert_int_equal(have.log_count, log_count);
        assert_int_equal(have.digest_count, digest_count);
        for (size_t i = 0; i < log_count; i++) {
            size_t found = 0;
            garita_have_log_at(&log, &have, i);
            while (!garita_hash_equal(&given_logs[found].id, &log.id))
                assert_true(++found < log_count);
            assert_true(garita_hash_equal(&given_logs[found].root, &log.root));
            assert_int_equal(given_logs[found].size, log.size);
            assert_int_equal(given_logs[found].signed_at, log.signed_at);
        }
        for (size_t i = 0; i < DIGESTS; i++) /* those that are not in the list, too */
            assert_int_equal(garita_have_has(&have, &given_digests[i]), i < digest_count);
        free(copy);
    }
}

static void list_has_the_bytes_of_the_format(void **state)
{
    (void)state;
    garita_have_log log = {.size = 0x0102, .signed_at = 0x6b01bc00};
    garita_digest digest;
    uint8_t bytes[200], expected[200];
    memset(&log.id, 0x11, 32);
    memset(&log.root, 0x22, 32);
    memset(&digest, 0x33, 16);
    size_t size = garita_have_size(1, 1),
           len = unhex(expected, sizeof expected, "6761726974612d68 01 01");
    memset(expected + len, 0x11, 32);
    len += 32;
    len += unhex(expected + len, 20, "0000000000000102");
    memset(expected + len, 0x22, 32);
    len += 32;
    len += unhex(expected + len, 20, "000000006b01bc00 01");
    memset(expected + len, 0x33, 16);
    len += 16;
    assert_int_equal(size, len);
    garita_have_write(bytes, &log, 1, &digest, 1);
    assert_memory_equal(bytes, expected, len);
}

static garita_error read_list(const uint8_t *bytes, size_t len)
{
    garita_have have;
    uint8_t *copy = exact_copy(bytes, len);
    garita_error e = garita_have_read(&have, copy, len);
    if (e != GARITA_OK)
        assert_true(have.log_count == 0 && have.digest_count == 0);
    free(copy);
    return e;
}

static void list_that_is_not_whole_is_refused(void **state)
{
    (void)state;
    static garita_have_log logs[LOGS];
    static garita_digest digests[DIGESTS];
    uint8_t bytes[600], wrong[600];
    rng r = {19};
    make_have(logs, digests, &r);
    size_t len = garita_have_size(3, 5);
    garita_have_write(bytes, logs, 3, digests, 5);
    assert_ok(read_list(bytes, len));
    for (size_t cut = 0; cut < len; cut++)
        assert_error(read_list(bytes, cut), TRUNCATED);
    bytes[len] = 0;
    assert_error(read_list(bytes, len + 1), TRAILING);

#define assert_list(change, expected)                                                              \
    do {                                                                                           \
        memcpy(wrong, bytes, len);                                                                 \
        change;                                                                                    \
        assert_error(read_list(wrong, len), expected);                                             \
    } while (0)
    uint8_t *first = wrong + 10, *second = first + 80, *digest = first + 3 * 80 + 1;
    assert_list(wrong[7] = 'b', ENVELOPE);
    assert_list(wrong[8] = 2, UNSUPPORTED_VERSION);
    assert_list(wrong[8] = 0, UNSUPPORTED_VERSION);
    assert_list(memset(first, 0xff, 32), KEY_ORDER);
    assert_list(memcpy(second, first, 32), KEY_ORDER); /* one log twice */
    assert_list(first[32] = 1, RANGE);                 /* a size of more than 2^32 */
    assert_list(first[35] = 1, RANGE);
    assert_list(second[32 + 8 + 32] = 0x80, RANGE); /* a moment before 1970, to who has signs */
    assert_list(second[32 + 8 + 32 + 3] = 0x02, RANGE);
    assert_list(memset(digest, 0xff, 16), KEY_ORDER);
    assert_list(memcpy(digest + 16, digest, 16), OK);
    assert_list(digest[-1] = 6, TRUNCATED);
    assert_list(digest[-1] = 4, TRAILING);
}

/* Counts that a stranger wrote: nothing is done with one before it fits. */
static void list_of_too_many_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[100];
    /* 8,193 logs; 65,537 digests; the most of each, of which there are none */
    assert_error(read_list(bytes, unhex(bytes, 100, "6761726974612d68 01 8140 00")), RANGE);
    assert_error(read_list(bytes, unhex(bytes, 100, "6761726974612d68 01 00 818004")), RANGE);
    assert_error(read_list(bytes, unhex(bytes, 100, "6761726974612d68 01 8040 00")), TRUNCATED);
    assert_error(read_list(bytes, unhex(bytes, 100, "6761726974612d68 01 00 808004")), TRUNCATED);
    assert_error(read_list(bytes, unhex(bytes, 100, "6761726974612d68 01 8000 00")), NOT_MINIMAL);
    assert_error(read_list(bytes, unhex(bytes, 100, "6761726974612d68 01 00 ffffffffffffffffff01")),
                 RANGE);
}

static void list_with_flipped_bits_is_read_safely(void **state)
{
    (void)state;
    static garita_have_log logs[LOGS];
    static garita_digest digests[DIGESTS];
    uint8_t bytes[600];
    rng r = {20};
    make_have(logs, digests, &r);
    size_t len = garita_have_size(3, 5), refused = 0;
    garita_have_write(bytes, logs, 3, digests, 5);
    for (size_t bit = 0; bit < 8 * len; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        refused += read_list(bytes, len) != GARITA_OK;
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(refused > 0 && refused < 8 * len);
}

static void digest_is_half_of_sha_256(void **state)
{
    (void)state;
    garita_digest digest;
    uint8_t hash[32], expected[16];
    garita_digest_of(&digest, (const uint8_t *)"abc", 3);
    crypto_hash_sha256(hash, (const uint8_t *)"abc", 3);
    assert_memory_equal(digest.bytes, hash, 16);
    assert_int_equal(unhex(expected, sizeof expected, "ba7816bf8f01cfea414140de5dae2223"), 16);
    assert_memory_equal(digest.bytes, expected, 16);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_comes_back_as_it_was_written),
        cmocka_unit_test(messages_have_the_bytes_of_the_format),
        cmocka_unit_test(largest_bodies_are_read_and_larger_ones_are_not),
        cmocka_unit_test(bundle_cut_anywhere_says_so_and_gives_what_came_before),
        cmocka_unit_test(bundle_with_flipped_bits_is_read_safely),
        cmocka_unit_test(made_up_messages_are_read_safely),
        cmocka_unit_test(header_is_checked),
        cmocka_unit_test(flaws_are_named_with_their_place),
        cmocka_unit_test(snapshot_has_both_of_a_path_or_none),
        cmocka_unit_test(parts_follow_their_whole),
        cmocka_unit_test(writer_stops_with_its_sink),
        cmocka_unit_test(list_comes_back_sorted_and_is_searched),
        cmocka_unit_test(list_has_the_bytes_of_the_format),
        cmocka_unit_test(list_that_is_not_whole_is_refused),
        cmocka_unit_test(list_of_too_many_is_refused),
        cmocka_unit_test(list_with_flipped_bits_is_read_safely),
        cmocka_unit_test(digest_is_half_of_sha_256),
    };
    return garita_init() == GARITA_OK ? cmocka_run_group_tests(tests, set_up, NULL) : 1;
}
