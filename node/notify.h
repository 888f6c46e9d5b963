/* node/notify.h: what systemd is told (sd_notify(3)), by its own protocol: datagrams of text to the
 * socket that $NOTIFY_SOCKET names. Without one every call does nothing.
 */
#ifndef GARITA_NODE_NOTIFY_H
#define GARITA_NODE_NOTIFY_H

#include <stdint.h>

/* state: lines such as "READY=1\nSTATUS=…". */
void notify(const char *state);

/* How often WATCHDOG=1 is due, in milliseconds: half of what systemd waits for; 0: it does not. */
uint64_t notify_watchdog_ms(void);

#endif
