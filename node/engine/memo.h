/* node/engine/memo.h: digests that are remembered for a while, each with a number: what was
 * refused, what is wanted, whose signature was checked. Bounded: when it is full all is forgotten
 * that may be, which costs work and never truth.
 */
#ifndef GARITA_NODE_MEMO_H
#define GARITA_NODE_MEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/bundle.h>

#define MEMO_FOREVER INT64_MAX
#define MEMO_KEY_SIZE 16

struct memo_entry {
    garita_digest digest;
    int64_t until; /* not remembered from this millisecond on */
    uint32_t value;
    bool is_used;
};

struct memo {
    struct memo_entry *entries; /* capacity is 0 or a power of two */
    size_t capacity, used, max;
    uint8_t key[MEMO_KEY_SIZE]; /* random: peers choose digests, and shall not choose places */
};

void memo_start(struct memo *memo, size_t max, const uint8_t key[MEMO_KEY_SIZE]);
void memo_end(struct memo *memo);
void memo_clear(struct memo *memo);

/* Null if it is not remembered. Good until the next memo_put. */
struct memo_entry *memo_find(const struct memo *memo, int64_t now, const garita_digest *digest);

/* Remembers, in place of what was remembered of this digest. False if it could not: no memory. */
bool memo_put(struct memo *memo, int64_t now, const garita_digest *digest, int64_t until,
              uint32_t value);
void memo_forget(struct memo *memo, const garita_digest *digest);

size_t memo_bytes(const struct memo *memo);

#endif
