// Section 11: batches, the leaves of a status log.

import { Bits, Cursor, riceLength } from "./cursor.mjs";
import { flaw } from "./flaw.mjs";

export const STANDINGS = ["active", "suspended", "revoked"];
export const CAUSES = ["unspecified", "lost", "stolen", "withdrawn", "deceased", "fraud", "error", "key-compromise"];

const EVENTS_MOST = 65536;
const BYTES_MOST = 262144;
const EPOCH = Date.UTC(2020, 0, 1) / 1000;

// The parameter that codes these gaps in the fewest bits, the lowest of equal ones.
export function bestParameter(gaps) {
  let best = 0;
  let fewest = Infinity;
  for (let b = 0; b <= 31; b++) {
    const bits = gaps.reduce((sum, gap) => sum + riceLength(gap, b), 0);
    if (bits < fewest) [best, fewest] = [b, bits];
  }
  return best;
}

// That there are too many of them is `too-long`, not `range`.
function readCount(cursor) {
  try {
    return cursor.leb128(EVENTS_MOST);
  } catch (error) {
    if (error.error !== "range") throw error;
    return flaw("too-long", error.message, error.at);
  }
}

function readGroup(cursor, before, room) {
  const { at } = cursor;
  const [code, parameter] = cursor.take(2);
  if (code >> 6 === 3) flaw("range", `standing 3, code ${code}`, at);
  if (code <= before) flaw("key-order", `code ${code} after ${before}`, at);
  if (parameter > 31) flaw("range", `parameter ${parameter}`, at + 1);
  const count = readCount(cursor);
  if (count === 0) flaw("empty", "a group of none", at + 2);
  if (count > room) flaw("too-long", `${count} events, room for ${room}`, at + 2);

  const bits = new Bits(cursor);
  const gaps = [];
  const serials = [];
  for (let last = 0; serials.length < count;) {
    const gap = bits.rice(parameter);
    last += gap + 1;
    if (last > 4294967295) flaw("range", `serial ${last}`, cursor.at);
    gaps.push(gap);
    serials.push(last);
  }
  bits.pad();
  if (parameter !== bestParameter(gaps)) flaw("not-minimal", `parameter ${parameter}`, at + 1);
  return { code, standing: STANDINGS[code >> 6], cause: CAUSES[code & 63] ?? code & 63, serials };
}

// { time, groups: [{ standing, cause, serials }] }; time in seconds since 1970.
export function read(bytes) {
  if (bytes.length > BYTES_MOST) flaw("too-long", `${bytes.length} bytes`);
  const cursor = new Cursor(bytes);
  const time = EPOCH + cursor.number(4);
  const groups = [];
  let room = EVENTS_MOST;
  while (cursor.left > 0) {
    const group = readGroup(cursor, groups.at(-1)?.code ?? -1, room);
    room -= group.serials.length;
    groups.push(group);
  }
  const seen = new Set();
  for (const { serials } of groups) {
    for (const serial of serials) {
      if (seen.has(serial)) flaw("serial-taken", String(serial));
      seen.add(serial);
    }
  }
  return { time, groups };
}
