// Section 3: what a field's value may be, and how a map is read by its table: in one pass, so that of
// several flaws the first in the bytes is found. A reader is a function of a walker, the depth, and the map's fields so far.

import { flaw } from "./flaw.mjs";

export function unsigned(least, most) {
  return (walker) => {
    const head = walker.expect("integer");
    if (head.n < 0n) flaw("wrong-kind", "a negative number", head.at);
    if (head.n < BigInt(least) || head.n > BigInt(most)) {
      flaw("range", `${head.n} is not ${least} to ${most}`, head.at);
    }
    const value = walker.rest(head);
    return typeof most === "bigint" ? BigInt(value) : Number(value);
  };
}

export function bin(length) {
  return (walker) => {
    const head = walker.expect("bin");
    if (head.n !== length) flaw("range", `${head.n} bytes, not ${length}`, head.at);
    return Uint8Array.from(walker.rest(head));
  };
}

export function text(most, form = null) {
  return (walker) => {
    const head = walker.expect("str");
    if (head.n === 0) flaw("empty", "", head.at);
    if (head.n > most) flaw("range", `more than ${most} bytes`, head.at);
    const value = walker.rest(head);
    if (form && !form.test(value)) flaw("range", "a character that may not be here", head.at);
    return value;
  };
}

const GREATEST = 2n ** 53n - 1n;

// A value that may be of several kinds, read whole before it is judged which: its head, and its value
// unless it is a map or an array, which are entered at this depth.
export function any(walker, depth) {
  const head = walker.head();
  if (head.kind === "array" || head.kind === "map") {
    if (depth > walker.deepest) flaw("depth", `more than ${walker.deepest}`, head.at);
    return { head };
  }
  if (head.kind === "integer" && (head.n > GREATEST || head.n < -GREATEST)) flaw("range", String(head.n), head.at);
  const value = walker.rest(head);
  return { head, value: head.kind === "integer" ? Number(value) : value };
}

export const day = unsigned(0, 65535);
export const moment = unsigned(0, 5662310399);
export const serial = unsigned(1, 4294967295);

export function country(walker) {
  const head = walker.expect("str");
  if (head.n === 0) flaw("empty", "", head.at);
  if (head.n > 3) flaw("range", "more than 3 bytes", head.at);
  const value = walker.rest(head);
  if (!/^([A-Z]{3}|D)$/.test(value)) flaw("country", value, head.at);
  return value;
}

export function birthDate(walker) {
  const { at } = walker;
  const n = unsigned(0, 4294967295)(walker);
  const [year, month, date] = [Math.floor(n / 10000), Math.floor(n / 100) % 100, n % 100];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  if (year < 1850 || year > 2149 || month > 12) flaw("date", String(n), at);
  if (date > (month === 0 ? 0 : days[month - 1])) flaw("date", String(n), at);
  const pad = (number, width) => String(number).padStart(width, "0");
  // In words, what the document leaves open is left out.
  return [pad(year, 4), month && pad(month, 2), date && pad(date, 2)].filter(Boolean).join("-");
}

// An array of at most so many, not empty, each greater than the one before it.
export function ascending(most, read) {
  return (walker, depth) => {
    const head = walker.expect("array", depth);
    if (head.n === 0) flaw("empty", "", head.at);
    if (head.n > most) flaw("range", `${head.n} of them`, head.at);
    const values = [];
    for (let i = 0; i < head.n; i++) {
      const { at } = walker;
      values.push(read(walker, depth + 1));
      if (i > 0 && values[i] <= values[i - 1]) flaw("key-order", String(values[i]), at);
    }
    return values;
  };
}

// An array of one to so many.
export function list(most, read) {
  return (walker, depth) => {
    const head = walker.expect("array", depth);
    if (head.n === 0) flaw("empty", "", head.at);
    if (head.n > most) flaw("range", `${head.n} of them`, head.at);
    return Array.from({ length: head.n }, () => read(walker, depth + 1));
  };
}

// The day on which something expires, in a map whose `notBefore` has been read.
export function expiry(walker, depth, { notBefore = 0 }) {
  const { at } = walker;
  const expires = day(walker);
  if (expires < notBefore) flaw("date-order", `${expires} before ${notBefore}`, at);
  return expires;
}

// A map by its table, { key: [name, required, read] }. Where `ignorable` is set, keys 64 to 127 that
// the table lacks are skipped.
export function map(table, ignorable) {
  return (walker, depth) => {
    const head = walker.expect("map", depth);
    const fields = {};
    let key = -1n;
    for (let i = 0; i < head.n; i++) {
      const { at } = walker;
      key = walker.key(key);
      const field = table[key];
      if (field) fields[field[0]] = field[2](walker, depth + 1, fields);
      else if (ignorable && key >= 64n) walker.skip(depth + 1);
      else flaw("unknown-key", String(key), at);
    }
    for (const [key, [name, required]] of Object.entries(table)) {
      if (required && !(name in fields)) flaw("missing-key", `${key}, ${name}`, walker.at);
    }
    return fields;
  };
}

// Days and moments, in seconds since 1970-01-01T00:00:00Z.
export const begins = (day) => day * 86400;
export const ends = (day) => (day + 1) * 86400 + 12 * 3600;
export const isoDay = (day) => new Date(day * 86400000).toISOString().slice(0, 10);
