/* A rule's msgpack form (FORMAT.md, "Rules"): written from JSON's value, checked, and read back. */
#include <assert.h>
#include <string.h>

#include <garita/certlogic.h>

#include "certlogic_place.h"
#include "certlogic_table.h"
#include "reader.h"
#include "writer.h"

/* Marks a sentence for translation, by whoever shows it to people. */
#define FINDING(sentence) (sentence)

static_assert(GARITA_INTEGER_MAX == INT64_C(9007199254740991) && GARITA_OPERANDS_MAX == 256 &&
                  GARITA_RULE_BYTES_MAX == 16 * 1024,
              "the sentences below name these");

/* --- writing --- */

typedef struct encoder {
    garita_writer w;
    unsigned depth;
    garita_place place;
    garita_error error;
    const char *why;
} encoder;

static bool refuse(encoder *e, garita_error error, const char *why)
{
    e->error = error;
    e->why = why;
    return false;
}

static bool enter(encoder *e)
{
    if (e->depth >= GARITA_RULE_DEPTH_MAX)
        return refuse(e, GARITA_E_DEPTH, FINDING("nested deeper than a rule may be"));
    e->depth++;
    return true;
}

static bool encode_expression(encoder *e, const garita_value *value);

static bool encode_text(encoder *e, garita_utf8 text)
{
    size_t at;
    switch (garita_utf8_check(&at, text)) {
    case GARITA_OK:
        break;
    case GARITA_E_UNSAFE_TEXT:
        return refuse(e, GARITA_E_UNSAFE_TEXT,
                      FINDING("a text with a control or direction-override character"));
    default:
        return refuse(e, GARITA_E_UTF8, FINDING("a text that is not valid UTF-8"));
    }
    garita_write_text(&e->w, text);
    return true;
}

static bool encode_integer(encoder *e, int64_t integer)
{
    if (integer < -GARITA_INTEGER_MAX || integer > GARITA_INTEGER_MAX)
        return refuse(e, GARITA_E_RANGE, FINDING("a number beyond 9007199254740991"));
    garita_write_int(&e->w, integer);
    return true;
}

static const char *why_not(garita_operand_role role)
{
    switch (role) {
    case GARITA_OPERAND_PATH:
        return FINDING("var takes a path: a text of names and indices with a period between each "
                       "two, or an empty one");
    case GARITA_OPERAND_UNIT:
        return FINDING("the unit must be \"year\", \"month\", \"day\" or \"hour\"");
    default:
        return FINDING("this operand must be an integer, written out");
    }
}

static bool encode_operand(encoder *e, garita_operand_role role, const garita_value *value)
{
    if (role != GARITA_OPERAND_EXPRESSION && !garita_operand_takes(role, value))
        return refuse(e, GARITA_E_RULE, why_not(role));
    return encode_expression(e, value);
}

/* The elements of an array, each by its role in an operation; row is null for a literal. */
static bool encode_elements(encoder *e, const garita_operation_row *row, const garita_value *array)
{
    size_t count = array->as.array.count;
    if (!enter(e))
        return false;
    garita_write_array(&e->w, count);
    for (size_t i = 0; i < count; i++) {
        garita_place outer = e->place;
        garita_place_add_index(&e->place, i);
        garita_operand_role role = row != NULL ? garita_operand_role_of(row->operation, (uint32_t)i)
                                               : GARITA_OPERAND_EXPRESSION;
        if (!encode_operand(e, role, &array->as.array.at[i]))
            return false;
        e->place = outer;
    }
    e->depth--;
    return true;
}

static bool encode_operation(encoder *e, const garita_value *object)
{
    if (object->as.object.count != 1)
        return refuse(e, GARITA_E_RULE,
                      FINDING("an object in a rule is an operation, and has exactly one name"));
    const garita_member *member = &object->as.object.at[0];
    garita_place outer = e->place;
    garita_place_add_name(&e->place, member->name);
    const garita_operation_row *row = garita_operation_row_of(
        (uint64_t)garita_operation_by_name(member->name.at, member->name.len));
    if (row == NULL)
        return refuse(e, GARITA_E_RULE, FINDING("there is no operation of this name"));
    if (!enter(e))
        return false;
    garita_write_map(&e->w, 1);
    garita_write_uint(&e->w, (uint64_t)row->operation);

    const garita_value *operands = &member->value;
    if (row->operation == GARITA_OPERATION_VAR) {
        if (!encode_operand(e, GARITA_OPERAND_PATH, operands))
            return false;
    } else {
        if (operands->kind != GARITA_VALUE_ARRAY)
            return refuse(e, GARITA_E_RULE, FINDING("the operands must stand in an array"));
        if (operands->as.array.count < row->operands_min ||
            operands->as.array.count > row->operands_max)
            return refuse(e, GARITA_E_RULE, FINDING("too few or too many operands"));
        if (!encode_elements(e, row, operands))
            return false;
    }
    e->depth--;
    e->place = outer;
    return true;
}

/* Recursion is bounded by enter. */
static bool encode_expression(encoder *e, const garita_value *value)
{
    switch (value->kind) {
    case GARITA_VALUE_BOOLEAN:
        garita_write_bool(&e->w, value->as.boolean);
        return true;
    case GARITA_VALUE_INTEGER:
        return encode_integer(e, value->as.integer);
    case GARITA_VALUE_TEXT:
        return encode_text(e, value->as.text);
    case GARITA_VALUE_ARRAY:
        if (value->as.array.count > GARITA_OPERANDS_MAX)
            return refuse(e, GARITA_E_RANGE, FINDING("an array of more than 256 elements"));
        return encode_elements(e, NULL, value);
    case GARITA_VALUE_OBJECT:
        return encode_operation(e, value);
    case GARITA_VALUE_NULL:
        return refuse(e, GARITA_E_RULE,
                      FINDING("null cannot be written in a rule; what is missing in the data is "
                              "null by itself"));
    case GARITA_VALUE_TIME:
        return refuse(e, GARITA_E_RULE,
                      FINDING("a date-time cannot be written in a rule; plusTime makes one"));
    }
    assert(false && "a kind that there is not");
    return refuse(e, GARITA_E_RULE, "");
}

garita_error garita_rule_encode(uint8_t *out, size_t *out_len, size_t out_cap, char *path,
                                const char **why, const garita_value *rule)
{
    size_t cap = out_cap < GARITA_RULE_BYTES_MAX ? out_cap : GARITA_RULE_BYTES_MAX;
    encoder e = {.place.path = path, .error = GARITA_OK, .why = ""};
    garita_writer_start(&e.w, out, cap);
    if (encode_expression(&e, rule) && e.w.overflowed) {
        if (cap == out_cap && cap < GARITA_RULE_BYTES_MAX)
            refuse(&e, GARITA_E_NO_SPACE, FINDING("longer than there is room for"));
        else
            refuse(&e, GARITA_E_TOO_LONG, FINDING("longer than 16 KiB"));
    }
    *out_len = e.error == GARITA_OK ? e.w.len : 0;
    garita_place_end(&e.place);
    if (why != NULL)
        *why = e.why;
    return e.error;
}

/* --- checking --- */

static bool check_expression(garita_reader *r);

/* A value that is no more than a literal of this role. */
static bool read_literal(garita_reader *r, garita_value *out, garita_operand_role role)
{
    garita_reader_value read;
    *out = (garita_value){0};
    if (!garita_reader_any(r, &read))
        return false;
    return (garita_literal_of(out, &read) && garita_operand_takes(role, out)) ||
           garita_reader_fail(r, GARITA_E_RULE, read.at);
}

static bool check_operands(garita_reader *r, const garita_operation_row *row)
{
    garita_reader_value read;
    garita_value literal;
    if (row->operation == GARITA_OPERATION_VAR)
        return read_literal(r, &literal, GARITA_OPERAND_PATH);
    if (!garita_reader_any(r, &read))
        return false;
    garita_container *operands = &read.as.container;
    if (read.kind != GARITA_READER_ARRAY || operands->left < row->operands_min ||
        operands->left > row->operands_max)
        return garita_reader_fail(r, GARITA_E_RULE, read.at);
    for (uint32_t i = 0; garita_reader_element(r, operands); i++) {
        garita_operand_role role = garita_operand_role_of(row->operation, i);
        if (role == GARITA_OPERAND_EXPRESSION)
            check_expression(r);
        else
            read_literal(r, &literal, role);
    }
    return garita_reader_leave(r, operands, 0);
}

static bool check_operation(garita_reader *r, garita_reader_value *read)
{
    garita_container *map = &read->as.container;
    unsigned code;
    if (map->left != 1)
        return garita_reader_fail(r, GARITA_E_RULE, read->at);
    if (!garita_reader_key(r, map, &code))
        return false;
    const garita_operation_row *row = garita_operation_row_of(code);
    if (row == NULL)
        return garita_reader_fail(r, GARITA_E_RULE, map->key_at);
    return check_operands(r, row) && garita_reader_leave(r, map, 0);
}

/* Recursion is bounded by the reader's depth. */
static bool check_expression(garita_reader *r)
{
    garita_reader_value read;
    garita_value literal;
    if (!garita_reader_any(r, &read))
        return false;
    if (read.kind == GARITA_READER_MAP)
        return check_operation(r, &read);
    if (read.kind != GARITA_READER_ARRAY)
        return garita_literal_of(&literal, &read) || garita_reader_fail(r, GARITA_E_RULE, read.at);
    if (read.as.container.left > GARITA_OPERANDS_MAX)
        return garita_reader_fail(r, GARITA_E_RANGE, read.at);
    while (garita_reader_element(r, &read.as.container))
        check_expression(r);
    return garita_reader_leave(r, &read.as.container, 0);
}

garita_error garita_rule_check(size_t *at, const uint8_t *rule, size_t rule_len)
{
    garita_reader r;
    garita_reader_start(&r, rule, rule_len, 0, GARITA_RULE_DEPTH_MAX);
    if (rule_len > GARITA_RULE_BYTES_MAX)
        garita_reader_fail(&r, GARITA_E_TOO_LONG, GARITA_RULE_BYTES_MAX);
    else if (check_expression(&r))
        garita_reader_end(&r);
    if (at != NULL)
        *at = r.fault.at;
    return r.fault.error;
}

/* --- reading --- */

typedef struct decoder {
    garita_reader r;
    garita_room *room;
} decoder;

static bool decode_expression(decoder *d, garita_value *out);

static bool decode_array(decoder *d, garita_value *out, garita_container *array)
{
    garita_value *elements;
    size_t count = array->left, i = 0;
    if (!garita_room_values(&elements, d->room, count))
        return garita_reader_fail(&d->r, GARITA_E_NO_SPACE, d->r.at);
    while (garita_reader_element(&d->r, array))
        if (!decode_expression(d, &elements[i++]))
            return false;
    *out = (garita_value){.kind = GARITA_VALUE_ARRAY, .as.array = {elements, count}};
    return garita_reader_leave(&d->r, array, 0);
}

static bool decode_operation(decoder *d, garita_value *out, garita_container *map)
{
    garita_member *member;
    unsigned code;
    if (!garita_reader_key(&d->r, map, &code))
        return false;
    const char *name = garita_operation_name(code);
    if (name == NULL || map->left != 0)
        return garita_reader_fail(&d->r, GARITA_E_RULE, map->key_at);
    if (!garita_room_members(&member, d->room, 1))
        return garita_reader_fail(&d->r, GARITA_E_NO_SPACE, d->r.at);
    member->name = (garita_utf8){name, strlen(name)};
    *out = (garita_value){.kind = GARITA_VALUE_OBJECT, .as.object = {member, 1}};
    return decode_expression(d, &member->value) && garita_reader_leave(&d->r, map, 0);
}

static bool decode_expression(decoder *d, garita_value *out)
{
    garita_reader_value read;
    if (!garita_reader_any(&d->r, &read))
        return false;
    if (read.kind == GARITA_READER_MAP)
        return decode_operation(d, out, &read.as.container);
    if (read.kind == GARITA_READER_ARRAY)
        return decode_array(d, out, &read.as.container);
    return garita_literal_of(out, &read) || garita_reader_fail(&d->r, GARITA_E_RULE, read.at);
}

garita_error garita_rule_decode(garita_value *out, garita_room *room, const uint8_t *rule,
                                size_t rule_len)
{
    decoder d = {.room = room};
    garita_reader_start(&d.r, rule, rule_len, 0, GARITA_RULE_DEPTH_MAX);
    *out = (garita_value){0};
    if (!decode_expression(&d, out) || !garita_reader_end(&d.r))
        *out = (garita_value){0};
    return d.r.fault.error;
}
