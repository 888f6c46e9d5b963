#!/bin/sh
# at_calls.sh HOW FAULTS POWER_CUT DAMAGE [POINTS] ACT...: every act of faults.sh goes wrong at each
# call that changes something on disk; or at POINTS of them, evenly spread. HOW is
#   kill  it is ended before the call, by SIGKILL
#   full  from there on the disk has no more room
#   fail  the call gives EIO
#   cut-files, cut-names, cut-all  the power is cut, and what was not flushed is not on the disk
# Whatever was left: the home is sound and in no doubt about itself, nothing that was acknowledged is
# missing, no serial is given twice, and the act can be done again.
. "$(dirname "$0")/faults.sh"

how=$1
# Sanitizers want to be the first that is loaded; behind the module they do as well.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0"
# By a path of its own: LD_PRELOAD splits at spaces.
cp "$2" faults.so
cp "$3" power_cut.so
make_scene "$4"
shift 4
points=0
case $1 in
[0-9]*)
    points=$1
    shift
    ;;
esac

# try HOW AT OF ACT NUMBER
try() {
    begin "$4"
    broken="$4, at call $2 of $3: $1"
    case $1 in
    kill | cut-*) fault="GARITA_KILL_AT=$2 GARITA_CUT=${1#*-}" ;;
    full) fault="GARITA_FULL_AT=$2" ;;
    fail) fault="GARITA_FAIL_AT=$2" ;;
    esac
    preload=$work/faults.so
    [ "$1" = "${1#cut}" ] || preload="$preload:$work/power_cut.so"
    fault="$fault LD_PRELOAD=$preload"
    "do_$4" 1
    [ "$2" -le "$3" ] || is_said=1 # all of it
    # Now and then what comes next is ended too.
    if [ "$status" = 137 ] && [ $(($5 % 3)) = 0 ]; then
        "do_$4" again
        [ "$status" = 137 ] || status="137, then $status"
    fi
    fault=
    turn=$5
    case "$1 $status" in
    "kill 137"* | cut-*" 137"*) ;;
    kill* | cut-*) fail "it was not killed" ;;
    # The call may have been one that does not matter: a file taken away at the end.
    *" 74" | *" $(status_of "$4")") ;;
    *) fail "the status is $status" ;;
    esac
    keeps "$4"
    ends "$4"
    broken='' is_said=0
}
is_said=0

for name; do
    begin "$name"
    fault="GARITA_COUNT=$work/count LD_PRELOAD=$work/faults.so"
    "do_$name" 1
    fault=
    expect_status "$(status_of "$name")"
    keeps "$name"
    ends "$name"
    count=$(cat count)
    [ "$count" -ge 8 ] || fail "the module counted only $count calls"

    [ "$points" -gt 0 ] && [ "$points" -lt "$count" ] && tries=$points || tries=$count
    i=1
    while [ "$i" -le "$tries" ]; do
        try "$how" $((i * count / tries)) "$count" "$name" $i
        i=$((i + 1))
    done
    case $how in
    kill | cut-*) try "$how" $((count + 1)) "$count" "$name" 2 ;;
    esac
    echo "$name: $how at $tries of $count calls"
done
