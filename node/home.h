/* node/home.h: the home that a garitad serves, and nobody else's garitad meanwhile. */
#ifndef GARITA_NODE_HOME_H
#define GARITA_NODE_HOME_H

#include <garita/store.h>

#include "fail.h"

struct home {
    const char *path;     /* the caller's */
    int fd;               /* the directory */
    int lock;             /* HOME/garitad.lock, locked */
    garita_store *reader; /* the loop's own connection */
};

/* Opens the home, and keeps other garitads out of it until home_close or the process's end.
 * NOT_ALLOWED if one is running. Returns EXIT_DONE, or another status after a message; home_close
 * either way. */
enum exit_status home_open(struct home *out, const char *path);
void home_close(struct home *home);

#endif
