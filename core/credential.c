#include <garita/credential.h>

#include <assert.h>
#include <string.h>

#include <garita/country.h>
#include <garita/date.h>

#include "reader.h"
#include "statement_io.h"
#include "writer.h"

enum {
    KEY_SERIAL = 4,
    KEY_NOT_BEFORE = 5,
    KEY_EXPIRES = 6,
    KEY_PROGRAMME = 7,
    KEY_HOLDER = 8,
    KEY_EMPLOYER = 9,

    HOLDER_NAME = 0,
    HOLDER_BIRTH_DATE = 1,
    HOLDER_NATIONALITY = 2,
    HOLDER_DOCUMENT = 3,

    DOCUMENT_TYPE = 0,
    DOCUMENT_COUNTRY = 1,
    DOCUMENT_NUMBER = 2,

    EMPLOYER_ID = 0,
    EMPLOYER_NAME = 1
};

#define KEY_BIT(key) (UINT64_C(1) << (key))

/* --- reading --- */

static void read_number(garita_reader *r, const char *field, uint32_t *out, uint32_t min,
                        uint32_t max)
{
    uint64_t n;
    r->field = field;
    garita_reader_uint(r, &n, min, max);
    *out = (uint32_t)n;
}

static void read_text(garita_reader *r, const char *field, garita_utf8 *out, size_t bytes_max)
{
    r->field = field;
    garita_reader_text(r, out, bytes_max);
}

static void read_country(garita_reader *r, const char *field, garita_utf8 *out)
{
    size_t at = r->at;
    read_text(r, field, out, GARITA_COUNTRY_SIZE - 1);
    if (garita_reader_ok(r) && !garita_country_is_wellformed(out->at, out->len))
        garita_reader_fail(r, GARITA_E_COUNTRY, at);
}

static bool is_document_character(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' || c == '-' || c == '.' ||
           c == '/' || c == '<';
}

static void read_document_number(garita_reader *r, garita_utf8 *out)
{
    read_text(r, "holder.document.number", out, GARITA_DOCUMENT_NUMBER_BYTES_MAX);
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
            read_number(r, "holder.document.type", &type, 1, GARITA_DOCUMENT_TYPE_MAX);
            out->document_type = (uint8_t)type;
            break;
        case DOCUMENT_COUNTRY:
            read_country(r, "holder.document.country", &out->document_country);
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
    read_number(r, "holder.birth_date", out, 0, UINT32_MAX);
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
            read_text(r, "holder.name", &out->name, GARITA_HOLDER_NAME_BYTES_MAX);
            break;
        case HOLDER_BIRTH_DATE:
            read_birth_date(r, &out->birth_date);
            break;
        case HOLDER_NATIONALITY:
            read_country(r, "holder.nationality", &out->nationality);
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
            read_text(r, "employer.id", &out->employer_id, GARITA_EMPLOYER_ID_BYTES_MAX);
            break;
        case EMPLOYER_NAME:
            read_text(r, "employer.name", &out->employer_name, GARITA_EMPLOYER_NAME_BYTES_MAX);
            break;
        default:
            garita_reader_unlisted(r, &map, key, true);
            break;
        }
        r->field = "employer";
    }
    garita_reader_leave(r, &map, KEY_BIT(EMPLOYER_ID));
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
            read_number(&r, "serial", &out->serial, 1, GARITA_SERIAL_MAX);
            break;
        case KEY_NOT_BEFORE:
            read_number(&r, "not_before", &out->not_before, 0, GARITA_DAY_MAX);
            break;
        case KEY_EXPIRES:
            read_number(&r, "expires", &out->expires, 0, GARITA_DAY_MAX);
            if (garita_reader_ok(&r) && out->expires < out->not_before)
                garita_reader_fail(&r, GARITA_E_DATE_ORDER, at);
            break;
        case KEY_PROGRAMME:
            read_number(&r, "programme", &programme, 0, GARITA_PROGRAMME_CODE_MAX);
            out->programme = (uint8_t)programme;
            break;
        case KEY_HOLDER:
            read_holder(&r, out);
            break;
        case KEY_EMPLOYER:
            read_employer(&r, out);
            break;
        default:
            garita_reader_unlisted(&r, &map, key, true);
            break;
        }
        r.field = "";
    }
    garita_reader_leave(&r, &map,
                        KEY_BIT(KEY_SERIAL) | KEY_BIT(KEY_NOT_BEFORE) | KEY_BIT(KEY_EXPIRES) |
                            KEY_BIT(KEY_PROGRAMME) | KEY_BIT(KEY_HOLDER));
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

    if (employed) {
        garita_write_uint(w, KEY_EMPLOYER);
        garita_write_map(w, c->employer_name.len > 0 ? 2 : 1);
        garita_write_uint(w, EMPLOYER_ID);
        garita_write_text(w, c->employer_id);
        if (c->employer_name.len > 0) {
            garita_write_uint(w, EMPLOYER_NAME);
            garita_write_text(w, c->employer_name);
        }
    }
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
    if (e != GARITA_OK)
        return e;
    return garita_statement_sign(out, out_len, out_cap, GARITA_TYPE_CREDENTIAL, signer, map, w.len);
}
