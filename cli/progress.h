/* cli/progress.h: how far a long piece of work has come, on standard error.
 *
 * Nothing is shown unless standard error is a terminal, and nothing in the first second, so that
 * short work stays quiet.
 */
#ifndef GARITA_CLI_PROGRESS_H
#define GARITA_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "context.h"

struct progress {
    const struct context *context;
    const char *what; /* "credentials issued" */
    uint64_t total;   /* 0: not known */
    int64_t started_ms;
    int64_t shown_ms;
    bool is_shown;
};

/* what is a translated text that outlives the work. */
struct progress progress_start(const struct context *context, const char *what, uint64_t total);

/* done of total is ready. Cheap: call it after each piece. */
void progress_step(struct progress *progress, uint64_t done);

/* Takes the line away. Before any other message, and at the end. */
void progress_clear(struct progress *progress);

#endif
