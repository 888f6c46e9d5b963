#!/bin/bash
# [ARCHIVE=--archive] nodes.sh BUILD [NODES [REVOKED]]: what real nodes take, on this machine. NODES (50) garitad processes of
# a release build, each with six configured peers at most. Prints
#   - from the start of `garita revoke` at one to the moment at which a scan at each other would
#     reject: median and maximum over all others, of 7 revocations
#   - what of the processor an idle node takes
#   - a node's memory, at most so far, before and after REVOKED (1,000,000) more serials are revoked
# A bench: prints figures, and fails only if something does not come at all.
build=$(cd "${1:?a build folder}" && pwd) || exit
source=$(cd "$(dirname "$0")/../.." && pwd)
count=${2:-50}
revoked=${3:-1000000}
: "${ARCHIVE=}"
folder=$(mktemp -d "${TMPDIR:-/tmp}/garita-nodes-XXXXXX") && cd "$folder" || exit
export GARITA=$build/cli/garita GARITAD=$build/node/garitad GARITA_SOURCE=$source
DEADLINE_S=${DEADLINE_S:-120}
. "$source/tests/e2e/lib.sh" || exit
at_end+=("rm -rf $folder")
watch=$build/tests/bench/nodes_watch

now_ms() { echo $(($(date +%s%N) / 1000000)); }
ticks_of() { awk '{ print $14 + $15 }' "/proc/$1/stat"; } # of the processor, user and system
peak_kib() { awk '/^VmHWM/ { print $2 }' "/proc/$1/status"; }
# median and maximum of the numbers on standard input
spread() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)], v[NR] }'; }

make_roots
mv home.inm home.n0
as n0 key new node --no-passphrase
as n0 key export node -o n0.pub
certify n0 usa
# One home, copied: what differs is the key and the certificate.
as seed init --country USA
pin seed
for ((i = 1; i < count; i++)); do
    cp -R home.seed home.n$i
    as n$i key new node --no-passphrase
    as n$i key export node -o n$i.pub
    certify n$i usa
done
echo "$count homes"

# Each calls up to three that started before it: the newest, one in the middle, and one by chance of a
# fixed seed. That makes about six links a node.
RANDOM=7
for ((i = 0; i < count; i++)); do
    peers=()
    if [ "$i" -gt 0 ]; then
        for j in $((i - 1)) $((i / 2)) $((RANDOM % i)); do
            case " ${peers[*]} " in *":${node_port[n$j]} "*) ;; *) peers+=(--peer "127.0.0.1:${node_port[n$j]}") ;; esac
        done
    fi
    start_node n$i $ARCHIVE "${peers[@]}"
done
issue n0 card.txt
all_accept() {
    local i
    for ((i = accepted; i < count; i++)); do
        judges n$i card.txt ok || return 1
        accepted=$((i + 1))
    done
}
accepted=0
wait_for "all accept" all_accept
sleep 15 # until they have stopped to meet

# --- from revoke to reject ---
homes=()
for ((i = 1; i < count; i++)); do homes+=("$work/home.n$i"); done
# spread_of NAME SERIALS-FILE: revokes them at once, and prints when the last of them is known at each
# other, after the start of the command, in ms
spread_of() {
    local begin
    coproc WATCH { exec "$watch" INM "$(tail -n 1 "$2")" "${homes[@]}" 2>watch.err; }
    read -r line <&"${WATCH[0]}" || fail "$(cat watch.err)"
    begin=$(now_ms)
    must "$GARITA" --home "$work/home.n0" revoke --as inm --serials-from "$2" --unregistered
    done_ms=$(($(now_ms) - begin))
    for ((i = 1; i < count; i++)); do
        read -r -t "$DEADLINE_S" moment _ <&"${WATCH[0]}" || fail "$1: known at $((i - 1)) others alone"
        echo $((moment - begin))
    done >spread.$1
    wait "$WATCH_PID" 2>/dev/null
}
for turn in 1 2 3 4 5 6 7; do
    echo $((100 + turn)) >serials
    spread_of $turn serials
    sleep 2
done
read -r median maximum < <(cat spread.[1-7] | spread)
echo "revoke to reject at all $((count - 1)) others: median $median ms, maximum $maximum ms (7 revocations; the command itself ended after $done_ms ms)"

# --- idle ---
for name in "${!node_pid[@]}"; do ticks[${name#n}]=$(ticks_of "${node_pid[$name]}"); done
idle_s=${IDLE_S:-60}
sleep $idle_s
for name in "${!node_pid[@]}"; do
    echo $(($(ticks_of "${node_pid[$name]}") - ticks[${name#n}]))
done >idle
read -r median maximum < <(spread <idle)
hz=$(getconf CLK_TCK)
awk -v m="$median" -v x="$maximum" -v s=$idle_s -v hz="$hz" 'BEGIN {
    printf "idle, of one core: median %.2f %%, maximum %.2f %% (over %d s)\n", 100 * m / hz / s, 100 * x / hz / s, s }'

# --- memory ---
memory() { # WHAT
    for name in "${!node_pid[@]}"; do peak_kib "${node_pid[$name]}"; done >memory
    read -r median maximum < <(spread <memory)
    echo "memory at most so far (VmHWM), $1: median $((median / 1024)) MiB, maximum $((maximum / 1024)) MiB"
}
memory "few revoked"
if [ "$revoked" -gt 0 ]; then
    # every third serial: what neither runs nor empty places make cheap
    seq 1000 3 $((1000 + 3 * (revoked - 1))) >serials
    spread_of many serials
    read -r median maximum < <(spread <spread.many)
    echo "$revoked serials at once: known at all others after median $median ms, maximum $maximum ms (the command itself took $done_ms ms)"
    memory "$revoked revoked"
fi
