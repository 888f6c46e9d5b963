/* node/failures.h: which calls have failed and why, so that the log says it once and not every five
 * seconds for as long as a peer is away.
 */
#ifndef GARITA_NODE_FAILURES_H
#define GARITA_NODE_FAILURES_H

#include <stdbool.h>
#include <stdint.h>

#include <garita/limits.h>

/* Those of all configured peers, and as many of the roster's. */
enum { FAILURES_MAX = 128 };

/* The same is said again so much later. */
#define FAILURES_AGAIN_MS (INT64_C(3600) * 1000)

/* Zero it. */
struct failures {
    struct {
        char address[GARITA_NODE_ADDRESS_BYTES_MAX + 1];
        char reason[64];
        int64_t said_ms;
    } at[FAILURES_MAX];
    unsigned next; /* to give way */
};

/* Whether it is news that a call there failed for this reason. */
bool failures_is_news(struct failures *failures, const char *address, const char *reason,
                      int64_t now_ms);
/* A call there went well: the next failure is news. */
void failures_forget(struct failures *failures, const char *address);

#endif
