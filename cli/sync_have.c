#include "sync_verbs.h"

#include <stdlib.h>
#include <string.h>

#include <garita/store_logs.h>
#include <garita/store_stock.h>

#include "i18n.h"
#include "json_out.h"
#include "output_file.h"
#include "report.h"
#include "store_report.h"
#include "sync_stock.h"

const struct option sync_have_options[] = {
    OPTION_TEXT("output", 'o', "FILE", struct sync_have_options, output,
                N_("where to write it; standard output if not given")),
    OPTION_END,
};

/* The list while it is made. */
struct list {
    garita_have_log *logs;
    size_t log_count;
    garita_digest *digests; /* room for GARITA_HAVE_DIGESTS_MAX: what is beyond is sent again */
    size_t digest_count;
};

static void add_digest(struct list *list, const garita_digest *digest)
{
    if (list->digest_count < GARITA_HAVE_DIGESTS_MAX)
        list->digests[list->digest_count++] = *digest;
}

static bool add_carried(void *context, const garita_stock_item *item, unsigned level,
                        garita_bytes statement)
{
    (void)level;
    (void)statement;
    add_digest(context, &item->digest);
    return true;
}

static bool add_evidence(void *context, const garita_message *evidence)
{
    garita_digest digest;

    garita_digest_of(&digest, evidence->bytes.at, evidence->bytes.len);
    add_digest(context, &digest);
    return true;
}

static garita_store_error add_proof(struct list *list, garita_store *store, const garita_hash *log)
{
    uint8_t proof[GARITA_EQUIVOCATION_BYTES_MAX];
    garita_digest digest;
    size_t len;
    garita_store_error error = garita_store_get_proof(store, proof, &len, log);

    if (error == GARITA_STORE_ABSENT)
        return GARITA_STORE_OK;
    if (error == GARITA_STORE_OK) {
        garita_digest_of(&digest, proof, len);
        add_digest(list, &digest);
    }
    return error;
}

static void add_log(struct list *list, const struct authority_log *each)
{
    garita_have_log *log = &list->logs[list->log_count++];

    *log = (garita_have_log){.id = each->id,
                             .size = each->log->head.size,
                             .root = each->log->head.root,
                             .signed_at = each->log->head.signed_at};
}

static int by_bytes(const void *left, const void *right)
{
    return memcmp(left, right, sizeof(garita_digest));
}

/* An authority that is certified twice has one proof in two logs. */
static void drop_twins(struct list *list)
{
    size_t kept = 0;

    qsort(list->digests, list->digest_count, sizeof *list->digests, by_bytes);
    for (size_t i = 0; i < list->digest_count; i++)
        if (kept == 0 || by_bytes(&list->digests[i], &list->digests[kept - 1]) != 0)
            list->digests[kept++] = list->digests[i];
    list->digest_count = kept;
}

static exit_status fill(const struct context *context, struct list *list,
                        const struct sync_stock *stock)
{
    garita_store_error error = GARITA_STORE_OK;

    for (size_t i = 0; i < stock->statement_count; i++)
        add_digest(list, &stock->statements[i].digest);
    error = garita_store_each_given(stock->store, stock->trust, stock->book, add_carried, list);
    for (size_t i = 0; i < stock->logs.count && error == GARITA_STORE_OK; i++)
        error = add_proof(list, stock->store, &stock->logs.at[i].id);
    for (size_t i = 0; i < stock->logs.count && error == GARITA_STORE_OK; i++) {
        const struct authority_log *each = &stock->logs.at[i];
        if (each->log != NULL && each->log->has_head && !each->log->is_damaged)
            add_log(list, each);
        error = garita_store_each_evidence(stock->store, &each->id, add_evidence, list);
    }
    drop_twins(list);
    return error == GARITA_STORE_OK
               ? EXIT_DONE
               : store_report(context, error, garita_store_detail(stock->store));
}

static exit_status write_list(const struct context *context, struct list *list, const char *output)
{
    size_t size = garita_have_size(list->log_count, list->digest_count);
    uint8_t *bytes = malloc(size);

    if (bytes == NULL)
        return report_no_memory(context);
    garita_have_write(bytes, list->logs, list->log_count, list->digests, list->digest_count);
    exit_status status =
        output_file_write(context, output, OUTPUT_BINARY, OUTPUT_MODE_PUBLIC, bytes, size);
    free(bytes);
    if (status == EXIT_DONE && context->json)
        status = json_out(context,
                          json_pack("{s:o, s:I, s:I, s:I}", "file", json_out_text_or_null(output),
                                    "logs", (json_int_t)list->log_count, "digests",
                                    (json_int_t)list->digest_count, "bytes", (json_int_t)size));
    return status;
}

static exit_status make_list(const struct context *context, const struct sync_stock *stock,
                             const char *output)
{
    struct list list = {
        .logs = calloc(stock->logs.count + 1, sizeof *list.logs),
        .digests = calloc(GARITA_HAVE_DIGESTS_MAX, sizeof *list.digests),
    };
    exit_status status = list.logs != NULL && list.digests != NULL ? fill(context, &list, stock)
                                                                   : report_no_memory(context);

    if (status == EXIT_DONE)
        status = write_list(context, &list, output);
    free(list.logs);
    free(list.digests);
    return status;
}

exit_status sync_have_run(const struct context *context, const void *values, char *const *operands,
                          size_t operand_count)
{
    const struct sync_have_options *given = values;
    const char *output = given->output != NULL ? given->output : "-";
    struct sync_stock stock = {0};

    (void)operands;
    (void)operand_count;
    exit_status status = sync_check_output(context, output);
    if (status == EXIT_DONE)
        status = sync_stock_open(context, &stock);
    if (status == EXIT_DONE)
        status = make_list(context, &stock, output);
    sync_stock_close(&stock);
    return status;
}
