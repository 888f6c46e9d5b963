#!/bin/sh
# sync import: whatever is handed over, nothing breaks, nothing that is known is lost, and the whole
# bundle still comes in afterwards.
. "$(dirname "$0")/sync_homes.sh"

make_homes
bundle agency start.gtb
import lane start.gtb
expect_status 0
go agency
must "$GARITA" suspend --as cbp 2 --now "$(o_clock 12)"
revoke 13 1
revoke 14 5000 70000 4000000000
must "$GARITA" revoke --as usa 77 --unregistered --now "$(o_clock 14)"
bundle agency whole.gtb

# What a home knows of what the whole bundle says.
knows() {
    scan lane card.txt 15
    expect_status "$1"
}

# --- what is no bundle ---
: >empty
printf 'garita-' >begun
printf 'garita-c\001' >other
printf 'garita-b\002' >newer
head -c 3000 /dev/urandom >noise
cp usa.auth statement
go lane
must "$GARITA" sync have -o list
for file in empty begun other newer noise statement list card.txt; do
    import lane $file
    expect_status 65
    expect_out_empty
    expect_err_has "bundle"
done
import lane newer
expect_err_has "of a newer version"
import lane statement
expect_err_has "garita trust add takes it"
import lane list
expect_err_has "garita sync export --for"
import lane noise --json
expect_status 65
expect_json 'o.error === "envelope" && o.source === "noise" && all.length === 1'
run sync import missing.gtb
expect_status 66
run sync import "$work"
expect_status 65

# --- cut short, at a byte of every kind of message: what was whole counts, the rest is asked for ---
len=$(wc -c <whole.gtb)
knows 0
for at in 1 $((len * 9 / 10)) $((len / 2)) $((len / 5)) 9 $((len - 20)); do
    go lane
    rm -rf "$work/home.before" "$work/home.before.state"
    copy_home lane before
    head -c $((len - at)) whole.gtb >cut
    import lane cut
    expect_status 65
    import lane whole.gtb
    expect_status 0
    knows 1
    rm -rf "$work/home.lane"
    cp -a "$work/home.before" "$work/home.lane"
done
head -c $((len - 2)) whole.gtb >cut # only its end is missing
import lane cut
expect_status 65
expect_err_has "the bundle was cut short"
expect_err_has "CBP: 3 new batches"
knows 1
cat whole.gtb whole.gtb >twice
import lane twice --json
expect_status 65
expect_json 'all.some((a) => a.error === "trailing")'

# --- bits flipped, from one seed ---
node -e '
    const fs = require("fs"), whole = fs.readFileSync("whole.gtb");
    let seed = 12345;
    const next = (n) => { // Park and Miller
        seed = seed * 48271 % 2147483647;
        return seed % n;
    };
    for (let i = 0; i < 12; i++) {
        const b = Buffer.from(whole);
        for (let k = 0; k <= i % 3; k++) b[next(b.length)] ^= 1 << next(8);
        fs.writeFileSync(`flipped${i}`, b);
    }
' || fail "node"
pinned_home flipped
import flipped start.gtb
for i in 0 1 2 3 4 5 6 7 8 9 10 11; do
    import flipped flipped$i
    [ "$status" = 0 ] || [ "$status" = 65 ] || fail "flipped$i gives status $status"
done
run audit
expect_status 0
import flipped whole.gtb
expect_status 0
scan flipped card.txt 15
expect_status 1
scan flipped other.txt 15
expect_status 2
go flipped
run doctor
[ "$status" = 0 ] || fail "doctor gives status $status"

# --- of nobody who is trusted here: by itself it is refused, beside others it is left out ---
go stranger
must "$GARITA" init
must "$GARITA" key new other --no-passphrase
must "$GARITA" authority anchor other --name "Other anchor" --country CAN -o other.auth
must "$GARITA" revoke --as other 5 --unregistered --now "$(o_clock 13)"
must "$GARITA" sync export -o foreign.gtb
import lane foreign.gtb
expect_status 65
expect_err_has "nothing in the bundle is for this home"
expect_err_has "garita trust add FILE --anchor"
must "$GARITA" trust list
expect_out_lacks "Other anchor"
# a home that pins one of two anchors takes what is below that one
go half
must "$GARITA" init
must "$GARITA" trust add usa.auth --anchor
import half whole.gtb --json
expect_status 0
expect_json "$cbp.outcome === 'extended' && o.foreign === 2 && o.statements === 1"
scan half card.txt 15
expect_status 1

# --- beyond what an anchor is pinned for ---
go narrow
must "$GARITA" init
must "$GARITA" trust add usa.auth --anchor --types authority,credential
import narrow whole.gtb --json
expect_status 0
expect_json 'o.outside === 2 && o.foreign === 2 && o.statements === 1 && o.authorities === 0'
run sync import whole.gtb
expect_err_has "2 messages left out: beyond what their anchors are pinned for"

# --- a gap: what leads to it is missing ---
pinned_home gap
import gap start.gtb
must "$GARITA" sync have -o have0.bin
go agency
must "$GARITA" sync export -o step1.gtb --for have0.bin
import gap step1.gtb
must "$GARITA" sync have -o have1.bin
go agency
revoke 15 900
must "$GARITA" sync export -o step2.gtb --for have1.bin
pinned_home late
import late start.gtb
import late step2.gtb --json
expect_status 65
expect_json "all.some((a) => a.error === 'gap') && $cbp.size === 0 && $cbp.outcome === 'nothing'"
import late step1.gtb
expect_status 0
import late step2.gtb --json
expect_status 0
expect_json "$cbp.outcome === 'extended' && $cbp.batches === 1 && $cbp.size === 4"

# --- parts of several bundles in one file, the later first ---
node -e '
    const fs = require("fs"), body = (f) => fs.readFileSync(f).subarray(9, -2);
    fs.writeFileSync("mixed.gtb", Buffer.concat([fs.readFileSync("step2.gtb").subarray(0, 9),
        body("step2.gtb"), body("foreign.gtb"), body("step1.gtb"), body("start.gtb"),
        Buffer.from([99, 3, 1, 2, 3]), Buffer.from([0, 0])]));
' || fail "node"
pinned_home mixed
import mixed mixed.gtb --json
expect_status 0
expect_json "$cbp.outcome === 'extended' && $cbp.size === 4 && o.foreign === 1 && o.refused === 0"
scan mixed card.txt 16
expect_status 1
