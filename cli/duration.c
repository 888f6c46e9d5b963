#include "duration.h"

#include <stdio.h>

static const struct {
    char letter;
    int64_t seconds;
} units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};

enum { UNITS = sizeof units / sizeof units[0] };

bool duration_read(int64_t *out_s, const char *text, int64_t most_s)
{
    int64_t number = 0;
    const char *at = text;

    for (; *at >= '0' && *at <= '9'; at++) {
        number = number * 10 + (*at - '0');
        if (number > most_s)
            return false;
    }
    for (size_t i = 0; i < UNITS; i++) {
        if (at == text || at[0] != units[i].letter || at[1] != '\0')
            continue;
        *out_s = number * units[i].seconds;
        return number > 0 && *out_s <= most_s;
    }
    return false;
}

void duration_format(char out[DURATION_TEXT_SIZE], int64_t seconds)
{
    size_t i = 0;

    while (i < UNITS - 1 && seconds % units[i].seconds != 0)
        i++;
    snprintf(out, DURATION_TEXT_SIZE, "%lld%c", (long long)(seconds / units[i].seconds),
             units[i].letter);
}
