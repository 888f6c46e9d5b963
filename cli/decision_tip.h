/* cli/decision_tip.h: tips of this home's log of decisions, signed by its node key. */
#ifndef GARITA_CLI_DECISION_TIP_H
#define GARITA_CLI_DECISION_TIP_H

#include <stdbool.h>

#include <garita/store_decisions.h>

#include "context.h"
#include "exit_status.h"
#include "secret_key.h"

/* Signs a tip of a place of the store's log. False if there is no clock, or it shows a moment that
 * no tip can name. */
bool decision_tip_sign(garita_stored_tip *out, const struct secret_key *node_key,
                       const garita_store *store, const garita_decision_place *place,
                       const garita_clock *clock);

/* Reports that decision_tip_sign returned false: EXIT_NOT_ALLOWED. */
exit_status decision_tip_no_clock(const struct context *context);

/* Signs a tip of the log as it is now, keeps it in the home, and, unless path is null, writes it
 * there ("-": standard output). *out may be null. Returns EXIT_DONE, or another status after a
 * report: EXIT_NOT_FOUND where the home has no node key, as one that never logged a decision. */
exit_status decision_tip_write(const struct context *context, garita_stored_tip *out,
                               const char *path);

/* Signs a tip of the log as it is now, and keeps it in the home: with every export. Does nothing
 * where no decision was logged, or the node key has a passphrase, for which nobody is asked; a
 * failure is a warning. store is the home, open for reading. */
void decision_tip_keep(const struct context *context, garita_store *store);

#endif
