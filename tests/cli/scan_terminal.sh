#!/bin/sh
# On a terminal: color, unless NO_COLOR says no; a sign beside the word either way; no binary.
. "$(dirname "$0")/lib.sh"
command -v script >/dev/null || { echo "no script (Debian: bsdutils)"; exit 77; }
make_world
must "$GARITA" issue --as cbp claims.json -o card.png
escape=$(printf '\033')

on_terminal() {
    ran="garita $* (on a terminal)"
    script -qec "\"$GARITA\" $*" /dev/null </dev/null >"$seen/out" 2>"$seen/err"
    status=$?
}

on_terminal scan --now $NOW --lane any card.png
expect_status 0
expect_out_has "$escape[38;5;231;48;5;22m"
expect_out_has "Compare with the document shown"
on_terminal scan --now $NOW card.png
expect_status 2
expect_out_has "$escape[38;5;16;48;5;214m"
on_terminal scan --now 2032-01-01T00:00:00Z card.png
expect_status 1
expect_out_has "$escape[38;5;231;48;5;124m"

# With --json there is nothing but JSON on a terminal too.
on_terminal scan --now $NOW --lane any --json card.png
expect_status 0
expect_out_lacks "$escape"

export NO_COLOR=1
sign() { # the first letters of the large word, whose sign differs with the verdict
    sed -n 2,9p "$seen/out" | tr -d '\r' | cut -c 1-9
}
on_terminal scan --now $NOW --lane any card.png
expect_out_lacks "$escape"
accept=$(sign)
on_terminal scan --now $NOW card.png
expect_out_lacks "$escape"
refer=$(sign)
on_terminal scan --now 2032-01-01T00:00:00Z card.png
reject=$(sign)
[ "$accept" != "$refer" ] && [ "$refer" != "$reject" ] && [ "$accept" != "$reject" ] ||
    fail "without color two verdicts look the same"
