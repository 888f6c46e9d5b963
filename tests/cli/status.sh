#!/bin/sh
# garita status: every authority's log, how old, and whether the lane default still accepts by it.
. "$(dirname "$0")/lib.sh"
make_stations
HOUR=2027-06-01T13:00:00Z
of() { # NAME: its object
    printf 'all.find((a) => a.name === "%s")' "$1"
}

# No home, and one that knows nobody.
run --home "$work/nowhere" status
expect_status 66
GARITA_HOME=$work/home.empty
must "$GARITA" init
run status
expect_status 0
expect_out_has "floor: none"
expect_err_has "no anchor is pinned"
# Whom it trusts, and of whom it has no records.
must "$GARITA" trust add usa.auth --anchor
run status --now $HOUR
expect_status 0
expect_out_has "USA anchor, USA  (anchor)"
expect_out_has "NO RECORDS OF REVOCATIONS: garita sync import FILE"
run status --json
expect_json 'o.state === "missing" && o.size === null && o.age_s === null && o.signed_at === null'

# All current.
GARITA_HOME=$station
run status --now $HOUR --json
expect_status 0
expect_out_lines 5
expect_json 'all.every((a) => a.state === "current" && a.own === false && !a.equivocated && /^[0-9a-f]{64}$/.test(a.log))'
expect_json 'all.map((a) => a.place).sort().join() === "anchor,anchor,between,issuer,issuer"'
expect_json "$(of CBP)"'.issued === 1 && '"$(of CBP)"'.age_s === 3600'
run status --now $HOUR
expect_out_lines 17
expect_out_has "current; signed 2027-06-01T12:00:00Z, 1 h ago; the next is due 2027-06-08T12:00:00Z"
expect_out_has "clock: $HOUR"
expect_out_has "floor: 2027-06-01T12:00:00Z"
run status --now $HOUR --lang es
expect_status 0

# Each by its own limit.
run status --now 2027-06-09T12:00:00Z --json
expect_json 'all.filter((a) => a.state === "stale").map((a) => a.name).sort().join() === "CBP,INM"'
run status --now 2027-09-09T12:00:00Z --json
expect_json 'all.filter((a) => a.state === "stale").map((a) => a.name).sort().join() === "CBP,DHS,INM"'
run status --now 2028-09-09T12:00:00Z --json
expect_status 0
expect_json 'all.every((a) => a.state === "stale")'
run status --now 2028-09-09T12:00:00Z
expect_out_has "STALE; signed 2027-06-01T12:00:00Z, 466 d ago"
# The clock before it.
run status --now 2027-06-01T11:00:00Z
expect_out_has "AHEAD OF THE CLOCK"
expect_out_has "THE CLOCK IS 1 h BEHIND"

# What is withdrawn is counted, and whose home it is said.
GARITA_HOME=$agency
at $HOUR issue --as cbp claims.json -o 2.txt
at $HOUR issue --as cbp claims.json -o 3.txt
at $HOUR revoke --as cbp 1 2 --reason lost
at $HOUR suspend --as cbp 3
run status --now $HOUR --json
expect_json 'all.every((a) => a.own)'
carry $HOUR
GARITA_HOME=$station
run status --now $HOUR --json
expect_json "$(of CBP)"'.revoked === 2 && '"$(of CBP)"'.suspended === 1 && '"$(of CBP)"'.issued === 3'
run status --now $HOUR
expect_out_has "issued up to serial 3; revoked: 2; suspended: 1"

# Nobody's any more: kept, and said.
cbp=$("$GARITA" trust list --json | sed -n 's/.*"id":"\([0-9a-f]*\)".*"name":"CBP".*/\1/p')
must "$GARITA" trust remove "$cbp"
run status --now $HOUR --json
expect_out_lines 4
expect_err_has "records of authorities that are not trusted here are kept, and count for nothing: 1"
must "$GARITA" trust add cbp.auth
run status --now $HOUR --json
expect_err_empty
expect_json "$(of CBP)"'.state === "current" && '"$(of CBP)"'.revoked === 2'

# Two histories.
cp -R "$agency" "$work/home.other"
cp -R "$HOME/.local/state/garita" other.state
GARITA_HOME=$work/home.other
must "$GARITA" --state other.state --now $HOUR revoke --as cbp 3
must "$GARITA" sync export -o two.gtb
GARITA_HOME=$agency
at $HOUR reinstate --as cbp 3
carry $HOUR
GARITA_HOME=$station
run --now $HOUR sync import two.gtb
run status --now $HOUR --json
expect_status 0
expect_json "$(of CBP)"'.equivocated && '"$(of CBP)"'.revoked_elsewhere === 1 && !'"$(of DHS)"'.equivocated'
run status --now $HOUR
expect_out_has "HAS SIGNED RECORDS THAT CONTRADICT EACH OTHER"
expect_out_has "revoked in what else it signed: 1"
run status --now $HOUR --json
expect_json "$(of CBP)"'.state === "equivocated" && '"$(of DHS)"'.state === "current"'
# That is no damage of the home, and not sound either.
run doctor --now $HOUR
expect_status 0
expect_out_has "warning: log of CBP"
expect_out_has "it has signed two histories"
expect_out_has "looked at: 2 anchors"
# A head that the clock has not reached has no age.
run status --now 2027-05-01T11:00:00Z --json
expect_json "$(of DHS)"'.state === "ahead" && '"$(of DHS)"'.age_s === null'

# On a terminal no line is cut by its edge.
if command -v script >/dev/null; then
    for verb in "status --now $HOUR" "clock --now 2027-05-01T00:00:00Z" "trust list" \
        "doctor --now $HOUR" "audit --now $HOUR"; do
        ran="garita $verb (on a terminal)"
        script -qec "stty rows 24 cols 80; \"$GARITA\" $verb" /dev/null </dev/null 2>"$seen/err" |
            tr -d '\r' >"$seen/out"
        [ -s "$seen/out" ] || fail "nothing was shown"
        [ "$(wc -L <"$seen/out")" -le 80 ] || fail "a row of more than 80 columns"
    done
fi
