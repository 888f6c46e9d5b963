#include "scene.h"

#include <math.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h> /* wants stdio.h before it */

static void *must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

uint64_t scene_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

/* From 0 to below 1. */
static double uniform(uint64_t *state)
{
    return (double)(scene_random(state) >> 11) / 9007199254740992.0;
}

static size_t area(const struct scene *s)
{
    return (size_t)s->width * (size_t)s->height;
}

static unsigned char to_pixel(double value)
{
    return (unsigned char)(value < 0 ? 0 : value > 255 ? 255 : value + 0.5);
}

struct scene scene_make(int width, int height, uint64_t seed)
{
    struct scene s = {width, height, must(malloc((size_t)width * (size_t)height))};
    double *along = must(malloc((size_t)width * sizeof *along));
    double phase = uniform(&seed) * 6;
    for (int x = 0; x < width; x++)
        along[x] = 150 + 12 * sin(x / 37.0 + phase);
    for (int y = 0; y < height; y++) {
        double down = 9 * sin(y / 23.0);
        for (int x = 0; x < width; x++)
            s.pixels[(size_t)y * (size_t)width + (size_t)x] =
                to_pixel(along[x] + down + 6 * uniform(&seed));
    }
    free(along);
    return s;
}

void scene_free(struct scene *scene)
{
    free(scene->pixels);
    *scene = (struct scene){0};
}

/* ---- placing a code ---- */

/* The projective map of the unit square's corners (0,0) (1,0) (1,1) (0,1) onto four points, after
 * Heckbert; turned round to take points of the picture back onto the square. */
struct projection {
    double m[9];
};

static struct projection from_square(const double x[4], const double y[4])
{
    double dx1 = x[1] - x[2], dx2 = x[3] - x[2], dx3 = x[0] - x[1] + x[2] - x[3];
    double dy1 = y[1] - y[2], dy2 = y[3] - y[2], dy3 = y[0] - y[1] + y[2] - y[3];
    double den = dx1 * dy2 - dx2 * dy1;
    double g = (dx3 * dy2 - dx2 * dy3) / den, h = (dx1 * dy3 - dx3 * dy1) / den;
    return (struct projection){{x[1] - x[0] + g * x[1], x[3] - x[0] + h * x[3], x[0],
                                y[1] - y[0] + g * y[1], y[3] - y[0] + h * y[3], y[0], g, h, 1}};
}

static struct projection turned_round(struct projection p)
{
    const double *m = p.m; /* the adjugate does: scale is free */
    return (struct projection){
        {m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
         m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
         m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3]}};
}

static void rotate(double *x, double *y, double degrees)
{
    double c = cos(degrees * 3.14159265358979 / 180), s = sin(degrees * 3.14159265358979 / 180);
    double was = *x;
    *x = c * was - s * *y;
    *y = s * was + c * *y;
}

/* The card's corners in the picture. A keystone seen from a tilted side: the square is turned by
 * the tilt, its trapezoid taken, and turned back. */
static void card_corners(const struct scene_pose *pose, double half, double x[4], double y[4])
{
    const double tx[4] = {-1 + 2 * pose->keystone, 1 - 2 * pose->keystone, 1, -1};
    const double sx[4] = {-1, 1, 1, -1}, sy[4] = {-1, -1, 1, 1};
    struct projection keystone = from_square(tx, sy);
    for (int i = 0; i < 4; i++) {
        double px = sx[i], py = sy[i];
        rotate(&px, &py, pose->tilt);
        double u = (px + 1) / 2, v = (py + 1) / 2;
        double w = keystone.m[6] * u + keystone.m[7] * v + keystone.m[8];
        x[i] = (keystone.m[0] * u + keystone.m[1] * v + keystone.m[2]) / w;
        y[i] = (keystone.m[3] * u + keystone.m[4] * v + keystone.m[5]) / w;
        rotate(&x[i], &y[i], pose->degrees - pose->tilt);
        x[i] = pose->x + x[i] * half;
        y[i] = pose->y + y[i] * half;
    }
}

/* The pixels that four coordinates span, within 0 to limit. */
static void span(const double c[4], int limit, int *from, int *to)
{
    double low = fmin(fmin(c[0], c[1]), fmin(c[2], c[3]));
    double high = fmax(fmax(c[0], c[1]), fmax(c[2], c[3]));
    *from = low < 0 ? 0 : (int)low;
    *to = high > limit - 1 ? limit : (int)high + 1;
}

/* 1 for ink, 0 for card, -1 beside it. u and v run from 0 to 1 across the card. */
static int card_at(const garita_qr *qr, double u, double v)
{
    if (u < 0 || v < 0 || u >= 1 || v >= 1)
        return -1;
    int across = qr->side + 2 * GARITA_QR_QUIET;
    return garita_qr_dark(qr, (int)(u * across) - GARITA_QR_QUIET,
                          (int)(v * across) - GARITA_QR_QUIET);
}

void scene_place(struct scene *scene, const garita_qr *qr, const struct scene_pose *pose)
{
    enum { SAMPLES = 5 }; /* on each side of a pixel, as a sensor integrates */
    const double ink = 20, card = 235;
    double cx[4], cy[4];
    card_corners(pose, pose->module * (qr->side + 2 * GARITA_QR_QUIET) / 2, cx, cy);
    struct projection p = turned_round(from_square(cx, cy));
    int left, right, top, bottom;
    span(cx, scene->width, &left, &right);
    span(cy, scene->height, &top, &bottom);
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++) {
            unsigned char *pixel = &scene->pixels[(size_t)y * (size_t)scene->width + (size_t)x];
            double sum = 0;
            for (int s = 0; s < SAMPLES * SAMPLES; s++) {
                double sx = x + (s % SAMPLES + 0.5) / SAMPLES;
                double sy = y + (s / SAMPLES + 0.5) / SAMPLES;
                double w = p.m[6] * sx + p.m[7] * sy + p.m[8];
                int what = card_at(qr, (p.m[0] * sx + p.m[1] * sy + p.m[2]) / w,
                                   (p.m[3] * sx + p.m[4] * sy + p.m[5]) / w);
                sum += what < 0 ? *pixel : (what == 1) != pose->inverted ? ink : card;
            }
            *pixel = to_pixel(sum / (SAMPLES * SAMPLES));
        }
}

/* ---- what happens to the picture ---- */

/* One direction of a separable convolution: from in to out, step apart, count of them. */
static void blur_line(const unsigned char *in, double *out, int count, size_t step,
                      const double *weight, int reach)
{
    for (int i = 0; i < count; i++) {
        double sum = 0;
        for (int k = -reach; k <= reach; k++) {
            int j = i + k < 0 ? 0 : i + k >= count ? count - 1 : i + k;
            sum += weight[k < 0 ? -k : k] * in[(size_t)j * step];
        }
        out[i] = sum;
    }
}

void scene_blur(struct scene *scene, double sigma)
{
    int reach = (int)(3 * sigma) + 1;
    double *weight = must(malloc(((size_t)reach + 1) * sizeof *weight));
    double *line = must(malloc((size_t)(scene->width + scene->height) * sizeof *line));
    double sum = 0;
    for (int k = 0; k <= reach; k++) {
        weight[k] = exp(-k * k / (2 * sigma * sigma));
        sum += k == 0 ? weight[k] : 2 * weight[k];
    }
    for (int k = 0; k <= reach; k++)
        weight[k] /= sum;
    size_t across = (size_t)scene->width;
    for (int y = 0; y < scene->height; y++) {
        unsigned char *row = scene->pixels + (size_t)y * across;
        blur_line(row, line, scene->width, 1, weight, reach);
        for (int x = 0; x < scene->width; x++)
            row[x] = to_pixel(line[x]);
    }
    for (int x = 0; x < scene->width; x++) {
        blur_line(scene->pixels + x, line, scene->height, across, weight, reach);
        for (int y = 0; y < scene->height; y++)
            scene->pixels[(size_t)y * across + (size_t)x] = to_pixel(line[y]);
    }
    free(line);
    free(weight);
}

void scene_contrast(struct scene *scene, int black, int white)
{
    for (size_t i = 0; i < area(scene); i++)
        scene->pixels[i] = to_pixel(black + scene->pixels[i] * (white - black) / 255.0);
}

void scene_gradient(struct scene *scene, double dark)
{
    for (int y = 0; y < scene->height; y++)
        for (int x = 0; x < scene->width; x++) {
            unsigned char *pixel = &scene->pixels[(size_t)y * (size_t)scene->width + (size_t)x];
            *pixel = to_pixel(*pixel * (1 - (1 - dark) * x / scene->width));
        }
}

void scene_glare(struct scene *scene, double x, double y, double radius)
{
    for (int row = 0; row < scene->height; row++)
        for (int col = 0; col < scene->width; col++) {
            unsigned char *pixel = &scene->pixels[(size_t)row * (size_t)scene->width + (size_t)col];
            double far = hypot(col - x, row - y) / radius;
            double lamp = exp(-far * far);
            *pixel = to_pixel(*pixel + (255 - *pixel) * 0.85 * lamp);
        }
}

void scene_noise(struct scene *scene, double sigma, uint64_t seed)
{
    for (size_t i = 0; i < area(scene); i++) {
        /* Four uniforms of one draw: near enough a Gaussian, of sigma 65536 / sqrt(3). */
        uint64_t r = scene_random(&seed);
        double sum = (double)((r & 0xffff) + (r >> 16 & 0xffff) + (r >> 32 & 0xffff) + (r >> 48));
        scene->pixels[i] = to_pixel(scene->pixels[i] + sigma * (sum - 131070) * 1.7320508 / 65536);
    }
}

void scene_invert(struct scene *scene)
{
    for (size_t i = 0; i < area(scene); i++)
        scene->pixels[i] = (unsigned char)(255 - scene->pixels[i]);
}

/* ---- files ---- */

unsigned char *scene_jpeg(const struct scene *scene, int quality, size_t *len)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors; /* whose error_exit ends the program, as promised */
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &size);
    jpeg.image_width = (JDIMENSION)scene->width;
    jpeg.image_height = (JDIMENSION)scene->height;
    jpeg.input_components = 1;
    jpeg.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, quality, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = scene->pixels + (size_t)jpeg.next_scanline * (size_t)scene->width;
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    *len = size;
    return bytes;
}

unsigned char *scene_png(const struct scene *scene, size_t *len)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)scene->width,
                       .height = (png_uint_32)scene->height,
                       .format = PNG_FORMAT_GRAY,
                       .flags = PNG_IMAGE_FLAG_FAST};
    png_alloc_size_t size = 0;
    if (!png_image_write_get_memory_size(image, size, 0, scene->pixels, 0, NULL))
        abort();
    unsigned char *bytes = must(malloc(size));
    if (!png_image_write_to_memory(&image, bytes, &size, 0, scene->pixels, 0, NULL))
        abort();
    *len = size;
    return bytes;
}

void scene_through_jpeg(struct scene *scene, int quality)
{
    size_t len;
    unsigned char *bytes = scene_jpeg(scene, quality, &len);
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, bytes, len);
    jpeg_read_header(&jpeg, TRUE);
    jpeg_start_decompress(&jpeg);
    while (jpeg.output_scanline < jpeg.output_height) {
        JSAMPROW row = scene->pixels + (size_t)jpeg.output_scanline * (size_t)scene->width;
        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
    jpeg_destroy_decompress(&jpeg);
    free(bytes);
}

size_t scene_text(char *text, size_t room, int version, uint64_t *state)
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    size_t len = 0;
    for (const char *p = "GT1:"; *p != '\0'; p++)
        text[len++] = *p;
    while (len < room) {
        garita_qr qr;
        text[len] = letters[scene_random(state) % 45];
        if (garita_qr_encode(&qr, text, len + 1, GARITA_QR_ECC_M) != GARITA_OK ||
            qr.version > version)
            break;
        len++;
    }
    return len;
}
