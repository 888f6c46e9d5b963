// Section 13: an authority's word about the state of its log.

import * as fields from "./fields.mjs";
import { flaw } from "./flaw.mjs";
import { FIRST, decode, hex, open, typeNumber } from "./statement.mjs";
import { verify } from "./signature.mjs";
import { allows, digest } from "./trust.mjs";

const HEAD = typeNumber("head");

function nextDue(walker, depth, { signedAt = 0 }) {
  const { at } = walker;
  const due = fields.moment(walker);
  if (due < signedAt) flaw("date-order", `${due} before ${signedAt}`, at);
  return due;
}

const readFields = fields.map({
  ...FIRST,
  4: ["size", true, fields.unsigned(0, 2 ** 32 - 1)],
  5: ["root", true, fields.bin(32)],
  6: ["setRoot", true, fields.bin(32)],
  7: ["issued", true, fields.unsigned(0, 2 ** 32 - 1)],
  8: ["signedAt", true, fields.moment],
  9: ["nextDue", true, nextDue],
}, false);

export const read = (statement) => ({ ...decode(statement, readFields), bytes: statement.bytes });

// One head is asked about again and again; what its signature is does not change.
const checked = new Map();

function isBy({ bytes, signature, message }, publicKey) {
  const name = `${hex(publicKey)} ${digest(bytes)}`;
  if (!checked.has(name)) checked.set(name, verify(signature, message, publicKey));
  return checked.get(name);
}

// The records whose key made this head: { head, records }. Throws why there are none.
export function signers(trust, bytes) {
  const statement = open(bytes, HEAD);
  const named = trust.records.filter(
    ({ id, keyNumber }) => id === statement.signer && keyNumber === statement.keyNumber);
  if (named.length === 0) flaw("unknown-issuer");
  const made = named.filter(({ publicKey }) => isBy(statement, publicKey));
  if (made.length === 0) flaw("bad-signature");
  const records = made.filter(({ types }) => allows(types, HEAD));
  if (records.length === 0) flaw("out-of-scope");
  return { head: read(statement), records };
}
