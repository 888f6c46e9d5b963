#!/bin/bash
# How garitad starts and ends, and how it says that it does not.
. "$(dirname "$0")/lib.sh"
make_bare a
home=$work/home.a

# --- wrong usage ---
for wrong in "--key node extra" "--key node --unknown" "--key" "--key=" "--key a/b" "--key node --key x" \
    "--key node --archive=yes" "--key node --home a --home b"; do
    run_node $wrong
    expect_status 64
    expect_out_empty
    expect_err_has "garitad: error: "
done
for address in 7701 :7701 127.0.0.1 127.0.0.1: 127.0.0.1:65536 127.0.0.1:x localhost:7701 ::1:7701 \
    "[::1]" "[127.0.0.1]:1" 1.2.3:1; do
    run_node --home "$home" --key node --listen "$address"
    expect_status 64
    expect_err_has "\"$address\""
done
for address in 7701 otay: otay:0 ":1" "a b:1"; do
    run_node --home "$home" --key node --peer "$address"
    expect_status 64
    expect_err_has "\"$address\""
done
run_node --help
expect_status 0
expect_out_has "--listen ADDR:PORT"
run_node --version
expect_status 0
expect_out "garitad $("$GARITA" --version | cut -d ' ' -f 2)"

# --- no such home, key or file ---
run_node --home "$work/none" --key node
expect_status 66
[ ! -e "$work/none" ] || fail "it made a home"
run_node --home "$home" --key other
expect_status 66
expect_err_has "there is no key other"
head -c 100 "$home/keys/node.key" >"$home/keys/cut.key"
run_node --home "$home" --key cut
expect_status 65
printf '\001' | dd of="$home/keys/cut.key" bs=1 conv=notrunc 2>/dev/null
run_node --home "$home" --key cut
expect_status 65
mkdir "$work/home.b"
echo "no store" >"$work/home.b/garita.db"
run_node --home "$work/home.b" --key node
expect_status 65

# --- a key with a passphrase ---
echo "correct horse" >right
echo "wrong horse" >wrong
: >empty
as a key new locked --passphrase-file right
ran="garitad without a terminal"
setsid "$GARITAD" --home "$home" --key locked </dev/null >"$seen/out" 2>"$seen/err"
status=$?
expect_status 77
expect_err_has "--passphrase-file"
run_node --home "$home" --key locked --passphrase-file wrong
expect_status 77
run_node --home "$home" --key locked --passphrase-file empty
expect_status 65
run_node --home "$home" --key locked --passphrase-file none
expect_status 66
"$GARITAD" --home "$home" --key locked --passphrase-file right 2>a.log &
node_pid[a]=$!
await_node a
end_node a TERM

# --- what is not asked for is not listened on ---
rm a.log
launch a
await_node a
ask a 'o.listen.length === 0' || fail "it says that it listens"
for inode in $(ls -l /proc/${node_pid[a]}/fd | sed -n 's/.*socket:\[\([0-9]*\)\]$/\1/p'); do
    ! cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v i="$inode" '$10 == i { found = 1 } END { exit !found }' ||
        fail "it has an internet socket"
done
[ "$(stat -c %a "$home/garitad.sock")" = 600 ] || fail "others may ask"
logged a uncertified "reason=uncertified" || fail "it does not say that nobody certified it"

# --- one at a time ---
run_node --home "$home" --key node
expect_status 77
expect_err_has "process ${node_pid[a]}"
ask a 'o.pid > 0' || fail "the first no longer answers"
end_node a INT

# --- what a killed one leaves is in nobody's way ---
launch a --listen 127.0.0.1:0 --listen '[::1]:0' --archive
await_node a
ask a 'o.is_archive && o.listen.every((at) => /^(127\.0\.0\.1|\[::1\]):[1-9]/.test(at))' ||
    fail "it does not say where it listens"
port=$(sed -n 's/.*listening address=127\.0\.0\.1:\([0-9]*\).*/\1/p' a.log)
[ -n "$port" ] || fail "the log does not say where it listens"
kill_node a
[ -e "$home/garitad.sock" ] || fail "nothing was left: this tests nothing"
launch a --listen "127.0.0.1:$port"
await_node a
make_bare c
run_node --home "$work/home.c" --key node --listen "127.0.0.1:$port"
expect_status 74
expect_err_has "127.0.0.1:$port"
[ ! -e "$work/home.c/garitad.sock" ] || fail "one that did not start left its socket"
end_node a TERM

# --- a home whose path is too long for a socket's address ---
long=$work/$(printf 'a%.0s' {1..120})
mv "$home" "$long"
ln -s "$long" "$home"
"$GARITAD" --home "$long" --key node 2>>a.log &
node_pid[a]=$!
wait_for "it answers" "$GARITA" --home "$long" peers --json
[ -S "$long/garitad.sock" ] || fail "the socket is elsewhere"
end_node a TERM
