/* cli/own_keys.h: the authorities that a key of this home is of, or may become. */
#ifndef GARITA_CLI_OWN_KEYS_H
#define GARITA_CLI_OWN_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/trust.h>

#include "context.h"
#include "exit_status.h"

/* Zero it before first use. */
struct own_keys {
    uint8_t (*first_keys)[GARITA_PUBLIC_KEY_SIZE]; /* may name one twice */
    size_t count, cap;
};

/* For each key file of the home: the first keys of the authorities whose key it is, by the records
 * of the trust set, or the key itself. A key file that cannot be read is none: doctor speaks of it.
 * Returns EXIT_DONE, or another status after a report. */
exit_status own_keys_find(const struct context *context, struct own_keys *out,
                          const garita_trust *trust);
void own_keys_free(struct own_keys *keys); /* an empty one is allowed */

bool own_keys_has(const struct own_keys *keys, const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]);

#endif
