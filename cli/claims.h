/* cli/claims.h: what is to be issued, as JSON (README, "Claims"), in both directions: a
 * credential's claims, or an attestation's, which have a member "attestation" that names its kind.
 */
#ifndef GARITA_CLI_CLAIMS_H
#define GARITA_CLI_CLAIMS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include <garita/attestation.h>
#include <garita/credential.h>
#include <garita/packet.h>

#include "buffer.h"

/* A claims file, or a line of a batch: more is no credential. */
#define CLAIMS_BYTES_MAX ((size_t)1024 * 1024)

/* Attestations that are to go into the same code as a credential. */
struct claims_attached {
    garita_parts parts; /* point into bytes; no credential */
    size_t used;
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
};

/* Zero it before first use. */
struct claims {
    garita_type type;                 /* CREDENTIAL or ATTESTATION: which of the two it is */
    garita_credential credential;     /* without a serial; texts point into root */
    garita_attestation attestation;   /* the same */
    garita_utf8 ref;                  /* len 0: none */
    struct claims_attached *attached; /* of a credential; null: none */
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

/* Reads claims of either type. All that can be said without signing is checked here: form, names of
 * fields, names in tables, dates, countries, whether the programme is one of people, companies or
 * vehicles ("shape"), and that attached attestations are such, and bound to what the credential is
 * about ("wrong-subject"). What is left to garita_credential_issue and garita_attestation_issue are
 * lengths and characters. False, with the fault filled, if they are refused; then *out is empty. */
bool claims_read(struct claims *out, struct claims_fault *fault, const char *text, size_t text_len);

/* The same of JSON that was read already, of which *out keeps a reference. */
bool claims_take(struct claims *out, struct claims_fault *fault, json_t *object);

/* The same of an attestation about a subject that is known: the claims do not name one. */
bool claims_take_attestation(struct claims *out, struct claims_fault *fault, json_t *object,
                             const garita_subject *subject);

void claims_free(struct claims *claims); /* an empty one is allowed */

/* The claims of a credential, as claims_read takes them; serial and ref are not among them. A
 * programme or document type that this program has no name for is its number. Null if memory ran
 * out. */
json_t *claims_to_json(const garita_credential *credential);

/* The same of an attestation, whose subject is its digest. */
json_t *claims_attestation_to_json(const garita_attestation *attestation);

/* Whether two credentials, or two attestations, claim the same; serials aside. */
bool claims_equal(const garita_credential *a, const garita_credential *b);
bool claims_attestation_equal(const garita_attestation *a, const garita_attestation *b);

#endif
