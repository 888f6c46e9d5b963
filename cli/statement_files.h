/* cli/statement_files.h: the statements in files that somebody hands over: bytes, or lines of text.
 */
#ifndef GARITA_CLI_STATEMENT_FILES_H
#define GARITA_CLI_STATEMENT_FILES_H

#include <garita/statement.h>

#include <stddef.h>
#include <stdint.h>

#include "context.h"
#include "exit_status.h"

struct statement {
    const char *source; /* the file; the path given */
    uint64_t line;      /* in it; 0 if the file is one statement's bytes */
    garita_type type;   /* AUTHORITY or NODE */
    size_t len;
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
};

/* Zero it before first use. */
struct statement_files {
    struct statement *at;
    size_t count, cap;
};

/* Reads every file: one statement's bytes, or UTF-8 lines that each are a GT1: text. "-" is
 * standard input. At most GARITA_ISSUERS_MAX in all. Each has the form of its type, so that
 * garita_authority_inspect or garita_node_inspect succeeds; no signature is verified. Returns EXIT_DONE with at least
 * one statement, or another status after a report that names file and line. */
exit_status statement_files_read(const struct context *context, struct statement_files *out,
                                 char *const *paths, size_t path_count);

void statement_files_free(struct statement_files *files); /* an empty one is allowed */

#endif
