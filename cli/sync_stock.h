/* cli/sync_stock.h: all that a home has to pass on, of one moment. */
#ifndef GARITA_CLI_SYNC_STOCK_H
#define GARITA_CLI_SYNC_STOCK_H

#include <garita/book.h>
#include <garita/bundle.h>
#include <garita/store.h>

#include "authority_logs.h"
#include "context.h"
#include "exit_status.h"

/* An authority statement that leads to an anchor: one that is pinned here, or this home's own. */
struct sync_statement {
    unsigned level; /* of whom it is about: 0 for an anchor's further key */
    garita_digest digest;
    size_t len;
    uint8_t bytes[GARITA_AUTHORITY_BYTES_MAX];
};

/* Zero it before first use. */
struct sync_stock {
    garita_store *store; /* read as of one moment */
    garita_trust *trust; /* of garita_store_load_signers: its own authorities are among them */
    garita_book *book;
    struct authority_logs logs;
    struct sync_statement *statements; /* from the anchors down, each once; no anchor's own: a pin
                                          is an operator's act */
    size_t statement_count, statement_cap;
};

/* Opens the home, completes what a crash may have left of the last signing, and loads. Returns
 * EXIT_DONE, or another status after a report; close it in any case. */
exit_status sync_stock_open(const struct context *context, struct sync_stock *out);
void sync_stock_close(struct sync_stock *stock);

/* Warns of each log that there is and cannot be given, with the reason; of damage the load warned.
 */
void sync_stock_warn(const struct context *context, const struct sync_stock *stock);

/* Warns that the log does not hold together, what being the finding in English, and is not given.
 */
void sync_warn_damaged(const struct context *context, const garita_issuer *authority,
                       const char *what);

#endif
