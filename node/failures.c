#include "failures.h"

#include <stdio.h>
#include <string.h>

/* The place of an address; FAILURES_MAX if it has none. */
static unsigned find(const struct failures *failures, const char *address)
{
    unsigned i = 0;

    while (i < FAILURES_MAX && strcmp(failures->at[i].address, address) != 0)
        i++;
    return i;
}

bool failures_is_news(struct failures *failures, const char *address, const char *reason,
                      int64_t now_ms)
{
    unsigned i = find(failures, address);

    if (i < FAILURES_MAX && now_ms - failures->at[i].said_ms < FAILURES_AGAIN_MS &&
        strncmp(failures->at[i].reason, reason, sizeof failures->at[i].reason - 1) == 0)
        return false;
    if (i == FAILURES_MAX)
        i = failures->next++ % FAILURES_MAX;
    snprintf(failures->at[i].address, sizeof failures->at[i].address, "%s", address);
    snprintf(failures->at[i].reason, sizeof failures->at[i].reason, "%s", reason);
    failures->at[i].said_ms = now_ms;
    return true;
}

void failures_forget(struct failures *failures, const char *address)
{
    unsigned i = find(failures, address);

    if (i < FAILURES_MAX)
        failures->at[i].address[0] = '\0';
}
