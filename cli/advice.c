#include "advice.h"

#include <stdbool.h>
#include <stddef.h>

#include <garita/date.h>
#include <garita/statement.h>

#include "age_text.h"
#include "blame.h"
#include "i18n.h"
#include "safe_text.h"

static const struct advice {
    const char *why;
    const char *what_to_do;
} advices[] = {
    [GARITA_REASON_NONE] = {N_("Nothing was decided."), N_("Send the traveler to inspection.")},
    [GARITA_REASON_NO_QR] = {N_("There is no QR code in the picture."),
                             N_("Take the picture again: flat, near, in good light.")},
    [GARITA_REASON_FOREIGN_QR] = {N_("The QR code is not one of ours."),
                                  N_("Ask for the trusted-traveler credential.")},
    [GARITA_REASON_MALFORMED] = {N_("The code begins like one of ours, but it is damaged or made "
                                    "wrongly."),
                                 N_("Scan it again. If it stays so, treat it as no credential.")},
    [GARITA_REASON_UNSUPPORTED_VERSION] =
        {N_("The credential is of a version that this program does not read."),
         N_("Update this station. Until then, treat it as no credential.")},
    [GARITA_REASON_UNKNOWN_ISSUER] = {N_("No authority trusted here has issued it."),
                                      N_("Treat it as no credential. If its agency should be "
                                         "trusted here, tell your supervisor.")},
    [GARITA_REASON_ISSUER_NOT_YET_VALID] =
        {N_("The authority that issued it is not in force yet."),
         N_("Check this station's clock. If it is right, treat it as no credential.")},
    [GARITA_REASON_ISSUER_EXPIRED] = {N_("The authority that issued it is no longer in force."),
                                      N_("Treat it as no credential: the traveler needs a new "
                                         "one.")},
    [GARITA_REASON_ISSUER_REVOKED] = {N_("The authority that issued it has been revoked."),
                                      N_("Treat it as no credential, and tell your supervisor.")},
    [GARITA_REASON_BAD_SIGNATURE] = {N_("FORGED OR ALTERED: the signature is not the "
                                        "authority's."),
                                     N_("Believe nothing that it says. Keep it if the law allows, "
                                        "and tell your supervisor.")},
    [GARITA_REASON_OUT_OF_SCOPE] = {N_("Its authority has no right to issue this kind of "
                                       "credential."),
                                    N_("Treat it as no credential, and tell your supervisor.")},
    [GARITA_REASON_REVOKED] = {N_("The credential has been revoked."),
                               N_("Keep it if the law allows, and send the traveler to the "
                                  "ordinary lane.")},
    [GARITA_REASON_NOT_YET_VALID] = {N_("The credential is not valid yet."),
                                     N_("Check this station's clock. If it is right, send the "
                                        "traveler to the ordinary lane.")},
    [GARITA_REASON_EXPIRED] = {N_("The credential has expired."),
                               N_("Send the traveler to the ordinary lane.")},
    [GARITA_REASON_SUSPENDED] = {N_("The credential is suspended."),
                                 N_("Send the traveler to inspection.")},
    [GARITA_REASON_ISSUER_EQUIVOCATED] =
        {N_("Its authority has shown different records to different checkpoints."),
         N_("Send the traveler to inspection, and tell your supervisor.")},
    [GARITA_REASON_SERIAL_UNKNOWN] =
        {N_("It is newer than the authority's records at this station."),
         N_("Send the traveler to inspection, and bring the records up to date.")},
    [GARITA_REASON_STATUS_MISSING] =
        {N_("It is genuine, but this station has no records of revocations by its authority."),
         N_("Send the traveler to inspection, and bring the records up to date.")},
    [GARITA_REASON_STATUS_STALE] =
        {N_("It is genuine, but the records of revocations at this station are too old."),
         N_("Send the traveler to inspection, and bring the records up to date.")},
    [GARITA_REASON_CLOCK_BEHIND] = {N_("This station's clock is behind: its date cannot be "
                                       "relied on."),
                                    N_("Send the traveler to inspection, and set the clock.")},
    [GARITA_REASON_CLOCK_UNKNOWN] = {N_("This station's clock cannot be read."),
                                     N_("Send the traveler to inspection, and set the clock.")},
    [GARITA_REASON_POLICY_MISSING] =
        {N_("No policy for this lane is in force at this station."),
         N_("Send the traveler to inspection, and bring the policy: garita sync import FILE.")},
    [GARITA_REASON_ATTESTATION_MISSING] = {N_("An attestation that this lane asks for is missing."),
                                           N_("Send the traveler to inspection.")},
    [GARITA_REASON_PARTY_INCOMPLETE] =
        {N_("The party is not complete."),
         N_("Scan the credentials of all who pass together, with --party; else send them to "
            "inspection.")},
    [GARITA_REASON_ATTESTATION_EXPIRED] = {N_("An attestation is too old for this lane."),
                                           N_("If the traveler has a newer one, scan it; else: "
                                              "the ordinary lane.")},
    [GARITA_REASON_RULE_FAILED] = {N_("A rule of this lane is not met."),
                                   N_("Send the traveler to the ordinary lane.")},
    [GARITA_REASON_EMPLOYER_DENIED] = {N_("The policy of this lane denies the company."),
                                       N_("Send the traveler to the ordinary lane.")},
    [GARITA_REASON_LANE_MISMATCH] = {N_("The credential is not for this lane."),
                                     N_("Send the traveler to the lane of the programme above.")},
    [GARITA_REASON_INTERNAL_ERROR] = {N_("This program failed while it was deciding."),
                                      N_("Send the traveler to inspection, and report this.")},
    [GARITA_REASON_OK] = {N_("The credential is genuine and in force."),
                          N_("Compare the data above with the person and the document shown.")},
};

static const struct advice *advice_of(garita_reason reason)
{
    size_t count = sizeof advices / sizeof advices[0];

    return &advices[(size_t)reason < count ? (size_t)reason : GARITA_REASON_NONE];
}

const char *advice_word(garita_outcome outcome)
{
    switch (outcome) {
    case GARITA_ACCEPT:
        return _("ACCEPT");
    case GARITA_REJECT:
        return _("REJECT");
    case GARITA_REFER:
    case GARITA_UNDECIDED:
    case GARITA_NO_VERDICT:
        break;
    }
    /* Whatever went wrong, a person decides. */
    return _("REFER");
}

static bool is_of_another_type(const garita_verdict *verdict)
{
    return verdict->reason == GARITA_REASON_MALFORMED &&
           verdict->fault.error == GARITA_E_WRONG_TYPE;
}

static const char *why_of_another_type(const garita_verdict *verdict)
{
    if (garita_statement_type(verdict->bytes, verdict->bytes_len) == GARITA_TYPE_AUTHORITY)
        return _("This is an authority's statement, not a traveler's credential.");
    return _("This is a statement of another kind, not a traveler's credential.");
}

/* --- in the words of the policy --- */

static void add_words(struct buffer *out, const garita_words *words)
{
    const garita_utf8 text = verdict_words(words);

    safe_text_add(out, text.at, text.len);
}

/* Whom the holder names as employer that no company here is. */
static garita_utf8 employer_wanted(const garita_party *party, const garita_verdict *const *members)
{
    if (!party->lacks_employer || party->unemployed == GARITA_PARTY_NOBODY)
        return (garita_utf8){0};
    const garita_credential *credential = &members[party->unemployed]->credential;
    return credential->employer_name.len > 0 ? credential->employer_name : credential->employer_id;
}

static void add_in_brackets(struct buffer *out, garita_utf8 text)
{
    if (text.len == 0)
        return;
    buffer_add_text(out, " (");
    safe_text_add(out, text.at, text.len);
    buffer_add_char(out, ')');
}

static void add_comma(struct buffer *out, bool *is_first)
{
    if (!*is_first)
        buffer_add_text(out, ", ");
    *is_first = false;
}

void advice_add_missing(struct buffer *out, const garita_party *party, const garita_lane *lane,
                        const garita_verdict *const *members)
{
    garita_utf8 employer = employer_wanted(party, members);
    bool lacks_employer = party->lacks_employer;
    bool is_first = true;

    for (size_t i = 0; i < lane->role_count; i++) {
        if (party->missing[i] == 0)
            continue;
        add_comma(out, &is_first);
        add_words(out, &lane->roles[i].title);
        if (party->missing[i] > 1)
            buffer_add_format(out, " (%u)", (unsigned)party->missing[i]);
        if (!lane->roles[i].employs)
            continue;
        add_in_brackets(out, employer);
        lacks_employer = false;
    }
    if (party->lacks_holder) {
        add_comma(out, &is_first);
        buffer_add_text(out, _("a traveler"));
    }
    if (lacks_employer) {
        add_comma(out, &is_first);
        buffer_add_text(out, _("the employer that the credential names"));
        add_in_brackets(out, employer);
    }
    if (is_first && party->count < party->expected)
        buffer_add_format(out, P_("%zu more", "%zu more", party->expected - party->count),
                          party->expected - party->count);
}

/* Of a credential that was shown alone. */
static void add_incomplete(struct buffer *out, const garita_verdict *verdict,
                           const garita_setting *setting)
{
    struct buffer missing = {0};
    garita_party party;

    garita_party_judge(&party, setting->lane, &verdict, 1, 0);
    advice_add_missing(&missing, &party, setting->lane, &verdict);
    if (verdict->credential.about == GARITA_SUBJECT_COMPANY && setting->lane->role_count == 0)
        buffer_add_text(out, _("A company's credential admits nobody by itself."));
    else if (verdict->credential.about == GARITA_SUBJECT_VEHICLE && setting->lane->role_count == 0)
        buffer_add_text(out, _("A vehicle's credential admits nobody by itself."));
    else if (missing.len > 0)
        buffer_add_format(out, _("The party is not complete. Missing: %s."), buffer_text(&missing));
    else
        buffer_add_text(out, _("The party is not complete."));
    buffer_free(&missing);
}

static void add_denied(struct buffer *out, const garita_verdict *verdict)
{
    const garita_utf8 name = verdict_denied_name(verdict);
    struct buffer company = {0};

    safe_text_add(&company, name.at, name.len);
    buffer_add_text(&company, name.len > 0 ? " (" : "");
    safe_text_add(&company, verdict->denied.at, verdict->denied.len);
    buffer_add_text(&company, name.len > 0 ? ")" : "");
    if (verdict->credential.about == GARITA_SUBJECT_HOLDER)
        /* TRANSLATORS: a company's name and number */
        buffer_add_format(out, _("The policy of this lane denies the employer: %s."),
                          buffer_text(&company));
    else
        buffer_add_format(out, _("The policy of this lane denies the company: %s."),
                          buffer_text(&company));
    buffer_free(&company);
}

void advice_add_finding(struct buffer *out, const struct finding *finding,
                        const garita_verdict *verdict, const garita_setting *setting)
{
    struct buffer words = {0};

    add_words(&words, &finding->words);
    switch (finding->reason) {
    case GARITA_REASON_ATTESTATION_MISSING:
        buffer_add_format(out, _("Missing: %s"), buffer_text(&words));
        break;
    case GARITA_REASON_ATTESTATION_EXPIRED:
        buffer_add_format(out, _("Too old: %s"), buffer_text(&words));
        break;
    case GARITA_REASON_RULE_FAILED:
        if (finding->error == GARITA_RULE_OK)
            buffer_add_format(out, _("Not met: %s"), buffer_text(&words));
        else
            buffer_add_format(out, _("This rule could not be applied (%s): %s"),
                              garita_rule_error_name(finding->error), buffer_text(&words));
        break;
    case GARITA_REASON_PARTY_INCOMPLETE:
        add_incomplete(out, verdict, setting);
        break;
    case GARITA_REASON_EMPLOYER_DENIED:
        add_denied(out, verdict);
        break;
    default:
        buffer_add_text(out, _(advice_of(finding->reason)->why));
        break;
    }
    buffer_free(&words);
}

void advice_add_why(struct buffer *out, const garita_verdict *verdict,
                    const garita_setting *setting)
{
    struct finding findings[FINDINGS_MAX];
    size_t count = verdict_findings(findings, verdict, setting);
    const struct finding *finding = verdict_finding_of(findings, count, verdict);

    if (finding != NULL)
        advice_add_finding(out, finding, verdict, setting);
    else
        buffer_add_text(out, is_of_another_type(verdict) ? why_of_another_type(verdict)
                                                         : _(advice_of(verdict->reason)->why));
}

/* What the lane's policy makes of a reason decides where the traveler goes. */
static const char *next_of(const garita_verdict *verdict)
{
    if (is_of_another_type(verdict))
        return advice_do(GARITA_REASON_FOREIGN_QR);
    switch (verdict->reason) {
    case GARITA_REASON_ATTESTATION_EXPIRED:
        if (verdict->outcome == GARITA_REFER)
            return _("If the traveler has a newer one, scan it; else: inspection.");
        break;
    case GARITA_REASON_SUSPENDED:
    case GARITA_REASON_LANE_MISMATCH:
    case GARITA_REASON_RULE_FAILED:
    case GARITA_REASON_EMPLOYER_DENIED:
        if (verdict->outcome == GARITA_REFER)
            return advice_do(GARITA_REASON_SUSPENDED);
        if (verdict->reason == GARITA_REASON_SUSPENDED)
            return advice_do(GARITA_REASON_EXPIRED);
        break;
    default:
        break;
    }
    return advice_do(verdict->reason);
}

static bool is_of_station(garita_reason reason)
{
    return reason == GARITA_REASON_STATUS_MISSING || reason == GARITA_REASON_STATUS_STALE ||
           reason == GARITA_REASON_SERIAL_UNKNOWN || reason == GARITA_REASON_CLOCK_BEHIND ||
           reason == GARITA_REASON_CLOCK_UNKNOWN;
}

static bool is_wanted(const garita_requirement *requirement, const garita_shown *shown)
{
    for (size_t i = 0; i < requirement->alternative_count; i++)
        if (requirement->alternatives[i].kind == shown->attestation.kind)
            return true;
    return false;
}

/* Of what the lane misses, one that was shown, and that this station alone cannot check; or null.
 */
static const garita_shown *unchecked_of(const garita_verdict *verdict,
                                        const garita_setting *setting)
{
    const garita_lane *lane = setting->lane;

    if (verdict->reason != GARITA_REASON_ATTESTATION_MISSING)
        return NULL;
    for (size_t i = 0; i < lane->requirement_count; i++) {
        const garita_requirement_result *result = &verdict->requirements[i];
        if (!result->is_asked || result->is_met || result->has_expired)
            continue;
        for (size_t k = 0; k < verdict->shown_count; k++) {
            const garita_shown *shown = &verdict->shown[k];
            if (shown->is_readable && shown->outcome == GARITA_REFER &&
                is_of_station(shown->reason) && is_wanted(&lane->requirements[i], shown))
                return shown;
        }
        return NULL; /* it is this one that the reason is about */
    }
    return NULL;
}

void advice_add_next(struct buffer *out, const garita_verdict *verdict,
                     const garita_setting *setting)
{
    if (verdict->reason == GARITA_REASON_ATTESTATION_MISSING) {
        buffer_add_text(out, unchecked_of(verdict, setting) != NULL
                                 ? _("It was shown, but cannot be checked at this station.")
                                 : _("Ask for it, and scan it too."));
        buffer_add_char(out, ' ');
    }
    buffer_add_text(out, next_of(verdict));
}

const char *advice_do(garita_reason reason)
{
    return _(advice_of(reason)->what_to_do);
}

/* --- what to set right --- */

/* One line each: they stand below the word that is to stay in sight. */
static void add_hint_about(struct buffer *out, garita_reason reason, const char *name)
{
    switch (reason) {
    case GARITA_REASON_STATUS_MISSING:
        buffer_add_format(out, _("bring the records of %s: garita sync import FILE"), name);
        break;
    case GARITA_REASON_STATUS_STALE:
    case GARITA_REASON_SERIAL_UNKNOWN:
        buffer_add_format(out, _("bring newer records of %s: garita sync import FILE"), name);
        break;
    case GARITA_REASON_ISSUER_EQUIVOCATED:
        buffer_add_format(out, _("%s has signed two histories; more: garita audit"), name);
        break;
    default:
        break;
    }
}

static bool is_behind(const garita_clock *clock)
{
    return clock->is_known && clock->has_floor && clock->now < clock->floor;
}

static void add_clock_behind(struct buffer *out, const garita_clock *clock)
{
    char floor[GARITA_MOMENT_TEXT_SIZE];

    garita_moment_format(floor, clock->floor);
    buffer_add_format(out,
                      _("set the clock: authorities have already signed at %s; more: garita "
                        "clock"),
                      floor);
}

/* Whether the newest head of the authority was signed at a moment that the clock has not reached;
 * *signed_at is that. */
static bool is_ahead(int64_t *signed_at, const garita_issuer *authority,
                     const garita_setting *setting)
{
    garita_status status = {0};

    setting->status->look_up(setting->status->context, &status, authority, 0);
    *signed_at = status.signed_at;
    return status.has_head && setting->clock.is_known &&
           status.signed_at - GARITA_CLOCK_SKEW_S > setting->clock.now;
}

static void add_of_reason(struct buffer *out, const garita_verdict *verdict,
                          const garita_setting *setting, const garita_book *book)
{
    const garita_shown *unchecked = unchecked_of(verdict, setting);
    const garita_reason reason = unchecked != NULL ? unchecked->reason : verdict->reason;
    const garita_issuer *authority =
        unchecked != NULL ? blame_of_shown(unchecked, setting) : blame_of(verdict, setting);
    char moment[GARITA_MOMENT_TEXT_SIZE];
    int64_t signed_at;

    if (authority == NULL)
        return;
    const garita_log *log = garita_book_log(book, authority);
    if (log != NULL && log->is_damaged) {
        buffer_add_format(out, _("the records of %s are damaged: garita doctor --repair FILE"),
                          authority->name);
        return;
    }
    if (reason != GARITA_REASON_STATUS_STALE || !is_ahead(&signed_at, authority, setting)) {
        add_hint_about(out, reason, authority->name);
        return;
    }
    garita_moment_format(moment, signed_at);
    buffer_add_format(out,
                      _("the newest record of %s bears %s, which this clock has not reached: check "
                        "the clock (garita clock); if it is right, tell %s"),
                      authority->name, moment, authority->name);
}

const char *advice_hint(garita_error error)
{
    if (error == GARITA_E_TEXT_ALTERED)
        return _(
            "caps lock or a keyboard layout altered the text on its way from the scanner: turn "
            "caps lock off, and set the scanner's keyboard country and this computer's layout "
            "to the same one (both US), or let the scanner speak as a serial port");
    if (error == GARITA_E_WRONG_TYPE)
        return _("credentials are scanned; an authority's statement is added with: garita trust "
                 "add FILE, a policy with: garita policy add FILE");
    return NULL;
}

void advice_add_hint(struct buffer *out, const garita_verdict *verdict,
                     const garita_setting *setting, const garita_book *book)
{
    const char *hint = advice_hint(verdict->fault.error);

    if (hint != NULL)
        buffer_add_text(out, hint);
    else if (is_behind(&setting->clock) && verdict->has_signer && verdict->outcome != GARITA_ACCEPT)
        add_clock_behind(out, &setting->clock); /* whatever else is wrong may come of that */
    else
        add_of_reason(out, verdict, setting, book);
}

void advice_add_age(struct buffer *out, const garita_verdict *verdict,
                    const garita_setting *setting)
{
    struct buffer age = {0};
    char moment[GARITA_MOMENT_TEXT_SIZE];
    int64_t signed_at;

    if (!verdict->has_status_age)
        return;
    if (is_ahead(&signed_at, verdict->issuer, setting)) {
        garita_moment_format(moment, signed_at);
        /* TRANSLATORS: "signed 2028-06-01T12:00:00Z, ahead of the clock, by INM" */
        buffer_add_format(out, _("signed %s, ahead of the clock, by %s"), moment,
                          verdict->issuer->name);
        return;
    }
    age_text_add(&age, verdict->status_age_s);
    /* TRANSLATORS: "revocations known as of 2 h ago, by INM" */
    buffer_add_format(out, _("revocations known as of %s ago, by %s"), buffer_text(&age),
                      verdict->issuer->name);
    buffer_free(&age);
}
