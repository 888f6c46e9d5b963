/* cli/secret_key_make.h: a new key pair, in a file of the home. */
#ifndef GARITA_CLI_SECRET_KEY_MAKE_H
#define GARITA_CLI_SECRET_KEY_MAKE_H

#include <stdint.h>

#include <garita/key.h>

#include "context.h"
#include "exit_status.h"
#include "passphrase.h"

/* Makes the home's folder of keys if it is not there, and tells whether a key of this well-formed
 * name may be made: EXIT_DONE, or after a report EXIT_EXISTS or EXIT_IO. */
exit_status secret_key_make_ready(const struct context *context, const char *name);

/* Makes a key pair and keeps the secret half as HOME/keys/NAME.key, mode 0600, under the passphrase
 * (an empty one: in the clear), and the public one as HOME/keys/NAME.pub. EXIT_DONE, or as above.
 */
exit_status secret_key_make(const struct context *context,
                            uint8_t public_key[GARITA_PUBLIC_KEY_SIZE], const char *name,
                            const struct passphrase *passphrase);

#endif
