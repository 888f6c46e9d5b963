/* cli/sync_import.h: a bundle taken into a home. */
#ifndef GARITA_CLI_SYNC_IMPORT_H
#define GARITA_CLI_SYNC_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "context.h"
#include "exit_status.h"

/* What came of a bundle. */
struct sync_summary {
    uint64_t statements_added, statements_known; /* of authorities */
    uint64_t carried_added, carried_known;       /* of nodes, and policies */
    uint64_t carried_dropped; /* of these: that gave way to newer ones, or were withdrawn */
    uint64_t authorities; /* whose logs, proofs or evidence were in it, and that are known here */
    uint64_t changed;     /* of these: about which this home knows more than before */
    uint64_t batches;     /* that were added to logs */
    uint64_t forked;      /* authorities of which it shows two histories */
    uint64_t foreign;     /* messages of nobody whose chain reaches an anchor that is pinned here */
    uint64_t outside;     /* of those, but beyond what their anchor is pinned for */
    uint64_t refused;     /* messages that are wrong, contradict, or do not connect */
};

/* Reads the bundle (path "-" is standard input) to its end, and then takes what it brings into
 * context->home: each authority's part in a transaction of its own. Says what it brought, for
 * people or as objects. Returns EXIT_DONE, also if all of it was known or older; or after a report
 * EXIT_BAD_INPUT (no bundle, cut short, or something in it had to be refused: the rest was taken
 * nevertheless; or nothing in it is for this home), or why it could not be read or kept. *out is
 * filled as far as it came. */
exit_status sync_import_file(const struct context *context, struct sync_summary *out,
                             const char *path);

#endif
