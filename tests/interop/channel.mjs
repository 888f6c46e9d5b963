// The channel between nodes, from node/PROTOCOL.md, section 2, by OpenSSL's arithmetic; and the test of
// golden/channel.

import { createCipheriv, createHash, createHmac, createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const PROTOCOL = "Noise_XX_25519_ChaChaPoly_BLAKE2b";
const PROLOGUE = "garita/v1/gossip";
const TAG = 16;

const { concat, from } = Buffer;
const hex = (bytes) => from(bytes).toString("hex");
const unhex = (digits) => from(digits, "hex");

// --- the words of the page ---

const hash = (...parts) => createHash("blake2b512").update(concat(parts)).digest();
const hmac = (key, bytes) => createHmac("blake2b512", key).update(bytes).digest();

function hkdf(c, x) {
  const t = hmac(c, x);
  const first = hmac(t, from([1]));
  return [first, hmac(t, concat([first, from([2])]))];
}

// OpenSSL takes keys in DER: a fixed beginning, then the 32 bytes.
const secretKey = (bytes) => createPrivateKey({
  key: concat([unhex("302e020100300506032b656e04220420"), bytes]), format: "der", type: "pkcs8",
});
const publicKey = (bytes) => createPublicKey({
  key: concat([unhex("302a300506032b656e032100"), bytes]), format: "der", type: "spki",
});
const publicOf = (secret) => createPublicKey(secretKey(secret)).export({ format: "der", type: "spki" }).subarray(-32);
const dh = (secret, other) => diffieHellman({ privateKey: secretKey(secret), publicKey: publicKey(other) });

function encrypt(k, n, ad, p) {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64LE(BigInt(n), 4);
  const cipher = createCipheriv("chacha20-poly1305", k, nonce, { authTagLength: TAG });
  cipher.setAAD(ad);
  return concat([cipher.update(p), cipher.final(), cipher.getAuthTag()]);
}

const framed = (bytes) => concat([from([bytes.length >> 8, bytes.length & 0xff]), bytes]);

// --- a session, of which both sides' secrets are known ---

class Handshake {
  constructor() {
    this.h = concat([from(PROTOCOL), Buffer.alloc(64 - PROTOCOL.length)]);
    this.c = this.h;
    this.mix(from(PROLOGUE));
  }

  mix(x) {
    this.h = hash(this.h, x);
  }

  key(x) {
    const [c, t] = hkdf(this.c, x);
    this.c = c;
    this.k = t.subarray(0, 32);
    this.n = 0;
  }

  seal(p) {
    const out = encrypt(this.k, this.n++, this.h, p);
    this.mix(out);
    return out;
  }
}

// Everything that the two say: the three messages, h, and a way to seal the records.
export function talk({ s1, e1, payload1, s2, e2, payload2 }) {
  const shake = new Handshake();
  const [S1, E1, S2, E2] = [s1, e1, s2, e2].map(publicOf);
  shake.mix(E1);
  shake.mix(Buffer.alloc(0));

  shake.mix(E2);
  shake.key(dh(e2, E1));
  const sealed2 = shake.seal(S2);
  shake.key(dh(s2, E1));
  const message2 = concat([E2, sealed2, shake.seal(payload2)]);

  const sealed1 = shake.seal(S1);
  shake.key(dh(s1, E2));
  const message3 = concat([sealed1, shake.seal(payload1)]);

  const [ki, kr] = hkdf(shake.c, Buffer.alloc(0)).map((key) => key.subarray(0, 32));
  const sent = { initiator: 0, responder: 0 };
  return {
    messages: [E1, message2, message3].map(framed),
    h: shake.h,
    record: (by, packet) => framed(encrypt(by === "initiator" ? ki : kr, sent[by]++, Buffer.alloc(0), packet)),
  };
}

// --- the test ---

export function run(test, folder) {
  const inside = join(folder, "channel");
  const names = readdirSync(inside).filter((name) => name.endsWith(".json")).sort();
  for (const file of names) {
    const { name, prologue, initiator, responder, handshake, handshake_hash, records } =
      JSON.parse(readFileSync(join(inside, file), "utf8"));
    const [s1, e1, s2, e2] = [initiator, responder].flatMap((side) => [side.static_secret, side.ephemeral_secret]).map(unhex);
    const found = talk({ s1, e1, s2, e2, payload2: unhex(handshake[1].payload), payload1: unhex(handshake[2].payload) });
    test(`channel ${name}: prologue`, prologue, PROLOGUE);
    test(`channel ${name}: keys`, [s1, s2].map((secret) => hex(publicOf(secret))),
      [initiator, responder].map((side) => side.static_public));
    test(`channel ${name}: messages`, found.messages.map(hex), handshake.map(({ wire }) => wire));
    test(`channel ${name}: who`, handshake.map(({ from }) => from), ["initiator", "responder", "initiator"]);
    test(`channel ${name}: h`, hex(found.h), handshake_hash);
    test(`channel ${name}: records`, records.map(({ from, packet }) => hex(found.record(from, unhex(packet)))),
      records.map(({ wire }) => wire));
  }
  return names.length;
}
