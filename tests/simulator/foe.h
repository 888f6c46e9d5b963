/* foe.h: hostile peers: certified nodes with the real engine, whose stock, answers and packets lie.
 */
#ifndef SIM_FOE_H
#define SIM_FOE_H

#include "sim.h"

/* What it is given for a log or an item: false, and the honest answer stands. */
bool foe_gives(struct node *node, const garita_hash *log, bool *is_given, garita_bundle_sink sink,
               void *sink_context);

/* A packet that its engine sends: true if the foe has dealt with it. */
bool foe_sends(struct node *node, uint32_t link, const uint8_t *bytes, size_t len);

/* A packet that it hears. */
void foe_hears(struct node *node, const uint8_t *bytes, size_t len);

/* Whether it takes up what its peers say at all. */
bool foe_takes(const struct node *node);

/* What it does unasked, every few seconds. */
void foe_acts(struct node *node);

/* A peer of a later version: what it sends carries what this version does not know. */
bool newer_sends(struct node *node, uint32_t link, const uint8_t *bytes, size_t len);

#endif
