#include "part.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    RUNS_MAX = GARITA_BITMAP_SIZE / sizeof(garita_run), /* as large as a bitmap */
    RUNS_AGAIN = RUNS_MAX / 2, /* well below, so that a part does not change to and fro */
    WORD = 64
};

/* --- memory --- */

static garita_error resize(void **at, size_t *memory, size_t old_size, size_t size)
{
    if (size > old_size && size - old_size > GARITA_SET_BYTES_MAX - *memory)
        return GARITA_E_FULL;
    void *moved = realloc(*at, size);
    if (!moved)
        return GARITA_E_NO_MEMORY;
    *at = moved;
    *memory = *memory - old_size + size;
    return GARITA_OK;
}

static void release(void *at, size_t *memory, size_t size)
{
    free(at);
    *memory -= size;
}

static garita_error make_bitmap(uint8_t **out, size_t *memory)
{
    void *at = NULL;
    garita_error e = resize(&at, memory, 0, GARITA_BITMAP_SIZE);
    if (e == GARITA_OK)
        memset(at, 0, GARITA_BITMAP_SIZE);
    *out = at;
    return e;
}

static garita_error resize_runs(garita_part *part, size_t *memory, uint32_t cap)
{
    void *at = part->runs;
    garita_error e =
        resize(&at, memory, part->run_cap * sizeof *part->runs, cap * sizeof *part->runs);
    if (e == GARITA_OK) {
        part->runs = at;
        part->run_cap = cap;
    }
    return e;
}

void garita_part_free(garita_part *part, size_t *memory)
{
    if (part->bitmap)
        release(part->bitmap, memory, GARITA_BITMAP_SIZE);
    if (part->runs)
        release(part->runs, memory, part->run_cap * sizeof *part->runs);
    *part = (garita_part){0};
}

garita_error garita_part_copy(garita_part *out, size_t *memory, const garita_part *part)
{
    size_t size = part->bitmap ? GARITA_BITMAP_SIZE : part->run_cap * sizeof *part->runs;
    const void *from = part->bitmap ? (const void *)part->bitmap : part->runs;
    void *at = NULL;
    assert(out->count == 0 && !out->runs && !out->bitmap);
    garita_error e = size > 0 ? resize(&at, memory, 0, size) : GARITA_OK;
    if (e != GARITA_OK)
        return e;
    if (size > 0)
        memcpy(at, from, size);
    *out = *part;
    out->bitmap = part->bitmap ? at : NULL;
    out->runs = part->bitmap ? NULL : at;
    return GARITA_OK;
}

garita_error garita_part_reserve(garita_part *part, size_t *memory, uint32_t run_count)
{
    assert(part->count == 0 && !part->runs && !part->bitmap);
    if (run_count > RUNS_MAX)
        return make_bitmap(&part->bitmap, memory);
    return run_count > 0 ? resize_runs(part, memory, run_count) : GARITA_OK;
}

/* --- bitmaps --- */

static bool bitmap_has(const uint8_t *bitmap, uint32_t offset)
{
    return (bitmap[offset / 8] & 0x80u >> offset % 8) != 0;
}

static void bitmap_fill(uint8_t *bitmap, garita_run run)
{
    uint32_t first = run.first, last = run.last;
    uint8_t head = 0xff >> first % 8, tail = (uint8_t)(0xff << (7 - last % 8) & 0xff);
    if (first / 8 == last / 8) {
        bitmap[first / 8] |= head & tail;
        return;
    }
    bitmap[first / 8] |= head;
    memset(bitmap + first / 8 + 1, 0xff, last / 8 - first / 8 - 1);
    bitmap[last / 8] |= tail;
}

static uint64_t word_at(const uint8_t *bitmap, uint32_t offset)
{
    const uint8_t *b = bitmap + offset / 8;
    return (uint64_t)b[0] << 56 | (uint64_t)b[1] << 48 | (uint64_t)b[2] << 40 |
           (uint64_t)b[3] << 32 | (uint64_t)b[4] << 24 | (uint64_t)b[5] << 16 |
           (uint64_t)b[6] << 8 | b[7];
}

/* The first offset from here on that is in it, or is not: the one that flip leaves set. */
static uint32_t seek(const uint8_t *bitmap, uint32_t from, uint64_t flip)
{
    uint64_t mask = UINT64_MAX >> from % WORD;
    for (uint32_t at = from - from % WORD; at < GARITA_CHUNK_SERIALS; at += WORD) {
        uint64_t word = (word_at(bitmap, at) ^ flip) & mask;
        if (word != 0)
            return at + (uint32_t)__builtin_clzll(word);
        mask = UINT64_MAX;
    }
    return GARITA_CHUNK_SERIALS;
}

bool garita_bitmap_next_run(garita_run *out, uint32_t *at, const uint8_t *bitmap)
{
    uint32_t first = seek(bitmap, *at, 0);
    if (first == GARITA_CHUNK_SERIALS)
        return false;
    *at = seek(bitmap, first, UINT64_MAX);
    *out = (garita_run){(uint16_t)first, (uint16_t)(*at - 1)};
    return true;
}

/* How many of an offset's two neighbours are in it. */
static uint32_t neighbours(const uint8_t *bitmap, uint32_t offset)
{
    uint32_t count = 0;
    if (offset > 0 && bitmap_has(bitmap, offset - 1))
        count++;
    if (offset < GARITA_CHUNK_SERIALS - 1 && bitmap_has(bitmap, offset + 1))
        count++;
    return count;
}

/* --- from one to the other --- */

static garita_error to_bitmap(garita_part *part, size_t *memory)
{
    uint8_t *bitmap;
    garita_error e = make_bitmap(&bitmap, memory);
    if (e != GARITA_OK)
        return e;
    for (uint32_t i = 0; i < part->run_count; i++)
        bitmap_fill(bitmap, part->runs[i]);
    release(part->runs, memory, part->run_cap * sizeof *part->runs);
    part->runs = NULL;
    part->run_cap = 0;
    part->bitmap = bitmap;
    return GARITA_OK;
}

/* For memory's sake alone: without any to spare it stays a bitmap. */
static void to_runs(garita_part *part, size_t *memory)
{
    garita_part as_runs = {0};
    garita_run run;
    uint32_t at = 0;
    if (garita_part_reserve(&as_runs, memory, part->run_count) != GARITA_OK)
        return;
    while (garita_part_next_run(&run, &at, part))
        garita_part_append(&as_runs, run);
    garita_part_free(part, memory);
    *part = as_runs;
}

/* --- finding --- */

/* The first run that does not end before offset: its index, or run_count. */
static uint32_t find(const garita_part *part, uint32_t offset)
{
    uint32_t low = 0, high = part->run_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (part->runs[middle].last < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool garita_part_has(const garita_part *part, uint32_t offset)
{
    if (part->bitmap)
        return bitmap_has(part->bitmap, offset);
    uint32_t i = find(part, offset);
    return i < part->run_count && part->runs[i].first <= offset;
}

bool garita_part_next_run(garita_run *out, uint32_t *at, const garita_part *part)
{
    if (part->bitmap)
        return garita_bitmap_next_run(out, at, part->bitmap);
    if (*at == part->run_count)
        return false;
    *out = part->runs[(*at)++];
    return true;
}

/* --- changing --- */

void garita_part_append(garita_part *part, garita_run run)
{
    if (part->bitmap) {
        bitmap_fill(part->bitmap, run);
    } else {
        assert(part->run_count < part->run_cap);
        part->runs[part->run_count] = run;
    }
    part->run_count++;
    part->count += (uint32_t)(run.last - run.first) + 1;
}

/* Puts a run before run i of an array, or makes a bitmap of it, without that run, where it is full.
 */
static garita_error insert(garita_part *part, size_t *memory, uint32_t i, garita_run run)
{
    if (part->run_count == RUNS_MAX)
        return to_bitmap(part, memory);
    if (part->run_count == part->run_cap) {
        uint32_t cap = part->run_cap + part->run_cap / 2 + 2;
        garita_error e = resize_runs(part, memory, cap < RUNS_MAX ? cap : RUNS_MAX);
        if (e != GARITA_OK)
            return e;
    }
    memmove(part->runs + i + 1, part->runs + i, (part->run_count - i) * sizeof *part->runs);
    part->runs[i] = run;
    part->run_count++;
    return GARITA_OK;
}

static void erase(garita_part *part, uint32_t i)
{
    part->run_count--;
    memmove(part->runs + i, part->runs + i + 1, (part->run_count - i) * sizeof *part->runs);
}

static void bitmap_add(garita_part *part, size_t *memory, uint32_t offset)
{
    part->bitmap[offset / 8] |= (uint8_t)(0x80u >> offset % 8);
    part->run_count += 1 - neighbours(part->bitmap, offset);
    part->count++;
    if (part->run_count <= RUNS_AGAIN)
        to_runs(part, memory);
}

garita_error garita_part_add(garita_part *part, size_t *memory, uint32_t offset)
{
    assert(offset < GARITA_CHUNK_SERIALS && !garita_part_has(part, offset));
    if (!part->bitmap) {
        uint32_t i = find(part, offset);
        garita_run *runs = part->runs;
        bool joins_next = i < part->run_count && runs[i].first == offset + 1;
        bool joins_before = i > 0 && runs[i - 1].last + 1u == offset;
        if (joins_before && joins_next) {
            runs[i - 1].last = runs[i].last;
            erase(part, i);
        } else if (joins_before) {
            runs[i - 1].last++;
        } else if (joins_next) {
            runs[i].first--;
        } else {
            garita_run alone = {(uint16_t)offset, (uint16_t)offset};
            garita_error e = insert(part, memory, i, alone);
            if (e != GARITA_OK)
                return e;
        }
    }
    if (part->bitmap)
        bitmap_add(part, memory, offset);
    else
        part->count++;
    return GARITA_OK;
}

static void bitmap_remove(garita_part *part, size_t *memory, uint32_t offset)
{
    part->bitmap[offset / 8] &= (uint8_t) ~(0x80u >> offset % 8);
    part->run_count += neighbours(part->bitmap, offset) - 1;
    part->count--;
    if (part->run_count <= RUNS_AGAIN)
        to_runs(part, memory);
}

garita_error garita_part_remove(garita_part *part, size_t *memory, uint32_t offset)
{
    assert(offset < GARITA_CHUNK_SERIALS && garita_part_has(part, offset));
    if (part->count == 1) {
        garita_part_free(part, memory);
        return GARITA_OK;
    }
    if (!part->bitmap) {
        uint32_t i = find(part, offset);
        garita_run *run = &part->runs[i];
        if (run->first == run->last) {
            erase(part, i);
        } else if (run->first == offset) {
            run->first++;
        } else if (run->last == offset) {
            run->last--;
        } else {
            garita_run left = {run->first, (uint16_t)(offset - 1)};
            garita_error e = insert(part, memory, i, left);
            if (e != GARITA_OK)
                return e;
            if (!part->bitmap)
                part->runs[i + 1].first = (uint16_t)(offset + 1);
        }
    }
    if (part->bitmap)
        bitmap_remove(part, memory, offset);
    else
        part->count--;
    return GARITA_OK;
}
