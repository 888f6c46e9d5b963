#include "scan_stream.h"

#include <stdlib.h>

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

static bool scan_chunks(struct tally *total, const struct scan *scan, struct scan_lines *lines,
                        size_t jobs, char *chunk)
{
    ssize_t got = standard_input_read(total, scan, chunk, CHUNK_BYTES);

    if (got > 0 && scan_content_is_whole((const uint8_t *)chunk, (size_t)got))
        return scan_whole(total, scan, jobs, chunk, (size_t)got);
    while (got > 0) {
        if (!scan_lines_feed(lines, total, chunk, (size_t)got))
            return false;
        got = standard_input_read(total, scan, chunk, CHUNK_BYTES);
    }
    return scan_lines_end(lines, total);
}

bool scan_stream(struct tally *total, const struct scan *scan, size_t jobs)
{
    enum scan_style style = scan->context->out_is_terminal ? SCAN_STYLE_BIG : SCAN_STYLE_LINE;
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
