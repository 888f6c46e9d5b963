/* node/channel/payload.h: what a node says of itself in a handshake: its node statement, then the
 * authority statements that lead from its certifier up to an anchor, without that one's own
 * (node/PROTOCOL.md, section 2). So a node that was certified this morning is known to a peer whose
 * roster does not have it yet.
 */
#ifndef GARITA_NODE_PAYLOAD_H
#define GARITA_NODE_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/trust.h>

#include "../engine/bounds.h"

/* Calls visit with each authority statement that the home keeps, in any order, until it returns
 * false. False if the home could not be read. */
typedef bool (*payload_visit)(void *visitor, const uint8_t *bytes, size_t bytes_len);
typedef bool (*payload_each)(void *context, payload_visit visit, void *visitor);

/* Builds the payload: messages of a bundle, all of kind STATEMENT, without its header and END. Of
 * several chains (of a certifier that was renewed, or hangs on two anchors) the one that is in
 * force longest comes first, and others follow as far as ENGINE_PAYLOAD_STATEMENTS in all let them.
 * A node whose certifier has no chain here is told alone: the peer may know better. False if each
 * failed: *out_len is then 0. */
bool payload_build(uint8_t out[ENGINE_PAYLOAD_MAX], size_t *out_len, const garita_trust *trust,
                   garita_bytes node, payload_each each, void *context);

#endif
