#!/bin/sh
# doctor --repair: a bundle that is not there or is none is told, whether it would be needed or not.
. "$(dirname "$0")/lib.sh"
make_stations
GARITA_HOME=$station
must "$GARITA" sync export -o whole.gtb
run doctor --now $NOW --repair whole.gtb
expect_status 0
run doctor --now $NOW --repair whole.gtb missing.gtb
expect_status 66
expect_out_empty
expect_err_has "missing.gtb"
run doctor --now $NOW --repair usa.auth --json
expect_status 65
expect_json 'o.source === "usa.auth" && o.hint.includes("garita trust add")'

# What cannot be written is standard output, not standard input.
if [ -w /dev/full ]; then
    ran="garita sync export (on a full device)"
    "$GARITA" sync export >/dev/full 2>"$seen/err"
    status=$?
    expect_status 74
    expect_err_has "standard output cannot be written"
    expect_err_lacks "standard input"
fi
