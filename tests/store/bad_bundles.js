// bad_bundles.js WHOLE PATH START FOREIGN GAP: writes bad-NAME.gtb, twenty bundles that are no good, made of
// good ones. What a bundle is: core/FORMAT.md, section 15.
'use strict';
const fs = require('fs');
const [whole, path, start, foreign, gap] = process.argv.slice(2).map((name) => fs.readFileSync(name));
const HEADER = whole.subarray(0, 9);
const [STATEMENT, PROOF, TAIL, BATCH, SNAPSHOT, CHUNK, EVIDENCE] = [1, 2, 3, 4, 5, 6, 7];

function messages(bundle) {
    const out = [];
    for (let at = 9; at < bundle.length;) {
        const kind = bundle[at++];
        let len = 0, shift = 0, byte;
        do {
            byte = bundle[at++];
            len |= (byte & 127) << shift;
            shift += 7;
        } while (byte & 128);
        if (kind !== 0) out.push([kind, bundle.subarray(at, at + len)]);
        at += len;
    }
    return out;
}
const leb128 = (n) => n < 128 ? [n] : [n % 128 | 128, ...leb128(Math.floor(n / 128))];
const put = ([kind, body]) => Buffer.concat([Buffer.from([kind, ...leb128(body.length)]), body]);
const bundle = (list) => Buffer.concat([HEADER, ...list.map(put), Buffer.from([0, 0])]);
const flipped = (bytes, at, mask = 1) => {
    const copy = Buffer.from(bytes);
    copy[at] ^= mask;
    return copy;
};
// With each message of a kind changed.
const each = (from, kind, change) =>
    bundle(messages(from).map(([k, body], i) => k === kind ? [k, change(body, i)] : [k, body]));

const all = messages(whole), way = messages(path);
const batches = all.filter(([kind]) => kind === BATCH);
const statement = all.find(([kind]) => kind === STATEMENT);
const chunk = way.find(([kind]) => kind === CHUNK);
const bad = {
    'cut-begin': whole.subarray(0, 10),
    'cut-third': whole.subarray(0, Math.floor(whole.length / 3)),
    'cut-half': whole.subarray(0, Math.floor(whole.length / 2)),
    'cut-end': whole.subarray(0, whole.length - 1),
    'flip-statement': each(whole, STATEMENT, (body) => flipped(body, body.length - 70)),
    'flip-head': each(whole, TAIL, (body) => flipped(body, body.length - 80)),
    'flip-batch': each(whole, BATCH, (body) => flipped(body, body.length - 1, 2)),
    'flip-chunk': each(path, CHUNK, (body) => flipped(body, body.length >> 1)),
    'old': start,
    'old-beside-new-cut': Buffer.concat([start.subarray(0, -2), whole.subarray(9, 2000)]),
    'foreign': foreign,
    'foreign-inside': bundle([...messages(foreign), ...messages(foreign)]),
    // One batch of the way is missing, before it and in it.
    'gap': gap,
    'gap-batch': bundle(all.filter((m) => m !== batches[0])),
    'reversed': bundle([...all].reverse()),
    'others-batches': each(whole, BATCH, (body, i) => batches[(i + 1) % batches.length][1]),
    'huge-length': Buffer.concat([HEADER, Buffer.from([BATCH, 255, 255, 255, 255, 255, 255, 255, 255, 127])]),
    'chunk-bomb': each(path, CHUNK, (body) => Buffer.concat([body.subarray(0, 2),
        Buffer.alloc(body.length - 2, 0xff)])),
    'five-thousand': bundle(Array(5000).fill(statement)),
    'proof-of-nothing': bundle([[PROOF, Buffer.concat([statement[1], statement[1]])],
        [EVIDENCE, Buffer.concat([Buffer.from([0, 0]), chunk[1]])], [99, Buffer.alloc(70000, 1)]]),
};
for (const [name, bytes] of Object.entries(bad)) fs.writeFileSync(`bad-${name}.gtb`, bytes);
