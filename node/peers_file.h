/* node/peers_file.h: the addresses that an operator configured: those of the command line, then
 * those of HOME/peers, one HOST:PORT a line, where empty lines and what follows a # do not count.
 */
#ifndef GARITA_NODE_PEERS_FILE_H
#define GARITA_NODE_PEERS_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <garita/limits.h>

#include "engine/bounds.h"

/* Zero it before first use. */
struct peers {
    const char *at[ENGINE_CONFIGURED_MAX]; /* into texts, or the command line's */
    size_t count;
    char texts[ENGINE_CONFIGURED_MAX][GARITA_NODE_ADDRESS_BYTES_MAX + 1];
};

/* What is wrong with the file. */
struct peers_fault {
    size_t line;      /* 0: of the file as a whole */
    const char *text; /* in English */
};

/* Reads the file, which may be missing. False with *fault, and *out is then as it was. */
bool peers_read(struct peers *out, struct peers_fault *fault, int home_fd, const char *const *given,
                size_t given_count);

#endif
