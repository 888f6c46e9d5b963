#include "secret_key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "passphrase.h"
#include "report.h"

bool secret_key_path(char out[PATH_MAX], const struct context *context, const char *name)
{
    int len = snprintf(out, PATH_MAX, "%s/" SECRET_KEY_DIRECTORY "/%s" SECRET_KEY_SUFFIX,
                       context->home, name);

    return len > 0 && len < PATH_MAX;
}

exit_status secret_key_check_name(const struct context *context, const char *name)
{
    if (garita_key_name_is_wellformed(name, strlen(name)))
        return EXIT_DONE;
    return report_failure(context,
                          &(struct failure){EXIT_USAGE, "key-name", NULL, 0,
                                            _("1 to 64 of a-z A-Z 0-9 . _ - and not beginning with "
                                              ". or -; the name, not the file")},
                          _("\"%s\" cannot be a key's name"), name);
}

/* Reads at most cap bytes of a file. Returns the number, or -1 and errno. */
static ssize_t read_file(uint8_t *out, size_t cap, const char *path)
{
    size_t len = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return -1;
    while (len < cap) {
        ssize_t got = read(fd, out + len, cap - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            int error = errno;
            close(fd);
            errno = error;
            return -1;
        }
        if (got == 0)
            break;
        len += (size_t)got;
    }
    close(fd);
    return (ssize_t)len;
}

static exit_status cannot_read(const struct context *context, const char *name, const char *path,
                               int error)
{
    if (error == ENOENT)
        return report_failure(context,
                              &(struct failure){EXIT_NOT_FOUND, "no-key", name, 0,
                                                _("\"garita key list\" shows the keys there are, "
                                                  "\"garita key new\" makes one")},
                              _("there is no such key in %s"), context->home);
    return report_failure(context, &(struct failure){EXIT_IO, "io", path, 0, NULL},
                          _("cannot be read: %s"), strerror(error));
}

exit_status secret_key_load(const struct context *context, struct secret_key *out, const char *name)
{
    char path[PATH_MAX];
    garita_key_file_info info;
    exit_status status = secret_key_check_name(context, name);

    *out = (struct secret_key){0};
    if (status != EXIT_DONE)
        return status;
    if (!secret_key_path(path, context, name))
        return cannot_read(context, name, name, ENAMETOOLONG);
    /* One byte more, so that a longer file is seen to be none of ours. */
    out->file = sodium_malloc(GARITA_KEY_FILE_SIZE + 1);
    if (out->file == NULL)
        return report_no_memory(context);

    ssize_t len = read_file(out->file, GARITA_KEY_FILE_SIZE + 1, path);
    if (len < 0)
        status = cannot_read(context, name, path, errno);
    else if (garita_key_file_peek(&info, out->file, (size_t)len) != GARITA_OK)
        status = report_failure(
            context,
            &(struct failure){EXIT_BAD_INPUT, garita_error_name(GARITA_E_KEY_FILE), path, 0, NULL},
            "%s", _(garita_error_text(GARITA_E_KEY_FILE)));
    if (status != EXIT_DONE) {
        secret_key_close(out);
        return status;
    }
    memcpy(out->name, name, strlen(name) + 1);
    memcpy(out->public_key, info.public_key, sizeof out->public_key);
    out->has_passphrase = info.has_passphrase;
    return EXIT_DONE;
}

static exit_status cannot_open(const struct context *context, const struct secret_key *key,
                               garita_error error)
{
    if (error == GARITA_E_NO_MEMORY)
        return report_no_memory(context);
    return report_failure(
        context,
        &(struct failure){error == GARITA_E_PASSPHRASE ? EXIT_NOT_ALLOWED : EXIT_BAD_INPUT,
                          garita_error_name(error), key->name, 0, NULL},
        "%s", _(garita_error_text(error)));
}

exit_status secret_key_unlock(const struct context *context, struct secret_key *key)
{
    struct passphrase passphrase = {0};
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
    exit_status status = EXIT_DONE;
    uint8_t *seed = sodium_malloc(GARITA_SEED_SIZE);
    uint8_t *secret_key = sodium_malloc(GARITA_SECRET_KEY_SIZE);

    if (seed == NULL || secret_key == NULL)
        status = report_no_memory(context);
    if (status == EXIT_DONE && key->has_passphrase)
        status = passphrase_get(context, &passphrase, key->name);
    if (status == EXIT_DONE) {
        garita_error error = garita_key_file_open(seed, key->file, GARITA_KEY_FILE_SIZE,
                                                  passphrase.at, passphrase.len);
        if (error != GARITA_OK)
            status = cannot_open(context, key, error);
    }
    if (status == EXIT_DONE) {
        garita_key_pair(secret_key, public_key, seed);
        sodium_mprotect_readonly(secret_key);
        key->secret_key = secret_key;
        secret_key = NULL;
    }
    passphrase_free(&passphrase);
    sodium_free(seed);
    sodium_free(secret_key);
    return status;
}

void secret_key_close(struct secret_key *key)
{
    sodium_free(key->file); /* wipes */
    sodium_free(key->secret_key);
    *key = (struct secret_key){0};
}
