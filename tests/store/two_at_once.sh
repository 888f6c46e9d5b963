#!/bin/sh
# Several processes that issue in one home at once: every serial once, no gap, nobody refused.
. "$(dirname "$0")/../cli/lib.sh"

make_world
row=$(tr -d '\n' <claims.json | cut -c2-)
for who in a b c; do
    i=1
    while [ $i -le 150 ]; do
        echo "{\"ref\":\"$who$i\",$row"
        i=$((i + 1))
    done >"$who.ndjson"
done
# The third gives the same refs as the first: they race for them, and get the same cards.
cp a.ndjson c.ndjson

for who in a b c; do
    "$GARITA" issue --as cbp --batch "$who.ndjson" --out-dir "cards-$who" --format txt \
        --now "$NOW" --json >"$who.out" 2>"$who.err" &
    eval "pid_$who=\$!"
done
for who in a b c; do
    eval "wait \$pid_$who" || fail "batch $who failed: $(cat "$who.out" "$who.err")"
done

cat a.out b.out >"$seen/out"
expect_json "all.length === 300 && new Set(all.map((c) => c.serial)).size === 300 &&
    Math.max(...all.map((c) => c.serial)) === 300"
diff -r cards-a cards-c >/dev/null || fail "one ref has two cards"

# init, too, may be run twice at once.
fresh_home
"$GARITA" init --country USA 2>/dev/null &
first=$!
"$GARITA" init --country USA 2>/dev/null || fail "the second init failed"
wait $first || fail "the first init failed"
run key list
expect_status 0
