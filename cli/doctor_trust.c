/* What doctor finds in whom the home trusts. */
#include "doctor.h"

#include <string.h>

#include <garita/authority.h>
#include <garita/store_carried.h>

#include "home_store.h"
#include "i18n.h"
#include "report.h"

/* A statement can be whole and yet have no place: whom it depends on went, or something else was
 * there first. */
static bool is_only_out_of_place(garita_error error)
{
    switch (error) {
    case GARITA_E_UNKNOWN_ISSUER:
    case GARITA_E_OUT_OF_SCOPE:
    case GARITA_E_TOO_DEEP:
    case GARITA_E_KEY_NUMBER_TAKEN:
    case GARITA_E_SERIAL_TAKEN:
    case GARITA_E_FULL:
        return true;
    default:
        return false;
    }
}

static void tell_misfit(void *context, const garita_store_misfit *misfit)
{
    struct doctor *doctor = context;
    struct buffer text = {0};
    bool is_damage = misfit->is_pin || !is_only_out_of_place(misfit->error);

    home_store_add_misfit(&text, misfit);
    doctor_tell(doctor, is_damage ? DOCTOR_DAMAGE : DOCTOR_WARNING,
                misfit->is_pin ? _("pinned anchors") : _("trusted statements"),
                misfit->is_pin ? _("take it away with \"garita trust remove\", and pin the "
                                   "anchor anew with \"garita trust add FILE --anchor\"")
                : is_damage    ? _("take it anew from a bundle: garita doctor --repair FILE")
                               : _("it counts for nothing; \"garita trust remove\" takes it away"),
                "%s", buffer_text(&text));
    buffer_free(&text);
}

static bool count_statement(void *context, const uint8_t *bytes, size_t bytes_len)
{
    struct doctor *doctor = context;

    (void)bytes;
    (void)bytes_len;
    doctor->counts.statements++;
    return true;
}

/* Told once, with the set for verdicts. */
static void say_nothing(void *context, const garita_store_misfit *misfit)
{
    (void)context;
    (void)misfit;
}

/* What is carried for others; of what a disk has altered nothing is left that could be read. */
static exit_status check_carried(struct doctor *doctor)
{
    uint64_t whole, damaged;
    garita_store_error error = garita_store_count_carried(doctor->store, &whole, &damaged);

    if (error == GARITA_STORE_OK && damaged > 0)
        doctor_tell(doctor, DOCTOR_DAMAGE, _("nodes and policies"),
                    _("take them anew: garita sync import FILE, or garita trust add FILE"),
                    P_("%llu statement is not what was written",
                       "%llu statements are not what was written", damaged),
                    (unsigned long long)damaged);
    return doctor_tell_store(doctor, _("nodes and policies"), error);
}

exit_status doctor_check_trust(struct doctor *doctor)
{
    garita_store_error error =
        garita_store_load_trust(doctor->store, &doctor->trust, tell_misfit, doctor);

    if (error == GARITA_STORE_OK)
        error = garita_store_each_trusted(doctor->store, count_statement, doctor);
    if (error != GARITA_STORE_OK)
        return doctor_tell_store(doctor, _("pinned anchors and trusted statements"), error);
    for (size_t i = 0; i < garita_trust_count(doctor->trust); i++) {
        const garita_issuer *issuer = garita_trust_get(doctor->trust, i);
        doctor->counts.anchors += issuer->anchor == issuer;
    }
    exit_status status = check_carried(doctor);
    if (status != EXIT_DONE)
        return status;
    error = garita_store_load_signers(doctor->store, &doctor->signers, say_nothing, NULL);
    return doctor_tell_store(doctor, _("authority statements of the register"), error);
}
