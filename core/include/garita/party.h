/* garita/party.h: several credentials judged as one: a vehicle and all in it, or a driver, a
 * carrier and a company (core/FORMAT.md, "Parties").
 */
#ifndef GARITA_PARTY_H
#define GARITA_PARTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/verify.h>

#ifdef __cplusplus
extern "C" {
#endif

/* No member, no role. */
#define GARITA_PARTY_NOBODY SIZE_MAX

typedef struct garita_party {
    garita_outcome outcome; /* the worst of the members' and of the party's own */
    garita_reason reason;   /* the first in the table's order that gives it */
    size_t cause;           /* the member that gives it; NOBODY: the party as a whole */
    /* What the party lacks, and its own outcome: ACCEPT if nothing is wrong with it, however bad
     * its members are. */
    garita_outcome own_outcome;
    garita_reason own_reason; /* OK, PARTY_INCOMPLETE or LANE_MISMATCH: the worst, if both; or
                               * INTERNAL_ERROR: it was not judged */
    bool is_complete;         /* all that are expected are there, with every role filled */
    size_t expected, count;   /* members that were announced (0: not told), and that are there */
    size_t role[GARITA_PARTY_MAX];     /* of each member: an index in the lane's roles; or NOBODY */
    uint8_t missing[GARITA_ROLES_MAX]; /* of each role: how many more must come */
    bool lacks_holder;                 /* in a lane without roles: nobody travels */
    bool lacks_employer; /* no company here is the one that a holder's credential names */
    size_t unemployed;   /* that holder's index; NOBODY */
} garita_party;

/* Whether any part of this lane is for such a credential: by its roles, or, of a lane without, by
 * its programmes, in a policy's for holders alone. What is lane-mismatch in a verdict. */
bool garita_lane_has_place(const garita_lane *lane, const garita_credential *credential);

/* Judges members as one party. They were each verified with setting->is_member, for this lane, and
 * are not the same one twice (garita_party_find): of two that are, the second is nobody. count is
 * at most GARITA_PARTY_MAX: else nothing is judged, and the party is REFER, INTERNAL_ERROR, with a
 * count of 0. expected: how many the party was said to have; 0 if nobody said, and then the lane's
 * roles alone decide.
 *
 * In a lane with roles each member takes one that fits its subject and programme and has room, so
 * that as many of the fewest as possible are met, and then as many members as possible have one. A
 * member that fits none is LANE_MISMATCH; one for whom there is no room, or whose credential could
 * not be read, fewer than expected, more than expected, or a role that is not filled is
 * PARTY_INCOMPLETE. A role that employs is only for a company that the credentials of all holders
 * here name as their employer. In a lane without roles one holder must be there, unless it waives
 * or lacks its policy; one of a policy has a place for holders alone. Nobody at all is never a
 * party. A member without a verdict (NO_VERDICT, or one that nobody filled) counts as REFER,
 * INTERNAL_ERROR. */
void garita_party_judge(garita_party *out, const garita_lane *lane,
                        const garita_verdict *const *members, size_t count, size_t expected);

/* The member that a verdict is of once more (each with has_credential): a second credential of one
 * person is no second person. Holders are told apart by their documents (type, country, and the
 * letters and digits of the number), vehicles by their subjects, companies by subject and
 * programme: a carrier that is in C-TPAT too comes with a credential for each of its two parts.
 * NOBODY. */
size_t garita_party_find(const garita_verdict *const *members, size_t count,
                         const garita_verdict *verdict);

#ifdef __cplusplus
}
#endif

#endif
