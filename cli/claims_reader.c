#include "claims_reader.h"

#include <string.h>

#include <garita/country.h>
#include <garita/date.h>
#include <garita/store.h>

#include "i18n.h"
#include "nearest.h"
#include "safe_text.h"
#include "scope_text.h"

/* --- faults --- */

void claims_fault_free(struct claims_fault *fault)
{
    buffer_free(&fault->message);
    buffer_free(&fault->hint);
    *fault = (struct claims_fault){0};
}

void claims_fail(struct claims_reader *reader, const char *code, const char *format, ...)
{
    va_list arguments;

    reader->failed = true;
    reader->fault->code = code;
    va_start(arguments, format);
    buffer_add_format_v(&reader->fault->message, format, arguments);
    va_end(arguments);
}

void claims_advise(struct claims_reader *reader, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    buffer_add_format_v(&reader->fault->hint, format, arguments);
    va_end(arguments);
}

void claims_advise_names(struct claims_reader *reader, const char *typed, claims_name_at name,
                         unsigned table)
{
    struct nearest meant = nearest_to(typed);

    for (size_t i = 0; name(table, i) != NULL; i++)
        nearest_offer(&meant, name(table, i));
    if (meant.best != NULL) {
        claims_advise(reader, _("did you mean \"%s\"?"), meant.best);
        return;
    }
    claims_advise(reader, "%s", _("one of:"));
    for (size_t i = 0; name(table, i) != NULL; i++)
        claims_advise(reader, " %s", name(table, i));
}

/* --- characters --- */

/* Refuses the characters that no text of a statement may have, and says which and where. */
static void check_characters(struct claims_reader *reader, const struct claims_shape *shape,
                             const char *name, garita_utf8 text)
{
    unsigned number;
    const uint32_t character = safe_text_refused(&number, text.at, text.len);

    if (number == 0)
        return;
    claims_fail(reader, garita_error_name(GARITA_E_UNSAFE_TEXT),
                _("%s%s: character %u is U+%04X, which controls how text is shown"), shape->path,
                name, number, (unsigned)character);
    claims_advise(reader, "%s", _("take it out; it often comes along when text is copied"));
}

/* --- objects --- */

/* Whether this is what "garita inspect --json" prints, with the claims inside. */
static bool is_inspected(const json_t *object)
{
    return json_is_object(json_object_get(object, "claims"));
}

static bool is_listed(struct nearest *meant, const char *const *fields, const char *name)
{
    for (; fields != NULL && *fields != NULL; fields++) {
        if (strcmp(*fields, name) == 0)
            return true;
        nearest_offer(meant, *fields);
    }
    return false;
}

void claims_check_fields(struct claims_reader *reader, json_t *object,
                         const struct claims_shape *shape)
{
    const char *name;
    json_t *value;

    if (reader->failed)
        return;
    json_object_foreach(object, name, value)
    {
        struct nearest meant = nearest_to(name);
        if (is_listed(&meant, shape->fields, name) || is_listed(&meant, shape->more, name))
            continue;
        claims_fail(reader, "unknown-field", _("%s%s: there is no such field"), shape->path, name);
        if (is_inspected(object))
            claims_advise(reader, "%s", _("give only its \"claims\""));
        else if (meant.best != NULL)
            claims_advise(reader, _("did you mean \"%s\"?"), meant.best);
        break;
    }
}

/* The member of an object that must be there; null, with a fault, if it is not. */
static json_t *need(struct claims_reader *reader, const json_t *object,
                    const struct claims_shape *shape, const char *name)
{
    if (reader->failed)
        return NULL;
    json_t *value = json_object_get(object, name);
    if (value == NULL)
        claims_fail(reader, "missing-field", _("%s%s is missing"), shape->path, name);
    return value;
}

json_t *claims_read_object(struct claims_reader *reader, const json_t *object,
                           const struct claims_shape *outer, const char *name,
                           const struct claims_shape *inner)
{
    json_t *value = need(reader, object, outer, name);

    if (value == NULL)
        return NULL;
    if (!json_is_object(value)) {
        claims_fail(reader, garita_error_name(GARITA_E_WRONG_KIND),
                    _("%s%s must be an object: {…}"), outer->path, name);
        return NULL;
    }
    claims_check_fields(reader, value, inner);
    return reader->failed ? NULL : value;
}

/* --- values --- */

garita_utf8 claims_read_text(struct claims_reader *reader, const json_t *object,
                             const struct claims_shape *shape, const char *name)
{
    const json_t *value = need(reader, object, shape, name);

    if (value == NULL)
        return (garita_utf8){0};
    if (!json_is_string(value)) {
        claims_fail(reader, garita_error_name(GARITA_E_WRONG_KIND),
                    _("%s%s must be a text in quotes"), shape->path, name);
        return (garita_utf8){0};
    }
    garita_utf8 text = {json_string_value(value), json_string_length(value)};
    if (text.len == 0)
        claims_fail(reader, garita_error_name(GARITA_E_EMPTY), _("%s%s is empty"), shape->path,
                    name);
    else
        check_characters(reader, shape, name, text);
    return text;
}

void claims_bound_text(struct claims_reader *reader, const struct claims_shape *shape,
                       const char *name, garita_utf8 text, size_t bytes_max)
{
    if (!reader->failed && text.len > bytes_max)
        claims_fail(reader, garita_error_name(GARITA_E_RANGE), _("%s%s: longer than %zu bytes"),
                    shape->path, name, bytes_max);
}

garita_utf8 claims_read_country(struct claims_reader *reader, const json_t *object,
                                const struct claims_shape *shape, const char *name)
{
    garita_utf8 text = claims_read_text(reader, object, shape, name);

    if (reader->failed || garita_country_is_known(text.at, text.len))
        return text;
    claims_fail(reader, garita_error_name(GARITA_E_COUNTRY), _("%s%s: \"%s\" is no country code"),
                shape->path, name, text.at);
    const char *hint = scope_text_country_hint(text.at, text.len);
    if (hint != NULL)
        claims_advise(reader, "%s", hint);
    return text;
}

uint32_t claims_read_day(struct claims_reader *reader, const json_t *claims,
                         const struct claims_shape *shape, const char *name)
{
    uint32_t day = 0;
    garita_utf8 text = claims_read_text(reader, claims, shape, name);

    if (!reader->failed && garita_day_parse(&day, text.at, text.len) != GARITA_OK) {
        claims_fail(reader, garita_error_name(GARITA_E_DATE), _("%s: \"%s\" is no date"), name,
                    text.at);
        claims_advise(reader, "%s", _("year, month and day, as in 2031-01-31"));
    }
    return day;
}

unsigned claims_read_number(struct claims_reader *reader, const json_t *object,
                            const struct claims_shape *shape, const char *name, unsigned least,
                            unsigned most)
{
    const json_t *value = need(reader, object, shape, name);

    if (value == NULL)
        return 0;
    json_int_t number = json_integer_value(value);
    if (json_is_integer(value) && number >= (json_int_t)least && number <= (json_int_t)most)
        return (unsigned)number;
    claims_fail(reader,
                garita_error_name(json_is_integer(value) ? GARITA_E_RANGE : GARITA_E_WRONG_KIND),
                _("%s%s must be a whole number from %u to %u"), shape->path, name, least, most);
    return 0;
}

static const char *entry_name(unsigned table, size_t index)
{
    size_t count;
    const garita_entry *rows = garita_entries(&count, (garita_table)table);

    return index < count ? rows[index].name : NULL;
}

uint8_t claims_read_entry(struct claims_reader *reader, const json_t *object,
                          const struct claims_shape *shape, const char *name, garita_table table)
{
    garita_utf8 text = claims_read_text(reader, object, shape, name);

    if (reader->failed)
        return 0;
    const garita_entry *entry = garita_entry_by_name(table, text.at, text.len);
    if (entry != NULL)
        return entry->code;
    claims_fail(reader, "unknown-name", _("%s%s: there is no \"%s\""), shape->path, name, text.at);
    claims_advise_names(reader, text.at, entry_name, (unsigned)table);
    return 0;
}

void claims_read_ref(struct claims_reader *reader, garita_utf8 *out, const json_t *claims,
                     const struct claims_shape *shape)
{
    if (reader->failed || json_object_get(claims, "ref") == NULL)
        return;
    *out = claims_read_text(reader, claims, shape, "ref");
    if (!reader->failed && out->len > GARITA_REF_BYTES_MAX)
        claims_fail(reader, garita_error_name(GARITA_E_TOO_LONG), _("ref: longer than %d bytes"),
                    GARITA_REF_BYTES_MAX);
}
