#include <garita/authority.h>

#include <string.h>

#include <garita/country.h>

bool garita_scope_has_country(const garita_scope *scope, const char *country)
{
    for (size_t i = 0; i < scope->country_count; i++)
        if (strcmp(scope->countries[i], country) == 0)
            return true;
    return false;
}

bool garita_scope_has_type(const garita_scope *scope, garita_type type)
{
    return (scope->types >> (unsigned)type & 1) != 0;
}

bool garita_scope_has_programme(const garita_scope *scope, unsigned code)
{
    return code <= GARITA_PROGRAMME_CODE_MAX && (scope->programmes >> code & 1) != 0;
}

bool garita_scope_add_country(garita_scope *scope, const char *country)
{
    size_t len = strlen(country);
    if (!garita_country_is_wellformed(country, len))
        return false;
    size_t at = 0;
    while (at < scope->country_count && strcmp(scope->countries[at], country) < 0)
        at++;
    if (at < scope->country_count && strcmp(scope->countries[at], country) == 0)
        return true;
    if (scope->country_count == GARITA_COUNTRIES_MAX)
        return false;
    memmove(scope->countries[at + 1], scope->countries[at],
            (scope->country_count - at) * sizeof scope->countries[0]);
    memset(scope->countries[at], 0, sizeof scope->countries[at]);
    memcpy(scope->countries[at], country, len);
    scope->country_count++;
    return true;
}

bool garita_scope_contains(const garita_scope *outer, const garita_scope *inner)
{
    if ((inner->programmes & ~outer->programmes) != 0 || (inner->types & ~outer->types) != 0)
        return false;
    for (size_t i = 0; i < inner->country_count; i++)
        if (!garita_scope_has_country(outer, inner->countries[i]))
            return false;
    return true;
}

void garita_scope_narrow(garita_scope *out, const garita_scope *parent, const garita_scope *child)
{
    garita_scope narrow = {.programmes = parent->programmes & child->programmes,
                           .types = parent->types & child->types};
    uint8_t below = parent->depth > 0 ? (uint8_t)(parent->depth - 1) : 0;
    narrow.depth = child->depth < below ? child->depth : below;
    for (size_t i = 0; i < child->country_count; i++)
        if (garita_scope_has_country(parent, child->countries[i]))
            garita_scope_add_country(&narrow, child->countries[i]);
    *out = narrow;
}
