/* signers.h: those who sign heads, may they or not. */
#ifndef GARITA_FUZZ_SIGNERS_H
#define GARITA_FUZZ_SIGNERS_H

#include "fuzz.h"

#include <garita/head.h>

/* Two anchors; two agencies, of which the first is certified by both countries; one that may sign
 * credentials but no heads; a second key of the first anchor, and one of the second agency; a
 * stranger. */
enum { SIGNERS = 8 };

typedef struct signers {
    world w; /* w.trust knows all but the stranger */
    world_agency keys[SIGNERS];
} signers;

void signers_make(signers *s); /* does not move afterwards */

/* Whether a record is of who signed this as a head, and may, by libsodium alone. */
bool signers_is_by(const garita_issuer *record, const garita_peek *peek, const uint8_t *statement,
                   size_t len);

#endif
