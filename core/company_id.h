/* company_id.h: ids of employers and companies as they are compared (core/FORMAT.md, "Ids of
 * companies"). Private; garita/lane.h compares two.
 */
#ifndef GARITA_COMPANY_ID_H
#define GARITA_COMPANY_ID_H

#include <garita/statement.h>

/* Gives what counts of an id, folded, one byte at a time. Begin with {.rest = id}; the id, valid
 * UTF-8, must outlive it. */
typedef struct garita_company_id_cursor {
    garita_utf8 rest;
    garita_utf8 due; /* of the last character taken: bytes not given yet */
    char last;       /* the last byte given; 0 before the first */
} garita_company_id_cursor;

/* The next byte: a-z, 0-9, or one above 0x7f of a character that is compared as it is; -1 when
 * there is none left. An id gives at most twice its own bytes. */
int garita_company_id_next(garita_company_id_cursor *cursor);

#endif
