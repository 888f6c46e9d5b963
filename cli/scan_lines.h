/* cli/scan_lines.h: the lines of a stream, judged as they come. */
#ifndef GARITA_CLI_SCAN_LINES_H
#define GARITA_CLI_SCAN_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "scan.h"

struct scan_lines;

/* Null if memory or threads cannot be had. scan and source outlive it. is_only: each line's verdict
 * has the screen for itself. */
struct scan_lines *scan_lines_start(struct scan *scan, const char *source, bool is_only);

/* Judges the lines that these bytes complete; what they come to has been written when it returns.
 * False if it cannot be written (see outlet_flush). */
bool scan_lines_feed(struct scan_lines *lines, struct tally *total, const char *bytes, size_t len);

/* After the last byte. */
bool scan_lines_end(struct scan_lines *lines, struct tally *total);

void scan_lines_free(struct scan_lines *lines); /* null is allowed */

#endif
