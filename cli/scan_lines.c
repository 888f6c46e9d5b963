#include "scan_lines.h"

#include <stdlib.h>

#include "line_split.h"
#include "scan_crew.h"
#include "scan_desk.h"

struct scan_lines {
    struct scan *scan;
    const char *source;
    struct scan_crew *crew;
    struct manner manner;
    struct line_split split;
    struct code codes[LINES_MAX];
};

struct scan_lines *scan_lines_start(struct scan *scan, const char *source, bool is_only)
{
    struct scan_lines *lines = calloc(1, sizeof *lines);

    if (lines == NULL)
        return NULL;
    lines->scan = scan;
    lines->source = source;
    lines->manner.is_only = is_only;
    lines->crew = scan_crew_start(scan, scan->jobs);
    if (lines->crew == NULL) {
        free(lines);
        return NULL;
    }
    return lines;
}

static bool judge(struct scan_lines *lines, struct tally *total)
{
    for (size_t i = 0; i < lines->split.count; i++) {
        const struct line *line = &lines->split.lines[i];
        lines->codes[i] = (struct code){.kind = CODE_TEXT,
                                        .origin = {lines->source, line->number},
                                        .at = line->at,
                                        .len = line->len,
                                        .is_line = true};
    }
    return scan_desk_show(lines->scan, total, lines->crew, lines->codes, lines->split.count,
                          &lines->manner);
}

bool scan_lines_feed(struct scan_lines *lines, struct tally *total, const char *bytes, size_t len)
{
    while (len > 0) {
        size_t taken = line_split_take(&lines->split, bytes, len);
        if (!judge(lines, total))
            return false;
        bytes += taken;
        len -= taken;
    }
    return true;
}

bool scan_lines_end(struct scan_lines *lines, struct tally *total)
{
    line_split_end(&lines->split);
    return judge(lines, total);
}

void scan_lines_free(struct scan_lines *lines)
{
    if (lines == NULL)
        return;
    scan_crew_free(lines->crew);
    free(lines);
}
