/* garita/attestation.h: a dated fact about a holder or a company, by its own authority
 * (core/FORMAT.md, "attestation").
 *
 * It names nobody: it is bound to its subject by a digest of what the subject's credential says, so
 * that it serves that credential and no other, and tells nothing to who has not the credential.
 */
#ifndef GARITA_ATTESTATION_H
#define GARITA_ATTESTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/credential.h>
#include <garita/error.h>
#include <garita/limits.h>
#include <garita/statement.h>
#include <garita/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The kinds. A kind belongs to a programme, and only an authority whose scope has that programme
 * may attest it; a trusted trader's to that of its scheme.
 * X(constant, code, name, programme, English, Spanish) */
#define GARITA_ATTESTATION_KINDS(X)                                                                \
    X(VACCINATION, 1, "vaccination", "health", "Vaccination", "Vacunación")                        \
    X(TEST, 2, "test", "health", "Test", "Prueba")                                                 \
    X(RECOVERY, 3, "recovery", "health", "Recovery", "Recuperación")                               \
    X(ESSENTIAL_WORKER, 4, "essential-worker", "essential-worker", "Essential worker",             \
      "Trabajador esencial")                                                                       \
    X(LABOR_CERT, 5, "labor-cert", "labor-cert", "Labor certification", "Certificación laboral")   \
    X(TRUSTED_TRADER, 6, "trusted-trader", NULL, "Trusted trader", "Socio comercial confiable")

typedef enum garita_attestation_kind {
#define GARITA_ATTESTATION_ENUM(constant, code, ...) GARITA_ATTESTATION_##constant = code,
    GARITA_ATTESTATION_KINDS(GARITA_ATTESTATION_ENUM)
#undef GARITA_ATTESTATION_ENUM
} garita_attestation_kind;

/* One past the greatest code: kinds are bits of a set. */
#define GARITA_ATTESTATION_KIND_END 7

/* Tables: an entry by code or by name; null if there is none. garita_entries of a table in order,
 * for lists; *count its length. Static. */
typedef struct garita_entry {
    uint8_t code;
    const char *name; /* "food-agriculture": in claims and rules */
    const char *title_en;
    const char *title_es;
} garita_entry;

typedef enum garita_table {
    GARITA_TABLE_KINDS = 0, /* of attestations */
    GARITA_TABLE_SECTORS,   /* of essential workers, after CISA's list of critical infrastructure */
    GARITA_TABLE_TESTS,     /* "naat", "antigen" */
    GARITA_TABLE_RESULTS,   /* "negative", "positive" */
    GARITA_TABLE_COUNT
} garita_table;

const garita_entry *garita_entries(size_t *count, garita_table table);
const garita_entry *garita_entry_by_code(garita_table table, uint64_t code);
const garita_entry *garita_entry_by_name(garita_table table, const char *name, size_t name_len);

/* --- whom it is about --- */

/* The first GARITA_SUBJECT_SIZE bytes of SHA-256 over "garita/v1/holder" NUL, the document's type,
 * country, number and the birth date; or "garita/v1/company" NUL, country and id. A vehicle has
 * one too, for telling members of a party apart. Of numbers and plates only A-Z and 0-9 count, and
 * ids are as they are compared (garita_company_id_equal): however they are printed, they are one.
 */
#define GARITA_SUBJECT_SIZE 16
#define GARITA_SUBJECT_TEXT_SIZE (2 * GARITA_SUBJECT_SIZE + 1)

typedef struct garita_subject {
    uint8_t bytes[GARITA_SUBJECT_SIZE];
} garita_subject;

/* Of what a credential is about. The credential was decoded, or would be issued. */
void garita_subject_of(garita_subject *out, const garita_credential *credential);
bool garita_subject_equal(const garita_subject *a, const garita_subject *b);
void garita_subject_format(char out[GARITA_SUBJECT_TEXT_SIZE], const garita_subject *subject);
/* 32 hexadecimal digits in either case; RANGE, and *out is then zero. */
garita_error garita_subject_parse(garita_subject *out, const char *text, size_t text_len);

/* --- the attestation --- */

/* Texts point into the statement, or at the caller's. */
typedef struct garita_attestation {
    uint32_t serial;  /* 1 to GARITA_SERIAL_MAX */
    uint32_t expires; /* day, inclusive */
    garita_attestation_kind kind;
    garita_subject subject;
    union {
        struct {
            garita_utf8 product; /* as the EU's or CDC's lists name it: "EU/1/20/1528", "CVX-207" */
            uint8_t dose, doses; /* dose 2 of 2; 1 to 255 */
            uint32_t date;       /* day */
        } vaccination;
        struct {
            uint8_t type, result; /* of GARITA_TABLE_TESTS and _RESULTS */
            int64_t sampled_at;   /* moment, 0 to GARITA_MOMENT_MAX */
        } test;
        struct {
            uint32_t date; /* day of the first positive test */
        } recovery;
        struct {
            uint32_t since; /* day */
            uint8_t sector;
            garita_utf8 employer_id;
            garita_utf8 employer_name; /* optional: len 0 */
            garita_utf8 country;       /* of the authority that designated: "USA", "MEX", "CAN" */
        } essential_worker;
        struct {
            uint32_t since;
            garita_utf8 scheme; /* "H-2A", "EFI" */
            garita_utf8 level;  /* "3", "gold" */
        } labor_cert;
        struct {
            uint32_t since;
            uint8_t scheme;             /* the programme: ctpat or oea */
            uint8_t tier;               /* 1 to 9 */
            size_t recognized_by_count; /* countries that recognize it, ascending */
            garita_utf8 recognized_by[GARITA_RECOGNITIONS_MAX];
        } trusted_trader;
    } fact;
} garita_attestation;

/* The moment from which it is dated, and its age counts: a test's sampled_at, else the beginning of
 * the day of the fact, or from which it holds. */
int64_t garita_attestation_dated(const garita_attestation *attestation);

/* The code of the programme that its authority needs. */
unsigned garita_attestation_programme(const garita_attestation *attestation);

/* Whether a scope allows to attest it: the type, the programme of its kind, and of an essential
 * worker the designating country among the scope's. */
bool garita_attestation_in_scope(const garita_attestation *attestation, const garita_scope *scope);

/* As of credentials (garita/credential.h). UNKNOWN_TYPE: a kind that this program does not know;
 * DATE_ORDER: a fact dated after the attestation expires. Before an issue recognized_by_count is at
 * most GARITA_RECOGNITIONS_MAX. */
garita_error garita_attestation_decode(garita_attestation *out, garita_fault *fault,
                                       const garita_verified *verified);
garita_error garita_attestation_inspect(garita_attestation *out, garita_peek *peek,
                                        garita_fault *fault, const uint8_t *bytes,
                                        size_t bytes_len);
garita_error garita_attestation_issue(uint8_t *out, size_t *out_len, size_t out_cap,
                                      garita_fault *fault, const garita_attestation *attestation,
                                      const garita_signer *signer);

#ifdef __cplusplus
}
#endif

#endif
