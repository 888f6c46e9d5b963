#include "safe_text.h"

#include <garita/statement.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* Length of the character at text, and its number; 0 if there is no valid UTF-8 (RFC 3629). */
static size_t read_character(uint32_t *out, const unsigned char *text, size_t len)
{
    static const struct {
        unsigned char mask, lead;
        uint32_t least;
    } forms[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

    for (size_t n = 0; n < sizeof forms / sizeof forms[0]; n++) {
        if ((text[0] & forms[n].mask) != forms[n].lead)
            continue;
        if (n >= len)
            return 0;
        uint32_t character = text[0] & (unsigned char)~forms[n].mask;
        for (size_t i = 1; i <= n; i++) {
            if ((text[i] & 0xc0) != 0x80)
                return 0;
            character = character << 6 | (text[i] & 0x3fu);
        }
        if (character < forms[n].least || character > 0x10ffff ||
            (character >= 0xd800 && character <= 0xdfff))
            return 0;
        *out = character;
        return n + 1;
    }
    return 0;
}

bool safe_text_is_utf8(const char *text, size_t text_len)
{
    const unsigned char *at = (const unsigned char *)text;
    uint32_t character = 0;

    while (text_len > 0) {
        size_t len = read_character(&character, at, text_len);
        if (len == 0)
            return false;
        at += len;
        text_len -= len;
    }
    return true;
}

uint32_t safe_text_refused(unsigned *number, const char *text, size_t text_len)
{
    const unsigned char *at = (const unsigned char *)text;
    uint32_t character = 0;

    *number = 0;
    for (size_t len; text_len > 0 && (len = read_character(&character, at, text_len)) > 0;
         at += len, text_len -= len) {
        ++*number;
        if (garita_utf8_is_unsafe(character))
            return character;
    }
    *number = 0;
    return 0;
}

/* Controls (C0, DEL, C1), and what Unicode has to steer direction and layout or to stay unseen. */
static bool is_unsafe(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x061c || c == 0x180e ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
           (c >= 0xe0000 && c <= 0xe0fff);
}

static void add(struct buffer *out, const char *text, size_t text_len, bool keeps_lines)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t left = text_len;

    while (left > 0) {
        uint32_t character = 0;
        size_t len = read_character(&character, at, left);
        if (len == 0 || (is_unsafe(character) && !(keeps_lines && character == '\n')))
            buffer_add_text(out, REPLACEMENT);
        else
            buffer_add(out, at, len);
        len = len == 0 ? 1 : len;
        at += len;
        left -= len;
    }
}

void safe_text_add(struct buffer *out, const char *text, size_t text_len)
{
    add(out, text, text_len, false);
}

void safe_text_add_lines(struct buffer *out, const char *text, size_t text_len)
{
    add(out, text, text_len, true);
}

static void add_escape(struct buffer *out, uint32_t character)
{
    static const char hex[] = "0123456789abcdef";

    if (character > 0xffff) {
        character -= 0x10000;
        add_escape(out, 0xd800 + (character >> 10));
        character = 0xdc00 + (character & 0x3ff);
    }
    buffer_add_text(out, "\\u");
    for (int shift = 12; shift >= 0; shift -= 4)
        buffer_add_char(out, hex[character >> shift & 0xf]);
}

void safe_text_add_json(struct buffer *out, const char *text, size_t text_len)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t left = text_len;

    buffer_add_char(out, '"');
    while (left > 0) {
        /* What needs no escape, in one piece: nearly always the whole text. */
        size_t plain = 0;
        while (plain < left && at[plain] >= 0x20 && at[plain] < 0x7f && at[plain] != '"' &&
               at[plain] != '\\')
            plain++;
        buffer_add(out, at, plain);
        at += plain;
        left -= plain;
        if (left == 0)
            break;

        uint32_t character = 0;
        size_t len = read_character(&character, at, left);
        if (len == 0) {
            buffer_add_text(out, REPLACEMENT);
            len = 1;
        } else if (character == '"' || character == '\\') {
            buffer_add_char(out, '\\');
            buffer_add_char(out, (char)character);
        } else if (character == '\n') {
            buffer_add_text(out, "\\n");
        } else if (is_unsafe(character)) {
            add_escape(out, character);
        } else {
            buffer_add(out, at, len);
        }
        at += len;
        left -= len;
    }
    buffer_add_char(out, '"');
}
