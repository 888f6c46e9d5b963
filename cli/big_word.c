#include "big_word.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    ROWS = 8,
    COLUMNS = 5,
    WIDTH = 80,
    MARGIN = 2,
    /* A verdict with long names and a hint takes 26 rows with tall letters. */
    ROWS_FOR_TALL = 34
};

/* Five columns and a row for the accent above. '#' is ink. */
struct glyph {
    const char *letter; /* UTF-8 */
    const char *rows[ROWS];
};

static const struct glyph font[] = {
    {"A", {"     ", " ### ", "#   #", "#   #", "#####", "#   #", "#   #", "#   #"}},
    {"C", {"     ", " ####", "#    ", "#    ", "#    ", "#    ", "#    ", " ####"}},
    {"D", {"     ", "#### ", "#   #", "#   #", "#   #", "#   #", "#   #", "#### "}},
    {"E", {"     ", "#####", "#    ", "#    ", "#### ", "#    ", "#    ", "#####"}},
    {"F", {"     ", "#####", "#    ", "#    ", "#### ", "#    ", "#    ", "#    "}},
    {"H", {"     ", "#   #", "#   #", "#   #", "#####", "#   #", "#   #", "#   #"}},
    {"I", {"     ", "#####", "  #  ", "  #  ", "  #  ", "  #  ", "  #  ", "#####"}},
    {"J", {"     ", "  ###", "   # ", "   # ", "   # ", "   # ", "#  # ", " ##  "}},
    {"L", {"     ", "#    ", "#    ", "#    ", "#    ", "#    ", "#    ", "#####"}},
    {"N", {"     ", "#   #", "##  #", "##  #", "# # #", "#  ##", "#  ##", "#   #"}},
    {"O", {"     ", " ### ", "#   #", "#   #", "#   #", "#   #", "#   #", " ### "}},
    {"\xc3\x93", {"   # ", " ### ", "#   #", "#   #", "#   #", "#   #", "#   #", " ### "}},
    {"P", {"     ", "#### ", "#   #", "#   #", "#### ", "#    ", "#    ", "#    "}},
    {"R", {"     ", "#### ", "#   #", "#   #", "#### ", "# #  ", "#  # ", "#   #"}},
    {"S", {"     ", " ####", "#    ", "#    ", " ### ", "    #", "    #", "#### "}},
    {"T", {"     ", "#####", "  #  ", "  #  ", "  #  ", "  #  ", "  #  ", "  #  "}},
    {"V", {"     ", "#   #", "#   #", "#   #", "#   #", " # # ", " # # ", "  #  "}},
    {"Z", {"     ", "#####", "    #", "   # ", "  #  ", " #   ", "#    ", "#####"}},
};

static const struct glyph blank = {
    " ", {"     ", "     ", "     ", "     ", "     ", "     ", "     ", "     "}};

/* The signs differ in shape as much as the grounds do in color. */
static const struct sign {
    const char *ansi; /* ink and ground, of the 256 colors that themes leave alone */
    struct glyph glyph;
} signs[] = {
    [GARITA_ACCEPT] = {"38;5;231;48;5;22",
                       {"",
                        {"      #", "      #", "     # ", "     # ", "#   #  ", " # #   ",
                         "  #    ", "       "}}},
    [GARITA_REFER] = {"38;5;16;48;5;214",
                      {"",
                       {" ##### ", "#     #", "      #", "    ## ", "   #   ", "   #   ", "       ",
                        "   #   "}}},
    [GARITA_REJECT] = {"38;5;231;48;5;124",
                       {"",
                        {"#     #", " #   # ", "  # #  ", "   #   ", "   #   ", "  # #  ",
                         " #   # ", "#     #"}}},
};
enum { SIGN_COLUMNS = 7 };

/* Neither good nor bad: nothing was judged. */
static const struct sign no_sign = {
    "38;5;231;48;5;238",
    {"",
     {"       ", "       ", "       ", "#######", "#######", "       ", "       ", "       "}}};

static const struct sign *sign_of(garita_outcome outcome)
{
    if (outcome == GARITA_NO_VERDICT)
        return &no_sign;
    return outcome == GARITA_ACCEPT || outcome == GARITA_REJECT ? &signs[outcome]
                                                                : &signs[GARITA_REFER];
}

/* The glyph of the character at *at, which moves on behind it. */
static const struct glyph *next_glyph(const char **at)
{
    for (size_t i = 0; i < sizeof font / sizeof font[0]; i++) {
        size_t len = strlen(font[i].letter);
        if (strncmp(*at, font[i].letter, len) == 0) {
            *at += len;
            return &font[i];
        }
    }
    (*at)++;
    while (((unsigned char)**at & 0xc0) == 0x80)
        (*at)++;
    return &blank;
}

static void add_blanks(struct buffer *out, size_t count)
{
    while (count-- > 0)
        buffer_add_char(out, ' ');
}

/* The dots of two rows in one: the upper half of a character cell, and the lower. */
static void add_dots(struct buffer *out, const char *upper, const char *lower)
{
    for (; *upper != '\0'; upper++, lower++) {
        if (*upper == '#')
            buffer_add_text(out, *lower == '#' ? "\xe2\x96\x88" : "\xe2\x96\x80");
        else
            buffer_add_text(out, *lower == '#' ? "\xe2\x96\x84" : " ");
    }
}

/* Row -1 and row ROWS are the ground above and below. */
static const char *dots_of(const struct glyph *glyph, int row, const char *none)
{
    return row >= 0 && row < ROWS ? glyph->rows[row] : none;
}

static void begin_ground(struct buffer *out, const struct sign *sign, bool has_color)
{
    if (has_color)
        buffer_add_format(out, "\033[%sm", sign->ansi);
}

static void end_ground(struct buffer *out, size_t used, size_t columns, bool has_color)
{
    if (has_color) {
        add_blanks(out, used < columns ? columns - used : 0);
        buffer_add_text(out, "\033[0m");
    }
    buffer_add_char(out, '\n');
}

static void add_row(struct buffer *out, const char *word, const struct sign *sign, int upper,
                    int lower)
{
    static const char no_dots[] = "       ";
    static const char no_letter[] = "     ";

    add_blanks(out, MARGIN);
    add_dots(out, dots_of(&sign->glyph, upper, no_dots), dots_of(&sign->glyph, lower, no_dots));
    add_blanks(out, 2 * MARGIN);
    for (const char *at = word; *at != '\0';) {
        const struct glyph *glyph = next_glyph(&at);
        add_dots(out, dots_of(glyph, upper, no_letter), dots_of(glyph, lower, no_letter));
        buffer_add_char(out, ' ');
    }
}

static size_t letters_in(const char *word)
{
    size_t letters = 0;

    for (const char *at = word; *at != '\0'; letters++)
        (void)next_glyph(&at);
    return letters;
}

void big_word_add(struct buffer *out, const char *word, garita_outcome outcome, bool has_color,
                  struct terminal terminal)
{
    const struct sign *sign = sign_of(outcome);
    size_t letters = letters_in(word);
    size_t used = MARGIN + SIGN_COLUMNS + 2 * MARGIN + letters * (COLUMNS + 1);
    size_t columns = terminal.columns == 0 || terminal.columns > WIDTH ? WIDTH : terminal.columns;
    int step = terminal.rows >= ROWS_FOR_TALL ? 1 : 2;

    if (used > columns) {
        begin_ground(out, sign, has_color);
        add_blanks(out, MARGIN);
        buffer_add_text(out, word);
        end_ground(out, MARGIN + letters, columns, has_color);
        return;
    }
    for (int row = -1; row <= ROWS; row += step) {
        begin_ground(out, sign, has_color);
        add_row(out, word, sign, row, row + step - 1);
        end_ground(out, used, columns, has_color);
    }
}
