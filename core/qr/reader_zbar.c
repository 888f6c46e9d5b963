#include "readers.h"

#include <zbar.h>

static bool hand_over(const zbar_symbol_t *symbol, reader_found found, void *context)
{
    struct point corners[4] = {{0, 0}, {0, 0}, {0, 0}, {0, 0}};
    if (zbar_symbol_get_loc_size(symbol) >= 4)
        for (unsigned i = 0; i < 4; i++) {
            corners[i].x = zbar_symbol_get_loc_x(symbol, i) + 0.5;
            corners[i].y = zbar_symbol_get_loc_y(symbol, i) + 0.5;
        }
    const char *text = zbar_symbol_get_data(symbol);
    return found(context, (const unsigned char *)text, zbar_symbol_get_data_length(symbol),
                 corners);
}

static void configure(zbar_image_scanner_t *scanner)
{
    zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
    /* Else byte segments are converted by a guessed character set. */
    zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
    zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_TEST_INVERTED, 1);
    /* Debian's zbar announces every text it reads on the system's D-Bus unless told not to. */
    zbar_image_scanner_request_dbus(scanner, 0);
}

bool zbar_read(const struct gray *picture, reader_found found, void *context)
{
    bool ok = false;
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    zbar_image_t *image = zbar_image_create();
    if (scanner == NULL || image == NULL)
        goto end;

    configure(scanner);
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, (unsigned)picture->width, (unsigned)picture->height);
    zbar_image_set_data(image, picture->pixels, gray_len(picture), NULL);
    ok = true;
    if (zbar_scan_image(scanner, image) > 0)
        for (const zbar_symbol_t *symbol = zbar_image_first_symbol(image); symbol != NULL && ok;
             symbol = zbar_symbol_next(symbol))
            if (zbar_symbol_get_type(symbol) == ZBAR_QRCODE &&
                zbar_symbol_get_data_length(symbol) > 0)
                ok = hand_over(symbol, found, context);

end:
    if (image != NULL)
        zbar_image_destroy(image);
    if (scanner != NULL)
        zbar_image_scanner_destroy(scanner);
    return ok;
}
