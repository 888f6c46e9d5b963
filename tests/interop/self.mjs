// Tests of this verifier itself, on statements that it makes: the parts of the page that the golden
// vectors cannot reach through a verdict, and a first line of defence where they are not yet made.

import { existsSync, readFileSync } from "node:fs";
import * as authority from "./authority.mjs";
import * as base45 from "./base45.mjs";
import { Walker } from "./canonical.mjs";
import * as credential from "./credential.mjs";
import { flaw } from "./flaw.mjs";
import { encode, pairs, raw, seal, text } from "./make.mjs";
import { mutations } from "./mutate.mjs";
import { authorityId, challenge, isGoodKey, Point, publicKeyOf, verify } from "./signature.mjs";
import { open, typeNumber } from "./statement.mjs";
import { Trust } from "./trust.mjs";
import { verdict } from "./verdict.mjs";

const seeds = (n) => Buffer.alloc(32, n);
const keyOf = (n) => Buffer.from(publicKeyOf(seeds(n)));
const idOf = (n) => Buffer.from(authorityId(keyOf(n)), "hex");
const noon = (day) => Date.parse(`${day}T12:00:00Z`) / 1000;

function errorOf(act) {
  try {
    act();
    return null;
  } catch (error) {
    return error.error ?? String(error.stack);
  }
}

// The parts of a map by key; undefined leaves a key out.
const map = (fields) => pairs(...Object.entries(fields)
  .filter(([, value]) => value !== undefined)
  .map(([key, value]) => [BigInt(key), value]));

const holder = (changes = {}) => map({
  0: "José Núñez", 1: 19880402, 2: "MEX",
  3: map({ 0: 1, 1: "MEX", 2: "G12345678" }), ...changes,
});

const card = (changes = {}) => map({
  0: 1, 1: 2, 2: idOf(2), 3: 1, 4: 1, 5: 20454, 6: 22280, 7: 1,
  8: holder(), 9: map({ 0: "ACME-1" }), ...changes,
});

const company = map({ 0: "CTPAT-1", 1: "Imports", 2: "USA" });

const anchor = (changes = {}) => map({
  0: 1, 1: 1, 2: idOf(1), 3: 1, 4: 1, 6: 25000, 7: idOf(1), 8: 1, 9: keyOf(1),
  11: "Anchor", 12: "USA", ...changes,
});

const agency = (changes = {}) => map({
  0: 1, 1: 1, 2: idOf(1), 3: 1, 4: 2, 5: 20000, 6: 23000, 7: idOf(2), 8: 1, 9: keyOf(2),
  11: "Agency", 12: "USA", 13: ["MEX", "USA"], 14: 0b11110, 15: 0b110, 16: 1, ...changes,
});

const word = (map, signer) => seal(encode(map), seeds(signer), "authority");

export function run(test) {
  base45Tests(test);
  canonicalTests(test);
  signatureTests(test);
  credentialTests(test);
  authorityTests(test);
  chainTests(test);
}

function base45Tests(test) {
  const codes = { "AB": "BB8", "Hello!!": "%69 VD92EX0", "base-45": "UJCLQE7W581", "ietf!": "QED8WEX0", "": "" };
  for (const [plain, code] of Object.entries(codes)) {
    test(`base45 ${plain}`, base45.encode(Buffer.from(plain)), code);
    test(`base45 ${code}`, Buffer.from(base45.decode(code)).toString(), plain);
  }
  for (const wrong of ["A", "BB8A", "GGW", ":::", "::", "V5", "bb8", "B\u00e98", "BB\n", "=BB"]) {
    test(`base45 refuses ${JSON.stringify(wrong)}`, errorOf(() => base45.decode(wrong)), "base45");
  }
  test("base45 takes 0xff", base45.decode("U5").join(), "255");
  test("base45 takes 0xffff", base45.decode("FGW").join(), "255,255");
}

// A statement's map, no key of which is known.
function walk(bytes, deepest) {
  const walker = new Walker(bytes, 0, bytes.length, deepest);
  walker.skip(1);
  if (walker.at !== bytes.length) flaw("trailing");
}

function canonicalTests(test) {
  const cases = {
    "": "truncated", "80": null, "8100": "truncated", "8000": "trailing", "c0": null, "90": null,
    "8100c0": null, "8100c2": null, "8100c3": null, "81007f": null, "8100cc7f": "not-minimal", "8100cc80": null,
    "8100cd00ff": "not-minimal", "8100cd0100": null, "8100ce0000ffff": "not-minimal", "8100ce00010000": null,
    "8100cf00000000ffffffff": "not-minimal", "8100cf0000000100000000": null, "8100cfffffffffffffffff": null,
    "8100ff": null, "8100e0": null, "8100d0e0": "not-minimal", "8100d0df": null, "8100d080": null,
    "8100d000": "not-minimal", "8100d1ff80": "not-minimal", "8100d1ff7f": null, "8100d18000": null, "8100d10080": "not-minimal",
    "8100d2ffff8000": "not-minimal", "8100d2ffff7fff": null, "8100d3ffffffff80000000": "not-minimal",
    "8100d3ffffffff7fffffff": null, "8100d38000000000000000": null, "8100d37fffffffffffffff": "not-minimal",
    "8100cd01": "truncated", "8100cc": "truncated", "8100c400": null, "8100c401": "truncated", "8100c40100": null,
    "8100c50001ff": "not-minimal", "8100c600000000": "forbidden-kind", "8100c1": "forbidden-kind",
    "8100c70000": "forbidden-kind", "8100ca00000000": "forbidden-kind", "8100cb0000000000000000": "forbidden-kind",
    "8100d40000": "forbidden-kind", "8100d80000": "forbidden-kind", "8100db00000000": "forbidden-kind",
    "8100dd00000000": "forbidden-kind", "8100df00000000": "forbidden-kind", "df00000000": "forbidden-kind",
    "8100a0": null, "8100a161": null, "8100a261": "truncated", "8100d90161": "not-minimal", "8100da000161": "not-minimal",
    "8100dc0000": "not-minimal", "8100de0000": "not-minimal", "de00010001": "not-minimal",
    "82000001": "truncated", "8200000000": "key-order", "8201000000": "key-order", "8200000100": null,
    "81ff00": "key-kind", "81a000": "key-kind", "81a1610000": "key-kind", "81c000": "key-kind", "81c20000": "key-kind",
    "81cc0000": "not-minimal", "818000": "key-kind", "81900000": "key-kind", "810081ff00": "key-kind", "81cc8000": "range", "817f00": null, "8100817f00": null, "810081cc8000": "range", "8100cf8000000000000000": null,
    "81ca0000000000": "forbidden-kind",
    "8100a180": "utf8", "8100a1ff": "utf8", "8100a2c080": "utf8", "8100a2c1bf": "utf8", "8100a2c280": "unsafe-text",
    "8100a3e08080": "utf8", "8100a3eda080": "utf8", "8100a3edbfbf": "utf8", "8100a4f0808080": "utf8",
    "8100a4f48fbfbf": null, "8100a4f4908080": "utf8", "8100a5f888808080": "utf8", "8100a3efbbbf": null, "8100a3efbfbf": null,
    "8100a100": "unsafe-text", "8100a11f": "unsafe-text", "8100a120": null, "8100a17e": null, "8100a17f": "unsafe-text",
    "8100a2c29f": "unsafe-text", "8100a2c2a0": null, "8100a2c2ad": null, "8100a3e280a7": null, "8100a3e280a8": "unsafe-text", "8100a3e280a9": "unsafe-text",
    "8100a2d89c": "unsafe-text", "8100a2d89b": null, "8100a3e2808d": null, "8100a3e2808e": "unsafe-text", "8100a3e2808f": "unsafe-text", "8100a3e28090": null,
    "8100a3e280aa": "unsafe-text", "8100a3e280ae": "unsafe-text", "8100a3e280af": null, "8100a3e281a5": null,
    "8100a3e281a6": "unsafe-text", "8100a3e281a9": "unsafe-text", "8100a3e281aa": null,
    "810081810000": "key-kind", "8100810090": null, "810081008100c0": null, "81008100810080": "depth", "81009190": null, "8100919190": "depth",
    "deffff": "truncated", "8100dcffff": "truncated", "8100daffff": "truncated", "8100c5ffff": "truncated",
  };
  for (const [hex, error] of Object.entries(cases)) {
    const bytes = Buffer.from(hex, "hex");
    test(`canonical ${hex}`, errorOf(() => walk(bytes, 3)), error);
  }
}

// Signatures at the edges where libraries differ, made out of the curve's arithmetic.
function signatureTests(test) {
  const L = Point.Fn.ORDER;
  const P = Point.Fp.ORDER;
  const little = (n) => Buffer.from(n.toString(16).padStart(64, "0"), "hex").reverse();
  const message = Buffer.from("a message");
  const eight = torsion();
  const a = 0x1234567890abcdefn;
  const sign = (A, r, R = Point.BASE.multiply(r).toBytes()) => {
    const k = challenge(R, A, message);
    return { k, signature: Buffer.concat([R, little((r + k * a) % L)]) };
  };
  const find = (A, wanted) => {
    for (let r = 1n; ; r++) if (wanted(sign(A, r).k % 8n)) return sign(A, r).signature;
  };

  const A = Buffer.from(Point.BASE.multiply(a).toBytes());
  const { signature } = sign(A, 5n);
  test("signature, plain", verify(signature, message, A), true);
  const S = BigInt("0x" + Buffer.from(signature.subarray(32)).reverse().toString("hex"));
  test("signature, S + L", verify(Buffer.concat([signature.subarray(0, 32), little(S + L)]), message, A), false);

  const mixed = Buffer.from(Point.BASE.multiply(a).add(eight).toBytes());
  test("mixed key is not good", isGoodKey(mixed), false);
  test("mixed key, k = 0 mod 8", verify(find(mixed, (k) => k === 0n), message, mixed), true);
  test("mixed key, k = 1 mod 8: no cofactor", verify(find(mixed, (k) => k === 1n), message, mixed), false);

  for (let i = 0n, T = Point.ZERO; i < 8n; i++, T = T.add(eight)) {
    const key = Buffer.from(T.toBytes());
    test(`key of small order ${i} is not good`, isGoodKey(key), false);
    // R = [S]B - [k]T with k = 0 mod 8 is [S]B.
    for (let s = 1n; ; s++) {
      const R = Point.BASE.multiply(s).toBytes();
      if (challenge(R, key, message) % 8n !== 0n) continue;
      test(`key of small order ${i}`, verify(Buffer.concat([R, little(s)]), message, key), false);
      break;
    }
    // S = k a makes [S]B - [k]A the neutral point.
    const k = challenge(key, A, message);
    test(`R of small order ${i}`, verify(Buffer.concat([key, little((k * a) % L)]), message, A), false);
  }

  // Encodings of y not below p: of small order, and of a point that is not.
  for (const y of [P, P + 1n]) {
    for (const sign of [0n, 1n << 255n]) {
      const key = little(y | sign);
      test(`key y = ${y} ${sign}`, isGoodKey(key), false);
      const k = challenge(key, A, message);
      test(`R with y = p + ${y - P}`, verify(Buffer.concat([key, little((k * a) % L)]), message, A), false);
    }
  }
  test("key with x = -0", isGoodKey(little(1n | (1n << 255n))), false);
  for (let y = 2n; y < 19n; y++) test(`key y = p + ${y}`, isGoodKey(little(P + y)), false);
}

// A point of order eight: some point times the order of the main subgroup.
function torsion() {
  for (let y = 2; ; y++) {
    const bytes = Buffer.alloc(32);
    bytes[0] = y;
    try {
      const point = Point.fromBytes(Uint8Array.from(bytes));
      // multiplyUnsafe takes scalars below the order only.
      const T = point.multiplyUnsafe(Point.Fn.ORDER - 1n).add(point);
      if (!T.double().double().equals(Point.ZERO)) return T;
    } catch {
      // no point has this y
    }
  }
}

const readCard = (node) => credential.read(open(seal(encode(node), seeds(2)), typeNumber("credential")));

function credentialTests(test) {
  const document = (changes) => holder({ 3: map({ 0: 1, 1: "MEX", 2: "G1", ...changes }) });
  const cases = [
    ["as it is", {}, null],
    ["version 0", { 0: 0 }, "unsupported-version"],
    ["version 2", { 0: 2 }, "unsupported-version"],
    ["version as text", { 0: "1" }, "wrong-kind"],
    ["type 0", { 1: 0 }, "unknown-type"],
    ["type 9", { 1: 9 }, "wrong-type"],
    ["type 10", { 1: 10 }, "unknown-type"],
    ["type 1", { 1: 1 }, "wrong-type"],
    ["type 3", { 1: 3 }, "wrong-type"],
    ["type 6", { 1: 6 }, "wrong-type"],
    ["type 7", { 1: 7 }, "unknown-type"],
    ["type 8", { 1: 8 }, "unknown-type"],
    ["short id", { 2: Buffer.alloc(7) }, "range"],
    ["key number 0", { 3: 0 }, "range"],
    ["key number 256", { 3: 256 }, "range"],
    ["key number 255", { 3: 255 }, null],
    ["serial 0", { 4: 0 }, "range"],
    ["serial most", { 4: 4294967295 }, null],
    ["serial more", { 4: 4294967296 }, "range"],
    ["serial nil", { 4: null }, "wrong-kind"],
    ["day more", { 6: 65536 }, "range"],
    ["day most", { 6: 65535 }, null],
    ["day negative", { 5: -1 }, "wrong-kind"],
    ["dates equal", { 5: 22280 }, null],
    ["dates turned", { 5: 22281 }, "date-order"],
    ["programme 62", { 7: 62 }, null],
    ["programme 63", { 7: 63 }, "range"],
    ["no programme", { 7: undefined }, "missing-key"],
    ["no employer", { 9: undefined }, null],
    ["employer's name", { 9: map({ 0: "A", 1: "B" }) }, null],
    ["employer without id", { 9: map({ 1: "B" }) }, "missing-key"],
    ["employer empty", { 9: map({ 0: "" }) }, "empty"],
    ["employer long", { 9: map({ 0: "é".repeat(32) + "x" }) }, "range"],
    ["a company's map as a number", { 10: 0 }, "wrong-kind"],
    ["critical key", { 12: 0 }, "unknown-key"],
    ["a holder and a company", { 9: undefined, 10: company }, "shape"],
    ["a company", { 8: undefined, 9: undefined, 10: company }, null],
    ["a company's employer", { 8: undefined, 10: company }, "shape"],
    ["a vehicle", { 8: undefined, 9: undefined, 11: map({ 0: "MEX", 1: "AB-12 3" }) }, null],
    ["a plate in lower case", { 8: undefined, 9: undefined, 11: map({ 0: "MEX", 1: "ab" }) }, "range"],
    ["about nothing", { 8: undefined, 9: undefined }, "missing-key"],
    ["critical key 63", { 63: 0 }, "unknown-key"],
    ["ignorable key", { 64: pairs([127n, [1, "x"]]) }, null],
    ["key 128 in an ignorable value", { 64: pairs([128n, 0]) }, "range"],
    ["ignorable key 127", { 127: -5 }, null],
    ["ignorable, not canonical", { 64: raw("cc01") }, "not-minimal"],
    ["ignorable text over 200 bytes, with a mark", { 64: "\ufeff" + "x".repeat(300) }, null],
    ["ignorable deep", { 64: [[[[[[[]]]]]]] }, null],
    ["ignorable too deep", { 64: [[[[[[[[]]]]]]]] }, "depth"],
    ["key 128", { 128: 0 }, "range"],
    ["key of 64 bits", { "18446744073709551615": 0 }, "range"],
    ["holder no map", { 8: [] }, "wrong-kind"],
    ["holder's critical key", { 8: holder({ 4: 0 }) }, "unknown-key"],
    ["holder's ignorable key", { 8: holder({ 64: 0 }) }, null],
    ["holder's key 128", { 8: holder({ 128: 0 }) }, "range"],
    ["name of 200 bytes", { 8: holder({ 0: "é".repeat(100) }) }, null],
    ["name of 201 bytes", { 8: holder({ 0: "é".repeat(100) + "x" }) }, "range"],
    ["name as bin", { 8: holder({ 0: Buffer.from("X") }) }, "wrong-kind"],
    ["birth, month open", { 8: holder({ 1: 19880000 }) }, null],
    ["birth, day open", { 8: holder({ 1: 19880200 }) }, null],
    ["birth, month open, day not", { 8: holder({ 1: 19880001 }) }, "date"],
    ["birth 29 February", { 8: holder({ 1: 20000229 }) }, null],
    ["birth no 29 February", { 8: holder({ 1: 19000229 }) }, "date"],
    ["birth month 13", { 8: holder({ 1: 19881301 }) }, "date"],
    ["birth 31 April", { 8: holder({ 1: 19880431 }) }, "date"],
    ["birth 1849", { 8: holder({ 1: 18491231 }) }, "date"],
    ["birth 2149", { 8: holder({ 1: 21491231 }) }, null],
    ["birth 2150", { 8: holder({ 1: 21500101 }) }, "date"],
    ["Germany", { 8: holder({ 2: "D" }) }, null],
    ["country lower", { 8: holder({ 2: "mex" }) }, "country"],
    ["country of two", { 8: holder({ 2: "MX" }) }, "country"],
    ["document type 0", { 8: document({ 0: 0 }) }, "range"],
    ["document type 63", { 8: document({ 0: 63 }) }, null],
    ["document type 64", { 8: document({ 0: 64 }) }, "range"],
    ["document number", { 8: document({ 2: "A-9/.< 0" }) }, null],
    ["document number lower", { 8: document({ 2: "a" }) }, "range"],
    ["document number long", { 8: document({ 2: "A".repeat(25) }) }, "range"],
    ["document without country", { 8: document({ 1: undefined }) }, "missing-key"],
  ];
  for (const [name, changes, error] of cases) {
    test(`credential, ${name}`, errorOf(() => readCard(card(changes))), error);
  }
  const bytes = seal(encode(card()), seeds(2));
  test("too long", errorOf(() => open(Buffer.alloc(2049), 2)), "too-long");
  test("too short", errorOf(() => open(bytes.subarray(0, 67), 2)), "truncated");
  test("no envelope", errorOf(() => open(Buffer.concat([Buffer.of(0x93), bytes.subarray(1)]), 2)), "envelope");
  test("cut", errorOf(() => open(bytes.subarray(0, -1), 2)), "envelope");
}

function authorityTests(test) {
  const read = (node, signer) => authority.read(open(word(node, signer), typeNumber("authority")));
  const bad = Buffer.alloc(32);
  bad[0] = 1; // the neutral point
  const cases = [
    ["anchor", anchor(), null],
    ["agency", agency(), null],
    ["anchor with a scope", anchor({ 13: ["USA"] }), "unknown-key"],
    ["agency without one", agency({ 15: undefined }), "missing-key"],
    ["no key 9", agency({ 9: undefined }), "missing-key"],
    ["key of small order", agency({ 9: bad }), "bad-key"],
    ["key of 31 bytes", agency({ 9: bad.subarray(1) }), "range"],
    ["another's id", agency({ 7: idOf(3) }), "id-mismatch"],
    ["second key without the first", agency({ 8: 2 }), "missing-key"],
    ["second key", agency({ 8: 2, 9: keyOf(3), 10: keyOf(2) }), null],
    ["first key with a first", agency({ 10: keyOf(2) }), "unknown-key"],
    ["countries turned", agency({ 13: ["USA", "MEX"] }), "key-order"],
    ["countries twice", agency({ 13: ["USA", "USA"] }), "key-order"],
    ["no countries", agency({ 13: [] }), "empty"],
    ["programmes 2^63", agency({ 14: 1n << 63n }), "range"],
    ["programmes most", agency({ 14: (1n << 63n) - 1n }), null],
    ["types 2^32", agency({ 15: 1n << 32n }), "range"],
    ["depth 5", agency({ 16: 5 }), "range"],
    ["ignorable key", agency({ 64: 0 }), "unknown-key"],
    ["key 128", agency({ 128: 0 }), "range"],
    ["dates turned", agency({ 5: 23001 }), "date-order"],
  ];
  for (const [name, node, error] of cases) {
    test(`authority, ${name}`, errorOf(() => read(node, 1)), error);
  }
  for (const n of [1, 2, 3]) test(`key ${n} is good`, isGoodKey(keyOf(n)), true);
}

function chainTests(test) {
  const judge = (trust, node, signer, lane = "any", now = noon("2026-06-01")) => {
    const { verdict: outcome, reason } = verdict(trust, text(seal(encode(node), seeds(signer))), lane, now);
    return `${outcome} ${reason}`;
  };
  const trusted = (statements, scope) => {
    const trust = new Trust();
    trust.pin(word(anchor(), 1), scope);
    const left = trust.add(statements);
    return { trust, left: left.map(({ error }) => error).join() };
  };
  const { trust, left } = trusted([word(agency(), 1)]);
  test("an agency is added", left, "");
  test("accepted", judge(trust, card(), 2), "accept ok");
  test("no status", judge(trust, card(), 2, "default"), "refer status-missing");
  test("no clock", judge(trust, card(), 2, "any", null), "refer clock-unknown");
  test("unknown issuer", judge(trust, card({ 2: idOf(3) }), 3), "reject unknown-issuer");
  test("unknown key number", judge(trust, card({ 3: 2 }), 2), "reject unknown-issuer");
  test("another's signature", judge(trust, card(), 3), "reject bad-signature");
  test("programme 5", judge(trust, card({ 7: 5 }), 2), "reject out-of-scope");
  test("programme unknown", judge(trust, card({ 7: 60 }), 2), "reject out-of-scope");
  test("a flaw behind a bad signature", judge(trust, card({ 12: 0 }), 3), "reject bad-signature");
  test("a flaw behind a good one", judge(trust, card({ 12: 0 }), 2), "reject unsupported-version");
  test("before", judge(trust, card(), 2, "any", begins("2026-01-01") - 1), "reject not-yet-valid");
  test("from the first second", judge(trust, card(), 2, "any", begins("2026-01-01")), "accept ok");
  test("to the last", judge(trust, card(), 2, "any", noon("2031-01-02") - 1), "accept ok");
  test("after", judge(trust, card(), 2, "any", noon("2031-01-02")), "reject expired");
  test("issuer before", judge(trust, card({ 5: 0 }), 2, "any", begins("2024-10-04") - 1), "reject issuer-not-yet-valid");
  test("issuer after", judge(trust, card({ 6: 65535 }), 2, "any", noon("2032-12-22")), "reject issuer-expired");
  test("foreign", verdict(trust, "HC1:ABC", "any", 0).reason, "foreign-qr");
  test("lower case", verdict(trust, "gt1:abc", "any", 0).reason, "malformed");
  test("GT1 alone", verdict(trust, "GT1", "any", 0).reason, "malformed");
  test("nothing", verdict(trust, "", "any", 0).reason, "foreign-qr");
  test("too much text", verdict(trust, "GT1:" + "0".repeat(3075), "any", 0).error, "too-long");

  test("a country outside", trusted([word(agency({ 12: "MEX" }), 1)]).left, "out-of-scope");
  test("a country in the pin", trusted([word(agency({ 12: "MEX" }), 1)], { countries: ["MEX", "USA"] }).left, "");
  test("a pin without authority", trusted([word(agency(), 1)], { types: ["credential"] }).left, "out-of-scope");
  test("not signed by the anchor", trusted([word(agency(), 3)]).left, "bad-signature");
  test("a serial twice", trusted([word(agency({ 4: 1 }), 1)]).left, "serial-taken");
  test("a renewal", trusted([word(agency(), 1), word(agency({ 4: 3, 6: 24000 }), 1)]).left, "");
  test("another key by one number", trusted([word(agency({ 8: 2, 9: keyOf(3), 10: keyOf(2) }), 1),
    word(agency({ 4: 3, 8: 2, 9: keyOf(4), 10: keyOf(2) }), 1)]).left, "key-number-taken");
  test("a pin that another signed", errorOf(() => new Trust().pin(word(anchor(), 2))), "bad-signature");
  test("a pin of an agency", errorOf(() => new Trust().pin(word(agency(), 1))), "not-self-signed");
  test("a pin without its country", errorOf(() => new Trust().pin(word(anchor(), 1), { countries: ["MEX"] })), "out-of-scope");

  // A child below the agency, whose statement comes first; it cannot do what the agency cannot.
  const child = (changes) => agency({ 2: idOf(2), 4: 9, 6: 24000, 7: idOf(3), 9: keyOf(3), 14: (1n << 62n) - 1n, 15: 0xffff, 16: 4, ...changes });
  const below = trusted([word(child(), 2), word(agency(), 1)]);
  test("a child is added, in any order", below.left, "");
  test("a child's card", judge(below.trust, card({ 2: idOf(3) }), 3), "accept ok");
  test("a child's card outside", judge(below.trust, card({ 2: idOf(3), 7: 5 }), 3), "reject out-of-scope");
  test("a child after its parent", judge(below.trust, card({ 2: idOf(3), 6: 65535 }), 3, "any", noon("2032-12-22")), "reject issuer-expired");
  test("too deep", trusted([word(agency({ 16: 0 }), 1), word(child(), 2)]).left, "too-deep");
  test("a grandchild too deep", trusted([word(agency(), 1), word(child(), 2),
    word(agency({ 2: idOf(3), 7: idOf(4), 9: keyOf(4) }), 3)]).left, "too-deep");
  const second = word(anchor({ 4: 5, 8: 2, 9: keyOf(7), 10: keyOf(1) }), 1);
  const rotated = trusted([second, word(agency({ 3: 2 }), 7)]);
  test("an anchor's second key", rotated.left, "");
  test("a card below it", judge(rotated.trust, card(), 2), "accept ok");
  test("an anchor's third key by its second", trusted([second,
    word(anchor({ 3: 2, 4: 6, 8: 3, 9: keyOf(6), 10: keyOf(1) }), 7)]).left, "out-of-scope");
  test("an agency's own second key", trusted([word(agency(), 1),
    word(anchor({ 2: idOf(2), 7: idOf(2), 8: 2, 9: keyOf(3), 10: keyOf(2) }), 2)]).left, "out-of-scope");

  let kept = 0;
  const wrong = [];
  for (const { what, text: changed, error } of mutations(seal(encode(card()), seeds(2)), seeds(2), 5)) {
    const found = verdict(trust, changed, "any", noon("2026-06-01"));
    const right = ["reject", "none"].includes(found.verdict) && (error === undefined || found.error === error);
    if (right) kept++;
    else wrong.push(`${what}: ${found.verdict} ${found.reason} ${found.error}, not ${error ?? "refused"}`);
  }
  test(`mutations of a made card (${kept} refused)`, wrong.join("\n    "), "");
}

const begins = (day) => Date.parse(`${day}T00:00:00Z`) / 1000;

// Wycheproof's signatures. Its keys and R are canonical or refused in it too, so the page's rule,
// which is stricter in such cases only, has to agree with every result.
export function wycheproof(test, path) {
  if (!existsSync(path)) return false;
  for (const { publicKey, tests } of JSON.parse(readFileSync(path)).testGroups) {
    for (const { tcId, comment, msg, sig, result } of tests) {
      const [key, message, signature] = [publicKey.pk, msg, sig].map((hex) => Buffer.from(hex, "hex"));
      test(`wycheproof ${tcId} ${comment}`, verify(signature, message, key) ? "valid" : "invalid", result);
    }
  }
  return true;
}
