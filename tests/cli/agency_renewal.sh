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
