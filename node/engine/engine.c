#include "inside.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* --- tools --- */

enum { THOUSANDTHS = 1000, ROOM_MIN = 4 };

void bucket_fill(struct bucket *bucket, int64_t now, int64_t burst)
{
    *bucket = (struct bucket){burst * THOUSANDTHS, now};
}

bool bucket_take(struct bucket *bucket, int64_t now, int64_t cost, int64_t burst, int64_t per_s)
{
    if (now > bucket->at) {
        int64_t passed = now - bucket->at, full = burst * THOUSANDTHS;
        bucket->at = now;
        if (passed > full / per_s || bucket->level + passed * per_s > full)
            bucket->level = full;
        else
            bucket->level += passed * per_s;
    }
    if (bucket->level < cost * THOUSANDTHS)
        return false;
    bucket->level -= cost * THOUSANDTHS;
    return true;
}

void bucket_owe(struct bucket *bucket, int64_t cost)
{
    bucket->level -= cost * THOUSANDTHS;
}

bool grow(void *array, size_t *room, size_t need, size_t size)
{
    if (need <= *room)
        return true;
    size_t want = *room < ROOM_MIN ? ROOM_MIN : *room * 2;
    if (want < need)
        want = need;
    void *old, *bigger;
    memcpy(&old, array, sizeof old);
    bigger = realloc(old, want * size);
    if (!bigger)
        return false;
    memcpy(array, &bigger, sizeof bigger);
    *room = want;
    return true;
}

uint64_t random_below(struct engine *e, uint64_t limit)
{
    uint64_t value;
    if (limit == 0)
        return 0;
    e->config.host.random(e->config.host.context, (uint8_t *)&value, sizeof value);
    return value % limit;
}

int64_t jitter(struct engine *e, int64_t value)
{
    return value - value / 4 + (int64_t)random_below(e, (uint64_t)(value / 2) + 1);
}

void mix(garita_digest *out, const void *bytes, size_t len)
{
    crypto_generichash(out->bytes, sizeof out->bytes, bytes, len, NULL, 0);
}

void *line_push(struct line *line, size_t size, size_t max)
{
    if (line->count >= max)
        return NULL;
    if (line->first > 0 && line->first + line->count == line->room) {
        memmove(line->at, (uint8_t *)line->at + line->first * size, line->count * size);
        line->first = 0;
    }
    if (!grow(&line->at, &line->room, line->first + line->count + 1, size))
        return NULL;
    return (uint8_t *)line->at + (line->first + line->count++) * size;
}

void *line_push_first(struct line *line, size_t size, size_t max)
{
    if (line->first > 0 && line->count < max) {
        line->first--;
        line->count++;
    } else {
        if (!line_push(line, size, max))
            return NULL;
        uint8_t *at = (uint8_t *)line->at + line->first * size;
        memmove(at + size, at, (line->count - 1) * size);
    }
    return (uint8_t *)line->at + line->first * size;
}

void *line_first(const struct line *line, size_t size)
{
    return line->count > 0 ? (uint8_t *)line->at + line->first * size : NULL;
}

void line_pop(struct line *line)
{
    line->first++;
    if (--line->count == 0)
        line->first = 0;
}

void line_end(struct line *line)
{
    free(line->at);
    *line = (struct line){0};
}

/* --- life --- */

struct engine *engine_new(const struct engine_config *config)
{
    struct engine *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->config = *config;
    if (e->config.links == 0)
        e->config.links = ENGINE_LINKS;
    if (e->config.period_ms <= 0)
        e->config.period_ms = ENGINE_PERIOD_MS;
    config->host.random(config->host.context, e->memo_key, sizeof e->memo_key);
    memo_start(&e->refused, ENGINE_REFUSED_MAX, e->memo_key);
    memo_start(&e->seen, ENGINE_SEEN_MAX, e->memo_key);
    memo_start(&e->sources, ENGINE_REFUSED_MAX, e->memo_key);
    memo_start(&e->wanted_index, 2 * ENGINE_WANTED_MAX, e->memo_key);
    e->agreed_at = -1;
    e->seek_at = e->remember_at = e->explore_at = e->wanted_due = e->relay_due = e->others_at =
        NEVER;
    e->payloads.level = ENGINE_PAYLOADS_BURST * THOUSANDTHS;
    return e;
}

void engine_free(struct engine *e)
{
    if (!e)
        return;
    while (e->pull_count > 0)
        pull_free(e, e->pulls[0]);
    for (size_t i = 0; i < e->link_count; i++) {
        give_link_gone(e, e->links[i]);
        link_free(e->links[i]);
    }
    give_free(e);
    stock_free(e);
    action_clear(e);
    for (size_t i = 0; i < e->configured_count; i++)
        free(e->configured[i].address);
    memo_end(&e->refused);
    memo_end(&e->seen);
    memo_end(&e->sources);
    memo_end(&e->wanted_index);
    free(e->members);
    free(e->roster_text);
    free(e->links);
    free(e->link_ids);
    free(e->link_dues);
    free(e->busy);
    free(e->configured);
    free(e->remembered);
    free(e->bans);
    free(e->pulls);
    free(e->runs);
    free(e->takes);
    free(e->wanted);
    free(e->relays);
    free(e->packet);
    free(e->scratch);
#ifdef ENGINE_BUGS
    free(e->cached);
#endif
    free(e);
}

/* --- events --- */

static void set_time(struct engine *e, struct engine_time now)
{
    if (now.ms > e->now.ms)
        e->now.ms = now.ms;
    e->now.moment = now.moment;
}

static bool is_answer(const struct wire_message *m)
{
    return m->kind == WIRE_RUN || m->kind == WIRE_STATEMENT || m->kind == WIRE_PROOF ||
           m->kind == WIRE_EVIDENCE;
}

/* True: it was asked for, and so costs its sender nothing. */
static bool handle(struct engine *e, struct link *link, const struct wire_message *m)
{
    switch (m->kind) {
    case WIRE_DIGEST:
        gossip_on_digest(e, link, &m->as.digest);
        break;
    case WIRE_VECTOR:
        gossip_on_vector(e, link, &m->as.vector);
        break;
    case WIRE_HEAD:
        gossip_on_head(e, link, &m->as.head);
        break;
    case WIRE_WANT:
        give_on_want(e, link, &m->as.want);
        break;
    case WIRE_STOP:
        give_on_stop(e, link, &m->as.stop);
        break;
    case WIRE_RUN:
        return pull_on_run(e, link, &m->as.run);
    case WIRE_NONE:
        pull_on_none(e, link, &m->as.none);
        break;
    case WIRE_LIST:
        items_on_list(e, link, &m->as.items);
        break;
    case WIRE_ASK:
        items_on_ask(e, link, &m->as.items);
        break;
    case WIRE_LARGE:
        items_on_large(e, link, &m->as.items);
        break;
    case WIRE_STATEMENT:
    case WIRE_PROOF:
    case WIRE_EVIDENCE:
        return items_on_item(e, link, m);
    default: /* HELLO: nothing depends on it yet; and what a newer program says */
        break;
    }
    return false;
}

static void on_close(struct engine *e, struct link *link, const struct wire_close *close)
{
    link->is_told = true;
    action_put(
        e,
        &(struct engine_action){
            .kind = ENGINE_TOLD, .link = link->id, .reason = close->reason, .node = link->node},
        NULL);
    link_close(e, link, 0);
}

/* Whether a link may bring this much that nobody asked for. */
static bool may_bring(struct engine *e, struct link *link, size_t len)
{
    if (HAS_BUG(e, NO_BOUND))
        return true;
    int64_t logs = (int64_t)e->log_count;
    return bucket_take(&link->messages, e->now.ms, 1,
                       ENGINE_MESSAGES_BURST + logs * ENGINE_MESSAGES_PER_LOG,
                       ENGINE_MESSAGES_PER_S + logs) &&
           bucket_take(&link->bytes, e->now.ms, (int64_t)len,
                       ENGINE_BYTES_BURST + logs * ENGINE_BYTES_PER_LOG,
                       ENGINE_BYTES_PER_S + logs * ENGINE_HEAD_BYTES_PER_S);
}

void engine_received(struct engine *e, struct engine_time now, engine_link_id id,
                     const uint8_t *bytes, size_t len)
{
    set_time(e, now);
    struct link *link = link_find(e, id);
    if (!link || link->state == LINK_CLOSING)
        return;
    link->bytes_in += len;
#ifdef ENGINE_BUGS
    if (HAS_BUG(e, NO_BOUND) && grow(&link->hoard, &link->hoard_room, link->hoard_len + len, 1))
        link->hoard_len += len;
#endif
    if (len == 0 || len > ENGINE_PACKET_MAX) {
        link_close(e, link, ENGINE_MALFORMED);
        return;
    }
    struct wire_reader reader = {.bytes = bytes, .len = len};
    struct wire_message message;
    for (;;) {
        size_t at = reader.at;
        enum wire_result result = wire_next(&reader, &message);
        if (result == WIRE_END)
            break;
        if (result == WIRE_MALFORMED) {
            link_close(e, link, ENGINE_MALFORMED);
            break;
        }
        if (message.kind == WIRE_CLOSE) {
            on_close(e, link, &message.as.close);
            break;
        }
        link->heard_at = e->now.ms;
        /* of a node that is not known yet nothing is taken: it will say it again */
        bool was_asked = link->state == LINK_UP && is_answer(&message) && handle(e, link, &message);
        if (!was_asked && !may_bring(e, link, reader.at - at))
            link_close(e, link, ENGINE_FLOOD);
        if (link->state == LINK_UP && !is_answer(&message))
            handle(e, link, &message);
        if (link->state == LINK_CLOSING)
            break;
    }
    if (link->state == LINK_UP)
        items_flush(e, link);
    link_set_due(e, link);
}

void engine_sent(struct engine *e, struct engine_time now, engine_link_id id, size_t len)
{
    set_time(e, now);
    struct link *link = link_find(e, id);
    if (!link)
        return;
    link->queued -= len < link->queued ? len : link->queued;
    link->drained_at = e->now.ms;
    link_set_due(e, link);
    if (!out_is_idle(link))
        out_wake(e, link);
}

void engine_lost(struct engine *e, struct engine_time now, engine_link_id id)
{
    set_time(e, now);
    struct link *link = link_find(e, id);
    if (!link)
        return;
    if (!link->is_lasting && link->is_outbound && link->reason != ENGINE_RENEWED &&
        link->reason != ENGINE_DUPLICATE && link->node)
        member_failed(e, link->noise_key, link->node->public_key, &link->node->certifier);
    link_close(e, link, 0);
    out_forget(e, link);
    size_t index = link->index, last = --e->link_count;
    e->links[index] = e->links[last];
    e->link_ids[index] = e->link_ids[last];
    e->link_dues[index] = e->link_dues[last];
    e->links[index]->index = index;
    link_free(link);
    dial_remember(e);
    dial_soon(e);
}

void engine_dial_failed(struct engine *e, struct engine_time now, uint32_t number)
{
    set_time(e, now);
    struct dial dial;
    if (!dial_end(e, number, &dial))
        return;
    if (dial.has_key)
        member_failed(e, dial.noise_key, dial.public_key, &dial.certifier);
    dial_soon(e);
}

void engine_taken(struct engine *e, struct engine_time now, uint32_t job,
                  const struct engine_take_result *result)
{
    set_time(e, now);
    for (size_t i = 0; i < e->take_count; i++) {
        struct take take = e->takes[i];
        if (take.job != job)
            continue;
        e->takes[i] = e->takes[--e->take_count];
        e->take_bytes -= take.len;
        switch (take.kind) {
        case TAKE_RUN:
            pull_taken(e, &take, result);
            break;
        case TAKE_HEARTBEAT:
            gossip_heartbeat_taken(e, &take, result);
            break;
        case TAKE_ITEMS:
            items_taken(e, &take, result);
            break;
        case TAKE_PAYLOAD:
            link_payload_taken(e, &take, result);
            break;
        }
        return;
    }
}

void engine_tick(struct engine *e, struct engine_time now)
{
    set_time(e, now);
    for (size_t i = 0; i < e->link_count; i++)
        if (e->now.ms >= e->link_dues[i]) {
            link_tick(e, e->links[i]);
            link_set_due(e, e->links[i]);
        }
    gossip_relay_tick(e);
    items_tick(e);
    pull_tick(e);
    give_tick(e);
    dial_seek(e);
}

void engine_stop(struct engine *e, struct engine_time now)
{
    set_time(e, now);
    e->is_stopping = true;
    e->seek_at = e->explore_at = e->remember_at = NEVER;
    for (size_t i = 0; i < e->link_count; i++)
        link_close(e, e->links[i], ENGINE_STOPPING);
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t engine_due(const struct engine *e)
{
    int64_t due = sooner(sooner(e->seek_at, e->wanted_due), sooner(e->relay_due, e->others_at));
    due = sooner(due, sooner(e->explore_at, e->remember_at));
    due = sooner(due, sooner(pull_due(e), give_due(e)));
    for (size_t i = 0; i < e->link_count; i++)
        due = sooner(due, e->link_dues[i]);
    return due;
}

/* --- for people --- */

const char *engine_reason_name(unsigned reason)
{
    switch (reason) {
#define ENGINE_REASON_CASE(constant, code, name)                                                   \
    case ENGINE_##constant:                                                                        \
        return name;
        ENGINE_REASONS(ENGINE_REASON_CASE)
#undef ENGINE_REASON_CASE
    default:
        return "?";
    }
}

size_t engine_link_count(const struct engine *e)
{
    return e->link_count;
}

void engine_link_at(const struct engine *e, size_t index, struct engine_link_view *out)
{
    const struct link *link = e->links[index];
    *out = (struct engine_link_view){.link = link->id,
                                     .node = link->node,
                                     .address = link->address,
                                     .is_outbound = link->is_outbound,
                                     .is_configured = link->configured >= 0,
                                     .is_up = link->state == LINK_UP,
                                     .since_ms = link->opened_at,
                                     .rtt_ms = link->rtt_ms,
                                     .bytes_in = link->bytes_in,
                                     .bytes_out = link->bytes_out,
                                     .agrees = link->agrees};
}

void engine_progress(const struct engine *e, struct engine_progress *out)
{
    *out = (struct engine_progress){.agreed_ms = e->agreed_at};
    for (size_t i = 0; i < e->log_count; i++) {
        const struct log *log = &e->logs[i];
        bool is_behind = false;
        for (size_t c = 0; c < log->claim_count; c++)
            is_behind |= log_is_behind(log, log->claims[c].size, log->claims[c].signed_at);
        out->logs_behind += is_behind;
    }
    for (size_t i = 0; i < e->pull_count; i++)
        for (size_t r = 0; r < 2; r++) {
            const struct run *run = &e->pulls[i]->runs[r];
            if (!run->bytes || e->pulls[i]->ask_count == 0)
                continue;
            uint64_t came = run->came * ENGINE_PIECE_BYTES;
            out->bytes += came < run->total ? came : run->total;
            out->bytes_total += run->total;
        }
}

size_t engine_memory(const struct engine *e)
{
    size_t bytes = sizeof *e + e->partial_bytes + e->run_bytes;
    for (size_t i = 0; i < e->log_count; i++)
        bytes += sizeof *e->logs + e->logs[i].head_len + e->logs[i].peak_count * GARITA_HASH_SIZE +
                 e->logs[i].claim_room * sizeof(struct claim);
    bytes += e->log_count * sizeof *e->by_anchor + e->anchor_count * sizeof *e->anchors +
             e->item_count * sizeof *e->items + e->item_index_size * sizeof *e->item_index +
             e->member_count * sizeof *e->members;
    for (size_t i = 0; i < e->link_count; i++)
        bytes += link_bytes(e, e->links[i]);
    bytes += e->pull_count * sizeof(struct pull) + e->run_count * sizeof(struct kept_run) +
             e->wanted_room * sizeof *e->wanted + e->take_room * sizeof *e->takes;
    bytes += memo_bytes(&e->refused) + memo_bytes(&e->seen) + memo_bytes(&e->sources) +
             memo_bytes(&e->wanted_index);
    for (size_t i = 0; i < e->action_count; i++)
        bytes += sizeof *e->actions + e->actions[e->action_first + i].action.len;
    return bytes + e->packet_room + e->scratch_room;
}
