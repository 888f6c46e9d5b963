#!/bin/bash
# A disk that is full: the node goes on, says so, and takes what it could not keep when there is room.
# Needs a disk of its own, which only root can mount: directly, or in a namespace of its own.
if [ "${IN_NAMESPACE:-}" != 1 ]; then
    mkdir -p probe
    if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=1m none probe 2>/dev/null; then
        umount probe
    elif unshare -rm true 2>/dev/null; then
        export IN_NAMESPACE=1
        exec unshare -rm "$0" "$@"
    else
        echo "skip: no right to mount a small disk here"
        exit 77
    fi
fi
. "$(dirname "$0")/lib.sh"
make_roots
make_home b
certify b mex
as inm key new node --no-passphrase
as inm key export node -o inm_node.pub
as mex node certify --as mex --subject inm_node.pub --name "Node inm" -o inm.node
as inm trust add inm.node
carry_to b inm
mkdir disk
mount -t tmpfs -o size=2m none disk || {
    echo "skip: no right to mount a small disk here"
    exit 77
}
at_end+=("umount -l $work/disk")
mv home.b disk/home && ln -s disk/home home.b

start_node inm
start_node b --peer "127.0.0.1:${node_port[inm]}"
wait_for "they are linked" links_up b 1
issue inm card.txt
wait_for "B has its head" has_revoked b 0

dd if=/dev/zero of=disk/fill bs=1k 2>/dev/null
as inm revoke --as inm "$serial"
wait_for "the node says that it could not keep it" logged b alarm "error=disk-full"
has_revoked b 0 || fail "it was kept on a full disk"
ask b 'o.pid > 0' || fail "it no longer answers"
rm disk/fill
wait_for "it is asked for again" judges b card.txt revoked
end_node b TERM
sound b

# --- a disk that may only be read ---
mount -o remount,ro disk
run_node --home "$work/home.b" --key node
expect_status 77
mount -o remount,rw disk
