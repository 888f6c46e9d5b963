/* cli/scan_file.h: a file goes by what it holds: a picture, lines of text, or a statement. */
#ifndef GARITA_CLI_SCAN_FILE_H
#define GARITA_CLI_SCAN_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "scan_pile.h"

/* Pictures, and files with many lines; more comes in by standard input. */
#define SCAN_FILE_BYTES_MAX ((size_t)64 * 1024 * 1024)

enum scan_content {
    SCAN_CONTENT_TEXT,
    SCAN_CONTENT_PICTURE,
    SCAN_CONTENT_STATEMENT,
    SCAN_CONTENT_BUNDLE, /* of neither scan nor inspect: see scan_bundle_hint */
    SCAN_CONTENT_UNKNOWN
};

/* What the bytes are. A text is valid UTF-8 without NUL. */
enum scan_content scan_content_of(const uint8_t *bytes, size_t len);

/* What to do with a bundle instead; translated. */
const char *scan_bundle_hint(void);

/* Whether bytes that begin so are a picture, a statement or a bundle, which are read whole;
 * anything else is taken line by line. */
bool scan_content_is_whole(const uint8_t *bytes, size_t len);

/* Puts the codes of what source holds on the pile. False if nothing can be written any more (see
 * outlet_flush). */
bool scan_bytes(struct scan_pile *pile, const char *source, const uint8_t *bytes, size_t len);

/* Reads the file at path, and the same. A file that cannot be read is a failure on the pile. */
bool scan_file(struct scan_pile *pile, const char *path);

#endif
