#include "clock_text.h"

#include <garita/date.h>

#include "age_text.h"
#include "i18n.h"

void clock_text_add_moment(struct buffer *out, bool is_known, int64_t moment)
{
    char text[GARITA_MOMENT_TEXT_SIZE];

    if (is_known)
        garita_moment_format(text, moment);
    buffer_add_text(out, is_known ? text : _("not known"));
}

void clock_text_add(struct buffer *out, const garita_clock *clock)
{
    buffer_add_text(out, _("clock: "));
    clock_text_add_moment(out, clock->is_known, clock->now);
    buffer_add_char(out, '\n');
    if (!clock->has_floor) {
        buffer_add_format(out, "%s\n",
                          _("floor: none; two authorities that attest a time are needed for one"));
        return;
    }
    buffer_add_text(out, _("floor: "));
    clock_text_add_moment(out, true, clock->floor);
    if (clock->is_known && clock->now < clock->floor) {
        struct buffer behind = {0};
        age_text_add(&behind, clock->floor - clock->now);
        buffer_add_format(out, _("  THE CLOCK IS %s BEHIND: nothing is accepted"),
                          buffer_text(&behind));
        buffer_free(&behind);
    }
    buffer_add_char(out, '\n');
}
