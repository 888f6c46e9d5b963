#include "claims_text.h"

#include <string.h>

#include <garita/date.h>
#include <garita/name.h>
#include <garita/programme.h>

#include "i18n.h"
#include "safe_text.h"

const char *claims_text_programme(uint64_t code)
{
    const garita_programme *programme = garita_programme_by_code(code);

    if (programme == NULL)
        return _("a programme that this version does not know");
    return strcmp(i18n_language(), "es") == 0 ? programme->title_es : programme->title_en;
}

const char *claims_text_entry(garita_table table, uint64_t code)
{
    const garita_entry *entry = garita_entry_by_code(table, code);

    if (entry == NULL)
        return _("something that this version does not know");
    return strcmp(i18n_language(), "es") == 0 ? entry->title_es : entry->title_en;
}

static const char *title_of_document(uint64_t code)
{
    const garita_document_type *type = garita_document_type_by_code(code);

    if (type == NULL)
        return _("document of another kind");
    return strcmp(i18n_language(), "es") == 0 ? type->title_es : type->title_en;
}

static void add_utf8(struct buffer *out, garita_utf8 text)
{
    safe_text_add(out, text.at, text.len);
}

static void add_birth_date(struct buffer *out, uint32_t number)
{
    char text[GARITA_DATE_TEXT_SIZE];

    garita_birth_date_format(text, number);
    buffer_add_text(out, text);
}

void claims_text_add_document(struct buffer *out, const garita_credential *credential)
{
    buffer_add_text(out, title_of_document(credential->document_type));
    buffer_add_char(out, ' ');
    add_utf8(out, credential->document_country);
    buffer_add_char(out, ' ');
    add_utf8(out, credential->document_number);
}

void claims_text_label(struct buffer *out, const char *label)
{
    enum { LABEL_COLUMNS = 16 };
    size_t columns = 0;

    buffer_add_text(out, "  ");
    buffer_add_text(out, label);
    for (const char *at = label; *at != '\0'; at++)
        columns += ((unsigned char)*at & 0xc0) != 0x80;
    do
        buffer_add_char(out, ' ');
    while (++columns < LABEL_COLUMNS);
}

static void add_holder(struct buffer *out, const garita_credential *credential)
{
    char mrz[GARITA_MRZ_NAME_MAX];
    size_t mrz_len = 0;

    claims_text_label(out, _("Name"));
    add_utf8(out, credential->name);
    buffer_add_char(out, '\n');
    if (garita_name_mrz(mrz, &mrz_len, credential->name.at, credential->name.len) == GARITA_OK) {
        /* TRANSLATORS: the name as the machine-readable zone of a passport spells it */
        claims_text_label(out, _("In the MRZ"));
        buffer_add(out, mrz, mrz_len);
        buffer_add_char(out, '\n');
    }
    claims_text_label(out, _("Born"));
    add_birth_date(out, credential->birth_date);
    buffer_add_char(out, '\n');
    claims_text_label(out, _("Nationality"));
    add_utf8(out, credential->nationality);
    buffer_add_char(out, '\n');
    claims_text_label(out, _("Document"));
    claims_text_add_document(out, credential);
    buffer_add_char(out, '\n');
}

static void add_line(struct buffer *out, const char *label, garita_utf8 text)
{
    claims_text_label(out, label);
    add_utf8(out, text);
    buffer_add_char(out, '\n');
}

static void add_company(struct buffer *out, const garita_credential *credential)
{
    add_line(out, _("Company"), credential->company_name);
    add_line(out, _("Number"), credential->company_id);
    add_line(out, _("Country"), credential->company_country);
}

static void add_vehicle(struct buffer *out, const garita_credential *credential)
{
    add_line(out, _("Plate"), credential->vehicle_plate);
    add_line(out, _("Country"), credential->vehicle_country);
    if (credential->vehicle_description.len > 0)
        add_line(out, _("Vehicle"), credential->vehicle_description);
}

void claims_text_add_subject(struct buffer *out, const garita_credential *credential)
{
    switch (credential->about) {
    case GARITA_SUBJECT_HOLDER:
        add_holder(out, credential);
        break;
    case GARITA_SUBJECT_COMPANY:
        add_company(out, credential);
        break;
    case GARITA_SUBJECT_VEHICLE:
        add_vehicle(out, credential);
        break;
    }
}

static void add_programme(struct buffer *out, const garita_credential *credential)
{
    claims_text_label(out, _("Programme"));
    buffer_add_text(out, claims_text_programme(credential->programme));
    buffer_add_char(out, '\n');
}

void claims_text_add_grant(struct buffer *out, const garita_credential *credential)
{
    char not_before[GARITA_DATE_TEXT_SIZE];
    char expires[GARITA_DATE_TEXT_SIZE];

    add_programme(out, credential);
    garita_day_format(not_before, credential->not_before);
    garita_day_format(expires, credential->expires);
    claims_text_label(out, _("Valid"));
    buffer_add_format(out, _("from %s to %s"), not_before, expires);
    buffer_add_char(out, '\n');
    claims_text_add_employer(out, credential);
}

void claims_text_add_employer(struct buffer *out, const garita_credential *credential)
{
    if (credential->employer_id.len > 0) {
        claims_text_label(out, _("Employer"));
        add_utf8(out, credential->employer_id);
        if (credential->employer_name.len > 0) {
            buffer_add_text(out, ", ");
            add_utf8(out, credential->employer_name);
        }
        buffer_add_char(out, '\n');
    }
}

/* --- attestations --- */

static void add_day(struct buffer *out, uint32_t day)
{
    char text[GARITA_DATE_TEXT_SIZE];

    garita_day_format(text, day);
    buffer_add_text(out, text);
}

static void add_since(struct buffer *out, uint32_t day)
{
    char text[GARITA_DATE_TEXT_SIZE];

    garita_day_format(text, day);
    buffer_add_format(out, _(", since %s"), text);
}

static void add_test(struct buffer *out, const garita_attestation *a)
{
    char sampled_at[GARITA_MOMENT_TEXT_SIZE];

    garita_moment_format(sampled_at, a->fact.test.sampled_at);
    buffer_add_format(out, "%s, %s, %s", claims_text_entry(GARITA_TABLE_TESTS, a->fact.test.type),
                      claims_text_entry(GARITA_TABLE_RESULTS, a->fact.test.result), sampled_at);
}

static void add_worker(struct buffer *out, const garita_attestation *a)
{
    buffer_add_format(out, "%s, ",
                      claims_text_entry(GARITA_TABLE_SECTORS, a->fact.essential_worker.sector));
    add_utf8(out, a->fact.essential_worker.employer_id);
    if (a->fact.essential_worker.employer_name.len > 0) {
        buffer_add_text(out, " (");
        add_utf8(out, a->fact.essential_worker.employer_name);
        buffer_add_char(out, ')');
    }
    buffer_add_text(out, ", ");
    add_utf8(out, a->fact.essential_worker.country);
    add_since(out, a->fact.essential_worker.since);
}

static void add_trader(struct buffer *out, const garita_attestation *a)
{
    buffer_add_format(out, _("%s, tier %u"), claims_text_programme(a->fact.trusted_trader.scheme),
                      a->fact.trusted_trader.tier);
    add_since(out, a->fact.trusted_trader.since);
    for (size_t i = 0; i < a->fact.trusted_trader.recognized_by_count; i++) {
        buffer_add_text(out, i == 0 ? _(", recognized by ") : " ");
        add_utf8(out, a->fact.trusted_trader.recognized_by[i]);
    }
}

static void add_fact(struct buffer *out, const garita_attestation *a)
{
    switch (a->kind) {
    case GARITA_ATTESTATION_VACCINATION:
        add_utf8(out, a->fact.vaccination.product);
        buffer_add_format(out, _(", dose %u of %u, "), a->fact.vaccination.dose,
                          a->fact.vaccination.doses);
        add_day(out, a->fact.vaccination.date);
        break;
    case GARITA_ATTESTATION_TEST:
        add_test(out, a);
        break;
    case GARITA_ATTESTATION_RECOVERY:
        buffer_add_text(out, _("first positive test "));
        add_day(out, a->fact.recovery.date);
        break;
    case GARITA_ATTESTATION_ESSENTIAL_WORKER:
        add_worker(out, a);
        break;
    case GARITA_ATTESTATION_LABOR_CERT:
        add_utf8(out, a->fact.labor_cert.scheme);
        buffer_add_text(out, _(", level "));
        add_utf8(out, a->fact.labor_cert.level);
        add_since(out, a->fact.labor_cert.since);
        break;
    case GARITA_ATTESTATION_TRUSTED_TRADER:
        add_trader(out, a);
        break;
    }
}

void claims_text_add_attestation(struct buffer *out, const garita_attestation *attestation)
{
    char subject[GARITA_SUBJECT_TEXT_SIZE];

    claims_text_label(out, _("Attests"));
    buffer_add_format(out,
                      "%s: ", claims_text_entry(GARITA_TABLE_KINDS, (uint64_t)attestation->kind));
    add_fact(out, attestation);
    buffer_add_char(out, '\n');
    claims_text_label(out, _("Valid"));
    buffer_add_text(out, _("to "));
    add_day(out, attestation->expires);
    buffer_add_char(out, '\n');
    garita_subject_format(subject, &attestation->subject);
    claims_text_label(out, _("About"));
    buffer_add_format(out, "%s\n", subject);
}
