#include "naive_chunk.h"

#include <string.h>

#include "world.h"

static void push(naive_part *p, unsigned mode, unsigned bit)
{
    WORLD_REQUIRE(p->bits_len[mode] < sizeof p->bits[mode]);
    p->bits[mode][p->bits_len[mode]++] = (uint8_t)bit;
}

static void push_binary(naive_part *p, unsigned mode, uint32_t value, unsigned count)
{
    while (count-- > 0)
        push(p, mode, value >> count & 1);
}

static unsigned parameter(size_t count)
{
    static const struct {
        size_t count;
        unsigned b;
    } table[] = {{25033, 0}, {14015, 1}, {7429, 2}, {3826, 3}, {1942, 4}, {979, 5},
                 {491, 6},   {246, 7},   {124, 8},  {62, 9},   {31, 10},  {16, 11},
                 {8, 12},    {4, 13},    {2, 14},   {1, 15}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (count >= table[i].count)
            return table[i].b;
    return 0;
}

static void push_gamma(naive_part *p, uint32_t value)
{
    unsigned length = 1;
    while (value >> length != 0)
        length++;
    push_binary(p, NAIVE_RUNS, 0, length - 1);
    push_binary(p, NAIVE_RUNS, value, length);
}

void naive_part_make(naive_part *p, const uint16_t *offsets, size_t count)
{
    unsigned b = parameter(count);
    p->count = (uint32_t)count;
    memset(p->bits_len, 0, sizeof p->bits_len);

    for (size_t i = 0; i < count; i++) {
        uint32_t left_out = offsets[i] - (i > 0 ? offsets[i - 1] + 1u : 0);
        for (uint32_t ones = left_out >> b; ones > 0; ones--)
            push(p, NAIVE_RICE, 1);
        push(p, NAIVE_RICE, 0);
        push_binary(p, NAIVE_RICE, left_out, b);
    }
    for (size_t i = 0, n; i < count; i += n) {
        uint32_t left_out = offsets[i] - (i > 0 ? offsets[i - 1] + 1u : 0);
        for (n = 1; i + n < count && offsets[i + n] == offsets[i] + n;)
            n++;
        push_gamma(p, i == 0 ? left_out + 1 : left_out);
        push_gamma(p, (uint32_t)n);
    }
    if (count > 0) {
        p->bits_len[NAIVE_BITMAP] = GARITA_CHUNK_SERIALS;
        memset(p->bits[NAIVE_BITMAP], 0, GARITA_CHUNK_SERIALS);
        for (size_t i = 0; i < count; i++)
            p->bits[NAIVE_BITMAP][offsets[i]] = 1;
    }
    p->best = NAIVE_RICE;
    for (unsigned mode = 0; mode < NAIVE_MODES; mode++) {
        while (p->bits_len[mode] % 8 != 0)
            push(p, mode, 0);
        if (p->bits_len[mode] < p->bits_len[p->best])
            p->best = mode;
    }
}

size_t naive_part_write(uint8_t *out, const naive_part *p, unsigned mode)
{
    uint32_t header = p->count * 4 + mode;
    size_t len = 0;
    for (; header >= 128; header /= 128)
        out[len++] = (uint8_t)(128 + header % 128);
    out[len++] = (uint8_t)header;
    for (size_t i = 0; i < p->bits_len[mode]; i += 8) {
        unsigned byte = 0;
        for (size_t j = 0; j < 8; j++)
            byte = 2 * byte + p->bits[mode][i + j];
        out[len++] = (uint8_t)byte;
    }
    return len;
}

size_t naive_chunk(uint8_t out[GARITA_CHUNK_BYTES_MAX], const uint16_t *revoked,
                   size_t revoked_count, const uint16_t *suspended, size_t suspended_count)
{
    static naive_part part;
    if (revoked_count == 0 && suspended_count == 0)
        return 0;
    naive_part_make(&part, revoked, revoked_count);
    size_t len = naive_part_write(out, &part, part.best);
    naive_part_make(&part, suspended, suspended_count);
    return len + naive_part_write(out + len, &part, part.best);
}
