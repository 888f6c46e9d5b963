/* cli/carried_keep.h: node and policy statements that an operator adds: the same rules as for those
 * that come by a bundle or from a peer (garita/carried.h).
 */
#ifndef GARITA_CLI_CARRIED_KEEP_H
#define GARITA_CLI_CARRIED_KEEP_H

#include <garita/book.h>
#include <garita/store_carried.h>

#include "context.h"
#include "exit_status.h"

/* What they are held against. Zero it before first use. */
struct carried_keep {
    garita_store *store;
    const garita_trust *trust; /* does not change meanwhile */
    garita_book *book;
    garita_carried_list kept;
};

/* Loads what the home has, inside the transaction in which they are added; free it in any case. */
exit_status carried_keep_open(const struct context *context, struct carried_keep *keep,
                              garita_store *store, const garita_trust *trust);
void carried_keep_free(struct carried_keep *keep);

typedef enum carried_kept {
    CARRIED_KEPT_ADDED,
    CARRIED_KEPT_RENEWED, /* it took the place of an older one about the same node */
    CARRIED_KEPT_TWIN,    /* or of another one with its serial, which should not be */
    CARRIED_KEPT_KNOWN,
    CARRIED_KEPT_OLDER,  /* than the one about the same node, or than all that there is room for */
    CARRIED_KEPT_REFUSED /* *why; GARITA_OK: its serial or its signer is revoked */
} carried_kept;

/* Judges one and keeps it. *signer is whose it is, unless it is refused with an error. */
exit_status carried_keep_one(const struct context *context, struct carried_keep *keep,
                             carried_kept *out, garita_error *why, const garita_issuer **signer,
                             const uint8_t *bytes, size_t bytes_len);

#endif
