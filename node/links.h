/* node/links.h: what people are told of links: when they come and go and why, and who was refused.
 */
#ifndef GARITA_NODE_LINKS_H
#define GARITA_NODE_LINKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/limits.h>

#include "engine/engine.h"
#include "log.h"

/* Refusals that are kept to be shown. */
enum { LINKS_REFUSALS = 16 };

struct links_refusal {
    int64_t at; /* moment */
    char address[GARITA_NODE_ADDRESS_BYTES_MAX + 1];
    bool has_node, by_us;
    uint8_t node[GARITA_PUBLIC_KEY_SIZE];
    unsigned reason; /* enum engine_reason */
};

/* Zero it. */
struct links {
    struct links_one *first;
    size_t up;
    struct links_refusal
        refusals[LINKS_REFUSALS]; /* the oldest first, from refused % LINKS_REFUSALS */
    uint64_t refused;             /* in all */
    struct log_limit limit;
};

void links_opened(struct links *links, engine_link_id link, const char *address, bool is_outbound);
void links_up(struct links *links, struct engine_time now, engine_link_id link,
              const struct engine_node *node);
/* It is going to end: by us or by the peer, for an enum engine_reason. */
void links_closing(struct links *links, struct engine_time now, engine_link_id link,
                   const struct engine_node *node, unsigned reason, bool by_us);
void links_lost(struct links *links, struct engine_time now, engine_link_id link);
void links_end(struct links *links);

#endif
