#!/bin/sh
# decisions.sh DAMAGE: what was done to a log of decisions is named by `garita log verify`.
. "$(dirname "$0")/../cli/lib.sh"
damage=$1
make_world
must "$GARITA" issue --as cbp claims.json -o card.txt
for hour in 10 11 12 13; do
    must "$GARITA" scan --log --lane any --now 2027-06-01T$hour:00:00Z card.txt
done
must "$GARITA" log tip -o four.tip --now 2027-06-01T14:00:00Z
whole=$GARITA_HOME

# verify_after SQL: of a copy, with that done to it.
verify_after() {
    rm -rf "$work/home.damaged"
    cp -R "$whole" "$work/home.damaged"
    GARITA_HOME=$work/home.damaged
    must "$damage" "$GARITA_HOME" "$1"
    run log verify --json
    cp "$seen/out" alone
    run log verify --json --tip four.tip
}

verify_after "UPDATE decision SET entry = (SELECT entry FROM decision WHERE position = 1) WHERE position = 3"
expect_status 1
expect_json "all[0].error === 'entries-changed' && /entry 3 /.test(all[0].message) && o.whole === false"
verify_after "DELETE FROM decision WHERE position = 2"
expect_status 1
expect_json "all[0].error === 'entries-missing' && /entry 2 /.test(all[0].message)"
verify_after "DELETE FROM decision WHERE position > 2"
expect_status 1
expect_json "all[0].error === 'tail-cut' && /ends with entry 2, and had entry 4/.test(all[0].message)"
run log verify
expect_status 1
expect_err_has "its end was cut off"

# Cut with its tips: only the one that was kept elsewhere shows it.
verify_after "DELETE FROM decision WHERE position > 2; DELETE FROM decision_tip WHERE position > 2"
cp "$seen/out" with_tip
cp alone "$seen/out"
expect_json "o.whole === true && o.last === 2"
cp with_tip "$seen/out"
expect_status 1
expect_json "all[0].error === 'tail-cut' && all[0].source === 'four.tip' && o.given === false"

# A damaged log goes on being written, is not pruned, and cannot bury what shows the damage.
run log prune --older-than 1h --now 2028-01-01T00:00:00Z
verify_after "DELETE FROM decision WHERE position > 2"
run log prune --older-than 1h --now 2028-01-01T00:00:00Z
expect_status 1
expect_err_has "nothing was let go of"
for hour in 15 16 17; do
    must "$GARITA" scan --log --lane any --now 2027-06-01T$hour:00:00Z card.txt
done
run log verify --json
expect_status 1
expect_json "all[0].error === 'tip-differs'"

# An entry that no program of this version writes.
verify_after "UPDATE decision SET entry = x'810063' WHERE position = 4"
expect_status 1
run log show --json
expect_status 1
expect_json "all.length === 4 && all[0].entry === 1 && o.error === 'entries-unreadable'"
