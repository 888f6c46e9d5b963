/* cli/i18n.h: texts for people, English in the code and Spanish from cli/po/es.po.
 *
 * The catalogs are gettext's, compiled by msgfmt, but they are part of the program: a checkpoint's
 * machine often has no locale but C, where the C library's gettext translates nothing, and a
 * catalog found on disk would be a file of format strings that somebody else may write.
 */
#ifndef GARITA_CLI_I18N_H
#define GARITA_CLI_I18N_H

#include <stdbool.h>

#define _(text) i18n_text(text)
/* Marks a text for extraction where it cannot be translated yet, such as in a table. */
#define N_(text) (text)
#define P_(one, many, count) i18n_plural(one, many, count)

/* The languages there are: "en" and "es". */
bool i18n_has_language(const char *language);

/* Chooses the language of what follows. language must be one of the above. Not while other threads
 * run. */
void i18n_set_language(const char *language);

/* "en" or "es". */
const char *i18n_language(void);

/* The language that the environment asks for, as gettext reads it: the first that there is of
 * $LANGUAGE, then the one of $LC_ALL, $LC_MESSAGES or $LANG, whichever is set first; else "en". No
 * such locale need be installed. */
const char *i18n_language_of_environment(void);

/* The text in the chosen language; the text itself where there is no translation. Static. */
const char *i18n_text(const char *text) __attribute__((format_arg(1)));

/* The same for a text with a number in it. */
const char *i18n_plural(const char *one, const char *many, unsigned long count)
    __attribute__((format_arg(1), format_arg(2)));

#endif
