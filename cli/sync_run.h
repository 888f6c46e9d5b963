/* cli/sync_run.h: an import on its way: what sync_import.c, sync_refuse.c, sync_confirm.c,
 * sync_withdrawn.c and sync_tell.c share, each a part of what listens to the intake.
 */
#ifndef GARITA_CLI_SYNC_RUN_H
#define GARITA_CLI_SYNC_RUN_H

#include <garita/intake.h>
#include <garita/store.h>

#include "own_keys.h"
#include "progress.h"
#include "sync_import.h"

struct sync_run {
    const struct context *context;
    const char *source;    /* how messages call the bundle */
    const uint8_t *origin; /* the id of the home that made it, as it says; null if it does not */
    garita_store *store;   /* open for writing */
    struct progress progress;
    struct sync_summary summary;
    exit_status status; /* what has been reported while the intake ran: it is to end */

    /* from garita_intake_listener.viewed on */
    const garita_trust *trust;
    struct own_keys own;
    bool *was_withdrawn; /* by the index of a record: whether its statement was revoked */

    /* of the part that is being taken */
    bool is_confirmed;   /* this home may sign for it again */
    bool is_unconfirmed; /* it still may not: the bundle is its own */
};

/* --- sync_refuse.c --- */

/* Counts what is not for this home; counts and reports what is wrong. */
void sync_refuse(struct sync_run *run, const garita_refusal *refusal);

/* --- sync_confirm.c --- */

/* Whether a head of an authority that this home signs for has come back from the world, so that it
 * may sign again; inside the transaction. False after a report. */
bool sync_confirm(struct sync_run *run, const garita_taken *taken, bool *is_changed);

/* --- sync_tell.c --- */

/* Says what came of an authority's part. */
exit_status sync_tell(struct sync_run *run, const garita_taken *taken);

/* {"imported":true,…}, or lines for people about what no other line said. is_cut: the bundle could
 * not be read to its end. */
exit_status sync_tell_summary(const struct sync_run *run, bool is_cut);

#endif
