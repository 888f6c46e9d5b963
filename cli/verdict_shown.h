/* cli/verdict_shown.h: an attestation that was shown, and what became of it. */
#ifndef GARITA_CLI_VERDICT_SHOWN_H
#define GARITA_CLI_VERDICT_SHOWN_H

#include <garita/verify.h>

#include "buffer.h"

/* "Vaccination by SSA", or of one that does not count "Test by SSA, which does not count: expired".
 * Translated. */
void verdict_shown_add_text(struct buffer *out, const garita_shown *shown);

/* "Vaccination by SSA" alone. Translated. */
void verdict_shown_add_name(struct buffer *out, const garita_shown *shown);

/* {"kind","issuer_name","counts","reason", …}: what is not known is null, as all is of one whose
 * signature is not good. */
void verdict_shown_add_json(struct buffer *out, const garita_shown *shown);

/* The name of its kind in the chosen language; of one that is not readable "attestation". Never
 * null. */
const char *verdict_shown_kind(const garita_shown *shown);

#endif
