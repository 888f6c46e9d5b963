#include "verdict_shown.h"

#include <string.h>

#include <garita/date.h>

#include "i18n.h"
#include "safe_text.h"

static const garita_entry *kind_of(const garita_shown *shown)
{
    return shown->is_readable ? garita_entry_by_code(GARITA_TABLE_KINDS, shown->attestation.kind)
                              : NULL;
}

const char *verdict_shown_kind(const garita_shown *shown)
{
    const garita_entry *kind = kind_of(shown);

    if (kind == NULL)
        return _("Attestation");
    return strcmp(i18n_language(), "es") == 0 ? kind->title_es : kind->title_en;
}

void verdict_shown_add_name(struct buffer *out, const garita_shown *shown)
{
    const char *kind = verdict_shown_kind(shown);

    if (shown->issuer != NULL)
        /* TRANSLATORS: "Vaccination by Secretaría de Salud" */
        buffer_add_format(out, _("%s by %s"), kind, shown->issuer->name);
    else
        buffer_add_text(out, kind);
}

void verdict_shown_add_text(struct buffer *out, const garita_shown *shown)
{
    verdict_shown_add_name(out, shown);
    if (shown->outcome != GARITA_ACCEPT)
        buffer_add_format(out, _(", which does not count: %s"), garita_reason_code(shown->reason));
}

static void add_member(struct buffer *out, const char *name, const char *text)
{
    buffer_add_format(out, ",\"%s\":", name);
    if (text != NULL)
        safe_text_add_json(out, text, strlen(text));
    else
        buffer_add_text(out, "null");
}

void verdict_shown_add_json(struct buffer *out, const garita_shown *shown)
{
    const garita_entry *kind = kind_of(shown);
    char dated[GARITA_MOMENT_TEXT_SIZE];
    char expires[GARITA_DATE_TEXT_SIZE];

    buffer_add_text(out, "{\"kind\":");
    if (kind != NULL)
        safe_text_add_json(out, kind->name, strlen(kind->name));
    else
        buffer_add_text(out, "null");
    add_member(out, "issuer_name", shown->issuer != NULL ? shown->issuer->name : NULL);
    buffer_add_text(out, ",\"counts\":");
    buffer_add_text(out, shown->outcome == GARITA_ACCEPT ? "true" : "false");
    add_member(out, "reason", garita_reason_code(shown->reason));
    buffer_add_text(out, ",\"serial\":");
    if (!shown->is_readable) {
        buffer_add_text(out, "null,\"dated\":null,\"expires\":null}");
        return;
    }
    buffer_add_number(out, shown->attestation.serial);
    garita_moment_format(dated, garita_attestation_dated(&shown->attestation));
    garita_day_format(expires, shown->attestation.expires);
    add_member(out, "dated", dated);
    add_member(out, "expires", expires);
    buffer_add_char(out, '}');
}
