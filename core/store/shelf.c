#include <garita/store_keeper.h>

#include "internal.h"

static bool leaf(void *context, garita_hash *out, uint64_t index)
{
    garita_store_shelf *shelf = context;
    garita_leaf_source source = garita_store_leaf_source(&shelf->leaves, shelf->store, &shelf->log);

    if (source.leaf(source.context, out, index))
        return true;
    shelf->error = query_damaged(shelf->store, "batches of the log are missing");
    return false;
}

static bool batch_bytes(void *context, uint64_t *out, uint64_t first)
{
    garita_store_shelf *shelf = context;

    shelf->error = garita_store_batch_bytes(shelf->store, out, &shelf->log, first);
    return shelf->error == GARITA_STORE_OK;
}

struct visit {
    bool (*visit)(void *visitor, garita_bytes batch);
    void *visitor;
};

static bool visit_batch(void *context, const uint8_t *bytes, size_t bytes_len)
{
    const struct visit *visit = context;

    return visit->visit(visit->visitor, (garita_bytes){bytes, bytes_len});
}

static bool each_batch(void *context, uint64_t first,
                       bool (*visit)(void *visitor, garita_bytes batch), void *visitor)
{
    garita_store_shelf *shelf = context;
    struct visit each = {visit, visitor};

    shelf->error = garita_store_each_batch(shelf->store, &shelf->log, first, visit_batch, &each);
    return shelf->error == GARITA_STORE_OK;
}

void garita_store_shelf_of(garita_shelf *shelf, garita_store_shelf *context, garita_store *store,
                           const garita_log *log)
{
    *context = (garita_store_shelf){.store = store, .log = log->id};
    *shelf = (garita_shelf){.log = log,
                            .leaves = {.context = context, .leaf = leaf},
                            .context = context,
                            .batch_bytes = batch_bytes,
                            .each_batch = each_batch};
}
