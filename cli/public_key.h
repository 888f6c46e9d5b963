/* cli/public_key.h: the public half of a key: HOME/keys/NAME.pub beside the secret one, and the
 * files that people hand over.
 */
#ifndef GARITA_CLI_PUBLIC_KEY_H
#define GARITA_CLI_PUBLIC_KEY_H

#include <limits.h>

#include <garita/key.h>

#include "context.h"
#include "exit_status.h"
#include "secret_key.h"

#define PUBLIC_KEY_SUFFIX ".pub"
#define PUBLIC_KEY_MODE ((mode_t)0644)

/* Where it rests in the home. False if the path is too long. */
bool public_key_path(char out[PATH_MAX], const struct context *context, const char *name);

/* Reads a file that somebody handed over; "-" is standard input. EXIT_BAD_INPUT after a report for
 * one that is no public key, and as input_file_read. */
exit_status public_key_read(const struct context *context, garita_public_key_file *out,
                            const char *path);

/* The public half of a key that is loaded: from the file beside it, of which the Ed25519 key must
 * be the one that the secret file names; where there is none, as in a home of an earlier version,
 * by unlocking the key. Returns as secret_key_unlock, and EXIT_BAD_INPUT after a report for a file
 * that is no public key, or another's. */
exit_status public_key_of(const struct context *context, garita_public_key_file *out,
                          struct secret_key *key);

#endif
