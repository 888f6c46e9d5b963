/* cli/peers_ask.h: asks the node that runs in a home what it has to say of itself.
 *
 * garitad answers whoever connects to garitad.sock in its home with one JSON object, and closes.
 * Who answers there may be half dead, or somebody else: the answer has PEERS_ANSWER_MS, from the
 * first call to its last byte, and PEERS_ANSWER_BYTES_MAX.
 */
#ifndef GARITA_CLI_PEERS_ASK_H
#define GARITA_CLI_PEERS_ASK_H

#include "buffer.h"

/* What a person still takes for an answer. */
#define PEERS_ANSWER_MS 2000
/* More than a node with every link that it may have says, many times over. */
#define PEERS_ANSWER_BYTES_MAX (1024 * 1024)

enum peers_answer {
    PEERS_ANSWERED = 0,
    PEERS_NO_HOME,
    PEERS_NOBODY,  /* no node runs there */
    PEERS_DENIED,  /* this user may not ask it */
    PEERS_SILENT,  /* it did not answer in time */
    PEERS_GARBLED, /* it said something else, or too much */
    PEERS_NEWER,   /* in a way that this program does not know yet */
    PEERS_FAILED   /* errno says why */
};

/* Adds what the node of the home answers to out. */
enum peers_answer peers_ask(struct buffer *out, const char *home);

#endif
