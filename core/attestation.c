#include <garita/attestation.h>

#include <assert.h>
#include <string.h>

#include <garita/date.h>
#include <garita/programme.h>

#include "attestation_fact.h"
#include "fields.h"
#include "reader.h"
#include "statement_io.h"
#include "writer.h"

enum { KEY_SERIAL = 4, KEY_EXPIRES = 5, KEY_KIND = 6, KEY_SUBJECT = 7, KEY_FACT = 8 };

#define KEY_BIT(key) (UINT64_C(1) << (key))

/* --- what it means --- */

int64_t garita_attestation_dated(const garita_attestation *attestation)
{
    switch (attestation->kind) {
    case GARITA_ATTESTATION_VACCINATION:
        return garita_day_begins(attestation->fact.vaccination.date);
    case GARITA_ATTESTATION_TEST:
        return attestation->fact.test.sampled_at;
    case GARITA_ATTESTATION_RECOVERY:
        return garita_day_begins(attestation->fact.recovery.date);
    case GARITA_ATTESTATION_ESSENTIAL_WORKER:
        return garita_day_begins(attestation->fact.essential_worker.since);
    case GARITA_ATTESTATION_LABOR_CERT:
        return garita_day_begins(attestation->fact.labor_cert.since);
    case GARITA_ATTESTATION_TRUSTED_TRADER:
        return garita_day_begins(attestation->fact.trusted_trader.since);
    }
    assert(false && "a kind of the table");
    return INT64_MIN;
}

unsigned garita_attestation_programme(const garita_attestation *attestation)
{
    const char *name = NULL;
    switch (attestation->kind) {
#define GARITA_KIND_CASE(constant, code, kind_name, programme, en, es)                             \
    case GARITA_ATTESTATION_##constant:                                                            \
        name = programme;                                                                          \
        break;
        GARITA_ATTESTATION_KINDS(GARITA_KIND_CASE)
#undef GARITA_KIND_CASE
    }
    if (name == NULL) /* a trusted trader's: that of its scheme */
        return attestation->fact.trusted_trader.scheme;
    const garita_programme *programme = garita_programme_by_name(name, strlen(name));
    assert(programme != NULL);
    return programme->code;
}

bool garita_attestation_in_scope(const garita_attestation *attestation, const garita_scope *scope)
{
    if (!garita_scope_has_type(scope, GARITA_TYPE_ATTESTATION) ||
        !garita_scope_has_programme(scope, garita_attestation_programme(attestation)))
        return false;
    if (attestation->kind != GARITA_ATTESTATION_ESSENTIAL_WORKER)
        return true;
    garita_utf8 designator = attestation->fact.essential_worker.country;
    char country[GARITA_COUNTRY_SIZE] = "";
    if (designator.len >= sizeof country)
        return false;
    memcpy(country, designator.at, designator.len);
    return garita_scope_has_country(scope, country);
}

/* --- reading --- */

/* A number that has no name yet is a kind that this program is too old for. */
static void read_kind(garita_reader *r, garita_attestation *out)
{
    uint8_t kind;
    size_t at = r->at;
    garita_field_byte(r, "kind", &kind, 1, GARITA_ENTRY_CODE_MAX);
    if (garita_reader_ok(r) && garita_entry_by_code(GARITA_TABLE_KINDS, kind) == NULL)
        garita_reader_fail(r, GARITA_E_UNKNOWN_TYPE, at);
    out->kind = (garita_attestation_kind)kind;
}

static void read_subject(garita_reader *r, garita_subject *out)
{
    const uint8_t *bytes;
    r->field = "subject";
    if (garita_reader_bin(r, &bytes, GARITA_SUBJECT_SIZE))
        memcpy(out->bytes, bytes, GARITA_SUBJECT_SIZE);
}

static void read_fact(garita_reader *r, const garita_container *map, garita_attestation *out)
{
    r->field = "fact";
    if ((map->seen & KEY_BIT(KEY_KIND)) == 0)
        garita_reader_skip(r); /* that the kind is missing is found at the map's end */
    else
        garita_fact_read(r, out,
                         (map->seen & KEY_BIT(KEY_EXPIRES)) != 0 ? out->expires : UINT32_MAX);
}

static garita_error read_map(garita_attestation *out, garita_peek *peek, garita_fault *fault,
                             const uint8_t *bytes, size_t len)
{
    garita_reader r;
    garita_container map;
    unsigned key;
    memset(out, 0, sizeof *out); /* the whole union, whichever of its facts is read */
    garita_reader_start(&r, bytes, len, 1, GARITA_CREDENTIAL_DEPTH_MAX);
    garita_statement_read_start(&r, &map, peek, GARITA_TYPE_ATTESTATION);
    while (garita_reader_key(&r, &map, &key)) {
        switch (key) {
        case KEY_SERIAL:
            garita_field_number(&r, "serial", &out->serial, 1, GARITA_SERIAL_MAX);
            break;
        case KEY_EXPIRES:
            garita_field_number(&r, "expires", &out->expires, 0, GARITA_DAY_MAX);
            break;
        case KEY_KIND:
            read_kind(&r, out);
            break;
        case KEY_SUBJECT:
            read_subject(&r, &out->subject);
            break;
        case KEY_FACT:
            read_fact(&r, &map, out);
            break;
        default:
            garita_reader_unlisted(&r, &map, key, true);
            break;
        }
        r.field = "";
    }
    garita_reader_leave(&r, &map,
                        KEY_BIT(KEY_SERIAL) | KEY_BIT(KEY_EXPIRES) | KEY_BIT(KEY_KIND) |
                            KEY_BIT(KEY_SUBJECT) | KEY_BIT(KEY_FACT));
    garita_error e = garita_statement_read_end(&r, fault);
    if (e != GARITA_OK)
        memset(out, 0, sizeof *out);
    return e;
}

garita_error garita_attestation_decode(garita_attestation *out, garita_fault *fault,
                                       const garita_verified *verified)
{
    garita_peek peek;
    assert(verified->type == GARITA_TYPE_ATTESTATION);
    return read_map(out, &peek, fault, verified->map, verified->map_len);
}

garita_error garita_attestation_inspect(garita_attestation *out, garita_peek *peek,
                                        garita_fault *fault, const uint8_t *bytes, size_t bytes_len)
{
    garita_peek parts;
    memset(out, 0, sizeof *out);
    garita_error e =
        garita_statement_peek(&parts, fault, GARITA_TYPE_ATTESTATION, bytes, bytes_len);
    if (peek)
        *peek = parts;
    if (e != GARITA_OK)
        return e;
    return read_map(out, &parts, fault, parts.map, parts.map_len);
}

/* --- writing --- */

static void write_map(garita_writer *w, const garita_attestation *a, const garita_signer *signer)
{
    garita_write_map(w, 9);
    garita_write_statement_keys(w, GARITA_TYPE_ATTESTATION, signer);
    garita_write_uint(w, KEY_SERIAL);
    garita_write_uint(w, a->serial);
    garita_write_uint(w, KEY_EXPIRES);
    garita_write_uint(w, a->expires);
    garita_write_uint(w, KEY_KIND);
    garita_write_uint(w, (uint64_t)a->kind);
    garita_write_uint(w, KEY_SUBJECT);
    garita_write_bin(w, a->subject.bytes, GARITA_SUBJECT_SIZE);
    garita_write_uint(w, KEY_FACT);
    garita_fact_write(w, a);
}

garita_error garita_attestation_issue(uint8_t *out, size_t *out_len, size_t out_cap,
                                      garita_fault *fault, const garita_attestation *attestation,
                                      const garita_signer *signer)
{
    uint8_t map[GARITA_ATTESTATION_BYTES_MAX];
    garita_writer w;
    garita_attestation again;
    garita_peek peek;
    *out_len = 0;
    assert(attestation->kind != GARITA_ATTESTATION_TRUSTED_TRADER ||
           attestation->fact.trusted_trader.recognized_by_count <= GARITA_RECOGNITIONS_MAX);
    garita_writer_start(&w, map, sizeof map);
    write_map(&w, attestation, signer);
    garita_error e = garita_writer_end(&w, fault);
    if (e != GARITA_OK && fault) {
        const char *field = garita_fact_overlong(attestation);
        fault->field = field != NULL ? field : "";
    }
    if (e == GARITA_OK)
        e = read_map(&again, &peek, fault, map, w.len);
    if (e != GARITA_OK)
        return e;
    return garita_statement_sign(out, out_len, out_cap, GARITA_TYPE_ATTESTATION, signer, map,
                                 w.len);
}
