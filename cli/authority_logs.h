/* cli/authority_logs.h: the authorities of a trust set, with their status logs. */
#ifndef GARITA_CLI_AUTHORITY_LOGS_H
#define GARITA_CLI_AUTHORITY_LOGS_H

#include <stddef.h>

#include <garita/book.h>
#include <garita/trust.h>

#include "context.h"
#include "exit_status.h"

struct authority_log {
    const garita_issuer *authority; /* its first record */
    garita_hash id;                 /* of its log */
    const garita_log *log;          /* the book's; null if there is none */
};

/* Zero it before first use. */
struct authority_logs {
    struct authority_log *at; /* each authority once, behind the one that certified it */
    size_t count;
};

/* Returns EXIT_DONE, or another status after a report. */
exit_status authority_logs_make(const struct context *context, struct authority_logs *out,
                                const garita_trust *trust, const garita_book *book);
void authority_logs_free(struct authority_logs *logs); /* an empty one is allowed */

#endif
