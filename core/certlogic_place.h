/* certlogic_place.h: JSON pointers (RFC 6901) into a rule, as they are being made. Private.
 * garita_rule_place of garita/certlogic.h is here too.
 */
#ifndef GARITA_CERTLOGIC_PLACE_H
#define GARITA_CERTLOGIC_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include <garita/statement.h>

/* A place is copied to come back to it. What does not fit is cut off, and all that follows. */
typedef struct garita_place {
    char *path; /* GARITA_RULE_PATH_SIZE bytes, not yet ended by a zero; null: not wanted */
    size_t len;
    bool is_cut;
} garita_place;

void garita_place_add_name(garita_place *place, garita_utf8 name);
void garita_place_add_index(garita_place *place, size_t index);

/* Writes the zero, if anything is wanted. */
void garita_place_end(const garita_place *place);

#endif
