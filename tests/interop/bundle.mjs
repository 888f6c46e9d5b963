// Section 15: bundles, and what a home has.

import { createHash } from "node:crypto";
import { Cursor } from "./cursor.mjs";
import { flaw } from "./flaw.mjs";
import { Frontier, peakCount } from "./merkle.mjs";

const LENGTH_MOST = 266240;
const U32 = 2 ** 32 - 1;

function header(cursor, name) {
  const expected = Buffer.from(name);
  const found = cursor.take(Math.min(expected.length, cursor.left));
  if (Buffer.compare(found, expected.subarray(0, found.length)) !== 0) flaw("envelope", "", 0);
  if (found.length < expected.length) flaw("truncated");
  if (cursor.number(1) !== 1) flaw("unsupported-version");
}

// What may be any bytes: one at least.
function some(body, most, length = body.left) {
  if (length > most) flaw("too-long", `${length} of ${most} bytes`, body.at);
  if (length === 0) flaw("truncated", "", body.at);
  return body.take(length);
}

function frontier(body) {
  const size = body.leb128(U32);
  return new Frontier(size, hashes(body, peakCount(size)));
}

function hashes(body, count) {
  return Array.from({ length: count }, () => body.take(32));
}

function path(body) {
  const { at } = body;
  const count = body.number(1);
  if (count > 65) flaw("range", `${count} hashes`, at);
  return hashes(body, count);
}

const KINDS = {
  0: ["end", () => ({})],
  1: ["statement", (body) => ({ bytes: some(body, 262144) })],
  2: ["proof", (body) => ({ bytes: some(body, 4134) })],
  3: ["tail", (body) => ({ from: frontier(body), head: some(body, 1024) })],
  4: ["batch", (body) => ({ bytes: some(body, 262144) })],
  5: ["snapshot", (body) => {
    const at = frontier(body);
    const start = body.at;
    const pathFrom = body.leb128(U32);
    if (pathFrom !== 0 && pathFrom >= at.size) flaw("range", "path-from", start);
    const way = path(body);
    if ((pathFrom === 0) !== (way.length === 0)) flaw("range", "path-from without path", start);
    return { frontier: at, pathFrom, path: way, head: some(body, 1024) };
  }],
  6: ["chunk", (body) => ({ index: body.number(2), bytes: some(body, 16390) })],
  7: ["evidence", (body) => {
    const index = body.leb128(U32 - 1);
    const proof = path(body);
    const head = some(body, 1024, body.number(2));
    return { index, proof, head, bytes: some(body, 262144) };
  }],
  8: ["leaves", (body) => {
    const bytes = some(body, 262144);
    if (bytes.length % 32 !== 0) flaw("truncated", "a hash", body.end);
    return { bytes };
  }],
  64: ["origin", (body) => ({ bytes: body.take(16) })],
};

const PARTS = { batch: "tail", chunk: "snapshot", leaves: "snapshot" };

// Yields the messages, { kind, ... }; of a tail its batches are in it, of a snapshot its chunks and leaves.
// What is wrong is thrown where it is met: what came before counts.
export function* read(bytes) {
  const cursor = new Cursor(bytes);
  header(cursor, "garita-b");
  let whole = null; // a tail or a snapshot to which more may come
  const finish = () => (whole ? [whole] : []);
  try {
    for (;;) {
      const { at } = cursor;
      const kind = cursor.number(1);
      if (kind < 64 && !KINDS[kind]) flaw("unknown-type", `kind ${kind}`, at);
      const [name, parse] = KINDS[kind] ?? ["skipped"];
      if (PARTS[name] && whole?.kind !== PARTS[name]) flaw("wrong-kind", `a ${name}`, at);
      const length = cursor.leb128(2n ** 64n - 1n);
      if (length > LENGTH_MOST) flaw("too-long", `${length} bytes`, at + 1);
      if (length > cursor.left) flaw("truncated", `${length} bytes`, cursor.at);
      const body = new Cursor(bytes, cursor.at, cursor.at + length);
      cursor.at += length;
      if (name === "skipped") continue;
      const message = { kind: name, ...parse(body) };
      body.done();
      if (PARTS[name]) {
        whole.parts.push(message);
        continue;
      }
      yield* finish();
      whole = null;
      if (name === "end") {
        cursor.done();
        return;
      }
      if (name === "tail" || name === "snapshot") whole = { ...message, parts: [] };
      else yield message;
    }
  } catch (error) {
    yield* finish();
    throw error;
  }
}

export const digest = (bytes) => createHash("sha256").update(bytes).digest().subarray(0, 16);

// A list of items of this many bytes, whose first so many ascend: cursors over each.
function items(cursor, most, size, key, repeats) {
  const count = cursor.leb128(most);
  const list = Array.from({ length: count }, () => cursor.take(size));
  for (let i = 1; i < count; i++) {
    const order = Buffer.compare(list[i - 1].subarray(0, key), list[i].subarray(0, key));
    if (order > 0 || (order === 0 && !repeats)) flaw("key-order", `item ${i}`);
  }
  return list.map((item) => new Cursor(item));
}

function number(item, most) {
  const n = item.take(8).readBigUInt64BE();
  if (n > BigInt(most)) flaw("range", String(n), item.at);
  return Number(n);
}

export function readHave(bytes) {
  const cursor = new Cursor(bytes);
  header(cursor, "garita-h");
  const logs = items(cursor, 8192, 80, 32, false).map((item) => ({
    id: item.take(32),
    size: number(item, U32),
    root: item.take(32),
    signedAt: number(item, 5662310399),
  }));
  const digests = items(cursor, 65536, 16, 16, true).map((item) => item.take(16));
  cursor.done();
  return { logs, digests };
}
