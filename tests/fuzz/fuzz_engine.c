/* The gossip engine: whatever peers, network, disk and clock do, it keeps to what engine.h says
 * (watched.c); and two of them come to hold the same as soon as they are left alone. */
#include "gossip.h"
#include "published.h"
#include "watched.h"

#include <sodium.h>

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    realm_make();
    return 0;
}

static int64_t a_while(uint8_t which, const struct engine *e, const struct engine_time *now)
{
    static const int64_t ms[] = {0,     1,     50,     250,     1000,    5000,
                                 10000, 60000, 600000, 3600000, 86400000};
    size_t count = sizeof ms / sizeof *ms;
    if (which % (count + 1) < count)
        return ms[which % (count + 1)];
    int64_t due = engine_due(e);
    return due > now->ms && due < INT64_MAX / 2 ? due - now->ms : 0;
}

/* --- one engine, and what its peers say --- */

static struct watched two[2], *const one = &two[0];
static bool is_siege;       /* the writer is honest, and node 2 too */
static struct text waiting; /* messages that are not sent yet */
static struct holding all;

static struct watched_link *pick_link(input *in)
{
    size_t which = input_next(in) % WATCHED_LINKS;
    for (size_t i = 0; i < WATCHED_LINKS; i++) {
        struct watched_link *link = &one->links[(which + i) % WATCHED_LINKS];
        if (link->id != 0)
            return link;
    }
    return NULL;
}

static garita_digest prefix_of(size_t log)
{
    garita_digest out;
    memcpy(&out, &realm_logs[log].id, sizeof out);
    return out;
}

/* A digest of the realm, or one of nothing. */
static garita_digest pick_digest(input *in)
{
    garita_digest out;
    uint8_t which = input_next(in);
    if (which < REALM_ITEMS)
        return realm_items[which].item.digest;
    memset(&out, which, sizeof out);
    return out;
}

static void say(const struct wire_message *m)
{
    struct wire_writer writer = {waiting.at, waiting.len, sizeof waiting.at};
    if (wire_put(&writer, m))
        waiting.len = writer.len;
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(garita_digest));
}

static void say_items(input *in, uint8_t kind)
{
    garita_digest digests[8];
    struct wire_message m = {.kind = kind};
    uint8_t group = input_next(in);
    const struct realm_item *item = &realm_items[group % REALM_ITEMS];
    size_t count = 1 + (group >> 5);
    for (size_t i = 0; i < count; i++)
        digests[i] = pick_digest(in);
    qsort(digests, count, sizeof *digests, by_bytes);
    m.as.items.prefix = prefix_of(item->log);
    m.as.items.kind = item->item.kind;
    m.as.items.digests = digests[0].bytes;
    m.as.items.count = count;
    say(&m);
}

static void say_digest(input *in)
{
    uint8_t entries[2 * WIRE_DIGEST_ENTRY_SIZE];
    uint8_t flags = input_next(in);
    struct wire_message m = {.kind = WIRE_DIGEST};
    bool is_swapped = memcmp(&realm_logs[0].id, &realm_logs[1].id, WIRE_TAG_SIZE) > 0;
    m.as.digest.has_echo = flags & 1;
    m.as.digest.stamp = (uint16_t)one->now.ms;
    m.as.digest.echo = (uint16_t)(one->now.ms - input_next(in) * 8);
    m.as.digest.count = (flags >> 1) % 3;
    memset(entries, flags, sizeof entries);
    for (size_t i = 0; i < 2; i++)
        memcpy(entries + i * WIRE_DIGEST_ENTRY_SIZE, &realm_logs[i ^ is_swapped].id, WIRE_TAG_SIZE);
    m.as.digest.entries = entries;
    say(&m);
}

static void say_vector(input *in)
{
    struct text entries = {.len = 0};
    struct wire_writer writer = {entries.at, 0, sizeof entries.at};
    uint8_t flags = input_next(in), logs = input_next(in);
    struct wire_message m = {.kind = WIRE_VECTOR};
    size_t order[REALM_LOGS];
    for (size_t i = 0; i < REALM_LOGS; i++) {
        size_t at = i;
        for (; at > 0 && memcmp(&realm_logs[order[at - 1]].id, &realm_logs[i].id, 32) > 0; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    for (size_t i = 0; i < REALM_LOGS; i++) {
        const struct realm_log *log = &realm_logs[order[i]];
        if (!(logs >> i & 1))
            continue;
        uint8_t how = input_next(in);
        const struct realm_head *head = &log->heads[(how & 7) % (REALM_HEADS + 1)];
        struct wire_vector_log entry = {.prefix = prefix_of(order[i]),
                                        .has_head = (how & 8) != 0,
                                        .size = head->head.size + (how >> 6),
                                        .signed_at = head->head.signed_at,
                                        .head = head->digest};
        if ((how >> 6) == 3) /* of no head at all */
            memset(&entry.head, how, sizeof entry.head);
        static const uint8_t kinds[] = {ENGINE_ITEM_AUTHORITY, ENGINE_ITEM_POLICY, ENGINE_ITEM_NODE,
                                        ENGINE_ITEM_PROOF, ENGINE_ITEM_EVIDENCE};
        for (size_t k = 0; k < sizeof kinds && (how & 16); k++)
            if (how & 32 || k % 2 == 0)
                entry.groups[entry.group_count++] =
                    (struct wire_group){.kind = kinds[k], .count = 1 + how % 3};
        wire_put_vector_log(&writer, &entry);
    }
    memcpy(m.as.vector.tag, &realm_logs[flags >> 1 & 1].id, WIRE_TAG_SIZE);
    m.as.vector.wants_answer = flags & 1;
    m.as.vector.entries = entries.at;
    m.as.vector.entries_len = writer.len;
    say(&m);
}

static void say_head(input *in)
{
    uint8_t which = input_next(in), how = input_next(in);
    size_t log = which % REALM_LOGS;
    const struct realm_head *head = &realm_logs[log].heads[how % (REALM_HEADS + 1)];
    uint8_t bytes[GARITA_HEAD_BYTES_MAX];
    memcpy(bytes, head->bytes, head->len);
    if (how & 128)
        bytes[head->len - 1] ^= 1;
    struct wire_message m = {.kind = WIRE_HEAD};
    m.as.head.prefix = prefix_of(which & 128 ? (log + 1) % REALM_LOGS : log);
    m.as.head.statement = (garita_bytes){bytes, head->len};
    say(&m);
}

static void say_want(input *in)
{
    uint8_t which = input_next(in), how = input_next(in), number = input_next(in);
    struct wire_message m = {.kind = WIRE_WANT};
    struct wire_want *want = &m.as.want;
    const struct realm_item *item = &realm_items[which % REALM_ITEMS];
    want->number = number;
    want->prefix = prefix_of(how & 1 ? item->log : which % REALM_LOGS);
    if (how & 1) {
        want->item = item->item.kind;
        want->digest = item->item.digest;
    } else if (how & 2) {
        const garita_head *head =
            &realm_logs[which % REALM_LOGS].heads[(which >> 3) % (REALM_HEADS + 1)].head;
        want->has_log = true;
        want->size = head->size;
        want->root = head->root;
        want->signed_at = head->signed_at;
    }
    want->wants_batches = !(how & 1) && (how & 4);
    if (how & 8) { /* of whatever run: the bytes of the digest are the script's */
        want->is_resumed = true;
        memset(&want->run, number, sizeof want->run);
        want->range_count = 1 + (how >> 4) % 3;
        uint64_t at = 0;
        for (size_t i = 0; i < want->range_count; i++) {
            want->ranges[i].offset = at + input_next(in) * 64u;
            want->ranges[i].len = 1 + input_next(in) * 64u;
            at = want->ranges[i].offset + want->ranges[i].len;
        }
        if (how & 128)
            want->ranges[want->range_count - 1].len = 0;
    }
    say(&m);
}

static void say_item(input *in)
{
    uint8_t which = input_next(in);
    struct wire_message m = {.kind = WIRE_STATEMENT};
    uint8_t junk[] = {GARITA_MESSAGE_STATEMENT, 2, which, input_next(in)};
    m.as.item.message =
        which < REALM_ITEMS ? realm_items[which].message : (garita_bytes){junk, sizeof junk};
    say(&m);
}

static void say_something(input *in)
{
    struct wire_message m = {.kind = 0};
    uint8_t kind = input_next(in) % 16;
    switch (kind) {
    case 0:
        m.kind = WIRE_HELLO;
        m.as.hello.version = input_next(in);
        say(&m);
        break;
    case 1:
    case 2:
        say_digest(in);
        break;
    case 3:
    case 4:
        say_vector(in);
        break;
    case 5:
    case 6:
        say_head(in);
        break;
    case 7:
        say_want(in);
        break;
    case 8:
        say_items(in, WIRE_LIST);
        break;
    case 9:
        say_items(in, WIRE_ASK);
        break;
    case 10:
        say_items(in, WIRE_LARGE);
        break;
    case 11:
        m.kind = WIRE_STOP;
        m.as.stop.number = input_next(in);
        say(&m);
        break;
    case 12:
        m.kind = WIRE_CLOSE;
        m.as.close.reason = input_next(in);
        say(&m);
        break;
    case 13:
        m.kind = WIRE_SKIPPED_MIN;
        say(&m);
        break;
    default:
        say_item(in);
    }
}

/* --- one engine, and what it asked for --- */

static void answer_want(const struct wire_want *want, uint8_t how, bool is_from_start,
                        uint8_t piece)
{
    enum {
        NONE = 15,
        OTHER_ITEM = 14,
        OTHER_TOTAL = 13,
        OTHER_DIGEST = 12,
        ALTERED = 11,
        ALL = 10
    };
    static struct text run;
    struct wire_message m = {.kind = WIRE_RUN};
    size_t log = realm_log_of(&want->prefix);
    garita_have_log theirs = {.size = want->size, .root = want->root, .signed_at = want->signed_at};
    run.len = 0;
    if (want->item) {
        size_t which = realm_item_of(&want->digest);
        which = which == REALM_ITEMS || how == OTHER_ITEM ? piece % REALM_ITEMS : which;
        text_put(&run, realm_items[which].message.at, realm_items[which].message.len);
    } else {
        struct holding h = all;
        if (how < REALM_HEADS)
            h.heads[log] = (uint8_t)(how + 1);
        holding_give(&h, &realm_logs[log].id, want->has_log && !is_from_start ? &theirs : NULL,
                     false, text_put, &run);
    }
    if (how == NONE || run.len == 0) {
        m.kind = WIRE_NONE;
        m.as.none.number = want->number;
        m.as.none.reason = piece;
        say(&m);
        return;
    }
    if (how == ALTERED)
        run.at[piece % run.len] ^= 1;
    size_t pieces = (run.len + ENGINE_PIECE_BYTES - 1) / ENGINE_PIECE_BYTES;
    m.as.run.number = want->number;
    m.as.run.total = run.len;
    crypto_generichash(m.as.run.run.bytes, sizeof m.as.run.run, run.at, run.len, NULL, 0);
    if (how == OTHER_DIGEST)
        m.as.run.run.bytes[0] ^= piece;
    if (how == OTHER_TOTAL)
        m.as.run.total = ENGINE_RUN_BYTES_MAX;
    for (size_t i = 0; i < (how == ALL ? pieces : 1); i++) {
        size_t at = (how == ALL ? i : piece % pieces) * ENGINE_PIECE_BYTES;
        size_t len = run.len - at < ENGINE_PIECE_BYTES ? run.len - at : ENGINE_PIECE_BYTES;
        m.as.run.offset = how == OTHER_TOTAL ? (uint64_t)piece * ENGINE_PIECE_BYTES : at;
        m.as.run.bytes = (garita_bytes){run.at + at, len};
        say(&m);
    }
}

static void speak(struct watched_link *link)
{
    size_t at = 0;
    /* whole messages, as many as a packet takes */
    struct wire_reader reader = {waiting.at, waiting.len, 0};
    struct wire_message m;
    while (link->id != 0 && at < waiting.len) {
        size_t end = at;
        reader.at = at;
        while (wire_next(&reader, &m) == WIRE_OK && reader.at - at <= ENGINE_PACKET_MAX)
            end = reader.at;
        if (end == at) /* it was altered */
            end = waiting.len - at < ENGINE_PACKET_MAX ? waiting.len : at + ENGINE_PACKET_MAX;
        watched_hear(one, link, waiting.at + at, end - at);
        at = end;
    }
    waiting.len = 0;
}

static void answer(input *in)
{
    enum { ANYBODY = 16, FROM_START = 32 };
    uint8_t which = input_next(in), how = input_next(in), piece = input_next(in);
    size_t kept = one->asked_count < WATCHED_ASKED ? one->asked_count : WATCHED_ASKED;
    if (kept == 0)
        return;
    /* 0: the newest */
    const struct watched_ask *ask =
        &one->asked[(one->asked_count - 1 - which % kept) % WATCHED_ASKED];
    struct watched_link *link = how & ANYBODY ? pick_link(in) : NULL;
    for (size_t i = 0; i < WATCHED_LINKS && !link; i++)
        if (one->links[i].id == ask->link)
            link = &one->links[i];
    if (!link)
        return;
    if (ask->message.kind == WIRE_WANT) {
        answer_want(&ask->message.as.want, how % ANYBODY, how & FROM_START, piece);
    } else {
        size_t item = realm_item_of(&ask->digest);
        if (item == REALM_ITEMS)
            return;
        struct wire_message m = {.kind = WIRE_STATEMENT};
        m.as.item.message = realm_items[item].message;
        if (how & 1) {
            m.kind = WIRE_LARGE;
            m.as.items.prefix = prefix_of(realm_items[item].log);
            m.as.items.kind = realm_items[item].item.kind;
            m.as.items.count = 1;
            m.as.items.digests = ask->digest.bytes;
        }
        say(&m);
    }
    speak(link);
}

/* Says what waits over and over. */
static void flood(input *in)
{
    static uint8_t packet[ENGINE_PACKET_MAX];
    struct watched_link *link = pick_link(in);
    size_t count = input_next(in) % 4 + 1u, len = 0;
    while (waiting.len > 0 && waiting.len <= sizeof packet - len) {
        memcpy(packet + len, waiting.at, waiting.len);
        len += waiting.len;
    }
    for (size_t i = 0; i < count && link; i++)
        watched_hear(one, link, packet, len);
}

/* --- one engine, and the rest --- */

static void open_one(input *in)
{
    uint8_t node = input_next(in), how = input_next(in);
    static struct text payload;
    uint8_t stranger[GARITA_NOISE_KEY_SIZE];
    memset(stranger, node, sizeof stranger);
    payload.len = 0;
    for (unsigned i = 0; i < (how & 15u); i++)
        text_put(&payload, realm_items[i % 3].message.at, realm_items[i % 3].message.len);
    if (how & 16)
        text_put(&payload, (const uint8_t *)"\2\1\1", 3);
    if (how & 32)
        payload.len = ENGINE_PAYLOAD_MAX + 1;
    uint32_t dial = (how & 64) && one->dial_count > 0 ? one->dials[node % one->dial_count] : 0;
    if (is_siege && node < 128 && node % REALM_NODES == 2)
        node++;
    watched_open(one, dial, node < 128 ? realm_nodes[node % REALM_NODES].noise_key : stranger,
                 payload.at, payload.len);
}

static void change_stock(input *in)
{
    uint8_t what = input_next(in), which = input_next(in);
    struct holding *h = &one->holding;
    switch (what % 6) {
    case 0:
        h->items ^= 1u << which % REALM_ITEMS;
        break;
    case 1:
        h->nodes ^= 1u << which % REALM_NODES;
        break;
    case 2:
        h->revoked ^= 1u << which % REALM_NODES;
        break;
    case 3:
        h->logs ^= 1u << which % REALM_LOGS;
        break;
    case 4: /* one comes, another goes */
        h->logs ^= 1u << which % REALM_LOGS | 1u << (which / 8u) % REALM_LOGS;
        break;
    default:
        for (size_t i = 0; i < REALM_LOGS; i++)
            if (which >> i & 1 && h->heads[i] < REALM_HEADS)
                h->heads[i]++;
    }
    watched_stock(one);
}

static void move_moment(uint8_t which)
{
    static const int64_t s[] = {0, 1, -1, 86400, -86400, 40 * 86400, -40 * 86400};
    if (which % 8 == 7)
        one->now.moment = INT64_MIN;
    else
        one->now.moment = WORLD_NOW + s[which % 8];
}

static void taken(input *in)
{
    enum { FAILED = 1, WRONG = 2, FOREIGN = 4, GAP = 8, REVOKED = 16, IGNORED = 32 };
    uint8_t which = input_next(in), how = input_next(in) & (is_siege ? FAILED : 255);
    struct engine_take_result result = {.is_kept = !(how & FAILED),
                                        .is_wrong = how & WRONG,
                                        .is_foreign = how & FOREIGN,
                                        .is_gap = how & GAP,
                                        .is_revoked = how & REVOKED};
    watched_taken(one, which, &result, !(how & IGNORED));
}

static void do_one(input *in)
{
    struct watched_link *link;
    uint8_t a, b, event = input_next(in) % ONE_EVENTS;
    if (is_siege && event >= ONE_LOG) /* only peers are bad */
        return;
    switch (event) {
    case ONE_RAW: {
        link = pick_link(in);
        size_t len = input_next(in);
        len = len < in->left ? len : in->left;
        if (link)
            watched_hear(one, link, in->at, len);
        in->at += len;
        in->left -= len;
        break;
    }
    case ONE_SAY:
        say_something(in);
        break;
    case ONE_ALTER:
        a = input_next(in);
        b = input_next(in);
        if (waiting.len > 0)
            waiting.at[a % waiting.len] ^= b;
        break;
    case ONE_SPEAK:
        if ((link = pick_link(in)))
            speak(link);
        break;
    case ONE_ANSWER:
        answer(in);
        break;
    case ONE_TICK:
        watched_tick(one, a_while(input_next(in), one->engine, &one->now));
        break;
    case ONE_SENT:
        link = pick_link(in);
        a = input_next(in);
        if (link)
            watched_sent(one, link, a == 0 ? link->queued : a * 64u);
        break;
    case ONE_LOST:
        if ((link = pick_link(in)))
            watched_lose(one, link);
        break;
    case ONE_OPENED:
        open_one(in);
        break;
    case ONE_FAILED:
        watched_dial_failed(one, input_next(in));
        break;
    case ONE_TAKEN:
        taken(in);
        break;
    case ONE_LOG:
        a = input_next(in);
        b = input_next(in);
        watched_log(one, a % REALM_LOGS, b % (REALM_HEADS + 1));
        break;
    case ONE_STOCK:
        change_stock(in);
        break;
    case ONE_CONFIG:
        a = input_next(in);
        watched_configure(one, a & 15);
        watched_remember(one, a >> 4);
        break;
    case ONE_MOMENT:
        move_moment(input_next(in));
        break;
    case ONE_FLOOD:
        flood(in);
        break;
    case ONE_STOP:
        watched_stop(one);
        break;
    default:
        break;
    }
}

static struct holding pick_holding(input *in)
{
    struct holding h = {.logs = all.logs, .nodes = all.nodes};
    uint8_t heads = input_next(in);
    for (size_t i = 0; i < REALM_LOGS; i++)
        h.heads[i] = (uint8_t)((heads >> i & 1) + (heads >> 5) % REALM_HEADS * (heads >> i & 1));
    h.items = input_next(in);
    h.items |= (uint32_t)input_next(in) << 8;
    h.items &= all.items;
    return h;
}

static void run_one(input *in)
{
    watched_start(one, 0, pick_holding(in));
    waiting.len = 0;
    while (in->left > 0)
        do_one(in);
    watched_end(one);
}

/* --- two engines --- */

enum { FLIGHT_MAX = 256 };

struct packet {
    uint8_t *bytes;
    size_t len;
    bool is_altered;
};

/* What is on its way to a side. */
static struct {
    struct packet packets[FLIGHT_MAX];
    size_t count;
    size_t lost_len; /* bytes for which there was no room, of which the sender has not heard yet */
} flight[2];
static engine_link_id pair[2]; /* the link between the two, as each names it */

static void fly(void *context, const struct watched_link *link, const uint8_t *bytes, size_t len)
{
    size_t to = context == &two[0] ? 1 : 0;
    if (link->id != pair[!to])
        return; /* another's */
    if (flight[to].count == FLIGHT_MAX) { /* lost; for who sent it, it has left */
        flight[to].lost_len += len;
        return;
    }
    struct packet *p = &flight[to].packets[flight[to].count++];
    *p = (struct packet){.bytes = malloc(len), .len = len};
    WORLD_REQUIRE(p->bytes != NULL);
    memcpy(p->bytes, bytes, len);
}

static struct watched_link *link_at(size_t side)
{
    for (size_t i = 0; i < WATCHED_LINKS; i++)
        if (pair[side] != 0 && two[side].links[i].id == pair[side])
            return &two[side].links[i];
    return NULL;
}

static void land(size_t side, bool is_heard, bool is_kept)
{
    if (flight[side].count == 0)
        return;
    size_t lost_len = flight[side].lost_len;
    flight[side].lost_len = 0;
    if (lost_len > 0 && link_at(!side))
        watched_sent(&two[!side], link_at(!side), lost_len);
    struct packet p = flight[side].packets[0];
    if (!is_kept) {
        memmove(flight[side].packets, flight[side].packets + 1, --flight[side].count * sizeof p);
        if (link_at(!side))
            watched_sent(&two[!side], link_at(!side), p.len);
    }
    if (is_heard && link_at(side))
        watched_hear(&two[side], link_at(side), p.bytes, p.len);
    if (!is_kept)
        free(p.bytes);
}

static void cut(void)
{
    for (size_t side = 0; side < 2; side++) {
        flight[side].lost_len = 0;
        while (flight[side].count > 0)
            free(flight[side].packets[--flight[side].count].bytes);
        if (link_at(side))
            watched_lose(&two[side], link_at(side));
    }
    for (size_t side = 0; side < 2; side++) /* of the other's last words */
        while (flight[side].count > 0)
            free(flight[side].packets[--flight[side].count].bytes);
}

static void open_two(size_t by)
{
    static const uint8_t nodes[2] = {0, 2};
    if (link_at(0) || link_at(1))
        return;
    for (size_t side = 0; side < 2; side++) /* what it says at once is heard, too */
        pair[side] = two[side].last_link + 1;
    for (size_t side = 0; side < 2; side++) {
        /* nobody else is there: what it dials is the other, or nothing */
        uint32_t dial = two[side].dial_count > 0 ? two[side].dials[0] : 1u << 30;
        WORLD_REQUIRE(watched_open(&two[side], side == by ? dial : 0,
                                   realm_nodes[nodes[!side]].noise_key, NULL, 0));
    }
}

static void tick_two(int64_t ms)
{
    for (size_t side = 0; side < 2; side++) {
        while (two[side].dial_count > 0)
            watched_dial_failed(&two[side], 0);
        watched_tick(&two[side], ms);
    }
}

static void take_two(size_t side, bool is_kept)
{
    struct engine_take_result result = {.is_kept = is_kept};
    watched_taken(&two[side], 0, &result, true);
}

static void do_two(input *in)
{
    uint8_t event = input_next(in), a, b;
    size_t side = event >> 7;
    switch (event % 128 % TWO_EVENTS) {
    case TWO_DELIVER:
        land(side, true, false);
        break;
    case TWO_DROP:
        land(side, false, false);
        break;
    case TWO_TWICE:
        land(side, true, true);
        break;
    case TWO_LATER:
        if (flight[side].count > 1) {
            struct packet p = flight[side].packets[0];
            memmove(flight[side].packets, flight[side].packets + 1,
                    (flight[side].count - 1) * sizeof p);
            flight[side].packets[flight[side].count - 1] = p;
        }
        break;
    case TWO_ALTER:
        a = input_next(in);
        b = input_next(in);
        if (flight[side].count > 0)
            flight[side].packets[0].bytes[a % flight[side].packets[0].len] ^= b;
        break;
    case TWO_TICK:
        tick_two(a_while(input_next(in), two[side].engine, &two[side].now));
        break;
    case TWO_TAKEN:
        take_two(side, input_next(in) % 4 != 3);
        break;
    case TWO_LOG:
        a = input_next(in) % REALM_LOGS;
        if (two[side].holding.heads[a] < REALM_HEADS)
            watched_log(&two[side], a, two[side].holding.heads[a] + 1u);
        break;
    case TWO_ITEM:
        two[side].holding.items |= 1u << input_next(in) % REALM_ITEMS;
        watched_stock(&two[side]);
        break;
    case TWO_CUT:
        cut();
        break;
    default:
        open_two(side);
    }
}

static bool are_level(void)
{
    const struct holding *a = &two[0].holding, *b = &two[1].holding;
    if (memcmp(a->heads, b->heads, sizeof a->heads) != 0)
        return false;
    for (size_t i = 0; i < REALM_LOGS; i++)
        if (holding_is_equivocated(a, i) != holding_is_equivocated(b, i))
            return false;
    for (size_t i = 0; i < REALM_ITEMS; i++)
        if (realm_items[i].item.kind != ENGINE_ITEM_PROOF && ((a->items ^ b->items) >> i & 1))
            return false;
    return true;
}

/* Everything arrives, every disk works, and whoever was kept away is let in again: the two must
 * come to hold the same before they have been linked for so long. */
static void heal(int64_t limit_ms)
{
    enum { STEPS_MAX = 20000, REST_MS = 60000 };
    int64_t stood = 0, rest = REST_MS;
    for (int step = 0; !are_level(); step++) {
        WORLD_REQUIRE(step < STEPS_MAX && stood <= limit_ms);
        for (size_t side = 0; side < 2; side++) {
            while (flight[side].count > 0)
                land(side, true, false);
            while (two[side].take_count > 0)
                take_two(side, true);
        }
        if (flight[0].count > 0 || flight[1].count > 0)
            continue;
        bool is_over = !link_at(0) || !link_at(1) || link_at(0)->is_closed || link_at(1)->is_closed;
        if (is_over) {
            cut();
            tick_two(rest);
            rest = rest < ENGINE_BAN_MAX_MS ? rest * 2 : rest;
            open_two(0);
            continue;
        }
        int64_t due = engine_due(two[0].engine), other = engine_due(two[1].engine);
        due = due < other ? due : other;
        int64_t ms = due > two[0].now.ms ? due - two[0].now.ms : 0;
        stood += ms;
        tick_two(ms);
    }
}

static void start_two(size_t side, struct holding h)
{
    h.nodes = 1 | 4;
    pair[side] = 0;
    watched_start(&two[side], side == 0 ? 0 : 2, h);
    two[side].send = fly;
    two[side].send_context = &two[side];
}

static void end_two(void)
{
    cut();
    for (size_t side = 0; side < 2; side++)
        watched_end(&two[side]);
    cut();
}

static void run_two(input *in)
{
    for (size_t side = 0; side < 2; side++)
        start_two(side, pick_holding(in));
    open_two(0);
    while (in->left > 0)
        do_two(in);
    /* what was altered on the way may have been refused in the other's name */
    heal(ENGINE_REFUSED_MS + 10 * ENGINE_PERIOD_MS);
    end_two();
}

/* Whatever peers did to a node: they do not keep from it what one honest peer has. */
static void run_siege(input *in)
{
    start_two(0, pick_holding(in));
    start_two(1, all);
    two[0].holding.nodes = all.nodes;
    watched_stock(&two[0]);
    is_siege = true;
    waiting.len = 0;
    while (in->left > 0)
        do_one(in);
    is_siege = false;
    for (size_t i = 0; i < WATCHED_LINKS; i++)
        if (two[0].links[i].is_closed || i == 0)
            if (two[0].links[i].id != 0)
                watched_lose(&two[0], &two[0].links[i]);
    watched_tick(&two[1], two[0].now.ms - two[1].now.ms);
    open_two(1);
    heal(ENGINE_RETRY_MAX_MS + 6 * ENGINE_PERIOD_MS);
    end_two();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const ways[GOSSIP_WAYS])(input *) = {run_one, run_two, run_siege};
    input in = {data, size};
    all = holding_all();
    ways[input_next(&in) % GOSSIP_WAYS](&in);
    return 0;
}
