#!/bin/sh
# A disk that is full, or that cannot be written: verdicts are shown all the same, loudly unlogged.
. "$(dirname "$0")/../cli/lib.sh"

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
mount -t tmpfs -o size=1m none disk || {
    echo "skip: no right to mount a small disk here"
    exit 77
}
trap 'exec 3>&-; umount -l disk' EXIT

make_world
must "$GARITA" issue --as cbp claims.json -o card.txt
must "$GARITA" scan --log --lane any --now $NOW card.txt
mv "$GARITA_HOME" disk/home
GARITA_HOME=$work/disk/home
card=$(cat card.txt)
i=0
while [ $i -lt 200 ]; do
    echo "$card"
    i=$((i + 1))
done >lines.txt

fill() {
    dd if=/dev/zero of=disk/fill bs=1k 2>/dev/null
}

# scanning: starts a scan that reads from descriptor 3, and has answered one line.
mkfifo wire
scanning() {
    rm -f answers messages
    "$GARITA" scan - --log --lane any --now $NOW --json <wire >answers 2>messages &
    scanner=$!
    exec 3>wire
    echo "$card" >&3
    wait_for '"line":1[,}]' answers
}
wait_for() {
    tries=0
    until grep -q "$1" "$2" 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || fail "no $1 in $2: $(cat answers messages)"
        sleep 0.05
    done
}
ended() {
    exec 3>&-
    wait $scanner
    status=$?
    ran=scan
    cp answers "$seen/out"
    cp messages "$seen/err"
}

# Full until the scan is over: every verdict is shown, and what is not in the log is counted.
scanning
fill
cat lines.txt >&3
wait_for '"line":201[,}]' answers
ended
expect_status 74
[ "$(grep -c '"verdict":"accept"' answers)" = 201 ] || fail "not every verdict was shown"
expect_json "o.error === 'not-logged' && /[0-9]+ verdicts that were given/.test(o.message)"
expect_err_has "THE VERDICT IS NOT IN THE LOG: the disk that holds the home is full"
missing=$(sed -n 's/.*"message":"\([0-9]*\) verdicts that were given.*/\1/p' answers)
rm disk/fill
run log verify --json
expect_status 0
expect_json "o.whole && o.last === 202 - $missing"
logged=$((202 - missing))

# Room again while it runs: what waited is in the log, in its place.
scanning
fill
cat lines.txt >&3
wait_for "NOT IN THE LOG" messages
wait_for '"line":201[,}]' answers
rm disk/fill
echo "GT1:junk" >&3
wait_for "can be written again" messages
ended
expect_status 1
run log show --json
expect_json "all.length === $logged + 202 && o.reason === 'malformed' &&
    all.slice(0, -1).every((e) => e.reason === 'ok')"
run log verify --json
expect_status 0
expect_json "o.whole && o.vouched === o.last"

# A disk that cannot be written at all: said before anything is judged.
mount -o remount,ro disk
run scan --log --lane any --now $NOW card.txt
[ "$status" = 74 ] || [ "$status" = 77 ] || fail "status is $status"
expect_out_empty
expect_err_has "without it, scan only reads there"
run scan --lane any --now $NOW card.txt
expect_status 0
run log verify
expect_status 0
