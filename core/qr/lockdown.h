/* Giving up every right, for good. */
#ifndef GARITA_QR_LOCKDOWN_H
#define GARITA_QR_LOCKDOWN_H

#include <stdbool.h>
#include <sys/types.h>

/* The one descriptor that is left. */
enum { LOCKDOWN_PIPE = 3 };

/* Called in a fresh child of parent: moves pipe to LOCKDOWN_PIPE, closes all else, and leaves the
 * process nothing but memory (PICTURE_CHILD_MEMORY_MAX on top of what is mapped), cpu_seconds of
 * processor time, writing to LOCKDOWN_PIPE, reading clocks, and exit. Any other system call kills
 * it, as does the death of the parent's thread. With AddressSanitizer, which needs more, memory is
 * not limited, standard error stays open, and other calls fail instead of killing, so that it can
 * report. False if any of it could not be had: exit then. */
bool lockdown(int pipe, unsigned cpu_seconds, pid_t parent);

#endif
