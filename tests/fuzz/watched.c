#include "watched.h"

#include <sodium.h>

static const char *const addresses[] = {"192.0.2.1:7701", "192.0.2.2:7701", "[2001:db8::1]:7701"};

/* --- the host --- */

static void draw(void *context, uint8_t *out, size_t len)
{
    struct watched *w = context;
    for (size_t i = 0; i < len; i++) {
        w->dice = w->dice * 6364136223846793005u + 1442695040888963407u;
        out[i] = (uint8_t)(w->dice >> 56);
    }
}

static bool give(void *context, const garita_hash *log, const garita_have_log *theirs,
                 bool wants_batches, garita_bundle_sink sink, void *sink_context)
{
    struct watched *w = context;
    return holding_give(&w->holding, log, theirs, wants_batches, sink, sink_context);
}

static bool item(void *context, const garita_hash *log, unsigned kind, const garita_digest *digest,
                 garita_bundle_sink sink, void *sink_context)
{
    struct watched *w = context;
    return holding_item(&w->holding, log, kind, digest, sink, sink_context);
}

/* --- what it says --- */

static struct watched_link *link_of(struct watched *w, engine_link_id id)
{
    for (size_t i = 0; i < WATCHED_LINKS; i++)
        if (id != 0 && w->links[i].id == id)
            return &w->links[i];
    return NULL;
}

static bool was_held(const struct watched *w, size_t log, const garita_digest *head)
{
    for (size_t i = 0; i < REALM_HEADS; i++)
        if (memcmp(&realm_logs[log].heads[i].digest, head, sizeof *head) == 0)
            return w->ever_heads[log] >> i & 1;
    return false;
}

static void require_item(const struct watched *w, const garita_digest *digest)
{
    size_t which = realm_item_of(digest);
    WORLD_REQUIRE(which < REALM_ITEMS && (w->ever_items >> which & 1));
}

static void require_vector(const struct watched *w, const struct wire_vector *vector)
{
    struct wire_vector_log log;
    for (size_t at = 0; wire_vector_next(vector, &at, &log);) {
        size_t which = realm_log_of(&log.prefix);
        WORLD_REQUIRE(which < REALM_LOGS &&
                      memcmp(vector->tag, &realm_logs[which].anchor, WIRE_TAG_SIZE) == 0);
        /* as it is now, and not as it was or will be */
        size_t heads = w->holding.heads[which];
        WORLD_REQUIRE(log.has_head == (heads > 0));
        WORLD_REQUIRE(heads == 0 || memcmp(&log.head, &realm_logs[which].heads[heads - 1].digest,
                                           sizeof log.head) == 0);
    }
}

/* A run that an honest node gives: of a log, from one head to another; of an item. */
struct run {
    garita_digest digest;
    garita_bytes bytes;
    size_t log, to, item; /* an item's log is REALM_LOGS */
};

enum { RUNS_MAX = REALM_LOGS * REALM_HEADS * (REALM_HEADS + 1) + REALM_ITEMS };
static struct run known[RUNS_MAX];
static size_t known_count;

static void add_run(struct run run)
{
    uint8_t *bytes = malloc(run.bytes.len);
    WORLD_REQUIRE(bytes != NULL);
    memcpy(bytes, run.bytes.at, run.bytes.len);
    run.bytes.at = bytes;
    crypto_generichash(run.digest.bytes, sizeof run.digest, bytes, run.bytes.len, NULL, 0);
    known[known_count++] = run;
}

static void add_runs_of_log(size_t log, size_t to)
{
    static struct text run;
    struct holding h = {.heads = {0}};
    h.heads[log] = (uint8_t)(to + 1);
    for (size_t from = 0; from <= REALM_HEADS; from++) { /* the last is nothing */
        const garita_head *head = &realm_logs[log].heads[from % REALM_HEADS].head;
        garita_have_log theirs = {.size = head->size, .root = head->root};
        run.len = 0;
        WORLD_REQUIRE(holding_give(&h, &realm_logs[log].id, from < REALM_HEADS ? &theirs : NULL,
                                   false, text_put, &run));
        add_run((struct run){.bytes = {run.at, run.len}, .log = log, .to = to});
    }
}

static void make_runs(void)
{
    if (known_count > 0)
        return;
    for (size_t log = 0; log < REALM_LOGS; log++)
        for (size_t to = 0; to < REALM_HEADS; to++)
            add_runs_of_log(log, to);
    for (size_t i = 0; i < REALM_ITEMS; i++)
        add_run((struct run){.bytes = realm_items[i].message, .log = REALM_LOGS, .item = i});
}

/* The run's own bytes, of something that was held. */
static void require_run(const struct watched *w, const struct wire_run *m)
{
    for (size_t i = 0; i < known_count; i++) {
        const struct run *run = &known[i];
        bool was_here = run->log < REALM_LOGS ? w->ever_heads[run->log] >> run->to & 1
                                              : w->ever_items >> run->item & 1;
        if (!was_here || memcmp(&run->digest, &m->run, sizeof m->run) != 0)
            continue;
        WORLD_REQUIRE(run->bytes.len == m->total);
        WORLD_REQUIRE(memcmp(run->bytes.at + m->offset, m->bytes.at, m->bytes.len) == 0);
        return;
    }
    WORLD_REQUIRE(false && "a run of something that was never held");
}

static void remember_ask(struct watched *w, const struct watched_link *link,
                         const struct wire_message *m)
{
    struct watched_ask *ask = &w->asked[w->asked_count++ % WATCHED_ASKED];
    *ask = (struct watched_ask){.link = link->id, .message = *m};
    if (m->kind == WIRE_ASK)
        memcpy(&ask->digest, m->as.items.digests, sizeof ask->digest);
}

static void require_message(struct watched *w, struct watched_link *link,
                            const struct wire_message *m)
{
    size_t log;
    switch (m->kind) {
    case WIRE_HELLO:
        WORLD_REQUIRE(m->as.hello.version == WIRE_VERSION);
        break;
    case WIRE_VECTOR:
        require_vector(w, &m->as.vector);
        break;
    case WIRE_HEAD: {
        garita_digest digest;
        garita_digest_of(&digest, m->as.head.statement.at, m->as.head.statement.len);
        log = realm_log_of(&m->as.head.prefix);
        WORLD_REQUIRE(log < REALM_LOGS && was_held(w, log, &digest));
        break;
    }
    case WIRE_WANT:
        WORLD_REQUIRE(realm_log_of(&m->as.want.prefix) < REALM_LOGS);
        remember_ask(w, link, m);
        break;
    case WIRE_ASK:
        WORLD_REQUIRE(realm_log_of(&m->as.items.prefix) < REALM_LOGS);
        remember_ask(w, link, m);
        break;
    case WIRE_RUN:
        require_run(w, &m->as.run);
        break;
    case WIRE_LIST:
    case WIRE_LARGE:
        for (size_t i = 0; i < m->as.items.count; i++) {
            garita_digest digest;
            memcpy(&digest, m->as.items.digests + i * sizeof digest, sizeof digest);
            require_item(w, &digest);
            const struct realm_item *said = &realm_items[realm_item_of(&digest)];
            WORLD_REQUIRE(said->item.kind == m->as.items.kind &&
                          said->log == realm_log_of(&m->as.items.prefix));
        }
        break;
    case WIRE_STATEMENT:
    case WIRE_PROOF:
    case WIRE_EVIDENCE:
        require_item(w, &m->as.item.digest);
        break;
    case WIRE_CLOSE:
        WORLD_REQUIRE(strcmp(engine_reason_name(m->as.close.reason), "?") != 0);
        break;
    case WIRE_DIGEST:
    case WIRE_NONE:
    case WIRE_STOP:
        break;
    default:
        WORLD_REQUIRE(false && "a kind that there is not");
    }
}

static void on_send(struct watched *w, const struct engine_action *a)
{
    struct watched_link *link = link_of(w, a->link);
    WORLD_REQUIRE(link != NULL && !link->is_closed);
    WORLD_REQUIRE(a->len > 0 && a->len <= ENGINE_PACKET_MAX);
    struct wire_reader reader = {a->bytes, a->len, 0};
    struct wire_message m;
    enum wire_result result;
    while ((result = wire_next(&reader, &m)) == WIRE_OK) {
        WORLD_REQUIRE(link->is_up || m.kind == WIRE_CLOSE);
        require_message(w, link, &m);
    }
    WORLD_REQUIRE(result == WIRE_END);
    link->queued += a->len;
    WORLD_REQUIRE(link->queued <= ENGINE_QUEUED_MAX + 2 * ENGINE_PACKET_MAX);
    if (w->send)
        w->send(w->send_context, link, a->bytes, a->len);
}

/* A run is a stranger's bytes, and looked at by the writer: but it is what he said that it is. */
static void require_whole_run(const struct watched *w, const uint8_t *bytes, size_t len)
{
    garita_digest digest;
    size_t i = 0;
    crypto_generichash(digest.bytes, sizeof digest, bytes, len, NULL, 0);
    while (i < w->run_count && memcmp(&w->runs[i], &digest, sizeof digest) != 0)
        i++;
    WORLD_REQUIRE(i < w->run_count || w->run_count == WATCHED_RUNS);
}

static void hear_run(struct watched *w, const garita_digest *run)
{
    for (size_t i = 0; i < w->run_count; i++)
        if (memcmp(&w->runs[i], run, sizeof *run) == 0)
            return;
    if (w->run_count < WATCHED_RUNS)
        w->runs[w->run_count++] = *run;
}

/* All else was put together here. */
static bool is_gathered(const uint8_t *bytes, size_t len)
{
    garita_bundle_reader reader;
    garita_message m;
    WORLD_REQUIRE(garita_bundle_open(&reader, bytes, len) == GARITA_OK);
    for (size_t at = reader.at; garita_bundle_next(&reader, &m, NULL) == GARITA_OK;
         at = reader.at) {
        if (m.kind == GARITA_MESSAGE_END)
            return true;
        bool is_item = m.kind == GARITA_MESSAGE_STATEMENT || m.kind == GARITA_MESSAGE_PROOF ||
                       m.kind == GARITA_MESSAGE_EVIDENCE;
        if ((!is_item && m.kind != GARITA_MESSAGE_TAIL) || reader.at - at > ENGINE_PACKET_MAX)
            return false;
    }
    return false;
}

static void on_take(struct watched *w, const struct engine_action *a)
{
    enum { END_SIZE = 2 };
    WORLD_REQUIRE(a->job > w->last_job && w->take_count < WATCHED_TAKES);
    w->last_job = a->job;
    WORLD_REQUIRE(a->len > GARITA_BUNDLE_HEADER_SIZE + END_SIZE);
    WORLD_REQUIRE(a->bytes[a->len - 2] == GARITA_MESSAGE_END && a->bytes[a->len - 1] == 0);
    if (!is_gathered(a->bytes, a->len))
        require_whole_run(w, a->bytes + GARITA_BUNDLE_HEADER_SIZE,
                          a->len - GARITA_BUNDLE_HEADER_SIZE - END_SIZE);
    uint8_t *bytes = malloc(a->len);
    WORLD_REQUIRE(bytes != NULL);
    memcpy(bytes, a->bytes, a->len);
    w->takes[w->take_count++] = (struct watched_take){a->job, bytes, a->len};
}

static bool is_member(const struct watched *w, const struct watched_link *link)
{
    for (size_t i = 0; i < REALM_NODES; i++) {
        const struct engine_node *node = &realm_nodes[i];
        if ((w->holding.nodes >> i & 1) && !(w->holding.revoked >> i & 1) &&
            memcmp(node->noise_key, link->noise_key, sizeof link->noise_key) == 0 &&
            (w->now.moment == INT64_MIN ||
             (w->now.moment >= node->from && w->now.moment < node->until)))
            return true;
    }
    return false;
}

static void on_up(struct watched *w, const struct engine_action *a)
{
    struct watched_link *link = link_of(w, a->link);
    WORLD_REQUIRE(link != NULL && !link->is_up && !link->is_closed && a->node != NULL);
    WORLD_REQUIRE(memcmp(link->noise_key, a->node->noise_key, sizeof link->noise_key) == 0);
    link->is_up = true;
    WORLD_REQUIRE(is_member(w, link));
}

static void on_close(struct watched *w, const struct engine_action *a)
{
    struct watched_link *link = link_of(w, a->link);
    WORLD_REQUIRE(link != NULL && !link->is_closed);
    WORLD_REQUIRE(a->reason != 0 || link->is_told);
    link->is_closed = true;
    link->reason = a->reason;
}

static void on_dial(struct watched *w, const struct engine_action *a)
{
    WORLD_REQUIRE(a->dial > w->last_dial && a->text != NULL && a->text[0] != 0 && !w->is_stopping);
    w->last_dial = a->dial;
    WORLD_REQUIRE(w->dial_count < WATCHED_DIALS);
    w->dials[w->dial_count++] = a->dial;
}

static void on_remember(const struct watched *w, const struct engine_action *a)
{
    WORLD_REQUIRE(a->len > 0 && a->len % GARITA_NOISE_KEY_SIZE == 0 &&
                  a->len <= ENGINE_REMEMBERED_MAX * GARITA_NOISE_KEY_SIZE);
    for (size_t at = 0; at < a->len; at += GARITA_NOISE_KEY_SIZE) {
        bool is_there = false;
        for (size_t i = 0; i < WATCHED_LINKS; i++)
            is_there |= w->links[i].id != 0 && w->links[i].is_up &&
                        memcmp(w->links[i].noise_key, a->bytes + at, GARITA_NOISE_KEY_SIZE) == 0;
        WORLD_REQUIRE(is_there);
    }
}

/* Nothing is allocated because a stranger wrote a length: what there is beyond a little is what
 * came, twice where it grows, and the windows of runs that were begun. */
static void require_memory(const struct watched *w)
{
    enum { LITTLE = 4 * 1024 * 1024, WINDOW = 2 * (ENGINE_WINDOW_PIECES + 1) * ENGINE_PIECE_BYTES };
    size_t runs = 2 * (REALM_LOGS + REALM_ITEMS);
    WORLD_REQUIRE(engine_memory(w->engine) <= LITTLE + runs * WINDOW + 4 * w->heard);
}

static void drain(struct watched *w)
{
    const struct engine_action *a;
    struct watched_link *link;
    while ((a = engine_next(w->engine))) {
        switch (a->kind) {
        case ENGINE_SEND:
            on_send(w, a);
            break;
        case ENGINE_TAKE:
            on_take(w, a);
            break;
        case ENGINE_DIAL:
            on_dial(w, a);
            break;
        case ENGINE_CLOSE:
            on_close(w, a);
            break;
        case ENGINE_UP:
            on_up(w, a);
            break;
        case ENGINE_TOLD:
            link = link_of(w, a->link);
            WORLD_REQUIRE(link != NULL && !link->is_told);
            link->is_told = true;
            break;
        case ENGINE_REMEMBER:
            on_remember(w, a);
            break;
        case ENGINE_ALARM:
            WORLD_REQUIRE(a->text != NULL);
            break;
        default:
            WORLD_REQUIRE(false && "a kind of action that there is not");
        }
    }
    require_memory(w);
    WORLD_REQUIRE(engine_link_count(w->engine) <= WATCHED_LINKS);
    for (size_t i = 0; i < engine_link_count(w->engine); i++) {
        struct engine_link_view view;
        engine_link_at(w->engine, i, &view);
        link = link_of(w, view.link);
        WORLD_REQUIRE(link != NULL && (!view.is_up || (link->is_up && !link->is_closed)));
    }
    struct engine_progress progress;
    engine_progress(w->engine, &progress);
    WORLD_REQUIRE(progress.bytes <= progress.bytes_total);
}

/* --- life --- */

static void held(struct watched *w)
{
    w->ever_items |= w->holding.items;
    for (size_t i = 0; i < REALM_LOGS; i++)
        if (w->holding.heads[i] > 0)
            w->ever_heads[i] |= 1u << (w->holding.heads[i] - 1);
}

void watched_start(struct watched *w, size_t self, struct holding holding)
{
    make_runs();
    *w = (struct watched){.holding = holding, .now = {1000, WORLD_NOW}, .dice = self + 1};
    struct engine_config config = {.host = {w, draw, give, item}, .is_archive = self == 0};
    memcpy(config.noise_key, realm_nodes[self].noise_key, sizeof config.noise_key);
    w->engine = engine_new(&config);
    WORLD_REQUIRE(w->engine != NULL);
    watched_stock(w);
}

/* Whatever is under way, a program can end: every session is closed, though nothing leaves. */
void watched_end(struct watched *w)
{
    watched_stop(w);
    for (size_t i = 0; i < WATCHED_LINKS; i++) {
        WORLD_REQUIRE(w->links[i].id == 0 || w->links[i].is_closed);
        if (w->links[i].id != 0)
            watched_lose(w, &w->links[i]);
    }
    WORLD_REQUIRE(engine_link_count(w->engine) == 0);
    engine_free(w->engine);
    for (size_t i = 0; i < w->take_count; i++)
        free(w->takes[i].bytes);
}

/* --- events --- */

struct watched_link *watched_open(struct watched *w, uint32_t dial,
                                  const uint8_t noise_key[GARITA_NOISE_KEY_SIZE],
                                  const uint8_t *payload, size_t payload_len)
{
    size_t i = 0;
    while (i < WATCHED_LINKS && w->links[i].id != 0)
        i++;
    if (i == WATCHED_LINKS)
        return NULL;
    struct watched_link *link = &w->links[i];
    *link = (struct watched_link){.id = ++w->last_link, .opened_at = w->now.ms};
    memcpy(link->noise_key, noise_key, sizeof link->noise_key);
    for (size_t d = 0; d < w->dial_count; d++)
        if (w->dials[d] == dial)
            w->dials[d] = w->dials[--w->dial_count];
    uint8_t *exactly = malloc(payload_len + 1);
    WORLD_REQUIRE(exactly != NULL);
    if (payload_len > 0)
        memcpy(exactly, payload, payload_len);
    engine_opened(w->engine, w->now, link->id, dial, noise_key, addresses[0], exactly, payload_len);
    free(exactly);
    drain(w);
    return link;
}

void watched_dial_failed(struct watched *w, size_t which)
{
    if (w->dial_count == 0)
        return;
    which %= w->dial_count;
    uint32_t dial = w->dials[which];
    w->dials[which] = w->dials[--w->dial_count];
    engine_dial_failed(w->engine, w->now, dial);
    drain(w);
}

void watched_hear(struct watched *w, struct watched_link *link, const uint8_t *bytes, size_t len)
{
    struct wire_reader reader = {bytes, len, 0};
    struct wire_message m;
    if (len == 0 || len > ENGINE_PACKET_MAX)
        return;
    while (wire_next(&reader, &m) == WIRE_OK) {
        if (m.kind == WIRE_RUN)
            hear_run(w, &m.as.run.run);
        link->messages += m.kind != WIRE_RUN && m.kind != WIRE_STATEMENT && m.kind != WIRE_PROOF &&
                          m.kind != WIRE_EVIDENCE;
    }
    uint8_t *exactly = malloc(len);
    WORLD_REQUIRE(exactly != NULL);
    memcpy(exactly, bytes, len);
    w->heard += len;
    engine_received(w->engine, w->now, link->id, exactly, len);
    free(exactly);
    drain(w);
    int64_t most = ENGINE_MESSAGES_BURST + REALM_LOGS * ENGINE_MESSAGES_PER_LOG +
                   (w->now.ms - link->opened_at) * ENGINE_MESSAGES_PER_S / 1000;
    WORLD_REQUIRE(link->messages <= most || link->is_closed);
}

void watched_sent(struct watched *w, struct watched_link *link, size_t len)
{
    if (len > link->queued)
        len = link->queued;
    link->queued -= len;
    engine_sent(w->engine, w->now, link->id, len);
    drain(w);
}

void watched_lose(struct watched *w, struct watched_link *link)
{
    engine_link_id id = link->id;
    *link = (struct watched_link){0};
    engine_lost(w->engine, w->now, id);
    drain(w);
}

void watched_taken(struct watched *w, size_t which, const struct engine_take_result *result,
                   bool is_applied)
{
    if (w->take_count == 0)
        return;
    which %= w->take_count;
    struct watched_take take = w->takes[which];
    w->takes[which] = w->takes[--w->take_count];
    struct engine_take_result found = *result;
    if (is_applied && result->is_kept && holding_take(&w->holding, &found, take.bytes, take.len))
        watched_stock(w);
    free(take.bytes);
    engine_taken(w->engine, w->now, take.job, &found);
    drain(w);
}

void watched_log(struct watched *w, size_t log, size_t heads)
{
    struct engine_log now;
    if (!(w->holding.logs >> log & 1))
        return;
    w->holding.heads[log] = (uint8_t)heads;
    held(w);
    holding_log(&now, &w->holding, log);
    WORLD_REQUIRE(engine_log(w->engine, w->now, &now));
    drain(w);
}

void watched_stock(struct watched *w)
{
    for (size_t i = 0; i < REALM_LOGS; i++)
        if (!(w->holding.logs >> i & 1))
            w->holding.heads[i] = 0;
    for (size_t i = 0; i < REALM_ITEMS; i++)
        if (!(w->holding.logs >> realm_items[i].log & 1))
            w->holding.items &= ~(1u << i);
    held(w);
    struct engine_stock stock = holding_stock(&w->holding);
    WORLD_REQUIRE(engine_stock(w->engine, w->now, &stock));
    drain(w);
    for (size_t i = 0; i < WATCHED_LINKS; i++) { /* who is revoked is out at once */
        const struct watched_link *link = &w->links[i];
        WORLD_REQUIRE(link->id == 0 || !link->is_up || link->is_closed || is_member(w, link));
    }
}

void watched_configure(struct watched *w, size_t count)
{
    size_t all = sizeof addresses / sizeof *addresses;
    WORLD_REQUIRE(engine_configure(w->engine, w->now, addresses, count % (all + 1)));
    drain(w);
}

void watched_remember(struct watched *w, size_t count)
{
    uint8_t keys[REALM_NODES][GARITA_NOISE_KEY_SIZE];
    for (size_t i = 0; i < REALM_NODES; i++)
        memcpy(keys[i], realm_nodes[REALM_NODES - 1 - i].noise_key, sizeof keys[i]);
    engine_remember(w->engine, (const uint8_t(*)[GARITA_NOISE_KEY_SIZE])keys,
                    count % (REALM_NODES + 1));
    drain(w);
}

/* Whoever ticks when he is told to has, after a few ticks, to wait for time to pass. */
void watched_tick(struct watched *w, int64_t ms)
{
    enum { TICKS_AT_ONCE = 16 };
    w->now.ms += ms;
    for (int i = 0; i == 0 || engine_due(w->engine) <= w->now.ms; i++) {
        WORLD_REQUIRE(i < TICKS_AT_ONCE);
        engine_tick(w->engine, w->now);
        drain(w);
    }
}

void watched_stop(struct watched *w)
{
    w->is_stopping = true;
    engine_stop(w->engine, w->now);
    drain(w);
    watched_tick(w, 0);
}
