#include "age_text.h"

void age_text_add(struct buffer *out, int64_t age_s)
{
    enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };
    static const struct {
        int64_t seconds;
        const char *sign;
    } units[] = {{DAY, "d"}, {HOUR, "h"}, {MINUTE, "min"}, {1, "s"}};
    int64_t age = age_s > 0 ? age_s : 0;
    size_t unit = 0;

    /* One day is said in hours: between 24 and 48 they matter. */
    while (units[unit].seconds > 1 &&
           age < (units[unit].seconds == DAY ? 2 : 1) * units[unit].seconds)
        unit++;
    buffer_add_signed(out, age / units[unit].seconds);
    buffer_add_char(out, ' ');
    buffer_add_text(out, units[unit].sign);
}
