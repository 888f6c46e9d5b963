#include "scan_lines.h"

#include <stdlib.h>

#include "line_split.h"
#include "workers.h"

struct scan_lines {
    const struct scan *scan;
    const char *source;
    enum scan_style style;
    size_t jobs;
    struct workers *workers;
    struct line_split split;
    struct outlet outlets[SCAN_JOBS_MAX]; /* one for each worker */
};

/* Worker index judges its share of the lines: a run of neighbours, so that the outlets one after
 * another are in order. */
static void judge_share(void *context, size_t index)
{
    struct scan_lines *lines = context;
    size_t begin = lines->split.count * index / lines->jobs;
    size_t end = lines->split.count * (index + 1) / lines->jobs;

    for (size_t i = begin; i < end; i++) {
        const struct line *line = &lines->split.lines[i];
        scan_text(&lines->outlets[index], lines->scan, (struct origin){lines->source, line->number},
                  lines->style, line->at, line->len);
    }
}

struct scan_lines *scan_lines_start(const struct scan *scan, const char *source,
                                    enum scan_style style, size_t jobs)
{
    struct scan_lines *lines = calloc(1, sizeof *lines);

    if (lines == NULL)
        return NULL;
    lines->scan = scan;
    lines->source = source;
    lines->style = style;
    lines->jobs = jobs;
    lines->workers = workers_start(jobs, judge_share, lines);
    if (lines->workers == NULL) {
        free(lines);
        return NULL;
    }
    return lines;
}

static bool judge(struct scan_lines *lines, struct tally *total)
{
    if (lines->split.count == 0)
        return true;
    scan_refresh(lines->scan);
    if (lines->split.count == 1)
        judge_share(lines, lines->jobs - 1); /* a single line is the last worker's share */
    else
        workers_run(lines->workers);
    return outlets_flush(lines->outlets, lines->jobs, total, lines->scan);
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
    workers_stop(lines->workers);
    for (size_t i = 0; i < lines->jobs; i++)
        outlet_free(&lines->outlets[i]);
    free(lines);
}
