/* What a rule gives on data. Walks the bytes of the rule as they are, once for each evaluation of a
 * part, and trusts none of them. */
#include <garita/certlogic.h>

#include <assert.h>
#include <string.h>

#include "certlogic_table.h"
#include "certlogic_time.h"
#include "reader.h"

/* A step pays for so many bytes of text that are read, compared or passed over, and for so many
 * members of an object that are searched. */
enum { BYTES_A_STEP = 64, MEMBERS_A_STEP = 16, COMPARED_MAX = 3 };

typedef struct evaluation {
    garita_room *room;
    size_t steps_left;
    garita_rule_error error;
    size_t error_at;
} evaluation;

/* An operation whose operands are being evaluated, in their order. */
typedef struct call {
    const garita_operation_row *row;
    garita_reader *r;
    garita_container operands;
    const garita_value *data;
    size_t at; /* where the operation begins, for errors */
} call;

static bool fail(evaluation *e, garita_rule_error error, size_t at)
{
    e->error = error;
    e->error_at = at;
    return false;
}

/* The reader has stopped. */
static bool malformed(evaluation *e, const garita_reader *r)
{
    bool is_deep = r->fault.error == GARITA_E_DEPTH;
    return fail(e, is_deep ? GARITA_RULE_DEPTH : GARITA_RULE_NOT_A_RULE, r->fault.at);
}

static bool spend(evaluation *e, size_t steps, size_t at)
{
    if (steps > e->steps_left)
        return fail(e, GARITA_RULE_STEPS, at);
    e->steps_left -= steps;
    return true;
}

static size_t steps_of(const garita_value *value)
{
    return 1 + (value->kind == GARITA_VALUE_TEXT ? value->as.text.len / BYTES_A_STEP : 0);
}

/* Whether parts of the value may lie in the room. */
static bool has_parts(const garita_value *value)
{
    return value->kind == GARITA_VALUE_ARRAY || value->kind == GARITA_VALUE_OBJECT;
}

static garita_value boolean_of(bool boolean)
{
    return (garita_value){.kind = GARITA_VALUE_BOOLEAN, .as.boolean = boolean};
}

static bool evaluate(evaluation *e, garita_reader *r, garita_value *out, const garita_value *data);

/* --- operands --- */

/* The next one's value. That there is one was seen from their number. */
static bool operand(evaluation *e, call *c, garita_value *out)
{
    if (!garita_reader_element(c->r, &c->operands))
        return malformed(e, c->r);
    return evaluate(e, c->r, out, c->data);
}

static bool operand_literal(evaluation *e, call *c, garita_value *out, garita_operand_role role)
{
    garita_reader_value read;
    if (!garita_reader_element(c->r, &c->operands) || !garita_reader_any(c->r, &read))
        return malformed(e, c->r);
    return (garita_literal_of(out, &read) && garita_operand_takes(role, out)) ||
           fail(e, GARITA_RULE_NOT_A_RULE, read.at);
}

/* Passes over the next one. */
static bool pass(evaluation *e, call *c)
{
    size_t begin = c->r->at;
    if (!garita_reader_element(c->r, &c->operands) || !garita_reader_skip(c->r))
        return malformed(e, c->r);
    return spend(e, (c->r->at - begin) / BYTES_A_STEP + 1, c->at);
}

static bool wrong_kind(evaluation *e, const call *c)
{
    return fail(e, GARITA_RULE_WRONG_KIND, c->at);
}

/* --- what values are --- */

typedef enum truth { TRUTH_NEITHER, TRUTH_FALSY, TRUTH_TRUTHY } truth;

static truth truth_of(const garita_value *value)
{
    bool is_truthy = false;
    switch (value->kind) {
    case GARITA_VALUE_NULL:
        break;
    case GARITA_VALUE_BOOLEAN:
        is_truthy = value->as.boolean;
        break;
    case GARITA_VALUE_INTEGER:
        is_truthy = value->as.integer != 0;
        break;
    case GARITA_VALUE_TEXT:
        is_truthy = value->as.text.len > 0;
        break;
    case GARITA_VALUE_TIME:
        return TRUTH_NEITHER;
    case GARITA_VALUE_ARRAY:
        is_truthy = value->as.array.count > 0;
        break;
    case GARITA_VALUE_OBJECT:
        is_truthy = value->as.object.count > 0;
        break;
    }
    return is_truthy ? TRUTH_TRUTHY : TRUTH_FALSY;
}

/* An operand's value, and whether it is truthy. */
static bool operand_truth(evaluation *e, call *c, garita_value *out, bool *is_truthy)
{
    if (!operand(e, c, out))
        return false;
    truth t = truth_of(out);
    *is_truthy = t == TRUTH_TRUTHY;
    return t != TRUTH_NEITHER || fail(e, GARITA_RULE_NEITHER, c->at);
}

/* Values of different kinds are not equal. Whether two date-times, arrays or objects are is what
 * the specification calls unreliable: implementations differ, so that it is an error. */
static bool equal(evaluation *e, const call *c, bool *out, const garita_value *a,
                  const garita_value *b)
{
    *out = false;
    if (a->kind != b->kind)
        return spend(e, 1, c->at);
    switch (a->kind) {
    case GARITA_VALUE_NULL:
        *out = true;
        break;
    case GARITA_VALUE_BOOLEAN:
        *out = a->as.boolean == b->as.boolean;
        break;
    case GARITA_VALUE_INTEGER:
        *out = a->as.integer == b->as.integer;
        break;
    case GARITA_VALUE_TEXT:
        *out = garita_utf8_equal(a->as.text, b->as.text);
        break;
    default:
        return wrong_kind(e, c);
    }
    return spend(e, steps_of(a), c->at);
}

/* --- var --- */

/* A decimal number without leading zeros, as an index below count. */
static bool index_of(size_t *out, garita_utf8 name, size_t count)
{
    *out = 0;
    if (name.len == 0 || (name.len > 1 && name.at[0] == '0'))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] < '0' || name.at[i] > '9')
            return false;
        *out = *out * 10 + (size_t)(name.at[i] - '0');
        if (*out >= count)
            return false;
    }
    return true;
}

/* What lies below a value by this name; null if nothing does. */
static bool step_into(evaluation *e, const garita_value **at, garita_utf8 name, size_t error_at)
{
    static const garita_value nothing = {0};
    const garita_value *found = NULL;
    size_t index;
    if ((*at)->kind == GARITA_VALUE_OBJECT) {
        if (!spend(e, 1 + (*at)->as.object.count / MEMBERS_A_STEP, error_at))
            return false;
        found = garita_value_member(*at, name);
    } else if ((*at)->kind == GARITA_VALUE_ARRAY && index_of(&index, name, (*at)->as.array.count)) {
        found = &(*at)->as.array.at[index];
    }
    *at = found != NULL ? found : &nothing;
    return true;
}

static bool walk(evaluation *e, garita_value *out, const garita_value *data, garita_utf8 path,
                 size_t error_at)
{
    const garita_value *at = data;
    for (size_t begin = 0; path.len > 0 && begin <= path.len && at->kind != GARITA_VALUE_NULL;) {
        size_t end = begin;
        while (end < path.len && path.at[end] != '.')
            end++;
        if (!step_into(e, &at, (garita_utf8){path.at + begin, end - begin}, error_at))
            return false;
        begin = end + 1;
    }
    *out = *at;
    return true;
}

static bool do_var(evaluation *e, garita_reader *r, garita_value *out, const garita_value *data,
                   size_t at)
{
    garita_reader_value read;
    garita_value path;
    if (!garita_reader_any(r, &read))
        return malformed(e, r);
    if (!garita_literal_of(&path, &read) || !garita_operand_takes(GARITA_OPERAND_PATH, &path))
        return fail(e, GARITA_RULE_NOT_A_RULE, read.at);
    return spend(e, steps_of(&path), at) && walk(e, out, data, path.as.text, at);
}

/* --- decisions --- */

static bool do_if(evaluation *e, call *c, garita_value *out)
{
    bool guard;
    if (!operand_truth(e, c, out, &guard))
        return false;
    if (guard)
        return operand(e, c, out) && pass(e, c);
    return pass(e, c) && operand(e, c, out);
}

static bool do_and(evaluation *e, call *c, garita_value *out)
{
    bool is_truthy = true;
    while (is_truthy && c->operands.left > 0)
        if (!operand_truth(e, c, out, &is_truthy))
            return false;
    while (c->operands.left > 0)
        if (!pass(e, c))
            return false;
    return true;
}

static bool do_not(evaluation *e, call *c, garita_value *out)
{
    bool is_truthy;
    if (!operand_truth(e, c, out, &is_truthy))
        return false;
    *out = boolean_of(!is_truthy);
    return true;
}

/* --- comparisons --- */

static bool do_equal(evaluation *e, call *c, garita_value *out)
{
    garita_value a, b;
    bool same;
    if (!operand(e, c, &a) || !operand(e, c, &b) || !equal(e, c, &same, &a, &b))
        return false;
    *out = boolean_of(same);
    return true;
}

static bool do_in(evaluation *e, call *c, garita_value *out)
{
    garita_value member, array;
    bool found = false;
    if (!operand(e, c, &member) || !operand(e, c, &array))
        return false;
    if (array.kind != GARITA_VALUE_ARRAY)
        return wrong_kind(e, c);
    for (size_t i = 0; i < array.as.array.count && !found; i++)
        if (!equal(e, c, &found, &member, &array.as.array.at[i]))
            return false;
    *out = boolean_of(found);
    return true;
}

static bool holds(garita_operation operation, int64_t a, int64_t b)
{
    switch (operation) {
    case GARITA_OPERATION_GREATER:
    case GARITA_OPERATION_AFTER:
        return a > b;
    case GARITA_OPERATION_LESS:
    case GARITA_OPERATION_BEFORE:
        return a < b;
    case GARITA_OPERATION_NOT_LESS:
    case GARITA_OPERATION_NOT_BEFORE:
        return a >= b;
    default:
        assert(operation == GARITA_OPERATION_NOT_GREATER ||
               operation == GARITA_OPERATION_NOT_AFTER);
        return a <= b;
    }
}

/* Two or three operands of one kind, all of which are evaluated. */
static bool do_compare(evaluation *e, call *c, garita_value *out, garita_value_kind kind)
{
    int64_t numbers[COMPARED_MAX];
    uint32_t count = 0;
    bool all_hold = true;
    while (c->operands.left > 0) {
        if (!operand(e, c, out))
            return false;
        if (out->kind != kind)
            return wrong_kind(e, c);
        assert(count < COMPARED_MAX);
        numbers[count++] = kind == GARITA_VALUE_TIME ? out->as.time : out->as.integer;
    }
    for (uint32_t i = 1; i < count; i++)
        all_hold = all_hold && holds(c->row->operation, numbers[i - 1], numbers[i]);
    *out = boolean_of(all_hold);
    return true;
}

/* --- numbers, dates and texts --- */

static bool do_plus(evaluation *e, call *c, garita_value *out)
{
    garita_value a, b;
    if (!operand(e, c, &a) || !operand(e, c, &b))
        return false;
    if (a.kind != GARITA_VALUE_INTEGER || b.kind != GARITA_VALUE_INTEGER)
        return wrong_kind(e, c);
    int64_t sum;
    if (__builtin_add_overflow(a.as.integer, b.as.integer, &sum) || sum > GARITA_INTEGER_MAX ||
        sum < -GARITA_INTEGER_MAX)
        return fail(e, GARITA_RULE_NUMBER, c->at);
    *out = (garita_value){.kind = GARITA_VALUE_INTEGER, .as.integer = sum};
    return true;
}

static bool do_plus_time(evaluation *e, call *c, garita_value *out)
{
    garita_value text, amount, unit_name;
    garita_time_unit unit = GARITA_TIME_DAY;
    int64_t time;
    if (!operand(e, c, &text) || !operand_literal(e, c, &amount, GARITA_OPERAND_INTEGER) ||
        !operand_literal(e, c, &unit_name, GARITA_OPERAND_UNIT))
        return false;
    if (text.kind != GARITA_VALUE_TEXT)
        return wrong_kind(e, c);
    if (!garita_time_parse(&time, text.as.text))
        return fail(e, GARITA_RULE_TIME, c->at);
    garita_time_unit_by_name(&unit, unit_name.as.text);
    if (!garita_time_add(&time, amount.as.integer, unit))
        return fail(e, GARITA_RULE_NUMBER, c->at);
    *out = (garita_value){.kind = GARITA_VALUE_TIME, .as.time = time};
    return spend(e, steps_of(&text), c->at);
}

static bool do_dcc_date_of_birth(evaluation *e, call *c, garita_value *out)
{
    garita_value text;
    int64_t time;
    if (!operand(e, c, &text))
        return false;
    if (text.kind != GARITA_VALUE_TEXT)
        return wrong_kind(e, c);
    if (!garita_time_parse_date(&time, text.as.text))
        return fail(e, GARITA_RULE_TIME, c->at);
    *out = (garita_value){.kind = GARITA_VALUE_TIME, .as.time = time};
    return true;
}

static bool is_separator(char c)
{
    return c == '/' || c == '#' || c == ':';
}

/* The fragment with this index; null if there are not so many. */
static garita_value fragment_of(garita_utf8 text, int64_t index)
{
    static const char prefix[] = "URN:UVCI:";
    const size_t prefix_len = sizeof prefix - 1;
    size_t begin = 0;
    if (text.len >= prefix_len && memcmp(text.at, prefix, prefix_len) == 0)
        begin = prefix_len;
    for (; index >= 0; index--) {
        size_t end = begin;
        while (end < text.len && !is_separator(text.at[end]))
            end++;
        if (index == 0)
            return (garita_value){.kind = GARITA_VALUE_TEXT,
                                  .as.text = {text.at + begin, end - begin}};
        if (end == text.len)
            break;
        begin = end + 1;
    }
    return (garita_value){0};
}

static bool do_extract_from_uvci(evaluation *e, call *c, garita_value *out)
{
    garita_value text, index;
    if (!operand(e, c, &text) || !operand_literal(e, c, &index, GARITA_OPERAND_INTEGER))
        return false;
    if (text.kind == GARITA_VALUE_NULL)
        *out = text;
    else if (text.kind == GARITA_VALUE_TEXT)
        *out = fragment_of(text.as.text, index.as.integer);
    else
        return wrong_kind(e, c);
    return spend(e, steps_of(&text), c->at);
}

/* --- arrays --- */

/* One turn of a reduce: the lambda, over the two that it sees. What it used of the room is given
 * back if its result cannot lie there. */
static bool do_turn(evaluation *e, const call *c, garita_value *accumulator,
                    const garita_reader *lambda, const garita_value *current)
{
    garita_room *room = e->room;
    size_t value_used = room->value_used, member_used = room->member_used;
    garita_member *members;
    if (!garita_room_members(&members, room, 2))
        return fail(e, GARITA_RULE_ROOM, c->at);
    members[0] = (garita_member){{"current", 7}, *current};
    members[1] = (garita_member){{"accumulator", 11}, *accumulator};
    garita_value seen = {.kind = GARITA_VALUE_OBJECT, .as.object = {members, 2}};
    garita_reader again = *lambda;
    if (!evaluate(e, &again, accumulator, &seen))
        return false;
    if (!has_parts(accumulator)) {
        room->value_used = value_used;
        room->member_used = member_used;
    }
    return true;
}

static bool do_reduce(evaluation *e, call *c, garita_value *out)
{
    garita_value array;
    if (!operand(e, c, &array))
        return false;
    if (array.kind != GARITA_VALUE_ARRAY)
        return wrong_kind(e, c);
    garita_reader lambda = *c->r;
    if (!pass(e, c) || !operand(e, c, out))
        return false;
    for (size_t i = 0; i < array.as.array.count; i++)
        if (!do_turn(e, c, out, &lambda, &array.as.array.at[i]))
            return false;
    return true;
}

static bool do_array(evaluation *e, garita_reader *r, garita_value *out, garita_reader_value *read,
                     const garita_value *data)
{
    garita_value *elements;
    size_t count = read->as.container.left, i = 0;
    if (count > GARITA_OPERANDS_MAX)
        return fail(e, GARITA_RULE_NOT_A_RULE, read->at);
    if (!garita_room_values(&elements, e->room, count))
        return fail(e, GARITA_RULE_ROOM, read->at);
    while (garita_reader_element(r, &read->as.container))
        if (!evaluate(e, r, &elements[i++], data))
            return false;
    *out = (garita_value){.kind = GARITA_VALUE_ARRAY, .as.array = {elements, count}};
    return garita_reader_leave(r, &read->as.container, 0) || malformed(e, r);
}

/* --- expressions --- */

static bool perform(evaluation *e, call *c, garita_value *out)
{
    switch (c->row->operation) {
    case GARITA_OPERATION_IF:
        return do_if(e, c, out);
    case GARITA_OPERATION_EQUAL:
        return do_equal(e, c, out);
    case GARITA_OPERATION_AND:
        return do_and(e, c, out);
    case GARITA_OPERATION_GREATER:
    case GARITA_OPERATION_LESS:
    case GARITA_OPERATION_NOT_LESS:
    case GARITA_OPERATION_NOT_GREATER:
        return do_compare(e, c, out, GARITA_VALUE_INTEGER);
    case GARITA_OPERATION_IN:
        return do_in(e, c, out);
    case GARITA_OPERATION_PLUS:
        return do_plus(e, c, out);
    case GARITA_OPERATION_AFTER:
    case GARITA_OPERATION_BEFORE:
    case GARITA_OPERATION_NOT_AFTER:
    case GARITA_OPERATION_NOT_BEFORE:
        return do_compare(e, c, out, GARITA_VALUE_TIME);
    case GARITA_OPERATION_NOT:
        return do_not(e, c, out);
    case GARITA_OPERATION_PLUS_TIME:
        return do_plus_time(e, c, out);
    case GARITA_OPERATION_DCC_DATE_OF_BIRTH:
        return do_dcc_date_of_birth(e, c, out);
    case GARITA_OPERATION_REDUCE:
        return do_reduce(e, c, out);
    case GARITA_OPERATION_EXTRACT_FROM_UVCI:
        return do_extract_from_uvci(e, c, out);
    case GARITA_OPERATION_VAR:
        break; /* its operand is no array */
    }
    return fail(e, GARITA_RULE_NOT_A_RULE, c->at);
}

static bool do_operands(evaluation *e, garita_reader *r, garita_value *out,
                        const garita_operation_row *row, const garita_value *data, size_t at)
{
    call c = {.row = row, .r = r, .data = data, .at = at};
    if (!garita_reader_array(r, &c.operands))
        return malformed(e, r);
    if (c.operands.left < row->operands_min || c.operands.left > row->operands_max)
        return fail(e, GARITA_RULE_NOT_A_RULE, at);
    return perform(e, &c, out) && (garita_reader_leave(r, &c.operands, 0) || malformed(e, r));
}

static bool do_operation(evaluation *e, garita_reader *r, garita_value *out,
                         garita_reader_value *read, const garita_value *data)
{
    garita_container *map = &read->as.container;
    size_t value_used = e->room->value_used, member_used = e->room->member_used;
    unsigned code;
    if (map->left != 1)
        return fail(e, GARITA_RULE_NOT_A_RULE, read->at);
    if (!garita_reader_key(r, map, &code))
        return malformed(e, r);
    const garita_operation_row *row = garita_operation_row_of(code);
    if (row == NULL)
        return fail(e, GARITA_RULE_NOT_A_RULE, read->at);
    bool done = row->operation == GARITA_OPERATION_VAR
                    ? do_var(e, r, out, data, read->at)
                    : spend(e, 1, read->at) && do_operands(e, r, out, row, data, read->at);
    if (!done)
        return false;
    if (!has_parts(out)) {
        e->room->value_used = value_used;
        e->room->member_used = member_used;
    }
    return garita_reader_leave(r, map, 0) || malformed(e, r);
}

/* Recursion is bounded by the reader's depth. */
static bool evaluate(evaluation *e, garita_reader *r, garita_value *out, const garita_value *data)
{
    garita_reader_value read;
    if (!garita_reader_any(r, &read))
        return malformed(e, r);
    if (read.kind == GARITA_READER_MAP)
        return do_operation(e, r, out, &read, data);
    if (read.kind == GARITA_READER_ARRAY)
        return spend(e, 1, read.at) && do_array(e, r, out, &read, data);
    if (!garita_literal_of(out, &read))
        return fail(e, GARITA_RULE_NOT_A_RULE, read.at);
    return spend(e, steps_of(out), read.at);
}

garita_rule_error garita_rule_evaluate(garita_value *out, size_t *at, garita_room *room,
                                       const uint8_t *rule, size_t rule_len,
                                       const garita_value *data)
{
    size_t value_used = room->value_used, member_used = room->member_used;
    evaluation e = {.room = room, .steps_left = GARITA_RULE_STEPS_MAX, .error = GARITA_RULE_OK};
    garita_reader r;
    garita_reader_start(&r, rule, rule_len, 0, GARITA_RULE_DEPTH_MAX);
    if (rule_len > GARITA_RULE_BYTES_MAX)
        fail(&e, GARITA_RULE_NOT_A_RULE, GARITA_RULE_BYTES_MAX);
    else if (evaluate(&e, &r, out, data) && !garita_reader_end(&r))
        malformed(&e, &r);
    if (e.error != GARITA_RULE_OK) {
        *out = (garita_value){0};
        room->value_used = value_used;
        room->member_used = member_used;
    }
    if (at != NULL)
        *at = e.error_at;
    return e.error;
}

garita_rule_error garita_rule_decide(bool *out, size_t *at, garita_room *room, const uint8_t *rule,
                                     size_t rule_len, const garita_value *data)
{
    size_t value_used = room->value_used, member_used = room->member_used;
    garita_value value;
    garita_rule_error error = garita_rule_evaluate(&value, at, room, rule, rule_len, data);
    room->value_used = value_used;
    room->member_used = member_used;
    *out = value.kind == GARITA_VALUE_BOOLEAN && value.as.boolean;
    if (error == GARITA_RULE_OK && !*out && truth_of(&value) != TRUTH_FALSY)
        return GARITA_RULE_NOT_A_DECISION;
    return error;
}
