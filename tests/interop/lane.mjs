// Section 9, the stage policy: what a lane asks of a credential that has passed all before.

import { datedAt } from "./attestation.mjs";
import { decide } from "./certlogic.mjs";
import { isSameCompany } from "./company_id.mjs";
import { HEALTH } from "./credential.mjs";
import { fitsRole, isComplete } from "./party.mjs";
import { allows } from "./trust.mjs";
import { view } from "./view.mjs";

const DAY = 86400;
const TRAVEL = ((1n << 63n) - 1n) & ~(1n << BigInt(HEALTH));

export const DEFAULT = { name: "default", programmes: TRAVEL, referAfter: [7 * DAY, 90 * DAY, 400 * DAY] };
export const ANY = { ...DEFAULT, name: "any", waivesPolicy: true,
  waives: ["serial-unknown", "status-missing", "status-stale", "clock-behind"] };
export const LACKING = { ...DEFAULT, lacksPolicy: true };

// A lane of a policy, in the form of those above.
export const ofPolicy = (lane) => ({ ...lane, waives: lane.waivesSerialUnknown ? ["serial-unknown"] : [] });

const outcomeOf = (lane, reason) => lane.outcomes?.[reason] ?? "reject";

// Whether a lane's roles, or its programmes, have a place for a credential: without roles a policy's lane
// has one for holders alone.
export function hasPlace(lane, said) {
  if (!allows(lane.programmes, said.programme) || said.programme === HEALTH) return false;
  if (lane.roles) return lane.roles.some((role) => fitsRole(role, said));
  return !lane.country || said.about === "holder";
}

// "met", "expired" or "missing".
function requirement({ anyOf }, shown, now) {
  const ways = (said) => anyOf.filter(({ kind }) => kind === said?.kind);
  const isYoung = (said) => ways(said).some(({ maxAge }) => maxAge === 0 || now - datedAt(said) <= maxAge);
  if (now === null) return "missing";
  if (shown.some(({ counts, said }) => counts && isYoung(said))) return "met";
  if (shown.some((one) => isUncertain(one) && isYoung(one.said))) return "missing";
  const isOver = ({ found: { verdict, reason }, said }) => ways(said).length > 0 &&
    (reason === "expired" || (verdict !== "reject" && !isYoung(said)));
  return shown.some(isOver) ? "expired" : "missing";
}

// What does not count now, and may yet.
const isUncertain = ({ said, found }) => said !== null && found.verdict === "refer";

// What a rule may see: of a kind that requirements name only what is as young as the largest of their ages.
function isInView(asked, { said }, now) {
  const ages = asked.flatMap(({ anyOf }) => anyOf).filter(({ kind }) => kind === said.kind)
    .map(({ maxAge }) => maxAge);
  return ages.length === 0 || ages.includes(0) || now === null || now - datedAt(said) <= Math.max(...ages);
}

function companies({ said, shown }) {
  return [said.employer?.id, said.company?.id,
    ...shown.filter(({ counts }) => counts).map(({ said }) => said.fact.employerId)].filter(Boolean);
}

// { failures, rules }: [stage, reason, outcome] in the table's order, and of each rule that did not
// accept { outcome, error }. A traveler is { said, record, shown }.
export function judgePolicy(lane, traveler, now, isMember) {
  const { said, shown } = traveler;
  const failures = [];
  const fail = (reason, outcome) => failures.push(["policy", reason, outcome]);
  const mismatches = () => hasPlace(lane, said) || fail("lane-mismatch", outcomeOf(lane, "lane-mismatch"));
  if (lane.lacksPolicy) fail("policy-missing", "refer");
  else if (lane.waivesPolicy) mismatches();
  if (lane.lacksPolicy || lane.waivesPolicy) return { failures, rules: {} };

  const requirements = (lane.requirements ?? []).filter(({ of }) => of.includes(said.about));
  const asked = requirements.map((asked) => requirement(asked, shown, now));
  if (asked.includes("missing")) fail("attestation-missing", "refer");
  if (!isMember && !isComplete(lane, [traveler], 0)) fail("party-incomplete", "refer");
  mismatches();
  if (asked.includes("expired")) fail("attestation-expired", outcomeOf(lane, "attestation-expired"));

  const rules = {};
  const young = shown.filter((one) => one.said && isInView(requirements, one, now));
  const seen = (isSeen) => view(lane, { ...traveler, shown: young.filter(isSeen) }, now);
  const certain = seen(({ counts }) => counts);
  const possible = seen((one) => one.counts || isUncertain(one));
  for (const { id, of, otherwise, expression } of lane.rules ?? []) {
    if (!of.includes(said.about)) continue;
    const { holds, error } = decide(expression, certain);
    const mayHold = () => young.some(isUncertain) && decide(expression, possible).holds;
    if (!holds) rules[id] = { outcome: error || mayHold() ? "refer" : otherwise, error };
  }
  for (const { outcome } of Object.values(rules)) fail("rule-failed", outcome);
  if (companies(traveler).some((id) => lane.denied?.some((denied) => isSameCompany(id, denied)))) {
    fail("employer-denied", outcomeOf(lane, "employer-denied"));
  }
  return { failures, rules };
}
