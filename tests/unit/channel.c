/* Two channels against each other, and everything that somebody between them, or one of them, may
 * do. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "channel/channel.h"
#include "channel/noise.h"
#include "unit.h"

/* --- memory: what is asked for can fail, and what is guarded can be looked at --- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *at, size_t size);
void *__real_sodium_malloc(size_t size);
void __real_sodium_free(void *at);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *at, size_t size);
void *__wrap_sodium_malloc(size_t size);
void __wrap_sodium_free(void *at);

static size_t failing; /* 1: the next one fails; 0: none */

static bool fails(void)
{
    return failing > 0 && --failing == 0;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *at, size_t size)
{
    return fails() ? NULL : __real_realloc(at, size);
}

static struct {
    size_t made, freed;
    uint8_t *last;
    size_t last_len;
} guarded;

void *__wrap_sodium_malloc(size_t size)
{
    if (fails())
        return NULL;
    guarded.made++;
    guarded.last_len = size;
    return guarded.last = __real_sodium_malloc(size);
}

void __wrap_sodium_free(void *at)
{
    if (at != NULL)
        guarded.freed++;
    if (at == guarded.last)
        guarded.last = NULL;
    __real_sodium_free(at);
}

static bool holds(const uint8_t *at, size_t len, const uint8_t what[NOISE_KEY_SIZE])
{
    for (size_t i = 0; i + NOISE_KEY_SIZE <= len; i++)
        if (memcmp(at + i, what, NOISE_KEY_SIZE) == 0)
            return true;
    return false;
}

/* --- nodes --- */

struct node {
    struct channel_self self;
    uint8_t secret[NOISE_KEY_SIZE];
    uint8_t ephemeral[NOISE_KEY_SIZE]; /* what is drawn; the last bytes are counted up */
    size_t drawn;
};

static struct node alice, bob, carol;

static void draw(void *context, uint8_t *out, size_t len)
{
    struct node *n = context;
    assert_int_equal(len, NOISE_KEY_SIZE);
    n->drawn++;
    memcpy(out, n->ephemeral, len);
}

static void node_make(struct node *n, uint8_t seed, const char *payload)
{
    memset(n, 0, sizeof *n);
    memset(n->secret, seed, sizeof n->secret);
    memset(n->ephemeral, seed + 100, sizeof n->ephemeral);
    n->self = (struct channel_self){.noise_secret = n->secret,
                                    .payload = (const uint8_t *)payload,
                                    .payload_len = strlen(payload),
                                    .random = draw,
                                    .random_context = n,
                                    .records_max = CHANNEL_RECORDS_MAX};
    assert_int_equal(crypto_scalarmult_base(n->self.noise_public, n->secret), 0);
}

static int set_up(void **state)
{
    (void)state;
    node_make(&alice, 1, "alice's statement");
    node_make(&bob, 2, "bob's");
    node_make(&carol, 3, "");
    failing = 0;
    return 0;
}

/* --- talking --- */

struct wire {
    size_t len;
    uint8_t bytes[CHANNEL_RECORD_MAX];
};

/* A responder, an initiator, and what went between them. */
struct talk {
    struct channel *a, *b; /* a began */
    struct wire messages[3];
};

static void assert_state(const struct channel *c, enum channel_state state)
{
    assert_string_equal(channel_error_name(channel_error(c)), "none");
    assert_int_equal(channel_state(c), state);
}

static void assert_broken(struct channel *c, enum channel_error why)
{
    static uint8_t out[CHANNEL_RECORD_MAX];
    const uint8_t *packet;
    size_t len;
    assert_string_equal(channel_error_name(channel_error(c)), channel_error_name(why));
    assert_int_equal(channel_state(c), CHANNEL_BROKEN);
    assert_true(strlen(channel_error_text(why)) > 0);
    /* and nothing comes of it any more */
    assert_int_equal(channel_seal(c, out, (const uint8_t *)"x", 1), 0);
    assert_int_equal(channel_shake(c, out), 0);
    assert_int_equal(channel_receive(c, (const uint8_t *)"x", 1, &packet, &len), 0);
    assert_null(packet);
    assert_null(channel_peer(c));
    assert_null(channel_payload(c, &len));
    assert_int_equal(len, 0);
}

/* Gives it all of the bytes, each piece as a block of its own; counts packets. */
static size_t give(struct channel *c, const uint8_t *bytes, size_t len, size_t piece)
{
    size_t packets = 0;
    while (len > 0) {
        size_t now = piece < len ? piece : len;
        uint8_t *copy = exact_copy(bytes, now);
        size_t at = 0, taken;
        const uint8_t *packet;
        size_t packet_len;
        do {
            taken = channel_receive(c, copy + at, now - at, &packet, &packet_len);
            at += taken;
            packets += packet != NULL;
        } while (taken > 0);
        free(copy);
        assert_true(at == now || channel_state(c) == CHANNEL_BROKEN);
        bytes += now;
        len -= now;
    }
    return packets;
}

static void give_wire(struct channel *c, const struct wire *w)
{
    assert_int_equal(give(c, w->bytes, w->len, w->len), 0);
}

static bool shake(struct channel *c, struct wire *out)
{
    out->len = channel_shake(c, out->bytes);
    return out->len > 0;
}

static void seal(struct channel *c, struct wire *out, const char *text)
{
    out->len = channel_seal(c, out->bytes, (const uint8_t *)text, strlen(text));
    assert_int_equal(out->len, CHANNEL_LENGTH_SIZE + strlen(text) + CHANNEL_TAG_SIZE);
}

static void assert_opens(struct channel *c, const struct wire *w, const char *text)
{
    const uint8_t *packet;
    size_t len;
    assert_int_equal(channel_receive(c, w->bytes, w->len, &packet, &len), w->len);
    assert_non_null(packet);
    assert_int_equal(len, strlen(text));
    assert_memory_equal(packet, text, len);
}

static struct talk begin(struct node *a, struct node *b)
{
    struct talk t = {.a = channel_new(&a->self, true, NULL),
                     .b = channel_new(&b->self, false, NULL)};
    assert_non_null(t.a);
    assert_non_null(t.b);
    return t;
}

/* The first count messages of the handshake. */
static struct talk begin_with(struct node *a, struct node *b, unsigned count)
{
    struct talk t = begin(a, b);
    for (unsigned i = 0; i < count; i++) {
        assert_true(shake(i % 2 == 0 ? t.a : t.b, &t.messages[i]));
        give_wire(i % 2 == 0 ? t.b : t.a, &t.messages[i]);
    }
    return t;
}

static struct talk open_talk(void)
{
    struct talk t = begin_with(&alice, &bob, 3);
    assert_state(t.a, CHANNEL_OPEN);
    assert_state(t.b, CHANNEL_OPEN);
    return t;
}

static void end(struct talk *t)
{
    channel_free(t->a);
    channel_free(t->b);
}

/* --- honest nodes --- */

static void both_learn_who_the_other_is(void **state)
{
    (void)state;
    size_t len;
    struct talk t = open_talk();
    assert_memory_equal(channel_peer(t.a), bob.self.noise_public, NOISE_KEY_SIZE);
    assert_memory_equal(channel_peer(t.b), alice.self.noise_public, NOISE_KEY_SIZE);
    assert_memory_equal(channel_payload(t.a, &len), "bob's", 5);
    assert_int_equal(len, 5);
    assert_memory_equal(channel_payload(t.b, &len), "alice's statement", 17);
    assert_int_equal(len, 17);
    end(&t);
    t = begin_with(&alice, &carol, 3); /* who has nothing to say */
    assert_state(t.a, CHANNEL_OPEN);
    assert_null(channel_payload(t.a, &len));
    assert_int_equal(len, 0);
    end(&t);
}

static void packets_of_every_length_pass(void **state)
{
    (void)state;
    static uint8_t packet[ENGINE_PACKET_MAX];
    static struct wire w;
    static const size_t lens[] = {1, 2, 255, 256, 4096, ENGINE_PACKET_MAX - 1, ENGINE_PACKET_MAX};
    rng r = {1};
    struct talk t = open_talk();
    for (size_t i = 0; i < 2 * COUNT(lens); i++) {
        struct channel *from = i % 2 ? t.a : t.b, *to = i % 2 ? t.b : t.a;
        size_t len = lens[i / 2], read_len;
        const uint8_t *read;
        rng_fill(&r, packet, len);
        w.len = channel_seal(from, w.bytes, packet, len);
        assert_int_equal(w.len, CHANNEL_LENGTH_SIZE + len + CHANNEL_TAG_SIZE);
        assert_int_equal(channel_receive(to, w.bytes, w.len, &read, &read_len), w.len);
        assert_int_equal(read_len, len);
        assert_memory_equal(read, packet, len);
    }
    end(&t);
}

static void longest_payload_passes(void **state)
{
    (void)state;
    static uint8_t payload[ENGINE_PAYLOAD_MAX];
    size_t len;
    memset(payload, 'p', sizeof payload);
    alice.self.payload = bob.self.payload = payload;
    alice.self.payload_len = bob.self.payload_len = sizeof payload;
    struct talk t = open_talk();
    assert_memory_equal(channel_payload(t.a, &len), payload, sizeof payload);
    assert_int_equal(len, sizeof payload);
    assert_memory_equal(channel_payload(t.b, &len), payload, sizeof payload);
    assert_int_equal(len, sizeof payload);
    end(&t);
}

/* However the network cuts what passes, the same comes out. */
static void bytes_may_come_in_any_pieces(void **state)
{
    (void)state;
    struct wire record;
    static uint8_t stream[4096];
    struct talk t = open_talk();
    size_t len = t.messages[2].len, first = t.messages[0].len;
    memcpy(stream, t.messages[2].bytes, len);
    for (size_t i = 0; i < 3; i++) {
        seal(t.a, &record, i == 1 ? "a longer packet" : "p");
        memcpy(stream + len, record.bytes, record.len);
        len += record.len;
    }
    for (size_t cut = 1; cut <= first + len; cut++) {
        struct channel *b = channel_new(&bob.self, false, NULL);
        struct wire second;
        size_t head = cut < first ? cut : first, tail = cut < first ? 0 : cut - first;
        give(b, t.messages[0].bytes, head, head);
        give(b, t.messages[0].bytes + head, first - head, first);
        assert_true(shake(b, &second));
        size_t packets = give(b, stream, tail, len);
        packets += give(b, stream + tail, len - tail, len);
        assert_int_equal(packets, 3);
        channel_free(b);
    }
    struct channel *b = channel_new(&bob.self, false, NULL);
    struct wire second;
    give(b, t.messages[0].bytes, first, 1);
    assert_true(shake(b, &second));
    assert_memory_equal(second.bytes, t.messages[1].bytes, second.len);
    assert_int_equal(give(b, stream, len, 1), 3);
    channel_free(b);
    struct channel *a = channel_new(&alice.self, true, NULL);
    assert_true(shake(a, &second));
    give(a, t.messages[1].bytes, t.messages[1].len, 1);
    assert_true(channel_owes(a));
    channel_free(a);
    end(&t);
}

static void responder_spends_nothing_before_it_answers(void **state)
{
    (void)state;
    struct talk t = begin(&alice, &bob);
    size_t made = guarded.made;
    struct channel *b = channel_new(&bob.self, false, NULL);
    assert_false(channel_owes(b));
    assert_true(channel_owes(t.a) && shake(t.a, &t.messages[0]) && !channel_owes(t.a));
    assert_int_equal(guarded.made, made + 1); /* the initiator's */
    for (size_t i = 0; i < t.messages[0].len; i++) {
        assert_false(channel_owes(b));
        give(b, t.messages[0].bytes + i, 1, 1);
    }
    assert_true(channel_owes(b));
    assert_int_equal(guarded.made, made + 1);
    assert_int_equal(bob.drawn, 0);
    assert_true(shake(b, &t.messages[1]));
    assert_int_equal(guarded.made, made + 2);
    assert_int_equal(bob.drawn, 1);
    channel_free(b);
    end(&t);
}

/* --- the golden vectors --- */

static const char *golden;

static void hex_to(uint8_t *out, size_t out_len, const json_t *object, const char *name)
{
    assert_int_equal(unhex(out, out_len, json_string_value(json_object_get(object, name))),
                     out_len);
}

static void node_of(struct node *out, const json_t *side, const json_t *row, uint8_t *payload)
{
    node_make(out, 0, "");
    hex_to(out->secret, sizeof out->secret, side, "static_secret");
    hex_to(out->self.noise_public, sizeof out->self.noise_public, side, "static_public");
    hex_to(out->ephemeral, sizeof out->ephemeral, side, "ephemeral_secret");
    const char *hex = json_string_value(json_object_get(row, "payload"));
    out->self.payload = payload;
    out->self.payload_len = unhex(payload, 64, hex);
}

static void assert_wire(const struct wire *w, const json_t *row)
{
    static uint8_t expected[1024];
    const char *hex = json_string_value(json_object_get(row, "wire"));
    assert_int_equal(unhex(expected, sizeof expected, hex), w->len);
    assert_memory_equal(w->bytes, expected, w->len);
}

static void golden_vectors_are_met(void **state)
{
    (void)state;
    static const char *const names[] = {"silent", "told"};
    for (size_t n = 0; n < COUNT(names); n++) {
        char path[4096];
        json_error_t error;
        uint8_t payloads[2][64];
        size_t i;
        json_t *row;
        snprintf(path, sizeof path, "%s/channel/%s.json", golden, names[n]);
        json_t *vector = json_load_file(path, 0, &error);
        if (vector == NULL)
            fail_msg("%s:%d: %s", path, error.line, error.text);
        assert_string_equal(json_string_value(json_object_get(vector, "prologue")),
                            CHANNEL_PROLOGUE);
        json_t *rows = json_object_get(vector, "handshake");
        struct node one, two;
        node_of(&one, json_object_get(vector, "initiator"), json_array_get(rows, 2), payloads[0]);
        node_of(&two, json_object_get(vector, "responder"), json_array_get(rows, 1), payloads[1]);
        struct talk t = begin_with(&one, &two, 3);
        json_array_foreach(rows, i, row) assert_wire(&t.messages[i], row);
        json_array_foreach(json_object_get(vector, "records"), i, row)
        {
            bool is_a = strcmp(json_string_value(json_object_get(row, "from")), "initiator") == 0;
            uint8_t packet[512];
            struct wire w;
            const char *hex = json_string_value(json_object_get(row, "packet"));
            size_t len = unhex(packet, sizeof packet, hex);
            w.len = channel_seal(is_a ? t.a : t.b, w.bytes, packet, len);
            assert_wire(&w, row);
            assert_int_equal(give(is_a ? t.b : t.a, w.bytes, w.len, w.len), 1);
        }
        end(&t);
        json_decref(vector);
    }
}

/* --- somebody between them --- */

/* Flips each bit of one handshake message: who reads it never opens. */
static void flip_each_bit_of(unsigned number)
{
    struct talk whole = open_talk();
    size_t bits = 8 * whole.messages[number].len;
    end(&whole);
    for (size_t bit = 0; bit < bits; bit++) {
        struct talk t = begin_with(&alice, &bob, number);
        struct channel *from = number % 2 == 0 ? t.a : t.b, *to = number % 2 == 0 ? t.b : t.a;
        struct wire *m = &t.messages[number], next;
        assert_true(shake(from, m));
        m->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        give_wire(to, m);
        if (number == 0 && channel_owes(to)) { /* only the answer shows that they differ */
            assert_true(shake(to, &next));
            give_wire(from, &next);
            assert_broken(from, CHANNEL_NOT_AUTHENTIC);
            assert_int_equal(bit / 8 >= CHANNEL_LENGTH_SIZE, 1);
        } else if (channel_state(to) == CHANNEL_SHAKING) { /* a longer one is waited for */
            assert_true(bit / 8 < CHANNEL_LENGTH_SIZE);
            assert_false(channel_owes(to));
            for (size_t i = 0; i < 8192 && channel_state(to) == CHANNEL_SHAKING; i++)
                give(to, m->bytes + CHANNEL_LENGTH_SIZE, 1, 1);
            assert_broken(to, CHANNEL_NOT_AUTHENTIC);
        } else {
            assert_int_equal(channel_state(to), CHANNEL_BROKEN);
            assert_null(channel_peer(to));
        }
        end(&t);
    }
}

static void no_bit_of_a_handshake_may_change(void **state)
{
    (void)state;
    for (unsigned number = 0; number < 3; number++)
        flip_each_bit_of(number);
}

static void no_bit_of_a_record_may_change(void **state)
{
    (void)state;
    struct wire w;
    struct talk t = open_talk();
    seal(t.a, &w, "a packet");
    size_t bits = 8 * w.len;
    end(&t);
    for (size_t bit = 0; bit < bits; bit++) {
        t = open_talk();
        seal(t.a, &w, "a packet");
        w.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(give(t.b, w.bytes, w.len, w.len), 0);
        /* of a length that grew the rest is waited for; what follows is swallowed, never read */
        for (size_t i = 0; i < 1000 && channel_state(t.b) == CHANNEL_OPEN; i++) {
            seal(t.a, &w, "what follows was sealed by an honest node");
            assert_int_equal(give(t.b, w.bytes, w.len, w.len), 0);
        }
        assert_int_equal(channel_state(t.b), CHANNEL_BROKEN);
        end(&t);
    }
}

static void records_come_once_and_in_order(void **state)
{
    (void)state;
    struct wire first, second;
    struct talk t = open_talk(); /* again */
    seal(t.a, &first, "one");
    assert_opens(t.b, &first, "one");
    give_wire(t.b, &first);
    assert_broken(t.b, CHANNEL_NOT_AUTHENTIC);
    end(&t);
    t = open_talk(); /* out of order, which is also: one lost */
    seal(t.a, &first, "one");
    seal(t.a, &second, "two");
    give_wire(t.b, &second);
    assert_broken(t.b, CHANNEL_NOT_AUTHENTIC);
    end(&t);
    t = open_talk(); /* sent back */
    seal(t.a, &first, "one");
    give_wire(t.a, &first);
    assert_broken(t.a, CHANNEL_NOT_AUTHENTIC);
    end(&t);
}

static void another_session_is_another_world(void **state)
{
    (void)state;
    struct wire w;
    struct talk old = open_talk();
    seal(old.a, &w, "one");
    bob.ephemeral[5] ^= 1;
    struct talk t = open_talk();
    give_wire(t.b, &w);
    assert_broken(t.b, CHANNEL_NOT_AUTHENTIC);
    end(&t);
    /* a handshake said again to a responder with a new ephemeral key */
    t = begin(&alice, &bob);
    bob.ephemeral[5] ^= 2;
    give_wire(t.b, &old.messages[0]);
    assert_true(shake(t.b, &t.messages[1]));
    give_wire(t.b, &old.messages[2]);
    assert_broken(t.b, CHANNEL_NOT_AUTHENTIC);
    end(&t);
    end(&old);
}

static void reflection_opens_nothing(void **state)
{
    (void)state;
    struct talk t = begin_with(&alice, &bob, 1);
    give_wire(t.a, &t.messages[0]); /* its own first message */
    assert_broken(t.a, CHANNEL_TRUNCATED);
    assert_true(shake(t.b, &t.messages[1]));
    give_wire(t.b, &t.messages[1]); /* its own answer: as long as a third message may be */
    assert_broken(t.b, CHANNEL_NOT_AUTHENTIC);
    end(&t);
}

/* --- a peer that is no honest node --- */

static void give_length(struct channel *c, size_t len)
{
    uint8_t bytes[2] = {(uint8_t)(len >> 8), (uint8_t)(len & 0xff)};
    give(c, bytes, sizeof bytes, sizeof bytes);
}

/* What may come as the next message: min to max bytes, refused before any more of it is read. */
static void lengths_are_bounded(unsigned passed, bool is_a, size_t min, size_t max)
{
    static const struct {
        bool is_max;
        int more;
        enum channel_error error;
    } rows[] = {
        {false, -1, CHANNEL_TRUNCATED},
        {false, 0, CHANNEL_NONE},
        {true, 0, CHANNEL_NONE},
        {true, 1, CHANNEL_TOO_LONG},
    };
    for (size_t i = 0; i < COUNT(rows) + 2; i++) {
        struct talk t = begin_with(&alice, &bob, passed);
        struct channel *c = is_a ? t.a : t.b;
        if (i == COUNT(rows)) {
            give_length(c, 0);
            assert_broken(c, CHANNEL_TRUNCATED);
        } else if (i > COUNT(rows)) {
            give_length(c, 65535);
            assert_broken(c, CHANNEL_TOO_LONG);
        } else {
            give_length(c, (rows[i].is_max ? max : min) + (size_t)rows[i].more);
            assert_string_equal(channel_error_name(channel_error(c)),
                                channel_error_name(rows[i].error));
        }
        end(&t);
    }
}

static void lengths_are_bounded_at_every_step(void **state)
{
    (void)state;
    lengths_are_bounded(0, false, 32, 32);
    lengths_are_bounded(1, true, 96, 96 + ENGINE_PAYLOAD_MAX);
    lengths_are_bounded(3, true, 17, 16 + ENGINE_PACKET_MAX);
    lengths_are_bounded(3, false, 17, 16 + ENGINE_PACKET_MAX);
    static const size_t third[] = {63, 64, 64 + ENGINE_PAYLOAD_MAX, 64 + ENGINE_PAYLOAD_MAX + 1};
    for (size_t i = 0; i < COUNT(third); i++) {
        struct talk t = begin_with(&alice, &bob, 1);
        assert_true(shake(t.b, &t.messages[1]));
        give_length(t.b, third[i]);
        assert_string_equal(channel_error_name(channel_error(t.b)), i == 0   ? "truncated"
                                                                    : i == 3 ? "too-long"
                                                                             : "none");
        end(&t);
    }
}

static void who_speaks_out_of_turn_is_not_heard(void **state)
{
    (void)state;
    struct talk t = begin(&alice, &bob);
    give(t.a, (const uint8_t *)"x", 1, 1); /* before it has said anything */
    assert_broken(t.a, CHANNEL_OUT_OF_TURN);
    end(&t);
    t = begin_with(&alice, &bob, 1);
    give(t.b, (const uint8_t *)"x", 1, 1); /* behind a first message, before its answer */
    assert_broken(t.b, CHANNEL_OUT_OF_TURN);
    end(&t);
    t = begin_with(&alice, &bob, 2);
    give(t.a, (const uint8_t *)"x", 1, 1); /* behind the answer */
    assert_broken(t.a, CHANNEL_OUT_OF_TURN);
    end(&t);
}

static void only_the_node_that_was_called_may_answer(void **state)
{
    (void)state;
    struct talk t = {.a = channel_new(&alice.self, true, bob.self.noise_public),
                     .b = channel_new(&bob.self, false, alice.self.noise_public)};
    for (unsigned i = 0; i < 3; i++) {
        assert_true(shake(i % 2 == 0 ? t.a : t.b, &t.messages[i]));
        give_wire(i % 2 == 0 ? t.b : t.a, &t.messages[i]);
    }
    assert_state(t.a, CHANNEL_OPEN);
    assert_state(t.b, CHANNEL_OPEN);
    end(&t);
    t = (struct talk){.a = channel_new(&alice.self, true, bob.self.noise_public),
                      .b = channel_new(&carol.self, false, NULL)};
    assert_true(shake(t.a, &t.messages[0]));
    give_wire(t.b, &t.messages[0]);
    assert_true(shake(t.b, &t.messages[1]));
    give_wire(t.a, &t.messages[1]);
    assert_broken(t.a, CHANNEL_OTHER_KEY); /* before it has said who it is */
    end(&t);
    t = (struct talk){.a = channel_new(&alice.self, true, NULL),
                      .b = channel_new(&bob.self, false, carol.self.noise_public)};
    for (unsigned i = 0; i < 3; i++) {
        assert_true(shake(i % 2 == 0 ? t.a : t.b, &t.messages[i]));
        give_wire(i % 2 == 0 ? t.b : t.a, &t.messages[i]);
    }
    assert_broken(t.b, CHANNEL_OTHER_KEY);
    end(&t);
}

/* An initiator by noise.h alone, that names any key as its own. */
static void start_by_hand(struct noise_xx *xx, bool is_initiator,
                          const uint8_t s_public[NOISE_KEY_SIZE])
{
    static const uint8_t e[NOISE_KEY_SIZE] = {77};
    noise_xx_start(xx, is_initiator, (const uint8_t *)CHANNEL_PROLOGUE, strlen(CHANNEL_PROLOGUE),
                   carol.secret, s_public, e);
}

static void write_by_hand(struct noise_xx *xx, struct wire *out)
{
    size_t len = noise_xx_overhead(xx->step);
    assert_int_equal(noise_xx_write(xx, out->bytes + CHANNEL_LENGTH_SIZE, NULL, 0), NOISE_OK);
    out->bytes[0] = 0;
    out->bytes[1] = (uint8_t)len;
    out->len = CHANNEL_LENGTH_SIZE + len;
}

static void read_by_hand(struct noise_xx *xx, struct wire *w)
{
    const uint8_t *payload;
    size_t len;
    assert_int_equal(noise_xx_read(xx, &payload, &len, w->bytes + CHANNEL_LENGTH_SIZE,
                                   w->len - CHANNEL_LENGTH_SIZE),
                     NOISE_OK);
}

static void node_does_not_talk_to_itself(void **state)
{
    (void)state;
    struct noise_xx xx;
    struct wire w;
    struct node again = alice; /* the same key, another ephemeral */
    again.self.noise_secret = again.secret;
    again.self.random_context = &again;
    again.ephemeral[3] ^= 1;
    struct talk t = begin_with(&again, &alice, 2);
    assert_broken(t.a, CHANNEL_SELF);
    end(&t);
    /* an initiator that does not mind */
    struct channel *b = channel_new(&carol.self, false, NULL);
    start_by_hand(&xx, true, carol.self.noise_public);
    write_by_hand(&xx, &w);
    give_wire(b, &w);
    assert_true(shake(b, &w));
    read_by_hand(&xx, &w);
    write_by_hand(&xx, &w);
    give_wire(b, &w);
    assert_broken(b, CHANNEL_SELF);
    channel_free(b);
}

static void who_does_not_have_the_secret_of_its_key_is_not_it(void **state)
{
    (void)state;
    struct noise_xx xx;
    struct wire w;
    struct channel *b = channel_new(&bob.self, false, NULL);
    start_by_hand(&xx, true, alice.self.noise_public); /* carol says that she is alice */
    write_by_hand(&xx, &w);
    give_wire(b, &w);
    assert_true(shake(b, &w));
    read_by_hand(&xx, &w);
    write_by_hand(&xx, &w);
    give_wire(b, &w);
    assert_broken(b, CHANNEL_NOT_AUTHENTIC);
    channel_free(b);
    struct channel *a = channel_new(&alice.self, true, NULL);
    start_by_hand(&xx, false, bob.self.noise_public); /* and now that she is bob */
    assert_true(shake(a, &w));
    read_by_hand(&xx, &w);
    write_by_hand(&xx, &w);
    give_wire(a, &w);
    assert_broken(a, CHANNEL_NOT_AUTHENTIC);
    channel_free(a);
}

/* Every encoding of a point whose multiples by a clamped scalar are zero: orders 1, 2, 4 and 8, on
 * the curve and its twist, and those that are not reduced. */
static const char *const small_order[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

static void points_of_small_order_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * COUNT(small_order); i++) {
        uint8_t point[NOISE_KEY_SIZE];
        struct noise_xx xx;
        struct wire w;
        assert_int_equal(unhex(point, sizeof point, small_order[i / 2]), sizeof point);
        point[31] |= (uint8_t)(i % 2 << 7); /* a bit that X25519 leaves out */

        struct talk t = begin(&alice, &bob); /* as an initiator's ephemeral */
        assert_true(shake(t.a, &w));
        memcpy(w.bytes + CHANNEL_LENGTH_SIZE, point, sizeof point);
        give_wire(t.b, &w);
        assert_false(shake(t.b, &w));
        assert_broken(t.b, CHANNEL_BAD_KEY);
        end(&t);

        t = begin_with(&alice, &bob, 1); /* as a responder's */
        assert_true(shake(t.b, &w));
        memcpy(w.bytes + CHANNEL_LENGTH_SIZE, point, sizeof point);
        give_wire(t.a, &w);
        assert_broken(t.a, CHANNEL_BAD_KEY);
        end(&t);

        struct channel *b = channel_new(&bob.self, false, NULL); /* as an initiator's static */
        start_by_hand(&xx, true, point);
        write_by_hand(&xx, &w);
        give_wire(b, &w);
        assert_true(shake(b, &w));
        read_by_hand(&xx, &w);
        write_by_hand(&xx, &w);
        give_wire(b, &w);
        assert_broken(b, CHANNEL_BAD_KEY);
        channel_free(b);

        struct channel *a = channel_new(&alice.self, true, NULL); /* as a responder's */
        start_by_hand(&xx, false, point);
        assert_true(shake(a, &w));
        read_by_hand(&xx, &w);
        write_by_hand(&xx, &w);
        give_wire(a, &w);
        assert_broken(a, CHANNEL_BAD_KEY);
        channel_free(a);
    }
}

/* --- the end --- */

static void session_wears_out(void **state)
{
    (void)state;
    struct wire w;
    uint8_t out[CHANNEL_RECORD_MAX];
    alice.self.records_max = 3;
    struct talk t = open_talk();
    for (unsigned i = 0; i < 3; i++) {
        seal(t.a, &w, "a");
        assert_opens(t.b, &w, "a");
        seal(t.b, &w, "b");
        assert_opens(t.a, &w, "b");
    }
    assert_int_equal(channel_seal(t.a, out, (const uint8_t *)"a", 1), 0);
    assert_broken(t.a, CHANNEL_WORN_OUT);
    assert_state(t.b, CHANNEL_OPEN); /* it has not heard of it */
    end(&t);
    t = open_talk();
    for (unsigned i = 0; i < 4; i++) {
        seal(t.b, &w, "b");
        give(t.a, w.bytes, w.len, w.len);
    }
    assert_broken(t.a, CHANNEL_WORN_OUT);
    end(&t);
}

static void secrets_are_wiped(void **state)
{
    (void)state;
    guarded.made = guarded.freed = 0;
    struct channel *a = channel_new(&alice.self, true, NULL);
    struct channel *b = channel_new(&bob.self, false, NULL);
    struct wire w;
    assert_true(shake(a, &w));
    const uint8_t *block = guarded.last;
    size_t block_len = guarded.last_len;
    assert_non_null(block);
    assert_true(holds(block, block_len, alice.secret)); /* the test can see */
    assert_true(holds(block, block_len, alice.ephemeral));
    give_wire(b, &w);
    assert_true(shake(b, &w));
    give_wire(a, &w);
    assert_true(shake(a, &w));
    assert_state(a, CHANNEL_OPEN);
    assert_false(holds(block, block_len, alice.secret)); /* the keys of the session are enough */
    assert_false(holds(block, block_len, alice.ephemeral));
    w.bytes[5] ^= 1;
    give_wire(b, &w);
    assert_broken(b, CHANNEL_NOT_AUTHENTIC);
    assert_int_equal(guarded.freed, 1); /* at once, not when somebody frees the channel */
    channel_free(b);
    assert_int_equal(guarded.freed, 1);
    channel_free(a);
    assert_int_equal(guarded.made, 2);
    assert_int_equal(guarded.freed, 2); /* libsodium wipes what it frees */
    channel_free(NULL);
}

static void no_memory_breaks_and_nothing_else(void **state)
{
    (void)state;
    size_t broken = 0;
    for (size_t nth = 1;; nth++) {
        struct talk t = {.a = NULL};
        bool is_open = false;
        guarded.made = guarded.freed = 0;
        failing = nth;
        t.a = channel_new(&alice.self, true, NULL);
        t.b = channel_new(&bob.self, false, NULL);
        for (unsigned i = 0; t.a && t.b && i < 3; i++) {
            struct channel *from = i % 2 == 0 ? t.a : t.b, *to = i % 2 == 0 ? t.b : t.a;
            const uint8_t *packet;
            size_t len;
            if (shake(from, &t.messages[i]))
                channel_receive(to, t.messages[i].bytes, t.messages[i].len, &packet, &len);
        }
        bool is_done = failing > 0;
        failing = 0;
        if (t.a && t.b) {
            bool a = channel_state(t.a) == CHANNEL_BROKEN, b = channel_state(t.b) == CHANNEL_BROKEN;
            is_open = !a && !b;
            if (!is_open)
                assert_broken(a ? t.a : t.b, CHANNEL_NO_MEMORY);
        }
        end(&t);
        assert_int_equal(guarded.made, guarded.freed);
        assert_int_equal(is_open, is_done);
        if (is_done)
            break;
        broken++;
    }
    assert_int_equal(broken,
                     10); /* a channel, a buffer, keys, a payload, a larger buffer: of each */
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(both_learn_who_the_other_is, set_up),
        cmocka_unit_test_setup(packets_of_every_length_pass, set_up),
        cmocka_unit_test_setup(longest_payload_passes, set_up),
        cmocka_unit_test_setup(bytes_may_come_in_any_pieces, set_up),
        cmocka_unit_test_setup(responder_spends_nothing_before_it_answers, set_up),
        cmocka_unit_test_setup(golden_vectors_are_met, set_up),
        cmocka_unit_test_setup(no_bit_of_a_handshake_may_change, set_up),
        cmocka_unit_test_setup(no_bit_of_a_record_may_change, set_up),
        cmocka_unit_test_setup(records_come_once_and_in_order, set_up),
        cmocka_unit_test_setup(another_session_is_another_world, set_up),
        cmocka_unit_test_setup(reflection_opens_nothing, set_up),
        cmocka_unit_test_setup(lengths_are_bounded_at_every_step, set_up),
        cmocka_unit_test_setup(who_speaks_out_of_turn_is_not_heard, set_up),
        cmocka_unit_test_setup(only_the_node_that_was_called_may_answer, set_up),
        cmocka_unit_test_setup(node_does_not_talk_to_itself, set_up),
        cmocka_unit_test_setup(who_does_not_have_the_secret_of_its_key_is_not_it, set_up),
        cmocka_unit_test_setup(points_of_small_order_are_refused, set_up),
        cmocka_unit_test_setup(session_wears_out, set_up),
        cmocka_unit_test_setup(secrets_are_wiped, set_up),
        cmocka_unit_test_setup(no_memory_breaks_and_nothing_else, set_up),
    };
    if (argc != 2 || sodium_init() < 0)
        return 1;
    golden = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
