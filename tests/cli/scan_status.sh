#!/bin/sh
# What status logs make of a verdict, in the lane default: each reason that they give, for each level
# of the chain, and what people are told to do about it.
. "$(dirname "$0")/lib.sh"
make_stations
HOUR=2027-06-01T13:00:00Z # one hour on

judge() { # MOMENT REASON [CARD]: at the checkpoint
    run --home "$station" scan --now "$1" --json "${3:-card.txt}"
    expect_json 'o.reason === "'"$2"'"'
}
hints() { # TEXT: what to do
    expect_json 'o.hint.includes("'"$1"'")'
}

# Fresh heads of every level: accepted, and how fresh is said.
judge $HOUR ok
expect_status 0
expect_json 'o.status_age_s === 3600 && o.checks.every((c) => c.result === "pass") && !("hint" in o)'
run --home "$station" scan --now $HOUR card.txt
expect_out_has "revocations known as of 1 h ago, by CBP"
run --home "$station" scan --now 2027-06-01T15:00:00Z --lang es card.txt
expect_status 0

# No log at all: whoever only added the statements.
GARITA_HOME=$work/home.bare
must "$GARITA" init
must "$GARITA" trust add usa.auth --anchor
must "$GARITA" trust add dhs.auth cbp.auth
run scan --now $HOUR --json card.txt
expect_status 2
expect_json 'o.reason === "status-missing" && o.status_age_s === null'
hints "the records of CBP"
hints "garita sync import FILE"
run scan --now $HOUR card.txt
expect_out_has "garita sync import FILE"
run scan --now $HOUR --lane any card.txt
expect_status 0
expect_out_has "revocation not checked"

GARITA_HOME=$agency

# Newer than the records here.
at $HOUR issue --as cbp claims.json -o later.txt
judge $HOUR serial-unknown later.txt
expect_status 2
hints "newer records of CBP:"
run --home "$station" scan --now $HOUR --lane any later.txt
expect_status 0
carry $HOUR
judge $HOUR ok later.txt

# Suspended, reinstated, revoked.
serial=$("$GARITA" inspect --json later.txt | sed -n 's/.*"serial":\([0-9]*\).*/\1/p')
at $HOUR suspend --as cbp "$serial" --reason lost
carry $HOUR
judge $HOUR suspended later.txt
expect_status 2
judge $HOUR ok
at $HOUR reinstate --as cbp "$serial"
carry $HOUR
judge $HOUR ok later.txt
at $HOUR revoke --as cbp "$serial" --reason stolen
carry $HOUR
for lane in default any; do
    run --home "$station" scan --now $HOUR --lane $lane --json later.txt
    expect_status 1
    expect_json 'o.reason === "revoked"'
done
judge $HOUR ok

# Revoked stays so however old the data is.
judge 2030-06-01T12:00:00Z revoked later.txt
expect_status 1

# Too old, each level by its own limit and its own log: the anchor's 400 days, 90 between, 7 of the
# issuer, and the day that the next was due.
at $NOW head --as cbp --valid-for 400d
stale() { # MOMENT NAME: what is stale then, and whose
    judge "$1" status-stale
    expect_status 2
    hints "newer records of $2:"
    hints "garita sync import FILE"
}
judge 2027-06-08T12:59:00Z ok
stale 2027-06-08T13:01:00Z CBP
at 2027-08-29T12:00:00Z head --as cbp
carry 2027-08-29T12:00:00Z
judge 2027-08-29T13:00:00Z ok
stale 2027-09-01T12:00:00Z DHS
at 2028-07-04T12:00:00Z head --as cbp
at 2028-07-04T12:00:00Z head --as dhs --valid-for 400d
carry 2028-07-04T12:00:00Z
judge 2028-07-05T11:00:00Z ok
stale 2028-07-06T12:00:00Z "USA anchor"
at 2028-07-06T12:00:00Z head --as usa
at 2028-07-06T12:00:00Z head --as cbp --valid-for 24h
carry 2028-07-06T12:00:00Z
judge 2028-07-07T11:59:00Z ok
stale 2028-07-07T12:01:00Z CBP
run --home "$station" scan --now 2028-07-07T12:01:00Z --lane any card.txt
expect_status 0

# A clock below what two anchors' authorities attest: nothing is accepted, whatever it says.
at 2028-07-06T12:00:00Z head --as mex
carry 2028-07-06T12:00:00Z
judge 2028-07-06T12:00:00Z ok
judge 2028-07-06T11:00:00Z clock-behind
expect_status 2
hints "2028-07-06T12:00:00Z"
hints "garita clock"
for moment in 1970-01-01T00:00:00Z 2026-06-01T00:00:00Z; do
    judge $moment clock-behind
done

# Two histories: at best referred; revoked in either is revoked.
judge 2028-07-06T12:00:00Z ok
cp -R "$agency" "$work/home.other"
cp -R "$HOME/.local/state/garita" other.state
at 2028-07-06T12:20:00Z issue --as cbp claims.json -o third.txt
at 2028-07-06T12:30:00Z suspend --as cbp 3
must "$GARITA" sync export -o one.gtb
GARITA_HOME=$work/home.other
must "$GARITA" --state other.state --now 2028-07-06T12:20:00Z issue --as cbp claims.json -o fourth.txt
must "$GARITA" --state other.state --now 2028-07-06T12:30:00Z revoke --as cbp 3
must "$GARITA" --state other.state sync export -o two.gtb
run --home "$station" --now 2028-07-06T12:30:00Z sync import one.gtb
run --home "$station" --now 2028-07-06T12:30:00Z sync import two.gtb
judge 2028-07-06T12:30:00Z issuer-equivocated
expect_status 2
hints "CBP has signed two histories"
hints "garita audit"
judge 2028-07-06T12:30:00Z revoked fourth.txt
run --home "$station" scan --now 2028-07-06T12:30:00Z --lane any --json card.txt
expect_status 2
expect_json 'o.reason === "issuer-equivocated"'
GARITA_HOME=$agency

# An authority is revoked: all that is below it falls at once.
serial=$("$GARITA" trust list --json | sed -n 's/.*"name":"CBP".*"serial":\([0-9]*\).*/\1/p')
at 2028-07-06T12:40:00Z revoke --as dhs "$serial" --reason key-compromise
must "$GARITA" sync export -o all.gtb
# What the revoked key signs is refused from now on; all else is taken.
run --home "$station" --now 2028-07-06T12:40:00Z sync import all.gtb
judge 2028-07-06T12:40:00Z issuer-revoked
expect_status 1
judge 2028-07-06T12:40:00Z issuer-revoked later.txt
run --home "$station" scan --now 2028-07-06T12:40:00Z --lane any --json card.txt
expect_status 1
expect_json 'o.reason === "issuer-revoked"'

