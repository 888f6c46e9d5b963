#include "policy_read.h"

#include <stdalign.h>

#include "fields.h"

#define KEY_BIT(key) (UINT64_C(1) << (key))

void *garita_shelf_take(garita_shelf *s, size_t count, size_t size)
{
    const size_t unit = alignof(max_align_t);
    void *room = s->at ? s->at + s->used : NULL;
    s->used += (count * size + unit - 1) / unit * unit;
    return room;
}

uint64_t garita_policy_number(garita_reader *r, const char *field, uint64_t min, uint64_t max)
{
    uint64_t n;
    r->field = field;
    garita_reader_uint(r, &n, min, max);
    return n;
}

size_t garita_policy_list(garita_reader *r, garita_container *array, const char *field, size_t max)
{
    size_t at = r->at;
    r->field = field;
    if (!garita_reader_array(r, array))
        return 0;
    if (array->left == 0)
        garita_reader_fail(r, GARITA_E_EMPTY, at);
    if (array->left > max)
        garita_reader_fail(r, GARITA_E_RANGE, at);
    return garita_reader_ok(r) ? array->left : 0;
}

void garita_policy_words(garita_reader *r, garita_words *out, const garita_words_field *field)
{
    enum { KEY_EN = 0, KEY_ES = 1 };
    garita_container map;
    unsigned key;
    r->field = field->both;
    garita_reader_map(r, &map);
    while (garita_reader_key(r, &map, &key)) {
        if (key == KEY_EN) {
            garita_field_text(r, field->en, &out->en, field->bytes_max);
        } else if (key == KEY_ES) {
            garita_field_text(r, field->es, &out->es, field->bytes_max);
        } else {
            garita_reader_unlisted(r, &map, key, false);
        }
        r->field = field->both;
    }
    garita_reader_leave(r, &map, KEY_BIT(KEY_EN) | KEY_BIT(KEY_ES));
}
