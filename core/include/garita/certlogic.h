/* garita/certlogic.h: CertLogic 1.3.3, the rule language of the EU's digital certificates, over the
 * msgpack form of a rule (core/FORMAT.md, "Rules").
 *
 * A rule is an expression: a literal (boolean, integer, text, or an array of expressions), or an
 * operation with its operands. It sees the value that it is given as data, and nothing else: no
 * clock, no file, no other traveler. Depth, steps and memory are bounded, so that every evaluation
 * ends, with a value or an error. Pure; allocates nothing.
 */
#ifndef GARITA_CERTLOGIC_H
#define GARITA_CERTLOGIC_H

#include <garita/error.h>
#include <garita/limits.h>
#include <garita/statement.h>
#include <garita/value.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The operations. In JSON an operation is {NAME: [operand, …]}, and {"var": PATH}; in msgpack
 * {CODE: [operand, …]}, and {1: PATH}. X(constant, code, name, fewest operands, most) */
#define GARITA_OPERATIONS(X)                                                                       \
    X(VAR, 1, "var", 1, 1)                                                                         \
    X(IF, 2, "if", 3, 3)                                                                           \
    X(EQUAL, 3, "===", 2, 2)                                                                       \
    X(AND, 4, "and", 2, GARITA_OPERANDS_MAX)                                                       \
    X(GREATER, 5, ">", 2, 3)                                                                       \
    X(LESS, 6, "<", 2, 3)                                                                          \
    X(NOT_LESS, 7, ">=", 2, 3)                                                                     \
    X(NOT_GREATER, 8, "<=", 2, 3)                                                                  \
    X(IN, 9, "in", 2, 2)                                                                           \
    X(PLUS, 10, "+", 2, 2)                                                                         \
    X(AFTER, 11, "after", 2, 3)                                                                    \
    X(BEFORE, 12, "before", 2, 3)                                                                  \
    X(NOT_AFTER, 13, "not-after", 2, 3)                                                            \
    X(NOT_BEFORE, 14, "not-before", 2, 3)                                                          \
    X(NOT, 15, "!", 1, 1)                                                                          \
    X(PLUS_TIME, 16, "plusTime", 3, 3)                                                             \
    X(DCC_DATE_OF_BIRTH, 17, "dccDateOfBirth", 1, 1)                                               \
    X(REDUCE, 18, "reduce", 3, 3)                                                                  \
    X(EXTRACT_FROM_UVCI, 19, "extractFromUVCI", 2, 2)

typedef enum garita_operation {
#define GARITA_OPERATION_ENUM(constant, code, name, fewest, most) GARITA_OPERATION_##constant = code,
    GARITA_OPERATIONS(GARITA_OPERATION_ENUM)
#undef GARITA_OPERATION_ENUM
} garita_operation;

/* "plusTime"; null for a number that is no operation. And back: 0 for a name that is none. */
const char *garita_operation_name(uint64_t code);
int garita_operation_by_name(const char *name, size_t name_len);

/* --- the form --- */

/* Writes the msgpack form of a rule that is given as JSON's value. Refuses whatever is no valid
 * expression: RULE (an object that is no operation, a wrong number of operands, null, something else
 * than the literal that has to stand in a place: a path, plusTime's amount and unit,
 * extractFromUVCI's index), DEPTH, RANGE (an integer beyond GARITA_INTEGER_MAX, an array of more
 * than GARITA_OPERANDS_MAX elements), UTF8, UNSAFE_TEXT, TOO_LONG (more than GARITA_RULE_BYTES_MAX),
 * NO_SPACE. path (GARITA_RULE_PATH_SIZE bytes) receives where in the JSON the flaw is, as a JSON
 * pointer (RFC 6901) cut at its size, and *why an English sentence about it, static, "" if there is
 * no flaw; both may be null. */
garita_error garita_rule_encode(uint8_t *out, size_t *out_len, size_t out_cap, char *path,
                                const char **why, const garita_value *rule);

/* Whether these bytes are one valid expression in canonical form: what garita_rule_encode writes,
 * and nothing else. Errors as there, and of the canonical form; *at (may be null) is the offset. */
garita_error garita_rule_check(size_t *at, const uint8_t *rule, size_t rule_len);

/* The rule as JSON's value, for people: the way back. The rule was checked. NO_SPACE; room for
 * rule_len values and half as many members is enough for any. */
garita_error garita_rule_decode(garita_value *out, garita_room *room, const uint8_t *rule,
                                size_t rule_len);

/* Where in the JSON of a rule an offset lies (of garita_rule_evaluate's error): a JSON pointer to the
 * innermost expression there, cut at its size. For an operation it ends with its name, as in
 * "/and/1/plusTime". Of bytes that are no rule: as far as they are one. */
void garita_rule_place(char path[GARITA_RULE_PATH_SIZE], const uint8_t *rule, size_t rule_len,
                       size_t at);

/* --- what it gives --- */

/* Why an evaluation gave nothing. X(constant, name, what it means) */
#define GARITA_RULE_ERRORS(X)                                                                      \
    X(OK, "ok", "it was evaluated")                                                                \
    X(NOT_A_RULE, "not-a-rule", "the expression is not a valid one")                               \
    X(WRONG_KIND, "wrong-kind", "an operand is of a kind that the operation does not take")        \
    X(NEITHER, "neither", "a value that is neither truthy nor falsy")                              \
    X(TIME, "time", "a text that is no date or date-time of the allowed forms")                    \
    X(NUMBER, "number", "a number or a date that is too large")                                    \
    X(STEPS, "steps", "more steps than a rule may take")                                           \
    X(DEPTH, "depth", "nested deeper than a rule may be")                                          \
    X(ROOM, "room", "more memory than a rule may take")                                            \
    X(NOT_A_DECISION, "not-a-decision", "the rule gave something that is neither true nor falsy")

typedef enum garita_rule_error {
#define GARITA_RULE_ERROR_ENUM(constant, name, text) GARITA_RULE_##constant,
    GARITA_RULE_ERRORS(GARITA_RULE_ERROR_ENUM)
#undef GARITA_RULE_ERROR_ENUM
} garita_rule_error;

const char *garita_rule_error_name(garita_rule_error error);
const char *garita_rule_error_text(garita_rule_error error); /* English, without a full stop */

/* Evaluates a rule over data. *out points into data, the rule and room, which must be at hand as
 * long as it. room is for GARITA_RULE_VALUES_MAX values and GARITA_RULE_MEMBERS_MAX members, that
 * the same rule gives the same everywhere; what lies in it already stays. On an error *out is null,
 * room as it was, and *at (may be null) the offset of the operation in the rule. Whether the rule
 * was checked before does not matter to its safety: it is evaluated or refused, never trusted; but
 * a flaw in a part that is not reached is found by garita_rule_check alone. NOT_A_DECISION is never
 * among the errors.
 *
 * Parts of *out may be the same part many times over, each with parts of this kind again: whoever
 * goes through all of it sets a bound of their own. */
garita_rule_error garita_rule_evaluate(garita_value *out, size_t *at, garita_room *room,
                                       const uint8_t *rule, size_t rule_len,
                                       const garita_value *data);

/* The same, decided: *out is true if the rule gave true, false if what it gave is falsy. Anything
 * else is NOT_A_DECISION, so that a slip of who wrote the rule accepts nobody. room is as before. On
 * an error *out is false. */
garita_rule_error garita_rule_decide(bool *out, size_t *at, garita_room *room, const uint8_t *rule,
                                     size_t rule_len, const garita_value *data);

/* Writes a date-time as rules' results show it: "2021-06-02T16:00:00.000Z" and a zero. */
#define GARITA_TIME_TEXT_SIZE 32
void garita_time_format(char out[GARITA_TIME_TEXT_SIZE], int64_t time);

#ifdef __cplusplus
}
#endif

#endif
