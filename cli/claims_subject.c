#include "claims_reader.h"

#include <string.h>

#include <garita/date.h>
#include <garita/programme.h>

#include "i18n.h"

static const char *const holder_fields[] = {"name", "birth_date", "nationality", "document", NULL};
static const char *const document_fields[] = {"type", "country", "number", NULL};
static const char *const company_fields[] = {"id", "name", "country", NULL};
static const char *const vehicle_fields[] = {"country", "plate", "description", NULL};

static const struct claims_shape holder_shape = {"holder.", holder_fields, NULL};
static const struct claims_shape document_shape = {"holder.document.", document_fields, NULL};
static const struct claims_shape company_shape = {"company.", company_fields, NULL};
static const struct claims_shape vehicle_shape = {"vehicle.", vehicle_fields, NULL};

/* --- a person --- */

static const char *document_type_name(unsigned table, size_t index)
{
    size_t count;
    const garita_document_type *rows = garita_document_types(&count);

    (void)table;
    return index < count ? rows[index].name : NULL;
}

static void read_document_type(struct claims_reader *reader, uint8_t *out, const json_t *document)
{
    garita_utf8 text = claims_read_text(reader, document, &document_shape, "type");

    if (reader->failed)
        return;
    const garita_document_type *type = garita_document_type_by_name(text.at, text.len);
    if (type != NULL) {
        *out = type->code;
        return;
    }
    claims_fail(reader, "unknown-document-type", _("holder.document.type: there is no \"%s\""),
                text.at);
    claims_advise_names(reader, text.at, document_type_name, 0);
}

/* The characters that a document number may have: FORMAT.md, section 5. */
static void read_document_number(struct claims_reader *reader, garita_utf8 *out,
                                 const json_t *document)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -./<";

    *out = claims_read_text(reader, document, &document_shape, "number");
    if (reader->failed)
        return;
    size_t at = strspn(out->at, allowed);
    if (at == out->len)
        return;
    claims_fail(reader, garita_error_name(GARITA_E_RANGE),
                _("holder.document.number: character %zu may not stand in a document number"),
                at + 1);
    claims_advise(reader, "%s", _("capital letters A to Z, digits, spaces and - . / < may"));
}

static uint32_t read_birth_date(struct claims_reader *reader, const json_t *holder)
{
    uint32_t number = 0;
    garita_utf8 text = claims_read_text(reader, holder, &holder_shape, "birth_date");

    if (!reader->failed && garita_birth_date_parse(&number, text.at, text.len) != GARITA_OK) {
        claims_fail(reader, garita_error_name(GARITA_E_DATE),
                    _("holder.birth_date: \"%s\" is no birth date"), text.at);
        claims_advise(reader, "%s",
                      _("as in 1988-04-02, or 1988-04 or 1988 where the document shows no more"));
    }
    return number;
}

void claims_read_holder(struct claims_reader *reader, garita_credential *out, const json_t *claims,
                        const struct claims_shape *shape, bool is_whole)
{
    const json_t *holder = claims_read_object(reader, claims, shape, "holder", &holder_shape);

    out->about = GARITA_SUBJECT_HOLDER;
    if (is_whole)
        out->name = claims_read_text(reader, holder, &holder_shape, "name");
    out->birth_date = read_birth_date(reader, holder);
    if (is_whole)
        out->nationality = claims_read_country(reader, holder, &holder_shape, "nationality");

    const json_t *document =
        claims_read_object(reader, holder, &holder_shape, "document", &document_shape);
    read_document_type(reader, &out->document_type, document);
    out->document_country = claims_read_country(reader, document, &document_shape, "country");
    read_document_number(reader, &out->document_number, document);
    if (!is_whole)
        claims_bound_text(reader, &document_shape, "number", out->document_number,
                          GARITA_DOCUMENT_NUMBER_BYTES_MAX);
}

/* --- a company --- */

void claims_read_company(struct claims_reader *reader, garita_credential *out, const json_t *claims,
                         const struct claims_shape *shape, bool is_whole)
{
    const json_t *company = claims_read_object(reader, claims, shape, "company", &company_shape);

    out->about = GARITA_SUBJECT_COMPANY;
    out->company_id = claims_read_text(reader, company, &company_shape, "id");
    if (!is_whole)
        claims_bound_text(reader, &company_shape, "id", out->company_id,
                          GARITA_COMPANY_ID_BYTES_MAX);
    if (is_whole)
        out->company_name = claims_read_text(reader, company, &company_shape, "name");
    out->company_country = claims_read_country(reader, company, &company_shape, "country");
}

/* --- a vehicle --- */

static void read_plate(struct claims_reader *reader, garita_utf8 *out, const json_t *vehicle)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -";

    *out = claims_read_text(reader, vehicle, &vehicle_shape, "plate");
    if (reader->failed)
        return;
    size_t at = strspn(out->at, allowed);
    if (at == out->len)
        return;
    claims_fail(reader, garita_error_name(GARITA_E_RANGE),
                _("vehicle.plate: character %zu may not stand in a plate"), at + 1);
    claims_advise(reader, "%s", _("capital letters A to Z, digits, spaces and hyphens may"));
}

void claims_read_vehicle(struct claims_reader *reader, garita_credential *out, const json_t *claims,
                         const struct claims_shape *shape)
{
    json_t *vehicle = claims_read_object(reader, claims, shape, "vehicle", &vehicle_shape);

    out->about = GARITA_SUBJECT_VEHICLE;
    out->vehicle_country = claims_read_country(reader, vehicle, &vehicle_shape, "country");
    read_plate(reader, &out->vehicle_plate, vehicle);
    if (!reader->failed && json_object_get(vehicle, "description") != NULL)
        out->vehicle_description = claims_read_text(reader, vehicle, &vehicle_shape, "description");
}
