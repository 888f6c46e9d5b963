#include "serials.h"

#include <stdlib.h>
#include <string.h>

#include <garita/limits.h>

#include "i18n.h"
#include "input_file.h"
#include "report.h"

enum { SHOWN_MAX = 5, BAD_LINES_MAX = 10 };

/* Ten digits and a line feed for each, and as much again for comments. */
#define FILE_BYTES_MAX (SERIALS_MAX * 22)

bool serials_add(struct serials *out, uint32_t serial)
{
    if (out->count == out->cap) {
        size_t cap = out->cap == 0 ? 64 : 2 * out->cap;
        uint32_t *grown = realloc(out->at, cap * sizeof *grown);
        if (grown == NULL)
            return false;
        out->at = grown;
        out->cap = cap;
    }
    out->at[out->count++] = serial;
    return true;
}

void serials_free(struct serials *serials)
{
    free(serials->at);
    *serials = (struct serials){0};
}

/* --- reading --- */

/* Reads a serial at *at and moves behind it. False if there is none. */
static bool take_serial(uint32_t *out, const char **at, const char *end)
{
    uint64_t number = 0;
    const char *begin = *at;

    for (; *at < end && **at >= '0' && **at <= '9'; ++*at) {
        number = number * 10 + (uint64_t)(**at - '0');
        if (number > GARITA_SERIAL_MAX)
            return false;
    }
    *out = (uint32_t)number;
    return *at > begin && number > 0;
}

static bool take_range(uint32_t *first, uint32_t *last, const char *text, size_t len)
{
    const char *end = text + len;

    if (!take_serial(first, &text, end))
        return false;
    *last = *first;
    if (text < end && *text == '-') {
        text++;
        if (!take_serial(last, &text, end))
            return false;
    }
    return text == end && *first <= *last;
}

/* Adds what stands in a text; failure is for one that is no serial. */
static exit_status add_range(const struct context *context, struct serials *out, const char *text,
                             size_t len, const struct failure *failure)
{
    uint32_t first, last;

    if (!take_range(&first, &last, text, len))
        return report_failure(context, failure, _("\"%.*s\" is no serial"),
                              (int)(len < 80 ? len : 80), text);
    if (last - first >= SERIALS_MAX - out->count)
        return report_failure(
            context,
            &(struct failure){failure->status, "too-many", failure->source, failure->line,
                              _("split it: each command signs once")},
            _("more than %zu serials in one command"), SERIALS_MAX);
    for (uint64_t serial = first; serial <= last; serial++)
        if (!serials_add(out, (uint32_t)serial))
            return report_no_memory(context);
    return EXIT_DONE;
}

static const char *how_to_write(void)
{
    return _("a serial is a number from 1 to 4294967295; 17-40 is a range of them");
}

exit_status serials_add_argument(const struct context *context, struct serials *out,
                                 const char *text)
{
    const struct failure failure = {EXIT_USAGE, "usage", NULL, 0, how_to_write()};

    return add_range(context, out, text, strlen(text), &failure);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static exit_status add_line(const struct context *context, struct serials *out, const char *source,
                            uint64_t line, const char *text, size_t len)
{
    const struct failure failure = {EXIT_BAD_INPUT, "serial", source, line, how_to_write()};
    const char *comment = memchr(text, '#', len);

    if (comment != NULL)
        len = (size_t)(comment - text);
    while (len > 0 && is_blank(text[len - 1]))
        len--;
    while (len > 0 && is_blank(text[0])) {
        text++;
        len--;
    }
    return len > 0 ? add_range(context, out, text, len, &failure) : EXIT_DONE;
}

exit_status serials_add_file(const struct context *context, struct serials *out, const char *path)
{
    struct input_file file = {0};
    unsigned bad_lines = 0;
    size_t at = 0;
    exit_status status = input_file_read(context, &file, path, FILE_BYTES_MAX);

    if (status != EXIT_DONE)
        return status;
    if (file.len >= 3 && memcmp(file.bytes, "\xef\xbb\xbf", 3) == 0)
        at = 3;
    for (uint64_t line = 1; at < file.len && bad_lines < BAD_LINES_MAX && status != EXIT_IO;
         line++) {
        const char *text = (const char *)file.bytes + at;
        const char *end = memchr(text, '\n', file.len - at);
        size_t len = end != NULL ? (size_t)(end - text) : file.len - at;
        exit_status here = add_line(context, out, file.source, line, text, len);
        if (here != EXIT_DONE) {
            status = here;
            bad_lines++;
        }
        at += len + (end != NULL ? 1 : 0);
    }
    input_file_free(&file);
    return status;
}

/* --- the list --- */

static int compare(const void *a, const void *b)
{
    uint32_t left, right;

    memcpy(&left, a, sizeof left);
    memcpy(&right, b, sizeof right);
    return left < right ? -1 : left > right;
}

void serials_sort(struct serials *serials)
{
    size_t count = 0;

    if (serials->count > 1)
        qsort(serials->at, serials->count, sizeof *serials->at, compare);
    for (size_t i = 0; i < serials->count; i++)
        if (count == 0 || serials->at[i] != serials->at[count - 1])
            serials->at[count++] = serials->at[i];
    serials->count = count;
}

bool serials_has(const struct serials *serials, uint32_t serial)
{
    return serials->count > 0 &&
           bsearch(&serial, serials->at, serials->count, sizeof serial, compare) != NULL;
}

void serials_add_text(struct buffer *out, const struct serials *serials)
{
    for (size_t i = 0; i < serials->count && i < SHOWN_MAX; i++) {
        if (i > 0)
            buffer_add_text(out, ", ");
        buffer_add_number(out, serials->at[i]);
    }
    if (serials->count > SHOWN_MAX)
        buffer_add_text(out, ", …");
}
