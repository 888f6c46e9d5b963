#include "key.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "passphrase.h"

static enum exit_status read_file(uint8_t *out, size_t *out_len, size_t cap, const char *path,
                                  const char *name)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t len = fd >= 0 ? read(fd, out, cap) : -1;
    int error = errno;

    if (fd >= 0)
        close(fd);
    if (len >= 0) {
        *out_len = (size_t)len;
        return EXIT_DONE;
    }
    if (error == ENOENT)
        return fail(EXIT_NOT_FOUND,
                    "\"garita key new NAME\" makes one, \"garita key list\" shows them",
                    "there is no key %s in this home", name);
    return fail(error == EACCES ? EXIT_NOT_ALLOWED : EXIT_IO, NULL, "%s: %s", path,
                strerror(error));
}

static enum exit_status open_file(struct key *out, uint8_t *seed, const uint8_t *bytes, size_t len,
                                  const char *name, const char *passphrase_file)
{
    garita_key_file_info info;
    char *passphrase = NULL;
    size_t passphrase_len = 0;

    if (garita_key_file_peek(&info, bytes, len) != GARITA_OK)
        return fail(EXIT_BAD_INPUT, NULL, "the file of key %s is not a key file", name);
    if (info.has_passphrase) {
        enum exit_status status =
            passphrase_get(&passphrase, &passphrase_len, passphrase_file, name);
        if (status != EXIT_DONE)
            return status;
    }
    garita_error error = garita_key_file_open(seed, bytes, len, passphrase, passphrase_len);
    sodium_free(passphrase); /* wipes */
    if (error == GARITA_E_PASSPHRASE)
        return fail(EXIT_NOT_ALLOWED, NULL, "the passphrase does not open key %s", name);
    if (error == GARITA_E_NO_MEMORY)
        return fail_no_memory();
    if (error != GARITA_OK)
        return fail(EXIT_BAD_INPUT, NULL, "key %s: %s", name, garita_error_text(error));
    memcpy(out->public_key, info.public_key, sizeof out->public_key);
    garita_key_noise(out->noise_secret, out->noise_public, seed);
    return EXIT_DONE;
}

enum exit_status key_open(struct key *out, const char *home, const char *name,
                          const char *passphrase_file)
{
    char path[PATH_MAX];
    size_t len = 0;
    /* A file without a passphrase has the seed in the clear: both are guarded. */
    uint8_t *bytes = sodium_malloc(GARITA_KEY_FILE_SIZE + 1);
    uint8_t *seed = sodium_malloc(GARITA_SEED_SIZE);
    enum exit_status status = EXIT_DONE;

    *out = (struct key){.noise_secret = sodium_malloc(GARITA_NOISE_KEY_SIZE)};
    int path_len = snprintf(path, sizeof path, "%s/keys/%s.key", home, name);
    if (bytes == NULL || seed == NULL || out->noise_secret == NULL)
        status = fail_no_memory();
    else if (path_len < 0 || path_len >= (int)sizeof path)
        status = fail(EXIT_IO, NULL, "%s: %s", home, strerror(ENAMETOOLONG));
    if (status == EXIT_DONE)
        status = read_file(bytes, &len, GARITA_KEY_FILE_SIZE + 1, path, name);
    if (status == EXIT_DONE)
        status = open_file(out, seed, bytes, len, name, passphrase_file);
    sodium_free(seed);
    sodium_free(bytes);
    if (status == EXIT_DONE)
        (void)sodium_mprotect_readonly(out->noise_secret);
    return status;
}

void key_free(struct key *key)
{
    sodium_free(key->noise_secret);
    *key = (struct key){0};
}
