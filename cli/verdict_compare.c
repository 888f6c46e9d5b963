#include "verdict_compare.h"

#include <garita/date.h>
#include <garita/name.h>

#include "claims_text.h"
#include "i18n.h"
#include "safe_text.h"

const char *verdict_compare_with(const garita_credential *credential)
{
    switch (credential->about) {
    case GARITA_SUBJECT_COMPANY:
        return _("Compare with the company's papers");
    case GARITA_SUBJECT_VEHICLE:
        return _("Compare with the vehicle and its plate");
    case GARITA_SUBJECT_HOLDER:
        break;
    }
    return _("Compare with the document shown");
}

static void add_utf8(struct buffer *out, garita_utf8 text)
{
    safe_text_add(out, text.at, text.len);
}

static void add_row(struct buffer *out, const char *label, garita_utf8 text)
{
    claims_text_label(out, label);
    add_utf8(out, text);
    buffer_add_char(out, '\n');
}

/* Both on one row: a verdict is to fit 24. */
static void add_born(struct buffer *out, const garita_credential *credential)
{
    char born[GARITA_DATE_TEXT_SIZE];

    garita_birth_date_format(born, credential->birth_date);
    claims_text_label(out, _("Born"));
    buffer_add_format(out, "%-14s%s ", born, _("Nationality"));
    add_utf8(out, credential->nationality);
    buffer_add_char(out, '\n');
}

static void add_holder(struct buffer *out, const garita_credential *credential)
{
    char mrz[GARITA_MRZ_NAME_MAX];
    size_t mrz_len = 0;

    add_row(out, _("Name"), credential->name);
    if (garita_name_mrz(mrz, &mrz_len, credential->name.at, credential->name.len) == GARITA_OK)
        /* TRANSLATORS: the name as the machine-readable zone of a passport spells it */
        add_row(out, _("In the MRZ"), (garita_utf8){mrz, mrz_len});
    add_born(out, credential);
    claims_text_label(out, _("Document"));
    claims_text_add_document(out, credential);
    buffer_add_char(out, '\n');
}

static void add_company(struct buffer *out, const garita_credential *credential)
{
    add_row(out, _("Company"), credential->company_name);
    /* TRANSLATORS: a company's number, "CTPAT-00012345" */
    add_row(out, _("Number"), credential->company_id);
    add_row(out, _("Country"), credential->company_country);
}

static void add_vehicle(struct buffer *out, const garita_credential *credential)
{
    add_row(out, _("Plate"), credential->vehicle_plate);
    add_row(out, _("Country"), credential->vehicle_country);
    if (credential->vehicle_description.len > 0)
        add_row(out, _("Vehicle"), credential->vehicle_description);
}

/* With the first day too, so that a credential that is not valid yet explains itself; and in one
 * row.
 */
static void add_programme(struct buffer *out, const garita_credential *credential)
{
    char not_before[GARITA_DATE_TEXT_SIZE];
    char expires[GARITA_DATE_TEXT_SIZE];

    garita_day_format(not_before, credential->not_before);
    garita_day_format(expires, credential->expires);
    claims_text_label(out, _("Programme"));
    /* TRANSLATORS: a programme and its days: "SENTRI, valid 2026-01-01 to 2031-01-01" */
    buffer_add_format(out, _("%s, valid %s to %s"), claims_text_programme(credential->programme),
                      not_before, expires);
    buffer_add_char(out, '\n');
}

void verdict_compare_add(struct buffer *out, const garita_credential *credential)
{
    if (credential->about == GARITA_SUBJECT_HOLDER) {
        add_holder(out, credential);
        add_programme(out, credential);
        claims_text_add_employer(out, credential);
        return;
    }
    if (credential->about == GARITA_SUBJECT_COMPANY)
        add_company(out, credential);
    else
        add_vehicle(out, credential);
    claims_text_add_grant(out, credential);
}

void verdict_compare_add_name(struct buffer *out, const garita_credential *credential)
{
    switch (credential->about) {
    case GARITA_SUBJECT_HOLDER:
        add_utf8(out, credential->name);
        break;
    case GARITA_SUBJECT_COMPANY:
        add_utf8(out, credential->company_name);
        break;
    case GARITA_SUBJECT_VEHICLE:
        add_utf8(out, credential->vehicle_country);
        buffer_add_char(out, ' ');
        add_utf8(out, credential->vehicle_plate);
        break;
    }
}

static void add_more_of_holder(struct buffer *out, const garita_credential *credential)
{
    char born[GARITA_DATE_TEXT_SIZE];

    garita_birth_date_format(born, credential->birth_date);
    buffer_add_format(out, ", %s, ", born);
    claims_text_add_document(out, credential);
}

void verdict_compare_add_line(struct buffer *out, const garita_credential *credential)
{
    char expires[GARITA_DATE_TEXT_SIZE];

    verdict_compare_add_name(out, credential);
    if (credential->about == GARITA_SUBJECT_HOLDER)
        add_more_of_holder(out, credential);
    if (credential->about == GARITA_SUBJECT_COMPANY) {
        buffer_add_text(out, ", ");
        add_utf8(out, credential->company_id);
    }
    if (credential->vehicle_description.len > 0) {
        buffer_add_text(out, ", ");
        add_utf8(out, credential->vehicle_description);
    }
    garita_day_format(expires, credential->expires);
    buffer_add_format(out, ", %s %s", claims_text_programme(credential->programme), expires);
}
