/* cli/peers_text.h: a running node and its links, for people. */
#ifndef GARITA_CLI_PEERS_TEXT_H
#define GARITA_CLI_PEERS_TEXT_H

#include "buffer.h"
#include "peers_node.h"

/* Adds one line: that a node runs, with how many links, and whether it holds what its peers hold.
 */
void peers_text_add_summary(struct buffer *out, const struct peers_node *node);

/* Adds who it is, its links as a table, and whom it refused lately, or who refused it, and why. */
void peers_text_add(struct buffer *out, const struct peers_node *node);

#endif
