/* Calls that come in: where they are taken, and the gate that they pass. */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "net_conn.h"

enum { BACKLOG = 511 };

/* --- the gate --- */

static void serve(struct net *net);

static void on_gate_timer(uv_timer_t *timer)
{
    serve(timer->data);
}

/* Does what the gate has to be done now, and sets the timer for the rest. */
static void serve(struct net *net)
{
    int64_t now_ms = (int64_t)uv_now(net->loop);
    gate_id id;

    while ((id = gate_expired(net->gate, now_ms)) != 0)
        net_conn_close(net_conn_find(net, id), "handshake not finished in time");
    while ((id = gate_answer(net->gate, now_ms)) != 0)
        net_conn_shake(net_conn_find(net, id));
    int64_t due_ms = gate_due(net->gate);
    if (due_ms == INT64_MAX || net->is_stopping)
        uv_timer_stop(&net->gate_timer);
    else
        uv_timer_start(&net->gate_timer, on_gate_timer,
                       due_ms > now_ms ? (uint64_t)(due_ms - now_ms) : 1, 0);
}

bool net_gate_start(struct net *net)
{
    net->gate = gate_new();
    if (net->gate == NULL)
        return false;
    uv_timer_init(net->loop, &net->gate_timer);
    uv_timer_init(net->loop, &net->accept_timer);
    net->gate_timer.data = net->accept_timer.data = net;
    return true;
}

static void free_listener(uv_handle_t *handle)
{
    free(handle->data);
}

void net_gate_stop(struct net *net)
{
    for (size_t i = 0; i < net->listener_count; i++)
        uv_close((uv_handle_t *)&net->listeners[i]->tcp, free_listener);
    net->listener_count = 0;
    uv_close((uv_handle_t *)&net->accept_timer, NULL);
    uv_close((uv_handle_t *)&net->gate_timer, NULL);
}

void net_gate_ready(struct net_conn *conn)
{
    gate_ready(conn->net->gate, conn->id);
    serve(conn->net);
}

/* As the gate wants it: IPv4 mapped into IPv6. */
static void gate_address(uint8_t out[16], const struct sockaddr_storage *address)
{
    memset(out, 0, 16);
    if (address->ss_family == AF_INET6) {
        memcpy(out, &((const struct sockaddr_in6 *)address)->sin6_addr, 16);
    } else {
        out[10] = out[11] = 0xff;
        memcpy(out + 12, &((const struct sockaddr_in *)address)->sin_addr, 4);
    }
}

static void enter(struct net_conn *conn, const struct sockaddr_storage *address)
{
    struct net *net = conn->net;
    uint8_t bytes[16];
    gate_id dropped;

    gate_address(bytes, address);
    gate_enter(net->gate, &dropped, conn->id, bytes, (int64_t)uv_now(net->loop));
    if (dropped != 0)
        net_conn_close(net_conn_find(net, dropped), "too many handshakes are under way");
    if (!conn->is_closed)
        net_conn_begin(conn);
    serve(net);
}

/* --- listening --- */

static void on_connection(uv_stream_t *stream, int status);

static void on_accept_timer(uv_timer_t *timer)
{
    struct net *net = timer->data;

    net->accepted = 0;
    for (size_t i = 0; i < net->listener_count; i++) {
        struct net_listener *listener = net->listeners[i];
        if (listener->is_waiting)
            on_connection((uv_stream_t *)&listener->tcp, 0);
    }
}

static void wait(struct net_listener *listener, uint64_t ms)
{
    listener->is_waiting = true;
    uv_timer_start(&listener->net->accept_timer, on_accept_timer, ms, 0);
}

/* Whether one more may be taken in this round. */
static bool may_accept(struct net *net)
{
    uint64_t now_ms = uv_now(net->loop); /* the same for all of a round */

    if (now_ms != net->accepting_ms)
        net->accepted = 0;
    net->accepting_ms = now_ms;
    return net->accepted++ < NET_CALLS_AT_ONCE;
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct net_listener *listener = stream->data;
    struct net *net = listener->net;
    struct sockaddr_storage address = {0};
    int address_len = sizeof address;

    if (status != 0)
        return; /* it was given up before it was taken, or descriptors ran out: libuv goes on */
    if (!may_accept(net)) {
        wait(listener, 1); /* at once would be before anything else */
        return;
    }
    struct net_conn *conn = net_conn_new(net, 0, "");
    if (conn == NULL) {
        wait(listener, NET_PAUSE_MS);
        return;
    }
    listener->is_waiting = false;
    uv_tcp_init(net->loop, &conn->tcp);
    conn->tcp.data = conn;
    conn->has_tcp = true;
    conn->references++;
    int error = uv_accept(stream, (uv_stream_t *)&conn->tcp);
    if (error == 0)
        error = uv_tcp_getpeername(&conn->tcp, (struct sockaddr *)&address, &address_len);
    if (error != 0) {
        net_conn_close(conn, uv_strerror(error));
        return;
    }
    net_address_text(conn->address, (const struct sockaddr *)&address);
    enter(conn, &address);
}

static int bind_and_listen(struct net_listener *listener, const struct sockaddr *address)
{
    struct sockaddr_storage bound = {0};
    int bound_len = sizeof bound;
    /* [::] and 0.0.0.0 may then both be asked for, and mean what they say. */
    int error =
        uv_tcp_bind(&listener->tcp, address, address->sa_family == AF_INET6 ? UV_TCP_IPV6ONLY : 0);

    if (error == 0)
        error = uv_listen((uv_stream_t *)&listener->tcp, BACKLOG, on_connection);
    if (error == 0)
        error = uv_tcp_getsockname(&listener->tcp, (struct sockaddr *)&bound, &bound_len);
    if (error == 0)
        net_address_text(listener->address, (const struct sockaddr *)&bound);
    return error;
}

enum exit_status net_listen(struct net *net, const struct sockaddr *address)
{
    struct net_listener *listener = calloc(1, sizeof *listener);
    char text[NET_ADDRESS_TEXT_SIZE];

    if (listener == NULL)
        return fail_no_memory();
    listener->net = net;
    uv_tcp_init(net->loop, &listener->tcp);
    listener->tcp.data = listener;
    int error = bind_and_listen(listener, address);
    if (error != 0) {
        uv_close((uv_handle_t *)&listener->tcp, free_listener);
        net_address_text(text, address);
        return fail(error == UV_EACCES ? EXIT_NOT_ALLOWED : EXIT_IO, NULL,
                    "cannot listen on %s: %s", text, uv_strerror(error));
    }
    net->listeners[net->listener_count++] = listener;
    return EXIT_DONE;
}

size_t net_listen_count(const struct net *net)
{
    return net->listener_count;
}

const char *net_listen_at(const struct net *net, size_t index)
{
    return net->listeners[index]->address;
}
