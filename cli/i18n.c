#include "i18n.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"

static const struct language {
    const char *name;
    const struct catalog *catalog; /* null: the texts as they stand in the code */
} languages[] = {
    {"en", NULL},
    {"es", &catalog_es},
};
enum { LANGUAGE_COUNT = sizeof languages / sizeof languages[0] };

static const struct language *chosen = &languages[0];

/* The language that name begins with ("es" of "es_MX.UTF-8" and of "es:en"), or null. */
static const struct language *find(const char *name)
{
    for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
        size_t len = strlen(languages[i].name);
        if (strncmp(name, languages[i].name, len) == 0 && !isalpha((unsigned char)name[len]))
            return &languages[i];
    }
    return NULL;
}

bool i18n_has_language(const char *language)
{
    const struct language *found = find(language);

    return found != NULL && strcmp(found->name, language) == 0;
}

void i18n_set_language(const char *language)
{
    const struct language *found = find(language);

    if (found != NULL)
        chosen = found;
}

const char *i18n_language(void)
{
    return chosen->name;
}

const char *i18n_language_of_environment(void)
{
    static const char *const locales[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *locale = NULL;

    for (size_t i = 0; i < sizeof locales / sizeof locales[0] && locale == NULL; i++) {
        locale = getenv(locales[i]);
        if (locale != NULL && locale[0] == '\0')
            locale = NULL;
    }
    /* Someone who asks for the C locale by LC_ALL=C wants the texts as they are, $LANGUAGE or not.
     */
    if (locale == NULL || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0)
        return languages[0].name;

    const char *wishes = getenv("LANGUAGE");
    while (wishes != NULL && *wishes != '\0') {
        const struct language *found = find(wishes);
        if (found != NULL)
            return found->name;
        wishes = strchr(wishes, ':');
        if (wishes != NULL)
            wishes++;
    }
    const struct language *found = find(locale);
    return found != NULL ? found->name : languages[0].name;
}

const char *i18n_text(const char *text)
{
    const char *found = NULL;

    /* The empty text is the catalog's own header. */
    if (chosen->catalog != NULL && text[0] != '\0')
        found = catalog_find(chosen->catalog, text, NULL, 0);
    return found != NULL ? found : text;
}

const char *i18n_plural(const char *one, const char *many, unsigned long count)
{
    /* English and Spanish have the same rule; tests/cli/translations.sh holds es.po to it. */
    unsigned form = count == 1 ? 0 : 1;
    const char *found = NULL;

    if (chosen->catalog != NULL)
        found = catalog_find(chosen->catalog, one, many, form);
    if (found != NULL)
        return found;
    return form == 0 ? one : many;
}
