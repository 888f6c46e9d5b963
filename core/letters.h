/* letters.h: how Latin, Cyrillic and Arabic letters are spelled in A to Z: ICAO Doc 9303-3,
 * section 6. One letter by itself: what stands around it is the business of who asks. Private.
 */
#ifndef GARITA_LETTERS_H
#define GARITA_LETTERS_H

#include <stddef.h>
#include <stdint.h>

/* The character at *at of a text of len bytes, which is valid UTF-8, and *at past it; 0 at the end.
 */
uint32_t garita_letter_next(size_t *at, const char *s, size_t len);

/* Only for the scripts of the tables; any other character is given back as it is. */
uint32_t garita_letter_upper(uint32_t c);

/* The spelling of an upper-case letter beyond ASCII: capitals, "" for one that is not written, null
 * if no table lists it. Static. */
const char *garita_letter_spelling(uint32_t c);

/* What a sign adds to the letter that it stands on, which ended as last in capitals: "E" (Ö is OE),
 * "A" (Å is AA) or "". Static. */
const char *garita_letter_mark(uint32_t sign, char last);

#endif
