#include "node_text.h"

#include <sodium.h>

#include <garita/date.h>

#include "claims_text.h"
#include "i18n.h"
#include "safe_text.h"

void node_text_add_name(struct buffer *out, const garita_node *node)
{
    safe_text_add(out, node->name.at, node->name.len);
    buffer_add_format(out, ", %s", node->country);
}

void node_text_add_addresses(struct buffer *out, const garita_node *node)
{
    if (node->address_count == 0)
        buffer_add_text(out, _("none: it reaches others, and nobody reaches it"));
    for (size_t i = 0; i < node->address_count; i++)
        buffer_add_format(out, "%s%.*s", i > 0 ? ", " : "", (int)node->addresses[i].len,
                          node->addresses[i].at);
}

static void add_validity(struct buffer *out, const garita_node *node)
{
    char from[GARITA_DATE_TEXT_SIZE];
    char until[GARITA_DATE_TEXT_SIZE];

    garita_day_format(until, node->expires);
    claims_text_label(out, _("Valid"));
    if (node->has_start) {
        garita_day_format(from, node->not_before);
        buffer_add_format(out, _("from %s to %s"), from, until);
    } else {
        buffer_add_format(out, _("to %s"), until);
    }
    buffer_add_char(out, '\n');
}

void node_text_add(struct buffer *out, const garita_node *node)
{
    char fingerprint[GARITA_FINGERPRINT_TEXT_SIZE];
    char noise_key[2 * GARITA_NOISE_KEY_SIZE + 1];

    garita_key_fingerprint_format(fingerprint, node->public_key);
    sodium_bin2hex(noise_key, sizeof noise_key, node->noise_key, sizeof node->noise_key);
    claims_text_label(out, _("Node"));
    node_text_add_name(out, node);
    buffer_add_char(out, '\n');
    claims_text_label(out, _("Fingerprint"));
    buffer_add_format(out, "%s\n", fingerprint);
    claims_text_label(out, _("Noise key"));
    buffer_add_format(out, "%s\n", noise_key);
    claims_text_label(out, _("Addresses"));
    node_text_add_addresses(out, node);
    buffer_add_char(out, '\n');
    add_validity(out, node);
}

static void begin_line(struct buffer *out, unsigned level)
{
    buffer_add_format(out, "%*s", 2 * (int)level + 6, "");
}

void node_text_add_listed(struct buffer *out, const garita_node *node, unsigned level)
{
    char fingerprint[GARITA_FINGERPRINT_TEXT_SIZE];
    char from[GARITA_DATE_TEXT_SIZE];
    char until[GARITA_DATE_TEXT_SIZE];

    garita_key_fingerprint_format(fingerprint, node->public_key);
    garita_day_format(until, node->expires);
    buffer_add_format(out, "%*s", 2 * (int)level + 2, "");
    node_text_add_name(out, node);
    buffer_add_format(out, "  %s\n", _("(node)"));
    begin_line(out, level);
    buffer_add_format(out, "%s\n", fingerprint);
    begin_line(out, level);
    buffer_add_text(out, _("addresses: "));
    node_text_add_addresses(out, node);
    buffer_add_char(out, '\n');
    begin_line(out, level);
    if (node->has_start) {
        garita_day_format(from, node->not_before);
        buffer_add_format(out, _("in force from %s until %s"), from, until);
    } else {
        buffer_add_format(out, _("in force until %s"), until);
    }
    buffer_add_char(out, '\n');
}

static json_t *addresses_to_json(const garita_node *node)
{
    json_t *list = json_array();

    for (size_t i = 0; i < node->address_count; i++)
        json_array_append_new(list, json_stringn(node->addresses[i].at, node->addresses[i].len));
    return list;
}

static json_t *day_to_json(uint32_t day)
{
    char text[GARITA_DATE_TEXT_SIZE];

    garita_day_format(text, day);
    return json_string(text);
}

json_t *node_text_to_json(const garita_node *node)
{
    char public_key[2 * GARITA_PUBLIC_KEY_SIZE + 1];
    char noise_key[2 * GARITA_NOISE_KEY_SIZE + 1];
    char fingerprint[GARITA_FINGERPRINT_TEXT_SIZE];

    sodium_bin2hex(public_key, sizeof public_key, node->public_key, sizeof node->public_key);
    sodium_bin2hex(noise_key, sizeof noise_key, node->noise_key, sizeof node->noise_key);
    garita_key_fingerprint_format(fingerprint, node->public_key);
    return json_pack("{s:s, s:s, s:s, s:s%, s:s, s:o, s:o, s:o}", "public_key", public_key,
                     "noise_key", noise_key, "fingerprint", fingerprint, "name", node->name.at,
                     node->name.len, "country", node->country, "addresses", addresses_to_json(node),
                     "not_before", node->has_start ? day_to_json(node->not_before) : json_null(),
                     "expires", day_to_json(node->expires));
}
