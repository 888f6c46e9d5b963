/* verified.h: what costs a scalar multiplication is done once: signatures verified, keys checked.
 * The simulator's thousand nodes all ask the same of the same few statements; the linker puts these
 * functions in the place of libsodium's (-Wl,--wrap), so that the rules that call them are
 * garitad's own objects.
 */
#ifndef SIM_VERIFIED_H
#define SIM_VERIFIED_H

#include <stdint.h>

/* How many were asked for, and how many of them libsodium worked out. */
void verified_counts(uint64_t *asked, uint64_t *worked_out);
void verified_forget(void);

#endif
