/* part.h: offsets of a chunk, such as those that are revoked: a sorted array of runs, or a bitmap
 * where that is smaller. Private.
 *
 * What is allocated is counted in *memory, and never brings that above GARITA_SET_BYTES_MAX. After
 * GARITA_E_NO_MEMORY or _FULL a part is as it was.
 */
#ifndef GARITA_PART_H
#define GARITA_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/error.h>
#include <garita/limits.h>

/* Offsets first to last, both in it. */
typedef struct garita_run {
    uint16_t first;
    uint16_t last;
} garita_run;

/* Offset o is bit 0x80 >> (o mod 8) of byte o / 8, in memory as in a chunk. */
#define GARITA_BITMAP_SIZE (GARITA_CHUNK_SERIALS / 8)

/* All zero is a part of none. */
typedef struct garita_part {
    garita_run *runs; /* maximal ones, ascending; null if there is a bitmap */
    uint8_t *bitmap;
    uint32_t count;     /* offsets */
    uint32_t run_count; /* of a bitmap too */
    uint32_t run_cap;
} garita_part;

void garita_part_free(garita_part *part, size_t *memory); /* leaves a part of none */

/* Fills a part of none with what another has. */
garita_error garita_part_copy(garita_part *out, size_t *memory, const garita_part *part);

bool garita_part_has(const garita_part *part, uint32_t offset);

/* Adds an offset that is not in it, takes out one that is. */
garita_error garita_part_add(garita_part *part, size_t *memory, uint32_t offset);
garita_error garita_part_remove(garita_part *part, size_t *memory, uint32_t offset);

/* Makes room in a part of none for so many runs, to be appended in ascending order, none touching
 * the one before. */
garita_error garita_part_reserve(garita_part *part, size_t *memory, uint32_t run_count);
void garita_part_append(garita_part *part, garita_run run);

/* The next run in ascending order, if there is one. *at begins at 0, and is the function's own. */
bool garita_part_next_run(garita_run *out, uint32_t *at, const garita_part *part);

/* The same for a bitmap of GARITA_BITMAP_SIZE bytes. */
bool garita_bitmap_next_run(garita_run *out, uint32_t *at, const uint8_t *bitmap);

#endif
