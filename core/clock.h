/* clock.h: what time it is taken to be, and how long ago something was. Private. */
#ifndef GARITA_CLOCK_H
#define GARITA_CLOCK_H

#include <garita/verify.h>

/* The later of clock and floor: the true time is no earlier than either, if the authorities that
 * attest the floor are honest. The clock is known. */
int64_t garita_effective_now(const garita_clock *clock);

/* From one moment to another; a clock, a floor or a head may say anything, and so this saturates.
 */
int64_t garita_seconds_between(int64_t from, int64_t to);

#endif
