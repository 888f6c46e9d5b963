/* cli/home_trust.h: whom this home trusts. */
#ifndef GARITA_CLI_HOME_TRUST_H
#define GARITA_CLI_HOME_TRUST_H

#include <garita/trust.h>

#include "context.h"
#include "exit_status.h"

/* Loads the trust set that verdicts are given by, from context->home, which is only read. *out is
 * freed by garita_trust_free. People are told of statements that no longer fit, of authorities that
 * share an id, and of a home that trusts nobody. Returns EXIT_DONE, or another status after a
 * report. */
exit_status home_trust_load(const struct context *context, garita_trust **out);

#endif
