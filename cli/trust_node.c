#include "trust_node.h"

#include <garita/store_logs.h>

#include "report.h"
#include "store_report.h"

struct reading {
    garita_carried_list *kept;
    bool out_of_memory;
};

static bool visit(void *data, const garita_carried *carried, garita_bytes statement)
{
    struct reading *reading = data;

    (void)statement;
    reading->out_of_memory = !garita_carried_list_add(reading->kept, carried);
    return !reading->out_of_memory;
}

exit_status trust_nodes_open(const struct context *context, struct trust_nodes *nodes,
                             garita_store *store, const garita_trust *trust)
{
    struct reading reading = {.kept = &nodes->kept};

    nodes->store = store;
    nodes->trust = trust;
    garita_store_error error = garita_store_load_book(store, &nodes->book, trust, NULL, NULL);
    if (error == GARITA_STORE_OK)
        error = garita_store_each_carried(store, visit, &reading);
    if (reading.out_of_memory)
        return report_no_memory(context);
    garita_carried_list_sort(&nodes->kept);
    return error == GARITA_STORE_OK ? EXIT_DONE
                                    : store_report(context, error, garita_store_detail(store));
}

void trust_nodes_free(struct trust_nodes *nodes)
{
    garita_carried_list_free(&nodes->kept);
    garita_book_free(nodes->book);
    *nodes = (struct trust_nodes){0};
}

/* Keeps one in the place of what is gone for it. */
static garita_store_error keep(struct trust_nodes *nodes, const garita_carried_ruling *ruling,
                               const garita_carried *carried, const struct statement *statement)
{
    garita_store_error error = GARITA_STORE_OK;

    for (size_t i = 0; i < ruling->gone_count && error == GARITA_STORE_OK; i++)
        error = garita_store_remove_carried(nodes->store, &ruling->gone[i].digest);
    if (error == GARITA_STORE_OK)
        error = garita_store_add_carried(nodes->store, carried, statement->bytes, statement->len);
    return error;
}

/* Of one that is kept: what it took the place of. */
static trust_node_outcome outcome_of(const garita_carried_ruling *ruling,
                                     const garita_carried *carried)
{
    if (ruling->has_twin)
        return TRUST_NODE_TWIN;
    for (size_t i = 0; i < ruling->gone_count; i++)
        if (garita_carried_compare(carried, &ruling->gone[i]) == GARITA_CARRIED_NEWER)
            return TRUST_NODE_RENEWED;
    return TRUST_NODE_ADDED;
}

exit_status trust_node_add(const struct context *context, struct trust_nodes *nodes,
                           trust_node_outcome *out, garita_error *why, const garita_issuer **signer,
                           const struct statement *statement)
{
    garita_carried carried;
    garita_carried_ruling ruling;

    *out = TRUST_NODE_REFUSED;
    if (garita_carried_judge(&carried, signer, why, nodes->trust, nodes->book, statement->bytes,
                             statement->len) != GARITA_CARRIED_STANDS)
        return EXIT_DONE;
    if (!garita_carried_place(&ruling, &nodes->kept, &carried))
        return report_no_memory(context);
    if (ruling.is_kept) {
        garita_store_error error = keep(nodes, &ruling, &carried, statement);
        if (error != GARITA_STORE_OK)
            return store_report(context, error, garita_store_detail(nodes->store));
        *out = outcome_of(&ruling, &carried);
    } else if (ruling.has_twin) {
        *why = GARITA_E_SERIAL_TAKEN;
    } else if (ruling.is_full) {
        *why = GARITA_E_FULL;
    } else {
        *out = ruling.is_known ? TRUST_NODE_KNOWN : TRUST_NODE_OLDER;
    }
    return EXIT_DONE;
}
