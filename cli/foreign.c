#include "foreign.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include <garita/text.h>

#include "i18n.h"

static const struct kind {
    const char *prefix; /* in any case */
    const char *title;
} kinds[] = {
    {"HC1:", N_("an EU Digital COVID Certificate (HC1:)")},
    {"shc:/", N_("a SMART Health Card (shc:/)")},
    {"https://", N_("a web address, a URL (https://)")},
    {"http://", N_("a web address, a URL (http://)")},
    {"www.", N_("a web address, a URL (www.)")},
    {"mdoc:", N_("a mobile driving licence (mdoc:)")},
    {"{\"data\":{\"hdr\":", N_("an ICAO visible digital seal (VDS-NC)")},
    {"BEGIN:VCARD", N_("a contact (vCard)")},
    {"MECARD:", N_("a contact (MECARD:)")},
    {"BEGIN:VCALENDAR", N_("a calendar entry (iCalendar)")},
    {"BEGIN:VEVENT", N_("a calendar entry (iCalendar)")},
    {"WIFI:", N_("the password of a wireless network (WIFI:)")},
    {"otpauth:", N_("a sign-in secret (otpauth:)")},
    {"000201", N_("a payment code (EMVCo)")},
    {"mailto:", N_("an e-mail address (mailto:)")},
    {"tel:", N_("a telephone number (tel:)")},
    {"geo:", N_("a place on the map (geo:)")},
};

/* IATA resolution 792 (BCBP): M, the number of legs, 20 characters of name with a slash, and at
 * least 60 characters in all. */
static bool is_boarding_pass(const char *text, size_t text_len)
{
    return text_len >= 60 && text[0] == 'M' && text[1] >= '1' && text[1] <= '4' &&
           memchr(text + 2, '/', 20) != NULL;
}

/* Something stands before GT1: a space, a prefix that a scanner adds. */
static bool has_ours_inside(const char *text, size_t text_len)
{
    enum { PREFIX_MAX = 16 };

    for (size_t at = 1; at <= PREFIX_MAX && at < text_len; at++)
        if (garita_text_is_ours(text + at, text_len - at) && text_len - at > 4 &&
            text[at + 3] == ':')
            return true;
    return false;
}

static const struct kind *kind_of(const char *text, size_t text_len)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t len = strlen(kinds[i].prefix);
        if (len <= text_len && strncasecmp(text, kinds[i].prefix, len) == 0)
            return &kinds[i];
    }
    return NULL;
}

const char *foreign_looks_like(const char *text, size_t text_len)
{
    const struct kind *kind = kind_of(text, text_len);

    if (kind != NULL)
        return _(kind->title);
    if (is_boarding_pass(text, text_len))
        return _("a boarding pass (IATA BCBP)");
    if (has_ours_inside(text, text_len))
        return _("one of ours with something before GT1: (a prefix that the scanner adds?)");
    bool is_number = text_len > 0;
    for (size_t i = 0; i < text_len && is_number; i++)
        is_number = isdigit((unsigned char)text[i]) != 0;
    return is_number ? _("a number, as on goods or parcels") : _("some other text");
}

static const struct file_kind {
    size_t at; /* where the magic stands */
    const char *magic;
    const char *title;
} file_kinds[] = {
    {0, "%PDF-", N_("a PDF document")},     {0, "GIF8", N_("a GIF picture")},
    {8, "WEBP", N_("a WebP picture")},      {4, "ftyphei", N_("a HEIC picture")},
    {4, "ftyphev", N_("a HEIC picture")},   {4, "ftypmif1", N_("a HEIC picture")},
    {4, "ftypavif", N_("an AVIF picture")},
};

static bool has_at(const uint8_t *bytes, size_t len, size_t at, const char *text)
{
    size_t text_len = strlen(text);

    return at <= len && text_len <= len - at && memcmp(bytes + at, text, text_len) == 0;
}

/* But not the text of a seal that is JSON (VDS-NC), which is told as a code. */
static bool is_json(const char *text, size_t len)
{
    return (text[0] == '{' || text[0] == '[') && kind_of(text, len) == NULL;
}

bool foreign_file_is(struct foreign_file *out, const uint8_t *bytes, size_t len)
{
    size_t at = has_at(bytes, len, 0, "\xef\xbb\xbf") ? 3 : 0;

    out->hint = _("scan the PNG or JPEG: save it as one, or photograph the code");
    for (size_t i = 0; i < sizeof file_kinds / sizeof file_kinds[0]; i++) {
        if (has_at(bytes, len, file_kinds[i].at, file_kinds[i].magic)) {
            out->title = _(file_kinds[i].title);
            return true;
        }
    }
    while (at < len && isspace(bytes[at]))
        at++;
    if (at == len)
        return false;
    if (has_at(bytes, len, at, "<svg") || has_at(bytes, len, at, "<?xml")) {
        out->title = _("a drawing or document in XML, such as SVG");
        return true;
    }
    if (is_json((const char *)bytes + at, len - at)) {
        out->title = _("JSON data");
        out->hint = _("scan the credential that \"garita issue\" makes of such data");
        return true;
    }
    return false;
}
