#include "bar_text.h"

#include <stddef.h>

enum { CELLS = 20 };

void bar_text_add_bytes(struct buffer *out, uint64_t bytes)
{
    static const char *const signs[] = {"KiB", "MiB", "GiB", "TiB"};
    uint64_t whole = bytes;
    uint64_t rest = 0; /* of 1,024 */
    size_t sign = 0;

    if (bytes < 1024) {
        buffer_add_number(out, bytes);
        buffer_add_text(out, " B");
        return;
    }
    for (;; sign++) {
        rest = whole % 1024;
        whole /= 1024;
        if (whole < 1024 || sign + 1 == sizeof signs / sizeof *signs)
            break;
    }
    buffer_add_number(out, whole);
    buffer_add_char(out, '.');
    buffer_add_number(out, rest * 10 / 1024);
    buffer_add_char(out, ' ');
    buffer_add_text(out, signs[sign]);
}

/* done in parts of total, without a product that could overflow. */
static unsigned parts(uint64_t done, uint64_t total, unsigned count)
{
    if (done >= total)
        return count;
    if (total > UINT64_MAX / 128) {
        done /= 128;
        total /= 128;
    }
    return (unsigned)(done * count / total);
}

void bar_text_add(struct buffer *out, uint64_t done, uint64_t total)
{
    unsigned full = parts(done, total, CELLS);

    buffer_add_char(out, '[');
    for (unsigned i = 0; i < CELLS; i++)
        buffer_add_char(out, i < full ? '#' : '-');
    buffer_add_format(out, "] %3u %%", parts(done, total, 100));
}
