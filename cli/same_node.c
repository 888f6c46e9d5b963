#include "same_node.h"

#include <stdlib.h>
#include <string.h>

#include <garita/node.h>

#include "report.h"
#include "store_report.h"

/* What the register says of which machine. */
struct said {
    uint32_t serial;
    uint32_t with; /* the serial asked for that names it, or one that names the same; 0: none */
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
    uint8_t noise_key[GARITA_NOISE_KEY_SIZE];
    char name[GARITA_AUTHORITY_NAME_BYTES_MAX + 1];
};

struct search {
    const struct serials *serials;
    struct said *said;
    size_t count, cap;
    bool out_of_memory;
};

static bool collect(void *data, uint32_t serial, const uint8_t *bytes, size_t bytes_len)
{
    struct search *search = data;
    garita_node node;

    if (garita_node_inspect(&node, NULL, NULL, bytes, bytes_len) != GARITA_OK)
        return true;
    if (search->count == search->cap) {
        size_t cap = search->cap == 0 ? 16 : 2 * search->cap;
        struct said *grown = realloc(search->said, cap * sizeof *grown);
        search->out_of_memory = grown == NULL;
        if (grown == NULL)
            return false;
        search->said = grown;
        search->cap = cap;
    }
    struct said *said = &search->said[search->count++];
    *said =
        (struct said){.serial = serial, .with = serials_has(search->serials, serial) ? serial : 0};
    memcpy(said->public_key, node.public_key, sizeof said->public_key);
    memcpy(said->noise_key, node.noise_key, sizeof said->noise_key);
    memcpy(said->name, node.name.at, node.name.len);
    return true;
}

static bool is_same_machine(const struct said *a, const struct said *b)
{
    return memcmp(a->public_key, b->public_key, sizeof a->public_key) == 0 ||
           memcmp(a->noise_key, b->noise_key, sizeof a->noise_key) == 0;
}

/* Marks all that are about the machines of those that are marked. Each is held against the others
 * once, when it is marked: todo holds those that it has not been done for. False without memory. */
static bool mark(struct search *search)
{
    size_t *todo = calloc(search->count + 1, sizeof *todo);
    size_t todo_count = 0;

    if (todo == NULL)
        return false;
    for (size_t i = search->count; i-- > 0;)
        if (search->said[i].with != 0)
            todo[todo_count++] = i;
    while (todo_count > 0) {
        const struct said *marked = &search->said[todo[--todo_count]];
        for (size_t i = 0; i < search->count; i++) {
            if (search->said[i].with != 0 || !is_same_machine(marked, &search->said[i]))
                continue;
            search->said[i].with = marked->with;
            todo[todo_count++] = i;
        }
    }
    free(todo);
    return true;
}

static bool give(struct same_nodes *out, const struct search *search)
{
    out->at = calloc(search->count + 1, sizeof *out->at);
    for (size_t i = 0; i < search->count && out->at != NULL; i++) {
        const struct said *said = &search->said[i];
        if (said->with == 0 || said->with == said->serial)
            continue;
        struct same_node *node = &out->at[out->count++];
        node->serial = said->serial;
        node->with = said->with;
        memcpy(node->name, said->name, sizeof node->name);
    }
    return out->at != NULL;
}

exit_status same_node_find(const struct context *context, struct same_nodes *out,
                           garita_store *store, const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                           const struct serials *serials)
{
    struct search search = {.serials = serials};
    garita_store_error error = garita_store_each_own_node(store, first_key, collect, &search);
    bool has_memory = !search.out_of_memory;

    if (has_memory && error == GARITA_STORE_OK)
        has_memory = mark(&search) && give(out, &search);
    free(search.said);
    if (!has_memory)
        return report_no_memory(context);
    return error == GARITA_STORE_OK ? EXIT_DONE
                                    : store_report(context, error, garita_store_detail(store));
}

void same_nodes_free(struct same_nodes *nodes)
{
    free(nodes->at);
    *nodes = (struct same_nodes){0};
}
