/* leb128.h: unsigned numbers in seven bits a byte, the least significant first; all bytes but the
 * last have bit 0x80 (FORMAT.md, sections 11, 12, 15). Private.
 */
#ifndef GARITA_LEB128_H
#define GARITA_LEB128_H

#include <stddef.h>
#include <stdint.h>

#include <garita/error.h>

/* Room for any number. */
#define GARITA_LEB128_MAX 10

/* Writes value in its shortest form. Returns how many bytes that takes; out may be null, to ask. */
size_t garita_leb128_write(uint8_t out[GARITA_LEB128_MAX], uint64_t value);

/* Reads a number of at most max, and how many bytes it takes. TRUNCATED; RANGE: more bytes than max
 * takes; NOT_MINIMAL: more than the number takes; RANGE: above max. On error both are 0. */
garita_error garita_leb128_read(uint64_t *out, size_t *len, uint64_t max, const uint8_t *bytes,
                                size_t bytes_len);

#endif
