// The test of golden/status: what status logs are made of, and what they mean for a credential.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as batch from "./batch.mjs";
import * as bundle from "./bundle.mjs";
import * as equivocation from "./equivocation.mjs";
import { Flaw } from "./flaw.mjs";
import { moment, readTrust } from "./golden.mjs";
import { isoDay } from "./fields.mjs";
import { signers } from "./head.mjs";
import { Book, logId } from "./log.mjs";
import { consistent, includes, prefixRoot } from "./merkle.mjs";
import { nodeSigners } from "./node.mjs";
import { MODES, StatusSet, readChunk, readSnapshot, setRoot, writeChunk } from "./set.mjs";
import { Trust } from "./trust.mjs";
import { verdict } from "./verdict.mjs";

const read = (folder, name) => readFileSync(join(folder, name));
const iso = (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const unhex = (digits) => Buffer.from(digits, "hex");

export function vectors(folder, kind) {
  const inside = join(folder, "status", kind);
  return readdirSync(inside).filter((name) => name.endsWith(".json")).sort().map((name) => {
    const bin = join(inside, name.replace(/json$/, "bin"));
    return { ...JSON.parse(read(inside, name)), bytes: existsSync(bin) ? readFileSync(bin) : null };
  });
}

// Numbers and rows of them: [3, { first, count, step }].
const numbers = (rows) => rows.flatMap((row) => typeof row === "number" ? [row]
  : Array.from({ length: row.count }, (_, i) => row.first + i * row.step)).sort((a, b) => a - b);

// What an act says, or the error it ends with.
function said(act) {
  try {
    return { says: act(), error: null };
  } catch (error) {
    if (!(error instanceof Flaw)) throw error;
    return { says: null, error: error.error };
  }
}

function batchTest(test, vector) {
  const wanted = vector.batch &&
    { ...vector.batch, groups: vector.batch.groups.map((group) => ({ ...group, serials: numbers(group.serials) })) };
  const found = said(() => batch.read(vector.bytes));
  const batched = found.says && {
    time: iso(found.says.time),
    groups: found.says.groups.map(({ standing, cause, serials }) => ({ standing, cause, serials })),
  };
  test(`batch ${vector.name}: error`, found.error, vector.error);
  test(`batch ${vector.name}`, batched, wanted);
}

function chunkTest(test, vector) {
  const found = said(() => readChunk(vector.bytes, vector.index));
  test(`chunk ${vector.name}: error`, found.error, vector.error);
  if (vector.error !== null || found.error !== null) return;
  for (const part of ["revoked", "suspended"]) {
    test(`chunk ${vector.name}: ${part}`, found.says[part], numbers(vector[part].offsets));
  }
  test(`chunk ${vector.name}: written`, hex(writeChunk(found.says)), hex(vector.bytes));
  const headers = (vector.revoked.mode !== null) + (vector.suspended.mode !== null);
  test(`chunk ${vector.name}: its modes`, [vector.revoked, vector.suspended]
    .every(({ mode }) => mode === null || MODES.includes(mode)) && headers > 0, true);
}

function setTest(test, vector) {
  const set = new StatusSet();
  for (const standing of ["revoked", "suspended"]) {
    for (const serial of numbers(vector[standing])) set.put(serial, standing);
  }
  const chunks = vector.chunks.map(({ index, bytes }) => [index, unhex(bytes)]);
  test(`set ${vector.name}: chunks`, set.chunks().map(([index, bytes]) => `${index} ${hex(bytes)}`),
    chunks.map(([index, bytes]) => `${index} ${hex(bytes)}`));
  test(`set ${vector.name}: root`, hex(set.root), vector.root);
  test(`set ${vector.name}: root of its chunks`, hex(setRoot(chunks)), vector.root);
  test(`set ${vector.name}: read again`, hex(readSnapshot(chunks).root), vector.root);
}

function pathTest(test, vector) {
  const hashes = vector.hashes.map(unhex);
  const [root, root1, root2] = ["root", "root1", "root2"].map((name) => vector[name] && unhex(vector[name]));
  const proven = {
    inclusion: () => includes(root, vector.size, vector.index, unhex(vector.leaf), hashes),
    consistency: () => consistent(root1, vector.size1, root2, vector.size2, hashes),
    prefix: () => {
      const found = prefixRoot(vector.size1, root2, vector.size2, hashes);
      test(`path ${vector.name}: yields`, found && hex(found), vector.yields);
      return found !== null;
    },
  }[vector.kind]();
  test(`path ${vector.name}`, proven, vector.error === null);
}

function headTest(test, trust, vector) {
  const found = said(() => signers(trust, vector.bytes));
  test(`head ${vector.name}: error`, found.error, vector.error);
  if (!found.says) return;
  const { head, records } = found.says;
  test(`head ${vector.name}`, {
    size: head.size, root: hex(head.root), set_root: hex(head.setRoot), issued: head.issued,
    signed_at: iso(head.signedAt), next_due: iso(head.nextDue),
  }, vector.head);
  test(`head ${vector.name}: its signer`, { id: records[0].id, key_number: records[0].keyNumber }, vector.signer);
}

function nodeTest(test, trust, vector) {
  const found = said(() => nodeSigners(trust, vector.bytes));
  test(`node ${vector.name}: error`, found.error, vector.error);
  if (!found.says) return;
  const { node, records } = found.says;
  test(`node ${vector.name}`, {
    serial: node.serial, not_before: node.notBefore === undefined ? null : isoDay(node.notBefore),
    expires: isoDay(node.expires), public_key: hex(node.publicKey), noise_key: hex(node.noiseKey),
    name: node.name, country: node.country, addresses: node.addresses ?? [],
  }, vector.node);
  test(`node ${vector.name}: its signer`, { id: records[0].id, key_number: records[0].keyNumber }, vector.signer);
}

function proofTest(test, trust, keys, folder, vector) {
  const parts = said(() => equivocation.read(vector.bytes));
  if (vector.proof) {
    test(`proof ${vector.name}: its parts`, {
      form: parts.says.form,
      heads: parts.says.heads.map(hex),
      path: parts.says.path.map(hex),
    }, { ...vector.proof, heads: vector.proof.heads.map((name) => hex(read(join(folder, "status"), name))) });
  } else test(`proof ${vector.name}: its parts`, parts.error, vector.error);
  const found = said(() => equivocation.check(trust, vector.bytes));
  test(`proof ${vector.name}: error`, found.error, vector.error);
  const authorities = found.says?.authorities.map(({ first }) => nameOf(keys, first)) ?? [];
  test(`proof ${vector.name}: proves`, authorities, vector.proves ? [vector.proves] : []);
}

const nameOf = (keys, publicKey) => keys.find((key) => key.public_key === publicKey)?.name;

// A message with its parts, as it lies in a bundle.
function inRow({ parts = [], ...message }) {
  return [message, ...parts].map(({ kind, bytes, head, from, frontier = from, index, pathFrom, path, proof = path }) => ({
    kind,
    ...(index !== undefined && { index }),
    ...(frontier && { size: frontier.size, frontier: frontier.peaks.map(hex) }),
    ...(pathFrom !== undefined && { path_from: pathFrom }),
    ...(proof && { path: proof.map(hex) }),
    ...(head && { head: hex(head) }),
    ...(bytes && { bytes: hex(bytes) }),
  }));
}

function readBundle(bytes) {
  const messages = [];
  const { error } = said(() => { for (const message of bundle.read(bytes)) messages.push(...inRow(message)); });
  return { messages, error };
}

// Trust and book of a home that pins the anchors alone.
export function newHome(folder) {
  const trust = new Trust();
  const { pins } = JSON.parse(read(folder, "trust.json"));
  for (const { file, ...scope } of pins) trust.pin(read(folder, file), scope);
  return new Book(trust);
}

function bundleTest(test, keys, folder, vector) {
  const found = readBundle(vector.bytes);
  test(`bundle ${vector.name}: error`, found.error, vector.error);
  test(`bundle ${vector.name}: messages`, found.messages, vector.messages);

  const book = newHome(folder);
  const { results, refused } = book.import(vector.bytes);
  const authority = (log) => nameOf(keys, book.trust.records.find((record) => logId(record) === log).first);
  const outcomes = [
    ...results.map(({ log, outcome }) => `${authority(log)} ${outcome}`),
    ...refused.map(({ error }) => `refused ${error}`),
  ];
  test(`bundle ${vector.name}: outcomes`, outcomes.sort(), vector.outcomes.map(({ authority, outcome, refused }) =>
    authority ? `${authority} ${outcome}` : `refused ${refused}`).sort());
}

// Whatever it is cut to, what is whole of it is read, and then it is told.
function cutTest(test, vector) {
  const whole = readBundle(vector.bytes).messages.map((message) => JSON.stringify(message));
  let wrong = null;
  for (let length = 0; length < vector.bytes.length; length++) {
    const { messages, error } = readBundle(vector.bytes.subarray(0, length));
    const same = messages.every((message, i) => JSON.stringify(message) === whole[i]);
    if (error !== "truncated" || !same) wrong ??= `cut to ${length} bytes: ${error}`;
  }
  test(`bundle ${vector.name}, cut at every byte`, wrong, null);
}

function haveTest(test, vector) {
  const found = said(() => bundle.readHave(vector.bytes));
  test(`have ${vector.name}: error`, found.error, vector.error);
  test(`have ${vector.name}: logs`, found.says?.logs.map(({ id, size, root, signedAt }) =>
    ({ id: hex(id), size, root: hex(root), signed_at: signedAt })) ?? null, vector.logs);
  test(`have ${vector.name}: digests`, found.says?.digests.map(hex) ?? null, vector.digests);
}

function verdictTest(test, folder, vector) {
  const book = newHome(folder);
  let floor = null;
  for (const name of vector.bundles) {
    book.import(read(join(folder, "status/bundles"), `${name}.bin`));
    const raised = book.floor(moment(vector.imported));
    if (raised !== null) floor = Math.max(floor ?? 0, raised);
  }
  const { text } = JSON.parse(read(join(folder, "status/cards"), `${vector.card}.json`));
  const found = verdict(book.trust, text, vector.lane, moment(vector.now), book, floor);
  test(`verdict ${vector.name}`, `${found.verdict} ${found.reason}`, `${vector.verdict} ${vector.reason}`);
}

export function run(test, folder, keys) {
  const { trust } = readTrust(folder);
  const counts = {};
  const each = (kind, act) => {
    const all = vectors(folder, kind);
    counts[kind] = all.length;
    for (const vector of all) act(vector);
  };
  each("batches", (vector) => batchTest(test, vector));
  each("chunks", (vector) => chunkTest(test, vector));
  each("sets", (vector) => setTest(test, vector));
  each("paths", (vector) => pathTest(test, vector));
  each("heads", (vector) => headTest(test, trust, vector));
  each("nodes", (vector) => nodeTest(test, trust, vector));
  each("equivocations", (vector) => proofTest(test, trust, keys, folder, vector));
  each("bundles", (vector) => bundleTest(test, keys, folder, vector));
  for (const vector of vectors(folder, "bundles")) {
    if (["logs", "snapshot-with-path", "evidence"].includes(vector.name)) cutTest(test, vector);
  }
  each("haves", (vector) => haveTest(test, vector));
  each("verdicts", (vector) => verdictTest(test, folder, vector));
  return counts;
}
