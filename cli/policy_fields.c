#include "policy_fields.h"

#include <string.h>

#include <garita/country.h>
#include <garita/date.h>
#include <garita/error.h>
#include <garita/programme.h>

#include "duration.h"
#include "i18n.h"
#include "nearest.h"
#include "safe_text.h"
#include "scope_text.h"

static const char *const wrong_kind = "wrong-kind";

/* --- names --- */

static bool is_among(const char *name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* The name that was meant, or all there are. */
static void advise_names(struct policy_mistakes *mistakes, const char *typed,
                         const char *const *names)
{
    struct nearest meant = nearest_to(typed);

    for (const char *const *name = names; *name != NULL; name++)
        nearest_offer(&meant, *name);
    if (meant.best != NULL) {
        policy_mistakes_advise(mistakes, _("did you mean \"%s\"?"), meant.best);
        return;
    }
    policy_mistakes_advise(mistakes, "%s", _("one of:"));
    for (const char *const *name = names; *name != NULL; name++)
        policy_mistakes_advise(mistakes, " %s", *name);
}

/* --- forms --- */

bool policy_fields_is_object(struct policy_mistakes *mistakes, const struct json_place *place,
                             const json_t *value)
{
    if (value == NULL)
        return false;
    if (json_is_object(value))
        return true;
    policy_mistakes_add(mistakes, place, wrong_kind, "%s", _("this must be an object: {…}"));
    return false;
}

bool policy_fields_object(struct policy_mistakes *mistakes, const struct json_place *place,
                          const json_t *value, const char *const *fields)
{
    const char *name;
    json_t *member;
    size_t before = mistakes->error_count;

    if (!policy_fields_is_object(mistakes, place, value))
        return false;
    json_object_foreach((json_t *)(uintptr_t)value, name, member)
    {
        const struct json_place at = {place, name, 0};
        if (is_among(name, fields))
            continue;
        policy_mistakes_add(mistakes, &at, "unknown-field", "%s", _("there is no such field"));
        advise_names(mistakes, name, fields);
    }
    return mistakes->error_count == before;
}

bool policy_fields_list(struct policy_mistakes *mistakes, const struct json_place *place,
                        const json_t *value, size_t fewest, size_t most)
{
    if (value == NULL)
        return false;
    if (!json_is_array(value)) {
        policy_mistakes_add(mistakes, place, wrong_kind, "%s", _("this must be a list: […]"));
        return false;
    }
    if (json_array_size(value) < fewest)
        policy_mistakes_add(mistakes, place, garita_error_name(GARITA_E_EMPTY), "%s",
                            _("this list is empty"));
    else if (json_array_size(value) > most)
        policy_mistakes_add(mistakes, place, garita_error_name(GARITA_E_RANGE),
                            _("%zu are too many here: at most %zu"), json_array_size(value), most);
    else
        return true;
    return false;
}

const json_t *policy_fields_need(struct policy_mistakes *mistakes, const struct json_place *place,
                                 const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    if (value == NULL)
        policy_mistakes_add(mistakes, place, "missing-field", _("\"%s\" is missing"), name);
    return value;
}

/* --- texts --- */

/* The text, whatever it says; null after a report if it is none. */
static const char *text_of(struct policy_mistakes *mistakes, const struct json_place *place,
                           const json_t *value)
{
    if (value == NULL)
        return NULL;
    if (!json_is_string(value)) {
        policy_mistakes_add(mistakes, place, wrong_kind, "%s", _("this must be a text in quotes"));
        return NULL;
    }
    return json_string_value(value);
}

/* Says which character no text of a statement may have, and where. */
static bool has_safe_characters(struct policy_mistakes *mistakes, const struct json_place *place,
                                garita_utf8 text)
{
    unsigned number;
    const uint32_t character = safe_text_refused(&number, text.at, text.len);

    if (number == 0)
        return true;
    policy_mistakes_add(mistakes, place, garita_error_name(GARITA_E_UNSAFE_TEXT),
                        _("character %u is U+%04X, which controls how text is shown"), number,
                        (unsigned)character);
    policy_mistakes_advise(mistakes, "%s",
                           _("take it out; it often comes along when text is copied"));
    return false;
}

bool policy_fields_text(garita_utf8 *out, struct policy_mistakes *mistakes,
                        const struct json_place *place, const json_t *value, size_t bytes_max)
{
    if (text_of(mistakes, place, value) == NULL)
        return false;
    const garita_utf8 text = {json_string_value(value), json_string_length(value)};
    if (text.len == 0) {
        policy_mistakes_add(mistakes, place, garita_error_name(GARITA_E_EMPTY), "%s",
                            _("this text is empty"));
        return false;
    }
    if (text.len > bytes_max) {
        policy_mistakes_add(mistakes, place, garita_error_name(GARITA_E_TOO_LONG),
                            _("this text has %zu bytes: at most %zu"), text.len, bytes_max);
        return false;
    }
    if (!has_safe_characters(mistakes, place, text))
        return false;
    *out = text;
    return true;
}

bool policy_fields_words(garita_words *out, struct policy_mistakes *mistakes,
                         const struct json_place *place, const json_t *value, size_t bytes_max)
{
    static const char *const fields[] = {"en", "es", NULL};
    const struct json_place en = {place, "en", 0}, es = {place, "es", 0};
    garita_words words = {0};

    if (json_is_string(value)) {
        policy_mistakes_add(mistakes, place, wrong_kind, "%s",
                            _("this text must be there in both languages"));
        policy_mistakes_advise(mistakes, "%s", "{\"en\": \"…\", \"es\": \"…\"}");
        return false;
    }
    if (!policy_fields_is_object(mistakes, place, value))
        return false;
    bool is_good = policy_fields_object(mistakes, place, value, fields);
    is_good = policy_fields_text(&words.en, mistakes, &en,
                                 policy_fields_need(mistakes, place, value, "en"), bytes_max) &&
              is_good;
    is_good = policy_fields_text(&words.es, mistakes, &es,
                                 policy_fields_need(mistakes, place, value, "es"), bytes_max) &&
              is_good;
    if (is_good)
        *out = words;
    return is_good;
}

/* --- values --- */

bool policy_fields_moment(int64_t *out, struct policy_mistakes *mistakes,
                          const struct json_place *place, const json_t *value)
{
    const char *text = text_of(mistakes, place, value);
    int64_t moment;

    if (text == NULL)
        return false;
    if (garita_moment_parse(&moment, text, json_string_length(value)) == GARITA_OK &&
        moment <= GARITA_MOMENT_MAX) {
        *out = moment;
        return true;
    }
    policy_mistakes_add(mistakes, place, garita_error_name(GARITA_E_DATE), _("\"%s\" is no moment"),
                        text);
    policy_mistakes_advise(mistakes, "%s",
                           _("date and time, as in 2026-11-21T15:00:00Z, before the year 2149"));
    return false;
}

bool policy_fields_age(int64_t *out_s, struct policy_mistakes *mistakes,
                       const struct json_place *place, const json_t *value)
{
    const char *text = text_of(mistakes, place, value);

    if (text == NULL)
        return false;
    if (duration_read(out_s, text, GARITA_AGE_MAX_S))
        return true;
    policy_mistakes_add(mistakes, place, garita_error_name(GARITA_E_RANGE),
                        _("\"%s\" is no length of time"), text);
    policy_mistakes_advise(
        mistakes, "%s",
        _("a number with s, m, h or d, as in 90m, 24h, 7d; no more than a century"));
    return false;
}

bool policy_fields_country(char out[GARITA_COUNTRY_SIZE], struct policy_mistakes *mistakes,
                           const struct json_place *place, const json_t *value)
{
    const char *text = text_of(mistakes, place, value);

    if (text == NULL)
        return false;
    if (garita_country_is_known(text, json_string_length(value))) {
        memcpy(out, text, json_string_length(value) + 1);
        return true;
    }
    policy_mistakes_add(mistakes, place, garita_error_name(GARITA_E_COUNTRY),
                        _("\"%s\" is no country code"), text);
    const char *hint = scope_text_country_hint(text, json_string_length(value));
    if (hint != NULL)
        policy_mistakes_advise(mistakes, "%s", hint);
    return false;
}

bool policy_fields_number(size_t *out, struct policy_mistakes *mistakes,
                          const struct json_place *place, const json_t *value, size_t least,
                          size_t most)
{
    if (value == NULL)
        return false;
    json_int_t number = json_integer_value(value);
    if (json_is_integer(value) && number >= (json_int_t)least && number <= (json_int_t)most) {
        *out = (size_t)number;
        return true;
    }
    policy_mistakes_add(mistakes, place, garita_error_name(GARITA_E_RANGE),
                        _("this must be a whole number from %zu to %zu"), least, most);
    return false;
}

bool policy_fields_flag(bool *out, struct policy_mistakes *mistakes, const struct json_place *place,
                        const json_t *value)
{
    if (value == NULL)
        return false;
    if (!json_is_boolean(value)) {
        policy_mistakes_add(mistakes, place, wrong_kind, "%s", _("this must be true or false"));
        return false;
    }
    *out = json_is_true(value);
    return true;
}

bool policy_fields_choice(size_t *out, struct policy_mistakes *mistakes,
                          const struct json_place *place, const json_t *value,
                          const char *const *names)
{
    const char *text = text_of(mistakes, place, value);

    if (text == NULL)
        return false;
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strcmp(names[i], text) != 0)
            continue;
        *out = i;
        return true;
    }
    policy_mistakes_add(mistakes, place, "unknown-name", _("there is no \"%s\" here"), text);
    advise_names(mistakes, text, names);
    return false;
}

bool policy_fields_outcome(garita_outcome *out, struct policy_mistakes *mistakes,
                           const struct json_place *place, const json_t *value, bool any)
{
    static const char *const names[] = {"refer", "reject", NULL};
    static const char *const all[] = {"refer", "reject", "accept", NULL};
    static const garita_outcome outcomes[] = {GARITA_REFER, GARITA_REJECT, GARITA_ACCEPT};
    size_t index;

    if (!policy_fields_choice(&index, mistakes, place, value, any ? all : names))
        return false;
    *out = outcomes[index];
    return true;
}

/* --- sets and tables --- */

enum { NAMES_MAX = 64 };

/* The names of those that credentials are issued of. */
static void name_programmes(const char *out[NAMES_MAX])
{
    size_t count, n = 0;
    const garita_programme *table = garita_programmes(&count);

    for (size_t i = 0; i < count && n < NAMES_MAX - 1; i++)
        if (table[i].subjects != 0)
            out[n++] = table[i].name;
    out[n] = NULL;
}

static void refuse_twice(struct policy_mistakes *mistakes, const struct json_place *place)
{
    policy_mistakes_add(mistakes, place, garita_error_name(GARITA_E_TWICE), "%s",
                        _("this is in the list already"));
}

bool policy_fields_programmes(uint64_t *out, struct policy_mistakes *mistakes,
                              const struct json_place *place, const json_t *value, size_t fewest)
{
    const char *names[NAMES_MAX];
    uint64_t set = 0;
    bool is_good = true;

    if (!policy_fields_list(mistakes, place, value, fewest, NAMES_MAX))
        return false;
    name_programmes(names);
    for (size_t i = 0; i < json_array_size(value); i++) {
        const struct json_place at = {place, NULL, i};
        size_t index;
        if (!policy_fields_choice(&index, mistakes, &at, json_array_get(value, i), names)) {
            is_good = false;
            continue;
        }
        uint64_t bit = UINT64_C(1)
                       << garita_programme_by_name(names[index], strlen(names[index]))->code;
        if ((set & bit) != 0) {
            refuse_twice(mistakes, &at);
            is_good = false;
        }
        set |= bit;
    }
    if (is_good)
        *out = set;
    return is_good;
}

static bool read_subject(uint8_t *set, struct policy_mistakes *mistakes,
                         const struct json_place *place, const json_t *value)
{
    static const char *const names[] = {"holder", "company", "vehicle", NULL};
    size_t index;

    if (!policy_fields_choice(&index, mistakes, place, value, names))
        return false;
    uint8_t bit = (uint8_t)(1u << garita_subject_kind_by_name(names[index], strlen(names[index])));
    if ((*set & bit) != 0) {
        refuse_twice(mistakes, place);
        return false;
    }
    *set |= bit;
    return true;
}

bool policy_fields_subjects(uint8_t *out, struct policy_mistakes *mistakes,
                            const struct json_place *place, const json_t *value)
{
    uint8_t set = 0;
    bool is_good = true;

    if (json_is_string(value)) {
        is_good = read_subject(&set, mistakes, place, value);
    } else {
        if (!policy_fields_list(mistakes, place, value, 1, NAMES_MAX))
            return false;
        for (size_t i = 0; i < json_array_size(value); i++) {
            const struct json_place at = {place, NULL, i};
            is_good = read_subject(&set, mistakes, &at, json_array_get(value, i)) && is_good;
        }
    }
    if (is_good)
        *out = set;
    return is_good;
}

bool policy_fields_entry(uint8_t *out, struct policy_mistakes *mistakes,
                         const struct json_place *place, const json_t *value, garita_table table)
{
    const char *names[NAMES_MAX];
    size_t count, index;
    const garita_entry *entries = garita_entries(&count, table);

    count = count < NAMES_MAX - 1 ? count : NAMES_MAX - 1;
    for (size_t i = 0; i < count; i++)
        names[i] = entries[i].name;
    names[count] = NULL;
    if (!policy_fields_choice(&index, mistakes, place, value, names))
        return false;
    *out = entries[index].code;
    return true;
}
