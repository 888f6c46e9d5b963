#!/bin/sh
# The home: none, one that trusts nobody, one that cannot be written; scan never writes to it.
. "$(dirname "$0")/lib.sh"
make_world
must "$GARITA" issue --as cbp claims.json -o card.txt

full=$GARITA_HOME
fresh_home
run scan - <card.txt
expect_status 66
expect_out_empty
expect_err_has "garita init"
expect_err_has "trust add"
run scan --json - <card.txt
expect_status 66
expect_out_lines 1
expect_json 'o.error === "no-home" && o.hint.includes("garita init")'
[ ! -e "$GARITA_HOME" ] || fail "scan made a home"

must "$GARITA" init
run scan --now $NOW --lane any --json - <card.txt
expect_status 1
expect_json 'o.reason === "unknown-issuer" && o.holder === null && /^[0-9a-f]{16}$/.test(o.issuer) && o.issuer_name === null'
expect_err_has "no anchor is pinned"

# Read-only: its own copy, so that nothing else is disturbed.
GARITA_HOME=$work/home.copy
cp -R "$full" "$GARITA_HOME"
(cd "$GARITA_HOME" && find . -type f -exec cksum {} + | LC_ALL=C sort -k 3) >before
chmod -R a-w "$GARITA_HOME"
run scan --now $NOW --lane any --json - <card.txt
expect_status 0
expect_json 'o.verdict === "accept"'
chmod -R u+w "$GARITA_HOME"
(cd "$GARITA_HOME" && find . -type f -exec cksum {} + | LC_ALL=C sort -k 3) | cmp - before ||
    fail "scan changed the home"

# A lane that nobody knows is wrong usage, before anything is read.
run scan --lane sentri - <card.txt
expect_status 64
expect_err_has 'there is no lane "sentri"'
run scan --lane defualt - <card.txt
expect_err_has "did you mean default?"
run scan --lane nosuch --json nosuch.png
expect_status 64
expect_json 'o.error === "unknown-lane"'
