/* Points, quadrilaterals, and the projective map that a flat code undergoes in front of a camera.
 */
#ifndef GARITA_QR_GEOMETRY_H
#define GARITA_QR_GEOMETRY_H

#include <stdbool.h>

struct point {
    double x, y; /* in pixels; the middle of the first pixel is (0.5, 0.5) */
};

/* (x, y) -> ((m0 x + m1 y + m2) / w, (m3 x + m4 y + m5) / w), w = m6 x + m7 y + 1 */
struct projective {
    double m[8];
};

/* The map of the unit square's corners (0,0), (1,0), (1,1), (0,1) onto to[0..3] (Heckbert 1989,
 * 2.2.3). False where they are no convex quadrilateral: then no camera saw a square so. */
bool projective_from_square(struct projective *out, const struct point to[4]);

static inline struct point projective_apply(const struct projective *p, double x, double y)
{
    const double *m = p->m;
    double w = 1 / (m[6] * x + m[7] * y + 1);
    struct point to = {(m[0] * x + m[1] * y + m[2]) * w, (m[3] * x + m[4] * y + m[5]) * w};
    return to; /* also read as C++ */
}

/* True if p is in the convex quadrilateral, widened by a tenth from its middle on: readers differ
 * on where exactly a code's corners are. */
bool quad_contains(const struct point corners[4], struct point p);

#endif
