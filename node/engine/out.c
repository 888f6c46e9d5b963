#include "inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SCRATCH_KEPT = 64 * 1024 };

/* --- actions --- */

bool action_put(struct engine *e, const struct engine_action *action, uint8_t *owned)
{
    struct engine_action put = *action;
    if (put.node) { /* links come and go before the action is handed out */
        struct engine_node *node = malloc(sizeof *node);
        if (node)
            *node = *put.node;
        put.node = node;
        assert(!owned);
        owned = (uint8_t *)node;
    }
    if (!grow(&e->actions, &e->action_room, e->action_first + e->action_count + 1,
              sizeof *e->actions)) {
        free(owned);
        return false;
    }
    e->actions[e->action_first + e->action_count++] = (struct queued){put, owned};
    return true;
}

void action_clear(struct engine *e)
{
    for (size_t i = 0; i < e->action_count; i++)
        free(e->actions[e->action_first + i].owned);
    free(e->actions);
    free(e->handed.owned);
}

uint32_t out_take(struct engine *e, const struct take *take, uint8_t *bytes, size_t len)
{
    if (!grow(&e->takes, &e->take_room, e->take_count + 1, sizeof *e->takes)) {
        free(bytes);
        return 0;
    }
    struct take made = *take;
    made.job = ++e->job;
    made.len = len;
    if (!action_put(e,
                    &(struct engine_action){.kind = ENGINE_TAKE,
                                            .job = made.job,
                                            .link = made.from_count == 1 ? made.from[0] : 0,
                                            .bytes = bytes,
                                            .len = len},
                    bytes))
        return 0;
    e->takes[e->take_count++] = made;
    e->take_bytes += len;
    if (made.slot != NO_SLOT && !made.item)
        bucket_owe(&e->logs[made.slot].takes, 1);
    return made.job;
}

/* --- what waits on a link --- */

void out_wake(struct engine *e, struct link *link)
{
    if (link->is_queued || !grow(&e->busy, &e->busy_room, e->busy_count + 1, sizeof *e->busy))
        return;
    e->busy[e->busy_count++] = link;
    link->is_queued = true;
}

void out_forget(struct engine *e, const struct link *link)
{
    size_t kept = 0;
    for (size_t i = 0; i < e->busy_count; i++)
        if (e->busy[i] != link)
            e->busy[kept++] = e->busy[i];
    e->busy_count = kept;
}

void out_control(struct engine *e, struct link *link, const struct wire_message *message)
{
    /* what does not fit is as good as lost: all of it is said again */
    uint8_t bytes[ENGINE_ITEM_BYTES_MAX];
    struct wire_writer writer = {bytes, 0, sizeof bytes};
    if (!wire_put(&writer, message) || link->control_len + writer.len > ENGINE_CONTROL_MAX ||
        !grow(&link->control, &link->control_room, link->control_len + writer.len, 1))
        return;
    memcpy(link->control + link->control_len, bytes, writer.len);
    link->control_len += writer.len;
    out_wake(e, link);
}

bool out_is_idle(const struct link *link)
{
    return link->control_len == 0 && link->heads.count == 0 && link->answers.count == 0 &&
           link->news.count == 0 && link->lists.count == 0 && link->vector_count == 0 &&
           link->giving_count == 0 && !link->has_wanted &&
           (link->state != LINK_CLOSING || link->is_handed);
}

bool out_sink(void *engine, const uint8_t *bytes, size_t len)
{
    struct engine *e = engine;
    if (len > ENGINE_RUN_BYTES_MAX - e->scratch_len ||
        !grow(&e->scratch, &e->scratch_room, e->scratch_len + len, 1))
        return false;
    memcpy(e->scratch + e->scratch_len, bytes, len);
    e->scratch_len += len;
    return true;
}

void out_trim(struct engine *e)
{
    if (e->scratch_room <= SCRATCH_KEPT)
        return;
    free(e->scratch);
    e->scratch = NULL;
    e->scratch_room = e->scratch_len = 0;
}

/* --- a packet --- */

/* Moves whole messages from what waits into the packet. */
static void put_control(struct link *link, struct wire_writer *writer)
{
    struct wire_reader reader = {link->control, link->control_len, 0};
    struct wire_message message;
    size_t fits = 0;
    while (wire_next(&reader, &message) == WIRE_OK && reader.at <= writer->cap - writer->len)
        fits = reader.at;
    if (fits == 0)
        return;
    memcpy(writer->bytes + writer->len, link->control, fits);
    writer->len += fits;
    link->control_len -= fits;
    memmove(link->control, link->control + fits, link->control_len);
}

/* The next packet of a link: what is short and fresh first, what is long last, and that only while
 * little waits for the network. False if there is nothing to send now. */
static bool compose(struct engine *e, struct link *link)
{
    struct wire_writer writer = {e->packet, 0, ENGINE_PACKET_MAX};
    if (link->queued >= ENGINE_QUEUED_MAX && link->state != LINK_CLOSING)
        return false;
    if (link->control_len > 0)
        put_control(link, &writer);
    if (link->state == LINK_UP) {
        gossip_put_heads(e, link, &writer);
        items_put_answers(e, link, &writer, false);
        items_put_asks(e, link, &writer);
        if (link->queued + writer.len < ENGINE_BULK_QUEUED_MAX) {
            items_put_answers(e, link, &writer, true);
            gossip_put_vectors(e, link, &writer);
            items_put_lists(e, link, &writer);
            if (writer.len < ENGINE_ITEM_BYTES_MAX)
                give_piece(e, link, &writer);
        }
    }
    if (writer.len == 0)
        return false;
    link->queued += writer.len;
    link->bytes_out += writer.len;
    if (link->queued == writer.len)
        link->drained_at = e->now.ms;
    link_set_due(e, link);
    e->handed.action = (struct engine_action){
        .kind = ENGINE_SEND, .link = link->id, .bytes = e->packet, .len = writer.len};
    return true;
}

static bool close_now(struct engine *e, struct link *link)
{
    if (link->state != LINK_CLOSING || link->control_len > 0 || link->is_handed)
        return false;
    link->is_handed = true;
    const struct engine_node *node = NULL;
    if (link->node) {
        e->shown = *link->node;
        node = &e->shown;
    }
    e->handed.action = (struct engine_action){
        .kind = ENGINE_CLOSE, .link = link->id, .reason = link->reason, .node = node};
    return true;
}

static void unqueue(struct engine *e)
{
    e->busy[0]->is_queued = false;
    e->busy[0] = e->busy[--e->busy_count];
}

const struct engine_action *engine_next(struct engine *e)
{
    free(e->handed.owned);
    e->handed = (struct queued){0};
    if (e->action_count > 0) {
        e->handed = e->actions[e->action_first++];
        if (--e->action_count == 0)
            e->action_first = 0;
        return &e->handed.action;
    }
    if (!e->packet && e->busy_count > 0) {
        e->packet = malloc(ENGINE_PACKET_MAX);
        e->packet_room = e->packet ? ENGINE_PACKET_MAX : 0;
        if (!e->packet)
            return NULL; /* there may be memory at the next event */
    }
    while (e->busy_count > 0) {
        struct link *link = e->busy[0];
        if (compose(e, link))
            return &e->handed.action;
        bool is_closed = close_now(e, link);
        unqueue(e);
        if (is_closed)
            return &e->handed.action;
    }
    return NULL;
}
