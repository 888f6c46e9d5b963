/* garita/policies.h: the policies that a home has, and which of them rules a lane now
 * (core/FORMAT.md, "Which policy rules").
 *
 * Filled by one thread when the home's view is loaded, then only read, by any number of them.
 */
#ifndef GARITA_POLICIES_H
#define GARITA_POLICIES_H

#include <garita/book.h>
#include <garita/policy.h>
#include <garita/trust.h>
#include <garita/verify.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct garita_policies garita_policies;

/* Those of a home in this country ("" of one that was not told: no policy governs it). The trust
 * set and the book, which has all its logs, outlive it and do not change. NO_MEMORY. */
garita_error garita_policies_new(garita_policies **out, const garita_trust *trust,
                                 const garita_book *book, const char *country);
void garita_policies_free(garita_policies *policies); /* null is allowed */

/* What became of a policy that was added; the worst that can be said is zero. */
typedef enum garita_policies_fate {
    GARITA_POLICIES_OF_NOBODY = 0, /* or out of its signer's scope, or no policy; not kept */
    GARITA_POLICIES_WITHDRAWN,     /* it is revoked, or all chains of who signed it; not kept */
    GARITA_POLICIES_TWIN,          /* another statement of its signer has its serial, and stays */
    GARITA_POLICIES_ELSEWHERE,     /* it is another country's; not kept */
    GARITA_POLICIES_UNREADABLE,    /* kept as one that this program cannot read */
    GARITA_POLICIES_ADDED          /* kept, or was there */
} garita_policies_fate;

typedef struct garita_policies_added {
    garita_policies_fate fate;
    garita_error error; /* of OF_NOBODY and UNREADABLE: what is wrong; else GARITA_OK */
} garita_policies_added;

/* Adds a policy statement, of which a copy is kept; the caller bounds how many (core/FORMAT.md,
 * "What a home carries"). What is not kept is no error: *out says what became of it. One that its
 * signer had the right to sign and that this program cannot read is kept as such: while it would be
 * in force nothing older of its authority rules in its place. Of two with one serial the one with
 * the lower digest is kept, whichever came first. A key that is certified in several places is
 * several authorities, and each has the policy. Pointers that garita_policies_get gave are void
 * afterwards. NO_MEMORY: it may be one authority's then and not yet another's, and all policies are
 * only to be freed. */
garita_error garita_policies_add(garita_policies *policies, garita_policies_added *out,
                                 const uint8_t *bytes, size_t bytes_len);

/* One that is here, for lists; policy is null of one that cannot be read. */
typedef struct garita_policies_entry {
    const garita_policy *policy;
    const garita_issuer *signer; /* a record of its authority */
    uint32_t serial;
    int64_t from, until;      /* moments; INT64_MIN and INT64_MAX where they cannot be read */
    bool is_suspended;        /* its serial: as if it were not there */
    bool is_equivocated;      /* its signer, or an authority above: nothing is in force by it */
    bool is_signer_suspended; /* each chain that stands: nothing is in force by it */
} garita_policies_entry;

/* By authority, of one the highest serial first. */
size_t garita_policies_count(const garita_policies *policies);
const garita_policies_entry *garita_policies_get(const garita_policies *policies, size_t index);

/* Whether an entry is the one of its authority that is current at this moment: of those whose time
 * it is, neither suspended nor signed under a chain that is out of force, the highest serial. One
 * that cannot be read is, too, and one whose signer is in doubt (is_equivocated,
 * is_signer_suspended): nothing rules by these, but nothing older in their place. Without a clock
 * none is. */
bool garita_policies_is_current(const garita_policies *policies, size_t index,
                                const garita_clock *clock);

typedef enum garita_lane_standing {
    GARITA_LANE_UNKNOWN = 0, /* no policy that is here ever named it */
    GARITA_LANE_RULED,       /* by *entry */
    GARITA_LANE_LACKING      /* named by some, but none is in force */
} garita_lane_standing;

/* The lane by this name at this moment: of the policies that are current and name it, that of the
 * authority nearest to its anchor, then the one in force since later, then the lower digest. It is
 * lacking where, as near or nearer, a current policy cannot be read (what it says of the lane is
 * not known), or one that names it is of a signer in doubt. Without a clock every lane is lacking.
 * A name that none has is unknown, unless a current one cannot be read.
 *
 * *out is filled for RULED and LACKING (with lacks_policy and the default lane's limits); it points
 * into policies. *entry (may be null) is the policy's; null but for RULED. Built-in names are
 * UNKNOWN. The time is the later of clock and floor. Allocates nothing. */
garita_lane_standing garita_policies_lane(garita_lane *out, const garita_policies_entry **entry,
                                          const garita_policies *policies, const char *name,
                                          const garita_clock *clock);

#ifdef __cplusplus
}
#endif

#endif
