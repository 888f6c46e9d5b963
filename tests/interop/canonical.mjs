// Section 1: the one form of msgpack that a statement may have. This walks the bytes and judges
// their form; what they say is then decoded by the msgpack library, which is laxer.

import * as msgpack from "@msgpack/msgpack";
import { flaw } from "./flaw.mjs";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

export class Walker {
  // `end` is where the map has to end; offsets are those of `bytes`.
  constructor(bytes, at, end, deepest) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.deepest = deepest;
  }

  // A big-endian number of `size` bytes, as a BigInt.
  #number(size) {
    if (size > this.end - this.at) flaw("truncated", "inside a number", this.at);
    let n = 0n;
    for (let i = 0; i < size; i++) n = (n << 8n) | BigInt(this.bytes[this.at++]);
    return n;
  }

  // The head of the next value: its kind, with the number of an integer or the length of the rest.
  head() {
    const at = this.at;
    if (at >= this.end) flaw("truncated", "a value is missing", at);
    const b = this.bytes[this.at++];
    const shortest = (size, least) => {
      const n = this.#number(size);
      if (n < least) flaw("not-minimal", `${n} in ${size} bytes`, at);
      return n;
    };
    const length = (kind, size, least, unit) => {
      const n = typeof size === "bigint" ? size : shortest(size, least);
      if (n * unit > BigInt(this.end - this.at)) flaw("truncated", `${kind} of ${n}`, at);
      return { kind, at, n: Number(n) };
    };
    if (b <= 0x7f) return { kind: "integer", at, n: BigInt(b) };
    if (b <= 0x8f) return length("map", BigInt(b & 0x0f), 0n, 2n);
    if (b <= 0x9f) return length("array", BigInt(b & 0x0f), 0n, 1n);
    if (b <= 0xbf) return length("str", BigInt(b & 0x1f), 0n, 1n);
    if (b >= 0xe0) return { kind: "integer", at, n: BigInt(b) - 256n };
    switch (b) {
      case 0xc0: return { kind: "nil", at };
      case 0xc2: case 0xc3: return { kind: "boolean", at };
      case 0xc4: return length("bin", 1, 0n, 1n);
      case 0xc5: return length("bin", 2, 0x100n, 1n);
      case 0xcc: return { kind: "integer", at, n: shortest(1, 0x80n) };
      case 0xcd: return { kind: "integer", at, n: shortest(2, 0x100n) };
      case 0xce: return { kind: "integer", at, n: shortest(4, 0x10000n) };
      case 0xcf: return { kind: "integer", at, n: shortest(8, 0x100000000n) };
      case 0xd0: case 0xd1: case 0xd2: case 0xd3: {
        const size = 1 << (b - 0xd0);
        const n = BigInt.asIntN(8 * size, this.#number(size));
        // Negative numbers only, and those that no shorter kind holds.
        const most = size === 1 ? -33n : -(1n << BigInt(4 * size - 1)) - 1n;
        if (n > most) flaw("not-minimal", `${n} as a signed ${8 * size}`, at);
        return { kind: "integer", at, n };
      }
      case 0xd9: return length("str", 1, 0x20n, 1n);
      case 0xda: return length("str", 2, 0x100n, 1n);
      case 0xdc: return length("array", 2, 0x10n, 1n);
      case 0xde: return length("map", 2, 0x10n, 2n);
      default: return flaw("forbidden-kind", `byte 0x${b.toString(16)}`, at);
    }
  }

  // The next key of a map, greater than the one before it. No map has one above 127.
  key(previous) {
    const { kind, at, n } = this.head();
    if (kind !== "integer" || n < 0n) flaw("key-kind", kind, at);
    if (n <= previous) flaw("key-order", `${n} after ${previous}`, at);
    if (n > 127n) flaw("range", `key ${n}`, at);
    return n;
  }

  // The head of a value that has to be of this kind; of a map or an array, at this depth.
  expect(kind, depth) {
    const head = this.head();
    if (head.kind !== kind) flaw("wrong-kind", `${head.kind}, not ${kind}`, head.at);
    if (depth > this.deepest) flaw("depth", `more than ${this.deepest}`, head.at);
    return head;
  }

  // What stands behind the head of a str, a bin or a number, and the value as the library has it.
  rest(head) {
    if (head.kind === "str") this.#text(head.n);
    if (head.kind === "str" || head.kind === "bin") this.at += head.n;
    return msgpack.decode(this.bytes.subarray(head.at, this.at), { useBigInt64: true });
  }

  // Any whole value, at this depth if it is a map or an array.
  skip(depth) {
    const head = this.head();
    const nested = head.kind === "map" || head.kind === "array";
    if (!nested) return void this.rest(head);
    if (depth > this.deepest) flaw("depth", `more than ${this.deepest}`, head.at);
    let key = -1n;
    for (let i = 0; i < head.n; i++) {
      if (head.kind === "map") key = this.key(key);
      this.skip(depth + 1);
    }
  }

  #text(length) {
    const bytes = this.bytes.subarray(this.at, this.at + length);
    // One character after another, so that the first flaw in the bytes is found.
    for (let at = 0; at < length;) {
      const first = bytes[at];
      const size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
      let character;
      try {
        character = utf8.decode(bytes.subarray(at, at + size));
      } catch {
        flaw("utf8", "", this.at + at);
      }
      if (UNSAFE.test(character)) flaw("unsafe-text", JSON.stringify(character), this.at + at);
      at += size;
    }
  }
}
