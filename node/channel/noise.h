/* node/channel/noise.h: the Noise Protocol Framework, revision 34, as far as
 * Noise_XX_25519_ChaChaPoly_BLAKE2b needs it, over libsodium. Keys, ephemerals, prologue and
 * payloads all come from the caller, so that public test vectors prove it.
 */
#ifndef GARITA_NODE_NOISE_H
#define GARITA_NODE_NOISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOISE_KEY_SIZE 32  /* X25519, ChaCha20 */
#define NOISE_HASH_SIZE 64 /* BLAKE2b */
#define NOISE_TAG_SIZE 16  /* Poly1305 */
#define NOISE_MESSAGE_MAX 65535

/* What a message or record has that cannot be read. */
enum noise_error {
    NOISE_OK = 0,
    NOISE_SHORT,  /* it ends early */
    NOISE_FORGED, /* it is not authentic */
    NOISE_ZERO,   /* a Diffie-Hellman gives zero: a point of small order */
    NOISE_USED_UP /* no nonce is left */
};

/* HMAC-BLAKE2b (Noise, section 4.3): RFC 2104 with BLAKE2b's block of 128 bytes, not BLAKE2b's own
 * keyed mode. */
void noise_hmac(uint8_t out[NOISE_HASH_SIZE], const uint8_t key[NOISE_HASH_SIZE],
                const uint8_t *data, size_t len);

/* A CipherState with its key. */
struct noise_cipher {
    uint8_t key[NOISE_KEY_SIZE];
    uint64_t nonce; /* the next; 2^64 - 1 is never used */
};

/* Seals len bytes to len + NOISE_TAG_SIZE; out may be plain. NOISE_USED_UP writes nothing. */
enum noise_error noise_seal(struct noise_cipher *cipher, uint8_t *out, const uint8_t *ad,
                            size_t ad_len, const uint8_t *plain, size_t len);

/* Opens len bytes to len - NOISE_TAG_SIZE; out may be sealed. The nonce moves on only on success;
 * otherwise out is zero or untouched. */
enum noise_error noise_open(struct noise_cipher *cipher, uint8_t *out, const uint8_t *ad,
                            size_t ad_len, const uint8_t *sealed, size_t len);

/* A HandshakeState of XX:
 *     -> e        <- e, ee, s, es        -> s, se
 * It is all secret: it belongs in guarded memory, and is to be wiped. */
struct noise_xx {
    bool is_initiator;
    bool has_key;  /* of cipher: from the second message on; before it payloads are in the clear */
    unsigned step; /* messages that have passed, 0 to 3 */
    struct noise_cipher cipher;
    uint8_t chaining[NOISE_HASH_SIZE], hash[NOISE_HASH_SIZE];
    uint8_t s[NOISE_KEY_SIZE], s_public[NOISE_KEY_SIZE]; /* own static pair */
    uint8_t e[NOISE_KEY_SIZE], e_public[NOISE_KEY_SIZE]; /* own ephemeral pair */
    uint8_t rs[NOISE_KEY_SIZE], re[NOISE_KEY_SIZE];      /* the peer's public keys, once read */
};

/* s and e are secrets; s_public is that of s. e must never have been used before. */
void noise_xx_start(struct noise_xx *xx, bool is_initiator, const uint8_t *prologue,
                    size_t prologue_len, const uint8_t s[NOISE_KEY_SIZE],
                    const uint8_t s_public[NOISE_KEY_SIZE], const uint8_t e[NOISE_KEY_SIZE]);

/* Whether the next message is ours, and whether all three have passed. */
bool noise_xx_may_write(const struct noise_xx *xx);
bool noise_xx_is_done(const struct noise_xx *xx);

/* What message 0, 1 or 2 has beside its payload, in bytes. */
size_t noise_xx_overhead(unsigned step);

/* Writes the next message, noise_xx_overhead + payload_len bytes. NOISE_ZERO: the state is then of
 * no more use. */
enum noise_error noise_xx_write(struct noise_xx *xx, uint8_t *out, const uint8_t *payload,
                                size_t payload_len);

/* Reads one, deciphering in place: *payload points into bytes. After any error the state is of no
 * more use, and neither are the bytes. */
enum noise_error noise_xx_read(struct noise_xx *xx, const uint8_t **payload, size_t *payload_len,
                               uint8_t *bytes, size_t len);

/* When done: the ciphers for sending and receiving. */
void noise_xx_split(const struct noise_xx *xx, struct noise_cipher *send,
                    struct noise_cipher *receive);

#endif
