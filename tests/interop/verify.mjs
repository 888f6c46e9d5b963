#!/usr/bin/env node
// Reads GT1 texts, a line each, and prints the verdict of each as a line of JSON.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { moment, readTrust } from "./golden.mjs";
import { verdict } from "./verdict.mjs";

const USAGE = "usage: verify.mjs --trust FOLDER [--lane default|any] [--now TIME] [FILE]\n" +
  "FOLDER holds a trust.json and the statements that it names; without FILE, standard input is read.";

let options;
try {
  options = parseArgs({
    allowPositionals: true,
    options: { trust: { type: "string" }, lane: { type: "string", default: "default" }, now: { type: "string" } },
  });
  if (!options.values.trust || options.positionals.length > 1) throw new Error("which trust?");
} catch (error) {
  console.error(`${error.message}\n${USAGE}`);
  process.exit(64);
}

const { trust: folder, lane, now } = options.values;
const { trust, left } = readTrust(folder);
for (const { file, error } of left) console.error(`${file}: not added: ${error}`);

let worst = 0;
const lines = readFileSync(options.positionals[0] ?? 0, "utf8").split(/\r?\n/);
if (lines.at(-1) === "") lines.pop();
for (const line of lines) {
  const found = verdict(trust, line, lane, moment(now ?? new Date().toISOString()));
  console.log(JSON.stringify(found));
  worst = Math.max(worst, ["accept", "reject", "refer"].indexOf(found.verdict));
  if (found.verdict === "none") worst = 65;
}
process.exit(worst);
