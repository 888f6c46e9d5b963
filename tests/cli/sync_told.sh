#!/bin/sh
# sync says what an operator has to know: who fell by an import, a head from the future, whose message
# was damaged, and why there is nothing for this home.
. "$(dirname "$0")/sync_homes.sh"
make_homes

# --- who is withdrawn ---
bundle agency first.gtb
import lane first.gtb --now "$(o_clock 13)" --json
expect_status 0
expect_json 'all.slice(0, -1).every((a) => a.withdrawn.length === 0 && a.ahead === false)'
go agency
cbp_id=$("$GARITA" trust list --json | sed -n 's/^{"id":"\([0-9a-f]*\)".*"name":"CBP".*/\1/p')
cbp_serial=$("$GARITA" trust list --json | sed -n 's/.*"name":"CBP".*"serial":\([0-9]*\).*/\1/p')
cp -a "$work/home.lane" "$work/home.lane2"
cp -a "$work/home.lane.state" "$work/home.lane2.state"
cp -a "$work/home.agency" "$work/home.before"
cp -a "$work/home.agency.state" "$work/home.before.state"
must "$GARITA" revoke --as usa "$cbp_serial" --now "$(o_clock 13)"
bundle agency fall.gtb
import lane fall.gtb --now "$(o_clock 14)"
expect_status 0
expect_err_has "CBP has been revoked by USA anchor: whatever it issued is rejected from now on"
import lane fall.gtb --now "$(o_clock 14)"
expect_err_lacks "has been revoked"
import lane2 fall.gtb --now "$(o_clock 14)" --json
expect_json "all.find((a) => a.name === 'USA anchor').withdrawn.join() === '$cbp_id'"
go lane
run trust list --json
expect_json 'all.every((a) => a.revoked === (a.name === "CBP"))'
run trust list
expect_out_has "REVOKED by USA anchor: nothing of it is accepted"

# --- a head from the future ---
go before
must "$GARITA" head --as cbp --now 2028-06-01T12:00:00Z
bundle before future.gtb
rm -rf "$work/home.lane2" "$work/home.lane2.state"
pinned_home lane2
import lane2 first.gtb --now "$(o_clock 13)"
import lane2 future.gtb --now "$(o_clock 14)"
expect_status 0
expect_err_has "CBP: signed at 2028-06-01T12:00:00Z, which this clock has not reached"
import lane2 future.gtb --now "$(o_clock 14)" --json
expect_json "$cbp.ahead === true"
run scan card.txt --now "$(o_clock 15)" --json
expect_json 'o.reason === "status-stale" && o.hint.includes("the newest record of CBP bears 2028-06-01")'
run scan card.txt --now "$(o_clock 15)"
expect_out_has "signed 2028-06-01T12:00:00Z, ahead of the clock, by CBP"
expect_out_lacks "0 s ago"
run status --now "$(o_clock 15)" --json
expect_json "$cbp.state === 'ahead' && $cbp.age_s === null"
run status --now "$(o_clock 15)"
expect_out_has "AHEAD; signed 2028-06-01T12:00:00Z, AHEAD OF THE CLOCK"

# --- a damaged message is whose it says; nothing taken is not nothing new ---
pinned_home damaged
import damaged first.gtb --now "$(o_clock 13)"
expect_status 0
bytes=$(wc -c <fall.gtb)
at=$((bytes - 100))
found=no
while [ $at -gt 9 ] && [ $found = no ]; do
    node -e 'const fs = require("fs"), b = fs.readFileSync("fall.gtb"); b[+process.argv[1]] ^= 1;
        fs.writeFileSync("flipped.gtb", b)' $at
    run sync import flipped.gtb --now "$(o_clock 14)"
    grep -q 'USA anchor: what stands at byte' "$seen/err" && found=yes
    at=$((at - 16))
done
[ $found = yes ] || fail "no flipped bit was told to be of the USA anchor"
expect_status 65
expect_err_has "damaged on the way, or forged: copy it again"
expect_err_has "nothing was taken"
expect_err_lacks "nothing new"
run sync import flipped.gtb --now "$(o_clock 14)" --json
expect_status 65
expect_json 'o.imported === false && o.refused > 0 && o.changed === 0'
head -c 40 fall.gtb >cut.gtb
run sync import cut.gtb --now "$(o_clock 14)"
expect_status 65
expect_err_has "nothing was taken"
expect_err_lacks "nothing new"

# --- several files, and the worst of them ---
pinned_home several
import several first.gtb fall.gtb --now "$(o_clock 14)" --json
expect_status 0
expect_json 'all.filter((a) => "imported" in a).length === 2'
import several missing.gtb first.gtb --now "$(o_clock 14)"
expect_status 66
expect_err_has "nothing new: nothing was changed"

# --- a bundle made for a home that has more ---
pinned_home maker
import maker first.gtb --now "$(o_clock 14)"
must "$GARITA" sync have -o have.bin
go before
must "$GARITA" head --as inm --now "$(o_clock 15)"
must "$GARITA" sync export --for have.bin -o for.gtb
pinned_home knows_less
import knows_less for.gtb --now "$(o_clock 16)"
expect_status 65
expect_err_has "If it is pinned"
expect_err_has "--for have.bin"

# --- an authority of one's own that has signed no head ---
pinned_home fresh
must "$GARITA" key new desk --no-passphrase
must "$GARITA" key export desk -o desk.pub
go before
must "$GARITA" authority certify --as mex --subject desk.pub --name Desk --country MEX \
    --programmes sentri --now "$(o_clock 15)" -o desk.auth
go fresh
must "$GARITA" trust add desk.auth
run sync export -o fresh.gtb
expect_status 0
expect_err_has "Desk has signed no head yet"
must "$GARITA" head --as desk --now "$(o_clock 16)"
run sync export -o fresh2.gtb
expect_status 0
expect_err_lacks "no head yet"
