// Whatever bytes they are shown, this verifier and libgarita say the same of them: the vectors of
// golden/status and golden/lanes, a few steps away from what they were.

import { spawnSync } from "node:child_process";
import * as attestation from "./attestation.mjs";
import * as batch from "./batch.mjs";
import * as bundle from "./bundle.mjs";
import * as certlogic from "./certlogic.mjs";
import * as credential from "./credential.mjs";
import * as equivocation from "./equivocation.mjs";
import { Flaw } from "./flaw.mjs";
import * as lanes from "./lanes.mjs";
import { split } from "./packet.mjs";
import * as policy from "./policy.mjs";
import { readChunk } from "./set.mjs";
import { open, typeNumber } from "./statement.mjs";
import * as status from "./status.mjs";

const CASES = 24000;
const LONGEST = 3000;

function countMessages(bytes, count) {
  for (const { parts = [] } of bundle.read(bytes)) count(1 + parts.length);
}

function countParts(bytes, count) {
  const { credential, attestations } = split(bytes);
  count(attestations.length + (credential ? 1 : 0));
}

// A statement whose signature nobody looks at.
const unsigned = (type, read) => (bytes) => read(open(bytes, typeNumber(type)));

// By the letter that the reader knows it by: where the vectors are, and how they are read here.
const KINDS = {
  a: ["attestations", unsigned("attestation", attestation.read), lanes],
  d: ["cards", unsigned("credential", credential.read), lanes],
  l: ["policies", unsigned("policy", policy.read), lanes],
  p: ["packets", countParts, lanes],
  r: ["rules", certlogic.read, lanes],
  b: ["batches", batch.read],
  c: ["chunks", (bytes) => readChunk(bytes, 0)],
  C: ["chunks", (bytes) => readChunk(bytes, 65535)],
  e: ["equivocations", equivocation.read],
  h: ["haves", bundle.readHave],
  u: ["bundles", countMessages],
};

// The same numbers in every run.
function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

// One step: a bit, a byte, or a length is another.
function step(bytes, below) {
  const at = below(bytes.length + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  const byte = Buffer.of([0x00, 0x01, 0x7f, 0x80, 0xff, below(256)][below(6)]);
  switch (below(5)) {
    case 0: return Buffer.concat([before, Buffer.of((after[0] ?? 0) ^ (1 << below(8))), after.subarray(1)]);
    case 1: return Buffer.concat([before, byte, after.subarray(1)]);
    case 2: return Buffer.concat([before, byte, after]);
    case 3: return Buffer.concat([before, after.subarray(1)]);
    default: return before;
  }
}

function sayHere(kind, bytes) {
  let count = 0;
  try {
    KINDS[kind][1](bytes, (n) => { count += n; });
    return `ok ${count}`;
  } catch (error) {
    if (!(error instanceof Flaw)) throw error;
    return `${error.error} ${count}`;
  }
}

export function run(test, reader, golden) {
  const below = random(3);
  const pools = Object.entries(KINDS).map(([kind, [folder, , { vectors } = status]]) => [kind,
    vectors(golden, folder).map(({ bytes }) => bytes).filter((bytes) => bytes && bytes.length <= LONGEST)]);
  const cases = [];
  while (cases.length < CASES) {
    const [kind, pool] = pools[below(pools.length)];
    let bytes = pool[below(pool.length)];
    for (let steps = 1 + below(3); steps > 0; steps--) bytes = step(bytes, below);
    cases.push({ kind, bytes });
  }
  const input = cases.map(({ kind, bytes }) => `${kind} ${bytes.toString("hex")}\n`).join("");
  const { status: exit, stdout, stderr } = spawnSync(reader, { input, encoding: "utf8", maxBuffer: 1 << 26 });
  test("the reader reads", { exit, stderr }, { exit: 0, stderr: "" });
  const said = stdout.split("\n");
  for (const [i, { kind, bytes }] of cases.entries()) {
    const here = sayHere(kind, bytes);
    if (here !== said[i]) test(`${KINDS[kind][0]}, ${bytes.toString("hex")}`, here, said[i]);
  }
  return CASES;
}
