#include <garita/credential.h>

#include <assert.h>
#include <string.h>

#include <garita/date.h>

#include "fields.h"
#include "reader.h"
#include "statement_io.h"
#include "subject.h"
#include "writer.h"

enum {
    KEY_SERIAL = 4,
    KEY_NOT_BEFORE = 5,
    KEY_EXPIRES = 6,
    KEY_PROGRAMME = 7,
    KEY_HOLDER = 8,
    KEY_EMPLOYER = 9,
    KEY_COMPANY = 10,
    KEY_VEHICLE = 11,

    HOLDER_NAME = 0,
    HOLDER_BIRTH_DATE = 1,
    HOLDER_NATIONALITY = 2,
    HOLDER_DOCUMENT = 3,

    DOCUMENT_TYPE = 0,
    DOCUMENT_COUNTRY = 1,
    DOCUMENT_NUMBER = 2,

    EMPLOYER_ID = 0,
    EMPLOYER_NAME = 1,

    COMPANY_ID = 0,
    COMPANY_NAME = 1,
    COMPANY_COUNTRY = 2,

    VEHICLE_COUNTRY = 0,
    VEHICLE_PLATE = 1,
    VEHICLE_DESCRIPTION = 2
};

#define KEY_BIT(key) (UINT64_C(1) << (key))

/* A credential is about one of these. */
#define ABOUT_KEYS (KEY_BIT(KEY_HOLDER) | KEY_BIT(KEY_COMPANY) | KEY_BIT(KEY_VEHICLE))

/* --- reading --- */

static bool is_document_character(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' || c == '-' || c == '.' ||
           c == '/' || c == '<';
}

static void read_document_number(garita_reader *r, garita_utf8 *out)
{
    garita_field_text(r, "holder.document.number", out, GARITA_DOCUMENT_NUMBER_BYTES_MAX);
    for (size_t i = 0; i < out->len; i++)
        if (!is_document_character(out->at[i]))
            garita_reader_fail(r, GARITA_E_RANGE, r->at - out->len + i);
}

static void read_document(garita_reader *r, garita_credential *out)
{
    garita_container map;
    unsigned key;
    uint32_t type;
    r->field = "holder.document";
    garita_reader_map(r, &map);
    while (garita_reader_key(r, &map, &key)) {
        switch (key) {
        case DOCUMENT_TYPE:
            garita_field_number(r, "holder.document.type", &type, 1, GARITA_DOCUMENT_TYPE_MAX);
            out->document_type = (uint8_t)type;
            break;
        case DOCUMENT_COUNTRY:
            garita_field_country(r, "holder.document.country", &out->document_country);
            break;
        case DOCUMENT_NUMBER:
            read_document_number(r, &out->document_number);
            break;
        default:
            garita_reader_unlisted(r, &map, key, true);
            break;
        }
        r->field = "holder.document";
    }
    garita_reader_leave(
        r, &map, KEY_BIT(DOCUMENT_TYPE) | KEY_BIT(DOCUMENT_COUNTRY) | KEY_BIT(DOCUMENT_NUMBER));
}

static void read_birth_date(garita_reader *r, uint32_t *out)
{
    size_t at = r->at;
    garita_field_number(r, "holder.birth_date", out, 0, UINT32_MAX);
    if (garita_reader_ok(r) && garita_birth_date_check(*out) != GARITA_OK)
        garita_reader_fail(r, GARITA_E_DATE, at);
}

static void read_holder(garita_reader *r, garita_credential *out)
{
    garita_container map;
    unsigned key;
    r->field = "holder";
    garita_reader_map(r, &map);
    while (garita_reader_key(r, &map, &key)) {
        switch (key) {
        case HOLDER_NAME:
            garita_field_text(r, "holder.name", &out->name, GARITA_HOLDER_NAME_BYTES_MAX);
            break;
        case HOLDER_BIRTH_DATE:
            read_birth_date(r, &out->birth_date);
            break;
        case HOLDER_NATIONALITY:
            garita_field_country(r, "holder.nationality", &out->nationality);
            break;
        case HOLDER_DOCUMENT:
            read_document(r, out);
            break;
        default:
            garita_reader_unlisted(r, &map, key, true);
            break;
        }
        r->field = "holder";
    }
    garita_reader_leave(r, &map,
                        KEY_BIT(HOLDER_NAME) | KEY_BIT(HOLDER_BIRTH_DATE) |
                            KEY_BIT(HOLDER_NATIONALITY) | KEY_BIT(HOLDER_DOCUMENT));
}

static void read_employer(garita_reader *r, garita_credential *out)
{
    garita_container map;
    unsigned key;
    r->field = "employer";
    garita_reader_map(r, &map);
    while (garita_reader_key(r, &map, &key)) {
        switch (key) {
        case EMPLOYER_ID:
            garita_field_text(r, "employer.id", &out->employer_id, GARITA_EMPLOYER_ID_BYTES_MAX);
            break;
        case EMPLOYER_NAME:
            garita_field_text(r, "employer.name", &out->employer_name,
                              GARITA_EMPLOYER_NAME_BYTES_MAX);
            break;
        default:
            garita_reader_unlisted(r, &map, key, true);
            break;
        }
        r->field = "employer";
    }
    garita_reader_leave(r, &map, KEY_BIT(EMPLOYER_ID));
}

static void read_company(garita_reader *r, garita_credential *out)
{
    garita_container map;
    unsigned key;
    r->field = "company";
    garita_reader_map(r, &map);
    while (garita_reader_key(r, &map, &key)) {
        switch (key) {
        case COMPANY_ID:
            garita_field_text(r, "company.id", &out->company_id, GARITA_COMPANY_ID_BYTES_MAX);
            break;
        case COMPANY_NAME:
            garita_field_text(r, "company.name", &out->company_name, GARITA_COMPANY_NAME_BYTES_MAX);
            break;
        case COMPANY_COUNTRY:
            garita_field_country(r, "company.country", &out->company_country);
            break;
        default:
            garita_reader_unlisted(r, &map, key, true);
            break;
        }
        r->field = "company";
    }
    garita_reader_leave(r, &map,
                        KEY_BIT(COMPANY_ID) | KEY_BIT(COMPANY_NAME) | KEY_BIT(COMPANY_COUNTRY));
}

static bool is_plate_character(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' || c == '-';
}

static void read_plate(garita_reader *r, garita_utf8 *out)
{
    garita_field_text(r, "vehicle.plate", out, GARITA_PLATE_BYTES_MAX);
    for (size_t i = 0; i < out->len; i++)
        if (!is_plate_character(out->at[i]))
            garita_reader_fail(r, GARITA_E_RANGE, r->at - out->len + i);
}

static void read_vehicle(garita_reader *r, garita_credential *out)
{
    garita_container map;
    unsigned key;
    r->field = "vehicle";
    garita_reader_map(r, &map);
    while (garita_reader_key(r, &map, &key)) {
        switch (key) {
        case VEHICLE_COUNTRY:
            garita_field_country(r, "vehicle.country", &out->vehicle_country);
            break;
        case VEHICLE_PLATE:
            read_plate(r, &out->vehicle_plate);
            break;
        case VEHICLE_DESCRIPTION:
            garita_field_text(r, "vehicle.description", &out->vehicle_description,
                              GARITA_VEHICLE_BYTES_MAX);
            break;
        default:
            garita_reader_unlisted(r, &map, key, true);
            break;
        }
        r->field = "vehicle";
    }
    garita_reader_leave(r, &map, KEY_BIT(VEHICLE_COUNTRY) | KEY_BIT(VEHICLE_PLATE));
}

/* What ties keys to each other, once all have been read: it is about one thing, and only a person
 * has an employer. */
static void check_shape(garita_reader *r, const garita_container *map, garita_credential *out)
{
    uint64_t about = map->seen & ABOUT_KEYS;
    bool is_one = (about & (about - 1)) == 0;
    bool is_employed = (map->seen & KEY_BIT(KEY_EMPLOYER)) != 0;
    if (!is_one)
        garita_reader_fail(r, GARITA_E_SHAPE, r->at);
    else if (about == KEY_BIT(KEY_COMPANY))
        out->about = GARITA_SUBJECT_COMPANY;
    else if (about == KEY_BIT(KEY_VEHICLE))
        out->about = GARITA_SUBJECT_VEHICLE;
    if (is_employed && out->about != GARITA_SUBJECT_HOLDER) {
        r->field = "employer";
        garita_reader_fail(r, GARITA_E_SHAPE, r->at);
    }
}

static garita_error read_map(garita_credential *out, garita_peek *peek, garita_fault *fault,
                             const uint8_t *bytes, size_t len)
{
    garita_reader r;
    garita_container map;
    unsigned key;
    uint32_t programme;
    *out = (garita_credential){0};
    garita_reader_start(&r, bytes, len, 1, GARITA_CREDENTIAL_DEPTH_MAX);
    garita_statement_read_start(&r, &map, peek, GARITA_TYPE_CREDENTIAL);
    while (garita_reader_key(&r, &map, &key)) {
        size_t at = r.at;
        switch (key) {
        case KEY_SERIAL:
            garita_field_number(&r, "serial", &out->serial, 1, GARITA_SERIAL_MAX);
            break;
        case KEY_NOT_BEFORE:
            garita_field_number(&r, "not_before", &out->not_before, 0, GARITA_DAY_MAX);
            break;
        case KEY_EXPIRES:
            garita_field_number(&r, "expires", &out->expires, 0, GARITA_DAY_MAX);
            if (garita_reader_ok(&r) && out->expires < out->not_before)
                garita_reader_fail(&r, GARITA_E_DATE_ORDER, at);
            break;
        case KEY_PROGRAMME:
            garita_field_number(&r, "programme", &programme, 0, GARITA_PROGRAMME_CODE_MAX);
            out->programme = (uint8_t)programme;
            break;
        case KEY_HOLDER:
            read_holder(&r, out);
            break;
        case KEY_EMPLOYER:
            read_employer(&r, out);
            break;
        case KEY_COMPANY:
            read_company(&r, out);
            break;
        case KEY_VEHICLE:
            read_vehicle(&r, out);
            break;
        default:
            garita_reader_unlisted(&r, &map, key, true);
            break;
        }
        r.field = "";
    }
    uint64_t about = (map.seen & ABOUT_KEYS) != 0 ? 0 : KEY_BIT(KEY_HOLDER);
    garita_reader_leave(&r, &map,
                        KEY_BIT(KEY_SERIAL) | KEY_BIT(KEY_NOT_BEFORE) | KEY_BIT(KEY_EXPIRES) |
                            KEY_BIT(KEY_PROGRAMME) | about);
    if (garita_reader_end(&r))
        check_shape(&r, &map, out);
    garita_error e = garita_statement_read_end(&r, fault);
    if (e != GARITA_OK)
        *out = (garita_credential){0};
    return e;
}

garita_error garita_credential_decode(garita_credential *out, garita_fault *fault,
                                      const garita_verified *verified)
{
    garita_peek peek;
    assert(verified->type == GARITA_TYPE_CREDENTIAL);
    return read_map(out, &peek, fault, verified->map, verified->map_len);
}

garita_error garita_credential_inspect(garita_credential *out, garita_peek *peek,
                                       garita_fault *fault, const uint8_t *bytes, size_t bytes_len)
{
    garita_peek parts;
    *out = (garita_credential){0};
    garita_error e = garita_statement_peek(&parts, fault, GARITA_TYPE_CREDENTIAL, bytes, bytes_len);
    if (peek)
        *peek = parts;
    if (e != GARITA_OK)
        return e;
    return read_map(out, &parts, fault, parts.map, parts.map_len);
}

/* --- writing --- */

static void write_holder(garita_writer *w, const garita_credential *c)
{
    garita_write_uint(w, KEY_HOLDER);
    garita_write_map(w, 4);
    garita_write_uint(w, HOLDER_NAME);
    garita_write_text(w, c->name);
    garita_write_uint(w, HOLDER_BIRTH_DATE);
    garita_write_uint(w, c->birth_date);
    garita_write_uint(w, HOLDER_NATIONALITY);
    garita_write_text(w, c->nationality);
    garita_write_uint(w, HOLDER_DOCUMENT);
    garita_write_map(w, 3);
    garita_write_uint(w, DOCUMENT_TYPE);
    garita_write_uint(w, c->document_type);
    garita_write_uint(w, DOCUMENT_COUNTRY);
    garita_write_text(w, c->document_country);
    garita_write_uint(w, DOCUMENT_NUMBER);
    garita_write_text(w, c->document_number);
}

static void write_employer(garita_writer *w, const garita_credential *c)
{
    garita_write_uint(w, KEY_EMPLOYER);
    garita_write_map(w, c->employer_name.len > 0 ? 2 : 1);
    garita_write_uint(w, EMPLOYER_ID);
    garita_write_text(w, c->employer_id);
    if (c->employer_name.len > 0) {
        garita_write_uint(w, EMPLOYER_NAME);
        garita_write_text(w, c->employer_name);
    }
}

static void write_company(garita_writer *w, const garita_credential *c)
{
    garita_write_uint(w, KEY_COMPANY);
    garita_write_map(w, 3);
    garita_write_uint(w, COMPANY_ID);
    garita_write_text(w, c->company_id);
    garita_write_uint(w, COMPANY_NAME);
    garita_write_text(w, c->company_name);
    garita_write_uint(w, COMPANY_COUNTRY);
    garita_write_text(w, c->company_country);
}

static void write_vehicle(garita_writer *w, const garita_credential *c)
{
    garita_write_uint(w, KEY_VEHICLE);
    garita_write_map(w, c->vehicle_description.len > 0 ? 3 : 2);
    garita_write_uint(w, VEHICLE_COUNTRY);
    garita_write_text(w, c->vehicle_country);
    garita_write_uint(w, VEHICLE_PLATE);
    garita_write_text(w, c->vehicle_plate);
    if (c->vehicle_description.len > 0) {
        garita_write_uint(w, VEHICLE_DESCRIPTION);
        garita_write_text(w, c->vehicle_description);
    }
}

static void write_map(garita_writer *w, const garita_credential *c, const garita_signer *signer)
{
    bool employed = c->employer_id.len > 0 || c->employer_name.len > 0;
    garita_write_map(w, employed ? 10 : 9);
    garita_write_statement_keys(w, GARITA_TYPE_CREDENTIAL, signer);
    garita_write_uint(w, KEY_SERIAL);
    garita_write_uint(w, c->serial);
    garita_write_uint(w, KEY_NOT_BEFORE);
    garita_write_uint(w, c->not_before);
    garita_write_uint(w, KEY_EXPIRES);
    garita_write_uint(w, c->expires);
    garita_write_uint(w, KEY_PROGRAMME);
    garita_write_uint(w, c->programme);
    if (c->about == GARITA_SUBJECT_HOLDER)
        write_holder(w, c);
    if (employed) /* of what is no person it is refused when it is read back */
        write_employer(w, c);
    if (c->about == GARITA_SUBJECT_COMPANY)
        write_company(w, c);
    if (c->about == GARITA_SUBJECT_VEHICLE)
        write_vehicle(w, c);
}

/* The text that is over its bound; only such a one makes a map longer than any buffer for it. */
static const char *overlong_field(const garita_credential *c)
{
    const struct {
        size_t len, bytes_max;
        const char *field;
    } texts[] = {
        {c->name.len, GARITA_HOLDER_NAME_BYTES_MAX, "holder.name"},
        {c->nationality.len, GARITA_COUNTRY_SIZE - 1, "holder.nationality"},
        {c->document_country.len, GARITA_COUNTRY_SIZE - 1, "holder.document.country"},
        {c->document_number.len, GARITA_DOCUMENT_NUMBER_BYTES_MAX, "holder.document.number"},
        {c->employer_id.len, GARITA_EMPLOYER_ID_BYTES_MAX, "employer.id"},
        {c->employer_name.len, GARITA_EMPLOYER_NAME_BYTES_MAX, "employer.name"},
        {c->company_id.len, GARITA_COMPANY_ID_BYTES_MAX, "company.id"},
        {c->company_name.len, GARITA_COMPANY_NAME_BYTES_MAX, "company.name"},
        {c->company_country.len, GARITA_COUNTRY_SIZE - 1, "company.country"},
        {c->vehicle_country.len, GARITA_COUNTRY_SIZE - 1, "vehicle.country"},
        {c->vehicle_plate.len, GARITA_PLATE_BYTES_MAX, "vehicle.plate"},
        {c->vehicle_description.len, GARITA_VEHICLE_BYTES_MAX, "vehicle.description"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].len > texts[i].bytes_max)
            return texts[i].field;
    return "";
}

garita_error garita_credential_issue(uint8_t *out, size_t *out_len, size_t out_cap,
                                     garita_fault *fault, const garita_credential *credential,
                                     const garita_signer *signer)
{
    uint8_t map[GARITA_CREDENTIAL_BYTES_MAX];
    garita_writer w;
    garita_credential again;
    garita_peek peek;
    *out_len = 0;
    garita_writer_start(&w, map, sizeof map);
    write_map(&w, credential, signer);
    garita_error e = garita_writer_end(&w, fault);
    if (e != GARITA_OK && fault)
        fault->field = overlong_field(credential);
    if (e == GARITA_OK)
        e = read_map(&again, &peek, fault, map, w.len);
    if (e == GARITA_OK && garita_subject_vague_field(credential)) {
        e = GARITA_E_RANGE;
        if (fault)
            *fault = (garita_fault){e, 0, garita_subject_vague_field(credential)};
    }
    if (e != GARITA_OK)
        return e;
    return garita_statement_sign(out, out_len, out_cap, GARITA_TYPE_CREDENTIAL, signer, map, w.len);
}
