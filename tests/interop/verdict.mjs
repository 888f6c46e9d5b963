// Section 9: from a text to a verdict, by a trust set, and by what is held of its authorities' logs.

import { decode as decodeBase45 } from "./base45.mjs";
import * as credential from "./credential.mjs";
import { begins, ends } from "./fields.mjs";
import { Flaw, flaw } from "./flaw.mjs";
import { verify } from "./signature.mjs";
import { hex, open, typeNumber } from "./statement.mjs";
import { allows } from "./trust.mjs";

const CREDENTIAL = typeNumber("credential");
const LANES = {
  default: { waives: [] },
  any: { waives: ["serial-unknown", "status-missing", "status-stale", "clock-behind"] },
};
const DAY = 86400;
const SKEW = 300;
const UNSUPPORTED = ["unsupported-version", "unknown-type", "unknown-key"];
const BADNESS = { accept: 0, refer: 1, reject: 2 };

const result = (verdict, reason, stage, rest = {}) =>
  ({ verdict, reason, stage, error: null, signer: null, serial: null, claims: null, ...rest });

function malformed(error) {
  if (!(error instanceof Flaw)) throw error;
  const reason = UNSUPPORTED.includes(error.error) ? "unsupported-version" : "malformed";
  return result("reject", reason, "form", { error: error.error, detail: error.message });
}

// What the chain of a record is at `now`, null being no clock: null if nothing is wrong with it.
function chainFailure(record, now, book) {
  if (now !== null && now < record.from) return "issuer-not-yet-valid";
  if (now !== null && now >= record.until) return "issuer-expired";
  return book?.isRevoked(record) ? "issuer-revoked" : null;
}

// For how long a head says enough: the lane's limit and the cap of next-due are the same in both lanes.
const limitOf = (record, issuer) => (record === issuer ? 7 : record.level === 0 ? 400 : 90) * DAY;

function isStale({ signedAt, nextDue }, limit, now) {
  return now - signedAt > limit || now > Math.min(nextDue, signedAt + limit) || signedAt - now > SKEW;
}

// What the logs say, in order: [stage, reason, outcome] of each that fails but for `revoked`.
function* judgeStatus(book, record, said, now) {
  const chain = [];
  for (let at = record; at !== null; at = at.above) chain.push(at);
  const named = [[record, said.serial], ...chain.map((at) => [at.signedBy ?? at, at.serial])];
  const logs = named.map(([signer, serial]) =>
    ({ log: book?.log(signer), head: book?.head(signer) ?? null, signer, serial }));
  if (logs.some(({ log, serial }) => log?.standing(serial) === "suspended")) yield ["status", "suspended", "refer"];
  if (logs.some(({ log }) => log && (log.equivocated || log.setDiffers))) {
    yield ["status", "issuer-equivocated", "refer"];
  }
  if (logs.some(({ head, serial }) => head && serial > head.issued)) yield ["status", "serial-unknown", "refer"];
  if (logs.some(({ head }) => !head)) yield ["status", "status-missing", "refer"];
  if (now !== null && logs.some(({ head, signer }) => head && isStale(head, limitOf(signer, record), now))) {
    yield ["freshness", "status-stale", "refer"];
  }
}

// One record's stages, in order: [stage, reason, outcome] of each that fails.
function* judge(book, record, said, lane, clock, floor) {
  const now = clock === null || floor === null ? clock : Math.max(clock, floor);
  const chain = chainFailure(record, now, book);
  if (chain) yield ["chain", chain, "reject"];
  if (!allows(record.types, CREDENTIAL) || !allows(record.programmes, said.programme)) {
    yield ["scope", "out-of-scope", "reject"];
  }
  if (book?.log(record)?.standing(said.serial) === "revoked") yield ["revocation", "revoked", "reject"];
  if (now !== null && now < begins(said.notBefore)) yield ["dates", "not-yet-valid", "reject"];
  if (now !== null && now >= ends(said.expires)) yield ["dates", "expired", "reject"];
  for (const failure of judgeStatus(book, record, said, now)) {
    if (!lane.waives.includes(failure[1])) yield failure;
  }
  if (clock === null) yield ["freshness", "clock-unknown", "refer"];
  else if (floor !== null && clock < floor && !lane.waives.includes("clock-behind")) {
    yield ["freshness", "clock-behind", "refer"];
  }
}

// `clock` is in seconds, or null where there is none; `book` null where no logs are held, `floor` null
// where the clock has none.
export function verdict(trust, text, laneName, clock, book = null, floor = null) {
  const now = clock === null || floor === null ? clock : Math.max(clock, floor);
  const lane = LANES[laneName] ?? flaw("no-such-lane", laneName);
  if (!/^gt1/i.test(text)) return result("none", "foreign-qr", "form");

  let statement;
  try {
    if (text.length > 3076) flaw("too-long", `${text.length} characters`);
    if (!text.startsWith("GT1:")) flaw("prefix");
    statement = open(decodeBase45(text.slice(4)), CREDENTIAL);
  } catch (error) {
    return malformed(error);
  }

  const records = trust.records.filter(
    ({ id, keyNumber }) => id === statement.signer && keyNumber === statement.keyNumber);
  if (records.length === 0) return result("reject", "unknown-issuer", "chain");
  const keys = new Map(records.map(({ publicKey }) => [hex(publicKey), publicKey]));
  for (const [name, key] of keys) {
    if (!verify(statement.signature, statement.message, key)) keys.delete(name);
  }
  if (keys.size === 0) {
    const failures = records.map((record) => chainFailure(record, now, book));
    return failures.every((failure) => failure)
      ? result("reject", failures[0], "chain")
      : result("reject", "bad-signature", "signature");
  }

  let said;
  try {
    said = credential.read(statement);
  } catch (error) {
    return malformed(error);
  }

  let best = null;
  for (const record of records.filter(({ publicKey }) => keys.has(hex(publicKey)))) {
    let [stage, reason, outcome] = [null, "ok", "accept"];
    for (const failure of judge(book, record, said, lane, clock, floor)) {
      if (BADNESS[failure[2]] > BADNESS[outcome]) [stage, reason, outcome] = failure;
    }
    if (!best || BADNESS[outcome] < BADNESS[best.verdict]) {
      best = result(outcome, reason, stage, {
        signer: { id: record.id, key: record.keyNumber, name: record.name },
        serial: said.serial,
        claims: credential.claims(said),
      });
    }
  }
  return best;
}
