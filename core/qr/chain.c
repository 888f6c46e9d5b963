/* The chain of readers: garita_qr_read.
 *
 * What each adds, by tests/bench/pictures:
 *   zxing              nearly everything that is sharp, upright or turned, and evenly lit
 *   zxing-threshold    low contrast, glare, shadows
 *   zxing-inverted     light codes on dark ground; ZXing 1.4 does not look for them
 *   grid               steep angles
 *   smooth             noise
 *   zbar               searches in another way altogether, so that a blind spot of ZXing is not
 * ours sharpen-...        pictures out of focus, the more the further, each through ZXing and grid
 */
#include <garita/qr_read.h>

#include "bounds.h"
#include "grid.h"
#include "sharpen.h"

#include <stdlib.h>
#include <string.h>

/* Half the window is about the code's seven-module finder at the module sizes of interest: smaller,
 * and solid areas break up; larger, and shadows stay. */
enum { WINDOW = 41, MARGIN = 6 };

/* Where codes were read. As many again as texts, since the same text may stand there twice. */
enum { PLACES_MAX = 4 * GARITA_QR_TEXTS_MAX };

struct place {
    struct point corners[4]; /* in the caller's picture */
};

struct search {
    garita_qr_texts *out;
    const garita_qr_read_options *options;
    struct place place[PLACES_MAX];
    int places;
    bool satisfied; /* a wanted text was read */
    bool no_memory;
};

/* The picture at one size, and what is made of it once. */
struct level {
    struct search *search;
    const struct gray *picture;
    double scale; /* pixels of the caller's in one of these, across */
    struct gray two_tone;
    struct finder finder[FINDERS_MAX];
    int finders;
};

/* ---- what is found ---- */

static bool has_text(const garita_qr_texts *texts, const unsigned char *text, size_t len)
{
    for (size_t i = 0; i < texts->count; i++)
        if (texts->text[i].len == len && memcmp(texts->text[i].bytes, text, len) == 0)
            return true;
    return false;
}

/* reader_found for all readers; the context is the level. */
static bool on_found(void *context, const unsigned char *text, size_t len,
                     const struct point corners[4])
{
    const struct level *level = context;
    struct search *s = level->search;
    if (s->places < PLACES_MAX) {
        struct place *place = &s->place[s->places++];
        for (int i = 0; i < 4; i++)
            place->corners[i] =
                (struct point){corners[i].x * level->scale, corners[i].y * level->scale};
    }
    if (len > GARITA_QR_TEXT_BYTES_MAX || has_text(s->out, text, len) ||
        s->out->count == GARITA_QR_TEXTS_MAX)
        return true;
    unsigned char *copy = malloc(len + 1);
    if (copy == NULL)
        return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    s->out->text[s->out->count++] = (garita_qr_text){copy, len};
    const garita_qr_read_options *o = s->options;
    if (o->wanted == NULL || o->wanted(o->context, text, len))
        s->satisfied = true;
    return true;
}

/* ---- the steps: each false if memory ran out ---- */

/* Thresholds the picture and finds the finders in it. */
static bool look(struct level *l)
{
    if (!gray_threshold(&l->two_tone, l->picture, WINDOW, MARGIN))
        return false;
    l->finders = finder_find(l->finder, &l->two_tone);
    return true;
}

static bool step_zxing(struct level *l)
{
    return zxing_read(l->picture, READER_PHOTO, on_found, l);
}

static bool step_zxing_threshold(struct level *l)
{
    return zxing_read(&l->two_tone, READER_TWO_TONE, on_found, l);
}

static bool step_zxing_inverted(struct level *l)
{
    struct gray negative;
    bool ok = gray_make(&negative, l->picture->width, l->picture->height);
    if (ok) {
        memcpy(negative.pixels, l->picture->pixels, gray_len(&negative));
        gray_invert(&negative);
        ok = zxing_read(&negative, READER_PHOTO, on_found, l);
    }
    gray_free(&negative);
    return ok;
}

static bool step_zxing_threshold_inverted(struct level *l)
{
    gray_invert(&l->two_tone);
    bool ok = zxing_read(&l->two_tone, READER_TWO_TONE, on_found, l);
    gray_invert(&l->two_tone);
    return ok;
}

/* Gives the finders that no code read so far explains; returns how many. */
static int unread_finders(struct finder out[FINDERS_MAX], const struct level *l)
{
    int unread = 0;
    for (int i = 0; i < l->finders; i++) {
        struct point middle = {l->finder[i].middle.x * l->scale, l->finder[i].middle.y * l->scale};
        bool read = false;
        for (int p = 0; p < l->search->places && !read; p++)
            read = quad_contains(l->search->place[p].corners, middle);
        if (!read)
            out[unread++] = l->finder[i];
    }
    return unread;
}

static bool step_grid(struct level *l)
{
    struct finder unread[FINDERS_MAX];
    int count = unread_finders(unread, l);
    return grid_read(l->picture, &l->two_tone, unread, count, on_found, l);
}

static bool step_zbar(struct level *l)
{
    return zbar_read(l->picture, on_found, l);
}

/* A filtered picture is another one: ZXing and the grid see it afresh. */
static bool read_filtered(struct level *l, const struct gray *filtered)
{
    struct level again = {.search = l->search, .picture = filtered, .scale = l->scale};
    bool ok =
        look(&again) && step_zxing(&again) && step_zxing_inverted(&again) && step_grid(&again);
    gray_free(&again.two_tone);
    return ok;
}

static bool step_smooth(struct level *l)
{
    struct gray smooth = {0};
    bool ok = gray_smooth(&smooth, l->picture, 1.2) && read_filtered(l, &smooth);
    gray_free(&smooth);
    return ok;
}

static bool sharpened(struct level *l, double sigma, int steps)
{
    struct gray sharp = {0};
    bool ok = gray_sharpen(&sharp, l->picture, sigma, steps) && read_filtered(l, &sharp);
    gray_free(&sharp);
    return ok;
}

static bool step_sharpen_fine(struct level *l)
{
    return sharpened(l, 1.5, 12);
}

static bool step_sharpen_far(struct level *l)
{
    return sharpened(l, 3, 12);
}

/* Blurred by three quarters of a module and more, where a module's contrast is a few percent. */
static bool step_sharpen_last(struct level *l)
{
    return sharpened(l, 3.3, 40);
}

/* ---- the order ---- */

struct step {
    const char *name;
    bool (*run)(struct level *l);
};

static const struct step cheap[] = {
    {"zxing", step_zxing},
    {"look", look},
    {"zxing-threshold", step_zxing_threshold},
    {"grid", step_grid},
    {"zxing-inverted", step_zxing_inverted},
    {"zxing-threshold-inverted", step_zxing_threshold_inverted},
};

static const struct step dear[] = {
    {"smooth", step_smooth},
    {"zbar", step_zbar},
    {"sharpen-fine", step_sharpen_fine},
    {"sharpen-far", step_sharpen_far},
    {"sharpen-last", step_sharpen_last},
};

/* True if what was wanted has been read and the picture shows no three finders of another code.
 * Tiny ones do not count: noise is full of them, and the dear steps would not read them. */
static bool is_settled(const struct level *l)
{
    struct finder unread[FINDERS_MAX];
    if (!l->search->satisfied || l->two_tone.pixels == NULL)
        return false;
    int count = unread_finders(unread, l), sizeable = 0;
    for (int i = 0; i < count; i++)
        sizeable += unread[i].module >= 2.5;
    return sizeable < 3;
}

/* False when the search is over: settled, stopped by the caller, or out of memory. */
static bool take_steps(struct level *l, const struct step *steps, size_t count)
{
    struct search *s = l->search;
    const garita_qr_read_options *o = s->options;
    for (size_t i = 0; i < count; i++) {
        if (o->step != NULL && !o->step(o->context, steps[i].name, s->out))
            return false;
        if (!steps[i].run(l)) {
            s->no_memory = true;
            return false;
        }
        if (is_settled(l))
            return false;
    }
    return true;
}

/* Halves the picture until it has at most max pixels. Where it has not more to begin with, out
 * stays empty. */
static bool reduce(struct gray *out, double *scale, const struct gray *picture, size_t max)
{
    *scale = 1;
    while (gray_len(out->pixels == NULL ? picture : out) > max) {
        struct gray half;
        if (!gray_halve(&half, out->pixels == NULL ? picture : out))
            return false;
        gray_free(out);
        *out = half;
        *scale *= 2;
    }
    return true;
}

/* First everything cheap at the size that most codes are read at, then at full size, then what is
 * dear at the smaller again. */
static void search_levels(struct search *s, const struct gray *picture)
{
    struct gray reduced = {0};
    struct level small = {.search = s}, full = {.search = s, .picture = picture, .scale = 1};
    if (!reduce(&reduced, &small.scale, picture, QR_QUICK_PIXELS_MAX)) {
        s->no_memory = true;
        return;
    }
    small.picture = reduced.pixels == NULL ? picture : &reduced;
    if (take_steps(&small, cheap, sizeof cheap / sizeof *cheap) &&
        (reduced.pixels == NULL || take_steps(&full, cheap, sizeof cheap / sizeof *cheap)))
        take_steps(&small, dear, sizeof dear / sizeof *dear);
    gray_free(&small.two_tone);
    gray_free(&full.two_tone);
    gray_free(&reduced);
}

garita_error garita_qr_read(garita_qr_texts *out, const unsigned char *pixels, int width,
                            int height, size_t stride, const garita_qr_read_options *options)
{
    static const garita_qr_read_options none = {0};
    if (width < 1 || height < 1 || width > QR_SIDE_MAX || height > QR_SIDE_MAX ||
        (long)width * height > QR_PIXELS_MAX || stride < (size_t)width)
        return GARITA_E_RANGE;

    struct search *s = calloc(1, sizeof *s);
    struct gray picture = {0};
    if (s == NULL || !gray_make(&picture, width, height)) {
        free(s);
        return GARITA_E_NO_MEMORY;
    }
    for (int y = 0; y < height; y++)
        memcpy(picture.pixels + (size_t)y * (size_t)width, pixels + (size_t)y * stride,
               (size_t)width);
    s->out = out;
    s->options = options == NULL ? &none : options;
    search_levels(s, &picture);
    garita_error error = s->no_memory ? GARITA_E_NO_MEMORY : GARITA_OK;
    gray_free(&picture);
    free(s);
    return error;
}

void garita_qr_texts_free(garita_qr_texts *texts)
{
    if (texts == NULL)
        return;
    for (size_t i = 0; i < texts->count; i++)
        free(texts->text[i].bytes);
    memset(texts, 0, sizeof *texts);
}
