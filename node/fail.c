#include "fail.h"

#include <stdarg.h>
#include <stdio.h>

static void put_safely(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        unsigned char c = (unsigned char)*at;
        if (c < 0x20 || c == 0x7f)
            fprintf(stderr, "\\x%02x", c);
        else
            fputc(c, stderr);
    }
}

enum exit_status fail(enum exit_status status, const char *hint, const char *format, ...)
{
    char text[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fputs("garitad: error: ", stderr);
    put_safely(text);
    fputc('\n', stderr);
    if (hint != NULL)
        fprintf(stderr, "hint: %s\n", hint);
    return status;
}

enum exit_status fail_no_memory(void)
{
    return fail(EXIT_IO, NULL, "out of memory");
}

static enum exit_status status_of(garita_store_error error)
{
    switch (error) {
    case GARITA_STORE_NO_HOME:
        return EXIT_NOT_FOUND;
    case GARITA_STORE_NOT_A_HOME:
    case GARITA_STORE_NEWER:
        return EXIT_BAD_INPUT;
    case GARITA_STORE_READ_ONLY:
    case GARITA_STORE_DENIED:
        return EXIT_NOT_ALLOWED;
    default:
        return EXIT_IO;
    }
}

static const char *hint_for(garita_store_error error)
{
    switch (error) {
    case GARITA_STORE_NO_HOME:
        return "\"garita init\" makes a home; --home DIR names another place";
    case GARITA_STORE_NEWER:
        return "use the newer version of this program";
    case GARITA_STORE_READ_ONLY:
        return "a node keeps what it hears: its home has to be writable";
    case GARITA_STORE_CORRUPT:
        return "\"garita doctor\" says what is damaged";
    default:
        return NULL;
    }
}

enum exit_status fail_store(garita_store_error error, const char *home, const char *detail)
{
    bool has_detail = detail[0] != '\0' && error != GARITA_STORE_NO_HOME;

    return fail(status_of(error), hint_for(error), "%s: %s%s%s%s", home,
                garita_store_error_text(error), has_detail ? " (" : "", has_detail ? detail : "",
                has_detail ? ")" : "");
}
