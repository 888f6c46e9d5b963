/* cli/claims.h: a credential's claims as JSON (README, "Claims"), in both directions. */
#ifndef GARITA_CLI_CLAIMS_H
#define GARITA_CLI_CLAIMS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include <garita/credential.h>

#include "buffer.h"

/* A claims file, or a line of a batch: more is no credential. */
#define CLAIMS_BYTES_MAX ((size_t)1024 * 1024)

/* Zero it before first use. */
struct claims {
    garita_credential credential; /* without a serial; texts point into root */
    garita_utf8 ref;              /* len 0: none */
    json_t *root;
};

/* Why claims were refused. Zero it before first use. */
struct claims_fault {
    const char *code; /* stable: an error's name, or "json", "unknown-field", "missing-field" */
    unsigned line;    /* of the JSON text, from 1; 0 if the fault is not one of its form */
    struct buffer message; /* names the field; translated */
    struct buffer hint;    /* what to do; may be empty */
};

void claims_fault_free(struct claims_fault *fault);

/* Reads claims. All that can be said without signing is checked here: form, names of fields, names
 * in tables, dates, countries. What is left to garita_credential_issue are lengths and characters.
 * False, with the fault filled, if they are refused; then *out is empty. */
bool claims_read(struct claims *out, struct claims_fault *fault, const char *text, size_t text_len);

void claims_free(struct claims *claims); /* an empty one is allowed */

/* The claims of a credential, as claims_read takes them; serial and ref are not among them. A
 * programme or document type that this program has no name for is its number. Null if memory ran
 * out. */
json_t *claims_to_json(const garita_credential *credential);

/* Whether two credentials claim the same; serials aside. */
bool claims_equal(const garita_credential *a, const garita_credential *b);

#endif
