#include "claims.h"

#include <string.h>

#include <garita/country.h>
#include <garita/date.h>
#include <garita/programme.h>
#include <garita/store.h>

#include "i18n.h"
#include "nearest.h"
#include "scope_text.h"

/* --- faults --- */

void claims_fault_free(struct claims_fault *fault)
{
    buffer_free(&fault->message);
    buffer_free(&fault->hint);
    *fault = (struct claims_fault){0};
}

/* What reading works with: each step is done only while none has failed. */
struct reader {
    struct claims_fault *fault;
    bool failed;
};

static void fail(struct reader *reader, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void fail(struct reader *reader, const char *code, const char *format, ...)
{
    va_list arguments;

    reader->failed = true;
    reader->fault->code = code;
    va_start(arguments, format);
    buffer_add_format_v(&reader->fault->message, format, arguments);
    va_end(arguments);
}

static void advise(struct reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void advise(struct reader *reader, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    buffer_add_format_v(&reader->fault->hint, format, arguments);
    va_end(arguments);
}

/* --- characters --- */

/* The number of the character that begins here. JSON's reader has seen that it is UTF-8. */
static unsigned code_point(const char *text)
{
    unsigned first = (unsigned char)text[0];
    unsigned more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
    unsigned number = more == 0 ? first : first & (0x3fu >> more);

    for (unsigned i = 1; i <= more; i++)
        number = number << 6 | ((unsigned char)text[i] & 0x3fu);
    return number;
}

/* --- objects --- */

/* An object of the claims: its path as messages name it ("holder." or ""), and the fields it may
 * have; null ends the list. */
struct shape {
    const char *path;
    const char *const *fields;
};

static const char *const claims_fields[] = {"programme", "holder",       "not_before", "expires",
                                            "employer",  "attestations", "ref",        NULL};
static const char *const holder_fields[] = {"name", "birth_date", "nationality", "document", NULL};
static const char *const document_fields[] = {"type", "country", "number", NULL};
static const char *const employer_fields[] = {"id", "name", NULL};

static const struct shape claims_shape = {"", claims_fields};
static const struct shape holder_shape = {"holder.", holder_fields};
static const struct shape document_shape = {"holder.document.", document_fields};
static const struct shape employer_shape = {"employer.", employer_fields};

/* Whether this is what "garita inspect --json" prints, with the claims inside. */
static bool is_inspected(const json_t *object)
{
    return json_is_object(json_object_get(object, "claims"));
}

static void check_fields(struct reader *reader, json_t *object, const struct shape *shape)
{
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        struct nearest meant = nearest_to(name);
        bool is_known = false;
        for (const char *const *field = shape->fields; *field != NULL && !is_known; field++) {
            is_known = strcmp(*field, name) == 0;
            nearest_offer(&meant, *field);
        }
        if (is_known)
            continue;
        fail(reader, "unknown-field", _("%s%s: there is no such field"), shape->path, name);
        if (is_inspected(object))
            advise(reader, "%s", _("give only its \"claims\""));
        else if (meant.best != NULL)
            advise(reader, _("did you mean \"%s\"?"), meant.best);
        break;
    }
}

/* Refuses the characters that no text of a statement may have, and says which and where. */
static void check_characters(struct reader *reader, const struct shape *shape, const char *name,
                             garita_utf8 text)
{
    unsigned number = 0;

    for (size_t at = 0; at < text.len; at++) {
        /* Of a character of several bytes, the first counts. */
        if (((unsigned char)text.at[at] & 0xc0) == 0x80)
            continue;
        number++;
        unsigned character = code_point(text.at + at);
        if (!garita_utf8_is_unsafe(character))
            continue;
        fail(reader, garita_error_name(GARITA_E_UNSAFE_TEXT),
             _("%s%s: character %u is U+%04X, which controls how text is shown"), shape->path, name,
             number, character);
        advise(reader, "%s", _("take it out; it often comes along when text is copied"));
        return;
    }
}

/* The member of an object that must be there; null, with a fault, if it is not. */
static json_t *need(struct reader *reader, const json_t *object, const struct shape *shape,
                    const char *name)
{
    if (reader->failed)
        return NULL;
    json_t *value = json_object_get(object, name);
    if (value == NULL)
        fail(reader, "missing-field", _("%s%s is missing"), shape->path, name);
    return value;
}

static garita_utf8 read_text(struct reader *reader, const json_t *object, const struct shape *shape,
                             const char *name)
{
    const json_t *value = need(reader, object, shape, name);

    if (value == NULL)
        return (garita_utf8){0};
    if (!json_is_string(value)) {
        fail(reader, garita_error_name(GARITA_E_WRONG_KIND), _("%s%s must be a text in quotes"),
             shape->path, name);
        return (garita_utf8){0};
    }
    garita_utf8 text = {json_string_value(value), json_string_length(value)};
    if (text.len == 0)
        fail(reader, garita_error_name(GARITA_E_EMPTY), _("%s%s is empty"), shape->path, name);
    else
        check_characters(reader, shape, name, text);
    return text;
}

static const json_t *read_object(struct reader *reader, const json_t *object,
                                 const struct shape *outer, const char *name,
                                 const struct shape *inner)
{
    json_t *value = need(reader, object, outer, name);

    if (value == NULL)
        return NULL;
    if (!json_is_object(value)) {
        fail(reader, garita_error_name(GARITA_E_WRONG_KIND), _("%s%s must be an object: {…}"),
             outer->path, name);
        return NULL;
    }
    check_fields(reader, value, inner);
    return reader->failed ? NULL : value;
}

/* --- values --- */

/* Name index of a table; null behind the last. */
typedef const char *(*name_at)(size_t index);

static const char *programme_name(size_t index)
{
    size_t count;
    const garita_programme *table = garita_programmes(&count);

    return index < count ? table[index].name : NULL;
}

static const char *document_type_name(size_t index)
{
    size_t count;
    const garita_document_type *table = garita_document_types(&count);

    return index < count ? table[index].name : NULL;
}

/* The name that was meant, or all there are. */
static void advise_names(struct reader *reader, const char *typed, name_at name)
{
    struct nearest meant = nearest_to(typed);

    for (size_t i = 0; name(i) != NULL; i++)
        nearest_offer(&meant, name(i));
    if (meant.best != NULL) {
        advise(reader, _("did you mean \"%s\"?"), meant.best);
        return;
    }
    advise(reader, "%s", _("one of:"));
    for (size_t i = 0; name(i) != NULL; i++)
        advise(reader, " %s", name(i));
}

static void read_programme(struct reader *reader, uint8_t *out, const json_t *claims)
{
    garita_utf8 text = read_text(reader, claims, &claims_shape, "programme");

    if (reader->failed)
        return;
    const garita_programme *programme = garita_programme_by_name(text.at, text.len);
    if (programme != NULL) {
        *out = programme->code;
        return;
    }
    fail(reader, "unknown-programme", _("programme: there is no \"%s\""), text.at);
    advise_names(reader, text.at, programme_name);
}

static void read_document_type(struct reader *reader, uint8_t *out, const json_t *document)
{
    garita_utf8 text = read_text(reader, document, &document_shape, "type");

    if (reader->failed)
        return;
    const garita_document_type *type = garita_document_type_by_name(text.at, text.len);
    if (type != NULL) {
        *out = type->code;
        return;
    }
    fail(reader, "unknown-document-type", _("holder.document.type: there is no \"%s\""), text.at);
    advise_names(reader, text.at, document_type_name);
}

/* The characters that a document number may have: FORMAT.md, section 5. */
static void read_document_number(struct reader *reader, garita_utf8 *out, const json_t *document)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -./<";

    *out = read_text(reader, document, &document_shape, "number");
    if (reader->failed)
        return;
    size_t at = strspn(out->at, allowed);
    if (at == out->len)
        return;
    fail(reader, garita_error_name(GARITA_E_RANGE),
         _("holder.document.number: character %zu may not stand in a document number"), at + 1);
    advise(reader, "%s", _("capital letters A to Z, digits, spaces and - . / < may"));
}

static garita_utf8 read_country(struct reader *reader, const json_t *object,
                                const struct shape *shape, const char *name)
{
    garita_utf8 text = read_text(reader, object, shape, name);

    if (reader->failed || garita_country_is_known(text.at, text.len))
        return text;
    fail(reader, garita_error_name(GARITA_E_COUNTRY), _("%s%s: \"%s\" is no country code"),
         shape->path, name, text.at);
    const char *hint = scope_text_country_hint(text.at, text.len);
    if (hint != NULL)
        advise(reader, "%s", hint);
    return text;
}

static uint32_t read_day(struct reader *reader, const json_t *claims, const char *name)
{
    uint32_t day = 0;
    garita_utf8 text = read_text(reader, claims, &claims_shape, name);

    if (!reader->failed && garita_day_parse(&day, text.at, text.len) != GARITA_OK) {
        fail(reader, garita_error_name(GARITA_E_DATE), _("%s: \"%s\" is no date"), name, text.at);
        advise(reader, "%s", _("year, month and day, as in 2031-01-31"));
    }
    return day;
}

static uint32_t read_birth_date(struct reader *reader, const json_t *holder)
{
    uint32_t number = 0;
    garita_utf8 text = read_text(reader, holder, &holder_shape, "birth_date");

    if (!reader->failed && garita_birth_date_parse(&number, text.at, text.len) != GARITA_OK) {
        fail(reader, garita_error_name(GARITA_E_DATE),
             _("holder.birth_date: \"%s\" is no birth date"), text.at);
        advise(reader, "%s",
               _("as in 1988-04-02, or 1988-04 or 1988 where the document shows no more"));
    }
    return number;
}

static void read_attestations(struct reader *reader, const json_t *claims)
{
    const json_t *value = json_object_get(claims, "attestations");

    if (value == NULL || reader->failed || (json_is_array(value) && json_array_size(value) == 0))
        return;
    fail(reader, "unsupported", "%s", _("attestations: this version issues none"));
    advise(reader, "%s", _("leave the field out, or give an empty list"));
}

static void read_ref(struct reader *reader, garita_utf8 *out, const json_t *claims)
{
    if (reader->failed || json_object_get(claims, "ref") == NULL)
        return;
    *out = read_text(reader, claims, &claims_shape, "ref");
    if (!reader->failed && out->len > GARITA_REF_BYTES_MAX)
        fail(reader, garita_error_name(GARITA_E_TOO_LONG), _("ref: longer than %d bytes"),
             GARITA_REF_BYTES_MAX);
}

static void read_holder(struct reader *reader, garita_credential *out, const json_t *claims)
{
    const json_t *holder = read_object(reader, claims, &claims_shape, "holder", &holder_shape);

    out->name = read_text(reader, holder, &holder_shape, "name");
    out->birth_date = read_birth_date(reader, holder);
    out->nationality = read_country(reader, holder, &holder_shape, "nationality");

    const json_t *document =
        read_object(reader, holder, &holder_shape, "document", &document_shape);
    read_document_type(reader, &out->document_type, document);
    out->document_country = read_country(reader, document, &document_shape, "country");
    read_document_number(reader, &out->document_number, document);
}

static void read_employer(struct reader *reader, garita_credential *out, const json_t *claims)
{
    if (reader->failed || json_object_get(claims, "employer") == NULL)
        return;
    const json_t *employer =
        read_object(reader, claims, &claims_shape, "employer", &employer_shape);
    out->employer_id = read_text(reader, employer, &employer_shape, "id");
    if (!reader->failed && json_object_get(employer, "name") != NULL)
        out->employer_name = read_text(reader, employer, &employer_shape, "name");
}

/* Nobody is issued anything before birth. */
static void check_birth(struct reader *reader, const garita_credential *credential)
{
    char birth[GARITA_DATE_TEXT_SIZE];
    char first[GARITA_DATE_TEXT_SIZE];

    if (reader->failed)
        return;
    /* Either may be less than a whole date: as texts they compare as far as they are known. */
    garita_birth_date_format(birth, credential->birth_date);
    garita_day_format(first, credential->not_before);
    if (strncmp(birth, first, strlen(birth)) > 0)
        fail(reader, garita_error_name(GARITA_E_DATE_ORDER), "%s",
             _("holder.birth_date: after not_before"));
}

static void read_claims(struct reader *reader, struct claims *out)
{
    garita_credential *credential = &out->credential;

    check_fields(reader, out->root, &claims_shape);
    read_programme(reader, &credential->programme, out->root);
    read_holder(reader, credential, out->root);
    credential->not_before = read_day(reader, out->root, "not_before");
    credential->expires = read_day(reader, out->root, "expires");
    if (!reader->failed && credential->expires < credential->not_before)
        fail(reader, garita_error_name(GARITA_E_DATE_ORDER), "%s", _("expires: before not_before"));
    check_birth(reader, credential);
    read_employer(reader, credential, out->root);
    read_attestations(reader, out->root);
    read_ref(reader, &out->ref, out->root);
}

bool claims_read(struct claims *out, struct claims_fault *fault, const char *text, size_t text_len)
{
    static const char bom[] = "\xef\xbb\xbf";
    struct reader reader = {fault, false};
    json_error_t error;

    *out = (struct claims){0};
    /* Spreadsheets write it. */
    if (text_len >= 3 && memcmp(text, bom, 3) == 0) {
        text += 3;
        text_len -= 3;
    }
    out->root = json_loadb(text, text_len, JSON_REJECT_DUPLICATES, &error);
    if (out->root == NULL) {
        fail(&reader, "json", _("not JSON: %s (column %d)"), error.text, error.column);
        fault->line = error.line > 0 ? (unsigned)error.line : 0;
    } else if (!json_is_object(out->root)) {
        fail(&reader, garita_error_name(GARITA_E_WRONG_KIND), "%s",
             _("claims are one JSON object: {…}"));
    } else {
        read_claims(&reader, out);
    }
    if (reader.failed)
        claims_free(out);
    return !reader.failed;
}

void claims_free(struct claims *claims)
{
    json_decref(claims->root);
    *claims = (struct claims){0};
}

/* --- back --- */

static void set(json_t *object, const char *name, json_t *value)
{
    /* Takes the value, and fails on a null one: then the object lacks it, which to_json sees. */
    json_object_set_new(object, name, value);
}

static json_t *json_of(garita_utf8 text)
{
    return json_stringn(text.at, text.len);
}

static json_t *json_of_day(uint32_t day)
{
    char text[GARITA_DATE_TEXT_SIZE];

    garita_day_format(text, day);
    return json_string(text);
}

static json_t *holder_to_json(const garita_credential *credential)
{
    const garita_document_type *type = garita_document_type_by_code(credential->document_type);
    char birth_date[GARITA_DATE_TEXT_SIZE];
    json_t *holder = json_object();
    json_t *document = json_object();

    garita_birth_date_format(birth_date, credential->birth_date);
    set(holder, "name", json_of(credential->name));
    set(holder, "birth_date", json_string(birth_date));
    set(holder, "nationality", json_of(credential->nationality));
    set(document, "type",
        type != NULL ? json_string(type->name) : json_integer(credential->document_type));
    set(document, "country", json_of(credential->document_country));
    set(document, "number", json_of(credential->document_number));
    bool is_whole = json_object_size(document) == 3;
    set(holder, "document", document);
    if (!is_whole || json_object_size(holder) != 4) {
        json_decref(holder);
        return NULL;
    }
    return holder;
}

static json_t *employer_to_json(const garita_credential *credential)
{
    json_t *employer = json_object();
    size_t count = credential->employer_name.len > 0 ? 2 : 1;

    set(employer, "id", json_of(credential->employer_id));
    if (credential->employer_name.len > 0)
        set(employer, "name", json_of(credential->employer_name));
    if (json_object_size(employer) != count) {
        json_decref(employer);
        return NULL;
    }
    return employer;
}

json_t *claims_to_json(const garita_credential *credential)
{
    const garita_programme *programme = garita_programme_by_code(credential->programme);
    json_t *claims = json_object();
    size_t count = credential->employer_id.len > 0 ? 5 : 4;

    set(claims, "programme",
        programme != NULL ? json_string(programme->name) : json_integer(credential->programme));
    set(claims, "holder", holder_to_json(credential));
    set(claims, "not_before", json_of_day(credential->not_before));
    set(claims, "expires", json_of_day(credential->expires));
    if (credential->employer_id.len > 0)
        set(claims, "employer", employer_to_json(credential));
    if (json_object_size(claims) != count) {
        json_decref(claims);
        return NULL;
    }
    return claims;
}

bool claims_equal(const garita_credential *a, const garita_credential *b)
{
    json_t *json_a = claims_to_json(a);
    json_t *json_b = claims_to_json(b);
    bool is_equal = json_a != NULL && json_b != NULL && json_equal(json_a, json_b);

    json_decref(json_a);
    json_decref(json_b);
    return is_equal;
}
