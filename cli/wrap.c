#include "wrap.h"

#include <stdbool.h>

static size_t end_of(const char *text, size_t at, size_t len, bool of_blanks)
{
    while (at < len && text[at] != '\n' && (text[at] == ' ') == of_blanks)
        at++;
    return at;
}

static size_t columns_of(const char *text, size_t len)
{
    size_t columns = 0;
    bool is_escape = false;

    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\033')
            is_escape = true;
        else if (is_escape)
            is_escape = text[i] != 'm';
        else
            columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return columns;
}

void wrap_add(struct buffer *out, const char *text, size_t text_len, size_t columns, size_t indent)
{
    size_t at = 0;
    size_t used = 0;
    bool has_word = false; /* on this line */

    if (columns == 0) {
        buffer_add(out, text, text_len);
        return;
    }
    while (at < text_len) {
        if (text[at] == '\n') {
            buffer_add_char(out, text[at++]);
            used = 0;
            has_word = false;
            continue;
        }
        size_t word = end_of(text, at, text_len, true);
        size_t end = end_of(text, word, text_len, false);
        size_t width = columns_of(text + word, end - word);
        if (has_word && used + (word - at) + width > columns) {
            buffer_add_char(out, '\n');
            for (used = 0; used < indent; used++)
                buffer_add_char(out, ' ');
        } else {
            buffer_add(out, text + at, word - at);
            used += word - at;
        }
        buffer_add(out, text + word, end - word);
        used += width;
        has_word = true;
        at = end;
    }
}
