// Section 9: from a text to a verdict, by a trust set, by what is held of its authorities' logs, and by
// what a lane asks.

import * as attestation from "./attestation.mjs";
import { decode as decodeBase45 } from "./base45.mjs";
import * as credential from "./credential.mjs";
import { begins, ends } from "./fields.mjs";
import { Flaw, flaw } from "./flaw.mjs";
import { ANY, DEFAULT, hasPlace, judgePolicy } from "./lane.mjs";
import { split } from "./packet.mjs";
import { isComplete, missing } from "./party.mjs";
import { verify } from "./signature.mjs";
import { hex, open, typeNumber } from "./statement.mjs";
import { allows, byRank } from "./trust.mjs";

const LANES = { default: DEFAULT, any: ANY };
const DAY = 86400;
const SKEW = 300;
const SHOWN_MOST = 16;
const UNSUPPORTED = ["unsupported-version", "unknown-type", "unknown-key"];
const BADNESS = { accept: 0, refer: 1, reject: 2 };
// In the table's order, of those that a party's members can have.
const REASONS = `malformed unsupported-version unknown-issuer issuer-not-yet-valid issuer-expired issuer-revoked
  bad-signature out-of-scope revoked not-yet-valid expired suspended issuer-equivocated serial-unknown
  status-missing status-stale clock-behind clock-unknown policy-missing attestation-missing party-incomplete
  lane-mismatch attestation-expired rule-failed employer-denied ok`.split(/\s+/);

// What differs between the statements that are judged so.
const CREDENTIAL = {
  type: typeNumber("credential"),
  read: credential.read,
  isInScope: (said, { types, programmes }) => allows(types, CREDENTIAL.type) && allows(programmes, said.programme),
  begins: ({ notBefore }) => begins(notBefore),
};
const ATTESTATION = {
  type: typeNumber("attestation"),
  read: attestation.read,
  isInScope: attestation.inScope,
  begins: (said) => attestation.datedAt(said) - SKEW,
};

const result = (verdict, reason, stage, rest = {}) =>
  ({ verdict, reason, stage, error: null, signer: null, serial: null, claims: null, ...rest });

function malformed(error) {
  if (!(error instanceof Flaw)) throw error;
  const reason = UNSUPPORTED.includes(error.error) ? "unsupported-version" : "malformed";
  return result("reject", reason, "form", { error: error.error, detail: error.message });
}

// The worst, and of equal ones the first: [stage, reason, outcome].
const worst = (failures) => failures.reduce(
  (worst, failure) => (BADNESS[failure[2]] > BADNESS[worst[2]] ? failure : worst), [null, "ok", "accept"]);

// What the chain of a record is at `now`, null being no clock: null if nothing is wrong with it.
function chainFailure(record, now, book) {
  if (now !== null && now < record.from) return "issuer-not-yet-valid";
  if (now !== null && now >= record.until) return "issuer-expired";
  return book?.isRevoked(record) ? "issuer-revoked" : null;
}

// Where a log stands in the chain of a record: 0 issuer, 1 between, 2 anchor. For so long next-due counts.
const placeOf = (record, issuer) => (record === issuer ? 0 : record.level === 0 ? 2 : 1);
const DUE = [7 * DAY, 90 * DAY, 400 * DAY];

// null, "refer" or "reject".
function staleness({ signedAt, nextDue }, place, lane, now) {
  const isPast = (limits) => limits && limits[place] > 0 && now - signedAt > limits[place];
  if (isPast(lane.rejectAfter)) return "reject";
  const isOver = now > Math.min(nextDue, signedAt + DUE[place]) || signedAt - now > SKEW;
  return isOver || isPast(lane.referAfter) ? "refer" : null;
}

// What the logs say, in order: [stage, reason, outcome] of each that fails but for `revoked`.
function* judgeStatus(book, record, said, lane, now) {
  const chain = [];
  for (let at = record; at !== null; at = at.above) chain.push(at);
  const named = [[record, said.serial], ...chain.map((at) => [at.signedBy ?? at, at.serial])];
  const logs = named.map(([signer, serial]) =>
    ({ log: book?.log(signer), head: book?.head(signer) ?? null, signer, serial }));
  if (logs.some(({ log, serial }) => log?.standing(serial) === "suspended")) {
    yield ["status", "suspended", lane.outcomes?.suspended ?? "refer"];
  }
  if (logs.some(({ log }) => log && (log.equivocated || log.setDiffers))) {
    yield ["status", "issuer-equivocated", "refer"];
  }
  if (logs.some(({ head, serial }) => head && serial > head.issued)) yield ["status", "serial-unknown", "refer"];
  if (logs.some(({ head }) => !head)) yield ["status", "status-missing", "refer"];
  if (now === null) return;
  const stale = logs.filter(({ head }) => head)
    .map(({ head, signer }) => staleness(head, placeOf(signer, record), lane, now)).filter(Boolean);
  if (stale.length > 0) yield ["freshness", "status-stale", stale.includes("reject") ? "reject" : "refer"];
}

const effective = ({ clock, floor = null }) => (clock === null || floor === null ? clock : Math.max(clock, floor));

// One record's stages, in order: [stage, reason, outcome] of each that fails.
function* judge(kind, setting, record, said) {
  const { book = null, lane, clock, floor = null } = setting;
  const now = effective(setting);
  const chain = chainFailure(record, now, book);
  if (chain) yield ["chain", chain, "reject"];
  if (!kind.isInScope(said, record)) yield ["scope", "out-of-scope", "reject"];
  if (book?.log(record)?.standing(said.serial) === "revoked") yield ["revocation", "revoked", "reject"];
  if (now !== null && now < kind.begins(said)) yield ["dates", "not-yet-valid", "reject"];
  if (now !== null && now >= ends(said.expires)) yield ["dates", "expired", "reject"];
  for (const failure of judgeStatus(book, record, said, lane, now)) {
    if (!lane.waives?.includes(failure[1])) yield failure;
  }
  if (clock === null) yield ["freshness", "clock-unknown", "refer"];
  else if (floor !== null && clock < floor && !lane.waives?.includes("clock-behind")) {
    yield ["freshness", "clock-behind", "refer"];
  }
}

// Form to freshness: { failures, record, said }, without `said` if the form or the signature is not good.
function judgeStatement(kind, setting, bytes) {
  const now = effective(setting);
  let statement;
  try {
    statement = open(bytes, kind.type);
  } catch (error) {
    return { refused: malformed(error) };
  }
  const refuse = (reason, stage) => ({ refused: result("reject", reason, stage) });

  const records = setting.trust.records.filter(
    ({ id, keyNumber }) => id === statement.signer && keyNumber === statement.keyNumber).sort(byRank);
  if (records.length === 0) return refuse("unknown-issuer", "chain");
  const keys = new Map(records.map(({ publicKey }) => [hex(publicKey), publicKey]));
  for (const [name, key] of keys) {
    if (!verify(statement.signature, statement.message, key)) keys.delete(name);
  }
  if (keys.size === 0) {
    const failures = records.map((record) => chainFailure(record, now, setting.book));
    return failures.every((failure) => failure) ? refuse(failures[0], "chain") : refuse("bad-signature", "signature");
  }

  let said;
  try {
    said = kind.read(statement);
  } catch (error) {
    return { refused: malformed(error) };
  }
  const found = records.filter(({ publicKey }) => keys.has(hex(publicKey)))
    .map((record) => ({ record, said, failures: [...judge(kind, setting, record, said)] }));
  return found.reduce((best, other) =>
    (BADNESS[worst(other.failures)[2]] < BADNESS[worst(best.failures)[2]] ? other : best));
}

// --- attestations ---

// An attestation by itself: { counts, reason, said, record, bytes, found }; said is null of one that cannot
// be read, or by nobody.
export function judgeAttestation(setting, bytes) {
  const { refused, failures, said = null, record = null } = judgeStatement(ATTESTATION, setting, bytes);
  if (refused) return { counts: false, reason: refused.reason, said, record, bytes, found: refused };
  const [stage, reason, verdict] = worst(failures);
  // With no clock its dates cannot be judged.
  const counts = verdict === "accept" && setting.clock !== null;
  return { counts, reason, said, record, bytes, found: result(verdict, reason, stage) };
}

// Those of this subject, and those that nobody can read, as many as are looked at.
function collect(subject, own, beside) {
  const isTheirs = ({ said }) => said === null || said.subject === subject;
  const order = [own, beside.filter(({ counts }) => counts),
    beside.filter(({ counts, said }) => !counts && said), beside.filter(({ said }) => !said)];
  const isSame = (a) => (b) => Buffer.compare(a.bytes, b.bytes) === 0 ||
    (a.said && b.said && a.said.serial === b.said.serial && a.record.first === b.record.first);
  const shown = [];
  for (const one of order.flat().filter(isTheirs)) if (!shown.some(isSame(one))) shown.push(one);
  return shown.slice(0, SHOWN_MOST);
}

// --- codes ---

// A setting is { trust, book, lane, clock, floor, beside, isMember }; `clock` is in seconds, or null where there
// is none; `book` null where no logs are held, `floor` null where the clock has none; `beside` the attestations
// of other codes, judged.
export function judgeBytes(setting, bytes) {
  let parts;
  try {
    parts = split(bytes);
  } catch (error) {
    return malformed(error);
  }
  if (!parts.credential) return result("none", "", "none");
  const { refused, failures, record, said } = judgeStatement(CREDENTIAL, setting, parts.credential);
  if (refused) return refused;
  const own = parts.attestations.map((bytes) => judgeAttestation(setting, bytes));
  const shown = collect(credential.subjectOf(said), own, setting.beside ?? []);
  const traveler = { said, record, shown };
  const policy = judgePolicy(setting.lane, traveler, effective(setting), setting.isMember);
  const [stage, reason, verdict] = worst([...failures, ...policy.failures]);
  return result(verdict, reason, stage, {
    signer: { id: record.id, key: record.keyNumber, name: record.name },
    serial: said.serial,
    claims: credential.claims(said),
    rules: policy.rules,
    traveler,
  });
}

export function judgeText(setting, text) {
  if (!/^gt1/i.test(text)) return result("none", "foreign-qr", "form");
  try {
    if (text.length > 3076) flaw("too-long", `${text.length} characters`);
    if (!text.startsWith("GT1:")) flaw("prefix");
    return judgeBytes(setting, decodeBase45(text.slice(4)));
  } catch (error) {
    return malformed(error);
  }
}

// A party of verdicts, each judged as a member: { verdict, reason, missing }.
export function judgeParty(lane, verdicts, expected) {
  const members = verdicts.map(({ traveler }) => traveler ?? { said: null });
  const failures = verdicts.map(({ verdict, reason }) => [null, reason, verdict]);
  if (!isComplete(lane, members, expected)) failures.push([null, "party-incomplete", "refer"]);
  for (const { said } of members) {
    if (said && !lane.lacksPolicy && !hasPlace(lane, said)) {
      failures.push([null, "lane-mismatch", lane.outcomes?.["lane-mismatch"] ?? "reject"]);
    }
  }
  failures.sort((a, b) => REASONS.indexOf(a[1]) - REASONS.indexOf(b[1]));
  const [, reason, verdict] = worst(failures);
  return { verdict, reason, missing: missing(lane, members) };
}

// By a lane that is built in; what can be written as JSON.
export function verdict(trust, text, laneName, clock, book = null, floor = null) {
  const lane = LANES[laneName] ?? flaw("no-such-lane", laneName);
  const found = judgeText({ trust, book, lane, clock, floor }, text);
  delete found.traveler;
  return found;
}
