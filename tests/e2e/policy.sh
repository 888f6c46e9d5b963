#!/bin/bash
# A policy that an anchor signs at A rules the lane at C, two hops away, and its revocation gives the lane
# back; an attestation by an authority that C never heard of counts there. No file is carried to C.
. "$(dirname "$0")/lib.sh" || exit
make_roots
as usa key new node --no-passphrase
as usa key export node -o a.pub
mv home.usa home.a
run_as_a() { must "$GARITA" --home "$work/home.a" "$@"; }
make_home b
make_home c
for name in a b c; do
    run_as_a node certify --as usa --subject $name.pub --name "Node $name" -o $name.node
    as $name trust add $name.node
done
# A ministry below the other anchor, and the agency: their records come to A in files.
as health init --country MEX
as health key new health --no-passphrase
as health key export health -o health.pub
as mex authority certify --as mex --subject health.pub --name Salud --country MEX --programmes health \
    --types attestation,head -o health.auth
pin health
as health trust add health.auth
issue inm card.png
cat >vaccination.json <<JSON
{"attestation":"vaccination","holder":{"birth_date":"1988-04-02",
"document":{"type":"passport","country":"MEX","number":"G12345678"}},
"expires":"$(date -u -d '+1 year' +%F)","product":"EU/1/20/1528","dose":2,"doses":2,
"date":"$(date -u -d '-30 days' +%F)"}
JSON
as health issue --as health vaccination.json -o vaccination.png
run_as_a trust add mex.auth --anchor
carry_to a mex inm health

# policy FILE TITLE MEMBER: a policy with the lane "foot", MEMBER beside its name.
policy() {
    cat >"$1" <<JSON
{"country":"USA","title":{"en":"$2","es":"$2"},"until":"$(date -u -d '+1 year' +%FT%TZ)",
"lanes":[{"name":"foot","title":{"en":"On foot","es":"A pie"},"programmes":["sentri"]$3}]}
JSON
}
policy plain.json "Plain" ""
policy strict.json "Strict" ',"attestations":[{"description":{"en":"A vaccination.","es":"Una vacunación."},
"any_of":[{"kind":"vaccination","max_age":"270d"}]}]'

start_node a
start_node b --peer "127.0.0.1:${node_port[a]}"
start_node c --peer "127.0.0.1:${node_port[b]}"
says() { # REASON FILE...: what C gives now in the lane
    local reason=$1
    shift
    "$GARITA" --home "$work/home.c" scan --lane foot "$@" --json | grep -F "\"reason\":\"$reason\""
}
run --home "$work/home.c" scan --lane foot card.png
expect_status 64
run_as_a policy sign --as usa plain.json -o plain.policy
run_as_a policy add plain.policy
wait_for "C has the lane" says ok card.png
run_as_a policy sign --as usa strict.json -o strict.policy --json
serial=$(sed -n 's/.*"serial":\([0-9]*\).*/\1/p' "$seen/out" | head -n 1)
run_as_a policy add strict.policy
wait_for "C asks for a vaccination" says attestation-missing card.png
wait_for "C takes the ministry's" says ok card.png vaccination.png
run_as_a revoke --as usa "$serial" --reason withdrawn
wait_for "the policy below rules again" says ok card.png
run --home "$work/home.c" scan --lane foot card.png
expect_status 0
for name in a b c; do stop_node $name; done
sound a b c
