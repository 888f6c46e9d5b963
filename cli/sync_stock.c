#include "sync_stock.h"

#include <stdlib.h>
#include <string.h>

#include <garita/authority.h>
#include <garita/equivocation.h>
#include <garita/store_logs.h>
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

struct damage_warning {
    const struct context *context;
    bool is_import;
};

static void warn_of_damage(void *data, const garita_issuer *authority, const char *what)
{
    const struct damage_warning *warning = data;

    if (warning->is_import)
        report_warning(warning->context,
                       _("the record of revocations by %s is damaged (%s): it is taken anew where "
                         "the bundle has it whole, and else left as it is; see: garita doctor"),
                       authority->name, _(what));
    else
        report_warning(warning->context,
                       _("the record of revocations by %s is damaged (%s), and is not given to "
                         "others; see: garita doctor"),
                       authority->name, _(what));
}

exit_status sync_load_book(const struct context *context, garita_book **out, garita_store *store,
                           const garita_trust *trust, bool is_import)
{
    struct damage_warning warning = {context, is_import};
    garita_store_error error = garita_store_load_book(store, out, trust, warn_of_damage, &warning);

    return error == GARITA_STORE_OK ? EXIT_DONE : refuse_store(context, store, error);
}

/* --- what counts: nobody would take anything else --- */

/* An anchor that has revoked itself has nobody else to say so. */
static bool counts(const struct sync_stock *stock, const struct authority_log *each,
                   garita_bytes head)
{
    return each->authority->level == 0 ||
           garita_book_head_counts(stock->book, each->authority, head);
}

bool sync_can_give(const struct sync_stock *stock, const struct authority_log *each)
{
    const garita_log *log = each->log;

    return log != NULL && log->has_head && !log->is_damaged &&
           counts(stock, each, (garita_bytes){log->head_bytes, log->head_len});
}

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
        if (each->log != NULL && !each->log->is_damaged && !sync_can_give(stock, each))
            warn_left_out(context, stock, each);
    }
}

bool sync_proof_counts(const struct sync_stock *stock, const struct authority_log *each,
                       garita_bytes proof)
{
    garita_equivocation read;

    return garita_equivocation_read(&read, proof.at, proof.len) == GARITA_OK &&
           counts(stock, each, read.heads[0]) && counts(stock, each, read.heads[1]);
}

bool sync_evidence_counts(const struct sync_stock *stock, const struct authority_log *each,
                          const garita_message *evidence)
{
    return counts(stock, each, evidence->head);
}

/* --- statements --- */

/* Where the statements of a visit go. */
struct collection {
    struct sync_stock *stock;
    bool out_of_memory;
};

/* The record that this statement makes in the trust set; null if its chain reaches no anchor. */
static const garita_issuer *find_record(const garita_trust *trust, const garita_authority *said,
                                        const garita_id *signer)
{
    const garita_issuer *record = NULL;

    while ((record = garita_trust_find(trust, record, &said->id, said->key_number)) != NULL)
        if (record->serial == said->serial && garita_id_equal(&record->parent->id, signer) &&
            memcmp(record->public_key, said->public_key, sizeof record->public_key) == 0)
            break;
    return record;
}

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

static bool collect(void *context, const uint8_t *bytes, size_t bytes_len)
{
    struct collection *collection = context;
    struct sync_stock *stock = collection->stock;
    garita_authority said;
    garita_peek peek;

    if (garita_authority_inspect(&said, &peek, NULL, bytes, bytes_len) != GARITA_OK)
        return true;
    if (said.self_issued && said.key_number == 1)
        return true;
    const garita_issuer *record = find_record(stock->trust, &said, &peek.signer);
    if (record == NULL)
        return true;
    if (stock->statement_count == stock->statement_cap && !grow(stock)) {
        collection->out_of_memory = true;
        return false;
    }
    struct sync_statement *statement = &stock->statements[stock->statement_count++];
    statement->level = record->level;
    garita_digest_of(&statement->digest, bytes, bytes_len);
    statement->len = bytes_len;
    memcpy(statement->bytes, bytes, bytes_len);
    return true;
}

static int by_level(const void *left, const void *right)
{
    const struct sync_statement *a = left;
    const struct sync_statement *b = right;

    return a->level != b->level ? a->level - b->level
                                : memcmp(&a->digest, &b->digest, sizeof a->digest);
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
    garita_store_error error = garita_store_each_trusted(stock->store, collect, &collection);

    if (error == GARITA_STORE_OK && !collection.out_of_memory)
        error = garita_store_each_own_authority(stock->store, collect, &collection);
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
        status = sync_load_book(context, &stock->book, stock->store, stock->trust, false);
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
