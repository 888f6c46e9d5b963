/* The two libraries that read QR codes, behind one shape. Neither sees where the other is blind:
 * ZXing-C++ 1.4 loses low contrast, glare and some views; zbar loses perspective and small modules.
 */
#ifndef GARITA_QR_READERS_H
#define GARITA_QR_READERS_H

#include "gray.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a reader hands over for each code: its text, and the corners of where it stands, in turn
 * around it. Returns false to stop the reader (out of memory, or enough). */
typedef bool (*reader_found)(void *context, const unsigned char *text, size_t len,
                             const struct point corners[4]);

/* How a picture came about. */
enum reader_kind {
    READER_PHOTO,   /* anything */
    READER_TWO_TONE /* only 0 and 255: no threshold has to be found */
};

/* Every code that the library finds, to found. False if there was no memory or found said so; no
 * exception of C++ comes out. */
bool zxing_read(const struct gray *picture, enum reader_kind kind, reader_found found,
                void *context);

/* Exactly one code, upright and drawn by grid_draw: nothing to look for. */
bool zxing_read_drawn(const struct gray *picture, reader_found found, void *context);

/* zbar looks at both polarities by itself. */
bool zbar_read(const struct gray *picture, reader_found found, void *context);

#ifdef __cplusplus
}
#endif

#endif
