#include "public_key.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "input_file.h"
#include "report.h"

bool public_key_path(char out[PATH_MAX], const struct context *context, const char *name)
{
    int len = snprintf(out, PATH_MAX, "%s/" SECRET_KEY_DIRECTORY "/%s" PUBLIC_KEY_SUFFIX,
                       context->home, name);

    return len > 0 && len < PATH_MAX;
}

/* Reads it with this hint, where it is no public key. */
static exit_status read_file(const struct context *context, garita_public_key_file *out,
                             const char *path, const char *hint)
{
    struct input_file file = {0};
    exit_status status = input_file_read(context, &file, path, GARITA_PUBLIC_KEY_FILE_MAX);

    if (status != EXIT_DONE)
        return status;
    garita_error error = garita_public_key_file_read(out, (const char *)file.bytes, file.len);
    input_file_free(&file);
    if (error == GARITA_OK)
        return EXIT_DONE;
    return report_failure(
        context, &(struct failure){EXIT_BAD_INPUT, garita_error_name(error), path, 0, hint}, "%s",
        _("not a public key"));
}

exit_status public_key_read(const struct context *context, garita_public_key_file *out,
                            const char *path)
{
    return read_file(context, out, path,
                     _("a public key is the text that \"garita key export\" writes"));
}

static exit_status derive(const struct context *context, garita_public_key_file *out,
                          struct secret_key *key)
{
    exit_status status = secret_key_unlock(context, key);

    if (status != EXIT_DONE)
        return status;
    /* libsodium keeps the seed in front of the public key */
    garita_key_noise(NULL, out->noise_key, key->secret_key);
    out->has_noise_key = true;
    return EXIT_DONE;
}

exit_status public_key_of(const struct context *context, garita_public_key_file *out,
                          struct secret_key *key)
{
    char path[PATH_MAX];
    const char *hint = _("move this file away: the public key is then read from the secret one");

    *out = (garita_public_key_file){0};
    memcpy(out->public_key, key->public_key, sizeof out->public_key);
    memcpy(out->name, key->name, sizeof out->name);
    if (!public_key_path(path, context, key->name) || access(path, F_OK) != 0)
        return derive(context, out, key);

    garita_public_key_file file;
    exit_status status = read_file(context, &file, path, hint);
    if (status != EXIT_DONE)
        return status;
    if (!file.has_noise_key ||
        memcmp(file.public_key, key->public_key, sizeof file.public_key) != 0)
        return report_failure(
            context,
            &(struct failure){EXIT_BAD_INPUT, garita_error_name(GARITA_E_KEY_FILE), path, 0, hint},
            _("not the public half of the key \"%s\""), key->name);
    memcpy(out->noise_key, file.noise_key, sizeof out->noise_key);
    out->has_noise_key = true;
    return EXIT_DONE;
}
