#include "foe.h"

#include <string.h>

#include "engine/wire.h"

#include "net.h"
#include "node.h"
#include "world.h"

enum {
    FLOOD_PACKETS = 300, /* a second and link: what a line of some Mbit/s carries of small ones */
    REPLAY_BYTES = 64 * 1024,
    FLOOD_STATEMENTS = 800,
    FLOOD_DIGEST_PACKETS = 20,
    BOMB_BATCHES = 2
};

/* --- sending --- */

/* The link of one of its sessions; 0: it has no such. */
static uint32_t link_at(struct node *node, size_t index)
{
    const struct sim *sim = node->sim;

    if (index >= node->session_count)
        return 0;
    uint32_t number = node->sessions[index];
    const struct session *session = &sim->sessions[number];
    unsigned end = session->ends[0] == node->index && session->epochs[0] == node->epoch ? 0 : 1;
    return session->is_open[end] ? 2 * number + end + 1 : 0;
}

static uint32_t any_link(struct node *node)
{
    return node->session_count == 0
               ? 0
               : link_at(node, dice_below(&node->sim->dice, (uint32_t)node->session_count));
}

static void send_any(struct node *node, const uint8_t *bytes, size_t len)
{
    uint32_t link = any_link(node);

    if (link != 0 && len > 0)
        net_send(node, link, bytes, len);
}

static void send_message(struct node *node, const struct wire_message *message)
{
    static uint8_t room[ENGINE_PACKET_MAX];
    struct wire_writer writer = {.bytes = room, .cap = sizeof room};

    if (wire_put(&writer, message))
        send_any(node, room, writer.len);
}

/* --- what is sent --- */

static struct agency *last_agency(struct sim *sim)
{
    return &sim->realm.agencies[sim->realm.agency_count - 1];
}

static garita_digest prefix_of(const garita_hash *log)
{
    garita_digest out;

    memcpy(out.bytes, log->bytes, sizeof out.bytes);
    return out;
}

/* A head that its agency did sign: of more batches than there ever were, or of a time to come. */
static void run_ahead(struct node *node)
{
    struct sim *sim = node->sim;
    struct agency *agency = last_agency(sim);
    garita_head head = agency->main.log.head;
    struct bytes statement = {0};

    if (!agency->main.log.has_head)
        return;
    agency->is_equivocal = true;
    if (dice_chance(&sim->dice, 500)) {
        head.size = GARITA_LOG_SIZE_MAX - dice_below(&sim->dice, 100);
        dice_fill(&sim->dice, head.root.bytes, sizeof head.root.bytes);
    } else {
        head.signed_at = head.signed_at + 10 * 365 * INT64_C(86400) + sim->now / SIM_S;
        head.next_due = head.signed_at;
    }
    realm_sign_any(&sim->realm, agency, &statement, &head);
    struct wire_message message = {.kind = WIRE_HEAD};
    message.as.head.prefix = prefix_of(&agency->log_id);
    message.as.head.statement = (garita_bytes){statement.at, statement.len};
    send_message(node, &message);
    bytes_free(&statement);
}

/* A head, a statement or a proof whose signature is not its signer's. */
static void forge(struct node *node)
{
    struct sim *sim = node->sim;
    struct agency *agency =
        &sim->realm.agencies[dice_below(&sim->dice, (uint32_t)sim->realm.agency_count)];
    uint8_t head[GARITA_HEAD_BYTES_MAX];
    struct wire_message message = {.kind = WIRE_HEAD};

    if (!agency->main.log.has_head)
        return;
    size_t len = agency->main.log.head_len;
    memcpy(head, agency->main.log.head_bytes, len);
    head[dice_below(&sim->dice, (uint32_t)len)] ^= (uint8_t)(1u << dice_below(&sim->dice, 8));
    message.as.head.prefix = prefix_of(&agency->log_id);
    message.as.head.statement = (garita_bytes){head, len};
    if (dice_chance(&sim->dice, 500)) {
        send_message(node, &message);
        return;
    }
    static uint8_t proof[GARITA_EQUIVOCATION_BYTES_MAX];
    garita_equivocation equivocation = {.form = GARITA_FORM_SAME_SIZE};
    struct bytes out = {0};
    garita_message bundled = {.kind = GARITA_MESSAGE_PROOF};
    equivocation.heads[0] = (garita_bytes){agency->main.log.head_bytes, len};
    equivocation.heads[1] = (garita_bytes){head, len};
    garita_equivocation_write(proof, &bundled.bytes.len, &equivocation);
    bundled.bytes.at = proof;
    garita_bundle_write(bytes_sink, &out, &bundled);
    send_any(node, out.at, out.len);
    bytes_free(&out);
}

/* Lengths that are not there, lists without end, and noise. */
static void bomb(struct node *node)
{
    struct sim *sim = node->sim;
    static uint8_t room[ENGINE_PACKET_MAX];
    size_t len = 1 + dice_below(&sim->dice, 2000);

    dice_fill(&sim->dice, room, len);
    switch (dice_below(&sim->dice, 3)) {
    case 0: /* a message that says that it is of four gigabytes */
        room[0] = (uint8_t)(1 + dice_below(&sim->dice, 32));
        memcpy(room + 1, "\xff\xff\xff\xff\x0f", len > 6 ? 5 : 0);
        break;
    case 1: /* a kind that is known, with noise in it */
        room[0] = (uint8_t)(WIRE_HELLO + dice_below(&sim->dice, 12));
        len = 2 + dice_below(&sim->dice, 100);
        room[1] = (uint8_t)(len - 2);
        break;
    default:
        break;
    }
    send_any(node, room, len);
}

/* Statements that nobody asked for, each of them another, to one peer. */
static void flood_statements(struct node *node)
{
    static uint8_t statement[8000], room[sizeof statement + 16];
    uint32_t link = link_at(node, 0);

    for (unsigned i = 0; i < FLOOD_STATEMENTS && link != 0; i++) {
        struct bytes out = {room, 0, sizeof room};
        dice_fill(&node->sim->dice, statement, 16);
        bytes_add_statement(&out, (garita_bytes){statement, sizeof statement});
        net_send(node, link, out.at, out.len);
    }
}

/* Packets full of what is right in itself, and far too much of it, to one peer. */
static void flood_digests(struct node *node)
{
    static uint8_t room[ENGINE_PACKET_MAX];
    struct wire_writer writer = {.bytes = room, .cap = sizeof room};
    struct wire_message message = {.kind = WIRE_DIGEST};
    uint32_t link = link_at(node, 0);

    while (wire_put(&writer, &message))
        message.as.digest.stamp++;
    for (unsigned i = 0; i < FLOOD_DIGEST_PACKETS && link != 0; i++)
        net_send(node, link, room, writer.len);
}

static void flood(struct node *node)
{
    static const uint8_t zeros[ENGINE_PIECE_BYTES];
    struct sim *sim = node->sim;

    for (unsigned i = 0; i < FLOOD_PACKETS; i++) {
        struct wire_message message = {.kind = WIRE_WANT};
        const struct agency *agency =
            &sim->realm.agencies[dice_below(&sim->dice, (uint32_t)sim->realm.agency_count)];
        message.as.want.number = (uint32_t)dice_next(&sim->dice);
        message.as.want.prefix = prefix_of(&agency->log_id);
        if (dice_chance(&sim->dice,
                        500)) { /* a piece of a run that nobody asked for, with no end */
            message = (struct wire_message){.kind = WIRE_RUN};
            message.as.run.number = dice_below(&sim->dice, 16);
            message.as.run.total = ENGINE_RUN_BYTES_MAX;
            message.as.run.offset = dice_below(&sim->dice, 1 << 20);
            message.as.run.bytes =
                (garita_bytes){zeros, dice_chance(&sim->dice, 300) ? ENGINE_PIECE_BYTES : 32};
        }
        send_message(node, &message);
    }
}

static void replay(struct node *node)
{
    struct sim *sim = node->sim;
    uint32_t len;

    for (size_t at = 0; at + sizeof len < node->replay.len; at += sizeof len + len) {
        memcpy(&len, node->replay.at + at, sizeof len);
        if (dice_chance(&sim->dice, 50))
            send_any(node, node->replay.at + at + sizeof len, len);
    }
}

void foe_acts(struct node *node)
{
    switch (node->foe) {
    case FOE_FLOOD:
        if (dice_chance(&node->sim->dice, 50))
            flood_statements(node);
        else if (dice_chance(&node->sim->dice, 50))
            flood(node);
        flood_digests(node);
        break;
    case FOE_FORWARD:
        if (dice_chance(&node->sim->dice, 30))
            run_ahead(node);
        break;
    case FOE_FORGE:
        forge(node);
        break;
    case FOE_BOMB:
        bomb(node);
        break;
    case FOE_REPLAY:
        replay(node);
        break;
    default:
        break;
    }
    node_pump(node);
}

/* --- what it hears and says --- */

static void record(struct node *node, const uint8_t *bytes, size_t len)
{
    uint32_t size = (uint32_t)len;

    if (node->replay.len > REPLAY_BYTES)
        return;
    bytes_add(&node->replay, (const uint8_t *)&size, sizeof size);
    bytes_add(&node->replay, bytes, len);
}

void foe_hears(struct node *node, const uint8_t *bytes, size_t len)
{
    if (node->foe == FOE_REPLAY)
        record(node, bytes, len);
}

bool foe_sends(struct node *node, uint32_t link, const uint8_t *bytes, size_t len)
{
    struct wire_reader reader = {.bytes = bytes, .len = len};
    struct wire_message message;
    bool is_answer = false;

    (void)link;
    if (node->foe == FOE_REPLAY)
        record(node, bytes, len);
    if (node->foe != FOE_WITHHOLD && node->foe != FOE_DRIP)
        return false;
    while (wire_next(&reader, &message) == WIRE_OK)
        is_answer = is_answer || message.kind == WIRE_RUN || message.kind == WIRE_NONE ||
                    message.kind == WIRE_LARGE || message.kind < WIRE_HELLO;
    if (!is_answer)
        return false;
    return node->foe == FOE_WITHHOLD || !dice_chance(&node->sim->dice, 50);
}

bool foe_takes(const struct node *node)
{
    return node->foe != FOE_FREEZE && node->foe != FOE_ECLIPSE;
}

/* A sink that alters some of what goes through. */
struct forger {
    struct node *node;
    garita_bundle_sink sink;
    void *context;
};

static bool forging_sink(void *context, const uint8_t *bytes, size_t len)
{
    struct forger *forger = context;
    struct bytes copy = {0};
    struct dice *dice = &forger->node->sim->dice;

    bytes_add(&copy, bytes, len);
    if (len > 0 && dice_chance(dice, 200))
        copy.at[dice_below(dice, (uint32_t)len)] ^= (uint8_t)(1u << dice_below(dice, 8));
    bool is_written = forger->sink(forger->context, copy.at, copy.len);
    bytes_free(&copy);
    return is_written;
}

bool foe_gives(struct node *node, const garita_hash *log, bool *is_given, garita_bundle_sink sink,
               void *sink_context)
{
    const struct agency *agency = realm_by_log(&node->sim->realm, log);
    struct forger forger = {node, sink, sink_context};
    garita_message message = {.kind = GARITA_MESSAGE_TAIL};
    static const uint8_t zeros[GARITA_BATCH_BYTES_MAX];

    if (agency == NULL || !agency->main.log.has_head ||
        (node->foe != FOE_FORGE && node->foe != FOE_BOMB))
        return false;
    message.head = (garita_bytes){agency->main.log.head_bytes, agency->main.log.head_len};
    *is_given =
        garita_bundle_write(node->foe == FOE_FORGE ? forging_sink : sink,
                            node->foe == FOE_FORGE ? (void *)&forger : sink_context, &message);
    message = (garita_message){.kind = GARITA_MESSAGE_BATCH, .bytes = {zeros, sizeof zeros}};
    if (node->foe == FOE_FORGE)
        message.bytes.len = 10;
    for (size_t i = 0; i < BOMB_BATCHES && *is_given; i++)
        *is_given = garita_bundle_write(sink, sink_context, &message);
    return true;
}

/* --- a later version --- */

bool newer_sends(struct node *node, uint32_t link, const uint8_t *bytes, size_t len)
{
    static const uint8_t hello[] = {WIRE_HELLO, 9, 2, 0, 'l', 'a', 't', 'e', 'r', '.', '.'};
    static const uint8_t unknown[] = {WIRE_SKIPPED_MIN + 7, 3, 'n', 'e', 'w'};
    struct bytes out = {0};

    if (len > ENGINE_PACKET_MAX - sizeof hello - sizeof unknown)
        return false;
    if (bytes[0] == WIRE_HELLO) {
        size_t skip = 2 + (size_t)bytes[1];
        bytes_add(&out, hello, sizeof hello);
        out.at[3] = bytes[3]; /* the flags */
        bytes_add(&out, bytes + skip, len - skip);
    } else {
        bytes_add(&out, bytes, len);
    }
    bytes_add(&out, unknown, sizeof unknown);
    net_send(node, link, out.at, out.len);
    bytes_free(&out);
    return true;
}
