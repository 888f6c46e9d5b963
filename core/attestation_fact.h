/* attestation_fact.h: the map of an attestation that says what it attests, kind by kind. Private.
 */
#ifndef GARITA_ATTESTATION_FACT_H
#define GARITA_ATTESTATION_FACT_H

#include <garita/attestation.h>

#include "reader.h"
#include "writer.h"

/* Reads it into out->fact. out->kind is one of the table; no day in it may lie after last, which is
 * when the attestation expires (UINT32_MAX: not known). */
void garita_fact_read(garita_reader *r, garita_attestation *out, uint32_t last);

void garita_fact_write(garita_writer *w, const garita_attestation *attestation);

/* The text that is over its bound, as a fault names it; null if none is. */
const char *garita_fact_overlong(const garita_attestation *attestation);

#endif
