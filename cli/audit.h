/* cli/audit.h: what the parts of `audit` share. */
#ifndef GARITA_CLI_AUDIT_H
#define GARITA_CLI_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include <garita/log.h>
#include <garita/pieces.h>
#include <garita/store_logs.h>

#include "context.h"
#include "exit_status.h"
#include "sync_stock.h"

/* A log as this home has it, and on from there in memory: what files bring is followed, and nothing
 * of it kept. */
struct audit_log {
    garita_log log;
    garita_store_leaves in_store;
    garita_leaf_source stored;
    uint64_t first; /* of the leaves in memory */
    garita_hash *leaves;
    size_t leaf_count, leaf_cap;
};

struct audit {
    const struct context *context;
    struct sync_stock stock; /* what the home has, its own authorities among it */
    struct audit_log *logs;  /* of stock.logs, once a file brings something about one; else null */
    garita_event *events;    /* room for GARITA_BATCH_EVENTS_MAX, with logs */
    uint64_t found;          /* equivocations that are proven, or found */
    bool is_bad_input;       /* something in a file is wrong in itself */
};

void audit_free(struct audit *audit);

/* --- audit_home.c --- */

/* Goes over the authorities of the home, and prints what there is to say of each. */
exit_status audit_home(struct audit *audit);

/* Prints one proof, which has been checked, about this authority, from a file; and that a set root
 * is not what its batches make. */
exit_status audit_print_proof(struct audit *audit, const garita_issuer *authority,
                              garita_bytes proof, const char *source);
exit_status audit_print_set(struct audit *audit, const garita_issuer *authority, uint64_t size,
                            const char *source);

/* --- audit_file.c --- */

/* Checks the proofs in a file, and whether its heads and batches contradict what this home has or
 * what the files before it brought; prints what is proven. EXIT_DONE also if something in the file
 * is bad, after a report. */
exit_status audit_file(struct audit *audit, const char *path);

/* --- audit_follow.c --- */

/* Follows the heads of a bundle. */
exit_status audit_follow(struct audit *audit, const garita_bundle_index *index, const char *source,
                         const garita_piece *pieces, size_t count);

#endif
