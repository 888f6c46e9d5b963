// Section 22: which policy rules.

import { Flaw, flaw } from "./flaw.mjs";
import * as policy from "./policy.mjs";
import { hex, open, typeNumber } from "./statement.mjs";
import { verify } from "./signature.mjs";
import { allows, digest, sameAuthority } from "./trust.mjs";

const POLICY = typeNumber("policy");

// The records whose key made it.
function makers(trust, statement) {
  const named = trust.records.filter(
    ({ id, keyNumber }) => id === statement.signer && keyNumber === statement.keyNumber);
  if (named.length === 0) flaw("unknown-issuer");
  const made = named.filter(({ publicKey }) => verify(statement.signature, statement.message, publicKey));
  if (made.length === 0) flaw("bad-signature");
  const typed = made.filter(({ types }) => allows(types, POLICY));
  if (typed.length === 0) flaw("out-of-scope");
  return typed;
}

// Who may have said it: { said, records }. Throws why there is nobody.
export function signers(trust, bytes) {
  const statement = open(bytes, POLICY);
  const typed = makers(trust, statement);
  const said = policy.read(statement);
  const records = typed.filter(({ countries }) => countries.includes(said.country));
  if (records.length === 0) flaw("out-of-scope");
  return { said, records };
}

function attempt(act) {
  try {
    return act();
  } catch (error) {
    if (error instanceof Flaw) return null;
    throw error;
  }
}

// A statement's words: one for each authority that said it.
function wordsOf(trust, book, home, bytes) {
  const statement = attempt(() => open(bytes, POLICY));
  const typed = statement && attempt(() => makers(trust, statement));
  if (!typed) return [];
  const readable = attempt(() => policy.read(statement));
  const said = readable ?? attempt(() => policy.peek(statement));
  if (!said || (said.country !== null && said.country !== home)) return [];
  const words = [];
  for (const ground of typed) {
    if (!ground.countries.includes(home) || book?.isRevoked(ground)) continue;
    const word = words.find(({ grounds }) => sameAuthority(grounds[0], ground));
    if (word) word.grounds.push(ground);
    else words.push({ said, readable: Boolean(readable), grounds: [ground], digest: digest(bytes).slice(0, 32) });
  }
  const isWithdrawn = ({ grounds: [ground] }) =>
    book?.log(ground)?.standing(said.serial) === "revoked" ||
    trust.records.some((record) => record.serial === said.serial && sameAuthority(record.signedBy ?? record, ground));
  return words.filter((word) => !isWithdrawn(word));
}

const isNamedBy = (name) => ({ readable, said }) => readable && said.lanes.some((lane) => lane.name === name);

function isDoubted(book, { grounds }, now) {
  const inForce = grounds.filter(({ from, until }) => from <= now && now < until);
  const chain = (record) => (record ? [record, ...chain(record.above)] : []);
  const equivocates = (record) => book?.log(record)?.equivocated || book?.log(record)?.setDiffers;
  const isSuspended = (record) => chain(record)
    .some((at) => book?.log(at.signedBy ?? at)?.standing(at.serial) === "suspended");
  return grounds.some((ground) => chain(ground).some(equivocates)) || inForce.every(isSuspended);
}

// { standing, lane, word } of a lane at `now`, which is null where there is no clock.
export function choose({ trust, book = null, home, policies, name, now }) {
  if (!/^[a-z0-9\-/.]{1,64}$/.test(name) || ["default", "any"].includes(name)) return { standing: "unknown" };
  let words = home === "" ? [] : policies.flatMap((bytes) => wordsOf(trust, book, home, bytes));
  words = words.filter((word) => !words.some((other) => other !== word && other.said.serial === word.said.serial &&
    sameAuthority(other.grounds[0], word.grounds[0]) && other.digest < word.digest));

  const inTime = now === null ? [] : words.filter(({ said, grounds }) =>
    (said.from ?? -Infinity) <= now && now < (said.until ?? Infinity) &&
    book?.log(grounds[0])?.standing(said.serial) !== "suspended" &&
    grounds.some(({ from, until }) => from <= now && now < until));
  const current = inTime.filter((word) => !inTime.some((other) =>
    sameAuthority(other.grounds[0], word.grounds[0]) && other.said.serial > word.said.serial));

  const level = ({ grounds }) => grounds[0].level;
  const isNamed = isNamedBy(name);
  const [first] = current.filter((word) => isNamed(word) && !isDoubted(book, word, now))
    .sort((a, b) => level(a) - level(b) || b.said.from - a.said.from || (a.digest < b.digest ? -1 : 1));
  const isHidden = first && current.some((word) => level(word) <= level(first) &&
    (!word.readable || (isNamed(word) && isDoubted(book, word, now))));
  if (first && !isHidden) {
    const lane = first.said.lanes.find((lane) => lane.name === name);
    return { standing: "ruled", word: first, lane: { ...lane, country: first.said.country } };
  }
  const isLacking = words.some(isNamed) || (now === null ? words : current).some(({ readable }) => !readable);
  return { standing: isLacking ? "lacking" : "unknown" };
}

export const issuerOf = ({ grounds: [ground] }) => hex(ground.publicKey);
