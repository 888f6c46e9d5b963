/* node/node.h: the running node: the loop that carries events to the engine and does what it wants
 * done. All of it is the loop's thread but for the writer (node/writer.h).
 */
#ifndef GARITA_NODE_NODE_H
#define GARITA_NODE_NODE_H

#include "fail.h"
#include "home.h"
#include "key.h"
#include "options.h"

/* Runs until it is told to stop. Returns EXIT_DONE, or another status after a message if it could
 * not start. */
enum exit_status node_run(const struct options *options, const struct home *home,
                          const struct key *key);

#endif
