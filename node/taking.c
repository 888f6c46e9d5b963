#include "taking.h"

#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include <garita/intake.h>
#include <garita/store_signing.h>

#include "log.h"
#include "own_keys.h"

struct taking {
    garita_store *store;
    garita_store_keeper *keeper;
    const char *home, *state;
    garita_event *events; /* for batches: once for all */
    struct own_keys own;
    struct log_limit refusals, alarms; /* apart: who floods the one must not hush the other */

    /* of the bundle that is taken */
    struct engine_take_result result;
    bool has_changed, needs_all;
    garita_store_error settle_error;
    size_t statements;
    struct taking_log *logs; /* changed */
    size_t log_count, log_cap;
};

/* --- what the engine is told of --- */

static void note_log(struct taking *taking, const garita_taken *taken)
{
    if (taking->log_count == taking->log_cap) {
        size_t cap = taking->log_cap == 0 ? 16 : 2 * taking->log_cap;
        void *grown = realloc(taking->logs, cap * sizeof *taking->logs);
        if (grown == NULL) {
            taking->needs_all = true;
            return;
        }
        taking->logs = grown;
        taking->log_cap = cap;
    }
    struct taking_log *log = &taking->logs[taking->log_count++];
    log->id = taken->log->id;
    memcpy(log->first_key, taken->authority->first_key, sizeof log->first_key);
}

/* Whether revocations by this authority can fall on a node, a policy or somebody's head. */
static bool is_certifier(const garita_issuer *authority)
{
    return garita_scope_has_type(&authority->scope, GARITA_TYPE_AUTHORITY) ||
           garita_scope_has_type(&authority->scope, GARITA_TYPE_NODE) ||
           garita_scope_has_type(&authority->scope, GARITA_TYPE_POLICY);
}

static void on_statement(void *context, garita_bytes statement, garita_type type, bool is_new)
{
    struct taking *taking = context;

    (void)statement;
    (void)type;
    if (!is_new)
        return;
    taking->statements++;
    taking->has_changed = taking->needs_all = true;
}

static void on_dropped(void *context, const garita_carried *carried)
{
    struct taking *taking = context;

    (void)carried;
    taking->has_changed = taking->needs_all = true;
}

static void tell_alarm(const char *text, const garita_issuer *authority)
{
    log_event(LOG_LEVEL_ERROR, "alarm", LOG_TEXT("text", text),
              LOG_TEXT("log", authority != NULL ? authority->name : NULL));
}

static void on_taken(void *context, const garita_taken *taken)
{
    struct taking *taking = context;
    const garita_log *log = taken->log;

    if (!taken->is_changed)
        return;
    taking->has_changed = true;
    uint64_t revoked = garita_set_revoked(log->set);
    /* to load all that there is for each heartbeat would be a way to keep the writer busy */
    bool is_withdrawing = revoked != taken->revoked_before ||
                          taken->outcome == GARITA_LOG_ADOPTED || !taken->had_head;
    if (taken->outcome == GARITA_LOG_FORKED || taken->is_proof_new || taken->set_differs_now ||
        taken->evidence > 0 || (is_withdrawing && is_certifier(taken->authority)))
        taking->needs_all = true;
    else
        note_log(taking, taken);
    log_event(LOG_LEVEL_INFO, "took", LOG_TEXT("log", taken->authority->name),
              LOG_TEXT("outcome", garita_log_outcome_name(taken->outcome)),
              LOG_NUMBER("size", log->head.size), LOG_COUNT("batches", taken->batches),
              LOG_NUMBER("revoked",
                         revoked > taken->revoked_before ? revoked - taken->revoked_before : 0));
    if (taken->is_proof_new)
        tell_alarm("the authority has shown two histories: its credentials are referred",
                   taken->authority);
    if (taken->set_differs_now)
        tell_alarm(
            "the authority's head is not what its batches make: its credentials are referred",
            taken->authority);
    if (taken->is_evidence_full)
        tell_alarm("no more evidence of the authority's other histories is kept", taken->authority);
}

/* --- what was refused --- */

static const char *refusal_name(garita_refusal_kind kind)
{
    switch (kind) {
    case GARITA_REFUSED_FOREIGN:
        return "foreign";
    case GARITA_REFUSED_OUTSIDE:
        return "out-of-scope";
    case GARITA_REFUSED_DAMAGED:
        return "damaged";
    case GARITA_REFUSED_MISMATCH:
        return "mismatch";
    case GARITA_REFUSED_NEWER:
        return "newer-program";
    case GARITA_REFUSED_TAKEN:
        return "serial-taken";
    case GARITA_REFUSED_GAP:
        return "gap";
    case GARITA_REFUSED_REVOKED:
        return "revoked";
    case GARITA_REFUSED_FULL:
        return "full";
    }
    return "?";
}

static void on_refused(void *context, const garita_refusal *refusal)
{
    struct taking *taking = context;
    struct engine_take_result *result = &taking->result;
    uint64_t suppressed;
    enum log_level level = LOG_LEVEL_WARNING;

    switch (refusal->kind) {
    case GARITA_REFUSED_FOREIGN:
    case GARITA_REFUSED_OUTSIDE:
        result->is_foreign = true;
        break;
    case GARITA_REFUSED_DAMAGED:
    case GARITA_REFUSED_MISMATCH:
        /* Whose key has this number here is an authority's word, and may be another's where it
         * comes from: an honest node passes on what it could check, and this one cannot. */
        if (refusal->error == GARITA_E_BAD_SIGNATURE)
            result->is_foreign = true;
        else
            result->is_wrong = true;
        break;
    case GARITA_REFUSED_GAP:
        result->is_gap = true;
        break;
    case GARITA_REFUSED_REVOKED:
        result->is_revoked = true;
        break;
    case GARITA_REFUSED_NEWER:
        break;
    case GARITA_REFUSED_TAKEN: /* rules of trust 2 and 10: people are told */
    case GARITA_REFUSED_FULL:
        level = LOG_LEVEL_ERROR;
        break;
    }
    struct log_limit *limit = level == LOG_LEVEL_ERROR ? &taking->alarms : &taking->refusals;
    if (!log_allows(limit, (int64_t)(uv_hrtime() / 1000000), &suppressed))
        return;
    log_event(
        level, level == LOG_LEVEL_ERROR ? "alarm" : "not-taken",
        LOG_TEXT("reason", refusal_name(refusal->kind)),
        LOG_TEXT("log", refusal->authority != NULL ? refusal->authority->name : NULL),
        LOG_TEXT("error", refusal->error != GARITA_OK ? garita_error_name(refusal->error) : NULL),
        LOG_COUNT("suppressed", suppressed));
}

/* --- a home that signs --- */

static void on_viewed(void *context, const garita_trust *trust, const garita_book *book)
{
    struct taking *taking = context;

    (void)book;
    if (taking->state != NULL && !own_keys_find(&taking->own, taking->home, trust))
        tell_alarm("out of memory: heads of this home's own authorities do not confirm it", NULL);
}

/* A head of an authority that this home signs for has come back from the world. What the home knew
 * confirms nothing here: it may be its own word, come back from a peer that it told. */
static bool settle(void *context, const garita_taken *taken, bool *is_changed)
{
    struct taking *taking = context;
    garita_store_error error = GARITA_STORE_OK;
    bool was_in_doubt = false;

    if ((taken->outcome != GARITA_LOG_HEARTBEAT && taken->outcome != GARITA_LOG_EXTENDED &&
         taken->outcome != GARITA_LOG_ADOPTED) ||
        taken->is_passed_over || taking->state == NULL ||
        !own_keys_has(&taking->own, taken->authority->first_key))
        return true;
    for (size_t i = 0; i < taking->own.count && error == GARITA_STORE_OK; i++)
        error = garita_store_note_signer(taking->store, taking->own.first_keys[i]);
    if (error == GARITA_STORE_OK)
        error = garita_store_confirm(taking->store, &was_in_doubt, taking->state,
                                     taken->authority->first_key, taken->log->head.issued);
    *is_changed = *is_changed || was_in_doubt;
    if (was_in_doubt)
        log_event(LOG_LEVEL_INFO, "confirmed", LOG_TEXT("log", taken->authority->name));
    if (error == GARITA_STORE_COUNTER) {
        /* The home stays in doubt and signs nothing; what was revoked counts all the same. */
        tell_alarm("the counter of this home cannot be read: it stays in doubt", taken->authority);
        return true;
    }
    taking->settle_error = error;
    return error == GARITA_STORE_OK;
}

/* --- taking --- */

struct taking *taking_new(garita_store *store, garita_store_keeper *keeper, const char *home,
                          const char *state)
{
    struct taking *taking = calloc(1, sizeof *taking);

    if (taking == NULL)
        return NULL;
    taking->store = store;
    taking->keeper = keeper;
    taking->home = home;
    taking->state = state;
    taking->events = calloc(GARITA_BATCH_EVENTS_MAX, sizeof *taking->events);
    if (taking->events == NULL) {
        free(taking);
        return NULL;
    }
    return taking;
}

void taking_free(struct taking *taking)
{
    if (taking == NULL)
        return;
    own_keys_free(&taking->own);
    free(taking->logs);
    free(taking->events);
    free(taking);
}

static void tell_failure(const struct taking *taking, garita_intake_end end)
{
    garita_store_error error = taking->settle_error != GARITA_STORE_OK
                                   ? taking->settle_error
                                   : garita_store_keeper_error(taking->keeper);

    if (end == GARITA_INTAKE_NO_MEMORY)
        error = GARITA_STORE_NO_MEMORY;
    log_event(LOG_LEVEL_ERROR, "alarm",
              LOG_TEXT("text", "what a peer sent could not be kept; it is asked for again"),
              LOG_TEXT("error", garita_store_error_name(error)),
              LOG_TEXT("detail",
                       end == GARITA_INTAKE_NOT_KEPT ? garita_store_detail(taking->store) : NULL));
}

bool taking_take(struct taking *taking, struct engine_take_result *out, const uint8_t *bytes,
                 size_t len)
{
    const garita_intake_listener listener = {
        .context = taking,
        .statement = on_statement,
        .dropped = on_dropped,
        .viewed = on_viewed,
        .refused = on_refused,
        .settle = settle,
        .taken = on_taken,
    };
    const garita_intake intake = {garita_store_keeper_table(taking->keeper), &listener,
                                  taking->events};

    taking->result = (struct engine_take_result){.is_kept = true};
    taking->has_changed = taking->needs_all = false;
    taking->settle_error = GARITA_STORE_OK;
    taking->statements = taking->log_count = 0;
    garita_intake_end end = garita_intake_bundle(&intake, NULL, bytes, len);
    if (taking->statements > 0)
        log_event(LOG_LEVEL_INFO, "took", LOG_NUMBER("statements", taking->statements));
    switch (end) {
    case GARITA_INTAKE_DONE:
        break;
    case GARITA_INTAKE_NO_BUNDLE:
    case GARITA_INTAKE_CUT:
        taking->result.is_wrong = true;
        break;
    case GARITA_INTAKE_NO_MEMORY:
    case GARITA_INTAKE_NOT_KEPT:
        taking->result.is_kept = false;
        tell_failure(taking, end);
        break;
    }
    *out = taking->result;
    return taking->needs_all;
}

bool taking_has_changed(const struct taking *taking)
{
    return taking->has_changed;
}

size_t taking_log_count(const struct taking *taking)
{
    return taking->log_count;
}

const struct taking_log *taking_log(const struct taking *taking, size_t index)
{
    return &taking->logs[index];
}
