#include "realm.h"

#include <garita/log.h>

enum { ISSUED = 1000, DAY = 86400, LARGE = ENGINE_ITEM_BYTES_MAX + 2000, EVENTS_MANY = 4000 };

struct realm_log realm_logs[REALM_LOGS];
struct realm_item realm_items[REALM_ITEMS];
struct engine_node realm_nodes[REALM_NODES];
const garita_trust *realm_trust;

static world w;

bool text_put(void *text, const uint8_t *bytes, size_t len)
{
    struct text *t = text;
    if (len > sizeof t->at - t->len)
        return false;
    memcpy(t->at + t->len, bytes, len);
    t->len += len;
    return true;
}

static garita_bytes copy(const void *bytes, size_t len)
{
    uint8_t *out = malloc(len);
    WORLD_REQUIRE(out != NULL);
    memcpy(out, bytes, len);
    return (garita_bytes){out, len};
}

/* --- logs --- */

/* Batches before each head: heartbeats, steps, an empty log, one whose batches take several pieces.
 */
static const uint8_t sizes[REALM_LOGS][REALM_HEADS] = {
    {1, 1, 3, 3, 5}, {1, 2, 3, 4, 5}, {0, 0, 1, 1, 2}, {0, 0, 0, 1, 1}, {1, 2, 2, 3, 3}};

static void add_batch(struct realm_log *log, garita_log *published, size_t which)
{
    static garita_event events[GARITA_BATCH_EVENTS_MAX];
    static uint8_t bytes[GARITA_BATCH_BYTES_MAX];
    size_t len, count = which == 1 ? EVENTS_MANY : 1 + log->batch_count;
    for (size_t i = 0; i < count; i++)
        events[i] = (garita_event){(uint32_t)(1 + log->batch_count * 7 + i * 97 + i * i % 89),
                                   GARITA_STANDING_REVOKED, GARITA_CAUSE_LOST};
    WORLD_REQUIRE(garita_batch_encode(bytes, &len, sizeof bytes, WORLD_NOW, events, count) ==
                  GARITA_OK);
    log->batches[log->batch_count++] = copy(bytes, len);
    WORLD_REQUIRE(garita_log_append(published, events, bytes, len) == GARITA_OK);
    log->before[log->batch_count] = published->frontier;
}

static void make_log(size_t which, const world_agency *by)
{
    struct realm_log *log = &realm_logs[which];
    const garita_issuer *issuer = garita_trust_find(w.trust, NULL, &by->signer.id, 1);
    WORLD_REQUIRE(issuer != NULL);
    garita_log_id(&log->id, issuer);
    garita_log_id(&log->anchor, issuer->anchor);
    garita_log published;
    WORLD_REQUIRE(garita_log_start(&published, &log->id) == GARITA_OK);
    for (size_t i = 0; i <= REALM_HEADS; i++) {
        struct realm_head *h = &log->heads[i];
        if (i == REALM_HEADS) { /* the same size as the one before, with another root */
            *h = log->heads[i - 1];
            h->head.root.bytes[0] ^= 1;
            WORLD_REQUIRE(garita_head_issue(h->bytes, &h->len, sizeof h->bytes, NULL, &h->head,
                                            &by->signer) == GARITA_OK);
        } else {
            while (log->batch_count < sizes[which][i])
                add_batch(log, &published, which);
            WORLD_REQUIRE(garita_log_sign(&published, ISSUED, WORLD_NOW + (int64_t)i * 60, DAY,
                                          &by->signer) == GARITA_OK);
            h->head = published.head;
            h->len = published.head_len;
            memcpy(h->bytes, published.head_bytes, h->len);
            h->frontier = published.frontier;
        }
        garita_digest_of(&h->digest, h->bytes, h->len);
    }
    garita_log_end(&published);
}

size_t realm_log_of(const garita_digest *prefix)
{
    size_t i = 0;
    while (i < REALM_LOGS && memcmp(&realm_logs[i].id, prefix, sizeof *prefix) != 0)
        i++;
    return i;
}

/* --- items --- */

static const struct {
    uint8_t log, kind;
    uint16_t len;
} items[REALM_ITEMS] = {{0, ENGINE_ITEM_AUTHORITY, 300}, {0, ENGINE_ITEM_AUTHORITY, 310},
                        {2, ENGINE_ITEM_AUTHORITY, 320}, {0, ENGINE_ITEM_POLICY, 900},
                        {0, ENGINE_ITEM_POLICY, LARGE},  {3, ENGINE_ITEM_POLICY, LARGE + 1},
                        {0, ENGINE_ITEM_NODE, 200},      {0, ENGINE_ITEM_NODE, 201},
                        {1, ENGINE_ITEM_NODE, 202},      {4, ENGINE_ITEM_PROOF, 500},
                        {4, ENGINE_ITEM_PROOF, 501},     {2, ENGINE_ITEM_PROOF, 502},
                        {4, ENGINE_ITEM_EVIDENCE, 100},  {4, ENGINE_ITEM_EVIDENCE, LARGE + 2},
                        {2, ENGINE_ITEM_EVIDENCE, 101}};

/* The engine looks into none of them: any bytes are as good as signed ones. */
static void make_item(size_t which)
{
    static uint8_t bytes[LARGE + 2];
    static struct text message;
    struct realm_item *out = &realm_items[which];
    const struct realm_log *log = &realm_logs[items[which].log];
    garita_message m = {.kind = GARITA_MESSAGE_STATEMENT};
    memset(bytes, (int)(which + 1), sizeof bytes);
    m.bytes = (garita_bytes){bytes, items[which].len};
    if (items[which].kind == ENGINE_ITEM_PROOF)
        m.kind = GARITA_MESSAGE_PROOF;
    if (items[which].kind == ENGINE_ITEM_EVIDENCE) {
        m.kind = GARITA_MESSAGE_EVIDENCE;
        m.head = (garita_bytes){log->heads[0].bytes, log->heads[0].len};
    }
    message.len = 0;
    WORLD_REQUIRE(garita_bundle_write(text_put, &message, &m));
    out->log = items[which].log;
    out->item.log = log->id;
    out->item.anchor = log->anchor;
    out->item.kind = items[which].kind;
    garita_digest_of(&out->item.digest, bytes, items[which].len);
    out->message = copy(message.at, message.len);
}

size_t realm_item_of(const garita_digest *digest)
{
    size_t i = 0;
    while (i < REALM_ITEMS && memcmp(&realm_items[i].item.digest, digest, sizeof *digest) != 0)
        i++;
    return i;
}

/* --- nodes --- */

static void make_node(size_t which)
{
    struct engine_node *node = &realm_nodes[which];
    memset(node->public_key, (int)(0x80 + which), sizeof node->public_key);
    memset(node->noise_key, (int)(0x10 + which), sizeof node->noise_key);
    node->certifier = realm_logs[which % 2].id;
    strcpy(node->name, "Node");
    strcpy(node->country, which % 2 ? "MEX" : "USA");
    node->from = which == 3 ? WORLD_NOW + DAY : INT64_MIN;
    node->until = which == 4 ? WORLD_NOW - DAY : WORLD_NOW + 30 * DAY;
    node->address_count = which % 3;
    for (size_t i = 0; i < node->address_count; i++)
        strcpy(node->addresses[i], i == 0 ? "192.0.2.1:7701" : "[2001:db8::1]:7701");
}

void realm_make(void)
{
    world_make(&w, 3);
    realm_trust = w.trust;
    for (size_t i = 0; i < REALM_LOGS; i++)
        make_log(i, i < 2 ? &w.anchors[i] : &w.agencies[i - 2]);
    for (size_t i = 0; i < REALM_ITEMS; i++)
        make_item(i);
    for (size_t i = 0; i < REALM_NODES; i++)
        make_node(i);
}

/* --- what a node holds --- */

struct holding holding_all(void)
{
    struct holding all = {.logs = (1u << REALM_LOGS) - 1,
                          .items = (1u << REALM_ITEMS) - 1,
                          .nodes = (1u << REALM_NODES) - 1};
    memset(all.heads, REALM_HEADS, sizeof all.heads);
    return all;
}

bool holding_is_equivocated(const struct holding *h, size_t log)
{
    for (size_t i = 0; i < REALM_ITEMS; i++)
        if ((h->items >> i & 1) && realm_items[i].log == log &&
            realm_items[i].item.kind == ENGINE_ITEM_PROOF)
            return true;
    return false;
}

void holding_log(struct engine_log *out, const struct holding *h, size_t log)
{
    const struct realm_log *from = &realm_logs[log];
    memset(out, 0, sizeof *out);
    out->id = from->id;
    out->anchor = from->anchor;
    strcpy(out->name, "Agency");
    out->is_given = h->heads[log] > 0;
    out->is_equivocated = holding_is_equivocated(h, log);
    if (!out->is_given)
        return;
    const struct realm_head *head = &from->heads[h->heads[log] - 1];
    out->head = head->head;
    out->head_len = head->len;
    memcpy(out->head_bytes, head->bytes, head->len);
    out->frontier = head->frontier;
}

struct engine_stock holding_stock(const struct holding *h)
{
    static struct engine_log logs[REALM_LOGS];
    static struct engine_item kept[REALM_ITEMS];
    static struct engine_node nodes[REALM_NODES];
    struct engine_stock out = {.trust = realm_trust, .logs = logs, .items = kept, .nodes = nodes};
    for (size_t i = 0; i < REALM_LOGS; i++)
        if (h->logs >> i & 1)
            holding_log(&logs[out.log_count++], h, i);
    for (size_t i = 0; i < REALM_ITEMS; i++)
        if ((h->items >> i & 1) && (h->logs >> realm_items[i].log & 1))
            kept[out.item_count++] = realm_items[i].item;
    for (size_t i = 0; i < REALM_NODES; i++)
        if (h->nodes >> i & 1) {
            nodes[out.node_count] = realm_nodes[i];
            nodes[out.node_count++].is_revoked = h->revoked >> i & 1;
        }
    return out;
}

static size_t log_by_id(const garita_hash *id)
{
    garita_digest prefix;
    memcpy(&prefix, id, sizeof prefix);
    return realm_log_of(&prefix);
}

bool holding_give(void *holding, const garita_hash *log, const garita_have_log *theirs,
                  bool wants_batches, garita_bundle_sink sink, void *sink_context)
{
    const struct holding *h = holding;
    size_t which = log_by_id(log), from = 0;
    (void)wants_batches;
    WORLD_REQUIRE(which < REALM_LOGS && h->heads[which] > 0);
    const struct realm_log *of = &realm_logs[which];
    const struct realm_head *head = &of->heads[h->heads[which] - 1];
    for (size_t i = 0; theirs && i < h->heads[which]; i++)
        if (of->heads[i].head.size == theirs->size &&
            garita_hash_equal(&of->heads[i].head.root, &theirs->root))
            from = (size_t)theirs->size;
    if (from == head->head.size && theirs && theirs->signed_at >= head->head.signed_at)
        return true; /* nothing new */
    garita_message tail = {.kind = GARITA_MESSAGE_TAIL,
                           .head = {head->bytes, head->len},
                           .frontier = of->before[from]};
    bool is_written = garita_bundle_write(sink, sink_context, &tail);
    for (; is_written && from < head->head.size; from++) {
        garita_message batch = {.kind = GARITA_MESSAGE_BATCH, .bytes = of->batches[from]};
        is_written = garita_bundle_write(sink, sink_context, &batch);
    }
    return is_written;
}

bool holding_item(void *holding, const garita_hash *log, unsigned kind, const garita_digest *digest,
                  garita_bundle_sink sink, void *sink_context)
{
    const struct holding *h = holding;
    size_t which = realm_item_of(digest);
    if (which == REALM_ITEMS || !(h->items >> which & 1))
        return false;
    const struct realm_item *item = &realm_items[which];
    WORLD_REQUIRE(item->item.kind == kind && garita_hash_equal(&item->item.log, log));
    return sink(sink_context, item->message.at, item->message.len);
}

/* --- taking --- */

/* The head that these bytes are, as it is counted in a holding; 0 if it is none. */
static size_t head_of(garita_bytes bytes, size_t *log)
{
    for (*log = 0; *log < REALM_LOGS; ++*log)
        for (size_t i = 0; i <= REALM_HEADS; i++) {
            const struct realm_head *h = &realm_logs[*log].heads[i];
            if (h->len == bytes.len && memcmp(h->bytes, bytes.at, h->len) == 0)
                return i + 1;
        }
    return 0;
}

/* Of a log that is being offered. */
struct offer {
    size_t log, head, at;
    bool is_open, is_gap, is_good;
};

static bool offer_end(struct holding *h, struct engine_take_result *result, const struct offer *o)
{
    if (!o->is_open || o->head > REALM_HEADS || !(h->logs >> o->log & 1))
        return false;
    if (o->is_gap) {
        result->is_gap = true;
        return false;
    }
    if (!o->is_good || o->at != realm_logs[o->log].heads[o->head - 1].head.size) {
        result->is_wrong = true;
        return false;
    }
    if (o->head <= h->heads[o->log])
        return false;
    h->heads[o->log] = (uint8_t)o->head;
    return true;
}

static struct offer offer_begin(const struct holding *h, struct engine_take_result *result,
                                const garita_message *tail)
{
    struct offer o = {.is_good = true, .at = (size_t)tail->frontier.size};
    o.head = head_of(tail->head, &o.log);
    if (o.head == 0) {
        result->is_wrong = true;
        return o;
    }
    o.is_open = true;
    const struct realm_log *log = &realm_logs[o.log];
    size_t mine = h->heads[o.log] > 0 ? (size_t)log->heads[h->heads[o.log] - 1].head.size : 0;
    o.is_gap = o.at > mine || memcmp(tail->frontier.peaks, log->before[o.at].peaks,
                                     garita_frontier_count(o.at) * GARITA_HASH_SIZE) != 0;
    return o;
}

static void offer_batch(struct offer *o, garita_bytes batch)
{
    const struct realm_log *log = &realm_logs[o->log];
    if (!o->is_open || o->is_gap || !o->is_good)
        return;
    o->is_good = o->at < log->batch_count && log->batches[o->at].len == batch.len &&
                 memcmp(log->batches[o->at].at, batch.at, batch.len) == 0;
    o->at++;
}

static bool take_item(struct holding *h, struct engine_take_result *result, garita_bytes bytes)
{
    garita_digest digest;
    garita_digest_of(&digest, bytes.at, bytes.len);
    size_t which = realm_item_of(&digest);
    if (which == REALM_ITEMS) {
        result->is_foreign = true;
        return false;
    }
    const struct realm_item *item = &realm_items[which];
    bool is_known = h->items >> which & 1 || !(h->logs >> item->log & 1) ||
                    (item->item.kind == ENGINE_ITEM_PROOF && holding_is_equivocated(h, item->log));
    if (!is_known)
        h->items |= 1u << which;
    return !is_known;
}

bool holding_take(struct holding *h, struct engine_take_result *result, const uint8_t *bundle,
                  size_t len)
{
    garita_bundle_reader reader;
    garita_message m;
    struct offer offer = {0};
    bool is_new = false;
    WORLD_REQUIRE(garita_bundle_open(&reader, bundle, len) == GARITA_OK);
    do {
        if (garita_bundle_next(&reader, &m, NULL) != GARITA_OK) {
            result->is_wrong = true;
            return is_new;
        }
        if (m.kind == GARITA_MESSAGE_BATCH) {
            offer_batch(&offer, m.bytes);
            continue;
        }
        is_new |= offer_end(h, result, &offer);
        offer = (struct offer){0};
        if (m.kind == GARITA_MESSAGE_TAIL)
            offer = offer_begin(h, result, &m);
        if (m.kind == GARITA_MESSAGE_STATEMENT || m.kind == GARITA_MESSAGE_PROOF ||
            m.kind == GARITA_MESSAGE_EVIDENCE)
            is_new |= take_item(h, result, m.bytes);
    } while (m.kind != GARITA_MESSAGE_END);
    return is_new;
}
