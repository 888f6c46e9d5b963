#include "links.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct links_one {
    struct links_one *next;
    engine_link_id link;
    bool is_outbound, is_up, is_closing, by_us;
    unsigned reason;
    int64_t up_ms;
    bool has_node;
    uint8_t node[GARITA_PUBLIC_KEY_SIZE];
    char name[GARITA_AUTHORITY_NAME_BYTES_MAX + 1];
    char address[GARITA_NODE_ADDRESS_BYTES_MAX + 1];
};

static struct links_one *find(const struct links *links, engine_link_id link)
{
    struct links_one *one = links->first;

    while (one != NULL && one->link != link)
        one = one->next;
    return one;
}

static void set_node(struct links_one *one, const struct engine_node *node)
{
    if (node == NULL)
        return;
    one->has_node = true;
    memcpy(one->node, node->public_key, sizeof one->node);
    snprintf(one->name, sizeof one->name, "%s", node->name);
}

#define LINK_FIELDS(one)                                                                           \
    LOG_KEY("node", (one)->has_node ? (one)->node : NULL),                                         \
        LOG_TEXT("name", (one)->has_node ? (one)->name : NULL),                                    \
        LOG_TEXT("address", (one)->address),                                                       \
        LOG_TEXT("direction", (one)->is_outbound ? "out" : "in")

void links_opened(struct links *links, engine_link_id link, const char *address, bool is_outbound)
{
    struct links_one *one = calloc(1, sizeof *one);

    if (one == NULL)
        return; /* people are told less */
    one->link = link;
    one->is_outbound = is_outbound;
    snprintf(one->address, sizeof one->address, "%s", address);
    one->next = links->first;
    links->first = one;
}

void links_up(struct links *links, struct engine_time now, engine_link_id link,
              const struct engine_node *node)
{
    struct links_one *one = find(links, link);

    if (one == NULL || one->is_up)
        return;
    set_node(one, node);
    one->is_up = true;
    one->up_ms = now.ms;
    links->up++;
    log_event(LOG_LEVEL_INFO, "link-up", LINK_FIELDS(one),
              LOG_TEXT("country", node != NULL ? node->country : NULL));
}

/* Whether it says something of the peer, and not only of what is wanted just now. */
static bool is_refusal(unsigned reason)
{
    return reason == ENGINE_ENOUGH || reason >= ENGINE_UNCERTIFIED;
}

static void refuse(struct links *links, struct engine_time now, const struct links_one *one)
{
    struct links_refusal *refusal = &links->refusals[links->refused++ % LINKS_REFUSALS];
    uint64_t suppressed;

    *refusal = (struct links_refusal){.at = now.moment > 0 ? now.moment : 0,
                                      .has_node = one->has_node,
                                      .by_us = one->by_us,
                                      .reason = one->reason};
    memcpy(refusal->node, one->node, sizeof refusal->node);
    snprintf(refusal->address, sizeof refusal->address, "%s", one->address);
    if (log_allows(&links->limit, now.ms, &suppressed))
        log_event(LOG_LEVEL_WARNING, "refused", LOG_TEXT("reason", engine_reason_name(one->reason)),
                  LOG_TEXT("by", one->by_us ? "us" : "peer"), LINK_FIELDS(one),
                  LOG_COUNT("suppressed", suppressed));
}

void links_closing(struct links *links, struct engine_time now, engine_link_id link,
                   const struct engine_node *node, unsigned reason, bool by_us)
{
    struct links_one *one = find(links, link);

    if (one == NULL || one->is_closing)
        return; /* who spoke first gave the reason */
    set_node(one, node);
    one->is_closing = true;
    one->reason = reason;
    one->by_us = by_us;
    if (is_refusal(reason))
        refuse(links, now, one);
}

void links_lost(struct links *links, struct engine_time now, engine_link_id link)
{
    struct links_one **at = &links->first;

    while (*at != NULL && (*at)->link != link)
        at = &(*at)->next;
    if (*at == NULL)
        return;
    struct links_one *one = *at;
    if (one->is_up) {
        links->up--;
        log_event(LOG_LEVEL_INFO, "link-down", LINK_FIELDS(one),
                  LOG_TEXT("reason", one->is_closing ? engine_reason_name(one->reason) : "lost"),
                  LOG_NUMBER("for_s", (now.ms - one->up_ms) / 1000));
    }
    *at = one->next;
    free(one);
}

void links_end(struct links *links)
{
    while (links->first != NULL) {
        struct links_one *one = links->first;
        links->first = one->next;
        free(one);
    }
}
