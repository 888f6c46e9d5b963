/* garita/name.h: a name as the machine-readable zone of a travel document spells it. */
#ifndef GARITA_NAME_H
#define GARITA_NAME_H

#include <stddef.h>

#include <garita/error.h>
#include <garita/limits.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Transliterates a name by ICAO Doc 9303-3, section 6 (tables A Latin, B Cyrillic, C Arabic) into
 * capital letters, with '<' between its parts, so that an officer can compare it with the zone of
 * the document shown. Derived, never stored: the credential holds the full Unicode name.
 *
 * out     at least GARITA_MRZ_NAME_MAX bytes; a terminating zero is written
 * out_len characters written
 * name    valid UTF-8, at most GARITA_HOLDER_NAME_BYTES_MAX bytes; upper or lower case, with
 *         combining marks or without
 *
 * Apostrophes and combining marks are left out, hyphens and spaces become one '<' (9303-3, 4.6).
 * Where the standard offers a choice the first, longer form is taken (Ö is OE), but N for Ñ, as
 * Mexico and the United States print it. Returns GARITA_E_UNTRANSLATABLE, and an empty out, if
 * the name has a letter that no table lists: half a name would mislead. */
garita_error garita_name_mrz(char *out, size_t *out_len, const char *name, size_t name_len);

#ifdef __cplusplus
}
#endif

#endif
