#include "memo.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY_MIN = 16 };

void memo_start(struct memo *memo, size_t max, const uint8_t key[MEMO_KEY_SIZE])
{
    *memo = (struct memo){.max = max};
    memcpy(memo->key, key, MEMO_KEY_SIZE);
}

void memo_end(struct memo *memo)
{
    free(memo->entries);
    memo->entries = NULL;
    memo->capacity = memo->used = 0;
}

void memo_clear(struct memo *memo)
{
    if (memo->used > 0)
        memset(memo->entries, 0, memo->capacity * sizeof *memo->entries);
    memo->used = 0;
}

/* The place of a digest, or the free one where it would go; there always is a free one. */
static struct memo_entry *place(const struct memo *memo, const garita_digest *digest)
{
    uint64_t hash;
    crypto_shorthash((unsigned char *)&hash, digest->bytes, sizeof *digest, memo->key);
    for (size_t i = hash & (memo->capacity - 1);; i = (i + 1) & (memo->capacity - 1)) {
        struct memo_entry *entry = &memo->entries[i];
        if (!entry->is_used || memcmp(&entry->digest, digest, sizeof *digest) == 0)
            return entry;
    }
}

struct memo_entry *memo_find(const struct memo *memo, int64_t now, const garita_digest *digest)
{
    if (memo->used == 0)
        return NULL;
    struct memo_entry *entry = place(memo, digest);
    return entry->is_used && entry->until > now ? entry : NULL;
}

/* Makes room for one more, in a table that holds only what is still remembered. */
static bool make_room(struct memo *memo, int64_t now)
{
    size_t live = 0;
    for (size_t i = 0; i < memo->capacity; i++)
        live += memo->entries[i].is_used && memo->entries[i].until > now;
    bool is_full = live >= memo->max;
    size_t capacity = CAPACITY_MIN;
    while (capacity < 3 * (is_full ? 0 : live + 1))
        capacity *= 2;
    struct memo_entry *entries = calloc(capacity, sizeof *entries);
    if (!entries)
        return false;
    struct memo old = *memo;
    memo->entries = entries;
    memo->capacity = capacity;
    memo->used = 0;
    for (size_t i = 0; i < old.capacity; i++) {
        struct memo_entry *entry = &old.entries[i];
        if (!entry->is_used || entry->until <= now || is_full)
            continue;
        *place(memo, &entry->digest) = *entry;
        memo->used++;
    }
    free(old.entries);
    return true;
}

bool memo_put(struct memo *memo, int64_t now, const garita_digest *digest, int64_t until,
              uint32_t value)
{
    struct memo_entry *entry = memo->capacity > 0 ? place(memo, digest) : NULL;
    if (!entry || (!entry->is_used && 2 * (memo->used + 1) > memo->capacity)) {
        if (!make_room(memo, now))
            return false;
        entry = place(memo, digest);
    }
    memo->used += !entry->is_used;
    *entry = (struct memo_entry){*digest, until, value, true};
    return true;
}

void memo_forget(struct memo *memo, const garita_digest *digest)
{
    if (memo->used > 0)
        place(memo, digest)->until = INT64_MIN; /* of a free place it says nothing */
}

size_t memo_bytes(const struct memo *memo)
{
    return memo->capacity * sizeof *memo->entries;
}
