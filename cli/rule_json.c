#include "rule_json.h"

#include <stdlib.h>
#include <string.h>

#include <garita/certlogic.h>
#include <garita/limits.h>

#include "i18n.h"
#include "json_place.h"
#include "nearest.h"

void rule_json_fault_free(struct rule_json_fault *fault)
{
    buffer_free(&fault->place);
    buffer_free(&fault->message);
    buffer_free(&fault->hint);
    *fault = (struct rule_json_fault){0};
}

static bool fail(struct rule_json_fault *fault, const char *code, const char *message,
                 const char *hint)
{
    fault->code = code;
    buffer_add_text(&fault->message, message);
    buffer_add_text(&fault->hint, hint);
    return false;
}

static bool fail_no_memory(struct rule_json_fault *fault)
{
    return fail(fault, garita_error_name(GARITA_E_NO_MEMORY),
                _(garita_error_text(GARITA_E_NO_MEMORY)), "");
}

json_t *rule_json_parse(struct rule_json_fault *fault, const char *text, size_t text_len)
{
    static const char bom[] = "\xef\xbb\xbf";
    json_error_t error;

    /* Some editors write it. */
    if (text_len >= 3 && memcmp(text, bom, 3) == 0) {
        text += 3;
        text_len -= 3;
    }
    json_t *json = json_loadb(text, text_len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (json != NULL)
        return json;
    switch (json_error_code(&error)) {
    case json_error_out_of_memory:
        fail_no_memory(fault);
        break;
    case json_error_numeric_overflow:
        fail(fault, garita_error_name(GARITA_E_RANGE), _("a number beyond 9007199254740991"),
             _("rules reckon with whole numbers; write anything longer as a text in quotes"));
        break;
    default:
        fault->code = "json";
        buffer_add_format(&fault->message, _("not JSON: %s (column %d)"), error.text, error.column);
        break;
    }
    if (error.line > 0)
        fault->line = (unsigned)error.line;
    return NULL;
}

/* --- from JSON --- */

struct counts {
    size_t values, members;
};

/* Checks numbers and counts parts. JSON's reader bounds the depth. */
static bool look(struct counts *counts, struct rule_json_fault *fault, json_t *json,
                 const struct json_place *place)
{
    struct json_place inner = {.up = place};
    json_t *value;
    bool is_good = true;

    switch (json_typeof(json)) {
    case JSON_REAL:
        json_place_add(&fault->place, place);
        return fail(fault, garita_error_name(GARITA_E_WRONG_KIND),
                    _("a number that is not an integer"),
                    _("rules reckon with whole numbers: write 5, not 5.0 or 5e0"));
    case JSON_INTEGER:
        if (json_integer_value(json) >= -GARITA_INTEGER_MAX &&
            json_integer_value(json) <= GARITA_INTEGER_MAX)
            return true;
        json_place_add(&fault->place, place);
        return fail(
            fault, garita_error_name(GARITA_E_RANGE), _("a number beyond 9007199254740991"),
            _("rules reckon with whole numbers; write anything longer as a text in quotes"));
    case JSON_ARRAY:
        counts->values += json_array_size(json);
        for (; is_good && inner.index < json_array_size(json); inner.index++)
            is_good = look(counts, fault, json_array_get(json, inner.index), &inner);
        return is_good;
    case JSON_OBJECT:
        counts->members += json_object_size(json);
        json_object_foreach(json, inner.name, value)
        {
            if (!look(counts, fault, value, &inner))
                return false;
        }
        return true;
    default:
        return true;
    }
}

/* Fills what look has counted. */
static garita_value value_of(garita_room *room, json_t *json)
{
    garita_value out = {0};
    garita_value *elements;
    garita_member *members;
    const char *name;
    json_t *value;
    size_t i = 0;

    switch (json_typeof(json)) {
    case JSON_TRUE:
    case JSON_FALSE:
        out.kind = GARITA_VALUE_BOOLEAN;
        out.as.boolean = json_is_true(json);
        break;
    case JSON_INTEGER:
        out.kind = GARITA_VALUE_INTEGER;
        out.as.integer = json_integer_value(json);
        break;
    case JSON_STRING:
        out.kind = GARITA_VALUE_TEXT;
        out.as.text = (garita_utf8){json_string_value(json), json_string_length(json)};
        break;
    case JSON_ARRAY:
        garita_room_values(&elements, room, json_array_size(json));
        for (; i < json_array_size(json); i++)
            elements[i] = value_of(room, json_array_get(json, i));
        out.kind = GARITA_VALUE_ARRAY;
        out.as.array.at = elements;
        out.as.array.count = i;
        break;
    case JSON_OBJECT:
        garita_room_members(&members, room, json_object_size(json));
        json_object_foreach(json, name, value)
        {
            members[i].name = (garita_utf8){name, strlen(name)};
            members[i++].value = value_of(room, value);
        }
        out.kind = GARITA_VALUE_OBJECT;
        out.as.object.at = members;
        out.as.object.count = i;
        break;
    default:
        break;
    }
    return out;
}

bool rule_json_take(struct rule_json *out, struct rule_json_fault *fault, json_t *json)
{
    struct counts counts = {0};
    const struct json_place whole = {0};

    *out = (struct rule_json){0};
    if (!look(&counts, fault, json, &whole))
        return false;
    if ((counts.values > 0 && (out->values = calloc(counts.values, sizeof *out->values)) == NULL) ||
        (counts.members > 0 &&
         (out->members = calloc(counts.members, sizeof *out->members)) == NULL)) {
        rule_json_free(out);
        return fail_no_memory(fault);
    }
    garita_room room = {.values = out->values,
                        .value_cap = counts.values,
                        .members = out->members,
                        .member_cap = counts.members};
    out->value = value_of(&room, json);
    out->root = json_incref(json);
    return true;
}

bool rule_json_read(struct rule_json *out, struct rule_json_fault *fault, const char *text,
                    size_t text_len)
{
    json_t *json = rule_json_parse(fault, text, text_len);

    *out = (struct rule_json){0};
    if (json == NULL)
        return false;
    bool is_taken = rule_json_take(out, fault, json);
    json_decref(json);
    return is_taken;
}

bool rule_json_of_expression(struct rule_json *out, garita_bytes expression)
{
    /* Each value and each member takes a byte of it at least. */
    garita_room room = {.value_cap = expression.len, .member_cap = expression.len};

    room.values = out->values = calloc(expression.len, sizeof *out->values);
    room.members = out->members = calloc(expression.len, sizeof *out->members);
    if (room.values != NULL && room.members != NULL &&
        garita_rule_decode(&out->value, &room, expression.at, expression.len) == GARITA_OK)
        return true;
    rule_json_free(out);
    return false;
}

void rule_json_free(struct rule_json *rule)
{
    free(rule->values);
    free(rule->members);
    json_decref(rule->root);
    *rule = (struct rule_json){0};
}

/* --- rules --- */

void rule_json_advise(struct buffer *out, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : "";

    /* An index, or an operation that there is: then it is not the name that is wrong. */
    if (name[0] == '\0' || strspn(name, "0123456789") == strlen(name) ||
        garita_operation_by_name(name, strlen(name)) != 0)
        return;
    struct nearest meant = nearest_to(name);
    for (uint64_t code = 1; garita_operation_name(code) != NULL; code++)
        nearest_offer(&meant, garita_operation_name(code));
    if (meant.best != NULL) {
        buffer_add_format(out, _("did you mean \"%s\"?"), meant.best);
        return;
    }
    buffer_add_text(out, _("one of:"));
    for (uint64_t code = 1; garita_operation_name(code) != NULL; code++)
        buffer_add_format(out, " %s", garita_operation_name(code));
}

/* --- to JSON --- */

struct writing {
    size_t left; /* values that may still be written */
    garita_error error;
};

static json_t *write_value(struct writing *writing, const garita_value *value);

static json_t *write_array(struct writing *writing, const garita_value *array)
{
    json_t *json = json_array();

    for (size_t i = 0; i < array->as.array.count && writing->error == GARITA_OK; i++)
        if (json_array_append_new(json, write_value(writing, &array->as.array.at[i])) != 0 &&
            writing->error == GARITA_OK)
            writing->error = GARITA_E_NO_MEMORY;
    return json;
}

static json_t *write_object(struct writing *writing, const garita_value *object)
{
    json_t *json = json_object();

    for (size_t i = 0; i < object->as.object.count && writing->error == GARITA_OK; i++) {
        const garita_member *member = &object->as.object.at[i];
        if (json_object_setn_new(json, member->name.at, member->name.len,
                                 write_value(writing, &member->value)) != 0 &&
            writing->error == GARITA_OK)
            writing->error = GARITA_E_NO_MEMORY;
    }
    return json;
}

/* Recursion is bounded: a value is as deep as its data, or as the room of the rule that gave it. */
static json_t *write_value(struct writing *writing, const garita_value *value)
{
    char time[GARITA_TIME_TEXT_SIZE];

    if (writing->left == 0) {
        writing->error = GARITA_E_TOO_LONG;
        return NULL;
    }
    writing->left--;
    switch (value->kind) {
    case GARITA_VALUE_BOOLEAN:
        return json_boolean(value->as.boolean);
    case GARITA_VALUE_INTEGER:
        return json_integer(value->as.integer);
    case GARITA_VALUE_TEXT:
        return json_stringn(value->as.text.len > 0 ? value->as.text.at : "", value->as.text.len);
    case GARITA_VALUE_TIME:
        garita_time_format(time, value->as.time);
        return json_string(time);
    case GARITA_VALUE_ARRAY:
        return write_array(writing, value);
    case GARITA_VALUE_OBJECT:
        return write_object(writing, value);
    case GARITA_VALUE_NULL:
        break;
    }
    return json_null();
}

garita_error rule_json_write(json_t **out, const garita_value *value)
{
    struct writing writing = {.left = RULE_JSON_WRITTEN_MAX, .error = GARITA_OK};

    *out = write_value(&writing, value);
    if (*out == NULL && writing.error == GARITA_OK)
        writing.error = GARITA_E_NO_MEMORY;
    if (writing.error != GARITA_OK) {
        json_decref(*out);
        *out = NULL;
    }
    return writing.error;
}
