#include "scan_frames.h"

#include <string.h>

#include <sodium.h>

#include "frame_split.h"
#include "i18n.h"
#include "scan_picture.h"
#include "standard_input.h"

enum {
    CHUNK_BYTES = 256 * 1024,
    /* An uncompressed 4K picture. */
    FRAME_BYTES_MAX = 32 * 1024 * 1024,
    /* The next picture is a better use of the time than more work on this one. */
    FRAME_TIMEOUT_MS = 1000,
    FRAMES_GONE = 10,
    VIEW_MAX = 64,
    HASH_SIZE = crypto_generichash_BYTES
};

/* The codes that are in view. */
struct view {
    struct seen {
        uint8_t hash[HASH_SIZE];
        uint64_t frame; /* that last showed it; 0: this entry is free */
    } seen[VIEW_MAX];
};

/* Notes that a frame shows the text. True if it has just come into view. */
static bool view_enters(struct view *view, uint64_t frame, const unsigned char *text, size_t len)
{
    uint8_t hash[HASH_SIZE];
    struct seen *oldest = &view->seen[0];

    crypto_generichash(hash, sizeof hash, text, len, NULL, 0);
    for (size_t i = 0; i < VIEW_MAX; i++) {
        struct seen *seen = &view->seen[i];
        if (seen->frame != 0 && memcmp(seen->hash, hash, sizeof hash) == 0) {
            bool has_been_gone = frame - seen->frame > FRAMES_GONE;
            seen->frame = frame;
            return has_been_gone;
        }
        if (seen->frame < oldest->frame)
            oldest = seen;
    }
    memcpy(oldest->hash, hash, sizeof hash);
    oldest->frame = frame;
    return true;
}

/* Judges the codes that this frame is the first to show. */
static void show_entering(struct outlet *outlet, const struct scan *scan, struct view *view,
                          uint64_t number, const garita_qr_texts *texts)
{
    const garita_qr_text *entering[GARITA_QR_TEXTS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < texts->count; i++) {
        const garita_qr_text *text = &texts->text[i];
        if (scan_picture_counts(texts, text) && view_enters(view, number, text->bytes, text->len))
            entering[count++] = text;
    }
    enum scan_style style = scan_style_for(scan, count);
    if (count > 0)
        scan_refresh(scan);
    for (size_t i = 0; i < count; i++)
        scan_text(outlet, scan, (struct origin){"-", number}, style,
                  (const char *)entering[i]->bytes, entering[i]->len);
}

static bool scan_frame(struct tally *total, const struct scan *scan, struct view *view,
                       uint64_t number, const uint8_t *bytes, size_t len)
{
    const garita_picture_options options = {.wanted = scan_picture_wants,
                                            .timeout_ms = FRAME_TIMEOUT_MS};
    garita_qr_texts texts = {0};
    struct outlet outlet = {0};

    garita_picture_error error = garita_picture_read(&texts, bytes, len, &options);
    if (error == GARITA_PICTURE_NO_MEMORY || error == GARITA_PICTURE_NO_SANDBOX)
        scan_failure(
            &outlet, scan,
            &(struct failure){EXIT_IO, garita_picture_error_name(error), "-", number, NULL},
            _(garita_picture_error_text(error)));
    show_entering(&outlet, scan, view, number, &texts);
    scan_summary(&outlet, scan, &outlet.tally);
    bool is_written = outlet_flush(&outlet, total, scan);
    scan_picture_forget(&texts);
    outlet_free(&outlet);
    return is_written;
}

static void fail(struct tally *total, const struct scan *scan, uint64_t number, const char *code,
                 const char *message)
{
    tally_add_failure(total,
                      report_failure(scan->context,
                                     &(struct failure){EXIT_BAD_INPUT, code, "-", number, NULL},
                                     "%s", message));
}

/* What is left at the end of the stream. */
static void check_end(struct tally *total, const struct scan *scan, uint64_t number,
                      const struct buffer *stream)
{
    if (stream->len > 0)
        fail(total, scan, number + 1, "damaged", _("the stream ends in the middle of a picture"));
    else if (number > 0 && total->verdicts + total->failures == 0)
        fail(total, scan, 0, garita_picture_error_name(GARITA_PICTURE_NO_QR),
             _("no picture of the stream shows a QR code"));
}

/* Judges the whole pictures in the stream so far, and keeps the rest. *is_over is set where the
 * stream cannot be followed any further. */
static bool scan_whole_frames(struct tally *total, const struct scan *scan, struct view *view,
                              uint64_t *number, struct buffer *stream, bool *is_over)
{
    const uint8_t *bytes = (const uint8_t *)stream->at;
    size_t at = 0;
    size_t len = 0;
    enum frame_state state;

    while ((state = frame_split(&len, bytes + at, stream->len - at)) == FRAME_WHOLE) {
        if (!scan_frame(total, scan, view, ++*number, bytes + at, len))
            return false;
        at += len;
    }
    memmove(stream->at, stream->at + at, stream->len - at);
    stream->len -= at;
    *is_over = true;
    if (state == FRAME_FOREIGN)
        fail(total, scan, *number + 1, garita_picture_error_name(GARITA_PICTURE_NOT_A_PICTURE),
             _(garita_picture_error_text(GARITA_PICTURE_NOT_A_PICTURE)));
    else if (stream->len > FRAME_BYTES_MAX)
        fail(total, scan, *number + 1, garita_picture_error_name(GARITA_PICTURE_TOO_LARGE),
             _(garita_picture_error_text(GARITA_PICTURE_TOO_LARGE)));
    else
        *is_over = false;
    return true;
}

static bool scan_all(struct tally *total, const struct scan *scan, struct buffer *stream)
{
    struct view view = {0};
    uint64_t number = 0;
    bool is_over = false;

    while (!is_over) {
        if (!buffer_reserve(stream, CHUNK_BYTES)) {
            tally_add_failure(total, report_no_memory(scan->context));
            return true;
        }
        ssize_t got = standard_input_read(total, scan, stream->at + stream->len, CHUNK_BYTES);
        if (got < 0)
            return true;
        if (got == 0) {
            check_end(total, scan, number, stream);
            return true;
        }
        stream->len += (size_t)got;
        if (!scan_whole_frames(total, scan, &view, &number, stream, &is_over))
            return false;
    }
    return true;
}

bool scan_frames(struct tally *total, const struct scan *scan)
{
    struct buffer stream = {0};
    bool is_written = scan_all(total, scan, &stream);

    buffer_free(&stream);
    return is_written;
}
