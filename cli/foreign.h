/* cli/foreign.h: what a QR code that is not ours seems to be, so that an officer can say more to a
 * traveler than "wrong code". By the first characters only: nothing is parsed or opened. */
#ifndef GARITA_CLI_FOREIGN_H
#define GARITA_CLI_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "looks like …" as a translated sentence part: "a web address (https://)". Never null. */
const char *foreign_looks_like(const char *text, size_t text_len);

/* A file of another kind that people take for a credential's. */
struct foreign_file {
    const char *title; /* "an SVG drawing"; translated */
    const char *hint;  /* what to do instead; translated */
};

/* Fills *out and returns true for a file that begins like SVG or XML, JSON, PDF, GIF, WebP, HEIC or
 * AVIF. */
bool foreign_file_is(struct foreign_file *out, const uint8_t *bytes, size_t len);

#endif
