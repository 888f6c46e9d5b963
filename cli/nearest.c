#include "nearest.h"

#include <string.h>

/* Names here are short; what is longer is not near anything. */
enum { NAME_MAX_LEN = 31 };

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Edits (Levenshtein, with the swap of two neighbours as one) that lead from a to b. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t before[NAME_MAX_LEN + 1] = {0};
    size_t last[NAME_MAX_LEN + 1];
    size_t row[NAME_MAX_LEN + 1];

    for (size_t j = 0; j <= b_len; j++)
        last[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = min3(last[j] + 1, row[j - 1] + 1, last[j - 1] + change);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        memcpy(before, last, sizeof before);
        memcpy(last, row, sizeof last);
    }
    return last[b_len];
}

struct nearest nearest_to(const char *typed)
{
    return (struct nearest){.typed = typed};
}

void nearest_offer(struct nearest *nearest, const char *name)
{
    size_t typed_len = strlen(nearest->typed);
    size_t name_len = strlen(name);

    if (typed_len > NAME_MAX_LEN || name_len > NAME_MAX_LEN)
        return;
    size_t edits = distance(nearest->typed, typed_len, name, name_len);
    /* A third of the letters wrong is a slip; more is another word: --log is not --lang. */
    if (edits > (name_len + 1) / 3)
        return;
    if (nearest->best == NULL || edits < nearest->distance) {
        nearest->best = name;
        nearest->distance = edits;
    }
}
