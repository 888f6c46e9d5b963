// The test of golden/lanes: attestations, packets, rules, policies, which of them rules, and what a lane
// says of those who come.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as attestation from "./attestation.mjs";
import * as certlogic from "./certlogic.mjs";
import * as credential from "./credential.mjs";
import { Flaw } from "./flaw.mjs";
import { moment, readTrust } from "./golden.mjs";
import { ANY, DEFAULT, LACKING, ofPolicy } from "./lane.mjs";
import { encode } from "./make.mjs";
import { split } from "./packet.mjs";
import { choose, issuerOf, signers } from "./policies.mjs";
import * as policy from "./policy.mjs";
import { open, typeNumber } from "./statement.mjs";
import { judgeAttestation, judgeBytes, judgeParty } from "./verdict.mjs";

const CREDENTIAL = typeNumber("credential");
const HEAD_AGE = 600;
const WEEK = 7 * 86400;

export function vectors(folder, kind) {
  const inside = join(folder, "lanes", kind);
  return readdirSync(inside).filter((name) => name.endsWith(".json")).sort().map((name) => {
    const bin = join(inside, name.replace(/json$/, "bin"));
    const bytes = existsSync(bin) ? readFileSync(bin) : null;
    return { ...JSON.parse(readFileSync(join(inside, name))), bytes };
  });
}

// What an act says, or the error it ends with.
function said(act) {
  try {
    return { says: act(), error: null };
  } catch (error) {
    if (!(error instanceof Flaw)) throw error;
    return { says: null, error: error.error };
  }
}

function cardTest(test, { name, bytes, claims, serial, subject }) {
  const card = credential.read(open(bytes, CREDENTIAL));
  const found = { serial: card.serial, claims: credential.claims(card), subject: credential.subjectOf(card) };
  test(`card ${name}`, found, { serial, claims, subject });
}

function attestationTest(test, trust, { name, bytes, now, expect, serial, claims }) {
  const { found, said } = judgeAttestation({ trust, lane: ANY, clock: moment(now) }, bytes);
  const essence = ({ verdict, reason, error }) => ({ verdict, reason, error });
  test(`attestation ${name}`, essence(found), essence(expect));
  test(`attestation ${name}: claims`, said && attestation.claims(said), claims);
  test(`attestation ${name}: serial`, said && said.serial, serial);
}

function packetTest(test, statements, { name, bytes, parts, error }) {
  const found = said(() => split(bytes));
  test(`packet ${name}: error`, found.error, error);
  if (error) return;
  const { credential, attestations } = found.says;
  const all = [credential, ...attestations].filter(Boolean).map((part) => Buffer.from(part).toString("hex"));
  test(`packet ${name}: parts`, all, parts.map((part) => statements.get(part).toString("hex")));
}

// A rule's JSON in msgpack, by the table in certlogic.mjs read backwards.
const CODES = new Map(["", "var", "if", "===", "and", ">", "<", ">=", "<=", "in", "+", "after", "before", "not-after",
  "not-before", "!", "plusTime", "dccDateOfBirth", "reduce", "extractFromUVCI"].map((name, code) => [name, code]));

function pack(rule) {
  if (Array.isArray(rule)) return rule.map(pack);
  if (typeof rule !== "object") return rule;
  return new Map(Object.entries(rule).map(([name, operands]) => [CODES.get(name), pack(operands)]));
}

function shown(value) {
  if (value instanceof Date) return value.toISOString();
  return Array.isArray(value) ? value.map(shown) : value;
}

function ruleTest(test, { name, bytes, form, rule, data, result, error }) {
  if (bytes) {
    const found = said(() => certlogic.read(bytes));
    test(`rule ${name}: form`, found.error, form);
    if (rule && !form) {
      test(`rule ${name}: JSON`, found.says, rule);
      test(`rule ${name}: bytes`, encode(pack(rule)).toString("hex"), bytes.toString("hex"));
    }
  }
  if (form || !rule) return;
  const given = certlogic.evaluate(rule, data);
  test(`rule ${name}: gives`, { result: shown(given.value), error: given.error }, { result, error });
}

function policyTest(test, trust, { name, bytes, error, policy: written }) {
  const found = said(() => signers(trust, bytes));
  test(`policy ${name}: error`, found.error, error);
  if (!written) return;
  test(`policy ${name}`, policy.inWords(found.says.said,
    { programmes: credential.PROGRAMMES, kinds: attestation.KINDS }), written);
}

function choiceTest(test, trust, policies, keys, { name, home, lane, now, standing, by, policies: names }) {
  const bytes = names.map((name) => policies.get(name).bytes);
  const found = choose({ trust, home, name: lane, now: moment(now), policies: bytes });
  test(`choice ${name}`, found.standing, standing);
  if (!by) return test(`choice ${name}: by nobody`, found.word, undefined);
  const signer = keys.find(({ public_key: key }) => key === issuerOf(found.word));
  test(`choice ${name}: by`, [found.word.said.serial, signer.name],
    [policy.peek(open(policies.get(by).bytes, typeNumber("policy"))).serial, policies.get(by).signer]);
}

// --- verdicts ---

// Logs of which each has a head of ten minutes ago that issued every serial and withdrew none, unless told.
class Told {
  constructor(told, now) {
    this.told = told;
    this.now = now;
  }

  log({ id }) {
    const mine = this.told.filter(({ authority }) => authority === id);
    return { standing: (serial) => mine.find((told) => told.serial === serial)?.standing ?? "active" };
  }

  head({ id }) {
    const told = this.told.find((told) => told.authority === id && !("serial" in told)) ?? {};
    if (told.head === null) return null;
    const signedAt = this.now - (told.age_s ?? HEAD_AGE);
    return { signedAt, nextDue: signedAt + WEEK, issued: told.issued ?? 2 ** 32 - 1 };
  }

  isRevoked(record) {
    for (let at = record; at !== null; at = at.above) {
      if (this.log(at.signedBy ?? at).standing(at.serial) === "revoked") return true;
    }
    return false;
  }
}

// A statement, or a packet of several.
function joined(parts) {
  if (parts.length === 1) return parts[0];
  return encode([1, ...parts]);
}

function laneOf(trust, policies, { policies: names, lane: name }, now) {
  if (name === "default") return DEFAULT;
  if (name === "any") return ANY;
  const found = choose({ trust, home: "USA", name, now, policies: names.map((name) => policies.get(name).bytes) });
  return found.standing === "ruled" ? ofPolicy(found.lane) : { ...LACKING, name };
}

function verdictTest(test, trust, policies, statements, vector) {
  const { name, status, beside, members, party } = vector;
  const clock = moment(vector.now);
  const lane = laneOf(trust, policies, vector, clock);
  const setting = { trust, clock, book: new Told(status, clock), lane, isMember: Boolean(party) };
  setting.beside = beside.map((name) => judgeAttestation(setting, statements.get(name)));
  const found = members.map(({ code }) => judgeBytes(setting, joined(code.map((name) => statements.get(name)))));
  for (const [i, { code: [whose], verdict, reason, rules }] of members.entries()) {
    const own = { verdict: found[i].verdict, reason: found[i].reason, rules: found[i].rules ?? {} };
    test(`verdict ${name}, ${whose}`, own, { verdict, reason, rules });
  }
  const whole = party ? judgeParty(setting.lane, found, party.expected) : found[0];
  test(`verdict ${name}`, `${whole.verdict} ${whole.reason}`, `${vector.verdict} ${vector.reason}`);
  if (party) test(`verdict ${name}: missing`, whole.missing, party.missing);
}

// Returns how many vectors there are of each kind.
export function run(test, folder, keys) {
  const { trust, left } = readTrust(join(folder, "lanes"));
  test("statements of lanes/trust.json that found no place", left, []);
  const all = Object.fromEntries(["cards", "attestations", "packets", "rules", "policies", "choices", "verdicts"]
    .map((kind) => [kind, vectors(folder, kind)]));
  const reversed = readTrust(join(folder, "lanes"), true).trust;
  const statements = new Map([...all.cards, ...all.attestations].map(({ name, bytes }) => [name, bytes]));
  const policies = new Map(all.policies.map((vector) => [vector.name, vector]));
  for (const vector of all.cards) cardTest(test, vector);
  for (const vector of all.attestations) attestationTest(test, trust, vector);
  for (const vector of all.packets) packetTest(test, statements, vector);
  for (const vector of all.rules) ruleTest(test, vector);
  for (const vector of all.policies) policyTest(test, trust, vector);
  for (const vector of all.choices) choiceTest(test, trust, policies, keys, vector);
  for (const vector of all.verdicts) verdictTest(test, trust, policies, statements, vector);
  for (const vector of all.verdicts) {
    verdictTest(test, reversed, policies, statements, { ...vector, name: `${vector.name}, other order` });
  }
  return Object.fromEntries(Object.entries(all).map(([kind, vectors]) => [kind, vectors.length]));
}
