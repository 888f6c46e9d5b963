#include "sharpen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REACH_MAX = 24 };

struct kernel {
    int reach;
    float weight[REACH_MAX + 1]; /* by distance from the middle */
};

static struct kernel gaussian(double sigma)
{
    struct kernel k = {.reach = (int)ceil(2.5 * sigma)};
    double sum = 0;
    for (int i = 0; i <= k.reach; i++)
        sum += (i == 0 ? 1 : 2) * exp(-i * i / (2 * sigma * sigma));
    for (int i = 0; i <= k.reach; i++)
        k.weight[i] = (float)(exp(-i * i / (2 * sigma * sigma)) / sum);
    return k;
}

/* out[i] = the middle row's, and each pair of rows' as far apart as the kernel reaches; plain loops
 * that a compiler turns into vectors. */
static void blur_down(float *out, const float *in, int width, int height, const struct kernel *k)
{
    size_t across = (size_t)width;
    for (int y = 0; y < height; y++) {
        float *made = out + (size_t)y * across;
        const float *middle = in + (size_t)y * across;
        for (size_t x = 0; x < across; x++)
            made[x] = k->weight[0] * middle[x];
        for (int i = 1; i <= k->reach; i++) {
            const float *above = in + (size_t)(y > i ? y - i : 0) * across;
            const float *below = in + (size_t)(y + i < height ? y + i : height - 1) * across;
            float w = k->weight[i];
            for (size_t x = 0; x < across; x++)
                made[x] += w * (above[x] + below[x]);
        }
    }
}

/* In place, through a line with its ends drawn out by the reach. */
static void blur_along(float *pixels, int width, int height, const struct kernel *k, float *line)
{
    size_t across = (size_t)width;
    size_t reach = (size_t)k->reach;
    for (int y = 0; y < height; y++) {
        float *row = pixels + (size_t)y * across;
        for (size_t i = 0; i < reach; i++) {
            line[i] = row[0];
            line[reach + across + i] = row[across - 1];
        }
        memcpy(line + reach, row, across * sizeof *row);
        const float *middle = line + reach;
        for (size_t x = 0; x < across; x++)
            row[x] = k->weight[0] * middle[x];
        for (size_t i = 1; i <= reach; i++) {
            const float *left = middle - i, *right = middle + i;
            float w = k->weight[i];
            for (size_t x = 0; x < across; x++)
                row[x] += w * (left[x] + right[x]);
        }
    }
}

/* Two floating-point pictures, and a line with room for a kernel's reach at both ends. */
struct workspace {
    float *guess, *blurred, *line;
};

static bool workspace_make(struct workspace *w, const struct gray *in)
{
    size_t len = gray_len(in);
    w->guess = malloc(len * sizeof *w->guess);
    w->blurred = malloc(len * sizeof *w->blurred);
    w->line = malloc(((size_t)in->width + 2 * REACH_MAX) * sizeof *w->line);
    if (w->guess == NULL || w->blurred == NULL || w->line == NULL)
        return false;
    for (size_t i = 0; i < len; i++)
        w->guess[i] = in->pixels[i];
    return true;
}

static void workspace_free(struct workspace *w)
{
    free(w->guess);
    free(w->blurred);
    free(w->line);
}

/* From guess to blurred. */
static void blur(struct workspace *w, const struct gray *in, const struct kernel *k)
{
    blur_down(w->blurred, w->guess, in->width, in->height, k);
    blur_along(w->blurred, in->width, in->height, k, w->line);
}

static bool round_off(struct gray *out, const struct gray *in, const struct workspace *w)
{
    if (!gray_make(out, in->width, in->height))
        return false;
    size_t len = gray_len(out);
    for (size_t i = 0; i < len; i++)
        out->pixels[i] = (unsigned char)(w->blurred[i] + 0.5F);
    return true;
}

bool gray_sharpen(struct gray *out, const struct gray *in, double sigma, int steps)
{
    struct workspace w;
    bool ok = workspace_make(&w, in);
    if (ok) {
        struct kernel lens = gaussian(sigma), rest = gaussian(0.3 * sigma + 0.2);
        size_t len = gray_len(in);
        for (int step = 0; step < steps; step++) {
            blur(&w, in, &lens);
            for (size_t i = 0; i < len; i++) {
                float better = w.guess[i] + ((float)in->pixels[i] - w.blurred[i]);
                w.guess[i] = better < 0 ? 0 : better > 255 ? 255 : better;
            }
        }
        blur(&w, in, &rest);
        ok = round_off(out, in, &w);
    }
    workspace_free(&w);
    return ok;
}

bool gray_smooth(struct gray *out, const struct gray *in, double sigma)
{
    struct workspace w;
    bool ok = workspace_make(&w, in);
    if (ok) {
        struct kernel k = gaussian(sigma);
        blur(&w, in, &k);
        ok = round_off(out, in, &w);
    }
    workspace_free(&w);
    return ok;
}
