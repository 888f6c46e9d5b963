#include "net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net_conn.h"

void net_address_text(char out[NET_ADDRESS_TEXT_SIZE], const struct sockaddr *address)
{
    char host[INET6_ADDRSTRLEN] = "?";

    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 ip6;
        memcpy(&ip6, address, sizeof ip6);
        inet_ntop(AF_INET6, &ip6.sin6_addr, host, sizeof host);
        snprintf(out, NET_ADDRESS_TEXT_SIZE, "[%s]:%u", host, (unsigned)ntohs(ip6.sin6_port));
    } else {
        struct sockaddr_in ip4;
        memcpy(&ip4, address, sizeof ip4);
        inet_ntop(AF_INET, &ip4.sin_addr, host, sizeof host);
        snprintf(out, NET_ADDRESS_TEXT_SIZE, "%s:%u", host, (unsigned)ntohs(ip4.sin_port));
    }
}

/* --- the table of connections --- */

static struct net_conn **bucket_of(struct net *net, uint32_t id)
{
    return &net->buckets[id % NET_BUCKETS];
}

struct net_conn *net_conn_find(const struct net *net, uint32_t id)
{
    struct net_conn *conn = net->buckets[id % NET_BUCKETS];

    while (conn != NULL && conn->id != id)
        conn = conn->next_in_bucket;
    return conn;
}

static void on_timer(uv_timer_t *timer)
{
    struct net_conn *conn = timer->data;

    net_conn_close(conn, conn->channel == NULL ? "no answer" : "handshake not finished in time");
}

struct net_conn *net_conn_new(struct net *net, uint32_t dial, const char *address)
{
    struct net_conn *conn = calloc(1, sizeof *conn);

    if (conn == NULL)
        return NULL;
    do
        conn->id = ++net->last_id;
    while (conn->id == 0 || net_conn_find(net, conn->id) != NULL); /* after four billion calls */
    conn->net = net;
    conn->dial = dial;
    snprintf(conn->address, sizeof conn->address, "%s", address);
    uv_timer_init(net->loop, &conn->timer);
    conn->timer.data = conn;
    conn->references = 1;
    struct net_conn **bucket = bucket_of(net, conn->id);
    conn->next_in_bucket = *bucket;
    *bucket = conn;
    net->conn_count++;
    return conn;
}

void net_conn_release(struct net_conn *conn)
{
    struct net *net = conn->net;
    const struct net_events *events = net->events;
    struct net_conn **at = bucket_of(net, conn->id);

    if (--conn->references > 0)
        return;
    while (*at != conn)
        at = &(*at)->next_in_bucket;
    *at = conn->next_in_bucket;
    net->conn_count--;
    channel_free(conn->channel);
    if (conn->is_open)
        events->lost(events->context, conn->id);
    free(conn);
}

static void on_closed(uv_handle_t *handle)
{
    net_conn_release(handle->data);
}

/* A call that came to nothing is told here, since the look-up of a name may hold the connection for
 * much longer. */
static void on_timer_closed(uv_handle_t *handle)
{
    struct net_conn *conn = handle->data;
    const struct net_events *events = conn->net->events;

    if (!conn->is_open && conn->dial != 0)
        events->dial_failed(events->context, conn->dial);
    net_conn_release(conn);
}

static void tell_failed(struct net_conn *conn, const char *why)
{
    struct net *net = conn->net;
    int64_t now_ms = (int64_t)uv_now(net->loop);
    uint64_t suppressed;

    if (conn->dial != 0 && !failures_is_news(&net->failures, conn->address, why, now_ms))
        return;
    if (log_allows(&net->handshakes, now_ms, &suppressed))
        log_event(LOG_LEVEL_INFO, conn->dial != 0 ? "call-failed" : "handshake-failed",
                  LOG_TEXT("address", conn->address), LOG_TEXT("reason", why),
                  LOG_COUNT("suppressed", suppressed));
}

void net_conn_close(struct net_conn *conn, const char *why)
{
    if (conn->is_closed)
        return;
    conn->is_closed = true;
    if (!conn->is_open && why != NULL)
        tell_failed(conn, why);
    if (conn->dial == 0 && !conn->is_open)
        gate_leave(conn->net->gate, conn->id);
    if (conn->dialing != NULL)
        net_dialing_end(conn);
    uv_close((uv_handle_t *)&conn->timer, on_timer_closed);
    if (conn->has_tcp)
        uv_close((uv_handle_t *)&conn->tcp, on_closed);
}

/* --- writing --- */

struct writing {
    uv_write_t request;
    struct net_conn *conn;
    size_t packet_len; /* 0: a handshake's message */
    uint8_t bytes[];
};

static void on_written(uv_write_t *request, int status)
{
    struct writing *writing = (struct writing *)request;
    struct net_conn *conn = writing->conn;
    const struct net_events *events = conn->net->events;

    if (status != 0)
        net_conn_close(conn, uv_strerror(status));
    else if (writing->packet_len > 0 && !conn->is_closed)
        events->sent(events->context, conn->id, writing->packet_len);
    free(writing);
}

/* Takes writing over. */
static void write_out(struct net_conn *conn, struct writing *writing, size_t len)
{
    uv_buf_t buffer = uv_buf_init((char *)writing->bytes, (unsigned)len);

    writing->conn = conn;
    int error = uv_write(&writing->request, (uv_stream_t *)&conn->tcp, &buffer, 1, on_written);
    if (error != 0) {
        free(writing);
        net_conn_close(conn, uv_strerror(error));
    }
}

void net_send(struct net *net, engine_link_id link, const uint8_t *packet, size_t len)
{
    struct net_conn *conn = net_conn_find(net, link);

    if (conn == NULL || !conn->is_open || conn->is_ending || conn->is_closed)
        return;
    struct writing *writing =
        malloc(sizeof *writing + len + CHANNEL_RECORD_MAX - ENGINE_PACKET_MAX);
    size_t sealed = writing != NULL ? channel_seal(conn->channel, writing->bytes, packet, len) : 0;
    if (sealed == 0) { /* worn out, or no memory: a new session is called for */
        free(writing);
        net_conn_close(conn, NULL);
        return;
    }
    writing->packet_len = len;
    write_out(conn, writing, sealed);
}

/* --- the handshake, and reading --- */

static void open_link(struct net_conn *conn)
{
    const struct net_events *events = conn->net->events;
    size_t payload_len;
    const uint8_t *payload = channel_payload(conn->channel, &payload_len);

    conn->is_open = true;
    uv_timer_stop(&conn->timer);
    if (conn->dial == 0)
        gate_leave(conn->net->gate, conn->id);
    else
        failures_forget(&conn->net->failures, conn->address);
    events->opened(events->context, conn->id, conn->dial, channel_peer(conn->channel),
                   conn->address, payload, payload_len);
}

/* True if the connection can go on. */
static bool check_channel(struct net_conn *conn)
{
    if (channel_state(conn->channel) != CHANNEL_BROKEN)
        return true;
    net_conn_close(conn, channel_error_text(channel_error(conn->channel)));
    return false;
}

void net_conn_shake(struct net_conn *conn)
{
    struct writing *writing = malloc(sizeof *writing + CHANNEL_RECORD_MAX);

    if (writing == NULL) {
        net_conn_close(conn, "out of memory");
        return;
    }
    size_t len = channel_shake(conn->channel, writing->bytes);
    writing->packet_len = 0;
    if (len > 0)
        write_out(conn, writing, len);
    else
        free(writing);
    if (!conn->is_closed && check_channel(conn) && !conn->is_open &&
        channel_state(conn->channel) == CHANNEL_OPEN)
        open_link(conn);
}

/* What the channel made of the bytes so far. True if there may be more. */
static bool go_on(struct net_conn *conn, const uint8_t *packet, size_t packet_len)
{
    const struct net_events *events = conn->net->events;

    if (!check_channel(conn))
        return false;
    if (!conn->is_open && channel_owes(conn->channel)) {
        if (conn->dial != 0)
            net_conn_shake(conn);
        else
            net_gate_ready(conn);
    } else if (!conn->is_open && channel_state(conn->channel) == CHANNEL_OPEN) {
        open_link(conn);
    } else if (packet != NULL) {
        events->received(events->context, conn->id, packet, packet_len);
    }
    return !conn->is_closed && !conn->is_ending;
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
    struct net_conn *conn = stream->data;
    const uint8_t *at = (const uint8_t *)buffer->base, *packet;
    size_t packet_len, taken;

    if (got < 0) {
        net_conn_close(conn, got == UV_EOF ? "the peer went away" : uv_strerror((int)got));
        return;
    }
    /* What comes while a link ends is read, so that the other side gets our last words and no
     * reset, and is of no more use. */
    for (size_t len = (size_t)got; len > 0 && !conn->is_closed && !conn->is_ending; len -= taken) {
        taken = channel_receive(conn->channel, at, len, &packet, &packet_len);
        at += taken;
        if (!go_on(conn, packet, packet_len) || taken == 0)
            return;
    }
}

static void give_buffer(uv_handle_t *handle, size_t wanted, uv_buf_t *out)
{
    struct net_conn *conn = handle->data;

    (void)wanted;
    *out = uv_buf_init(conn->net->read_buffer, NET_READ_BYTES);
}

void net_conn_begin(struct net_conn *conn)
{
    uv_tcp_nodelay(&conn->tcp, 1);
    conn->channel =
        channel_new(conn->net->self, conn->dial != 0, conn->has_expected ? conn->expected : NULL);
    if (conn->channel == NULL) {
        net_conn_close(conn, "out of memory");
        return;
    }
    if (conn->dial != 0) {
        uv_timer_start(&conn->timer, on_timer, GATE_DEADLINE_MS, 0);
        net_conn_shake(conn);
    }
    if (!conn->is_closed && uv_read_start((uv_stream_t *)&conn->tcp, give_buffer, on_read) != 0)
        net_conn_close(conn, "cannot be read from");
}

/* --- ending --- */

static void on_end_timer(uv_timer_t *timer)
{
    net_conn_close(timer->data, NULL);
}

/* The rest is up to the peer, who closes too, or to the timer. */
static void on_shut_down(uv_shutdown_t *request, int status)
{
    struct net_conn *conn = request->data;

    if (status != 0)
        net_conn_close(conn, NULL);
    net_conn_release(conn);
}

static void end(struct net_conn *conn)
{
    if (conn->is_ending || conn->is_closed)
        return;
    conn->is_ending = true;
    conn->shutdown.data = conn;
    uv_timer_start(&conn->timer, on_end_timer, NET_END_MS, 0);
    if (uv_shutdown(&conn->shutdown, (uv_stream_t *)&conn->tcp, on_shut_down) == 0)
        conn->references++;
    else
        net_conn_close(conn, NULL);
}

void net_end(struct net *net, engine_link_id link)
{
    struct net_conn *conn = net_conn_find(net, link);

    if (conn != NULL)
        end(conn);
}

/* --- life --- */

struct net *net_new(uv_loop_t *loop, const struct channel_self *self,
                    const struct net_events *events)
{
    struct net *net = calloc(1, sizeof *net);

    if (net == NULL)
        return NULL;
    net->loop = loop;
    net->self = self;
    net->events = events;
    if (!net_gate_start(net)) {
        free(net);
        return NULL;
    }
    return net;
}

static void close_where(struct net *net, bool open_too)
{
    for (size_t i = 0; i < NET_BUCKETS; i++)
        for (struct net_conn *conn = net->buckets[i]; conn != NULL; conn = conn->next_in_bucket)
            if (open_too || !conn->is_open)
                net_conn_close(conn, NULL);
}

void net_stop(struct net *net)
{
    if (net->is_stopping)
        return;
    net->is_stopping = true;
    close_where(net, false);
    net_gate_stop(net);
}

bool net_is_quiet(const struct net *net)
{
    return net->conn_count == 0;
}

void net_cut(struct net *net)
{
    net_stop(net);
    close_where(net, true);
}

void net_free(struct net *net)
{
    if (net == NULL)
        return;
    gate_free(net->gate);
    free(net);
}
