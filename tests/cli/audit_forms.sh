#!/bin/sh
# audit: an authority that signs two histories is proven to, in each form, by whoever holds both; and
# what either of them revokes is revoked.
. "$(dirname "$0")/sync_homes.sh"

make_homes
go agency
must "$GARITA" issue --as cbp claims.json -o third.txt --now 2027-06-01T12:00:03Z # serial 3
for serial in 4 5 6 7 8; do
    must "$GARITA" issue --as cbp claims.json -o card$serial.txt \
        --now 2027-06-01T12:00:0${serial}Z
done
bundle agency start.gtb
copy_home agency twin

# both FORM FIRST SECOND: two bundles of two histories. A checkpoint that gets both finds it out, in
# either order; another learns of it from the first, and a third from files alone.
both() {
    form=$1 one=$2 other=$3
    for order in "$one $other" "$other $one"; do
        n=$((${n:-0} + 1))
        pinned_home "finds$n"
        import "finds$n" start.gtb
        set -- $order
        import "finds$n" "$1" --json
        expect_status 0
        expect_json "$cbp.equivocated === false"
        run audit
        expect_status 0
        expect_err_has "no equivocation"
        import "finds$n" "$2" --json
        expect_status 0
        expect_json "$cbp.equivocated && $cbp.contradicted && o.forked === 1"
        expect_err_has "ALARM: CBP has signed two histories"
        run audit --json
        expect_status 1
        expect_json "$cbp.form === $form && $cbp.proven && $cbp.heads.length === 2 &&
            $cbp.heads.every((h) => h.key_number === 1) && o.findings === 1"
        run audit
        expect_status 1
        expect_out_has "EQUIVOCATION PROVEN, form $form"
        # again is no news
        import "finds$n" "$2" --json
        expect_status 0
        expect_err_lacks "ALARM"
    done
    # nobody who was shown only one of them has to be shown the other
    bundle "finds$n" proof$form.gtb
    pinned_home "told$form"
    import "told$form" "$one"
    expect_status 0
    import "told$form" proof$form.gtb --json
    expect_status 0
    expect_json "$cbp.equivocated"
    run audit --json
    expect_status 1
    expect_json "$cbp.form === $form && $cbp.proven"
    # an auditor, who keeps nothing
    pinned_home "auditor$form"
    import "auditor$form" start.gtb
    run audit "$one" "$other" --json
    expect_status 1
    expect_json "all.some((a) => a.source === '$other' && a.form === $form && a.proven)"
    run audit "$one"
    expect_status 0
    run audit proof$form.gtb
    expect_status 1
    expect_out_has "form $form"
    run audit
    expect_status 0
    expect_err_has "no equivocation"
}

# --- form 1: one size, two roots ---
go agency
revoke 13 1
bundle agency one.gtb
go twin
revoke 13 2
bundle twin two.gtb
both 1 one.gtb two.gtb
for home in finds1 finds2 told1; do
    for card in card.txt other.txt; do
        scan $home $card 14
        expect_status 1
        expect_json 'o.reason === "revoked"'
    done
    scan $home third.txt 14
    expect_status 2
    expect_json 'o.reason === "issuer-equivocated"'
done


# Who follows the same history as finds1 learns of the other by its batches alone.
pinned_home heard
import heard one.gtb
run sync have -o heard.bin
go finds1
run sync export -o heard.gtb --for heard.bin --json
expect_json 'o.proofs === 1 && o.evidence === 1 && o.logs === 0'
import heard heard.gtb --json
expect_status 0
expect_json "$cbp.equivocated && $cbp.evidence === 1 && $cbp.union === 1 && $cbp.size === 1"
scan heard other.txt 14
expect_status 1
expect_json 'o.reason === "revoked"'
go heard
run audit --json
expect_json "$cbp.form === 1 && $cbp.union === 1 && $cbp.evidence === 1 && $cbp.gaps === 0"
must "$GARITA" sync have -o heard2.bin
go finds1
run sync export -o heard2.gtb --for heard2.bin --json
expect_json 'o.proofs === 0 && o.evidence === 0 && o.logs === 0'
# and passes it on
bundle heard onwards.gtb
pinned_home onwards
import onwards onwards.gtb
expect_status 0
scan onwards other.txt 14
expect_status 1

# --- form 2: neither is the beginning of the other ---
go twin
revoke 14 4
revoke 15 5
bundle twin longer.gtb
both 2 one.gtb longer.gtb
for home in finds3 finds4 told2; do
    for card in card.txt other.txt card4.txt card5.txt; do
        scan $home $card 16
        expect_status 1
        expect_json 'o.reason === "revoked"'
    done
    scan $home third.txt 16
    expect_status 2
    expect_json 'o.reason === "issuer-equivocated"'
done

# --- form 3: what was signed later has less in it ---
copy_home agency late
go agency
revoke 14 6
bundle agency grown.gtb
go late
must "$GARITA" head --as cbp --now "$(o_clock 15)"
bundle late late.gtb
both 3 grown.gtb late.gtb
for home in finds5 finds6 told3; do
    scan $home card6.txt 16
    expect_status 1
    scan $home third.txt 16
    expect_status 2
    expect_json 'o.reason === "issuer-equivocated"'
done
# two clocks that differ by a few minutes are none
copy_home late close
go late
revoke 16 7
bundle late sixteen.gtb
go close
must "$GARITA" head --as cbp --now 2027-06-01T16:05:00Z
bundle close five.gtb
pinned_home skewed
import skewed sixteen.gtb
import skewed five.gtb --json
expect_status 0
expect_json "$cbp.outcome === 'older' && !$cbp.equivocated"

# --- form 4: a head that signs a state which its own batches do not add up to ---
go agency
node -e '
    const fs = require("fs"), crypto = require("crypto");
    const file = fs.readFileSync(process.argv[1] + "/keys/cbp.key"); // FORMAT.md, section 10
    const key = crypto.createPrivateKey({format: "der", type: "pkcs8", key: Buffer.concat([
        Buffer.from("302e020100300506032b657004220420", "hex"), file.subarray(89, 121)])});
    const bundle = fs.readFileSync("grown.gtb"), out = [bundle.subarray(0, 9)];
    const leb = (n) => n < 128 ? [n] : [n & 127 | 128, ...leb(n >> 7)];
    let open = false;
    for (let at = 9; at < bundle.length;) {
        const begin = at, kind = bundle[at++];
        let len = 0, shift = 0, byte;
        do { byte = bundle[at++]; len |= (byte & 127) << shift; shift += 7; } while (byte & 128);
        const body = Buffer.from(bundle.subarray(at, at += len));
        const head = body.subarray(body.indexOf(Buffer.from([0x92, 0x8a, 0, 1, 1, 4])));
        const map = head.subarray(1, -66), message = Buffer.concat([
            Buffer.from("garita/v1/head\0"), map]);
        const isOurs = kind === 3 && crypto.verify(null, message, crypto.createPublicKey(key),
            head.subarray(-64));
        if (kind !== 4) open = isOurs;
        if (isOurs) {
            const root = map.indexOf(Buffer.from([6, 0xc4, 0x20])) + 3;
            map[root] ^= 1; // of the set
            crypto.sign(null, Buffer.concat([Buffer.from("garita/v1/head\0"), map]), key)
                .copy(head, head.length - 64);
        }
        if (open) out.push(Buffer.from([kind, ...leb(len)]), body);
    }
    fs.writeFileSync("set.gtb", Buffer.concat([...out, Buffer.from([0, 0])]));
' "$GARITA_HOME" || fail "node"
pinned_home counts
import counts start.gtb
run audit set.gtb --json
expect_status 1
expect_json "all.some((a) => a.source === 'set.gtb' && a.form === 4 && !a.proven)"
import counts set.gtb --json
expect_status 0
expect_json "$cbp.set_differs && $cbp.outcome === 'extended' && !$cbp.equivocated"
expect_err_has "ALARM: CBP has signed a state"
run audit --json
expect_status 1
expect_json "$cbp.form === 4 && !$cbp.proven && $cbp.set_differs_at === $cbp.size"
run audit
expect_out_has "EQUIVOCATION FOUND at 2 batches, form 4"
scan counts card.txt 16 # its batches count all the same
expect_status 1
expect_json 'o.reason === "revoked"'
scan counts third.txt 16
expect_status 2
expect_json 'o.reason === "issuer-equivocated"'
# It is followed further, by its batches alone; and beside the honest head it is a proof.
run sync export -o counts.gtb --json
expect_json 'o.snapshots === 0'
import counts grown.gtb --json
expect_status 0
expect_json "$cbp.equivocated && $cbp.outcome === 'forked'"
run audit --json
expect_json "$cbp.form === 1 && $cbp.proven"

# --- a bare proof, as somebody sends it by mail ---
pinned_home mail
import mail start.gtb
node -e '
    const b = require("fs").readFileSync("proof2.gtb");
    let at = 28, len = 0, shift = 0;
    if (b[27] !== 2) process.exit(1); // behind the origin a writer puts proofs
    do { len |= (b[at] & 127) << shift; shift += 7; } while (b[at++] & 128);
    require("fs").writeFileSync("bare", b.subarray(at, at + len));
' || fail "no proof at the beginning of proof2.gtb"
run audit bare --json
expect_status 1
expect_json "all.some((a) => a.source === 'bare' && a.form === 2 && a.proven &&
    a.heads[0].size === 1 && a.heads[1].size === 3)"
run audit --json
expect_status 0
len=$(wc -c <bare)
for at in 0 2 40 150 $((len - 2)); do
    cp bare broken
    byte=$(od -An -tu1 -j $at -N 1 bare | tr -d ' ')
    printf "\\$(printf %o $((byte ^ 1)))" | dd of=broken bs=1 seek=$at conv=notrunc 2>/dev/null
    run audit broken
    expect_status 65
done
head -c $((len - 1)) bare >broken
run audit broken
expect_status 65
# about nobody who is known here
go stranger
must "$GARITA" init
run audit bare
expect_status 0
expect_err_has "whose chain reaches no anchor pinned here"
run audit missing
expect_status 66
