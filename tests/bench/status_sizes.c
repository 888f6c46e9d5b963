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

#include <garita/set.h>

#include "bench.h"
#include "revocations.h"

enum {
    DRAWS = 1000,
    DRAWN = 23,
    ROUNDS = 15
};

static garita_set *set_of(const uint32_t *serials, size_t count) {
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
        if (is_drawn(i + 1))
            list[i / 8] |= (uint8_t)(1 << i % 8);
    WORLD_REQUIRE(compress2(out, &len, list, sizeof list, 9) == Z_OK);
    free(out);
    return len;
}

static double roaring_len(const uint32_t *serials, size_t count) {
#ifdef GARITA_HAVE_ROARING
    roaring_bitmap_t *bitmap = roaring_bitmap_of_ptr(count, serials);
    WORLD_REQUIRE(bitmap != NULL);
    roaring_bitmap_run_optimize(bitmap);
    double len = (double)roaring_bitmap_portable_size_in_bytes(bitmap);
    roaring_bitmap_free(bitmap);
    return len;
#else
    (void)serials, (void)count;
    return NAN;
#endif
}

static void show_sizes(size_t count, bool in_lots) {
    const uint32_t *serials = draw_serials(count, in_lots);
    garita_set *set = set_of(serials, count);
    double entropy = entropy_bytes(SERIALS, (double)count);
    size_t len = snapshot_len(set);
    printf("%9zu  %-9s %9zu   %6.3f   %9.0f %9zu %9.0f %9.0f\n", count,
           draw_name(in_lots), len, (double)len / entropy, entropy, 16 * count,
           (double)status_list_len(), roaring_len(serials, count));
    garita_set_free(set);
}

static void show_batch(void) {
    static uint8_t out[GARITA_BATCH_BYTES_MAX];
    size_t len, longest = 0, total = 0;
    random_start(2);
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
    garita_set *set = set_of(draw_serials(MANY, in_lots), MANY);
    for (size_t i = 0; i < ROUNDS; i++) {
        lookups[i] = lookup_s(set, &revoked);
        checks[i] = check_s(w);
    }
    WORLD_REQUIRE(revoked > 0);
    double lookup = bench_median(lookups, ROUNDS), check = bench_median(checks, ROUNDS);
    printf("%d revoked %s: a lookup takes %.0f ns, %.3f %% of a signature check (%.1f us); "
           "target: below 1 %%\n", MANY, draw_name(in_lots), lookup * 1e9,
           100 * lookup / check, check * 1e6);
    printf("  memory: %.2f MiB (target: at most 4)\n",
           (double)garita_set_memory(set) / (1024 * 1024));
    garita_set_free(set);
}

/* --- a million revocations --- */

static void show_million(const world *w, bool in_lots) {
    bare_work noted;
    draw_serials(MANY, in_lots);
    double ours = revoke_in_core_s(&noted, w), bare = bare_s(&noted, w);
    printf("%-9s %7.2f s %7.2f s %6.2f   %9zu %8zu %8zu %9.1f %8zu\n",
           draw_name(in_lots), ours, bare, ours / bare, noted.batch_bytes, noted.head_bytes,
           noted.length_count - noted.batch_count, (double)noted.chunk_bytes / 1e6,
           noted.node_count);
    bare_work_free(&noted);
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
           "batches, touched chunks and tree nodes, and %d signatures; processor time, bytes\n",
           MANY, BATCH, BATCHES);
    puts("               all      bare  ratio     batches    heads  touched  chunks MB    nodes");
    show_million(&w, false);
    show_million(&w, true);
    world_free(&w);
    return 0;
}
