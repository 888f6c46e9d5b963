// Section 19: a dated fact about whom a credential is about.

import { PROGRAMMES } from "./credential.mjs";
import * as fields from "./fields.mjs";
import { flaw } from "./flaw.mjs";
import { FIRST, decode, hex } from "./statement.mjs";
import { allows } from "./trust.mjs";

// By number: the name, the programme of who may attest it, and where the moment is that it is dated.
export const KINDS = {
  1: ["vaccination", 10, "date"],
  2: ["test", 10, "sampledAt"],
  3: ["recovery", 10, "date"],
  4: ["essential-worker", 8, "since"],
  5: ["labor-cert", 9, "since"],
  6: ["trusted-trader", null, "since"],
};

const TESTS = { 1: "naat", 2: "antigen" };
const RESULTS = { 1: "negative", 2: "positive" };
const SECTORS = ["", "healthcare", "public-safety", "education", "food-agriculture", "energy", "water",
  "transportation", "public-works", "communications", "government", "manufacturing",
  "hazardous-materials", "financial", "chemical", "defense", "commercial", "housing", "hygiene"];

const named = (table, code) => table[code] ?? code;
const entry = fields.unsigned(1, 63);

// A day that is not after the last.
const dated = (expires) => (walker) => {
  const { at } = walker;
  const day = fields.day(walker);
  if (day > expires) flaw("date-order", `${day} after ${expires}`, at);
  return day;
};

const sampled = (expires) => (walker) => {
  const { at } = walker;
  const moment = fields.moment(walker);
  if (moment >= fields.ends(expires)) flaw("date-order", `${moment} after ${expires}`, at);
  return moment;
};

// The table of a kind's fact, in an attestation with this last day.
const FACTS = {
  1: (expires) => ({
    0: ["product", true, fields.text(32)],
    1: ["dose", true, fields.unsigned(1, 255)],
    2: ["doses", true, fields.unsigned(1, 255)],
    3: ["date", true, dated(expires)],
  }),
  2: (expires) => ({
    0: ["type", true, entry],
    1: ["result", true, entry],
    2: ["sampledAt", true, sampled(expires)],
  }),
  3: (expires) => ({ 0: ["date", true, dated(expires)] }),
  4: (expires) => ({
    0: ["since", true, dated(expires)],
    1: ["sector", true, entry],
    2: ["employerId", true, fields.text(64)],
    3: ["employerName", false, fields.text(128)],
    4: ["country", true, fields.country],
  }),
  5: (expires) => ({
    0: ["since", true, dated(expires)],
    1: ["scheme", true, fields.text(32)],
    2: ["level", true, fields.text(16)],
  }),
  6: (expires) => ({
    0: ["since", true, dated(expires)],
    1: ["scheme", true, fields.unsigned(5, 6)],
    2: ["tier", true, fields.unsigned(1, 9)],
    3: ["recognizedBy", false, fields.ascending(8, fields.country)],
  }),
};

function kind(walker) {
  const { at } = walker;
  const code = entry(walker);
  if (!KINDS[code]) flaw("unknown-type", `kind ${code}`, at);
  return code;
}

function fact(walker, depth, { kind, expires = Infinity }) {
  // Without a kind nobody knows what it should be; that the key is missing is found at the end.
  if (kind === undefined) return walker.skip(depth) ?? {};
  return fields.map(FACTS[kind](expires), true)(walker, depth);
}

const readFields = fields.map({
  ...FIRST,
  4: ["serial", true, fields.serial],
  5: ["expires", true, fields.day],
  6: ["kind", true, kind],
  7: ["subject", true, (walker) => hex(fields.bin(16)(walker))],
  8: ["fact", true, fact],
}, true);

export const read = (statement) => decode(statement, readFields);

export const kindName = ({ kind }) => KINDS[kind][0];

// The moment from which it is dated.
export function datedAt({ kind, fact }) {
  const value = fact[KINDS[kind][2]];
  return kind === 2 ? value : fields.begins(value);
}

const ATTESTATION = 3;

export function inScope({ kind, fact }, { types, programmes, countries }) {
  return allows(types, ATTESTATION) && allows(programmes, KINDS[kind][1] ?? fact.scheme) &&
    (kind !== 4 || countries.includes(fact.country));
}

const iso = (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

// What it attests, as claims have it; to a rule, an employer is its id.
export function words({ kind, fact }, isForRule = false) {
  const { isoDay } = fields;
  switch (kind) {
    case 1: return { product: fact.product, dose: fact.dose, doses: fact.doses, date: isoDay(fact.date) };
    case 2: return { type: named(TESTS, fact.type), result: named(RESULTS, fact.result),
      sampled_at: iso(fact.sampledAt) };
    case 3: return { date: isoDay(fact.date) };
    case 4: {
      const { employerId: id, employerName: name } = fact;
      return { sector: named(SECTORS, fact.sector), employer: isForRule ? id : { id, ...(name && { name }) },
        country: fact.country, since: isoDay(fact.since) };
    }
    case 5: return { scheme: fact.scheme, level: fact.level, since: isoDay(fact.since) };
    default: return { scheme: PROGRAMMES[fact.scheme][0], tier: fact.tier,
      ...(fact.recognizedBy && { recognized_by: fact.recognizedBy }), since: isoDay(fact.since) };
  }
}

export const claims = (said) => ({
  attestation: kindName(said),
  subject: said.subject,
  expires: fields.isoDay(said.expires),
  ...words(said),
});
