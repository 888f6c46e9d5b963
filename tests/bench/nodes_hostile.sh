#!/bin/bash
# nodes_hostile.sh BUILD: how much slower honest nodes converge while strangers knock: three nodes in a
# line, of a release build; 11 revocations at one end, each timed until a scan at the other would
# reject; without strangers, then with 10,000 connections that never finish a handshake, then with 50
# that send garbage as fast as they can, both at the node in the middle; each from the honest nodes'
# address, and from others; then with 50 certified nodes that send garbage once they are let in. Prints
# medians and their ratios.
build=$(cd "${1:?a build folder}" && pwd) || exit
source=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d "${TMPDIR:-/tmp}/garita-nodes-XXXXXX") && cd "$folder" || exit
export GARITA=$build/cli/garita GARITAD=$build/node/garitad GARITA_SOURCE=$source
DEADLINE_S=300
. "$source/tests/e2e/lib.sh" || exit
at_end+=("rm -rf $folder")
watch=$build/tests/bench/nodes_watch
garbage=$build/tests/e2e/e2e_garbage
hostile=$build/tests/e2e/e2e_hostile
turns=11

make_roots
mv home.inm home.a
as a key new node --no-passphrase
as a key export node -o a.pub
make_home b
make_home c
for name in a b c; do certify $name usa; done
bad=() files=()
for ((i = 0; i < 50; i++)); do
    as bad$i init
    as bad$i key new node --no-passphrase
    as bad$i key export node -o bad$i.pub
    as usa node certify --as usa --subject bad$i.pub --name "Bad $i" -o bad$i.node
    bad+=("$work/home.bad$i")
    files+=("bad$i.node")
done
as b trust add "${files[@]}"
start_node a
start_node b --peer "127.0.0.1:${node_port[a]}"
start_node c --peer "127.0.0.1:${node_port[b]}"
issue a card.txt
wait_for "C accepts" judges c card.txt ok

now_ms() { echo $(($(date +%s%N) / 1000000)); }
serial=1000
# measure NAME: prints the median of the turns, and the ratio to the first that was measured
measure() {
    local turn begin moment
    for ((turn = 0; turn < turns; turn++)); do
        serial=$((serial + 1))
        sleep 1.5 # a node relays heads of one authority once a second: that is not what is measured
        coproc WATCH { exec "$watch" INM $serial "$work/home.c" 2>watch.err; }
        read -r line <&"${WATCH[0]}" || fail "$(cat watch.err)"
        begin=$(now_ms)
        must "$GARITA" --home "$work/home.a" revoke --as inm $serial --unregistered
        read -r -t "$DEADLINE_S" moment _ <&"${WATCH[0]}" || fail "$1: $serial never came"
        wait "$WATCH_PID" 2>/dev/null
        echo $((moment - begin))
    done | sort -n >times
    [ "$(wc -l <times)" = $turns ] || fail "$1: not all turns"
    median=$(sed -n $(((turns + 1) / 2))p times)
    maximum=$(tail -n 1 times)
    : "${first:=$median}"
    awk -v n="$1" -v m="$median" -v x="$maximum" -v f="$first" 'BEGIN { printf "%-52s median %5d ms, maximum %5d ms, ratio %.2f\n", n, m, x, m / f }'
    serial=$((serial + turns))
}
# besieged NAME PROGRAM ARGUMENT...: the same with strangers
besieged() {
    local name=$1
    shift
    coproc GARBAGE { exec "$@" 2>garbage.err; }
    stranger=$GARBAGE_PID
    at_end=("kill $stranger" "${at_end[@]}")
    read -r -t 120 line <&"${GARBAGE[0]}" || fail "the strangers do not come: $(cat garbage.err)"
    measure "$name"
    exec {GARBAGE[1]}>&-
    read -r line <&"${GARBAGE[0]}" && echo "  $line"
    wait "$stranger" 2>/dev/null
    at_end=("${at_end[@]:1}")
}

measure "no strangers"
besieged "10,000 silent, from the honest nodes' address" "$garbage" silent "${node_port[b]}" 10000
besieged "10,000 silent, from 1,000 other addresses" "$garbage" silent "${node_port[b]}" 10000 1000
besieged "50 noisy, from the honest nodes' address" "$garbage" noise "${node_port[b]}" 50
besieged "50 noisy, from 50 other addresses" "$garbage" noise "${node_port[b]}" 50 50
besieged "50 certified, from the honest nodes' address" "$hostile" "${node_port[b]}" "${bad[@]}"
measure "no strangers again"
