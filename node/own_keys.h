/* node/own_keys.h: the authorities that a key of this home is of, or may become: their heads, come
 * back from the world, end the doubts of a restored home (rule of trust 9).
 */
#ifndef GARITA_NODE_OWN_KEYS_H
#define GARITA_NODE_OWN_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/trust.h>

/* Zero it before first use. */
struct own_keys {
    uint8_t (*first_keys)[GARITA_PUBLIC_KEY_SIZE]; /* may name one twice */
    size_t count, cap;
};

/* Finds them anew, by the key files that lie in the home and the records of the trust set. False if
 * there is no memory, and then there are none. */
bool own_keys_find(struct own_keys *out, const char *home, const garita_trust *trust);
void own_keys_free(struct own_keys *keys);

bool own_keys_has(const struct own_keys *keys, const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]);

#endif
