#include "channel.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "noise.h"

/* The messages of the handshake, by number: 0 and 2 are the initiator's. */
enum { MESSAGES = 3, FIRST_SIZE = NOISE_KEY_SIZE };

static_assert(GARITA_NOISE_KEY_SIZE == NOISE_KEY_SIZE, "one kind of key");
static_assert(CHANNEL_TAG_SIZE == NOISE_TAG_SIZE, "one kind of tag");
static_assert(ENGINE_PACKET_MAX + CHANNEL_TAG_SIZE <= NOISE_MESSAGE_MAX, "a record is Noise's");
static_assert(ENGINE_PAYLOAD_MAX + 128 <= ENGINE_PACKET_MAX, "a handshake message fits a record");

/* What must not be read from a disk, a core dump or a neighbour's memory. */
struct secrets {
    struct noise_xx xx; /* zero once the channel is open */
    struct noise_cipher send, receive;
};

struct channel {
    const struct channel_self *self;
    bool is_initiator, has_expected;
    uint8_t step; /* handshake messages that have passed */
    uint8_t state, error;
    uint8_t expected[NOISE_KEY_SIZE];
    uint8_t peer[NOISE_KEY_SIZE];
    struct secrets *secrets; /* null before a responder's first answer, and when broken */
    uint8_t *payload;        /* the peer's; null if it has none */
    size_t payload_len;
    /* the message or record that is arriving: the first one has its room here, strangers cost no
     * more */
    size_t in_len, in_cap;
    uint8_t *in;
    uint8_t first[CHANNEL_LENGTH_SIZE + FIRST_SIZE];
};

static const char *const names[] = {
#define NAME(constant, name, text) name,
    CHANNEL_ERRORS(NAME)
#undef NAME
};

static const char *const texts[] = {
#define TEXT(constant, name, text) text,
    CHANNEL_ERRORS(TEXT)
#undef TEXT
};

const char *channel_error_name(enum channel_error error)
{
    return names[error];
}

const char *channel_error_text(enum channel_error error)
{
    return texts[error];
}

/* --- life --- */

static void drop_keys(struct channel *c)
{
    sodium_free(c->secrets); /* which wipes */
    c->secrets = NULL;
}

static void drop_buffer(struct channel *c)
{
    if (c->in != c->first)
        free(c->in);
    c->in = c->first;
    c->in_cap = sizeof c->first;
    c->in_len = 0;
}

static void break_off(struct channel *c, enum channel_error why)
{
    drop_keys(c);
    c->state = CHANNEL_BROKEN;
    c->error = (uint8_t)why;
}

static void break_by(struct channel *c, enum noise_error why)
{
    static const enum channel_error errors[] = {
        [NOISE_SHORT] = CHANNEL_TRUNCATED,
        [NOISE_FORGED] = CHANNEL_NOT_AUTHENTIC,
        [NOISE_ZERO] = CHANNEL_BAD_KEY,
        [NOISE_USED_UP] = CHANNEL_WORN_OUT,
    };
    break_off(c, errors[why]);
}

struct channel *channel_new(const struct channel_self *self, bool is_initiator,
                            const uint8_t *expected)
{
    assert(self->payload_len <= ENGINE_PAYLOAD_MAX);
    assert(self->records_max > 0 && self->records_max <= CHANNEL_RECORDS_MAX);
    struct channel *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->self = self;
    c->is_initiator = is_initiator;
    c->has_expected = expected != NULL;
    if (expected)
        memcpy(c->expected, expected, sizeof c->expected);
    drop_buffer(c);
    return c;
}

void channel_free(struct channel *c)
{
    if (!c)
        return;
    drop_keys(c);
    drop_buffer(c);
    free(c->payload);
    free(c);
}

enum channel_state channel_state(const struct channel *c)
{
    return (enum channel_state)c->state;
}

enum channel_error channel_error(const struct channel *c)
{
    return (enum channel_error)c->error;
}

const uint8_t *channel_peer(const struct channel *c)
{
    return c->state == CHANNEL_OPEN ? c->peer : NULL;
}

const uint8_t *channel_payload(const struct channel *c, size_t *len)
{
    bool is_open = c->state == CHANNEL_OPEN;
    *len = is_open ? c->payload_len : 0;
    return is_open ? c->payload : NULL;
}

/* --- the handshake --- */

/* Guarded memory, an ephemeral key, and room for what comes: from here on a stranger costs
 * something. */
static bool begin(struct channel *c)
{
    uint8_t ephemeral[NOISE_KEY_SIZE];
    size_t cap =
        CHANNEL_LENGTH_SIZE + noise_xx_overhead(c->is_initiator ? 1 : 2) + ENGINE_PAYLOAD_MAX;
    uint8_t *in = malloc(cap);
    c->secrets = sodium_malloc(sizeof *c->secrets);
    if (!in || !c->secrets) {
        free(in);
        break_off(c, CHANNEL_NO_MEMORY);
        return false;
    }
    memset(c->secrets, 0, sizeof *c->secrets);
    c->self->random(c->self->random_context, ephemeral, sizeof ephemeral);
    noise_xx_start(&c->secrets->xx, c->is_initiator, (const uint8_t *)CHANNEL_PROLOGUE,
                   sizeof CHANNEL_PROLOGUE - 1, c->self->noise_secret, c->self->noise_public,
                   ephemeral);
    sodium_memzero(ephemeral, sizeof ephemeral);
    c->in = in;
    c->in_cap = cap;
    return true;
}

static bool is_ours(const struct channel *c)
{
    return c->is_initiator == (c->step % 2 == 0);
}

bool channel_owes(const struct channel *c)
{
    return c->state == CHANNEL_SHAKING && is_ours(c);
}

/* The last message has passed. */
static void open_up(struct channel *c)
{
    uint8_t *in = realloc(c->in, CHANNEL_RECORD_MAX);
    if (!in) {
        break_off(c, CHANNEL_NO_MEMORY);
        return;
    }
    c->in = in;
    c->in_cap = CHANNEL_RECORD_MAX;
    noise_xx_split(&c->secrets->xx, &c->secrets->send, &c->secrets->receive);
    sodium_memzero(&c->secrets->xx, sizeof c->secrets->xx);
    c->state = CHANNEL_OPEN;
}

static void put_length(uint8_t *out, size_t len)
{
    out[0] = (uint8_t)(len >> 8 & 0xff);
    out[1] = (uint8_t)(len & 0xff);
}

/* A responder's copy of the first message was kept aside until somebody let it answer. */
static enum noise_error read_first(struct channel *c)
{
    const uint8_t *payload;
    size_t payload_len;
    return noise_xx_read(&c->secrets->xx, &payload, &payload_len, c->first + CHANNEL_LENGTH_SIZE,
                         FIRST_SIZE);
}

size_t channel_shake(struct channel *c, uint8_t *out)
{
    if (!channel_owes(c) || (!c->secrets && !begin(c)))
        return 0;
    /* the first message is in the clear, and says nothing of who sends it */
    const uint8_t *payload = c->step == 0 ? NULL : c->self->payload;
    size_t payload_len = c->step == 0 ? 0 : c->self->payload_len;
    assert(payload_len <= ENGINE_PAYLOAD_MAX);
    enum noise_error e = c->step == 1 ? read_first(c) : NOISE_OK;
    if (e == NOISE_OK)
        e = noise_xx_write(&c->secrets->xx, out + CHANNEL_LENGTH_SIZE, payload, payload_len);
    if (e != NOISE_OK) {
        break_by(c, e);
        return 0;
    }
    size_t len = noise_xx_overhead(c->step) + payload_len;
    put_length(out, len);
    c->step++;
    if (c->step == MESSAGES)
        open_up(c);
    return c->state == CHANNEL_BROKEN ? 0 : CHANNEL_LENGTH_SIZE + len;
}

/* The peer has proven its key. */
static enum channel_error judge_peer(const struct channel *c)
{
    if (memcmp(c->peer, c->self->noise_public, sizeof c->peer) == 0)
        return CHANNEL_SELF;
    if (c->has_expected && memcmp(c->peer, c->expected, sizeof c->peer) != 0)
        return CHANNEL_OTHER_KEY;
    return CHANNEL_NONE;
}

static void take_handshake(struct channel *c, size_t len)
{
    const uint8_t *payload;
    size_t payload_len;
    if (c->step == 0) { /* a responder's: it stays in first until channel_shake */
        c->step++;
        return;
    }
    enum noise_error e =
        noise_xx_read(&c->secrets->xx, &payload, &payload_len, c->in + CHANNEL_LENGTH_SIZE, len);
    if (e != NOISE_OK) {
        break_by(c, e);
        return;
    }
    memcpy(c->peer, c->secrets->xx.rs, sizeof c->peer);
    enum channel_error wrong = judge_peer(c); /* before an initiator says who it is */
    if (wrong != CHANNEL_NONE) {
        break_off(c, wrong);
        return;
    }
    if (payload_len > 0) {
        c->payload = malloc(payload_len);
        if (!c->payload) {
            break_off(c, CHANNEL_NO_MEMORY);
            return;
        }
        memcpy(c->payload, payload, payload_len);
        c->payload_len = payload_len;
    }
    c->step++;
    if (c->step == MESSAGES)
        open_up(c);
}

/* --- records --- */

static void take_record(struct channel *c, const uint8_t **packet, size_t *packet_len, size_t len)
{
    uint8_t *record = c->in + CHANNEL_LENGTH_SIZE;
    if (c->secrets->receive.nonce >= c->self->records_max) {
        break_off(c, CHANNEL_WORN_OUT);
        return;
    }
    enum noise_error e = noise_open(&c->secrets->receive, record, NULL, 0, record, len);
    if (e != NOISE_OK) {
        break_by(c, e);
        return;
    }
    *packet = record;
    *packet_len = len - CHANNEL_TAG_SIZE;
}

size_t channel_seal(struct channel *c, uint8_t *out, const uint8_t *packet, size_t len)
{
    assert(len > 0 && len <= ENGINE_PACKET_MAX);
    if (c->state != CHANNEL_OPEN)
        return 0;
    if (c->secrets->send.nonce >= c->self->records_max) {
        break_off(c, CHANNEL_WORN_OUT);
        return 0;
    }
    enum noise_error e =
        noise_seal(&c->secrets->send, out + CHANNEL_LENGTH_SIZE, NULL, 0, packet, len);
    if (e != NOISE_OK) {
        break_by(c, e);
        return 0;
    }
    put_length(out, len + CHANNEL_TAG_SIZE);
    return CHANNEL_LENGTH_SIZE + len + CHANNEL_TAG_SIZE;
}

/* --- what arrives --- */

/* Of what is expected next: the bounds of its length, without the two bytes that say it. */
static void bounds_of(const struct channel *c, size_t *min, size_t *max)
{
    if (c->state == CHANNEL_OPEN) {
        *min = CHANNEL_TAG_SIZE + 1;
        *max = CHANNEL_TAG_SIZE + ENGINE_PACKET_MAX;
    } else {
        *min = noise_xx_overhead(c->step);
        *max = *min + (c->step == 0 ? 0 : ENGINE_PAYLOAD_MAX);
    }
}

/* Moves bytes into the buffer until it has want of them; returns how many. */
static size_t fill(struct channel *c, const uint8_t *bytes, size_t len, size_t want)
{
    size_t count = want - c->in_len < len ? want - c->in_len : len;
    assert(want <= c->in_cap);
    if (count > 0)
        memcpy(c->in + c->in_len, bytes, count);
    c->in_len += count;
    return count;
}

size_t channel_receive(struct channel *c, const uint8_t *bytes, size_t len, const uint8_t **packet,
                       size_t *packet_len)
{
    size_t min, max;
    *packet = NULL;
    *packet_len = 0;
    if (c->state == CHANNEL_BROKEN || len == 0)
        return 0;
    if (channel_owes(c)) {
        break_off(c, CHANNEL_OUT_OF_TURN);
        return 0;
    }
    size_t taken = 0;
    if (c->in_len < CHANNEL_LENGTH_SIZE)
        taken = fill(c, bytes, len, CHANNEL_LENGTH_SIZE);
    if (c->in_len < CHANNEL_LENGTH_SIZE)
        return taken;
    size_t message_len = (size_t)c->in[0] << 8 | c->in[1];
    bounds_of(c, &min, &max);
    if (message_len < min || message_len > max) {
        break_off(c, message_len < min ? CHANNEL_TRUNCATED : CHANNEL_TOO_LONG);
        return taken;
    }
    taken += fill(c, bytes + taken, len - taken, CHANNEL_LENGTH_SIZE + message_len);
    if (c->in_len < CHANNEL_LENGTH_SIZE + message_len)
        return taken;
    c->in_len = 0;
    if (c->state == CHANNEL_OPEN)
        take_record(c, packet, packet_len, message_len);
    else
        take_handshake(c, message_len);
    return taken;
}
