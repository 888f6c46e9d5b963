#!/bin/sh
# removal.sh KEEP: trust remove drops what lost its chain, and nothing that is only out of place for
# another reason.
. "$(dirname "$0")/../cli/lib.sh"
keep=$1

make_world
run trust list --json
id_of() {
    "$GARITA" trust list --json 2>/dev/null | sed -n 's/.*"id":"\([0-9a-f]*\)".*"name":"'"$1"'".*/\1/p'
}
inm=$(id_of INM)
mex=$(id_of "Ancla de México")
usa=$(id_of "USA anchor")

# Two copies of a home that signs give the same serial to two offices.
for name in north south; do
    must "$GARITA" key new $name --no-passphrase
    must "$GARITA" key export $name -o $name.pub
done
cp -a "$GARITA_HOME" copy
# A machine put back as a whole, its counter too, cannot tell.
state=$HOME/.local/state/garita
cp -a "$state" copy-state
for name in north south; do
    who=$GARITA_HOME
    [ $name = north ] || who=$work/copy state=$work/copy-state
    must "$GARITA" --home "$who" --state "$state" authority certify --as usa --subject $name.pub --name $name \
        --country USA --programmes sentri -o $name.authority
done
must "$GARITA" trust add north.authority
must "$keep" "$GARITA_HOME" south.authority
run trust list --json
expect_err_has "another statement of this authority has this serial"

# Nothing of that has to do with INM: both stay, the one that fits and the one that does not.
run trust remove "$inm"
expect_status 0
expect_err_has "removed $inm, INM (key 1)"
expect_err_lacks "south (key 1)"
run trust list --json
expect_err_has "(south) is left out"
expect_json 'all.some((a) => a.name === "north") && all.every((a) => a.name !== "south")'

# The one that was in its way goes on request; then the other is in force.
run trust remove "$(id_of north)"
expect_status 0
run trust list --json
expect_json 'all.some((a) => a.name === "south")'

# With the anchor everything below goes.
must "$GARITA" trust add inm.auth
run trust remove "$usa" --json
expect_status 0
expect_json 'all.map((r) => r.name).sort().join() === "CBP,USA anchor,south" &&
    all.filter((r) => r.why === "no-chain").length === 2'
run trust list --json
expect_err_empty
expect_json 'all.length === 2 && all[0].id === "'"$mex"'"'
