// Section 2, Signatures: exactly libsodium 1.0.18's rule, out of the curve's arithmetic. The
// library's own verify() decides otherwise at the edges (it multiplies by the cofactor).

import { createHash } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519";

export const Point = ed25519.Point;
const L = Point.Fn.ORDER;
const P = Point.Fp.ORDER;

function littleEndian(bytes) {
  let n = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) n = (n << 8n) | BigInt(bytes[i]);
  return n;
}

function decodePoint(bytes) {
  try {
    return Point.fromBytes(Uint8Array.from(bytes)); // refuses y >= p, and x = 0 with a sign
  } catch {
    return null;
  }
}

// Whether these 32 bytes mean a point of small order, in a canonical encoding or in another.
function meansSmallOrder(bytes) {
  const y = (littleEndian(bytes) & ((1n << 255n) - 1n)) % P; // x and -x have one order
  const canonical = new Uint8Array(32);
  for (let i = 0, n = y; i < 32; i++, n >>= 8n) canonical[i] = Number(n & 0xffn);
  const point = decodePoint(canonical);
  return point !== null && point.isSmallOrder();
}

const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

export function challenge(R, publicKey, message) {
  return littleEndian(createHash("sha512").update(R).update(publicKey).update(message).digest()) % L;
}

export function verify(signature, message, publicKey) {
  if (signature.length !== 64 || publicKey.length !== 32) return false;
  const R = signature.subarray(0, 32);
  const S = littleEndian(signature.subarray(32));
  if (S >= L) return false;
  if (meansSmallOrder(R) || meansSmallOrder(publicKey)) return false;
  const A = decodePoint(publicKey);
  if (A === null) return false;
  const k = challenge(R, publicKey, message);
  const point = Point.BASE.multiplyUnsafe(S).subtract(A.multiplyUnsafe(k));
  return same(point.toBytes(), R);
}

// Whether a public key may stand in a statement: a canonical point of the main subgroup.
export function isGoodKey(publicKey) {
  const point = decodePoint(publicKey);
  return point !== null && !point.isSmallOrder() && point.isTorsionFree();
}

// For tests only: deterministic signing with a seed of 32 bytes.
export const sign = (message, seed) => ed25519.sign(message, seed);
export const publicKeyOf = (seed) => ed25519.getPublicKey(seed);

// Section 4.
export function fingerprint(publicKey) {
  return createHash("sha256").update("garita/v1/key\0").update(publicKey).digest("hex");
}

export const authorityId = (publicKey) => fingerprint(publicKey).slice(0, 16);
