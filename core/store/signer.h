/* core/store/signer.h: an authority that this home signs for, and the serials that it assigns. */
#ifndef GARITA_STORE_SIGNER_H
#define GARITA_STORE_SIGNER_H

#include "internal.h"

struct signer {
    int64_t number;
    int64_t next_serial; /* 1 to GARITA_SERIAL_MAX + 1: nothing at or above it was assigned */
};

/* Finds the signer with this first key; ABSENT if it never signed here. CORRUPT if the register
 * holds a serial that is not below the next one. */
garita_store_error signer_find(garita_store *store, struct signer *out,
                               const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]);

#endif
