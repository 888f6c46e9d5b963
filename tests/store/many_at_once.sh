#!/bin/sh
# many_at_once.sh [ROUNDS]: many processes write in one home at once. Nobody is refused, no serial is
# given twice, the log is as long as what was acknowledged, and nothing of that is missing. Then the
# same of a checkpoint, whose lanes write their log while bundles come in.
. "$(dirname "$0")/../cli/sync_homes.sh"
rounds=${1:-1}
# By the clock of one second: each act that signs adds one batch, if only an empty one.
NOW=$(o_clock 16)
each=8 # acts of each process, in a round

make_homes
go agency
bundle agency start.gtb
row=$(tr -d '\n' <claims.json | cut -c2-)
must "$GARITA" head --as cbp --now "$NOW" --json
size=$(sed 's/.*"size":\([0-9]*\).*/\1/' "$seen/out")
issued=2

# worker NAME COMMAND: in the background, $each times, with what it said in NAME.said; its exit status
# tells whether all of it was done.
worker() {
    (
        i=1
        while [ $i -le $each ]; do
            eval "$2" >>"$1.said" 2>>"$1.err" || exit 1
            i=$((i + 1))
        done
    ) &
    workers="$workers $1:$!"
}
wait_for_workers() {
    for one in $workers; do
        wait "${one#*:}" || fail "${one%:*}: $(tail -n 3 "${one%:*}.said" "${one%:*}.err")"
    done
    workers=
}
workers=

round=1
while [ $round -le "$rounds" ]; do
    rm -f ./*.said ./*.err
    base=$((round * 10000))
    for who in a b c; do
        i=1
        while [ $i -le $each ]; do
            echo "{\"ref\":\"$round$who$i\",$row"
            i=$((i + 1))
        done >$who.ndjson
        worker "revoke-$who" "'$GARITA' revoke --as cbp \$(($base + i * 10 + $(printf %d "'$who") - 96)) \
            --unregistered --now $NOW --json"
    done
    for who in a b; do
        worker "issue-$who" "'$GARITA' issue --as cbp claims.json -o '$who$round-'\$i.txt --now $NOW --json"
    done
    worker head "'$GARITA' head --as cbp --now $NOW --json"
    worker suspend "'$GARITA' suspend --as cbp \$(($base + 5000 + i)) --unregistered --now $NOW --json"
    worker export "'$GARITA' sync export -o '$round-'\$i.gtb --json"
    worker known "'$GARITA' sync import '$work/start.gtb' --json"
    worker doctor "'$GARITA' doctor --json"
    wait_for_workers

    # 3 of revoking, 2 of issuing, 1 head, 1 of suspending: a batch each.
    size=$((size + 7 * each))
    cat head.said revoke-*.said suspend.said >"$seen/out"
    expect_json "new Set(all.map((o) => o.size)).size === $((5 * each))"
    cat issue-*.said >"$seen/out"
    expect_json "new Set(all.map((o) => o.serial)).size === $((2 * each)) &&
        all.every((o) => o.serial > $issued && o.serial <= $issued + $((2 * each)))"
    issued=$((issued + 2 * each))
    cat doctor.said >"$seen/out"
    expect_json "all.every((o) => o.sound !== false)"
    run doctor
    expect_status 0
    run status --json --now "$NOW"
    expect_json "all.find((a) => a.name === 'CBP').size === $size"
    # Every state that was exported meanwhile is one history.
    pinned_home "lane$round"
    for i in $(seq 1 $each); do
        import "lane$round" "$round-$i.gtb"
        expect_status 0
    done
    go agency
    must "$GARITA" sync export -o "all$round.gtb"
    import "lane$round" "all$round.gtb"
    expect_status 0
    run audit
    expect_status 0
    run status --json --now "$NOW"
    expect_json "all.find((a) => a.name === 'CBP').size === $size &&
        all.find((a) => a.name === 'CBP').revoked === $((round * 3 * each)) &&
        all.find((a) => a.name === 'CBP').suspended === $((round * each))"
    run scan --json --now "$NOW" [ab]"$round"-*.txt
    expect_status 0
    go agency
    round=$((round + 1))
done

# --- a checkpoint's lanes ---

must "$GARITA" revoke --as cbp 1 --now "$(o_clock 17)"
must "$GARITA" sync export -o last.gtb
pinned_home lanes
must "$GARITA" sync import start.gtb
lines=50
for i in $(seq 1 $lines); do
    cat card.txt other.txt
done >lines.txt
rm -f ./*.said ./*.err
for who in a b c; do
    "$GARITA" scan - --log --json --now "$(o_clock 17)" <lines.txt >"lane-$who.said" 2>"$who.err" &
    eval "lane_$who=\$!"
done
worker import "'$GARITA' sync import '$work/last.gtb' --json --now $(o_clock 17)"
worker older "'$GARITA' sync import '$work/start.gtb' --json --now $(o_clock 17)"
# As soon as the first of them has made the key.
worker tip "until [ -e '$GARITA_HOME/keys/node.key' ]; do sleep 0.01; done; '$GARITA' log tip -o '$work/'\$i.tip --now $(o_clock 17)"
wait_for_workers
for who in a b c; do
    eval "wait \$lane_$who"
    [ $? -le 1 ] || fail "lane $who: $(cat "$who.err")"
    # From some line on, and for good, the first card is revoked; the other never.
    sed '/"verdict"/!d' "lane-$who.said" >"$seen/out"
    expect_json "all.length === 2 * $lines && all.every((v) => v.serial === 2 ? v.reason === 'ok' :
        v.reason === 'ok' || v.reason === 'revoked') &&
        all.filter((v) => v.serial === 1).map((v) => v.reason).join(' ')
            .match(/^(ok ?)*(revoked ?)*$/)"
done
run log verify --json
expect_status 0
expect_json "o.whole && o.last === $((3 * 2 * lines))"
run log show --json
expect_json "all.length === $((3 * 2 * lines))"
run doctor
expect_status 0
run scan card.txt --json --now "$(o_clock 18)"
expect_status 1
expect_json "o.reason === 'revoked'"
echo "$rounds rounds of 10 processes, and 6 at a checkpoint"
