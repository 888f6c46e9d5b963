/* certlogic_case.h: rules and data as JSON in a test's lines, through every step that one goes
 * through: JSON, value, msgpack form, check, evaluation, JSON.
 *
 * In a test's own JSON ' stands for ".
 */
#ifndef GARITA_TESTS_CERTLOGIC_CASE_H
#define GARITA_TESTS_CERTLOGIC_CASE_H

#include <garita/certlogic.h>

#include <jansson.h>

#include "unit.h"

/* A rule in its form. Zero it before first use; free takes bytes. */
typedef struct case_rule {
    uint8_t *bytes;
    size_t len;
} case_rule;

/* The JSON of a test; fails it if that is none. The caller gives the reference back. */
json_t *case_json(const char *text);

/* Encodes, and requires of what was encoded that it passes the check and is decoded to the same
 * JSON. path may be null. On an error bytes is null. */
garita_error case_encode(case_rule *out, char *path, json_t *rule);

/* Evaluates. *out is null on an error; otherwise the caller gives the reference back. */
garita_rule_error case_evaluate(json_t **out, size_t *at, const case_rule *rule, json_t *data);

void case_gives(const char *rule, const char *data, const char *expected);
/* where: the JSON pointer to the operation that errs; null: anywhere. */
void case_errs(const char *rule, const char *data, garita_rule_error expected, const char *where);
void case_is_refused(const char *rule, garita_error expected, const char *where);

#endif
