#include "bits.h"

#include <assert.h>

enum { WINDOW = 64, GAMMA_ZEROS_MAX = 16 };

/* --- writing --- */

void garita_bit_writer_start(garita_bit_writer *w, uint8_t *bytes, size_t cap)
{
    *w = (garita_bit_writer){.bytes = bytes, .cap = cap};
}

void garita_bit_writer_flush(garita_bit_writer *w, unsigned count)
{
    if (w->overflowed || count / 8 > w->cap - w->len) {
        w->overflowed = true;
        w->pending_count -= count;
        return;
    }
    for (; count > 0; count -= 8) {
        w->pending_count -= 8;
        w->bytes[w->len++] = (uint8_t)(w->pending >> w->pending_count & 0xff);
    }
}

static void write_many(garita_bit_writer *w, uint32_t word, uint64_t count)
{
    for (; count >= 32; count -= 32)
        garita_write_bits(w, word, 32);
    if (count > 0)
        garita_write_bits(w, word >> (32 - count), (unsigned)count);
}

void garita_write_zeros(garita_bit_writer *w, uint64_t count)
{
    write_many(w, 0, count);
}

void garita_write_ones(garita_bit_writer *w, uint64_t count)
{
    write_many(w, UINT32_MAX, count);
}

void garita_write_gamma(garita_bit_writer *w, uint32_t value)
{
    unsigned length = 32 - (unsigned)__builtin_clz(value);
    garita_write_bits(w, 0, length - 1);
    garita_write_bits(w, value, length);
}

bool garita_bit_writer_end(garita_bit_writer *w, size_t *len)
{
    garita_write_bits(w, 0, (8 - w->pending_count % 8) % 8);
    garita_bit_writer_flush(w, w->pending_count);
    *len = w->len;
    return !w->overflowed;
}

/* --- reading --- */

void garita_bit_reader_start(garita_bit_reader *r, const uint8_t *bytes, size_t len)
{
    *r = (garita_bit_reader){.bytes = bytes, .len = len};
}

size_t garita_bit_reader_at(const garita_bit_reader *r)
{
    return r->at - (r->window_count + 7) / 8;
}

static void fill(garita_bit_reader *r)
{
    unsigned more = (WINDOW - r->window_count) / 8;
    if (r->len - r->at >= WINDOW / 8 && more > 0) { /* many at once */
        const uint8_t *b = r->bytes + r->at;
        uint64_t next = (uint64_t)b[0] << 56 | (uint64_t)b[1] << 48 | (uint64_t)b[2] << 40 |
                        (uint64_t)b[3] << 32 | (uint64_t)b[4] << 24 | (uint64_t)b[5] << 16 |
                        (uint64_t)b[6] << 8 | b[7];
        next &= UINT64_MAX << (WINDOW - 8 * more);
        r->window |= next >> r->window_count;
        r->window_count += 8 * more;
        r->at += more;
    }
    while (r->window_count <= WINDOW - 8 && r->at < r->len) {
        r->window |= (uint64_t)r->bytes[r->at++] << (WINDOW - 8 - r->window_count);
        r->window_count += 8;
    }
}

static void skip(garita_bit_reader *r, unsigned count)
{
    r->window = count < WINDOW ? r->window << count : 0;
    r->window_count -= count;
}

/* The next count bits, at most 32. */
static bool take(garita_bit_reader *r, uint32_t *out, unsigned count)
{
    *out = 0;
    if (r->window_count < count)
        fill(r);
    if (r->window_count < count)
        return false;
    if (count > 0)
        *out = (uint32_t)(r->window >> (WINDOW - count));
    skip(r, count);
    return true;
}

/* The length of the run of one bits here, and takes it with the zero behind it. */
static bool take_ones(garita_bit_reader *r, uint64_t *out)
{
    *out = 0;
    for (;;) {
        uint64_t zeros = ~r->window;
        unsigned ones = zeros ? (unsigned)__builtin_clzll(zeros) : WINDOW;
        *out += ones;
        if (ones < r->window_count) {
            skip(r, ones + 1);
            return true;
        }
        skip(r, ones);
        fill(r);
        if (r->window_count == 0)
            return false;
    }
}

garita_error garita_read_long_rice(garita_bit_reader *r, uint64_t *out, unsigned parameter)
{
    uint32_t rest;
    *out = 0;
    fill(r);
    if (!take_ones(r, out) || !take(r, &rest, parameter))
        return GARITA_E_TRUNCATED;
    *out = *out << parameter | rest;
    return GARITA_OK;
}

garita_error garita_read_gamma(garita_bit_reader *r, uint32_t *out)
{
    uint32_t bit, rest;
    *out = 0;
    for (unsigned zeros = 0; zeros <= GAMMA_ZEROS_MAX; zeros++) {
        if (!take(r, &bit, 1))
            return GARITA_E_TRUNCATED;
        if (bit == 0)
            continue;
        if (!take(r, &rest, zeros))
            return GARITA_E_TRUNCATED;
        *out = UINT32_C(1) << zeros | rest;
        return GARITA_OK;
    }
    return GARITA_E_RANGE;
}

garita_error garita_bit_reader_end(const garita_bit_reader *r, size_t *len)
{
    unsigned padding = r->window_count % 8;
    *len = garita_bit_reader_at(r);
    if (padding > 0) {
        if (r->window >> (WINDOW - padding) != 0)
            return GARITA_E_NOT_MINIMAL;
        (*len)++;
    }
    return GARITA_OK;
}
