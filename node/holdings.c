#include "holdings.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <garita/store_logs.h>
#include <garita/store_stock.h>
#include <garita/store_view.h>

#include "channel/payload.h"

static_assert(GARITA_STOCK_PROOF == ENGINE_ITEM_PROOF &&
                  GARITA_STOCK_EVIDENCE == ENGINE_ITEM_EVIDENCE,
              "kinds of items have one number in the store and in the engine");

static void copy_log(struct engine_log *out, const garita_stock_log *log)
{
    *out = (struct engine_log){.id = log->id,
                               .anchor = log->anchor,
                               .is_given = log->is_given,
                               .is_equivocated = log->is_equivocated,
                               .head = log->head,
                               .head_len = log->head_len,
                               .frontier = log->frontier};
    memcpy(out->name, log->name, sizeof out->name);
    memcpy(out->head_bytes, log->head_bytes, log->head_len);
}

static void copy_item(struct engine_item *out, const garita_stock_item *item)
{
    *out = (struct engine_item){.log = item->log,
                                .anchor = item->anchor,
                                .kind = (uint8_t)item->kind,
                                .digest = item->digest};
}

static void copy_node(struct engine_node *out, const garita_stock_node *node)
{
    *out = (struct engine_node){.certifier = node->certifier,
                                .from = node->from,
                                .until = node->until,
                                .is_revoked = node->is_revoked,
                                .address_count = node->address_count};
    memcpy(out->public_key, node->public_key, sizeof out->public_key);
    memcpy(out->noise_key, node->noise_key, sizeof out->noise_key);
    memcpy(out->name, node->name, sizeof out->name);
    memcpy(out->country, node->country, sizeof out->country);
    memcpy(out->addresses, node->addresses, sizeof out->addresses);
}

static bool copy(struct holdings *out, const garita_stock *stock)
{
    out->logs = calloc(stock->log_count + 1, sizeof *out->logs);
    out->items = calloc(stock->item_count + 1, sizeof *out->items);
    out->nodes = calloc(stock->node_count + 1, sizeof *out->nodes);
    if (out->logs == NULL || out->items == NULL || out->nodes == NULL)
        return false;
    out->log_count = stock->log_count;
    out->item_count = stock->item_count;
    out->node_count = stock->node_count;
    for (size_t i = 0; i < stock->log_count; i++)
        copy_log(&out->logs[i], &stock->logs[i]);
    for (size_t i = 0; i < stock->item_count; i++)
        copy_item(&out->items[i], &stock->items[i]);
    for (size_t i = 0; i < stock->node_count; i++)
        copy_node(&out->nodes[i], &stock->nodes[i]);
    return true;
}

/* --- this node --- */

static unsigned rank(const garita_stock_node *node, int64_t moment)
{
    if (node->is_revoked)
        return 1; /* it is told all the same, so that it is refused for the right reason */
    return moment >= node->from && moment < node->until ? 3 : 2;
}

/* The statement about this node that serves best; null if there is none. */
static const garita_stock_node *find_self(const garita_stock *stock,
                                          const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE],
                                          const uint8_t noise_key[GARITA_NOISE_KEY_SIZE],
                                          int64_t moment)
{
    const garita_stock_node *best = NULL;
    unsigned best_rank = 0;

    for (size_t i = 0; i < stock->node_count; i++) {
        const garita_stock_node *node = &stock->nodes[i];
        unsigned node_rank = rank(node, moment);
        if (memcmp(node->public_key, public_key, sizeof node->public_key) != 0 ||
            memcmp(node->noise_key, noise_key, sizeof node->noise_key) != 0)
            continue;
        if (node_rank > best_rank || (node_rank == best_rank && node->until > best->until)) {
            best = node;
            best_rank = node_rank;
        }
    }
    return best;
}

static bool each_trusted(void *context, payload_visit visit, void *visitor)
{
    return garita_store_each_trusted(context, visit, visitor) == GARITA_STORE_OK;
}

static garita_store_error set_self(struct holdings_self *out, garita_store *store,
                                   const garita_trust *trust, const garita_stock_node *node)
{
    if (node == NULL)
        return GARITA_STORE_OK;
    out->is_known = true;
    out->is_revoked = node->is_revoked;
    memcpy(out->name, node->name, sizeof out->name);
    out->from = node->from;
    out->until = node->until;
    return payload_build(out->payload, &out->payload_len, trust,
                         (garita_bytes){node->statement, node->statement_len}, each_trusted, store)
               ? GARITA_STORE_OK
               : GARITA_STORE_IO;
}

/* --- --- */

static garita_store_error load(struct holdings *out, garita_stock *stock, garita_store *store,
                               garita_store_keeper *keeper)
{
    garita_trust *trust;
    garita_book *book;
    garita_store_error error = garita_store_keeper_view(keeper, &trust, &book);

    if (error == GARITA_STORE_OK)
        error = garita_store_load_stock(store, stock, trust, book);
    if (error == GARITA_STORE_OK)
        error = garita_store_load_trust(store, &out->trust, NULL, NULL);
    if (error == GARITA_STORE_OK)
        error = garita_store_floor(store, &out->has_floor, &out->floor);
    if (error == GARITA_STORE_OK && !copy(out, stock))
        error = GARITA_STORE_NO_MEMORY;
    return error;
}

garita_store_error holdings_load(struct holdings **out, garita_store *store,
                                 garita_store_keeper *keeper,
                                 const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE],
                                 const uint8_t noise_key[GARITA_NOISE_KEY_SIZE], int64_t moment)
{
    garita_stock held = {0};
    struct holdings *stock = calloc(1, sizeof *stock);
    garita_store_error error = stock != NULL ? garita_store_hold(store) : GARITA_STORE_NO_MEMORY;

    *out = NULL;
    if (error == GARITA_STORE_OK)
        error = load(stock, &held, store, keeper);
    if (error == GARITA_STORE_OK)
        error = set_self(&stock->self, store, stock->trust,
                         find_self(&held, public_key, noise_key, moment));
    garita_stock_free(&held);
    garita_store_rollback(store);
    if (error == GARITA_STORE_OK)
        *out = stock;
    else
        holdings_free(stock);
    return error;
}

void holdings_free(struct holdings *stock)
{
    if (stock == NULL)
        return;
    garita_trust_free(stock->trust);
    free(stock->logs);
    free(stock->items);
    free(stock->nodes);
    free(stock);
}

bool holdings_log(struct engine_log *out, const garita_trust *trust, const garita_book *book,
                  const garita_hash *id, const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    garita_stock_log log;
    garita_hash candidate;

    for (size_t i = 0; i < garita_trust_count(trust); i++) {
        const garita_issuer *record = garita_trust_get(trust, i);
        if (memcmp(record->first_key, first_key, sizeof record->first_key) != 0)
            continue;
        garita_log_id(&candidate, record);
        if (!garita_hash_equal(&candidate, id))
            continue;
        garita_stock_log_of(&log, book, record);
        copy_log(out, &log);
        return true;
    }
    return false;
}
