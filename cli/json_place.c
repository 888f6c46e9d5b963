#include "json_place.h"

#include <stdbool.h>
#include <string.h>

void json_place_add(struct buffer *out, const struct json_place *place)
{
    if (place->up == NULL)
        return;
    json_place_add(out, place->up);
    buffer_add_char(out, '/');
    if (place->name == NULL) {
        buffer_add_number(out, place->index);
        return;
    }
    for (const char *c = place->name; *c != '\0'; c++) {
        if (*c == '~' || *c == '/')
            buffer_add_text(out, *c == '~' ? "~0" : "~1");
        else
            buffer_add_char(out, *c);
    }
}

/* --- lines --- */

/* The text is well-formed: every look ahead is for the end of a text that is cut all the same. */
struct walk {
    const char *at, *end;
    unsigned line;
};

static bool is_at(const struct walk *walk, char c)
{
    return walk->at < walk->end && *walk->at == c;
}

static void step(struct walk *walk)
{
    if (is_at(walk, '\n'))
        walk->line++;
    if (walk->at < walk->end)
        walk->at++;
}

static void skip_blanks(struct walk *walk)
{
    while (walk->at < walk->end && strchr(" \t\r\n", *walk->at) != NULL && *walk->at != '\0')
        step(walk);
}

static void skip_string(struct walk *walk)
{
    for (step(walk); walk->at < walk->end && *walk->at != '"'; step(walk))
        if (*walk->at == '\\')
            step(walk);
    step(walk);
}

/* Over one value: over as many brackets as it opened. */
static void skip_value(struct walk *walk)
{
    size_t depth = 0;

    skip_blanks(walk);
    while (walk->at < walk->end) {
        char c = *walk->at;
        if (depth == 0 && strchr(",]}", c) != NULL)
            return;
        if (c == '"') {
            skip_string(walk);
        } else {
            if (c == '{' || c == '[')
                depth++;
            else if (c == '}' || c == ']')
                depth--;
            step(walk);
        }
    }
}

/* One part of a pointer, without its escapes, against a name as it stands in the file: one that is
 * written with escapes there is not found, and its object's line is given. */
static bool is_name(const char *name, size_t name_len, const char *part, size_t part_len)
{
    size_t i = 0, j = 0;

    for (; i < name_len && j < part_len; i++, j++) {
        char c = part[j];
        if (c == '~' && j + 1 < part_len)
            c = part[++j] == '1' ? '/' : '~';
        if (name[i] != c)
            return false;
    }
    return i == name_len && j == part_len;
}

static bool enter_member(struct walk *walk, const char *part, size_t part_len)
{
    for (step(walk);; step(walk)) {
        skip_blanks(walk);
        if (!is_at(walk, '"'))
            return false;
        unsigned line = walk->line;
        const char *name = walk->at + 1;
        skip_string(walk);
        size_t name_len = (size_t)(walk->at - name) - 1;
        skip_blanks(walk);
        step(walk); /* the colon */
        skip_blanks(walk);
        if (is_name(name, name_len, part, part_len)) {
            walk->line = line; /* where somebody who looks for it finds it */
            return true;
        }
        skip_value(walk);
        if (!is_at(walk, ','))
            return false;
    }
}

static bool enter_element(struct walk *walk, const char *part, size_t part_len)
{
    size_t index = 0;

    for (size_t i = 0; i < part_len; i++) {
        if (part[i] < '0' || part[i] > '9' || index > SIZE_MAX / 10 - 1)
            return false;
        index = index * 10 + (size_t)(part[i] - '0');
    }
    for (step(walk);; step(walk)) {
        skip_blanks(walk);
        if (index-- == 0)
            return walk->at < walk->end && *walk->at != ']';
        skip_value(walk);
        if (!is_at(walk, ','))
            return false;
    }
}

unsigned json_place_line(const char *text, size_t text_len, const char *pointer)
{
    struct walk walk = {text, text + text_len, 1};
    unsigned line;

    if (text_len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        walk.at += 3; /* spreadsheets and editors write it */
    skip_blanks(&walk);
    line = walk.line;
    while (*pointer == '/') {
        const char *part = pointer + 1;
        size_t part_len = strcspn(part, "/");
        bool is_there = is_at(&walk, '{')   ? enter_member(&walk, part, part_len)
                        : is_at(&walk, '[') ? enter_element(&walk, part, part_len)
                                            : false;
        if (!is_there)
            break;
        line = walk.line;
        pointer = part + part_len;
    }
    return line;
}
