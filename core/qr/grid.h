/* A reader of our own for codes seen at a steep angle, where both libraries lose the grid: it fits
 * the whole projective map to everything of a code that is known beforehand. */
#ifndef GARITA_QR_GRID_H
#define GARITA_QR_GRID_H

#include "finder.h"
#include "readers.h"

/* Looks among the finder patterns for three of one code, fits the map, samples the modules from
 * picture, and gives a clean drawing of them to ZXing to decode (for error correction and text).
 * two_tone is the thresholded picture that the finders came from. Codes that decode go to found.
 * False if there was no memory or found said so. */
bool grid_read(const struct gray *picture, const struct gray *two_tone,
               const struct finder *finders, int count, reader_found found, void *context);

#endif
