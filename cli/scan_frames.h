/* cli/scan_frames.h: pictures one after another on standard input, as a camera sends them. */
#ifndef GARITA_CLI_SCAN_FRAMES_H
#define GARITA_CLI_SCAN_FRAMES_H

#include <stdbool.h>

#include "scan.h"

/* Judges each code once when it comes into view, at once; it has left when ten pictures in a row
 * did not show it. Pictures without a code are no failure. The line of a verdict is the number of
 * the picture. False if nothing can be written any more. */
bool scan_frames(struct tally *total, struct scan *scan);

#endif
