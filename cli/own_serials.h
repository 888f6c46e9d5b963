/* cli/own_serials.h: which serials of an authority were assigned elsewhere.
 *
 * A home counts what it assigned itself. A key that was certified later, and lies in another home,
 * begins there with 1; but a head of the authority says how far its serials go.
 */
#ifndef GARITA_CLI_OWN_SERIALS_H
#define GARITA_CLI_OWN_SERIALS_H

#include "context.h"
#include "exit_status.h"
#include "signing.h"

/* In an act of signing, before a serial is taken: moves the next one past what the heads say that this
 * home has of the key's authority. EXIT_NOT_ALLOWED after a report where a head says so that only
 * some of those who certified the key vouch for. */
exit_status own_serials_reserve(const struct context *context, const struct signing *signing);

#endif
