#include <garita/store_keeper.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garita/store_carried.h>
#include <garita/store_view.h>

#include <sodium.h>

#include "log_row.h"

struct garita_store_keeper {
    garita_keeper table;
    garita_store *store;
    bool knows_own;
    garita_store_on_damage on_damage;
    void *context;
    garita_store_error error;

    /* the view: null until it is asked for */
    garita_trust *trust;
    garita_book *book;
    int64_t version;                            /* of the store, and */
    uint8_t marks[GARITA_STORE_KNOWLEDGE_SIZE]; /* of all that it depends on, when it was right */
    bool is_outgrown;  /* another trust set is to take this one's place: statements were added, */
    bool is_withdrawn; /* or removed, so that nothing may be judged by it any more */
    bool is_behind;    /* a log of the book is not what is kept */
    bool is_settled;

    /* the transaction */
    bool is_checked; /* the view is right, but for what this transaction changes */
    bool adds_statements;
    bool is_rough;            /* what is kept of a log lacks what the book knows of it */
    garita_trust *statements; /* what they are tried against; null until it is asked for */
    garita_store_leaves leaves;
    garita_frontier rolling; /* of these leaves */
};

static bool note(garita_store_keeper *keeper, garita_store_error error)
{
    if (error != GARITA_STORE_OK)
        keeper->error = error;
    return error == GARITA_STORE_OK;
}

/* --- what the view depends on --- */

static bool add_own(void *context, const uint8_t *bytes, size_t bytes_len)
{
    uint64_t before = bytes_len;

    crypto_generichash_update(context, (const uint8_t *)&before, sizeof before);
    crypto_generichash_update(context, bytes, bytes_len);
    return true;
}

static garita_store_error read_marks(const garita_store_keeper *keeper,
                                     uint8_t out[GARITA_STORE_KNOWLEDGE_SIZE])
{
    crypto_generichash_state state;
    garita_store_error error = garita_store_knowledge(keeper->store, out);

    if (error != GARITA_STORE_OK || !keeper->knows_own)
        return error;
    crypto_generichash_init(&state, NULL, 0, GARITA_STORE_KNOWLEDGE_SIZE);
    crypto_generichash_update(&state, out, GARITA_STORE_KNOWLEDGE_SIZE);
    error = garita_store_each_own_authority(keeper->store, add_own, &state);
    crypto_generichash_final(&state, out, GARITA_STORE_KNOWLEDGE_SIZE);
    return error;
}

/* Whether nobody else has changed what the view depends on. Where nobody else wrote at all that is
 * known without a look at it. */
static garita_store_error is_unchanged(garita_store_keeper *keeper, bool *out)
{
    uint8_t marks[GARITA_STORE_KNOWLEDGE_SIZE];
    int64_t version;
    garita_store_error error = garita_store_version(keeper->store, &version);

    *out = error == GARITA_STORE_OK && version == keeper->version;
    if (error != GARITA_STORE_OK || *out)
        return error;
    error = read_marks(keeper, marks);
    *out = error == GARITA_STORE_OK && memcmp(marks, keeper->marks, sizeof marks) == 0;
    if (*out)
        keeper->version = version;
    return error;
}

/* Notes what the view is of. */
static garita_store_error take_marks(garita_store_keeper *keeper)
{
    garita_store_error error = garita_store_version(keeper->store, &keeper->version);

    return error == GARITA_STORE_OK ? read_marks(keeper, keeper->marks) : error;
}

/* --- the view --- */

/* Told by those who judge and sign. */
static void ignore_misfit(void *context, const garita_store_misfit *misfit)
{
    (void)context;
    (void)misfit;
}

static garita_store_error load_trust(const garita_store_keeper *keeper, garita_trust **out)
{
    return keeper->knows_own ? garita_store_load_signers(keeper->store, out, ignore_misfit, NULL)
                             : garita_store_load_trust(keeper->store, out, ignore_misfit, NULL);
}

static garita_store_error load_book(const garita_store_keeper *keeper, garita_book **out,
                                    const garita_trust *trust)
{
    return garita_store_load_book(keeper->store, out, trust, keeper->on_damage, keeper->context);
}

static void drop_view(garita_store_keeper *keeper)
{
    garita_book_free(keeper->book);
    garita_trust_free(keeper->trust);
    keeper->book = NULL;
    keeper->trust = NULL;
}

static garita_store_error load_view(garita_store_keeper *keeper)
{
    garita_store_error error;

    drop_view(keeper);
    error = load_trust(keeper, &keeper->trust);
    if (error == GARITA_STORE_OK)
        error = load_book(keeper, &keeper->book, keeper->trust);
    if (error == GARITA_STORE_OK)
        error = take_marks(keeper);
    if (error != GARITA_STORE_OK)
        drop_view(keeper);
    keeper->is_outgrown = keeper->is_withdrawn = keeper->is_behind = false;
    keeper->is_settled = true;
    return error;
}

static garita_store_error bring_view(garita_store_keeper *keeper)
{
    bool is_right = keeper->trust != NULL && !keeper->is_outgrown && !keeper->is_behind;
    garita_store_error error = is_right ? is_unchanged(keeper, &is_right) : GARITA_STORE_OK;

    if (error == GARITA_STORE_OK && !is_right)
        error = load_view(keeper);
    if (error == GARITA_STORE_OK && !keeper->is_settled) {
        garita_book_settle(keeper->book);
        keeper->is_settled = true;
    }
    return error;
}

garita_store_error garita_store_keeper_view(garita_store_keeper *keeper, garita_trust **trust,
                                            garita_book **book)
{
    bool begun;
    garita_store_error error = query_hold(keeper->store, &begun);

    if (error == GARITA_STORE_OK)
        error = bring_view(keeper);
    if (begun)
        garita_store_rollback(keeper->store);
    *trust = error == GARITA_STORE_OK ? keeper->trust : NULL;
    *book = error == GARITA_STORE_OK ? keeper->book : NULL;
    return error;
}

/* Scopes that trust sets made are filled in one way. */
static bool is_same_scope(const garita_scope *a, const garita_scope *b)
{
    return a->programmes == b->programmes && a->types == b->types && a->depth == b->depth &&
           a->country_count == b->country_count &&
           memcmp(a->countries, b->countries, a->country_count * sizeof a->countries[0]) == 0;
}

/* Whether a trust set has this record too, whatever else it has. */
static bool has_record(const garita_trust *trust, const garita_issuer *record)
{
    const garita_issuer *other = NULL;
    garita_hash id, other_id;

    garita_log_id(&id, record);
    while ((other = garita_trust_find(trust, other, &record->id, record->key_number)) != NULL) {
        garita_log_id(&other_id, other);
        if (garita_hash_equal(&id, &other_id) && other->serial == record->serial &&
            memcmp(other->public_key, record->public_key, sizeof other->public_key) == 0 &&
            is_same_scope(&other->scope, &record->scope) &&
            other->in_force_from == record->in_force_from &&
            other->in_force_until == record->in_force_until)
            return true;
    }
    return false;
}

static bool has_all(const garita_trust *trust, const garita_trust *part)
{
    for (size_t i = 0; i < garita_trust_count(part); i++)
        if (!has_record(trust, garita_trust_get(part, i)))
            return false;
    return true;
}

/* The trust set is in use: it can stay as long as all of it is kept still. */
static garita_store_error check_trust(garita_store_keeper *keeper)
{
    garita_trust *kept;
    garita_store_error error = load_trust(keeper, &kept);

    if (error != GARITA_STORE_OK)
        return error;
    keeper->is_withdrawn = !has_all(kept, keeper->trust);
    keeper->is_outgrown =
        keeper->is_withdrawn || garita_trust_count(kept) != garita_trust_count(keeper->trust);
    garita_trust_free(kept);
    return GARITA_STORE_OK;
}

/* Loads the book anew, in the place where it is. */
static garita_store_error reload_book(garita_store_keeper *keeper)
{
    garita_book *book = NULL;
    garita_store_error error = check_trust(keeper);

    if (error != GARITA_STORE_OK || keeper->is_withdrawn)
        return error;
    error = load_book(keeper, &book, keeper->trust);
    if (error == GARITA_STORE_OK)
        error = take_marks(keeper);
    if (error == GARITA_STORE_OK) {
        garita_book_swap(keeper->book, book);
        keeper->is_behind = false;
        keeper->is_settled = true;
    }
    garita_book_free(book);
    return error;
}

/* Inside a transaction, while the view may be in use: brings it up to date. */
static garita_store_error check_view(garita_store_keeper *keeper)
{
    bool is_right = false;
    garita_store_error error = GARITA_STORE_OK;

    if (!keeper->is_behind)
        error = is_unchanged(keeper, &is_right);
    if (error == GARITA_STORE_OK && !is_right)
        error = reload_book(keeper);
    keeper->is_checked = error == GARITA_STORE_OK && !keeper->is_withdrawn;
    return error;
}

/* Whether what is to be kept was judged by what still holds. */
static garita_store_error need_view(garita_store_keeper *keeper)
{
    if (keeper->is_checked)
        return GARITA_STORE_OK;
    snprintf(keeper->store->detail, sizeof keeper->store->detail,
             "whom the home trusts was changed meanwhile");
    return GARITA_STORE_LOCKED;
}

/* --- transactions --- */

static void forget_transaction(garita_store_keeper *keeper)
{
    garita_trust_free(keeper->statements);
    keeper->statements = NULL;
    keeper->is_checked = keeper->adds_statements = keeper->is_rough = false;
}

static bool begin(void *context)
{
    garita_store_keeper *keeper = context;
    garita_store_error error = garita_store_begin(keeper->store);

    forget_transaction(keeper);
    if (error == GARITA_STORE_OK && keeper->trust != NULL)
        error = check_view(keeper);
    if (error != GARITA_STORE_OK)
        garita_store_rollback(keeper->store);
    return note(keeper, error);
}

static bool commit(void *context)
{
    garita_store_keeper *keeper = context;
    uint8_t marks[GARITA_STORE_KNOWLEDGE_SIZE];
    garita_store_error error = keeper->is_checked ? read_marks(keeper, marks) : GARITA_STORE_OK;

    if (error == GARITA_STORE_OK)
        error = garita_store_commit(keeper->store);
    if (error == GARITA_STORE_OK) {
        if (keeper->is_checked)
            memcpy(keeper->marks, marks, sizeof marks);
        keeper->is_outgrown = keeper->is_outgrown || keeper->adds_statements;
        keeper->is_behind = keeper->is_behind || keeper->is_rough;
    } else {
        garita_store_rollback(keeper->store);
    }
    forget_transaction(keeper);
    return note(keeper, error);
}

static void rollback(void *context)
{
    garita_store_keeper *keeper = context;

    garita_store_rollback(keeper->store);
    forget_transaction(keeper);
}

/* --- statements --- */

static bool statement_trust(void *context, garita_trust **out)
{
    garita_store_keeper *keeper = context;
    garita_store_error error = GARITA_STORE_OK;

    if (keeper->statements == NULL)
        error = garita_store_load_trust(keeper->store, &keeper->statements, ignore_misfit, NULL);
    *out = keeper->statements;
    return note(keeper, error);
}

static bool keep_trusted(void *context, garita_bytes statement)
{
    garita_store_keeper *keeper = context;
    garita_store_error error = garita_store_add_trusted(keeper->store, statement.at, statement.len);

    /* Kept already, but until now without a chain. */
    if (error == GARITA_STORE_EXISTS)
        error = GARITA_STORE_OK;
    keeper->adds_statements = true;
    return note(keeper, error);
}

static bool view(void *context, garita_trust **trust, garita_book **book)
{
    garita_store_keeper *keeper = context;

    return note(keeper, garita_store_keeper_view(keeper, trust, book));
}

static bool each_carried(void *context,
                         bool (*visit)(void *visitor, const garita_carried *carried,
                                       garita_bytes statement),
                         void *visitor)
{
    garita_store_keeper *keeper = context;

    return note(keeper, garita_store_each_carried(keeper->store, visit, visitor));
}

static bool keep_carried(void *context, const garita_carried *carried, garita_bytes statement)
{
    garita_store_keeper *keeper = context;
    garita_store_error error = need_view(keeper);

    if (error == GARITA_STORE_OK)
        error = garita_store_add_carried(keeper->store, carried, statement.at, statement.len);
    return note(keeper, error == GARITA_STORE_EXISTS ? GARITA_STORE_OK : error);
}

static bool drop_carried(void *context, const garita_carried *carried)
{
    garita_store_keeper *keeper = context;
    garita_store_error error = garita_store_remove_carried(keeper->store, &carried->digest);

    return note(keeper, error == GARITA_STORE_ABSENT ? GARITA_STORE_OK : error);
}

/* --- logs --- */

/* Whether a log of the book is what its row says. Of its union the book may know more: what is told
 * by other logs of the same key; each of them keeps a proof of its own. */
static bool is_of_row(const garita_log *log, const struct log_row *row)
{
    size_t head_len = log->has_head ? log->head_len : 0;

    return !log->is_damaged && row->number != 0 && !row->is_damaged && row->flaw == NULL &&
           row->size == log->frontier.size && row->start == log->start &&
           row->batches_from == log->batches_from && row->head_len == head_len &&
           memcmp(row->head, log->head_bytes, head_len) == 0 &&
           row->set_differs == log->set_differs && row->has_proof == log->is_equivocated &&
           (log->elsewhere != NULL || !row->has_elsewhere);
}

static garita_store_error load(garita_store_keeper *keeper, garita_log *out,
                               const garita_issuer *authority, const garita_hash *id)
{
    struct log_row row;
    garita_store_error error = need_view(keeper);

    if (error != GARITA_STORE_OK)
        return error;
    const garita_log *known = garita_book_log(keeper->book, authority);
    error = known != NULL ? log_row_get(keeper->store, &row, id) : GARITA_STORE_OK;
    if (error != GARITA_STORE_OK)
        return error;
    if (known != NULL && is_of_row(known, &row))
        return garita_log_copy(out, known) == GARITA_OK ? GARITA_STORE_OK : GARITA_STORE_NO_MEMORY;
    error = garita_store_load_log(keeper->store, out, NULL, id);
    /* What comes of it takes the place of what the book knows, which may be more: by other logs of
     * its key, and of its head. */
    keeper->is_rough =
        known != NULL && (garita_book_has_several(keeper->book, authority->first_key) ||
                          (known->is_damaged && !out->is_damaged));
    return error;
}

static bool load_log(void *context, garita_log *out, const garita_issuer *authority,
                     const garita_hash *id)
{
    garita_store_keeper *keeper = context;

    *out = (garita_log){0};
    keeper->is_settled = false;
    return note(keeper, load(keeper, out, authority, id));
}

/* Whatever the book has of it, it may be what could not be kept. */
static void lost(void *context, const garita_hash *id)
{
    garita_store_keeper *keeper = context;
    garita_log log = {0};
    const char *what = NULL;

    keeper->is_settled = false;
    if (garita_store_load_log(keeper->store, &log, &what, id) != GARITA_STORE_OK || what != NULL ||
        garita_book_put(keeper->book, &log) != GARITA_OK)
        keeper->is_behind = true;
    garita_log_end(&log);
}

static bool keep_log(void *context, garita_log *log,
                     const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE], const garita_log_added *added)
{
    garita_store_keeper *keeper = context;

    return note(keeper, garita_store_keep_log(keeper->store, log, first_key, added));
}

static bool keep_proof(void *context, const garita_hash *log, garita_bytes proof)
{
    garita_store_keeper *keeper = context;

    return note(keeper, garita_store_keep_proof(keeper->store, log, proof.at, proof.len));
}

static bool keep_evidence(void *context, bool *is_full, const garita_hash *log,
                          const garita_message *evidence)
{
    garita_store_keeper *keeper = context;

    return note(keeper, garita_store_keep_evidence(keeper->store, is_full, log, evidence));
}

static void leaves(void *context, garita_leaf_source *out, const garita_hash *log)
{
    garita_store_keeper *keeper = context;

    keeper->rolling = (garita_frontier){0};
    *out = garita_store_leaf_source(&keeper->leaves, keeper->store, log);
    out->rolling = &keeper->rolling;
}

/* --- life --- */

garita_store_error garita_store_keeper_new(garita_store_keeper **out, garita_store *store,
                                           bool knows_own, garita_store_on_damage on_damage,
                                           void *context)
{
    garita_store_keeper *keeper = calloc(1, sizeof *keeper);

    *out = keeper;
    if (keeper == NULL)
        return GARITA_STORE_NO_MEMORY;
    keeper->store = store;
    keeper->knows_own = knows_own;
    keeper->on_damage = on_damage;
    keeper->context = context;
    keeper->table = (garita_keeper){.context = keeper,
                                    .begin = begin,
                                    .commit = commit,
                                    .rollback = rollback,
                                    .statement_trust = statement_trust,
                                    .keep_trusted = keep_trusted,
                                    .view = view,
                                    .each_carried = each_carried,
                                    .keep_carried = keep_carried,
                                    .drop_carried = drop_carried,
                                    .load_log = load_log,
                                    .lost = lost,
                                    .keep_log = keep_log,
                                    .keep_proof = keep_proof,
                                    .keep_evidence = keep_evidence,
                                    .leaves = leaves};
    return GARITA_STORE_OK;
}

void garita_store_keeper_free(garita_store_keeper *keeper)
{
    if (keeper == NULL)
        return;
    forget_transaction(keeper);
    drop_view(keeper);
    free(keeper);
}

const garita_keeper *garita_store_keeper_table(const garita_store_keeper *keeper)
{
    return &keeper->table;
}

garita_store *garita_store_keeper_store(const garita_store_keeper *keeper)
{
    return keeper->store;
}

garita_store_error garita_store_keeper_error(const garita_store_keeper *keeper)
{
    return keeper->error;
}

/* --- the clock's floor --- */

/* Whether the heads of a book attest more than is kept. */
static garita_store_error is_higher(garita_store *store, bool *out, int64_t *floor,
                                    const garita_book *book, const garita_clock *clock)
{
    bool has_floor;
    int64_t kept;
    garita_store_error error = garita_store_floor(store, &has_floor, &kept);

    *out = error == GARITA_STORE_OK && garita_book_floor(book, floor, clock) &&
           (!has_floor || *floor > kept);
    return error;
}

static garita_store_error attest(garita_store *store, const garita_clock *clock)
{
    garita_trust *trust = NULL;
    garita_book *book = NULL;
    bool is_news = false;
    int64_t floor;
    garita_store_error error = garita_store_load_trust(store, &trust, ignore_misfit, NULL);

    if (error == GARITA_STORE_OK)
        error = garita_store_load_book(store, &book, trust, NULL, NULL);
    if (error == GARITA_STORE_OK)
        error = is_higher(store, &is_news, &floor, book, clock);
    if (is_news)
        error = garita_store_raise_floor(store, floor);
    garita_book_free(book);
    garita_trust_free(trust);
    return error;
}

garita_store_error garita_store_attest_floor(garita_store *store, const garita_clock *clock)
{
    garita_store_error error = garita_store_begin(store);

    if (error == GARITA_STORE_OK)
        error = attest(store, clock);
    if (error == GARITA_STORE_OK)
        error = garita_store_commit(store);
    if (error != GARITA_STORE_OK)
        garita_store_rollback(store);
    return error;
}

garita_store_error garita_store_keeper_attest_floor(garita_store_keeper *keeper,
                                                    const garita_clock *clock)
{
    garita_trust *trust;
    garita_book *book;
    bool is_news = false;
    int64_t floor;
    garita_store_error error;

    assert(!keeper->knows_own);
    error = garita_store_keeper_view(keeper, &trust, &book);
    if (error == GARITA_STORE_OK)
        error = is_higher(keeper->store, &is_news, &floor, book, clock);
    if (error != GARITA_STORE_OK || !is_news)
        return error;
    if (!begin(keeper))
        return keeper->error;
    error = need_view(keeper);
    if (error == GARITA_STORE_OK)
        error = is_higher(keeper->store, &is_news, &floor, keeper->book, clock);
    if (error == GARITA_STORE_OK && is_news)
        error = garita_store_raise_floor(keeper->store, floor);
    if (error == GARITA_STORE_OK && is_news)
        return commit(keeper) ? GARITA_STORE_OK : keeper->error;
    rollback(keeper);
    return error;
}
