/* cli/safe_text.h: a stranger's text on its way to a terminal or into JSON.
 *
 * A name in a statement, a file name or the text of a QR code may hold escape sequences that
 * repaint a terminal, or characters that turn the direction of writing, so that a reject reads like
 * something else. No such character leaves the program as it came.
 */
#ifndef GARITA_CLI_SAFE_TEXT_H
#define GARITA_CLI_SAFE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

/* Whether the text is valid UTF-8 (RFC 3629). */
bool safe_text_is_utf8(const char *text, size_t text_len);

/* The first character of a text in valid UTF-8 that no statement may hold (garita_utf8_is_unsafe),
 * and in *number which of its characters that is, from 1; 0 if there is none. */
uint32_t safe_text_refused(unsigned *number, const char *text, size_t text_len);

/* Adds the text with U+FFFD for every control, direction and invisible format character, line and
 * paragraph separator, and for every byte that is not UTF-8. */
void safe_text_add(struct buffer *out, const char *text, size_t text_len);

/* The same, but a line feed stays: for texts of several lines that the program itself composed. */
void safe_text_add_lines(struct buffer *out, const char *text, size_t text_len);

/* Adds the text as a JSON string (RFC 8259), quotes included. The characters above are escaped as
 * \uXXXX, so that the text is kept; a byte that is not UTF-8 becomes U+FFFD. */
void safe_text_add_json(struct buffer *out, const char *text, size_t text_len);

#endif
