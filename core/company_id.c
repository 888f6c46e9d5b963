#include "company_id.h"

#include <stdint.h>
#include <string.h>

#include <garita/lane.h>

#include "letters.h"

/* One form of an id and another that looks the same must not be two companies: what is denied by
 * the one would pass by the other. Letters of other scripts that only look alike stay apart. */

enum { FULL_WIDTH_FIRST = 0xff01, FULL_WIDTH_LAST = 0xff5e };

/* a-z and 0-9 of ASCII; 0 of all else in it, which does not count. */
static char fold_ascii(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '\0';
}

/* Spaces, hyphens and signs that nobody sees or that stand on a letter. */
static bool is_skipped(uint32_t c)
{
    return c == 0xa0 || c == 0xad || (c >= 0x300 && c <= 0x36f) || (c >= 0x2000 && c <= 0x206f) ||
           c == 0x3000 || c == 0xfeff;
}

/* Takes a character beyond ASCII off *rest: what it is compared as, in any case of letters. */
static garita_utf8 take_letter(garita_utf8 *rest, char last)
{
    static const char ascii[] = "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
    size_t len = 0;
    uint32_t c = garita_letter_next(&len, rest->at, rest->len);
    garita_utf8 raw = {rest->at, len};
    *rest = (garita_utf8){rest->at + len, rest->len - len};

    if (c >= FULL_WIDTH_FIRST && c <= FULL_WIDTH_LAST)
        return (garita_utf8){&ascii[c - FULL_WIDTH_FIRST], 1};
    const char *text = is_skipped(c)
                           ? garita_letter_mark(c, (char)garita_letter_upper((unsigned char)last))
                           : garita_letter_spelling(garita_letter_upper(c));
    return text ? (garita_utf8){text, strlen(text)} : raw;
}

/* Inline for ASCII, which most ids are of: a lane compares one with thousands. */
static inline int next_of(garita_company_id_cursor *cursor)
{
    for (;;) {
        garita_utf8 *from = cursor->due.len > 0 ? &cursor->due : &cursor->rest;
        if (from->len == 0)
            return -1;
        char c = *from->at;
        if (from == &cursor->rest && (unsigned char)c >= 0x80) {
            cursor->due = take_letter(&cursor->rest, cursor->last);
            continue;
        }
        from->at++;
        from->len--;
        if ((unsigned char)c < 0x80)
            c = fold_ascii(c);
        if (c != '\0') {
            cursor->last = c;
            return (unsigned char)c;
        }
    }
}

int garita_company_id_next(garita_company_id_cursor *cursor)
{
    return next_of(cursor);
}

bool garita_company_id_equal(garita_utf8 a, garita_utf8 b)
{
    garita_company_id_cursor at_a = {.rest = a}, at_b = {.rest = b};
    int of_a = next_of(&at_a), of_b = next_of(&at_b);
    if (of_a < 0) /* two that say nothing name nobody, and so not the same */
        return false;
    while (of_a == of_b && of_a >= 0) {
        of_a = next_of(&at_a);
        of_b = next_of(&at_b);
    }
    return of_a == of_b;
}
