/* node/key.h: the node's key, opened: who it is, and what it does Noise with. */
#ifndef GARITA_NODE_KEY_H
#define GARITA_NODE_KEY_H

#include <stdint.h>

#include <garita/key.h>

#include "fail.h"

/* The Ed25519 secret is not among it: a node signs nothing. */
struct key {
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
    uint8_t noise_public[GARITA_NOISE_KEY_SIZE];
    uint8_t *noise_secret; /* GARITA_NOISE_KEY_SIZE bytes of guarded memory */
};

/* Opens HOME/keys/NAME.key, with a passphrase if it has one (node/passphrase.h). name is
 * well-formed. Returns EXIT_DONE, or another status after a message; key_free either way. */
enum exit_status key_open(struct key *out, const char *home, const char *name,
                          const char *passphrase_file);
void key_free(struct key *key); /* wipes */

#endif
