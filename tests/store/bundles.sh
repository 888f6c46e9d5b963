#!/bin/sh
# bundles.sh PROGRAM [STEP [FLIPS]]: a bundle with every kind of message in it, cut at every byte (or
# each STEP-th) and with bits flipped, into a home as it was before; see bundles.c.
. "$(dirname "$0")/../cli/sync_homes.sh"

make_homes
go agency
must "$GARITA" issue --as cbp claims.json -o third.txt --now 2027-06-01T12:00:03Z # serial 3
bundle agency start.gtb
copy_home agency twin
go agency
revoke 13 1
bundle agency one.gtb
go twin
revoke 13 2
bundle twin two.gtb

# A checkpoint that follows one history, and has evidence of the other. It gives INM's log too, whose
# many batches it sends as a snapshot.
go agency
for serial in 1 2 3 4 5 6 7 8 9; do
    must "$GARITA" revoke --as inm $serial --unregistered --now "$(o_clock 1$serial)"
done
pinned_home finder
import finder one.gtb
import finder two.gtb
bundle agency inm.gtb
import finder inm.gtb
pinned_home lane
import lane start.gtb
must "$GARITA" sync have -o have.bin
go finder
run sync export -o whole.gtb --for have.bin --json
expect_json 'o.proofs === 1 && o.evidence >= 1 && o.snapshots === 1 && o.batches >= 1'

# Thousands of imports, each of which waits for the disk: where there is one of memory, there.
folder=$(mktemp -d /dev/shm/garita.XXXXXX 2>/dev/null) || folder=$(mktemp -d "$work/home.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
cp -a "$work/home.lane" "$folder/base"
"$1" "$folder" whole.gtb "${2:-1}" "${3:-1000}" || fail "see above"
