/* garita/qr_draw.h: a text as a QR code, on paper, on a page, or in a terminal.
 *
 * Standard: ISO/IEC 18004:2015, QR Code Model 2, versions 1 to 40. A text that lies wholly in the
 * alphanumeric set of its table 5 (as "GT1:" and Base45 do) is one alphanumeric segment; any other
 * is one byte segment. The smallest version that holds the text at the asked level is used. Within
 * that version the level is raised as far as it goes for free: the version never grows by it, and a
 * scratched card reads better.
 *
 * Everything here is pure: the same text gives the same bytes (a PNG's also depend on the zlib that
 * packed it; its pixels do not). Nothing is written but through the caller's own function.
 */
#ifndef GARITA_QR_DRAW_H
#define GARITA_QR_DRAW_H

#include <garita/error.h>

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Modules on a side of version 40: 17 + 4 x 40. */
#define GARITA_QR_SIDE_MAX 177
/* Light modules that must surround a code (ISO/IEC 18004, 9.1). All drawings include them. */
#define GARITA_QR_QUIET 4
/* Pixels per module in a PNG. Below, see core/qr/bounds.h for why. */
#define GARITA_QR_SCALE_MIN 1
#define GARITA_QR_SCALE_MAX 32
#define GARITA_QR_SCALE_DEFAULT 8

/* Error correction level: about 7, 15, 25 and 30 % of the codewords may be wrong. */
typedef enum garita_qr_ecc {
    GARITA_QR_ECC_L,
    GARITA_QR_ECC_M,
    GARITA_QR_ECC_Q,
    GARITA_QR_ECC_H
} garita_qr_ecc;

/* A drawn code. Copy it freely: it owns nothing. */
typedef struct garita_qr {
    int version;       /* 1 to 40 */
    int side;          /* modules on a side, 17 + 4 x version, without the quiet zone */
    garita_qr_ecc ecc; /* the level it has: the asked one, or better */
    unsigned char dark[(GARITA_QR_SIDE_MAX * GARITA_QR_SIDE_MAX + 7) / 8]; /* see garita_qr_dark */
} garita_qr;

/* Takes the next len bytes of a drawing; returns 0, or anything else to stop it. */
typedef int (*garita_qr_write)(void *context, const void *bytes, size_t len);

/* Draws text (len bytes, any values, no terminator needed, at least one) into *out.
 * Returns GARITA_OK; EMPTY for no bytes; RANGE for a level that is none; TOO_LONG where version 40
 * does not hold it; NO_MEMORY. On an error *out is all zero. */
garita_error garita_qr_encode(garita_qr *out, const char *text, size_t len, garita_qr_ecc ecc);

/* True if the module in column x and row y is dark. Outside the code, in the quiet zone, none is.
 */
bool garita_qr_dark(const garita_qr *qr, int x, int y);

/* The code as a PNG (ISO/IEC 15948), grayscale of 1 bit, quiet zone included, scale pixels per
 * module, (side + 8) x scale pixels on a side. Its pHYs chunk makes a module 0.5 mm at any scale,
 * so that a version 10 code prints 32.5 mm wide: within reach of handheld scanners and phones
 * alike. Returns GARITA_OK; RANGE for a scale outside GARITA_QR_SCALE_MIN to _MAX; NO_SPACE where
 * write stopped it; NO_MEMORY. */
garita_error garita_qr_png(const garita_qr *qr, unsigned scale, garita_qr_write write,
                           void *context);

/* The code as SVG 1.1: one path of dark modules on a white ground, in module units (viewBox), drawn
 * at 0.5 mm a module. Returns GARITA_OK, or NO_SPACE where write stopped it. */
garita_error garita_qr_svg(const garita_qr *qr, garita_qr_write write, void *context);

/* The code as lines of UTF-8 for a terminal, two modules to a character cell (U+2580, U+2584,
 * U+2588, space), each line ended by LF. With color, black on white is asked for by ANSI codes 16
 * and 231 of the fixed 256-color cube, which themes leave alone. Without, light modules are drawn:
 * right on a dark terminal, an inverted code on a light one, which readers in use know.
 * Returns GARITA_OK, or NO_SPACE where write stopped it. */
garita_error garita_qr_terminal(const garita_qr *qr, bool color, garita_qr_write write,
                                void *context);

#ifdef __cplusplus
}
#endif

#endif
