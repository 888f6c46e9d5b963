// Binary forms that are no msgpack: a walk over bytes, big-endian numbers, LEB128, and bits.

import { flaw } from "./flaw.mjs";

export class Cursor {
  constructor(bytes, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get left() {
    return this.end - this.at;
  }

  take(length) {
    if (length > this.left) flaw("truncated", `${length} bytes`, this.at);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  // A big-endian number of at most six bytes.
  number(size) {
    return this.take(size).reduce((n, byte) => n * 256 + byte, 0);
  }

  // A number of at most `most`, which may be above what a double holds.
  leb128(most) {
    const { at } = this;
    const longest = toLeb128(most).length;
    let n = 0n;
    for (let i = 0; ; i++) {
      if (i === longest) flaw("range", `more than ${longest} bytes`, at);
      const byte = this.number(1);
      n |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte & 0x80) continue;
      if (i > 0 && byte === 0) flaw("not-minimal", `${n} in ${i + 1} bytes`, at);
      if (n > BigInt(most)) flaw("range", `${n} of ${most}`, at);
      return Number(n);
    }
  }

  done() {
    if (this.left > 0) flaw("trailing", `${this.left} bytes`, this.at);
  }
}

export function toLeb128(number) {
  const bytes = [];
  let n = BigInt(number);
  do {
    bytes.push(Number(n >= 128n ? (n & 0x7fn) | 0x80n : n));
    n >>= 7n;
  } while (n > 0n);
  return Buffer.from(bytes);
}

// Bits from a cursor, each byte's most significant first.
export class Bits {
  #byte = 0;
  #left = 0;

  constructor(cursor) {
    this.cursor = cursor;
  }

  bit() {
    if (this.#left === 0) {
      this.#byte = this.cursor.number(1);
      this.#left = 8;
    }
    return (this.#byte >> --this.#left) & 1;
  }

  // A number of so many bits, which a double holds.
  number(count) {
    let n = 0;
    for (let i = 0; i < count; i++) n = 2 * n + this.bit();
    return n;
  }

  rice(b) {
    let quotient = 0;
    while (this.bit() === 1) quotient++;
    return quotient * 2 ** b + this.number(b);
  }

  gamma() {
    let zeros = 0;
    while (this.bit() === 0) if (++zeros === 17) flaw("range", "a seventeenth zero bit", this.cursor.at);
    return 2 ** zeros + this.number(zeros);
  }

  // Up to a whole byte, nothing but zeros.
  pad() {
    while (this.#left > 0) if (this.bit() !== 0) flaw("not-minimal", "padding", this.cursor.at - 1);
  }
}

// How many bits a number takes.
export const riceLength = (n, b) => Math.floor(n / 2 ** b) + 1 + b;
export const gammaLength = (n) => 2 * Math.floor(Math.log2(n)) + 1;
