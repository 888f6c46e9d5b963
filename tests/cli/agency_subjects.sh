#!/bin/sh
# revoke, suspend, reinstate say what they hit: an authority is not withdrawn by a slip, and an anchor's
# word about itself not without saying why.
. "$(dirname "$0")/sync_homes.sh"
go agency
make_world
row=$(tr -d '\n' <claims.json)
i=0
while [ $i -lt 8 ]; do
    i=$((i + 1))
    echo "${row%\}},\"ref\":\"A-$i\"}"
done >rows
must "$GARITA" issue --as cbp --now "$NOW" --batch rows --out-dir cards --format txt
must "$GARITA" issue --as cbp --now "$NOW" claims.json -o none.txt
copy_home agency other
serial_of() { # NAME: of the statement about it
    "$GARITA" trust list --json | sed -n "s/.*\"name\":\"$1\".*\"serial\":\([0-9]*\).*/\1/p"
}

# --- credentials: programme and reference, and nobody's name ---
run suspend --as cbp --now "$NOW" 3 9
expect_status 0
expect_out_empty
expect_err_has "3: sentri, ref A-3"
expect_err_has "9: sentri"
expect_err_lacks "MARÍA"
run reinstate --as cbp --now "$NOW" 3 9 --json
expect_status 0
expect_err_empty
expect_json 'JSON.stringify(o.subjects) === JSON.stringify([
    {serial: 3, type: "credential", programme: "sentri", ref: "A-3"},
    {serial: 9, type: "credential", programme: "sentri", ref: null}])'
run revoke --as cbp --now "$NOW" --unregistered 70001 --json
expect_json 'o.subjects.length === 1 && o.subjects[0].serial === 70001 && o.subjects[0].type === null'
run suspend --as cbp --now "$NOW" --unregistered 70002
expect_err_has "70002: never issued by this home"
# Many are counted; --json lists a hundred.
run suspend --as cbp --now "$NOW" 1-8
expect_err_has "8 suspended"
expect_err_lacks "ref A-"
run suspend --as cbp --now "$NOW" --unregistered 1001-1200 --json
expect_json 'o.events === 200 && o.subjects.length === 100'
# The serial of a person: issuing again with the same ref says it.
head -n 1 rows >again.json
run issue --as cbp --now "$NOW" again.json -o again.txt --json
expect_json 'o.serial === 1'
run revoke --help
expect_out_has "with the same ref"

# --- a reason is a reason in any case ---
run revoke --as cbp --now "$NOW" 1 --reason LOST --json
expect_status 0
expect_json 'o.reason === "lost"'

# --- an authority, among however many ---
cbp_serial=$(serial_of CBP)
run suspend --as usa --now "$NOW" "$cbp_serial"
expect_status 0
expect_err_has "$cbp_serial is the authority CBP: everything that it issued with key 1 is referred"
run reinstate --as usa --now "$NOW" "$cbp_serial"
expect_err_has "$cbp_serial is the authority CBP: what it issued with key 1 counts again"
run revoke --as usa --now "$NOW" --unregistered "$cbp_serial" 500-900
expect_status 0
expect_err_has "$cbp_serial is the authority CBP: everything that it issued with key 1 is rejected"

# --- the anchor itself ---
root=$(serial_of "USA anchor")
run revoke --as usa --now "$NOW" "$root" --reason fraud
expect_status 77
expect_err_has "$root is the anchor USA anchor itself"
expect_err_has "ever accepted again"
expect_err_has "--reason key-compromise"
run revoke --as usa --now "$NOW" "$root" 901 --unregistered --json
expect_status 77
expect_json 'o.error === "anchor"'
run status --now "$NOW" --json
expect_json 'all.find((a) => a.name === "USA anchor").revoked === 402'
run revoke --as usa --now "$NOW" "$root" --reason key-compromise --json
expect_status 0
expect_json 'o.events === 1 && o.subjects[0].type === "authority" && o.subjects[0].name === "USA anchor"'
run trust list --json
expect_json 'all.every((a) => a.revoked === ["USA anchor", "CBP"].includes(a.name))'
run trust list
expect_out_has "REVOKED by USA anchor: nothing of it is accepted"

# --- a restored home doubts before it asks its register ---
go other
cp -a "$GARITA_HOME" "$work/home.backup"
must "$GARITA" issue --as cbp claims.json -o two.txt --now "$NOW"
rm -rf "$GARITA_HOME"
cp -a "$work/home.backup" "$GARITA_HOME"
run revoke --as cbp --now "$NOW" 10 --json
expect_status 77
expect_json 'o.error === "home-in-doubt"'
run revoke --as inm --now "$NOW" 9
expect_status 77
go agency
run revoke --as mex --now "$NOW" 77
expect_status 66
expect_err_has "or by this one, before it was restored"
