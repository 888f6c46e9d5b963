// Section 6: one authority's word that a key belongs to another, and what that other may do.

import * as fields from "./fields.mjs";
import { flaw } from "./flaw.mjs";
import { authorityId, isGoodKey } from "./signature.mjs";
import { FIRST, decode, hex } from "./statement.mjs";

function publicKey(walker) {
  const key = fields.bin(32)(walker);
  if (!isGoodKey(key)) flaw("bad-key");
  return key;
}

const SCOPE = ["countries", "programmes", "types", "depth"];

const readFields = fields.map({
  ...FIRST,
  4: ["serial", true, fields.serial],
  5: ["notBefore", false, fields.day],
  6: ["expires", true, fields.expiry],
  7: ["subject", true, (walker) => hex(fields.bin(8)(walker))],
  8: ["keyNumber", true, fields.unsigned(1, 255)],
  9: ["publicKey", true, publicKey],
  10: ["firstKey", false, publicKey],
  11: ["name", true, fields.text(64)],
  12: ["country", true, fields.country],
  13: ["countries", false, fields.ascending(16, fields.country)],
  14: ["programmes", false, fields.unsigned(0n, (1n << 63n) - 1n)],
  15: ["types", false, fields.unsigned(0, 2 ** 32 - 1)],
  16: ["depth", false, fields.unsigned(0, 4)],
}, false);

export function read(statement) {
  const authority = decode(statement, readFields);
  if (authority.keyNumber === 1) {
    if (authority.firstKey) flaw("unknown-key", "10, with key number 1");
    authority.firstKey = authority.publicKey;
  } else if (!authority.firstKey) flaw("missing-key", "10, without key number 1");
  if (authorityId(authority.firstKey) !== authority.subject) flaw("id-mismatch");
  authority.selfIssued = authority.signer === authority.subject;
  for (const name of SCOPE) {
    if (authority.selfIssued && name in authority) flaw("unknown-key", `${name}, self-issued`);
    if (!authority.selfIssued && !(name in authority)) flaw("missing-key", name);
  }
  return authority;
}
