#!/usr/bin/env node
// The test: this verifier on itself, on the golden vectors, and on what is one step from them.

import { deepStrictEqual } from "node:assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as channel from "./channel.mjs";
import * as compare from "./compare.mjs";
import * as lanes from "./lanes.mjs";
import { PROGRAMMES } from "./credential.mjs";
import { Flaw } from "./flaw.mjs";
import { moment, readKeys, readRecords, readRefused, readTrust, readVectors } from "./golden.mjs";
import { mutations } from "./mutate.mjs";
import * as scan from "./scan.mjs";
import * as self from "./self.mjs";
import * as selfStatus from "./self_status.mjs";
import * as status from "./status.mjs";
import { authorityId, fingerprint, publicKeyOf, verify } from "./signature.mjs";
import { TYPES, open, typeNumber } from "./statement.mjs";
import { allows, digest } from "./trust.mjs";
import { verdict } from "./verdict.mjs";

const REFUSING_AT_LEAST = 60;
const PART = 29; // of the mutations of each accepted vector, one in so many is tried

// The errors that the page names; a vector may name others, for what is not said there.
const NAMED = new Set(`forbidden-kind not-minimal key-kind key-order utf8 unsafe-text depth truncated
  trailing unknown-key range missing-key envelope unsupported-version too-long wrong-type unknown-type
  bad-key empty wrong-kind country date date-order id-mismatch not-self-signed bad-signature
  out-of-scope too-deep key-number-taken serial-taken unknown-issuer shape rule twice`.split(/\s+/));

let passed = 0;
const failures = [];

function test(name, got, wanted) {
  try {
    deepStrictEqual(got, wanted);
    passed++;
  } catch {
    failures.push(name);
    console.log(`FAILED ${name}\n  got    ${show(got)}\n  wanted ${show(wanted)}`);
  }
}

const show = (value) => typeof value === "string" ? value : JSON.stringify(value);
const group = (name) => console.log(`# ${name}`);

function keyTests(keys) {
  for (const key of keys) {
    const publicKey = Buffer.from(publicKeyOf(Buffer.from(key.seed, "hex")));
    test(`key ${key.name}`, publicKey.toString("hex"), key.public_key);
    test(`id ${key.name}`, authorityId(publicKey), key.id);
    test(`fingerprint ${key.name}`, fingerprint(publicKey), key.fingerprint.replaceAll(" ", ""));
  }
}

const iso = (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

function recordTest(trust, { file, statement, record }) {
  const found = trust.records.filter((record) => record.statement === digest(statement));
  test(`${file}: records`, found.length, 1);
  for (const { level, countries, programmes, types, depth, from, until } of found) {
    const names = (mask, table, name) =>
      Object.keys(table).filter((n) => allows(mask, n)).map((n) => name(table[n]));
    test(`${file}: its record`, {
      level,
      countries,
      programmes: names(programmes, PROGRAMMES, ([name]) => name),
      types: names(types, TYPES, ({ name }) => name),
      depth,
      in_force_from: from === 0 ? null : iso(from),
      in_force_until: iso(until),
    }, record);
  }
}

function refusedTest(trust, { name, pin, error, bytes }) {
  if (!NAMED.has(error)) {
    console.log(`  refused/${name}: left out, ${error} is not on the page`);
    return;
  }
  let found = null;
  try {
    if (pin) trust.pin(bytes, { countries: pin, programmes: ["sentri"] });
    else found = trust.add([bytes])[0]?.error ?? null;
  } catch (error) {
    if (!(error instanceof Flaw)) throw error;
    found = error.error;
  }
  test(`refused/${name}`, found, error);
}

function vectorTest(trust, vector) {
  const { name, expect, lane } = vector;
  const found = verdict(trust, vector.text, lane, moment(vector.now));
  test(`${name}: verdict and reason (${found.detail ?? found.stage})`,
    `${found.verdict} ${found.reason}`, `${expect.verdict} ${expect.reason}`);
  if (expect.verdict !== "accept") test(`${name}: stage`, found.stage, expect.stage);
  if (NAMED.has(expect.error) || (expect.error === null && found.error !== null)) {
    test(`${name}: error`, found.error, expect.error);
  }
  test(`${name}: claims`, found.claims, vector.claims);
  test(`${name}: serial`, found.serial, vector.serial);
}

function mutationTest(trust, keys, vector, step, phase) {
  const { signer, message, signature } = open(vector.bytes, typeNumber("credential"));
  const seed = trust.records.filter(({ id }) => id === signer)
    .filter(({ publicKey }) => verify(signature, message, publicKey))
    .map(({ publicKey }) => Buffer.from(publicKey).toString("hex"))
    .map((hex) => keys.find((key) => key.public_key === hex)?.seed)
    .find((seed) => seed);
  let tried = 0;
  for (const { what, text, error } of mutations(vector.bytes, seed && Buffer.from(seed, "hex"), step, phase)) {
    const found = verdict(trust, text, "any", moment(vector.now));
    const refused = ["reject", "none"].includes(found.verdict);
    tried++;
    if (!refused || (error && found.error !== error)) {
      test(`${vector.name}, ${what}`, `${found.verdict} ${found.reason} ${found.error}`, error ?? "a refusal");
    }
  }
  test(`${vector.name}: has its signer's seed, and enough mutations`, Boolean(seed) && tried > 40, true);
  return tried;
}

function goldenTests(folder) {
  group("golden: keys and trust");
  const keys = readKeys(folder);
  keyTests(keys);
  const { trust, left } = readTrust(folder);
  test("statements of trust.json that found no place", left, []);

  for (const record of readRecords(folder)) recordTest(trust, record);
  for (const refused of readRefused(folder)) refusedTest(readTrust(folder).trust, refused);

  group("golden: vectors");
  const vectors = readVectors(folder);
  for (const vector of vectors) vectorTest(trust, vector);
  const refusing = vectors.filter(({ expect }) => ["reject", "none"].includes(expect.verdict)).length;
  console.log(`  ${vectors.length} vectors, ${refusing} of them refusing`);
  test(`at least ${REFUSING_AT_LEAST} refusing vectors`, refusing >= REFUSING_AT_LEAST, true);

  group("golden: status logs");
  const counts = status.run(test, folder, keys);
  test("there are vectors of each kind", Object.values(counts).every((count) => count > 5), true);
  console.log(`  ${Object.entries(counts).map(([kind, count]) => `${count} ${kind}`).join(", ")}`);

  group("golden: what lanes decide by, and what they decide");
  const kinds = lanes.run(test, folder, keys);
  test("there are vectors of each of these kinds", Object.values(kinds).every((count) => count > 10), true);
  console.log(`  ${Object.entries(kinds).map(([kind, count]) => `${count} ${kind}`).join(", ")}`);

  group("golden: the channel between nodes");
  const sessions = channel.run(test, folder);
  test("there are sessions", sessions >= 2, true);
  console.log(`  ${sessions} sessions`);

  if (program) {
    group("garita itself");
    scan.run(test, program, folder);
  } else console.log("# garita itself: not given, left out");
  if (reader) {
    group("libgarita's readers, on altered vectors");
    console.log(`  ${compare.run(test, reader, folder)} compared`);
  } else console.log("# libgarita's readers: not given, left out");

  group("golden: mutations of what is accepted");
  const accepted = vectors.filter(({ expect }) => expect.verdict === "accept");
  test("there is an accepted vector", accepted.length > 0, true);
  // All of the example's, and of each other's a part, another part of each.
  const tried = accepted.map((vector, i) =>
    mutationTest(trust, keys, vector, vector.name === "credential-sentri" ? 1 : PART, i))
    .reduce((sum, tried) => sum + tried, 0);
  console.log(`  ${accepted.length} accepted vectors, ${tried} mutations of them`);
}

const [folder, signatures, trees, program, reader] = process.argv.slice(2);
if (!folder) {
  console.error("usage: run.mjs GOLDEN [WYCHEPROOF [MERKLE [GARITA [READER]]]]");
  process.exit(64);
}

group("this verifier itself");
self.run(test);
selfStatus.run(test);
if (signatures && existsSync(signatures)) {
  group("wycheproof");
  self.wycheproof(test, signatures);
} else console.log("# wycheproof: not given, left out");
if (trees && existsSync(trees)) {
  group("merkle proofs");
  selfStatus.merkle(test, trees);
} else console.log("# merkle proofs: not given, left out");
try {
  goldenTests(folder);
} catch (error) {
  test("the golden set can be read", String(error.stack), "");
}

console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
