/* node/passphrase.h: the passphrase of the node's key, from a file or the terminal. */
#ifndef GARITA_NODE_PASSPHRASE_H
#define GARITA_NODE_PASSPHRASE_H

#include <stddef.h>

#include "fail.h"

/* Longer than anything that somebody types, shorter than a file given by mistake. */
#define PASSPHRASE_BYTES_MAX 1024

/* The first line of file, "-" being standard input; asked for on the terminal, without echo, if
 * file is null. *out is guarded memory, for sodium_free. Returns EXIT_DONE, or another status after
 * a message, with nothing to free. */
enum exit_status passphrase_get(char **out, size_t *out_len, const char *file,
                                const char *key_name);

#endif
