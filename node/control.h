/* node/control.h: HOME/garitad.sock, where "garita peers" and "garita status" ask: whoever connects
 * gets one JSON object and a line feed, and the connection ends.
 */
#ifndef GARITA_NODE_CONTROL_H
#define GARITA_NODE_CONTROL_H

#include <uv.h>

#include "fail.h"
#include "home.h"

struct control;

/* Makes the answer: text for free(), or null if there is no memory. */
typedef char *(*control_answer)(void *context);

/* Takes the place of a socket that a garitad left behind; the home's lock says that none serves it.
 * EXIT_DONE, or another status after a message, and *out null. */
enum exit_status control_start(struct control **out, uv_loop_t *loop, const struct home *home,
                               control_answer answer, void *context);

/* Removes it; the loop ends what is open. null is allowed. */
void control_stop(struct control *control);

/* Removes the socket alone: the process ends now. */
void control_remove(const struct home *home);

#endif
