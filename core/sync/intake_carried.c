/* The carried statements of a bundle, and those that a log withdraws. */
#include "intake.h"

#include <stdlib.h>
#include <string.h>

void garita_intake_tell_dropped(const garita_intake_run *run, garita_carried_list *dropped)
{
    const garita_intake_listener *listener = run->listener;
    for (size_t i = 0; i < dropped->count && listener->dropped; i++)
        listener->dropped(listener->context, &dropped->at[i]);
    garita_carried_list_free(dropped);
}

static garita_carried_judgement judge(garita_carried *out, garita_error *error,
                                      const garita_intake_run *run, garita_bytes statement)
{
    const garita_issuer *signer;
    return garita_carried_judge(out, &signer, error, run->trust, run->book, statement.at,
                                statement.len);
}

/* --- what comes --- */

/* A statement of the bundle that is to be kept unless one that is here forbids it. */
typedef struct candidate {
    const garita_bundle_item *item;
    garita_bytes statement;
    garita_carried carried;
    bool is_in, is_new;
} candidate;

/* What is kept, as far as candidates may meet it. */
typedef struct kept {
    garita_carried_list list;
    size_t candidate_count;
    garita_hash *anchors;   /* theirs, sorted; */
    garita_digest *digests; /* and theirs */
    bool out_of_memory;
} kept;

static int by_hash(const void *left, const void *right)
{
    return memcmp(left, right, sizeof(garita_hash));
}

static int by_digest(const void *left, const void *right)
{
    return memcmp(left, right, sizeof(garita_digest));
}

static bool kept_start(kept *out, const candidate *candidates, size_t count)
{
    *out = (kept){.candidate_count = count};
    out->anchors = calloc(count, sizeof *out->anchors);
    out->digests = calloc(count, sizeof *out->digests);
    if (!out->anchors || !out->digests)
        return false;
    for (size_t i = 0; i < count; i++) {
        out->anchors[i] = candidates[i].carried.anchor;
        out->digests[i] = candidates[i].carried.digest;
    }
    qsort(out->anchors, count, sizeof *out->anchors, by_hash);
    qsort(out->digests, count, sizeof *out->digests, by_digest);
    return true;
}

static void kept_end(kept *k)
{
    garita_carried_list_free(&k->list);
    free(k->anchors);
    free(k->digests);
}

/* Those that a candidate could meet: below its anchor, or it itself, kept as another's. */
static bool note_kept(void *visitor, const garita_carried *carried, garita_bytes statement)
{
    kept *k = visitor;
    (void)statement;
    if (bsearch(&carried->anchor, k->anchors, k->candidate_count, sizeof *k->anchors, by_hash) ||
        bsearch(&carried->digest, k->digests, k->candidate_count, sizeof *k->digests, by_digest))
        k->out_of_memory = !garita_carried_list_add(&k->list, carried);
    return !k->out_of_memory;
}

/* Keeps one in the place of what is gone for it. */
static garita_intake_end keep(const garita_intake_run *run, garita_carried_list *dropped,
                              const garita_carried_ruling *ruling, candidate *c)
{
    const garita_keeper *keeper = run->keeper;
    for (size_t i = 0; i < ruling->gone_count; i++) {
        if (!garita_carried_list_add(dropped, &ruling->gone[i]))
            return GARITA_INTAKE_NO_MEMORY;
        if (!keeper->drop_carried(keeper->context, &ruling->gone[i]))
            return GARITA_INTAKE_NOT_KEPT;
    }
    if (!keeper->keep_carried(keeper->context, &c->carried, c->statement))
        return GARITA_INTAKE_NOT_KEPT;
    c->is_new = true;
    return GARITA_INTAKE_DONE;
}

static garita_intake_end take_one(const garita_intake_run *run, garita_carried_list *dropped,
                                  kept *k, candidate *c)
{
    garita_carried_ruling ruling;
    if (!garita_carried_place(&ruling, &k->list, &c->carried))
        return GARITA_INTAKE_NO_MEMORY;
    if (ruling.has_twin)
        garita_intake_leave_out(run, run->trust, c->item, GARITA_E_SERIAL_TAKEN);
    else if (ruling.is_full)
        garita_intake_leave_out(run, run->trust, c->item, GARITA_E_FULL);
    c->is_in = ruling.is_kept || (!ruling.has_twin && !ruling.is_full);
    return ruling.is_kept ? keep(run, dropped, &ruling, c) : GARITA_INTAKE_DONE;
}

static garita_intake_end take_all(const garita_intake_run *run, garita_carried_list *dropped,
                                  kept *k, candidate *candidates)
{
    garita_intake_end end = GARITA_INTAKE_DONE;
    garita_carried_list_sort(&k->list);
    for (size_t i = 0; i < k->candidate_count && end == GARITA_INTAKE_DONE; i++)
        end = take_one(run, dropped, k, &candidates[i]);
    return end;
}

static bool has_new(const candidate *candidates, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (candidates[i].is_new)
            return true;
    return false;
}

static garita_intake_end take_in_transaction(const garita_intake_run *run,
                                             garita_carried_list *dropped, candidate *candidates,
                                             size_t count)
{
    const garita_keeper *keeper = run->keeper;
    kept k;
    garita_intake_end end = GARITA_INTAKE_DONE;
    if (!kept_start(&k, candidates, count))
        end = GARITA_INTAKE_NO_MEMORY;
    else if (!keeper->each_carried(keeper->context, note_kept, &k))
        end = GARITA_INTAKE_NOT_KEPT;
    else if (k.out_of_memory)
        end = GARITA_INTAKE_NO_MEMORY;
    else
        end = take_all(run, dropped, &k, candidates);
    kept_end(&k);
    if (end == GARITA_INTAKE_DONE && has_new(candidates, count)) {
        if (keeper->commit(keeper->context))
            return end;
        end = GARITA_INTAKE_NOT_KEPT;
    }
    keeper->rollback(keeper->context);
    return end;
}

/* What is wrong with a statement of a type that no bundle has. */
static garita_error unreadable(garita_bytes statement)
{
    garita_peek peek;
    garita_error error =
        garita_statement_peek(&peek, NULL, GARITA_TYPE_AUTHORITY, statement.at, statement.len);
    bool is_newer = error == GARITA_E_UNSUPPORTED_VERSION || error == GARITA_E_UNKNOWN_TYPE;
    return is_newer ? error : GARITA_E_WRONG_TYPE;
}

/* The statements of the bundle that stand; the others are refused. *count of them. */
static garita_intake_end find_candidates(const garita_intake_run *run, candidate *out,
                                         size_t *count)
{
    garita_bundle_reader reader;
    garita_message message;
    *count = 0;
    for (size_t i = 0; i < run->index.count; i++) {
        candidate c = {.item = &run->index.at[i]};
        garita_error error;
        if (c.item->kind != GARITA_MESSAGE_STATEMENT)
            continue;
        garita_bundle_index_first(&run->index, &reader, &message, c.item);
        c.statement = message.bytes;
        switch (garita_statement_type(c.statement.at, c.statement.len)) {
        case GARITA_TYPE_AUTHORITY:
            continue;
        case GARITA_TYPE_NODE:
        case GARITA_TYPE_POLICY:
            break;
        default:
            garita_intake_leave_out(run, run->trust, c.item, unreadable(c.statement));
            continue;
        }
        switch (judge(&c.carried, &error, run, c.statement)) {
        case GARITA_CARRIED_STANDS:
            out[(*count)++] = c;
            break;
        case GARITA_CARRIED_WITHDRAWN:
            garita_intake_refuse_revoked(run, c.item);
            break;
        case GARITA_CARRIED_OF_NOBODY:
            if (error == GARITA_E_NO_MEMORY)
                return GARITA_INTAKE_NO_MEMORY;
            garita_intake_leave_out(run, run->trust, c.item, error);
            break;
        }
    }
    return GARITA_INTAKE_DONE;
}

static void tell(const garita_intake_run *run, const candidate *candidates, size_t count)
{
    const garita_intake_listener *listener = run->listener;
    for (size_t i = 0; i < count && listener->statement; i++)
        if (candidates[i].is_in)
            listener->statement(listener->context, candidates[i].statement,
                                candidates[i].carried.type, candidates[i].is_new);
}

garita_intake_end garita_intake_carried(garita_intake_run *run)
{
    const garita_keeper *keeper = run->keeper;
    garita_carried_list dropped = {0};
    size_t count = 0;
    for (size_t i = 0; i < run->index.count; i++)
        count += run->index.at[i].kind == GARITA_MESSAGE_STATEMENT;
    if (count == 0)
        return GARITA_INTAKE_DONE;
    candidate *candidates = calloc(count, sizeof *candidates);
    if (!candidates)
        return GARITA_INTAKE_NO_MEMORY;
    garita_intake_end end = find_candidates(run, candidates, &count);
    if (end == GARITA_INTAKE_DONE && count > 0)
        end = keeper->begin(keeper->context) ? take_in_transaction(run, &dropped, candidates, count)
                                             : GARITA_INTAKE_NOT_KEPT;
    if (end == GARITA_INTAKE_DONE) {
        tell(run, candidates, count);
        garita_intake_tell_dropped(run, &dropped);
    }
    garita_carried_list_free(&dropped);
    free(candidates);
    return end;
}

/* --- what is withdrawn --- */

typedef struct withdrawal {
    const garita_intake_run *run;
    garita_carried_list *out;
    bool out_of_memory;
} withdrawal;

/* Whether all who may have signed it stand, and it with them, so that no signature needs a look. */
static bool is_untouched(const garita_intake_run *run, const garita_carried *carried,
                         garita_bytes statement)
{
    garita_peek peek;
    if (garita_statement_peek(&peek, NULL, carried->type, statement.at, statement.len) != GARITA_OK)
        return false;
    for (const garita_issuer *r = NULL;
         (r = garita_trust_find(run->trust, r, &peek.signer, peek.key_number)) != NULL;)
        if (!garita_carried_is_good(run->book, r, carried->serial))
            return false;
    return true;
}

static bool note_withdrawn(void *visitor, const garita_carried *carried, garita_bytes statement)
{
    withdrawal *w = visitor;
    garita_carried as_read;
    garita_error error;
    if (is_untouched(w->run, carried, statement))
        return true;
    garita_carried_judgement found = judge(&as_read, &error, w->run, statement);
    w->out_of_memory =
        (found == GARITA_CARRIED_OF_NOBODY && error == GARITA_E_NO_MEMORY) ||
        (found == GARITA_CARRIED_WITHDRAWN && !garita_carried_list_add(w->out, carried));
    return !w->out_of_memory;
}

garita_intake_end garita_intake_withdraw(garita_intake_run *run, garita_carried_list *out)
{
    const garita_keeper *keeper = run->keeper;
    withdrawal w = {run, out, false};
    if (!keeper->each_carried(keeper->context, note_withdrawn, &w))
        return GARITA_INTAKE_NOT_KEPT;
    if (w.out_of_memory)
        return GARITA_INTAKE_NO_MEMORY;
    for (size_t i = 0; i < out->count; i++)
        if (!keeper->drop_carried(keeper->context, &out->at[i]))
            return GARITA_INTAKE_NOT_KEPT;
    return GARITA_INTAKE_DONE;
}
