/* policy_read.h: the parts by which a policy's map is read. Private. */
#ifndef GARITA_POLICY_READ_H
#define GARITA_POLICY_READ_H

#include <stddef.h>
#include <stdint.h>

#include <garita/policy.h>

#include "reader.h"

/* All lists of a policy stand behind it in one allocation. The same walk goes over the map twice:
 * with at null it only measures, and checks all that there is to check. */
typedef struct garita_shelf {
    uint8_t *at;
    size_t used;
} garita_shelf;

/* Room for count things, each within a bound of limits.h; null while measuring. */
void *garita_shelf_take(garita_shelf *s, size_t count, size_t size);

uint64_t garita_policy_number(garita_reader *r, const char *field, uint64_t min, uint64_t max);

/* Enters a list of 1 to max elements. Returns how many; 0 if something is wrong. */
size_t garita_policy_list(garita_reader *r, garita_container *array, const char *field, size_t max);

/* A text in both languages, and what a fault in it is called. */
typedef struct garita_words_field {
    const char *both, *en, *es;
    size_t bytes_max; /* in each */
} garita_words_field;

void garita_policy_words(garita_reader *r, garita_words *out, const garita_words_field *field);

/* The lanes of a policy whose country was read. */
void garita_policy_lanes(garita_reader *r, garita_shelf *s, garita_policy *out);

#endif
