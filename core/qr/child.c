#include "child.h"

#include "decode.h"
#include "lockdown.h"
#include "wire.h"

#include <garita/qr_draw.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- warming up ---- */

static bool want_none(void *context, const unsigned char *text, size_t len)
{
    (void)context;
    (void)text;
    (void)len;
    return false;
}

static int by_value(const void *a, const void *b)
{
    return *(const unsigned char *)a - *(const unsigned char *)b;
}

/* Takes every step of the chain over a small drawn code: with nothing wanted, none is left out. */
static void warm_up_once(void)
{
    enum { ZOOM = 2, SIDE = (21 + 2 * GARITA_QR_QUIET) * ZOOM };
    unsigned char pixels[SIDE * SIDE];
    static const garita_qr_read_options options = {.wanted = want_none};
    garita_qr qr;
    garita_qr_texts texts = {0};
    if (garita_qr_encode(&qr, "garita", 6, GARITA_QR_ECC_L) != GARITA_OK)
        return;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            pixels[y * SIDE + x] =
                garita_qr_dark(&qr, x / ZOOM - GARITA_QR_QUIET, y / ZOOM - GARITA_QR_QUIET) ? 0
                                                                                            : 255;
    garita_qr_read(&texts, pixels, SIDE, SIDE, SIDE, &options);
    garita_qr_texts_free(&texts);
    /* glibc asks the system how much memory there is at the first large sort. */
    qsort(pixels, sizeof pixels, 1, by_value);
}

void child_warm_up(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, warm_up_once);
}

/* ---- reading ---- */

struct progress {
    const garita_picture_options *options;
    struct timespec start;
    size_t sent; /* texts */
    bool late;
};

static long elapsed_ms(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - start->tv_sec) * 1000 + (now.tv_nsec - start->tv_nsec) / 1000000;
}

static bool send_new(struct progress *p, const garita_qr_texts *found)
{
    for (; p->sent < found->count; p->sent++) {
        const garita_qr_text *text = &found->text[p->sent];
        if (!wire_send(LOCKDOWN_PIPE, WIRE_TEXT, text->bytes, text->len))
            return false;
    }
    return true;
}

/* Texts go out before the next step, which may be the one that fails. No step is begun in the
 * second half of the time: one of them may need it. */
static bool before_step(void *context, const char *step, const garita_qr_texts *found)
{
    struct progress *p = context;
    (void)step;
    p->late = elapsed_ms(&p->start) > p->options->timeout_ms / 2;
    return send_new(p, found) && !p->late;
}

static bool pass_wanted(void *context, const unsigned char *text, size_t len)
{
    const struct progress *p = context;
    return p->options->wanted == NULL || p->options->wanted(p->options->context, text, len);
}

static garita_picture_error read_picture(struct progress *p, const unsigned char *bytes, size_t len)
{
    struct gray picture = {0};
    garita_picture_error error = decode_is_png(bytes, len) ? decode_png(&picture, bytes, len)
                                                           : decode_jpeg(&picture, bytes, len);
    if (picture.pixels == NULL || error == GARITA_PICTURE_TOO_LARGE)
        return error;

    garita_qr_texts texts = {0};
    const garita_qr_read_options options = {pass_wanted, before_step, p};
    garita_error read = garita_qr_read(&texts, picture.pixels, picture.width, picture.height,
                                       (size_t)picture.width, &options);
    send_new(p, &texts);
    if (texts.count > 0)
        return GARITA_PICTURE_OK;
    if (read == GARITA_E_NO_MEMORY)
        return GARITA_PICTURE_NO_MEMORY;
    if (error == GARITA_PICTURE_OK)
        return p->late ? GARITA_PICTURE_TIMEOUT : GARITA_PICTURE_NO_QR;
    return error;
    /* Nothing is freed: the process ends here. */
}

_Noreturn void child_run(int pipe, pid_t parent, const unsigned char *bytes, size_t len,
                         const garita_picture_options *options)
{
    struct progress p = {.options = options};
    clock_gettime(CLOCK_MONOTONIC, &p.start);
    unsigned char end = GARITA_PICTURE_NO_SANDBOX;
    unsigned cpu_seconds = (unsigned)options->timeout_ms / 1000 + 1;
    if (lockdown(pipe, cpu_seconds, parent)) {
        end = (unsigned char)read_picture(&p, bytes, len);
        pipe = LOCKDOWN_PIPE;
    }
    wire_send(pipe, WIRE_END, &end, 1);
    _exit(0);
}
