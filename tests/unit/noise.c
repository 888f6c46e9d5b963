/* Noise_XX_25519_ChaChaPoly_BLAKE2b with public vectors and with our own. The public ones lie
 * beside the checkout, not in it: where they are absent the test says so, and is skipped once all
 * else has passed. */
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include <jansson.h>

#include "channel/noise.h"
#include "unit.h"

enum { EXIT_SKIPPED = 77, MESSAGE_MAX = 1024 };

#define PROTOCOL "Noise_XX_25519_ChaChaPoly_BLAKE2b"

static const char *golden;
static json_t *public_vectors;

/* --- HMAC --- */

static void hmac_is_that_of_rfc_2104(void **state)
{
    (void)state;
    /* Python's hmac with hashlib.blake2b, key 00 to 3f */
    static const struct {
        size_t len; /* of a message of bytes 00, 01, ... */
        const char *mac;
    } rows[] = {
        {0, "ea1896ab7c8319a824482f757c038b70089765501b1f8bdb78153d195915bd33"
            "0bde7a8c0fb6dbf3de09277662ba661fde80017dc277309eedfe05bdf5b27e18"},
        {3, "0cf1a89ce76b9ccc7e4da0fa1672ac2f41016f25d25a6604bcd85925230df36d"
            "a1d8c0113f5323b2d4c9a4416b174adeb4dc04a891112782693254c7bec25113"},
        {512, "cd981f84ca45d3259b0948942824dc58a0c32b781c3ac634ee48a1e0e754d3fd"
              "e14a20a0d7dde3705250541489d91295ea88d8f64ed8ea9c26d37393c8e7adda"},
    };
    uint8_t key[NOISE_HASH_SIZE], message[512], mac[NOISE_HASH_SIZE], expected[NOISE_HASH_SIZE];
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)i;
    for (size_t i = 0; i < COUNT(rows); i++) {
        noise_hmac(mac, key, message, rows[i].len);
        assert_int_equal(unhex(expected, sizeof expected, rows[i].mac), sizeof expected);
        assert_memory_equal(mac, expected, sizeof mac);
    }
}

static void hmac_is_not_blake2bs_own_key(void **state)
{
    (void)state;
    uint8_t key[NOISE_HASH_SIZE] = {1}, hmac[NOISE_HASH_SIZE], keyed[NOISE_HASH_SIZE];
    noise_hmac(hmac, key, key, sizeof key);
    crypto_generichash(keyed, sizeof keyed, key, sizeof key, key, sizeof key);
    assert_memory_not_equal(hmac, keyed, sizeof hmac);
}

/* --- vectors --- */

static blob hex_of(const json_t *object, const char *name)
{
    const char *hex = json_string_value(json_object_get(object, name));
    assert_non_null(hex);
    return blob_hex(hex);
}

static void start(struct noise_xx *xx, bool is_initiator, const blob *prologue, const blob *s,
                  const blob *e)
{
    uint8_t s_public[NOISE_KEY_SIZE];
    assert_int_equal(s->len, NOISE_KEY_SIZE);
    assert_int_equal(e->len, NOISE_KEY_SIZE);
    assert_int_equal(crypto_scalarmult_base(s_public, s->bytes), 0);
    noise_xx_start(xx, is_initiator, prologue->bytes, prologue->len, s->bytes, s_public, e->bytes);
}

/* One writes exactly these bytes, and the other reads the payload out of them. */
static void pass(struct noise_xx *from, struct noise_xx *to, const blob *payload, const blob *wire)
{
    uint8_t out[MESSAGE_MAX];
    const uint8_t *read;
    size_t read_len, len = noise_xx_overhead(from->step) + payload->len;
    assert_true(noise_xx_may_write(from) && !noise_xx_may_write(to));
    assert_int_equal(len, wire->len);
    assert_int_equal(noise_xx_write(from, out, payload->bytes, payload->len), NOISE_OK);
    assert_memory_equal(out, wire->bytes, len);
    uint8_t *copy = exact_copy(out, len);
    assert_int_equal(noise_xx_read(to, &read, &read_len, copy, len), NOISE_OK);
    assert_int_equal(read_len, payload->len);
    assert_memory_equal(read, payload->bytes, read_len);
    free(copy);
}

static void transport(struct noise_cipher *from, struct noise_cipher *to, const blob *payload,
                      const blob *wire)
{
    uint8_t out[MESSAGE_MAX];
    assert_int_equal(noise_seal(from, out, NULL, 0, payload->bytes, payload->len), NOISE_OK);
    assert_int_equal(payload->len + NOISE_TAG_SIZE, wire->len);
    assert_memory_equal(out, wire->bytes, wire->len);
    assert_int_equal(noise_open(to, out, NULL, 0, out, wire->len), NOISE_OK);
    assert_memory_equal(out, payload->bytes, payload->len);
}

static void finish(struct noise_cipher ciphers[4], const struct noise_xx *initiator,
                   const struct noise_xx *responder, const blob *hash)
{
    assert_true(noise_xx_is_done(initiator) && noise_xx_is_done(responder));
    assert_int_equal(hash->len, NOISE_HASH_SIZE);
    assert_memory_equal(initiator->hash, hash->bytes, NOISE_HASH_SIZE);
    assert_memory_equal(responder->hash, hash->bytes, NOISE_HASH_SIZE);
    assert_memory_equal(initiator->rs, responder->s_public, NOISE_KEY_SIZE);
    assert_memory_equal(responder->rs, initiator->s_public, NOISE_KEY_SIZE);
    noise_xx_split(initiator, &ciphers[0], &ciphers[1]);
    noise_xx_split(responder, &ciphers[2], &ciphers[3]);
}

/* Returns the number of messages. */
static size_t judge_public(const json_t *vector)
{
    struct noise_xx sides[2];
    struct noise_cipher ciphers[4] = {0}; /* send and receive of the one, then of the other */
    blob prologue = hex_of(vector, "init_prologue"), other = hex_of(vector, "resp_prologue");
    blob s1 = hex_of(vector, "init_static"), e1 = hex_of(vector, "init_ephemeral");
    blob s2 = hex_of(vector, "resp_static"), e2 = hex_of(vector, "resp_ephemeral");
    blob hash = hex_of(vector, "handshake_hash");
    start(&sides[0], true, &prologue, &s1, &e1);
    start(&sides[1], false, &other, &s2, &e2);
    size_t i;
    json_t *row, *messages = json_object_get(vector, "messages");
    json_array_foreach(messages, i, row)
    {
        blob payload = hex_of(row, "payload"), wire = hex_of(row, "ciphertext");
        size_t by = i % 2, to = 1 - by;
        if (i < 3)
            pass(&sides[by], &sides[to], &payload, &wire);
        if (i == 2)
            finish(ciphers, &sides[0], &sides[1], &hash);
        if (i >= 3)
            transport(&ciphers[2 * by], &ciphers[2 * to + 1], &payload, &wire);
    }
    assert_true(i > 4); /* transport each way */
    return i;
}

static void public_vectors_are_met(void **state)
{
    (void)state;
    size_t i, used = 0, messages = 0;
    json_t *vector, *list = json_object_get(public_vectors, "vectors");
    if (public_vectors == NULL)
        skip();
    json_array_foreach(list, i, vector)
    {
        const char *name = json_string_value(json_object_get(vector, "protocol_name"));
        assert_non_null(name);
        if (strcmp(name, PROTOCOL) != 0)
            continue;
        used++;
        messages += judge_public(vector);
    }
    assert_true(used > 0);
    print_message("%zu of %zu vectors are of " PROTOCOL ", with %zu messages\n", used, i, messages);
}

static size_t index_of(const json_t *row)
{
    return strcmp(json_string_value(json_object_get(row, "from")), "initiator") == 0 ? 0 : 1;
}

/* What follows two bytes of length, which must be right. */
static blob framed(const json_t *row)
{
    blob b = hex_of(row, "wire");
    assert_true(b.len > 2);
    assert_int_equal(b.bytes[0] << 8 | b.bytes[1], b.len - 2);
    b.len -= 2;
    memmove(b.bytes, b.bytes + 2, b.len);
    return b;
}

static void judge_golden(const char *name)
{
    char path[4096];
    json_error_t error;
    snprintf(path, sizeof path, "%s/channel/%s.json", golden, name);
    json_t *row, *vector = json_load_file(path, 0, &error);
    if (vector == NULL)
        fail_msg("%s:%d: %s", path, error.line, error.text);
    struct noise_xx sides[2];
    struct noise_cipher ciphers[4];
    const json_t *one = json_object_get(vector, "initiator");
    const json_t *two = json_object_get(vector, "responder");
    const char *text = json_string_value(json_object_get(vector, "prologue"));
    blob prologue = {.len = strlen(text)}, hash = hex_of(vector, "handshake_hash");
    blob s1 = hex_of(one, "static_secret"), e1 = hex_of(one, "ephemeral_secret");
    blob s2 = hex_of(two, "static_secret"), e2 = hex_of(two, "ephemeral_secret");
    memcpy(prologue.bytes, text, prologue.len);
    start(&sides[0], true, &prologue, &s1, &e1);
    start(&sides[1], false, &prologue, &s2, &e2);
    size_t i;
    json_array_foreach(json_object_get(vector, "handshake"), i, row)
    {
        blob payload = hex_of(row, "payload"), wire = framed(row);
        assert_int_equal(index_of(row), i % 2);
        pass(&sides[i % 2], &sides[1 - i % 2], &payload, &wire);
    }
    finish(ciphers, &sides[0], &sides[1], &hash);
    json_array_foreach(json_object_get(vector, "records"), i, row)
    {
        blob packet = hex_of(row, "packet"), wire = framed(row);
        size_t by = index_of(row);
        transport(&ciphers[2 * by], &ciphers[2 * (1 - by) + 1], &packet, &wire);
    }
    assert_true(i >= 2);
    json_decref(vector);
}

static void golden_vectors_are_met(void **state)
{
    (void)state;
    judge_golden("silent");
    judge_golden("told");
}

/* --- what the vectors do not show --- */

static void last_nonce_is_never_used(void **state)
{
    (void)state;
    struct noise_cipher cipher = {.nonce = UINT64_MAX - 1}, other = cipher;
    uint8_t out[1 + NOISE_TAG_SIZE] = {0}, again[1 + NOISE_TAG_SIZE] = {0};
    assert_int_equal(noise_seal(&cipher, out, NULL, 0, out, 1), NOISE_OK);
    assert_int_equal(noise_seal(&cipher, again, NULL, 0, again, 1), NOISE_USED_UP);
    assert_int_equal(again[0], 0); /* nothing was written */
    assert_int_equal(noise_open(&other, out, NULL, 0, out, sizeof out), NOISE_OK);
    assert_int_equal(noise_open(&other, out, NULL, 0, out, sizeof out), NOISE_USED_UP);
}

static void nonce_moves_on_only_with_success(void **state)
{
    (void)state;
    struct noise_cipher sender = {.nonce = 7}, receiver = sender;
    uint8_t sealed[4 + NOISE_TAG_SIZE], bad[sizeof sealed];
    assert_int_equal(noise_seal(&sender, sealed, NULL, 0, (const uint8_t *)"four", 4), NOISE_OK);
    memcpy(bad, sealed, sizeof bad);
    bad[0] ^= 1;
    assert_int_equal(noise_open(&receiver, bad, NULL, 0, bad, sizeof bad), NOISE_FORGED);
    assert_int_equal(noise_open(&receiver, bad, NULL, 0, bad, NOISE_TAG_SIZE - 1), NOISE_SHORT);
    assert_int_equal(receiver.nonce, 7);
    assert_int_equal(noise_open(&receiver, sealed, NULL, 0, sealed, sizeof sealed), NOISE_OK);
    assert_int_equal(receiver.nonce, 8);
    assert_memory_equal(sealed, "four", 4);
}

static void another_prologue_is_another_protocol(void **state)
{
    (void)state;
    struct noise_xx one, two;
    blob v1 = {.len = 2, .bytes = "v1"}, v2 = {.len = 2, .bytes = "v2"};
    blob s1 = {.len = 32, .bytes = {1}}, e1 = {.len = 32, .bytes = {2}};
    blob s2 = {.len = 32, .bytes = {3}}, e2 = {.len = 32, .bytes = {4}};
    uint8_t message[MESSAGE_MAX];
    const uint8_t *payload;
    size_t len;
    start(&one, true, &v1, &s1, &e1);
    start(&two, false, &v2, &s2, &e2);
    assert_int_equal(noise_xx_write(&one, message, NULL, 0), NOISE_OK);
    assert_int_equal(noise_xx_read(&two, &payload, &len, message, noise_xx_overhead(0)), NOISE_OK);
    assert_int_equal(noise_xx_write(&two, message, NULL, 0), NOISE_OK);
    assert_int_equal(noise_xx_read(&one, &payload, &len, message, noise_xx_overhead(1)),
                     NOISE_FORGED);
    assert_null(payload);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(hmac_is_that_of_rfc_2104),
        cmocka_unit_test(hmac_is_not_blake2bs_own_key),
        cmocka_unit_test(public_vectors_are_met),
        cmocka_unit_test(golden_vectors_are_met),
        cmocka_unit_test(last_nonce_is_never_used),
        cmocka_unit_test(nonce_moves_on_only_with_success),
        cmocka_unit_test(another_prologue_is_another_protocol),
    };
    json_error_t error;
    if (argc != 3 || sodium_init() < 0)
        return 1;
    golden = argv[1];
    bool is_there = access(argv[2], F_OK) == 0;
    if (is_there) {
        public_vectors = json_load_file(argv[2], 0, &error);
        if (public_vectors == NULL) {
            printf("%s:%d: %s\n", argv[2], error.line, error.text);
            return 1;
        }
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    json_decref(public_vectors);
    if (failed != 0 || is_there)
        return failed;
    printf("no Noise vectors beside the checkout (shared/vectors/noise)\n");
    return EXIT_SKIPPED;
}
