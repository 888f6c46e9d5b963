#include <garita/set.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "chunk.h"

/* Two levels of branches, of 256 each: a table of those below, and the inner nodes of their hash
 * tree. Node 1 is the root, the children of node n are 2n and 2n + 1, and number i below is node
 * 256 + i, which is not kept here. A lookup is two steps; a change costs 16 hashes and a chunk's.
 */
enum {
    FANOUT = 256,
    LEVELS = 8, /* of each of the two */
    WORD = 64,
    CHUNK_NONE = -1
};

/* Which of the things below. */
typedef struct marks {
    uint64_t words[FANOUT / WORD];
} marks;

typedef struct chunk {
    garita_part revoked;
    garita_part suspended;
    garita_hash leaf;
} chunk;

typedef struct branch {
    chunk *chunks[FANOUT]; /* null where nothing is in it */
    garita_hash nodes[FANOUT];
    marks unhashed; /* changed since the last root */
    marks changed;  /* since the last clean */
} branch;

struct garita_set {
    branch *branches[FANOUT];
    garita_hash nodes[FANOUT];
    garita_hash empty[2 * LEVELS + 1]; /* the root of a tree of so many levels with nothing in it */
    marks unhashed;
    uint64_t revoked;
    uint64_t suspended;
    size_t memory;
};

/* --- marks --- */

static void mark(marks *m, unsigned i)
{
    m->words[i / WORD] |= UINT64_C(1) << i % WORD;
}

static bool is_marked(const marks *m, unsigned i)
{
    return (m->words[i / WORD] >> i % WORD & 1) != 0;
}

/* --- memory --- */

static void *take_memory(garita_error *error, garita_set *set, size_t size)
{
    if (size > GARITA_SET_BYTES_MAX - set->memory) {
        *error = GARITA_E_FULL;
        return NULL;
    }
    void *at = calloc(1, size);
    *error = at ? GARITA_OK : GARITA_E_NO_MEMORY;
    if (at)
        set->memory += size;
    return at;
}

/* The inner nodes of a tree whose leaves are empty trees of some levels. */
static void fill_nodes(garita_hash *nodes, const garita_hash *empty, unsigned levels)
{
    for (unsigned n = 1; n < FANOUT; n++) {
        unsigned depth = 31 - (unsigned)__builtin_clz(n);
        nodes[n] = empty[levels + LEVELS - depth];
    }
}

garita_error garita_set_new(garita_set **out)
{
    garita_set *set = calloc(1, sizeof *set);
    *out = set;
    if (!set)
        return GARITA_E_NO_MEMORY;
    set->memory = sizeof *set;
    for (unsigned level = 0; level < 2 * LEVELS; level++)
        garita_merkle_node(&set->empty[level + 1], &set->empty[level], &set->empty[level]);
    fill_nodes(set->nodes, set->empty, LEVELS);
    return GARITA_OK;
}

static void free_chunk(garita_set *set, chunk *c)
{
    garita_part_free(&c->revoked, &set->memory);
    garita_part_free(&c->suspended, &set->memory);
    free(c);
    set->memory -= sizeof *c;
}

void garita_set_free(garita_set *set)
{
    if (!set)
        return;
    for (unsigned i = 0; i < FANOUT; i++) {
        if (!set->branches[i])
            continue;
        for (unsigned j = 0; j < FANOUT; j++)
            if (set->branches[i]->chunks[j])
                free_chunk(set, set->branches[i]->chunks[j]);
        free(set->branches[i]);
    }
    free(set);
}

static garita_error copy_chunk(chunk **out, garita_set *set, const chunk *from)
{
    garita_error e;
    chunk *c = take_memory(&e, set, sizeof *c);
    if (!c)
        return e;
    *out = c;
    c->leaf = from->leaf;
    e = garita_part_copy(&c->revoked, &set->memory, &from->revoked);
    return e == GARITA_OK ? garita_part_copy(&c->suspended, &set->memory, &from->suspended) : e;
}

static garita_error copy_branch(branch **out, garita_set *set, const branch *from)
{
    garita_error e;
    branch *b = take_memory(&e, set, sizeof *b);
    if (!b)
        return e;
    *out = b;
    memcpy(b->nodes, from->nodes, sizeof b->nodes);
    b->unhashed = from->unhashed;
    b->changed = from->changed;
    for (unsigned i = 0; e == GARITA_OK && i < FANOUT; i++)
        if (from->chunks[i])
            e = copy_chunk(&b->chunks[i], set, from->chunks[i]);
    return e;
}

garita_error garita_set_copy(garita_set **out, const garita_set *set)
{
    garita_set *copy = calloc(1, sizeof *copy);
    garita_error e = copy ? GARITA_OK : GARITA_E_NO_MEMORY;
    *out = NULL;
    if (!copy)
        return e;
    memcpy(copy->nodes, set->nodes, sizeof copy->nodes);
    memcpy(copy->empty, set->empty, sizeof copy->empty);
    copy->unhashed = set->unhashed;
    copy->revoked = set->revoked;
    copy->suspended = set->suspended;
    copy->memory = sizeof *copy;
    for (unsigned i = 0; e == GARITA_OK && i < FANOUT; i++)
        if (set->branches[i])
            e = copy_branch(&copy->branches[i], copy, set->branches[i]);
    if (e != GARITA_OK) {
        garita_set_free(copy);
        return e;
    }
    *out = copy;
    return GARITA_OK;
}

/* --- finding --- */

static uint32_t chunk_of(uint32_t serial)
{
    return (serial - 1) / GARITA_CHUNK_SERIALS;
}

static uint32_t offset_of(uint32_t serial)
{
    return (serial - 1) % GARITA_CHUNK_SERIALS;
}

static const chunk *find_chunk(const garita_set *set, uint32_t index)
{
    const branch *b = set->branches[index / FANOUT];
    return b ? b->chunks[index % FANOUT] : NULL;
}

garita_standing garita_set_get(const garita_set *set, uint32_t serial)
{
    if (serial == 0)
        return GARITA_STANDING_ACTIVE;
    const chunk *c = find_chunk(set, chunk_of(serial));
    uint32_t offset = offset_of(serial);
    if (c && garita_part_has(&c->revoked, offset))
        return GARITA_STANDING_REVOKED;
    if (c && garita_part_has(&c->suspended, offset))
        return GARITA_STANDING_SUSPENDED;
    return GARITA_STANDING_ACTIVE;
}

/* --- changing --- */

/* The branch that a chunk hangs on, which is made if it is not there. */
static garita_error make_branch(branch **out, garita_set *set, uint32_t index)
{
    garita_error e = GARITA_OK;
    branch **place = &set->branches[index / FANOUT];
    if (!*place) {
        *place = take_memory(&e, set, sizeof **place);
        if (*place)
            fill_nodes((*place)->nodes, set->empty, 0);
    }
    *out = *place;
    return e;
}

static void touch(garita_set *set, uint32_t index)
{
    branch *b = set->branches[index / FANOUT];
    mark(&set->unhashed, index / FANOUT);
    mark(&b->unhashed, index % FANOUT);
    mark(&b->changed, index % FANOUT);
}

static void drop_if_empty(garita_set *set, chunk **place)
{
    chunk *c = *place;
    if (c->revoked.count > 0 || c->suspended.count > 0)
        return;
    free_chunk(set, c);
    *place = NULL;
}

static garita_error revoke(garita_set *set, chunk *c, uint32_t offset, garita_standing was)
{
    garita_error e = garita_part_add(&c->revoked, &set->memory, offset);
    if (e != GARITA_OK)
        return e;
    set->revoked++;
    if (was != GARITA_STANDING_SUSPENDED)
        return GARITA_OK;
    set->suspended--;
    return garita_part_remove(&c->suspended, &set->memory, offset);
}

static garita_error suspend(garita_set *set, chunk *c, uint32_t offset)
{
    garita_error e = garita_part_add(&c->suspended, &set->memory, offset);
    if (e == GARITA_OK)
        set->suspended++;
    return e;
}

static garita_error reinstate(garita_set *set, chunk *c, uint32_t offset)
{
    garita_error e = garita_part_remove(&c->suspended, &set->memory, offset);
    if (e == GARITA_OK)
        set->suspended--;
    return e;
}

garita_error garita_set_put(garita_set *set, uint32_t serial, garita_standing standing)
{
    assert(serial > 0);
    garita_standing was = garita_set_get(set, serial);
    if (was == standing || was == GARITA_STANDING_REVOKED)
        return GARITA_OK;
    uint32_t index = chunk_of(serial), offset = offset_of(serial);
    branch *b;
    garita_error e = make_branch(&b, set, index);
    if (e != GARITA_OK)
        return e;
    chunk **place = &b->chunks[index % FANOUT];
    if (!*place)
        *place = take_memory(&e, set, sizeof **place);
    if (!*place)
        return e;
    switch (standing) {
    case GARITA_STANDING_REVOKED:
        e = revoke(set, *place, offset, was);
        break;
    case GARITA_STANDING_SUSPENDED:
        e = suspend(set, *place, offset);
        break;
    default:
        e = reinstate(set, *place, offset);
    }
    touch(set, index);
    drop_if_empty(set, place);
    return e;
}

garita_error garita_set_apply(garita_set *set, const garita_event *events, size_t event_count)
{
    garita_error e = GARITA_OK;
    for (size_t i = 0; i < event_count && e == GARITA_OK; i++)
        e = garita_set_put(set, events[i].serial, (garita_standing)events[i].standing);
    return e;
}

/* --- the root --- */

/* Computes the inner nodes above what is marked, and unmarks it. below gives the hash of number i.
 */
static void hash_nodes(garita_hash *nodes, marks *unhashed, const garita_hash *const *below)
{
    bool is_new[2 * FANOUT];
    for (unsigned i = 0; i < FANOUT; i++)
        is_new[FANOUT + i] = is_marked(unhashed, i);
    for (unsigned n = FANOUT - 1; n > 0; n--) {
        is_new[n] = is_new[2 * n] || is_new[2 * n + 1];
        if (!is_new[n])
            continue;
        const garita_hash *left, *right;
        if (n < FANOUT / 2) {
            left = &nodes[2 * n];
            right = &nodes[2 * n + 1];
        } else {
            left = below[2 * n - FANOUT];
            right = below[2 * n + 1 - FANOUT];
        }
        garita_merkle_node(&nodes[n], left, right);
    }
    *unhashed = (marks){0};
}

static void hash_chunk(chunk *c)
{
    uint8_t bytes[GARITA_CHUNK_BYTES_MAX];
    size_t len;
    garita_chunk_encode(bytes, &len, &c->revoked, &c->suspended);
    garita_merkle_leaf(&c->leaf, bytes, len);
}

static void hash_branch(branch *b, const garita_hash *empty)
{
    const garita_hash *leaves[FANOUT];
    for (unsigned i = 0; i < FANOUT; i++) {
        if (b->chunks[i] && is_marked(&b->unhashed, i))
            hash_chunk(b->chunks[i]);
        leaves[i] = b->chunks[i] ? &b->chunks[i]->leaf : &empty[0];
    }
    hash_nodes(b->nodes, &b->unhashed, leaves);
}

void garita_set_root(garita_hash *out, garita_set *set)
{
    const garita_hash *roots[FANOUT];
    for (unsigned i = 0; i < FANOUT; i++) {
        if (set->branches[i] && is_marked(&set->unhashed, i))
            hash_branch(set->branches[i], set->empty);
        roots[i] = set->branches[i] ? &set->branches[i]->nodes[1] : &set->empty[LEVELS];
    }
    hash_nodes(set->nodes, &set->unhashed, roots);
    *out = set->nodes[1];
}

/* --- figures --- */

uint64_t garita_set_revoked(const garita_set *set)
{
    return set->revoked;
}

uint64_t garita_set_suspended(const garita_set *set)
{
    return set->suspended;
}

size_t garita_set_memory(const garita_set *set)
{
    return set->memory;
}

/* --- chunks --- */

int32_t garita_set_next_chunk(const garita_set *set, uint32_t from)
{
    for (uint32_t index = from; index < GARITA_CHUNKS; index++) {
        const branch *b = set->branches[index / FANOUT];
        if (!b)
            index |= FANOUT - 1; /* the last of it */
        else if (b->chunks[index % FANOUT])
            return (int32_t)index;
    }
    return CHUNK_NONE;
}

int32_t garita_set_next_changed(const garita_set *set, uint32_t from)
{
    for (uint32_t index = from; index < GARITA_CHUNKS; index++) {
        const branch *b = set->branches[index / FANOUT];
        if (!b)
            index |= FANOUT - 1;
        else if (is_marked(&b->changed, index % FANOUT))
            return (int32_t)index;
    }
    return CHUNK_NONE;
}

void garita_set_clean(garita_set *set)
{
    for (unsigned i = 0; i < FANOUT; i++)
        if (set->branches[i])
            set->branches[i]->changed = (marks){0};
}

void garita_set_chunk(uint8_t *out, size_t *out_len, const garita_set *set, uint32_t index)
{
    assert(index < GARITA_CHUNKS);
    const chunk *c = find_chunk(set, index);
    *out_len = 0;
    if (c)
        garita_chunk_encode(out, out_len, &c->revoked, &c->suspended);
}

garita_error garita_set_put_chunk(garita_set *set, uint32_t index, const uint8_t *bytes,
                                  size_t bytes_len)
{
    assert(index < GARITA_CHUNKS);
    if (find_chunk(set, index))
        return GARITA_E_ALREADY_KNOWN;
    garita_error e;
    branch *b;
    chunk *c = take_memory(&e, set, sizeof *c);
    if (!c)
        return e;
    uint32_t max = index == chunk_of(GARITA_SERIAL_MAX) ? offset_of(GARITA_SERIAL_MAX)
                                                        : GARITA_CHUNK_SERIALS - 1;
    e = garita_chunk_decode(&c->revoked, &c->suspended, &set->memory, max, bytes, bytes_len);
    if (e == GARITA_OK)
        e = make_branch(&b, set, index); /* last: it stays */
    if (e != GARITA_OK) {
        free_chunk(set, c);
        return e;
    }
    b->chunks[index % FANOUT] = c;
    set->revoked += c->revoked.count;
    set->suspended += c->suspended.count;
    touch(set, index);
    return GARITA_OK;
}

/* --- all that is revoked --- */

/* Whether every run of part lies in one of whole. */
static bool part_covers(const garita_part *whole, const garita_part *part)
{
    garita_run inner, outer;
    uint32_t inner_at = 0, outer_at = 0;
    if (part->count > whole->count)
        return false;
    if (part->count == 0)
        return true;
    garita_part_next_run(&outer, &outer_at, whole);
    while (garita_part_next_run(&inner, &inner_at, part)) {
        while (outer.last < inner.first)
            if (!garita_part_next_run(&outer, &outer_at, whole))
                return false;
        if (outer.first > inner.first || outer.last < inner.last)
            return false;
    }
    return true;
}

bool garita_set_covers(const garita_set *whole, const garita_set *part)
{
    static const garita_part none;
    int32_t index = CHUNK_NONE;
    while ((index = garita_set_next_chunk(part, (uint32_t)(index + 1))) != CHUNK_NONE) {
        const chunk *theirs = find_chunk(part, (uint32_t)index);
        const chunk *ours = find_chunk(whole, (uint32_t)index);
        if (!part_covers(ours ? &ours->revoked : &none, &theirs->revoked))
            return false;
    }
    return true;
}

void garita_set_each_revoked(const garita_set *set, garita_set_visit visit, void *context)
{
    int32_t index = CHUNK_NONE;
    while ((index = garita_set_next_chunk(set, (uint32_t)(index + 1))) != CHUNK_NONE) {
        const chunk *c = find_chunk(set, (uint32_t)index);
        garita_run run;
        uint32_t at = 0;
        while (garita_part_next_run(&run, &at, &c->revoked))
            for (uint32_t offset = run.first; offset <= run.last; offset++)
                if (!visit(context, (uint32_t)index * GARITA_CHUNK_SERIALS + offset + 1))
                    return;
    }
}
