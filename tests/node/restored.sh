#!/bin/bash
# An agency's home that was put back from a backup: its node hears from its peers what it has forgotten, and
# only then does it sign again (rule of trust 9).
. "$(dirname "$0")/lib.sh"
make_roots
make_home b
certify b mex
as inm key new node --no-passphrase
as inm key export node -o inm_node.pub
as mex node certify --as mex --subject inm_node.pub --name "Node inm" -o inm.node
as inm trust add inm.node
carry_to b inm
issue inm card.txt
card=$serial

start_node b
start_node inm --peer "127.0.0.1:${node_port[b]}"
wait_for "B knows the card's serial" judges b card.txt ok
stop_node inm
cp -a home.inm backup
start_node inm --peer "127.0.0.1:${node_port[b]}"
as inm revoke --as inm "$card"
wait_for "B rejects the card" judges b card.txt revoked
stop_node inm

# The backup comes back: it knows nothing of the revocation, and says so before it contradicts itself.
rm -r home.inm
mv backup home.inm
judges inm card.txt ok >"$seen/out" || fail "this tests nothing: the backup knows already"
run --home "$work/home.inm" issue --as inm claims.json -o second.txt
expect_status 77
start_node inm --peer "127.0.0.1:${node_port[b]}"
wait_for "the home hears from B what it said" judges inm card.txt revoked
wait_for "the log says so" logged inm confirmed "log=INM"
issue inm second.txt
[ "$serial" -gt 65536 ] || fail "serial $serial may have been given before"
wait_for "B accepts the second" judges b second.txt ok
wait_for "both have equal heads" same_heads inm b
stop_node inm
stop_node b
sound inm b
run --home "$work/home.b" audit
expect_status 0
