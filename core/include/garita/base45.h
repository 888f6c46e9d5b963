/* garita/base45.h: Base45 as in RFC 9285. */
#ifndef GARITA_BASE45_H
#define GARITA_BASE45_H

#include <stddef.h>
#include <stdint.h>

#include <garita/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Characters that len bytes take: three for two bytes, two for a last odd one. len <= SIZE_MAX/2.
 */
size_t garita_base45_encoded_len(size_t len);

/* Encodes bytes. out has room for out_cap characters; no terminating zero is written. *out_len is
 * the number written. GARITA_E_NO_SPACE if out_cap is too small; then *out_len is 0. */
garita_error garita_base45_encode(char *out, size_t *out_len, size_t out_cap, const uint8_t *bytes,
                                  size_t bytes_len);

/* Decodes text: only the 45 characters, upper case; a length of 1 mod 3, a triple above 65,535 and
 * a pair above 255 are refused, so that every byte string has exactly one text. Returns
 * GARITA_E_BASE45 or GARITA_E_NO_SPACE, with *out_len 0; *fault_at (may be null) is then the index
 * of the first character that is wrong. */
garita_error garita_base45_decode(uint8_t *out, size_t *out_len, size_t out_cap, size_t *fault_at,
                                  const char *text, size_t text_len);

/* Whether c is one of the 45 characters. */
int garita_base45_has(unsigned char c);

#ifdef __cplusplus
}
#endif

#endif
