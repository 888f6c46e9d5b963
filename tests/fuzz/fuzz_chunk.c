/* Chunks: the input as the bytes of one, and as changes to a set. Beside the reader stands
 * FORMAT.md, section 12, bit by bit, and beside the set a standing for each serial. The first byte
 * says which chunk.
 */
#include "fuzz.h"

#include <garita/set.h>

#include "naive_chunk.h"

enum { SERIALS = GARITA_CHUNK_SERIALS, FAR = 512, LAST = GARITA_CHUNKS - 1, CHANGE_SIZE = 3 };

/* A set takes this much more for a chunk with something in it, beside its parts. */
enum { CHUNK_OVERHEAD_MAX = 16 * 1024, PART_MAX = SERIALS / 8 };

static uint8_t standings[SERIALS]; /* of the chunk, by offset */
static uint8_t again[GARITA_CHUNK_BYTES_MAX], naive[GARITA_CHUNK_BYTES_MAX];

/* --- the page's reader, which takes other encodings than the one too --- */

typedef struct cursor {
    const uint8_t *bytes;
    size_t len, at; /* bits */
    bool is_bad;
} cursor;

static uint32_t take(cursor *c, unsigned count)
{
    uint32_t value = 0;
    for (; count > 0; count--) {
        if (c->at == c->len) {
            c->is_bad = true;
            return 0;
        }
        value = 2 * value + (c->bytes[c->at / 8] >> (7 - c->at % 8) & 1);
        c->at++;
    }
    return value;
}

static uint32_t take_gamma(cursor *c)
{
    unsigned zeros = 0;
    while (!c->is_bad && take(c, 1) == 0)
        zeros++;
    if (zeros > 16)
        c->is_bad = true;
    return c->is_bad ? 0 : 1u << zeros | take(c, zeros);
}

/* An offset of the part that is read. */
static void put(cursor *c, uint64_t offset, uint8_t standing)
{
    if (offset >= SERIALS || standings[offset] != GARITA_STANDING_ACTIVE)
        c->is_bad = true;
    else
        standings[offset] = standing;
}

static void read_part(cursor *c, uint8_t standing)
{
    static const uint32_t at_least[] = {25033, 14015, 7429, 3826, 1942, 979, 491, 246,
                                        124,   62,    31,   16,   8,    4,   2};
    uint32_t header = 0, byte = 128, b = 0;
    for (unsigned shift = 0; byte >= 128 && !c->is_bad; shift += 7) {
        byte = take(c, 8);
        if (shift > 14)
            c->is_bad = true;
        else
            header |= byte % 128 << shift;
    }
    uint32_t count = header / 4, mode = header % 4, read = 0;
    if (count > SERIALS || mode >= NAIVE_MODES)
        c->is_bad = true;
    while (b < sizeof at_least / sizeof at_least[0] && count < at_least[b])
        b++;
    for (uint64_t next = 0; mode == NAIVE_RICE && read < count && !c->is_bad; read++) {
        while (take(c, 1) == 1)
            next += UINT64_C(1) << b;
        next += take(c, b);
        put(c, next++, standing);
    }
    for (uint64_t next = 0; mode == NAIVE_RUNS && read < count && !c->is_bad;) {
        next += take_gamma(c) - (next == 0);
        for (uint32_t n = take_gamma(c); n > 0 && !c->is_bad; n--, read++)
            put(c, next++, standing);
    }
    for (uint32_t offset = 0; mode == NAIVE_BITMAP && offset < SERIALS && !c->is_bad; offset++) {
        if (take(c, 1) == 1) {
            put(c, offset, standing);
            read++;
        }
    }
    if (read != count || take(c, (8 - c->at % 8) % 8) != 0)
        c->is_bad = true;
}

/* Chunks that say something have one encoding: what is read is encoded, mode by mode, and compared.
 * Fills standings. */
static bool is_chunk(const uint8_t *bytes, size_t len, uint32_t index)
{
    static uint16_t offsets[2][SERIALS];
    size_t counts[2] = {0, 0};
    cursor c = {bytes, 8 * len, 0, false};
    memset(standings, GARITA_STANDING_ACTIVE, sizeof standings);
    read_part(&c, GARITA_STANDING_REVOKED);
    read_part(&c, GARITA_STANDING_SUSPENDED);
    if (c.is_bad || c.at != c.len ||
        (index == LAST && standings[SERIALS - 1] != GARITA_STANDING_ACTIVE))
        return false;
    for (uint32_t offset = 0; offset < SERIALS; offset++) {
        if (standings[offset] != GARITA_STANDING_ACTIVE) {
            size_t part = standings[offset] == GARITA_STANDING_REVOKED ? 0 : 1;
            offsets[part][counts[part]++] = (uint16_t)offset;
        }
    }
    size_t naive_len = naive_chunk(naive, offsets[0], counts[0], offsets[1], counts[1]);
    return naive_len == len && memcmp(naive, bytes, len) == 0;
}

/* --- what must hold --- */

/* Whether the standing is another than that of a neighbour. */
static bool is_edge(uint32_t offset)
{
    return (offset > 0 && standings[offset] != standings[offset - 1]) ||
           (offset < SERIALS - 1 && standings[offset] != standings[offset + 1]);
}

/* The set has this chunk and nothing else. */
static void require_standings(const garita_set *set, uint32_t index)
{
    enum { SAMPLE = 61 }; /* of those inside a run */
    uint64_t counts[3] = {0, 0, 0};
    uint32_t first = index * SERIALS + 1;
    for (uint32_t offset = 0; offset < SERIALS; offset++) {
        uint32_t serial = first + offset; /* of the last chunk's last: 0 */
        if (is_edge(offset) || offset % SAMPLE == 0)
            WORLD_REQUIRE(garita_set_get(set, serial) == (garita_standing)standings[offset]);
        counts[standings[offset]]++;
    }
    WORLD_REQUIRE(garita_set_get(set, first - 1) == GARITA_STANDING_ACTIVE);
    WORLD_REQUIRE(garita_set_get(set, first + SERIALS) == GARITA_STANDING_ACTIVE);
    WORLD_REQUIRE(garita_set_revoked(set) == counts[GARITA_STANDING_REVOKED]);
    WORLD_REQUIRE(garita_set_suspended(set) == counts[GARITA_STANDING_SUSPENDED]);
    bool is_empty = counts[GARITA_STANDING_ACTIVE] == SERIALS;
    WORLD_REQUIRE(garita_set_next_chunk(set, 0) == (is_empty ? -1 : (int32_t)index));
    WORLD_REQUIRE(garita_set_next_chunk(set, index / 3) == (is_empty ? -1 : (int32_t)index));
    WORLD_REQUIRE(garita_set_next_chunk(set, index + 1) == -1);
}

/* Returns the set that has the chunk, if it is one. */
static garita_set *read_bytes(const uint8_t *data, size_t size, uint32_t index)
{
    garita_set *set, *fresh;
    garita_hash root, empty_root;
    size_t len;
    WORLD_REQUIRE(garita_set_new(&set) == GARITA_OK && garita_set_new(&fresh) == GARITA_OK);
    size_t empty_memory = garita_set_memory(set);
    garita_set_root(&empty_root, fresh);
    garita_error e = garita_set_put_chunk(set, index, data, size);
    garita_set_root(&root, set);
    WORLD_REQUIRE((e == GARITA_OK) == is_chunk(data, size, index));
    if (e == GARITA_OK) {
        WORLD_REQUIRE(garita_set_memory(set) <= empty_memory + CHUNK_OVERHEAD_MAX + 2 * PART_MAX);
        require_standings(set, index);
        WORLD_REQUIRE(garita_set_next_changed(set, 0) == (int32_t)index);
        WORLD_REQUIRE(garita_set_next_changed(set, index / 3) == (int32_t)index);
        garita_set_chunk(again, &len, set, index);
        WORLD_REQUIRE(len == size && memcmp(again, data, size) == 0);
        WORLD_REQUIRE(garita_set_put_chunk(set, index, data, size) == GARITA_E_ALREADY_KNOWN);
        WORLD_REQUIRE(garita_set_covers(set, fresh));
        WORLD_REQUIRE(garita_set_covers(fresh, set) == (garita_set_revoked(set) == 0));
        /* whoever applies events holds the same set */
        for (uint32_t offset = 0; offset < SERIALS; offset++)
            if (standings[offset] != GARITA_STANDING_ACTIVE)
                WORLD_REQUIRE(garita_set_put(fresh, index * SERIALS + 1 + offset,
                                             (garita_standing)standings[offset]) == GARITA_OK);
        garita_hash fresh_root;
        garita_set_root(&fresh_root, fresh);
        WORLD_REQUIRE(garita_hash_equal(&root, &fresh_root));
        WORLD_REQUIRE(!garita_hash_equal(&root, &empty_root));
    } else {
        memset(standings, GARITA_STANDING_ACTIVE, sizeof standings);
        WORLD_REQUIRE(garita_set_memory(set) == empty_memory);
        WORLD_REQUIRE(garita_set_revoked(set) == 0 && garita_set_suspended(set) == 0);
        WORLD_REQUIRE(garita_set_next_chunk(set, 0) == -1);
        WORLD_REQUIRE(garita_hash_equal(&root, &empty_root));
    }
    garita_set_free(fresh);
    return set;
}

/* Each three bytes change a row of serials: the offset of the first, and a byte that says to what,
 * how many, and in what steps. Fills standings. */
static garita_set *changed_by(const uint8_t *data, size_t size, uint32_t index)
{
    static const uint16_t lengths[] = {1, 2, 100, 2500}, steps[] = {1, 2, 3, 17};
    garita_set *set;
    WORLD_REQUIRE(garita_set_new(&set) == GARITA_OK);
    memset(standings, GARITA_STANDING_ACTIVE, sizeof standings);
    for (; size >= CHANGE_SIZE; size -= CHANGE_SIZE, data += CHANGE_SIZE) {
        uint32_t offset = (uint32_t)data[0] << 8 | data[1];
        uint8_t standing = data[2] % 3;
        uint32_t step = steps[data[2] / 4 % 4], end = lengths[data[2] / 16 % 4] * step;
        for (uint32_t i = 0; i < end && offset + i < SERIALS; i += step) {
            uint32_t serial = index * SERIALS + 1 + offset + i;
            if (serial == 0)
                continue;
            WORLD_REQUIRE(garita_set_put(set, serial, (garita_standing)standing) == GARITA_OK);
            if (standings[offset + i] != GARITA_STANDING_REVOKED)
                standings[offset + i] = standing;
        }
        if (data[2] >= 128) { /* now and then, so that only what changed is hashed anew */
            garita_hash root;
            garita_set_root(&root, set);
        }
    }
    return set;
}

/* The set is what standings says, and so is its chunk. */
static void require_chunk(garita_set *set, uint32_t index)
{
    size_t len;
    require_standings(set, index);
    garita_set_chunk(again, &len, set, index);
    garita_set *fresh;
    garita_hash root, fresh_root;
    WORLD_REQUIRE(garita_set_new(&fresh) == GARITA_OK);
    if (len > 0) {
        WORLD_REQUIRE(garita_set_put_chunk(fresh, index, again, len) == GARITA_OK);
        WORLD_REQUIRE(is_chunk(again, len, index));
        require_standings(set, index);
    }
    garita_set_root(&root, set);
    garita_set_root(&fresh_root, fresh);
    WORLD_REQUIRE(garita_hash_equal(&root, &fresh_root));
    garita_set_free(fresh);
}

typedef struct visited {
    const garita_set *set, *in;
    uint64_t count;
    uint32_t last;
    bool all_in;
} visited;

static bool visit(void *context, uint32_t serial)
{
    visited *v = context;
    WORLD_REQUIRE(serial > v->last && garita_set_get(v->set, serial) == GARITA_STANDING_REVOKED);
    v->last = serial;
    v->count++;
    if (garita_set_get(v->in, serial) != GARITA_STANDING_REVOKED)
        v->all_in = false;
    return true;
}

/* Whether one covers another is what going over all of it finds. */
static void require_covers(const garita_set *whole, const garita_set *part)
{
    visited v = {.set = part, .in = whole, .all_in = true};
    garita_set_each_revoked(part, visit, &v);
    WORLD_REQUIRE(v.count == garita_set_revoked(part));
    WORLD_REQUIRE(garita_set_covers(whole, part) == v.all_in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    uint32_t index = data[0] == 255 ? LAST : data[0] == 254 ? FAR : data[0];
    const uint8_t *rest = data + 1;
    size_t rest_len = size - 1, half = rest_len / 2;
    garita_set *read = read_bytes(rest, rest_len, index);
    garita_set *first = changed_by(rest, half, index);
    garita_set *second = changed_by(rest + half, rest_len - half, index);
    garita_set *both = changed_by(rest, rest_len, index);
    require_chunk(both, index);
    require_covers(first, second);
    require_covers(second, first);
    require_covers(both, read);
    WORLD_REQUIRE(garita_set_covers(both, first)); /* what is revoked stays so */
    garita_set_free(read);
    garita_set_free(first);
    garita_set_free(second);
    garita_set_free(both);
    return 0;
}
