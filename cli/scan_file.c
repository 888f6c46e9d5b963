#include "scan_file.h"

#include <string.h>

#include <garita/bundle.h>
#include <garita/picture.h>
#include <garita/statement.h>
#include <garita/text.h>

#include "foreign.h"
#include "i18n.h"
#include "input_file.h"
#include "safe_text.h"
#include "scan_lines.h"
#include "scan_picture.h"

/* An array of two, as every statement is (core/FORMAT.md). No text in UTF-8 begins so. */
static const uint8_t statement_begins = 0x92;

bool scan_content_is_whole(const uint8_t *bytes, size_t len)
{
    return len > 0 && (bytes[0] == statement_begins || garita_picture_is(bytes, len) ||
                       garita_bundle_is_one(bytes, len));
}

enum scan_content scan_content_of(const uint8_t *bytes, size_t len)
{
    if (garita_picture_is(bytes, len))
        return SCAN_CONTENT_PICTURE;
    if (len > 0 && bytes[0] == statement_begins)
        return SCAN_CONTENT_STATEMENT;
    if (garita_bundle_is_one(bytes, len))
        return SCAN_CONTENT_BUNDLE;
    if (memchr(bytes, '\0', len) == NULL && safe_text_is_utf8((const char *)bytes, len))
        return SCAN_CONTENT_TEXT;
    return SCAN_CONTENT_UNKNOWN;
}

const char *scan_bundle_hint(void)
{
    return _("this is a bundle: garita sync import FILE");
}

static size_t lines_in(const uint8_t *bytes, size_t len)
{
    size_t lines = 0;

    for (size_t i = 0; i < len; i++)
        if (bytes[i] != '\n' && bytes[i] != '\r')
            lines += i == 0 || bytes[i - 1] == '\n' || bytes[i - 1] == '\r';
    return lines;
}

static bool scan_lines_of(struct tally *total, const struct scan *scan, const char *source,
                          size_t jobs, const uint8_t *bytes, size_t len)
{
    struct tally tally = {0};
    enum scan_style style = scan->context->out_is_terminal
                                ? scan_style_for(scan, lines_in(bytes, len))
                                : SCAN_STYLE_LINE;
    struct scan_lines *lines = scan_lines_start(scan, source, style, jobs);

    if (lines == NULL) {
        tally_add_failure(total, report_no_memory(scan->context));
        return false;
    }
    bool is_written =
        scan_lines_feed(lines, &tally, (const char *)bytes, len) && scan_lines_end(lines, &tally);
    scan_lines_free(lines);
    if (is_written && scan->is_alone)
        is_written = scan_write_summary(&tally, scan);
    if (is_written && tally.verdicts + tally.failures == 0) {
        tally_add_failure(&tally, EXIT_BAD_INPUT);
        (void)report_failure(scan->context,
                             &(struct failure){EXIT_BAD_INPUT, "no-input", source, 0, NULL}, "%s",
                             _("there is nothing in it to scan"));
    }
    tally_add(total, &tally);
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
        scan_refresh(scan);
        scan_statement(&outlet, scan, (struct origin){source, 0}, scan_style_for(scan, 1), bytes,
                       len);
        break;
    case SCAN_CONTENT_BUNDLE:
        scan_failure(&outlet, scan,
                     &(struct failure){EXIT_BAD_INPUT, "unreadable", source, 0, scan_bundle_hint()},
                     _("neither a picture nor a text nor a statement"));
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

/* A file that is one thing, and not for scan, is one failure, not one for each of its lines. */
static bool scan_file_bytes(struct tally *total, const struct scan *scan, const char *path,
                            size_t jobs, const uint8_t *bytes, size_t len)
{
    struct foreign_file foreign;

    if (!foreign_file_is(&foreign, bytes, len))
        return scan_bytes(total, scan, path, jobs, bytes, len);
    tally_add_failure(total, report_failure(scan->context,
                                            &(struct failure){EXIT_BAD_INPUT, "unreadable", path, 0,
                                                              foreign.hint},
                                            _("this file is %s"), foreign.title));
    return true;
}

bool scan_file(struct tally *total, const struct scan *scan, const char *path, size_t jobs)
{
    struct input_file input;

    exit_status status = input_file_read(scan->context, &input, path, SCAN_FILE_BYTES_MAX);
    if (status != EXIT_DONE) {
        tally_add_failure(total, status);
        return true;
    }
    bool is_written = scan_file_bytes(total, scan, path, jobs, input.bytes, input.len);
    input_file_free(&input);
    return is_written;
}
