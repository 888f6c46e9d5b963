/* subject.h: documents that are one, however their numbers are printed. Private. */
#ifndef GARITA_SUBJECT_H
#define GARITA_SUBJECT_H

#include <garita/credential.h>

/* Whether the holders of two credentials show one document: its type, its country and the letters
 * and digits of its number. Birth dates are not asked: two agencies may know them differently. */
bool garita_document_equal(const garita_credential *a, const garita_credential *b);

/* The field by which one subject is told from others, of a credential in which nothing of it counts:
 * a number, plate or id of punctuation alone, which would be one with all others such. Null where
 * something does. */
const char *garita_subject_vague_field(const garita_credential *credential);

#endif
