/* Drawing: every version and level, and every form, read back. */
#include "bytes.h"
#include "decode.h"
#include "scene.h"

#include <garita/qr_draw.h>
#include <garita/qr_read.h>

/* cmocka wants these before it */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

static garita_qr encode(const char *text, size_t len, garita_qr_ecc ecc)
{
    garita_qr qr;
    assert_int_equal(garita_qr_encode(&qr, text, len, ecc), GARITA_OK);
    return qr;
}

static void assert_reads_as(const struct gray *picture, const char *text, size_t len)
{
    garita_qr_texts texts = {0};
    assert_int_equal(garita_qr_read(&texts, picture->pixels, picture->width, picture->height,
                                    (size_t)picture->width, NULL),
                     GARITA_OK);
    assert_int_equal(texts.count, 1);
    assert_int_equal(texts.text[0].len, len);
    assert_memory_equal(texts.text[0].bytes, text, len);
    garita_qr_texts_free(&texts);
}

/* The longest alphanumeric text, of text's first letters, for a version and level, searched from
 * the longest of the version before. */
static size_t longest(const char *text, size_t from, int version, garita_qr_ecc ecc)
{
    size_t fits = from, not = from + 256;
    while (not -fits > 1) {
        garita_qr qr;
        size_t tried = fits + (not -fits) / 2;
        if (garita_qr_encode(&qr, text, tried, ecc) == GARITA_OK && qr.version <= version)
            fits = tried;
        else
            not = tried;
    }
    return fits;
}

static void every_version_and_level_reads_back(void **state)
{
    (void)state;
    char text[4400];
    uint64_t seed = 7;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = LETTERS[scene_random(&seed) % 45];
    for (int level = GARITA_QR_ECC_L; level <= (int)GARITA_QR_ECC_H; level++) {
        size_t len = 0;
        for (int version = 1; version <= 40; version++) {
            len = longest(text, len, version, (garita_qr_ecc)level);
            garita_qr qr = encode(text, len, (garita_qr_ecc)level);
            assert_int_equal(qr.version, version);
            assert_int_equal(qr.side, 17 + 4 * version);
            assert_int_equal(qr.ecc, level); /* full: there is nothing to raise it with */

            struct bytes png = {0};
            assert_int_equal(garita_qr_png(&qr, 2, bytes_write, &png), GARITA_OK);
            struct gray picture = {0};
            assert_int_equal(decode_png(&picture, png.at, png.len), GARITA_PICTURE_OK);
            assert_int_equal(picture.width, 2 * (qr.side + 8));
            assert_reads_as(&picture, text, len);
            gray_free(&picture);
            bytes_free(&png);
        }
    }
}

static void capacities_are_the_standard_s(void **state)
{
    (void)state;
    /* ISO/IEC 18004, table 7: alphanumeric characters of versions 1, 10 and 40. */
    static const struct {
        int version;
        size_t most[4]; /* L, M, Q, H */
    } table[] = {{1, {25, 20, 16, 10}}, {10, {395, 311, 221, 174}}, {40, {4296, 3391, 2420, 1852}}};
    char text[4400];
    memset(text, 'A', sizeof text);
    for (size_t i = 0; i < 3; i++)
        for (int level = 0; level < 4; level++) {
            size_t most = table[i].most[level];
            garita_qr qr = encode(text, most, (garita_qr_ecc)level);
            assert_int_equal(qr.version, table[i].version);
            if (qr.version < 40)
                assert_int_equal(encode(text, most + 1, (garita_qr_ecc)level).version,
                                 qr.version + 1);
            else
                assert_int_equal(garita_qr_encode(&qr, text, most + 1, (garita_qr_ecc)level),
                                 GARITA_E_TOO_LONG);
        }
}

static void level_rises_only_within_the_version(void **state)
{
    (void)state;
    char text[32];
    memset(text, 'A', sizeof text);
    assert_int_equal(encode(text, 10, GARITA_QR_ECC_L).ecc, GARITA_QR_ECC_H);
    assert_int_equal(encode(text, 11, GARITA_QR_ECC_L).ecc, GARITA_QR_ECC_Q);
    assert_int_equal(encode(text, 17, GARITA_QR_ECC_L).ecc, GARITA_QR_ECC_M);
    assert_int_equal(encode(text, 21, GARITA_QR_ECC_L).ecc, GARITA_QR_ECC_L);
    assert_int_equal(encode(text, 25, GARITA_QR_ECC_L).version, 1);
}

static void bytes_of_any_value_read_back(void **state)
{
    (void)state;
    char text[256];
    for (int i = 0; i < 256; i++)
        text[i] = (char)i;
    garita_qr qr = encode(text, sizeof text, GARITA_QR_ECC_M);
    struct bytes png = {0};
    assert_int_equal(garita_qr_png(&qr, 3, bytes_write, &png), GARITA_OK);
    struct gray picture = {0};
    assert_int_equal(decode_png(&picture, png.at, png.len), GARITA_PICTURE_OK);
    assert_reads_as(&picture, text, sizeof text);
    gray_free(&picture);
    bytes_free(&png);
}

static void encode_refuses(void **state)
{
    (void)state;
    static char text[GARITA_QR_TEXT_BYTES_MAX + 1];
    garita_qr qr, zero;
    memset(&zero, 0, sizeof zero);
    memset(&qr, 1, sizeof qr);
    assert_int_equal(garita_qr_encode(&qr, "A", 0, GARITA_QR_ECC_M), GARITA_E_EMPTY);
    assert_memory_equal(&qr, &zero, sizeof qr);
    assert_int_equal(garita_qr_encode(&qr, "A", 1, (garita_qr_ecc)4), GARITA_E_RANGE);
    assert_int_equal(garita_qr_encode(&qr, text, 2954, GARITA_QR_ECC_L), GARITA_E_TOO_LONG);
    assert_int_equal(garita_qr_encode(&qr, text, 2953, GARITA_QR_ECC_L), GARITA_OK);
    assert_int_equal(garita_qr_encode(&qr, text, sizeof text, GARITA_QR_ECC_L), GARITA_E_TOO_LONG);
    assert_memory_equal(&qr, &zero, sizeof qr);
}

/* A chunk's data in a PNG, or null. */
static const unsigned char *chunk(const struct bytes *png, const char *type)
{
    for (size_t at = 8; at + 12 <= png->len;) {
        const unsigned char *c = png->at + at;
        if (memcmp(c + 4, type, 4) == 0)
            return c + 8;
        at += 12 + ((size_t)c[0] << 24 | (size_t)c[1] << 16 | (size_t)c[2] << 8 | c[3]);
    }
    return NULL;
}

static void png_is_one_bit_and_prints_at_half_a_millimetre(void **state)
{
    (void)state;
    garita_qr qr = encode("GT1:HELLO", 9, GARITA_QR_ECC_M);
    struct bytes png = {0}, again = {0};
    assert_int_equal(garita_qr_png(&qr, 8, bytes_write, &png), GARITA_OK);
    static const unsigned char head[13] = {0, 0, 0, 232, 0, 0, 0, 232, 1, 0, 0, 0, 0};
    static const unsigned char size[9] = {0, 0,    0x3e, 0x80, 0,
                                          0, 0x3e, 0x80, 1}; /* 16,000 a metre */
    assert_int_equal(qr.version, 1);
    assert_memory_equal(chunk(&png, "IHDR"), head, sizeof head);
    assert_memory_equal(chunk(&png, "pHYs"), size, sizeof size);
    assert_int_equal(garita_qr_png(&qr, 8, bytes_write, &again), GARITA_OK);
    assert_int_equal(png.len, again.len);
    assert_memory_equal(png.at, again.at, png.len);

    struct gray picture = {0};
    assert_int_equal(decode_png(&picture, png.at, png.len), GARITA_PICTURE_OK);
    for (int y = 0; y < picture.height; y++)
        for (int x = 0; x < picture.width; x++)
            assert_int_equal(picture.pixels[y * picture.width + x],
                             garita_qr_dark(&qr, x / 8 - 4, y / 8 - 4) ? 0 : 255);
    gray_free(&picture);
    bytes_free(&png);
    bytes_free(&again);
}

static void scale_has_bounds_and_the_largest_reads_back(void **state)
{
    (void)state;
    garita_qr qr = encode("GT1:HELLO", 9, GARITA_QR_ECC_M);
    struct bytes png = {0};
    assert_int_equal(garita_qr_png(&qr, 0, bytes_write, &png), GARITA_E_RANGE);
    assert_int_equal(garita_qr_png(&qr, GARITA_QR_SCALE_MAX + 1, bytes_write, &png),
                     GARITA_E_RANGE);
    assert_int_equal(png.len, 0);
    assert_int_equal(garita_qr_png(&qr, GARITA_QR_SCALE_MIN, bytes_write, &png), GARITA_OK);
    bytes_free(&png);
    assert_int_equal(garita_qr_png(&qr, GARITA_QR_SCALE_MAX, bytes_write, &png), GARITA_OK);
    struct gray picture = {0};
    assert_int_equal(decode_png(&picture, png.at, png.len), GARITA_PICTURE_OK);
    assert_reads_as(&picture, "GT1:HELLO", 9);
    gray_free(&picture);
    bytes_free(&png);
}

static void svg_draws_exactly_the_dark_modules(void **state)
{
    (void)state;
    garita_qr qr = encode("GT1:HELLO WORLD ABCDEFGH", 24, GARITA_QR_ECC_M);
    struct bytes svg = {0};
    assert_int_equal(garita_qr_svg(&qr, bytes_write, &svg), GARITA_OK);
    bytes_write(&svg, "", 1); /* a terminator */
    const char *text = (const char *)svg.at;
    char head[200];
    int side = qr.side + 8;
    snprintf(head, sizeof head, "width=\"%d.%dmm\" height=\"%d.%dmm\" viewBox=\"0 0 %d %d\"",
             side / 2, side % 2 * 5, side / 2, side % 2 * 5, side, side);
    assert_non_null(strstr(text, head));
    assert_non_null(strstr(text, "</svg>\n"));

    static bool dark[GARITA_QR_SIDE_MAX + 8][GARITA_QR_SIDE_MAX + 8];
    const char *at = strstr(text, "<path d=\"");
    assert_non_null(at);
    at += strlen("<path d=\"");
    int x, y, run, back, used;
    while (sscanf(at, "M%d,%dh%dv1h-%dz%n", &x, &y, &run, &back, &used) == 4) {
        assert_int_equal(run, back);
        for (int i = 0; i < run; i++) {
            assert_in_range(x + i, 4, qr.side + 3);
            dark[y][x + i] = true;
        }
        at += used;
    }
    assert_int_equal(*at, '"');
    for (y = 0; y < side; y++)
        for (x = 0; x < side; x++)
            assert_int_equal(dark[y][x], garita_qr_dark(&qr, x - 4, y - 4));
    bytes_free(&svg);
}

/* What a terminal shows, as pixels: ZOOM to a module, ink and ground as its colors are. */
static struct gray show(const char *text, int ink, int ground)
{
    enum { ZOOM = 4 };
    int across = 0, lines = 0, column = 0;
    struct gray picture;
    assert_true(gray_make(&picture, 100 * ZOOM, 100 * ZOOM));
    memset(picture.pixels, ground, gray_len(&picture));
    while (*text != '\0') {
        bool upper = false, lower = false;
        if (*text == '\x1b') { /* colors are the caller's ink and ground */
            text = strchr(text, 'm') + 1;
            continue;
        }
        if (*text == '\n') {
            assert_true(across == 0 || across == column);
            across = column;
            column = 0;
            lines++;
            text++;
            continue;
        }
        if (*text == ' ') {
            text++;
        } else {
            assert_memory_equal(text, "\xe2\x96", 2);
            unsigned char last = (unsigned char)text[2];
            assert_true(last == 0x80 || last == 0x84 || last == 0x88);
            upper = last != 0x84;
            lower = last != 0x80;
            text += 3;
        }
        for (int i = 0; i < 2 * ZOOM * ZOOM; i++) {
            int y = lines * 2 * ZOOM + i / ZOOM, x = column * ZOOM + i % ZOOM;
            bool inked = i / ZOOM < ZOOM ? upper : lower;
            picture.pixels[y * picture.width + x] = (unsigned char)(inked ? ink : ground);
        }
        column++;
    }
    assert_true(lines == (across + 1) / 2);
    return picture;
}

static void terminal_reads_back(void **state)
{
    (void)state;
    garita_qr qr = encode("GT1:HELLO TERMINAL", 18, GARITA_QR_ECC_M);
    struct bytes color = {0}, plain = {0};
    assert_int_equal(garita_qr_terminal(&qr, true, bytes_write, &color), GARITA_OK);
    assert_int_equal(garita_qr_terminal(&qr, false, bytes_write, &plain), GARITA_OK);
    bytes_write(&color, "", 1);
    bytes_write(&plain, "", 1);
    assert_memory_equal(color.at, "\x1b[38;5;16;48;5;231m", 19);
    assert_null(strchr((const char *)plain.at, '\x1b'));

    const struct {
        const struct bytes *text;
        int ink, ground;
    } terminals[] = {{&color, 0, 255}, {&plain, 220, 20}, {&plain, 20, 220}};
    for (size_t i = 0; i < 3; i++) {
        struct gray picture =
            show((const char *)terminals[i].text->at, terminals[i].ink, terminals[i].ground);
        assert_reads_as(&picture, "GT1:HELLO TERMINAL", 18);
        gray_free(&picture);
    }
    bytes_free(&color);
    bytes_free(&plain);
}

static int refuse(void *context, const void *bytes, size_t len)
{
    (void)bytes;
    (void)len;
    ++*(int *)context;
    return -1;
}

static void a_writer_that_refuses_is_asked_once(void **state)
{
    (void)state;
    char text[1000];
    memset(text, 'A', sizeof text);
    garita_qr qr = encode(text, sizeof text, GARITA_QR_ECC_M);
    int asked = 0;
    assert_int_equal(garita_qr_png(&qr, 8, refuse, &asked), GARITA_E_NO_SPACE);
    assert_int_equal(asked, 1);
    assert_int_equal(garita_qr_svg(&qr, refuse, &asked), GARITA_E_NO_SPACE);
    assert_int_equal(asked, 2);
    assert_int_equal(garita_qr_terminal(&qr, true, refuse, &asked), GARITA_E_NO_SPACE);
    assert_int_equal(asked, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_version_and_level_reads_back),
        cmocka_unit_test(capacities_are_the_standard_s),
        cmocka_unit_test(level_rises_only_within_the_version),
        cmocka_unit_test(bytes_of_any_value_read_back),
        cmocka_unit_test(encode_refuses),
        cmocka_unit_test(png_is_one_bit_and_prints_at_half_a_millimetre),
        cmocka_unit_test(scale_has_bounds_and_the_largest_reads_back),
        cmocka_unit_test(svg_draws_exactly_the_dark_modules),
        cmocka_unit_test(terminal_reads_back),
        cmocka_unit_test(a_writer_that_refuses_is_asked_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
