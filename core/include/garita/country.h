/* garita/country.h: states and issuers as ICAO Doc 9303-3, section 5 codes them: ISO 3166-1 alpha-3
 * but for Germany, which is "D", and with codes for organizations, refugees and the stateless.
 */
#ifndef GARITA_COUNTRY_H
#define GARITA_COUNTRY_H

#include <stdbool.h>
#include <stddef.h>

#include <garita/error.h>
#include <garita/limits.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whether the text has the form of a code: three capital letters, or "D". A verifier asks for no
 * more, so that a country founded after it was built is no malformed credential. */
bool garita_country_is_wellformed(const char *text, size_t text_len);

/* Whether the code stands in the tables as known when this was built. Issuers ask this too, so that
 * "MXE" is caught before it is printed. */
bool garita_country_is_known(const char *text, size_t text_len);

#ifdef __cplusplus
}
#endif

#endif
