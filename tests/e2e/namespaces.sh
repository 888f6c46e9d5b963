#!/bin/bash
# namespaces.sh RELAY: three nodes, each in a network namespace of its own. A and C share a wire; B is
# behind a relay (relay.c) that delays each frame by 300 ms, and can be cut; every interface loses
# 20 % of what arrives (iptables' statistic match, or nftables' numgen) and sends at most 64 kbit/s
# (tbf). B and C have a second wire between them, down at first.
#
#   A --+-- left ==RELAY== right --- B
#   C --+                            |
#   +------------ spare ------------+
#
# Whatever the network does, what the agency at A revokes is rejected at B in the end; and not before
# anything can have reached it.
. "$(dirname "$0")/lib.sh" || exit
relay_program=${1:?relay}
DEADLINE_S=240
tag=garita$$-
[ "$(id -u)" = 0 ] || {
    echo "network namespaces are made by root alone"
    exit 77
}

inside() { # NAMESPACE COMMAND...
    local name=$1
    shift
    must nsenter --net="/run/netns/$tag$name" "$@"
}
namespace() { # NAME
    must ip netns add "$tag$1"
    at_end+=("ip netns del $tag$1")
    inside "$1" ip link set lo up
}
# wire NAME INTERFACE ADDRESS HUB_BRIDGE: an interface in a namespace, and its other end on a bridge.
wire() {
    must ip link add "$2" netns "$tag$1" type veth peer name "$1-$2" netns "${tag}hub"
    inside hub ip link set "$1-$2" master "$4" up
    inside "$1" ip addr add "$3/24" dev "$2"
    inside "$1" ip link set "$2" up
}
# worsen NAME INTERFACE: 64 kbit/s out, 20 % of what comes in lost.
worsen() {
    inside "$1" tc qdisc add dev "$2" root tbf rate 64kbit burst 2kb latency 3s
    if command -v iptables >/dev/null; then
        inside "$1" iptables -A INPUT -i "$2" -m statistic --mode random --probability 0.2 -j DROP
    else
        inside "$1" nft "add table ip lossy; add chain ip lossy in { type filter hook input priority 0; };
                         add rule ip lossy in iifname $2 numgen random mod 100 < 20 drop"
    fi
}
tell() { # COMMAND: to the relay
    echo "$1" >&"${RELAY[1]}" && read -r line <&"${RELAY[0]}" && [ "$line" = ok ] ||
        fail "the relay does not obey: $1"
}

for name in hub a b c; do
    namespace $name
    node_in[$name]=$tag$name
done
for bridge in left right spare; do
    inside hub ip link add $bridge type bridge
    inside hub ip link set $bridge up
done
wire a eth0 10.77.0.1 left
wire c eth0 10.77.0.3 left
wire b eth0 10.77.0.2 right
wire b eth1 10.77.1.2 spare
wire c eth1 10.77.1.3 spare
for name in a b c; do worsen $name eth0; done
for name in b c; do worsen $name eth1; done
inside c ip link set eth1 down
coproc RELAY { exec nsenter --net="/run/netns/${tag}hub" "$relay_program" tap0 tap1 2>relay.err; }
relay=$RELAY_PID
at_end=("kill $relay" "${at_end[@]}")
read -r line <&"${RELAY[0]}" || fail "no relay: $(cat relay.err)"
inside hub ip link set tap0 master left up
inside hub ip link set tap1 master right up
tell "delay 300"

make_roots
mv home.inm home.a
as a key new node --no-passphrase
as a key export node -o a.pub
make_home b
make_home c
certify a usa --address 10.77.0.1:7700
certify b mex --address 10.77.0.2:7700
certify c usa --address 10.77.0.3:7700
for number in 1 2 3 4; do
    issue a card$number.txt
    serials[number]=$serial
done
launch a --listen 10.77.0.1:7700
launch b --listen 10.77.0.2:7700 --listen 10.77.1.2:7700 --peer 10.77.0.1:7700
launch c --listen 10.77.0.3:7700 --peer 10.77.0.1:7700 --peer 10.77.1.2:7700
for name in a b c; do await_node $name; done
revoke() { must "$GARITA" --home "$work/home.a" revoke --as inm "${serials[$1]}"; }

# Loss, delay, and a thin line.
wait_for "B accepts a card" judges b card1.txt ok
revoke 1
wait_for "C rejects it" judges c card1.txt revoked
wait_for "B rejects it" judges b card1.txt revoked

# A partition: C knows, B cannot, and says nothing else; then the line is back.
tell "cut both"
revoke 2
wait_for "C rejects the second" judges c card2.txt revoked
judges b card2.txt ok >"$seen/out" || fail "B is behind a cut line, and does not accept the second card"
tell heal
wait_for "B rejects the second" judges b card2.txt revoked

# One direction is dead: A hears B, B does not hear A. The way around is there.
tell "cut left"
inside c ip link set eth1 up
revoke 3
wait_for "B rejects the third, by way of C" judges b card3.txt revoked
tell heal

# The other direction is dead, and there is no other way; then all is well.
inside c ip link set eth1 down
tell "cut right"
revoke 4
wait_for "C rejects the fourth" judges c card4.txt revoked
tell heal
wait_for "B rejects the fourth" judges b card4.txt revoked
wait_for "all have equal heads" same_heads a b c

# Frames were delayed and dropped, else nothing of this was shown.
echo count >&"${RELAY[1]}"
read -r _ passed_left dropped_left passed_right dropped_right <&"${RELAY[0]}"
[ "$passed_left" -gt 0 ] && [ "$passed_right" -gt 0 ] && [ "$dropped_left" -gt 0 ] && [ "$dropped_right" -gt 0 ] ||
    fail "the relay passed $passed_left and $passed_right frames, and dropped $dropped_left and $dropped_right"
for name in a b c; do
    lost=$(nsenter --net="/run/netns/$tag$name" iptables -nvxL INPUT 2>/dev/null | awk '/statistic/ { n += $1 } END { print n + 0 }')
    [ "$lost" -gt 0 ] || ! command -v iptables >/dev/null || fail "$name lost nothing"
done
for name in a b c; do stop_node $name; done
sound a b c
