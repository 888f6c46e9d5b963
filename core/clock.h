/* clock.h: how long ago something was. Private; what time it is taken to be is in
 * garita/verify.h. */
#ifndef GARITA_CLOCK_H
#define GARITA_CLOCK_H

#include <garita/verify.h>

/* From one moment to another; a clock, a floor or a head may say anything, and so this saturates.
 */
int64_t garita_seconds_between(int64_t from, int64_t to);

#endif
