/* Finder patterns: the three squares of a QR code, ISO/IEC 18004, 6.3.3. */
#ifndef GARITA_QR_FINDER_H
#define GARITA_QR_FINDER_H

#include "gray.h"

/* Patterns kept of one picture: 16 codes' worth, and as many that are none. */
#define FINDERS_MAX 96

struct finder {
    struct point middle;
    double module; /* its seventh part, the mean of across and down, in pixels */
    bool inverted; /* a light pattern on dark ground */
    int seen;      /* scan lines that crossed it */
};

/* Puts the patterns of a two-tone picture, of both polarities, into out; returns how many. Any line
 * through a pattern's middle cuts it 1:1:3:1:1, turned and tilted as it may be: that is all that is
 * looked for. */
int finder_find(struct finder out[FINDERS_MAX], const struct gray *two_tone);

#endif
