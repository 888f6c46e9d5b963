/* cli/nearest.h: the name that somebody probably meant. */
#ifndef GARITA_CLI_NEAREST_H
#define GARITA_CLI_NEAREST_H

#include <stddef.h>

/* Starts a search for what was typed. */
struct nearest {
    const char *typed;
    const char *best; /* the nearest offered so far, or null where none is near */
    size_t distance;
};

struct nearest nearest_to(const char *typed);
void nearest_offer(struct nearest *nearest, const char *name);

#endif
