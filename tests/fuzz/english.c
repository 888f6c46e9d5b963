#include "i18n.h"

/* Without the catalogs: the texts as they stand. */
const char *i18n_text(const char *text)
{
    return text;
}

const char *i18n_plural(const char *one, const char *many, unsigned long count)
{
    return count == 1 ? one : many;
}
