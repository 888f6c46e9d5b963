/* The two files that keys rest and travel in: FORMAT.md, section 10. */
#include <garita/key.h>

#include <garita/statement.h>

#include <assert.h>
#include <string.h>

#include <sodium.h>

enum {
    FORMAT_1 = 1,
    IN_THE_CLEAR = 0,
    ARGON2ID = 1,
    KDF_AT = 9,
    OPS_AT = 10,
    MEMORY_AT = 13,
    SALT_AT = 17,
    NONCE_AT = SALT_AT + GARITA_KEY_FILE_SALT_SIZE,
    PUBLIC_KEY_AT = NONCE_AT + GARITA_KEY_FILE_NONCE_SIZE,
    SEED_AT = PUBLIC_KEY_AT + GARITA_PUBLIC_KEY_SIZE,
    SEALED_SIZE = GARITA_SEED_SIZE + crypto_aead_xchacha20poly1305_ietf_ABYTES,
    PADDING_AT = SEED_AT + SEALED_SIZE,
    CLEAR_PADDING_AT = SEED_AT + GARITA_SEED_SIZE,
    KIB = 1024,
    MEMORY_KIB_MIN = 8
};

static const uint8_t magic[] = {'g', 'a', 'r', 'i', 't', 'a', '-', 'k', FORMAT_1};

static_assert(PADDING_AT < GARITA_KEY_FILE_SIZE, "the sealed seed fits");
static_assert(GARITA_KEY_FILE_SALT_SIZE == crypto_pwhash_SALTBYTES, "Argon2id's salt");
static_assert(GARITA_KEY_FILE_NONCE_SIZE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");

static void put(uint8_t *out, unsigned width, uint64_t value)
{
    for (unsigned i = width; i-- > 0; value >>= 8)
        out[i] = (uint8_t)(value & 0xff);
}

static uint64_t get(const uint8_t *in, unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < width; i++)
        value = value << 8 | in[i];
    return value;
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
    return sodium_is_zero(bytes, len) == 1;
}

static bool cost_is_in_bounds(uint64_t ops, uint64_t memory_kib)
{
    return ops >= 1 && ops <= GARITA_ARGON2_OPS_MAX && memory_kib >= MEMORY_KIB_MIN &&
           memory_kib <= GARITA_ARGON2_MEMORY_BYTES_MAX / KIB;
}

/* Derives the file's encryption key as its header says. Wipe it after use. */
static garita_error derive(uint8_t key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES],
                           const uint8_t *header, const char *passphrase, size_t passphrase_len)
{
    uint64_t ops = get(header + OPS_AT, 3);
    uint64_t memory_kib = get(header + MEMORY_AT, 4);
    if (crypto_pwhash(key, crypto_aead_xchacha20poly1305_ietf_KEYBYTES, passphrase, passphrase_len,
                      header + SALT_AT, ops, (size_t)(memory_kib * KIB),
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        return GARITA_E_NO_MEMORY;
    return GARITA_OK;
}

garita_error
garita_key_file_seal(uint8_t out[GARITA_KEY_FILE_SIZE], const uint8_t seed[GARITA_SEED_SIZE],
                     const char *passphrase, size_t passphrase_len, garita_kdf_cost cost,
                     const uint8_t random[GARITA_KEY_FILE_SALT_SIZE + GARITA_KEY_FILE_NONCE_SIZE])
{
    uint8_t secret_key[GARITA_SECRET_KEY_SIZE];
    memset(out, 0, GARITA_KEY_FILE_SIZE);
    memcpy(out, magic, sizeof magic);
    garita_key_pair(secret_key, out + PUBLIC_KEY_AT, seed);
    sodium_memzero(secret_key, sizeof secret_key);
    if (!passphrase) {
        out[KDF_AT] = IN_THE_CLEAR;
        memcpy(out + SEED_AT, seed, GARITA_SEED_SIZE);
        return GARITA_OK;
    }

    if (cost.memory_bytes % KIB != 0 || !cost_is_in_bounds(cost.ops, cost.memory_bytes / KIB)) {
        memset(out, 0, GARITA_KEY_FILE_SIZE);
        return GARITA_E_RANGE;
    }
    out[KDF_AT] = ARGON2ID;
    put(out + OPS_AT, 3, cost.ops);
    put(out + MEMORY_AT, 4, cost.memory_bytes / KIB);
    memcpy(out + SALT_AT, random, GARITA_KEY_FILE_SALT_SIZE + GARITA_KEY_FILE_NONCE_SIZE);

    uint8_t key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
    garita_error e = derive(key, out, passphrase, passphrase_len);
    if (e == GARITA_OK)
        crypto_aead_xchacha20poly1305_ietf_encrypt(out + SEED_AT, NULL, seed, GARITA_SEED_SIZE, out,
                                                   SEED_AT, NULL, out + NONCE_AT, key);
    else
        memset(out, 0, GARITA_KEY_FILE_SIZE);
    sodium_memzero(key, sizeof key);
    return e;
}

/* Exactly what garita_key_file_seal writes, as far as it shows without the passphrase. */
static bool is_wellformed(const uint8_t *bytes, size_t len)
{
    if (len != GARITA_KEY_FILE_SIZE || memcmp(bytes, magic, sizeof magic) != 0)
        return false;
    if (bytes[KDF_AT] == IN_THE_CLEAR)
        return is_zero(bytes + OPS_AT, PUBLIC_KEY_AT - OPS_AT) &&
               is_zero(bytes + CLEAR_PADDING_AT, GARITA_KEY_FILE_SIZE - CLEAR_PADDING_AT);
    return bytes[KDF_AT] == ARGON2ID &&
           cost_is_in_bounds(get(bytes + OPS_AT, 3), get(bytes + MEMORY_AT, 4)) &&
           is_zero(bytes + PADDING_AT, GARITA_KEY_FILE_SIZE - PADDING_AT);
}

garita_error garita_key_file_peek(garita_key_file_info *out, const uint8_t *bytes, size_t bytes_len)
{
    *out = (garita_key_file_info){0};
    if (!is_wellformed(bytes, bytes_len))
        return GARITA_E_KEY_FILE;
    memcpy(out->public_key, bytes + PUBLIC_KEY_AT, GARITA_PUBLIC_KEY_SIZE);
    out->has_passphrase = bytes[KDF_AT] == ARGON2ID;
    return GARITA_OK;
}

garita_error garita_key_file_open(uint8_t seed[GARITA_SEED_SIZE], const uint8_t *bytes,
                                  size_t bytes_len, const char *passphrase, size_t passphrase_len)
{
    garita_error e = GARITA_OK;
    sodium_memzero(seed, GARITA_SEED_SIZE);
    if (!is_wellformed(bytes, bytes_len))
        return GARITA_E_KEY_FILE;

    if (bytes[KDF_AT] == IN_THE_CLEAR) {
        memcpy(seed, bytes + SEED_AT, GARITA_SEED_SIZE);
    } else {
        if (!passphrase)
            return GARITA_E_PASSPHRASE;
        uint8_t key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
        e = derive(key, bytes, passphrase, passphrase_len);
        if (e == GARITA_OK && crypto_aead_xchacha20poly1305_ietf_decrypt(
                                  seed, NULL, NULL, bytes + SEED_AT, SEALED_SIZE, bytes, SEED_AT,
                                  bytes + NONCE_AT, key) != 0)
            e = GARITA_E_PASSPHRASE;
        sodium_memzero(key, sizeof key);
    }

    if (e == GARITA_OK) {
        uint8_t secret_key[GARITA_SECRET_KEY_SIZE];
        uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
        garita_key_pair(secret_key, public_key, seed);
        sodium_memzero(secret_key, sizeof secret_key);
        if (memcmp(public_key, bytes + PUBLIC_KEY_AT, sizeof public_key) != 0)
            e = bytes[KDF_AT] == IN_THE_CLEAR ? GARITA_E_KEY_FILE : GARITA_E_PASSPHRASE;
    }
    if (e != GARITA_OK)
        sodium_memzero(seed, GARITA_SEED_SIZE);
    return e;
}

/* --- the public key's lines --- */

static const char sign_start[] = "garita-ed25519 ";
static const char noise_start[] = "garita-x25519 ";

enum { HEX_LEN = 2 * GARITA_PUBLIC_KEY_SIZE };

static_assert(sizeof sign_start + sizeof noise_start + 2 * (HEX_LEN + 1 + GARITA_KEY_NAME_MAX + 1) <=
                  GARITA_PUBLIC_KEY_FILE_MAX,
              "the longest lines fit");
static_assert(GARITA_PUBLIC_KEY_SIZE == GARITA_NOISE_KEY_SIZE, "one hex length for both");

bool garita_key_name_is_wellformed(const char *name, size_t name_len)
{
    if (name_len == 0 || name_len > GARITA_KEY_NAME_MAX || name[0] == '.' || name[0] == '-')
        return false;
    for (size_t i = 0; i < name_len; i++) {
        char c = name[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
        if (!ok)
            return false;
    }
    return true;
}

static char *append(char *to, const char *text)
{
    size_t len = strlen(text);
    memcpy(to, text, len);
    return to + len;
}

static char *write_line(char *to, const char *start, const uint8_t *key, const char *name)
{
    to = append(to, start);
    sodium_bin2hex(to, HEX_LEN + 1, key, GARITA_PUBLIC_KEY_SIZE);
    to += HEX_LEN;
    *to++ = ' ';
    to = append(to, name);
    *to++ = '\n';
    *to = '\0';
    return to;
}

void garita_public_key_file_write(char out[GARITA_PUBLIC_KEY_FILE_MAX], size_t *out_len,
                                  const garita_public_key_file *file)
{
    assert(garita_key_name_is_wellformed(file->name, strlen(file->name)));
    char *to = write_line(out, sign_start, file->public_key, file->name);
    if (file->has_noise_key)
        to = write_line(to, noise_start, file->noise_key, file->name);
    *out_len = (size_t)(to - out);
}

/* Reads a line without its end. The name points into it. */
static bool read_line(uint8_t *key, garita_utf8 *name, const char *start, const char *line,
                      size_t line_len)
{
    size_t start_len = strlen(start), key_len = 0;
    char hex[HEX_LEN + 1];
    if (line_len < start_len + HEX_LEN + 1 || memcmp(line, start, start_len) != 0 ||
        line[start_len + HEX_LEN] != ' ')
        return false;
    *name = (garita_utf8){line + start_len + HEX_LEN + 1, line_len - (start_len + HEX_LEN + 1)};
    if (!garita_key_name_is_wellformed(name->at, name->len) ||
        sodium_hex2bin(key, GARITA_PUBLIC_KEY_SIZE, line + start_len, HEX_LEN, NULL, &key_len,
                       NULL) != 0 ||
        key_len != GARITA_PUBLIC_KEY_SIZE)
        return false;
    sodium_bin2hex(hex, sizeof hex, key, GARITA_PUBLIC_KEY_SIZE);
    return memcmp(hex, line + start_len, HEX_LEN) == 0; /* lower case alone: a key has one line */
}

/* The line's length without its end; *next is where the next one begins. */
static size_t line_at(const char *text, size_t text_len, size_t *next)
{
    const char *end = memchr(text, '\n', text_len);
    size_t len = end ? (size_t)(end - text) : text_len;
    *next = end ? len + 1 : len;
    return len > 0 && text[len - 1] == '\r' ? len - 1 : len;
}

garita_error garita_public_key_file_read(garita_public_key_file *out, const char *text,
                                         size_t text_len)
{
    garita_public_key_file file = {0};
    garita_utf8 name, again;
    size_t next;
    *out = file;
    size_t len = line_at(text, text_len, &next);
    if (!read_line(file.public_key, &name, sign_start, text, len))
        return GARITA_E_KEY_FILE;
    memcpy(file.name, name.at, name.len);
    text += next;
    text_len -= next;
    if (text_len > 0) {
        len = line_at(text, text_len, &next);
        if (next != text_len || !read_line(file.noise_key, &again, noise_start, text, len) ||
            again.len != name.len || memcmp(again.at, name.at, name.len) != 0)
            return GARITA_E_KEY_FILE;
        file.has_noise_key = true;
    }
    if (garita_key_check(file.public_key) != GARITA_OK ||
        (file.has_noise_key && garita_noise_key_check(file.noise_key) != GARITA_OK))
        return GARITA_E_BAD_KEY;
    *out = file;
    return GARITA_OK;
}
