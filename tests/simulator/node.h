/* node.h: a simulated node: garitad's engine and acceptance rules, with a simulated disk, writer,
 * clock and network in the place of the rest of garitad.
 */
#ifndef SIM_NODE_H
#define SIM_NODE_H

#include "sim.h"

/* Gives a node its keys and its disk, and certifies it. */
void node_make(struct sim *sim, unsigned index, unsigned certifier);
/* Certifies it at a new address, when it is down. */
void node_move(struct node *node);
void node_free(struct node *node);

void node_start(struct node *node);
/* It comes up again after a while, unless it is gone. is_told: peers hear of it at once (the
 * machine runs on and closes its connections), else never. */
void node_crash(struct node *node, bool is_told);

/* What its clock shows, not below the floor; and its monotonic one. */
struct engine_time node_time(const struct node *node);

/* Something is brought by hand, or by another program of this machine; takes over the bytes. */
void node_bring(struct node *node, struct bytes *bundle);

/* Tells the engine all that the disk holds. */
void node_restock(struct node *node);

/* Does what the engine wants done; after each call of it from outside. */
void node_pump(struct node *node);

/* The log that it holds of an agency; null if none. */
const garita_log *node_log(const struct node *node, const struct agency *agency);

/* Writes all that it holds as a bundle. */
void node_export(struct node *node, struct bytes *out);

/* The events that are a node's. */
void node_tick(struct node *node);
void node_write(struct node *node);
void node_written(struct node *node);

#endif
