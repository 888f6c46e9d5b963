/* node/host.h: what the engine is given (struct engine_host): random bytes, and what the home
 * holds, read on the loop's own connection.
 */
#ifndef GARITA_NODE_HOST_H
#define GARITA_NODE_HOST_H

#include <garita/log.h>
#include <garita/store.h>
#include <garita/store_view.h>

#include "engine/engine.h"

/* Logs that were given last stay loaded: a batch is asked for by several peers within a second. */
enum { HOST_LOGS = 4 };

struct host_log {
    bool is_there;
    uint64_t used;                                  /* when, in gives */
    uint8_t knowledge[GARITA_STORE_KNOWLEDGE_SIZE]; /* the home's, when it was loaded */
    garita_log log;
};

/* Zero it, but for the reader. */
struct host {
    garita_store *reader; /* the caller's */
    uint64_t gives;
    struct host_log logs[HOST_LOGS];
};

/* host outlives the engine. */
struct engine_host host_for_engine(struct host *host);
void host_end(struct host *host);

/* Cryptographic random bytes; context is not used. */
void host_random(void *context, uint8_t *out, size_t len);

#endif
