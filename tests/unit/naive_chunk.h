/* naive_chunk.h: chunks by FORMAT.md, section 12, alone: every mode is written out bit by bit, and
 * the shortest taken.
 */
#ifndef GARITA_TESTS_NAIVE_CHUNK_H
#define GARITA_TESTS_NAIVE_CHUNK_H

#include <stddef.h>
#include <stdint.h>

#include <garita/limits.h>

enum { NAIVE_RICE, NAIVE_RUNS, NAIVE_BITMAP, NAIVE_MODES };

/* A part of a chunk in all its modes: bits as a byte each, 0 or 1, padded to whole bytes. */
typedef struct naive_part {
    uint32_t count;
    size_t bits_len[NAIVE_MODES];
    uint8_t bits[NAIVE_MODES][256 * 1024];
    unsigned best;
} naive_part;

/* offsets ascend. */
void naive_part_make(naive_part *out, const uint16_t *offsets, size_t count);

/* Writes a part in a mode, the right one or not. Returns its length. */
size_t naive_part_write(uint8_t *out, const naive_part *part, unsigned mode);

/* A chunk of two parts: nothing if both are of none. */
size_t naive_chunk(uint8_t out[GARITA_CHUNK_BYTES_MAX], const uint16_t *revoked,
                   size_t revoked_count, const uint16_t *suspended, size_t suspended_count);

#endif
