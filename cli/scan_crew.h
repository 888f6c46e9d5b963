/* cli/scan_crew.h: codes judged in their order, in one thread or several. */
#ifndef GARITA_CLI_SCAN_CREW_H
#define GARITA_CLI_SCAN_CREW_H

#include <stdbool.h>
#include <stddef.h>

#include "scan.h"

#define SCAN_JOBS_MAX 64

struct scan_crew;

/* Null if memory or threads cannot be had. jobs: 1 to SCAN_JOBS_MAX. No process is forked while
 * there is a crew of several. */
struct scan_crew *scan_crew_start(const struct scan *scan, size_t jobs);
void scan_crew_free(struct scan_crew *crew); /* null is allowed */

/* The last code of a group whose credential could be read; null if there was none. */
struct scan_last {
    const struct code *code;
    garita_outcome outcome;
};

/* Judges those that are no attestations, each by itself, and writes what they come to. False if it
 * cannot be written (see outlet_flush). is_only: of scan_style_of. */
bool scan_crew_judge(struct scan_crew *crew, struct tally *total, struct scan_last *last,
                     const struct code *codes, size_t count, bool is_only);

#endif
