/* cli/status_follow.h: watching a running node catch up. */
#ifndef GARITA_CLI_STATUS_FOLLOW_H
#define GARITA_CLI_STATUS_FOLLOW_H

#include "context.h"

/* Shows on standard error, in one line that is taken away at the end, how far the node of the home
 * has come, until it holds what its peers hold or does not answer any more. Returns at once where
 * standard error is no terminal, so that no script waits. */
void status_follow(const struct context *context);

#endif
