#!/bin/sh
# Retention: old entries go, the rest can be checked, and that they went is in the log.
. "$(dirname "$0")/lib.sh"
make_world
must "$GARITA" issue --as cbp claims.json -o card.txt
for day in 01 02 03 04 05; do
    must "$GARITA" scan --log --lane any --now 2027-06-${day}T12:00:00Z card.txt
done
must "$GARITA" log tip -o five.tip --now 2027-06-05T13:00:00Z

run log prune
expect_status 64
for age in 90 d 3w 90days -1d 99999999999999999999d 36526d; do
    run log prune --older-than $age
    expect_status 64
done

run log prune --older-than 90d --now 2027-06-06T12:00:00Z --json
expect_status 0
expect_json "o.pruned === 0"
run log prune --older-than 60h --now 2027-06-06T12:00:00Z
expect_status 0
expect_err_has "let go of 3 entries; the log begins with entry 4"
run log show --json
expect_json "all.map((e) => e.entry).join() === '4,5,6'"
expect_json "o.kind === 'pruned' && o.pruned === 3 && o.time === '2027-06-06T12:00:00Z'"
run log show
expect_out_has "AN OPERATOR let go of the entries up to 3"
run log verify --tip five.tip --json
expect_status 0
expect_json "o.whole && o.first === 4 && o.last === 6 && o.vouched === 6 && o.given"

# A clock that fell back to 1970 takes nothing away.
run log prune --older-than 1d --now 1970-01-01T00:00:00Z --json
expect_status 0
expect_json "o.pruned === 0"

# All of it; a tip of what is gone says nothing any more, and that is not success.
run log prune --older-than 1d --now 2028-01-01T00:00:00Z
expect_status 0
run log verify --json
expect_status 0
expect_json "o.whole && o.first === 7 && o.last === 7"
run log verify --tip five.tip
expect_status 66
expect_err_has "this tip is of entry 5, and entries are kept from 7 on"
must "$GARITA" scan --log --lane any --now 2028-01-01T12:00:00Z card.txt
run log verify --json
expect_status 0
expect_json "o.whole && o.last === 8"
