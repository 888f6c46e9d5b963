#include "claims.h"

#include <stdlib.h>
#include <string.h>

#include <garita/date.h>
#include <garita/programme.h>

#include "claims_reader.h"
#include "i18n.h"

static const char *const claims_fields[] = {"programme",  "holder",  "company",  "vehicle",
                                            "not_before", "expires", "employer", "attestations",
                                            "ref",        NULL};
static const char *const employer_fields[] = {"id", "name", NULL};

static const struct claims_shape claims_shape = {"", claims_fields, NULL};
static const struct claims_shape employer_shape = {"employer.", employer_fields, NULL};

/* --- the programme, and whom its credentials are about --- */

static const char *programme_name(unsigned table, size_t index)
{
    size_t count;
    const garita_programme *rows = garita_programmes(&count);

    (void)table;
    return index < count ? rows[index].name : NULL;
}

static const garita_programme *read_programme(struct claims_reader *reader, uint8_t *out,
                                              const json_t *claims)
{
    garita_utf8 text = claims_read_text(reader, claims, &claims_shape, "programme");

    if (reader->failed)
        return NULL;
    const garita_programme *programme = garita_programme_by_name(text.at, text.len);
    if (programme == NULL) {
        claims_fail(reader, "unknown-programme", _("programme: there is no \"%s\""), text.at);
        claims_advise_names(reader, text.at, programme_name, 0);
        return NULL;
    }
    *out = programme->code;
    return programme;
}

/* The members of the claims that say whom they are about, as a set: each has its kind's name. */
static unsigned subjects_of(const json_t *claims)
{
    unsigned set = 0;

    for (unsigned kind = 0; garita_subject_kind_name(kind) != NULL; kind++)
        if (json_object_get(claims, garita_subject_kind_name(kind)) != NULL)
            set |= 1u << kind;
    return set;
}

/* The lowest member of a set that is not empty. */
static unsigned first_of(unsigned set)
{
    unsigned kind = 0;

    while ((set >> kind & 1) == 0)
        kind++;
    return kind;
}

static void refuse_shape(struct claims_reader *reader, const garita_programme *programme,
                         unsigned given)
{
    const char *shape = garita_error_name(GARITA_E_SHAPE);

    if (programme->subjects == 0) {
        claims_fail(reader, shape, _("programme: %s is for attestations alone"), programme->name);
        claims_advise(reader, "%s",
                      _("an attestation's claims begin with its kind: "
                        "{\"attestation\":\"vaccination\",…}"));
        return;
    }
    if ((given & (given - 1)) != 0)
        claims_fail(reader, shape, _("%s: a credential is about one thing, and this is the second"),
                    garita_subject_kind_name(first_of(given & (given - 1))));
    else
        claims_fail(reader, shape, _("%s: no credential of %s is about one"),
                    garita_subject_kind_name(first_of(given)), programme->name);
    claims_advise(reader, _("of %s it is one of:"), programme->name);
    for (unsigned kind = 0; garita_subject_kind_name(kind) != NULL; kind++)
        if ((programme->subjects >> kind & 1) != 0)
            claims_advise(reader, " %s", garita_subject_kind_name(kind));
}

static void read_subject(struct claims_reader *reader, garita_credential *out,
                         const garita_programme *programme, const json_t *claims)
{
    if (reader->failed)
        return;
    unsigned given = subjects_of(claims);
    unsigned allowed = programme->subjects;
    if (allowed == 0 || (given & (given - 1)) != 0 || (given & ~allowed) != 0) {
        refuse_shape(reader, programme, given);
        return;
    }
    switch ((garita_subject_kind)first_of(given != 0 ? given : allowed)) {
    case GARITA_SUBJECT_HOLDER:
        claims_read_holder(reader, out, claims, &claims_shape, true);
        break;
    case GARITA_SUBJECT_COMPANY:
        claims_read_company(reader, out, claims, &claims_shape, true);
        break;
    case GARITA_SUBJECT_VEHICLE:
        claims_read_vehicle(reader, out, claims, &claims_shape);
        break;
    }
}

/* --- the rest of a credential --- */

static void read_employer(struct claims_reader *reader, garita_credential *out,
                          const json_t *claims)
{
    if (reader->failed || json_object_get(claims, "employer") == NULL)
        return;
    if (out->about != GARITA_SUBJECT_HOLDER) {
        claims_fail(reader, garita_error_name(GARITA_E_SHAPE), "%s",
                    _("employer: only a holder has one"));
        return;
    }
    const json_t *employer =
        claims_read_object(reader, claims, &claims_shape, "employer", &employer_shape);
    out->employer_id = claims_read_text(reader, employer, &employer_shape, "id");
    if (!reader->failed && json_object_get(employer, "name") != NULL)
        out->employer_name = claims_read_text(reader, employer, &employer_shape, "name");
}

/* Nobody is issued anything before birth. */
static void check_birth(struct claims_reader *reader, const garita_credential *credential)
{
    char birth[GARITA_DATE_TEXT_SIZE];
    char first[GARITA_DATE_TEXT_SIZE];

    if (reader->failed || credential->about != GARITA_SUBJECT_HOLDER)
        return;
    /* Either may be less than a whole date: as texts they compare as far as they are known. */
    garita_birth_date_format(birth, credential->birth_date);
    garita_day_format(first, credential->not_before);
    if (strncmp(birth, first, strlen(birth)) > 0)
        claims_fail(reader, garita_error_name(GARITA_E_DATE_ORDER), "%s",
                    _("holder.birth_date: after not_before"));
}

static void read_credential(struct claims_reader *reader, struct claims *out)
{
    garita_credential *credential = &out->credential;

    out->type = GARITA_TYPE_CREDENTIAL;
    claims_check_fields(reader, out->root, &claims_shape);
    const garita_programme *programme = read_programme(reader, &credential->programme, out->root);
    read_subject(reader, credential, programme, out->root);
    credential->not_before = claims_read_day(reader, out->root, &claims_shape, "not_before");
    credential->expires = claims_read_day(reader, out->root, &claims_shape, "expires");
    if (!reader->failed && credential->expires < credential->not_before)
        claims_fail(reader, garita_error_name(GARITA_E_DATE_ORDER), "%s",
                    _("expires: before not_before"));
    check_birth(reader, credential);
    read_employer(reader, credential, out->root);
    claims_read_attached(reader, out, &claims_shape);
    claims_read_ref(reader, &out->ref, out->root, &claims_shape);
}

/* --- claims of either type --- */

static bool take(struct claims *out, struct claims_reader *reader, const garita_subject *subject)
{
    if (!json_is_object(out->root))
        claims_fail(reader, garita_error_name(GARITA_E_WRONG_KIND), "%s",
                    _("claims are one JSON object: {…}"));
    else if (subject != NULL || json_object_get(out->root, "attestation") != NULL)
        claims_read_attestation(reader, out, subject);
    else
        read_credential(reader, out);
    if (reader->failed)
        claims_free(out);
    return !reader->failed;
}

bool claims_read(struct claims *out, struct claims_fault *fault, const char *text, size_t text_len)
{
    static const char bom[] = "\xef\xbb\xbf";
    struct claims_reader reader = {fault, false};
    json_error_t error;

    *out = (struct claims){0};
    /* Spreadsheets write it. */
    if (text_len >= 3 && memcmp(text, bom, 3) == 0) {
        text += 3;
        text_len -= 3;
    }
    out->root = json_loadb(text, text_len, JSON_REJECT_DUPLICATES, &error);
    if (out->root == NULL) {
        claims_fail(&reader, "json", _("not JSON: %s (column %d)"), error.text, error.column);
        fault->line = error.line > 0 ? (unsigned)error.line : 0;
        return false;
    }
    return take(out, &reader, NULL);
}

bool claims_take(struct claims *out, struct claims_fault *fault, json_t *object)
{
    struct claims_reader reader = {fault, false};

    *out = (struct claims){.root = json_incref(object)};
    return take(out, &reader, NULL);
}

bool claims_take_attestation(struct claims *out, struct claims_fault *fault, json_t *object,
                             const garita_subject *subject)
{
    struct claims_reader reader = {fault, false};

    *out = (struct claims){.root = json_incref(object)};
    return take(out, &reader, subject);
}

void claims_free(struct claims *claims)
{
    json_decref(claims->root);
    free(claims->attached);
    *claims = (struct claims){0};
}
