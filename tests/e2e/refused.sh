#!/bin/bash
# A node that nobody certified is refused, one whose certificate is revoked is told so and its sessions
# end; the reason stands in the logs of both, and in garita peers.
. "$(dirname "$0")/lib.sh" || exit
make_roots
for name in a b stranger; do make_home $name; done
certify a usa
certify b mex
stolen=$serial

# refused_by NAME WHO REASON: whether garita peers says so.
refused_by() {
    "$GARITA" --home "$work/home.$1" peers --json >"$seen/out" &&
        node -e '
            const o = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
            const is_it = (each) => each.by_us === (process.argv[2] === "us") && each.reason === process.argv[3];
            process.exit(o.refused.some(is_it) ? 0 : 1);
        ' "$seen/out" "$2" "$3"
}

start_node a
start_node stranger --peer "127.0.0.1:${node_port[a]}"
wait_for "A refuses the stranger" logged a refused reason=uncertified by=us
wait_for "the stranger hears why" logged stranger refused reason=uncertified by=peer
wait_for "A's people hear of it" refused_by a us uncertified
wait_for "the stranger's people too" refused_by stranger peer uncertified
run --home "$work/home.a" peers
expect_status 0
expect_out_has "by this node"
expect_out_has "uncertified: not certified below a pinned anchor"
run --home "$work/home.stranger" peers
expect_out_has "NOT CERTIFIED, so that peers refuse it"
expect_out_has "by the peer"
links_up a 0 || fail "the stranger has a link"
# Nothing of what A holds went to it.
run --home "$work/home.stranger" status --json
expect_json 'all.every((log) => log.name !== "INM")'
stop_node stranger

start_node b --peer "127.0.0.1:${node_port[a]}"
wait_for "A admits B" links_up a 1
wait_for "B admits A" links_up b 1
as mex revoke --as mex "$stolen" --reason stolen
carry_to a mex
wait_for "A refuses the stolen node" logged a refused reason=revoked by=us
wait_for "the stolen node hears why" logged b refused reason=revoked by=peer
wait_for "its session has ended" links_up a 0
wait_for "A's people hear of it" refused_by a us revoked
# It tries again, and stays out.
stop_node b
start_node b --peer "127.0.0.1:${node_port[a]}"
tries=$(grep -c ' refused ' a.log)
tried_again() { [ "$(grep -c ' refused ' a.log)" -gt "$tries" ]; }
wait_for "it is refused again" tried_again
links_up a 0 || fail "the stolen node has a link again"
for name in a b; do stop_node $name; done
sound a b stranger
