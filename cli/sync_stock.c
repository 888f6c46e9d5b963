#include "sync_stock.h"

#include <stdlib.h>
#include <string.h>

#include <garita/store_logs.h>
#include <garita/store_stock.h>
#include <garita/store_view.h>

#include "home_store.h"
#include "i18n.h"
#include "report.h"
#include "revoked.h"
#include "signing_act.h"
#include "store_report.h"

static exit_status refuse_store(const struct context *context, garita_store *store,
                                garita_store_error error)
{
    return store_report(context, error, garita_store_detail(store));
}

/* --- logs --- */

void sync_warn_damaged(const struct context *context, const garita_issuer *authority,
                       const char *what)
{
    report_warning(context,
                   _("the record of revocations by %s is damaged (%s), and is not given to others; "
                     "see: garita doctor"),
                   authority->name, _(what));
}

static void warn_of_damage(void *data, const garita_issuer *authority, const char *what)
{
    sync_warn_damaged(*(const struct context *const *)data, authority, what);
}

static exit_status load_book(const struct context *context, struct sync_stock *stock)
{
    garita_store_error error =
        garita_store_load_book(stock->store, &stock->book, stock->trust, warn_of_damage, &context);

    return error == GARITA_STORE_OK ? EXIT_DONE : refuse_store(context, stock->store, error);
}

/* --- what cannot be given --- */

static void warn_left_out(const struct context *context, const struct sync_stock *stock,
                          const struct authority_log *each)
{
    const garita_log *log = each->log;
    const char *name = each->authority->name;

    if (!log->has_head) {
        report_warning(context,
                       _("the record of revocations by %s is left out: there is no head of it yet"),
                       name);
        return;
    }
    const garita_issuer *revoked = revoked_signer(stock->book, stock->trust, each->authority,
                                                  (garita_bytes){log->head_bytes, log->head_len});
    if (revoked != NULL)
        report_warning(context,
                       _("the record of revocations by %s is left out: %s has revoked %s, and "
                         "nobody who knows that takes what this key signed; another key of %s has "
                         "to sign a head (garita head)"),
                       name, revoked->parent->name, revoked->name, name);
    else
        report_warning(context,
                       _("the record of revocations by %s is left out: its head was signed with a "
                         "key that is not known here, or that may sign none"),
                       name);
}

void sync_stock_warn(const struct context *context, const struct sync_stock *stock)
{
    for (size_t i = 0; i < stock->logs.count; i++) {
        const struct authority_log *each = &stock->logs.at[i];
        if (each->log != NULL && !each->log->is_damaged &&
            !garita_stock_log_is_given(stock->book, each->authority, each->log))
            warn_left_out(context, stock, each);
    }
}

/* --- statements --- */

/* Where the statements of a visit go. */
struct collection {
    struct sync_stock *stock;
    bool out_of_memory;
};

static bool grow(struct sync_stock *stock)
{
    size_t cap = stock->statement_cap == 0 ? 16 : 2 * stock->statement_cap;
    struct sync_statement *statements = realloc(stock->statements, cap * sizeof *statements);

    if (statements == NULL)
        return false;
    stock->statements = statements;
    stock->statement_cap = cap;
    return true;
}

static bool collect(void *context, const garita_stock_item *item, unsigned level,
                    garita_bytes bytes)
{
    struct collection *collection = context;
    struct sync_stock *stock = collection->stock;
    size_t count = stock->statement_count;

    /* One that several have signed is visited once for each. */
    if (count > 0 &&
        memcmp(&stock->statements[count - 1].digest, &item->digest, sizeof item->digest) == 0)
        return true;
    if (stock->statement_count == stock->statement_cap && !grow(stock)) {
        collection->out_of_memory = true;
        return false;
    }
    struct sync_statement *statement = &stock->statements[stock->statement_count++];
    statement->level = level;
    statement->digest = item->digest;
    statement->len = bytes.len;
    memcpy(statement->bytes, bytes.at, bytes.len);
    return true;
}

static int by_level(const void *left, const void *right)
{
    const struct sync_statement *a = left;
    const struct sync_statement *b = right;

    if (a->level != b->level)
        return a->level < b->level ? -1 : 1;
    return memcmp(&a->digest, &b->digest, sizeof a->digest);
}

/* What an agency signed it often trusts too. */
static void drop_twins(struct sync_stock *stock)
{
    size_t kept = 0;

    for (size_t i = 0; i < stock->statement_count; i++)
        if (kept == 0 || by_level(&stock->statements[i], &stock->statements[kept - 1]) != 0)
            stock->statements[kept++] = stock->statements[i];
    stock->statement_count = kept;
}

static exit_status load_statements(const struct context *context, struct sync_stock *stock)
{
    struct collection collection = {.stock = stock};
    garita_store_error error =
        garita_store_each_authority(stock->store, stock->trust, collect, &collection);

    if (collection.out_of_memory)
        return report_no_memory(context);
    if (error != GARITA_STORE_OK)
        return refuse_store(context, stock->store, error);
    if (stock->statement_count > 0)
        qsort(stock->statements, stock->statement_count, sizeof *stock->statements, by_level);
    drop_twins(stock);
    return EXIT_DONE;
}

/* --- --- */

static exit_status load(const struct context *context, struct sync_stock *stock)
{
    exit_status status = signing_act_settle(context, stock->store);

    if (status != EXIT_DONE)
        return status;
    garita_store_error error = garita_store_hold(stock->store);
    if (error != GARITA_STORE_OK)
        return refuse_store(context, stock->store, error);
    status = home_store_load_signers(context, &stock->trust, stock->store);
    if (status == EXIT_DONE)
        status = load_book(context, stock);
    if (status == EXIT_DONE)
        status = authority_logs_make(context, &stock->logs, stock->trust, stock->book);
    if (status == EXIT_DONE)
        status = load_statements(context, stock);
    return status;
}

exit_status sync_stock_open(const struct context *context, struct sync_stock *out)
{
    exit_status status = home_store_open(context, &out->store, GARITA_STORE_READ);

    return status == EXIT_DONE ? load(context, out) : status;
}

void sync_stock_close(struct sync_stock *stock)
{
    authority_logs_free(&stock->logs);
    garita_book_free(stock->book);
    garita_trust_free(stock->trust);
    garita_store_close(stock->store);
    free(stock->statements);
    *stock = (struct sync_stock){0};
}
