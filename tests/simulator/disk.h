/* disk.h: a node's disk, simulated: a journal of records with checksums, durable up to the last
 * sync; and the garita_keeper that keeps things in it, so that the acceptance rules of every real
 * home run here too.
 *
 * A transaction counts when its last record is durable. Live state (trust set, book, an index of
 * what lies where) stands beside it in memory, and is made anew from the journal when the node
 * starts. What is pinned is no part of the journal.
 */
#ifndef SIM_DISK_H
#define SIM_DISK_H

#include <garita/giving.h>
#include <garita/intake.h>

#include "bytes.h"
#include "dice.h"

struct disk;

struct disk *disk_new(const struct bytes *pins, size_t pin_count);
void disk_free(struct disk *disk);
const garita_keeper *disk_keeper(struct disk *disk);

/* --- life --- */

/* Reads the journal, as a program does that starts: what is torn at its end is cut off, and a log
 * of which something rotted is damaged. */
void disk_mount(struct disk *disk);
/* The machine stops: all in memory is gone, and of what was not synced a part, the last of it torn.
 */
void disk_crash(struct disk *disk, struct dice *dice);
/* After so many more operations every one fails, as in a program that is being killed. */
void disk_crash_in(struct disk *disk, unsigned operations);
bool disk_is_dead(const struct disk *disk);

void disk_set_full(struct disk *disk, bool is_full);
/* Flips a bit in some record of a log that counts. False if there is none. */
bool disk_rot(struct disk *disk, struct dice *dice);
/* Where the journal stands now, and going back there: an image restored from a backup. */
size_t disk_image(const struct disk *disk);
void disk_restore(struct disk *disk, size_t image);

uint64_t disk_syncs(const struct disk *disk); /* that cost time */

/* A trust set that was replaced stays until nobody has a pointer to it any more: until this. */
void disk_release(struct disk *disk);

/* --- what is kept --- */

const garita_trust *disk_trust(const struct disk *disk);
garita_book *disk_book(const struct disk *disk);

/* A number that changes when anything but logs does. */
uint64_t disk_version(const struct disk *disk);

size_t disk_trusted_count(const struct disk *disk);
garita_bytes disk_trusted(const struct disk *disk, size_t index, garita_digest *digest);
size_t disk_carried_count(const struct disk *disk);
garita_bytes disk_carried(const struct disk *disk, size_t index, garita_carried *out);
/* A place beside it, null at first, for what a reader made of it: freed with it, by free(). */
void **disk_carried_note(struct disk *disk, size_t index);

/* Of one log; nothing where the log is not kept. */
garita_bytes disk_proof(const struct disk *disk, const garita_hash *log);
size_t disk_evidence_count(const struct disk *disk, const garita_hash *log);
garita_bytes disk_evidence(const struct disk *disk, const garita_hash *log, size_t index);

/* A log to give from; the context outlives it. False if it is not kept. */
struct disk_shelf {
    struct disk *disk;
    garita_hash log;
};
bool disk_shelf_of(garita_shelf *out, struct disk_shelf *context, struct disk *disk,
                   const garita_hash *log);

/* The newest time that the world has attested; never falls. INT64_MIN: none. */
int64_t disk_floor(const struct disk *disk);
void disk_raise_floor(struct disk *disk, int64_t floor);

/* Anything that a program wants to find again, unsynced: the last such bytes. */
void disk_remember(struct disk *disk, const uint8_t *bytes, size_t len);
garita_bytes disk_remembered(const struct disk *disk);

#endif
