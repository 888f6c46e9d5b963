#include "issuer_text.h"

#include <string.h>

#include <sodium.h>

#include <garita/date.h>

#include "i18n.h"
#include "safe_text.h"
#include "scope_text.h"
#include "signing.h"

static void add_validity(struct buffer *out, const garita_issuer *issuer)
{
    char from[GARITA_DATE_TEXT_SIZE];
    char until[GARITA_DATE_TEXT_SIZE];

    garita_day_format(until, signing_last_day(issuer));
    if (issuer->in_force_from > 0) {
        /* The inverse of garita_day_begins. */
        garita_day_format(from, (uint32_t)((issuer->in_force_from - garita_day_begins(0)) / 86400));
        buffer_add_format(out, _("in force from %s until %s"), from, until);
    } else {
        buffer_add_format(out, _("in force until %s"), until);
    }
}

static void begin_line(struct buffer *out, const garita_issuer *issuer)
{
    buffer_add_format(out, "%*s", 2 * issuer->level + 4, "");
}

void issuer_text_add(struct buffer *out, const garita_issuer *issuer)
{
    char id[GARITA_ID_TEXT_SIZE];
    char fingerprint[GARITA_FINGERPRINT_TEXT_SIZE];
    bool is_anchor = issuer->anchor == issuer;

    garita_id_format(id, &issuer->id);
    garita_key_fingerprint_format(fingerprint, issuer->public_key);
    buffer_add_format(out, "%*s%s  ", 2 * issuer->level, "", id);
    safe_text_add(out, issuer->name, strlen(issuer->name));
    buffer_add_format(out, ", %s", issuer->country);
    if (is_anchor)
        buffer_add_format(out, "  %s", _("(anchor)"));
    if (issuer->key_number > 1)
        buffer_add_format(out, _("  (key %d)"), issuer->key_number);
    if (issuer->shares_id)
        buffer_add_format(out, "  %s", _("(ANOTHER AUTHORITY HAS THIS ID)"));
    buffer_add_char(out, '\n');
    begin_line(out, issuer);
    buffer_add_format(out, "%s\n", fingerprint);
    begin_line(out, issuer);
    buffer_add_text(out, _("programmes: "));
    scope_text_add_programmes(out, issuer->scope.programmes);
    buffer_add_char(out, '\n');
    begin_line(out, issuer);
    buffer_add_text(out, _("types: "));
    scope_text_add_types(out, issuer->scope.types);
    buffer_add_char(out, '\n');
    begin_line(out, issuer);
    buffer_add_text(out, _("countries: "));
    scope_text_add_countries(out, &issuer->scope);
    buffer_add_char(out, '\n');
    begin_line(out, issuer);
    add_validity(out, issuer);
    buffer_add_char(out, '\n');
}

static json_t *moment_json(int64_t moment)
{
    char text[GARITA_MOMENT_TEXT_SIZE];

    if (moment < 0)
        return json_null();
    garita_moment_format(text, moment);
    return json_string(text);
}

json_t *issuer_text_to_json(const garita_issuer *issuer)
{
    char id[GARITA_ID_TEXT_SIZE];
    char parent[GARITA_ID_TEXT_SIZE];
    char hex[2 * GARITA_PUBLIC_KEY_SIZE + 1];
    char fingerprint[GARITA_FINGERPRINT_TEXT_SIZE];
    bool is_anchor = issuer->anchor == issuer;

    garita_id_format(id, &issuer->id);
    garita_id_format(parent, &issuer->parent->id);
    sodium_bin2hex(hex, sizeof hex, issuer->public_key, sizeof issuer->public_key);
    garita_key_fingerprint_format(fingerprint, issuer->public_key);
    return json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:b, s:i, s:s?, s:I, s:o, s:o, s:o, s:i, s:o, "
                     "s:o, s:b}",
                     "id", id, "key_number", (int)issuer->key_number, "public_key", hex,
                     "fingerprint", fingerprint, "name", issuer->name, "country", issuer->country,
                     "is_anchor", (int)is_anchor, "level", (int)issuer->level, "parent",
                     is_anchor ? NULL : parent, "serial", (json_int_t)issuer->serial, "countries",
                     scope_text_json_countries(&issuer->scope), "programmes",
                     scope_text_json_programmes(issuer->scope.programmes), "types",
                     scope_text_json_types(issuer->scope.types), "depth", (int)issuer->scope.depth,
                     "from", moment_json(issuer->in_force_from), "until",
                     moment_json(issuer->in_force_until), "shares_id", (int)issuer->shares_id);
}
