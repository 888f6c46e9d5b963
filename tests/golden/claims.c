#include "claims.h"

#include <stdlib.h>

#include <garita/date.h>
#include <garita/programme.h>

json_t *text_json(garita_utf8 text) {
    return json_stringn(text.at, text.len);
}

json_t *day_json(uint32_t day) {
    char text[GARITA_DATE_TEXT_SIZE];
    garita_day_format(text, day);
    return json_string(text);
}

json_t *moment_text_json(int64_t moment) {
    char text[GARITA_MOMENT_TEXT_SIZE];
    garita_moment_format(text, moment);
    return json_string(text);
}

json_t *programme_json(uint8_t code) {
    const garita_programme *programme = garita_programme_by_code(code);
    return programme ? json_string(programme->name) : json_integer(code);
}

json_t *hex_text_json(const void *at, size_t len) {
    static const char digits[] = "0123456789abcdef";
    const unsigned char *bytes = at;
    char *text = malloc(2 * len + 1);
    for (size_t i = 0; text && i < len; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    json_t *out = text ? json_stringn(text, 2 * len) : NULL;
    free(text);
    return out;
}

static json_t *document_type_json(uint8_t code) {
    const garita_document_type *type = garita_document_type_by_code(code);
    return type ? json_string(type->name) : json_integer(code);
}

static json_t *entry_json(garita_table table, uint8_t code) {
    const garita_entry *entry = garita_entry_by_code(table, code);
    return entry ? json_string(entry->name) : json_integer(code);
}

/* --- credentials --- */

static json_t *holder_json(const garita_credential *c) {
    char birth_date[GARITA_DATE_TEXT_SIZE];
    json_t *holder = json_object(), *document = json_object();
    garita_birth_date_format(birth_date, c->birth_date);
    json_object_set_new(document, "type", document_type_json(c->document_type));
    json_object_set_new(document, "country", text_json(c->document_country));
    json_object_set_new(document, "number", text_json(c->document_number));
    json_object_set_new(holder, "name", text_json(c->name));
    json_object_set_new(holder, "birth_date", json_string(birth_date));
    json_object_set_new(holder, "nationality", text_json(c->nationality));
    json_object_set_new(holder, "document", document);
    return holder;
}

static json_t *company_json(const garita_credential *c) {
    json_t *company = json_object();
    json_object_set_new(company, "id", text_json(c->company_id));
    json_object_set_new(company, "name", text_json(c->company_name));
    json_object_set_new(company, "country", text_json(c->company_country));
    return company;
}

static json_t *vehicle_json(const garita_credential *c) {
    json_t *vehicle = json_object();
    json_object_set_new(vehicle, "country", text_json(c->vehicle_country));
    json_object_set_new(vehicle, "plate", text_json(c->vehicle_plate));
    if (c->vehicle_description.len > 0)
        json_object_set_new(vehicle, "description", text_json(c->vehicle_description));
    return vehicle;
}

static json_t *employer_json(garita_utf8 id, garita_utf8 name) {
    json_t *employer = json_object();
    json_object_set_new(employer, "id", text_json(id));
    if (name.len > 0)
        json_object_set_new(employer, "name", text_json(name));
    return employer;
}

json_t *credential_claims_json(const garita_credential *c) {
    json_t *out = json_object();
    json_object_set_new(out, "programme", programme_json(c->programme));
    switch (c->about) {
    case GARITA_SUBJECT_HOLDER: json_object_set_new(out, "holder", holder_json(c)); break;
    case GARITA_SUBJECT_COMPANY: json_object_set_new(out, "company", company_json(c)); break;
    case GARITA_SUBJECT_VEHICLE: json_object_set_new(out, "vehicle", vehicle_json(c)); break;
    }
    json_object_set_new(out, "not_before", day_json(c->not_before));
    json_object_set_new(out, "expires", day_json(c->expires));
    if (c->employer_id.len > 0)
        json_object_set_new(out, "employer", employer_json(c->employer_id, c->employer_name));
    return out;
}

/* --- attestations --- */

static void set_vaccination(json_t *out, const garita_attestation *a) {
    json_object_set_new(out, "product", text_json(a->fact.vaccination.product));
    json_object_set_new(out, "dose", json_integer(a->fact.vaccination.dose));
    json_object_set_new(out, "doses", json_integer(a->fact.vaccination.doses));
    json_object_set_new(out, "date", day_json(a->fact.vaccination.date));
}

static void set_test(json_t *out, const garita_attestation *a) {
    json_object_set_new(out, "type", entry_json(GARITA_TABLE_TESTS, a->fact.test.type));
    json_object_set_new(out, "result", entry_json(GARITA_TABLE_RESULTS, a->fact.test.result));
    json_object_set_new(out, "sampled_at", moment_text_json(a->fact.test.sampled_at));
}

static void set_worker(json_t *out, const garita_attestation *a) {
    json_object_set_new(out, "sector",
                        entry_json(GARITA_TABLE_SECTORS, a->fact.essential_worker.sector));
    json_object_set_new(out, "employer",
                        employer_json(a->fact.essential_worker.employer_id,
                                      a->fact.essential_worker.employer_name));
    json_object_set_new(out, "country", text_json(a->fact.essential_worker.country));
    json_object_set_new(out, "since", day_json(a->fact.essential_worker.since));
}

static void set_labor(json_t *out, const garita_attestation *a) {
    json_object_set_new(out, "scheme", text_json(a->fact.labor_cert.scheme));
    json_object_set_new(out, "level", text_json(a->fact.labor_cert.level));
    json_object_set_new(out, "since", day_json(a->fact.labor_cert.since));
}

static void set_trader(json_t *out, const garita_attestation *a) {
    json_t *countries = json_array();
    json_object_set_new(out, "scheme", programme_json(a->fact.trusted_trader.scheme));
    json_object_set_new(out, "tier", json_integer(a->fact.trusted_trader.tier));
    for (size_t i = 0; i < a->fact.trusted_trader.recognized_by_count; i++)
        json_array_append_new(countries, text_json(a->fact.trusted_trader.recognized_by[i]));
    if (json_array_size(countries) > 0)
        json_object_set(out, "recognized_by", countries);
    json_decref(countries);
    json_object_set_new(out, "since", day_json(a->fact.trusted_trader.since));
}

json_t *attestation_claims_json(const garita_attestation *a) {
    json_t *out = json_object();
    json_object_set_new(out, "attestation", entry_json(GARITA_TABLE_KINDS, (uint8_t)a->kind));
    json_object_set_new(out, "subject", hex_text_json(a->subject.bytes, GARITA_SUBJECT_SIZE));
    json_object_set_new(out, "expires", day_json(a->expires));
    switch (a->kind) {
    case GARITA_ATTESTATION_VACCINATION: set_vaccination(out, a); break;
    case GARITA_ATTESTATION_TEST: set_test(out, a); break;
    case GARITA_ATTESTATION_RECOVERY:
        json_object_set_new(out, "date", day_json(a->fact.recovery.date));
        break;
    case GARITA_ATTESTATION_ESSENTIAL_WORKER: set_worker(out, a); break;
    case GARITA_ATTESTATION_LABOR_CERT: set_labor(out, a); break;
    case GARITA_ATTESTATION_TRUSTED_TRADER: set_trader(out, a); break;
    }
    return out;
}
