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

void claims_text_add_holder(struct buffer *out, const garita_credential *credential)
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

void claims_text_add_grant(struct buffer *out, const garita_credential *credential)
{
    char not_before[GARITA_DATE_TEXT_SIZE];
    char expires[GARITA_DATE_TEXT_SIZE];

    claims_text_add_programme(out, credential);
    garita_day_format(not_before, credential->not_before);
    garita_day_format(expires, credential->expires);
    claims_text_label(out, _("Valid"));
    buffer_add_format(out, _("from %s to %s"), not_before, expires);
    buffer_add_char(out, '\n');
    claims_text_add_employer(out, credential);
}

void claims_text_add_programme(struct buffer *out, const garita_credential *credential)
{
    claims_text_label(out, _("Programme"));
    buffer_add_text(out, claims_text_programme(credential->programme));
    buffer_add_char(out, '\n');
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
