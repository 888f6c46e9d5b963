/* garita/qr_read.h: the texts of all QR codes in a grayscale picture.
 *
 * Standard: ISO/IEC 18004:2015, QR Code Model 2, either polarity, any rotation, mirrored or not.
 * Several readers are tried, cheap ones first, because each is blind where another sees
 * (core/qr/chain.c says which). What comes out is a stranger's bytes: nothing is checked here.
 *
 * This runs third-party decoders in the caller's own process. For a picture from outside use
 * garita_picture_read, which does it in a child without rights. Reentrant; no I/O, no clock.
 */
#ifndef GARITA_QR_READ_H
#define GARITA_QR_READ_H

#include <garita/error.h>

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Distinct texts reported of one picture; what comes after is left out. */
#define GARITA_QR_TEXTS_MAX 16
/* Bytes in one text: version 40-L holds 7,089 digits, and less of anything else. */
#define GARITA_QR_TEXT_BYTES_MAX 7089

typedef struct garita_qr_text {
    unsigned char *bytes; /* len bytes as the code holds them, then a NUL that len does not count */
    size_t len;           /* 1 to GARITA_QR_TEXT_BYTES_MAX */
} garita_qr_text;

/* Zero it before first use; it owns its texts until garita_qr_texts_free. */
typedef struct garita_qr_texts {
    size_t count;
    garita_qr_text text[GARITA_QR_TEXTS_MAX]; /* distinct, in the order they were found */
} garita_qr_texts;

/* True for a text that the caller came for. Once one has been read, the expensive steps are taken
 * only while the picture shows a code that has not been read. */
typedef bool (*garita_qr_wanted)(void *context, const unsigned char *text, size_t len);

/* Called before each step, with the step's stable name and what has been found so far; false ends
 * the search there. A caller with a deadline or a stopwatch hangs it here. */
typedef bool (*garita_qr_step)(void *context, const char *step, const garita_qr_texts *found);

typedef struct garita_qr_read_options {
    garita_qr_wanted wanted; /* null: any text is */
    garita_qr_step step;     /* null: no one asks */
    void *context;           /* for both */
} garita_qr_read_options;

/* Reads width x height pixels (one byte each, 0 black to 255 white, rows stride bytes apart) and
 * adds each text not yet there to *out. options may be null.
 * Returns GARITA_OK, also where there was nothing to find (out->count says); RANGE for a picture of
 * no pixels, more than 16,384 on a side or 50 million in all, or a stride below the width;
 * NO_MEMORY, with what had been found before in *out. */
garita_error garita_qr_read(garita_qr_texts *out, const unsigned char *pixels, int width,
                            int height, size_t stride, const garita_qr_read_options *options);

/* Frees the texts and zeroes *texts. Null does nothing. */
void garita_qr_texts_free(garita_qr_texts *texts);

#ifdef __cplusplus
}
#endif

#endif
