/* cli/same_key.h: an authority that is certified anew has two statements for one key; to withdraw
 * one of them alone leaves it in force. */
#ifndef GARITA_CLI_SAME_KEY_H
#define GARITA_CLI_SAME_KEY_H

#include <stdint.h>

#include <garita/store.h>

#include "context.h"
#include "exit_status.h"
#include "serials.h"

/* Finds the authority statements in the register of the authority with this first key that name the
 * same public key as one of those with these serials (sorted), and are not among them. Returns
 * EXIT_DONE, or another status after a report. */
exit_status same_key_find(const struct context *context, struct serials *out, garita_store *store,
                          const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                          const struct serials *serials);

#endif
