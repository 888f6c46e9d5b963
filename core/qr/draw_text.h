/* Collects a drawing's text and hands it on in large pieces. */
#ifndef GARITA_QR_DRAW_TEXT_H
#define GARITA_QR_DRAW_TEXT_H

#include <garita/qr_draw.h>

struct draw_text {
    garita_qr_write write;
    void *context;
    size_t used;
    bool stopped;
    char bytes[4096];
};

/* At most 256 bytes once formatted. */
void draw_text_add(struct draw_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Hands on the rest: GARITA_OK, or NO_SPACE if the caller's function ever stopped the drawing. */
garita_error draw_text_end(struct draw_text *text);

#endif
