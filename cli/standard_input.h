/* cli/standard_input.h: what has come on standard input, as soon as it has. */
#ifndef GARITA_CLI_STANDARD_INPUT_H
#define GARITA_CLI_STANDARD_INPUT_H

#include <stddef.h>
#include <sys/types.h>

#include "scan.h"

/* Reads up to cap bytes, waiting only while there are none. 0 at the end; -1 after a failure has
 * been reported and counted. */
ssize_t standard_input_read(struct tally *total, const struct scan *scan, char *out, size_t cap);

#endif
