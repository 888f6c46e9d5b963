/* certlogic_table.h: the operations of CertLogic, and what stands where in each. Private. */
#ifndef GARITA_CERTLOGIC_TABLE_H
#define GARITA_CERTLOGIC_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include <garita/certlogic.h>

#include "reader.h"

typedef struct garita_operation_row {
    garita_operation operation;
    const char *name;
    uint32_t operands_min, operands_max;
} garita_operation_row;

/* Null for a number that is no operation. */
const garita_operation_row *garita_operation_row_of(uint64_t code);

/* What an operand has to be. All but expressions are literals, and are not evaluated. */
typedef enum garita_operand_role {
    GARITA_OPERAND_EXPRESSION,
    GARITA_OPERAND_PATH,    /* of var: names and indices, a period between each two; or nothing */
    GARITA_OPERAND_INTEGER, /* plusTime's amount, extractFromUVCI's index */
    GARITA_OPERAND_UNIT     /* plusTime's unit */
} garita_operand_role;

garita_operand_role garita_operand_role_of(garita_operation operation, uint32_t index);

/* Whether a value may stand where this literal has to; null is none. */
bool garita_operand_takes(garita_operand_role role, const garita_value *literal);

/* A boolean, integer or text that was read, as a value; false for any other kind. */
bool garita_literal_of(garita_value *out, const garita_reader_value *read);

#endif
