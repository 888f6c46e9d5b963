/* node/node_inside.h: the running node, and what its files share. */
#ifndef GARITA_NODE_NODE_INSIDE_H
#define GARITA_NODE_NODE_INSIDE_H

#include <uv.h>

#include "control.h"
#include "engine/engine.h"
#include "holdings.h"
#include "host.h"
#include "links.h"
#include "net.h"
#include "node.h"
#include "peers_file.h"
#include "writer.h"

struct node {
    const struct options *options;
    const struct home *home;
    const struct key *key;
    uv_loop_t loop;
    struct engine *engine;
    struct host host;
    struct net *net;
    struct net_events net_events;
    struct channel_self self;
    uint8_t payload[ENGINE_PAYLOAD_MAX];
    struct writer *writer;
    struct control *control;
    struct holdings *stock; /* the engine's trust set is in it */
    struct links links;
    struct peers peers;
    uint8_t remembered[ENGINE_REMEMBERED_MAX * GARITA_NOISE_KEY_SIZE];
    size_t remembered_len;
    int64_t since;
    bool is_certified;    /* this node, by now; */
    unsigned told_reason; /* why it is not, as the log was told: an enum engine_reason, or 0 */
    bool is_reloading, is_stopping, is_links_file_bad;
    uv_timer_t tick, watchdog, goodbye;
    uv_signal_t terminate, interrupt, hang_up;
};

/* The time for the engine. */
struct engine_time node_now(const struct node *node);

/* --- node_acts.c: between the network and the engine --- */

/* Does all that the engine wants, and sets the timer for when it wants to be asked again. To be
 * called after each event. */
void node_drain(struct node *node);
/* The network's events, and the engine's timer. */
void node_acts_start(struct node *node);
/* Ends the loop if it is to stop, and no link is left. */
void node_stop_if_quiet(struct node *node);

/* --- node_home.c: between the home and the engine --- */

/* In the loop: the writer has results. */
void node_on_results(void *context);
/* Whether this node can prove who it is, which changes with its statement and with time. */
void node_judge_self(struct node *node);
/* Reads who is configured. False with *fault, and they are as they were. */
bool node_configure(struct node *node, struct peers_fault *fault);
/* Reads home and peers anew. */
void node_reload(struct node *node);
void node_notify_ready(const struct node *node);

void node_tell_alarm(const char *text);

#endif
