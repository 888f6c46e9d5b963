/* cli/secret_key.h: a key of the home, HOME/keys/NAME.key. */
#ifndef GARITA_CLI_SECRET_KEY_H
#define GARITA_CLI_SECRET_KEY_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include <garita/key.h>

#include "context.h"
#include "exit_status.h"

#define SECRET_KEY_DIRECTORY "keys"
#define SECRET_KEY_SUFFIX ".key"

/* Zero it before first use. The file is read once, when it is loaded; it is opened, with the
 * passphrase, when something is to be signed, after all that could be refused has been. */
struct secret_key {
    char name[GARITA_KEY_NAME_MAX + 1];
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE]; /* a claim of the file until it is unlocked */
    bool has_passphrase;
    uint8_t *file;       /* GARITA_KEY_FILE_SIZE bytes, from sodium_malloc */
    uint8_t *secret_key; /* GARITA_SECRET_KEY_SIZE bytes, from sodium_malloc; null while locked */
};

/* Where the key of this name rests. False if the path is too long. */
bool secret_key_path(char out[PATH_MAX], const struct context *context, const char *name);

/* Refuses a name that is not well-formed: EXIT_DONE, or EXIT_USAGE after a report. */
exit_status secret_key_check_name(const struct context *context, const char *name);

/* Reads the key's file. Returns EXIT_DONE, or after a report, with nothing to close, EXIT_USAGE (no
 * name for a key), EXIT_NOT_FOUND, EXIT_BAD_INPUT (no key file) or EXIT_IO. */
exit_status secret_key_load(const struct context *context, struct secret_key *out,
                            const char *name);

/* Opens it, with the passphrase if it has one. EXIT_NOT_ALLOWED if that is wrong, or as
 * passphrase_get. The key stays loaded. */
exit_status secret_key_unlock(const struct context *context, struct secret_key *key);

void secret_key_close(struct secret_key *key); /* wipes; an empty one is allowed */

#endif
