#include "node_view.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>
#include <sodium.h>

#include <garita/date.h>

/* Of the form of the answer. */
enum { VIEW_VERSION = 1 };

static json_t *key_json(const uint8_t *key)
{
    char text[2 * GARITA_PUBLIC_KEY_SIZE + 1];

    if (key == NULL)
        return json_null();
    return json_string(sodium_bin2hex(text, sizeof text, key, GARITA_PUBLIC_KEY_SIZE));
}

static json_t *text_json(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}

static json_t *moment_json(int64_t moment)
{
    char text[GARITA_MOMENT_TEXT_SIZE];

    garita_moment_format(text, moment);
    return json_string(text);
}

static json_t *link_json(const struct engine_link_view *link, struct engine_time now)
{
    const struct engine_node *node = link->node;

    return json_pack("{s:o, s:o, s:o, s:s, s:s, s:b, s:b, s:I, s:o, s:I, s:I, s:b}", "node",
                     key_json(node != NULL ? node->public_key : NULL), "name",
                     text_json(node != NULL ? node->name : NULL), "country",
                     text_json(node != NULL ? node->country : NULL), "address", link->address,
                     "direction", link->is_outbound ? "out" : "in", "is_configured",
                     link->is_configured, "is_up", link->is_up, "for_s",
                     (json_int_t)((now.ms - link->since_ms) / 1000), "rtt_ms",
                     link->rtt_ms >= 0 ? json_integer(link->rtt_ms) : json_null(), "bytes_in",
                     (json_int_t)link->bytes_in, "bytes_out", (json_int_t)link->bytes_out, "agrees",
                     link->agrees);
}

static json_t *links_json(const struct node_view *view)
{
    json_t *list = json_array();
    struct engine_link_view link;

    for (size_t i = 0; i < engine_link_count(view->engine); i++) {
        engine_link_at(view->engine, i, &link);
        if (json_array_append_new(list, link_json(&link, view->now)) != 0)
            break;
    }
    return list;
}

static json_t *refusals_json(const struct links *links)
{
    json_t *list = json_array();
    uint64_t first = links->refused > LINKS_REFUSALS ? links->refused - LINKS_REFUSALS : 0;

    for (uint64_t i = first; i < links->refused; i++) {
        const struct links_refusal *refusal = &links->refusals[i % LINKS_REFUSALS];
        json_t *one =
            json_pack("{s:o, s:s, s:o, s:b, s:s}", "at", moment_json(refusal->at), "address",
                      refusal->address, "node", key_json(refusal->has_node ? refusal->node : NULL),
                      "by_us", refusal->by_us, "reason", engine_reason_name(refusal->reason));
        if (json_array_append_new(list, one) != 0)
            break;
    }
    return list;
}

static json_t *listen_json(const struct net *net)
{
    json_t *list = json_array();

    for (size_t i = 0; i < net_listen_count(net); i++)
        (void)json_array_append_new(list, json_string(net_listen_at(net, i)));
    return list;
}

char *node_view_json(const struct node_view *view)
{
    struct engine_progress progress;

    engine_progress(view->engine, &progress);
    json_t *behind =
        json_pack("{s:I, s:I, s:I}", "logs", (json_int_t)progress.logs_behind, "bytes",
                  (json_int_t)progress.bytes, "bytes_total", (json_int_t)progress.bytes_total);
    json_t *object = json_pack(
        "{s:i, s:i, s:o, s:o, s:b, s:o, s:o, s:b, s:o, s:o, s:o, s:o}", "version", VIEW_VERSION,
        "pid", (int)getpid(), "node", key_json(view->public_key), "name", text_json(view->name),
        "is_certified", view->is_certified, "since", moment_json(view->since), "listen",
        listen_json(view->net), "is_archive", view->is_archive, "agreed_s",
        progress.agreed_ms >= 0 ? json_integer((view->now.ms - progress.agreed_ms) / 1000)
                                : json_null(),
        "behind", behind, "links", links_json(view), "refused", refusals_json(view->links));
    char *text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    char *line = text != NULL ? malloc(strlen(text) + 2) : NULL;
    if (line != NULL) {
        strcpy(line, text);
        strcat(line, "\n");
    }
    free(text);
    return line;
}
