/* core/store/generation.h: the file of the counter that a home keeps outside of itself, see
 * garita/store_signing.h. */
#ifndef GARITA_STORE_GENERATION_H
#define GARITA_STORE_GENERATION_H

#include <garita/store.h>

/* Numbers end long before they could wrap. */
#define GENERATION_MAX (INT64_C(1) << 62)

typedef enum generation_kind {
    GENERATION_ABSENT,
    GENERATION_SOUND,
    GENERATION_GARBLED /* something is there, and it is no counter */
} generation_kind;

struct generation {
    generation_kind kind;
    int64_t done; /* the number of the last act that is known to be complete */
    int64_t next; /* of an act that was begun; done if there is none */
};

/* The counter of a home, in its folder, locked against every other process that signs in this home
 * or in a copy of it. */
struct generation_lock;

/* Makes the folder where it is not there, and takes the lock, waiting as long as for the home's
 * own. *out is null on failure. LOCKED, COUNTER, NO_MEMORY. */
garita_store_error generation_lock(struct generation_lock **out, char *detail, const char *state,
                                   const uint8_t home_id[GARITA_HOME_ID_SIZE]);
void generation_unlock(struct generation_lock *lock); /* null is allowed */

/* Reads the counter, which while it is not locked may be that of an act under way. COUNTER if the
 * system does not let it be read. */
garita_store_error generation_read(struct generation *out, char *detail, const char *state,
                                   const uint8_t home_id[GARITA_HOME_ID_SIZE]);

/* Writes it, whole or not at all, and to the disk. COUNTER. */
garita_store_error generation_write(const struct generation_lock *lock, char *detail, int64_t done,
                                    int64_t next);

#endif
