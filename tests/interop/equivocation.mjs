// Section 14, Equivocation: proofs.

import { Cursor } from "./cursor.mjs";
import { flaw } from "./flaw.mjs";
import { signers } from "./head.mjs";
import { prefixRoot, same } from "./merkle.mjs";
import { sameAuthority } from "./trust.mjs";

const SKEW = 300;

export function read(bytes) {
  const cursor = new Cursor(bytes);
  const form = cursor.number(1);
  if (form < 1 || form > 3) flaw("range", `form ${form}`);
  const heads = [0, 1].map(() => {
    const length = cursor.number(2);
    if (length > 1024) flaw("too-long", "a head");
    return cursor.take(length);
  });
  let path = [];
  if (form === 2) {
    const count = cursor.number(1);
    if (count > 65) flaw("range", `${count} hashes`);
    path = Array.from({ length: count }, () => cursor.take(32));
  }
  cursor.done();
  return { form, heads, path };
}

// Whether two heads are what the form says.
export function contradict(form, first, second, path) {
  switch (form) {
    case 1:
      return first.size === second.size && Buffer.compare(first.bytes, second.bytes) < 0 &&
        !(same(first.root, second.root) && same(first.setRoot, second.setRoot));
    case 2: {
      const root = prefixRoot(first.size, second.root, second.size, path);
      return root !== null && !same(root, first.root);
    }
    case 3:
      return first.size < second.size && first.signedAt > second.signedAt + SKEW;
  }
  return false;
}

// The authorities, by a record of each, that a proof is about: { form, heads, authorities }.
export function check(trust, bytes) {
  const { form, heads, path } = read(bytes);
  const [first, second] = heads.map((head) => signers(trust, head));
  const authorities = [];
  for (const record of first.records) {
    if (second.records.some((other) => sameAuthority(record, other)) &&
        !authorities.some((other) => sameAuthority(record, other))) authorities.push(record);
  }
  if (authorities.length === 0) flaw("not-proven", "no one authority");
  if (!contradict(form, first.head, second.head, path)) flaw("not-proven", `form ${form}`);
  return { form, heads: [first.head, second.head], authorities };
}
