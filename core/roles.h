/* roles.h: who of some credentials takes which of a lane's roles, and what is then lacking.
 * Private.
 */
#ifndef GARITA_ROLES_H
#define GARITA_ROLES_H

#include <garita/party.h>

/* Fills all that a party says of itself, by who its members are and nothing else; outcome and
 * reason stay undecided. A member may be null: one who is there, but whose credential could not be
 * read, or who is there already. count is at most GARITA_PARTY_MAX. */
void garita_roles_take(garita_party *out, const garita_lane *lane,
                       const garita_credential *const *members, size_t count, size_t expected);

#endif
