#include "decode.h"

#include "bounds.h"

#include <png.h>
#include <string.h>

bool decode_is_png(const unsigned char *bytes, size_t len)
{
    static const unsigned char signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    return len >= sizeof signature && memcmp(bytes, signature, sizeof signature) == 0;
}

static garita_picture_error reduce(struct gray *g)
{
    while ((long)gray_len(g) > PICTURE_WORK_PIXELS_MAX) {
        struct gray half;
        bool ok = gray_halve(&half, g);
        gray_free(g);
        if (!ok)
            return GARITA_PICTURE_NO_MEMORY;
        *g = half;
    }
    return GARITA_PICTURE_OK;
}

static unsigned long read_u32(const unsigned char *at)
{
    return (unsigned long)at[0] << 24 | (unsigned long)at[1] << 16 | (unsigned long)at[2] << 8 |
           at[3];
}

/* The size is in the first chunk, at a fixed place: what is too large need not get as far as
 * libpng, which has bounds of its own and would call it damaged. */
static bool is_too_large(const unsigned char *bytes, size_t len)
{
    if (len < 24 || memcmp(bytes + 12, "IHDR", 4) != 0)
        return false; /* libpng will complain */
    unsigned long width = read_u32(bytes + 16), height = read_u32(bytes + 20);
    return width > QR_SIDE_MAX || height > QR_SIDE_MAX ||
           width * height > (unsigned long)QR_PIXELS_MAX;
}

/* libpng's simplified interface takes every color type, depth and interlacing to one byte a pixel,
 * and does its own error handling: no longjmp comes out. Its default limits on chunks hold. */
garita_picture_error decode_png(struct gray *out, const unsigned char *bytes, size_t len)
{
    if (is_too_large(bytes, len))
        return GARITA_PICTURE_TOO_LARGE;
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(&image, bytes, len))
        return GARITA_PICTURE_DAMAGED;
    if (!gray_make(out, (int)image.width, (int)image.height)) {
        png_image_free(&image);
        return GARITA_PICTURE_NO_MEMORY;
    }
    static const png_color white = {255, 255, 255};
    memset(out->pixels, 255, gray_len(out)); /* for what a damaged file leaves out */
    image.format = PNG_FORMAT_GRAY;
    bool whole = png_image_finish_read(&image, &white, out->pixels, 0, NULL) != 0;
    png_image_free(&image);
    garita_picture_error error = reduce(out);
    return error == GARITA_PICTURE_OK && !whole ? GARITA_PICTURE_DAMAGED : error;
}
