#!/bin/sh
# On a terminal Enter alone ends a party as it is, and begins another; elsewhere an empty line is
# nothing. The last word of one that is never complete is a large REFER.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/scan_world.sh"
command -v script >/dev/null || { echo "no script (Debian: bsdutils)"; exit 77; }
make_authorities
code sentri sentri-vehicle
sign ordinary-us
pack $DAY day.gtb
make_station
at_station terminal ordinary-us
export NO_COLOR=1

# Begins a scan on a terminal, that reads what is typed into descriptor 3.
begin() {
    ran="garita scan --party 2 - (on a terminal)"
    rm -f keys screen
    mkfifo keys
    : >screen
    script -qec "stty rows 24 cols 80 -echo; \"$GARITA\" scan --now $DAY --lane sentri --party 2 $*; \
        echo status \$?" /dev/null <keys >screen 2>"$seen/err" &
    terminal=$!
    exec 3>keys
    shows "scan a code"
}

# shows TEXT [COUNT]: waits until the screen has had it so often.
shows() {
    for i in $(seq 300); do
        [ "$(grep -cF "$1" screen)" -ge "${2:-1}" ] && return
        sleep 0.1
    done
    cp screen "$seen/out"
    fail "not shown: $1"
}

end() {
    exec 3>&-
    wait $terminal
    tr -d '\r' <screen >"$seen/out"
}

# The scan rests before it takes Enter for a person's: once more, if it was too early.
press_enter() { # until TEXT is shown
    for i in $(seq 50); do
        echo >&3
        sleep 0.5
        ! grep -qF "$1" screen || return 0
    done
    fail "Enter was not heard"
}

begin -
cat sentri.txt >&3
shows "party: 1 of 2"
shows "Enter alone ends this party"
press_enter "the next code begins another party"
shows "REFER  party-incomplete"
# The next is the first of another party.
cat sentri-vehicle.txt >&3
shows "still missing" 2
cat sentri.txt >&3
shows "ACCEPT  ok"
end
expect_out_has "status 2"

# At the end the party is judged as it is: its word in large, and the last.
begin -
cat sentri.txt sentri-vehicle.txt >&3
shows "ACCEPT  ok"
press_enter "the next code begins another party"
cat sentri-vehicle.txt >&3
shows "still missing" 2
end
expect_out_has "status 2"
[ "$(tail -n 14 "$seen/out" | grep -c '[▀▄█]')" -eq 5 ] || fail "the last word is not in sight"
tail -n 9 "$seen/out" | grep -qF "REFER  party-incomplete" || fail "it is not the last word"
expect_out_lacks "was shown already"

# Off a terminal an empty line ends nothing.
{ cat sentri.txt; echo; cat sentri-vehicle.txt; } >lines.txt
run scan --now $DAY --lane sentri --party 2 --json - <lines.txt
expect_status 0
expect_json 'o.verdict === "accept"'
run scan --now $DAY --lane sentri --party 2 - <lines.txt
expect_out_lacks "Enter alone"
