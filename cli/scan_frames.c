#include "scan_frames.h"

#include <string.h>

#include <sodium.h>

#include "frame_split.h"
#include "i18n.h"
#include "scan_crew.h"
#include "scan_desk.h"
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

struct frames {
    struct view view;
    uint64_t number; /* of the picture at hand */
    struct scan_crew *crew;
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

/* Judges the codes that this frame is the first to show: what is beside each other belongs
 * together.
 */
static bool show_entering(struct tally *total, struct scan *scan, struct frames *frames,
                          const garita_qr_texts *texts)
{
    struct code entering[GARITA_QR_TEXTS_MAX];
    size_t count = 0;
    size_t credentials = 0;

    for (size_t i = 0; i < texts->count; i++) {
        const garita_qr_text *text = &texts->text[i];
        if (!scan_picture_counts(texts, text) ||
            !view_enters(&frames->view, frames->number, text->bytes, text->len))
            continue;
        entering[count] = (struct code){.kind = CODE_TEXT,
                                        .origin = {"-", frames->number},
                                        .at = (const char *)text->bytes,
                                        .len = text->len};
        credentials += !scan_code_is_attestation(&entering[count++]);
    }
    const struct manner manner = {.is_together = true, .is_only = credentials <= 1};
    return scan_desk_show(scan, total, frames->crew, entering, count, &manner);
}

static void report_picture(struct tally *total, const struct scan *scan, uint64_t number,
                           garita_picture_error error)
{
    tally_add_failure(total,
                      report_failure(scan->context,
                                     &(struct failure){EXIT_IO, garita_picture_error_name(error),
                                                       "-", number, NULL},
                                     "%s", _(garita_picture_error_text(error))));
}

/* What this picture's codes come to, if they are several. */
static bool sum_up(struct tally *total, const struct scan *scan, const struct tally *before)
{
    struct tally of_frame = *total;
    struct outlet outlet = {0};

    tally_subtract(&of_frame, before);
    scan_summary(&outlet, scan, &of_frame);
    bool is_written = outlet_flush(&outlet, total, scan);
    outlet_free(&outlet);
    return is_written;
}

static bool scan_frame(struct tally *total, struct scan *scan, struct frames *frames,
                       const uint8_t *bytes, size_t len)
{
    const garita_picture_options options = {.wanted = scan_picture_wants,
                                            .timeout_ms = FRAME_TIMEOUT_MS};
    const struct tally before = *total;
    garita_qr_texts texts = {0};

    garita_picture_error error = garita_picture_read(&texts, bytes, len, &options);
    if (error == GARITA_PICTURE_NO_MEMORY || error == GARITA_PICTURE_NO_SANDBOX)
        report_picture(total, scan, frames->number, error);
    bool is_written = show_entering(total, scan, frames, &texts) && sum_up(total, scan, &before);
    scan_picture_forget(&texts);
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
static bool scan_whole_frames(struct tally *total, struct scan *scan, struct frames *frames,
                              struct buffer *stream, bool *is_over)
{
    const uint8_t *bytes = (const uint8_t *)stream->at;
    size_t at = 0;
    size_t len = 0;
    enum frame_state state;

    while ((state = frame_split(&len, bytes + at, stream->len - at)) == FRAME_WHOLE) {
        frames->number++;
        if (!scan_frame(total, scan, frames, bytes + at, len))
            return false;
        at += len;
    }
    memmove(stream->at, stream->at + at, stream->len - at);
    stream->len -= at;
    *is_over = true;
    if (state == FRAME_FOREIGN)
        fail(total, scan, frames->number + 1,
             garita_picture_error_name(GARITA_PICTURE_NOT_A_PICTURE),
             _(garita_picture_error_text(GARITA_PICTURE_NOT_A_PICTURE)));
    else if (stream->len > FRAME_BYTES_MAX)
        fail(total, scan, frames->number + 1, garita_picture_error_name(GARITA_PICTURE_TOO_LARGE),
             _(garita_picture_error_text(GARITA_PICTURE_TOO_LARGE)));
    else
        *is_over = false;
    return true;
}

static bool scan_all(struct tally *total, struct scan *scan, struct frames *frames,
                     struct buffer *stream)
{
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
            check_end(total, scan, frames->number, stream);
            return true;
        }
        stream->len += (size_t)got;
        if (!scan_whole_frames(total, scan, frames, stream, &is_over))
            return false;
    }
    return true;
}

bool scan_frames(struct tally *total, struct scan *scan)
{
    struct frames frames = {.crew = scan_crew_start(scan, 1)};
    struct buffer stream = {0};
    bool is_written = false;

    if (frames.crew != NULL)
        is_written = scan_all(total, scan, &frames, &stream);
    else
        tally_add_failure(total, report_no_memory(scan->context));
    scan_crew_free(frames.crew);
    buffer_free(&stream);
    return is_written;
}
