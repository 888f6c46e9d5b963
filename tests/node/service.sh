#!/bin/bash
# garitad as a service: what systemd is told, and what a reload does.
. "$(dirname "$0")/lib.sh"
make_bare a
home=$work/home.a

# listen_at ADDRESS: what is told there comes into told.
listen_at() {
    mkfifo hold 2>/dev/null
    "$LISTENER" "$1" <hold >told &
    listener=$!
    exec 9>hold
    wait_for "the listener" grep -qx listening told
}
listen_end() {
    exec 9>&-
    wait "$listener"
}
told() { grep -qE "^$1" told; }

for address in "$work/notify" "@garita-test-$$"; do
    listen_at "$address"
    NOTIFY_SOCKET=$address WATCHDOG_USEC=400000 WATCHDOG_PID= "$GARITAD" --home "$home" --key node 2>>a.log &
    node_pid[a]=$!
    wait_for "it is ready" told READY=1
    [ "$(sed -n 2p told)" = READY=1 ] || fail "something was told before: $(cat told)"
    wait_for "the watchdog is fed" told WATCHDOG=1
    kill -HUP "${node_pid[a]}"
    wait_for "it reloads" told RELOADING=1
    told MONOTONIC_USEC=[1-9] || fail "not told when"
    wait_for "it is ready again" eval '[ "$(grep -c READY=1 told)" = 2 ]'
    end_node a TERM
    told STOPPING=1 || fail "not told that it stops"
    listen_end
    rm -f told "$work/notify"
done

# --- the file of peers ---
echo "127.0.0.1:1 # nobody" >"$home/peers"
rm -f a.log
launch a --peer 127.0.0.1:2
await_node a
logged a started "peers=2" || fail "not both peers"
printf '127.0.0.1:1\n127.0.0.1:3\n' >"$home/peers"
kill -HUP "${node_pid[a]}"
wait_for "the file is read anew" logged a reload "peers=3"
printf '127.0.0.1:1\nnonsense\n' >"$home/peers"
kill -HUP "${node_pid[a]}"
wait_for "the file is refused" logged a reload-failed "line=2"
ask a 'o.pid > 0' || fail "it no longer answers"
end_node a TERM
run_node --home "$home" --key node
expect_status 65
expect_err_has "peers:2"
