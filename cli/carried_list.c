#include "carried_list.h"

#include <stdlib.h>
#include <string.h>

#include "node_text.h"
#include "report.h"
#include "store_report.h"

static bool add(struct carried_list *list, const garita_carried *carried, garita_bytes statement,
                const garita_trust *trust)
{
    if (list->count == list->cap) {
        size_t cap = list->cap == 0 ? 16 : 2 * list->cap;
        struct carried_one *at = realloc(list->at, cap * sizeof *at);
        if (at == NULL)
            return false;
        list->at = at;
        list->cap = cap;
    }
    struct carried_one one = {.carried = *carried, .len = statement.len};
    one.bytes = malloc(statement.len);
    if (one.bytes == NULL)
        return false;
    memcpy(one.bytes, statement.at, statement.len);
    garita_carried read;
    if (carried->type == GARITA_TYPE_NODE)
        one.signer = garita_node_signer(&one.node, NULL, trust, NULL, one.bytes, one.len);
    else
        (void)garita_carried_read(&read, &one.signer, trust, NULL, one.bytes, one.len);
    list->at[list->count++] = one;
    return true;
}

struct reading {
    struct carried_list *list;
    const garita_trust *trust;
    bool out_of_memory;
};

static bool visit(void *data, const garita_carried *carried, garita_bytes statement)
{
    struct reading *reading = data;

    reading->out_of_memory = !add(reading->list, carried, statement, reading->trust);
    return !reading->out_of_memory;
}

exit_status carried_list_read(const struct context *context, struct carried_list *out,
                              garita_store *store, const garita_trust *trust)
{
    struct reading reading = {.list = out, .trust = trust};
    garita_store_error error = garita_store_each_carried(store, visit, &reading);

    if (reading.out_of_memory)
        return report_no_memory(context);
    return error == GARITA_STORE_OK ? EXIT_DONE
                                    : store_report(context, error, garita_store_detail(store));
}

void carried_list_free(struct carried_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->at[i].bytes);
    free(list->at);
    *list = (struct carried_list){0};
}

json_t *carried_list_node_json(const garita_node *node, const garita_issuer *signer)
{
    char id[GARITA_ID_TEXT_SIZE];
    char certifier[GARITA_ID_TEXT_SIZE];
    garita_id key_id;

    garita_key_id(&key_id, node->public_key);
    garita_id_format(id, &key_id);
    garita_id_format(certifier, &signer->id);
    json_t *object = json_pack("{s:s, s:s, s:I, s:s}", "type", "node", "id", id, "serial",
                               (json_int_t)node->serial, "certifier", certifier);
    json_t *said = node_text_to_json(node);
    if (json_object_update(object, said) != 0) {
        json_decref(object);
        object = NULL;
    }
    json_decref(said);
    return object;
}
