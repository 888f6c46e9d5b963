#include "draw_text.h"

/* A cell by what is inked in its upper and lower half. */
static const char *cell(bool upper, bool lower)
{
    static const char *const glyphs[2][2] = {{" ", "\u2584"}, {"\u2580", "\u2588"}};
    return glyphs[upper][lower];
}

garita_error garita_qr_terminal(const garita_qr *qr, bool color, garita_qr_write write,
                                void *context)
{
    struct draw_text t = {.write = write, .context = context};
    int end = qr->side + GARITA_QR_QUIET;

    /* With color the ink is black and marks dark modules; without, the ink is whatever the terminal
     * writes with, on most a light color, and marks light ones. The side is odd, so that the last
     * cell's lower half lies outside: a fifth row of quiet zone. */
    for (int y = -GARITA_QR_QUIET; y < end; y += 2) {
        if (color)
            draw_text_add(&t, "\x1b[38;5;16;48;5;231m");
        for (int x = -GARITA_QR_QUIET; x < end; x++)
            draw_text_add(
                &t, "%s",
                cell(garita_qr_dark(qr, x, y) == color, garita_qr_dark(qr, x, y + 1) == color));
        draw_text_add(&t, color ? "\x1b[0m\n" : "\n");
    }
    return draw_text_end(&t);
}
