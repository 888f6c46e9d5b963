// Section 7: pins and chains. What is added is judged once; a verdict then needs only the records.

import { createHash } from "node:crypto";
import * as authority from "./authority.mjs";
import { PROGRAMMES } from "./credential.mjs";
import { begins, ends } from "./fields.mjs";
import { Flaw, flaw } from "./flaw.mjs";
import { hex, open, typeNumber } from "./statement.mjs";
import { verify } from "./signature.mjs";

const AUTHORITY = typeNumber("authority");

export const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

const codeOf = (name) => Number(Object.keys(PROGRAMMES).find((n) => PROGRAMMES[n][0] === name));

const bits = (numbers) => numbers.reduce((mask, n) => mask | (1n << BigInt(n)), 0n);

export const allows = (mask, n) => ((mask >> BigInt(n)) & 1n) === 1n;

// The records of one anchor come from one first key; others' from one first key under one parent.
export function sameAuthority(a, b) {
  if (a === b) return true;
  if (a === null || b === null) return false;
  return a.first === b.first && sameAuthority(a.parent, b.parent);
}

// Of records that are as good the one that counts comes first: the nearest to its anchor, by the parent with
// the lower first key, with the lower serial; then so for what is above them.
export function byRank(a, b) {
  if (a === null || b === null || a === b) return 0;
  const [first, other] = [a, b].map(({ parent }) => parent?.first ?? "");
  return a.level - b.level || (first < other ? -1 : Number(first > other)) || a.serial - b.serial ||
    byRank(a.parent, b.parent);
}

export class Trust {
  records = [];

  #record(bytes, said, rest) {
    const record = {
      id: said.subject,
      keyNumber: said.keyNumber,
      publicKey: said.publicKey,
      first: hex(said.firstKey),
      name: said.name,
      country: said.country,
      serial: said.serial,
      statement: digest(bytes),
      from: Math.max(begins(said.notBefore ?? 0), rest.above?.from ?? 0),
      until: Math.min(ends(said.expires), rest.above?.until ?? Infinity),
      ...rest,
    };
    this.records.push(record);
    return record;
  }

  // A pin's scope is { countries, programmes, types }, of names; what is absent is the default.
  pin(bytes, scope = {}) {
    const statement = open(bytes, AUTHORITY);
    const said = authority.read(statement);
    if (!said.selfIssued || said.keyNumber !== 1 || said.signerKeyNumber !== 1) {
      flaw("not-self-signed");
    }
    if (!verify(statement.signature, statement.message, said.publicKey)) flaw("bad-signature");
    const countries = scope.countries ?? [said.country];
    if (!countries.includes(said.country)) flaw("out-of-scope");
    const byDefault = Object.keys(PROGRAMMES).filter((n) => PROGRAMMES[n][1].includes(said.country));
    return this.#record(bytes, said, {
      above: null, // the record whose key signed
      parent: null, // the record of the authority above; null for an anchor's keys
      signedBy: null, // the authority that signed, for its serials; null: itself
      level: 0,
      depth: 4,
      countries,
      programmes: bits(scope.programmes?.map(codeOf) ?? byDefault),
      types: bits(scope.types?.map(typeNumber) ?? [1, 2, 3, 4, 5, 6]),
    });
  }

  // Adds a statement below one record, or says why not.
  #addBelow(P, bytes, said) {
    if (!allows(P.types, AUTHORITY) || !P.countries.includes(said.country)) flaw("out-of-scope");
    let rest;
    if (said.selfIssued) {
      if (P.level !== 0 || P.keyNumber !== 1 || said.keyNumber === 1 || hex(said.firstKey) !== P.first) {
        flaw("out-of-scope");
      }
      const { level, depth, countries, programmes, types } = P;
      rest = { parent: null, level, depth, countries, programmes, types };
    } else {
      if (P.depth < 1 || P.level > 3) flaw("too-deep");
      rest = {
        parent: P,
        level: P.level + 1,
        depth: Math.min(said.depth, P.depth - 1),
        countries: said.countries.filter((country) => P.countries.includes(country)),
        programmes: said.programmes & P.programmes,
        types: BigInt(said.types) & P.types,
      };
    }
    const record = { first: hex(said.firstKey), ...rest };
    for (const other of this.records) {
      if (sameAuthority(other, record) && other.keyNumber === said.keyNumber &&
          hex(other.publicKey) !== hex(said.publicKey)) flaw("key-number-taken");
      if (sameAuthority(other.signedBy ?? other, P) && other.serial === said.serial &&
          other.statement !== digest(bytes)) flaw("serial-taken");
    }
    return this.#record(bytes, said, { ...rest, above: P, signedBy: P });
  }

  // Adds statements in any order, a child before its parent too. Returns those that found no place,
  // as [{ index, error }].
  add(statements) {
    const results = statements.map((bytes, index) => ({ index, error: "unknown-issuer", added: 0 }));
    const tried = new Set();
    for (let progress = true; progress;) {
      progress = false;
      statements.forEach((bytes, index) => {
        let statement;
        try {
          statement = open(bytes, AUTHORITY);
        } catch (error) {
          if (!(error instanceof Flaw)) throw error;
          results[index].error = error.error;
          return;
        }
        for (const P of [...this.records]) {
          const pair = `${index} ${this.records.indexOf(P)}`;
          if (P.id !== statement.signer || P.keyNumber !== statement.keyNumber) continue;
          if (tried.has(pair)) continue;
          tried.add(pair);
          try {
            if (!verify(statement.signature, statement.message, P.publicKey)) flaw("bad-signature");
            this.#addBelow(P, bytes, authority.read(statement));
            results[index].added++;
            progress = true;
          } catch (error) {
            if (!(error instanceof Flaw)) throw error;
            results[index].error = error.error;
          }
        }
      });
    }
    return results.filter(({ added }) => added === 0);
  }
}
