/* bugs.h: that the simulator can fail: each mistake that the build with bugs can make is to be
 * found. */
#ifndef SIM_BUGS_H
#define SIM_BUGS_H

#include <stdint.h>

/* Runs seeds with a bug, or with each in turn ("all"), until one fails. 0 if every one was found.
 */
int bugs(const char *name, uint64_t from, uint64_t seeds, unsigned nodes);

#endif
