#include "finder.h"

#include <math.h>
#include <string.h>

/* What may be a pattern on the lines around the one being scanned. */
enum { RUNS = 5, OPEN_MAX = 256 };

struct scan {
    const struct gray *picture;
    struct finder *out; /* FINDERS_MAX, done with */
    int done;
    struct finder open[OPEN_MAX];
    int opened;
};

/* Half a module of slack for an edge module, as printing and thresholds spread ink, and the same in
 * proportion for the middle. */
static bool is_pattern(const int run[RUNS])
{
    static const int parts[RUNS] = {1, 1, 3, 1, 1};
    int total = run[0] + run[1] + run[2] + run[3] + run[4];
    if (total < 8)
        return false;
    double module = total / 7.0;
    for (int i = 0; i < RUNS; i++)
        if (run[i] == 0 || fabs(run[i] - parts[i] * module) > 0.5 * parts[i] * module + 0.5)
            return false;
    return true;
}

/* A line of pixels with the given step between them. */
struct line {
    const unsigned char *pixel;
    ptrdiff_t step;
    int count;
};

/* Measures the five runs around place i on the line. Returns the middle of the third run, as a
 * place on the line, or -1 if they are no pattern. */
static double cross_check(struct line line, int i, int *total)
{
    int run[RUNS] = {0};
    unsigned char stone = line.pixel[i * line.step];
    int from = i, to = i;
    for (int part = 2; part >= 0; part--) {
        unsigned char value = part == 1 ? (unsigned char)~stone : stone;
        for (; from >= 0 && line.pixel[from * line.step] == value; from--)
            run[part]++;
    }
    int stone_from = from + 1 + run[0] + run[1];
    run[2]--; /* place i is counted from both sides */
    for (int part = 2; part < RUNS; part++) {
        unsigned char value = part == 3 ? (unsigned char)~stone : stone;
        for (; to < line.count && line.pixel[to * line.step] == value; to++)
            run[part]++;
    }
    if (!is_pattern(run))
        return -1;
    *total = run[0] + run[1] + run[2] + run[3] + run[4];
    return stone_from + run[2] / 2.0;
}

/* Into the list of open ones, or to the one that it is seen of again. */
static void add(struct scan *scan, struct finder one)
{
    for (int i = 0; i < scan->opened; i++) {
        struct finder *known = &scan->open[i];
        if (known->inverted != one.inverted ||
            hypot(known->middle.x - one.middle.x, known->middle.y - one.middle.y) >
                2 * known->module)
            continue;
        double weight = 1.0 / ++known->seen;
        known->middle.x += (one.middle.x - known->middle.x) * weight;
        known->middle.y += (one.middle.y - known->middle.y) * weight;
        known->module += (one.module - known->module) * weight;
        return;
    }
    if (scan->opened < OPEN_MAX)
        scan->open[scan->opened++] = one;
}

/* The stone in the middle is three modules high, and every line through it shows the pattern; data
 * that happens to look so does on one module's lines, noise on two. Of too many, the least seen go.
 */
static void keep(struct scan *scan, const struct finder *one)
{
    if (one->seen <= 2 || one->seen <= 1.5 * one->module)
        return;
    if (scan->done < FINDERS_MAX) {
        scan->out[scan->done++] = *one;
        return;
    }
    int least = 0;
    for (int i = 1; i < FINDERS_MAX; i++)
        if (scan->out[i].seen < scan->out[least].seen)
            least = i;
    if (one->seen > scan->out[least].seen)
        scan->out[least] = *one;
}

/* Closes those that line y and all after it are beyond. */
static void close_above(struct scan *scan, double y)
{
    int still = 0;
    for (int i = 0; i < scan->opened; i++)
        if (scan->open[i].middle.y + 2 * scan->open[i].module < y)
            keep(scan, &scan->open[i]);
        else
            scan->open[still++] = scan->open[i];
    scan->opened = still;
}

/* A row's five runs end before column end and may be a pattern: look down, across, and slantwise
 * through it. */
static void consider(struct scan *scan, const int run[RUNS], int end, int y)
{
    if (!is_pattern(run))
        return;
    const struct gray *g = scan->picture;
    int x = end - run[4] - run[3] - (run[2] + 1) / 2;
    struct line column = {g->pixels + x, g->width, g->height};
    int down, across;
    double middle_y = cross_check(column, y, &down);
    if (middle_y < 0)
        return;
    int middle_row = (int)middle_y;
    struct line row = {g->pixels + (size_t)middle_row * (size_t)g->width, 1, g->width};
    double middle_x = cross_check(row, x, &across);
    if (middle_x < 0 || across > 3 * down || down > 3 * across)
        return;
    int column_x = (int)middle_x, slant;
    int before = column_x < middle_row ? column_x : middle_row;
    int after_x = g->width - column_x, after_y = g->height - middle_row;
    struct line diagonal = {row.pixel + column_x - before * (g->width + 1), g->width + 1,
                            before + (after_x < after_y ? after_x : after_y)};
    if (cross_check(diagonal, before, &slant) < 0)
        return;
    add(scan,
        (struct finder){{middle_x, middle_y}, (across + down) / 14.0, row.pixel[column_x] != 0, 1});
}

int finder_find(struct finder out[FINDERS_MAX], const struct gray *two_tone)
{
    struct scan scan = {.picture = two_tone, .out = out};
    for (int y = 0; y < two_tone->height; y++) {
        const unsigned char *row = two_tone->pixels + (size_t)y * (size_t)two_tone->width;
        int run[RUNS] = {0};
        close_above(&scan, y);
        for (int x = 0; x < two_tone->width;) {
            int from = x;
            while (x < two_tone->width && row[x] == row[from])
                x++;
            memmove(run, run + 1, sizeof run - sizeof run[0]);
            run[RUNS - 1] = x - from;
            consider(&scan, run, x, y);
        }
    }
    close_above(&scan, INFINITY);
    return scan.done;
}
