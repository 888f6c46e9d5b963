/* The status set: FORMAT.md, section 12. Whoever applies the batches, whoever takes the snapshot
 * and a list of serials hold the same.
 */
#include <garita/set.h>

#include <stdlib.h>

#include <sodium.h>

#include "naive_chunk.h"
#include "unit.h"

enum {
    ACTIVE = GARITA_STANDING_ACTIVE,
    SUSPENDED = GARITA_STANDING_SUSPENDED,
    REVOKED = GARITA_STANDING_REVOKED,
    SERIALS = GARITA_CHUNK_SERIALS
};

/* --- a model: serials that had an event, ascending, with what came of it --- */

enum { MODEL_MAX = 1024 };

typedef struct model {
    size_t count;
    uint32_t serials[MODEL_MAX];
    uint8_t standings[MODEL_MAX];
} model;

static void model_put(model *m, uint32_t serial, uint8_t standing)
{
    size_t i = 0;
    while (i < m->count && m->serials[i] < serial)
        i++;
    if (i == m->count || m->serials[i] != serial) {
        assert_true(m->count < MODEL_MAX);
        memmove(m->serials + i + 1, m->serials + i, (m->count - i) * sizeof *m->serials);
        memmove(m->standings + i + 1, m->standings + i, m->count - i);
        m->serials[i] = serial;
        m->standings[i] = ACTIVE;
        m->count++;
    }
    if (m->standings[i] != REVOKED)
        m->standings[i] = standing;
}

static uint8_t model_get(const model *m, uint32_t serial)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->serials[i] == serial)
            return m->standings[i];
    return ACTIVE;
}

static size_t model_chunk(uint8_t *out, const model *m, uint32_t index)
{
    uint16_t revoked[MODEL_MAX], suspended[MODEL_MAX];
    size_t revoked_count = 0, suspended_count = 0;
    for (size_t i = 0; i < m->count; i++) {
        uint16_t offset = (uint16_t)((m->serials[i] - 1) % SERIALS);
        if ((m->serials[i] - 1) / SERIALS != index)
            continue;
        if (m->standings[i] == REVOKED)
            revoked[revoked_count++] = offset;
        else if (m->standings[i] == SUSPENDED)
            suspended[suspended_count++] = offset;
    }
    return naive_chunk(out, revoked, revoked_count, suspended, suspended_count);
}

/* --- roots by libsodium alone --- */

static garita_hash nothing_below[17]; /* the root of so many levels of nothing */

static garita_hash node(const garita_hash *left, const garita_hash *right)
{
    uint8_t bytes[65] = {1};
    garita_hash out;
    memcpy(bytes + 1, left, 32);
    memcpy(bytes + 33, right, 32);
    crypto_hash_sha256(out.bytes, bytes, sizeof bytes);
    return out;
}

static garita_hash leaf_of(const model *m, uint32_t index)
{
    static uint8_t bytes[1 + GARITA_CHUNK_BYTES_MAX];
    garita_hash out = {{0}};
    size_t len = model_chunk(bytes + 1, m, index);
    if (len > 0)
        crypto_hash_sha256(out.bytes, bytes, 1 + len);
    return out;
}

/* Leaf by leaf. */
static garita_hash whole_tree(const model *m)
{
    static garita_hash level[GARITA_CHUNKS];
    memset(level, 0, sizeof level);
    for (size_t i = 0; i < m->count; i++)
        level[(m->serials[i] - 1) / SERIALS] = leaf_of(m, (m->serials[i] - 1) / SERIALS);
    for (size_t width = GARITA_CHUNKS; width > 1; width /= 2)
        for (size_t i = 0; i < width; i += 2)
            level[i / 2] = node(&level[i], &level[i + 1]);
    return level[0];
}

/* The same, but for subtrees in which no serial ever had an event. */
static garita_hash tree(const model *m, unsigned levels, uint32_t first)
{
    uint64_t behind = first + (UINT64_C(1) << levels);
    bool touched = false;
    for (size_t i = 0; i < m->count && !touched; i++) {
        uint32_t index = (m->serials[i] - 1) / SERIALS;
        touched = index >= first && index < behind;
    }
    if (!touched)
        return nothing_below[levels];
    if (levels == 0)
        return leaf_of(m, first);
    garita_hash left = tree(m, levels - 1, first);
    garita_hash right = tree(m, levels - 1, first + (UINT32_C(1) << (levels - 1)));
    return node(&left, &right);
}

static int set_up(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 16; i++)
        nothing_below[i + 1] = node(&nothing_below[i], &nothing_below[i]);
    return 0;
}

/* --- helpers --- */

static garita_set *new_set(void)
{
    garita_set *set;
    assert_ok(garita_set_new(&set));
    return set;
}

static void assert_root(garita_set *set, garita_hash expected)
{
    garita_hash root;
    garita_set_root(&root, set);
    assert_memory_equal(root.bytes, expected.bytes, 32);
}

static garita_hash root_of(garita_set *set)
{
    garita_hash root;
    garita_set_root(&root, set);
    return root;
}

/* The set that a newcomer has from the chunks. */
static garita_set *through_chunks(const garita_set *set)
{
    static uint8_t bytes[GARITA_CHUNK_BYTES_MAX];
    garita_set *out = new_set();
    int32_t index = -1;
    while ((index = garita_set_next_chunk(set, (uint32_t)(index + 1))) >= 0) {
        size_t len;
        garita_set_chunk(bytes, &len, set, (uint32_t)index);
        assert_true(len > 0);
        uint8_t *copy = exact_copy(bytes, len);
        assert_ok(garita_set_put_chunk(out, (uint32_t)index, copy, len));
        assert_error(garita_set_put_chunk(out, (uint32_t)index, copy, len), ALREADY_KNOWN);
        free(copy);
    }
    return out;
}

static void assert_agrees(const garita_set *set, const model *m)
{
    static uint8_t bytes[GARITA_CHUNK_BYTES_MAX], expected[GARITA_CHUNK_BYTES_MAX];
    uint64_t revoked = 0, suspended = 0;
    int32_t index = -1;
    for (size_t i = 0; i < m->count; i++) {
        uint32_t serial = m->serials[i];
        assert_int_equal(garita_set_get(set, serial), m->standings[i]);
        assert_int_equal(garita_set_get(set, serial - 1), model_get(m, serial - 1));
        if (serial < GARITA_SERIAL_MAX)
            assert_int_equal(garita_set_get(set, serial + 1), model_get(m, serial + 1));
        revoked += m->standings[i] == REVOKED;
        suspended += m->standings[i] == SUSPENDED;
    }
    assert_int_equal(garita_set_revoked(set), revoked);
    assert_int_equal(garita_set_suspended(set), suspended);
    for (size_t i = 0; i < m->count; i++) {
        uint32_t at = (m->serials[i] - 1) / SERIALS;
        size_t len, expected_len;
        if (i > 0 && at == (m->serials[i - 1] - 1) / SERIALS)
            continue;
        expected_len = model_chunk(expected, m, at);
        garita_set_chunk(bytes, &len, set, at);
        assert_int_equal(len, expected_len);
        assert_memory_equal(bytes, expected, len);
        if (len > 0) { /* it is the next that there is */
            index = garita_set_next_chunk(set, (uint32_t)(index + 1));
            assert_int_equal(index, at);
        }
    }
    assert_int_equal(garita_set_next_chunk(set, (uint32_t)(index + 1)), -1);
}

/* --- histories --- */

typedef struct universe {
    uint32_t first;
    uint32_t size;
    unsigned batches;
    unsigned events; /* in a batch, at most */
} universe;

/* A batch of serials anywhere in the universe, or in a row; each once. */
static size_t random_batch(garita_event *events, rng *r, const universe *u)
{
    size_t count = rng_below(r, u->events + 1), kept = 0;
    bool is_row = rng_one_in(r, 2);
    uint32_t start = (uint32_t)rng_below(r, u->size), standing = (uint32_t)rng_below(r, 4);
    for (size_t i = 0; i < count; i++) {
        uint32_t at = is_row ? (uint32_t)((start + i) % u->size) : (uint32_t)rng_below(r, u->size);
        garita_event event = {u->first + at, (uint8_t)(standing < 3 ? standing : rng_below(r, 3)),
                              (uint8_t)rng_below(r, 8)};
        bool taken = false;
        for (size_t j = 0; j < kept; j++)
            taken |= events[j].serial == event.serial;
        if (!taken)
            events[kept++] = event;
    }
    return kept;
}

static void run_history(rng *r, const universe *u, garita_hash (*root)(const model *))
{
    static garita_event events[64], decoded[GARITA_BATCH_EVENTS_MAX];
    static uint8_t bytes[4096];
    static model m;
    garita_set *set = new_set();
    m.count = 0;
    for (unsigned batch = 0; batch < u->batches; batch++) {
        int64_t time;
        size_t count = random_batch(events, r, u), len;
        for (size_t i = 0; i < count; i++)
            model_put(&m, events[i].serial, events[i].standing);
        assert_ok(
            garita_batch_encode(bytes, &len, sizeof bytes, GARITA_BATCH_TIME_MIN, events, count));
        assert_ok(garita_batch_decode(&time, decoded, &count, NULL, bytes, len));
        assert_ok(garita_set_apply(set, decoded, count));
        if (rng_one_in(r, 3)) /* what is known of the tree is used again */
            assert_root(set, tree(&m, 16, 0));
        if (rng_one_in(r, 3))
            garita_set_clean(set);
    }
    garita_hash expected = root ? root(&m) : tree(&m, 16, 0);
    garita_set *newcomer = through_chunks(set);
    assert_agrees(set, &m);
    assert_agrees(newcomer, &m);
    assert_root(newcomer, expected);
    assert_root(set, expected);
    assert_true(garita_set_covers(set, newcomer) && garita_set_covers(newcomer, set));
    garita_set_free(newcomer);
    garita_set_free(set);
}

static void histories_of_few_serials_agree(void **state)
{
    (void)state;
    rng r = {1};
    for (unsigned round = 0; round < 2500; round++) {
        universe u = {.size = 1 + (uint32_t)rng_below(&r, 120),
                      .batches = 1 + (unsigned)rng_below(&r, 10),
                      .events = 20};
        /* at the start, the end, or over the border of two chunks, two branches */
        static const uint32_t borders[] = {0, 1, 255, 256, 32768, 65535};
        uint32_t border = borders[rng_below(&r, COUNT(borders))] * SERIALS;
        u.first = border < u.size ? 1 : border - (uint32_t)rng_below(&r, u.size);
        if (rng_one_in(&r, 10))
            u.first = GARITA_SERIAL_MAX - u.size + 1;
        run_history(&r, &u, NULL);
    }
}

static void histories_of_all_serials_agree(void **state)
{
    (void)state;
    rng r = {2};
    for (unsigned round = 0; round < 60; round++) {
        universe u = {.first = 1,
                      .size = GARITA_SERIAL_MAX >> rng_below(&r, 16),
                      .batches = 1 + (unsigned)rng_below(&r, 6),
                      .events = 12};
        run_history(&r, &u, NULL);
    }
}

static void root_is_that_of_the_whole_tree(void **state)
{
    (void)state;
    rng r = {3};
    garita_set *set = new_set();
    model none = {0};
    assert_root(set, whole_tree(&none));
    assert_root(set, nothing_below[16]);
    garita_set_free(set);
    for (unsigned round = 0; round < 8; round++) {
        universe u = {
            .first = 1, .size = GARITA_SERIAL_MAX >> 4 * (round % 4), .batches = 3, .events = 20};
        run_history(&r, &u, whole_tree);
    }
}

/* Many serials in few chunks: runs, bitmaps, and all of a chunk. */
static void dense_set_agrees_with_a_list(void **state)
{
    (void)state;
    enum { CHUNKS = 3, ALL = CHUNKS * SERIALS };
    static uint8_t standings[ALL + 1];
    static uint16_t revoked[SERIALS], suspended[SERIALS];
    static uint8_t bytes[GARITA_CHUNK_BYTES_MAX], expected[GARITA_CHUNK_BYTES_MAX];
    rng r = {4};
    garita_set *set = new_set();
    for (unsigned step = 0; step < 8; step++) {
        for (uint32_t i = 0; i < 25000; i++) {
            /* a third of the first chunk, all of the second, clusters in the third */
            uint32_t serial = (uint32_t)rng_below(&r, SERIALS) + 1;
            uint8_t standing = rng_one_in(&r, 3) ? REVOKED : (uint8_t)rng_below(&r, 2);
            if (i % 3 == 1)
                serial = SERIALS + (step * 25000 + i) / 3 % SERIALS + 1;
            if (i % 3 == 2)
                serial = 2 * SERIALS + (step * 7919 + i) % 30000 + 1;
            assert_ok(garita_set_put(set, serial, (garita_standing)standing));
            if (standings[serial] != REVOKED)
                standings[serial] = standing;
        }
        garita_hash incremental = root_of(set);
        for (uint32_t c = 0; c < CHUNKS; c++) {
            size_t len, revoked_count = 0, suspended_count = 0;
            for (uint32_t o = 0; o < SERIALS; o++) {
                uint8_t standing = standings[c * SERIALS + o + 1];
                assert_true(garita_set_get(set, c * SERIALS + o + 1) == standing);
                if (standing == REVOKED)
                    revoked[revoked_count++] = (uint16_t)o;
                if (standing == SUSPENDED)
                    suspended[suspended_count++] = (uint16_t)o;
            }
            garita_set_chunk(bytes, &len, set, c);
            assert_int_equal(
                naive_chunk(expected, revoked, revoked_count, suspended, suspended_count), len);
            assert_memory_equal(bytes, expected, len);
        }
        garita_set *newcomer = through_chunks(set);
        assert_root(newcomer, incremental);
        assert_int_equal(garita_set_revoked(newcomer), garita_set_revoked(set));
        assert_int_equal(garita_set_suspended(newcomer), garita_set_suspended(set));
        assert_true(garita_set_memory(newcomer) <= garita_set_memory(set));
        assert_true(garita_set_memory(set) <= 24 * 1024 + 2 * CHUNKS * 8192);
        garita_set_free(newcomer);
    }
    garita_set_free(set);
}

/* --- clauses --- */

static void revoked_is_final(void **state)
{
    (void)state;
    garita_set *set = new_set();
    static const uint8_t order[] = {SUSPENDED, ACTIVE, SUSPENDED, REVOKED, SUSPENDED, ACTIVE};
    static const uint8_t then[] = {SUSPENDED, ACTIVE, SUSPENDED, REVOKED, REVOKED, REVOKED};
    for (size_t i = 0; i < COUNT(order); i++) {
        assert_ok(garita_set_put(set, 4711, (garita_standing)order[i]));
        assert_int_equal(garita_set_get(set, 4711), then[i]);
        assert_int_equal(garita_set_revoked(set), then[i] == REVOKED);
        assert_int_equal(garita_set_suspended(set), then[i] == SUSPENDED);
    }
    garita_set_free(set);
}

static void event_at_the_highest_serial_takes_next_to_nothing(void **state)
{
    (void)state;
    garita_set *set = new_set();
    assert_ok(garita_set_put(set, GARITA_SERIAL_MAX, GARITA_STANDING_REVOKED));
    assert_int_equal(garita_set_get(set, GARITA_SERIAL_MAX), REVOKED);
    assert_int_equal(garita_set_get(set, GARITA_SERIAL_MAX - 1), ACTIVE);
    assert_int_equal(garita_set_get(set, 0), ACTIVE);
    assert_int_equal(garita_set_get(set, 1), ACTIVE);
    assert_int_equal(garita_set_next_chunk(set, 0), 65535);
    assert_int_equal(garita_set_next_chunk(set, 65535), 65535);
    assert_int_equal(garita_set_next_chunk(set, 65536), -1);
    assert_true(garita_set_memory(set) <= 24 * 1024);
    garita_set_free(set);
    garita_set_free(NULL);
}

static void last_chunk_has_no_serial_above_the_highest(void **state)
{
    (void)state;
    uint8_t bytes[GARITA_CHUNK_BYTES_MAX];
    uint16_t offset = 65535;
    garita_set *set = new_set();
    size_t len = naive_chunk(bytes, &offset, 1, NULL, 0);
    assert_error(garita_set_put_chunk(set, 65535, bytes, len), RANGE);
    assert_ok(garita_set_put_chunk(set, 65534, bytes, len));
    offset = 65534;
    len = naive_chunk(bytes, &offset, 1, NULL, 0);
    assert_ok(garita_set_put_chunk(set, 65535, bytes, len));
    assert_int_equal(garita_set_get(set, GARITA_SERIAL_MAX), REVOKED);
    assert_int_equal(garita_set_get(set, GARITA_SERIAL_MAX - 65535), REVOKED);
    garita_set_free(set);
}

static void changed_chunks_are_known_until_cleaned(void **state)
{
    (void)state;
    garita_set *set = new_set();
    uint8_t bytes[GARITA_CHUNK_BYTES_MAX];
    size_t len;
    assert_int_equal(garita_set_next_changed(set, 0), -1);
    assert_ok(garita_set_put(set, 5, GARITA_STANDING_ACTIVE)); /* as it was */
    assert_int_equal(garita_set_next_changed(set, 0), -1);
    assert_ok(garita_set_put(set, 1000 * SERIALS, GARITA_STANDING_SUSPENDED));
    assert_ok(garita_set_put(set, 3 * SERIALS + 1, GARITA_STANDING_REVOKED));
    assert_int_equal(garita_set_next_changed(set, 0), 3);
    assert_int_equal(garita_set_next_changed(set, 4), 999);
    assert_int_equal(garita_set_next_changed(set, 1000), -1);
    garita_hash before = root_of(set);
    assert_int_equal(garita_set_next_changed(set, 0), 3); /* a root is no clean */
    garita_set_clean(set);
    assert_int_equal(garita_set_next_changed(set, 0), -1);
    assert_int_equal(garita_set_next_chunk(set, 4), 999);
    assert_ok(garita_set_put(set, 3 * SERIALS + 1, GARITA_STANDING_SUSPENDED)); /* no effect */
    assert_int_equal(garita_set_next_changed(set, 0), -1);
    /* the last that is suspended is reinstated: the chunk is empty, and changed */
    assert_ok(garita_set_put(set, 1000 * SERIALS, GARITA_STANDING_ACTIVE));
    assert_int_equal(garita_set_next_chunk(set, 4), -1);
    assert_int_equal(garita_set_next_changed(set, 0), 999);
    garita_set_chunk(bytes, &len, set, 999);
    assert_int_equal(len, 0);
    model m = {.count = 1, .serials = {3 * SERIALS + 1}, .standings = {REVOKED}};
    assert_root(set, tree(&m, 16, 0));
    assert_ok(garita_set_put(set, 1000 * SERIALS, GARITA_STANDING_SUSPENDED));
    assert_root(set, before);
    garita_set_free(set);
}

static void refused_chunk_leaves_the_set_as_it_was(void **state)
{
    (void)state;
    static const struct {
        uint32_t index;
        const char *hex, *error;
    } rows[] = {
        {0, "04 12 66 00", "already-known"},
        {7, "", "empty"},
        {7, "00 00", "empty"},
        {7, "04 12", "truncated"},
        {7, "04 12 66 00 00", "trailing"},
        {7, "04 12 66 04 12 66", "range"},
        {7, "05 c1 00", "not-minimal"},
        {70, "81 80 10 80 00 40 00 00 04 12 66", "range"},
        {65535, "81 80 10 80 00 40 00 00 00", "range"},
    };
    garita_set *set = new_set();
    assert_ok(garita_set_put(set, 5, GARITA_STANDING_REVOKED));
    garita_set_clean(set);
    garita_hash before = root_of(set);
    size_t memory = garita_set_memory(set);
    for (size_t i = 0; i < COUNT(rows); i++) {
        blob b = blob_hex(rows[i].hex);
        uint8_t *copy = exact_copy(b.bytes, b.len);
        garita_error e = garita_set_put_chunk(set, rows[i].index, copy, b.len);
        free(copy);
        assert_string_equal(garita_error_name(e), rows[i].error);
        assert_int_equal(garita_set_memory(set), memory);
        assert_int_equal(garita_set_next_changed(set, 0), -1);
        assert_int_equal(garita_set_next_chunk(set, 1), -1);
        assert_int_equal(garita_set_revoked(set), 1);
        assert_root(set, before);
    }
    blob good = blob_hex("04 12 66 00");
    assert_ok(garita_set_put_chunk(set, 7, good.bytes, good.len));
    assert_int_equal(garita_set_next_changed(set, 0), 7);
    assert_int_equal(garita_set_get(set, 7 * SERIALS + 4711), REVOKED);
    garita_set_free(set);
}

static void set_covers_what_is_revoked_in_both(void **state)
{
    (void)state;
    rng r = {5};
    garita_set *none = new_set();
    unsigned covered = 0, not_covered = 0;
    for (unsigned round = 0; round < 400; round++) {
        garita_set *whole = new_set(), *part = new_set();
        uint32_t size = 1u << rng_below(&r, 18), missing = 0;
        unsigned kind = (unsigned)rng_below(&r, 3);
        for (size_t n = rng_below(&r, 2000) + 1; n > 0; n--) {
            uint32_t serial = (uint32_t)rng_below(&r, size) + SERIALS / 2 + 1;
            bool in_whole = kind != 0 || !rng_one_in(&r, 1000);
            if (in_whole)
                assert_ok(garita_set_put(whole, serial, GARITA_STANDING_REVOKED));
            if (rng_one_in(&r, 2) || !in_whole) {
                assert_ok(garita_set_put(part, serial, GARITA_STANDING_REVOKED));
                missing = in_whole ? missing : serial;
            }
            /* who is suspended does not count */
            assert_ok(garita_set_put(part, serial + size, GARITA_STANDING_SUSPENDED));
        }
        missing = missing && garita_set_get(whole, missing) != GARITA_STANDING_REVOKED;
        bool covers = garita_set_covers(whole, part);
        if (missing)
            assert_false(covers);
        covered += covers;
        not_covered += !covers;
        assert_true(garita_set_covers(whole, none) && garita_set_covers(whole, whole));
        assert_int_equal(garita_set_covers(none, part), garita_set_revoked(part) == 0);
        garita_set_free(whole);
        garita_set_free(part);
    }
    assert_true(covered > 100 && not_covered > 20);
    garita_set_free(none);
}

typedef struct visited {
    uint32_t serials[MODEL_MAX];
    size_t count, stop_at;
} visited;

static bool visit(void *context, uint32_t serial)
{
    visited *v = context;
    v->serials[v->count++] = serial;
    return v->count < v->stop_at;
}

static void revoked_serials_are_visited_in_order(void **state)
{
    (void)state;
    static const uint32_t serials[] = {
        1, 2, 3, 65536, 65537, 1000 * 65536, 1000 * 65536 + 1, 4294967294, GARITA_SERIAL_MAX};
    garita_set *set = new_set();
    for (size_t i = COUNT(serials); i-- > 0;)
        assert_ok(garita_set_put(set, serials[i], GARITA_STANDING_REVOKED));
    assert_ok(garita_set_put(set, 4, GARITA_STANDING_SUSPENDED));
    for (size_t stop_at = 1; stop_at <= COUNT(serials) + 1; stop_at++) {
        visited v = {.stop_at = stop_at};
        garita_set_each_revoked(set, visit, &v);
        assert_int_equal(v.count, stop_at < COUNT(serials) ? stop_at : COUNT(serials));
        assert_memory_equal(v.serials, serials, v.count * sizeof *serials);
    }
    garita_set_free(set);
}

/* Runs and bitmaps, changed and clean chunks: all of it, and then each goes its own way. */
static void copy_is_the_same_and_apart(void **state)
{
    enum { SPREAD = 4000, FAR = 9 * SERIALS };
    (void)state;
    garita_set *set = new_set(), *copy;
    for (uint32_t i = 0; i < SPREAD; i++) {
        assert_ok(garita_set_put(set, 1 + 3 * i, GARITA_STANDING_REVOKED));
        assert_ok(garita_set_put(set, 2 + 3 * i, GARITA_STANDING_SUSPENDED));
    }
    garita_set_clean(set);
    assert_ok(garita_set_put(set, FAR + 1, GARITA_STANDING_REVOKED));
    assert_ok(garita_set_put(set, FAR + 2, GARITA_STANDING_SUSPENDED));
    assert_ok(garita_set_copy(&copy, set));
    assert_int_equal(garita_set_memory(copy), garita_set_memory(set));
    assert_int_equal(garita_set_revoked(copy), SPREAD + 1);
    assert_int_equal(garita_set_suspended(copy), SPREAD + 1);
    assert_int_equal(garita_set_next_changed(copy, 0), 9);
    garita_hash root, root_of_copy;
    garita_set_root(&root_of_copy, copy);
    garita_set_root(&root, set);
    assert_memory_equal(&root, &root_of_copy, sizeof root);
    assert_ok(garita_set_put(copy, FAR + 2, GARITA_STANDING_ACTIVE));
    assert_ok(garita_set_put(copy, 5 * SERIALS, GARITA_STANDING_REVOKED));
    assert_ok(garita_set_put(set, 3, GARITA_STANDING_REVOKED));
    assert_int_equal(garita_set_get(set, FAR + 2), SUSPENDED);
    assert_int_equal(garita_set_get(set, 5 * SERIALS), ACTIVE);
    assert_int_equal(garita_set_get(copy, 3), ACTIVE);
    garita_set_free(set);
    assert_int_equal(garita_set_get(copy, FAR + 1), REVOKED);
    assert_int_equal(garita_set_get(copy, 1 + 3 * (SPREAD - 1)), REVOKED);
    assert_int_equal(garita_set_next_changed(copy, 0), 4);
    garita_set_free(copy);
}

/* A hostile authority's set: the bound holds, by chunks and by events, and what is in it stays. */
static void set_takes_no_more_memory_than_its_bound(void **state)
{
    (void)state;
    /* so many runs that both parts are bitmaps */
    enum { EACH = 2049 };
    static uint16_t even[EACH], odd[EACH];
    static uint8_t bytes[GARITA_CHUNK_BYTES_MAX];
    for (uint32_t i = 0; i < EACH; i++) {
        even[i] = (uint16_t)(2 * i);
        odd[i] = (uint16_t)(2 * i + 1);
    }
    size_t len = naive_chunk(bytes, even, EACH, odd, EACH);
    garita_set *set = new_set();
    uint32_t chunks = 0;
    garita_error e;
    while ((e = garita_set_put_chunk(set, chunks, bytes, len)) == GARITA_OK)
        chunks++;
    assert_error(e, FULL);
    assert_true(chunks > 4000 && garita_set_memory(set) <= GARITA_SET_BYTES_MAX);
    assert_int_equal(garita_set_revoked(set), (uint64_t)chunks * EACH);
    assert_int_equal(garita_set_next_chunk(set, chunks), -1);
    /* the rest by single events, each in a chunk of its own */
    uint32_t more = chunks;
    while ((e = garita_set_put(set, more * SERIALS + 1, GARITA_STANDING_REVOKED)) == GARITA_OK)
        more++;
    assert_error(e, FULL);
    assert_true(garita_set_memory(set) <= GARITA_SET_BYTES_MAX);
    assert_int_equal(garita_set_get(set, more * SERIALS + 1), ACTIVE);
    assert_int_equal(garita_set_get(set, (more - 1) * SERIALS + 1),
                     more > chunks ? REVOKED : SUSPENDED);
    assert_int_equal(garita_set_get(set, 1), REVOKED);
    assert_int_equal(garita_set_get(set, 2), SUSPENDED);
    garita_set_free(set);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(histories_of_few_serials_agree),
        cmocka_unit_test(histories_of_all_serials_agree),
        cmocka_unit_test(root_is_that_of_the_whole_tree),
        cmocka_unit_test(dense_set_agrees_with_a_list),
        cmocka_unit_test(copy_is_the_same_and_apart),
        cmocka_unit_test(revoked_is_final),
        cmocka_unit_test(event_at_the_highest_serial_takes_next_to_nothing),
        cmocka_unit_test(last_chunk_has_no_serial_above_the_highest),
        cmocka_unit_test(changed_chunks_are_known_until_cleaned),
        cmocka_unit_test(refused_chunk_leaves_the_set_as_it_was),
        cmocka_unit_test(set_covers_what_is_revoked_in_both),
        cmocka_unit_test(revoked_serials_are_visited_in_order),
        cmocka_unit_test(set_takes_no_more_memory_than_its_bound),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
