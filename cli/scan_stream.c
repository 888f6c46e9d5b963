#include "scan_stream.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18n.h"
#include "scan_file.h"
#include "scan_lines.h"
#include "standard_input.h"

/* As much as a pipe holds: what one read brings is judged before the next. */
enum { CHUNK_BYTES = 64 * 1024 };

/* Reads to the end, behind what has been read, and judges the whole. */
static bool scan_whole(struct tally *total, const struct scan *scan, size_t jobs, const char *chunk,
                       size_t len)
{
    struct buffer whole = {0};
    bool is_written = true;
    ssize_t got;

    buffer_add(&whole, chunk, len);
    for (;;) {
        if (!buffer_reserve(&whole, CHUNK_BYTES)) {
            tally_add_failure(total, report_no_memory(scan->context));
            break;
        }
        got = standard_input_read(total, scan, whole.at + whole.len, CHUNK_BYTES);
        if (got < 0)
            break;
        whole.len += (size_t)got;
        if (whole.len > SCAN_FILE_BYTES_MAX) {
            tally_add_failure(
                total,
                report_failure(scan->context,
                               &(struct failure){EXIT_BAD_INPUT, "too-long", "-", 0, NULL},
                               _("longer than the %zu bytes that are read"), SCAN_FILE_BYTES_MAX));
            break;
        }
        if (got == 0) {
            is_written = scan_bytes(total, scan, "-", jobs, (const uint8_t *)whole.at, whole.len);
            break;
        }
    }
    buffer_free(&whole);
    return is_written;
}

/* The first bytes: as they come, but where the first may begin a picture, as many as tell. A text
 * never begins so, and is answered at once. Returns as standard_input_read does. */
static ssize_t read_first(struct tally *total, const struct scan *scan, char *chunk)
{
    enum { SIGNATURE_BYTES = 8 };
    size_t len = 0;

    for (;;) {
        ssize_t got = standard_input_read(total, scan, chunk + len, CHUNK_BYTES - len);
        if (got < 0)
            return got;
        len += (size_t)got;
        bool may_be_picture = len > 0 && ((unsigned char)chunk[0] == 0x89 /* PNG */ ||
                                          (unsigned char)chunk[0] == 0xff /* JPEG */);
        if (got == 0 || !may_be_picture || len >= SIGNATURE_BYTES)
            return (ssize_t)len;
    }
}

static bool scan_chunks(struct tally *total, const struct scan *scan, struct scan_lines *lines,
                        size_t jobs, char *chunk)
{
    ssize_t got = read_first(total, scan, chunk);

    if (got > 0 && scan_content_is_whole((const uint8_t *)chunk, (size_t)got))
        return scan_whole(total, scan, jobs, chunk, (size_t)got);
    while (got > 0) {
        if (!scan_lines_feed(lines, total, chunk, (size_t)got))
            return false;
        got = standard_input_read(total, scan, chunk, CHUNK_BYTES);
    }
    return scan_lines_end(lines, total);
}

/* A file holds its lines already; elsewhere each line may be the only one for a while. */
static enum scan_style stream_style(const struct scan *scan)
{
    struct stat status;
    bool is_file = fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode);

    return scan->context->out_is_terminal && scan->is_alone && !is_file ? SCAN_STYLE_BIG
                                                                        : SCAN_STYLE_LINE;
}

static bool scan_all(struct tally *total, const struct scan *scan, size_t jobs)
{
    enum scan_style style = stream_style(scan);
    struct scan_lines *lines = scan_lines_start(scan, "-", style, jobs);
    char *chunk = malloc(CHUNK_BYTES);
    bool is_written = false;

    if (lines == NULL || chunk == NULL)
        tally_add_failure(total, report_no_memory(scan->context));
    else
        is_written = scan_chunks(total, scan, lines, jobs, chunk);
    free(chunk);
    scan_lines_free(lines);
    return is_written;
}

bool scan_stream(struct tally *total, const struct scan *scan, size_t jobs)
{
    struct tally tally = {0};
    bool is_written = scan_all(&tally, scan, jobs);

    /* At a scanner the travelers come one by one, and are not to be summed up. */
    if (is_written && scan->is_alone && isatty(STDIN_FILENO) != 1)
        is_written = scan_write_summary(&tally, scan);
    tally_add(total, &tally);
    return is_written;
}
