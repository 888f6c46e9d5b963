#include "scan_stream.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18n.h"
#include "scan_desk.h"
#include "scan_file.h"
#include "scan_lines.h"
#include "standard_input.h"

/* As much as a pipe holds: what one read brings is judged before the next. */
enum { CHUNK_BYTES = 64 * 1024 };

/* Reads to the end, behind what has been read, and puts the whole on the pile. */
static bool scan_whole(struct tally *total, const struct scan *scan, struct scan_pile *pile,
                       const char *chunk, size_t len)
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
            is_written = scan_bytes(pile, "-", (const uint8_t *)whole.at, whole.len);
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

/* A file holds its lines already; elsewhere each line may be the only one for a while. */
static bool is_one_by_one(const struct scan *scan)
{
    struct stat status;
    bool is_file = fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode);

    return scan->is_alone && !is_file;
}

/* Whether nothing more comes for a moment: a scanner that ends a code with CR and LF types two line
 * feeds on a terminal, of which the second is no person's Enter. */
static bool is_at_rest(const struct scan *scan)
{
    enum { REST_MS = 250 };
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

    return scan->is_typed && scan->party > 0 && poll(&input, 1, REST_MS) == 0;
}

static bool scan_line_chunks(struct tally *total, struct scan *scan, struct scan_lines *lines,
                             char *chunk, ssize_t got)
{
    while (got > 0) {
        if (!scan_lines_feed(lines, total, chunk, (size_t)got))
            return false;
        bool may_be_enter = chunk[got - 1] == '\n' && is_at_rest(scan);
        got = standard_input_read(total, scan, chunk, CHUNK_BYTES);
        if (may_be_enter && got == 1 && chunk[0] == '\n' && !scan_desk_begin_anew(scan, total))
            return false;
    }
    return scan_lines_end(lines, total);
}

static bool scan_text(struct tally *total, struct scan *scan, struct scan_pile *pile, char *chunk,
                      ssize_t got)
{
    if (!scan_pile_judge(pile, false))
        return false;
    struct scan_lines *lines = scan_lines_start(scan, "-", is_one_by_one(scan));
    if (lines == NULL) {
        tally_add_failure(total, report_no_memory(scan->context));
        return false;
    }
    bool is_written = scan_line_chunks(total, scan, lines, chunk, got);
    scan_lines_free(lines);
    return is_written;
}

bool scan_stream(struct tally *total, struct scan *scan, struct scan_pile *pile)
{
    char *chunk = malloc(CHUNK_BYTES);

    if (chunk == NULL) {
        tally_add_failure(total, report_no_memory(scan->context));
        return false;
    }
    ssize_t got = read_first(total, scan, chunk);
    bool is_written = got > 0 && scan_content_is_whole((const uint8_t *)chunk, (size_t)got)
                          ? scan_whole(total, scan, pile, chunk, (size_t)got)
                          : scan_text(total, scan, pile, chunk, got);
    free(chunk);
    return is_written;
}
