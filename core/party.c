#include <garita/party.h>

#include "finding.h"
#include "roles.h"
#include "subject.h"

/* A company may come twice, each time by another programme: a carrier that is in C-TPAT itself. */
static bool is_same(const garita_verdict *a, const garita_verdict *b)
{
    const garita_credential *of_a = &a->credential, *of_b = &b->credential;
    if (!a->has_credential || !b->has_credential || of_a->about != of_b->about)
        return false;
    switch (of_a->about) {
    case GARITA_SUBJECT_HOLDER:
        return garita_document_equal(of_a, of_b);
    case GARITA_SUBJECT_COMPANY:
        return of_a->programme == of_b->programme && garita_subject_equal(&a->subject, &b->subject);
    case GARITA_SUBJECT_VEHICLE:
        return garita_subject_equal(&a->subject, &b->subject);
    }
    return false;
}

size_t garita_party_find(const garita_verdict *const *members, size_t count,
                         const garita_verdict *verdict)
{
    for (size_t i = 0; i < count; i++)
        if (is_same(members[i], verdict))
            return i;
    return GARITA_PARTY_NOBODY;
}

/* The worst outcome counts, and of reasons that give it the first of the table; of members that
 * give that one the first, and any member before the party as a whole. */
static void weigh(garita_party *out, size_t cause, garita_outcome outcome, garita_reason reason)
{
    if (outcome < out->outcome || (outcome == out->outcome && reason >= out->reason))
        return;
    out->outcome = outcome;
    out->reason = reason;
    out->cause = cause;
}

static void weigh_member(garita_party *out, size_t i, const garita_verdict *verdict)
{
    bool decided = verdict->outcome == GARITA_ACCEPT || verdict->outcome == GARITA_REFER ||
                   verdict->outcome == GARITA_REJECT;
    if (decided)
        weigh(out, i, verdict->outcome, verdict->reason);
    else
        weigh(out, i, GARITA_REFER, GARITA_REASON_INTERNAL_ERROR);
}

/* Of a party that nobody judged. */
static void give_up(garita_party *out, size_t expected)
{
    *out = (garita_party){.outcome = GARITA_REFER,
                          .reason = GARITA_REASON_INTERNAL_ERROR,
                          .cause = GARITA_PARTY_NOBODY,
                          .own_outcome = GARITA_REFER,
                          .own_reason = GARITA_REASON_INTERNAL_ERROR,
                          .expected = expected,
                          .unemployed = GARITA_PARTY_NOBODY};
    for (size_t i = 0; i < GARITA_PARTY_MAX; i++)
        out->role[i] = GARITA_PARTY_NOBODY;
}

void garita_party_judge(garita_party *out, const garita_lane *lane,
                        const garita_verdict *const *members, size_t count, size_t expected)
{
    const garita_credential *credentials[GARITA_PARTY_MAX] = {NULL};
    if (count > GARITA_PARTY_MAX) {
        give_up(out, expected);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        bool is_new = garita_party_find(members, i, members[i]) == GARITA_PARTY_NOBODY;
        credentials[i] = members[i]->has_credential && is_new ? &members[i]->credential : NULL;
    }
    garita_roles_take(out, lane, credentials, count, expected);
    for (size_t i = 0; i < count; i++)
        weigh_member(out, i, members[i]);
    weigh(out, GARITA_PARTY_NOBODY, out->own_outcome, out->own_reason);
}
