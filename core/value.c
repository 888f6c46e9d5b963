#include <garita/value.h>

#include <string.h>

bool garita_room_values(garita_value **out, garita_room *room, size_t count)
{
    *out = NULL;
    if (count > room->value_cap - room->value_used)
        return false;
    if (count == 0)
        return true;
    *out = room->values + room->value_used;
    room->value_used += count;
    for (size_t i = 0; i < count; i++)
        (*out)[i] = (garita_value){0};
    return true;
}

bool garita_room_members(garita_member **out, garita_room *room, size_t count)
{
    *out = NULL;
    if (count > room->member_cap - room->member_used)
        return false;
    if (count == 0)
        return true;
    *out = room->members + room->member_used;
    room->member_used += count;
    for (size_t i = 0; i < count; i++)
        (*out)[i] = (garita_member){0};
    return true;
}

const garita_value *garita_value_member(const garita_value *object, garita_utf8 name)
{
    if (object->kind != GARITA_VALUE_OBJECT)
        return NULL;
    for (size_t i = 0; i < object->as.object.count; i++)
        if (garita_utf8_equal(object->as.object.at[i].name, name))
            return &object->as.object.at[i].value;
    return NULL;
}

bool garita_utf8_equal(garita_utf8 a, garita_utf8 b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}
