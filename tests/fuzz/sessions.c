#include "sessions.h"

#include <string.h>

#include <sodium.h>

#include "world.h"

const char *const session_packets[SESSION_PACKETS] = {"one", "two, which is longer", "3"};

/* Secrets are this byte over and over, ephemeral ones the next. */
struct node {
    uint8_t byte;
    uint8_t secret[GARITA_NOISE_KEY_SIZE];
    struct channel_self self;
};

static void draw(void *context, uint8_t *out, size_t len)
{
    const struct node *n = context;
    memset(out, n->byte + 1, len);
}

const struct channel_self *session_self(bool is_peer)
{
    static struct node nodes[2];
    struct node *n = &nodes[is_peer];
    if (n->byte != 0)
        return &n->self;
    n->byte = is_peer ? 60 : 40;
    memset(n->secret, n->byte, sizeof n->secret);
    n->self = (struct channel_self){.noise_secret = n->secret,
                                    .payload = (const uint8_t *)(is_peer ? "peer" : "fuzzed"),
                                    .payload_len = is_peer ? 4 : 6,
                                    .random = draw,
                                    .random_context = n,
                                    .records_max = SESSION_PACKETS};
    WORLD_REQUIRE(crypto_scalarmult_base(n->self.noise_public, n->secret) == 0);
    return &n->self;
}

size_t session_said(uint8_t out[SESSION_BYTES_MAX], bool is_initiator)
{
    uint8_t wire[CHANNEL_RECORD_MAX];
    size_t said = 0, packet_len;
    const uint8_t *packet;
    struct channel *node = channel_new(session_self(false), is_initiator, NULL);
    struct channel *peer = channel_new(session_self(true), !is_initiator, NULL);
    WORLD_REQUIRE(node != NULL && peer != NULL);
    while (channel_state(node) != CHANNEL_OPEN || channel_state(peer) != CHANNEL_OPEN) {
        bool is_peers = channel_owes(peer);
        size_t len = channel_shake(is_peers ? peer : node, wire);
        WORLD_REQUIRE(len > 0);
        channel_receive(is_peers ? node : peer, wire, len, &packet, &packet_len);
        WORLD_REQUIRE(!is_peers || len <= SESSION_BYTES_MAX - said);
        if (is_peers) {
            memcpy(out + said, wire, len);
            said += len;
        }
    }
    for (size_t i = 0; i < SESSION_PACKETS; i++) {
        size_t len = channel_seal(peer, wire, (const uint8_t *)session_packets[i],
                                  strlen(session_packets[i]));
        WORLD_REQUIRE(len > 0 && len <= SESSION_BYTES_MAX - said);
        memcpy(out + said, wire, len);
        said += len;
    }
    channel_free(node);
    channel_free(peer);
    return said;
}
