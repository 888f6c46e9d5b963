/* Grayscale pictures and what is done to them before a reader looks. One byte a pixel, rows without
 * gaps, 0 black. Pure; all sizes are within core/qr/bounds.h. */
#ifndef GARITA_QR_GRAY_H
#define GARITA_QR_GRAY_H

#include "geometry.h"

#include <stdbool.h>
#include <stddef.h>

struct gray {
    int width, height;
    unsigned char *pixels; /* width x height, owned */
};

/* Makes out width x height with undefined pixels; false if there is no memory. */
bool gray_make(struct gray *out, int width, int height);

void gray_free(struct gray *g);

size_t gray_len(const struct gray *g);

/* Black becomes white, in place. */
void gray_invert(struct gray *g);

/* A pixel is black in out if it is darker than the mean of the square of window x window pixels
 * around it by more than margin, else white. Shadows and gradients vanish, edges stay. Same size as
 * in; false if there is no memory. */
bool gray_threshold(struct gray *out, const struct gray *in, int window, int margin);

/* Each pixel of out is the mean of a square of 2 x 2; an odd last row or column is dropped. Neither
 * side of in is below 2. */
bool gray_halve(struct gray *out, const struct gray *in);

/* The value at p, interpolated between the four pixels around it; outside, the nearest pixel's. */
double gray_at(const struct gray *g, struct point p);

#endif
