/* cli/same_node.h: a node that is certified anew has two statements; whoever is to have nothing to
 * do with it any more withdraws both. Others would fall back on the older one.
 */
#ifndef GARITA_CLI_SAME_NODE_H
#define GARITA_CLI_SAME_NODE_H

#include <stdint.h>

#include <garita/store.h>

#include "context.h"
#include "exit_status.h"
#include "serials.h"

/* A node statement in the register. */
struct same_node {
    uint32_t serial;
    uint32_t with; /* the one of those asked for that it goes with */
    char name[GARITA_AUTHORITY_NAME_BYTES_MAX + 1];
};

/* By serial. Zero it before first use. */
struct same_nodes {
    struct same_node *at;
    size_t count;
};

/* Finds the node statements in the register of the authority with this first key that are about the
 * same machine as one of those with these serials (sorted), and are not among them: the same
 * Ed25519 key or the same Noise key, be it by way of a third one. Returns EXIT_DONE, or another
 * status after a report. Free it in any case. */
exit_status same_node_find(const struct context *context, struct same_nodes *out,
                           garita_store *store, const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                           const struct serials *serials);
void same_nodes_free(struct same_nodes *nodes); /* an empty one is allowed */

#endif
