/* cli/passphrase.h: a passphrase, from a file or the terminal, in guarded memory. */
#ifndef GARITA_CLI_PASSPHRASE_H
#define GARITA_CLI_PASSPHRASE_H

#include <stddef.h>

#include "context.h"
#include "exit_status.h"

/* Longer than anything that somebody types, shorter than a file given by mistake. */
#define PASSPHRASE_BYTES_MAX 1024

/* Zero it before first use. */
struct passphrase {
    char *at; /* from sodium_malloc; not terminated by a zero */
    size_t len;
};

/* The passphrase that opens the key of this name: the first line of --passphrase-file ("-" is
 * standard input), its line end stripped; else asked for on the terminal, without echo. Returns
 * EXIT_DONE, or after a report EXIT_NOT_ALLOWED (no terminal), EXIT_NOT_FOUND (no such file),
 * EXIT_BAD_INPUT (empty, or too long) or EXIT_IO, with nothing to free. */
exit_status passphrase_get(const struct context *context, struct passphrase *out,
                           const char *key_name);

/* The passphrase for a new key: on the terminal it is asked for twice, and EXIT_BAD_INPUT if the
 * two differ. */
exit_status passphrase_choose(const struct context *context, struct passphrase *out,
                              const char *key_name);

void passphrase_free(struct passphrase *passphrase); /* wipes; an empty one is allowed */

#endif
