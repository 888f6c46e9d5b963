/* cli/claims_text.h: what a credential or an attestation says, for people. */
#ifndef GARITA_CLI_CLAIMS_TEXT_H
#define GARITA_CLI_CLAIMS_TEXT_H

#include <garita/attestation.h>
#include <garita/credential.h>

#include "buffer.h"

/* Adds "  LABEL      " with room for the longest label of either language; the value follows. */
void claims_text_label(struct buffer *out, const char *label);

/* What an officer compares with what is there. Of a holder: name, its form in the machine-readable
 * zone, birth date, nationality, document; of a company: name, id, country; of a vehicle: plate,
 * country, what it looks like. A line each. */
void claims_text_add_subject(struct buffer *out, const garita_credential *credential);

/* The rest but who issued it: programme, validity, employer. A line each. */
void claims_text_add_grant(struct buffer *out, const garita_credential *credential);

/* The line of the employer; none if the credential names none. */
void claims_text_add_employer(struct buffer *out, const garita_credential *credential);

/* "passport MEX G12345678" */
void claims_text_add_document(struct buffer *out, const garita_credential *credential);

/* The programme in the chosen language. Never null. */
const char *claims_text_programme(uint64_t code);

/* An entry of a table of attestations, such as a kind, in the chosen language. Never null. */
const char *claims_text_entry(garita_table table, uint64_t code);

/* All that it says but who issued it: kind, fact, last day, subject. A line each. */
void claims_text_add_attestation(struct buffer *out, const garita_attestation *attestation);

#endif
