#include "certlogic_table.h"

#include <string.h>

#include "certlogic_time.h"

/* By code, from 1. */
static const garita_operation_row operations[] = {
#define GARITA_OPERATION_ROW(constant, code, name, fewest, most)                                   \
    [code] = {GARITA_OPERATION_##constant, name, fewest, most},
    GARITA_OPERATIONS(GARITA_OPERATION_ROW)
#undef GARITA_OPERATION_ROW
};

static const size_t operation_end = sizeof operations / sizeof operations[0];

static const struct {
    const char *name;
    const char *text;
} rule_errors[] = {
#define GARITA_RULE_ERROR_ROW(constant, name, text) {name, text},
    GARITA_RULE_ERRORS(GARITA_RULE_ERROR_ROW)
#undef GARITA_RULE_ERROR_ROW
};

static const size_t rule_error_count = sizeof rule_errors / sizeof rule_errors[0];

const garita_operation_row *garita_operation_row_of(uint64_t code)
{
    return code > 0 && code < operation_end ? &operations[code] : NULL;
}

const char *garita_operation_name(uint64_t code)
{
    const garita_operation_row *row = garita_operation_row_of(code);
    return row != NULL ? row->name : NULL;
}

int garita_operation_by_name(const char *name, size_t name_len)
{
    for (size_t code = 1; code < operation_end; code++)
        if (strlen(operations[code].name) == name_len &&
            memcmp(operations[code].name, name, name_len) == 0)
            return (int)code;
    return 0;
}

const char *garita_rule_error_name(garita_rule_error error)
{
    return (size_t)error < rule_error_count ? rule_errors[error].name : "?";
}

const char *garita_rule_error_text(garita_rule_error error)
{
    return (size_t)error < rule_error_count ? rule_errors[error].text : "?";
}

garita_operand_role garita_operand_role_of(garita_operation operation, uint32_t index)
{
    if (operation == GARITA_OPERATION_VAR)
        return GARITA_OPERAND_PATH;
    if (operation == GARITA_OPERATION_PLUS_TIME && index == 1)
        return GARITA_OPERAND_INTEGER;
    if (operation == GARITA_OPERATION_PLUS_TIME && index == 2)
        return GARITA_OPERAND_UNIT;
    if (operation == GARITA_OPERATION_EXTRACT_FROM_UVCI && index == 1)
        return GARITA_OPERAND_INTEGER;
    return GARITA_OPERAND_EXPRESSION;
}

/* No name is empty. */
static bool is_path(garita_utf8 text)
{
    bool after_period = true;
    for (size_t i = 0; i < text.len; i++) {
        bool is_period = text.at[i] == '.';
        if (is_period && after_period)
            return false;
        after_period = is_period;
    }
    return text.len == 0 || !after_period;
}

bool garita_operand_takes(garita_operand_role role, const garita_value *literal)
{
    garita_time_unit unit;
    switch (role) {
    case GARITA_OPERAND_EXPRESSION:
        break;
    case GARITA_OPERAND_PATH:
        return literal->kind == GARITA_VALUE_TEXT && is_path(literal->as.text);
    case GARITA_OPERAND_INTEGER:
        return literal->kind == GARITA_VALUE_INTEGER;
    case GARITA_OPERAND_UNIT:
        return literal->kind == GARITA_VALUE_TEXT &&
               garita_time_unit_by_name(&unit, literal->as.text);
    }
    return false;
}

bool garita_literal_of(garita_value *out, const garita_reader_value *read)
{
    switch (read->kind) {
    case GARITA_READER_BOOLEAN:
        *out = (garita_value){.kind = GARITA_VALUE_BOOLEAN, .as.boolean = read->as.boolean};
        return true;
    case GARITA_READER_INTEGER:
        *out = (garita_value){.kind = GARITA_VALUE_INTEGER, .as.integer = read->as.integer};
        return true;
    case GARITA_READER_TEXT:
        *out = (garita_value){.kind = GARITA_VALUE_TEXT, .as.text = read->as.text};
        return true;
    default:
        *out = (garita_value){0};
        return false;
    }
}
