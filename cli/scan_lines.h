/* cli/scan_lines.h: lines judged in the order of arrival, in one thread or several. */
#ifndef GARITA_CLI_SCAN_LINES_H
#define GARITA_CLI_SCAN_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "scan.h"

#define SCAN_JOBS_MAX 64

struct scan_lines;

/* Null if memory or threads cannot be had. source outlives it. jobs: 1 to SCAN_JOBS_MAX. */
struct scan_lines *scan_lines_start(const struct scan *scan, const char *source,
                                    enum scan_style style, size_t jobs);

/* Judges the lines that these bytes complete; what they come to has been written when it returns.
 * False if it cannot be written (see outlet_flush). */
bool scan_lines_feed(struct scan_lines *lines, struct tally *total, const char *bytes, size_t len);

/* After the last byte. */
bool scan_lines_end(struct scan_lines *lines, struct tally *total);

void scan_lines_free(struct scan_lines *lines); /* null is allowed */

#endif
