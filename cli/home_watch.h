/* cli/home_watch.h: a view of the home that follows what others change: for whoever judges for
 * hours.
 *
 * Opened, refreshed and closed by one thread, with nobody judging meanwhile.
 */
#ifndef GARITA_CLI_HOME_WATCH_H
#define GARITA_CLI_HOME_WATCH_H

#include "exit_status.h"
#include "home_view.h"

struct home_watch;

/* Returns EXIT_DONE, or another status after a report, and then *out is null. */
exit_status home_watch_open(const struct context *context, struct home_watch **out);
void home_watch_close(struct home_watch *watch); /* null is allowed */

/* The view at hand: stays as it is until the next refresh. */
const struct home_view *home_watch_view(const struct home_watch *watch);

/* Takes a new view if what this home knows has changed: asks the store's version, a few
 * microseconds, and loads only if it is another. Where that fails the old view stays, with one
 * warning: what is in it grows old, and then nothing is accepted by it. */
void home_watch_refresh(struct home_watch *watch);

#endif
