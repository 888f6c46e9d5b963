/* net.h: the network: dials, sessions, packets that are late, lost, doubled or out of order.
 *
 * The secure channel is modelled by who is who: a packet arrives as it was sent, from whom it was
 * sent by, or not at all. That the real one does so is for its own tests to show.
 */
#ifndef SIM_NET_H
#define SIM_NET_H

#include "sim.h"

/* A node's engine dials, sends, closes. */
void net_dial(struct node *node, uint32_t dial, const char *address, const uint8_t *noise_key);
void net_send(struct node *node, uint32_t link, const uint8_t *bytes, size_t len);
void net_close(struct node *node, uint32_t link);

/* Every session of a node ends; peers are told, or left to find out. */
void net_drop_all(struct node *node, bool is_told);
/* One ends, packets under way with it. */
void net_cut(struct sim *sim, uint32_t session);

void net_handle(struct sim *sim, const struct queue_event *event);

#endif
