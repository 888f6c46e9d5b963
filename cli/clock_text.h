/* cli/clock_text.h: the clock and its floor, for people. */
#ifndef GARITA_CLI_CLOCK_TEXT_H
#define GARITA_CLI_CLOCK_TEXT_H

#include <garita/verify.h>

#include "buffer.h"

/* Adds "2026-11-21T16:00:00Z", or that it is not known. */
void clock_text_add_moment(struct buffer *out, bool is_known, int64_t moment);

/* Adds a line for the clock, and one for its floor. */
void clock_text_add(struct buffer *out, const garita_clock *clock);

#endif
