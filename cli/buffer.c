#include "buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

enum { FIRST_CAP = 256 };

void buffer_free(struct buffer *buffer)
{
    if (buffer->at != NULL)
        sodium_memzero(buffer->at, buffer->cap);
    free(buffer->at);
    memset(buffer, 0, sizeof *buffer);
}

void buffer_clear(struct buffer *buffer)
{
    if (buffer->at != NULL)
        sodium_memzero(buffer->at, buffer->len);
    buffer->len = 0;
    buffer->failed = false;
}

bool buffer_reserve(struct buffer *buffer, size_t more)
{
    if (buffer->failed)
        return false;
    if (more <= buffer->cap - buffer->len)
        return true;

    size_t cap = buffer->cap < FIRST_CAP ? FIRST_CAP : buffer->cap;
    while (more > cap - buffer->len) {
        if (cap > SIZE_MAX / 2) {
            buffer->failed = true;
            return false;
        }
        cap *= 2;
    }
    /* Not realloc, which leaves a copy behind when it moves. */
    char *at = malloc(cap);
    if (at == NULL) {
        buffer->failed = true;
        return false;
    }
    if (buffer->at != NULL) {
        memcpy(at, buffer->at, buffer->len);
        sodium_memzero(buffer->at, buffer->cap);
        free(buffer->at);
    }
    buffer->at = at;
    buffer->cap = cap;
    return true;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t len)
{
    if (len == 0 || !buffer_reserve(buffer, len))
        return;
    memcpy(buffer->at + buffer->len, bytes, len);
    buffer->len += len;
}

void buffer_add_char(struct buffer *buffer, char c)
{
    buffer_add(buffer, &c, 1);
}

void buffer_add_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

void buffer_add_number(struct buffer *buffer, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    buffer_add(buffer, digits + at, sizeof digits - at);
}

void buffer_add_signed(struct buffer *buffer, int64_t number)
{
    if (number < 0) {
        buffer_add_char(buffer, '-');
        buffer_add_number(buffer, 0 - (uint64_t)number);
    } else {
        buffer_add_number(buffer, (uint64_t)number);
    }
}

void buffer_add_format_v(struct buffer *buffer, const char *format, va_list arguments)
{
    va_list again;

    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, arguments);
    /* vsnprintf writes a zero behind the text, for which there must be room too. */
    if (len < 0 || !buffer_reserve(buffer, (size_t)len + 1)) {
        buffer->failed = true;
    } else {
        vsnprintf(buffer->at + buffer->len, (size_t)len + 1, format, again);
        buffer->len += (size_t)len;
    }
    va_end(again);
}

void buffer_add_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    buffer_add_format_v(buffer, format, arguments);
    va_end(arguments);
}

const char *buffer_text(struct buffer *buffer)
{
    if (!buffer_reserve(buffer, 1))
        return "";
    buffer->at[buffer->len] = '\0';
    return buffer->at;
}
