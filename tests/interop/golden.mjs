// The golden set: keys, trust and vectors, as fixtures/golden/README.md lays them out.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Trust } from "./trust.mjs";

const json = (path) => JSON.parse(readFileSync(path, "utf8"));

export const readKeys = (folder) => json(join(folder, "keys.json"));

// The pins and the statements of trust.json, and what of them found no place. Both come last to first, if told.
export function readTrust(folder, isReversed = false) {
  const { pins, statements } = json(join(folder, "trust.json"));
  for (const list of isReversed ? [pins, statements] : []) list.reverse();
  const trust = new Trust();
  const bytes = (file) => readFileSync(join(folder, file));
  for (const { file, ...scope } of pins) trust.pin(bytes(file), scope);
  const left = trust.add(statements.map(bytes));
  return { trust, left: left.map(({ index, error }) => ({ file: statements[index], error })) };
}

// What each authority's record has to be: { name, record }.
export function readRecords(folder) {
  const { pins, statements } = json(join(folder, "trust.json"));
  return [...pins.map(({ file }) => file), ...statements].map((file) => ({
    ...json(join(folder, file.replace(/bin$/, "json"))),
    statement: readFileSync(join(folder, file)),
    file,
  }));
}

// The statements that the trust set may not take.
export function readRefused(folder) {
  const refused = join(folder, "refused");
  return readdirSync(refused).filter((name) => name.endsWith(".json")).sort().map((name) => ({
    ...json(join(refused, name)),
    bytes: readFileSync(join(refused, name.replace(/json$/, "bin"))),
  }));
}

export function readVectors(folder) {
  const vectors = join(folder, "vectors");
  return readdirSync(vectors).filter((name) => name.endsWith(".json")).sort().map((name) => {
    const stem = join(vectors, name.slice(0, -5));
    return {
      ...json(`${stem}.json`),
      bytes: existsSync(`${stem}.bin`) ? readFileSync(`${stem}.bin`) : null,
      text: readFileSync(`${stem}.txt`, "utf8"),
    };
  });
}

// The moment of an RFC 3339 time, in seconds; null is no clock.
export function moment(time) {
  if (time === null || time === undefined) return null;
  const milliseconds = Date.parse(time);
  if (Number.isNaN(milliseconds)) throw new Error(`no time: ${time}`);
  return Math.floor(milliseconds / 1000);
}
