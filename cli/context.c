#include "context.h"

#include <time.h>

garita_clock context_clock(const struct context *context)
{
    garita_clock clock = {0};
    struct timespec now;

    if (context->has_now) {
        clock.is_known = true;
        clock.now = context->now;
    } else if (clock_gettime(CLOCK_REALTIME, &now) == 0 && now.tv_sec >= 0) {
        clock.is_known = true;
        clock.now = now.tv_sec;
    }
    return clock;
}
