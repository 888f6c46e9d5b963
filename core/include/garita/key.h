/* garita/key.h: Ed25519 keys, their ids and fingerprints, and the files they rest in.
 *
 * Randomness and passphrases come from the caller; nothing here opens a file. Buffers for secrets
 * should come from sodium_malloc.
 */
#ifndef GARITA_KEY_H
#define GARITA_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/error.h>
#include <garita/limits.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GARITA_SEED_SIZE 32
#define GARITA_PUBLIC_KEY_SIZE 32
#define GARITA_SECRET_KEY_SIZE 64 /* seed, then public key, as libsodium keeps it */
#define GARITA_SIGNATURE_SIZE 64

/* An authority id: 8 bytes that find, and never prove. */
#define GARITA_ID_SIZE 8
typedef struct garita_id {
    uint8_t bytes[GARITA_ID_SIZE];
} garita_id;

#define GARITA_ID_TEXT_SIZE 17 /* 16 hex digits and a zero */
#define GARITA_FINGERPRINT_SIZE 32
#define GARITA_FINGERPRINT_TEXT_SIZE 80 /* 16 groups of 4 hex digits, spaces between, and a zero   \
                                         */

/* Prepares libsodium; call once before anything else of this library, from one thread.
 * GARITA_E_NO_MEMORY if libsodium cannot start. */
garita_error garita_init(void);

bool garita_id_equal(const garita_id *a, const garita_id *b);
void garita_id_format(char out[GARITA_ID_TEXT_SIZE], const garita_id *id);
/* Reads 16 hex digits of either case; GARITA_E_RANGE for anything else. */
garita_error garita_id_parse(garita_id *out, const char *text, size_t text_len);

/* SHA-256 of "garita/v1/key", a zero byte and the public key. People compare it whole; its first
 * eight bytes are the authority id of whoever has this as its first key. */
void garita_key_fingerprint(uint8_t out[GARITA_FINGERPRINT_SIZE],
                            const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE]);
void garita_key_fingerprint_format(char out[GARITA_FINGERPRINT_TEXT_SIZE],
                                   const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE]);
void garita_key_id(garita_id *out, const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE]);

/* GARITA_OK if this is a key that garita_statement_verify can ever say yes under: a canonical point
 * of the main subgroup; else GARITA_E_BAD_KEY. */
garita_error garita_key_check(const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE]);

/* RFC 8032 key pair of a seed. */
void garita_key_pair(uint8_t secret_key[GARITA_SECRET_KEY_SIZE],
                     uint8_t public_key[GARITA_PUBLIC_KEY_SIZE],
                     const uint8_t seed[GARITA_SEED_SIZE]);

/* --- the key that a node uses in Noise --- */

#define GARITA_NOISE_KEY_SIZE 32 /* X25519, secret or public */

/* The X25519 pair that goes with a seed: the secret is BLAKE2b-256 of "garita/v1/noise", keyed with
 * the seed, so that nothing is learned from either key about the other, and no signing key is ever
 * used for a Diffie-Hellman. noise_secret should be guarded memory; it may be null. */
void garita_key_noise(uint8_t noise_secret[GARITA_NOISE_KEY_SIZE],
                      uint8_t noise_public[GARITA_NOISE_KEY_SIZE],
                      const uint8_t seed[GARITA_SEED_SIZE]);

/* GARITA_OK if a Diffie-Hellman with it can give anything but zero; else GARITA_E_BAD_KEY. */
garita_error garita_noise_key_check(const uint8_t noise_public[GARITA_NOISE_KEY_SIZE]);

/* --- the key file (core/FORMAT.md, "Key files") --- */

#define GARITA_KEY_FILE_SALT_SIZE 16
#define GARITA_KEY_FILE_NONCE_SIZE 24
#define GARITA_KEY_FILE_SIZE 145

/* What Argon2id costs: libsodium's "moderate" for people, less for tests. */
typedef struct garita_kdf_cost {
    uint32_t ops;          /* passes, 1 to GARITA_ARGON2_OPS_MAX */
    uint64_t memory_bytes; /* 8 KiB to GARITA_ARGON2_MEMORY_BYTES_MAX */
} garita_kdf_cost;

#define GARITA_KDF_COST_MODERATE ((garita_kdf_cost){3, 256ull * 1024 * 1024})

/* Seals a seed. passphrase null means none: the seed then rests in the clear, for fixtures and for
 * machines whose disk is the protection. random is salt, then nonce: 40 bytes from the caller's
 * generator, never used twice. GARITA_E_RANGE for a cost out of bounds, GARITA_E_NO_MEMORY if
 * Argon2id gets none. */
garita_error
garita_key_file_seal(uint8_t out[GARITA_KEY_FILE_SIZE], const uint8_t seed[GARITA_SEED_SIZE],
                     const char *passphrase, size_t passphrase_len, garita_kdf_cost cost,
                     const uint8_t random[GARITA_KEY_FILE_SALT_SIZE + GARITA_KEY_FILE_NONCE_SIZE]);

typedef struct garita_key_file_info {
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
    bool has_passphrase;
} garita_key_file_info;

/* What a key file says without its passphrase. GARITA_E_KEY_FILE if it is none. The public key is a
 * claim until garita_key_file_open has succeeded. */
garita_error garita_key_file_peek(garita_key_file_info *out, const uint8_t *bytes,
                                  size_t bytes_len);

/* Opens it. seed is wiped unless GARITA_OK is returned. GARITA_E_KEY_FILE for a file that is none
 * or asks for a cost out of bounds, GARITA_E_PASSPHRASE for a wrong passphrase or altered file (the
 * two cannot be told apart), GARITA_E_NO_MEMORY if Argon2id gets none. */
garita_error garita_key_file_open(uint8_t seed[GARITA_SEED_SIZE], const uint8_t *bytes,
                                  size_t bytes_len, const char *passphrase, size_t passphrase_len);

/* --- the public key file: "garita-ed25519 HEX64 NAME\n", then "garita-x25519 HEX64 NAME\n" --- */

#define GARITA_KEY_NAME_MAX 64
#define GARITA_PUBLIC_KEY_FILE_MAX 320

/* Whether name is 1 to GARITA_KEY_NAME_MAX of a-z A-Z 0-9 . _ - and does not begin with '.' or '-':
 * safe as a file name and on a command line. */
bool garita_key_name_is_wellformed(const char *name, size_t name_len);

/* What a public key file says. */
typedef struct garita_public_key_file {
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
    bool has_noise_key; /* a file with the first line alone has none */
    uint8_t noise_key[GARITA_NOISE_KEY_SIZE];
    char name[GARITA_KEY_NAME_MAX + 1]; /* well-formed */
} garita_public_key_file;

/* Writes the lines; a terminating zero follows, not counted in *out_len. */
void garita_public_key_file_write(char out[GARITA_PUBLIC_KEY_FILE_MAX], size_t *out_len,
                                  const garita_public_key_file *file);

/* Reads them; a missing last newline and CR LF are forgiven, and the second line may be missing, but
 * has the same name. GARITA_E_KEY_FILE for anything else, GARITA_E_BAD_KEY if garita_key_check or
 * garita_noise_key_check refuses a key. */
garita_error garita_public_key_file_read(garita_public_key_file *out, const char *text,
                                         size_t text_len);

#ifdef __cplusplus
}
#endif

#endif
