#include "revocations.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <garita/head.h>

#include "bench.h"

enum { LEVELS = 16 }; /* of the tree over the chunks */

/* --- which serials --- */

static uint64_t state;

void random_start(uint64_t seed) {
    state = seed;
}

uint64_t random_next(void) { /* splitmix64 */
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint32_t random_serial(void) {
    return (uint32_t)(random_next() % SERIALS + 1);
}

static uint32_t drawn[MANY];
static uint8_t drawn_bits[SERIALS / 8 + 1];

bool is_drawn(uint32_t serial) {
    return drawn_bits[serial / 8] >> serial % 8 & 1;
}

static bool mark(uint32_t serial) {
    if (serial > SERIALS || is_drawn(serial))
        return false;
    drawn_bits[serial / 8] |= (uint8_t)(1 << serial % 8);
    return true;
}

const uint32_t *draw_serials(size_t count, bool in_lots) {
    size_t at = 0;
    WORLD_REQUIRE(count <= MANY);
    random_start(1);
    memset(drawn_bits, 0, sizeof drawn_bits);
    while (at < count) {
        uint32_t serial = random_serial();
        uint32_t lot = in_lots ? (uint32_t)(random_next() % LOT_MAX) + 1 : 1;
        for (; lot-- > 0 && at < count; serial++)
            if (mark(serial))
                drawn[at++] = serial;
    }
    return drawn;
}

const char *draw_name(bool in_lots) {
    return in_lots ? "in lots" : "at random";
}

uint32_t draw_another(void) {
    uint32_t serial;
    do
        serial = random_serial();
    while (!mark(serial));
    return serial;
}

void revoking(garita_event *events, const uint32_t *serials, size_t count) {
    for (size_t i = 0; i < count; i++)
        events[i] = (garita_event){ serials[i], GARITA_STANDING_REVOKED, GARITA_CAUSE_STOLEN };
}

/* --- the work --- */

void bare_work_free(bare_work *work) {
    free(work->lengths);
    *work = (bare_work){ 0 };
}

static void note_length(bare_work *work, size_t length) {
    if (work->length_count == work->length_cap) {
        work->length_cap = work->length_cap == 0 ? 1 << 16 : 2 * work->length_cap;
        work->lengths = realloc(work->lengths, work->length_cap * sizeof *work->lengths);
        WORLD_REQUIRE(work->lengths != NULL);
    }
    work->lengths[work->length_count++] = length;
}

/* The chunks that a batch changed, and the nodes above them. */
static void note_touched(bare_work *work, const garita_set *set) {
    static uint8_t bytes[GARITA_CHUNK_BYTES_MAX];
    uint32_t last[LEVELS];
    size_t len;
    memset(last, 0xff, sizeof last);
    for (int32_t i = -1; (i = garita_set_next_changed(set, (uint32_t)(i + 1))) >= 0;) {
        garita_set_chunk(bytes, &len, set, (uint32_t)i);
        note_length(work, len);
        work->chunk_bytes += len;
        for (unsigned level = 0; level < LEVELS; level++) {
            uint32_t above = (uint32_t)i >> (level + 1);
            work->node_count += above != last[level];
            last[level] = above;
        }
    }
}

double revoke_in_core_s(bare_work *note, const world *w) {
    static uint8_t batch[GARITA_BATCH_BYTES_MAX], statement[GARITA_HEAD_BYTES_MAX];
    garita_frontier log = { 0 };
    garita_set *set;
    double spent = 0;
    *note = (bare_work){ 0 };
    WORLD_REQUIRE(garita_set_new(&set) == GARITA_OK);
    for (unsigned b = 0; b < BATCHES; b++) {
        garita_event events[BATCH];
        garita_hash leaf;
        garita_head head = { .size = b + 1, .issued = SERIALS, .signed_at = WORLD_NOW + b,
                             .next_due = WORLD_NOW + 86400 + b };
        size_t len, statement_len;
        double since = bench_spent_s();
        revoking(events, drawn + b * BATCH, BATCH);
        WORLD_REQUIRE(garita_batch_encode(batch, &len, sizeof batch, WORLD_NOW, events, BATCH) ==
                      GARITA_OK);
        WORLD_REQUIRE(garita_set_apply(set, events, BATCH) == GARITA_OK);
        garita_merkle_leaf(&leaf, batch, len);
        garita_frontier_append(&log, &leaf);
        garita_frontier_root(&head.root, &log);
        garita_set_root(&head.set_root, set);
        WORLD_REQUIRE(garita_head_issue(statement, &statement_len, sizeof statement, NULL, &head,
                                        &w->agencies[0].signer) == GARITA_OK);
        spent += bench_spent_s() - since;
        note->batch_count++;
        note->batch_bytes += len;
        note->head_bytes += statement_len;
        note->node_count++; /* of the log */
        note_length(note, len);
        note_touched(note, set);
        garita_set_clean(set);
    }
    WORLD_REQUIRE(garita_set_revoked(set) == MANY);
    garita_set_free(set);
    return spent;
}

double bare_s(const bare_work *noted, const world *w) {
    static const uint8_t bytes[GARITA_BATCH_BYTES_MAX] = { 1 };
    uint8_t digest[crypto_hash_sha256_BYTES], signature[GARITA_SIGNATURE_SIZE];
    double since = bench_spent_s();
    for (size_t i = 0; i < noted->length_count; i++)
        crypto_hash_sha256(digest, bytes, 1 + noted->lengths[i]);
    for (size_t i = 0; i < noted->node_count; i++)
        crypto_hash_sha256(digest, bytes, 65);
    for (size_t b = 0; b < noted->batch_count; b++)
        crypto_sign_detached(signature, NULL, bytes, 130, w->agencies[0].secret_key);
    return bench_spent_s() - since;
}
