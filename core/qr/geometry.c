#include "geometry.h"

#include <math.h>

/* Twice the area of the triangle a b c; its sign is the sense of turning. */
static double turn(struct point a, struct point b, struct point c)
{
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

static bool is_convex(const struct point q[4])
{
    double sense = turn(q[0], q[1], q[2]);
    for (int i = 1; i < 4; i++)
        if (!(turn(q[i], q[(i + 1) % 4], q[(i + 2) % 4]) * sense > 0))
            return false;
    return true;
}

bool projective_from_square(struct projective *out, const struct point to[4])
{
    if (!is_convex(to))
        return false;
    double dx1 = to[1].x - to[2].x, dy1 = to[1].y - to[2].y;
    double dx2 = to[3].x - to[2].x, dy2 = to[3].y - to[2].y;
    double dx3 = to[0].x - to[1].x + to[2].x - to[3].x;
    double dy3 = to[0].y - to[1].y + to[2].y - to[3].y;
    double den = dx1 * dy2 - dx2 * dy1; /* not 0: the points are convex */
    double g = (dx3 * dy2 - dx2 * dy3) / den, h = (dx1 * dy3 - dx3 * dy1) / den;
    *out = (struct projective){{to[1].x - to[0].x + g * to[1].x, to[3].x - to[0].x + h * to[3].x,
                                to[0].x, to[1].y - to[0].y + g * to[1].y,
                                to[3].y - to[0].y + h * to[3].y, to[0].y, g, h}};
    return true;
}

bool quad_contains(const struct point corners[4], struct point p)
{
    struct point middle = {0, 0}, wide[4];
    for (int i = 0; i < 4; i++) {
        middle.x += corners[i].x / 4;
        middle.y += corners[i].y / 4;
    }
    for (int i = 0; i < 4; i++) {
        wide[i].x = middle.x + (corners[i].x - middle.x) * 1.1;
        wide[i].y = middle.y + (corners[i].y - middle.y) * 1.1;
    }
    int left = 0, right = 0;
    for (int i = 0; i < 4; i++) {
        double side = turn(wide[i], wide[(i + 1) % 4], p);
        left += side > 0;
        right += side < 0;
    }
    return left == 4 || right == 4;
}
