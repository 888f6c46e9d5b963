#include <garita/store_logs.h>

#include <stdlib.h>
#include <string.h>

#include "log_row.h"
#include "log_share.h"

/* What a load works with. */
struct loader {
    garita_store *store;
    garita_log *log;
    struct log_row row;
    garita_event *events; /* room for a batch; null until it is needed */
    const char *what;     /* the first thing found that does not fit; null if all did */
    bool leaves_hold;     /* the leaf hashes make the frontier */
};

static void found(struct loader *loader, const char *what)
{
    if (loader->what == NULL)
        loader->what = what;
}

/* What became of reading one thing: a lack of memory ends the load, anything else costs only that
 * thing. */
static garita_store_error judge(struct loader *loader, garita_error error, const char *what)
{
    if (error == GARITA_E_NO_MEMORY)
        return GARITA_STORE_NO_MEMORY;
    if (error != GARITA_OK)
        found(loader, what);
    return GARITA_STORE_OK;
}

/* Goes over the rows of a query; stops at an error, which take returns. */
static garita_store_error each_row(struct loader *loader, sqlite3_stmt *query,
                                   garita_store_error (*take)(struct loader *loader,
                                                              sqlite3_stmt *row))
{
    bool has_row = false;
    garita_store_error error;

    while ((error = query_step(loader->store, &has_row, query)) == GARITA_STORE_OK && has_row) {
        error = take(loader, query);
        if (error != GARITA_STORE_OK)
            break;
    }
    query_end(query);
    return error;
}

static garita_store_error each_of_log(struct loader *loader, enum query_id id,
                                      garita_store_error (*take)(struct loader *loader,
                                                                 sqlite3_stmt *row))
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(loader->store, &error, id);

    if (query == NULL)
        return error;
    query_bind_number(query, 1, loader->row.number);
    return each_row(loader, query, take);
}

/* --- the leaves, from start to size --- */

/* Works on the log's frontier, which is at the number of the leaf that must be next. */
static garita_store_error take_leaf(struct loader *loader, sqlite3_stmt *row)
{
    garita_frontier *frontier = &loader->log->frontier;
    int64_t position;
    const uint8_t *leaf;
    size_t leaf_len;

    if (!query_number(row, 0, &position, (int64_t)frontier->size, (int64_t)frontier->size) ||
        !query_bytes(row, 1, &leaf, &leaf_len, GARITA_HASH_SIZE) || leaf_len != GARITA_HASH_SIZE) {
        loader->leaves_hold = false;
        return GARITA_STORE_OK;
    }
    garita_hash hash;
    memcpy(hash.bytes, leaf, leaf_len);
    garita_frontier_append(frontier, &hash);
    return GARITA_STORE_OK;
}

static garita_store_error load_leaves(struct loader *loader)
{
    const struct log_row *row = &loader->row;
    garita_frontier *frontier = &loader->log->frontier;
    garita_hash made, stored;

    *frontier = row->at_start;
    loader->leaves_hold = true;
    garita_store_error error = each_of_log(loader, QUERY_LEAVES, take_leaf);
    if (error != GARITA_STORE_OK)
        return error;
    garita_frontier_root(&made, frontier);
    garita_frontier_root(&stored, &row->frontier);
    if (frontier->size != row->size || !garita_hash_equal(&made, &stored))
        loader->leaves_hold = false;
    if (!loader->leaves_hold)
        found(loader, FINDING("the batches are not those of the log"));
    return GARITA_STORE_OK;
}

/* --- the sets --- */

static garita_store_error take_chunk_into(struct loader *loader, garita_set *set, sqlite3_stmt *row,
                                          const char *what)
{
    int64_t position;
    const uint8_t *bytes;
    size_t len;

    if (!query_number(row, 0, &position, 0, GARITA_CHUNKS - 1) ||
        !query_bytes(row, 1, &bytes, &len, GARITA_CHUNK_BYTES_MAX)) {
        found(loader, what);
        return GARITA_STORE_OK;
    }
    return judge(loader, garita_set_put_chunk(set, (uint32_t)position, bytes, len), what);
}

static garita_store_error take_chunk(struct loader *loader, sqlite3_stmt *row)
{
    return take_chunk_into(loader, loader->log->set, row,
                           FINDING("a chunk of the set cannot be read"));
}

static garita_store_error take_elsewhere(struct loader *loader, sqlite3_stmt *row)
{
    garita_log *log = loader->log;

    if (log->elsewhere == NULL && garita_set_new(&log->elsewhere) != GARITA_OK)
        return GARITA_STORE_NO_MEMORY;
    return take_chunk_into(loader, log->elsewhere, row,
                           FINDING("a chunk of the union cannot be read"));
}

/* Reads the batch of a row of QUERY_BATCHES. False if it is none, and *count is 0. */
static bool read_batch(struct loader *loader, size_t *count, garita_hash *leaf, sqlite3_stmt *row)
{
    const uint8_t *bytes;
    size_t len;
    int64_t time;

    *count = 0;
    if (!query_bytes(row, 2, &bytes, &len, GARITA_BATCH_BYTES_MAX) ||
        garita_batch_decode(&time, loader->events, count, NULL, bytes, len) != GARITA_OK) {
        *count = 0;
        return false;
    }
    garita_merkle_leaf(leaf, bytes, len);
    return true;
}

static bool is_leaf(sqlite3_stmt *row, int column, const garita_hash *leaf)
{
    const uint8_t *bytes;
    size_t len;

    return query_bytes(row, column, &bytes, &len, GARITA_HASH_SIZE) && len == GARITA_HASH_SIZE &&
           memcmp(bytes, leaf->bytes, len) == 0;
}

static garita_store_error replay(struct loader *loader, sqlite3_stmt *row)
{
    size_t count;
    garita_hash leaf;

    if (!read_batch(loader, &count, &leaf, row)) {
        found(loader, FINDING("a batch cannot be read"));
        return GARITA_STORE_OK;
    }
    if (!is_leaf(row, 1, &leaf)) {
        found(loader, FINDING("a batch is not what was written"));
        return GARITA_STORE_OK;
    }
    return judge(loader, garita_set_apply(loader->log->set, loader->events, count),
                 FINDING("the set is larger than it may be"));
}

static garita_store_error each_batch_from(struct loader *loader, uint64_t first,
                                          garita_store_error (*take)(struct loader *loader,
                                                                     sqlite3_stmt *row))
{
    garita_store_error error;
    sqlite3_stmt *query = query_start(loader->store, &error, QUERY_BATCHES);

    if (query == NULL)
        return error;
    if (loader->events == NULL)
        loader->events = calloc(GARITA_BATCH_EVENTS_MAX, sizeof *loader->events);
    if (loader->events == NULL)
        return GARITA_STORE_NO_MEMORY;
    query_bind_number(query, 1, loader->row.number);
    query_bind_number(query, 2, (int64_t)first);
    return each_row(loader, query, take);
}

static garita_store_error load_sets(struct loader *loader)
{
    const struct log_row *row = &loader->row;
    garita_log *log = loader->log;
    garita_hash root;
    garita_store_error error = each_of_log(loader, QUERY_CHUNKS, take_chunk);

    if (error == GARITA_STORE_OK) {
        garita_set_clean(log->set);
        if (row->chunks_at < row->size)
            error = each_batch_from(loader, row->chunks_at, replay);
    }
    if (error == GARITA_STORE_OK)
        error = each_of_log(loader, QUERY_ELSEWHERE, take_elsewhere);
    if (error != GARITA_STORE_OK)
        return error;

    garita_set_root(&root, log->set);
    if (!garita_hash_equal(&root, &row->set_root))
        found(loader, FINDING("the set is not what the log's batches made"));
    if ((log->elsewhere != NULL) != row->has_elsewhere) {
        found(loader, FINDING("the union is not what was written"));
    } else if (log->elsewhere != NULL) {
        garita_set_root(&root, log->elsewhere);
        if (!garita_hash_equal(&root, &row->elsewhere_root))
            found(loader, FINDING("the union is not what was written"));
        garita_set_clean(log->elsewhere);
    }
    return GARITA_STORE_OK;
}

/* --- the head --- */

static bool read_head(garita_log *log, const struct log_row *row)
{
    garita_peek peek;
    garita_fault fault;

    if (row->head_len == 0 ||
        garita_head_inspect(&log->head, &peek, &fault, row->head, row->head_len) != GARITA_OK) {
        log->head = (garita_head){0};
        return false;
    }
    memcpy(log->head_bytes, row->head, row->head_len);
    log->head_len = row->head_len;
    log->has_head = true;
    return true;
}

static void load_head(struct loader *loader)
{
    const struct log_row *row = &loader->row;
    garita_log *log = loader->log;
    garita_hash root;

    if (row->head_len == 0) {
        if (row->size > 0)
            found(loader, FINDING("there is no head of the batches"));
        return;
    }
    if (!read_head(log, row)) {
        found(loader, FINDING("the head cannot be read"));
        return;
    }
    garita_frontier_root(&root, &row->frontier);
    if (log->head.size != row->size || !garita_hash_equal(&log->head.root, &root))
        found(loader, FINDING("the head is not of the batches"));
    else if (!row->set_differs && !garita_hash_equal(&log->head.set_root, &row->set_root))
        found(loader, FINDING("the head is not of the set"));
}

/* --- what does not hold together --- */

static garita_store_error revoke(struct loader *loader, garita_set *set, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (loader->events[i].standing == GARITA_STANDING_REVOKED &&
            garita_set_put(set, loader->events[i].serial, GARITA_STANDING_REVOKED) ==
                GARITA_E_NO_MEMORY)
            return GARITA_STORE_NO_MEMORY;
    return GARITA_STORE_OK;
}

/* Wherever a batch lies, what it revokes is revoked: unless its leaf hash is certain, and says that
 * the batch is not what was written. */
static garita_store_error salvage_batch(struct loader *loader, sqlite3_stmt *row)
{
    size_t count;
    garita_hash leaf;

    if (!read_batch(loader, &count, &leaf, row) || (loader->leaves_hold && !is_leaf(row, 1, &leaf)))
        return GARITA_STORE_OK;
    return revoke(loader, loader->log->set, count);
}

/* The evidence that is kept may be all that is left of the union. */
static garita_store_error salvage_evidence(struct loader *loader, sqlite3_stmt *row)
{
    garita_log *log = loader->log;
    const uint8_t *bytes;
    size_t len, count;
    int64_t time;

    if (!query_bytes(row, 3, &bytes, &len, GARITA_BATCH_BYTES_MAX) ||
        garita_batch_decode(&time, loader->events, &count, NULL, bytes, len) != GARITA_OK)
        return GARITA_STORE_OK;
    if (log->elsewhere == NULL && garita_set_new(&log->elsewhere) != GARITA_OK)
        return GARITA_STORE_NO_MEMORY;
    return revoke(loader, log->elsewhere, count);
}

static garita_store_error salvage(struct loader *loader)
{
    garita_log *log = loader->log;
    garita_store_error error = each_batch_from(loader, 0, salvage_batch);

    if (error == GARITA_STORE_OK)
        error = each_of_log(loader, QUERY_EVIDENCE, salvage_evidence);
    log->is_damaged = true;
    log->start = log->batches_from = 0;
    log->frontier = log->at_start = (garita_frontier){0};
    /* A head that is certainly the one that was written is no longer shown to a verdict, but keeps
     * older states from being taken. */
    if (loader->row.flaw != NULL || !log->has_head) {
        log->has_head = false;
        log->head = (garita_head){0};
        log->head_len = 0;
    }
    /* Whoever may write keeps the finding, so that what replaces the log replaces all of it. */
    if (error == GARITA_STORE_OK && !loader->row.is_damaged &&
        sqlite3_txn_state(loader->store->db, "main") == SQLITE_TXN_WRITE)
        error = log_row_mark_damaged(loader->store, loader->row.number);
    return error;
}

/* --- one log --- */

/* Loads the log of the row, under an id that may be another than the row's. */
static garita_store_error load_row(struct loader *loader, garita_log *out, const garita_hash *id)
{
    const struct log_row *row = &loader->row;

    loader->log = out;
    loader->what = row->flaw;
    if (garita_log_start(out, id) != GARITA_OK)
        return GARITA_STORE_NO_MEMORY;
    if (row->number == 0)
        return GARITA_STORE_OK;
    if (row->is_damaged)
        found(loader, FINDING("it was found damaged before"));
    out->start = row->start;
    out->at_start = row->at_start;
    out->batches_from = row->batches_from;
    out->is_equivocated = row->has_proof;
    out->set_differs = row->set_differs;
    out->set_differs_at = row->set_differs_at;
    garita_store_error error = load_leaves(loader);
    if (error == GARITA_STORE_OK)
        error = load_sets(loader);
    if (error == GARITA_STORE_OK)
        load_head(loader);
    if (error == GARITA_STORE_OK && loader->what != NULL)
        error = salvage(loader);
    if (error != GARITA_STORE_OK)
        garita_log_end(out);
    return error;
}

static garita_store_error load_log(struct loader *loader, garita_log *out, const garita_hash *id)
{
    garita_store_error error = log_row_get(loader->store, &loader->row, id);

    return error == GARITA_STORE_OK ? load_row(loader, out, id) : error;
}

garita_store_error garita_store_load_log(garita_store *store, garita_log *out, const char **what,
                                         const garita_hash *id)
{
    struct loader loader = {.store = store};
    bool begun;
    garita_store_error error = query_hold(store, &begun);

    *out = (garita_log){0};
    if (error == GARITA_STORE_OK)
        error = load_log(&loader, out, id);
    if (begun)
        garita_store_rollback(store);
    free(loader.events);
    if (what != NULL)
        *what = loader.what;
    return error;
}

/* --- all logs --- */

struct librarian {
    struct loader loader;
    const garita_trust *trust;
    garita_book *book;
    garita_store_on_damage on_damage;
    void *context;
};

/* A head says when it was signed, and that counts: not without its signature. Of one whose key is
 * not in the trust set (any more) the book says that it does not count. */
static void check_signature(struct librarian *librarian, garita_log *log)
{
    garita_head head;
    garita_hash id;
    garita_error error = GARITA_OK;
    const garita_issuer *signer = NULL;

    if (!log->has_head)
        return;
    while ((signer = garita_head_signer(&head, signer == NULL ? &error : NULL, librarian->trust,
                                        signer, log->head_bytes, log->head_len)) != NULL) {
        garita_log_id(&id, signer);
        if (garita_hash_equal(&id, &log->id))
            return;
    }
    if (error == GARITA_E_UNKNOWN_ISSUER || error == GARITA_E_OUT_OF_SCOPE)
        return;
    found(&librarian->loader, FINDING("the head is not signed by the authority"));
    log->is_damaged = true;
    log->has_head = false;
}

/* Puts a log that was loaded into the book. */
static garita_store_error shelve(struct librarian *librarian, garita_log *log,
                                 const garita_issuer *authority)
{
    check_signature(librarian, log);
    if (librarian->loader.what != NULL && librarian->on_damage != NULL)
        librarian->on_damage(librarian->context, authority, librarian->loader.what);
    if (garita_book_put(librarian->book, log) == GARITA_OK)
        return GARITA_STORE_OK;
    garita_log_end(log);
    return GARITA_STORE_NO_MEMORY;
}

static garita_store_error load_authority(struct librarian *librarian,
                                         const garita_issuer *authority)
{
    garita_log log = {0};
    garita_hash id;

    if (garita_book_log(librarian->book, authority) != NULL)
        return GARITA_STORE_OK; /* another record of the same */
    garita_log_id(&id, authority);
    garita_store_error error = log_row_get(librarian->loader.store, &librarian->loader.row, &id);
    if (error != GARITA_STORE_OK || librarian->loader.row.number == 0)
        return error;
    error = load_row(&librarian->loader, &log, &id);
    return error == GARITA_STORE_OK ? shelve(librarian, &log, authority) : error;
}

/* A row whose seal is broken and that is nobody's by its id may have lost that very id: what can be
 * read of it then counts for whoever has its key and no log. */
static garita_store_error load_stray(struct librarian *librarian)
{
    for (size_t i = 0; i < garita_trust_count(librarian->trust); i++) {
        const garita_issuer *authority = garita_trust_get(librarian->trust, i);
        garita_log log = {0};
        garita_hash id;
        if (memcmp(authority->first_key, librarian->loader.row.first_key, GARITA_PUBLIC_KEY_SIZE) !=
                0 ||
            garita_book_log(librarian->book, authority) != NULL)
            continue;
        garita_log_id(&id, authority);
        garita_store_error error = load_row(&librarian->loader, &log, &id);
        if (error == GARITA_STORE_OK)
            error = shelve(librarian, &log, authority);
        if (error != GARITA_STORE_OK)
            return error;
    }
    return GARITA_STORE_OK;
}

/* Rows of nobody in the trust set that count all the same: whose seal is broken, of which there are
 * none in a sound store, or whose first key somebody has. */
struct strays {
    struct log_row *rows;
    size_t count;
};

static garita_store_error find_strays(garita_store *store, struct strays *out,
                                      const garita_book *book)
{
    struct log_row row;
    bool has_row = false;
    garita_store_error error;
    sqlite3_stmt *query = query_start(store, &error, QUERY_LOGS);

    if (query == NULL)
        return error;
    while ((error = query_step(store, &has_row, query)) == GARITA_STORE_OK && has_row) {
        log_row_read(&row, query);
        if (row.flaw == NULL && !garita_book_is_other(book, &row.id, row.first_key))
            continue;
        struct log_row *rows = realloc(out->rows, (out->count + 1) * sizeof *rows);
        if (rows == NULL) {
            error = GARITA_STORE_NO_MEMORY;
            break;
        }
        out->rows = rows;
        rows[out->count++] = row;
    }
    query_end(query);
    return error;
}

/* A log that is there from when another chain of the same authority was trusted. */
static garita_store_error load_other(struct librarian *librarian)
{
    const struct log_row *row = &librarian->loader.row;
    garita_log log = {0};
    garita_store_error error = load_row(&librarian->loader, &log, &row->id);

    if (error != GARITA_STORE_OK ||
        garita_book_put_other(librarian->book, &log, row->first_key) == GARITA_OK)
        return error;
    garita_log_end(&log);
    return GARITA_STORE_NO_MEMORY;
}

static garita_store_error load_strays(struct librarian *librarian)
{
    struct strays strays = {0};
    garita_store_error error = find_strays(librarian->loader.store, &strays, librarian->book);

    for (size_t i = 0; i < strays.count && error == GARITA_STORE_OK; i++) {
        librarian->loader.row = strays.rows[i];
        error = strays.rows[i].flaw != NULL ? load_stray(librarian) : load_other(librarian);
    }
    free(strays.rows);
    return error;
}

static garita_store_error load_all(struct librarian *librarian)
{
    garita_store_error error = GARITA_STORE_OK;
    size_t count = garita_trust_count(librarian->trust);

    for (size_t i = 0; i < count && error == GARITA_STORE_OK; i++)
        error = load_authority(librarian, garita_trust_get(librarian->trust, i));
    return error == GARITA_STORE_OK ? load_strays(librarian) : error;
}

garita_store_error garita_store_load_book(garita_store *store, garita_book **out,
                                          const garita_trust *trust,
                                          garita_store_on_damage on_damage, void *context)
{
    struct librarian librarian = {
        .loader = {.store = store}, .trust = trust, .on_damage = on_damage, .context = context};
    bool begun;

    *out = NULL;
    if (garita_book_new(&librarian.book, trust) != GARITA_OK)
        return GARITA_STORE_NO_MEMORY;
    garita_store_error error = query_hold(store, &begun);
    if (error == GARITA_STORE_OK)
        error = load_all(&librarian);
    if (error == GARITA_STORE_OK)
        error = log_share(store, librarian.book, trust);
    if (begun)
        garita_store_rollback(store);
    free(librarian.loader.events);
    if (error != GARITA_STORE_OK) {
        garita_book_free(librarian.book);
        return error;
    }
    garita_book_settle(librarian.book);
    *out = librarian.book;
    return GARITA_STORE_OK;
}
