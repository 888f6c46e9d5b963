/* garita/picture.h: from the bytes of a PNG or JPEG file to the texts of the QR codes in it.
 *
 * A picture is hostile input to large decoders, so each is decoded and searched in a child process
 * of its own that has given up every right first (core/qr/lockdown.c): no file, socket, process or
 * new executable page, bounded memory and processor time, one pipe out. What comes back over the
 * pipe is parsed as if an attacker wrote it, since after a successful attack one does. At worst a
 * hostile picture costs a result other than "ok", or lies about its texts, which are signed or
 * worthless. The child shares the caller's memory as of the call: hold no secrets while reading
 * pictures.
 *
 * Standards: PNG ISO/IEC 15948 (all color types and depths, interlaced, alpha laid over white; the
 * first image of an animated one), JPEG ITU-T T.81 and JFIF (grayscale, YCbCr, RGB, CMYK, YCCK;
 * baseline and progressive). EXIF orientation is ignored: a code reads in any.
 */
#ifndef GARITA_PICTURE_H
#define GARITA_PICTURE_H

#include <garita/qr_read.h>

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(constant, stable name, one English sentence) */
#define GARITA_PICTURE_ERRORS(X)                                                                   \
    X(OK, "ok", "at least one QR code was read")                                                   \
    X(NO_QR, "no-qr", "a sound picture, but no QR code was found in it")                           \
    X(NOT_A_PICTURE, "not-a-picture", "neither a PNG nor a JPEG")                                  \
    X(TOO_LARGE, "too-large", "more bytes, or more pixels, than are read")                         \
    X(DAMAGED, "damaged", "the picture is damaged, and no QR code was found in what is left")      \
    X(TIMEOUT, "timeout", "reading the picture took too long")                                     \
    X(CRASHED, "crashed", "the decoder died on this picture")                                      \
    X(NO_MEMORY, "no-memory", "out of memory")                                                     \
    X(NO_SANDBOX, "no-sandbox", "the system gave no sandboxed process to read the picture in")

typedef enum garita_picture_error {
#define GARITA_PICTURE_ERROR_ENUM(constant, name, text) GARITA_PICTURE_##constant,
    GARITA_PICTURE_ERRORS(GARITA_PICTURE_ERROR_ENUM)
#undef GARITA_PICTURE_ERROR_ENUM
} garita_picture_error;

/* Milliseconds that one picture may take where the caller names no other number. */
#define GARITA_PICTURE_TIMEOUT_MS 10000

typedef struct garita_picture_options {
    garita_qr_wanted wanted; /* as in garita_qr_read_options; runs in the child: no side effects */
    void *context;           /* for wanted */
    int timeout_ms;          /* wall clock, from the call to the return; 0: the default */
} garita_picture_options;

/* The stable name, such as "no-qr"; never null ("?" for a number that is none). */
const char *garita_picture_error_name(garita_picture_error error);

/* One English sentence, without a full stop. */
const char *garita_picture_error_text(garita_picture_error error);

/* True if the bytes begin as a PNG or a JPEG does. Says nothing about the rest. */
bool garita_picture_is(const unsigned char *bytes, size_t len);

/* Reads the QR codes of the PNG or JPEG in bytes (len bytes, at most 64 MiB; the caller's,
 * unchanged) into *out, which is overwritten and must be given to garita_qr_texts_free afterwards
 * whatever the result. options may be null.
 *
 * Returns OK if and only if out->count > 0: a picture that is damaged, or took too long, after a
 * code had been read, is still OK. Otherwise what went wrong, with *out empty. Where the lock-down
 * cannot be had, nothing is decoded (NO_SANDBOX).
 *
 * Blocks until the child is done, and it is reaped on return: no zombie, no descriptor left. May be
 * called from several threads at once, and from a process that has others. The process must not
 * collect children it does not know (wait, waitpid(-1)) at the same time. */
garita_picture_error garita_picture_read(garita_qr_texts *out, const unsigned char *bytes,
                                         size_t len, const garita_picture_options *options);

#ifdef __cplusplus
}
#endif

#endif
