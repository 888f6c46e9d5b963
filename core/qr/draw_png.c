#include "bounds.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((long)(GARITA_QR_SIDE_MAX + 2 * GARITA_QR_QUIET) * GARITA_QR_SCALE_MAX *
                       (GARITA_QR_SIDE_MAX + 2 * GARITA_QR_QUIET) * GARITA_QR_SCALE_MAX <=
                   QR_PIXELS_MAX,
               "whatever is drawn can be read back");

/* Everything that must outlive a longjmp out of libpng. */
struct png_drawing {
    png_structp png;
    png_infop info;
    png_bytep row;
    garita_qr_write write;
    void *context;
    garita_error error;
};

static void write_bytes(png_structp png, png_bytep bytes, size_t len)
{
    struct png_drawing *d = png_get_io_ptr(png);
    if (d->write(d->context, bytes, len) != 0) {
        d->error = GARITA_E_NO_SPACE;
        png_error(png, "stopped by the caller");
    }
}

static void flush_nothing(png_structp png)
{
    (void)png;
}

static void on_error(png_structp png, png_const_charp message)
{
    (void)message;
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

/* One row of modules, row y of the code, as scale pixels each; a set bit is white. */
static void fill_row(png_bytep row, size_t len, const garita_qr *qr, int y, unsigned scale)
{
    memset(row, 0xff, len);
    for (int x = 0; x < qr->side; x++) {
        if (!garita_qr_dark(qr, x, y))
            continue;
        unsigned from = (unsigned)(x + GARITA_QR_QUIET) * scale;
        for (unsigned p = from; p < from + scale; p++)
            row[p / 8] &= (png_byte) ~(0x80U >> p % 8);
    }
}

static void draw(struct png_drawing *d, const garita_qr *qr, unsigned scale)
{
    unsigned side = (unsigned)(qr->side + 2 * GARITA_QR_QUIET) * scale;
    unsigned per_metre = scale * (1000000 / QR_MODULE_UM);
    png_set_IHDR(d->png, d->info, side, side, 1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_pHYs(d->png, d->info, per_metre, per_metre, PNG_RESOLUTION_METER);
    png_set_filter(d->png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    png_set_compression_level(d->png, 9);
    png_write_info(d->png, d->info);
    for (int y = -GARITA_QR_QUIET; y < qr->side + GARITA_QR_QUIET; y++) {
        fill_row(d->row, (side + 7) / 8, qr, y, scale);
        for (unsigned i = 0; i < scale; i++)
            png_write_row(d->png, d->row);
    }
    png_write_end(d->png, d->info);
}

garita_error garita_qr_png(const garita_qr *qr, unsigned scale, garita_qr_write write,
                           void *context)
{
    if (scale < GARITA_QR_SCALE_MIN || scale > GARITA_QR_SCALE_MAX)
        return GARITA_E_RANGE;

    struct png_drawing d = {
        .write = write, .context = context, .error = GARITA_E_NO_MEMORY /* libpng's only other */};
    d.row = malloc((size_t)(qr->side + 2 * GARITA_QR_QUIET) * scale / 8 + 1);
    d.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    if (d.png != NULL)
        d.info = png_create_info_struct(d.png);
    if (d.row != NULL && d.info != NULL && setjmp(png_jmpbuf(d.png)) == 0) {
        png_set_write_fn(d.png, &d, write_bytes, flush_nothing);
        draw(&d, qr, scale);
        d.error = GARITA_OK;
    }
    if (d.png != NULL)
        png_destroy_write_struct(&d.png, &d.info);
    free(d.row);
    return d.error;
}
