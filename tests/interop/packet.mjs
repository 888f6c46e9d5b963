// Section 20: several statements in one code.

import { Walker } from "./canonical.mjs";
import { any } from "./fields.mjs";
import { flaw } from "./flaw.mjs";
import { typeOf } from "./statement.mjs";

const CREDENTIAL = 2;
const ATTESTATION = 3;
const LONGEST = 2048;

// A packet is an array of three to nine, the first a number; a statement never begins so.
export const isPacket = (bytes) =>
  bytes.length > 1 && bytes[0] >= 0x93 && bytes[0] <= 0x99 && bytes[1] <= 0x7f;

// { credential, attestations }: what is no packet is one statement, in the credential's place whatever
// it is, unless it says that it is an attestation.
export function split(bytes) {
  if (bytes.length === 0) flaw("truncated", "", 0);
  if (!isPacket(bytes)) {
    return typeOf(bytes) === ATTESTATION ? { credential: null, attestations: [bytes] }
      : { credential: bytes, attestations: [] };
  }
  if (bytes.length > LONGEST) flaw("too-long", `${bytes.length} bytes`);
  const walker = new Walker(bytes, 0, bytes.length, 1);
  const parts = { credential: null, attestations: [] };
  const { n } = walker.expect("array", 1);
  const version = walker.expect("integer").n;
  if (version !== 1n) flaw("unsupported-version", `packet ${version}`);
  for (let i = 1; i < n; i++) {
    const { head, value: part } = any(walker, 2);
    if (head.kind !== "bin") flaw("wrong-kind", head.kind, head.at);
    const type = typeOf(part);
    if (type === ATTESTATION) parts.attestations.push(part);
    else if (type === CREDENTIAL && i === 1) parts.credential = part;
    else flaw("wrong-type", `part ${i}`, head.at);
  }
  if (walker.at !== bytes.length) flaw("trailing", "", walker.at);
  return parts;
}
