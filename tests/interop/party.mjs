// Section 25: parties.

import { isSameCompany } from "./company_id.mjs";
import { HEALTH, memberOf } from "./credential.mjs";
import { allows } from "./trust.mjs";

// Whether a role has a place for a credential.
export const fitsRole = ({ is, programmes }, { about, programme }) =>
  is.includes(about) && allows(programmes, programme) && programme !== HEALTH;

// Whether a member fits a role, in this party.
function fits(role, { said }, members) {
  return fitsRole(role, said) && (!role.employs ||
    members.every(({ said: { about, employer } }) =>
      about !== "holder" || (employer && isSameCompany(employer.id, said.company.id))));
}

// The best way to give roles: { met, placed, counts }, the fewest that are met, the members that have a role.
function give(lane, members) {
  let best = null;
  const better = (a, b) => !b || a.met > b.met || (a.met === b.met && a.placed > b.placed);
  const seen = new Set();
  const from = (i, counts) => {
    const key = `${i} ${counts}`;
    if (seen.has(key)) return;
    seen.add(key);
    if (i < members.length) {
      lane.roles.forEach((role, r) => {
        if (counts[r] < role.most && fits(role, members[i], members)) {
          from(i + 1, counts.map((count, other) => count + (other === r)));
        }
      });
      return from(i + 1, counts);
    }
    const met = lane.roles.reduce((sum, { fewest }, r) => sum + Math.min(fewest, counts[r]), 0);
    const found = { met, placed: counts.reduce((a, b) => a + b, 0), counts };
    if (better(found, best)) best = found;
  };
  from(0, lane.roles.map(() => 0));
  return best;
}

// Of two that are one member the second has no part in it; nor has who could not be read.
function parts(members) {
  const seen = new Set();
  return members.filter((member) => {
    const who = member.said && memberOf(member.said);
    if (!who || seen.has(who)) return false;
    return seen.add(who);
  });
}

// How many of each role are still to come.
export function missing(lane, members) {
  if (!lane.roles) return [];
  const { counts } = give(lane, parts(members));
  return lane.roles.map(({ fewest }, r) => Math.max(0, fewest - counts[r]));
}

export function isComplete(lane, members, expected) {
  const those = parts(members);
  if (members.length === 0 || those.length < members.length) return false;
  if (expected > 0 && expected !== members.length) return false;
  if (lane.lacksPolicy) return true;
  if (!lane.roles) return Boolean(lane.waivesPolicy) || those.some(({ said }) => said.about === "holder");
  const { met, placed } = give(lane, those);
  return placed === those.length && met === lane.roles.reduce((sum, { fewest }) => sum + fewest, 0);
}
