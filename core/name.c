/* Names as the machine-readable zone spells them: ICAO Doc 9303-3, section 6 (A Latin, B Cyrillic,
 * C Arabic). */
#include <garita/name.h>

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct letter {
    uint16_t from; /* upper case */
    char to[5];
} letter;

/* Ascending. Letters that are an ASCII letter with a mark are here too: fonts and keyboards differ
 * in which of the two forms they give. */
/* clang-format off */
static const letter letters[] = {
    /* A: Latin */
    {0x00c0, "A"}, {0x00c1, "A"}, {0x00c2, "A"}, {0x00c3, "A"}, {0x00c4, "AE"},
    {0x00c5, "AA"}, {0x00c6, "AE"}, {0x00c7, "C"}, {0x00c8, "E"}, {0x00c9, "E"},
    {0x00ca, "E"}, {0x00cb, "E"}, {0x00cc, "I"}, {0x00cd, "I"}, {0x00ce, "I"},
    {0x00cf, "I"}, {0x00d0, "D"}, {0x00d1, "N"}, {0x00d2, "O"}, {0x00d3, "O"},
    {0x00d4, "O"}, {0x00d5, "O"}, {0x00d6, "OE"}, {0x00d8, "OE"}, {0x00d9, "U"},
    {0x00da, "U"}, {0x00db, "U"}, {0x00dc, "UE"}, {0x00dd, "Y"}, {0x00de, "TH"},
    {0x00df, "SS"}, {0x0100, "A"}, {0x0102, "A"}, {0x0104, "A"}, {0x0106, "C"},
    {0x0108, "C"}, {0x010a, "C"}, {0x010c, "C"}, {0x010e, "D"}, {0x0110, "D"},
    {0x0112, "E"}, {0x0114, "E"}, {0x0116, "E"}, {0x0118, "E"}, {0x011a, "E"},
    {0x011c, "G"}, {0x011e, "G"}, {0x0120, "G"}, {0x0122, "G"}, {0x0124, "H"},
    {0x0126, "H"}, {0x0128, "I"}, {0x012a, "I"}, {0x012c, "I"}, {0x012e, "I"},
    {0x0130, "I"}, {0x0131, "I"}, {0x0132, "IJ"}, {0x0134, "J"}, {0x0136, "K"},
    {0x0139, "L"}, {0x013b, "L"}, {0x013d, "L"}, {0x013f, "L"}, {0x0141, "L"},
    {0x0143, "N"}, {0x0145, "N"}, {0x0147, "N"}, {0x014a, "N"}, {0x014c, "O"},
    {0x014e, "O"}, {0x0150, "O"}, {0x0152, "OE"}, {0x0154, "R"}, {0x0156, "R"},
    {0x0158, "R"}, {0x015a, "S"}, {0x015c, "S"}, {0x015e, "S"}, {0x0160, "S"},
    {0x0162, "T"}, {0x0164, "T"}, {0x0166, "T"}, {0x0168, "U"}, {0x016a, "U"},
    {0x016c, "U"}, {0x016e, "U"}, {0x0170, "U"}, {0x0172, "U"}, {0x0174, "W"},
    {0x0176, "Y"}, {0x0178, "Y"}, {0x0179, "Z"}, {0x017b, "Z"}, {0x017d, "Z"},
    {0x0218, "S"}, {0x021a, "T"},
    /* B: Cyrillic, as Russian and Bulgarian read it where languages differ */
    {0x0401, "E"}, {0x0402, "D"}, {0x0403, "G"}, {0x0404, "IE"}, {0x0405, "DZ"},
    {0x0406, "I"}, {0x0407, "I"}, {0x0408, "J"}, {0x0409, "LJ"}, {0x040a, "NJ"},
    {0x040c, "K"}, {0x040e, "U"}, {0x040f, "DZ"}, {0x0410, "A"}, {0x0411, "B"},
    {0x0412, "V"}, {0x0413, "G"}, {0x0414, "D"}, {0x0415, "E"}, {0x0416, "ZH"},
    {0x0417, "Z"}, {0x0418, "I"}, {0x0419, "I"}, {0x041a, "K"}, {0x041b, "L"},
    {0x041c, "M"}, {0x041d, "N"}, {0x041e, "O"}, {0x041f, "P"}, {0x0420, "R"},
    {0x0421, "S"}, {0x0422, "T"}, {0x0423, "U"}, {0x0424, "F"}, {0x0425, "KH"},
    {0x0426, "TS"}, {0x0427, "CH"}, {0x0428, "SH"}, {0x0429, "SHCH"}, {0x042a, "IE"},
    {0x042b, "Y"}, {0x042c, ""}, {0x042d, "E"}, {0x042e, "IU"}, {0x042f, "IA"},
    {0x046a, "U"}, {0x0474, "Y"}, {0x0490, "G"}, {0x0492, "G"}, {0x04ba, "C"},
    /* C: Arabic, without the vowel signs, which the zone leaves out */
    {0x0621, "XE"}, {0x0622, "XAA"}, {0x0623, "XAE"}, {0x0624, "U"}, {0x0625, "I"},
    {0x0626, "XI"}, {0x0627, "A"}, {0x0628, "B"}, {0x0629, "XTA"}, {0x062a, "T"},
    {0x062b, "XTH"}, {0x062c, "J"}, {0x062d, "XH"}, {0x062e, "XKH"}, {0x062f, "D"},
    {0x0630, "XDH"}, {0x0631, "R"}, {0x0632, "Z"}, {0x0633, "S"}, {0x0634, "XSH"},
    {0x0635, "XSS"}, {0x0636, "XDZ"}, {0x0637, "XTT"}, {0x0638, "XZZ"}, {0x0639, "E"},
    {0x063a, "G"}, {0x0640, ""}, {0x0641, "F"}, {0x0642, "Q"}, {0x0643, "K"},
    {0x0644, "L"}, {0x0645, "M"}, {0x0646, "N"}, {0x0647, "H"}, {0x0648, "W"},
    {0x0649, "XAY"}, {0x064a, "Y"}, {0x0671, "XXA"}, {0x0679, "XXT"}, {0x067c, "XRT"},
    {0x067e, "P"}, {0x0681, "XKE"}, {0x0685, "XXH"}, {0x0686, "XC"}, {0x0688, "XXD"},
    {0x0689, "XDR"}, {0x0691, "XXR"}, {0x0693, "XRR"}, {0x0696, "XRX"}, {0x0698, "XJ"},
    {0x069a, "XXS"}, {0x06a9, "XKK"}, {0x06ab, "XXK"}, {0x06ad, "XNG"}, {0x06af, "XGG"},
    {0x06ba, "XNN"}, {0x06bc, "XXN"}, {0x06be, "XDO"}, {0x06c0, "XYH"}, {0x06c1, "XXG"},
    {0x06c2, "XGE"}, {0x06c3, "XTG"}, {0x06cc, "XYA"}, {0x06cd, "XXY"}, {0x06d0, "Y"},
    {0x06d2, "XYB"}, {0x06d3, "XBE"},
    {0x1e9e, "SS"},
};
/* clang-format on */

enum {
    DIAERESIS = 0x0308,
    RING = 0x030a,
    TEH_MARBUTA = 0x0629,
    SHADDA = 0x0651,
    U_DIAERESIS = 0x00dc
};

/* Only for the scripts of the tables. */
static uint32_t upper_case(uint32_t c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfe && c != 0xf7))
        return c - 0x20;
    if (c == 0xff)
        return 0x178;
    if (c == 0x17f)
        return 'S';
    bool even_is_upper = (c >= 0x100 && c <= 0x137 && c != 0x131 && c != 0x130) ||
                         (c >= 0x14a && c <= 0x177) || (c >= 0x218 && c <= 0x21b) ||
                         (c >= 0x46a && c <= 0x475) || (c >= 0x490 && c <= 0x493) || c == 0x4bb;
    if (even_is_upper)
        return c & ~UINT32_C(1);
    bool odd_is_upper = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e);
    if (odd_is_upper)
        return c % 2 == 0 ? c - 1 : c;
    if (c >= 0x430 && c <= 0x44f)
        return c - 0x20;
    if (c >= 0x450 && c <= 0x45f)
        return c - 0x50;
    return c;
}

/* The spelling of an upper-case letter, or null. */
static const char *find(uint32_t c)
{
    size_t low = 0, high = sizeof letters / sizeof letters[0];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (letters[middle].from == c)
            return letters[middle].to;
        if (letters[middle].from < c)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The character at *at, which is valid UTF-8; 0 at the end. */
static uint32_t next(size_t *at, const char *s, size_t len)
{
    if (*at >= len)
        return 0;
    uint8_t b = (uint8_t)s[(*at)++];
    if (b < 0x80)
        return b;
    unsigned more = b >= 0xf0 ? 3 : b >= 0xe0 ? 2 : 1;
    uint32_t c = b & (0x3fu >> more);
    for (; more > 0 && *at < len; more--)
        c = c << 6 | ((uint8_t)s[(*at)++] & 0x3fu);
    return c;
}

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

/* A mark on the letter before it can change the spelling of that letter: "A" with a ring is AA. */
static const char *mark(uint32_t c, char last)
{
    if (c == DIAERESIS && (last == 'A' || last == 'O' || last == 'U'))
        return "E";
    if (c == RING && last == 'A')
        return "A";
    return "";
}

/* The ü of "Agüero" only says that the u is spoken; that of "Müller" is another vowel. Spanish
 * writes it nowhere but between g and e or i. */
static bool is_spanish_u(char last, uint32_t following)
{
    uint32_t c = upper_case(following);
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
    c = upper_case(c);
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
            put(s, mark(c, last));
    } else {
        const char *spelling = find(c);
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
        uint32_t c = next(&at, name, name_len);
        size_t ahead = at;
        uint32_t following;
        do {
            following = next(&ahead, name, name_len);
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
