// Section 12: the status set, its chunks and its root.

import { Bits, Cursor, gammaLength, riceLength, toLeb128 } from "./cursor.mjs";
import { flaw } from "./flaw.mjs";
import { leaf, node, same } from "./merkle.mjs";

const OFFSETS = 65536;
const BYTES_MOST = 16390;
const TABLE = [25033, 14015, 7429, 3826, 1942, 979, 491, 246, 124, 62, 31, 16, 8, 4, 2, 1];
const parameterOf = (count) => TABLE.findIndex((least) => count >= least);

export const MODES = ["rice", "runs", "bitmap"];

// The maximal runs of ascending offsets: [start, length].
function runsOf(offsets) {
  const runs = [];
  for (const offset of offsets) {
    const last = runs.at(-1);
    if (last && last[0] + last[1] === offset) last[1]++;
    else runs.push([offset, 1]);
  }
  return runs;
}

// The mode in which these offsets take the fewest bytes.
function shortestMode(offsets) {
  let [rice, runs] = [0, 0];
  const b = parameterOf(offsets.length);
  let next = 0;
  for (const offset of offsets) {
    rice += riceLength(offset - next, b);
    next = offset + 1;
  }
  let end = -1; // of the first run the number left out is one too high
  for (const [start, length] of runsOf(offsets)) {
    runs += gammaLength(start - end) + gammaLength(length);
    end = start + length;
  }
  const lengths = [Math.ceil(rice / 8), Math.ceil(runs / 8), OFFSETS / 8];
  return lengths.indexOf(Math.min(...lengths));
}

function readRice(bits, count, end) {
  const b = parameterOf(count);
  const offsets = [];
  for (let next = 0; offsets.length < count; next = offsets.at(-1) + 1) {
    const offset = next + bits.rice(b);
    if (offset >= end) flaw("range", `offset ${offset}`, bits.cursor.at);
    offsets.push(offset);
  }
  return offsets;
}

function readRuns(bits, count, end) {
  const offsets = [];
  for (let next = -1; offsets.length < count;) {
    const start = next + bits.gamma();
    if (start >= end) flaw("range", `offset ${start}`, bits.cursor.at);
    const length = bits.gamma();
    next = start + length;
    if (next > end) flaw("range", `a run to ${next - 1}`, bits.cursor.at);
    if (length > count - offsets.length) flaw("range", "more offsets than count", bits.cursor.at);
    for (let offset = start; offset < next; offset++) offsets.push(offset);
  }
  return offsets;
}

function readBitmap(bits, count, end) {
  const { at } = bits.cursor;
  const offsets = [];
  for (let offset = 0; offset < OFFSETS; offset++) if (bits.bit() === 1) offsets.push(offset);
  if (offsets.at(-1) >= end) flaw("range", `offset ${offsets.at(-1)}`, at);
  if (offsets.length !== count) flaw("range", `${offsets.length} offsets, not ${count}`, at);
  return offsets;
}

function readPart(cursor, end) {
  const { at } = cursor;
  const header = cursor.leb128(OFFSETS * 4 + 2);
  const [count, mode] = [Math.floor(header / 4), header % 4];
  if (mode === 3) flaw("range", "mode 3", at);
  if (header === 0) return [];
  const bits = new Bits(cursor);
  const offsets = [readRice, readRuns, readBitmap][mode](bits, count, end);
  bits.pad();
  if (mode !== shortestMode(offsets)) flaw("not-minimal", `mode ${MODES[mode]}`, at);
  return offsets;
}

// { revoked, suspended }: offsets, ascending.
export function readChunk(bytes, index = 0) {
  if (bytes.length === 0) flaw("empty", "no bytes");
  if (bytes.length > BYTES_MOST) flaw("too-long", `${bytes.length} bytes`);
  const end = index === 65535 ? OFFSETS - 1 : OFFSETS; // there is no serial 2^32
  const cursor = new Cursor(bytes);
  const [revoked, suspended] = [readPart(cursor, end), readPart(cursor, end)];
  cursor.done();
  if (revoked.length + suspended.length === 0) flaw("empty");
  const both = new Set(revoked);
  if (suspended.some((offset) => both.has(offset))) flaw("range", "an offset in both parts");
  return { revoked, suspended };
}

// Writing is the page read backwards.
function writePart(offsets) {
  if (offsets.length === 0) return Buffer.of(0);
  const mode = shortestMode(offsets);
  const digits = [];
  const gamma = (n) => digits.push("0".repeat(Math.floor(Math.log2(n))), n.toString(2));
  if (mode === 0) {
    const b = parameterOf(offsets.length);
    let next = 0;
    for (const offset of offsets) {
      const gap = offset - next;
      digits.push("1".repeat(gap >> b), "0", b ? (gap & (2 ** b - 1)).toString(2).padStart(b, "0") : "");
      next = offset + 1;
    }
  } else if (mode === 1) {
    let end = -1;
    for (const [start, length] of runsOf(offsets)) {
      gamma(start - end);
      gamma(length);
      end = start + length;
    }
  } else {
    const all = new Array(OFFSETS).fill("0");
    for (const offset of offsets) all[offset] = "1";
    digits.push(...all);
  }
  const bits = digits.join("");
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8));
  for (let i = 0; i < bits.length; i++) if (bits[i] === "1") bytes[i >> 3] |= 0x80 >> (i & 7);
  return Buffer.concat([toLeb128(offsets.length * 4 + mode), bytes]);
}

export function writeChunk({ revoked, suspended }) {
  if (revoked.length + suspended.length === 0) return Buffer.alloc(0);
  return Buffer.concat([writePart(revoked), writePart(suspended)]);
}

// By chunk, the standing of each offset that is not active.
export class StatusSet {
  #chunks = new Map(); // index: Map of offset to standing

  static #place = (serial) => [Math.floor((serial - 1) / OFFSETS), (serial - 1) % OFFSETS];

  copy() {
    const copy = new StatusSet();
    for (const [index, chunk] of this.#chunks) copy.#chunks.set(index, new Map(chunk));
    return copy;
  }

  get(serial) {
    const [index, offset] = StatusSet.#place(serial);
    return this.#chunks.get(index)?.get(offset) ?? "active";
  }

  put(serial, standing) {
    if (this.get(serial) === "revoked") return;
    const [index, offset] = StatusSet.#place(serial);
    const chunk = this.#chunks.get(index) ?? new Map();
    if (standing === "active") chunk.delete(offset);
    else chunk.set(offset, standing);
    if (chunk.size > 0) this.#chunks.set(index, chunk);
    else this.#chunks.delete(index);
  }

  apply(batch) {
    for (const { standing, serials } of batch.groups) {
      for (const serial of serials) this.put(serial, standing);
    }
  }

  *revoked() {
    for (const [index, chunk] of this.#chunks) {
      for (const [offset, standing] of chunk) {
        if (standing === "revoked") yield index * OFFSETS + offset + 1;
      }
    }
  }

  // The chunks that are not empty, by ascending index: [index, bytes].
  chunks() {
    return [...this.#chunks].sort(([a], [b]) => a - b).map(([index, chunk]) => {
      const offsets = (wanted) => [...chunk].filter(([, standing]) => standing === wanted)
        .map(([offset]) => offset).sort((a, b) => a - b);
      return [index, writeChunk({ revoked: offsets("revoked"), suspended: offsets("suspended") })];
    });
  }

  get root() {
    return setRoot(this.chunks());
  }
}

const EMPTY = Buffer.alloc(32);

// The root over chunks, [index, bytes], in any order.
export function setRoot(chunks) {
  let level = new Map(chunks.map(([index, bytes]) => [index, leaf(bytes)]));
  let empty = EMPTY;
  for (let depth = 0; depth < 16; depth++) {
    const above = new Map();
    for (const index of new Set([...level.keys()].map((index) => index >> 1))) {
      above.set(index, node(level.get(2 * index) ?? empty, level.get(2 * index + 1) ?? empty));
    }
    level = above;
    empty = node(empty, empty);
  }
  return level.get(0) ?? empty;
}

// The set of a snapshot's chunks, [index, bytes].
export function readSnapshot(chunks) {
  const set = new StatusSet();
  let before = -1;
  for (const [index, bytes] of chunks) {
    if (index <= before) flaw("key-order", `chunk ${index} after ${before}`);
    before = index;
    for (const [standing, offsets] of Object.entries(readChunk(bytes, index))) {
      for (const offset of offsets) set.put(index * OFFSETS + offset + 1, standing);
    }
  }
  return set;
}

export const isRootOf = (set, root) => same(set.root, root);
