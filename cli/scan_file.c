#include "scan_file.h"

#include <string.h>

#include <garita/picture.h>
#include <garita/statement.h>
#include <garita/text.h>

#include "i18n.h"
#include "input_file.h"
#include "safe_text.h"
#include "scan_lines.h"
#include "scan_picture.h"

/* An array of two, as every statement is (core/FORMAT.md). No text in UTF-8 begins so. */
static const uint8_t statement_begins = 0x92;

bool scan_content_is_whole(const uint8_t *bytes, size_t len)
{
    return len > 0 && (bytes[0] == statement_begins || garita_picture_is(bytes, len));
}

enum scan_content scan_content_of(const uint8_t *bytes, size_t len)
{
    if (garita_picture_is(bytes, len))
        return SCAN_CONTENT_PICTURE;
    if (len > 0 && bytes[0] == statement_begins)
        return SCAN_CONTENT_STATEMENT;
    if (memchr(bytes, '\0', len) == NULL && safe_text_is_utf8((const char *)bytes, len))
        return SCAN_CONTENT_TEXT;
    return SCAN_CONTENT_UNKNOWN;
}

static bool scan_lines_of(struct tally *total, const struct scan *scan, const char *source,
                          size_t jobs, const uint8_t *bytes, size_t len)
{
    uint64_t before = total->verdicts + total->failures;
    enum scan_style style = scan->context->out_is_terminal ? SCAN_STYLE_BIG : SCAN_STYLE_LINE;
    struct scan_lines *lines = scan_lines_start(scan, source, style, jobs);

    if (lines == NULL) {
        tally_add_failure(total, report_no_memory(scan->context));
        return false;
    }
    bool is_written =
        scan_lines_feed(lines, total, (const char *)bytes, len) && scan_lines_end(lines, total);
    scan_lines_free(lines);
    if (is_written && total->verdicts + total->failures == before) {
        tally_add_failure(total, EXIT_BAD_INPUT);
        (void)report_failure(scan->context,
                             &(struct failure){EXIT_BAD_INPUT, "no-input", source, 0, NULL}, "%s",
                             _("there is nothing in it to scan"));
    }
    return is_written;
}

bool scan_bytes(struct tally *total, const struct scan *scan, const char *source, size_t jobs,
                const uint8_t *bytes, size_t len)
{
    struct outlet outlet = {0};

    switch (scan_content_of(bytes, len)) {
    case SCAN_CONTENT_TEXT:
        return scan_lines_of(total, scan, source, jobs, bytes, len);
    case SCAN_CONTENT_PICTURE:
        scan_picture(&outlet, scan, (struct origin){source, 0}, bytes, len);
        break;
    case SCAN_CONTENT_STATEMENT:
        scan_statement(&outlet, scan, (struct origin){source, 0}, SCAN_STYLE_BIG, bytes, len);
        break;
    case SCAN_CONTENT_UNKNOWN:
        scan_failure(&outlet, scan,
                     &(struct failure){EXIT_BAD_INPUT, "unreadable", source, 0,
                                       _("scan reads PNG and JPEG pictures, lines of text in "
                                         "UTF-8, and statements")},
                     _("neither a picture nor a text nor a statement"));
        break;
    }
    bool is_written = outlet_flush(&outlet, total, scan);
    outlet_free(&outlet);
    return is_written;
}

bool scan_file(struct tally *total, const struct scan *scan, const char *path, size_t jobs)
{
    struct input_file input;

    exit_status status = input_file_read(scan->context, &input, path, SCAN_FILE_BYTES_MAX);
    if (status != EXIT_DONE) {
        tally_add_failure(total, status);
        return true;
    }
    bool is_written = scan_bytes(total, scan, path, jobs, input.bytes, input.len);
    input_file_free(&input);
    return is_written;
}
