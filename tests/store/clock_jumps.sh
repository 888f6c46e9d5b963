#!/bin/sh
# clock_jumps.sh [STEPS [SEED]]: the clocks of an agency and of a checkpoint jump to and fro, each by
# itself, while the one signs and the other follows. No head is signed earlier than the one before,
# nobody who was revoked is accepted at any time, the floor never falls by itself, no history comes to
# look like two; and once the clocks are right, all is as it should be.
. "$(dirname "$0")/../cli/sync_homes.sh"
steps=${1:-30}
seed=${2:-20270601}
echo "seed $seed"

make_homes
noon=$(date -u -d "$(o_clock 12)" +%s)

# jump: a moment: within a second, an hour, a day or 200 days of noon, or a clock that was never set.
jump() {
    seed=$((seed * 48271 % 2147483647)) # Park and Miller
    case $((seed % 9)) in
    0) moment=0 ;;
    1 | 2) moment=$((noon + seed / 9 % 3)) ;;
    3 | 4) moment=$((noon + seed / 9 % 7200 - 3600)) ;;
    5 | 6) moment=$((noon + seed / 9 % 172800 - 86400)) ;;
    *) moment=$((noon + seed / 9 % 34560000 - 17280000)) ;;
    esac
    at=$(date -u -d @$moment +%Y-%m-%dT%H:%M:%SZ)
}
latest=$noon
no_earlier() { # BEFORE AFTER
    [ -z "$1" ] || [ "$1" = null ] || ! [ "$2" \< "$1" ] || fail "$2 comes after $1"
}
# field NAME OF-AUTHORITY: its value in the output, without quotes.
field() {
    sed -n '/"name":"'"$2"'"/s/.*"'"$1"'":"\{0,1\}\([^",}]*\).*/\1/p' "$seen/out"
}

serial=100 size_cbp=0 size_inm=0 done_cbp=0 done_inm=0
signed_cbp='' signed_inm='' floor=''
step=1
while [ "$step" -le "$steps" ]; do
    # --- the agency ---
    go agency
    jump
    who=$([ $((step % 3)) = 0 ] && echo inm || echo cbp)
    case $((step % 5)) in
    0) set -- head ;;
    1) set -- suspend $((serial + 500)) --unregistered ;;
    *) set -- revoke $serial --unregistered ;;
    esac
    run "$@" --as $who --now "$at" --json
    expect_status 0
    [ "$moment" -le "$latest" ] || latest=$moment
    signed=$(sed 's/.*"signed_at":"\([^"]*\)".*/\1/' "$seen/out")
    size=$(sed 's/.*"size":\([0-9]*\).*/\1/' "$seen/out")
    eval "no_earlier \"\$signed_$who\" $signed; signed_$who=$signed"
    eval "[ $size -ge \$size_$who ] || fail 'a log became shorter'; size_$who=$size"
    [ "$1" != revoke ] || eval "done_$who=\$((done_$who + 1))"
    serial=$((serial + 1))
    if [ "$step" = $((steps / 2)) ]; then
        must "$GARITA" revoke --as cbp 1 --json --now "$(o_clock 13)"
        size_cbp=$(sed 's/.*"size":\([0-9]*\).*/\1/' "$seen/out")
        signed_cbp=$(sed 's/.*"signed_at":"\([^"]*\)".*/\1/' "$seen/out")
        done_cbp=$((done_cbp + 1))
    fi
    rm -f step.gtb
    must "$GARITA" sync export -o step.gtb

    # --- the checkpoint ---
    go lane
    jump
    run sync import step.gtb --now "$at" --json
    expect_status 0
    run status --json --now "$at"
    for who in cbp inm; do
        name=$(echo $who | tr a-z A-Z)
        eval "size=\$size_$who signed=\$signed_$who revoked=\$done_$who"
        [ -n "$signed" ] || continue
        [ "$(field size "$name") $(field revoked "$name") $(field signed_at "$name")" = \
            "$size $revoked $signed" ] || fail "$name signed $size batches, $revoked revoked, at $signed"
    done
    run clock --json --now "$at"
    now_floor=$(sed 's/.*"floor_kept":"\{0,1\}\([^",}]*\).*/\1/' "$seen/out")
    no_earlier "$floor" "$now_floor"
    [ "$now_floor" = null ] || floor=$now_floor
    jump
    run scan card.txt --log --json --now "$at"
    if [ "$step" -ge $((steps / 2)) ]; then
        expect_status 1
        expect_json 'o.reason === "revoked"'
    fi
    run audit
    expect_status 0
    step=$((step + 1))
done

# --- the clocks are right again ---
expect_right() { # MOMENT
    go agency
    for who in usa mex cbp inm; do
        must "$GARITA" head --as $who --now "$1"
    done
    rm -f step.gtb
    must "$GARITA" sync export -o step.gtb
    go lane
    run sync import step.gtb --now "$1"
    expect_status 0
    run scan card.txt --json --now "$1"
    expect_status 1
    expect_json 'o.reason === "revoked"'
    run scan other.txt --json --now "$1"
}
# Before the latest moment that was signed, at best "refer"; from then on as if nothing had been.
if [ $latest -gt $((noon + 86400)) ]; then
    expect_right "$(o_clock 14)"
    expect_status 2
fi
expect_right "$(date -u -d @$((latest + 3600)) +%Y-%m-%dT%H:%M:%SZ)"
expect_status 0
go lane
run log verify
expect_status 0
for home in agency lane; do
    go $home
    run doctor
    expect_status 0
done
echo "$steps steps; the floor came to ${floor:-none}"
