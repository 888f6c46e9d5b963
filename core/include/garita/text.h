/* garita/text.h: the text in the QR code, "GT1:" and the statement in Base45.
 *
 * The text uses only QR's alphanumeric set, in one case, so that a handheld scanner that types like
 * a keyboard passes it intact (core/FORMAT.md, "The QR text").
 */
#ifndef GARITA_TEXT_H
#define GARITA_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include <garita/error.h>
#include <garita/limits.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GARITA_TEXT_PREFIX "GT1:"

/* Whether the text is to be taken for ours: it begins with GT1 in any case. A text that a caps lock
 * or a keyboard layout altered still does, and deserves a better answer than "foreign". */
int garita_text_is_ours(const char *text, size_t text_len);

/* Writes "GT1:" and the Base45 of a statement; no terminating zero. GARITA_E_NO_SPACE if out_cap is
 * below 4 + garita_base45_encoded_len(bytes_len). */
garita_error garita_text_encode(char *out, size_t *out_len, size_t out_cap, const uint8_t *bytes,
                                size_t bytes_len);

/* Reads such a text back into the statement's bytes. The text has no line ending left. Returns
 *   GARITA_E_NOT_OURS      it does not begin with GT1 in any case
 *   GARITA_E_TEXT_ALTERED  it does, but holds lower-case letters or characters that no QR of ours
 *                          has: a keyboard layout or caps lock came between
 *   GARITA_E_BASE45        the rest is not Base45
 *   GARITA_E_TOO_LONG      longer than GARITA_QR_TEXT_MAX
 *   GARITA_E_NO_SPACE      longer than out_cap (GARITA_QR_STATEMENT_BYTES_MAX is always enough)
 * with *out_len 0. *fault_at (may be null) is the index of the first character that is wrong. */
garita_error garita_text_decode(uint8_t *out, size_t *out_len, size_t out_cap, size_t *fault_at,
                                const char *text, size_t text_len);

#ifdef __cplusplus
}
#endif

#endif
