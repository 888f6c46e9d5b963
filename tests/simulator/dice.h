/* dice.h: the one source of chance: streams of numbers out of a seed, the same on every machine. */
#ifndef SIM_DICE_H
#define SIM_DICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dice {
    uint64_t state[4]; /* xoshiro256** */
};

/* Streams of one seed have nothing to do with each other. */
void dice_seed(struct dice *dice, uint64_t seed, uint64_t stream);

uint64_t dice_next(struct dice *dice);
uint32_t dice_below(struct dice *dice, uint32_t bound);             /* bound above 0 */
int64_t dice_between(struct dice *dice, int64_t low, int64_t high); /* both may come */
bool dice_chance(struct dice *dice, uint32_t per_mille);
void dice_fill(struct dice *dice, uint8_t *out, size_t len);

/* Exponential with this mean, by additions and multiplications alone: no two libraries' logarithms
 * agree in the last bit. */
int64_t dice_exponential(struct dice *dice, int64_t mean);

#endif
