/* cli/peers_node.h: what a running node says of itself, read and held to its form.
 *
 * Texts are a stranger's, and made safe where they are shown (safe_text.h).
 */
#ifndef GARITA_CLI_PEERS_NODE_H
#define GARITA_CLI_PEERS_NODE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "context.h"
#include "exit_status.h"
#include "peers_ask.h"

struct peers_link {
    const char *node; /* its Ed25519 key in hex; null while it has not proven one */
    const char *name, *country;
    const char *address;
    bool is_inbound, is_configured, is_up;
    int64_t for_s;
    bool has_rtt;
    int64_t rtt_ms;
    int64_t bytes_in, bytes_out;
    bool agrees; /* by its last digest it holds what this node holds */
};

struct peers_refusal {
    const char *at; /* RFC 3339 */
    const char *address;
    const char *node; /* or null */
    bool by_us;
    const char *reason; /* a code */
};

/* Texts are good until peers_node_free. */
struct peers_node {
    json_t *json; /* what it said */
    int64_t pid;
    const char *node;
    const char *name; /* null where no authority has certified it */
    bool is_certified;
    const char *since;
    const json_t *listen; /* an array of texts */
    bool is_archive;
    bool has_agreed;
    int64_t agreed_s; /* since a peer's digest last agreed with its own */
    int64_t logs_behind, bytes, bytes_total;
    struct peers_link *links;
    size_t link_count, up_count;
    struct peers_refusal *refused;
    size_t refused_count;
};

/* Asks the node of the home, and reads its answer. Unless it is PEERS_ANSWERED there is nothing to
 * free. */
enum peers_answer peers_node_ask(struct peers_node *out, const char *home);
void peers_node_free(struct peers_node *node);

/* Whether it holds all that its peers have, as far as it knows: some peer agreed, and none has
 * more. */
bool peers_node_is_level(const struct peers_node *node);

/* The same as an object again, with what this program knows of and nothing else. */
json_t *peers_node_to_json(const struct peers_node *node);

/* Why there is no answer, as a failure. */
exit_status peers_node_report(const struct context *context, enum peers_answer answer);

#endif
