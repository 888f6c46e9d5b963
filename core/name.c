/* Names as the machine-readable zone spells them: ICAO Doc 9303-3, section 6 (A Latin, B Cyrillic,
 * C Arabic). */
#include <garita/name.h>

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "letters.h"

enum { TEH_MARBUTA = 0x0629, SHADDA = 0x0651, U_DIAERESIS = 0x00dc };

static bool is_separator(uint32_t c)
{
    return c == ' ' || c == '-' || c == 0xa0 || c == 0x2010 || c == 0x2011 || c == 0x2013;
}

/* What stands on the letter before it: accents, and Arabic vowel signs. */
static bool is_mark(uint32_t c)
{
    return (c >= 0x300 && c <= 0x36f) || (c >= 0x64b && c <= 0x65f) || c == 0x670;
}

/* Left out: apostrophes, full stops, commas, marks and vowel signs. */
static bool is_silent(uint32_t c)
{
    return c == '\'' || c == '.' || c == ',' || c == '`' || c == 0xb4 || c == 0x2bb || c == 0x2bc ||
           c == 0x2018 || c == 0x2019 || c == 0x200c || c == 0x200d || is_mark(c);
}

/* The letter of the table that normal form D takes apart into c and an Arabic sign; else c. */
static uint32_t compose(uint32_t c, uint32_t sign)
{
    static const uint16_t letters_apart[][3] = {
        {0x0627, 0x0653, 0x0622}, {0x0627, 0x0654, 0x0623}, {0x0648, 0x0654, 0x0624},
        {0x0627, 0x0655, 0x0625}, {0x064a, 0x0654, 0x0626}, {0x06d5, 0x0654, 0x06c0},
        {0x06c1, 0x0654, 0x06c2}, {0x06d2, 0x0654, 0x06d3},
    };
    for (size_t i = 0; i < sizeof letters_apart / sizeof letters_apart[0]; i++)
        if (letters_apart[i][0] == c && letters_apart[i][1] == sign)
            return letters_apart[i][2];
    return c;
}

/* The ü of "Agüero" only says that the u is spoken; that of "Müller" is another vowel. Spanish
 * writes it nowhere but between g and e or i. */
static bool is_spanish_u(char last, uint32_t following)
{
    uint32_t c = garita_letter_upper(following);
    return last == 'G' && (c == 'E' || c == 'I' || c == 0xc9 || c == 0xcd);
}

typedef struct speller {
    char *out;
    size_t len;
    bool separate;      /* a '<' is due before the next letter */
    const char *letter; /* the last spelling out of the table, for a shadda; null after others */
} speller;

static void put(speller *s, const char *text)
{
    if (*text && s->separate && s->len > 0)
        s->out[s->len++] = '<';
    if (*text)
        s->separate = false;
    for (; *text; text++)
        s->out[s->len++] = *text;
}

/* One character; following is the next that is no mark. */
static bool spell(speller *s, uint32_t c, uint32_t following)
{
    char ascii[2] = {0};
    char last = s->len > 0 && !s->separate ? s->out[s->len - 1] : '\0';
    const char *under = s->letter;
    c = garita_letter_upper(c);
    if (!is_mark(c))
        s->letter = NULL;
    if (is_separator(c)) {
        s->separate = true;
    } else if (c >= 'A' && c <= 'Z') {
        ascii[0] = (char)c;
        put(s, ascii);
    } else if (c == U_DIAERESIS && is_spanish_u(last, following)) {
        put(s, "U");
    } else if (c == TEH_MARBUTA && (following == 0 || is_separator(following))) {
        put(s, "XAH"); /* at the end of a part of a name: Fatimah */
    } else if (c == SHADDA && under) {
        put(s, under); /* 9303-3, appendix B: it doubles its letter */
    } else if (is_silent(c)) {
        bool spanish = last == 'U' && s->len >= 2 && is_spanish_u(s->out[s->len - 2], following);
        if (!spanish)
            put(s, garita_letter_mark(c, last));
    } else {
        const char *spelling = garita_letter_spelling(c);
        if (!spelling)
            return false;
        put(s, spelling);
        s->letter = spelling;
    }
    return true;
}

garita_error garita_name_mrz(char *out, size_t *out_len, const char *name, size_t name_len)
{
    speller s = {.out = out};
    size_t at = 0;
    assert(name_len <= GARITA_HOLDER_NAME_BYTES_MAX);
    *out_len = 0;
    while (at < name_len) {
        uint32_t c = garita_letter_next(&at, name, name_len);
        size_t ahead = at;
        uint32_t following;
        do {
            following = garita_letter_next(&ahead, name, name_len);
            c = compose(c, following);
        } while (is_mark(following));
        if (!spell(&s, c, following)) {
            out[0] = '\0';
            return GARITA_E_UNTRANSLATABLE;
        }
    }
    out[s.len] = '\0';
    *out_len = s.len;
    return s.len > 0 ? GARITA_OK : GARITA_E_UNTRANSLATABLE;
}
