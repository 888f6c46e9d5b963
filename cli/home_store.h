/* cli/home_store.h: the home's store as verbs use it: opened, or the failure reported. */
#ifndef GARITA_CLI_HOME_STORE_H
#define GARITA_CLI_HOME_STORE_H

#include <garita/store.h>

#include "buffer.h"
#include "context.h"
#include "exit_status.h"

/* Opens context->home. Returns EXIT_DONE, or after a report EXIT_NOT_FOUND where there is no home,
 * or another status, and then *out is null. */
exit_status home_store_open(const struct context *context, garita_store **out,
                            garita_store_mode mode);

/* garita_store_load_trust and garita_store_load_signers, with a warning for each statement that no
 * longer fits, and a report on failure. */
exit_status home_store_load_trust(const struct context *context, garita_trust **out,
                                  garita_store *store);
exit_status home_store_load_signers(const struct context *context, garita_trust **out,
                                    garita_store *store);

/* Adds what is to be said of a statement that is left out. */
void home_store_add_misfit(struct buffer *out, const garita_store_misfit *misfit);

#endif
