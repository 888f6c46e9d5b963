// Section 14: following logs. A Log is what is held of one authority's; a Book is all of them.

import { createHash } from "node:crypto";
import * as batch from "./batch.mjs";
import * as bundle from "./bundle.mjs";
import * as equivocation from "./equivocation.mjs";
import { Flaw, flaw } from "./flaw.mjs";
import { signers } from "./head.mjs";
import { Frontier, includes, leaf, prefixRoot, same } from "./merkle.mjs";
import { StatusSet, isRootOf, readSnapshot } from "./set.mjs";
import { sameAuthority } from "./trust.mjs";

const SKEW = 300;
const RANK = { proof: 0, tail: 1, snapshot: 1, evidence: 2 };

// Section 11: bound to whole keys, from the anchor down.
export function logId(record) {
  const hash = createHash("sha256").update("garita/v1/log\0");
  const keys = [];
  for (let above = record; above !== null; above = above.parent) keys.unshift(above.first);
  for (const key of keys) hash.update(Buffer.from(key, "hex"));
  return hash.digest("hex");
}

const revokedBy = ({ groups }) =>
  groups.filter(({ standing }) => standing === "revoked").flatMap(({ serials }) => serials);

export class Log {
  head = null;
  set = new StatusSet();
  frontier = new Frontier();
  start = new Frontier(); // before the first batch that is at hand
  leaves = []; // from there on
  elsewhere = new Set(); // the serials that are revoked in another history
  equivocated = false; // by a proof, of form 1 to 3
  setDiffers = false; // form 4

  get size() {
    return this.frontier.size;
  }

  standing(serial) {
    return this.elsewhere.has(serial) ? "revoked" : this.set.get(serial);
  }

  // The root of the first `size` batches, or null where they are not at hand.
  #rootAt(size) {
    if (size < this.start.size) return null;
    return this.leaves.slice(0, size - this.start.size).reduce((at, hash) => at.with(hash), this.start).root;
  }

  // What another history revokes is revoked.
  #forked(serials) {
    this.equivocated = true;
    for (const serial of serials) this.elsewhere.add(serial);
    return "forked";
  }

  // Rules 6 and 7: a head that is not larger.
  #notLarger(head, revoked) {
    const held = this.head;
    if (head.size === held.size) {
      if (same(head.bytes, held.bytes)) return "known";
      if (!same(head.root, held.root) || !same(head.setRoot, held.setRoot)) return this.#forked(revoked);
      if (head.signedAt <= held.signedAt) return "older";
      this.head = head;
      return "heartbeat";
    }
    const root = this.#rootAt(head.size);
    if (root !== null && !same(root, head.root)) return this.#forked(revoked);
    if (head.signedAt > held.signedAt + SKEW) return this.#forked(revoked);
    return "older";
  }

  tail(head, from, batchBytes) {
    const leaves = batchBytes.map(leaf);
    const end = leaves.reduce((at, hash) => at.with(hash), from);
    if (end.size !== head.size || !same(end.root, head.root)) return "mismatch";
    let batches;
    try {
      batches = batchBytes.map(batch.read);
    } catch (error) {
      if (!(error instanceof Flaw)) throw error;
      return "mismatch";
    }
    if (this.head === null) {
      if (from.size > 0) return "gap";
    } else {
      if (head.size <= this.size) return this.#notLarger(head, batches.flatMap(revokedBy));
      this.#regression(head);
      if (from.size > this.size) return "gap";
      const common = this.size - from.size;
      const before = leaves.slice(0, common).reduce((at, hash) => at.with(hash), from);
      if (!same(before.root, this.head.root)) return this.#forked(batches.flatMap(revokedBy));
      leaves.splice(0, common);
      batches.splice(0, common);
    }
    batches.forEach((one) => this.set.apply(one));
    this.leaves.push(...leaves);
    this.frontier = end;
    this.head = head;
    if (!isRootOf(this.set, head.setRoot)) this.setDiffers = true;
    return "extended";
  }

  // A larger head, by its time older than the one held: that one is a regression.
  #regression(head) {
    if (this.head.signedAt > head.signedAt + SKEW) this.equivocated = true;
  }

  snapshot(head, { frontier, pathFrom, path, parts }) {
    const leaves = parts.filter(({ kind }) => kind === "leaves").flatMap(({ bytes }) =>
      Array.from({ length: bytes.length / 32 }, (_, i) => bytes.subarray(32 * i, 32 * i + 32)));
    const end = leaves.reduce((at, hash) => at.with(hash), frontier);
    let set;
    try {
      set = readSnapshot(parts.filter(({ kind }) => kind === "chunk").map(({ index, bytes }) => [index, bytes]));
    } catch (error) {
      if (!(error instanceof Flaw)) throw error;
      return "mismatch";
    }
    if (end.size !== head.size || !same(end.root, head.root) || !isRootOf(set, head.setRoot)) return "mismatch";
    if (this.head !== null) {
      if (head.size <= this.size) return this.#notLarger(head, [...set.revoked()]);
      const root = this.#shown(head, { frontier, leaves, pathFrom, path });
      if (root === null) return "mismatch";
      if (root !== undefined && !same(root, this.head.root)) return this.#forked([...set.revoked()]);
      this.#regression(head);
      if (root === undefined) return "gap";
      for (const serial of this.set.revoked()) {
        if (set.get(serial) === "revoked") continue;
        this.elsewhere.add(serial);
        this.setDiffers = true;
      }
    }
    [this.set, this.head, this.frontier, this.start, this.leaves] = [set, head, end, end, []];
    return "adopted";
  }

  // What a snapshot of a larger log shows of its tree at the size held: a root; undefined if it shows
  // nothing; null if its path is wrong.
  #shown(head, { frontier, leaves, pathFrom, path }) {
    if (frontier.size <= this.size) {
      return leaves.slice(0, this.size - frontier.size).reduce((at, hash) => at.with(hash), frontier).root;
    }
    if (this.size === 0) return this.head.root; // every log begins with the empty one
    return pathFrom === this.size ? prefixRoot(pathFrom, head.root, head.size, path) : undefined;
  }

  // Returns how many serials are revoked that were not.
  evidence(head, index, proof, bytes) {
    if (!includes(head.root, head.size, index, leaf(bytes), proof)) flaw("not-proven");
    let gained = 0;
    for (const { standing, serials } of batch.read(bytes).groups) {
      if (standing !== "revoked") continue;
      for (const serial of serials) {
        if (this.standing(serial) === "revoked") continue;
        this.elsewhere.add(serial);
        gained++;
      }
    }
    return gained;
  }
}

export class Book {
  #logs = new Map();

  constructor(trust) {
    this.trust = trust;
  }

  // The log of a record's authority, or null if nothing is held of it.
  log(record) {
    return this.#logs.get(logId(record)) ?? null;
  }

  #open(record) {
    const id = logId(record);
    if (!this.#logs.has(id)) this.#logs.set(id, new Log());
    return this.#logs.get(id);
  }

  // The newest head of a record's authority, or null. One whose key is revoked counts no longer.
  head(record) {
    const head = this.log(record)?.head;
    return head && this.#heads(head.bytes).some((other) => sameAuthority(other, record)) ? head : null;
  }

  // Of each log that has a head, by its id.
  heads() {
    return [...this.#logs].filter(([, { head }]) => head !== null)
      .map(([id, { head }]) => ({ id, head })).sort((a, b) => a.id.localeCompare(b.id));
  }

  // The standing of a record's own statement, in the log of who signed it.
  standing(record) {
    return this.log(record.signedBy ?? record)?.standing(record.serial) ?? "active";
  }

  isRevoked(record) {
    for (let at = record; at !== null; at = at.above) if (this.standing(at) === "revoked") return true;
    return false;
  }

  // Rule 1: whose head it is: a record of each authority, by a chain that nobody has revoked.
  #heads(bytes) {
    const counting = signers(this.trust, bytes).records.filter((record) => !this.isRevoked(record));
    return counting.filter((record, i) =>
      !counting.slice(0, i).some((other) => sameAuthority(record, other)));
  }

  // What a message that is no statement is about: [{ record, head }], of each authority.
  #about(message) {
    if (message.kind === "proof") {
      const { authorities } = equivocation.check(this.trust, message.bytes);
      return authorities.map((record) => ({ record, head: null }));
    }
    const { head, records } = signers(this.trust, message.head);
    return records.filter((record, i) => !records.slice(0, i).some((other) => sameAuthority(record, other)))
      .map((record) => ({ record, head }));
  }

  #take({ message, record, head }) {
    const statements = message.kind === "proof" ? equivocation.read(message.bytes).heads : [message.head];
    if (!statements.every((bytes) => this.#heads(bytes).some((other) => sameAuthority(other, record)))) {
      flaw("issuer-revoked");
    }
    const log = this.#open(record);
    switch (message.kind) {
      case "proof":
        log.equivocated = true;
        return "proven";
      case "tail":
        return log.tail(head, message.from, message.parts.map(({ bytes }) => bytes));
      case "snapshot":
        return log.snapshot(head, message);
      default:
        return log.evidence(head, message.index, message.proof, message.bytes) > 0 ? "evidence" : "known";
    }
  }

  // Takes a bundle, in section 15's order: { results: [{ log, kind, outcome }], refused: [{ kind, error }],
  // error: what ended it, or null }.
  import(bytes) {
    const out = { results: [], refused: [], error: null };
    const messages = [];
    const attempt = (act, failed) => {
      try {
        act();
      } catch (error) {
        if (!(error instanceof Flaw)) throw error;
        failed(error.error);
      }
    };
    const refused = (kind) => (error) => out.refused.push({ kind, error });
    attempt(() => { for (const message of bundle.read(bytes)) messages.push(message); },
      (error) => { out.error = error; });

    const statements = messages.filter(({ kind }) => kind === "statement");
    for (const { error } of this.trust.add(statements.map(({ bytes }) => bytes))) {
      if (error !== "already-known") refused("statement")(error);
    }
    const pieces = [];
    for (const [place, message] of messages.entries()) {
      if (message.kind === "statement" || message.kind === "origin") continue;
      attempt(() => {
        for (const { record, head } of this.#about(message)) pieces.push({ message, place, record, head });
      }, refused(message.kind));
    }
    pieces.sort((a, b) => a.record.level - b.record.level ||
      logId(a.record).localeCompare(logId(b.record)) ||
      RANK[a.message.kind] - RANK[b.message.kind] ||
      (a.head?.size ?? 0) - (b.head?.size ?? 0) ||
      (a.head?.signedAt ?? 0) - (b.head?.signedAt ?? 0) ||
      (a.message.kind === "snapshot") - (b.message.kind === "snapshot") ||
      a.place - b.place);
    for (const piece of pieces) {
      const { kind } = piece.message;
      attempt(() => out.results.push({ log: logId(piece.record), kind, outcome: this.#take(piece) }), refused(kind));
    }
    return out;
  }

  // The newest time that two authorities have both reached, below two anchors where more than one is
  // pinned; null if there is none. An authority that is certified in two places is one.
  floor(now) {
    if (now === null) return null;
    const anchorOf = (record) => (record.parent ? anchorOf(record.parent) : record.first);
    const anchors = new Set(this.trust.records.map(anchorOf));
    const attested = this.trust.records.map((record) => ({ record, head: this.head(record) }))
      .filter(({ head }) => head && head.signedAt <= now + SKEW)
      .map(({ record, head }) => ({ first: record.first, anchor: anchorOf(record), time: head.signedAt }));
    let newest = null;
    for (const a of attested) {
      for (const b of attested) {
        if (a.first === b.first || (anchors.size > 1 && a.anchor === b.anchor)) continue;
        newest = Math.max(newest ?? 0, Math.min(a.time, b.time));
      }
    }
    return newest;
  }
}
