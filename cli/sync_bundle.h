/* cli/sync_bundle.h: whether what somebody gave is a bundle at all. */
#ifndef GARITA_CLI_SYNC_BUNDLE_H
#define GARITA_CLI_SYNC_BUNDLE_H

#include <stddef.h>
#include <stdint.h>

#include "context.h"
#include "exit_status.h"

/* Returns EXIT_DONE if the bytes begin like a bundle of this version; or, after a report with what
 * they may be instead, EXIT_BAD_INPUT. source is how messages call them. */
exit_status sync_bundle_check(const struct context *context, const char *source,
                              const uint8_t *bytes, size_t bytes_len);

#endif
