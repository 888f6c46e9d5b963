/* Roles are filled as in a bipartite matching with capacities: first as many of the fewest of each
 * role as can be, then as many members as can be. What the second step adds takes nobody's place
 * away, and so the roles are all filled with everyone in one if that is possible at all. */
#include "roles.h"

#include <assert.h>

#include <garita/programme.h>

#include "lane_judge.h"

static bool has_bit(uint64_t set, unsigned n)
{
    return (set >> n & 1) != 0;
}

static bool is_holder(const garita_credential *c)
{
    return c && c->about == GARITA_SUBJECT_HOLDER;
}

/* Nobody travels by a programme that is about nobody, whatever a policy's bits say. */
static bool takes(const garita_lane *lane, const garita_credential *c)
{
    const garita_programme *programme = garita_programme_by_code(c->programme);
    return has_bit(lane->programmes, c->programme) && (!programme || programme->subjects != 0);
}

static bool role_fits(const garita_lane *lane, const garita_role *role, const garita_credential *c)
{
    return takes(lane, c) && has_bit(role->programmes, c->programme) &&
           has_bit(role->subjects, c->about);
}

/* A policy that names no roles speaks of travelers: what else its programmes are about, a company
 * or a vehicle, it has not thought of. */
static bool is_for_holders(const garita_lane *lane)
{
    return lane->country[0] != '\0';
}

bool garita_lane_has_place(const garita_lane *lane, const garita_credential *credential)
{
    if (lane->role_count == 0)
        return takes(lane, credential) && (is_holder(credential) || !is_for_holders(lane));
    for (size_t i = 0; i < lane->role_count; i++)
        if (role_fits(lane, &lane->roles[i], credential))
            return true;
    return false;
}

/* --- who may take what --- */

static bool employs(const garita_credential *company, const garita_credential *holder)
{
    return company->company_id.len > 0 && holder->employer_id.len > 0 &&
           garita_company_id_equal(company->company_id, holder->employer_id);
}

/* The employer's role is for a company that all holders here name; before one is here, for any. */
static bool may_employ(const garita_credential *company, const garita_credential *const *members,
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_holder(members[i]) && !employs(company, members[i]))
            return false;
    return true;
}

/* --- the matching --- */

typedef struct matching {
    size_t role_count;
    size_t count;
    bool may[GARITA_PARTY_MAX][GARITA_ROLES_MAX];
    size_t *role; /* of each member, or NOBODY: the party's own */
    uint8_t taken[GARITA_ROLES_MAX];
    uint8_t room[GARITA_ROLES_MAX];
} matching;

/* Finds a role for a member, for which others may have to move to other roles of theirs. tried has
 * the roles that this search has been at, each of which it goes through once. */
static bool place(matching *m, bool tried[GARITA_ROLES_MAX], size_t member)
{
    for (size_t r = 0; r < m->role_count; r++) {
        if (!m->may[member][r] || tried[r])
            continue;
        tried[r] = true;
        if (m->taken[r] < m->room[r]) {
            m->taken[r]++;
            m->role[member] = r;
            return true;
        }
        for (size_t i = 0; i < m->count; i++)
            if (m->role[i] == r && place(m, tried, i)) {
                m->role[member] = r; /* the room that i left */
                return true;
            }
    }
    return false;
}

static void place_all(matching *m)
{
    for (size_t i = 0; i < m->count; i++) {
        bool tried[GARITA_ROLES_MAX] = {false};
        if (m->role[i] == GARITA_PARTY_NOBODY)
            place(m, tried, i);
    }
}

static void match(garita_party *out, const garita_lane *lane,
                  const garita_credential *const *members, size_t count)
{
    matching m = {.role_count = lane->role_count, .count = count, .role = out->role};
    for (size_t i = 0; i < count; i++)
        for (size_t r = 0; r < lane->role_count; r++) {
            const garita_role *role = &lane->roles[r];
            m.may[i][r] = members[i] && role_fits(lane, role, members[i]) &&
                          (!role->employs || may_employ(members[i], members, count));
        }
    for (size_t r = 0; r < lane->role_count; r++)
        m.room[r] = lane->roles[r].fewest;
    place_all(&m);
    for (size_t r = 0; r < lane->role_count; r++)
        m.room[r] = lane->roles[r].most;
    place_all(&m);
    for (size_t r = 0; r < lane->role_count; r++)
        if (m.taken[r] < lane->roles[r].fewest)
            out->missing[r] = (uint8_t)(lane->roles[r].fewest - m.taken[r]);
}

/* --- what is lacking --- */

static bool is_employed(const garita_credential *const *members, size_t count,
                        const garita_credential *holder)
{
    for (size_t i = 0; i < count; i++)
        if (members[i] && employs(members[i], holder))
            return true;
    return false;
}

/* Whether an employer's role is not filled, or somebody could have it but for whom the holders
 * name.
 */
static bool wants_employer(const garita_party *party, const garita_lane *lane,
                           const garita_credential *const *members, size_t count)
{
    for (size_t r = 0; r < lane->role_count; r++) {
        if (!lane->roles[r].employs)
            continue;
        if (party->missing[r] > 0)
            return true;
        for (size_t i = 0; i < count; i++)
            if (members[i] && party->role[i] == GARITA_PARTY_NOBODY &&
                role_fits(lane, &lane->roles[r], members[i]))
                return true;
    }
    return false;
}

static void look_for_employers(garita_party *out, const garita_lane *lane,
                               const garita_credential *const *members, size_t count)
{
    if (!wants_employer(out, lane, members, count))
        return;
    for (size_t i = 0; i < count && !out->lacks_employer; i++)
        if (is_holder(members[i]) && !is_employed(members, count, members[i])) {
            out->lacks_employer = true;
            out->unemployed = i;
        }
}

/* Whether each role has its fewest, and each member a role. */
static bool is_filled(const garita_party *party, const garita_lane *lane, size_t count)
{
    for (size_t r = 0; r < lane->role_count; r++)
        if (party->missing[r] > 0)
            return false;
    for (size_t i = 0; i < count; i++)
        if (party->role[i] == GARITA_PARTY_NOBODY)
            return false;
    return true;
}

static bool has_holder(const garita_credential *const *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_holder(members[i]))
            return true;
    return false;
}

static bool are_roles_filled(garita_party *out, const garita_lane *lane,
                             const garita_credential *const *members, size_t count)
{
    if (lane->role_count > 0) {
        match(out, lane, members, count);
        look_for_employers(out, lane, members, count);
        return is_filled(out, lane, count);
    }
    out->lacks_holder = !lane->waives_policy && !lane->lacks_policy && !has_holder(members, count);
    return !out->lacks_holder;
}

static bool is_each_somebody(const garita_credential *const *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!members[i])
            return false;
    return count > 0;
}

void garita_roles_take(garita_party *out, const garita_lane *lane,
                       const garita_credential *const *members, size_t count, size_t expected)
{
    garita_finding f = {0};
    assert(count <= GARITA_PARTY_MAX && lane->role_count <= GARITA_ROLES_MAX);
    *out = (garita_party){.cause = GARITA_PARTY_NOBODY,
                          .expected = expected,
                          .count = count,
                          .unemployed = GARITA_PARTY_NOBODY};
    for (size_t i = 0; i < GARITA_PARTY_MAX; i++)
        out->role[i] = GARITA_PARTY_NOBODY;

    out->is_complete = are_roles_filled(out, lane, members, count) &&
                       is_each_somebody(members, count) && (expected == 0 || count == expected);
    if (!out->is_complete)
        garita_finding_fail(&f, GARITA_REASON_PARTY_INCOMPLETE);
    for (size_t i = 0; i < count; i++)
        if (members[i] && !lane->lacks_policy && !garita_lane_has_place(lane, members[i]))
            garita_finding_fail_as(&f, GARITA_REASON_LANE_MISMATCH,
                                   garita_lane_mismatch_outcome(lane));
    garita_finding_accept(&f);
    out->own_outcome = f.outcome;
    out->own_reason = f.reason;
}
