#include <garita/store_stock.h>

#include <stdlib.h>
#include <string.h>

#include <garita/authority.h>
#include <garita/equivocation.h>
#include <garita/store_carried.h>
#include <garita/store_view.h>

#include "internal.h"

/* --- what counts --- */

bool garita_stock_head_counts(const garita_book *book, const garita_issuer *authority,
                              garita_bytes head_statement)
{
    return authority->level == 0 || garita_book_head_counts(book, authority, head_statement);
}

bool garita_stock_log_is_given(const garita_book *book, const garita_issuer *authority,
                               const garita_log *log)
{
    return log != NULL && log->has_head && !log->is_damaged &&
           garita_stock_head_counts(book, authority,
                                    (garita_bytes){log->head_bytes, log->head_len});
}

bool garita_stock_proof_counts(const garita_book *book, const garita_issuer *authority,
                               garita_bytes proof)
{
    garita_equivocation read;

    return garita_equivocation_read(&read, proof.at, proof.len) == GARITA_OK &&
           garita_stock_head_counts(book, authority, read.heads[0]) &&
           garita_stock_head_counts(book, authority, read.heads[1]);
}

static bool is_revoked(const garita_book *book, const garita_issuer *authority, uint32_t serial)
{
    const garita_status_source *source = garita_book_status(book);
    garita_status status = {0};

    source->look_up(source->context, &status, authority, serial);
    return status.standing == GARITA_STANDING_REVOKED;
}

/* The records of the key that a signer's record is of: a renewed one has several. Null in, the
 * first out. */
static const garita_issuer *next_of_key(const garita_trust *trust, const garita_issuer *after,
                                        const garita_issuer *signer)
{
    const garita_issuer *record = after;

    while ((record = garita_trust_find(trust, record, &signer->id, signer->key_number)) != NULL)
        if (garita_issuer_same_authority(record, signer) &&
            memcmp(record->public_key, signer->public_key, sizeof record->public_key) == 0)
            break;
    return record;
}

/* Whether by some record this key may sign statements of a type, and is not revoked. */
static bool key_counts(const garita_trust *trust, const garita_book *book,
                       const garita_issuer *signer, garita_type type)
{
    for (const garita_issuer *record = NULL; (record = next_of_key(trust, record, signer)) != NULL;)
        if (garita_scope_has_type(&record->scope, type) && !garita_book_is_revoked(book, record))
            return true;
    return false;
}

/* --- statements --- */

static garita_stock_item item_of(unsigned kind, const garita_issuer *authority,
                                 const uint8_t *bytes, size_t bytes_len)
{
    garita_stock_item item = {.kind = kind};

    garita_log_id(&item.log, authority);
    garita_log_id(&item.anchor, authority->anchor);
    garita_digest_of(&item.digest, bytes, bytes_len);
    return item;
}

/* What the statements of the store are visited with. */
struct visiting {
    const garita_trust *trust;
    const garita_book *book;
    garita_stock_visit visit;
    void *context;
    bool is_ended;
};

/* The next record that this statement makes in the trust set: none if its chain reaches no anchor,
 * several if who signed it has several. */
static const garita_issuer *next_made(const garita_trust *trust, const garita_issuer *after,
                                      const garita_authority *said, const garita_id *signer)
{
    const garita_issuer *record = after;

    while ((record = garita_trust_find(trust, record, &said->id, said->key_number)) != NULL)
        if (record->serial == said->serial && garita_id_equal(&record->parent->id, signer) &&
            memcmp(record->public_key, said->public_key, sizeof record->public_key) == 0)
            break;
    return record;
}

static bool visit_authority(void *context, const uint8_t *bytes, size_t bytes_len)
{
    struct visiting *visiting = context;
    garita_authority said;
    garita_peek peek;

    if (garita_authority_inspect(&said, &peek, NULL, bytes, bytes_len) != GARITA_OK ||
        (said.self_issued && said.key_number == 1))
        return true;
    for (const garita_issuer *record = NULL;
         !visiting->is_ended &&
         (record = next_made(visiting->trust, record, &said, &peek.signer)) != NULL;) {
        garita_stock_item item = item_of(GARITA_TYPE_AUTHORITY, record->parent, bytes, bytes_len);
        visiting->is_ended = !visiting->visit(visiting->context, &item, record->level,
                                              (garita_bytes){bytes, bytes_len});
    }
    return !visiting->is_ended;
}

garita_store_error garita_store_each_authority(garita_store *store, const garita_trust *trust,
                                               garita_stock_visit visit, void *context)
{
    struct visiting visiting = {.trust = trust, .visit = visit, .context = context};
    garita_store_error error = garita_store_each_trusted(store, visit_authority, &visiting);

    if (error == GARITA_STORE_OK && !visiting.is_ended)
        error = garita_store_each_own_authority(store, visit_authority, &visiting);
    return error;
}

static bool visit_carried(void *context, const garita_carried *carried, garita_bytes statement)
{
    struct visiting *visiting = context;
    garita_carried read;
    const garita_issuer *signer = NULL;

    (void)carried; /* as of when it came: the trust set may be another */
    while (!visiting->is_ended &&
           garita_carried_read(&read, &signer, visiting->trust, signer, statement.at,
                               statement.len) == GARITA_OK &&
           signer != NULL) {
        if (!key_counts(visiting->trust, visiting->book, signer, read.type) ||
            is_revoked(visiting->book, signer, read.serial))
            continue;
        garita_stock_item item = item_of(read.type, signer, statement.at, statement.len);
        visiting->is_ended =
            !visiting->visit(visiting->context, &item, signer->level + 1u, statement);
    }
    return !visiting->is_ended;
}

garita_store_error garita_store_each_given(garita_store *store, const garita_trust *trust,
                                           const garita_book *book, garita_stock_visit visit,
                                           void *context)
{
    struct visiting visiting = {.trust = trust, .book = book, .visit = visit, .context = context};

    return garita_store_each_carried(store, visit_carried, &visiting);
}

/* --- loading --- */

/* An item, and where it stands among those of its kind. */
struct ranked {
    garita_stock_item item;
    unsigned level;
};

struct loading {
    garita_store *store;
    garita_stock *stock;
    const garita_trust *trust;
    const garita_book *book;
    struct ranked *items;
    size_t item_count, item_cap;
    size_t node_cap;
    const garita_stock_log *about; /* of evidence that is visited */
    bool is_out_of_memory;
};

/* Makes room for one more; null if there is no memory, and then nothing has changed. */
static void *grown(struct loading *loading, void *at, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return at;
    size_t more = *cap == 0 ? 16 : 2 * *cap;
    void *moved = realloc(at, more * size);
    if (moved != NULL)
        *cap = more;
    else
        loading->is_out_of_memory = true;
    return moved;
}

static bool add_item(struct loading *loading, const garita_stock_item *item, unsigned level)
{
    struct ranked *items = grown(loading, loading->items, loading->item_count, &loading->item_cap,
                                 sizeof *loading->items);

    if (items == NULL)
        return false;
    loading->items = items;
    items[loading->item_count++] = (struct ranked){*item, level};
    return true;
}

static bool take_statement(void *context, const garita_stock_item *item, unsigned level,
                           garita_bytes statement)
{
    (void)statement;
    return add_item(context, item, level);
}

/* --- logs --- */

void garita_stock_log_of(garita_stock_log *out, const garita_book *book,
                         const garita_issuer *authority)
{
    const garita_log *log = garita_book_log(book, authority);

    *out = (garita_stock_log){.authority = authority,
                              .is_given = garita_stock_log_is_given(book, authority, log)};
    garita_log_id(&out->id, authority);
    garita_log_id(&out->anchor, authority->anchor);
    memcpy(out->name, authority->name, sizeof out->name);
    if (log == NULL)
        return;
    out->is_equivocated = log->is_equivocated;
    if (out->is_given)
        out->frontier = log->frontier;
    if (!log->has_head)
        return;
    out->head = log->head;
    out->head_len = log->head_len;
    memcpy(out->head_bytes, log->head_bytes, log->head_len);
}

/* A record, to find the first of each authority. */
struct seat {
    garita_hash id; /* of its log */
    const garita_issuer *record;
};

static int by_level(const void *left, const void *right)
{
    const struct seat *a = left;
    const struct seat *b = right;

    if (a->record->level != b->record->level)
        return a->record->level - b->record->level;
    int order = memcmp(&a->id, &b->id, sizeof a->id);
    return order != 0
               ? order
               : (a->record->index > b->record->index) - (a->record->index < b->record->index);
}

static void take_logs(struct loading *loading, struct seat *seats, size_t count)
{
    garita_stock *stock = loading->stock;

    if (count > 0)
        qsort(seats, count, sizeof *seats, by_level);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || !garita_hash_equal(&seats[i].id, &seats[i - 1].id))
            garita_stock_log_of(&stock->logs[stock->log_count++], loading->book, seats[i].record);
}

static garita_store_error load_logs(struct loading *loading)
{
    size_t count = garita_trust_count(loading->trust);
    struct seat *seats = calloc(count + 1, sizeof *seats);

    loading->stock->logs = calloc(count + 1, sizeof *loading->stock->logs);
    if (seats == NULL || loading->stock->logs == NULL) {
        free(seats);
        return GARITA_STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        seats[i].record = garita_trust_get(loading->trust, i);
        garita_log_id(&seats[i].id, seats[i].record);
    }
    take_logs(loading, seats, count);
    free(seats);
    return GARITA_STORE_OK;
}

/* --- proofs and evidence --- */

static garita_store_error load_proof(struct loading *loading, const garita_stock_log *log)
{
    uint8_t proof[GARITA_EQUIVOCATION_BYTES_MAX];
    size_t len;
    garita_store_error error = garita_store_get_proof(loading->store, proof, &len, &log->id);

    if (error == GARITA_STORE_ABSENT)
        return GARITA_STORE_OK;
    if (error != GARITA_STORE_OK ||
        !garita_stock_proof_counts(loading->book, log->authority, (garita_bytes){proof, len}))
        return error;
    garita_stock_item item = item_of(GARITA_STOCK_PROOF, log->authority, proof, len);
    return add_item(loading, &item, 0) ? GARITA_STORE_OK : GARITA_STORE_NO_MEMORY;
}

static bool take_evidence(void *context, const garita_message *evidence)
{
    struct loading *loading = context;
    const garita_issuer *authority = loading->about->authority;

    if (!garita_stock_head_counts(loading->book, authority, evidence->head))
        return true;
    garita_stock_item item =
        item_of(GARITA_STOCK_EVIDENCE, authority, evidence->bytes.at, evidence->bytes.len);
    return add_item(loading, &item, 0);
}

static garita_store_error load_contradictions(struct loading *loading)
{
    garita_store_error error = GARITA_STORE_OK;

    for (size_t i = 0; i < loading->stock->log_count && error == GARITA_STORE_OK; i++) {
        loading->about = &loading->stock->logs[i];
        error = load_proof(loading, loading->about);
        if (error == GARITA_STORE_OK)
            error = garita_store_each_evidence(loading->store, &loading->about->id, take_evidence,
                                               loading);
        if (error == GARITA_STORE_CORRUPT)
            error = GARITA_STORE_OK;
    }
    return error;
}

/* --- the roster --- */

static bool may_certify(const garita_issuer *record, const garita_node *node)
{
    return garita_scope_has_type(&record->scope, GARITA_TYPE_NODE) &&
           garita_scope_has_country(&record->scope, node->country);
}

/* From when to when the chain of who signed is in force, by any record of the key that is not
 * revoked; by the first if all are. */
static void find_force(garita_stock_node *out, const struct loading *loading,
                       const garita_node *node, const garita_issuer *signer)
{
    int64_t from = INT64_MAX;
    int64_t until = INT64_MIN;

    for (const garita_issuer *record = NULL;
         (record = next_of_key(loading->trust, record, signer)) != NULL;) {
        if (!may_certify(record, node) || garita_book_is_revoked(loading->book, record))
            continue;
        from = record->in_force_from < from ? record->in_force_from : from;
        until = record->in_force_until > until ? record->in_force_until : until;
    }
    out->is_revoked = from > until || is_revoked(loading->book, signer, node->serial);
    if (from > until) {
        from = signer->in_force_from;
        until = signer->in_force_until;
    }
    out->from = garita_node_from(node) > from ? garita_node_from(node) : from;
    out->until = garita_node_until(node) < until ? garita_node_until(node) : until;
}

static void fill_node(garita_stock_node *out, const garita_node *node, garita_bytes statement)
{
    memcpy(out->public_key, node->public_key, sizeof out->public_key);
    memcpy(out->noise_key, node->noise_key, sizeof out->noise_key);
    garita_digest_of(&out->digest, statement.at, statement.len);
    memcpy(out->name, node->name.at, node->name.len);
    memcpy(out->country, node->country, sizeof out->country);
    out->address_count = node->address_count;
    for (size_t i = 0; i < node->address_count; i++)
        memcpy(out->addresses[i], node->addresses[i].at, node->addresses[i].len);
    out->statement_len = statement.len;
    memcpy(out->statement, statement.at, statement.len);
}

/* Who answers for what an authority certifies: the one right below the anchor, who may certify as
 * many others as it likes; or the anchor. */
static const garita_issuer *branch_of(const garita_issuer *record)
{
    while (record->level > 1)
        record = record->parent;
    return record;
}

static bool take_node(void *context, const garita_carried *carried, garita_bytes statement)
{
    struct loading *loading = context;
    garita_stock *stock = loading->stock;
    garita_node node = {0};
    garita_error why;
    const garita_issuer *signer = NULL;

    if (carried->type != GARITA_TYPE_NODE)
        return true;
    while ((signer = garita_node_signer(&node, &why, loading->trust, signer, statement.at,
                                        statement.len)) != NULL) {
        garita_stock_node *nodes =
            grown(loading, stock->nodes, stock->node_count, &loading->node_cap, sizeof *nodes);
        if (nodes == NULL)
            return false;
        stock->nodes = nodes;
        garita_stock_node *out = &nodes[stock->node_count++];
        *out = (garita_stock_node){0};
        garita_log_id(&out->certifier, branch_of(signer));
        fill_node(out, &node, statement);
        find_force(out, loading, &node, signer);
    }
    return true;
}

/* --- all of it --- */

static unsigned rank_of(unsigned kind)
{
    switch (kind) {
    case GARITA_STOCK_PROOF:
        return 0;
    case GARITA_TYPE_AUTHORITY:
        return 1;
    case GARITA_STOCK_EVIDENCE:
        return 3;
    default:
        return 2;
    }
}

static int in_order(const void *left, const void *right)
{
    const struct ranked *a = left;
    const struct ranked *b = right;
    unsigned rank_a = rank_of(a->item.kind);
    unsigned rank_b = rank_of(b->item.kind);

    if (rank_a != rank_b)
        return rank_a < rank_b ? -1 : 1;
    if (a->level != b->level)
        return a->level < b->level ? -1 : 1;
    if (a->item.kind != b->item.kind)
        return a->item.kind < b->item.kind ? -1 : 1;
    int order = memcmp(&a->item.digest, &b->item.digest, sizeof a->item.digest);
    return order != 0 ? order : memcmp(&a->item.log, &b->item.log, sizeof a->item.log);
}

/* What an agency signed it often trusts too. */
static garita_store_error order_items(struct loading *loading)
{
    garita_stock *stock = loading->stock;

    stock->items = calloc(loading->item_count + 1, sizeof *stock->items);
    if (stock->items == NULL)
        return GARITA_STORE_NO_MEMORY;
    if (loading->item_count > 0)
        qsort(loading->items, loading->item_count, sizeof *loading->items, in_order);
    for (size_t i = 0; i < loading->item_count; i++)
        if (i == 0 || in_order(&loading->items[i], &loading->items[i - 1]) != 0)
            stock->items[stock->item_count++] = loading->items[i].item;
    return GARITA_STORE_OK;
}

static garita_store_error load(struct loading *loading)
{
    garita_store_error error = load_logs(loading);

    if (error == GARITA_STORE_OK)
        error = load_contradictions(loading);
    if (error == GARITA_STORE_OK)
        error =
            garita_store_each_authority(loading->store, loading->trust, take_statement, loading);
    if (error == GARITA_STORE_OK)
        error = garita_store_each_given(loading->store, loading->trust, loading->book,
                                        take_statement, loading);
    if (error == GARITA_STORE_OK)
        error = garita_store_each_carried(loading->store, take_node, loading);
    if (error == GARITA_STORE_OK && loading->is_out_of_memory)
        error = GARITA_STORE_NO_MEMORY;
    return error == GARITA_STORE_OK ? order_items(loading) : error;
}

garita_store_error garita_store_load_stock(garita_store *store, garita_stock *out,
                                           const garita_trust *trust, const garita_book *book)
{
    struct loading loading = {.store = store, .stock = out, .trust = trust, .book = book};

    *out = (garita_stock){0};
    garita_store_error error = load(&loading);
    free(loading.items);
    if (error != GARITA_STORE_OK)
        garita_stock_free(out);
    return error;
}

void garita_stock_free(garita_stock *stock)
{
    free(stock->logs);
    free(stock->items);
    free(stock->nodes);
    *stock = (garita_stock){0};
}

garita_store_error garita_store_keeper_stock(garita_store_keeper *keeper, garita_stock *out)
{
    garita_store *store = garita_store_keeper_store(keeper);
    garita_trust *trust;
    garita_book *book;

    *out = (garita_stock){0};
    garita_store_error error = garita_store_hold(store);
    if (error != GARITA_STORE_OK)
        return error;
    error = garita_store_keeper_view(keeper, &trust, &book);
    if (error == GARITA_STORE_OK)
        error = garita_store_load_stock(store, out, trust, book);
    garita_store_rollback(store);
    return error;
}

/* --- one item --- */

struct wanted {
    const garita_digest *digest;
    garita_bundle_sink sink;
    void *sink_context;
    bool is_written;
};

/* What the disk has altered is not what was asked for. */
static void write_if(struct wanted *wanted, const garita_message *message)
{
    garita_digest digest;

    garita_digest_of(&digest, message->bytes.at, message->bytes.len);
    if (memcmp(&digest, wanted->digest, sizeof digest) == 0)
        wanted->is_written = garita_bundle_write(wanted->sink, wanted->sink_context, message);
}

static void write_statement(struct wanted *wanted, garita_bytes statement)
{
    write_if(wanted, &(garita_message){.kind = GARITA_MESSAGE_STATEMENT, .bytes = statement});
}

/* Of a query that gives statements by their digest. */
static garita_store_error write_authority(garita_store *store, struct wanted *wanted,
                                          enum query_id id)
{
    garita_bytes statement;
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, id);

    if (query == NULL)
        return error;
    query_bind_bytes(query, 1, wanted->digest->bytes, sizeof wanted->digest->bytes);
    error = query_step(store, &has_row, query);
    if (error == GARITA_STORE_OK && has_row &&
        query_bytes(query, 0, &statement.at, &statement.len, GARITA_AUTHORITY_BYTES_MAX))
        write_statement(wanted, statement);
    query_end(query);
    return error;
}

static bool visit_wanted(void *context, const garita_carried *carried, garita_bytes statement)
{
    (void)carried;
    write_statement(context, statement);
    return false;
}

static bool visit_wanted_evidence(void *context, const garita_message *evidence)
{
    write_if(context, evidence);
    return false;
}

/* Any proof is as good as another. */
static garita_store_error write_proof(garita_store *store, struct wanted *wanted,
                                      const garita_hash *log)
{
    uint8_t proof[GARITA_EQUIVOCATION_BYTES_MAX];
    size_t len;
    garita_store_error error = garita_store_get_proof(store, proof, &len, log);

    if (error == GARITA_STORE_OK)
        wanted->is_written = garita_bundle_write(
            wanted->sink, wanted->sink_context,
            &(garita_message){.kind = GARITA_MESSAGE_PROOF, .bytes = {proof, len}});
    return error;
}

garita_store_error garita_store_write_item(garita_store *store, const garita_hash *log,
                                           unsigned kind, const garita_digest *digest,
                                           garita_bundle_sink sink, void *sink_context)
{
    struct wanted wanted = {.digest = digest, .sink = sink, .sink_context = sink_context};
    garita_store_error error;

    switch (kind) {
    case GARITA_STOCK_PROOF:
        error = write_proof(store, &wanted, log);
        break;
    case GARITA_STOCK_EVIDENCE:
        error = garita_store_get_evidence(store, log, digest, visit_wanted_evidence, &wanted);
        break;
    case GARITA_TYPE_AUTHORITY:
        error = write_authority(store, &wanted, QUERY_TRUSTED_BY_DIGEST);
        if (error == GARITA_STORE_OK && !wanted.is_written)
            error = write_authority(store, &wanted, QUERY_REGISTER_BY_DIGEST);
        break;
    default:
        error = garita_store_get_carried(store, digest, visit_wanted, &wanted);
        break;
    }
    return error == GARITA_STORE_OK && !wanted.is_written ? GARITA_STORE_ABSENT : error;
}
