/* ICAO Doc 9303-3, section 6: tables A Latin, B Cyrillic, C Arabic. */
#include "letters.h"

#include <stdbool.h>

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
    {0x017f, "S"}, /* small alone: ſ */
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

enum { DIAERESIS = 0x0308, RING = 0x030a };

uint32_t garita_letter_upper(uint32_t c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfe && c != 0xf7))
        return c - 0x20;
    if (c == 0xff)
        return 0x178;
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

const char *garita_letter_spelling(uint32_t c)
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

uint32_t garita_letter_next(size_t *at, const char *s, size_t len)
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

const char *garita_letter_mark(uint32_t sign, char last)
{
    if (sign == DIAERESIS && (last == 'A' || last == 'O' || last == 'U'))
        return "E";
    if (sign == RING && last == 'A')
        return "A";
    return "";
}
