/* cli/rule_json.h: JSON as the values that rules look at and give (garita/value.h), and back. */
#ifndef GARITA_CLI_RULE_JSON_H
#define GARITA_CLI_RULE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include <garita/trust.h>
#include <garita/value.h>

#include "buffer.h"

/* A file of a rule or of data: more is neither. */
#define RULE_JSON_BYTES_MAX ((size_t)1024 * 1024)

/* Why JSON was refused. Zero it before first use. */
struct rule_json_fault {
    const char *code; /* stable: "json", or an error's name: "range", "wrong-kind", "no-memory" */
    unsigned line;    /* of the text, from 1; 0 if only the place is known */
    struct buffer place;   /* JSON pointer (RFC 6901) to the flaw; empty: the whole */
    struct buffer message; /* translated; does not name the place */
    struct buffer hint;    /* what to do; may be empty */
};

void rule_json_fault_free(struct rule_json_fault *fault);

/* Reads one JSON value of any kind (RFC 8259), of which no object has a name twice, and nothing
 * follows. Returns a reference that the caller gives back, or null with the fault filled. What it
 * may hold is not looked at here. */
json_t *rule_json_parse(struct rule_json_fault *fault, const char *text, size_t text_len);

/* A value with all its parts. Zero it before first use. */
struct rule_json {
    garita_value value; /* points into what follows */
    json_t *root;       /* holds the texts */
    garita_value *values;
    garita_member *members;
};

/* Takes a JSON value, wherever it came from. Refused is a number that is no integer
 * ("wrong-kind") or that is beyond GARITA_INTEGER_MAX ("range"). json gets a reference of its own
 * and must not be changed until *out is freed. False, with the fault filled and *out empty, if it
 * is refused. */
bool rule_json_take(struct rule_json *out, struct rule_json_fault *fault, json_t *json);

/* The two above in one. */
bool rule_json_read(struct rule_json *out, struct rule_json_fault *fault, const char *text,
                    size_t text_len);

/* Takes apart a rule that was checked. It points into the expression. False without memory, and
 * then *out is empty. */
bool rule_json_of_expression(struct rule_json *out, garita_bytes expression);

void rule_json_free(struct rule_json *rule); /* an empty one is allowed */

/* What to do about a rule that garita_rule_encode refused at path, into *out: which operation was
 * meant, or which there are. Adds nothing where its own words say it all. */
void rule_json_advise(struct buffer *out, const char *path);

/* The most values that one is written as: parts that a rule's result shares count each time, and
 * one that shares parts of parts could else be written for ever. */
#define RULE_JSON_WRITTEN_MAX 65536

/* A value as JSON, a date-time as its text. The caller gives the reference back. *out is null on
 * GARITA_E_TOO_LONG (more than RULE_JSON_WRITTEN_MAX values) and GARITA_E_NO_MEMORY. */
garita_error rule_json_write(json_t **out, const garita_value *value);

#endif
