#!/bin/sh
# An agency that two authorities certified: what a station knows of it by one chain counts for the
# other, whichever comes first, goes, or comes again.
. "$(dirname "$0")/lib.sh"

D1=2027-06-01T12:00:00Z
D2=2027-06-02T12:00:00Z
D3=2027-06-03T12:00:00Z

make_stations
at $D1 sync export -o old.gtb
# The anchor certifies cbp itself, in a home of its own: cbp's never hears of it.
cp -a "$agency" "$work/home.usa"
GARITA_HOME=$work/home.usa
cp -a "$HOME/.local/state/garita" "$work/user/state.usa"
at $D1 --state "$work/user/state.usa" authority certify --as usa --subject cbp.pub --name CBP \
    --country USA --programmes sentri -o cbp2.auth
GARITA_HOME=$agency
at $D2 revoke --as cbp 1 --reason stolen
at $D2 head --as dhs
carry $D2
GARITA_HOME=$station

expect_revoked() {
    run scan --now $D3 --json card.txt
    expect_json 'o.verdict === "reject" && o.reason === "revoked"'
}
expect_revoked

# --- a second chain, and an old bundle again ---
must "$GARITA" --now $D3 trust add cbp2.auth
expect_revoked
run sync import old.gtb --now $D3
expect_status 0
expect_revoked
run status --now $D3 --json
expect_json 'all.filter((o) => o.name === "CBP" && o.size === 2 && o.revoked === 1).length === 2'

# --- the first chain goes; what it said stays ---
id=$("$GARITA" inspect dhs.auth --json | sed -n 's/.*"id":"\([0-9a-f]*\)".*/\1/p')
run trust remove "$id"
expect_status 0
expect_revoked
run sync import old.gtb --now $D3
expect_revoked

# --- a station that has the second chain alone, and then none of what it knew by the first ---
fresh_home
must "$GARITA" init --country USA
must "$GARITA" trust add usa.auth --anchor
must "$GARITA" trust add cbp2.auth
must "$GARITA" --now $D3 sync import old.gtb
run scan --now $D3 --json card.txt
expect_json 'o.reason !== "revoked"'
must "$GARITA" --home "$agency" --now $D3 sync export -o new.gtb
must "$GARITA" --now $D3 sync import new.gtb
expect_revoked
