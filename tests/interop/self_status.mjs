// Tests of this verifier itself, on what status logs are made of: against plain words for the same
// things, and against the Merkle proofs of others.

import { readFileSync } from "node:fs";
import { Bits, Cursor, gammaLength, riceLength, toLeb128 } from "./cursor.mjs";
import { Flaw } from "./flaw.mjs";
import { EMPTY_ROOT, Frontier, consistent, includes, leaf, node } from "./merkle.mjs";
import { StatusSet, readChunk, readSnapshot, setRoot, writeChunk } from "./set.mjs";

function errorOf(act) {
  try {
    act();
    return null;
  } catch (error) {
    if (!(error instanceof Flaw)) throw error;
    return error.error;
  }
}

// The same numbers in every run.
function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

function numberTests(test) {
  const cases = [
    ["00", 5, 0], ["05", 5, 5], ["06", 5, "range"], ["8000", 127, "range"], ["8000", 128, "not-minimal"],
    ["8001", 128, 128], ["8101", 128, "range"], ["80", 128, "truncated"], ["808001", 16384, 16384],
    ["ff7f", 16383, 16383], ["ffffffff0f", 2 ** 32 - 1, 2 ** 32 - 1], ["8080808010", 2 ** 32 - 1, "range"],
    ["808080808001", 2 ** 32 - 1, "range"], ["80808080808080808001", 2n ** 64n - 1n, 2 ** 63],
    ["80808080808080808002", 2n ** 64n - 1n, "range"], ["8080808080808080808001", 2n ** 64n - 1n, "range"],
  ];
  for (const [hex, most, wanted] of cases) {
    let found;
    const error = errorOf(() => { found = new Cursor(Buffer.from(hex, "hex")).leb128(most); });
    test(`leb128 ${hex} of ${most}`, error ?? found, wanted);
    if (error === null) test(`leb128 ${hex} written`, toLeb128(found).toString("hex"), hex);
  }
  test("rice", new Bits(new Cursor(Buffer.of(0xc9, 0x98))).rice(11), 4710);
  test("gamma", new Bits(new Cursor(Buffer.of(0x00, 0x7d, 0x20))).gamma(), 1001);
  test("lengths", [riceLength(4710, 11), gammaLength(1), gammaLength(1001)].join(), "14,1,19");
}

// 2.1.1 of RFC 9162, in its own words.
function root(leaves) {
  if (leaves.length === 0) return EMPTY_ROOT;
  if (leaves.length === 1) return leaves[0];
  let k = 1;
  while (2 * k < leaves.length) k *= 2;
  return node(root(leaves.slice(0, k)), root(leaves.slice(k)));
}

function frontierTests(test) {
  const leaves = [];
  let frontier = new Frontier();
  for (let size = 0; size <= 70; size++) {
    test(`frontier of ${size}`, frontier.root.toString("hex"), root(leaves).toString("hex"));
    leaves.push(leaf(Buffer.from(`${size}`)));
    frontier = frontier.with(leaves.at(-1));
  }
}

const ascending = (offsets) => [...offsets].sort((a, b) => a - b);

function chunkTests(test) {
  const below = random(1);
  const sets = [];
  for (const count of [1, 2, 3, 5, 100, 1000, 10000, 24000, 30000, 60000]) {
    for (const clustered of [false, true]) {
      const offsets = new Set();
      while (offsets.size < count) {
        const start = below(65536);
        const length = clustered ? 1 + below(40) : 1;
        for (let i = start; i < start + length && i < 65536 && offsets.size < count; i++) offsets.add(i);
      }
      sets.push(ascending(offsets));
    }
  }
  for (const [i, revoked] of sets.entries()) {
    const taken = new Set(revoked);
    const suspended = sets[(i + 3) % sets.length].filter((offset) => !taken.has(offset));
    const bytes = writeChunk({ revoked, suspended });
    test(`chunk ${i} read again`, JSON.stringify(readChunk(bytes)), JSON.stringify({ revoked, suspended }));
    let wrong = null;
    for (let n = 0; n < 20; n++) {
      const flipped = Buffer.from(bytes);
      flipped[below(bytes.length)] ^= 1 << below(8);
      let other;
      if (errorOf(() => { other = readChunk(flipped); }) === null &&
          Buffer.compare(writeChunk(other), flipped) !== 0) wrong ??= flipped.toString("hex");
    }
    test(`chunk ${i}: a set has one encoding`, wrong, null);
  }
}

// Whoever follows the events and whoever takes the snapshot hold the same set.
function setTests(test) {
  const below = random(2);
  const standings = ["active", "suspended", "suspended", "revoked"];
  for (let history = 0; history < 5; history++) {
    const set = new StatusSet();
    const final = new Map();
    for (let i = 0; i < 2000; i++) {
      const serial = 1 + below(500) + below(4) * 65536 * 16000;
      const standing = standings[below(4)];
      set.put(serial, standing);
      if (final.get(serial) !== "revoked") final.set(serial, standing);
    }
    test(`history ${history}: each serial`, [...final].every(([serial, standing]) => set.get(serial) === standing), true);
    const chunks = set.chunks();
    test(`history ${history}: a snapshot of it`, readSnapshot(chunks).root.toString("hex"), set.root.toString("hex"));
    const short = chunks.slice(1);
    test(`history ${history}: another set`, setRoot(short).equals(set.root), false);
  }
}

export function run(test) {
  numberTests(test);
  frontierTests(test);
  chunkTests(test);
  setTests(test);
}

// Proofs from transparency-dev/merkle, right and wrong.
export function merkle(test, path) {
  const { cases } = JSON.parse(readFileSync(path));
  const hash = (text) => Buffer.from(text ?? "", "base64");
  const isSafe = (...numbers) => numbers.every((n) => n >= 0 && Number.isSafeInteger(n));
  for (const [name, one] of Object.entries(cases)) {
    const proof = (one.proof ?? []).map(hash);
    if (name.startsWith("inclusion/")) {
      const found = isSafe(one.treeSize, one.leafIdx) &&
        includes(hash(one.root), one.treeSize, one.leafIdx, hash(one.leafHash), proof);
      test(`merkle ${name}`, found, !one.wantErr);
    } else if (name.startsWith("consistency/")) {
      const found = isSafe(one.size1, one.size2) &&
        consistent(hash(one.root1), one.size1, hash(one.root2), one.size2, proof);
      test(`merkle ${name}`, found, !one.wantErr);
    }
  }
}
