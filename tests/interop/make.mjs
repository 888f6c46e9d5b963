// Makes statements, right and wrong, for the tests. The encoder is the project's page read
// backwards; no verifier module uses it.

import { encode as base45 } from "./base45.mjs";
import { Walker } from "./canonical.mjs";
import { sign } from "./signature.mjs";

// A value as a tree of { kind, n | bytes | items }: numbers and BigInts, strings, Uint8Arrays,
// arrays, and Maps (or arrays of pairs wrapped by pairs(), to order keys wrongly).
export function tree(value) {
  if (value === null) return { kind: "nil", items: [] };
  if (typeof value === "boolean") return { kind: "boolean", n: value ? 1n : 0n, items: [] };
  if (typeof value === "number" || typeof value === "bigint") {
    return { kind: "integer", n: BigInt(value), items: [] };
  }
  if (typeof value === "string") return { kind: "str", bytes: Buffer.from(value), items: [] };
  if (value instanceof Uint8Array) return { kind: "bin", bytes: Buffer.from(value), items: [] };
  if (Array.isArray(value)) return { kind: "array", items: value.map(tree) };
  if (value instanceof Map) return { kind: "map", items: [...value].flat(1).map(tree) };
  return value; // a tree, or { raw }
}

export const pairs = (...items) => ({ kind: "map", items: items.flat(1).map(tree) });
export const raw = (hex) => ({ kind: "raw", bytes: Buffer.from(hex, "hex"), items: [] });

// The tree of canonical bytes.
export function parse(bytes) {
  const walker = new Walker(bytes, 0, bytes.length, Infinity);
  const next = () => {
    const { kind, n, at } = walker.head();
    const node = { kind, items: [] };
    if (kind === "integer") node.n = n;
    if (kind === "boolean") node.n = bytes[at] === 0xc3 ? 1n : 0n;
    if (kind === "str" || kind === "bin") {
      node.bytes = Buffer.from(bytes.subarray(walker.at, walker.at + n));
      walker.at += n;
    }
    if (kind === "array") for (let i = 0; i < n; i++) node.items.push(next());
    if (kind === "map") for (let i = 0; i < 2 * n; i++) node.items.push(next());
    return node;
  };
  return next();
}

function bigEndian(first, n, size) {
  const bytes = Buffer.alloc(1 + size, 0);
  bytes[0] = first;
  for (let i = size; i > 0; i--, n >>= 8n) bytes[i] = Number(n & 0xffn);
  return bytes;
}

// Every head that msgpack has for a node, the shortest first.
function heads(node) {
  const forms = [];
  const form = (fits, first, size, n, error) =>
    fits && forms.push({ bytes: bigEndian(first, n, size), error });
  switch (node.kind) {
    case "nil": return [{ bytes: Buffer.of(0xc0) }];
    case "boolean": return [{ bytes: Buffer.of(node.n ? 0xc3 : 0xc2) }];
    case "raw": return [{ bytes: Buffer.alloc(0) }];
    case "integer": {
      const { n } = node;
      if (n >= -32n && n < 128n) forms.push({ bytes: Buffer.of(Number(n & 0xffn)) });
      if (n >= 0n) {
        [1, 2, 4, 8].forEach((size, i) =>
          form(n >> BigInt(8 * size) === 0n, 0xcc + i, size, n, "not-minimal"));
      }
      [1, 2, 4, 8].forEach((size, i) =>
        form(BigInt.asIntN(8 * size, n) === n, 0xd0 + i, size, n, "not-minimal"));
      const double = Buffer.alloc(9, 0xcb);
      double.writeDoubleBE(Number(n), 1);
      forms.push({ bytes: double, error: "forbidden-kind" });
      return forms;
    }
  }
  const [n, fix, below, sizes] = {
    str: [node.bytes?.length, 0xa0, 32, { 0xd9: 1, 0xda: 2, 0xdb: 4 }],
    bin: [node.bytes?.length, 0, 0, { 0xc4: 1, 0xc5: 2, 0xc6: 4 }],
    array: [node.items.length, 0x90, 16, { 0xdc: 2, 0xdd: 4 }],
    map: [node.items.length / 2, 0x80, 16, { 0xde: 2, 0xdf: 4 }],
  }[node.kind];
  if (n < below) forms.push({ bytes: Buffer.of(fix | n) });
  for (const [first, size] of Object.entries(sizes)) {
    form(n < 256 ** size, Number(first), size, BigInt(n), size === 4 ? "forbidden-kind" : "not-minimal");
  }
  return forms;
}

export function encode(value) {
  const node = tree(value);
  return Buffer.concat([heads(node)[0].bytes, node.bytes ?? Buffer.alloc(0), ...node.items.map(encode)]);
}

// Every encoding of a tree in which one head is not the shortest: { bytes, error }.
export function* misencodings(node) {
  const [right, ...wrong] = heads(node);
  const rest = Buffer.concat([node.bytes ?? Buffer.alloc(0), ...node.items.map(encode)]);
  for (const { bytes, error } of wrong) yield { bytes: Buffer.concat([bytes, rest]), error };
  for (let i = 0; i < node.items.length; i++) {
    const before = Buffer.concat([right.bytes, ...node.items.slice(0, i).map(encode)]);
    const after = Buffer.concat(node.items.slice(i + 1).map(encode));
    for (const { bytes, error } of misencodings(node.items[i])) {
      yield { bytes: Buffer.concat([before, bytes, after]), error };
    }
  }
}

// The statement of a map's bytes, whatever they are.
export function seal(map, seed, type = "credential") {
  const signature = sign(Buffer.concat([Buffer.from(`garita/v1/${type}\0`), map]), seed);
  return Buffer.concat([Buffer.of(0x92), map, Buffer.of(0xc4, 0x40), signature]);
}

export const text = (statement) => "GT1:" + base45(statement);
