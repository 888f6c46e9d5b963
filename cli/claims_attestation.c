/* An attestation's claims. */
#include <stdlib.h>
#include <string.h>

#include <garita/date.h>
#include <garita/programme.h>

#include "claims_reader.h"
#include "i18n.h"

static const char *const common_fields[] = {"attestation", "holder", "company", "subject",
                                            "expires",     "ref",    NULL};
/* of one whose subject is known */
static const char *const bound_fields[] = {"attestation", "expires", NULL};
static const char *const employer_fields[] = {"id", "name", NULL};
static const struct claims_shape employer_shape = {"employer.", employer_fields, NULL};

/* An attestation that is being read. */
struct reading {
    struct claims_reader *reader;
    struct claims_shape shape;
    const json_t *claims;
    garita_attestation *out;
};

/* --- values --- */

static uint32_t read_day(struct reading *r, const char *name)
{
    uint32_t day = claims_read_day(r->reader, r->claims, &r->shape, name);

    if (!r->reader->failed && day > r->out->expires)
        claims_fail(r->reader, garita_error_name(GARITA_E_DATE_ORDER), _("%s: after expires"),
                    name);
    return day;
}

static int64_t read_moment(struct reading *r, const char *name)
{
    int64_t moment = 0;
    garita_utf8 text = claims_read_text(r->reader, r->claims, &r->shape, name);

    if (r->reader->failed)
        return 0;
    if (garita_moment_parse(&moment, text.at, text.len) != GARITA_OK ||
        moment > GARITA_MOMENT_MAX) {
        claims_fail(r->reader, garita_error_name(GARITA_E_DATE), _("%s: \"%s\" is no moment"), name,
                    text.at);
        claims_advise(r->reader, "%s",
                      _("day, time and its distance from UTC, as in 2026-11-21T08:00:00-08:00"));
    } else if (moment >= garita_day_expires(r->out->expires)) {
        claims_fail(r->reader, garita_error_name(GARITA_E_DATE_ORDER), _("%s: after expires"),
                    name);
    }
    return moment;
}

static garita_utf8 read_text(struct reading *r, const char *name)
{
    return claims_read_text(r->reader, r->claims, &r->shape, name);
}

static unsigned read_number(struct reading *r, const char *name, unsigned most)
{
    return claims_read_number(r->reader, r->claims, &r->shape, name, 1, most);
}

static uint8_t read_entry(struct reading *r, const char *name, garita_table table)
{
    return claims_read_entry(r->reader, r->claims, &r->shape, name, table);
}

/* --- the facts, kind by kind --- */

static void read_vaccination(struct reading *r)
{
    r->out->fact.vaccination.product = read_text(r, "product");
    r->out->fact.vaccination.dose = (uint8_t)read_number(r, "dose", UINT8_MAX);
    r->out->fact.vaccination.doses = (uint8_t)read_number(r, "doses", UINT8_MAX);
    r->out->fact.vaccination.date = read_day(r, "date");
}

static void read_test(struct reading *r)
{
    r->out->fact.test.type = read_entry(r, "type", GARITA_TABLE_TESTS);
    r->out->fact.test.result = read_entry(r, "result", GARITA_TABLE_RESULTS);
    r->out->fact.test.sampled_at = read_moment(r, "sampled_at");
}

static void read_recovery(struct reading *r)
{
    r->out->fact.recovery.date = read_day(r, "date");
}

static void read_worker(struct reading *r)
{
    r->out->fact.essential_worker.sector = read_entry(r, "sector", GARITA_TABLE_SECTORS);
    const json_t *employer =
        claims_read_object(r->reader, r->claims, &r->shape, "employer", &employer_shape);
    r->out->fact.essential_worker.employer_id =
        claims_read_text(r->reader, employer, &employer_shape, "id");
    if (!r->reader->failed && json_object_get(employer, "name") != NULL)
        r->out->fact.essential_worker.employer_name =
            claims_read_text(r->reader, employer, &employer_shape, "name");
    r->out->fact.essential_worker.country =
        claims_read_country(r->reader, r->claims, &r->shape, "country");
    r->out->fact.essential_worker.since = read_day(r, "since");
}

static void read_labor(struct reading *r)
{
    r->out->fact.labor_cert.scheme = read_text(r, "scheme");
    r->out->fact.labor_cert.level = read_text(r, "level");
    r->out->fact.labor_cert.since = read_day(r, "since");
}

static const char *const schemes[] = {"ctpat", "oea"};

static const char *scheme_name(unsigned table, size_t index)
{
    (void)table;
    return index < sizeof schemes / sizeof schemes[0] ? schemes[index] : NULL;
}

static uint8_t read_scheme(struct reading *r)
{
    garita_utf8 text = read_text(r, "scheme");

    if (r->reader->failed)
        return 0;
    for (size_t i = 0; scheme_name(0, i) != NULL; i++)
        if (strcmp(schemes[i], text.at) == 0)
            return garita_programme_by_name(text.at, text.len)->code;
    claims_fail(r->reader, "unknown-name", _("%s%s: there is no \"%s\""), r->shape.path, "scheme",
                text.at);
    claims_advise_names(r->reader, text.at, scheme_name, 0);
    return 0;
}

static int by_text(const void *a, const void *b)
{
    const garita_utf8 *first = a;
    const garita_utf8 *second = b;

    return strcmp(first->at, second->at); /* JSON's texts end with a zero */
}

/* Written in any order. */
static void read_recognitions(struct reading *r)
{
    const json_t *list = json_object_get(r->claims, "recognized_by");
    garita_utf8 *out = r->out->fact.trusted_trader.recognized_by;
    const json_t *value;
    size_t count = json_array_size(list);
    size_t i;

    if (r->reader->failed || list == NULL)
        return;
    if (!json_is_array(list) || count == 0 || count > GARITA_RECOGNITIONS_MAX) {
        claims_fail(r->reader, garita_error_name(GARITA_E_RANGE),
                    _("recognized_by must be a list of one to %d countries"),
                    GARITA_RECOGNITIONS_MAX);
        return;
    }
    json_array_foreach(list, i, value)
    {
        /* named as if it were a field of the list, for the messages */
        json_t *one = json_pack("{s:O}", "recognized_by", value);
        out[i] = claims_read_country(r->reader, one, &r->shape, "recognized_by");
        json_decref(one); /* the list has the text still */
    }
    if (r->reader->failed)
        return;
    qsort(out, count, sizeof *out, by_text);
    for (i = 1; i < count; i++)
        if (by_text(&out[i - 1], &out[i]) == 0 && !r->reader->failed)
            claims_fail(r->reader, garita_error_name(GARITA_E_TWICE),
                        _("recognized_by: %s is there twice"), out[i].at);
    r->out->fact.trusted_trader.recognized_by_count = count;
}

static void read_trader(struct reading *r)
{
    r->out->fact.trusted_trader.scheme = read_scheme(r);
    r->out->fact.trusted_trader.tier = (uint8_t)read_number(r, "tier", GARITA_TIER_MAX);
    r->out->fact.trusted_trader.since = read_day(r, "since");
    read_recognitions(r);
}

/* --- kinds --- */

static const char *const vaccination_fields[] = {"product", "dose", "doses", "date", NULL};
static const char *const test_fields[] = {"type", "result", "sampled_at", NULL};
static const char *const recovery_fields[] = {"date", NULL};
static const char *const worker_fields[] = {"sector", "employer", "country", "since", NULL};
static const char *const labor_fields[] = {"scheme", "level", "since", NULL};
static const char *const trader_fields[] = {"scheme", "tier", "recognized_by", "since", NULL};

static const struct {
    const char *const *fields;
    void (*read)(struct reading *r);
    bool is_of_person; /* never of a company */
} kinds[GARITA_ATTESTATION_KIND_END] = {
    [GARITA_ATTESTATION_VACCINATION] = {vaccination_fields, read_vaccination, true},
    [GARITA_ATTESTATION_TEST] = {test_fields, read_test, true},
    [GARITA_ATTESTATION_RECOVERY] = {recovery_fields, read_recovery, true},
    [GARITA_ATTESTATION_ESSENTIAL_WORKER] = {worker_fields, read_worker, true},
    [GARITA_ATTESTATION_LABOR_CERT] = {labor_fields, read_labor, false},
    [GARITA_ATTESTATION_TRUSTED_TRADER] = {trader_fields, read_trader, false},
};

/* --- whom it is about --- */

static void read_subject(struct reading *r)
{
    static const char *const names[] = {"holder", "company", "subject"};
    garita_credential about = {0};
    size_t count = 0;

    if (r->reader->failed)
        return;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        count += json_object_get(r->claims, names[i]) != NULL;
    if (count > 1) {
        claims_fail(r->reader, garita_error_name(GARITA_E_SHAPE), "%s",
                    _("holder, company, subject: only one of these says whom it is about"));
    } else if (json_object_get(r->claims, "subject") != NULL) {
        garita_utf8 text = read_text(r, "subject");
        if (!r->reader->failed &&
            garita_subject_parse(&r->out->subject, text.at, text.len) != GARITA_OK)
            claims_fail(r->reader, garita_error_name(GARITA_E_RANGE),
                        _("subject: %d hexadecimal digits, as \"garita inspect\" shows them"),
                        2 * GARITA_SUBJECT_SIZE);
    } else if (json_object_get(r->claims, "company") == NULL) {
        claims_read_holder(r->reader, &about, r->claims, &r->shape, false);
        garita_subject_of(&r->out->subject, &about);
    } else if (kinds[r->out->kind].is_of_person) {
        claims_fail(r->reader, garita_error_name(GARITA_E_SHAPE),
                    _("company: an attestation of the kind %s is about a person"),
                    garita_entry_by_code(GARITA_TABLE_KINDS, r->out->kind)->name);
    } else {
        claims_read_company(r->reader, &about, r->claims, &r->shape, false);
        garita_subject_of(&r->out->subject, &about);
    }
}

void claims_read_attestation(struct claims_reader *reader, struct claims *out,
                             const garita_subject *subject)
{
    static const char *const no_fields[] = {NULL};
    struct reading r = {.reader = reader,
                        .shape = {"", subject != NULL ? bound_fields : common_fields, no_fields},
                        .claims = out->root,
                        .out = &out->attestation};

    out->type = GARITA_TYPE_ATTESTATION;
    r.out->kind = (garita_attestation_kind)read_entry(&r, "attestation", GARITA_TABLE_KINDS);
    if (reader->failed)
        return;
    r.shape.more = kinds[r.out->kind].fields;
    claims_check_fields(reader, out->root, &r.shape);
    if (subject != NULL)
        r.out->subject = *subject;
    else
        read_subject(&r);
    r.out->expires = claims_read_day(reader, out->root, &r.shape, "expires");
    kinds[r.out->kind].read(&r);
    claims_read_ref(reader, &out->ref, out->root, &r.shape);
}
