#include "certlogic_place.h"

#include <string.h>

#include <garita/certlogic.h>

#include "reader.h"

static void add(garita_place *place, const char *text, size_t len)
{
    if (place->path == NULL || place->is_cut || len > GARITA_RULE_PATH_SIZE - 1 - place->len) {
        place->is_cut = true;
        return;
    }
    memcpy(place->path + place->len, text, len);
    place->len += len;
}

void garita_place_add_name(garita_place *place, garita_utf8 name)
{
    add(place, "/", 1);
    for (size_t i = 0, len; i < name.len; i += len) {
        /* A character with all its bytes, so that none is cut in two. */
        len = 1;
        while (i + len < name.len && ((unsigned char)name.at[i + len] & 0xc0) == 0x80)
            len++;
        if (name.at[i] == '~')
            add(place, "~0", 2);
        else if (name.at[i] == '/')
            add(place, "~1", 2);
        else
            add(place, name.at + i, len);
    }
}

void garita_place_add_index(garita_place *place, size_t index)
{
    char digits[24];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + index % 10);
        index /= 10;
    } while (index > 0);
    digits[--at] = '/';
    add(place, digits + at, sizeof digits - at);
}

void garita_place_end(const garita_place *place)
{
    if (place->path != NULL)
        place->path[place->len] = '\0';
}

/* --- of an offset --- */

/* Goes through the values in their order. False from the first one on that lies behind the offset:
 * place is then that of the last before it, which is the innermost that holds it. */
static bool seek(garita_reader *r, garita_place *place, size_t at)
{
    garita_reader_value read;
    garita_container *inner = &read.as.container;
    unsigned code;
    if (!garita_reader_any(r, &read))
        return false;
    if (read.kind == GARITA_READER_MAP) {
        if (inner->left != 1 || !garita_reader_key(r, inner, &code))
            return false;
        const char *name = garita_operation_name(code);
        if (name == NULL)
            return false;
        garita_place_add_name(place, (garita_utf8){name, strlen(name)});
        if (code == GARITA_OPERATION_VAR)
            return garita_reader_skip(r) && r->at <= at && garita_reader_leave(r, inner, 0);
        return r->at <= at && seek(r, place, at) && garita_reader_leave(r, inner, 0);
    }
    if (read.kind != GARITA_READER_ARRAY)
        return r->at <= at;
    for (size_t i = 0; garita_reader_element(r, inner); i++) {
        if (r->at > at)
            return false;
        garita_place outer = *place;
        garita_place_add_index(place, i);
        if (!seek(r, place, at))
            return false;
        *place = outer;
    }
    return garita_reader_leave(r, inner, 0) && r->at <= at;
}

void garita_rule_place(char path[GARITA_RULE_PATH_SIZE], const uint8_t *rule, size_t rule_len,
                       size_t at)
{
    garita_place place = {.path = path};
    garita_reader r;
    garita_reader_start(&r, rule, rule_len, 0, GARITA_RULE_DEPTH_MAX);
    seek(&r, &place, at);
    garita_place_end(&place);
}
