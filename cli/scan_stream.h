/* cli/scan_stream.h: standard input judged as it comes. */
#ifndef GARITA_CLI_SCAN_STREAM_H
#define GARITA_CLI_SCAN_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "scan.h"

/* Lines, each answered at once, as a handheld scanner sends them; a picture or a statement instead,
 * if it begins like one, is read to its end first. False if nothing can be written any more. */
bool scan_stream(struct tally *total, const struct scan *scan, size_t jobs);

#endif
