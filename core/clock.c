#include "clock.h"

int64_t garita_effective_now(const garita_clock *clock)
{
    return clock->has_floor && clock->floor > clock->now ? clock->floor : clock->now;
}

int64_t garita_seconds_between(int64_t from, int64_t to)
{
    if (from < 0 && to > INT64_MAX + from)
        return INT64_MAX;
    if (from > 0 && to < INT64_MIN + from)
        return INT64_MIN;
    return to - from;
}
