/* Key files and public key files. */
#include "fuzz.h"

#include <garita/key.h>

static const char passphrase[] = "correct horse";

/* Opening may cost as much as the file asks for: only cheap ones are opened here. */
static bool is_cheap(const uint8_t *file) {
    uint32_t ops = (uint32_t)file[10] << 16 | (uint32_t)file[11] << 8 | file[12];
    uint64_t kib = (uint64_t)file[13] << 24 | (uint64_t)file[14] << 16 | (uint64_t)file[15] << 8 |
                   file[16];
    return ops * kib <= 256 || ops > GARITA_ARGON2_OPS_MAX ||
           kib * 1024 > GARITA_ARGON2_MEMORY_BYTES_MAX;
}

static void key_file(const uint8_t *data, size_t size) {
    garita_key_file_info info;
    garita_error e = garita_key_file_peek(&info, data, size);
    if (e != GARITA_OK)
        WORLD_REQUIRE(e == GARITA_E_KEY_FILE);
    if (size == GARITA_KEY_FILE_SIZE && !is_cheap(data))
        return;
    uint8_t seed[GARITA_SEED_SIZE], secret_key[GARITA_SECRET_KEY_SIZE];
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
    garita_error opened = garita_key_file_open(seed, data, size, passphrase, strlen(passphrase));
    if (opened == GARITA_OK) {
        WORLD_REQUIRE(e == GARITA_OK);
        garita_key_pair(secret_key, public_key, seed);
        WORLD_REQUIRE(memcmp(public_key, info.public_key, sizeof public_key) == 0);
    } else {
        for (size_t i = 0; i < sizeof seed; i++)
            WORLD_REQUIRE(seed[i] == 0);
    }
    if (opened == GARITA_OK && !info.has_passphrase) {
        uint8_t again[GARITA_KEY_FILE_SIZE];
        uint8_t random[GARITA_KEY_FILE_SALT_SIZE + GARITA_KEY_FILE_NONCE_SIZE] = { 0 };
        WORLD_REQUIRE(garita_key_file_seal(again, seed, NULL, 0, GARITA_KDF_COST_MODERATE, random) ==
                      GARITA_OK);
        WORLD_REQUIRE(size == sizeof again && memcmp(again, data, size) == 0);
    }
}

static void public_key_file(const char *data, size_t size) {
    garita_public_key_file file, file_again;
    if (garita_public_key_file_read(&file, data, size) != GARITA_OK)
        return;
    WORLD_REQUIRE(garita_key_name_is_wellformed(file.name, strlen(file.name)));
    WORLD_REQUIRE(garita_key_check(file.public_key) == GARITA_OK);
    WORLD_REQUIRE(!file.has_noise_key || garita_noise_key_check(file.noise_key) == GARITA_OK);
    char again[GARITA_PUBLIC_KEY_FILE_MAX];
    size_t len;
    garita_public_key_file_write(again, &len, &file);
    WORLD_REQUIRE(garita_public_key_file_read(&file_again, again, len) == GARITA_OK);
    WORLD_REQUIRE(memcmp(file.public_key, file_again.public_key, sizeof file.public_key) == 0);
    WORLD_REQUIRE(file.has_noise_key == file_again.has_noise_key);
    WORLD_REQUIRE(memcmp(file.noise_key, file_again.noise_key, sizeof file.noise_key) == 0);
    WORLD_REQUIRE(strcmp(file.name, file_again.name) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    key_file(data, size);
    public_key_file((const char *)data, size);
    return 0;
}
