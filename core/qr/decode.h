/* From the bytes of a picture file to its pixels. Runs in the locked-down child only. */
#ifndef GARITA_QR_DECODE_H
#define GARITA_QR_DECODE_H

#include "gray.h"

#include <garita/picture.h>

/* Fills out with the grayscale picture in bytes, reduced to PICTURE_WORK_PIXELS_MAX.
 * OK; DAMAGED, with what could be decoded on white ground in out if out->pixels is not null;
 * TOO_LARGE by its header, before anything of its size is allocated; NO_MEMORY. */
garita_picture_error decode_png(struct gray *out, const unsigned char *bytes, size_t len);
garita_picture_error decode_jpeg(struct gray *out, const unsigned char *bytes, size_t len);

bool decode_is_png(const unsigned char *bytes, size_t len);
bool decode_is_jpeg(const unsigned char *bytes, size_t len);

#endif
