/* What the engine wants done, and what it is told of the network. */
#include "node_inside.h"

#include <string.h>

#include "links_file.h"
#include "log.h"

/* --- what the engine wants done --- */

static void remember(struct node *node, const uint8_t *keys, size_t len)
{
    if (len > sizeof node->remembered ||
        (len == node->remembered_len && memcmp(keys, node->remembered, len) == 0))
        return;
    memcpy(node->remembered, keys, len);
    node->remembered_len = len;
    bool is_bad = !links_write(node->home->fd, keys, len / GARITA_NOISE_KEY_SIZE);
    if (is_bad && !node->is_links_file_bad)
        log_event(LOG_LEVEL_WARNING, "links-not-written", LOG_TEXT("home", node->home->path));
    node->is_links_file_bad = is_bad;
}

static void take(struct node *node, uint32_t job, const uint8_t *bytes, size_t len)
{
    const struct engine_take_result not_kept = {.is_kept = false};

    if (node->writer == NULL || writer_take(node->writer, job, bytes, len))
        return; /* without a writer it is the end, and nobody waits */
    node_tell_alarm("out of memory: what a peer sent is asked for again");
    engine_taken(node->engine, node_now(node), job, &not_kept);
}

static void act(struct node *node, const struct engine_action *action)
{
    struct engine_time now = node_now(node);
    uint32_t dial = action->dial;

    switch (action->kind) {
    case ENGINE_SEND:
        net_send(node->net, action->link, action->bytes, action->len);
        break;
    case ENGINE_TAKE:
        take(node, action->job, action->bytes, action->len);
        break;
    case ENGINE_DIAL:
        if (!net_dial(node->net, dial, action->text, action->noise_key))
            engine_dial_failed(node->engine, now, dial);
        break;
    case ENGINE_CLOSE:
        links_closing(&node->links, now, action->link, action->node, action->reason, true);
        net_end(node->net, action->link);
        break;
    case ENGINE_UP:
        links_up(&node->links, now, action->link, action->node);
        break;
    case ENGINE_TOLD:
        links_closing(&node->links, now, action->link, action->node, action->reason, false);
        break;
    case ENGINE_REMEMBER:
        remember(node, action->bytes, action->len);
        break;
    case ENGINE_ALARM:
        node_tell_alarm(action->text);
        break;
    }
}

static void on_tick(uv_timer_t *timer)
{
    struct node *node = timer->data;

    node_judge_self(node);
    engine_tick(node->engine, node_now(node));
    node_drain(node);
}

void node_drain(struct node *node)
{
    const struct engine_action *action;

    while ((action = engine_next(node->engine)) != NULL)
        act(node, action);
    int64_t due_ms = engine_due(node->engine), now_ms = (int64_t)uv_now(&node->loop);
    if (due_ms == INT64_MAX)
        uv_timer_stop(&node->tick);
    else /* never at once: libuv would not come to anything else before */
        uv_timer_start(&node->tick, on_tick, due_ms > now_ms ? (uint64_t)(due_ms - now_ms) : 1, 0);
}

/* --- the network --- */

void node_stop_if_quiet(struct node *node)
{
    if (node->is_stopping && net_is_quiet(node->net))
        uv_stop(&node->loop);
}

static void on_opened(void *context, engine_link_id link, uint32_t dial,
                      const uint8_t noise_key[GARITA_NOISE_KEY_SIZE], const char *address,
                      const uint8_t *payload, size_t payload_len)
{
    struct node *node = context;

    links_opened(&node->links, link, address, dial != 0);
    engine_opened(node->engine, node_now(node), link, dial, noise_key, address, payload,
                  payload_len);
    node_drain(node);
}

static void on_dial_failed(void *context, uint32_t dial)
{
    struct node *node = context;

    engine_dial_failed(node->engine, node_now(node), dial);
    node_drain(node);
    node_stop_if_quiet(node);
}

static void on_received(void *context, engine_link_id link, const uint8_t *packet, size_t len)
{
    struct node *node = context;

    engine_received(node->engine, node_now(node), link, packet, len);
    node_drain(node);
}

static void on_sent(void *context, engine_link_id link, size_t len)
{
    struct node *node = context;

    engine_sent(node->engine, node_now(node), link, len);
    node_drain(node);
}

static void on_lost(void *context, engine_link_id link)
{
    struct node *node = context;
    struct engine_time now = node_now(node);

    links_lost(&node->links, now, link);
    engine_lost(node->engine, now, link);
    node_drain(node);
    node_stop_if_quiet(node);
}

void node_acts_start(struct node *node)
{
    uv_timer_init(&node->loop, &node->tick);
    node->tick.data = node;
    node->net_events = (struct net_events){.context = node,
                                           .opened = on_opened,
                                           .dial_failed = on_dial_failed,
                                           .received = on_received,
                                           .sent = on_sent,
                                           .lost = on_lost};
}
