#!/bin/bash
# Files and links together: what comes on a stick goes on over the network, and the other way.
. "$(dirname "$0")/lib.sh" || exit
make_roots
for name in a b c d; do
    make_home $name
    certify $name usa
done
issue inm card.txt
first=$serial
issue inm second.txt
second=$serial

start_node a
start_node b --peer "127.0.0.1:${node_port[a]}"
wait_for "A has a link" links_up a 1
# A stick comes to A, beside the running node; B hears of it.
carry_to a inm
wait_for "B accepts the card" judges b card.txt ok
as inm revoke --as inm "$first"
carry_to a inm
wait_for "B rejects the revoked card" judges b card.txt revoked

# C has no line. B's home fills a stick while its node runs; C's node takes it, and D's hears it from C.
start_node c
carry_to c b
judges c card.txt revoked >"$seen/out" || fail "C does not know what the stick brought"
start_node d --peer "127.0.0.1:${node_port[c]}"
wait_for "D rejects the revoked card" judges d card.txt revoked

# Both at once: the same by the line and by a stick, then an older stick.
as inm sync export -o old.gtb
as inm revoke --as inm "$second"
as inm sync export -o new.gtb
must "$GARITA" --home "$work/home.a" sync import new.gtb
must "$GARITA" --home "$work/home.b" sync import new.gtb
must "$GARITA" --home "$work/home.b" sync import old.gtb
for name in a b; do wait_for "$name rejects the second" judges $name second.txt revoked; done
wait_for "A and B have equal heads" same_heads a b
# C and D meet the others: all the same.
stop_node c
start_node c --peer "127.0.0.1:${node_port[b]}"
wait_for "D rejects the second" judges d second.txt revoked
wait_for "all have equal heads" same_heads a b c d
# A damaged stick is refused, and changes nothing on any line.
head -c -20 new.gtb >cut.gtb
run --home "$work/home.a" sync import cut.gtb
expect_status 65
same_heads a b c d || fail "a damaged stick changed something"
for name in a b c d; do stop_node $name; done
sound a b c d
