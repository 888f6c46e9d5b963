#include "big_word.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { ROWS = 8, COLUMNS = 5, WIDTH = 80, MARGIN = 2 };

/* Five columns and a row for the accent above. '#' is ink. */
struct glyph {
    const char *letter; /* UTF-8 */
    const char *rows[ROWS];
};

static const struct glyph font[] = {
    { "A", { "     ", " ### ", "#   #", "#   #", "#####", "#   #", "#   #", "#   #" } },
    { "C", { "     ", " ####", "#    ", "#    ", "#    ", "#    ", "#    ", " ####" } },
    { "D", { "     ", "#### ", "#   #", "#   #", "#   #", "#   #", "#   #", "#### " } },
    { "E", { "     ", "#####", "#    ", "#    ", "#### ", "#    ", "#    ", "#####" } },
    { "F", { "     ", "#####", "#    ", "#    ", "#### ", "#    ", "#    ", "#    " } },
    { "H", { "     ", "#   #", "#   #", "#   #", "#####", "#   #", "#   #", "#   #" } },
    { "I", { "     ", "#####", "  #  ", "  #  ", "  #  ", "  #  ", "  #  ", "#####" } },
    { "J", { "     ", "  ###", "   # ", "   # ", "   # ", "   # ", "#  # ", " ##  " } },
    { "N", { "     ", "#   #", "##  #", "##  #", "# # #", "#  ##", "#  ##", "#   #" } },
    { "O", { "     ", " ### ", "#   #", "#   #", "#   #", "#   #", "#   #", " ### " } },
    { "\xc3\x93", { "   # ", " ### ", "#   #", "#   #", "#   #", "#   #", "#   #", " ### " } },
    { "P", { "     ", "#### ", "#   #", "#   #", "#### ", "#    ", "#    ", "#    " } },
    { "R", { "     ", "#### ", "#   #", "#   #", "#### ", "# #  ", "#  # ", "#   #" } },
    { "S", { "     ", " ####", "#    ", "#    ", " ### ", "    #", "    #", "#### " } },
    { "T", { "     ", "#####", "  #  ", "  #  ", "  #  ", "  #  ", "  #  ", "  #  " } },
    { "V", { "     ", "#   #", "#   #", "#   #", "#   #", " # # ", " # # ", "  #  " } },
    { "Z", { "     ", "#####", "    #", "   # ", "  #  ", " #   ", "#    ", "#####" } },
};

static const struct glyph blank = {
    " ", { "     ", "     ", "     ", "     ", "     ", "     ", "     ", "     " }
};

/* The signs differ in shape as much as the grounds do in color. */
static const struct sign {
    const char *ansi; /* ink and ground, of the 256 colors that themes leave alone */
    struct glyph glyph;
} signs[] = {
    [GARITA_ACCEPT] = { "38;5;231;48;5;22",
                        { "", { "      #", "      #", "     # ", "     # ", "#   #  ", " # #   ",
                                "  #    ", "       " } } },
    [GARITA_REFER] = { "38;5;16;48;5;214",
                       { "", { " ##### ", "#     #", "      #", "    ## ", "   #   ", "   #   ",
                               "       ", "   #   " } } },
    [GARITA_REJECT] = { "38;5;231;48;5;124",
                        { "", { "#     #", " #   # ", "  # #  ", "   #   ", "   #   ", "  # #  ",
                                " #   # ", "#     #" } } },
};
enum { SIGN_COLUMNS = 7 };

static const struct sign *sign_of(garita_outcome outcome)
{
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

static void add_dots(struct buffer *out, const char *dots)
{
    for (; *dots != '\0'; dots++)
        buffer_add_text(out, *dots == '#' ? "\xe2\x96\x88" : " ");
}

/* Row -1 and row ROWS are the ground above and below. */
static void add_row(struct buffer *out, const char *word, const struct sign *sign, int row,
                    bool has_color)
{
    size_t used = 0;

    if (has_color)
        buffer_add_format(out, "\033[%sm", sign->ansi);
    if (row >= 0 && row < ROWS) {
        add_blanks(out, MARGIN);
        add_dots(out, sign->glyph.rows[row]);
        add_blanks(out, 2 * MARGIN);
        used = MARGIN + SIGN_COLUMNS + 2 * MARGIN;
        for (const char *at = word; *at != '\0'; used += COLUMNS + 1) {
            add_dots(out, next_glyph(&at)->rows[row]);
            buffer_add_char(out, ' ');
        }
    }
    if (has_color) {
        add_blanks(out, used < WIDTH ? WIDTH - used : 0);
        buffer_add_text(out, "\033[0m");
    }
    buffer_add_char(out, '\n');
}

void big_word_add(struct buffer *out, const char *word, garita_outcome outcome, bool has_color)
{
    const struct sign *sign = sign_of(outcome);

    for (int row = -1; row <= ROWS; row++)
        add_row(out, word, sign, row, has_color);
}
