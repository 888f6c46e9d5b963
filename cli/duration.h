/* cli/duration.h: lengths of time as people write them: 90s, 15m, 24h, 7d. */
#ifndef GARITA_CLI_DURATION_H
#define GARITA_CLI_DURATION_H

#include <stdbool.h>
#include <stdint.h>

#define DURATION_TEXT_SIZE 24

/* Reads a number with s, m, h or d, which is more than nothing and at most most_s seconds (less
 * than INT64_MAX / 86400). */
bool duration_read(int64_t *out_s, const char *text, int64_t most_s);

/* Writes seconds in the largest of these units that gives a whole number. */
void duration_format(char out[DURATION_TEXT_SIZE], int64_t seconds);

#endif
