#include "peers_node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <garita/key.h>
#include <garita/store.h>

#include "i18n.h"
#include "json_out.h"
#include "report.h"
#include "store_report.h"

/* The version of the answer that this program reads. */
enum { VERSION = 1 };

/* --- members --- */

/* An object whose members are asked for one by one; one that is not as it must be is remembered. */
struct reader {
    const json_t *object;
    bool is_bad;
};

static int64_t number(struct reader *reader, const char *name)
{
    const json_t *value = json_object_get(reader->object, name);

    if (!json_is_integer(value) || json_integer_value(value) < 0) {
        reader->is_bad = true;
        return 0;
    }
    return json_integer_value(value);
}

static int64_t number_or_null(struct reader *reader, const char *name, bool *is_there)
{
    *is_there = !json_is_null(json_object_get(reader->object, name));
    return *is_there ? number(reader, name) : 0;
}

static bool flag(struct reader *reader, const char *name)
{
    const json_t *value = json_object_get(reader->object, name);

    reader->is_bad = reader->is_bad || !json_is_boolean(value);
    return json_is_true(value);
}

static const char *text(struct reader *reader, const char *name)
{
    const char *value = json_string_value(json_object_get(reader->object, name));

    reader->is_bad = reader->is_bad || value == NULL;
    return value != NULL ? value : "";
}

static const char *text_or_null(struct reader *reader, const char *name)
{
    return json_is_null(json_object_get(reader->object, name)) ? NULL : text(reader, name);
}

static const char *key_or_null(struct reader *reader, const char *name)
{
    const char *key = text_or_null(reader, name);

    reader->is_bad =
        reader->is_bad || (key != NULL && (strlen(key) != 2 * (size_t)GARITA_PUBLIC_KEY_SIZE ||
                                           strspn(key, "0123456789abcdef") != strlen(key)));
    return key;
}

/* One of two words. */
static bool is_first_of(struct reader *reader, const char *name, const char *first,
                        const char *second)
{
    const char *word = text(reader, name);
    bool is_first = strcmp(word, first) == 0;

    reader->is_bad = reader->is_bad || (!is_first && strcmp(word, second) != 0);
    return is_first;
}

static const json_t *array(struct reader *reader, const char *name)
{
    const json_t *value = json_object_get(reader->object, name);

    reader->is_bad = reader->is_bad || !json_is_array(value);
    return value;
}

/* --- objects --- */

static bool read_link(struct peers_link *out, const json_t *object)
{
    struct reader reader = {.object = object};

    out->node = key_or_null(&reader, "node");
    out->name = text_or_null(&reader, "name");
    out->country = text_or_null(&reader, "country");
    out->address = text(&reader, "address");
    out->is_inbound = is_first_of(&reader, "direction", "in", "out");
    out->is_configured = flag(&reader, "is_configured");
    out->is_up = flag(&reader, "is_up");
    out->for_s = number(&reader, "for_s");
    out->rtt_ms = number_or_null(&reader, "rtt_ms", &out->has_rtt);
    out->bytes_in = number(&reader, "bytes_in");
    out->bytes_out = number(&reader, "bytes_out");
    out->agrees = flag(&reader, "agrees");
    return !reader.is_bad;
}

static bool read_refusal(struct peers_refusal *out, const json_t *object)
{
    struct reader reader = {.object = object};

    out->at = text(&reader, "at");
    out->address = text(&reader, "address");
    out->node = key_or_null(&reader, "node");
    out->by_us = flag(&reader, "by_us");
    out->reason = text(&reader, "reason");
    return !reader.is_bad;
}

static void read_behind(struct peers_node *out, struct reader *parent)
{
    struct reader reader = {.object = json_object_get(parent->object, "behind")};

    out->logs_behind = number(&reader, "logs");
    out->bytes = number(&reader, "bytes");
    out->bytes_total = number(&reader, "bytes_total");
    parent->is_bad = parent->is_bad || reader.is_bad;
}

static enum peers_answer read_lists(struct peers_node *out, const json_t *links,
                                    const json_t *refused)
{
    /* As many as the answer, which is bounded, has. */
    out->links = calloc(json_array_size(links) + 1, sizeof *out->links);
    out->refused = calloc(json_array_size(refused) + 1, sizeof *out->refused);
    if (out->links == NULL || out->refused == NULL) {
        errno = ENOMEM;
        return PEERS_FAILED;
    }
    for (; out->link_count < json_array_size(links); out->link_count++) {
        struct peers_link *link = &out->links[out->link_count];
        if (!read_link(link, json_array_get(links, out->link_count)))
            return PEERS_GARBLED;
        out->up_count += link->is_up;
    }
    for (; out->refused_count < json_array_size(refused); out->refused_count++)
        if (!read_refusal(&out->refused[out->refused_count],
                          json_array_get(refused, out->refused_count)))
            return PEERS_GARBLED;
    return PEERS_ANSWERED;
}

static bool are_texts(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!json_is_string(json_array_get(list, i)))
            return false;
    return true;
}

static enum peers_answer read_node(struct peers_node *out)
{
    struct reader reader = {.object = out->json};

    if (number(&reader, "version") != VERSION)
        return reader.is_bad ? PEERS_GARBLED : PEERS_NEWER;
    out->pid = number(&reader, "pid");
    out->node = key_or_null(&reader, "node");
    out->name = text_or_null(&reader, "name");
    out->is_certified = flag(&reader, "is_certified");
    out->since = text(&reader, "since");
    out->listen = array(&reader, "listen");
    out->is_archive = flag(&reader, "is_archive");
    out->agreed_s = number_or_null(&reader, "agreed_s", &out->has_agreed);
    read_behind(out, &reader);
    const json_t *links = array(&reader, "links");
    const json_t *refused = array(&reader, "refused");
    if (reader.is_bad || out->node == NULL || !are_texts(out->listen))
        return PEERS_GARBLED;
    return read_lists(out, links, refused);
}

enum peers_answer peers_node_ask(struct peers_node *out, const char *home)
{
    struct buffer said = {0};
    enum peers_answer answer = peers_ask(&said, home);

    *out = (struct peers_node){0};
    if (answer == PEERS_ANSWERED && said.failed) {
        errno = ENOMEM;
        answer = PEERS_FAILED;
    }
    /* It ended, or had too many to answer, before its line was whole. */
    if (answer == PEERS_ANSWERED && (said.len == 0 || said.at[said.len - 1] != '\n'))
        answer = PEERS_SILENT;
    if (answer == PEERS_ANSWERED) {
        out->json = json_loadb(said.at, said.len, JSON_REJECT_DUPLICATES, NULL);
        answer = out->json != NULL ? read_node(out) : PEERS_GARBLED;
    }
    buffer_free(&said);
    if (answer != PEERS_ANSWERED)
        peers_node_free(out);
    return answer;
}

void peers_node_free(struct peers_node *node)
{
    int why = errno;

    json_decref(node->json);
    free(node->links);
    free(node->refused);
    *node = (struct peers_node){0};
    errno = why;
}

bool peers_node_is_level(const struct peers_node *node)
{
    return node->has_agreed && node->logs_behind == 0;
}

/* --- out again --- */

static json_t *number_or_null_json(bool is_there, int64_t value)
{
    return is_there ? json_integer(value) : json_null();
}

static json_t *link_to_json(const struct peers_link *link)
{
    return json_pack(
        "{s:o, s:o, s:o, s:s, s:s, s:b, s:b, s:I, s:o, s:I, s:I, s:b}", "node",
        json_out_text_or_null(link->node), "name", json_out_text_or_null(link->name), "country",
        json_out_text_or_null(link->country), "address", link->address, "direction",
        link->is_inbound ? "in" : "out", "is_configured", (int)link->is_configured, "is_up",
        (int)link->is_up, "for_s", (json_int_t)link->for_s, "rtt_ms",
        number_or_null_json(link->has_rtt, link->rtt_ms), "bytes_in", (json_int_t)link->bytes_in,
        "bytes_out", (json_int_t)link->bytes_out, "agrees", (int)link->agrees);
}

static json_t *refusal_to_json(const struct peers_refusal *refusal)
{
    return json_pack("{s:s, s:s, s:o, s:b, s:s}", "at", refusal->at, "address", refusal->address,
                     "node", json_out_text_or_null(refusal->node), "by_us", (int)refusal->by_us,
                     "reason", refusal->reason);
}

json_t *peers_node_to_json(const struct peers_node *node)
{
    json_t *links = json_array();
    json_t *refused = json_array();

    /* An element that there was no memory for is refused by the array, and an array by json_pack.
     */
    for (size_t i = 0; i < node->link_count && links != NULL; i++)
        if (json_array_append_new(links, link_to_json(&node->links[i])) != 0) {
            json_decref(links);
            links = NULL;
        }
    for (size_t i = 0; i < node->refused_count && refused != NULL; i++)
        if (json_array_append_new(refused, refusal_to_json(&node->refused[i])) != 0) {
            json_decref(refused);
            refused = NULL;
        }
    return json_pack("{s:I, s:s, s:o, s:b, s:s, s:o, s:b, s:o, s:{s:I, s:I, s:I}, s:o, s:o}", "pid",
                     (json_int_t)node->pid, "node", node->node, "name",
                     json_out_text_or_null(node->name), "is_certified", (int)node->is_certified,
                     "since", node->since, "listen", json_deep_copy(node->listen), "is_archive",
                     (int)node->is_archive, "agreed_s",
                     number_or_null_json(node->has_agreed, node->agreed_s), "behind", "logs",
                     (json_int_t)node->logs_behind, "bytes", (json_int_t)node->bytes, "bytes_total",
                     (json_int_t)node->bytes_total, "links", links, "refused", refused);
}

/* --- no answer --- */

static exit_status report(const struct context *context, exit_status status, const char *code,
                          const char *message, const char *hint)
{
    return report_failure(context, &(struct failure){status, code, context->home, 0, hint}, "%s",
                          message);
}

exit_status peers_node_report(const struct context *context, enum peers_answer answer)
{
    switch (answer) {
    case PEERS_ANSWERED:
        return EXIT_DONE;
    case PEERS_NO_HOME:
        return store_report(context, GARITA_STORE_NO_HOME, "");
    case PEERS_NOBODY:
        return report(context, EXIT_NOT_FOUND, "not-running", _("no node runs in this home"),
                      _("\"garitad --home DIR --key NAME --listen ADDRESS:PORT\" starts one; "
                        "\"garita status\" shows what this home knows without it"));
    case PEERS_DENIED:
        return report(context, EXIT_NOT_ALLOWED, "denied",
                      _("this user may not ask the node that runs in this home"),
                      _("ask as the user that it runs as"));
    case PEERS_SILENT:
        return report(context, EXIT_IO, "no-answer",
                      _("the node that runs in this home does not answer"),
                      _("try again; if that goes on, its log says what it does"));
    case PEERS_GARBLED:
        return report(context, EXIT_BAD_INPUT, "malformed",
                      _("what answers for the node of this home is not what a node says"),
                      _("see which program has garitad.sock in that folder open"));
    case PEERS_NEWER:
        return report(context, EXIT_BAD_INPUT, "newer",
                      _("the node of this home answers in a way that this program does not know"),
                      _("use the garita that came with that garitad"));
    case PEERS_FAILED:
        break;
    }
    return report_failure(context, &(struct failure){EXIT_IO, "io", context->home, 0, NULL},
                          _("the node of this home cannot be asked: %s"), strerror(errno));
}
