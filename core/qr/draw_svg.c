#include "draw_text.h"
#include "bounds.h"

garita_error garita_qr_svg(const garita_qr *qr, garita_qr_write write, void *context)
{
    struct draw_text t = {.write = write, .context = context};
    int side = qr->side + 2 * GARITA_QR_QUIET;
    int tenths = side * QR_MODULE_UM / 100; /* of a millimetre */

    draw_text_add(&t, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                      "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\"");
    draw_text_add(&t, " width=\"%d.%dmm\" height=\"%d.%dmm\" viewBox=\"0 0 %d %d\"", tenths / 10,
                  tenths % 10, tenths / 10, tenths % 10, side, side);
    /* crispEdges: no hairlines between rows where a renderer would smooth the edges. */
    draw_text_add(&t, " shape-rendering=\"crispEdges\">\n"
                      "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n<path d=\"");
    for (int y = 0; y < qr->side; y++)
        for (int x = 0; x < qr->side; x++) {
            int from = x;
            while (garita_qr_dark(qr, x, y))
                x++;
            if (x > from)
                draw_text_add(&t, "M%d,%dh%dv1h-%dz", from + GARITA_QR_QUIET, y + GARITA_QR_QUIET,
                              x - from, x - from);
        }
    draw_text_add(&t, "\" fill=\"#000\"/>\n</svg>\n");
    return draw_text_end(&t);
}
