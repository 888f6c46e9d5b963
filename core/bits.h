/* bits.h: numbers of a few bits each, the most significant bit first (FORMAT.md, sections 11 and
 * 12). Private. Neither side goes beyond the bytes that it was given.
 */
#ifndef GARITA_BITS_H
#define GARITA_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/error.h>

/* How many bits the Rice code of value takes, how many the Elias gamma code of value, which is at
 * least 1. */
static inline uint64_t garita_rice_bits(uint32_t value, unsigned parameter)
{
    return (uint64_t)(value >> parameter) + 1 + parameter;
}

static inline unsigned garita_gamma_bits(uint32_t value)
{
    return 63 - 2 * (unsigned)__builtin_clz(value);
}

typedef struct garita_bit_writer {
    uint8_t *bytes;
    size_t cap;
    size_t len;
    uint64_t pending; /* its lowest bits, fewer than 32 between calls, are not in bytes yet */
    unsigned pending_count;
    bool overflowed;
} garita_bit_writer;

void garita_bit_writer_start(garita_bit_writer *w, uint8_t *bytes, size_t cap);

/* Moves the first count pending bits, a whole number of bytes, into bytes. */
void garita_bit_writer_flush(garita_bit_writer *w, unsigned count);

/* The lowest count bits of value, at most 32; above them value is zero. */
static inline void garita_write_bits(garita_bit_writer *w, uint64_t value, unsigned count)
{
    w->pending = w->pending << count | value;
    w->pending_count += count;
    if (w->pending_count >= 32)
        garita_bit_writer_flush(w, 32);
}

void garita_write_zeros(garita_bit_writer *w, uint64_t count);
void garita_write_ones(garita_bit_writer *w, uint64_t count);

/* parameter is at most 31. */
static inline void garita_write_rice(garita_bit_writer *w, uint32_t value, unsigned parameter)
{
    uint32_t ones = value >> parameter, rest = value & ((UINT32_C(1) << parameter) - 1);
    unsigned rest_count = parameter + 1; /* with the zero before it */
    if (ones <= 32 - rest_count) {
        garita_write_bits(w, ((UINT64_C(1) << ones) - 1) << rest_count | rest, ones + rest_count);
    } else {
        garita_write_ones(w, ones);
        garita_write_bits(w, rest, rest_count);
    }
}

void garita_write_gamma(garita_bit_writer *w, uint32_t value);

/* Fills the last byte with zero bits. Whether all of it fitted, and then its bytes. */
bool garita_bit_writer_end(garita_bit_writer *w, size_t *len);

typedef struct garita_bit_reader {
    const uint8_t *bytes;
    size_t len;
    size_t at;       /* the next byte that goes into window */
    uint64_t window; /* the next bits, from the top; zero behind them */
    unsigned window_count;
} garita_bit_reader;

void garita_bit_reader_start(garita_bit_reader *r, const uint8_t *bytes, size_t len);

/* The byte in which the next bit is. */
size_t garita_bit_reader_at(const garita_bit_reader *r);

/* The rest of the last byte is to be zero bits: NOT_MINIMAL. *len is how many bytes were read. */
garita_error garita_bit_reader_end(const garita_bit_reader *r, size_t *len);

/* These read one number. TRUNCATED if it does not end; then the reader is of no more use. */

/* The gamma code of a value above 2^17 - 1 is RANGE. */
garita_error garita_read_gamma(garita_bit_reader *r, uint32_t *out);

/* A Rice code that is not whole in the window. */
garita_error garita_read_long_rice(garita_bit_reader *r, uint64_t *out, unsigned parameter);

/* parameter is at most 31. A Rice code is bounded by the bytes alone: its value may be anything
 * below 2^63 if len is below 2^28. */
static inline garita_error garita_read_rice(garita_bit_reader *r, uint64_t *out, unsigned parameter)
{
    unsigned ones = ~r->window ? (unsigned)__builtin_clzll(~r->window) : 64;
    unsigned count = ones + 1 + parameter;
    if (count >= 64 || count > r->window_count)
        return garita_read_long_rice(r, out, parameter);
    uint64_t behind = r->window << (ones + 1);
    *out = (uint64_t)ones << parameter | behind >> 1 >> (63 - parameter);
    r->window <<= count;
    r->window_count -= count;
    return GARITA_OK;
}

#endif
