/* garita/credential.h: what an agency says of a traveler (core/FORMAT.md, "credential"). */
#ifndef GARITA_CREDENTIAL_H
#define GARITA_CREDENTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/error.h>
#include <garita/limits.h>
#include <garita/statement.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a credential is about, and sets of these: bit n for subject n. */
typedef enum garita_subject_kind {
    GARITA_SUBJECT_HOLDER = 0,
    GARITA_SUBJECT_COMPANY = 1,
    GARITA_SUBJECT_VEHICLE = 2
} garita_subject_kind;
#define GARITA_SUBJECTS_ALL 0x7u

/* "holder", "company", "vehicle"; null. And back: -1. */
const char *garita_subject_kind_name(uint64_t kind);
int garita_subject_kind_by_name(const char *name, size_t name_len);

/* The claims, about a holder, a company or a vehicle: what the other two have is zero. Texts point
 * into the statement (after a decode) or at the caller's (before an issue). A text with len 0 is
 * absent; optional are the employer's, which only a holder has, and a vehicle's description. */
typedef struct garita_credential {
    garita_subject_kind about;
    uint32_t serial;     /* 1 to GARITA_SERIAL_MAX */
    uint32_t not_before; /* day */
    uint32_t expires;    /* day, inclusive */
    uint8_t programme;   /* code */
    /* of a holder */
    garita_utf8 name;
    uint32_t birth_date; /* YYYYMMDD, see date.h */
    garita_utf8 nationality;
    uint8_t document_type; /* code */
    garita_utf8 document_country;
    garita_utf8 document_number;
    garita_utf8 employer_id;
    garita_utf8 employer_name; /* only with an id */
    /* of a company */
    garita_utf8 company_id;
    garita_utf8 company_name;
    garita_utf8 company_country;
    /* of a vehicle */
    garita_utf8 vehicle_country;
    garita_utf8 vehicle_plate;       /* A-Z, 0-9, space and hyphen */
    garita_utf8 vehicle_description; /* "Nissan Versa, gray" */
} garita_credential;

/* What people call whom it is about: the name of the holder or company, or the vehicle's plate. */
garita_utf8 garita_credential_who(const garita_credential *credential);

/* Decodes a verified credential. *out points into the verified bytes. Returns GARITA_OK or, with
 * the place in *fault (may be null), any error of the canonical form or of a field. */
garita_error garita_credential_decode(garita_credential *out, garita_fault *fault,
                                      const garita_verified *verified);

/* The same for a statement whose signature nobody checked: for `inspect`, which does not judge, and
 * for nothing else. *peek (may be null) receives the claimed signer. */
garita_error garita_credential_inspect(garita_credential *out, garita_peek *peek,
                                       garita_fault *fault, const uint8_t *bytes, size_t bytes_len);

/* Encodes and signs. out has room for out_cap bytes (GARITA_CREDENTIAL_BYTES_MAX is always enough).
 * The same credential and key give the same bytes. What is written is read back first: any error
 * that garita_credential_decode has for the claims, GARITA_E_RANGE too for a document number, plate
 * or company id of which nothing counts in the subject (garita/attestation.h), GARITA_E_NO_SPACE or
 * GARITA_E_TOO_LONG, and then *out_len is 0. fault->at is meaningless here; fault->field is not. */
garita_error garita_credential_issue(uint8_t *out, size_t *out_len, size_t out_cap,
                                     garita_fault *fault, const garita_credential *credential,
                                     const garita_signer *signer);

#ifdef __cplusplus
}
#endif

#endif
