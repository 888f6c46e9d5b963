/* node/taking.h: a bundle through the acceptance rules and into the home, in the writer's thread:
 * what came of it, for the engine and for the log.
 */
#ifndef GARITA_NODE_TAKING_H
#define GARITA_NODE_TAKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/store_keeper.h>

#include "engine/engine.h"

struct taking;

/* What it is given is the caller's, and outlives it. state may be null. Null if there is no memory.
 */
struct taking *taking_new(garita_store *store, garita_store_keeper *keeper, const char *home,
                          const char *state);
void taking_free(struct taking *taking); /* null is allowed */

/* Takes a bundle. True if more has changed of what the home holds, or of who counts in it, than the
 * logs that taking_log names. */
bool taking_take(struct taking *taking, struct engine_take_result *out, const uint8_t *bytes,
                 size_t len);

/* Of the last one: whether anything was committed; and the logs that were changed. */
bool taking_has_changed(const struct taking *taking);
struct taking_log {
    garita_hash id;
    uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]; /* its authority's */
};
size_t taking_log_count(const struct taking *taking);
const struct taking_log *taking_log(const struct taking *taking, size_t index);

#endif
