/* node/net_conn.h: one connection, and what the files of net share. */
#ifndef GARITA_NODE_NET_CONN_H
#define GARITA_NODE_NET_CONN_H

#include <garita/limits.h>

#include "channel/gate.h"
#include "failures.h"
#include "log.h"
#include "net.h"
#include "options.h"

/* Calls taken in one round of the loop, which libuv would stay with as long as there are any: who
 * calls as fast as he can must not keep it from its other work. And the pause where there is no
 * memory. */
enum { NET_CALLS_AT_ONCE = 64, NET_PAUSE_MS = 100 };

/* Room for what a read brings: four records. */
enum { NET_READ_BYTES = 64 * 1024, NET_BUCKETS = 1024 };

/* A connection that is to come to nothing within it. */
#define NET_CONNECT_MS 5000
/* What was to be sent before the end has so long to leave. */
#define NET_END_MS 1000

struct net_conn {
    struct net *net;
    struct net_conn *next_in_bucket;
    uint32_t id;   /* names it for the gate and, once it is open, for the engine */
    uint32_t dial; /* 0: it came in */
    char address[GARITA_NODE_ADDRESS_BYTES_MAX + 1];
    struct channel *channel; /* null while it connects */
    bool is_open;            /* the engine knows it */
    bool is_ending;          /* nothing is sent or read any more, but what was given before */
    bool is_closed;          /* uv_close was called */
    bool has_expected;
    uint8_t expected[GARITA_NOISE_KEY_SIZE];
    unsigned references; /* handles and requests that libuv still holds */
    bool has_tcp;        /* tcp is one of them */
    uv_tcp_t tcp;
    uv_timer_t timer; /* of connecting and shaking where we called, and of ending */
    uv_shutdown_t shutdown;
    struct net_dialing *dialing; /* while it connects */
};

struct net_listener {
    struct net *net;
    uv_tcp_t tcp;
    bool is_waiting; /* a call is left for later, and libuv asks for no more until it is taken */
    char address[NET_ADDRESS_TEXT_SIZE];
};

struct net {
    uv_loop_t *loop;
    const struct channel_self *self;
    const struct net_events *events;
    struct gate *gate;
    uv_timer_t gate_timer, accept_timer;
    uint64_t accepting_ms; /* the round of the loop in which so many calls were taken */
    unsigned accepted;
    struct net_listener *listeners[OPTIONS_LISTEN_MAX];
    size_t listener_count;
    struct net_conn *buckets[NET_BUCKETS];
    size_t conn_count;
    uint32_t last_id;
    unsigned roster_lookups; /* under way: of names that node statements have */
    bool is_stopping;
    struct log_limit handshakes;
    struct failures failures; /* of calls */
    char read_buffer[NET_READ_BYTES];
};

/* Makes one, with its timer and without a socket; null if there is no memory. */
struct net_conn *net_conn_new(struct net *net, uint32_t dial, const char *address);
struct net_conn *net_conn_find(const struct net *net, uint32_t id);

/* The socket stands: shake hands. */
void net_conn_begin(struct net_conn *conn);
/* Writes the handshake's message that is owed. */
void net_conn_shake(struct net_conn *conn);
/* Cuts it; what follows from it is told later. why is for the log, of a connection that is not
 * open; null: nothing is said. */
void net_conn_close(struct net_conn *conn, const char *why);
/* One of what libuv held is given back. */
void net_conn_release(struct net_conn *conn);

/* While it connects (net_dial.c). */
void net_dialing_end(struct net_conn *conn);

/* The gate (net_accept.c). */
bool net_gate_start(struct net *net);
void net_gate_stop(struct net *net); /* and the listeners */
void net_gate_ready(struct net_conn *conn);

#endif
