#!/bin/bash
# kill_loop.sh ROUNDS: nodes are killed, each in turn, while an agency revokes without a pause. What
# was acknowledged to the agency is known everywhere at the end, every home is sound, and heads
# never went back.
# B keeps all batches, as somebody has to: whoever was away longest asks for them.
. "$(dirname "$0")/lib.sh" || exit
rounds=${1:-12}
archive=${ARCHIVE-}
make_roots
mv home.inm home.a
as a key new node --no-passphrase
as a key export node -o a.pub
make_home b
make_home c
for name in a b c; do certify $name usa; done

# start NAME: in its place in the line A - B - C.
start() {
    case $1 in
    a) start_node a ;;
    b) start_node b $archive --peer "127.0.0.1:${node_port[a]}" ;;
    c) start_node c --peer "127.0.0.1:${node_port[b]}" ;;
    esac
}
for name in a b c; do start $name; done

# The agency: serials from 1,000 on, three at a time; what was acknowledged is in acknowledged.
: >acknowledged
(
    next=1000
    while [ ! -e enough ]; do
        if "$GARITA" --home "$work/home.a" revoke --as inm $next $((next + 1)) $((next + 2)) \
            --unregistered >>revoke.out 2>>revoke.err; then
            printf '%s\n' $next $((next + 1)) $((next + 2)) >>acknowledged
        else
            echo "revoke of $next failed" >>revoke.failed
        fi
        next=$((next + 3))
    done
) &
agency=$!
at_end+=("kill $agency")

size_of() { "$GARITA" --home "$work/home.$1" status --json | sed -n '/"name":"INM"/s/.*"size":\([0-9]*\).*/\1/p'; }
victims=(b c a c b a)
for ((round = 0; round < rounds; round++)); do
    victim=${victims[round % ${#victims[@]}]}
    sleep "0.$((round * 3 % 10))"
    before=$(size_of "$victim")
    kill_node "$victim"
    start "$victim"
    after=$(size_of "$victim")
    [ "${after:-0}" -ge "${before:-0}" ] || fail "the head of $victim went back from $before to $after"
done
touch enough
wait "$agency"
at_end=()
[ ! -e revoke.failed ] || fail "$(head -n 3 revoke.failed revoke.err)"
count=$(wc -l <acknowledged)
[ "$count" -gt 0 ] || fail "nothing was revoked"
for name in a b c; do wait_for "$name knows all $count" has_revoked $name "$count"; done
wait_for "all have equal heads" same_heads a b c
for name in a b c; do stop_node $name; done
sound a b c
echo "$rounds kills, $count revocations acknowledged"
