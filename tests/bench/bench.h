/* bench.h: what the benches share. Figures are ratios of medians, measured in turns in one run:
 * the machine's own pace then falls out.
 */
#ifndef GARITA_BENCH_H
#define GARITA_BENCH_H

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "world.h"

static inline double bench_now_s(void) {
    struct timespec t;
    WORLD_REQUIRE(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Of the processor: for what takes too long to be measured in turns, while others are at work. */
static inline double bench_spent_s(void) {
    struct timespec t;
    WORLD_REQUIRE(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) == 0);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline int bench_compare(const void *a, const void *b) {
    double x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

/* Sorts values. */
static inline double bench_median(double *values, size_t count) {
    qsort(values, count, sizeof *values, bench_compare);
    return values[count / 2];
}

#endif
