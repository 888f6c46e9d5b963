/* watch.h: what must hold, whatever happens: looked at after each step, and at the end.
 */
#ifndef SIM_WATCH_H
#define SIM_WATCH_H

#include "sim.h"

/* A node has started, has kept something, sends, closes a session. */
void watch_started(struct node *node);
void watch_kept(struct node *node);
void watch_sends(struct node *node, const uint8_t *bytes, size_t len);
void watch_closes(struct node *node, const struct engine_action *action);

/* What peers sent was wrong in itself: link as in struct take. */
void watch_wrong(struct node *node, uint32_t link);

/* Forgets what a node has said: its disk is an older one. */
void watch_forgets(struct node *node);

/* Bounds of memory, and that sessions are with whom they may be; now and then. */
void watch_bounds(struct sim *sim);

/* Whether all honest nodes hold the same; says in *why (may be null) what differs first. */
bool watch_agrees(struct sim *sim, char *why, size_t why_size);

/* What each node holds, to standard error: for who looks into a failure. */
void watch_show(const struct sim *sim);

#endif
