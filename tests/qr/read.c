/* Reading: each way in which a camera spoils a picture, and several codes in one. */
#include "readers.h"
#include "scene.h"

#include <garita/qr_read.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

struct card {
    char text[700];
    size_t len;
    garita_qr qr;
};

static struct card card(int version, uint64_t seed)
{
    struct card c;
    c.len = scene_text(c.text, sizeof c.text, version, &seed);
    assert_int_equal(garita_qr_encode(&c.qr, c.text, c.len, GARITA_QR_ECC_M), GARITA_OK);
    assert_int_equal(c.qr.version, version);
    return c;
}

static garita_qr_texts read_scene(const struct scene *s, const garita_qr_read_options *options)
{
    garita_qr_texts texts = {0};
    assert_int_equal(
        garita_qr_read(&texts, s->pixels, s->width, s->height, (size_t)s->width, options),
        GARITA_OK);
    return texts;
}

static bool has(const garita_qr_texts *texts, const char *text, size_t len)
{
    for (size_t i = 0; i < texts->count; i++)
        if (texts->text[i].len == len && memcmp(texts->text[i].bytes, text, len) == 0)
            return true;
    return false;
}

static void assert_reads(struct scene *s, const struct card *c)
{
    garita_qr_texts texts = read_scene(s, NULL);
    assert_int_equal(texts.count, 1);
    assert_true(has(&texts, c->text, c->len));
    garita_qr_texts_free(&texts);
    scene_free(s);
}

/* A version 10 card in the middle of a frame of 800 x 600, 5 pixels a module. */
static struct scene frame(const struct card *c, struct scene_pose pose)
{
    struct scene s = scene_make(800, 600, 3);
    pose.x = 400;
    pose.y = 300;
    if (pose.module == 0)
        pose.module = 5;
    scene_place(&s, &c->qr, &pose);
    return s;
}

static void reads_at_any_rotation(void **state)
{
    (void)state;
    struct card c = card(10, 1);
    for (int degrees = 0; degrees < 360; degrees += 30) {
        struct scene s = frame(&c, (struct scene_pose){.degrees = degrees + 7});
        assert_reads(&s, &c);
    }
}

static void reads_steep_angles(void **state)
{
    (void)state;
    struct card c = card(10, 2);
    for (int tilt = 0; tilt < 360; tilt += 45) {
        struct scene s = frame(&c, (struct scene_pose){.keystone = 0.2, .tilt = tilt});
        assert_reads(&s, &c);
    }
}

static void reads_blurred(void **state)
{
    (void)state;
    for (int sigma = 1; sigma <= 3; sigma++) {
        struct card c = card(10, 3);
        struct scene s = frame(&c, (struct scene_pose){.degrees = 4});
        scene_blur(&s, sigma);
        scene_noise(&s, 2, 1);
        assert_reads(&s, &c);
    }
}

static void reads_badly_lit(void **state)
{
    (void)state;
    struct card c = card(10, 4);
    struct scene s = frame(&c, (struct scene_pose){.degrees = -3});
    scene_gradient(&s, 0.1);
    assert_reads(&s, &c);

    s = frame(&c, (struct scene_pose){.degrees = -3});
    scene_contrast(&s, 110, 140);
    assert_reads(&s, &c);

    s = frame(&c, (struct scene_pose){.degrees = -3});
    scene_glare(&s, 420, 280, 120);
    assert_reads(&s, &c);

    s = frame(&c, (struct scene_pose){.degrees = -3});
    scene_noise(&s, 30, 9);
    assert_reads(&s, &c);
}

static void reads_inverted(void **state)
{
    (void)state;
    struct card c = card(10, 5);
    struct scene s = frame(&c, (struct scene_pose){.inverted = true});
    assert_reads(&s, &c);
    s = frame(&c, (struct scene_pose){.inverted = true, .keystone = 0.2});
    assert_reads(&s, &c);
    s = frame(&c, (struct scene_pose){0});
    scene_invert(&s);
    scene_contrast(&s, 60, 100);
    assert_reads(&s, &c);
}

static void reads_poor_jpeg_and_small_modules(void **state)
{
    (void)state;
    struct card c = card(10, 6);
    struct scene s = frame(&c, (struct scene_pose){.module = 4, .degrees = 2});
    scene_through_jpeg(&s, 30);
    assert_reads(&s, &c);
    s = frame(&c, (struct scene_pose){.module = 2});
    assert_reads(&s, &c);
}

static void reads_a_small_code_in_a_large_picture(void **state)
{
    (void)state;
    struct card c = card(10, 7);
    struct scene s = scene_make(4000, 3000, 1);
    scene_place(&s, &c.qr, &(struct scene_pose){.x = 3000, .y = 2500, .module = 3, .degrees = 11});
    assert_reads(&s, &c);
}

static bool expect_all_bytes(void *context, const unsigned char *text, size_t len,
                             const struct point corners[4])
{
    (void)corners;
    assert_int_equal(len, 256);
    for (int i = 0; i < 256; i++)
        assert_int_equal(text[i], i);
    ++*(int *)context;
    return true;
}

/* Left to itself, each library would take them for text in a guessed character set. */
static void both_libraries_give_bytes_as_they_are(void **state)
{
    (void)state;
    char text[256];
    garita_qr qr;
    for (int i = 0; i < 256; i++)
        text[i] = (char)i;
    assert_int_equal(garita_qr_encode(&qr, text, sizeof text, GARITA_QR_ECC_M), GARITA_OK);
    struct scene s = scene_make(600, 600, 1);
    scene_place(&s, &qr, &(struct scene_pose){.x = 300, .y = 300, .module = 6});
    struct gray g = {s.width, s.height, s.pixels};
    int found = 0;
    assert_true(zbar_read(&g, expect_all_bytes, &found));
    assert_int_equal(found, 1);
    assert_true(zxing_read(&g, READER_PHOTO, expect_all_bytes, &found));
    assert_int_equal(found, 2);
    scene_free(&s);
}

static bool is_ours(void *context, const unsigned char *text, size_t len)
{
    (void)context;
    return len > 4 && memcmp(text, "GT1:", 4) == 0;
}

/* Two of ours and a foreign one, of which only the first reads at the first step: being content
 * with that would lose the others. */
static void reads_every_code_though_the_first_would_do(void **state)
{
    (void)state;
    struct card easy = card(8, 8), steep = card(8, 9);
    garita_qr foreign;
    assert_int_equal(garita_qr_encode(&foreign, "HC1:NOT OURS", 12, GARITA_QR_ECC_M), GARITA_OK);
    struct scene s = scene_make(1280, 720, 2);
    scene_place(&s, &easy.qr, &(struct scene_pose){.x = 250, .y = 360, .module = 6});
    scene_place(&s, &steep.qr,
                &(struct scene_pose){.x = 720, .y = 360, .module = 6, .keystone = 0.2});
    scene_place(&s, &foreign,
                &(struct scene_pose){.x = 1100, .y = 360, .module = 6, .inverted = true});
    garita_qr_read_options options = {.wanted = is_ours};
    garita_qr_texts texts = read_scene(&s, &options);
    assert_int_equal(texts.count, 3);
    assert_true(has(&texts, easy.text, easy.len));
    assert_true(has(&texts, steep.text, steep.len));
    assert_true(has(&texts, "HC1:NOT OURS", 12));
    garita_qr_texts_free(&texts);
    scene_free(&s);
}

static void reports_the_same_text_once_and_at_most_sixteen(void **state)
{
    (void)state;
    struct scene s = scene_make(1000, 1000, 2);
    for (int i = 0; i < 20; i++) {
        char text[8] = {'N', 'O', (char)('A' + i), 0};
        garita_qr qr;
        assert_int_equal(garita_qr_encode(&qr, text, 3, GARITA_QR_ECC_M), GARITA_OK);
        scene_place(&s, &qr,
                    &(struct scene_pose){
                        .x = 100.0 + i % 5 * 200, .y = 120.0 + (i / 5) * 240, .module = 5});
    }
    garita_qr_texts texts = read_scene(&s, NULL);
    assert_int_equal(texts.count, GARITA_QR_TEXTS_MAX);
    garita_qr_texts_free(&texts);
    assert_int_equal(texts.count, 0);
    scene_free(&s);

    struct card c = card(7, 10);
    s = scene_make(1000, 500, 2);
    scene_place(&s, &c.qr, &(struct scene_pose){.x = 250, .y = 250, .module = 5});
    scene_place(&s, &c.qr, &(struct scene_pose){.x = 750, .y = 250, .module = 6});
    assert_reads(&s, &c);
}

struct steps {
    size_t count;
    size_t stop_at;
};

static bool count_step(void *context, const char *step, const garita_qr_texts *found)
{
    struct steps *s = context;
    (void)found;
    assert_non_null(step);
    return ++s->count != s->stop_at;
}

static void stops_when_told_and_when_settled(void **state)
{
    (void)state;
    struct scene empty = scene_make(640, 480, 1);
    struct steps all = {0}, few = {.stop_at = 2}, settled = {0};
    garita_qr_read_options options = {.step = count_step, .context = &all};
    garita_qr_texts texts = read_scene(&empty, &options);
    assert_int_equal(texts.count, 0);
    options.context = &few;
    texts = read_scene(&empty, &options);
    assert_int_equal(few.count, 2);
    scene_free(&empty);

    struct card c = card(7, 11);
    struct scene s = frame(&c, (struct scene_pose){0});
    options.context = &settled;
    texts = read_scene(&s, &options);
    assert_int_equal(texts.count, 1);
    assert_true(settled.count < all.count);
    garita_qr_texts_free(&texts);
    scene_free(&s);
}

static void refuses_sizes_that_are_none(void **state)
{
    (void)state;
    garita_qr_texts texts = {0};
    static unsigned char pixels[32];
    assert_int_equal(garita_qr_read(&texts, pixels, 0, 4, 4, NULL), GARITA_E_RANGE);
    assert_int_equal(garita_qr_read(&texts, pixels, 4, -1, 4, NULL), GARITA_E_RANGE);
    assert_int_equal(garita_qr_read(&texts, pixels, 4, 4, 3, NULL), GARITA_E_RANGE);
    assert_int_equal(garita_qr_read(&texts, pixels, 16385, 1, 16385, NULL), GARITA_E_RANGE);
    assert_int_equal(garita_qr_read(&texts, pixels, 16384, 16384, 16384, NULL), GARITA_E_RANGE);
    /* from one pixel on, all sizes go through all steps */
    for (int side = 1; side <= 5; side++)
        assert_int_equal(garita_qr_read(&texts, pixels, side, side, (size_t)side + 1, NULL),
                         GARITA_OK);
    assert_int_equal(garita_qr_read(&texts, pixels, 32, 1, 32, NULL), GARITA_OK);
    assert_int_equal(garita_qr_read(&texts, pixels, 1, 32, 1, NULL), GARITA_OK);
    assert_int_equal(texts.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_at_any_rotation),
        cmocka_unit_test(reads_steep_angles),
        cmocka_unit_test(reads_blurred),
        cmocka_unit_test(reads_badly_lit),
        cmocka_unit_test(reads_inverted),
        cmocka_unit_test(reads_poor_jpeg_and_small_modules),
        cmocka_unit_test(both_libraries_give_bytes_as_they_are),
        cmocka_unit_test(reads_a_small_code_in_a_large_picture),
        cmocka_unit_test(reads_every_code_though_the_first_would_do),
        cmocka_unit_test(reports_the_same_text_once_and_at_most_sixteen),
        cmocka_unit_test(stops_when_told_and_when_settled),
        cmocka_unit_test(refuses_sizes_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
