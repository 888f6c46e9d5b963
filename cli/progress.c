#include "progress.h"

#include <time.h>

enum { QUIET_MS = 1000, EVERY_MS = 100 };

/* Only differences count, so any steady clock does. */
static int64_t steady_ms(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct progress progress_start(const struct context *context, const char *what, uint64_t total)
{
    int64_t now = steady_ms();

    return (struct progress){
        .context = context, .what = what, .total = total, .started_ms = now, .shown_ms = now};
}

void progress_step(struct progress *progress, uint64_t done)
{
    if (!progress->context->err_is_terminal)
        return;
    int64_t now = steady_ms();
    if (now - progress->started_ms < QUIET_MS || now - progress->shown_ms < EVERY_MS)
        return;
    progress->shown_ms = now;
    progress->is_shown = true;
    if (progress->total > 0)
        fprintf(progress->context->err, "\r\033[K%s: %llu / %llu", progress->what,
                (unsigned long long)done, (unsigned long long)progress->total);
    else
        fprintf(progress->context->err, "\r\033[K%s: %llu", progress->what,
                (unsigned long long)done);
    fflush(progress->context->err);
}

void progress_clear(struct progress *progress)
{
    if (!progress->is_shown)
        return;
    progress->is_shown = false;
    fputs("\r\033[K", progress->context->err);
    fflush(progress->context->err);
}
