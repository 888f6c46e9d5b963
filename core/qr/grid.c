#include "grid.h"

#include "bounds.h"
#include "plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of the triples of finders that could be one code, so many are tried, the likeliest first; of the
 * maps that could fit a triple, so many. A photograph of gravel must not cost seconds. */
enum { TRIPLES_MAX = 24, GUESSES_MAX = 4 };

/* A finder with its separator. */
enum { FINDER_MODULES = 64 };

/* What three finders reach by chance with the wrong timing between them stays below. */
static const double SCORE_MIN = 0.5;

/* The middles of the code's four finder places, in module coordinates 3.5 and side - 3.5: top left,
 * top right, bottom right (where there is no finder), bottom left. */
struct guess {
    struct point middle[4];
    int version;
    double score; /* -1 to 1: how far what is known agrees with the picture */
};

/* ---- which three ---- */

struct triple {
    const struct finder *corner, *right, *below; /* right and below are a quarter turn apart */
    double oddness;                              /* 0: a code seen frontally */
};

static double leg(const struct finder *a, const struct finder *b)
{
    return hypot(b->middle.x - a->middle.x, b->middle.y - a->middle.y);
}

static double larger_ratio(double a, double b)
{
    return a > b ? a / b : b / a;
}

/* Modules on a side, by the distance of two finders and their sizes. Perspective makes it rough. */
static double side_modules(const struct triple *t)
{
    double module = (t->corner->module + t->right->module + t->below->module) / 3;
    return (leg(t->corner, t->right) + leg(t->corner, t->below)) / 2 / module + 7;
}

/* False if no camera sees a code's finders so. */
static bool judge_triple(struct triple *t)
{
    double ax = t->right->middle.x - t->corner->middle.x;
    double ay = t->right->middle.y - t->corner->middle.y;
    double bx = t->below->middle.x - t->corner->middle.x;
    double by = t->below->middle.y - t->corner->middle.y;
    double across = hypot(ax, ay), down = hypot(bx, by);
    if (!(across > 0 && down > 0))
        return false;
    double cosine = fabs((ax * bx + ay * by) / (across * down));
    double legs = larger_ratio(across, down);
    double sizes = fmax(larger_ratio(t->corner->module, t->right->module),
                        larger_ratio(t->corner->module, t->below->module));
    double side = side_modules(t);
    if (cosine > 0.75 || legs > 2.5 || sizes > 2.5 || side < 17 || side > 220)
        return false;
    if (ax * by - ay * bx < 0) { /* the other way round: exchange the two */
        const struct finder *was = t->right;
        t->right = t->below;
        t->below = was;
    }
    t->oddness = cosine + (legs - 1) + (sizes - 1);
    return true;
}

static void keep_triple(struct triple kept[TRIPLES_MAX], int *count, struct triple t)
{
    int at = *count < TRIPLES_MAX ? (*count)++ : TRIPLES_MAX;
    for (; at > 0 && kept[at - 1].oddness > t.oddness; at--)
        if (at < TRIPLES_MAX)
            kept[at] = kept[at - 1];
    if (at < TRIPLES_MAX)
        kept[at] = t;
}

static int find_triples(struct triple kept[TRIPLES_MAX], const struct finder *f, int count)
{
    int found = 0;
    for (int corner = 0; corner < count; corner++)
        for (int a = 0; a < count; a++)
            for (int b = a + 1; b < count; b++) {
                struct triple t = {&f[corner], &f[a], &f[b], 0};
                if (a != corner && b != corner && f[a].inverted == f[corner].inverted &&
                    f[b].inverted == f[corner].inverted && judge_triple(&t))
                    keep_triple(kept, &found, t);
            }
    return found;
}

/* ---- where the grid lies ---- */

/* The map from modules, (0, 0) to (side, side), into the picture. */
static bool map_of_modules(struct projective *out, const struct point middle[4], int side)
{
    struct projective unit;
    if (!projective_from_square(&unit, middle))
        return false;
    /* first (x - 3.5) / (side - 7) onto the unit square, then the map of that */
    const double *m = unit.m;
    double s = 1.0 / (side - 7), o = -3.5 * s;
    double w = (m[6] + m[7]) * o + 1;
    *out = (struct projective){{m[0] * s / w, m[1] * s / w, ((m[0] + m[1]) * o + m[2]) / w,
                                m[3] * s / w, m[4] * s / w, ((m[3] + m[4]) * o + m[5]) / w,
                                m[6] * s / w, m[7] * s / w}};
    return w > 0;
}

/* Agreement of the first count known modules with the two-tone picture, from -1 to 1. Where one
 * finder's worth of them does not even half agree, the rest is not looked at: so most guesses end.
 */
static double agreement(const struct gray *two_tone, bool inverted, const struct plan *plan,
                        int count, const struct projective *map)
{
    int sum = 0;
    for (int i = 0; i < count; i++) {
        const struct plan_module *k = &plan->module[i];
        struct point p = projective_apply(map, k->x + 0.5, k->y + 0.5);
        if (!(p.x >= 0 && p.y >= 0 && p.x < two_tone->width && p.y < two_tone->height))
            return -1;
        bool dark = two_tone->pixels[(size_t)p.y * (size_t)two_tone->width + (size_t)p.x] == 0;
        sum += (dark != inverted) == k->dark ? 1 : -1;
        if (i == FINDER_MODULES - 1 && sum < FINDER_MODULES / 2)
            return -1;
    }
    return (double)sum / count;
}

static void keep_guess(struct guess kept[GUESSES_MAX], const struct guess *g)
{
    /* One for each version: neighbours in angle are found again by what follows. */
    int at = 0;
    while (at < GUESSES_MAX - 1 && kept[at].version != g->version && kept[at].version != 0)
        at++;
    if (kept[at].version == g->version || kept[at].version == 0) {
        if (kept[at].version == 0 || g->score > kept[at].score)
            kept[at] = *g;
        return;
    }
    int worst = 0;
    for (int i = 1; i < GUESSES_MAX; i++)
        if (kept[i].score < kept[worst].score)
            worst = i;
    if (g->score > kept[worst].score)
        kept[worst] = *g;
}

/* The fourth middle, by how far perspective moves it off the parallelogram, in parts of the legs.
 */
static void set_fourth(struct guess *g, double along, double down)
{
    const struct point *m = g->middle;
    struct point a = {m[1].x - m[0].x, m[1].y - m[0].y}, b = {m[3].x - m[0].x, m[3].y - m[0].y};
    g->middle[2].x = m[0].x + (1 + along) * a.x + (1 + down) * b.x;
    g->middle[2].y = m[0].y + (1 + along) * a.y + (1 + down) * b.y;
}

/* Fills kept with the likeliest maps. Three middles are known; what remains is the version and two
 * numbers of perspective, few enough to try all. */
static void guess_maps(struct guess kept[GUESSES_MAX], const struct gray *two_tone,
                       const struct triple *t, struct plan *plan)
{
    memset(kept, 0, GUESSES_MAX * sizeof *kept);
    double side = side_modules(t);
    for (int version = 1; version <= 40; version++) {
        if (fabs(17 + 4 * version - side) > 6 + side * 0.25)
            continue;
        plan_make(plan, version);
        struct guess g = {
            {t->corner->middle, t->right->middle, {0, 0}, t->below->middle}, version, 0};
        struct guess best = {.version = version, .score = -2};
        for (double along = -0.48; along <= 0.8; along += 0.06)
            for (double down = -0.48; down <= 0.8; down += 0.06) {
                struct projective map;
                set_fourth(&g, along, down);
                if (!map_of_modules(&map, g.middle, plan->side))
                    continue;
                g.score = agreement(two_tone, t->corner->inverted, plan, plan->edge, &map);
                if (g.score > best.score)
                    best = g;
            }
        if (best.score > SCORE_MIN)
            keep_guess(kept, &best);
    }
}

/* Contrast of known light and dark modules in the grayscale picture, four places in each, so that a
 * grid that is off by a fraction of a module already loses. */
static double contrast(const struct gray *picture, bool inverted, const struct plan *plan,
                       const struct guess *g)
{
    static const double off[4][2] = {{0.2, 0.2}, {0.8, 0.2}, {0.2, 0.8}, {0.8, 0.8}};
    struct projective map;
    if (!map_of_modules(&map, g->middle, plan->side))
        return -1e9;
    double sum = 0;
    for (int i = 0; i < plan->count; i++) {
        const struct plan_module *k = &plan->module[i];
        double value = 0;
        for (int s = 0; s < 4; s++)
            value += gray_at(picture, projective_apply(&map, k->x + off[s][0], k->y + off[s][1]));
        sum += k->dark ? -value : value;
    }
    return (inverted ? -sum : sum) / plan->count;
}

/* Tries the fourth middle in steps of about a module around where it is, now with the alignment
 * patterns, which alone say something of that corner. */
static void settle_fourth(struct guess *g, const struct gray *two_tone, bool inverted,
                          const struct plan *plan)
{
    struct guess start = *g;
    double one = 1.0 / (plan->side - 7);
    struct point a = {(g->middle[1].x - g->middle[0].x) * one,
                      (g->middle[1].y - g->middle[0].y) * one};
    struct point b = {(g->middle[3].x - g->middle[0].x) * one,
                      (g->middle[3].y - g->middle[0].y) * one};
    int reach = (int)(0.08 / one) + 2;
    g->score = -2;
    for (int i = -reach; i <= reach; i++)
        for (int j = -reach; j <= reach; j++) {
            struct guess tried = start;
            struct projective map;
            tried.middle[2].x += i * a.x + j * b.x;
            tried.middle[2].y += i * a.y + j * b.y;
            if (!map_of_modules(&map, tried.middle, plan->side))
                continue;
            tried.score = agreement(two_tone, inverted, plan, plan->count, &map);
            if (tried.score > g->score)
                *g = tried;
        }
}

/* Moves the four middles, one coordinate at a time, as long as the contrast grows, in ever smaller
 * steps from one module down to a sixteenth. */
static void climb(struct guess *g, const struct gray *picture, bool inverted, double module,
                  const struct plan *plan)
{
    double best = contrast(picture, inverted, plan, g);
    for (double step = module; step > module / 24; step /= 2)
        for (int round = 0; round < 4; round++) {
            double before = best;
            for (int i = 0; i < 16; i++) {
                struct guess moved = *g;
                double by = i & 1 ? step : -step;
                if (i & 2)
                    moved.middle[i / 4].x += by;
                else
                    moved.middle[i / 4].y += by;
                double now = contrast(picture, inverted, plan, &moved);
                if (now > best) {
                    best = now;
                    *g = moved;
                }
            }
            if (best == before)
                break;
        }
}

/* ---- reading it ---- */

/* The modules' gray values, each the mean of five places in it. */
static void sample(struct gray *modules, const struct gray *picture, const struct projective *map)
{
    static const double off[5][2] = {{0.5, 0.5}, {0.3, 0.3}, {0.7, 0.3}, {0.3, 0.7}, {0.7, 0.7}};
    for (int y = 0; y < modules->height; y++)
        for (int x = 0; x < modules->width; x++) {
            double sum = 0;
            for (int s = 0; s < 5; s++)
                sum += gray_at(picture, projective_apply(map, x + off[s][0], y + off[s][1]));
            modules->pixels[y * modules->width + x] = (unsigned char)(sum / 5);
        }
}

/* The code drawn anew, ZOOM pixels a module, with a quiet zone, and what is known as it should be.
 */
static bool draw_clean(struct gray *out, struct gray *modules, bool inverted,
                       const struct plan *plan)
{
    enum { ZOOM = 3 };
    if (inverted)
        gray_invert(modules);
    struct gray tone;
    /* Data is masked to be about half dark everywhere: a local mean is a fair threshold. */
    if (!gray_threshold(&tone, modules, 15, 0))
        return false;
    for (int i = 0; i < plan->count; i++) {
        const struct plan_module *k = &plan->module[i];
        tone.pixels[k->y * plan->side + k->x] = k->dark ? 0 : 255;
    }
    int across = plan->side + 2 * GARITA_QR_QUIET;
    bool ok = gray_make(out, across * ZOOM, across * ZOOM);
    if (ok) {
        memset(out->pixels, 255, gray_len(out));
        for (int y = 0; y < plan->side * ZOOM; y++)
            for (int x = 0; x < plan->side * ZOOM; x++)
                out->pixels[(y + GARITA_QR_QUIET * ZOOM) * out->width + x +
                            GARITA_QR_QUIET * ZOOM] = tone.pixels[y / ZOOM * plan->side + x / ZOOM];
    }
    gray_free(&tone);
    return ok;
}

/* Stands between ZXing and the caller: puts the corners in the picture for those in the drawing. */
struct relay {
    reader_found found;
    void *context;
    struct point corners[4];
    bool read;
};

static bool relay_text(void *context, const unsigned char *text, size_t len,
                       const struct point corners[4])
{
    struct relay *r = context;
    (void)corners;
    r->read = true;
    return r->found(r->context, text, len, r->corners);
}

static bool decode(const struct gray *picture, bool inverted, const struct plan *plan,
                   const struct guess *g, struct relay *relay)
{
    struct projective map;
    if (!map_of_modules(&map, g->middle, plan->side))
        return true;
    struct gray modules = {0}, drawing = {0};
    bool ok = gray_make(&modules, plan->side, plan->side);
    if (ok) {
        double side = plan->side;
        sample(&modules, picture, &map);
        relay->corners[0] = projective_apply(&map, 0, 0);
        relay->corners[1] = projective_apply(&map, side, 0);
        relay->corners[2] = projective_apply(&map, side, side);
        relay->corners[3] = projective_apply(&map, 0, side);
        ok = draw_clean(&drawing, &modules, inverted, plan) &&
             zxing_read_drawn(&drawing, relay_text, relay);
    }
    gray_free(&modules);
    gray_free(&drawing);
    return ok;
}

static bool read_triple(const struct gray *picture, const struct gray *two_tone,
                        const struct triple *t, struct plan *plan, struct relay *relay)
{
    struct guess guesses[GUESSES_MAX];
    bool inverted = t->corner->inverted;
    guess_maps(guesses, two_tone, t, plan);
    for (int i = 0; i < GUESSES_MAX && !relay->read; i++) {
        struct guess *g = &guesses[i];
        if (g->version == 0)
            continue;
        plan_make(plan, g->version);
        settle_fourth(g, two_tone, inverted, plan);
        climb(g, picture, inverted, t->corner->module, plan);
        if (!decode(picture, inverted, plan, g, relay))
            return false;
    }
    return true;
}

bool grid_read(const struct gray *picture, const struct gray *two_tone,
               const struct finder *finders, int count, reader_found found, void *context)
{
    struct triple triples[TRIPLES_MAX];
    int tried = find_triples(triples, finders, count);
    struct plan *plan = malloc(sizeof *plan);
    bool ok = plan != NULL;
    /* The finders of codes that were read are not tried in other triples. */
    struct point done[TRIPLES_MAX][4];
    int done_count = 0;
    for (int i = 0; ok && i < tried; i++) {
        const struct triple *t = &triples[i];
        bool known = false;
        for (int d = 0; d < done_count; d++)
            known = known || quad_contains(done[d], t->corner->middle) ||
                    quad_contains(done[d], t->right->middle) ||
                    quad_contains(done[d], t->below->middle);
        if (known)
            continue;
        struct relay relay = {.found = found, .context = context};
        ok = read_triple(picture, two_tone, t, plan, &relay);
        if (relay.read)
            memcpy(done[done_count++], relay.corners, sizeof relay.corners);
    }
    free(plan);
    return ok;
}
