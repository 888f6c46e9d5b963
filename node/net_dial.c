/* Calls that go out: a name is looked up, and its addresses are tried one after another. */
#include <stdlib.h>
#include <string.h>

#include "net_conn.h"

/* Addresses of one name that are tried. */
enum { ADDRESSES_MAX = 8 };
/* libuv has four threads for look-ups, and one that hangs cannot be called off: who certifies nodes
 * whose names nobody answers for shall not keep configured peers waiting. */
enum { ROSTER_LOOKUPS_MAX = 2 };

struct net_dialing {
    uv_getaddrinfo_t lookup;
    bool is_looking_up;
    struct sockaddr_storage addresses[ADDRESSES_MAX];
    size_t count, next;
    uv_connect_t connect;
    int error; /* of the last that was tried */
};

static void try_next(struct net_conn *conn);

void net_dialing_end(struct net_conn *conn)
{
    struct net_dialing *dialing = conn->dialing;

    if (dialing->is_looking_up)
        (void)uv_cancel((uv_req_t *)&dialing->lookup); /* on_found comes, now or later */
}

static void free_dialing(struct net_conn *conn)
{
    free(conn->dialing);
    conn->dialing = NULL;
}

static void on_timer(uv_timer_t *timer)
{
    net_conn_close(timer->data, "no answer");
}

/* The last attempt's socket is gone. */
static void on_attempt_closed(uv_handle_t *handle)
{
    struct net_conn *conn = handle->data;

    if (conn->is_closed)
        free_dialing(conn);
    else
        try_next(conn);
    net_conn_release(conn);
}

static void on_connected(uv_connect_t *request, int status)
{
    struct net_conn *conn = request->data;

    if (conn->is_closed) {
        free_dialing(conn);
    } else if (status == 0) {
        free_dialing(conn);
        net_conn_begin(conn);
    } else {
        conn->dialing->error = status;
        uv_close((uv_handle_t *)&conn->tcp, on_attempt_closed);
        conn->has_tcp = false; /* net_conn_close leaves it alone from here on */
    }
}

static void try_next(struct net_conn *conn)
{
    struct net_dialing *dialing = conn->dialing;

    if (dialing->next == dialing->count) {
        const char *why = uv_strerror(dialing->error);
        free_dialing(conn);
        net_conn_close(conn, why);
        return;
    }
    const struct sockaddr *address = (struct sockaddr *)&dialing->addresses[dialing->next++];
    uv_tcp_init(conn->net->loop, &conn->tcp);
    conn->tcp.data = conn;
    conn->has_tcp = true;
    conn->references++;
    dialing->connect.data = conn;
    int error = uv_tcp_connect(&dialing->connect, &conn->tcp, address, on_connected);
    if (error != 0) {
        dialing->error = error;
        uv_close((uv_handle_t *)&conn->tcp, on_attempt_closed);
        conn->has_tcp = false;
    }
}

static void on_found(uv_getaddrinfo_t *lookup, int status, struct addrinfo *found)
{
    struct net_conn *conn = lookup->data;
    struct net_dialing *dialing = conn->dialing;

    dialing->is_looking_up = false;
    conn->net->roster_lookups -= conn->has_expected;
    dialing->error = status;
    for (const struct addrinfo *one = found; one != NULL && dialing->count < ADDRESSES_MAX;
         one = one->ai_next)
        if (one->ai_addrlen <= sizeof dialing->addresses[0])
            memcpy(&dialing->addresses[dialing->count++], one->ai_addr, one->ai_addrlen);
    uv_freeaddrinfo(found);
    if (conn->is_closed)
        free_dialing(conn);
    else
        try_next(conn);
    net_conn_release(conn);
}

static bool split(char *host, char *port, const char *address)
{
    const char *colon = strrchr(address, ':');

    if (colon == NULL || strlen(address) > GARITA_NODE_ADDRESS_BYTES_MAX)
        return false;
    size_t len = (size_t)(colon - address);
    if (len > 2 && address[0] == '[' && address[len - 1] == ']') {
        address++;
        len -= 2;
    }
    memcpy(host, address, len);
    host[len] = '\0';
    strcpy(port, colon + 1);
    return true;
}

/* Most hosts are written as numbers: nothing to look up. */
static bool read_number(struct sockaddr_storage *out, const char *host, const char *port)
{
    int number = atoi(port); /* well-formed, as the address that it stands in */

    return uv_ip4_addr(host, number, (struct sockaddr_in *)out) == 0 ||
           uv_ip6_addr(host, number, (struct sockaddr_in6 *)out) == 0;
}

static void look_up(struct net_conn *conn, const char *host, const char *port)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct net_dialing *dialing = conn->dialing;

    dialing->lookup.data = conn;
    bool is_room = !conn->has_expected || conn->net->roster_lookups < ROSTER_LOOKUPS_MAX;
    int error =
        is_room ? uv_getaddrinfo(conn->net->loop, &dialing->lookup, on_found, host, port, &hints)
                : UV_EAGAIN;
    if (error != 0) {
        free_dialing(conn);
        net_conn_close(conn, uv_strerror(error));
        return;
    }
    dialing->is_looking_up = true;
    conn->net->roster_lookups += conn->has_expected;
    conn->references++;
}

bool net_dial(struct net *net, uint32_t dial, const char *address, const uint8_t *noise_key)
{
    char host[GARITA_NODE_ADDRESS_BYTES_MAX + 1], port[GARITA_NODE_ADDRESS_BYTES_MAX + 1];
    struct net_dialing *dialing = calloc(1, sizeof *dialing);
    struct net_conn *conn = NULL;

    if (dialing != NULL && !net->is_stopping && split(host, port, address))
        conn = net_conn_new(net, dial, address);
    if (conn == NULL) {
        free(dialing);
        return false;
    }
    if (noise_key != NULL) {
        conn->has_expected = true;
        memcpy(conn->expected, noise_key, sizeof conn->expected);
    }
    conn->dialing = dialing;
    uv_timer_start(&conn->timer, on_timer, NET_CONNECT_MS, 0);
    if (read_number(&dialing->addresses[0], host, port)) {
        dialing->count = 1;
        try_next(conn);
    } else {
        look_up(conn, host, port);
    }
    return true;
}
