#!/bin/sh
# sync: one bundle for whoever comes, of a log whose batches are many bytes. It holds the state, and the
# hashes of all batches: newcomers take it, and so does whoever has followed the log from any size on.
. "$(dirname "$0")/sync_homes.sh"

make_homes
go agency
must "$GARITA" issue --as cbp claims.json -o third.txt --now "$(o_clock 12)" # serial 3
bundle agency start.gtb
import lane start.gtb
copy_home lane early
for serial in 11 12 13; do
    go agency
    revoke 13 $serial
    [ $serial = 12 ] && bundle agency two.gtb
done
bundle agency three.gtb
import lane three.gtb
expect_status 0
import early two.gtb
expect_status 0
copy_home lane later
copy_home lane path
copy_home agency twin
scan lane third.txt 14
expect_status 0

# --- a stolen card, and then a million that were never registered ---
go agency
must "$GARITA" revoke --as cbp 3 --reason stolen --now "$(o_clock 14)"
bundle agency four.gtb
import later four.gtb
expect_status 0
copy_home later last
go agency
must "$GARITA" revoke --as cbp 1000-1000000 --unregistered --now "$(o_clock 15)"
run sync export -o all.gtb --json
expect_status 0
expect_json 'o.snapshots === 1 && o.batches === 2 && o.bytes < 5000' # two are the anchors'

# From three different sizes, and from nothing.
pinned_home newcomer
for home in lane early later newcomer; do
    import $home all.gtb --json
    expect_status 0
    expect_json "$cbp.outcome === 'adopted' && $cbp.revoked === 999005 &&
        !$cbp.equivocated && !$cbp.set_differs"
    scan $home third.txt 16
    expect_status 1
    expect_json 'o.verdict === "reject" && o.reason === "revoked"'
    scan $home card.txt 16
    expect_status 0
    import $home all.gtb --json
    expect_status 0
    expect_json "$cbp.outcome === 'known' && o.changed === 0"
    import $home four.gtb
    expect_status 0
    scan $home third.txt 16
    expect_status 1
done

# For one receiver only the hashes of what it lacks.
go path
must "$GARITA" sync have -o path.have
bundle agency path.gtb path.have
[ "$(wc -c <path.gtb)" -lt "$(wc -c <all.gtb)" ] || fail "some hashes are not shorter than all"
import path path.gtb --json
expect_status 0
expect_json "$cbp.outcome === 'adopted' && $cbp.revoked === 999005"

# All of them follow on from there.
must "$GARITA" sync have -o next.have
go agency
revoke 16 14
bundle agency next.gtb next.have
for home in lane early later newcomer path; do
    import $home next.gtb --json
    expect_status 0
    expect_json "$cbp.outcome === 'extended' && $cbp.revoked === 999006"
done

# --- cut anywhere: the log is taken whole or not at all ---
size=$(wc -c <all.gtb)
cut=60
while [ $cut -lt "$size" ]; do
    copy_home last cut
    head -c $cut all.gtb >cut.gtb
    import cut cut.gtb --json
    expect_status 65
    expect_json "!$cbp || $cbp.revoked === ($cbp.outcome === 'adopted' ? 999005 : 4)"
    scan cut third.txt 16
    expect_status 1
    rm -r "$work/home.cut" "$work/home.cut.state"
    cut=$((cut + 307))
done

# --- the hashes show a second history ---
go twin
must "$GARITA" revoke --as cbp 1 --reason lost --now "$(o_clock 14)"
bundle twin other.gtb
pinned_home victim
import victim other.gtb
expect_status 0
scan victim third.txt 16
expect_status 0
import victim all.gtb --json
expect_status 0
expect_json "$cbp.outcome === 'forked' && $cbp.equivocated && $cbp.revoked === 4"
expect_err_has "has signed two histories"
scan victim third.txt 16
expect_status 1
scan victim card.txt 16
expect_status 1

# --- who took the state passes it on, to those that stand where it stood, and further back ---
go last
must "$GARITA" sync have -o last.have
for home in newcomer path; do
    go $home
    run sync export -o $home.relayed.gtb
    expect_status 0
    expect_err_lacks "needs a bundle from elsewhere first"
    bundle $home $home.given.gtb last.have
    for file in $home.relayed.gtb $home.given.gtb; do
        copy_home last behind
        import behind $file --json
        expect_status 0
        expect_json "$cbp.outcome === 'adopted' && $cbp.revoked === 999006"
        scan behind third.txt 16
        expect_status 1
        run doctor
        expect_status 0
        rm -r "$work/home.behind" "$work/home.behind.state"
    done
done
pinned_home second
import second newcomer.relayed.gtb --json
expect_status 0
expect_json "$cbp.outcome === 'adopted' && $cbp.revoked === 999006"
go agency
revoke 17 15
bundle agency one_more.gtb
import second one_more.gtb
expect_status 0
expect_no_new_files
