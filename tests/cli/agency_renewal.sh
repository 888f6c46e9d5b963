#!/bin/sh
# trust add of another statement of a pinned anchor: forged, the same, older, or a renewal.
. "$(dirname "$0")/lib.sh"

make_world
# The same key in another home signs the anchor's statement anew, earlier and later.
anchor_again() {
    cp -a "$GARITA_HOME" first
    sign_home=$work/home.sign.$1
    must "$GARITA" --home "$sign_home" init
    cp -a "$GARITA_HOME/keys" "$sign_home/"
    must "$GARITA" --home "$sign_home" authority anchor usa --name "${3:-USA anchor}" \
        --country USA --now "$2" -o "$1.authority"
    rm -rf first
}
anchor_again later 2030-01-01T00:00:00Z "USA anchor renewed"
anchor_again earlier 2020-01-01T00:00:00Z
until_of() {
    "$GARITA" trust list --json | sed -n 's/.*"name":"USA anchor[^"]*".*"until":"\([^"]*\)".*/\1/p'
}
before=$(until_of)

# --- forged ---
len=$(wc -c <later.authority)
for flag in "" --anchor; do
    { head -c $((len - 1)) later.authority; printf '\000'; } >forged
    cmp -s forged later.authority && printf '\001' | dd of=forged bs=1 seek=$((len - 1)) \
        conv=notrunc 2>/dev/null
    run trust add forged $flag
    expect_status 65
    expect_err_has "forged: "
    expect_err_lacks "known already"
done
[ "$(until_of)" = "$before" ] || fail "a forged statement has changed the pin"

# --- the same, and one from before ---
run trust add usa.auth
expect_status 0
expect_err_has "known already"
run trust add earlier.authority
expect_status 0
expect_err_has "older than what is pinned, nothing changed"
run trust add earlier.authority --anchor --json
expect_status 0
expect_json 'o.added === false && o.renewed === false'
[ "$(until_of)" = "$before" ] || fail "an older statement has changed the pin"

# --- another scope is no renewal ---
run trust add later.authority --anchor --programmes sentri
expect_status 73
[ "$(until_of)" = "$before" ] || fail "another scope has changed the pin"

# --- a renewal ---
run trust add later.authority
expect_status 0
expect_err_has "later.authority: renews the pinned anchor USA anchor renewed, until 2050-01-01"
after=$(until_of)
case $after in
2050-01-0*) ;;
*) fail "the pin is in force until $after" ;;
esac
run trust list
expect_out_has "USA anchor renewed, USA  (anchor)"
expect_out_has "CBP, USA"
expect_out_has "in force until 2050-01-01"
expect_out_has "programmes: sentri, global-entry, nexus, fast"
expect_out_has "countries: USA"
run trust add later.authority --anchor
expect_status 0
expect_err_has "known already"
run trust add usa.auth --anchor
expect_status 0
expect_err_has "older than what is pinned"

# --- another home's statement about a key that signed something else here ---
fresh_home
must "$GARITA" init
cp -a "$work/home.sign.later/keys" "$GARITA_HOME/"
must "$GARITA" trust add usa.auth --anchor
must "$GARITA" issue --as usa claims.json -o first.txt --now "$NOW"
run authority anchor usa --name "USA anchor" --country USA
expect_status 73
expect_err_has "which another home signed"

# --- an anchor renewed in its own home ---
agency_home=$work/home.agency
GARITA_HOME=$agency_home
at $WORLD init
at $WORLD key new can --no-passphrase
at $WORLD key export can -o can.pub
at $WORLD key new cbsa --no-passphrase
at $WORLD key export cbsa -o cbsa.pub
run authority anchor can --until 2047-06-01
expect_status 64
at $WORLD authority anchor can --name Canada --country CAN --until 2027-06-30 -o can1.auth
at $WORLD authority certify --as can --subject cbsa.pub --name CBSA --country CAN \
    --programmes nexus -o cbsa.auth
must "$GARITA" sync export -o can1.gtb
run authority anchor can --name Canada --country CAN --now $NOW -o can-again.auth
expect_status 0
cmp -s can1.auth can-again.auth || fail "another statement"
for wrong in "--until 2027-06-29" "--until 2020-01-01" "--until soon" "--until 2047-06-01 --name Kanada"; do
    run authority anchor can $wrong --now $NOW -o wrong.auth
    case $wrong in
    *-29 | *Kanada) expect_status 73 ;;
    *) expect_status 64 ;;
    esac
    expect_no_new_files
done
# A home that pins the first, and its own.
fresh_home
must "$GARITA" init
must "$GARITA" trust add can1.auth --anchor
must "$GARITA" --now $NOW sync import can1.gtb
checkpoint=$GARITA_HOME
GARITA_HOME=$agency_home
must "$GARITA" trust add can1.auth --anchor

run authority anchor can --until 2047-06-01 --now $NOW -o can2.auth
expect_status 0
expect_out "3"
expect_err_has "garita trust add can2.auth"
run inspect can2.auth --json
expect_json 'o.serial === 3 && o.key_number === 1 && o.authority.expires === "2047-06-01" && o.authority.name === "Canada"'
# The register has both, and the head knows it.
run issue --as can --reprint 1 -o first.bin
expect_status 0
cmp -s first.bin can1.auth || fail "the first is not what it was"
run doctor --json --now $NOW
expect_json 'o.sound && o.checked.entries === 3'
run authority anchor can --name Canada --country CAN --now $NOW -o can3.auth
expect_status 0
cmp -s can2.auth can3.auth || fail "not the newest statement"
run authority anchor can --until 2047-06-01 --now $NOW -o can4.auth
expect_status 0
cmp -s can2.auth can4.auth || fail "another statement"
# It signs on past the first one's end, in one history, before anybody has renewed a pin.
run head --as can --now 2027-12-01T00:00:00Z
expect_status 0
must "$GARITA" sync export -o can2.gtb
run --home "$checkpoint" --now 2027-12-01T00:00:00Z sync import can2.gtb --json
expect_status 0
expect_json 'o.forked === 0 && o.refused === 0'
run --home "$checkpoint" trust add can2.auth
expect_status 0
expect_err_has "renews the pinned anchor Canada, until 2047-06-01"
run --home "$checkpoint" --now 2027-12-01T00:00:00Z status --json
expect_json 'all.find((a) => a.name === "Canada").issued === 3 && all.every((a) => a.state !== "revoked")'
