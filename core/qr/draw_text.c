#include "draw_text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static void hand_on(struct draw_text *text)
{
    if (text->used > 0 && !text->stopped)
        text->stopped = text->write(text->context, text->bytes, text->used) != 0;
    text->used = 0;
}

void draw_text_add(struct draw_text *text, const char *format, ...)
{
    enum { ONE_MAX = 256 };
    if (sizeof text->bytes - text->used <= ONE_MAX)
        hand_on(text);
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text->bytes + text->used, ONE_MAX + 1, format, args);
    va_end(args);
    assert(len >= 0 && len <= ONE_MAX);
    text->used += (size_t)len;
}

garita_error draw_text_end(struct draw_text *text)
{
    hand_on(text);
    return text->stopped ? GARITA_E_NO_SPACE : GARITA_OK;
}
