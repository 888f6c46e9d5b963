/* revocations.h: which serials the benches revoke, and what nobody who publishes them in signed
 * batches can do without.
 */
#ifndef GARITA_BENCH_REVOCATIONS_H
#define GARITA_BENCH_REVOCATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/set.h>

#include "world.h"

enum {
    SERIALS = 20000000,
    MANY = 1000000,
    FEW = 200000,
    LOT_MAX = 5000, /* documents in a lot that is lost or stolen as a whole */
    BATCH = 1000,
    BATCHES = MANY / BATCH
};

void random_start(uint64_t seed);
uint64_t random_next(void);
uint32_t random_serial(void); /* 1 to SERIALS */

/* Serials in the order in which they are revoked, each once: alone, or lot by lot. The same in
 * every run; valid until the next call. */
const uint32_t *draw_serials(size_t count, bool in_lots);
const char *draw_name(bool in_lots);

/* Whether a serial is among those drawn last; and draws one more that is not. */
bool is_drawn(uint32_t serial);
uint32_t draw_another(void);

/* A number of events that revoke serials. */
void revoking(garita_event *events, const uint32_t *serials, size_t count);

/* What has to be hashed whoever does it: batches, touched chunks and tree nodes. */
typedef struct bare_work {
    size_t *lengths; /* of batches and chunks; freed by bare_work_free */
    size_t length_count, length_cap;
    size_t node_count;
    size_t batch_count, batch_bytes, chunk_bytes, head_bytes;
} bare_work;

void bare_work_free(bare_work *work);

/* Revokes the MANY serials drawn last in the core alone, in batches of BATCH with a signed head
 * each, and notes what there was to hash. Returns the processor time, that for the notes left out.
 */
double revoke_in_core_s(bare_work *note, const world *w);

/* Processor time of SHA-256 over as much, and of as many signatures as there were batches. */
double bare_s(const bare_work *noted, const world *w);

#endif
