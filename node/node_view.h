/* node/node_view.h: what the control socket says of a running node, as JSON. */
#ifndef GARITA_NODE_NODE_VIEW_H
#define GARITA_NODE_NODE_VIEW_H

#include "engine/engine.h"
#include "links.h"
#include "net.h"

struct node_view {
    const uint8_t *public_key;
    const char *name; /* null: it is not certified */
    bool is_certified, is_archive;
    int64_t since; /* moment of its start */
    struct engine_time now;
    const struct engine *engine;
    const struct net *net;
    const struct links *links;
};

/* One object and a line feed, for free(); null if there is no memory. */
char *node_view_json(const struct node_view *view);

#endif
