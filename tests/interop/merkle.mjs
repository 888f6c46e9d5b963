// RFC 9162, section 2, with SHA-256; hashes are Buffers. Section 11's frontier, and section 14's path.

import { createHash } from "node:crypto";

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();

export const leaf = (bytes) => sha256(Buffer.of(0), bytes);
export const node = (left, right) => sha256(Buffer.of(1), left, right);
export const EMPTY_ROOT = sha256();

export const same = (a, b) => Buffer.compare(a, b) === 0;

// How many complete subtrees a tree of this size falls into.
export const peakCount = (size) => [...size.toString(2)].filter((bit) => bit === "1").length;

export class Frontier {
  constructor(size = 0, peaks = []) {
    this.size = size;
    this.peaks = peaks;
  }

  // The frontier with one more leaf.
  with(hash) {
    const peaks = [...this.peaks];
    for (let n = this.size; n % 2 === 1; n = Math.floor(n / 2)) hash = node(peaks.pop(), hash);
    return new Frontier(this.size + 1, [...peaks, hash]);
  }

  get root() {
    if (this.size === 0) return EMPTY_ROOT;
    return this.peaks.reduceRight((right, left) => (right ? node(left, right) : left), null);
  }
}

// 2.1.3.2
export function includes(root, size, index, hash, proof) {
  if (index >= size) return false;
  let [fn, sn, r] = [BigInt(index), BigInt(size) - 1n, hash];
  for (const p of proof) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      r = node(p, r);
      while (fn !== 0n && !(fn & 1n)) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else r = node(r, p);
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n && same(r, root);
}

// The roots of the smaller and of the larger tree that a path without omissions yields, or null:
// 2.1.4.2 from its third step on.
function roots(size1, size2, path) {
  if (path.length === 0) return null;
  let [fn, sn] = [BigInt(size1) - 1n, BigInt(size2) - 1n];
  while (fn & 1n) [fn, sn] = [fn >> 1n, sn >> 1n];
  let [fr, sr] = [path[0], path[0]];
  for (const c of path.slice(1)) {
    if (sn === 0n) return null;
    if (fn & 1n || fn === sn) {
      [fr, sr] = [node(c, fr), node(c, sr)];
      while (fn !== 0n && !(fn & 1n)) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else sr = node(sr, c);
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n ? [fr, sr] : null;
}

const isPowerOfTwo = (n) => Number.isInteger(Math.log2(n));

// Whether the tree of size1 is the beginning of that of size2.
export function consistent(root1, size1, root2, size2, proof) {
  if (size1 === size2) {
    return proof.length === 0 && same(root1, root2) && (size1 > 0 || same(root1, EMPTY_ROOT));
  }
  if (size1 === 0 || size1 > size2) return false;
  if (proof.length === 0) return false;
  const found = roots(size1, size2, isPowerOfTwo(size1) ? [root1, ...proof] : proof);
  return found !== null && same(found[0], root1) && same(found[1], root2);
}

// By a path, whose first hash is never left out: the root that the first size1 leaves have, or null
// if it does not yield root2.
export function prefixRoot(size1, root2, size2, path) {
  if (size1 < 1 || size1 >= size2) return null;
  const found = roots(size1, size2, path);
  return found !== null && same(found[1], root2) ? found[0] : null;
}
