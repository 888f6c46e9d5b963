#!/bin/sh
# garita clock: the floor, who attests it, and lowering it, which is logged.
. "$(dirname "$0")/lib.sh"
make_stations
HOUR=2027-06-01T13:00:00Z
YEAR=2028-06-01T12:00:00Z

GARITA_HOME=$work/home.empty
must "$GARITA" init
run clock --now $HOUR
expect_status 0
expect_out "clock: $HOUR
floor: none; two authorities that attest a time are needed for one"
run clock --now $HOUR --drop-floor
expect_status 0
expect_err_has "no floor is kept"

GARITA_HOME=$station
run clock --now $HOUR
expect_status 0
expect_out_has "floor: $NOW"
expect_out_has "$NOW  CBP, below USA anchor"
expect_out_lacks "AHEAD"
run clock --now $HOUR --json
expect_json 'o.clock === "'$HOUR'" && o.floor === "'$NOW'" && o.floor_kept === o.floor && !o.behind'
expect_json 'o.attested.length === 5 && o.attested.every((a) => a.counts)'
run clock --now 2027-06-01T11:00:00Z --json
expect_json 'o.behind && o.attested.every((a) => !a.counts)'

# One anchor alone does not raise it, however many sign below it; two do.
at $HOUR --home "$agency" head --as cbp
at $HOUR --home "$agency" head --as dhs
carry $HOUR
run clock --now $HOUR --json
expect_json 'o.floor === "'$NOW'" && o.attested[0].signed_at === "'$HOUR'"'
at $HOUR --home "$agency" head --as inm
carry $HOUR
run clock --now $HOUR --json
expect_json 'o.floor === "'$HOUR'"'

# A poisoned head, a year ahead of the clock, raises nothing; and nothing by it is accepted.
at $YEAR --home "$agency" head --as cbp
at $YEAR --home "$agency" head --as inm
carry $HOUR
run clock --now $HOUR --json
expect_json 'o.floor === "'$HOUR'" && o.attested.filter((a) => !a.counts).length === 2'
run scan --now $HOUR --json card.txt
expect_json 'o.reason === "status-stale"'

# A clock that ran fast believes it: then the right time is behind, until the operator lowers it.
carry $YEAR
run clock --now $HOUR --json
expect_json 'o.floor === "'$HOUR'" && o.behind === false'
at $YEAR --home "$agency" head --as usa
carry $YEAR
run clock --now $HOUR --json
expect_json 'o.floor === "'$YEAR'" && o.behind'
run scan --now $HOUR --lane default --json card.txt
expect_status 2
# Whatever the first reason is, the clock comes first; and what to do about it is said.
expect_json 'o.hint.startsWith("set the clock: authorities have already signed at '$YEAR'")'
run scan --now 2025-01-01T00:00:00Z --json card.txt
expect_json 'o.reason !== "clock-behind" && o.hint.startsWith("set the clock")'
run clock --now $HOUR
expect_out_has "set the clock; or, if it is right: garita clock --lower-floor $HOUR"

for wrong in "--lower-floor soon" "--lower-floor 2027-06-01" "--lower-floor $HOUR --drop-floor"; do
    run clock $wrong
    expect_status 64
done
run clock --now $HOUR --lower-floor 2029-01-01T00:00:00Z
expect_status 64
expect_err_has "not later than that"
run clock --now $HOUR --json
expect_json 'o.floor === "'$YEAR'"'

run clock --now $HOUR --lower-floor $HOUR
expect_status 0
expect_out_has "floor: $HOUR"
run clock --now $HOUR --json
expect_json 'o.floor_kept === "'$HOUR'" && !o.behind'
# Below what the heads attest that the clock has reached, it is those that count.
run clock --now $HOUR --lower-floor 2027-01-01T00:00:00Z
expect_status 0
expect_err_has "authorities attest a later time"
run clock --now 2027-05-01T00:00:00Z --json
expect_json 'o.floor === "2027-01-01T00:00:00Z" && !o.behind'
run clock --now $HOUR --drop-floor --json
expect_status 0
expect_json 'o.floor_kept === null'

# Each of the three stands in the log of decisions.
run log show --json
expect_status 0
expect_json 'all.filter((d) => d.kind === "floor").length === 3'
run log verify
expect_status 0

# A home that cannot be written keeps its floor.
chmod -R a-w "$station"
run clock --now $HOUR --drop-floor
case $(id -u) in
0) ;;
*) expect_status 77 ;;
esac
run clock --now $HOUR
chmod -R u+w "$station"
expect_status 0
