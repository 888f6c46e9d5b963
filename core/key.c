#include <garita/key.h>

#include <assert.h>
#include <string.h>

#include <sodium.h>

garita_error garita_init(void)
{
    return sodium_init() < 0 ? GARITA_E_NO_MEMORY : GARITA_OK;
}

bool garita_id_equal(const garita_id *a, const garita_id *b)
{
    return memcmp(a->bytes, b->bytes, GARITA_ID_SIZE) == 0;
}

void garita_id_format(char out[GARITA_ID_TEXT_SIZE], const garita_id *id)
{
    sodium_bin2hex(out, GARITA_ID_TEXT_SIZE, id->bytes, GARITA_ID_SIZE);
}

garita_error garita_id_parse(garita_id *out, const char *text, size_t text_len)
{
    size_t len = 0;
    if (text_len != 2 * GARITA_ID_SIZE ||
        sodium_hex2bin(out->bytes, GARITA_ID_SIZE, text, text_len, NULL, &len, NULL) != 0 ||
        len != GARITA_ID_SIZE) {
        *out = (garita_id){{0}};
        return GARITA_E_RANGE;
    }
    return GARITA_OK;
}

void garita_key_fingerprint(uint8_t out[GARITA_FINGERPRINT_SIZE],
                            const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE])
{
    static const char domain[] = "garita/v1/key"; /* its zero byte is part of it */
    uint8_t input[sizeof domain + GARITA_PUBLIC_KEY_SIZE];
    memcpy(input, domain, sizeof domain);
    memcpy(input + sizeof domain, public_key, GARITA_PUBLIC_KEY_SIZE);
    crypto_hash_sha256(out, input, sizeof input);
}

void garita_key_fingerprint_format(char out[GARITA_FINGERPRINT_TEXT_SIZE],
                                   const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE])
{
    uint8_t fingerprint[GARITA_FINGERPRINT_SIZE];
    char hex[2 * GARITA_FINGERPRINT_SIZE + 1];
    garita_key_fingerprint(fingerprint, public_key);
    sodium_bin2hex(hex, sizeof hex, fingerprint, sizeof fingerprint);
    char *to = out;
    for (size_t i = 0; i < sizeof hex - 1; i++) {
        if (i > 0 && i % 4 == 0)
            *to++ = ' ';
        *to++ = hex[i];
    }
    *to = '\0';
}

void garita_key_id(garita_id *out, const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE])
{
    uint8_t fingerprint[GARITA_FINGERPRINT_SIZE];
    garita_key_fingerprint(fingerprint, public_key);
    memcpy(out->bytes, fingerprint, GARITA_ID_SIZE);
}

garita_error garita_key_check(const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE])
{
    return crypto_core_ed25519_is_valid_point(public_key) == 1 ? GARITA_OK : GARITA_E_BAD_KEY;
}

void garita_key_pair(uint8_t secret_key[GARITA_SECRET_KEY_SIZE],
                     uint8_t public_key[GARITA_PUBLIC_KEY_SIZE],
                     const uint8_t seed[GARITA_SEED_SIZE])
{
    crypto_sign_seed_keypair(public_key, secret_key, seed);
}

void garita_key_noise(uint8_t noise_secret[GARITA_NOISE_KEY_SIZE],
                      uint8_t noise_public[GARITA_NOISE_KEY_SIZE],
                      const uint8_t seed[GARITA_SEED_SIZE])
{
    static const char domain[] = "garita/v1/noise";
    uint8_t secret[GARITA_NOISE_KEY_SIZE];
    int failed = crypto_generichash(secret, sizeof secret, (const uint8_t *)domain,
                                    sizeof domain - 1, seed, GARITA_SEED_SIZE);
    failed |= crypto_scalarmult_base(noise_public, secret);
    assert(failed == 0); /* lengths are right, and a clamped secret gives a point */
    (void)failed;
    if (noise_secret)
        memcpy(noise_secret, secret, sizeof secret);
    sodium_memzero(secret, sizeof secret);
}

garita_error garita_noise_key_check(const uint8_t noise_public[GARITA_NOISE_KEY_SIZE])
{
    /* any clamped scalar is a multiple of the cofactor: a point of small order gives zero */
    static const uint8_t scalar[GARITA_NOISE_KEY_SIZE] = {8};
    uint8_t shared[GARITA_NOISE_KEY_SIZE];
    return crypto_scalarmult(shared, scalar, noise_public) == 0 ? GARITA_OK : GARITA_E_BAD_KEY;
}
