/* What a status set and its batches take: bytes beside what the entropy allows and what others need
 * for the same serials, the cost of a lookup beside a signature check, and a million revocations in
 * batches beside the hashes and signatures that they cannot do without.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include <sodium.h>
#include <zlib.h>

#ifdef GARITA_HAVE_ROARING
#include <roaring/roaring.h>
#endif

#include <garita/head.h>
#include <garita/set.h>

#include "bench.h"

enum {
    SERIALS = 20000000,
    MANY = 1000000,
    FEW = 200000,
    LOT_MAX = 5000, /* documents in a lot that is lost or stolen as a whole */
    DRAWS = 1000,
    DRAWN = 23,
    BATCH = 1000,
    BATCHES = MANY / BATCH,
    CHUNKS = SERIALS / GARITA_CHUNK_SERIALS + 1,
    ROUNDS = 15,
    LEVELS = 16
};

/* --- which serials --- */

static uint64_t random_state;

static uint64_t next_random(void) { /* splitmix64 */
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint32_t random_serial(void) {
    return (uint32_t)(next_random() % SERIALS + 1);
}

/* Serials in the order in which they are revoked: each alone, or lot by lot; and a bit for each. */
static uint32_t serials[MANY];
static uint8_t is_revoked[SERIALS / 8 + 1];

static bool draw(size_t *count, uint32_t serial) {
    uint8_t bit = (uint8_t)(1 << serial % 8);
    if (serial > SERIALS || is_revoked[serial / 8] & bit)
        return false;
    is_revoked[serial / 8] |= bit;
    serials[(*count)++] = serial;
    return true;
}

static void draw_serials(size_t count, bool in_lots) {
    size_t drawn = 0;
    random_state = 1;
    memset(is_revoked, 0, sizeof is_revoked);
    while (drawn < count) {
        uint32_t serial = random_serial();
        uint32_t lot = in_lots ? (uint32_t)(next_random() % LOT_MAX) + 1 : 1;
        while (lot-- > 0 && drawn < count)
            draw(&drawn, serial++);
    }
}

static garita_set *set_of_serials(size_t count) {
    garita_set *set;
    WORLD_REQUIRE(garita_set_new(&set) == GARITA_OK);
    for (size_t i = 0; i < count; i++)
        WORLD_REQUIRE(garita_set_put(set, serials[i], GARITA_STANDING_REVOKED) == GARITA_OK);
    return set;
}

/* --- bytes --- */

static double entropy_bytes(double n, double k) {
    return (lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)) / log(2) / 8;
}

static size_t leb128_len(size_t value) {
    return value < 128 ? 1 : 1 + leb128_len(value / 128);
}

/* Every chunk as a message of a bundle: kind, length, index, chunk. */
static size_t snapshot_len(const garita_set *set) {
    static uint8_t bytes[GARITA_CHUNK_BYTES_MAX];
    size_t total = 0, len;
    for (int32_t i = -1; (i = garita_set_next_chunk(set, (uint32_t)(i + 1))) >= 0;) {
        garita_set_chunk(bytes, &len, set, (uint32_t)i);
        total += 1 + leb128_len(2 + len) + 2 + len;
    }
    return total;
}

/* A bit for each serial, compressed by zlib at level 9: draft-ietf-oauth-status-list. */
static size_t status_list_len(void) {
    static uint8_t list[SERIALS / 8];
    uLongf len = compressBound(sizeof list);
    uint8_t *out = malloc(len);
    WORLD_REQUIRE(out != NULL);
    memset(list, 0, sizeof list);
    for (uint32_t i = 0; i < SERIALS; i++)
        if (is_revoked[(i + 1) / 8] >> (i + 1) % 8 & 1)
            list[i / 8] |= (uint8_t)(1 << i % 8);
    WORLD_REQUIRE(compress2(out, &len, list, sizeof list, 9) == Z_OK);
    free(out);
    return len;
}

static double roaring_len(size_t count) {
#ifdef GARITA_HAVE_ROARING
    roaring_bitmap_t *bitmap = roaring_bitmap_of_ptr(count, serials);
    WORLD_REQUIRE(bitmap != NULL);
    roaring_bitmap_run_optimize(bitmap);
    double len = (double)roaring_bitmap_portable_size_in_bytes(bitmap);
    roaring_bitmap_free(bitmap);
    return len;
#else
    (void)count;
    return NAN;
#endif
}

static void show_sizes(size_t count, bool in_lots) {
    draw_serials(count, in_lots);
    garita_set *set = set_of_serials(count);
    double entropy = entropy_bytes(SERIALS, (double)count);
    size_t len = snapshot_len(set);
    printf("%9zu  %-9s %9zu   %6.3f   %9.0f %9zu %9.0f %9.0f\n", count,
           in_lots ? "in lots" : "at random", len, (double)len / entropy, entropy, 16 * count,
           (double)status_list_len(), roaring_len(count));
    garita_set_free(set);
}

static void show_batch(void) {
    static uint8_t out[GARITA_BATCH_BYTES_MAX];
    size_t len, longest = 0, total = 0;
    random_state = 2;
    for (unsigned i = 0; i < DRAWS; i++) {
        garita_event events[DRAWN];
        garita_error e;
        do { /* until no serial is drawn twice */
            for (size_t j = 0; j < DRAWN; j++)
                events[j] = (garita_event){ random_serial(), GARITA_STANDING_REVOKED,
                                            GARITA_CAUSE_LOST };
            e = garita_batch_encode(out, &len, sizeof out, GARITA_BATCH_TIME_MIN, events, DRAWN);
        } while (e == GARITA_E_SERIAL_TAKEN);
        WORLD_REQUIRE(e == GARITA_OK);
        total += len;
        longest = len > longest ? len : longest;
    }
    printf("a batch of %d of one cause: %.1f bytes, at most %zu of %d draws (target: at most 70; "
           "entropy: %.1f)\n", DRAWN, (double)total / DRAWS, longest, DRAWS,
           entropy_bytes(SERIALS, DRAWN));
}

/* --- lookups --- */

enum { LOOKUPS = 1000000, CHECKS = 200 };

static double lookup_s(const garita_set *set, unsigned *revoked) {
    double since = bench_now_s();
    for (unsigned i = 0; i < LOOKUPS; i++)
        *revoked += garita_set_get(set, random_serial()) == GARITA_STANDING_REVOKED;
    return (bench_now_s() - since) / LOOKUPS;
}

static double check_s(const world *w) {
    static const uint8_t message[180] = { 1 };
    uint8_t signature[GARITA_SIGNATURE_SIZE];
    const world_agency *agency = &w->agencies[0];
    crypto_sign_detached(signature, NULL, message, sizeof message, agency->secret_key);
    double since = bench_now_s();
    for (unsigned i = 0; i < CHECKS; i++)
        WORLD_REQUIRE(crypto_sign_verify_detached(signature, message, sizeof message,
                                                  agency->public_key) == 0);
    return (bench_now_s() - since) / CHECKS;
}

static void show_lookup(const world *w, bool in_lots) {
    double lookups[ROUNDS], checks[ROUNDS];
    unsigned revoked = 0;
    draw_serials(MANY, in_lots);
    garita_set *set = set_of_serials(MANY);
    for (size_t i = 0; i < ROUNDS; i++) {
        lookups[i] = lookup_s(set, &revoked);
        checks[i] = check_s(w);
    }
    WORLD_REQUIRE(revoked > 0);
    double lookup = bench_median(lookups, ROUNDS), check = bench_median(checks, ROUNDS);
    printf("%d revoked %s: a lookup takes %.0f ns, %.3f %% of a signature check (%.1f us); "
           "target: below 1 %%\n", MANY, in_lots ? "in lots" : "at random", lookup * 1e9,
           100 * lookup / check, check * 1e6);
    printf("  memory: %.2f MiB (target: at most 4)\n",
           (double)garita_set_memory(set) / (1024 * 1024));
    garita_set_free(set);
}

/* --- a million revocations --- */

/* Of the processor: too long for turns, and others may be at work. */
static double spent_s(void) {
    struct timespec t;
    WORLD_REQUIRE(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) == 0);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What has to be hashed whoever does it: lengths of batches and touched chunks, and tree nodes. */
typedef struct work {
    size_t lengths[(1 + CHUNKS) * BATCHES];
    size_t length_count;
    size_t node_count;
    size_t batch_bytes;
    size_t chunk_bytes;
    size_t head_bytes;
} work;

static void note_touched(work *w, const garita_set *set) {
    static uint8_t bytes[GARITA_CHUNK_BYTES_MAX];
    uint32_t last[LEVELS];
    size_t len;
    memset(last, 0xff, sizeof last);
    for (int32_t i = -1; (i = garita_set_next_changed(set, (uint32_t)(i + 1))) >= 0;) {
        garita_set_chunk(bytes, &len, set, (uint32_t)i);
        w->lengths[w->length_count++] = len;
        w->chunk_bytes += len;
        for (unsigned level = 0; level < LEVELS; level++) {
            uint32_t above = (uint32_t)i >> (level + 1);
            w->node_count += above != last[level];
            last[level] = above;
        }
    }
}

/* An authority's own work: batch, log, set, roots, head. What there was to hash is written down, and
 * that left out of the time. */
static double revoke_all_s(const world *w, work *note) {
    static uint8_t batch[GARITA_BATCH_BYTES_MAX], statement[GARITA_HEAD_BYTES_MAX];
    garita_frontier log = { 0 };
    garita_set *set;
    WORLD_REQUIRE(garita_set_new(&set) == GARITA_OK);
    double spent = 0;
    for (unsigned b = 0; b < BATCHES; b++) {
        garita_event events[BATCH];
        garita_hash leaf;
        garita_head head = { .size = b + 1, .issued = SERIALS, .signed_at = WORLD_NOW + b,
                             .next_due = WORLD_NOW + 86400 + b };
        size_t len, statement_len;
        double since = spent_s();
        for (size_t i = 0; i < BATCH; i++)
            events[i] = (garita_event){ serials[b * BATCH + i], GARITA_STANDING_REVOKED,
                                        GARITA_CAUSE_STOLEN };
        WORLD_REQUIRE(garita_batch_encode(batch, &len, sizeof batch, WORLD_NOW, events, BATCH) ==
                      GARITA_OK);
        WORLD_REQUIRE(garita_set_apply(set, events, BATCH) == GARITA_OK);
        garita_merkle_leaf(&leaf, batch, len);
        garita_frontier_append(&log, &leaf);
        garita_frontier_root(&head.root, &log);
        garita_set_root(&head.set_root, set);
        WORLD_REQUIRE(garita_head_issue(statement, &statement_len, sizeof statement, NULL, &head,
                                        &w->agencies[0].signer) == GARITA_OK);
        spent += spent_s() - since;
        note->lengths[note->length_count++] = len;
        note->batch_bytes += len;
        note->head_bytes += statement_len;
        note->node_count++; /* of the log */
        note_touched(note, set);
        garita_set_clean(set);
    }
    WORLD_REQUIRE(garita_set_revoked(set) == MANY);
    garita_set_free(set);
    return spent;
}

static double bare_s(const world *w, const work *noted) {
    static const uint8_t bytes[GARITA_BATCH_BYTES_MAX] = { 1 };
    uint8_t digest[crypto_hash_sha256_BYTES], signature[GARITA_SIGNATURE_SIZE];
    double since = spent_s();
    for (size_t i = 0; i < noted->length_count; i++)
        crypto_hash_sha256(digest, bytes, 1 + noted->lengths[i]);
    for (size_t i = 0; i < noted->node_count; i++)
        crypto_hash_sha256(digest, bytes, 65);
    for (unsigned b = 0; b < BATCHES; b++)
        crypto_sign_detached(signature, NULL, bytes, 130, w->agencies[0].secret_key);
    return spent_s() - since;
}

static void show_million(const world *w, bool in_lots) {
    static work noted;
    memset(&noted, 0, sizeof noted);
    draw_serials(MANY, in_lots);
    double ours = revoke_all_s(w, &noted), bare = bare_s(w, &noted);
    printf("%-9s %7.2f s %7.2f s %6.2f   %9zu %8zu %8zu %9.1f %8zu\n",
           in_lots ? "in lots" : "at random", ours, bare, ours / bare, noted.batch_bytes,
           noted.head_bytes, noted.length_count - BATCHES, (double)noted.chunk_bytes / 1e6,
           noted.node_count);
}

int main(void) {
    static world w;
    world_make(&w, 1);
    printf("of %d serials, bytes; lots are up to %d serials in a row; the ratio is to the entropy of "
           "as many at random (target there: at most 1.02)\n", SERIALS, LOT_MAX);
    puts("  revoked             snapshot    ratio     entropy    hashes  list, z9   roaring");
    for (int in_lots = 0; in_lots < 2; in_lots++) {
        show_sizes(FEW, in_lots);
        show_sizes(MANY, in_lots);
    }
#ifndef GARITA_HAVE_ROARING
    puts("roaring was left out: libroaring-dev was not there when this was built");
#endif
    putchar('\n');
    show_batch();
    putchar('\n');
    show_lookup(&w, false);
    show_lookup(&w, true);
    printf("\n%d revocations in batches of %d, a signed head each, beside SHA-256 over the same "
           "batches, touched chunks and tree nodes, and %d signatures; processor time, bytes\n", MANY, BATCH, BATCHES);
    puts("               all      bare  ratio     batches    heads  touched  chunks MB    nodes");
    show_million(&w, false);
    show_million(&w, true);
    world_free(&w);
    return 0;
}
