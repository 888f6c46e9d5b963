/* The authority statements of a bundle: in whatever order they stand, in one transaction. */
#include "intake.h"

#include <stdlib.h>

/* A statement of the bundle. */
typedef struct entry {
    const garita_bundle_item *item;
    garita_bytes statement;
    garita_error error; /* of the last trial; OK once it is in */
    bool is_new;
} entry;

typedef struct additions {
    garita_intake_run *run;
    garita_trust *trust;
    entry *at;
    size_t count;
    bool has_new;
} additions;

static garita_intake_end try_one(additions *a, entry *e, bool *is_added)
{
    const garita_keeper *keeper = a->run->keeper;
    e->error = garita_trust_add(a->trust, NULL, NULL, e->statement.at, e->statement.len);
    if (e->error == GARITA_E_NO_MEMORY)
        return GARITA_INTAKE_NO_MEMORY;
    if (e->error == GARITA_E_ALREADY_KNOWN) {
        e->error = GARITA_OK;
        return GARITA_INTAKE_DONE;
    }
    if (e->error != GARITA_OK)
        return GARITA_INTAKE_DONE;
    /* it may be kept already, but until now without a chain */
    e->is_new = a->has_new = *is_added = true;
    return keeper->keep_trusted(keeper->context, e->statement) ? GARITA_INTAKE_DONE
                                                               : GARITA_INTAKE_NOT_KEPT;
}

/* Goes over those that are not in until nothing more is added: a chain is no longer than its depth,
 * in whatever order its statements stand. */
static garita_intake_end try_all(additions *a)
{
    garita_intake_end end = GARITA_INTAKE_DONE;
    bool is_added = true;
    for (unsigned round = 0; is_added && round <= GARITA_CHAIN_DEPTH_MAX + 1; round++) {
        is_added = false;
        for (size_t i = 0; i < a->count && end == GARITA_INTAKE_DONE; i++)
            if (a->at[i].error != GARITA_OK)
                end = try_one(a, &a->at[i], &is_added);
    }
    for (size_t i = 0; i < a->count && end == GARITA_INTAKE_DONE; i++)
        if (a->at[i].error != GARITA_OK)
            garita_intake_leave_out(a->run, a->trust, a->at[i].item, a->at[i].error);
    return end;
}

static garita_intake_end add_in_transaction(additions *a)
{
    const garita_keeper *keeper = a->run->keeper;
    garita_intake_end end =
        keeper->statement_trust(keeper->context, &a->trust) ? try_all(a) : GARITA_INTAKE_NOT_KEPT;
    if (end != GARITA_INTAKE_DONE || !a->has_new) {
        keeper->rollback(keeper->context);
        return end;
    }
    if (keeper->commit(keeper->context))
        return GARITA_INTAKE_DONE;
    keeper->rollback(keeper->context);
    return GARITA_INTAKE_NOT_KEPT;
}

static void tell(const additions *a)
{
    const garita_intake_listener *listener = a->run->listener;
    for (size_t i = 0; i < a->count && listener->statement; i++)
        if (a->at[i].error == GARITA_OK)
            listener->statement(listener->context, a->at[i].statement, GARITA_TYPE_AUTHORITY,
                                a->at[i].is_new);
}

/* Those that are to be tried. */
static void collect(additions *a)
{
    garita_intake_run *run = a->run;
    garita_bundle_reader reader;
    garita_message message;
    for (size_t i = 0; i < run->index.count; i++) {
        const garita_bundle_item *item = &run->index.at[i];
        if (item->kind != GARITA_MESSAGE_STATEMENT)
            continue;
        garita_bundle_index_first(&run->index, &reader, &message, item);
        if (garita_statement_type(message.bytes.at, message.bytes.len) == GARITA_TYPE_AUTHORITY)
            a->at[a->count++] = (entry){item, message.bytes, GARITA_E_UNKNOWN_ISSUER, false};
    }
}

garita_intake_end garita_intake_statements(garita_intake_run *run)
{
    const garita_keeper *keeper = run->keeper;
    additions a = {.run = run};
    size_t count = 0;
    for (size_t i = 0; i < run->index.count; i++)
        count += run->index.at[i].kind == GARITA_MESSAGE_STATEMENT;
    if (count == 0)
        return GARITA_INTAKE_DONE;
    a.at = calloc(count, sizeof *a.at);
    if (!a.at)
        return GARITA_INTAKE_NO_MEMORY;
    collect(&a);
    garita_intake_end end = GARITA_INTAKE_DONE;
    if (a.count > 0)
        end = keeper->begin(keeper->context) ? add_in_transaction(&a) : GARITA_INTAKE_NOT_KEPT;
    if (end == GARITA_INTAKE_DONE)
        tell(&a);
    free(a.at);
    return end;
}
