#include "noise.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

static const char protocol[] = "Noise_XX_25519_ChaChaPoly_BLAKE2b";

enum { BLOCK_SIZE = 128 }; /* BLAKE2b's */

static_assert(NOISE_KEY_SIZE == crypto_scalarmult_BYTES, "X25519");
static_assert(NOISE_KEY_SIZE == crypto_scalarmult_SCALARBYTES, "X25519");
static_assert(NOISE_KEY_SIZE == crypto_aead_chacha20poly1305_ietf_KEYBYTES, "ChaCha20");
static_assert(NOISE_TAG_SIZE == crypto_aead_chacha20poly1305_ietf_ABYTES, "Poly1305");
static_assert(NOISE_HASH_SIZE == crypto_generichash_BYTES_MAX, "BLAKE2b");
static_assert(sizeof protocol - 1 <= NOISE_HASH_SIZE, "the name is padded, not hashed");

/* libsodium's functions that take only lengths that are right never fail; to go on with a hash or a
 * cipher that was not computed would be worse than to stop. */
static void must(int result)
{
    if (result != 0)
        sodium_misuse();
}

/* --- hashes --- */

/* HASH(a || b). */
static void hash_two(uint8_t out[NOISE_HASH_SIZE], const uint8_t *a, size_t a_len, const uint8_t *b,
                     size_t b_len)
{
    crypto_generichash_state state;
    must(crypto_generichash_init(&state, NULL, 0, NOISE_HASH_SIZE));
    must(crypto_generichash_update(&state, a, a_len));
    must(crypto_generichash_update(&state, b, b_len));
    must(crypto_generichash_final(&state, out, NOISE_HASH_SIZE));
    sodium_memzero(&state, sizeof state);
}

void noise_hmac(uint8_t out[NOISE_HASH_SIZE], const uint8_t key[NOISE_HASH_SIZE],
                const uint8_t *data, size_t len)
{
    uint8_t pad[BLOCK_SIZE], inner[NOISE_HASH_SIZE];
    for (size_t i = 0; i < BLOCK_SIZE; i++)
        pad[i] = (i < NOISE_HASH_SIZE ? key[i] : 0) ^ 0x36;
    hash_two(inner, pad, sizeof pad, data, len);
    for (size_t i = 0; i < BLOCK_SIZE; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    hash_two(out, pad, sizeof pad, inner, sizeof inner);
    sodium_memzero(pad, sizeof pad);
    sodium_memzero(inner, sizeof inner);
}

/* HKDF with two outputs (section 4.3). first may be chaining. */
static void derive(uint8_t first[NOISE_HASH_SIZE], uint8_t second[NOISE_HASH_SIZE],
                   const uint8_t chaining[NOISE_HASH_SIZE], const uint8_t *input, size_t len)
{
    static const uint8_t one = 1;
    uint8_t key[NOISE_HASH_SIZE], chain[NOISE_HASH_SIZE + 1];
    noise_hmac(key, chaining, input, len);
    noise_hmac(first, key, &one, sizeof one);
    memcpy(chain, first, NOISE_HASH_SIZE);
    chain[NOISE_HASH_SIZE] = 2;
    noise_hmac(second, key, chain, sizeof chain);
    sodium_memzero(key, sizeof key);
    sodium_memzero(chain, sizeof chain);
}

/* --- a CipherState --- */

static void nonce_of(uint8_t out[crypto_aead_chacha20poly1305_ietf_NPUBBYTES], uint64_t nonce)
{
    memset(out, 0, 4);
    for (size_t i = 0; i < 8; i++)
        out[4 + i] = (uint8_t)(nonce >> 8 * i & 0xff);
}

enum noise_error noise_seal(struct noise_cipher *cipher, uint8_t *out, const uint8_t *ad,
                            size_t ad_len, const uint8_t *plain, size_t len)
{
    uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];
    if (cipher->nonce == UINT64_MAX)
        return NOISE_USED_UP;
    nonce_of(nonce, cipher->nonce);
    must(crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, plain, len, ad, ad_len, NULL, nonce,
                                                   cipher->key));
    cipher->nonce++;
    return NOISE_OK;
}

enum noise_error noise_open(struct noise_cipher *cipher, uint8_t *out, const uint8_t *ad,
                            size_t ad_len, const uint8_t *sealed, size_t len)
{
    uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];
    if (cipher->nonce == UINT64_MAX)
        return NOISE_USED_UP;
    if (len < NOISE_TAG_SIZE)
        return NOISE_SHORT;
    nonce_of(nonce, cipher->nonce);
    if (crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL, NULL, sealed, len, ad, ad_len, nonce,
                                                  cipher->key) != 0)
        return NOISE_FORGED;
    cipher->nonce++;
    return NOISE_OK;
}

/* --- the SymmetricState --- */

static void mix_hash(struct noise_xx *xx, const uint8_t *bytes, size_t len)
{
    hash_two(xx->hash, xx->hash, sizeof xx->hash, bytes, len);
}

/* MixKey(DH(secret, public)). */
static enum noise_error mix_dh(struct noise_xx *xx, const uint8_t secret[NOISE_KEY_SIZE],
                               const uint8_t public[NOISE_KEY_SIZE])
{
    uint8_t shared[NOISE_KEY_SIZE], key[NOISE_HASH_SIZE];
    enum noise_error e = NOISE_ZERO;
    if (crypto_scalarmult(shared, secret, public) == 0) { /* which refuses a result of zero */
        derive(xx->chaining, key, xx->chaining, shared, sizeof shared);
        memcpy(xx->cipher.key, key, NOISE_KEY_SIZE);
        xx->cipher.nonce = 0;
        xx->has_key = true;
        e = NOISE_OK;
    }
    sodium_memzero(shared, sizeof shared);
    sodium_memzero(key, sizeof key);
    return e;
}

/* EncryptAndHash; out may be plain. Returns the length of what it wrote. */
static size_t seal_and_hash(struct noise_xx *xx, uint8_t *out, const uint8_t *plain, size_t len)
{
    size_t out_len = len;
    if (xx->has_key) {
        enum noise_error e = noise_seal(&xx->cipher, out, xx->hash, sizeof xx->hash, plain, len);
        assert(e == NOISE_OK); /* a key of the handshake seals twice at most */
        (void)e;
        out_len += NOISE_TAG_SIZE;
    } else if (len > 0) {
        memmove(out, plain, len);
    }
    mix_hash(xx, out, out_len);
    return out_len;
}

/* DecryptAndHash, in place. The hash takes up the ciphertext, which is about to be written over:
 * the hash to go on with is made first, and used once the bytes have proven authentic. */
static enum noise_error open_and_hash(struct noise_xx *xx, uint8_t *bytes, size_t len)
{
    uint8_t next[NOISE_HASH_SIZE];
    enum noise_error e = NOISE_OK;
    hash_two(next, xx->hash, sizeof xx->hash, bytes, len);
    if (xx->has_key)
        e = noise_open(&xx->cipher, bytes, xx->hash, sizeof xx->hash, bytes, len);
    if (e == NOISE_OK)
        memcpy(xx->hash, next, sizeof next);
    return e;
}

/* --- the HandshakeState --- */

void noise_xx_start(struct noise_xx *xx, bool is_initiator, const uint8_t *prologue,
                    size_t prologue_len, const uint8_t s[NOISE_KEY_SIZE],
                    const uint8_t s_public[NOISE_KEY_SIZE], const uint8_t e[NOISE_KEY_SIZE])
{
    memset(xx, 0, sizeof *xx);
    xx->is_initiator = is_initiator;
    memcpy(xx->s, s, NOISE_KEY_SIZE);
    memcpy(xx->s_public, s_public, NOISE_KEY_SIZE);
    memcpy(xx->e, e, NOISE_KEY_SIZE);
    must(crypto_scalarmult_base(xx->e_public, xx->e));
    memcpy(xx->hash, protocol, sizeof protocol - 1);
    memcpy(xx->chaining, xx->hash, sizeof xx->hash);
    mix_hash(xx, prologue, prologue_len);
}

bool noise_xx_is_done(const struct noise_xx *xx)
{
    return xx->step == 3;
}

bool noise_xx_may_write(const struct noise_xx *xx)
{
    return !noise_xx_is_done(xx) && xx->is_initiator == (xx->step % 2 == 0);
}

size_t noise_xx_overhead(unsigned step)
{
    static const size_t overhead[] = {
        NOISE_KEY_SIZE,                                                    /* e */
        NOISE_KEY_SIZE + NOISE_KEY_SIZE + NOISE_TAG_SIZE + NOISE_TAG_SIZE, /* e, s, payload */
        NOISE_KEY_SIZE + NOISE_TAG_SIZE + NOISE_TAG_SIZE,                  /* s, payload */
    };
    assert(step < sizeof overhead / sizeof overhead[0]);
    return overhead[step];
}

/* es and se: the static key of the one side with the ephemeral of the other, "e" being the
 * initiator's. */
static enum noise_error mix_es(struct noise_xx *xx)
{
    return xx->is_initiator ? mix_dh(xx, xx->e, xx->rs) : mix_dh(xx, xx->s, xx->re);
}

static enum noise_error mix_se(struct noise_xx *xx)
{
    return xx->is_initiator ? mix_dh(xx, xx->s, xx->re) : mix_dh(xx, xx->e, xx->rs);
}

static uint8_t *write_e(struct noise_xx *xx, uint8_t *to)
{
    memcpy(to, xx->e_public, NOISE_KEY_SIZE);
    mix_hash(xx, to, NOISE_KEY_SIZE);
    return to + NOISE_KEY_SIZE;
}

static uint8_t *write_s(struct noise_xx *xx, uint8_t *to)
{
    return to + seal_and_hash(xx, to, xx->s_public, NOISE_KEY_SIZE);
}

enum noise_error noise_xx_write(struct noise_xx *xx, uint8_t *out, const uint8_t *payload,
                                size_t payload_len)
{
    enum noise_error e = NOISE_OK;
    assert(noise_xx_may_write(xx));
    assert(payload_len <= NOISE_MESSAGE_MAX - noise_xx_overhead(xx->step));
    switch (xx->step) {
    case 0:
        out = write_e(xx, out);
        break;
    case 1:
        out = write_e(xx, out);
        e = mix_dh(xx, xx->e, xx->re);
        if (e == NOISE_OK) {
            out = write_s(xx, out);
            e = mix_es(xx);
        }
        break;
    default:
        out = write_s(xx, out);
        e = mix_se(xx);
        break;
    }
    if (e != NOISE_OK)
        return e;
    seal_and_hash(xx, out, payload, payload_len);
    xx->step++;
    return NOISE_OK;
}

static uint8_t *read_e(struct noise_xx *xx, uint8_t *from)
{
    memcpy(xx->re, from, NOISE_KEY_SIZE);
    mix_hash(xx, from, NOISE_KEY_SIZE);
    return from + NOISE_KEY_SIZE;
}

static enum noise_error read_s(struct noise_xx *xx, uint8_t **from)
{
    enum noise_error e = open_and_hash(xx, *from, NOISE_KEY_SIZE + NOISE_TAG_SIZE);
    if (e != NOISE_OK)
        return e;
    memcpy(xx->rs, *from, NOISE_KEY_SIZE);
    *from += NOISE_KEY_SIZE + NOISE_TAG_SIZE;
    return NOISE_OK;
}

enum noise_error noise_xx_read(struct noise_xx *xx, const uint8_t **payload, size_t *payload_len,
                               uint8_t *bytes, size_t len)
{
    enum noise_error e = NOISE_OK;
    size_t overhead = noise_xx_overhead(xx->step);
    assert(!noise_xx_is_done(xx) && !noise_xx_may_write(xx));
    *payload = NULL;
    *payload_len = 0;
    if (len < overhead)
        return NOISE_SHORT;
    uint8_t *from = bytes, *end = bytes + len;
    switch (xx->step) {
    case 0:
        from = read_e(xx, from);
        break;
    case 1:
        from = read_e(xx, from);
        e = mix_dh(xx, xx->e, xx->re);
        if (e == NOISE_OK)
            e = read_s(xx, &from);
        if (e == NOISE_OK)
            e = mix_es(xx);
        break;
    default:
        e = read_s(xx, &from);
        if (e == NOISE_OK)
            e = mix_se(xx);
        break;
    }
    if (e == NOISE_OK)
        e = open_and_hash(xx, from, (size_t)(end - from));
    if (e != NOISE_OK)
        return e;
    *payload = from;
    *payload_len = len - overhead;
    xx->step++;
    return NOISE_OK;
}

void noise_xx_split(const struct noise_xx *xx, struct noise_cipher *send,
                    struct noise_cipher *receive)
{
    uint8_t first[NOISE_HASH_SIZE], second[NOISE_HASH_SIZE];
    assert(noise_xx_is_done(xx));
    derive(first, second, xx->chaining, NULL, 0);
    memcpy(send->key, xx->is_initiator ? first : second, NOISE_KEY_SIZE);
    memcpy(receive->key, xx->is_initiator ? second : first, NOISE_KEY_SIZE);
    send->nonce = receive->nonce = 0;
    sodium_memzero(first, sizeof first);
    sodium_memzero(second, sizeof second);
}
