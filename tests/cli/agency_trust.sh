#!/bin/sh
# trust: pinned with a scope, added all or nothing, removed with all that depends on it.
. "$(dirname "$0")/lib.sh"

make_world
run trust list --json
usa=$(sed -n 's/.*"id":"\([0-9a-f]*\)".*"name":"USA anchor".*/\1/p' "$seen/out")
cbp=$(sed -n 's/.*"id":"\([0-9a-f]*\)".*"name":"CBP".*/\1/p' "$seen/out")
fingerprint=$(sed -n 's/.*"fingerprint":"\([^"]*\)","name":"USA anchor".*/\1/p' "$seen/out")
expect_json 'all.length === 4 && all[0].is_anchor && all[0].parent === null &&
    all[1].name === "CBP" && all[1].parent === all[0].id && all[1].level === 1'
agency_home=$GARITA_HOME

fresh_home
run trust list
expect_status 66
must "$GARITA" init
run trust list
expect_status 0
expect_out_empty
expect_err_has "nobody is trusted yet"

# --- what is refused, and changes nothing ---
unchanged() {
    run trust list --json
    [ "$(cat "$seen/out")" = "$1" ] || fail "trust has changed"
}
run trust add cbp.auth
expect_status 77
expect_err_has "signed by nobody whose chain reaches a pinned anchor"
expect_err_has "hint: first pin its anchor"
run trust add usa.auth
expect_status 77
expect_err_has "is an anchor that is not pinned here"
expect_err_has "add it with --anchor"
run trust add cbp.auth --anchor
expect_status 77
expect_err_has "an anchor must be signed by the key it names"
run trust add missing.auth --anchor
expect_status 66
run trust add cbp.pub
expect_status 65
: >empty
run trust add empty
expect_status 65
head -c 5000 /dev/zero >zeros
run trust add zeros
expect_status 65
head -c 100 usa.auth >short
run trust add short --anchor
expect_status 65
{ head -c 60 usa.auth; printf X; tail -c +62 usa.auth; } >flipped
run trust add flipped --anchor
[ "$status" = 65 ] || [ "$status" = 77 ] || fail "a flipped byte gives status $status"
must "$GARITA" --home "$agency_home" issue --as cbp claims.json -o card.bin --now "$NOW"
run trust add card.bin
expect_status 65
expect_err_has "neither an authority statement nor a node"
run trust add usa.auth --countries USA
expect_status 64
run trust add usa.auth --anchor --countries MEX
expect_status 77
expect_err_has "name it in --countries too"
run trust add usa.auth --anchor --programmes sentry
expect_status 64
expect_err_has "did you mean sentri?"
unchanged ""

# --- pinning ---
run trust add usa.auth --anchor
expect_status 0
expect_out_empty
expect_err_has "$fingerprint"
expect_err_has "USA anchor, USA"
expect_err_has "sentri, global-entry, nexus, fast"
run trust add usa.auth --anchor
expect_status 0
expect_err_has "known already"
run trust add usa.auth
expect_status 0
run trust add usa.auth --anchor --programmes sentri
expect_status 73
expect_err_has "is pinned already, with another scope"
expect_err_has "garita trust remove"
run trust add usa.auth --anchor --programmes sentri --json
expect_status 73
expect_json 'o.error === "exists" && o.source === "usa.auth"'

# --- adding: all or nothing, in any order ---
run trust list --json
pinned=$(out)
run trust add cbp.auth inm.auth
expect_status 77
expect_err_has "inm.auth"
expect_err_has "nothing was added"
unchanged "$pinned"
must "$GARITA" --home "$agency_home" key new office --no-passphrase
must "$GARITA" --home "$agency_home" key export office -o office.pub
must "$GARITA" --home "$agency_home" key new top --no-passphrase
must "$GARITA" --home "$agency_home" key export top -o top.pub
must "$GARITA" --home "$agency_home" authority certify --as usa --subject top.pub --name Top \
    --country USA --programmes sentri --types authority,credential -o top.auth
must "$GARITA" --home "$agency_home" authority certify --as top --subject office.pub \
    --name Office --country USA --programmes sentri --types credential -o office.auth
run trust add office.auth
expect_status 77
run trust add office.auth top.auth cbp.auth
expect_status 0
run trust add office.auth cbp.auth --json
expect_status 0
expect_json 'all.length === 2 && all.every((a) => a.added === false)'

# A text serves as well as bytes; several in one file too, and on standard input.
for name in usa mex; do
    must "$GARITA" --home "$agency_home" authority anchor $name -o $name.txt --country \
        $([ $name = usa ] && echo USA || echo MEX) --name "$([ $name = usa ] && echo "USA anchor" ||
            echo "Ancla de México")"
done
sed 's/$/\r/' usa.txt >two.txt
cat mex.txt >>two.txt
run trust add two.txt --anchor
expect_status 0
expect_err_has "known already"
expect_err_has "Ancla de México"
tr A-Z a-z <mex.txt >lower.txt
run trust add lower.txt --anchor
expect_status 65
expect_err_has "lower.txt:1"
run trust add - --anchor --json <mex.txt
expect_json 'o.added === false && o.source === "-"'

# --- two statements, one serial: a restored copy of a home that signs ---
cp -a "$agency_home" "$work/home.copy"
# A machine put back as a whole, the counter of what it signed too, cannot tell.
cp -a "$HOME/.local/state/garita" "$work/home.copy-state"
state=$HOME/.local/state/garita
for who in "$agency_home" "$work/home.copy"; do
    [ "$who" = "$agency_home" ] || state=$work/home.copy-state
    must "$GARITA" --home "$who" --state "$state" authority certify --as usa --subject office.pub --name Twin \
        --country USA --programmes sentri --until 2030-01-0$((${n:-0} + 1)) -o "twin${n:-0}.auth"
    n=1
done
run trust add twin0.auth
expect_status 0
run trust add twin1.auth
expect_status 77
expect_err_has "another statement of this authority has this serial"
expect_err_has "keep both files"

# --- removing ---
run trust remove nonsense
expect_status 64
run trust remove 0123456789abcdef
expect_status 66
run trust remove "$cbp"
expect_status 0
expect_err_has "removed $cbp, CBP (key 1)"
run trust remove "$cbp"
expect_status 66
run trust remove "$fingerprint" --json
expect_status 0
expect_json "all.some((r) => r.removed === '$usa' && r.why === 'asked') &&
    all.some((r) => r.name === 'Office' && r.why === 'no-chain')"
run trust list --json
expect_json 'all.length === 1 && o.name === "Ancla de México"'
run trust add office.auth top.auth
expect_status 77
