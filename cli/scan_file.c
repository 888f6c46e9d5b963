#include "scan_file.h"

#include <stdlib.h>
#include <string.h>

#include <garita/bundle.h>
#include <garita/packet.h>
#include <garita/picture.h>
#include <garita/statement.h>

#include "foreign.h"
#include "i18n.h"
#include "input_file.h"
#include "line_split.h"
#include "safe_text.h"
#include "scan_picture.h"

/* A statement is an array of two (core/FORMAT.md), a packet a longer one. No text in UTF-8 begins
 * so.
 */
static bool is_statement(const uint8_t *bytes, size_t len)
{
    return len > 0 && (bytes[0] == 0x92 || garita_packet_is_one(bytes, len));
}

bool scan_content_is_whole(const uint8_t *bytes, size_t len)
{
    return len > 0 && (is_statement(bytes, len) || garita_picture_is(bytes, len) ||
                       garita_bundle_is_one(bytes, len));
}

enum scan_content scan_content_of(const uint8_t *bytes, size_t len)
{
    if (garita_picture_is(bytes, len))
        return SCAN_CONTENT_PICTURE;
    if (is_statement(bytes, len))
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

/* --- what is in it --- */

static bool pile_lines(struct scan_pile *pile, const char *source, const struct line_split *split)
{
    bool is_written = true;

    for (size_t i = 0; i < split->count && is_written; i++)
        is_written = scan_pile_add(pile, &(struct code){.kind = CODE_TEXT,
                                                        .origin = {source, split->lines[i].number},
                                                        .at = split->lines[i].at,
                                                        .len = split->lines[i].len,
                                                        .is_line = true});
    return is_written;
}

/* A statement that is longer than any of ours in a code is so by one byte too. */
static bool pile_statement(struct scan_pile *pile, const char *source, const uint8_t *bytes,
                           size_t len)
{
    const size_t enough = GARITA_QR_STATEMENT_BYTES_MAX + 1;

    return scan_pile_add(pile, &(struct code){.kind = CODE_STATEMENT,
                                              .origin = {source, 0},
                                              .at = (const char *)bytes,
                                              .len = len < enough ? len : enough});
}

static bool fail(struct scan_pile *pile, const char *source, const char *code, const char *message,
                 const char *hint)
{
    return scan_pile_fail(pile, &(struct failure){EXIT_BAD_INPUT, code, source, 0, hint}, message);
}

static bool pile_text(struct scan_pile *pile, struct line_split *split, const char *source,
                      const char *text, size_t len)
{
    bool is_written = true;
    bool is_empty = true;

    for (size_t at = 0; at < len && is_written;) {
        at += line_split_take(split, text + at, len - at);
        is_empty &= split->count == 0;
        is_written = pile_lines(pile, source, split);
    }
    if (!is_written)
        return false;
    line_split_end(split);
    is_empty &= split->count == 0;
    if (!pile_lines(pile, source, split))
        return false;
    return !is_empty || fail(pile, source, "no-input", _("there is nothing in it to scan"), NULL);
}

static bool pile_lines_of(struct scan_pile *pile, const char *source, const uint8_t *bytes,
                          size_t len)
{
    struct line_split *split = calloc(1, sizeof *split);

    if (split == NULL)
        return scan_pile_fail(pile, &(struct failure){EXIT_IO, "no-memory", source, 0, NULL},
                              _("out of memory"));
    bool is_written = pile_text(pile, split, source, (const char *)bytes, len);
    free(split);
    return is_written;
}

bool scan_bytes(struct scan_pile *pile, const char *source, const uint8_t *bytes, size_t len)
{
    switch (scan_content_of(bytes, len)) {
    case SCAN_CONTENT_TEXT:
        return pile_lines_of(pile, source, bytes, len);
    case SCAN_CONTENT_PICTURE:
        return scan_picture(pile, source, bytes, len);
    case SCAN_CONTENT_STATEMENT:
        return pile_statement(pile, source, bytes, len);
    case SCAN_CONTENT_BUNDLE:
        return fail(pile, source, "unreadable", _("neither a picture nor a text nor a statement"),
                    scan_bundle_hint());
    case SCAN_CONTENT_UNKNOWN:
        break;
    }
    return fail(pile, source, "unreadable", _("neither a picture nor a text nor a statement"),
                _("scan reads PNG and JPEG pictures, lines of text in UTF-8, and statements"));
}

/* --- a file --- */

/* A file that is one thing, and not for scan, is one failure, not one for each of its lines. */
static bool scan_file_bytes(struct scan_pile *pile, const char *path, const uint8_t *bytes,
                            size_t len)
{
    struct foreign_file foreign;
    struct buffer message = {0};

    if (!foreign_file_is(&foreign, bytes, len))
        return scan_bytes(pile, path, bytes, len);
    buffer_add_format(&message, _("this file is %s"), foreign.title);
    bool is_written = fail(pile, path, "unreadable", buffer_text(&message), foreign.hint);
    buffer_free(&message);
    return is_written;
}

bool scan_file(struct scan_pile *pile, const char *path)
{
    struct input_file input = {0};
    struct failure failure = {0};
    struct buffer message = {0};

    exit_status status = input_file_try(&input, &failure, &message, path, SCAN_FILE_BYTES_MAX);
    bool is_written = status == EXIT_DONE ? scan_file_bytes(pile, path, input.bytes, input.len)
                                          : scan_pile_fail(pile, &failure, buffer_text(&message));
    input_file_free(&input);
    buffer_free(&message);
    return is_written;
}
