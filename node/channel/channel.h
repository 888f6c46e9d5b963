/* node/channel/channel.h: the secure channel between two nodes, as a machine without I/O: Noise XX
 * with 25519, ChaChaPoly and BLAKE2b, then records (node/PROTOCOL.md, section 2).
 *
 * Bytes from the network go in; bytes for the network, and packets, come out. When it is open it is
 * proven that the peer has the secret of the X25519 key that it named, and nothing more: who that
 * is, the caller asks the roster.
 *
 * A responder that has not yet answered a first message holds no secret, has computed nothing and
 * takes less than 200 bytes: thousands of strangers may be kept waiting. From then on a channel's
 * keys are in one block of guarded memory, two pages and two guards.
 */
#ifndef GARITA_NODE_CHANNEL_H
#define GARITA_NODE_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/key.h>

#include "../engine/bounds.h"

struct channel;

/* What the handshake begins with on either side: versions that differ never meet. */
#define CHANNEL_PROLOGUE "garita/v1/gossip"

/* A handshake message or a record: two bytes of length, big-endian, then that many. */
#define CHANNEL_LENGTH_SIZE 2
#define CHANNEL_TAG_SIZE 16
#define CHANNEL_RECORD_MAX (CHANNEL_LENGTH_SIZE + ENGINE_PACKET_MAX + CHANNEL_TAG_SIZE)

/* Records that a session may carry each way: at a million a second, nine years; the engine renews
 * it within a day. Noise's nonces end at 2^64 - 1. */
#define CHANNEL_RECORDS_MAX (UINT64_C(1) << 48)

/* What a node is to all of its channels: the caller's, and outlives them. */
struct channel_self {
    const uint8_t *noise_secret; /* GARITA_NOISE_KEY_SIZE bytes of guarded memory */
    uint8_t noise_public[GARITA_NOISE_KEY_SIZE];
    const uint8_t *payload; /* what a peer is told once it is encrypted (payload.h): at most
                               ENGINE_PAYLOAD_MAX bytes. May be exchanged between two calls */
    size_t payload_len;
    void (*random)(void *context, uint8_t *out, size_t len); /* cryptographic, for ephemeral keys */
    void *random_context;
    uint64_t records_max; /* CHANNEL_RECORDS_MAX; tests wear out sooner */
};

enum channel_state {
    CHANNEL_SHAKING = 0, /* hands */
    CHANNEL_OPEN,
    CHANNEL_BROKEN /* channel_error says why; nothing more goes in or out, and the keys are wiped */
};

/* X(constant, name, text) */
#define CHANNEL_ERRORS(X)                                                                          \
    X(NONE, "none", "no error")                                                                    \
    X(TOO_LONG, "too-long", "a handshake message or a record is longer than any may be")           \
    X(TRUNCATED, "truncated", "a handshake message or a record is shorter than it must be")        \
    X(OUT_OF_TURN, "out-of-turn", "a handshake message came before it was asked for")              \
    X(NOT_AUTHENTIC, "not-authentic", "what arrived was altered, or is not from the peer")         \
    X(BAD_KEY, "bad-key", "a Diffie-Hellman with the peer's key gives nothing")                    \
    X(OTHER_KEY, "other-key", "another node answered than the one that was called")                \
    X(SELF, "self", "the node called itself")                                                      \
    X(WORN_OUT, "worn-out", "the session has carried all that one may")                            \
    X(NO_MEMORY, "no-memory", "there is no memory")

enum channel_error {
#define CHANNEL_ERROR_ENUM(constant, name, text) CHANNEL_##constant,
    CHANNEL_ERRORS(CHANNEL_ERROR_ENUM)
#undef CHANNEL_ERROR_ENUM
};
const char *channel_error_name(enum channel_error error);
const char *channel_error_text(enum channel_error error);

/* A channel; an initiator owes something at once. expected: the key that the peer must prove, or
 * null for any; copied. Null if there is no memory. */
struct channel *channel_new(const struct channel_self *self, bool is_initiator,
                            const uint8_t *expected);
void channel_free(struct channel *channel); /* wipes; null is allowed */

enum channel_state channel_state(const struct channel *channel);
enum channel_error channel_error(const struct channel *channel);

/* The peer's key, and what its handshake carried, good until channel_free. Null unless open. */
const uint8_t *channel_peer(const struct channel *channel);
const uint8_t *channel_payload(const struct channel *channel, size_t *len);

/* Gives it bytes from the network; takes at most one whole handshake message or record of them, and
 * returns how many bytes it took: call again with the rest until it takes none. *packet is then
 * null, or points to *packet_len bytes that the peer sent, good until the next call. Bytes that
 * come while the channel owes a message break it: no honest peer sends any. */
size_t channel_receive(struct channel *channel, const uint8_t *bytes, size_t len,
                       const uint8_t **packet, size_t *packet_len);

/* Whether the handshake waits for channel_shake: after channel_new of an initiator, and after a
 * message of the peer. A responder's answer is most of what a handshake costs: ask gate.h first. */
bool channel_owes(const struct channel *channel);

/* Writes the handshake message that is owed, at most CHANNEL_RECORD_MAX bytes, to out, and returns
 * its length; 0 if none is owed, or the channel broke. */
size_t channel_shake(struct channel *channel, uint8_t *out);

/* Seals a packet of 1 to ENGINE_PACKET_MAX bytes: CHANNEL_RECORD_MAX bytes of room at out; returns
 * how many were used, 0 if the channel is not open (any more). */
size_t channel_seal(struct channel *channel, uint8_t *out, const uint8_t *packet, size_t len);

#endif
