// Section 9: from a text to a verdict. This verifier has no status logs: of no authority is a head
// known, which is `status-missing` unless the lane waives it.

import { decode as decodeBase45 } from "./base45.mjs";
import * as credential from "./credential.mjs";
import { begins, ends } from "./fields.mjs";
import { Flaw, flaw } from "./flaw.mjs";
import { verify } from "./signature.mjs";
import { hex, open, typeNumber } from "./statement.mjs";
import { allows } from "./trust.mjs";

const CREDENTIAL = typeNumber("credential");
const LANES = { default: { waives: [] }, any: { waives: ["status-missing"] } };
const UNSUPPORTED = ["unsupported-version", "unknown-type", "unknown-key"];
const BADNESS = { accept: 0, refer: 1, reject: 2 };

const result = (verdict, reason, stage, rest = {}) =>
  ({ verdict, reason, stage, error: null, signer: null, serial: null, claims: null, ...rest });

function malformed(error) {
  if (!(error instanceof Flaw)) throw error;
  const reason = UNSUPPORTED.includes(error.error) ? "unsupported-version" : "malformed";
  return result("reject", reason, "form", { error: error.error, detail: error.message });
}

// What the chain of a record is at `now`: null if in force, or not judged because there is no clock.
function chainFailure(record, now) {
  if (now === null) return null;
  if (now < record.from) return "issuer-not-yet-valid";
  if (now >= record.until) return "issuer-expired";
  return null;
}

// One record's stages, in order: [stage, reason, outcome] of each that fails.
function* judge(record, said, lane, now) {
  const chain = chainFailure(record, now);
  if (chain) yield ["chain", chain, "reject"];
  if (!allows(record.types, CREDENTIAL) || !allows(record.programmes, said.programme)) {
    yield ["scope", "out-of-scope", "reject"];
  }
  if (now !== null && now < begins(said.notBefore)) yield ["dates", "not-yet-valid", "reject"];
  if (now !== null && now >= ends(said.expires)) yield ["dates", "expired", "reject"];
  if (!lane.waives.includes("status-missing")) yield ["status", "status-missing", "refer"];
  if (now === null) yield ["freshness", "clock-unknown", "refer"];
}

// `now` is in seconds, or null where there is no clock.
export function verdict(trust, text, laneName, now) {
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
    const failures = records.map((record) => chainFailure(record, now));
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
    for (const failure of judge(record, said, lane, now)) {
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
