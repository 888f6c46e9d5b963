/* What the home holds and who is configured, told to the engine. */
#include "node_inside.h"

#include <stdio.h>
#include <string.h>

#include "log.h"
#include "notify.h"

/* --- the home --- */

void node_judge_self(struct node *node)
{
    const struct holdings_self *self = &node->stock->self;
    int64_t moment = node_now(node).moment;
    unsigned reason = 0;

    if (!self->is_known)
        reason = ENGINE_UNCERTIFIED;
    else if (self->is_revoked)
        reason = ENGINE_REVOKED;
    else if (moment != INT64_MIN && moment >= self->until)
        reason = ENGINE_EXPIRED;
    else if (moment != INT64_MIN && moment < self->from)
        reason = ENGINE_NOT_YET;
    node->is_certified = reason == 0;
    if (reason != 0 && reason != node->told_reason)
        log_event(LOG_LEVEL_WARNING, "uncertified", LOG_TEXT("reason", engine_reason_name(reason)),
                  LOG_KEY("node", node->key->public_key),
                  LOG_TEXT("hint", "peers refuse this node: an authority certifies it with garita "
                                   "node certify, then garita trust add FILE"));
    if (reason == 0 && node->told_reason != 0)
        log_event(LOG_LEVEL_INFO, "certified", LOG_TEXT("name", self->name));
    node->told_reason = reason;
}

static void use_stock(struct node *node, struct holdings *stock)
{
    const struct engine_stock held = {stock->trust,     stock->logs,       stock->log_count,
                                      stock->items,     stock->item_count, stock->nodes,
                                      stock->node_count};

    if (!engine_stock(node->engine, node_now(node), &held)) {
        node_tell_alarm("out of memory: what the home holds now is not known yet");
        holdings_free(stock);
        writer_reload(node->writer);
        return;
    }
    holdings_free(node->stock);
    node->stock = stock;
    /* A node whose statement was withdrawn goes on showing it: it is refused for that, then. */
    if (stock->self.is_known) {
        memcpy(node->payload, stock->self.payload, stock->self.payload_len);
        node->self.payload_len = stock->self.payload_len;
    }
    node_judge_self(node);
}

static void use_logs(struct node *node, const struct writer_result *result)
{
    for (size_t i = 0; i < result->log_count; i++)
        if (!engine_log(node->engine, node_now(node), &result->logs[i]))
            writer_reload(node->writer);
}

void node_notify_ready(const struct node *node)
{
    char text[128];

    snprintf(text, sizeof text, "READY=1\nSTATUS=%zu links%s\n", node->links.up,
             node->is_certified ? "" : ", not certified");
    notify(text);
}

void node_on_results(void *context)
{
    struct node *node = context;
    struct writer_result *result;

    while ((result = writer_next(node->writer)) != NULL) {
        struct holdings *stock = result->stock;
        result->stock = NULL;
        if (stock != NULL)
            use_stock(node, stock);
        else
            use_logs(node, result);
        if (stock != NULL && result->job == 0 && node->is_reloading) {
            node->is_reloading = false;
            node_notify_ready(node);
        }
        if (result->job != 0)
            engine_taken(node->engine, node_now(node), result->job, &result->taken);
        writer_result_free(result);
    }
    node_drain(node);
}

/* --- who is configured --- */

bool node_configure(struct node *node, struct peers_fault *fault)
{
    const struct options *options = node->options;

    if (!peers_read(&node->peers, fault, node->home->fd, options->peers, options->peer_count))
        return false;
    if (engine_configure(node->engine, node_now(node), node->peers.at, node->peers.count))
        return true;
    *fault = (struct peers_fault){0, "out of memory"};
    return false;
}

void node_reload(struct node *node)
{
    char text[64];
    struct peers_fault fault;

    snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%llu\n",
             (unsigned long long)(uv_hrtime() / 1000));
    notify(text);
    node->is_reloading = true;
    if (node_configure(node, &fault))
        log_event(LOG_LEVEL_INFO, "reload", LOG_NUMBER("peers", node->peers.count));
    else
        log_event(LOG_LEVEL_ERROR, "reload-failed", LOG_TEXT("file", "peers"),
                  LOG_COUNT("line", fault.line), LOG_TEXT("reason", fault.text),
                  LOG_TEXT("hint", "the peers stay as they were"));
    writer_reload(node->writer);
    node_drain(node);
}
