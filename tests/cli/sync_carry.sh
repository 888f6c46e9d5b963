#!/bin/sh
# sync: a revocation travels in a file, in as few bytes as it takes, and nothing that is old undoes it.
. "$(dirname "$0")/sync_homes.sh"

make_homes

# --- all there is ---
bundle agency first.gtb
import lane first.gtb
expect_status 0
expect_out_empty
expect_err_has "2 authority statements added"
expect_err_has "CBP: new here: 0 batches, 0 revoked, 0 suspended, signed $(o_clock 12)"
scan lane card.txt 13
expect_status 0

# --- what is known, or older, changes nothing ---
cp first.gtb older.gtb
import lane first.gtb --json
expect_status 0
expect_json "o.imported && o.changed === 0 && o.statements === 0 && o.statements_known === 2 &&
    $cbp.outcome === 'known'"
import lane - <first.gtb
expect_status 0
expect_err_has "nothing new: nothing was changed"

# --- only what is lacking ---
go lane
run sync have -o have.bin --json
expect_status 0
expect_json 'o.logs === 3 && o.digests === 2 && o.file === "have.bin"'
go agency
run sync export -o nothing.gtb --for have.bin
expect_status 0
expect_err_has "the receiver has all that is here"
[ "$(wc -c <nothing.gtb)" = 29 ] || fail "an empty bundle has more than header, origin and end"
import lane nothing.gtb
expect_status 0
expect_err_has "nothing new: nothing was changed"

go agency
revoke 13 1
run sync export -o update.gtb --for have.bin --json
expect_status 0
expect_json 'o.logs === 1 && o.batches === 1 && o.statements === 0 && o.snapshots === 0 &&
    o.bytes < 220'
import lane update.gtb
expect_status 0
expect_err_has \
    "CBP: 1 new batch, 1 newly revoked; now 1 batch, 1 revoked, 0 suspended, signed $(o_clock 13)"
scan lane card.txt 14
expect_status 1
expect_json 'o.verdict === "reject" && o.reason === "revoked"'
scan lane other.txt 14
expect_status 0

import lane older.gtb
expect_status 0
expect_err_has "CBP: older than what is here (0 of 1 batches), nothing changed"
expect_err_has "nothing new: nothing was changed"
scan lane card.txt 14
expect_status 1

# --- a head for the same state ---
go lane
must "$GARITA" sync have -o have2.bin
go agency
must "$GARITA" head --as cbp --now "$(o_clock 15)"
run sync export -o beat.gtb --for have2.bin --json
expect_json 'o.logs === 1 && o.batches === 0'
import lane beat.gtb --json
expect_status 0
expect_json "$cbp.outcome === 'heartbeat' && $cbp.signed_at === '$(o_clock 15)' && o.changed === 1"

# --- through a third hand, which is no agency ---
go lane
must "$GARITA" sync export -o relayed.gtb
pinned_home second
import second relayed.gtb
expect_status 0
scan second card.txt 16
expect_status 1

# --- what was refused before can come again; suspensions come back ---
go agency
must "$GARITA" suspend --as cbp 2 --now "$(o_clock 16)"
bundle agency suspended.gtb have2.bin
import second suspended.gtb --json
expect_status 0
expect_json "$cbp.outcome === 'extended' && $cbp.batches === 1 && $cbp.suspended === 1"
scan second other.txt 17
expect_status 2
expect_json 'o.reason === "suspended"'
go agency
must "$GARITA" reinstate --as cbp 2 --now "$(o_clock 17)"
bundle agency again.gtb
import second again.gtb
expect_status 0
scan second other.txt 18
expect_status 0

# --- a long log: its state, for who comes new and for who has followed ---
go second
must "$GARITA" sync have -o have3.bin # 3 batches
for batch in 1 2 3 4 5 6 7 8; do
    [ $batch = 3 ] && bundle agency middle.gtb have3.bin
    go agency
    seq $((batch * 30000)) 2 $((batch * 30000 + 29999)) >serials
    must "$GARITA" revoke --as cbp --serials-from serials --unregistered --now "$(o_clock 18)"
done
import second middle.gtb --json
expect_status 0
expect_json "$cbp.outcome === 'adopted' && $cbp.size === 5" # by a path from where it was
pinned_home newcomer
must "$GARITA" sync have -o none.bin
go agency
run sync export -o new.gtb --for none.bin --json
expect_json 'o.snapshots === 1 && o.logs === 3'
import newcomer new.gtb --json
expect_status 0
expect_json "$cbp.outcome === 'adopted' && $cbp.size === 11 && $cbp.revoked === 120001"
bundle agency all.gtb
pinned_home another
copy_home lane path
for home in second another lane; do # lane has one batch
    import $home all.gtb --json
    expect_status 0
    expect_json "$cbp.outcome === 'adopted' && $cbp.size === 11 && $cbp.revoked === 120001"
    scan $home card.txt 19
    expect_status 1
done
go path
must "$GARITA" sync have -o have4.bin
go agency
run sync export -o path.gtb --for have4.bin --json
expect_json 'o.snapshots === 1 && o.batches === 0 && o.logs === 1'
import path path.gtb --json
expect_status 0
expect_json "$cbp.outcome === 'adopted' && $cbp.size === 11 && $cbp.revoked === 120001"

# Who began with the state passes the state on, and follows from there.
go newcomer
must "$GARITA" sync have -o have5.bin
bundle newcomer relayed2.gtb
pinned_home last
import last relayed2.gtb --json
expect_status 0
expect_json "$cbp.outcome === 'adopted' && $cbp.revoked === 120001"
go agency
revoke 19 3
bundle agency last.gtb have5.bin
[ "$(wc -c <last.gtb)" -lt 400 ] || fail "one batch takes $(wc -c <last.gtb) bytes"
for home in newcomer second lane path last; do
    import $home last.gtb --json
    expect_status 0
    expect_json "$cbp.outcome === 'extended' && $cbp.size === 12 && $cbp.revoked === 120002"
done
go newcomer
run sync export -o far.gtb --for have3.bin --json # it has the hashes that lead there from further back
expect_status 0
expect_json 'o.snapshots === 1 && o.batches === 0'
expect_err_lacks "this home has batches"

# --- wrong usage, and what is there ---
go agency
run sync export -o all.gtb
expect_status 73
run sync have -o have.bin
expect_status 73
run sync have --json
expect_status 64
run sync export --for missing.bin -o x.gtb
expect_status 66
run sync export --for all.gtb -o x.gtb
expect_status 65
expect_err_has "the receiver makes one with: garita sync have"
run sync
expect_status 64
run sync import
expect_status 64
run sync have
expect_status 0
cmp -s "$seen/out" have5.bin && fail "two homes have the same"
go nobody
run sync import all.gtb
expect_status 66
expect_no_new_files
