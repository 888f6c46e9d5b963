/* cli/artifact.h: a statement in the form in which it is handed on. */
#ifndef GARITA_CLI_ARTIFACT_H
#define GARITA_CLI_ARTIFACT_H

#include <stdbool.h>
#include <stdint.h>

#include <garita/qr_draw.h>

#include "buffer.h"
#include "context.h"
#include "exit_status.h"
#include "output_file.h"

typedef enum artifact_format {
    ARTIFACT_BIN, /* the statement's bytes */
    ARTIFACT_TXT, /* a line: GT1: and Base45 */
    ARTIFACT_PNG,
    ARTIFACT_SVG
} artifact_format;

/* How it is drawn. */
struct artifact_style {
    artifact_format format;
    garita_qr_ecc ecc;
    unsigned scale;
};

/* "txt" and so on. False for any other name. */
bool artifact_format_by_name(artifact_format *out, const char *name);
const char *artifact_format_name(artifact_format format);

/* By the ending of a path, in either case; "-" is text. False if it has none of them. */
bool artifact_format_of_path(artifact_format *out, const char *path);

/* "L", "M", "Q" or "H", in either case; null is M. EXIT_USAGE after a report. */
exit_status artifact_read_ecc(const struct context *context, garita_qr_ecc *out, const char *text);

output_kind artifact_kind(artifact_format format);

/* Makes the bytes of the file into *out, which is emptied first. qr_version (may be null: not
 * wanted, which saves the drawing of what is not drawn) is that of its QR code. Returns
 * GARITA_OK, GARITA_E_TOO_LONG if no QR code holds it at this error correction, or
 * GARITA_E_NO_MEMORY. */
garita_error artifact_make(struct buffer *out, int *qr_version, const struct artifact_style *style,
                           const uint8_t *bytes, size_t bytes_len);

/* The text alone, without a line end. */
garita_error artifact_text(struct buffer *out, const uint8_t *bytes, size_t bytes_len);

/* The QR code as lines for a terminal. */
garita_error artifact_terminal(struct buffer *out, int *qr_version, garita_qr_ecc ecc, bool color,
                               const uint8_t *bytes, size_t bytes_len);

#endif
