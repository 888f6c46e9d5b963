/* cli/carried_list.h: the node and policy statements that a home carries, in memory. */
#ifndef GARITA_CLI_CARRIED_LIST_H
#define GARITA_CLI_CARRIED_LIST_H

#include <jansson.h>

#include <garita/store_carried.h>

#include "context.h"
#include "exit_status.h"

struct carried_one {
    garita_carried carried;
    const garita_issuer *signer; /* a record of the trust set; null if its chain is there no more */
    garita_node node; /* of one with a signer, of type NODE: its texts point into bytes */
    uint8_t *bytes;
    size_t len;
};

/* Zero it before first use. */
struct carried_list {
    struct carried_one *at;
    size_t count, cap;
};

/* Reads all of it, each against a trust set, which outlives the list. EXIT_DONE, or another status
 * after a report. */
exit_status carried_list_read(const struct context *context, struct carried_list *out,
                              garita_store *store, const garita_trust *trust);

void carried_list_free(struct carried_list *list); /* an empty one is allowed */

/* {"type":"node","id":HEX16,…,"serial":N,"certifier":HEX16}: node_text_to_json and who vouches for
 * it; null without memory. */
json_t *carried_list_node_json(const garita_node *node, const garita_issuer *signer);

#endif
