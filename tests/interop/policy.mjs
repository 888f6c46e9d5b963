// Section 21: what an authority says of its country's lanes.

import * as certlogic from "./certlogic.mjs";
import { plain } from "./company_id.mjs";
import { SUBJECTS } from "./credential.mjs";
import * as fields from "./fields.mjs";
import { Flaw, flaw } from "./flaw.mjs";
import { FIRST, decode } from "./statement.mjs";
import { allows } from "./trust.mjs";

const MASK = (1n << 63n) - 1n;
const age = fields.unsigned(0, 3155760000);

const words = (most) => fields.map({
  0: ["en", true, fields.text(most)],
  1: ["es", true, fields.text(most)],
}, false);

function subjects(walker) {
  const mask = fields.unsigned(1, 7)(walker);
  return SUBJECTS.filter((_, n) => (mask >> n) & 1);
}

const outcome = (walker) => ["refer", "reject"][fields.unsigned(2, 3)(walker) - 2];

function ages(walker, depth) {
  const head = walker.expect("array", depth);
  if (head.n === 0) flaw("empty", "", head.at);
  if (head.n !== 3) flaw("range", `${head.n} limits`, head.at);
  return [age(walker), age(walker), age(walker)];
}

function secondAges(walker, depth) {
  const { at } = walker;
  const limits = ages(walker, depth);
  if (limits.every((limit) => limit === 0)) flaw("empty", "no limit", at);
  return limits;
}

function name(walker) {
  const { at } = walker;
  const text = fields.text(64, /^[a-z0-9\-/.]*$/)(walker);
  if (["default", "any"].includes(text)) flaw("range", text, at);
  return text;
}

function one(walker) {
  return fields.unsigned(1, 1)(walker) === 1;
}

function yes(walker, depth) {
  const { head, value } = fields.any(walker, depth);
  if (head.kind !== "boolean") flaw("wrong-kind", head.kind, head.at);
  return value || flaw("range", "false", head.at);
}

function outcomes(walker, depth) {
  const { at } = walker;
  const peek = walker.expect("map", depth);
  if (peek.n === 0) flaw("empty", "", at);
  walker.at = at;
  return fields.map({
    1: ["suspended", false, outcome],
    2: ["lane-mismatch", false, outcome],
    3: ["attestation-expired", false, outcome],
    4: ["employer-denied", false, outcome],
  }, false)(walker, depth);
}

function alternative(walker, depth) {
  const head = walker.expect("array", depth);
  if (head.n === 0) flaw("empty", "", head.at);
  if (head.n !== 2) flaw("range", `${head.n} parts`, head.at);
  return { kind: fields.unsigned(1, 63)(walker), maxAge: age(walker) };
}

const requirement = fields.map({
  0: ["description", true, words(320)],
  1: ["of", true, subjects],
  2: ["anyOf", true, fields.list(8, alternative)],
}, false);

function expression(walker, depth) {
  const { at } = walker;
  walker.skip(depth);
  return certlogic.read(walker.bytes.subarray(at, walker.at));
}

const rule = fields.map({
  0: ["id", true, fields.text(64)],
  1: ["description", true, words(320)],
  2: ["of", true, subjects],
  3: ["otherwise", true, outcome],
  4: ["expression", true, expression],
}, false);

// Each after the one before it, bytewise.
function order(before, text, at) {
  const comes = before === null ? -1 : Buffer.compare(Buffer.from(before), Buffer.from(text));
  if (comes === 0) flaw("twice", text, at);
  if (comes > 0) flaw("key-order", text, at);
  return text;
}

function denied(walker, depth) {
  let before = null;
  return fields.list(4096, (walker) => {
    const { at } = walker;
    const id = fields.text(64)(walker);
    if (plain(id) === "") flaw("range", `${id} denies nobody`, at);
    before = order(before, id, at);
    return id;
  })(walker, depth);
}

function rules(walker, depth) {
  const seen = new Set();
  return fields.list(64, (walker, depth) => {
    const { at } = walker;
    const found = rule(walker, depth);
    if (seen.has(found.id)) flaw("twice", found.id, at);
    seen.add(found.id);
    return found;
  })(walker, depth);
}

// A role of a lane that accepts these programmes.
const role = (programmes) => fields.map({
  0: ["title", true, words(96)],
  1: ["is", true, subjects],
  2: ["programmes", true, (walker) => {
    const { at } = walker;
    const mask = fields.unsigned(1n, MASK)(walker);
    return (mask & ~programmes) === 0n ? mask : flaw("range", "a programme that the lane does not take", at);
  }],
  3: ["fewest", true, fields.unsigned(0, 16)],
  4: ["most", true, (walker, depth, { fewest = 0 }) => {
    const { at } = walker;
    const most = fields.unsigned(1, 16)(walker);
    return most >= fewest ? most : flaw("range", `${most} below ${fewest}`, at);
  }],
  5: ["employs", false, (walker, depth, { is }) => {
    const { at } = walker;
    yes(walker, depth);
    return is?.join() === "company" || flaw("range", "only companies employ", at);
  }],
}, false);

function roles(walker, depth, { programmes = 0n }) {
  let fewest = 0;
  return fields.list(8, (walker, depth) => {
    const { at } = walker;
    const found = role(programmes)(walker, depth);
    fewest += found.fewest;
    if (fewest > 16) flaw("range", `${fewest} of them at least`, at);
    return found;
  })(walker, depth);
}

const lane = fields.map({
  0: ["name", true, name],
  1: ["title", true, words(96)],
  2: ["programmes", true, fields.unsigned(0n, MASK)],
  3: ["waivesSerialUnknown", false, one],
  4: ["referAfter", true, ages],
  5: ["rejectAfter", false, secondAges],
  6: ["outcomes", false, outcomes],
  7: ["requirements", false, fields.list(8, requirement)],
  8: ["denied", false, denied],
  9: ["rules", false, rules],
  10: ["roles", false, roles],
}, false);

function lanes(walker, depth) {
  let before = null;
  return fields.list(64, (walker, depth) => {
    const { at } = walker;
    const found = lane(walker, depth);
    before = order(before, found.name, at);
    return found;
  })(walker, depth);
}

function until(walker, depth, { from = -1 }) {
  const { at } = walker;
  const end = fields.moment(walker);
  if (end <= from) flaw("date-order", `${end} not after ${from}`, at);
  return end;
}

const START = {
  ...FIRST,
  4: ["serial", true, fields.serial],
  5: ["from", true, fields.moment],
  6: ["until", true, until],
  7: ["country", true, fields.country],
};

const readFields = fields.map({ ...START, 8: ["title", true, words(96)], 9: ["lanes", true, lanes] }, false);

export const read = (statement) => decode(statement, readFields);

// Keys 4 to 7, if they stand in this order right behind key 3 and are right; else null.
function start(statement) {
  try {
    return decode(statement, (walker, depth) => {
      const { n, at } = walker.expect("map", depth);
      const said = {};
      for (let key = 0; key < 8; key++) {
        if (n <= key || walker.key(BigInt(key) - 1n) !== BigInt(key)) flaw("missing-key", String(key), at);
        const [name, , read] = START[key];
        said[name] = read(walker, depth + 1, said);
      }
      walker.at = walker.end;
      return said;
    });
  } catch (error) {
    if (error instanceof Flaw) return null;
    throw error;
  }
}

// Of a policy that cannot be read: { serial, from, until, country }, the last three null where even they
// cannot. Throws if its map is not canonical, or has no serial.
export function peek(statement) {
  let serial = null;
  decode(statement, (walker, depth) => {
    const { n } = walker.expect("map", depth);
    for (let i = 0, key = -1n; i < n; i++) {
      key = walker.key(key);
      if (key === 4n) serial = fields.serial(walker);
      else walker.skip(depth + 1);
    }
  });
  if (serial === null) flaw("missing-key", "4, serial");
  const { from = null, until: end = null, country = null } = start(statement) ?? {};
  return { serial, from, until: end, country };
}

// As the golden vectors write it.
export function inWords({ serial, from, until, country, title, lanes }, names) {
  const iso = (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
  const programmes = (mask) => Object.keys(names.programmes).filter((n) => allows(mask, n))
    .map((n) => names.programmes[n][0]);
  const some = (name, value) => value && { [name]: value };
  return {
    serial, from: iso(from), until: iso(until), country, title,
    lanes: lanes.map((lane) => ({
      name: lane.name,
      title: lane.title,
      programmes: programmes(lane.programmes),
      refer_after: lane.referAfter,
      ...some("waives", lane.waivesSerialUnknown && ["serial-unknown"]),
      ...some("reject_after", lane.rejectAfter),
      ...some("outcomes", lane.outcomes),
      ...some("attestations", lane.requirements?.map(({ description, of, anyOf }) => ({ description, of,
        any_of: anyOf.map(({ kind, maxAge }) => [names.kinds[kind][0], maxAge]) }))),
      ...some("denied", lane.denied),
      ...some("rules", lane.rules),
      ...some("party", lane.roles?.map(({ title, is, programmes: mask, fewest, most, employs }) => ({ title, is,
        programmes: programmes(mask), at_least: fewest, at_most: most, ...some("employs", employs) }))),
    })),
  };
}
