#!/bin/sh
# No head is signed by a clock that has run far ahead, unless somebody vouches for it.
. "$(dirname "$0")/lib.sh"

# Where --now is not given the machine's clock counts: so the heads are set long before it.
PAST=2020-06-01T12:00:00Z
year=$(date +%Y)
at $PAST init --country USA
for name in usa cbp; do
    at $PAST key new $name --no-passphrase
    at $PAST key export $name -o $name.pub
done
at $PAST authority anchor usa --name "USA anchor" --country USA -o usa.auth
at $PAST trust add usa.auth --anchor
at $PAST authority certify --as usa --subject cbp.pub --name CBP --country USA \
    --programmes sentri -o cbp.auth
at $PAST trust add cbp.auth
cat >claims.json <<'END_CLAIMS'
{"programme":"sentri","holder":{"name":"ANA","birth_date":"1988-04-02",
"nationality":"MEX","document":{"type":"passport","country":"MEX","number":"G1"}},
"not_before":"2020-01-01","expires":"2039-01-01"}
END_CLAIMS
# The first head of all has nothing to be far from.
at $PAST issue --as cbp claims.json -o card.txt

before=$("$GARITA" status --now $PAST --json)
for command in "head --as cbp" "revoke --as cbp 1" "issue --as cbp claims.json -o x.txt" "head --as usa"; do
    # shellcheck disable=SC2086 # words
    run $command
    expect_status 77
    expect_err_has "the clock says $year-"
    expect_err_has "say so with --now $year-"
    # shellcheck disable=SC2086
    run $command --json
    expect_json 'o.error === "clock-doubtful"'
done
[ ! -e x.txt ] || fail "a card was written"
[ "$("$GARITA" status --now $PAST --json)" = "$before" ] || fail "something was signed"
run head --as cbp --now "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
expect_status 0
# From then on that is the time.
run head --as cbp
expect_status 0
