#include "attestation_fact.h"

#include <string.h>

#include <garita/date.h>
#include <garita/programme.h>

#include "fields.h"

enum {
    VACCINATION_PRODUCT = 0,
    VACCINATION_DOSE = 1,
    VACCINATION_DOSES = 2,
    VACCINATION_DATE = 3,

    TEST_TYPE = 0,
    TEST_RESULT = 1,
    TEST_SAMPLED_AT = 2,

    RECOVERY_DATE = 0,

    SINCE = 0, /* of the kinds below */

    WORKER_SECTOR = 1,
    WORKER_EMPLOYER_ID = 2,
    WORKER_EMPLOYER_NAME = 3,
    WORKER_COUNTRY = 4,

    LABOR_SCHEME = 1,
    LABOR_LEVEL = 2,

    TRADER_SCHEME = 1,
    TRADER_TIER = 2,
    TRADER_RECOGNIZED_BY = 3,

    /* the programmes that are schemes of trusted traders, which are neighbours */
    SCHEME_MIN = GARITA_PROGRAMME_CTPAT,
    SCHEME_MAX = GARITA_PROGRAMME_OEA
};

#define KEY_BIT(key) (UINT64_C(1) << (key))

/* --- reading --- */

/* A fact that is dated after its attestation has expired was never one. */
static void read_day(garita_reader *r, const char *field, uint32_t *out, uint32_t last)
{
    size_t at = r->at;
    garita_field_number(r, field, out, 0, GARITA_DAY_MAX);
    if (garita_reader_ok(r) && *out > last)
        garita_reader_fail(r, GARITA_E_DATE_ORDER, at);
}

static void read_entry(garita_reader *r, const char *field, uint8_t *out)
{
    garita_field_byte(r, field, out, 1, GARITA_ENTRY_CODE_MAX);
}

static void read_vaccination(garita_reader *r, garita_attestation *out, uint32_t last)
{
    garita_container map;
    unsigned key;
    garita_reader_map(r, &map);
    while (garita_reader_key(r, &map, &key)) {
        switch (key) {
        case VACCINATION_PRODUCT:
            garita_field_text(r, "product", &out->fact.vaccination.product,
                              GARITA_PRODUCT_BYTES_MAX);
            break;
        case VACCINATION_DOSE:
            garita_field_byte(r, "dose", &out->fact.vaccination.dose, 1, UINT8_MAX);
            break;
        case VACCINATION_DOSES:
            garita_field_byte(r, "doses", &out->fact.vaccination.doses, 1, UINT8_MAX);
            break;
        case VACCINATION_DATE:
            read_day(r, "date", &out->fact.vaccination.date, last);
            break;
        default:
            garita_reader_unlisted(r, &map, key, true);
            break;
        }
        r->field = "fact";
    }
    garita_reader_leave(r, &map,
                        KEY_BIT(VACCINATION_PRODUCT) | KEY_BIT(VACCINATION_DOSE) |
                            KEY_BIT(VACCINATION_DOSES) | KEY_BIT(VACCINATION_DATE));
}

static void read_moment(garita_reader *r, const char *field, int64_t *out, uint32_t last)
{
    uint64_t n;
    size_t at = r->at;
    r->field = field;
    garita_reader_uint(r, &n, 0, (uint64_t)GARITA_MOMENT_MAX);
    *out = (int64_t)n;
    if (garita_reader_ok(r) && last <= GARITA_DAY_MAX && *out >= garita_day_expires(last))
        garita_reader_fail(r, GARITA_E_DATE_ORDER, at);
}

static void read_test(garita_reader *r, garita_attestation *out, uint32_t last)
{
    garita_container map;
    unsigned key;
    garita_reader_map(r, &map);
    while (garita_reader_key(r, &map, &key)) {
        switch (key) {
        case TEST_TYPE:
            read_entry(r, "type", &out->fact.test.type);
            break;
        case TEST_RESULT:
            read_entry(r, "result", &out->fact.test.result);
            break;
        case TEST_SAMPLED_AT:
            read_moment(r, "sampled_at", &out->fact.test.sampled_at, last);
            break;
        default:
            garita_reader_unlisted(r, &map, key, true);
            break;
        }
        r->field = "fact";
    }
    garita_reader_leave(r, &map,
                        KEY_BIT(TEST_TYPE) | KEY_BIT(TEST_RESULT) | KEY_BIT(TEST_SAMPLED_AT));
}

static void read_recovery(garita_reader *r, garita_attestation *out, uint32_t last)
{
    garita_container map;
    unsigned key;
    garita_reader_map(r, &map);
    while (garita_reader_key(r, &map, &key)) {
        if (key == RECOVERY_DATE)
            read_day(r, "date", &out->fact.recovery.date, last);
        else
            garita_reader_unlisted(r, &map, key, true);
        r->field = "fact";
    }
    garita_reader_leave(r, &map, KEY_BIT(RECOVERY_DATE));
}

static void read_worker(garita_reader *r, garita_attestation *out, uint32_t last)
{
    garita_container map;
    unsigned key;
    garita_reader_map(r, &map);
    while (garita_reader_key(r, &map, &key)) {
        switch (key) {
        case SINCE:
            read_day(r, "since", &out->fact.essential_worker.since, last);
            break;
        case WORKER_SECTOR:
            read_entry(r, "sector", &out->fact.essential_worker.sector);
            break;
        case WORKER_EMPLOYER_ID:
            garita_field_text(r, "employer.id", &out->fact.essential_worker.employer_id,
                              GARITA_EMPLOYER_ID_BYTES_MAX);
            break;
        case WORKER_EMPLOYER_NAME:
            garita_field_text(r, "employer.name", &out->fact.essential_worker.employer_name,
                              GARITA_EMPLOYER_NAME_BYTES_MAX);
            break;
        case WORKER_COUNTRY:
            garita_field_country(r, "country", &out->fact.essential_worker.country);
            break;
        default:
            garita_reader_unlisted(r, &map, key, true);
            break;
        }
        r->field = "fact";
    }
    garita_reader_leave(r, &map,
                        KEY_BIT(SINCE) | KEY_BIT(WORKER_SECTOR) | KEY_BIT(WORKER_EMPLOYER_ID) |
                            KEY_BIT(WORKER_COUNTRY));
}

static void read_labor(garita_reader *r, garita_attestation *out, uint32_t last)
{
    garita_container map;
    unsigned key;
    garita_reader_map(r, &map);
    while (garita_reader_key(r, &map, &key)) {
        switch (key) {
        case SINCE:
            read_day(r, "since", &out->fact.labor_cert.since, last);
            break;
        case LABOR_SCHEME:
            garita_field_text(r, "scheme", &out->fact.labor_cert.scheme, GARITA_SCHEME_BYTES_MAX);
            break;
        case LABOR_LEVEL:
            garita_field_text(r, "level", &out->fact.labor_cert.level, GARITA_LEVEL_BYTES_MAX);
            break;
        default:
            garita_reader_unlisted(r, &map, key, true);
            break;
        }
        r->field = "fact";
    }
    garita_reader_leave(r, &map, KEY_BIT(SINCE) | KEY_BIT(LABOR_SCHEME) | KEY_BIT(LABOR_LEVEL));
}

/* Country codes are of capital letters: one byte after the other, "D" before "DZA". */
static bool ascends(garita_utf8 before, garita_utf8 after)
{
    size_t common = before.len < after.len ? before.len : after.len;
    int order = memcmp(before.at, after.at, common);
    return order < 0 || (order == 0 && before.len < after.len);
}

static void read_recognitions(garita_reader *r, garita_attestation *out)
{
    garita_container array;
    garita_utf8 *countries = out->fact.trusted_trader.recognized_by;
    size_t count = 0, at = r->at;
    r->field = "recognized_by";
    garita_reader_array(r, &array);
    if (garita_reader_ok(r) && array.left == 0)
        garita_reader_fail(r, GARITA_E_EMPTY, at);
    if (array.left > GARITA_RECOGNITIONS_MAX)
        garita_reader_fail(r, GARITA_E_RANGE, at);
    while (garita_reader_element(r, &array)) {
        at = r->at;
        garita_field_country(r, "recognized_by", &countries[count]);
        if (garita_reader_ok(r) && count > 0 && !ascends(countries[count - 1], countries[count]))
            garita_reader_fail(r, GARITA_E_KEY_ORDER, at);
        count++;
    }
    garita_reader_leave(r, &array, 0);
    out->fact.trusted_trader.recognized_by_count = count;
}

static void read_trader(garita_reader *r, garita_attestation *out, uint32_t last)
{
    garita_container map;
    unsigned key;
    garita_reader_map(r, &map);
    while (garita_reader_key(r, &map, &key)) {
        switch (key) {
        case SINCE:
            read_day(r, "since", &out->fact.trusted_trader.since, last);
            break;
        case TRADER_SCHEME:
            garita_field_byte(r, "scheme", &out->fact.trusted_trader.scheme, SCHEME_MIN,
                              SCHEME_MAX);
            break;
        case TRADER_TIER:
            garita_field_byte(r, "tier", &out->fact.trusted_trader.tier, 1, GARITA_TIER_MAX);
            break;
        case TRADER_RECOGNIZED_BY:
            read_recognitions(r, out);
            break;
        default:
            garita_reader_unlisted(r, &map, key, true);
            break;
        }
        r->field = "fact";
    }
    garita_reader_leave(r, &map, KEY_BIT(SINCE) | KEY_BIT(TRADER_SCHEME) | KEY_BIT(TRADER_TIER));
}

void garita_fact_read(garita_reader *r, garita_attestation *out, uint32_t last)
{
    r->field = "fact";
    switch (out->kind) {
    case GARITA_ATTESTATION_VACCINATION:
        read_vaccination(r, out, last);
        break;
    case GARITA_ATTESTATION_TEST:
        read_test(r, out, last);
        break;
    case GARITA_ATTESTATION_RECOVERY:
        read_recovery(r, out, last);
        break;
    case GARITA_ATTESTATION_ESSENTIAL_WORKER:
        read_worker(r, out, last);
        break;
    case GARITA_ATTESTATION_LABOR_CERT:
        read_labor(r, out, last);
        break;
    case GARITA_ATTESTATION_TRUSTED_TRADER:
        read_trader(r, out, last);
        break;
    }
}

/* --- writing --- */

static void write_number(garita_writer *w, unsigned key, uint64_t value)
{
    garita_write_uint(w, key);
    garita_write_uint(w, value);
}

static void write_text(garita_writer *w, unsigned key, garita_utf8 text)
{
    garita_write_uint(w, key);
    garita_write_text(w, text);
}

static void write_worker(garita_writer *w, const garita_attestation *a)
{
    bool is_named = a->fact.essential_worker.employer_name.len > 0;
    garita_write_map(w, is_named ? 5 : 4);
    write_number(w, SINCE, a->fact.essential_worker.since);
    write_number(w, WORKER_SECTOR, a->fact.essential_worker.sector);
    write_text(w, WORKER_EMPLOYER_ID, a->fact.essential_worker.employer_id);
    if (is_named)
        write_text(w, WORKER_EMPLOYER_NAME, a->fact.essential_worker.employer_name);
    write_text(w, WORKER_COUNTRY, a->fact.essential_worker.country);
}

static void write_trader(garita_writer *w, const garita_attestation *a)
{
    size_t count = a->fact.trusted_trader.recognized_by_count;
    garita_write_map(w, count > 0 ? 4 : 3);
    write_number(w, SINCE, a->fact.trusted_trader.since);
    write_number(w, TRADER_SCHEME, a->fact.trusted_trader.scheme);
    write_number(w, TRADER_TIER, a->fact.trusted_trader.tier);
    if (count == 0)
        return;
    garita_write_uint(w, TRADER_RECOGNIZED_BY);
    garita_write_array(w, count);
    for (size_t i = 0; i < count; i++)
        garita_write_text(w, a->fact.trusted_trader.recognized_by[i]);
}

void garita_fact_write(garita_writer *w, const garita_attestation *a)
{
    switch (a->kind) {
    case GARITA_ATTESTATION_VACCINATION:
        garita_write_map(w, 4);
        write_text(w, VACCINATION_PRODUCT, a->fact.vaccination.product);
        write_number(w, VACCINATION_DOSE, a->fact.vaccination.dose);
        write_number(w, VACCINATION_DOSES, a->fact.vaccination.doses);
        write_number(w, VACCINATION_DATE, a->fact.vaccination.date);
        break;
    case GARITA_ATTESTATION_TEST:
        garita_write_map(w, 3);
        write_number(w, TEST_TYPE, a->fact.test.type);
        write_number(w, TEST_RESULT, a->fact.test.result);
        /* below zero it is a number that reading back refuses */
        write_number(w, TEST_SAMPLED_AT, (uint64_t)a->fact.test.sampled_at);
        break;
    case GARITA_ATTESTATION_RECOVERY:
        garita_write_map(w, 1);
        write_number(w, RECOVERY_DATE, a->fact.recovery.date);
        break;
    case GARITA_ATTESTATION_ESSENTIAL_WORKER:
        write_worker(w, a);
        break;
    case GARITA_ATTESTATION_LABOR_CERT:
        garita_write_map(w, 3);
        write_number(w, SINCE, a->fact.labor_cert.since);
        write_text(w, LABOR_SCHEME, a->fact.labor_cert.scheme);
        write_text(w, LABOR_LEVEL, a->fact.labor_cert.level);
        break;
    case GARITA_ATTESTATION_TRUSTED_TRADER:
        write_trader(w, a);
        break;
    }
}

const char *garita_fact_overlong(const garita_attestation *a)
{
    switch (a->kind) {
    case GARITA_ATTESTATION_VACCINATION:
        return a->fact.vaccination.product.len > GARITA_PRODUCT_BYTES_MAX ? "product" : NULL;
    case GARITA_ATTESTATION_ESSENTIAL_WORKER:
        if (a->fact.essential_worker.employer_id.len > GARITA_EMPLOYER_ID_BYTES_MAX)
            return "employer.id";
        if (a->fact.essential_worker.employer_name.len > GARITA_EMPLOYER_NAME_BYTES_MAX)
            return "employer.name";
        return a->fact.essential_worker.country.len >= GARITA_COUNTRY_SIZE ? "country" : NULL;
    case GARITA_ATTESTATION_LABOR_CERT:
        if (a->fact.labor_cert.scheme.len > GARITA_SCHEME_BYTES_MAX)
            return "scheme";
        return a->fact.labor_cert.level.len > GARITA_LEVEL_BYTES_MAX ? "level" : NULL;
    case GARITA_ATTESTATION_TRUSTED_TRADER:
        for (size_t i = 0; i < a->fact.trusted_trader.recognized_by_count; i++)
            if (a->fact.trusted_trader.recognized_by[i].len >= GARITA_COUNTRY_SIZE)
                return "recognized_by";
        return NULL;
    case GARITA_ATTESTATION_TEST:
    case GARITA_ATTESTATION_RECOVERY:
        break;
    }
    return NULL;
}
