// The test of Garita itself, by this verifier: `garita` imports the bundles of golden/status and gives
// their verdicts, and what it exports says here what it says there.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readHave } from "./bundle.mjs";
import { moment } from "./golden.mjs";
import { hex } from "./statement.mjs";
import { newHome, vectors } from "./status.mjs";
import { verdict } from "./verdict.mjs";

// Runs garita in one folder, where all that it writes goes.
class Program {
  constructor(path, folder) {
    this.path = path;
    this.env = { PATH: process.env.PATH, LC_ALL: "C.UTF-8", HOME: folder };
  }

  run(home, ...args) {
    const { status, stdout, stderr, error } = spawnSync(this.path, [...args, "--home", home],
      { env: this.env, encoding: "utf8" });
    if (error) throw error;
    return { status, stdout, stderr };
  }

  // What has to be done; anything but 0 ends the test.
  must(home, ...args) {
    const { status, stderr } = this.run(home, ...args);
    if (status !== 0) throw new Error(`garita ${args.join(" ")}: ${status}\n${stderr}`);
  }
}

function pinAnchors(program, home, golden) {
  const { pins } = JSON.parse(readFileSync(join(golden, "trust.json")));
  program.must(home, "init");
  for (const { file, countries, programmes, types } of pins) {
    program.must(home, "trust", "add", join(golden, file), "--anchor", "--countries", countries.join(),
      "--programmes", programmes.join(), "--types", types.join());
  }
}

function scan(program, home, golden, { card, lane, now }) {
  const { stdout, stderr } = program.run(home, "scan", join(golden, `status/cards/${card}.bin`),
    "--lane", lane, "--now", now, "--json");
  try {
    const { verdict, reason } = JSON.parse(stdout);
    return `${verdict} ${reason}`;
  } catch {
    return `nothing: ${stdout} ${stderr}`;
  }
}

// What a home cannot pass on, though it knows it.
const KEPT = {
  "false-set-then-more": "form 4 is found by who follows each head; here the newest is right again",
  "head-of-a-revoked-key-revoked": "nobody takes the head that the revocation came with",
  "snapshot-upon-a-fork-revoked": "what a snapshot revokes is in no batch that could be evidence",
};

// A home that has imported these bundles; and what came of it, here and there.
function homeTest(test, program, work, golden, { name, bundles, imported }) {
  const home = join(work, "home");
  const [book, files] = [newHome(golden), [join(work, "export.gtb"), join(work, "have.bin")]];
  for (const file of [home, ...files]) rmSync(file, { recursive: true, force: true });
  cpSync(join(work, "pinned"), home, { recursive: true });
  for (const bundle of bundles) {
    const file = join(golden, `status/bundles/${bundle}.bin`);
    const { refused, results, error } = book.import(readFileSync(file));
    const bad = error !== null || results.some(({ outcome }) => outcome === "mismatch") ||
      refused.some(({ error }) => ["bad-signature", "not-proven", "date-order"].includes(error));
    const { status } = program.run(home, "sync", "import", file, "--now", imported);
    if (bad) test(`garita, ${name}: import of ${bundle}`, status, 65);
  }

  program.must(home, "sync", "have", "-o", files[1]);
  const plain = ({ id, size, root, signedAt }) => ({ id, size, root: hex(root), signedAt });
  test(`garita, ${name}: what it has`,
    readHave(readFileSync(files[1])).logs.map((log) => plain({ ...log, id: hex(log.id) })),
    book.heads().map(({ id, head }) => plain({ ...head, id })));

  program.must(home, "sync", "export", "-o", files[0], "--now", imported);
  const exported = newHome(golden);
  const { refused, error } = exported.import(readFileSync(files[0]));
  test(`garita, ${name}: its export is read whole`, { refused, error }, { refused: [], error: null });
  return { home, exported };
}

function verdictTest(test, program, golden, { home, exported }, vector) {
  const { name, card, lane, now, imported } = vector;
  const wanted = `${vector.verdict} ${vector.reason}`;
  test(`garita, verdict ${name}`, scan(program, home, golden, vector), wanted);
  if (name in KEPT) return;
  const { text } = JSON.parse(readFileSync(join(golden, `status/cards/${card}.json`)));
  const { verdict: outcome, reason } =
    verdict(exported.trust, text, lane, moment(now), exported, exported.floor(moment(imported)));
  test(`garita, verdict ${name}: by its export`, `${outcome} ${reason}`, wanted);
}

export function run(test, path, golden) {
  const work = mkdtempSync(join(process.cwd(), "homes-"));
  try {
    const program = new Program(path, work);
    pinAnchors(program, join(work, "pinned"), golden);
    const alike = new Map(); // vectors by what they import, and when
    for (const vector of vectors(golden, "verdicts")) {
      const key = JSON.stringify([vector.bundles, vector.imported]);
      alike.set(key, [...alike.get(key) ?? [], vector]);
    }
    for (const [first, ...others] of alike.values()) {
      const home = homeTest(test, program, work, golden, first);
      for (const vector of [first, ...others]) verdictTest(test, program, golden, home, vector);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
