#include "line_split.h"

#include <string.h>

static void carry(struct line_split *split, const char *bytes, size_t len)
{
    size_t room = sizeof split->carry - split->carry_len;
    size_t kept = len < room ? len : room;

    memcpy(split->carry + split->carry_len, bytes, kept);
    split->carry_len += kept;
}

/* The byte order mark at the very beginning is the encoding's, no part of the first line. */
static void skip_byte_order_mark(struct line *line)
{
    static const char mark[] = {'\xef', '\xbb', '\xbf'};

    if (line->number == 1 && line->len >= sizeof mark && memcmp(line->at, mark, sizeof mark) == 0) {
        line->at += sizeof mark;
        line->len -= sizeof mark;
    }
}

/* A line has ended, its last (or only) piece being these bytes. */
static void end_line(struct line_split *split, const char *bytes, size_t len)
{
    struct line *line = &split->lines[split->count];

    split->number++;
    if (split->carry_len > 0 && !split->carry_is_out) {
        carry(split, bytes, len);
        *line = (struct line){split->carry, split->carry_len, split->number};
        split->carry_is_out = true;
    } else {
        *line = (struct line){bytes, len < LINE_BYTES_MAX ? len : LINE_BYTES_MAX, split->number};
    }
    skip_byte_order_mark(line);
    if (line->len > 0)
        split->count++;
}

static void begin(struct line_split *split)
{
    split->count = 0;
    if (split->carry_is_out) {
        split->carry_is_out = false;
        split->carry_len = 0;
    }
}

size_t line_split_take(struct line_split *split, const char *bytes, size_t len)
{
    size_t at = 0;

    begin(split);
    while (at < len && split->count < LINES_MAX) {
        if (split->is_after_cr && bytes[at] == '\n')
            at++;
        split->is_after_cr = false;
        size_t end = at;
        while (end < len && bytes[end] != '\n' && bytes[end] != '\r')
            end++;
        if (end == len) {
            /* The carried line may be in use as the first of these lines: later. */
            if (split->carry_is_out)
                return at;
            carry(split, bytes + at, len - at);
            return len;
        }
        end_line(split, bytes + at, end - at);
        split->is_after_cr = bytes[end] == '\r';
        at = end + 1;
    }
    return at;
}

void line_split_end(struct line_split *split)
{
    begin(split);
    if (split->carry_len > 0)
        end_line(split, "", 0);
}
