#include "values.h"

#include <stdlib.h>
#include <string.h>

#include <garita/certlogic.h>

enum { POOL = 1 << 16 };

/* Parts of values, for as long as the test runs. */
static struct {
    size_t value_count, member_count;
    garita_value values[POOL];
    garita_member members[POOL];
} pool;

static garita_value *some_values(size_t count) {
    if (count > POOL - pool.value_count)
        abort();
    pool.value_count += count;
    return pool.values + pool.value_count - count;
}

static garita_member *some_members(size_t count) {
    if (count > POOL - pool.member_count)
        abort();
    pool.member_count += count;
    return pool.members + pool.member_count - count;
}

static garita_utf8 text_of(const json_t *json) {
    return (garita_utf8){ json_string_value(json), json_string_length(json) };
}

static garita_value array_of(json_t *json) {
    size_t count = json_array_size(json);
    garita_value *at = some_values(count);
    for (size_t i = 0; i < count; i++)
        at[i] = value_of(json_array_get(json, i));
    return (garita_value){ .kind = GARITA_VALUE_ARRAY, .as.array = { at, count } };
}

static garita_value object_of(json_t *json) {
    const char *name;
    json_t *part;
    size_t count = json_object_size(json), i = 0;
    garita_member *at = some_members(count);
    json_object_foreach(json, name, part) {
        at[i].name = (garita_utf8){ name, strlen(name) };
        at[i++].value = value_of(part);
    }
    return (garita_value){ .kind = GARITA_VALUE_OBJECT, .as.object = { at, count } };
}

garita_value value_of(json_t *json) {
    switch (json_typeof(json)) {
    case JSON_TRUE:
    case JSON_FALSE:
        return (garita_value){ .kind = GARITA_VALUE_BOOLEAN, .as.boolean = json_is_true(json) };
    case JSON_INTEGER:
        return (garita_value){ .kind = GARITA_VALUE_INTEGER,
                               .as.integer = json_integer_value(json) };
    case JSON_STRING:
        return (garita_value){ .kind = GARITA_VALUE_TEXT, .as.text = text_of(json) };
    case JSON_ARRAY: return array_of(json);
    case JSON_OBJECT: return object_of(json);
    case JSON_REAL: abort(); /* values have no fractions */
    case JSON_NULL: break;
    }
    return (garita_value){ 0 };
}

json_t *value_json(const garita_value *value) {
    switch (value->kind) {
    case GARITA_VALUE_NULL: return json_null();
    case GARITA_VALUE_BOOLEAN: return json_boolean(value->as.boolean);
    case GARITA_VALUE_INTEGER: return json_integer(value->as.integer);
    case GARITA_VALUE_TEXT: return json_stringn(value->as.text.at, value->as.text.len);
    case GARITA_VALUE_TIME: {
        char text[GARITA_TIME_TEXT_SIZE];
        garita_time_format(text, value->as.time);
        return json_string(text);
    }
    case GARITA_VALUE_ARRAY: {
        json_t *out = json_array();
        for (size_t i = 0; i < value->as.array.count; i++)
            json_array_append_new(out, value_json(&value->as.array.at[i]));
        return out;
    }
    case GARITA_VALUE_OBJECT: {
        json_t *out = json_object();
        for (size_t i = 0; i < value->as.object.count; i++) {
            const garita_member *m = &value->as.object.at[i];
            json_t *name = json_stringn(m->name.at, m->name.len);
            json_object_set_new(out, json_string_value(name), value_json(&m->value));
            json_decref(name);
        }
        return out;
    }
    }
    abort();
}
