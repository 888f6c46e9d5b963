/* Undoing blur (a lens out of focus, a hand that shook), and noise. */
#ifndef GARITA_QR_SHARPEN_H
#define GARITA_QR_SHARPEN_H

#include "gray.h"

/* out is what, blurred by a Gaussian of sigma pixels (0.5 to 8), would look like in: as near as so
 * many steps get (Van Cittert's iteration, held within 0 to 255, which is what brings back edges
 * that a linear filter cannot). Noise grows with each step, so a little smoothing ends it. False if
 * there is no memory. */
bool gray_sharpen(struct gray *out, const struct gray *in, double sigma, int steps);

/* The opposite: out is in, blurred by a Gaussian of sigma pixels (0.5 to 8), which averages noise
 * away. False if there is no memory. */
bool gray_smooth(struct gray *out, const struct gray *in, double sigma);

#endif
