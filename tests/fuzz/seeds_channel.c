/* Seeds of the secure channel: whole sessions, and some that end early or go wrong. */
#include "seeds.h"

#include <string.h>

#include "sessions.h"

static void session_seed(const char *name, bool is_initiator, const uint8_t *said, size_t len)
{
    uint8_t bytes[1 + 2 * SESSION_BYTES_MAX] = {is_initiator};
    memcpy(bytes + 1, said, len);
    seed("channel", name, bytes, 1 + len);
}

void seeds_channel(void)
{
    uint8_t said[2 * SESSION_BYTES_MAX];
    for (int is_initiator = 0; is_initiator < 2; is_initiator++) {
        size_t len = session_said(said, is_initiator);
        size_t first = CHANNEL_LENGTH_SIZE + (size_t)(said[0] << 8 | said[1]);
        session_seed(is_initiator ? "called" : "was-called", is_initiator, said, len);
        session_seed(is_initiator ? "called-cut" : "was-called-cut", is_initiator, said, len - 1);
        session_seed(is_initiator ? "called-first" : "was-called-first", is_initiator, said, first);
        said[first + 20] ^= 1;
        session_seed(is_initiator ? "called-forged" : "was-called-forged", is_initiator, said, len);
        said[0] = 0xff;
        session_seed(is_initiator ? "called-long" : "was-called-long", is_initiator, said, first);
    }
    memset(said, 0, sizeof said); /* a point of small order */
    said[1] = GARITA_NOISE_KEY_SIZE;
    session_seed("zero-key", false, said, CHANNEL_LENGTH_SIZE + GARITA_NOISE_KEY_SIZE);
}
