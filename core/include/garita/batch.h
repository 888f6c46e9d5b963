/* garita/batch.h: what a status log is made of (core/FORMAT.md, "Batches").
 *
 * A batch is one leaf of the log: a time, and who was suspended, reinstated or revoked, and why. It
 * is not signed by itself; a head commits to it.
 */
#ifndef GARITA_BATCH_H
#define GARITA_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include <garita/error.h>
#include <garita/limits.h>
#include <garita/statement.h>

#ifdef __cplusplus
extern "C" {
#endif

/* active and suspended may follow each other; revoked is final. */
typedef enum garita_standing {
    GARITA_STANDING_ACTIVE = 0,
    GARITA_STANDING_SUSPENDED = 1,
    GARITA_STANDING_REVOKED = 2
} garita_standing;

const char *garita_standing_name(garita_standing standing); /* "active", "suspended", "revoked" */

/* Why. X(constant, code, name) */
#define GARITA_CAUSES(X)                                                                           \
    X(UNSPECIFIED, 0, "unspecified")                                                               \
    X(LOST, 1, "lost")                                                                             \
    X(STOLEN, 2, "stolen")                                                                         \
    X(WITHDRAWN, 3, "withdrawn")                                                                   \
    X(DECEASED, 4, "deceased")                                                                     \
    X(FRAUD, 5, "fraud")                                                                           \
    X(ERROR, 6, "error")                                                                           \
    X(KEY_COMPROMISE, 7, "key-compromise")

typedef enum garita_cause {
#define GARITA_CAUSE_ENUM(constant, code, name) GARITA_CAUSE_##constant = (code),
    GARITA_CAUSES(GARITA_CAUSE_ENUM)
#undef GARITA_CAUSE_ENUM
} garita_cause;

const char *garita_cause_name(unsigned cause);               /* null if it has none */
int garita_cause_by_name(const char *name, size_t name_len); /* -1 if there is none */

typedef struct garita_event {
    uint32_t serial;
    uint8_t standing; /* garita_standing: what it is from now on */
    uint8_t cause;    /* 0 to GARITA_CAUSE_MAX; a reader takes causes that it has no name for */
} garita_event;

/* Writes a batch. events: none to GARITA_BATCH_EVENTS_MAX (a batch of none only moves the log on),
 * in any order, each serial at most once; they are sorted in place, by standing, cause and serial.
 * time: moment, GARITA_BATCH_TIME_MIN to _MAX. out_cap of GARITA_BATCH_BYTES_MAX is always enough.
 * Errors: RANGE (time, a serial of 0, standing or cause), SERIAL_TAKEN (a serial that occurs
 * twice), TOO_LONG (more events than a batch may have: make two), NO_SPACE. */
garita_error garita_batch_encode(uint8_t *out, size_t *out_len, size_t out_cap, int64_t time,
                                 garita_event *events, size_t event_count);

/* Reads a batch, strictly: every batch has exactly one encoding. *event_count events go to events,
 * which has room for GARITA_BATCH_EVENTS_MAX, sorted by serial, each serial once; none on error.
 * Errors, with the place in *fault (may be null; its field is time, group, code, parameter, count,
 * serial or ""): TOO_LONG, TRUNCATED, RANGE, KEY_ORDER (groups not ascending), NOT_MINIMAL (another
 * parameter or a longer count than needed, padding that is not zero), EMPTY (a group of none),
 * SERIAL_TAKEN (at the later of its groups). */
garita_error garita_batch_decode(int64_t *time, garita_event *events, size_t *event_count,
                                 garita_fault *fault, const uint8_t *bytes, size_t bytes_len);

#ifdef __cplusplus
}
#endif

#endif
