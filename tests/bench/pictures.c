/* Which reader finds a code in which picture, at what cost; and what a picture of 1280 x 720 costs
 * from file to texts. Makes its own pictures, the same ones in every run. Prints tables, judges
 * nothing: tests/qr does.
 *
 * usage: pictures [--codes N]      N codes for each row, 40 if not said
 */
#include "child.h"
#include "decode.h"
#include "readers.h"
#include "scene.h"

#include <garita/picture.h>
#include <garita/qr_read.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WIDTH = 1280, HEIGHT = 720, CODES_MAX = 1000 };

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return (one > other) - (one < other);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

/* ---- the pictures ---- */

struct distortion {
    const char *name;
    double module, keystone, blur, gradient, noise;
    bool turned, low_contrast, glare, inverted;
    int jpeg;
};

/* Modules of 5 pixels unless said; a hand's tilt of a few degrees, and a sensor's noise,
 * everywhere. */
static const struct distortion distortions[] = {
    {.name = "none"},
    {.name = "any rotation", .turned = true},
    {.name = "keystone 3 %", .keystone = 0.03},
    {.name = "keystone 6 %", .keystone = 0.06},
    {.name = "keystone 10 %", .keystone = 0.10},
    {.name = "keystone 15 %", .keystone = 0.15},
    {.name = "keystone 20 %", .keystone = 0.20},
    {.name = "blur sigma 1", .blur = 1},
    {.name = "blur sigma 2", .blur = 2},
    {.name = "blur sigma 3", .blur = 3},
    {.name = "blur 3, module 4", .blur = 3, .module = 4},
    {.name = "low contrast", .low_contrast = true},
    {.name = "gradient of light", .gradient = 0.1},
    {.name = "glare", .glare = true},
    {.name = "noise sigma 30", .noise = 30},
    {.name = "noise sigma 60", .noise = 60},
    {.name = "module 1.5 px", .module = 1.5},
    {.name = "module 2 px", .module = 2},
    {.name = "module 3 px", .module = 3},
    {.name = "JPEG quality 30", .jpeg = 30},
    {.name = "JPEG quality 10", .jpeg = 10},
    {.name = "inverted", .inverted = true},
    {.name = "inverted, keyst. 20", .inverted = true, .keystone = 0.2},
};

struct card {
    char text[1200];
    size_t len;
    garita_qr qr;
};

/* Versions 7 to 16 in turn. */
static void make_card(struct card *c, int i)
{
    uint64_t seed = 1000 + (uint64_t)i;
    c->len = scene_text(c->text, sizeof c->text, 7 + i % 10, &seed);
    if (garita_qr_encode(&c->qr, c->text, c->len, GARITA_QR_ECC_M) != GARITA_OK)
        abort();
}

/* Between from and to. */
static double pick(uint64_t *seed, double from, double to)
{
    return from + (to - from) * (double)(scene_random(seed) % 100000) / 100000;
}

static struct scene make_scene(const struct card *c, const struct distortion *d, int i)
{
    uint64_t seed = 77 + (uint64_t)i * 1000003;
    struct scene s = scene_make(WIDTH, HEIGHT, seed);
    struct scene_pose pose = {.x = WIDTH / 2 + pick(&seed, -60, 60),
                              .y = HEIGHT / 2 + pick(&seed, -20, 20),
                              .module = d->module > 0 ? d->module : 5,
                              .degrees = d->turned ? pick(&seed, 0, 360) : pick(&seed, -4, 4),
                              .keystone = d->keystone,
                              .tilt = pick(&seed, 0, 360),
                              .inverted = d->inverted};
    scene_place(&s, &c->qr, &pose);
    if (d->blur > 0)
        scene_blur(&s, d->blur);
    if (d->low_contrast)
        scene_contrast(&s, 110, 140);
    if (d->gradient > 0)
        scene_gradient(&s, d->gradient);
    if (d->glare)
        scene_glare(&s, pose.x + 40, pose.y - 60, 120);
    scene_noise(&s, d->noise > 0 ? d->noise : 2, seed);
    if (d->jpeg > 0)
        scene_through_jpeg(&s, d->jpeg);
    return s;
}

/* ---- the readers ---- */

struct looked_for {
    const struct card *card;
    bool found;
};

static bool compare(void *context, const unsigned char *text, size_t len,
                    const struct point corners[4])
{
    struct looked_for *l = context;
    (void)corners;
    if (len == l->card->len && memcmp(text, l->card->text, len) == 0)
        l->found = true;
    return true;
}

static bool zbar_alone(const struct scene *s, const struct card *c)
{
    struct gray g = {s->width, s->height, s->pixels};
    struct looked_for l = {.card = c};
    return zbar_read(&g, compare, &l) && l.found;
}

static bool zxing_alone(const struct scene *s, const struct card *c)
{
    struct gray g = {s->width, s->height, s->pixels};
    struct looked_for l = {.card = c};
    return zxing_read(&g, READER_PHOTO, compare, &l) && l.found;
}

static bool zxing_adaptive(const struct scene *s, const struct card *c)
{
    if (zxing_alone(s, c))
        return true;
    struct gray g = {s->width, s->height, s->pixels}, tone;
    struct looked_for l = {.card = c};
    if (!gray_threshold(&tone, &g, 41, 6))
        abort();
    zxing_read(&tone, READER_TWO_TONE, compare, &l);
    gray_free(&tone);
    return l.found;
}

static bool our_chain(const struct scene *s, const struct card *c)
{
    garita_qr_texts texts = {0};
    if (garita_qr_read(&texts, s->pixels, s->width, s->height, (size_t)s->width, NULL) != GARITA_OK)
        abort();
    bool found = false;
    for (size_t i = 0; i < texts.count; i++)
        found = found ||
                (texts.text[i].len == c->len && memcmp(texts.text[i].bytes, c->text, c->len) == 0);
    garita_qr_texts_free(&texts);
    return found;
}

static const struct {
    const char *name;
    bool (*read)(const struct scene *s, const struct card *c);
} readers[] = {{"zbar", zbar_alone},
               {"ZXing", zxing_alone},
               {"+adaptive", zxing_adaptive},
               {"chain", our_chain}};
enum { READERS = sizeof readers / sizeof *readers, ZXING = 1 };

/* ---- the first table ---- */

static void bench_row(const struct distortion *d, const struct card *cards, int codes)
{
    static double cost[READERS][CODES_MAX];
    int found[READERS] = {0};
    for (int i = 0; i < codes; i++) {
        struct scene s = make_scene(&cards[i], d, i);
        for (int r = 0; r < READERS; r++) {
            double start = now_ms();
            found[r] += readers[r].read(&s, &cards[i]);
            cost[r][i] = now_ms() - start;
        }
        scene_free(&s);
    }
    double one = median(cost[ZXING], (size_t)codes);
    printf("%-20s", d->name);
    for (int r = 0; r < READERS; r++)
        printf("   %3d %5.1fx", found[r], median(cost[r], (size_t)codes) / one);
    printf("   %6.1f ms\n", one);
    fflush(stdout);
}

static void bench_readers(const struct card *cards, int codes)
{
    printf("codes found of %d (versions 7 to 16, level M, in a frame of %d x %d),\n"
           "and the median cost in units of ZXing alone in the same row\n\n%-20s",
           codes, WIDTH, HEIGHT, "");
    for (int r = 0; r < READERS; r++)
        printf("   %10s", readers[r].name);
    printf("   1x is\n");
    for (size_t i = 0; i < sizeof distortions / sizeof *distortions; i++)
        bench_row(&distortions[i], cards, codes);
}

/* ---- the second table ---- */

enum { STEPS_MAX = 16, ROUNDS = 21 };

/* The steps of the chain, as garita_qr_read reports them, and their times in each round. */
struct watch {
    const char *name[STEPS_MAX];
    double spent[STEPS_MAX][ROUNDS];
    int steps, round, running; /* running: the step that the clock is on, -1 for none */
    double since;
};

static void stop_watch(struct watch *w)
{
    if (w->running >= 0)
        w->spent[w->running][w->round] += now_ms() - w->since;
    w->running = -1;
}

static bool on_step(void *context, const char *step, const garita_qr_texts *found)
{
    struct watch *w = context;
    (void)found;
    stop_watch(w);
    int i = 0;
    while (i < w->steps && strcmp(w->name[i], step) != 0)
        i++;
    if (i == STEPS_MAX)
        abort();
    if (i == w->steps)
        w->name[w->steps++] = step;
    w->running = i;
    w->since = now_ms();
    return true;
}

static double time_decode(garita_picture_error (*decode)(struct gray *, const unsigned char *,
                                                         size_t),
                          const unsigned char *bytes, size_t len)
{
    struct gray g = {0};
    double start = now_ms();
    if (decode(&g, bytes, len) != GARITA_PICTURE_OK)
        abort();
    double spent = now_ms() - start;
    gray_free(&g);
    return spent;
}

static double time_picture(const unsigned char *bytes, size_t len)
{
    garita_qr_texts texts;
    double start = now_ms();
    garita_picture_read(&texts, bytes, len, NULL);
    double spent = now_ms() - start;
    garita_qr_texts_free(&texts);
    return spent;
}

static void print_part(const char *name, double ms, double whole)
{
    printf("  %-32s %7.2f ms   %5.1f %%\n", name, ms, 100 * ms / whole);
}

static void bench_picture(const char *title, const struct scene *s)
{
    static struct watch w;
    memset(&w, 0, sizeof w);
    w.running = -1;
    double jpeg[ROUNDS], png[ROUNDS], from_jpeg[ROUNDS], from_png[ROUNDS], child[ROUNDS];
    const garita_qr_read_options options = {.step = on_step, .context = &w};
    size_t jpeg_len, png_len;
    unsigned char *jpeg_bytes = scene_jpeg(s, 85, &jpeg_len);
    unsigned char *png_bytes = scene_png(s, &png_len);
    for (w.round = 0; w.round < ROUNDS; w.round++) {
        garita_qr_texts texts = {0};
        garita_qr_read(&texts, s->pixels, s->width, s->height, (size_t)s->width, &options);
        stop_watch(&w);
        garita_qr_texts_free(&texts);
        jpeg[w.round] = time_decode(decode_jpeg, jpeg_bytes, jpeg_len);
        png[w.round] = time_decode(decode_png, png_bytes, png_len);
        from_jpeg[w.round] = time_picture(jpeg_bytes, jpeg_len);
        from_png[w.round] = time_picture(png_bytes, png_len);
        /* three bytes that sniff as a JPEG: all of the child's life but the picture */
        child[w.round] = time_picture((const unsigned char *)"\xff\xd8\xff", 3);
    }
    double whole = median(from_jpeg, ROUNDS);
    printf("\n%s\n", title);
    print_part("JPEG file to texts, in the child", whole, whole);
    print_part("PNG file to texts, in the child", median(from_png, ROUNDS), whole);
    printf(" of which\n");
    print_part("fork, lock-down, end, reaping", median(child, ROUNDS), whole);
    print_part("JPEG to pixels", median(jpeg, ROUNDS), whole);
    print_part("PNG to pixels", median(png, ROUNDS), whole);
    for (int i = 0; i < w.steps; i++)
        print_part(w.name[i], median(w.spent[i], ROUNDS), whole);
    free(jpeg_bytes);
    free(png_bytes);
}

int main(int argc, char **argv)
{
    int codes = 40;
    if (argc == 3 && strcmp(argv[1], "--codes") == 0)
        codes = atoi(argv[2]);
    if ((argc != 1 && argc != 3) || codes < 1 || codes > CODES_MAX) {
        fprintf(stderr, "usage: pictures [--codes 1..%d]\n", CODES_MAX);
        return 64;
    }
    struct card *cards = malloc((size_t)codes * sizeof *cards);
    if (cards == NULL)
        return 1;
    for (int i = 0; i < codes; i++)
        make_card(&cards[i], i);
    child_warm_up();
    bench_readers(cards, codes);

    printf("\na picture of %d x %d, medians of %d; %% of the JPEG's whole way\n", WIDTH, HEIGHT,
           ROUNDS);
    struct distortion none = {.name = ""}, steep = {.keystone = 0.2};
    struct scene s = make_scene(&cards[0], &none, 0);
    bench_picture("a card as it should be shown", &s);
    scene_free(&s);
    s = make_scene(&cards[0], &steep, 0);
    bench_picture("a card at a steep angle (keystone 20 %)", &s);
    scene_free(&s);
    s = scene_make(WIDTH, HEIGHT, 1);
    bench_picture("no card: every step is taken", &s);
    scene_free(&s);
    free(cards);
    return 0;
}
