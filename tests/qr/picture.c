/* From files to texts through the child: every kind of PNG and JPEG, and what hostile ones do. */
#include "bytes.h"
#include "decode.h"
#include "scene.h"

#include <garita/picture.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <png.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <jpeglib.h> /* wants stdio.h before it */

#ifdef __SANITIZE_ADDRESS__
#define WITH_ASAN 1
#else
#define WITH_ASAN 0
#endif

static const char TEXT[] = "GT1:ABC";
enum { TEXT_LEN = sizeof TEXT - 1, ZOOM = 4, SIDE = (21 + 8) * ZOOM };

/* 0 for ink, 1 for ground, at a pixel of a picture of SIDE x SIDE. */
static int ground_at(int x, int y)
{
    static garita_qr qr;
    if (qr.side == 0)
        assert_int_equal(garita_qr_encode(&qr, TEXT, TEXT_LEN, GARITA_QR_ECC_M), GARITA_OK);
    return !garita_qr_dark(&qr, x / ZOOM - 4, y / ZOOM - 4);
}

/* ---- files ---- */

static void png_to_bytes(png_structp png, png_bytep at, size_t len)
{
    bytes_write(png_get_io_ptr(png), at, len);
}

static void no_flush(png_structp png)
{
    (void)png;
}

static png_structp png_begin(struct bytes *out, png_infop *info)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    assert_non_null(png);
    *info = png_create_info_struct(png);
    assert_non_null(*info);
    png_set_write_fn(png, out, png_to_bytes, no_flush);
    return png;
}

/* The code in any of PNG's forms. With alpha, the ink is opaque black and the ground transparent
 * black, which is white only over white. */
static struct bytes make_png(int color_type, int depth, int interlace)
{
    struct bytes out = {0};
    png_infop info;
    png_structp png = png_begin(&out, &info);
    png_set_IHDR(png, info, SIDE, SIDE, depth, color_type, interlace, 0, 0);
    const png_color palette[2] = {{10, 20, 30}, {250, 240, 230}};
    if (color_type == PNG_COLOR_TYPE_PALETTE)
        png_set_PLTE(png, info, palette, 2);
    png_write_info(png, info);
    int channels = png_get_channels(png, info);
    bool alpha = color_type & PNG_COLOR_MASK_ALPHA;
    int passes = png_set_interlace_handling(png);
    for (int pass = 0; pass < passes; pass++)
        for (int y = 0; y < SIDE; y++) {
            unsigned char row[SIDE * 8] = {0};
            for (int x = 0; x < SIDE; x++) {
                int ground = ground_at(x, y);
                for (int c = 0; c < channels; c++) {
                    bool lit = !alpha ? ground : c == channels - 1 ? !ground : false;
                    int place = x * channels + c;
                    if (depth == 16) {
                        row[2 * place] = row[2 * place + 1] = lit ? 255 : 0;
                    } else if (depth == 8) {
                        bool index = color_type == PNG_COLOR_TYPE_PALETTE;
                        row[place] = (unsigned char)(!lit ? 0 : index ? 1 : 255);
                    } else {
                        int shift = 8 - depth - place * depth % 8;
                        bool index = color_type == PNG_COLOR_TYPE_PALETTE;
                        int value = !lit ? 0 : index ? 1 : (1 << depth) - 1;
                        row[place * depth / 8] |= (unsigned char)(value << shift);
                    }
                }
            }
            png_write_row(png, row);
        }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return out;
}

/* The code as a JPEG. scans > 0: progressive, cut into that many. */
static struct bytes make_jpeg(J_COLOR_SPACE space, int scans)
{
    static jpeg_scan_info script[256];
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *at = NULL;
    unsigned long len = 0;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &at, &len);
    jpeg.image_width = jpeg.image_height = SIDE;
    jpeg.input_components = space == JCS_GRAYSCALE ? 1 : space == JCS_RGB ? 3 : 4;
    jpeg.in_color_space = space;
    jpeg_set_defaults(&jpeg);
    if (scans > 0) {
        /* the DC coefficient, then each AC coefficient in a scan of its own, then refined */
        script[0] = (jpeg_scan_info){.comps_in_scan = 1, .Al = 0};
        for (int i = 1; i < scans; i++) {
            int k = (i - 1) % 63 + 1, round = (i - 1) / 63;
            script[i] = (jpeg_scan_info){.comps_in_scan = 1,
                                         .Ss = k,
                                         .Se = k,
                                         .Ah = round == 0 ? 0 : 3 - round,
                                         .Al = 2 - round};
        }
        jpeg.scan_info = script;
        jpeg.num_scans = scans;
    }
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < SIDE) {
        unsigned char row[SIDE * 4];
        JSAMPROW rows = row;
        for (int x = 0; x < SIDE; x++)
            memset(row + x * jpeg.input_components,
                   ground_at(x, (int)jpeg.next_scanline) ? 240 : 10, (size_t)jpeg.input_components);
        jpeg_write_scanlines(&jpeg, &rows, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    return (struct bytes){at, len};
}

/* CRC-32 as PNG has it. */
static void fix_crc(unsigned char *chunk)
{
    size_t len = (size_t)chunk[0] << 24 | (size_t)chunk[1] << 16 | (size_t)chunk[2] << 8 | chunk[3];
    uint32_t crc = 0xffffffffU;
    for (size_t i = 4; i < 8 + len; i++) {
        crc ^= chunk[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
    }
    crc = ~crc;
    for (int i = 0; i < 4; i++)
        chunk[8 + len + (size_t)i] = (unsigned char)(crc >> (24 - 8 * i));
}

static void put_u32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* ---- what comes of them ---- */

/* What is asked here is what comes out, not how soon: sanitizers on a busy machine take their time.
 */
static const garita_picture_options patient = {.timeout_ms = 120000};

static garita_picture_error outcome(const void *bytes, size_t len)
{
    garita_qr_texts texts;
    garita_picture_error error = garita_picture_read(&texts, bytes, len, &patient);
    assert_true((error == GARITA_PICTURE_OK) == (texts.count > 0));
    garita_qr_texts_free(&texts);
    return error;
}

static void assert_outcome(const struct bytes *b, garita_picture_error expected)
{
    assert_string_equal(garita_picture_error_name(outcome(b->at, b->len)),
                        garita_picture_error_name(expected));
}

static void assert_reads(struct bytes b)
{
    garita_qr_texts texts;
    assert_true(garita_picture_is(b.at, b.len));
    assert_string_equal(
        garita_picture_error_name(garita_picture_read(&texts, b.at, b.len, &patient)), "ok");
    assert_int_equal(texts.count, 1);
    assert_int_equal(texts.text[0].len, TEXT_LEN);
    assert_memory_equal(texts.text[0].bytes, TEXT, TEXT_LEN + 1);
    garita_qr_texts_free(&texts);
    bytes_free(&b);
}

static void reads_every_kind_of_png(void **state)
{
    (void)state;
    static const struct {
        int color_type, depths[5];
    } kinds[] = {{PNG_COLOR_TYPE_GRAY, {1, 2, 4, 8, 16}},
                 {PNG_COLOR_TYPE_PALETTE, {1, 2, 4, 8}},
                 {PNG_COLOR_TYPE_RGB, {8, 16}},
                 {PNG_COLOR_TYPE_GRAY_ALPHA, {8, 16}},
                 {PNG_COLOR_TYPE_RGB_ALPHA, {8, 16}}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int d = 0; d < 5 && kinds[k].depths[d] > 0; d++) {
            assert_reads(make_png(kinds[k].color_type, kinds[k].depths[d], PNG_INTERLACE_NONE));
            assert_reads(make_png(kinds[k].color_type, kinds[k].depths[d], PNG_INTERLACE_ADAM7));
        }
}

static void reads_every_kind_of_jpeg(void **state)
{
    (void)state;
    assert_reads(make_jpeg(JCS_GRAYSCALE, 0));
    assert_reads(make_jpeg(JCS_RGB, 0)); /* stored as YCbCr */
    assert_reads(make_jpeg(JCS_CMYK, 0));
    assert_reads(make_jpeg(JCS_GRAYSCALE, 10));
}

/* In Adobe's files 255 is no ink; in those without its marker, full ink. */
static void cmyk_has_two_polarities(void **state)
{
    (void)state;
    struct bytes b = make_jpeg(JCS_CMYK, 0);
    struct gray picture;
    assert_int_equal(decode_jpeg(&picture, b.at, b.len), GARITA_PICTURE_OK);
    assert_true(picture.pixels[0] > 200);
    gray_free(&picture);
    static const unsigned char marker[9] = {0xff, 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e'};
    unsigned char *adobe = memmem(b.at, b.len, marker, sizeof marker);
    assert_non_null(adobe);
    adobe[1] = 0xef; /* a segment of no meaning */
    assert_int_equal(decode_jpeg(&picture, b.at, b.len), GARITA_PICTURE_OK);
    assert_true(picture.pixels[0] < 20);
    gray_free(&picture);
    bytes_free(&b);
}

static void reads_a_picture_of_48_megapixels(void **state)
{
    (void)state;
    struct scene s = scene_make(8000, 6000, 1);
    garita_qr qr;
    assert_int_equal(garita_qr_encode(&qr, TEXT, TEXT_LEN, GARITA_QR_ECC_M), GARITA_OK);
    scene_place(&s, &qr, &(struct scene_pose){.x = 5000, .y = 2000, .module = 12, .degrees = 20});
    struct bytes b;
    b.at = scene_jpeg(&s, 80, &b.len);
    assert_reads(b);
    b.at = scene_png(&s, &b.len);
    assert_reads(b);
    scene_free(&s);
}

static void says_why_not(void **state)
{
    (void)state;
    assert_int_equal(outcome("", 0), GARITA_PICTURE_NOT_A_PICTURE);
    assert_int_equal(outcome("GT1:ABC", 7), GARITA_PICTURE_NOT_A_PICTURE);
    assert_int_equal(outcome("\x89PNG\r\n\x1a", 7), GARITA_PICTURE_NOT_A_PICTURE);
    assert_int_equal(outcome("\x89PNG\r\n\x1a\n", 8), GARITA_PICTURE_DAMAGED);
    assert_int_equal(outcome("\xff\xd8\xff", 3), GARITA_PICTURE_DAMAGED);

    struct scene desk = scene_make(200, 150, 1);
    struct bytes b;
    b.at = scene_png(&desk, &b.len);
    assert_outcome(&b, GARITA_PICTURE_NO_QR);
    b.len -= 500;
    assert_outcome(&b, GARITA_PICTURE_DAMAGED);
    bytes_free(&b);
    b.at = scene_jpeg(&desk, 80, &b.len);
    assert_outcome(&b, GARITA_PICTURE_NO_QR);
    b.len /= 2;
    assert_outcome(&b, GARITA_PICTURE_DAMAGED);
    bytes_free(&b);
    scene_free(&desk);

    b.len = ((size_t)64 << 20) + 1;
    b.at = calloc(1, b.len);
    assert_non_null(b.at);
    memcpy(b.at, "\xff\xd8\xff", 3);
    assert_outcome(&b, GARITA_PICTURE_TOO_LARGE);
    bytes_free(&b);
}

static void names_are_stable(void **state)
{
    (void)state;
    assert_string_equal(garita_picture_error_name(GARITA_PICTURE_OK), "ok");
    assert_string_equal(garita_picture_error_name(GARITA_PICTURE_NO_SANDBOX), "no-sandbox");
    assert_string_equal(garita_picture_error_name((garita_picture_error)99), "?");
    assert_string_equal(garita_picture_error_text((garita_picture_error)-1), "?");
    assert_non_null(strstr(garita_picture_error_text(GARITA_PICTURE_TIMEOUT), "long"));
}

/* ---- hostile files ---- */

static void sizes_beyond_the_bounds_are_refused_unread(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {
        {16385, 1}, {1, 16385}, {16384, 16384}, {0x7fffffff, 0x7fffffff}, {1000000, 1000000}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct bytes b = make_png(PNG_COLOR_TYPE_GRAY, 8, PNG_INTERLACE_NONE);
        put_u32(b.at + 16, sizes[i][0]);
        put_u32(b.at + 20, sizes[i][1]);
        fix_crc(b.at + 8);
        assert_outcome(&b, GARITA_PICTURE_TOO_LARGE);
        bytes_free(&b);
    }
    struct bytes b = make_jpeg(JCS_GRAYSCALE, 0);
    for (size_t i = 2; i + 9 < b.len; i++)
        if (b.at[i] == 0xff && b.at[i + 1] == 0xc0) {
            memset(b.at + i + 5, 0xff, 4); /* height and width in SOF0 */
            break;
        }
    assert_outcome(&b, GARITA_PICTURE_TOO_LARGE);
    bytes_free(&b);
}

/* 49 million pixels of nothing, in a file of some tens of kilobytes. */
static void a_zlib_bomb_is_only_a_blank_picture(void **state)
{
    (void)state;
    struct bytes b = {0};
    png_infop info;
    png_structp png = png_begin(&b, &info);
    static unsigned char row[16384 * 4];
    png_set_IHDR(png, info, 16384, 3000, 8, PNG_COLOR_TYPE_RGB_ALPHA, 0, 0, 0);
    png_write_info(png, info);
    for (int y = 0; y < 3000; y++)
        png_write_row(png, row);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    assert_true(b.len < 300000);
    assert_outcome(&b, GARITA_PICTURE_NO_QR);
    bytes_free(&b);
}

/* A text chunk that would unpack to 100 MB: the code beside it reads, the text is never looked at.
 */
static void a_text_bomb_is_passed_over(void **state)
{
    (void)state;
    struct bytes b = {0}, plain = make_png(PNG_COLOR_TYPE_GRAY, 1, PNG_INTERLACE_NONE);
    size_t size = 100000000;
    char key[] = "Comment", *text = malloc(size + 1);
    assert_non_null(text);
    memset(text, 'A', size);
    text[size] = '\0';
    png_infop info;
    png_structp png = png_begin(&b, &info);
    png_text chunk = {.compression = PNG_TEXT_COMPRESSION_zTXt, .key = key, .text = text};
    chunk.text_length = size;
    png_set_IHDR(png, info, 1, 1, 1, PNG_COLOR_TYPE_GRAY, 0, 0, 0);
    png_set_text(png, info, &chunk, 1);
    png_write_info(png, info);
    png_destroy_write_struct(&png, &info);
    free(text);
    /* signature and IHDR of the code's file, the bomb, the rest of the code's file */
    struct bytes all = {0};
    bytes_write(&all, plain.at, 33);
    bytes_write(&all, b.at + 33, b.len - 33);
    bytes_write(&all, plain.at + 33, plain.len - 33);
    assert_true(all.len < 1000000);
    bytes_free(&b);
    bytes_free(&plain);
    assert_reads(all);
}

static void jpeg_scans_are_bounded(void **state)
{
    (void)state;
    assert_reads(make_jpeg(JCS_GRAYSCALE, 64));
    struct bytes b = make_jpeg(JCS_GRAYSCALE, 127);
    assert_outcome(&b, GARITA_PICTURE_TOO_LARGE);
    bytes_free(&b);
}

/* The parent survives and learns something sensible; sound decoders do not crash, either. */
static void assert_survives(const unsigned char *bytes, size_t len)
{
    garita_picture_error error = outcome(bytes, len);
    if (error != GARITA_PICTURE_OK && error != GARITA_PICTURE_NO_QR &&
        error != GARITA_PICTURE_DAMAGED && error != GARITA_PICTURE_TOO_LARGE &&
        error != GARITA_PICTURE_NOT_A_PICTURE && error != GARITA_PICTURE_NO_MEMORY)
        fail_msg("%s", garita_picture_error_name(error));
}

static void truncated_and_flipped_files_do_no_harm(void **state)
{
    (void)state;
    struct bytes files[] = {make_png(PNG_COLOR_TYPE_GRAY, 1, PNG_INTERLACE_NONE),
                            make_png(PNG_COLOR_TYPE_PALETTE, 8, PNG_INTERLACE_ADAM7),
                            make_png(PNG_COLOR_TYPE_RGB_ALPHA, 16, PNG_INTERLACE_NONE),
                            make_jpeg(JCS_RGB, 0),
                            make_jpeg(JCS_GRAYSCALE, 10),
                            make_jpeg(JCS_CMYK, 0)};
    uint64_t seed = 99;
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        struct bytes *b = &files[f];
        for (size_t cut = 0; cut < 40; cut++)
            assert_survives(b->at, cut * b->len / 40);
        for (int i = 0; i < 60; i++) {
            size_t at = scene_random(&seed) % b->len;
            unsigned char was = b->at[at];
            b->at[at] ^= (unsigned char)(1U << scene_random(&seed) % 8);
            assert_survives(b->at, b->len);
            b->at[at] = was;
        }
        bytes_free(b);
    }
}

/* ---- a child that goes wrong: what runs in it is given from here, as "wanted" ---- */

static bool spin(void *context, const unsigned char *text, size_t len)
{
    volatile unsigned i = 0;
    (void)context;
    (void)text;
    (void)len;
    for (;;)
        i++;
    return false;
}

static bool die(void *context, const unsigned char *text, size_t len)
{
    (void)context;
    (void)text;
    (void)len;
    raise(SIGKILL);
    _exit(0);
}

static bool open_a_file(void *context, const unsigned char *text, size_t len)
{
    (void)context;
    (void)text;
    (void)len;
    return open("/etc/passwd", O_RDONLY) < 0;
}

static garita_picture_error read_with(garita_qr_wanted wanted, int timeout_ms)
{
    struct bytes b = make_png(PNG_COLOR_TYPE_GRAY, 1, PNG_INTERLACE_NONE);
    garita_picture_options options = {.wanted = wanted, .timeout_ms = timeout_ms};
    garita_qr_texts texts;
    garita_picture_error error = garita_picture_read(&texts, b.at, b.len, &options);
    garita_qr_texts_free(&texts);
    bytes_free(&b);
    return error;
}

static void a_child_that_hangs_or_dies_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(read_with(spin, 300), GARITA_PICTURE_TIMEOUT);
    assert_int_equal(read_with(die, 120000), GARITA_PICTURE_CRASHED);
    /* and it is the locked-down one: in it, opening a file is death */
    assert_int_equal(read_with(open_a_file, 120000),
                     WITH_ASAN ? GARITA_PICTURE_OK : GARITA_PICTURE_CRASHED);
}

/* ---- the parent's surroundings ---- */

static int open_descriptors(void)
{
    int count = 0;
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

static void leaves_no_child_and_no_descriptor(void **state)
{
    (void)state;
    int before = open_descriptors();
    assert_int_equal(read_with(NULL, 120000), GARITA_PICTURE_OK);
    assert_int_equal(read_with(spin, 100), GARITA_PICTURE_TIMEOUT);
    assert_int_equal(read_with(die, 120000), GARITA_PICTURE_CRASHED);
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void works_where_children_are_collected_by_the_system(void **state)
{
    (void)state;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGCHLD, &ignore, &before);
    assert_int_equal(read_with(NULL, 120000), GARITA_PICTURE_OK);
    assert_int_equal(read_with(die, 120000), GARITA_PICTURE_CRASHED);
    sigaction(SIGCHLD, &before, NULL);
}

static volatile sig_atomic_t alarms;

static void on_alarm(int signal)
{
    (void)signal;
    alarms++;
}

static void signals_do_not_disturb(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = on_alarm}, before; /* without SA_RESTART */
    struct itimerval often = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}};
    sigaction(SIGALRM, &action, &before);
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; i < 10; i++)
        assert_int_equal(read_with(NULL, 120000), GARITA_PICTURE_OK);
    assert_int_equal(read_with(spin, 200), GARITA_PICTURE_TIMEOUT);
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &before, NULL);
    assert_true(alarms > 0);
}

static atomic_bool stop;
static atomic_int ok_count;

static void *read_some(void *context)
{
    const struct bytes *b = context;
    for (int i = 0; i < 10; i++)
        if (outcome(b->at, b->len) == GARITA_PICTURE_OK)
            ok_count++;
    return NULL;
}

/* Holds malloc's locks as often as it can. */
static void *churn(void *context)
{
    (void)context;
    while (!stop) {
        void *volatile memory = malloc(5000);
        free(memory);
    }
    return NULL;
}

static void works_from_many_threads_at_once(void **state)
{
    (void)state;
    enum { READERS = 4, CHURNERS = 2 };
    struct bytes b = make_png(PNG_COLOR_TYPE_RGB, 8, PNG_INTERLACE_NONE);
    pthread_t readers[READERS], churners[CHURNERS];
    for (int i = 0; i < CHURNERS; i++)
        assert_int_equal(pthread_create(&churners[i], NULL, churn, NULL), 0);
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_some, &b), 0);
    for (int i = 0; i < READERS; i++)
        pthread_join(readers[i], NULL);
    stop = true;
    for (int i = 0; i < CHURNERS; i++)
        pthread_join(churners[i], NULL);
    assert_int_equal(ok_count, READERS * 10);
    bytes_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* first, while the libraries are cold: the warm-up itself must do under threads */
        cmocka_unit_test(works_from_many_threads_at_once),
        cmocka_unit_test(reads_every_kind_of_png),
        cmocka_unit_test(reads_every_kind_of_jpeg),
        cmocka_unit_test(cmyk_has_two_polarities),
        cmocka_unit_test(reads_a_picture_of_48_megapixels),
        cmocka_unit_test(says_why_not),
        cmocka_unit_test(names_are_stable),
        cmocka_unit_test(sizes_beyond_the_bounds_are_refused_unread),
        cmocka_unit_test(a_zlib_bomb_is_only_a_blank_picture),
        cmocka_unit_test(a_text_bomb_is_passed_over),
        cmocka_unit_test(jpeg_scans_are_bounded),
        cmocka_unit_test(truncated_and_flipped_files_do_no_harm),
        cmocka_unit_test(a_child_that_hangs_or_dies_is_an_error),
        cmocka_unit_test(leaves_no_child_and_no_descriptor),
        cmocka_unit_test(works_where_children_are_collected_by_the_system),
        cmocka_unit_test(signals_do_not_disturb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
