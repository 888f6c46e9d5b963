/* node/holdings.h: what the home holds, as the engine wants to know it, and who this node is by it.
 * Made by the writer's thread, then the loop's alone.
 */
#ifndef GARITA_NODE_HOLDINGS_H
#define GARITA_NODE_HOLDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/book.h>
#include <garita/store_keeper.h>
#include <garita/trust.h>

#include "engine/engine.h"

/* This node by the statement that serves it best. */
struct holdings_self {
    bool is_known; /* there is one */
    bool is_revoked;
    char name[GARITA_AUTHORITY_NAME_BYTES_MAX + 1];
    int64_t from, until; /* in force from the one moment up to before the other */
    size_t payload_len;
    uint8_t payload[ENGINE_PAYLOAD_MAX]; /* of its handshakes: the statement and its chain */
};

struct holdings {
    garita_trust *trust; /* its own */
    struct engine_log *logs;
    struct engine_item *items;
    struct engine_node *nodes;
    size_t log_count, item_count, node_count;
    struct holdings_self self;
    bool has_floor;
    int64_t floor; /* of the clock: rule of trust 7 */
};

/* All of it, of one moment, out of the keeper's view. public_key, noise_key: this node's; moment:
 * of the clock, INT64_MIN if there is none: of several statements about this node one that is in
 * force is preferred. Returns GARITA_STORE_OK, or an error and *out null. */
garita_store_error holdings_load(struct holdings **out, garita_store *store,
                                 garita_store_keeper *keeper,
                                 const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE],
                                 const uint8_t noise_key[GARITA_NOISE_KEY_SIZE], int64_t moment);
void holdings_free(struct holdings *stock); /* null is allowed */

/* The log with this id, of the authority with this first key, as the book has it. False if nobody
 * in the trust set has it. */
bool holdings_log(struct engine_log *out, const garita_trust *trust, const garita_book *book,
                  const garita_hash *id, const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]);

#endif
