// Section 2: the envelope, and reading in the page's order.

import { Walker } from "./canonical.mjs";
import { bin, unsigned } from "./fields.mjs";
import { Flaw, flaw } from "./flaw.mjs";

export const TYPES = {
  1: { name: "authority", most: 1024, deepest: 4 },
  2: { name: "credential", most: 2048, deepest: 8 },
  3: { name: "attestation", most: 2048, deepest: 8 },
  4: { name: "head", most: 1024, deepest: 4 },
  5: { name: "policy", most: 262144, deepest: 64 },
  6: { name: "node", most: 1024, deepest: 4 },
  9: { name: "tip", most: 256, deepest: 4 },
}; // 7 and 8 are reserved, and unknown as 10 is

export const typeNumber = (name) => Number(Object.keys(TYPES).find((n) => TYPES[n].name === name));

export const hex = (bytes) => Buffer.from(bytes).toString("hex");

function readFirst(peek, expected) {
  const whole = unsigned(0n, 2n ** 64n - 1n);
  const version = peek(0, whole);
  if (version !== 1n) flaw("unsupported-version", `version ${version}`);
  const type = peek(1, whole);
  if (!TYPES[type]) flaw("unknown-type", `type ${type}`);
  if (expected !== null && type !== BigInt(expected)) flaw("wrong-type", TYPES[type].name);
  return { said: type, signer: hex(peek(2, bin(8))), keyNumber: peek(3, unsigned(1, 255)) };
}

// The tables' entries for the keys that have been peeked, and are read again with the rest.
export const FIRST = {
  0: ["version", true, unsigned(1, 1)],
  1: ["type", true, unsigned(1, 6)],
  2: ["signer", true, (walker) => hex(bin(8)(walker))],
  3: ["signerKeyNumber", true, unsigned(1, 255)],
};

// Steps 1 and 2: the parts of a statement, of which nothing is proven yet.
export function open(bytes, expected) {
  const type = TYPES[expected];
  if (bytes.length > type.most) flaw("too-long", `${bytes.length} of ${type.most} bytes`);
  const parts = find(bytes, type.deepest, expected);
  return {
    bytes,
    type,
    ...parts,
    message: Buffer.concat([Buffer.from(`garita/v1/${type.name}\0`), parts.map]),
  };
}

// What type the first four keys of a statement say that it is; 0 if it is none.
export function typeOf(bytes) {
  try {
    return Number(find(bytes, 64).said);
  } catch (error) {
    if (error instanceof Flaw) return 0;
    throw error;
  }
}

function find(bytes, deepest, expected = null) {
  if (bytes.length < 68) flaw("truncated", `${bytes.length} bytes`);
  if (bytes[0] !== 0x92) flaw("envelope", "first byte", 0);
  const end = bytes.length - 66;
  if (bytes[end] !== 0xc4 || bytes[end + 1] !== 0x40) flaw("envelope", "signature", end);

  const walker = new Walker(bytes, 1, end, deepest);
  const pairs = walker.expect("map", 1).n;
  const peek = (key, read) => {
    const { at } = walker;
    if (pairs <= key || walker.key(BigInt(key) - 1n) !== BigInt(key)) {
      flaw("missing-key", String(key), at);
    }
    return read(walker);
  };
  return {
    ...readFirst(peek, expected),
    map: bytes.subarray(1, end),
    signature: bytes.subarray(end + 2),
  };
}

// Step 4: once the signature is good, the whole map, by the reader of its type. `atEnd` looks at the
// fields where keys that are missing are found: before what is behind the map.
export function decode({ bytes, type }, read, atEnd = () => {}) {
  const walker = new Walker(bytes, 1, bytes.length - 66, type.deepest);
  const fields = read(walker, 1);
  atEnd(fields);
  if (walker.at !== walker.end) flaw("trailing", "", walker.at);
  return fields;
}
