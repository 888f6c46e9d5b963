#!/bin/sh
# A stream of pictures: a code is judged when it comes into view, and not again while it stays.
. "$(dirname "$0")/lib.sh"
make_world
must "$GARITA" issue --as cbp claims.json -o card.png
must "$GARITA" issue --as cbp claims.json -o other.png

# 48 by 48 white pixels.
blank() {
    node -e '
        const zlib = require("zlib");
        const crc = (b) => { let c = ~0; for (const x of b) { c ^= x; for (let k = 0; k < 8; k++)
            c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1; } return ~c >>> 0; };
        const chunk = (type, data) => { const b = Buffer.alloc(12 + data.length);
            b.writeUInt32BE(data.length); b.write(type, 4, "latin1"); data.copy(b, 8);
            b.writeUInt32BE(crc(b.subarray(4, 8 + data.length)), 8 + data.length); return b; };
        const head = Buffer.alloc(13); head.writeUInt32BE(48, 0); head.writeUInt32BE(48, 4); head[8] = 8;
        const rows = Buffer.alloc(48 * 49, 255); for (let y = 0; y < 48; y++) rows[y * 49] = 0;
        process.stdout.write(Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
            chunk("IHDR", head), chunk("IDAT", zlib.deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]));
    '
}
blank >blank.png

frames() {
    cat "$@" >stream
    run scan --frames - --now $NOW --lane any --json <stream
}
frames blank.png card.png card.png blank.png card.png other.png card.png
expect_status 0
expect_out_lines 2
expect_json 'all[0].verdict === "accept" && all[0].line === 2 && o.line === 6 && o.serial !== all[0].serial'

# Gone for long enough, it is judged anew.
frames card.png blank.png blank.png blank.png blank.png blank.png blank.png blank.png blank.png \
    blank.png blank.png card.png
expect_status 0
expect_json 'all.map((v) => v.line).join() === "1,12"'

# In pieces of any size.
cat blank.png card.png >stream
dd if=stream bs=37 2>/dev/null | "$GARITA" scan --frames - --now $NOW --lane any --json \
    >"$seen/out" 2>"$seen/err"
expect_out_lines 1
expect_json 'o.line === 2'

# At once: the verdict is there while the stream goes on.
mkfifo in out
"$GARITA" scan --frames - --now $NOW --lane any --json <in >out 2>"$seen/err" &
exec 3>in 4<out
cat card.png >&3
read -r verdict <&4
case $verdict in
'{"verdict":"accept"'*) ;;
*) fail "no verdict at once: $verdict" ;;
esac
exec 3>&- 4<&-
wait $!

frames blank.png blank.png
expect_status 65
expect_json 'o.error === "no-qr"'
head -c 300 card.png >part
frames card.png part
expect_status 65
expect_json 'all[0].verdict === "accept" && o.error === "damaged" && o.line === 2'
echo "no picture" >noise
frames card.png noise
expect_status 65
expect_json 'o.error === "not-a-picture" && o.line === 2'
: >empty
frames empty
expect_status 65

run scan --frames card.png
expect_status 64
run scan --frames - card.png
expect_status 64
