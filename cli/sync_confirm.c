#include <string.h>

#include <garita/store_signing.h>

#include "store_report.h"
#include "sync_run.h"

/* Whether the bundle was made by this home, or by one that it is a copy of: what such a bundle says
 * is what the home said, not what the world has heard. */
static bool is_own_bundle(const struct sync_run *run)
{
    return run->origin != NULL &&
           memcmp(run->origin, garita_store_home(run->store)->id, GARITA_HOME_ID_SIZE) == 0;
}

/* Whether what came shows a head that the world has. */
static bool shows_head(const garita_taken *taken)
{
    switch (taken->outcome) {
    case GARITA_LOG_KNOWN:
    case GARITA_LOG_HEARTBEAT:
    case GARITA_LOG_EXTENDED:
    case GARITA_LOG_ADOPTED:
        return !taken->is_passed_over;
    default:
        return false;
    }
}

static garita_store_error confirm(struct sync_run *run, const garita_taken *taken)
{
    garita_store_error error = GARITA_STORE_OK;

    for (size_t i = 0; i < run->own.count && error == GARITA_STORE_OK; i++)
        error = garita_store_note_signer(run->store, run->own.first_keys[i]);
    if (error == GARITA_STORE_OK)
        error = garita_store_confirm(run->store, &run->is_confirmed, run->context->state,
                                     taken->authority->first_key, taken->log->head.issued);
    return error;
}

bool sync_confirm(struct sync_run *run, const garita_taken *taken, bool *is_changed)
{
    garita_store_error error;

    if (!shows_head(taken) || run->context->state == NULL ||
        !own_keys_has(&run->own, taken->authority->first_key))
        return true;
    /* What it said later than it remembers is news, by whomever it comes back. */
    if (is_own_bundle(run) && taken->outcome == GARITA_LOG_KNOWN) {
        garita_doubt doubt = GARITA_DOUBT_NONE;
        error = garita_store_doubt(run->store, &doubt, run->context->state,
                                   taken->authority->first_key);
        run->is_unconfirmed = doubt != GARITA_DOUBT_NONE;
    } else {
        error = confirm(run, taken);
        *is_changed = run->is_confirmed;
    }
    if (error == GARITA_STORE_OK)
        return true;
    progress_clear(&run->progress);
    run->status = store_report(run->context, error, garita_store_detail(run->store));
    return false;
}
