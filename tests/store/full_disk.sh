#!/bin/sh
# A disk that fills up while cards are issued: what fails is said, no serial is lost or used twice,
# and when there is room again everything is there.
. "$(dirname "$0")/../cli/lib.sh"

# Needs a disk of its own, which only root can mount: directly, or in a namespace of its own.
if [ "${IN_NAMESPACE:-}" != 1 ]; then
    if [ "$(id -u)" = 0 ] && mkdir -p probe && mount -t tmpfs -o size=1m none probe 2>/dev/null; then
        umount probe
    elif unshare -rm true 2>/dev/null; then
        export IN_NAMESPACE=1
        HOME=$work exec unshare -rm "$0"
    else
        echo "skip: no right to mount a small disk here"
        exit 77
    fi
fi
mkdir -p disk
mount -t tmpfs -o size=512k none disk || {
    echo "skip: no right to mount a small disk here"
    exit 77
}
trap 'umount disk' EXIT

make_world
mv "$GARITA_HOME" disk/home
GARITA_HOME=$work/disk/home
row=$(tr -d '\n' <claims.json | cut -c2-)
i=1
while [ $i -le 40 ]; do
    echo "{\"ref\":\"r$i\",$row"
    i=$((i + 1))
done >rows.ndjson

# --- the home's disk is full: nothing is signed ---
fill() {
    dd if=/dev/zero of=disk/fill bs=1k 2>/dev/null
}
fill
run issue --as cbp claims.json --now "$NOW" -o card.txt
expect_status 74
expect_err_has "the disk that holds the home is full"
[ ! -e card.txt ] || fail "a card was written"
run issue --as cbp --batch rows.ndjson --out-dir cards --now "$NOW" --json
expect_status 74
expect_json "o.error === 'disk-full'"
rm disk/fill
run issue --as cbp claims.json --now "$NOW" -o card.txt
expect_status 0
expect_out 1

# --- the disk of the cards is full: what was signed is in the register ---
mkdir small
mount -t tmpfs -o size=16k none small
trap 'umount small; umount disk' EXIT
run issue --as cbp --batch rows.ndjson --out-dir small/cards --format png --now "$NOW"
expect_status 74
expect_err_has "are issued, and in the register, but not all are written"
for card in small/cards/*.png; do
    [ "$(tail -c 8 "$card" | head -c 4)" = IEND ] || fail "$card is not whole"
done
run issue --as cbp --batch rows.ndjson --out-dir cards --format txt --now "$NOW"
expect_status 0
expect_err_has "0 issued, 40 issued before"
[ "$(ls cards | head -n 1)" = 0000000002.txt ] || fail "the first card is not serial 2"
[ "$(ls cards | wc -l)" = 40 ] || fail "not 40 cards"

# One alone: the serial is named, and the card can be had again.
dd if=/dev/zero of=small/fill bs=1k 2>/dev/null
run issue --as cbp claims.json --now "$NOW" -o small/card.txt
expect_status 74
expect_err_has "serial 42 is issued, and in the register"
[ ! -e small/card.txt ] || fail "a card was left half written"
run issue --as cbp --reprint 42 -o reprint.txt
expect_status 0
run scan --lane any --now "$NOW" --json reprint.txt
expect_json "o.serial === 42"
