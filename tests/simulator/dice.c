#include "dice.h"

#include <string.h>

static uint64_t split_mix(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

void dice_seed(struct dice *dice, uint64_t seed, uint64_t stream)
{
    uint64_t state = seed;

    state = split_mix(&state) ^ stream * UINT64_C(0xd1342543de82ef95);
    for (size_t i = 0; i < 4; i++)
        dice->state[i] = split_mix(&state);
}

static uint64_t rotate(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

uint64_t dice_next(struct dice *dice)
{
    uint64_t *s = dice->state;
    uint64_t out = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return out;
}

uint32_t dice_below(struct dice *dice, uint32_t bound)
{
    return (uint32_t)((dice_next(dice) >> 32) * bound >> 32);
}

int64_t dice_between(struct dice *dice, int64_t low, int64_t high)
{
    return low + (int64_t)(dice_next(dice) % (uint64_t)(high - low + 1));
}

bool dice_chance(struct dice *dice, uint32_t per_mille)
{
    return dice_below(dice, 1000) < per_mille;
}

void dice_fill(struct dice *dice, uint8_t *out, size_t len)
{
    while (len > 0) {
        uint64_t word = dice_next(dice);
        size_t n = len < sizeof word ? len : sizeof word;
        memcpy(out, &word, n);
        out += n;
        len -= n;
    }
}

int64_t dice_exponential(struct dice *dice, int64_t mean)
{
    uint64_t u = dice_next(dice) | 1;
    int zeros = __builtin_clzll(u);
    uint64_t mantissa = zeros == 63 ? 0 : u << (zeros + 1);
    double f = (double)(mantissa >> 11) * 0x1p-53;
    /* -log2 of u / 2^64 is zeros + 1 - log2(1 + f), the latter to within a thousandth */
    double log2_1f = f * (1.4249 + f * (-0.5805 + f * 0.1556));
    double out = (double)mean * 0.69314718055994531 * ((double)zeros + 1 - log2_1f);
    return out > 0 ? (int64_t)out : 0;
}
