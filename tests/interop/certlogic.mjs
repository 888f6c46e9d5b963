// Section 23: CertLogic 1.3.3 over its msgpack form.

import { Walker } from "./canonical.mjs";
import { any } from "./fields.mjs";
import { Flaw, flaw } from "./flaw.mjs";

const LONGEST = 16384;
const DEEPEST = 56;
const OPERANDS = 256;
const STEPS = 20000;

// By number: the name, and how many operands there are.
const OPERATIONS = {
  1: ["var"], 2: ["if", 3, 3], 3: ["===", 2, 2], 4: ["and", 2, OPERANDS], 5: [">", 2, 3], 6: ["<", 2, 3],
  7: [">=", 2, 3], 8: ["<=", 2, 3], 9: ["in", 2, 2], 10: ["+", 2, 2], 11: ["after", 2, 3],
  12: ["before", 2, 3], 13: ["not-after", 2, 3], 14: ["not-before", 2, 3], 15: ["!", 1, 1],
  16: ["plusTime", 3, 3], 17: ["dccDateOfBirth", 1, 1], 18: ["reduce", 3, 3], 19: ["extractFromUVCI", 2, 2],
};

const UNITS = { year: "FullYear", month: "Month", day: "Date", hour: "Hours" };

// --- the form ---

// Of a value that has been read: itself, if it may be a literal.
function literal({ head, value }) {
  return ["boolean", "str", "integer"].includes(head.kind) ? value : flaw("rule", `a ${head.kind}`, head.at);
}

function path(walker, depth) {
  const { head, value } = any(walker, depth);
  if (head.kind !== "str") flaw("rule", "a path is a text", head.at);
  if (value !== "" && value.split(".").includes("")) flaw("rule", `path ${value}`, head.at);
  return { var: value };
}

// Operands that are no expressions: the amount and unit of plusTime, the index of extractFromUVCI.
const LITERAL = { plusTime: [null, "integer", "str"], extractFromUVCI: [null, "integer"] };

function operand(walker, depth, name, i) {
  const kind = LITERAL[name]?.[i];
  if (!kind) return expression(walker, depth);
  const { head, value } = any(walker, depth);
  if (head.kind !== kind) flaw("rule", `operand ${i} of ${name}`, head.at);
  if (kind === "str" && !Object.hasOwn(UNITS, value)) flaw("rule", `unit ${value}`, head.at);
  return value;
}

function operation(walker, depth, head) {
  if (head.n !== 1) flaw("rule", `a map of ${head.n}`, head.at);
  const { at } = walker;
  const [name, fewest, most] = OPERATIONS[walker.key(-1n)] ?? flaw("rule", "no such operation", at);
  if (name === "var") return path(walker, depth + 1);
  const { head: operands } = any(walker, depth + 1);
  if (operands.kind !== "array") flaw("rule", `${name} of no array`, operands.at);
  if (operands.n < fewest || operands.n > most) flaw("rule", `${name} of ${operands.n}`, operands.at);
  return { [name]: Array.from({ length: operands.n }, (_, i) => operand(walker, depth + 2, name, i)) };
}

function expression(walker, depth) {
  const found = any(walker, depth);
  const { head } = found;
  if (head.kind === "map") return operation(walker, depth, head);
  if (head.kind !== "array") return literal(found);
  if (head.n > OPERANDS) flaw("range", `${head.n} elements`, head.at);
  return Array.from({ length: head.n }, () => expression(walker, depth + 1));
}

// The rule's JSON.
export function read(bytes) {
  if (bytes.length > LONGEST) flaw("too-long", `${bytes.length} bytes`);
  const walker = new Walker(bytes, 0, bytes.length, DEEPEST);
  const rule = expression(walker, 1);
  if (walker.at !== bytes.length) flaw("trailing", "", walker.at);
  return rule;
}

// --- what it gives ---

const err = (error) => { throw new Flaw(error); };

const kindOf = (value) => value === null ? "null" : Array.isArray(value) ? "array"
  : value instanceof Date ? "time" : typeof value;

function isTruthy(value) {
  switch (kindOf(value)) {
    case "null": return false;
    case "array": return value.length > 0;
    case "object": return Object.keys(value).length > 0;
    case "time": return err("neither");
    default: return Boolean(value);
  }
}

function isEqual(a, b) {
  if (kindOf(a) !== kindOf(b)) return false;
  if (["array", "object", "time"].includes(kindOf(a))) err("wrong-kind");
  return a === b;
}

function look(data, path) {
  let at = data;
  for (const fragment of path === "" ? [] : path.split(".")) {
    if (kindOf(at) === "array") at = /^(0|[1-9][0-9]*)$/.test(fragment) ? at[Number(fragment)] : null;
    else at = kindOf(at) === "object" && Object.hasOwn(at, fragment) ? at[fragment] : null;
    at ??= null;
  }
  return at;
}

const lastDay = (year, month) => new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();

function time(year, month, day, hours, minutes, seconds, milliseconds, offset) {
  if (month < 1 || month > 12 || day < 1 || day > lastDay(year, month)) err("time");
  if (hours > 23 || minutes > 59 || seconds > 59) err("time");
  const out = new Date(0);
  out.setUTCFullYear(year, month - 1, day);
  out.setUTCHours(hours, minutes, seconds, milliseconds);
  return new Date(out.getTime() - offset * 60000);
}

function parseDate(text) {
  const parts = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text);
  if (!parts) return null;
  const [year, month = 12, day] = parts.slice(1).map((digits) => digits && Number(digits));
  return time(year, month, day ?? lastDay(year, month), 0, 0, 0, 0, 0);
}

function parseTime(text) {
  const parts = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(Z|[+-]\d{1,2}:?\d{2}|[+-]\d{1,2})?$/
    .exec(text);
  if (!parts) return parseDate(text) ?? err("time");
  const [year, month, day, hours, minutes, seconds] = parts.slice(1, 7).map(Number);
  const milliseconds = Number((parts[7] ?? "").padEnd(3, "0").slice(0, 3));
  const zone = /^([+-])(\d{1,2}?):?(\d{2})?$/.exec(parts[8] ?? "");
  const [offsetHours, offsetMinutes] = zone ? [Number(zone[2]), Number(zone[3] ?? 0)] : [0, 0];
  if (offsetHours > 23 || offsetMinutes > 59) err("time");
  const offset = (zone?.[1] === "-" ? -1 : 1) * (60 * offsetHours + offsetMinutes);
  return time(year, month, day, hours, minutes, seconds, milliseconds, offset);
}

const COMPARE = {
  ">": (a, b) => a > b, "<": (a, b) => a < b, ">=": (a, b) => a >= b, "<=": (a, b) => a <= b,
  after: (a, b) => a > b, before: (a, b) => a < b, "not-after": (a, b) => a <= b, "not-before": (a, b) => a >= b,
};

class Evaluation {
  #steps = 0;

  give(rule, data) {
    if (++this.#steps > STEPS) err("steps");
    if (Array.isArray(rule)) return rule.map((element) => this.give(element, data));
    if (kindOf(rule) !== "object") return rule;
    const [[name, operands]] = Object.entries(rule);
    if (name === "var") return look(data, operands);
    if (COMPARE[name]) return this.#compare(name, operands.map((operand) => this.give(operand, data)));
    return this[name](operands, data);
  }

  if([guard, then, otherwise], data) {
    return this.give(isTruthy(this.give(guard, data)) ? then : otherwise, data);
  }

  and(operands, data) {
    let value;
    for (const operand of operands) {
      value = this.give(operand, data);
      if (!isTruthy(value)) break;
    }
    return value;
  }

  "!"([operand], data) {
    return !isTruthy(this.give(operand, data));
  }

  "==="([a, b], data) {
    return isEqual(this.give(a, data), this.give(b, data));
  }

  in([member, list], data) {
    const [wanted, values] = [this.give(member, data), this.give(list, data)];
    if (kindOf(values) !== "array") err("wrong-kind");
    return values.some((value) => isEqual(wanted, value));
  }

  "+"([a, b], data) {
    const terms = [this.give(a, data), this.give(b, data)];
    if (terms.some((term) => typeof term !== "number")) err("wrong-kind");
    const sum = terms[0] + terms[1];
    return Number.isSafeInteger(sum) ? sum : err("number");
  }

  #compare(name, values) {
    const kind = name.length > 2 ? "time" : "number";
    if (values.some((value) => kindOf(value) !== kind)) err("wrong-kind");
    return values.slice(1).every((value, i) => COMPARE[name](Number(values[i]), Number(value)));
  }

  plusTime([operand, amount, unit], data) {
    const text = this.give(operand, data);
    if (typeof text !== "string") err("wrong-kind");
    const at = parseTime(text);
    at[`setUTC${UNITS[unit]}`](at[`getUTC${UNITS[unit]}`]() + amount);
    return Number.isNaN(at.getTime()) ? err("number") : at;
  }

  dccDateOfBirth([operand], data) {
    const text = this.give(operand, data);
    if (typeof text !== "string") err("wrong-kind");
    return parseDate(text) ?? err("time");
  }

  reduce([operand, lambda, initial], data) {
    const values = this.give(operand, data);
    if (kindOf(values) !== "array") err("wrong-kind");
    return values.reduce((accumulator, current) => this.give(lambda, { current, accumulator }),
      this.give(initial, data));
  }

  extractFromUVCI([operand, index], data) {
    const text = this.give(operand, data);
    if (text === null) return null;
    if (typeof text !== "string") err("wrong-kind");
    return text.replace(/^URN:UVCI:/, "").split(/[/#:]/)[index] ?? null;
  }
}

// { value, error }: one of them is null.
export function evaluate(rule, data) {
  try {
    return { value: new Evaluation().give(rule, data), error: null };
  } catch (flawed) {
    if (!(flawed instanceof Flaw)) throw flawed;
    return { value: null, error: flawed.error };
  }
}

// { holds, error }: as a policy decides by it.
export function decide(rule, data) {
  const { value, error } = evaluate(rule, data);
  if (error) return { holds: false, error };
  if (value === true) return { holds: true, error: null };
  const isFalsy = kindOf(value) !== "time" && !isTruthy(value);
  return { holds: false, error: isFalsy ? null : "not-a-decision" };
}
