// Base45 (RFC 9285) as section 8 narrows it: one byte string has one text.

import { flaw } from "./flaw.mjs";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const DIGIT = new Map([...ALPHABET].map((character, value) => [character, value]));

export function encode(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 2) {
    const pair = i + 1 < bytes.length;
    let n = pair ? bytes[i] * 256 + bytes[i + 1] : bytes[i];
    for (let left = pair ? 3 : 2; left > 0; left--) {
      text += ALPHABET[n % 45];
      n = Math.floor(n / 45);
    }
  }
  return text;
}

export function decode(text) {
  if (text.length % 3 === 1) flaw("base45", "a length of 1 mod 3");
  const digits = Array.from(text, (character, at) => {
    const value = DIGIT.get(character);
    return value ?? flaw("base45", `character ${JSON.stringify(character)}`, at);
  });
  const bytes = [];
  for (let i = 0; i < digits.length; i += 3) {
    const n = digits[i] + 45 * digits[i + 1] + 2025 * (digits[i + 2] ?? 0);
    if (i + 2 < digits.length) {
      if (n > 0xffff) flaw("base45", "a triple above 65,535", i);
      bytes.push(n >> 8, n & 0xff);
    } else {
      if (n > 0xff) flaw("base45", "a pair above 255", i);
      bytes.push(n);
    }
  }
  return Uint8Array.from(bytes);
}
