/* garita/set.h: the status set: which serials of an authority are revoked or suspended, now
 * (core/FORMAT.md, "The status set").
 *
 * Kept in chunks of 65,536 serials; only chunks with something in them take memory: at most 8 KiB
 * for each of its two parts, less where few serials or few runs of them are in it. Many threads may
 * read a set that nobody changes.
 */
#ifndef GARITA_SET_H
#define GARITA_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/batch.h>
#include <garita/merkle.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct garita_set garita_set;

garita_error garita_set_new(garita_set **out); /* GARITA_E_NO_MEMORY */
void garita_set_free(garita_set *set);         /* null is allowed */

/* A set of its own that holds what this one holds, its marks of what changed among it.
 * GARITA_E_NO_MEMORY, and *out is null. */
garita_error garita_set_copy(garita_set **out, const garita_set *set);

/* serial 0 is active. Allocates nothing. */
garita_standing garita_set_get(const garita_set *set, uint32_t serial);

/* Applies one event, or a batch of them in order: what is revoked stays revoked whatever the event
 * says. No serial is 0. GARITA_E_NO_MEMORY; GARITA_E_FULL if the set would take more than
 * GARITA_SET_BYTES_MAX of memory. After an error some events are applied and some are not (what was
 * revoked stays so): free the set. */
garita_error garita_set_put(garita_set *set, uint32_t serial, garita_standing standing);
garita_error garita_set_apply(garita_set *set, const garita_event *events, size_t event_count);

/* The set root. Only what changed since the last call is computed anew, so the set is not const;
 * threads that read meanwhile are not disturbed by it, threads that call it too are. */
void garita_set_root(garita_hash *out, garita_set *set);

/* How many serials are revoked, suspended; bytes of memory that the set takes, itself included, as
 * they were asked for. */
uint64_t garita_set_revoked(const garita_set *set);
uint64_t garita_set_suspended(const garita_set *set);
size_t garita_set_memory(const garita_set *set);

/* --- chunks: serials index * 65,536 + 1 to (index + 1) * 65,536 --- */

/* The first chunk with something in it, at or behind from (0 to 65,536); -1 if there is none. */
int32_t garita_set_next_chunk(const garita_set *set, uint32_t from);

/* Whether the chunk was changed since the last garita_set_clean: what a store has to write. A chunk
 * never becomes empty again once something in it is revoked; reinstating the last that is suspended
 * empties it, and then garita_set_chunk gives 0 bytes. next_changed as next_chunk, but for changed
 * chunks, empty ones among them. */
int32_t garita_set_next_changed(const garita_set *set, uint32_t from);
void garita_set_clean(garita_set *set);

/* Writes the chunk in its one canonical form: *out_len bytes to out, which has room for
 * GARITA_CHUNK_BYTES_MAX; 0 for an empty chunk. */
void garita_set_chunk(uint8_t *out, size_t *out_len, const garita_set *set, uint32_t index);

/* Reads a chunk, of a snapshot or a store, into a set that has nothing in that chunk. Takes the
 * canonical form alone, never more memory than a chunk may, and leaves the set as it was on error:
 * TRUNCATED, TRAILING, TOO_LONG, RANGE (a serial beyond the chunk, or 2^32; more or fewer of them
 * than are counted; both revoked and suspended), NOT_MINIMAL, EMPTY (no bytes, or nothing in it),
 * ALREADY_KNOWN (the set has that chunk), FULL, NO_MEMORY. The chunk counts as changed. */
garita_error garita_set_put_chunk(garita_set *set, uint32_t index, const uint8_t *bytes,
                                  size_t bytes_len);

/* Whether all that is revoked in part is revoked in whole. */
bool garita_set_covers(const garita_set *whole, const garita_set *part);

/* Visits the revoked serials in ascending order until visit returns false. */
typedef bool (*garita_set_visit)(void *context, uint32_t serial);
void garita_set_each_revoked(const garita_set *set, garita_set_visit visit, void *context);

#ifdef __cplusplus
}
#endif

#endif
