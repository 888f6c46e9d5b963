/* cli/signing_moment.h: whether a head may be signed by what the clock says. */
#ifndef GARITA_CLI_SIGNING_MOMENT_H
#define GARITA_CLI_SIGNING_MOMENT_H

#include <stdint.h>

#include <garita/head.h>

#include "context.h"
#include "exit_status.h"

/* A head signed by a clock that runs ahead cannot be taken back: no checkpoint counts it until that
 * time has come, nor any that is signed after it. So a clock that is this long past the day when
 * the next head was due has to be vouched for. Longer than an agency is ever silent, and shorter
 * than what a slip of a year makes. */
#define SIGNING_SILENCE_MAX_S (INT64_C(90) * 86400)

/* EXIT_DONE, or after a report EXIT_NOT_ALLOWED: now is that long past the newest head of the
 * authority with this name, and nobody gave it with --now. */
exit_status signing_moment_check(const struct context *context, const char *name,
                                 const garita_head *newest, int64_t now);

#endif
