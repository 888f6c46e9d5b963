// What is one step away from an accepted statement is refused: bits, lengths, and encodings that
// say the same in other bytes, these also under a good signature.

import * as msgpack from "@msgpack/msgpack";
import { encode, misencodings, parse, seal, text } from "./make.mjs";

const LONGEST = 2048;

// Yields { what, text, error } where error, if given, is what a reader has to find. Of each kind of
// mutation, it yields every `step`th beginning with number `phase`.
export function* mutations(statement, seed, step = 1, phase = 0) {
  const counts = new Map();
  for (const [kind, mutation] of all(statement, seed)) {
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    if (count % step === phase % step) yield mutation();
  }
}

// Yields [kind, () => mutation].
function* all(statement, seed) {
  const bytes = Buffer.from(statement);
  const map = bytes.subarray(1, -66);
  const signature = bytes.subarray(-66);
  const whole = text(bytes);
  const sent = (kind, what, make) => [kind, () => ({ what, text: make() })];

  for (let bit = 0; bit < bytes.length * 8; bit++) {
    yield sent("bits", `bit ${bit & 7} of byte ${bit >> 3} flipped`, () => {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] ^= 1 << (bit & 7);
      return text(flipped);
    });
  }
  for (let length = 0; length < bytes.length; length++) {
    yield sent("cuts", `cut to ${length} bytes`, () => text(bytes.subarray(0, length)));
  }
  for (let length = 0; length < map.length; length++) {
    yield sent("map cuts", `map cut to ${length} bytes`,
      () => text(Buffer.concat([bytes.subarray(0, 1 + length), signature])));
  }
  for (let length = 0; length < whole.length; length++) {
    yield sent("text cuts", `text cut to ${length} characters`, () => whole.slice(0, length));
  }
  const lower = (code) => code.toLowerCase();
  yield sent("byte", "a byte behind", () => text(Buffer.concat([bytes, Buffer.of(0)])));
  yield sent("lower", "lower case", () => lower(whole));
  yield sent("lower one", "a lower case letter", () => whole.replace(/[A-Z](?=[^A-Z]*$)/, lower));
  yield sent("space", "a space behind", () => whole + " ");
  yield sent("line", "a line end behind", () => whole + "\n");

  // The same map as the library encodes it, which makes keys strings, and numbers floats.
  const value = msgpack.decode(map, { useBigInt64: true });
  const float = { forceIntegerToFloat: true };
  for (const options of [{}, float, { ...float, forceFloat32: true }]) {
    const what = `the library's encoding ${JSON.stringify(options)}`;
    const encoded = Buffer.from(msgpack.encode(value, { useBigInt64: true, ...options }));
    yield sent(what, what, () => text(Buffer.concat([Buffer.of(0x92), encoded, signature])));
    if (seed) yield signed(what, what, encoded, seed, "key-kind");
  }
  if (!seed) return;

  const root = parse(map);
  for (const { bytes: wrong, error } of misencodings(root)) {
    yield signed("heads", `a head not the shortest, ${wrong.length} for ${map.length} bytes`, wrong, seed, error);
  }
  const trailing = Buffer.concat([map, Buffer.of(0xc0)]);
  yield signed("trailing", "a value behind the map", trailing, seed, "trailing");
  for (let length = 1; length < map.length; length++) {
    yield signed("signed cuts", `the map cut to ${length} bytes`, map.subarray(0, length), seed);
  }
  for (let i = 8; i < root.items.length; i += 2) {
    const key = root.items[i].n;
    const pair = root.items.slice(i, i + 2);
    const [before, after] = [root.items.slice(0, i), root.items.slice(i + 2)];
    const again = { kind: "map", items: [...before, ...pair, ...pair, ...after] };
    yield signed("twice", `key ${key} twice`, encode(again), seed, "key-order");
    const early = { kind: "map", items: [...before.slice(0, -2), ...pair, ...before.slice(-2), ...after] };
    yield signed("order", `key ${key} before the one below it`, encode(early), seed,
      i === 8 ? "missing-key" : "key-order");
  }
}

// What is wrong and signed has to be found by its form, unless it is too long for anyone to look.
function signed(kind, what, map, seed, error) {
  return [`signed ${kind}`, () => {
    const statement = seal(map, seed);
    return {
      what: `${what}, signed`,
      text: text(statement),
      error: statement.length > LONGEST ? "too-long" : error,
    };
  }];
}
