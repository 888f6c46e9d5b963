#include "secret_key_make.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18n.h"
#include "output_file.h"
#include "public_key.h"
#include "report.h"
#include "secret_key.h"

/* The directory's name must reach the disk before a key does, or the key can be lost with it.
 * Returns 0 or an errno. */
static int flush_home(const struct context *context)
{
    int home = open(context->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = home >= 0 && fsync(home) == 0 ? 0 : errno;

    if (home >= 0)
        close(home);
    return error == EINVAL ? 0 : error; /* of a file system that flushes no directories */
}

static exit_status make_directory(const struct context *context)
{
    char path[PATH_MAX];
    int len = snprintf(path, sizeof path, "%s/" SECRET_KEY_DIRECTORY, context->home);
    int error = len > 0 && len < (int)sizeof path ? 0 : ENAMETOOLONG;

    if (error == 0)
        error = mkdir(path, 0700) == 0 ? flush_home(context) : errno == EEXIST ? 0 : errno;
    if (error == 0)
        return EXIT_DONE;
    return report_failure(context, &(struct failure){EXIT_IO, "io", context->home, 0, NULL},
                          _("cannot make its directory of keys: %s"), strerror(error));
}

/* Where both halves are to rest. */
struct paths {
    char secret[PATH_MAX], public[PATH_MAX];
};

static exit_status find_paths(const struct context *context, struct paths *paths, const char *name)
{
    if (secret_key_path(paths->secret, context, name) &&
        public_key_path(paths->public, context, name))
        return EXIT_DONE;
    return report_failure(context, &(struct failure){EXIT_IO, "io", context->home, 0, NULL}, "%s",
                          strerror(ENAMETOOLONG));
}

exit_status secret_key_make_ready(const struct context *context, const char *name)
{
    struct paths paths;
    exit_status status = make_directory(context);

    if (status == EXIT_DONE)
        status = find_paths(context, &paths, name);
    if (status == EXIT_DONE)
        status = output_file_check(context, paths.secret, OUTPUT_BINARY);
    return status == EXIT_DONE ? output_file_check(context, paths.public, OUTPUT_TEXT) : status;
}

/* Seals the seed into file, both in guarded memory. */
static exit_status seal(const struct context *context, uint8_t *file, const uint8_t *seed,
                        const struct passphrase *passphrase)
{
    uint8_t random[GARITA_KEY_FILE_SALT_SIZE + GARITA_KEY_FILE_NONCE_SIZE];

    randombytes_buf(random, sizeof random);
    garita_error error = garita_key_file_seal(file, seed, passphrase->at, passphrase->len,
                                              GARITA_KDF_COST_MODERATE, random);
    return error == GARITA_OK ? EXIT_DONE : report_no_memory(context);
}

static exit_status write_public(const struct context *context, const char *path,
                                const garita_public_key_file *public)
{
    char lines[GARITA_PUBLIC_KEY_FILE_MAX];
    size_t len;

    garita_public_key_file_write(lines, &len, public);
    return output_file_write(context, path, OUTPUT_TEXT, PUBLIC_KEY_MODE, lines, len);
}

exit_status secret_key_make(const struct context *context,
                            uint8_t public_key[GARITA_PUBLIC_KEY_SIZE], const char *name,
                            const struct passphrase *passphrase)
{
    struct paths paths;
    garita_public_key_file public = {.has_noise_key = true};
    uint8_t *seed = sodium_malloc(GARITA_SEED_SIZE);
    uint8_t *secret_key = sodium_malloc(GARITA_SECRET_KEY_SIZE);
    uint8_t *file = sodium_malloc(GARITA_KEY_FILE_SIZE);
    exit_status status = find_paths(context, &paths, name);

    if (status == EXIT_DONE && (seed == NULL || secret_key == NULL || file == NULL))
        status = report_no_memory(context);
    if (status == EXIT_DONE) {
        randombytes_buf(seed, GARITA_SEED_SIZE);
        garita_key_pair(secret_key, public_key, seed);
        garita_key_noise(NULL, public.noise_key, seed);
        memcpy(public.public_key, public_key, sizeof public.public_key);
        snprintf(public.name, sizeof public.name, "%s", name);
        status = seal(context, file, seed, passphrase);
    }
    if (status == EXIT_DONE)
        status = output_file_write(context, paths.secret, OUTPUT_BINARY, OUTPUT_MODE_SECRET, file,
                                   GARITA_KEY_FILE_SIZE);
    if (status == EXIT_DONE) {
        status = write_public(context, paths.public, &public);
        /* Half a key pair is none, and nobody has seen this key yet. */
        if (status != EXIT_DONE)
            (void)unlink(paths.secret);
    }
    sodium_free(seed);
    sodium_free(secret_key);
    sodium_free(file);
    return status;
}
