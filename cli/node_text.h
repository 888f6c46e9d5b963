/* cli/node_text.h: what a node statement says, for people and as JSON. */
#ifndef GARITA_CLI_NODE_TEXT_H
#define GARITA_CLI_NODE_TEXT_H

#include <jansson.h>

#include <garita/node.h>

#include "buffer.h"

/* A labelled line each, as "garita inspect" shows them. */
void node_text_add(struct buffer *out, const garita_node *node);

/* "San Ysidro 1, USA" */
void node_text_add_name(struct buffer *out, const garita_node *node);

/* "wall:7701, [2001:db8::1]:7701"; what is said of none, if there is none. */
void node_text_add_addresses(struct buffer *out, const garita_node *node);

/* As "garita trust list" shows it, below its certifier, which stands at this level. */
void node_text_add_listed(struct buffer *out, const garita_node *node, unsigned level);

/* {"public_key":HEX,"noise_key":HEX,"fingerprint":TEXT,"name":TEXT,"country":TEXT,
 * "addresses":[TEXT],"not_before":DATE|null,"expires":DATE}; null without memory. */
json_t *node_text_to_json(const garita_node *node);

#endif
