#!/bin/sh
# Results in files: whole or not at all, and never over another.
. "$(dirname "$0")/lib.sh"
make_world
must "$GARITA" issue --as cbp claims.json -o card.bin

run key export cbp -o -
expect_status 0
expect_out "$(cat cbp.pub)"
expect_no_new_files

# What exists stays, whatever it is.
echo mine >taken
ln -s nowhere dangling
mkdir folder
for name in taken dangling folder; do
    run key export cbp -o $name
    expect_status 73
    expect_out_empty
    expect_err_has "$name: exists already"
    expect_no_new_files
done
[ "$(cat taken)" = mine ] || fail "the file was changed"
[ ! -e nowhere ] || fail "a link was followed"
run key export cbp -o taken --json
expect_status 73
expect_json 'o.error === "exists" && o.source === "taken"'

run key export cbp -o nosuch/cbp.pub
expect_status 66
expect_err_has "no such directory"
run key export cbp -o folder/
expect_status 74
expect_no_new_files

if [ "$(id -u)" != 0 ]; then
    chmod a-w folder
    run key export cbp -o folder/cbp.pub
    expect_status 74
    chmod u+w folder
    expect_no_new_files
fi

# The disk is full: where this user may mount one of one page.
mkdir disk
if unshare -rm mount -t tmpfs -o size=4k none disk 2>/dev/null; then
    ran="garita key export cbp -o disk/late.pub, on a full disk"
    # shellcheck disable=SC2016
    unshare -rm sh -c 'mount -t tmpfs -o size=4k none disk && head -c 4096 /dev/zero >disk/full
        "$GARITA" key export cbp -o disk/late.pub; echo "status $?"; ls -A disk' \
        >"$seen/out" 2>"$seen/err"
    expect_out "status 74
full"
    expect_err_has "disk/late.pub: cannot be written: No space left on device"
fi

# Secrets are for their owner, whatever the umask; results are as the umask says.
(umask 000 && must "$GARITA" key new open --no-passphrase)
[ "$(stat -c %a "$GARITA_HOME/keys/open.key")" = 600 ] || fail "a key that others may read"
(umask 027 && must "$GARITA" key export open -o open.pub)
[ "$(stat -c %a open.pub)" = 640 ] || fail "the umask was not minded"

# No byte of a binary result goes to a terminal.
if command -v script >/dev/null; then
    ran="garita authority anchor -o - on a terminal"
    script -qec "\"$GARITA\" authority anchor usa --name 'USA anchor' --country USA -o -" /dev/null \
        </dev/null >"$seen/out" 2>"$seen/err"
    expect_out_has "GT1:"
    ! LC_ALL=C grep -q "$(printf '\222')" "$seen/out" || fail "binary on a terminal"
fi
