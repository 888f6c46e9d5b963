#!/bin/bash
# Two nodes over IPv6.
. "$(dirname "$0")/lib.sh" || exit
grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6 2>/dev/null || {
    echo "this machine has no ::1"
    exit 77
}
make_roots
for name in a b; do
    make_home $name
    certify $name usa
done
issue inm card.txt
carry_to a inm

launch a --listen '[::1]:0'
await_node a
port=$(sed -n 's/.*"listen":\["\[::1\]:\([0-9]*\)".*/\1/p' "$seen/peers")
[ -n "$port" ] || fail "it does not say where it listens: $(cat "$seen/peers")"
launch b --peer "[::1]:$port"
await_node b
wait_for "B accepts the card" judges b card.txt ok
run --home "$work/home.b" peers --json
expect_json 'o.links.some((link) => link.is_up && link.address.startsWith("[::1]:") && link.direction === "out")'
expect_json 'o.listen.length === 0'
for name in a b; do stop_node $name; done
