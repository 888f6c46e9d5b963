/* cli/claims_text.h: what a credential says, for people. */
#ifndef GARITA_CLI_CLAIMS_TEXT_H
#define GARITA_CLI_CLAIMS_TEXT_H

#include <garita/credential.h>

#include "buffer.h"

/* Adds "  LABEL      " with room for the longest label of either language; the value follows. */
void claims_text_label(struct buffer *out, const char *label);

/* What an officer compares with the document shown: name, its form in the machine-readable zone,
 * birth date, nationality, document. A line each. */
void claims_text_add_holder(struct buffer *out, const garita_credential *credential);

/* The rest but who issued it: programme, validity, employer. A line each. */
void claims_text_add_grant(struct buffer *out, const garita_credential *credential);

/* A line each of these; none for an employer that the credential does not name. */
void claims_text_add_programme(struct buffer *out, const garita_credential *credential);
void claims_text_add_employer(struct buffer *out, const garita_credential *credential);

/* "passport MEX G12345678" */
void claims_text_add_document(struct buffer *out, const garita_credential *credential);

/* The programme in the chosen language. Never null. */
const char *claims_text_programme(uint64_t code);

#endif
