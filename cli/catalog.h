/* cli/catalog.h: a compiled gettext catalog (.mo) in memory.
 *
 * Format: GNU gettext manual, "The Format of GNU MO Files": seven 32-bit words (magic, revision,
 * count, offset of the table of originals, of the table of translations, and a hash table that is
 * not used here), then the tables of (length, offset), the originals in strcmp order.
 */
#ifndef GARITA_CLI_CATALOG_H
#define GARITA_CLI_CATALOG_H

#include <stddef.h>

struct catalog {
    const unsigned char *bytes; /* in this machine's byte order */
    size_t len;
};

/* The translation of text, or null. With many, text is the singular of a pair, and the result is
 * the form with this index (0 for the singular), or null. */
const char *catalog_find(const struct catalog *catalog, const char *text, const char *many,
                         unsigned form);

/* Spanish; defined in a file that cli/po/embed.cmake makes of es.po. */
extern const struct catalog catalog_es;

#endif
