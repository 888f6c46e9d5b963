#include "authority_text.h"

#include <string.h>

#include <sodium.h>

#include <garita/date.h>

#include "claims_text.h"
#include "i18n.h"
#include "safe_text.h"
#include "scope_text.h"

static void add_scope(struct buffer *out, const garita_scope *scope)
{
    claims_text_label(out, _("Programmes"));
    scope_text_add_programmes(out, scope->programmes);
    buffer_add_char(out, '\n');
    claims_text_label(out, _("Types"));
    scope_text_add_types(out, scope->types);
    buffer_add_char(out, '\n');
    claims_text_label(out, _("Countries"));
    scope_text_add_countries(out, scope);
    buffer_add_char(out, '\n');
    claims_text_label(out, _("Levels below"));
    buffer_add_number(out, scope->depth);
    buffer_add_char(out, '\n');
}

static void add_validity(struct buffer *out, const garita_authority *authority)
{
    char from[GARITA_DATE_TEXT_SIZE];
    char until[GARITA_DATE_TEXT_SIZE];

    garita_day_format(until, authority->expires);
    claims_text_label(out, _("Valid"));
    if (authority->has_start) {
        garita_day_format(from, authority->not_before);
        buffer_add_format(out, _("from %s to %s"), from, until);
    } else {
        buffer_add_format(out, _("to %s"), until);
    }
    buffer_add_char(out, '\n');
}

void authority_text_add(struct buffer *out, const garita_authority *authority)
{
    char id[GARITA_ID_TEXT_SIZE];
    char fingerprint[GARITA_FINGERPRINT_TEXT_SIZE];

    garita_id_format(id, &authority->id);
    garita_key_fingerprint_format(fingerprint, authority->public_key);
    claims_text_label(out, _("Authority"));
    safe_text_add(out, authority->name.at, authority->name.len);
    buffer_add_format(out, " (%s), %s\n", id, authority->country);
    claims_text_label(out, _("Key"));
    buffer_add_format(out, "%u\n", (unsigned)authority->key_number);
    claims_text_label(out, _("Fingerprint"));
    buffer_add_format(out, "%s\n", fingerprint);
    add_validity(out, authority);
    if (!authority->self_issued)
        add_scope(out, &authority->scope);
}

static json_t *day_to_json(uint32_t day)
{
    char text[GARITA_DATE_TEXT_SIZE];

    garita_day_format(text, day);
    return json_string(text);
}

json_t *authority_text_to_json(const garita_authority *authority)
{
    char id[GARITA_ID_TEXT_SIZE];
    char fingerprint[GARITA_FINGERPRINT_TEXT_SIZE];
    char key[GARITA_PUBLIC_KEY_SIZE * 2 + 1];

    garita_id_format(id, &authority->id);
    garita_key_fingerprint_format(fingerprint, authority->public_key);
    sodium_bin2hex(key, sizeof key, authority->public_key, sizeof authority->public_key);
    json_t *object =
        json_pack("{s:s, s:i, s:s, s:s, s:s%, s:s, s:b, s:o, s:o}", "id", id, "key_number",
                  (int)authority->key_number, "public_key", key, "fingerprint", fingerprint, "name",
                  authority->name.at, authority->name.len, "country", authority->country,
                  "is_anchor", (int)authority->self_issued, "not_before",
                  authority->has_start ? day_to_json(authority->not_before) : json_null(),
                  "expires", day_to_json(authority->expires));
    if (object == NULL || authority->self_issued)
        return object;
    const garita_scope *scope = &authority->scope;
    if (json_object_set_new(object, "programmes", scope_text_json_programmes(scope->programmes)) !=
            0 ||
        json_object_set_new(object, "types", scope_text_json_types(scope->types)) != 0 ||
        json_object_set_new(object, "countries", scope_text_json_countries(scope)) != 0 ||
        json_object_set_new(object, "depth", json_integer(scope->depth)) != 0) {
        json_decref(object);
        return NULL;
    }
    return object;
}
