// Section 17: an authority's word about a node.

import { x25519 } from "@noble/curves/ed25519";
import { isIPv4, isIPv6 } from "node:net";
import * as fields from "./fields.mjs";
import { flaw } from "./flaw.mjs";
import { isGoodKey, verify } from "./signature.mjs";
import { FIRST, decode, open, typeNumber } from "./statement.mjs";
import { allows } from "./trust.mjs";

const NODE = typeNumber("node");

const checked = (isGood) => (walker) => {
  const key = fields.bin(32)(walker);
  if (!isGood(key)) flaw("bad-key");
  return key;
};

// A Diffie-Hellman with a point of small order gives zero, which this library refuses to hand out.
function isGoodNoiseKey(key) {
  try {
    x25519.getSharedSecret(new Uint8Array(32).fill(8), key);
    return true;
  } catch {
    return false;
  }
}

const LABEL = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/;

function isHost(host) {
  const inside = /^\[([0-9A-Fa-f:.]+)\]$/.exec(host);
  if (inside) return isIPv6(inside[1]);
  const labels = host.split(".");
  if (/^[0-9]+$/.test(labels.at(-1))) return isIPv4(host);
  return labels.every((label) => LABEL.test(label));
}

function address(walker) {
  const { at } = walker;
  const text = fields.text(128)(walker);
  const parts = /^(.+):([1-9][0-9]{0,4})$/.exec(text);
  if (!parts || Number(parts[2]) > 65535 || !isHost(parts[1])) flaw("range", text, at);
  return text;
}

function addresses(walker, depth) {
  const head = walker.expect("array", depth);
  if (head.n === 0) flaw("empty", "", head.at);
  if (head.n > 4) flaw("range", `${head.n} of them`, head.at);
  return Array.from({ length: head.n }, () => address(walker));
}

const readFields = fields.map({
  ...FIRST,
  4: ["serial", true, fields.serial],
  5: ["notBefore", false, fields.day],
  6: ["expires", true, fields.expiry],
  7: ["publicKey", true, checked(isGoodKey)],
  8: ["noiseKey", true, checked(isGoodNoiseKey)],
  9: ["name", true, fields.text(64)],
  10: ["country", true, fields.country],
  11: ["addresses", false, addresses],
}, false);

// The records whose key made it, and that may: { node, records }. Throws why there are none.
export function nodeSigners(trust, bytes) {
  const statement = open(bytes, NODE);
  const named = trust.records.filter(
    ({ id, keyNumber }) => id === statement.signer && keyNumber === statement.keyNumber);
  if (named.length === 0) flaw("unknown-issuer");
  const made = named.filter(({ publicKey }) => verify(statement.signature, statement.message, publicKey));
  if (made.length === 0) flaw("bad-signature");
  const typed = made.filter(({ types }) => allows(types, NODE));
  if (typed.length === 0) flaw("out-of-scope");
  const node = decode(statement, readFields);
  const records = typed.filter(({ countries }) => countries.includes(node.country));
  if (records.length === 0) flaw("out-of-scope");
  return { node, records };
}
