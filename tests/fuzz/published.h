/* published.h: what one authority publishes, honest or not: histories of batches, and heads of them
 * that may say anything. Trees are those of naive_tree.h; a set is a standing for each of a few
 * serials.
 */
#ifndef GARITA_FUZZ_PUBLISHED_H
#define GARITA_FUZZ_PUBLISHED_H

#include <garita/log.h>

#include "fuzz.h"
#include "naive_tree.h"

enum { SERIALS = 12, BATCHES_MAX = 16, HEADS_MAX = 24, CHUNKS_MAX = SERIALS + 1, BATCH_MAX = 96 };

/* On both sides of where chunks begin and end. */
extern const uint32_t published_serials[SERIALS];
/* Room for the events of a batch. */
extern garita_event published_events[GARITA_BATCH_EVENTS_MAX];

/* What is made of fewer bytes than there are; zeros behind the end. */
typedef struct input {
    const uint8_t *at;
    size_t left;
} input;

uint8_t input_next(input *in);

typedef struct standings {
    uint8_t of[SERIALS]; /* garita_standing */
} standings;

typedef struct batch {
    uint8_t bytes[BATCH_MAX];
    size_t len;
    bool is_readable;
    bool has[SERIALS]; /* events, and what they say: */
    standings to;
} batch;

typedef struct history {
    batch batches[BATCHES_MAX];
    garita_hash leaves[BATCHES_MAX];
    standings at[BATCHES_MAX + 1]; /* [n]: what the first n batches add up to */
    size_t size;
    garita_log log; /* the authority's own, as long as all batches can be read */
    bool has_log;
} history;

void history_start(history *h, const garita_hash *id);
/* A history that is the same so far. */
void history_copy(history *out, const history *from, const garita_hash *id);
void history_end(history *h);

/* Adds a batch: for each serial a bit of the input whether it is there. Or one that none can read.
 * False if there are too many. */
bool history_add(history *h, input *in);
bool history_add_junk(history *h, input *in);

void history_frontier(garita_frontier *out, const history *h, size_t size);

/* A head, and what stands behind it. */
typedef struct published {
    const history *of;
    garita_head head;
    uint8_t bytes[GARITA_HEAD_BYTES_MAX];
    size_t len;
    garita_frontier frontier; /* whose root the head has: of the history, unless */
    bool has_other_tree;
    standings claims;   /* whose root the set root is, unless */
    bool has_bad_chunk; /* nobody can read one of its chunks */
} published;

garita_bytes published_statement(const published *p);

/* An honest head of what there is, by garita_log_sign; the history has a log. */
void published_honest(published *out, history *h, int64_t now, const garita_signer *signer);
/* A head of any size of a history, with what the input says to be wrong with it. */
void published_any(published *out, const history *h, input *in, const garita_signer *signer);

/* The chunks of a head's set. Bytes are on the heap. */
typedef struct chunks {
    uint32_t indexes[CHUNKS_MAX + 1];
    garita_bytes at[CHUNKS_MAX + 1];
    size_t count;
} chunks;

void chunks_make(chunks *out, const standings *of, bool has_bad_chunk);
void chunks_end(chunks *c);
void standings_root(garita_hash *out, const standings *of);

/* A copy on the heap, of exactly this size. */
uint8_t *exact(const void *bytes, size_t len);
void release(garita_bytes bytes);

#endif
