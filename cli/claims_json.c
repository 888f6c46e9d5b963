/* Claims as JSON, from what a statement says. */
#include <garita/date.h>
#include <garita/programme.h>

#include "claims.h"

/* An object that is being filled: if one of its members fails for want of memory, all of it does.
 */
struct filling {
    json_t *object;
    bool failed;
};

static struct filling begin(void)
{
    struct filling f = {.object = json_object()};

    f.failed = f.object == NULL;
    return f;
}

/* Takes the value; a null one is a failure. */
static void set(struct filling *f, const char *name, json_t *value)
{
    f->failed = json_object_set_new(f->object, name, value) != 0 || f->failed;
}

static json_t *end(struct filling *f)
{
    if (!f->failed)
        return f->object;
    json_decref(f->object);
    return NULL;
}

/* --- values --- */

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

static json_t *json_of_programme(uint8_t code)
{
    const garita_programme *programme = garita_programme_by_code(code);

    return programme != NULL ? json_string(programme->name) : json_integer(code);
}

static json_t *json_of_entry(garita_table table, uint8_t code)
{
    const garita_entry *entry = garita_entry_by_code(table, code);

    return entry != NULL ? json_string(entry->name) : json_integer(code);
}

static json_t *json_of_employer(garita_utf8 id, garita_utf8 name)
{
    struct filling employer = begin();

    set(&employer, "id", json_of(id));
    if (name.len > 0)
        set(&employer, "name", json_of(name));
    return end(&employer);
}

/* --- a credential --- */

static json_t *holder_to_json(const garita_credential *credential)
{
    const garita_document_type *type = garita_document_type_by_code(credential->document_type);
    char birth_date[GARITA_DATE_TEXT_SIZE];
    struct filling holder = begin();
    struct filling document = begin();

    garita_birth_date_format(birth_date, credential->birth_date);
    set(&document, "type",
        type != NULL ? json_string(type->name) : json_integer(credential->document_type));
    set(&document, "country", json_of(credential->document_country));
    set(&document, "number", json_of(credential->document_number));
    set(&holder, "name", json_of(credential->name));
    set(&holder, "birth_date", json_string(birth_date));
    set(&holder, "nationality", json_of(credential->nationality));
    set(&holder, "document", end(&document));
    return end(&holder);
}

static json_t *company_to_json(const garita_credential *credential)
{
    struct filling company = begin();

    set(&company, "id", json_of(credential->company_id));
    set(&company, "name", json_of(credential->company_name));
    set(&company, "country", json_of(credential->company_country));
    return end(&company);
}

static json_t *vehicle_to_json(const garita_credential *credential)
{
    struct filling vehicle = begin();

    set(&vehicle, "country", json_of(credential->vehicle_country));
    set(&vehicle, "plate", json_of(credential->vehicle_plate));
    if (credential->vehicle_description.len > 0)
        set(&vehicle, "description", json_of(credential->vehicle_description));
    return end(&vehicle);
}

json_t *claims_to_json(const garita_credential *credential)
{
    struct filling claims = begin();

    set(&claims, "programme", json_of_programme(credential->programme));
    switch (credential->about) {
    case GARITA_SUBJECT_HOLDER:
        set(&claims, "holder", holder_to_json(credential));
        break;
    case GARITA_SUBJECT_COMPANY:
        set(&claims, "company", company_to_json(credential));
        break;
    case GARITA_SUBJECT_VEHICLE:
        set(&claims, "vehicle", vehicle_to_json(credential));
        break;
    }
    set(&claims, "not_before", json_of_day(credential->not_before));
    set(&claims, "expires", json_of_day(credential->expires));
    if (credential->employer_id.len > 0)
        set(&claims, "employer",
            json_of_employer(credential->employer_id, credential->employer_name));
    return end(&claims);
}

/* --- an attestation --- */

static void set_vaccination(struct filling *claims, const garita_attestation *a)
{
    set(claims, "product", json_of(a->fact.vaccination.product));
    set(claims, "dose", json_integer(a->fact.vaccination.dose));
    set(claims, "doses", json_integer(a->fact.vaccination.doses));
    set(claims, "date", json_of_day(a->fact.vaccination.date));
}

static void set_test(struct filling *claims, const garita_attestation *a)
{
    char sampled_at[GARITA_MOMENT_TEXT_SIZE];

    garita_moment_format(sampled_at, a->fact.test.sampled_at);
    set(claims, "type", json_of_entry(GARITA_TABLE_TESTS, a->fact.test.type));
    set(claims, "result", json_of_entry(GARITA_TABLE_RESULTS, a->fact.test.result));
    set(claims, "sampled_at", json_string(sampled_at));
}

static void set_worker(struct filling *claims, const garita_attestation *a)
{
    set(claims, "sector", json_of_entry(GARITA_TABLE_SECTORS, a->fact.essential_worker.sector));
    set(claims, "employer",
        json_of_employer(a->fact.essential_worker.employer_id,
                         a->fact.essential_worker.employer_name));
    set(claims, "country", json_of(a->fact.essential_worker.country));
    set(claims, "since", json_of_day(a->fact.essential_worker.since));
}

static json_t *countries_to_json(const garita_utf8 *countries, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        if (json_array_append_new(list, json_of(countries[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

static void set_trader(struct filling *claims, const garita_attestation *a)
{
    size_t count = a->fact.trusted_trader.recognized_by_count;

    set(claims, "scheme", json_of_programme(a->fact.trusted_trader.scheme));
    set(claims, "tier", json_integer(a->fact.trusted_trader.tier));
    if (count > 0)
        set(claims, "recognized_by",
            countries_to_json(a->fact.trusted_trader.recognized_by, count));
    set(claims, "since", json_of_day(a->fact.trusted_trader.since));
}

static void set_fact(struct filling *claims, const garita_attestation *a)
{
    switch (a->kind) {
    case GARITA_ATTESTATION_VACCINATION:
        set_vaccination(claims, a);
        break;
    case GARITA_ATTESTATION_TEST:
        set_test(claims, a);
        break;
    case GARITA_ATTESTATION_RECOVERY:
        set(claims, "date", json_of_day(a->fact.recovery.date));
        break;
    case GARITA_ATTESTATION_ESSENTIAL_WORKER:
        set_worker(claims, a);
        break;
    case GARITA_ATTESTATION_LABOR_CERT:
        set(claims, "scheme", json_of(a->fact.labor_cert.scheme));
        set(claims, "level", json_of(a->fact.labor_cert.level));
        set(claims, "since", json_of_day(a->fact.labor_cert.since));
        break;
    case GARITA_ATTESTATION_TRUSTED_TRADER:
        set_trader(claims, a);
        break;
    }
}

json_t *claims_attestation_to_json(const garita_attestation *attestation)
{
    char subject[GARITA_SUBJECT_TEXT_SIZE];
    struct filling claims = begin();

    garita_subject_format(subject, &attestation->subject);
    set(&claims, "attestation", json_of_entry(GARITA_TABLE_KINDS, (uint8_t)attestation->kind));
    set(&claims, "subject", json_string(subject));
    set(&claims, "expires", json_of_day(attestation->expires));
    set_fact(&claims, attestation);
    return end(&claims);
}

/* --- whether two claim the same --- */

/* Takes both. */
static bool are_equal(json_t *a, json_t *b)
{
    bool is_equal = a != NULL && b != NULL && json_equal(a, b);

    json_decref(a);
    json_decref(b);
    return is_equal;
}

bool claims_equal(const garita_credential *a, const garita_credential *b)
{
    return are_equal(claims_to_json(a), claims_to_json(b));
}

bool claims_attestation_equal(const garita_attestation *a, const garita_attestation *b)
{
    return are_equal(claims_attestation_to_json(a), claims_attestation_to_json(b));
}
