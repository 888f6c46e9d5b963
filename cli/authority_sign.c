#include "authority_sign.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include <garita/date.h>

#include "hand_out.h"
#include "i18n.h"
#include "own_register.h"
#include "report.h"

enum { DEFAULT_YEARS = 20 };

uint32_t authority_sign_default_expiry(int64_t now)
{
    char text[GARITA_DATE_TEXT_SIZE];
    char later[GARITA_MOMENT_TEXT_SIZE];
    unsigned year, month, day_of_month;
    int64_t today = now / 86400;
    uint32_t day = GARITA_DAY_MAX;

    if (today < 0 || today > GARITA_DAY_MAX)
        return GARITA_DAY_MAX;
    garita_day_format(text, (uint32_t)today);
    if (sscanf(text, "%u-%u-%u", &year, &month, &day_of_month) != 3)
        return GARITA_DAY_MAX;
    /* Of a leap day the day before, where the year has none. */
    for (unsigned i = 0; i < 2; i++) {
        int len = snprintf(later, sizeof later, "%04u-%02u-%02u", year + DEFAULT_YEARS, month,
                           day_of_month - i);
        if (garita_day_parse(&day, later, (size_t)len) == GARITA_OK)
            return day;
    }
    return GARITA_DAY_MAX;
}

/* A date that an option gives: EXIT_USAGE after a report if it is none. */
static exit_status read_day(const struct context *context, uint32_t *out, const char *option,
                            const char *text)
{
    if (garita_day_parse(out, text, strlen(text)) == GARITA_OK)
        return EXIT_DONE;
    return report_failure(context,
                          &(struct failure){EXIT_USAGE, garita_error_name(GARITA_E_DATE), NULL, 0,
                                            _("year, month and day, as in 2031-01-31")},
                          _("--%s: \"%s\" is no date"), option, text);
}

exit_status authority_read_until(const struct context *context, uint32_t *out, const char *text,
                                 int64_t now)
{
    exit_status status = read_day(context, out, "until", text);

    if (status != EXIT_DONE || garita_day_expires(*out) > now)
        return status;
    return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, NULL}, "%s",
                          _("--until is in the past"));
}

exit_status authority_read_dates(const struct context *context, bool *has_start, uint32_t *from,
                                 uint32_t *last, const char *given_from, const char *given_until,
                                 int64_t now)
{
    exit_status status = EXIT_DONE;

    if (given_from != NULL) {
        *has_start = true;
        status = read_day(context, from, "from", given_from);
    }
    if (status == EXIT_DONE && given_until != NULL)
        status = authority_read_until(context, last, given_until, now);
    if (status == EXIT_DONE && given_until != NULL && *has_start && *last < *from)
        return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, NULL}, "%s",
                              _("--until is before --from"));
    return status;
}

exit_status authority_sign(const struct context *context, struct authority_signed *out,
                           struct signing *signing, const garita_authority *authority,
                           const garita_signer *signer,
                           const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE], int64_t now)
{
    garita_fault fault = {.field = ""};

    exit_status status = own_register_serial(context, &out->serial, signing, first_key);
    if (status != EXIT_DONE)
        return status;
    out->authority = *authority;
    out->authority.serial = out->serial;
    out->issuer = signer->id;

    garita_error why = garita_authority_issue(out->bytes, &out->bytes_len, sizeof out->bytes,
                                              &fault, &out->authority, signer);
    if (why != GARITA_OK)
        return own_register_refuse(context, why, &fault);

    garita_register_entry entry = {
        .serial = out->serial,
        .key_number = signer->key_number,
        .type = GARITA_TYPE_AUTHORITY,
        .issued = now,
        .bytes = out->bytes,
        .bytes_len = out->bytes_len,
    };
    memcpy(entry.first_key, first_key, GARITA_PUBLIC_KEY_SIZE);
    return own_register_add(context, signing, &entry);
}

/* --- handing out --- */

static json_t *to_json(const struct authority_signed *statement)
{
    const garita_authority *authority = &statement->authority;
    char fingerprint[GARITA_FINGERPRINT_TEXT_SIZE];
    char issuer[GARITA_ID_TEXT_SIZE];
    char subject[GARITA_ID_TEXT_SIZE];
    char until[GARITA_DATE_TEXT_SIZE];
    garita_id id;

    garita_key_id(&id, authority->key_number == 1 ? authority->public_key : authority->first_key);
    garita_id_format(subject, &id);
    garita_id_format(issuer, &statement->issuer);
    garita_key_fingerprint_format(fingerprint, authority->public_key);
    garita_day_format(until, authority->expires);
    return json_pack("{s:I, s:s, s:s, s:i, s:s, s:s}", "serial", (json_int_t)statement->serial,
                     "issuer", issuer, "subject", subject, "key_number", (int)authority->key_number,
                     "fingerprint", fingerprint, "expires", until);
}

static void tell_people(const struct context *context, const struct authority_signed *statement)
{
    const garita_authority *authority = &statement->authority;
    char fingerprint[GARITA_FINGERPRINT_TEXT_SIZE];
    char until[GARITA_DATE_TEXT_SIZE];
    char subject[GARITA_ID_TEXT_SIZE];
    garita_id id;

    garita_key_id(&id, authority->key_number == 1 ? authority->public_key : authority->first_key);
    garita_id_format(subject, &id);
    garita_key_fingerprint_format(fingerprint, authority->public_key);
    garita_day_format(until, authority->expires);
    report_note(context, _("%.*s, %s: authority %s, key %d, until %s"), (int)authority->name.len,
                authority->name.at, authority->country, subject, authority->key_number, until);
    report_note(context, _("fingerprint %s"), fingerprint);
}

exit_status authority_hand_out(const struct context *context,
                               const struct authority_signed *statement, const char *output,
                               const char *key_name)
{
    const struct hand_out what = {
        .bytes = statement->bytes,
        .bytes_len = statement->bytes_len,
        .serial = statement->serial,
        .output = output,
        .key_name = key_name,
    };

    tell_people(context, statement);
    return hand_out(context, &what, context->json ? to_json(statement) : NULL);
}
