/* cli/buffer.h: bytes that grow, for text that is made before it is written.
 *
 * A buffer that could not grow stays failed and swallows what follows, so that only the end of a
 * text needs a check.
 *
 * No memory is given back or emptied without being overwritten: the process that decodes a hostile
 * picture is a copy of this one, and must not find the texts of earlier pictures.
 */
#ifndef GARITA_CLI_BUFFER_H
#define GARITA_CLI_BUFFER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero is an empty buffer. */
struct buffer {
    char *at; /* len bytes, not terminated by a zero */
    size_t len;
    size_t cap;
    bool failed; /* memory ran out: what is there is not the whole */
};

void buffer_free(struct buffer *buffer); /* frees, and leaves an empty one */

/* Empties it and keeps its memory. */
void buffer_clear(struct buffer *buffer);

/* Makes room for more bytes after len. False, and failed, if there is no memory. */
bool buffer_reserve(struct buffer *buffer, size_t more);

void buffer_add(struct buffer *buffer, const void *bytes, size_t len);
void buffer_add_char(struct buffer *buffer, char c);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_add_number(struct buffer *buffer, uint64_t number);
void buffer_add_signed(struct buffer *buffer, int64_t number);
void buffer_add_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buffer_add_format_v(struct buffer *buffer, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* Adds a zero that len does not count, and returns the text; "" if that failed. */
const char *buffer_text(struct buffer *buffer);

#endif
