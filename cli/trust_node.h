/* cli/trust_node.h: node statements that an operator adds: the same rules as for those that come by
 * a bundle or from a peer (garita/carried.h).
 */
#ifndef GARITA_CLI_TRUST_NODE_H
#define GARITA_CLI_TRUST_NODE_H

#include <garita/book.h>
#include <garita/store_carried.h>

#include "context.h"
#include "exit_status.h"
#include "statement_files.h"

/* What they are held against. Zero it before first use. */
struct trust_nodes {
    garita_store *store;
    const garita_trust *trust; /* does not change meanwhile */
    garita_book *book;
    garita_carried_list kept;
};

/* Loads what the home has, inside the transaction in which nodes are added; free it in any case. */
exit_status trust_nodes_open(const struct context *context, struct trust_nodes *nodes,
                             garita_store *store, const garita_trust *trust);
void trust_nodes_free(struct trust_nodes *nodes);

typedef enum trust_node_outcome {
    TRUST_NODE_ADDED,
    TRUST_NODE_RENEWED, /* it took the place of an older one about the same node */
    TRUST_NODE_TWIN,    /* or of another one with its serial, which should not be */
    TRUST_NODE_KNOWN,
    TRUST_NODE_OLDER,  /* than the one that is kept about the same node */
    TRUST_NODE_REFUSED /* *why; GARITA_OK: its serial or its signer is revoked */
} trust_node_outcome;

/* Judges one and keeps it. *signer is whose it is, unless it is refused with an error. */
exit_status trust_node_add(const struct context *context, struct trust_nodes *nodes,
                           trust_node_outcome *out, garita_error *why, const garita_issuer **signer,
                           const struct statement *statement);

#endif
