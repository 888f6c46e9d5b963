#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "i18n.h"
#include "safe_text.h"
#include "terminal.h"
#include "wrap.h"

static void add_json_failure(struct buffer *out, const struct failure *failure, const char *message)
{
    buffer_add_text(out, "{\"error\":");
    safe_text_add_json(out, failure->code, strlen(failure->code));
    buffer_add_text(out, ",\"message\":");
    safe_text_add_json(out, message, strlen(message));
    buffer_add_text(out, ",\"source\":");
    if (failure->source != NULL)
        safe_text_add_json(out, failure->source, strlen(failure->source));
    else
        buffer_add_text(out, "null");
    buffer_add_text(out, ",\"line\":");
    if (failure->line > 0)
        buffer_add_number(out, failure->line);
    else
        buffer_add_text(out, "null");
    if (failure->hint != NULL) {
        buffer_add_text(out, ",\"hint\":");
        safe_text_add_json(out, failure->hint, strlen(failure->hint));
    }
    buffer_add_text(out, "}\n");
}

static void add_label(struct buffer *out, const struct context *context, const char *ansi,
                      const char *label)
{
    if (context->err_has_color)
        buffer_add_format(out, "\033[1;%sm%s\033[0m ", ansi, label);
    else
        buffer_add_format(out, "%s ", label);
}

static void add_failure(struct buffer *out, const struct context *context,
                        const struct failure *failure, const char *message)
{
    buffer_add_text(out, "garita: ");
    add_label(out, context, "31", _("error:"));
    if (failure->source != NULL) {
        if (strcmp(failure->source, "-") == 0)
            buffer_add_text(out, _("standard input"));
        else
            safe_text_add(out, failure->source, strlen(failure->source));
        if (failure->line > 0) {
            buffer_add_char(out, ':');
            buffer_add_number(out, failure->line);
        }
        buffer_add_text(out, ": ");
    }
    safe_text_add(out, message, strlen(message));
    buffer_add_char(out, '\n');
    if (failure->hint != NULL) {
        add_label(out, context, "36", _("hint:"));
        safe_text_add_lines(out, failure->hint, strlen(failure->hint));
        buffer_add_char(out, '\n');
    }
}

static void write_text(FILE *stream, struct buffer *text)
{
    if (!text->failed) {
        fwrite(text->at, 1, text->len, stream);
        fflush(stream);
    }
    buffer_free(text);
}

/* Adds a message for people in the width of their terminal. */
static void add_wrapped(struct buffer *out, const struct context *context, struct buffer *text)
{
    wrap_add(out, text->at, text->len, terminal_of(context->err).columns, 0);
    out->failed |= text->failed;
    buffer_free(text);
}

void report_failure_text(struct buffer *out, const struct context *context,
                         const struct failure *failure, const char *message)
{
    if (context->json) {
        add_json_failure(out, failure, message);
    } else {
        struct buffer text = {0};
        add_failure(&text, context, failure, message);
        add_wrapped(out, context, &text);
    }
}

exit_status report_failure(const struct context *context, const struct failure *failure,
                           const char *format, ...)
{
    struct buffer message = {0};
    struct buffer text = {0};
    va_list arguments;

    va_start(arguments, format);
    buffer_add_format_v(&message, format, arguments);
    va_end(arguments);

    report_failure_text(&text, context, failure, buffer_text(&message));
    if (text.failed)
        fputs("garita: error: out of memory\n", context->err);
    write_text(context->json ? context->out : context->err, &text);
    buffer_free(&message);
    return failure->status;
}

static void write_note(const struct context *context, const char *label, const char *format,
                       va_list arguments)
{
    struct buffer message = {0};
    struct buffer text = {0};
    struct buffer wrapped = {0};

    buffer_add_format_v(&message, format, arguments);
    buffer_add_text(&text, "garita: ");
    if (label != NULL)
        add_label(&text, context, "33", label);
    safe_text_add(&text, message.at, message.len);
    buffer_add_char(&text, '\n');
    add_wrapped(&wrapped, context, &text);
    write_text(context->err, &wrapped);
    buffer_free(&message);
}

void report_warning(const struct context *context, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_note(context, _("warning:"), format, arguments);
    va_end(arguments);
}

void report_note(const struct context *context, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_note(context, NULL, format, arguments);
    va_end(arguments);
}

exit_status report_no_memory(const struct context *context)
{
    return report_failure(context, &(struct failure){EXIT_IO, "no-memory", NULL, 0, NULL}, "%s",
                          _("out of memory"));
}
