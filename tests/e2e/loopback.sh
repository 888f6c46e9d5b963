#!/bin/bash
# Three nodes in a line, A - B - C. What the agency at A revokes is rejected at C, two hops away. B is
# killed, more is revoked, B comes back: all have equal heads. A node ends in order within its time.
. "$(dirname "$0")/lib.sh" || exit
make_roots
# A is the agency's own machine.
mv home.inm home.a
as a key new node --no-passphrase
as a key export node -o a.pub
make_home b
make_home c
for name in a c; do certify $name usa; done
certify b mex
issue a card.png
first=$serial
issue a second.txt
second=$serial

start_node a
start_node b --peer "127.0.0.1:${node_port[a]}"
start_node c --peer "127.0.0.1:${node_port[b]}"
# C never heard of INM before: its certificate and its records come from A.
wait_for "C accepts the card" judges c card.png ok
for name in a c; do wait_for "$name has its link" links_up $name 1; done
wait_for "B has both links" links_up b 2
run --home "$work/home.b" peers
expect_status 0
expect_out_has "Node a"
expect_out_has "Node c"
run --home "$work/home.b" status
expect_out_has "node: running, 2 links"
expect_out_lacks "NOT CERTIFIED"
run --home "$work/home.b" status --json
expect_json 'all.length > 0 && all.every((log) => log.node.links === 2)'
must "$GARITA" --home "$work/home.a" revoke --as inm "$first" --reason stolen
wait_for "C rejects the revoked card" judges c card.png revoked
run --home "$work/home.c" scan card.png
expect_status 1
run --home "$work/home.c" scan second.txt
expect_status 0
wait_for "C's log tells of it" logged c took revoked=

kill_node b
must "$GARITA" --home "$work/home.a" revoke --as inm "$second" --reason lost
# What nobody signed again is signed again: a heartbeat of an anchor, by a file at A.
as mex head --as mex
carry_to a mex
run --home "$work/home.c" scan second.txt
expect_status 0
run --home "$work/home.b" peers
expect_status 66
start_node b --peer "127.0.0.1:${node_port[a]}"
wait_for "B catches up" judges b second.txt revoked
wait_for "C catches up" judges c second.txt revoked
wait_for "all have equal heads" same_heads a b c
b_agrees() { "$GARITA" --home "$work/home.b" peers | grep 'holds the same'; }
wait_for "B compares with its peers" b_agrees
for name in a b c; do stop_node $name; done
for name in a b c; do
    logged $name stopped || fail "$name did not say that it stopped"
    run --home "$work/home.$name" peers
    expect_status 66
done
sound a b c
