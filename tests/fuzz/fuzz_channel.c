/* The secure channel: bytes from a stranger, cut in any way. Whatever opens it, and every packet
 * that comes out of it, is what the only peer who has the keys has said.
 *
 * First byte: bit 0 whether the node that is fuzzed began; the rest, plus one, the length of the
 * pieces that the second of two channels gets. */
#include "fuzz.h"

#include <sodium.h>

#include "sessions.h"

/* What came of a stream of bytes. */
typedef struct outcome {
    enum channel_state state;
    enum channel_error error;
    size_t packets;
    size_t said; /* bytes */
} outcome;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    WORLD_REQUIRE(sodium_init() >= 0);
    return 0;
}

static void answer(struct channel *c, outcome *o)
{
    static uint8_t out[CHANNEL_RECORD_MAX];
    size_t len = channel_owes(c) ? channel_shake(c, out) : 0;
    WORLD_REQUIRE(len <= sizeof out && !channel_owes(c));
    o->said += len;
}

static void require_peer(struct channel *c)
{
    const struct channel_self *peer = session_self(true);
    size_t len;
    WORLD_REQUIRE(memcmp(channel_peer(c), peer->noise_public, GARITA_NOISE_KEY_SIZE) == 0);
    const uint8_t *payload = channel_payload(c, &len);
    WORLD_REQUIRE(len == peer->payload_len && memcmp(payload, peer->payload, len) == 0);
}

static void require_packet(outcome *o, const uint8_t *packet, size_t len)
{
    WORLD_REQUIRE(o->packets < SESSION_PACKETS);
    const char *expected = session_packets[o->packets++];
    WORLD_REQUIRE(len == strlen(expected) && memcmp(packet, expected, len) == 0);
}

static outcome hear(bool is_initiator, const uint8_t *data, size_t size, size_t piece)
{
    outcome o = {.packets = 0};
    struct channel *c = channel_new(session_self(false), is_initiator, NULL);
    WORLD_REQUIRE(c != NULL);
    answer(c, &o);
    while (size > 0 && channel_state(c) != CHANNEL_BROKEN) {
        size_t len = piece < size ? piece : size, packet_len;
        const uint8_t *packet;
        size_t taken = channel_receive(c, data, len, &packet, &packet_len);
        WORLD_REQUIRE(taken <= len && (taken > 0 || channel_state(c) == CHANNEL_BROKEN));
        if (packet != NULL)
            require_packet(&o, packet, packet_len);
        answer(c, &o);
        data += taken;
        size -= taken;
    }
    o.state = channel_state(c);
    o.error = channel_error(c);
    WORLD_REQUIRE((o.state == CHANNEL_BROKEN) == (o.error != CHANNEL_NONE));
    if (o.state == CHANNEL_OPEN)
        require_peer(c);
    WORLD_REQUIRE(o.packets == 0 || o.state != CHANNEL_SHAKING);
    channel_free(c);
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    bool is_initiator = data[0] & 1;
    outcome whole = hear(is_initiator, data + 1, size - 1, size);
    outcome cut = hear(is_initiator, data + 1, size - 1, (size_t)(data[0] >> 1) + 1);
    WORLD_REQUIRE(whole.state == cut.state && whole.error == cut.error &&
                  whole.packets == cut.packets && whole.said == cut.said);
    return 0;
}
