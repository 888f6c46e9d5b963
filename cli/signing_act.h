/* cli/signing_act.h: a transaction in which this home signs, under the counter that a restored or
 * copied home does not have (garita/store_signing.h). Failures are reported.
 */
#ifndef GARITA_CLI_SIGNING_ACT_H
#define GARITA_CLI_SIGNING_ACT_H

#include <stdint.h>

#include <garita/store_signing.h>

#include "context.h"
#include "exit_status.h"
#include "signing.h"

/* Whether this home may sign for the authority with this first key: asked before a passphrase is.
 * name is the authority's, for people. EXIT_NOT_ALLOWED if the home is in doubt. */
exit_status signing_act_check(const struct context *context, garita_store *store,
                              const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE], const char *name);

/* Begins. garita_store_rollback undoes all; without EXIT_DONE there is nothing to undo. */
exit_status signing_act_begin(const struct context *context, garita_store *store,
                              const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE], const char *name);

/* Commits. Only after EXIT_DONE may what was signed leave the process. */
exit_status signing_act_commit(const struct context *context, garita_store *store);

/* What one signs: in the transaction, with the key unlocked. What was looked at before may have
 * changed, since a passphrase was asked for. Any status but EXIT_DONE undoes all of it. */
typedef exit_status (*signing_act)(const struct context *context, struct signing *signing,
                                   void *what);

/* A whole one: asks whether this home may sign, unlocks the key, begins, acts, and commits or
 * undoes. first_key and name are not used once act is called, which may let go of the record they
 * are of. */
exit_status signing_act_run(const struct context *context, struct signing *signing,
                            const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE], const char *name,
                            signing_act act, void *what);

/* Before something that was signed earlier leaves the process. */
exit_status signing_act_settle(const struct context *context, garita_store *store);

#endif
