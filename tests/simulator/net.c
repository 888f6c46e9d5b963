#include "net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/wire.h"

#include "foe.h"
#include "node.h"
#include "world.h"

/* A dial to where nothing answers is given up after this. */
#define DIAL_TIMEOUT (10 * SIM_S)

struct packet {
    size_t len;
    uint8_t bytes[];
};

struct dial {
    uint32_t number;
    unsigned epoch;
    bool has_key;
    uint8_t noise_key[GARITA_NOISE_KEY_SIZE];
    char address[GARITA_NODE_ADDRESS_BYTES_MAX + 1];
};

static bool is_blocked(const struct sim *sim, unsigned from, unsigned to)
{
    return sim->blocks != NULL && sim->blocks[from * sim->node_count + to] != 0;
}

static int64_t latency(struct sim *sim)
{
    return sim->options.latency + dice_exponential(&sim->dice, sim->options.latency_more);
}

static void *copy(const void *of, size_t size)
{
    void *out = malloc(size);

    WORLD_REQUIRE(out != NULL);
    memcpy(out, of, size);
    return out;
}

/* --- sessions --- */

static void add_session(struct node *node, uint32_t session)
{
    if (node->session_count == node->session_cap) {
        node->session_cap = node->session_cap == 0 ? 8 : 2 * node->session_cap;
        node->sessions = realloc(node->sessions, node->session_cap * sizeof *node->sessions);
        WORLD_REQUIRE(node->sessions != NULL);
    }
    node->sessions[node->session_count++] = session;
}

static void remove_session(struct node *node, uint32_t session)
{
    for (size_t i = 0; i < node->session_count; i++) {
        if (node->sessions[i] == session) {
            node->sessions[i] = node->sessions[--node->session_count];
            return;
        }
    }
}

static uint32_t new_session(struct sim *sim, struct node *from, struct node *to)
{
    if (sim->session_count == sim->session_cap) {
        sim->session_cap = sim->session_cap == 0 ? 64 : 2 * sim->session_cap;
        sim->sessions = realloc(sim->sessions, sim->session_cap * sizeof *sim->sessions);
        WORLD_REQUIRE(sim->sessions != NULL);
    }
    sim->sessions[sim->session_count] =
        (struct session){.ends = {from->index, to->index}, .epochs = {from->epoch, to->epoch}};
    add_session(from, (uint32_t)sim->session_count);
    add_session(to, (uint32_t)sim->session_count);
    return (uint32_t)sim->session_count++;
}

/* A link is an end of a session. */
static uint32_t link_of(uint32_t session, unsigned end)
{
    return 2 * session + end + 1;
}

static bool is_alive(const struct sim *sim, const struct session *session, unsigned end)
{
    const struct node *node = &sim->nodes[session->ends[end]];

    return node->is_up && node->epoch == session->epochs[end];
}

/* The session is no more: each end is told, in its time. */
static void kill_session(struct sim *sim, uint32_t number, int64_t at0, int64_t at1)
{
    struct session *session = &sim->sessions[number];

    if (session->is_dead)
        return;
    session->is_dead = true;
    queue_put(&sim->queue, at0, SIM_LOST, number, 0, NULL);
    queue_put(&sim->queue, at1, SIM_LOST, number, 1, NULL);
}

static void lost(struct sim *sim, uint32_t number, unsigned end)
{
    struct session *session = &sim->sessions[number];
    struct node *node = &sim->nodes[session->ends[end]];

    remove_session(node, number);
    if (!session->is_open[end])
        return;
    session->is_open[end] = false;
    if (!is_alive(sim, session, end))
        return;
    engine_lost(node->engine, node_time(node), link_of(number, end));
    node_pump(node);
}

void net_drop_all(struct node *node, bool is_told)
{
    struct sim *sim = node->sim;

    while (node->session_count > 0) {
        uint32_t number = node->sessions[node->session_count - 1];
        struct session *session = &sim->sessions[number];
        for (unsigned end = 0; end < 2; end++)
            if (session->ends[end] == node->index && session->epochs[end] == node->epoch)
                session->is_open[end] = false;
        remove_session(node, number);
        if (is_told)
            kill_session(sim, number, sim->now + latency(sim), sim->now + latency(sim));
    }
}

void net_cut(struct sim *sim, uint32_t number)
{
    kill_session(sim, number, sim->now + latency(sim), sim->now + latency(sim));
}

void net_close(struct node *node, uint32_t link)
{
    struct sim *sim = node->sim;
    uint32_t number = (link - 1) / 2;
    unsigned end = (link - 1) % 2;
    struct session *session = &sim->sessions[number];
    int64_t leaves = session->free_at[end] > sim->now ? session->free_at[end] : sim->now;

    if (leaves > sim->now + SIM_S)
        leaves = sim->now + SIM_S;
    int64_t arrives = leaves + latency(sim);
    if (session->last_at[end] > arrives)
        arrives = session->last_at[end];
    /* what is under way still arrives; the other end hears of the end behind it */
    if (session->is_dead)
        return;
    session->is_dead = true;
    queue_put(&sim->queue, leaves, SIM_LOST, number, end, NULL);
    queue_put(&sim->queue, arrives + 1, SIM_LOST, number, 1 - end, NULL);
}

/* --- dialing --- */

void net_dial(struct node *node, uint32_t number, const char *address, const uint8_t *noise_key)
{
    struct sim *sim = node->sim;
    struct dial dial = {.number = number, .epoch = node->epoch, .has_key = noise_key != NULL};

    if (noise_key != NULL)
        memcpy(dial.noise_key, noise_key, sizeof dial.noise_key);
    WORLD_REQUIRE(strlen(address) < sizeof dial.address);
    memcpy(dial.address, address, strlen(address) + 1);
    queue_put(&sim->queue, sim->now + latency(sim), SIM_DIALED, node->index, 0,
              copy(&dial, sizeof dial));
}

static struct node *find(struct sim *sim, const char *address)
{
    unsigned long index;
    char *end;

    if (address[0] != 'n') /* ours begin so, and their number follows */
        return NULL;
    index = strtoul(address + 1, &end, 10);
    if (index >= sim->node_count || strcmp(sim->nodes[index].address, address) != 0)
        return NULL;
    return &sim->nodes[index];
}

/* The first message of a handshake has arrived, or has not. */
static void dialed(struct sim *sim, struct node *from, const struct dial *dial)
{
    struct node *to = find(sim, dial->address);
    int64_t back = sim->now + latency(sim);

    if (to == NULL || !to->is_up) {
        bool is_silent = to != NULL && dice_chance(&sim->dice, 500);
        queue_put(&sim->queue, is_silent ? sim->now + DIAL_TIMEOUT : back, SIM_OPEN, UINT32_MAX,
                  from->index, copy(dial, sizeof *dial));
        return;
    }
    if (is_blocked(sim, from->index, to->index) || is_blocked(sim, to->index, from->index)) {
        queue_put(&sim->queue, sim->now + DIAL_TIMEOUT, SIM_OPEN, UINT32_MAX, from->index,
                  copy(dial, sizeof *dial));
        return;
    }
    if (dial->has_key && memcmp(dial->noise_key, to->noise_key, sizeof to->noise_key) != 0) {
        queue_put(&sim->queue, back, SIM_OPEN, UINT32_MAX, from->index, copy(dial, sizeof *dial));
        return;
    }
    uint32_t session = new_session(sim, from, to);
    queue_put(&sim->queue, back, SIM_OPEN, session, 0, copy(dial, sizeof *dial));
    queue_put(&sim->queue, back + latency(sim), SIM_OPEN, session, 1, copy(dial, sizeof *dial));
}

static void opened(struct sim *sim, uint32_t number, unsigned end, const struct dial *dial)
{
    struct session *session = &sim->sessions[number];
    struct node *node = &sim->nodes[session->ends[end]];
    const struct node *peer = &sim->nodes[session->ends[1 - end]];

    if (session->is_dead || !is_alive(sim, session, end)) {
        if (end == 0 && is_alive(sim, session, end)) {
            engine_dial_failed(node->engine, node_time(node), dial->number);
            node_pump(node);
        }
        if (!session->is_dead)
            kill_session(sim, number, sim->now + 1, sim->now + latency(sim));
        return;
    }
    session->is_open[end] = true;
    node->has_met_foe = node->has_met_foe || peer->foe != FOE_NONE;
    trace_line(&sim->trace, sim->now, "%s %s %s", node->name, end == 0 ? "calls" : "answers",
               peer->name);
    engine_opened(node->engine, node_time(node), link_of(number, end), end == 0 ? dial->number : 0,
                  peer->noise_key, peer->address, peer->payload.at, peer->payload.len);
    node_pump(node);
}

static void dial_failed(struct sim *sim, unsigned from, const struct dial *dial)
{
    struct node *node = &sim->nodes[from];

    if (!node->is_up || node->epoch != dial->epoch)
        return;
    engine_dial_failed(node->engine, node_time(node), dial->number);
    node_pump(node);
}

/* --- packets --- */

static void deliver_at(struct sim *sim, uint32_t number, unsigned end, int64_t at,
                       const uint8_t *bytes, size_t len)
{
    struct packet *packet = malloc(sizeof *packet + len);

    WORLD_REQUIRE(packet != NULL);
    packet->len = len;
    memcpy(packet->bytes, bytes, len);
    queue_put(&sim->queue, at, SIM_PACKET, number, end, packet);
}

/* When the last byte of it is on its way; tells the engine when it is. */
static int64_t leave(struct node *node, uint32_t number, unsigned end, size_t len)
{
    struct sim *sim = node->sim;
    struct session *session = &sim->sessions[number];
    int64_t at = session->free_at[end] > sim->now ? session->free_at[end] : sim->now;

    if (node->rate == 0 && at == sim->now) {
        engine_sent(node->engine, node_time(node), link_of(number, end), len);
        return at;
    }
    if (node->rate > 0)
        at += (int64_t)len * SIM_S / node->rate;
    session->free_at[end] = at;
    queue_put(&sim->queue, at, SIM_LEFT, number, end, copy(&len, sizeof len));
    return at;
}

void net_send(struct node *node, uint32_t link, const uint8_t *bytes, size_t len)
{
    struct sim *sim = node->sim;
    uint32_t number = (link - 1) / 2;
    unsigned end = (link - 1) % 2;
    struct session *session = &sim->sessions[number];
    unsigned peer = session->ends[1 - end];

    node->bytes_out += len;
    trace_mix(&sim->trace, (uint64_t)sim->now, (uint64_t)link << 32 | len);
    if (session->is_dead || !session->is_open[end])
        return;
    int64_t at = leave(node, number, end, len) + latency(sim);
    if (is_blocked(sim, node->index, peer))
        return;
    if (sim->loss > 0 && dice_chance(&sim->dice, sim->loss)) {
        sim_count(sim, SIM_LOSS, 1);
        return;
    }
    if (sim->reorders > 0 && dice_chance(&sim->dice, sim->reorders)) {
        sim_count(sim, SIM_REORDER, 1);
        at += dice_below(&sim->dice, 2000) * SIM_MS;
    } else {
        if (at < session->last_at[end])
            at = session->last_at[end];
        session->last_at[end] = at;
    }
    deliver_at(sim, number, end, at, bytes, len);
    if (sim->duplicates > 0 && dice_chance(&sim->dice, sim->duplicates)) {
        sim_count(sim, SIM_DUPLICATE, 1);
        deliver_at(sim, number, end, at + dice_below(&sim->dice, 5000) * SIM_MS, bytes, len);
    }
}

/* For the figures: heads, and bodies by the first piece of each. */
static void count(struct node *node, const struct packet *packet)
{
    struct wire_reader reader = {.bytes = packet->bytes, .len = packet->len};
    struct wire_message message;

    while (wire_next(&reader, &message) == WIRE_OK) {
        node->heads_in += message.kind == WIRE_HEAD;
        node->bodies_in += message.kind == WIRE_RUN && message.as.run.offset == 0;
    }
}

/* What a packet says, where all is printed. */
static void show(const struct node *from, const struct node *to, const struct packet *packet)
{
    static const char *const names[] = {
        [WIRE_STATEMENT] = "statement", [WIRE_PROOF] = "proof",   [WIRE_EVIDENCE] = "evidence",
        [WIRE_HELLO] = "hello",         [WIRE_DIGEST] = "digest", [WIRE_VECTOR] = "vector",
        [WIRE_HEAD] = "head",           [WIRE_WANT] = "want",     [WIRE_RUN] = "run",
        [WIRE_NONE] = "none",           [WIRE_LIST] = "list",     [WIRE_ASK] = "ask",
        [WIRE_CLOSE] = "close",         [WIRE_STOP] = "stop",     [WIRE_LARGE] = "large"};
    struct wire_reader reader = {.bytes = packet->bytes, .len = packet->len};
    struct wire_message message;

    printf("%12.6f %s -> %s:", (double)to->sim->now / 1e6, from->name, to->name);
    while (wire_next(&reader, &message) == WIRE_OK) {
        const garita_digest *prefix = message.kind == WIRE_HEAD   ? &message.as.head.prefix
                                      : message.kind == WIRE_WANT ? &message.as.want.prefix
                                                                  : NULL;
        const char *name = message.kind < sizeof names / sizeof *names ? names[message.kind] : NULL;
        printf(" %s", name == NULL ? "?" : name);
        for (size_t i = 0; prefix != NULL && i < to->sim->realm.agency_count; i++)
            if (memcmp(to->sim->realm.agencies[i].log_id.bytes, prefix->bytes, sizeof *prefix) == 0)
                printf("(%s)", to->sim->realm.agencies[i].name);
    }
    puts("");
}

static void arrived(struct sim *sim, uint32_t number, unsigned end, const struct packet *packet)
{
    const struct session *session = &sim->sessions[number];
    struct node *node = &sim->nodes[session->ends[1 - end]];

    if (!session->is_open[1 - end] || !is_alive(sim, session, 1 - end))
        return;
    node->bytes_in += packet->len;
    if (sim->options.is_loud)
        show(&sim->nodes[session->ends[end]], node, packet);
    if (!sim->options.has_faults)
        count(node, packet);
    trace_mix_bytes(&sim->trace, packet->bytes, packet->len);
    foe_hears(node, packet->bytes, packet->len);
    engine_received(node->engine, node_time(node), link_of(number, 1 - end), packet->bytes,
                    packet->len);
    node_pump(node);
}

static void left(struct sim *sim, uint32_t number, unsigned end, size_t len)
{
    const struct session *session = &sim->sessions[number];
    struct node *node = &sim->nodes[session->ends[end]];

    if (!session->is_open[end] || !is_alive(sim, session, end))
        return;
    engine_sent(node->engine, node_time(node), link_of(number, end), len);
    node_pump(node);
}

void net_handle(struct sim *sim, const struct queue_event *event)
{
    size_t len;

    switch (event->kind) {
    case SIM_DIALED: {
        const struct dial *dial = event->body;
        struct node *node = &sim->nodes[event->a];
        if (node->is_up && node->epoch == dial->epoch)
            dialed(sim, node, dial);
        break;
    }
    case SIM_OPEN:
        if (event->a == UINT32_MAX)
            dial_failed(sim, event->b, event->body);
        else
            opened(sim, event->a, event->b, event->body);
        break;
    case SIM_LOST:
        lost(sim, event->a, event->b);
        break;
    case SIM_PACKET:
        arrived(sim, event->a, event->b, event->body);
        break;
    default:
        memcpy(&len, event->body, sizeof len);
        left(sim, event->a, event->b, len);
        break;
    }
}
