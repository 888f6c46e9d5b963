#!/bin/sh
# sync import: a home that was put back from a backup signs again once a head of its own has come back
# from the world, and goes on past what it may have given meanwhile.
. "$(dirname "$0")/sync_homes.sh"

make_homes
go agency
cp -a "$GARITA_HOME" "$work/home.backup"
must "$GARITA" issue --as cbp claims.json -o lost.txt --now "$(o_clock 13)" # serial 3, not in the backup
revoke 13 1
bundle agency world.gtb
import lane world.gtb
go lane
must "$GARITA" sync export -o back.gtb

# the disk is gone, the state folder is not
rm -rf "$work/home.agency"
cp -a "$work/home.backup" "$work/home.agency"
go agency
run revoke --as cbp 2 --now "$(o_clock 14)"
expect_status 77
run issue --as cbp claims.json -o new.txt --now "$(o_clock 14)"
expect_status 77

# What it has itself is no news from the world, but what others have is.
import agency back.gtb --json
expect_status 0
expect_json "$cbp.outcome === 'extended' && $cbp.confirmed && $cbp.size === 1"
must "$GARITA" revoke --as cbp 2 --now "$(o_clock 14)"
run issue --as cbp claims.json -o new.txt --json --now "$(o_clock 15)"
expect_status 0
expect_json 'o.serial === 3 + 65536'
bundle agency after.gtb
import lane after.gtb --json
expect_status 0
expect_json "$cbp.outcome === 'extended' && $cbp.size === 2 && $cbp.revoked === 2 &&
    !$cbp.equivocated"
scan lane new.txt 16
expect_status 0

# once is enough
import agency back.gtb --json
expect_status 0
expect_json "!$cbp.confirmed"
import agency after.gtb
expect_err_lacks "may sign"

# Lost with its state folder, and no copy of the log is newer. What this home said itself is no news
# from the world; what a checkpoint has is, and be it what is here.
go agency
bundle agency known.gtb
rm -rf "$XDG_STATE_HOME"
run revoke --as cbp 3 --unregistered --now "$(o_clock 17)"
expect_status 77
import agency known.gtb
expect_status 0
expect_err_has "CBP: known already"
expect_err_has "made by this home itself"
run revoke --as cbp 3 --unregistered --now "$(o_clock 17)"
expect_status 77
import lane known.gtb
bundle lane world-knows.gtb
import agency world-knows.gtb
expect_status 0
expect_err_has "CBP: known already"
expect_err_has "CBP: this home may sign for it again"
must "$GARITA" revoke --as cbp 3 --unregistered --now "$(o_clock 17)"

# An older head shows nothing.
rm -rf "$XDG_STATE_HOME"
import agency world.gtb --json
expect_status 0
expect_json "$cbp.outcome === 'older' && !$cbp.confirmed"
run revoke --as cbp 4 --unregistered --now "$(o_clock 18)"
expect_status 77
