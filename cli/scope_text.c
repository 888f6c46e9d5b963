#include "scope_text.h"

#include <stdio.h>
#include <string.h>

#include <garita/country.h>
#include <garita/programme.h>

#include "i18n.h"
#include "nearest.h"
#include "report.h"

/* --- lists --- */

/* A part of a list. Longer ones are in no table. */
enum { PART_MAX = 40 };

/* Takes the next part of *at into part, and moves on; false at the end. */
static bool next_part(char part[PART_MAX], const char **at)
{
    if (*at == NULL)
        return false;
    const char *comma = strchr(*at, ',');
    size_t len = comma != NULL ? (size_t)(comma - *at) : strlen(*at);

    snprintf(part, PART_MAX, "%.*s", (int)(len < PART_MAX ? len : PART_MAX), *at);
    *at = comma != NULL ? comma + 1 : NULL;
    return true;
}

static exit_status refuse(const struct context *context, const struct nearest *meant,
                          const char *what)
{
    struct buffer hint = {0};

    if (meant->best != NULL)
        buffer_add_format(&hint, _("did you mean %s?"), meant->best);
    exit_status status = report_failure(
        context,
        &(struct failure){EXIT_USAGE, "usage", NULL, 0, hint.len > 0 ? buffer_text(&hint) : NULL},
        "%s \"%s\"", what, meant->typed);
    buffer_free(&hint);
    return status;
}

exit_status scope_text_read_programmes(const struct context *context, uint64_t *out,
                                       const char *text)
{
    char part[PART_MAX];
    size_t count;
    const garita_programme *table = garita_programmes(&count);

    *out = 0;
    while (next_part(part, &text)) {
        const garita_programme *programme = garita_programme_by_name(part, strlen(part));
        if (programme == NULL) {
            struct nearest meant = nearest_to(part);
            for (size_t i = 0; i < count; i++)
                nearest_offer(&meant, table[i].name);
            return refuse(context, &meant, _("there is no programme"));
        }
        *out |= UINT64_C(1) << programme->code;
    }
    return EXIT_DONE;
}

exit_status scope_text_read_types(const struct context *context, uint32_t *out, const char *text)
{
    char part[PART_MAX];

    *out = 0;
    while (next_part(part, &text)) {
        int type = garita_type_by_name(part, strlen(part));
        if (type == 0) {
            struct nearest meant = nearest_to(part);
            for (unsigned i = 0; i < 32; i++)
                if ((GARITA_TYPES_ALL >> i & 1) != 0)
                    nearest_offer(&meant, garita_type_name(i));
            return refuse(context, &meant, _("there is no statement type"));
        }
        *out |= UINT32_C(1) << type;
    }
    return EXIT_DONE;
}

/* --- countries --- */

const char *scope_text_country_hint(const char *text, size_t text_len)
{
    char capitals[GARITA_COUNTRY_SIZE] = "";
    bool is_lower = text_len == 1 || text_len == 3;

    for (size_t i = 0; i < text_len && is_lower; i++) {
        char c = text[i];
        capitals[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    if (is_lower && memcmp(capitals, text, text_len) != 0 &&
        garita_country_is_known(capitals, text_len))
        return _("in capital letters");
    if (is_lower && strcmp(capitals, "DEU") == 0)
        return _("travel documents (ICAO Doc 9303) write Germany as D");
    if (text_len == 2)
        return _("three letters, as travel documents (ICAO Doc 9303) print them: MEX, USA, CAN");
    return NULL;
}

exit_status scope_text_read_country(const struct context *context, char out[GARITA_COUNTRY_SIZE],
                                    const char *option, const char *text)
{
    size_t len = strlen(text);

    memset(out, 0, GARITA_COUNTRY_SIZE);
    if (garita_country_is_known(text, len)) {
        memcpy(out, text, len);
        return EXIT_DONE;
    }
    return report_failure(
        context,
        &(struct failure){EXIT_USAGE, "country", NULL, 0, scope_text_country_hint(text, len)},
        _("--%s: \"%s\" is no country code"), option, text);
}

exit_status scope_text_read_countries(const struct context *context, garita_scope *out,
                                      const char *text)
{
    char part[PART_MAX];
    char code[GARITA_COUNTRY_SIZE];

    out->country_count = 0;
    memset(out->countries, 0, sizeof out->countries);
    while (next_part(part, &text)) {
        exit_status status = scope_text_read_country(context, code, "countries", part);
        if (status != EXIT_DONE)
            return status;
        if (!garita_scope_add_country(out, code))
            return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, NULL},
                                  _("--countries takes at most %d"), GARITA_COUNTRIES_MAX);
    }
    return EXIT_DONE;
}

/* --- names --- */

/* Calls add for each set bit with its name, or its number as text. */
static void each_name(uint64_t bits, const char *(*name_of)(unsigned bit),
                      void (*add)(void *to, const char *name), void *to)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        char number[4];
        if ((bits >> bit & 1) == 0)
            continue;
        const char *name = name_of(bit);
        snprintf(number, sizeof number, "%u", bit);
        add(to, name != NULL ? name : number);
    }
}

static const char *programme_name(unsigned bit)
{
    const garita_programme *programme = garita_programme_by_code(bit);

    return programme != NULL ? programme->name : NULL;
}

static const char *type_name(unsigned bit)
{
    return garita_type_name(bit);
}

static void add_to_buffer(void *to, const char *name)
{
    struct buffer *out = to;

    if (out->len > 0 && out->at[out->len - 1] != ' ')
        buffer_add_text(out, ", ");
    buffer_add_text(out, name);
}

static void add_to_array(void *to, const char *name)
{
    json_array_append_new(to, json_string(name));
}

/* Begins after what is in the buffer: a list of its own, whatever stands before it. */
static void add_names(struct buffer *out, uint64_t bits, const char *(*name_of)(unsigned bit))
{
    struct buffer list = {0};

    each_name(bits, name_of, add_to_buffer, &list);
    buffer_add(out, list.at, list.len);
    out->failed = out->failed || list.failed;
    buffer_free(&list);
}

void scope_text_add_programmes(struct buffer *out, uint64_t programmes)
{
    add_names(out, programmes, programme_name);
}

void scope_text_add_types(struct buffer *out, uint32_t types)
{
    add_names(out, types, type_name);
}

void scope_text_add_types_option(struct buffer *out, uint32_t types)
{
    struct buffer list = {0};

    add_names(&list, types, type_name);
    for (size_t i = 0; i < list.len; i++)
        if (list.at[i] != ' ')
            buffer_add_char(out, list.at[i]);
    out->failed = out->failed || list.failed;
    buffer_free(&list);
}

void scope_text_add_countries(struct buffer *out, const garita_scope *scope)
{
    for (size_t i = 0; i < scope->country_count; i++)
        buffer_add_format(out, i == 0 ? "%s" : ", %s", scope->countries[i]);
}

static json_t *json_names(uint64_t bits, const char *(*name_of)(unsigned bit))
{
    json_t *array = json_array();

    if (array != NULL)
        each_name(bits, name_of, add_to_array, array);
    return array;
}

json_t *scope_text_json_programmes(uint64_t programmes)
{
    return json_names(programmes, programme_name);
}

json_t *scope_text_json_types(uint32_t types)
{
    return json_names(types, type_name);
}

json_t *scope_text_json_countries(const garita_scope *scope)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < scope->country_count; i++)
        json_array_append_new(array, json_string(scope->countries[i]));
    return array;
}
