/* cli/node_key.h: the key by which this home answers for itself: HOME/keys/node.key. */
#ifndef GARITA_CLI_NODE_KEY_H
#define GARITA_CLI_NODE_KEY_H

#include <stdbool.h>

#include <garita/store.h>

#include "context.h"
#include "exit_status.h"
#include "secret_key.h"

#define NODE_KEY_NAME "node"

/* Whether the home has one. */
bool node_key_is_there(const struct context *context);

/* Loads it and unlocks it, with its passphrase if it has one. A process that is made as a copy of
 * this one while it is open, to decode a picture, does not get it. Returns EXIT_DONE, or after a
 * report, with nothing to close, as secret_key_load and secret_key_unlock. */
exit_status node_key_open(const struct context *context, struct secret_key *out);

/* The same; a home that has none, open for writing, gets one first, without a passphrase, and
 * people are told. */
exit_status node_key_open_or_make(const struct context *context, struct secret_key *out,
                                  garita_store *store);

#endif
