#!/bin/sh
# killed.sh MODULE: `garita issue --batch` and its set-up, ended by SIGKILL before each call that
# changes something on disk. Whatever was left: a rerun completes it, every serial is there once,
# and what was acknowledged has not changed.
. "$(dirname "$0")/../cli/lib.sh"
# By a path of its own: LD_PRELOAD splits at spaces.
cp "$1" kill.so
module=./kill.so

rows=3
make_world
i=1
while [ $i -le $rows ]; do
    # One line, with a ref of its own.
    printf '{"ref":"r%d",%s\n' $i "$(tr -d '\n' <claims.json | cut -c2-)"
    i=$((i + 1))
done >rows.ndjson
mv "$GARITA_HOME" pristine

# issue VARIABLE...: the batch, with the module and these variables.
issue() {
    ran="garita issue --batch ($*)"
    env "$@" LD_PRELOAD="$module" "$GARITA" issue --as cbp --batch rows.ndjson --out-dir cards \
        --format txt --now "$NOW" >"$seen/out" 2>"$seen/err"
    status=$?
}

restore() {
    rm -rf "$GARITA_HOME" cards before
    cp -a pristine "$GARITA_HOME"
}

# Every row's card is there, with the serials 1 to $rows, each once.
expect_whole() {
    [ "$(ls cards | tr '\n' ' ')" = "$whole" ] || fail "cards are not dense: $(ls -a cards)"
    run scan --lane any --now "$NOW" --json cards/*.txt
    expect_status 0
    expect_json "all.length === $rows && all.every((v, i) => v.serial === i + 1)"
    # The next serial follows at once.
    run issue --as cbp claims.json --now "$NOW" -o next.txt
    expect_status 0
    expect_out $((rows + 1))
    rm -f next.txt
}
whole=$(i=1; while [ $i -le $rows ]; do printf '%010d.txt ' $i; i=$((i + 1)); done)

restore
issue GARITA_KILL_COUNT="$work/count"
expect_status 0
expect_whole
count=$(cat count)
[ "$count" -ge $((2 * rows)) ] || fail "the module counted only $count calls"

at=1
while [ "$at" -le "$count" ]; do
    restore
    issue GARITA_KILL_AT="$at"
    [ "$status" -eq 137 ] || fail "call $at of $count did not come"
    # What has its name is whole, and stays as it is.
    mkdir -p cards
    cp -a cards before
    run issue --as cbp --batch rows.ndjson --out-dir cards --format txt --now "$NOW"
    expect_status 0
    for card in before/*.txt; do
        [ ! -e "$card" ] || cmp -s "$card" "cards/${card#before/}" ||
            fail "killed at $at: $card has changed"
    done
    [ -z "$(find cards -type f ! -name '*.txt')" ] || fail "killed at $at: left over in cards"
    expect_whole
    at=$((at + 1))
done
echo "killed before each of $count calls"

# The set-up: a home half made is completed by the next init.
at=1
while :; do
    rm -rf "$GARITA_HOME"
    LD_PRELOAD=$module GARITA_KILL_AT=$at "$GARITA" init --country USA >/dev/null 2>&1
    status=$?
    [ $status -ne 0 ] || break
    run init --country USA
    expect_status 0
    run key new one --no-passphrase
    expect_status 0
    at=$((at + 1))
done
[ $at -gt 5 ] || fail "init was killed only $at times"
echo "init killed before each of $((at - 1)) calls"
