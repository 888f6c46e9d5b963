/* cli/scan_stream.h: standard input judged as it comes. */
#ifndef GARITA_CLI_SCAN_STREAM_H
#define GARITA_CLI_SCAN_STREAM_H

#include <stdbool.h>

#include "scan_pile.h"

/* Lines, each answered at once, as a handheld scanner sends them; a picture or a statement instead,
 * if it begins like one, is read to its end and put on the pile, which is judged otherwise before
 * the first line. False if nothing can be written any more. */
bool scan_stream(struct tally *total, struct scan *scan, struct scan_pile *pile);

#endif
