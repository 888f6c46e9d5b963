#include "advice.h"

#include <stdbool.h>
#include <stddef.h>

#include <garita/statement.h>

#include "i18n.h"

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

const char *advice_why(const garita_verdict *verdict)
{
    if (!is_of_another_type(verdict))
        return _(advice_of(verdict->reason)->why);
    if (garita_statement_type(verdict->bytes, verdict->bytes_len) == GARITA_TYPE_AUTHORITY)
        return _("This is an authority's statement, not a traveler's credential.");
    return _("This is a statement of another kind, not a traveler's credential.");
}

const char *advice_next(const garita_verdict *verdict)
{
    return advice_do(is_of_another_type(verdict) ? GARITA_REASON_FOREIGN_QR : verdict->reason);
}

const char *advice_do(garita_reason reason)
{
    return _(advice_of(reason)->what_to_do);
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
                 "add FILE");
    return NULL;
}
