#!/bin/sh
# torn.sh FAULTS DAMAGE [POINTS]: each file of a home is cut short, or has a sector or a byte spoiled,
# at POINTS places evenly spread (or at all). Nothing ends by a signal; whoever is revoked is never
# accepted; what doctor calls sound is; what a log of writes can lose without being spoiled, a signing
# home notices by its counter; and what is lost comes back with the whole bundle.
. "$(dirname "$0")/faults.sh"
cp "$1" faults.so
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" # as in at_calls.sh
make_scene "$2"
points=${3:-0}

# spots LENGTH EVERY: POINTS places in a file, or one at each EVERY bytes.
spots() {
    every=$2
    [ "$points" -eq 0 ] || [ $(($1 / every)) -le "$points" ] || every=$((($1 + points - 1) / points))
    seq $((every / 3 / $2 * $2)) "$every" $(($1 - 1))
}
length() {
    wc -c <"$1"
}
zero() { # FILE AT LENGTH
    dd if=/dev/zero of="$1" bs=1 seek="$2" count="$3" conv=notrunc 2>"$seen/dd"
}
flip() { # FILE AT
    byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
    printf "\\$(printf %o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>"$seen/dd"
}
# An answer of garita's own, of these.
expect_one_of() {
    case " $* " in
    *" $status "*) ;;
    *) fail "status is $status, not one of: $*" ;;
    esac
}

# unfinished ACT HOME: the home as ACT leaves it, ended when all is committed, and nothing has been
# moved from the log of writes (-wal) into garita.db.
unfinished() {
    begin "$1"
    fault="GARITA_COUNT=$work/count LD_PRELOAD=$work/faults.so"
    "do_$1" 1
    at=$(cat count)
    while :; do
        begin "$1"
        fault="GARITA_KILL_AT=$at LD_PRELOAD=$work/faults.so"
        "do_$1" 1
        [ "$status" -eq 137 ] || fail "call $at did not come"
        cmp -s "$GARITA_HOME/garita.db" "$work/home.$2/garita.db" && break
        at=$((at - 1))
    done
    fault=
    [ "$(length "$GARITA_HOME/garita.db-wal")" -gt 4096 ] || fail "nothing is in the log of writes"
    grep -q CBP "$seen/out" || grep -q '"standing"' "$seen/out" || fail "it was not acknowledged"
    rm -rf home.$1 home.$1.state
    cp -a home.act home.$1
    cp -a home.act.state home.$1.state
}

# from_world: world.gtb, as a checkpoint has what the home at hand signed.
from_world() {
    rm -f world.gtb own.gtb
    must "$GARITA" sync export -o own.gtb
    take lane probe
    go probe
    must "$GARITA" sync import own.gtb
    must "$GARITA" sync export -o world.gtb
    go act
}

# --- a checkpoint's log of writes: it is as it was at one of its commits ---

unfinished tail lane
wal=home.act/garita.db-wal
count=0
for at in $(spots "$(length $wal)" 64); do
    for how in truncate zero; do
        take tail act
        go act
        case $how in
        truncate) truncate -s "$at" $wal ;;
        zero) zero $wal "$at" 64 ;;
        esac
        broken="$how at $at of the log of writes"
        run doctor
        expect_status 0
        run scan --json --now "$(o_clock 17)" card.txt other.txt
        [ "$(reasons)" = "ok revoked " ] || expect_reasons "revoked revoked"
        run sync import tail.gtb --now "$(o_clock 17)"
        expect_status 0
        run scan --json --now "$(o_clock 17)" card.txt other.txt third.txt
        expect_reasons "revoked revoked ok"
        count=$((count + 1))
    done
done
echo "a checkpoint's log of writes, torn: $count times"

# --- an agency's: what it no longer knows that it signed, it does not sign otherwise ---

unfinished revoke signer
take revoke act
go act
from_world
count=0 doubted=0
for at in $(spots "$(length "home.revoke/garita.db-wal")" 64); do
    take revoke act
    go act
    truncate -s "$at" $wal
    broken="cut at $at of the agency's log of writes"
    run doctor
    expect_status 0
    run revoke --as cbp 3 --reason lost --now "$(o_clock 17)"
    expect_one_of 0 77
    if [ "$status" = 77 ]; then
        doubted=$((doubted + 1))
        run sync import world.gtb --now "$(o_clock 17)"
        expect_status 0
        run revoke --as cbp 3 --reason lost --now "$(o_clock 17)"
        expect_status 0
    fi
    rm -f after.gtb
    must "$GARITA" sync export -o after.gtb
    take lane probe
    go probe
    must "$GARITA" sync import world.gtb
    run sync import after.gtb
    expect_status 0
    run audit
    expect_status 0
    run scan --json --now "$(o_clock 18)" card.txt other.txt third.txt
    expect_reasons "revoked revoked revoked"
    count=$((count + 1))
done
# All of it is one commit.
[ $doubted -eq $count ] || fail "$doubted of $count were in doubt"
echo "an agency's log of writes, torn: $count times"

# --- the store itself ---

take lane act
must "$GARITA" --home home.act sync import path.gtb
rm -rf home.full home.full.state
cp -a home.act home.full
[ ! -e home.full/garita.db-wal ] || fail "the store is not one file"
count=0 sound=0 repaired=0
for at in $(spots "$(length home.full/garita.db)" 512); do
    for how in truncate zero flip; do
        take full act
        go act
        case $how in
        truncate) truncate -s "$at" home.act/garita.db ;;
        zero) zero home.act/garita.db "$at" 512 ;;
        flip) flip home.act/garita.db "$at" ;;
        esac
        broken="$how at $at of the store"
        run scan --json --now "$(o_clock 17)" card.txt
        expect_one_of 1 2 65 66 74
        run scan --json --now "$(o_clock 17)" other.txt
        expect_one_of 1 2 65 66 74
        run doctor
        # a file of nothing is a home that was not finished
        expect_one_of 0 1 66
        if [ "$status" = 1 ]; then
            run doctor --repair whole.gtb --now "$(o_clock 17)"
            expect_one_of 0 1 74
            [ "$status" != 0 ] || repaired=$((repaired + 1))
        fi
        if [ "$status" = 0 ]; then
            sound=$((sound + 1))
            run scan --json --now "$(o_clock 17)" card.txt other.txt third.txt
            expect_reasons "revoked revoked ok"
            run sync import whole.gtb --now "$(o_clock 17)"
            expect_status 0
            run scan --json --now "$(o_clock 17)" card.txt other.txt third.txt
            expect_reasons "revoked revoked ok"
        fi
        count=$((count + 1))
    done
done
[ $sound -lt $count ] || fail "no damage did any"
echo "the store, torn: $count times; sound in the end $sound, of which repaired $repaired"

# --- the counter ---

take signer act
go act
must "$GARITA" revoke --as cbp 1 --reason lost --now "$(o_clock 16)"
from_world
rm -rf home.counted home.counted.state
cp -a home.act home.counted
cp -a home.act.state home.counted.state
counter=$(ls home.act.state/garita/*.generation)
count=0 doubted=0
for at in $(spots "$(length "$counter")" 1); do
    for how in truncate flip; do
        take counted act
        go act
        case $how in
        truncate) truncate -s "$at" "$counter" ;;
        flip) flip "$counter" "$at" ;;
        esac
        broken="$how at $at of the counter"
        run doctor
        expect_status 0
        run revoke --as cbp 3 --reason lost --now "$(o_clock 17)"
        expect_one_of 0 77
        [ $how = flip ] || expect_status 77
        if [ "$status" = 77 ]; then
            doubted=$((doubted + 1))
            ! grep -q "move that file away" "$seen/err" || rm "$counter"
            run sync import world.gtb --now "$(o_clock 17)"
            expect_status 0
            run revoke --as cbp 3 --reason lost --now "$(o_clock 17)"
            expect_status 0
        fi
        rm -f after.gtb
        must "$GARITA" sync export -o after.gtb
        take lane probe
        go probe
        must "$GARITA" sync import world.gtb
        run sync import after.gtb
        expect_status 0
        run audit
        expect_status 0
        run scan --json --now "$(o_clock 18)" card.txt other.txt third.txt
        expect_reasons "revoked revoked revoked"
        count=$((count + 1))
    done
done
echo "the counter, torn: $count times, of which $doubted were in doubt"

# --- keys: what was spoiled signs nothing, and is found ---

count=0
for name in cbp node; do
    take signer act
    go act
    must "$GARITA" scan --log --now "$(o_clock 17)" third.txt
    rm -rf home.keyed home.keyed.state
    cp -a home.act home.keyed
    cp -a home.act.state home.keyed.state
    key=home.act/keys/$name.key
    for at in $(spots "$(length $key)" 1); do
        for how in truncate flip; do
            take keyed act
            case $how in
            truncate) truncate -s "$at" $key ;;
            flip) flip $key "$at" ;;
            esac
            broken="$how at $at of the key $name"
            if [ $how = truncate ]; then
                run doctor
                expect_status 1
            fi
            case $name in
            cbp) run issue --as cbp claims.json -o made.txt --now "$(o_clock 17)" ;;
            node) run scan --log --json --now "$(o_clock 17)" other.txt ;;
            esac
            expect_one_of 65 77
            [ ! -e made.txt ] || fail "a card was left"
            run scan --json --now "$(o_clock 17)" other.txt
            expect_reasons "revoked"
            count=$((count + 1))
        done
    done
done
echo "keys, torn: $count times"
