#include "gray.h"

#include <stdint.h>
#include <stdlib.h>

bool gray_make(struct gray *out, int width, int height)
{
    out->width = width;
    out->height = height;
    out->pixels = malloc((size_t)width * (size_t)height);
    return out->pixels != NULL;
}

void gray_free(struct gray *g)
{
    free(g->pixels);
    *g = (struct gray){0};
}

size_t gray_len(const struct gray *g)
{
    return (size_t)g->width * (size_t)g->height;
}

void gray_invert(struct gray *g)
{
    size_t len = gray_len(g);
    for (size_t i = 0; i < len; i++)
        g->pixels[i] = (unsigned char)(255 - g->pixels[i]);
}

bool gray_threshold(struct gray *out, const struct gray *in, int window, int margin)
{
    /* sum[y][x] is that of all pixels above and left of (x, y); 50 million times 255 wraps, but
     * differences within a window do not. */
    size_t across = (size_t)in->width + 1;
    uint32_t *sum = calloc(across * ((size_t)in->height + 1), sizeof *sum);
    if (sum == NULL || !gray_make(out, in->width, in->height)) {
        free(sum);
        return false;
    }
    for (int y = 0; y < in->height; y++) {
        const unsigned char *row = in->pixels + (size_t)y * (size_t)in->width;
        const uint32_t *above = sum + (size_t)y * across;
        uint32_t *here = sum + ((size_t)y + 1) * across;
        uint32_t along = 0;
        for (int x = 0; x < in->width; x++) {
            along += row[x];
            here[x + 1] = above[x + 1] + along;
        }
    }
    int half = window / 2;
    for (int y = 0; y < in->height; y++) {
        int top = y > half ? y - half : 0;
        int bottom = y + half < in->height ? y + half + 1 : in->height;
        const uint32_t *upper = sum + (size_t)top * across;
        const uint32_t *lower = sum + (size_t)bottom * across;
        const unsigned char *row = in->pixels + (size_t)y * (size_t)in->width;
        unsigned char *made = out->pixels + (size_t)y * (size_t)in->width;
        for (int x = 0; x < in->width; x++) {
            int left = x > half ? x - half : 0;
            int right = x + half < in->width ? x + half + 1 : in->width;
            uint32_t area = (uint32_t)((bottom - top) * (right - left));
            uint32_t total = lower[right] - lower[left] - upper[right] + upper[left];
            made[x] = ((uint32_t)row[x] + (uint32_t)margin) * area < total ? 0 : 255;
        }
    }
    free(sum);
    return true;
}

bool gray_halve(struct gray *out, const struct gray *in)
{
    if (!gray_make(out, in->width / 2, in->height / 2))
        return false;
    for (int y = 0; y < out->height; y++) {
        const unsigned char *upper = in->pixels + (size_t)(2 * y) * (size_t)in->width;
        const unsigned char *lower = upper + in->width;
        unsigned char *made = out->pixels + (size_t)y * (size_t)out->width;
        for (int x = 0; x < out->width; x++, upper += 2, lower += 2)
            made[x] = (unsigned char)((upper[0] + upper[1] + lower[0] + lower[1] + 2) / 4);
    }
    return true;
}

static int clamp(int value, int top)
{
    return value < 0 ? 0 : value > top ? top : value;
}

double gray_at(const struct gray *g, struct point p)
{
    /* Far outside is as good as just outside, and within what an int holds. */
    double px = p.x < 0 ? 0 : p.x > g->width ? g->width : p.x;
    double py = p.y < 0 ? 0 : p.y > g->height ? g->height : p.y;
    px += 0.5; /* so that the cast rounds down for all that can come */
    py += 0.5;
    int x = (int)px - 1, y = (int)py - 1;
    double right = px - 1 - x, down = py - 1 - y;
    const unsigned char *upper = g->pixels + (size_t)clamp(y, g->height - 1) * (size_t)g->width;
    const unsigned char *lower = g->pixels + (size_t)clamp(y + 1, g->height - 1) * (size_t)g->width;
    int left_x = clamp(x, g->width - 1), right_x = clamp(x + 1, g->width - 1);
    double above = upper[left_x] + (upper[right_x] - upper[left_x]) * right;
    double below = lower[left_x] + (lower[right_x] - lower[left_x]) * right;
    return above + (below - above) * down;
}
