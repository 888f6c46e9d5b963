/* sessions.h: two nodes with fixed keys, and all that the one says to the other in a session: what
 * fuzz_channel starts from, and the only thing that may ever open a channel of it.
 */
#ifndef GARITA_FUZZ_SESSIONS_H
#define GARITA_FUZZ_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "channel/channel.h"

enum { SESSION_PACKETS = 3, SESSION_BYTES_MAX = 1024 };

/* The node that is fuzzed, or its peer. The same in every call, ephemeral key too. */
const struct channel_self *session_self(bool is_peer);

/* The packets that the peer sends, texts. */
extern const char *const session_packets[SESSION_PACKETS];

/* What the peer says to a node that began, or did not. Returns its length. */
size_t session_said(uint8_t out[SESSION_BYTES_MAX], bool is_initiator);

#endif
