#!/bin/bash
# garita peers and status, where what answers for a running node is not one, is half dead, or hostile:
# each ends with a clear error, and never hangs. The good path is in the other scripts, with garitad.
. "$(dirname "$0")/../cli/lib.sh" || exit
here=$(cd "$(dirname "$0")" && pwd)
trap 'stop_fake' EXIT

# fake HOW [FILE]: in GARITA_HOME, in place of the one before.
fake() {
    stop_fake
    coproc FAKE { cd "$GARITA_HOME" && exec node "$here/fake_node.js" "$@"; }
    fake=$FAKE_PID
    read -r line <&"${FAKE[0]}" || fail "no fake node"
    [ "$line" = ready ] || fail "the fake node said: $line"
}
stop_fake() {
    [ -n "${fake:-}" ] || return 0
    kill "$fake" 2>/dev/null
    wait "$fake" 2>/dev/null
    rm -f "$GARITA_HOME/garitad.sock"
    fake=
}
# said MEMBERS: an answer, with these members in place of its own.
said() {
    node -e '
        const key = "ab".repeat(32);
        const link = { node: key, name: "Otay 2", country: "MEX", address: "10.0.0.2:7700",
                       direction: "out", is_configured: true, is_up: true, for_s: 7300, rtt_ms: 12,
                       bytes_in: 1300000, bytes_out: 900, agrees: true };
        const answer = { version: 1, pid: 7, node: key, name: "San Ysidro 1", is_certified: true,
                         since: "2027-06-01T12:00:00Z", listen: ["127.0.0.1:7701"],
                         is_archive: false, agreed_s: 3,
                         behind: { logs: 0, bytes: 0, bytes_total: 0 }, links: [link],
                         refused: [{ at: "2027-06-01T12:00:01Z", address: "10.0.0.9:1", node: null,
                                     by_us: true, reason: "uncertified" }] };
        const change = new Function("link", "return (" + process.argv[1] + ")")(link);
        console.log(JSON.stringify(Object.assign(answer, change)));
    ' "$1" >said.new && mv said.new said.json || fail "no answer to give: $1"
}

run --home "$work/nowhere" peers
expect_status 66
must "$GARITA" init
run peers
expect_status 66
expect_err_has "no node runs in this home"
expect_err_has "garitad --home DIR --key NAME --listen"
run peers --json
expect_status 66
expect_json 'o.error === "not-running"'
expect_err_empty
run status
expect_status 0
expect_out_lacks "node:"

# What a node says.
said '{}'
fake say "$work/said.json"
run peers
expect_status 0
expect_err_empty
expect_out_has "San Ysidro 1  abababababababab; since 2027-06-01T12:00:00Z; listens on 127.0.0.1:7701"
expect_out_has "node: running, 1 link; held the same as a peer 3 s ago"
expect_out_has "  Otay 2  MEX      ->  10.0.0.2:7700  2 h  12 ms  1.2 MiB  900 B  holds the same, configured"
expect_out_has "  2027-06-01T12:00:01Z  by this node  10.0.0.9:1  uncertified: not certified below a pinned anchor"
run peers --json
expect_status 0
expect_out_lines 1
expect_json 'o.links.length === 1 && o.links[0].rtt_ms === 12 && o.refused[0].node === null && o.agreed_s === 3'
run status
expect_out_has "node: running, 1 link"
# Reads every member, and no other.
said '{ later: [1.5, { a: null }], links: [Object.assign({ later: 2.5 }, link)] }'
fake say "$work/said.json"
run peers --json
expect_status 0
expect_json '!("later" in o) && !("later" in o.links[0])'
# A new one, with nobody yet, and one that catches up.
said '{ name: null, is_certified: false, agreed_s: null, links: [], refused: [], listen: [] }'
fake say "$work/said.json"
run peers
expect_out_has "0 links; NOT CERTIFIED, so that peers refuse it; NOT YET COMPARED WITH ANY PEER"
expect_out_lines 2
said '{ behind: { logs: 2, bytes: 12 * 1048576, bytes_total: 30 * 1048576 } }'
fake say "$work/said.json"
run status
expect_status 0
expect_out_has "catching up: 2 logs behind  [########------------]  40 %, 12.0 MiB of 30.0 MiB"
# Where standard error is no terminal nobody waits.
run status --watch
expect_status 0
# Again and again, until the node is gone.
said '{}'
fake say "$work/said.json"
ran="garita peers --watch --json"
"$GARITA" peers --watch --json >watched.json 2>"$seen/err" &
watcher=$!
until [ "$(wc -l <watched.json)" -ge 2 ]; do
    kill -0 $watcher 2>/dev/null || fail "it did not go on"
    sleep 0.1
done
stop_fake
wait $watcher
status=$?
expect_status 66
tail -n 1 watched.json >"$seen/out"
expect_json 'o.error === "not-running"'
# On a terminal status follows it until it has caught up, in one line.
if command -v script >/dev/null; then
    said '{ agreed_s: null, behind: { logs: 2, bytes: 12 * 1048576, bytes_total: 30 * 1048576 } }'
    fake say "$work/said.json"
    ran="garita status --watch (on a terminal)"
    script -qec "stty rows 24 cols 80; \"$GARITA\" status --watch" /dev/null </dev/null >followed.out 2>"$seen/err" &
    watcher=$!
    until grep -q '  40 %' followed.out || ! kill -0 $watcher 2>/dev/null; do sleep 0.1; done
    said '{}'
    wait $watcher
    tr '\r' '\n' <followed.out >"$seen/out"
    expect_out_has "catching up: 2 logs behind  [########------------]"
    expect_out_has "node: running, 1 link; held the same as a peer 3 s ago"
    [ "$(grep catching "$seen/out" | tr -d '\033' | sed 's/^\[K//' | wc -L)" -le 80 ] ||
        fail "a row of more than 80 columns"
fi
# Names and reasons are a stranger's.
said '{ name: "\u001b[2Jroot\u202e", links: [Object.assign(link, { name: "a\nb", rtt_ms: null })] }'
fake say "$work/said.json"
run peers
expect_status 0
! grep -q "$(printf '\033')" "$seen/out" || fail "an escape sequence came through"
expect_out_lines 6

# What no node says.
for change in '{ version: "1" }' '{ version: 1.0e400 }' '{ node: null }' '{ node: "ab" }' '{ pid: -1 }' '{ links: {} }' \
    '{ links: [7] }' '{ links: [Object.assign(link, { direction: "up" })] }' '{ listen: [7] }' \
    '{ behind: null }' '{ refused: [{}] }' '{ agreed_s: "3" }' '{ is_archive: 1 }'; do
    said "$change"
    fake say "$work/said.json"
    run peers --json
    ran="$ran: $change"
    expect_status 65
    expect_json 'o.error === "malformed"'
done
said '{ version: 2 }'
fake say "$work/said.json"
run peers
expect_status 65
expect_err_has "use the garita that came with that garitad"
for text in '' '[]' '{"version":1}' '{"version":1,"version":1}' "$(printf '[%.0s' $(seq 5000))" '{}{}' "$(printf '\377')"; do
    printf '%s\n' "$text" >said.json
    fake say "$work/said.json"
    run peers
    ran="$ran: $(head -c 40 said.json)"
    expect_status 65
    expect_out_empty
done
fake endless
run peers
expect_status 65
run status
expect_status 0
expect_out_has "node: DOES NOT ANSWER"

# It was killed while it spoke, or has too many to answer.
for text in '' '{"version":1,'; do
    printf '%s' "$text" >said.json
    fake say "$work/said.json"
    run peers
    expect_status 74
    expect_err_has "does not answer"
done

# Half dead.
said '{}'
for how in silent drip "half $work/said.json"; do
    # shellcheck disable=SC2086
    fake $how
    ran="garita peers, of a node that is $how"
    timeout 60 "$GARITA" peers >"$seen/out" 2>"$seen/err"
    status=$?
    expect_status 74
    expect_err_has "does not answer"
done
# Killed: its socket stays.
kill -9 "$fake"
wait "$fake" 2>/dev/null
[ -S "$GARITA_HOME/garitad.sock" ] || fail "no socket was left"
run peers
expect_status 66
expect_err_has "no node runs in this home"
rm "$GARITA_HOME/garitad.sock"
fake=

# A home whose path is longer than a socket's may be.
GARITA_HOME=$work/$(printf 'a%.0s' $(seq 120))
must "$GARITA" init
said '{}'
fake say "$work/said.json"
run peers --json
expect_status 0
expect_json 'o.pid === 7'
