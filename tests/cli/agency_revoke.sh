#!/bin/sh
# revoke, suspend, reinstate: which serials, whose, what cannot be, and that it is all or nothing.
. "$(dirname "$0")/lib.sh"

make_world
row=$(tr -d '\n' <claims.json)
i=0
while [ $i -lt 20 ]; do
    echo "$row"
    i=$((i + 1))
done >rows
must "$GARITA" issue --as cbp --now "$NOW" --batch rows --out-dir cards --format txt

change() { # VERB ARGUMENT...
    verb=$1
    shift
    run "$verb" --as cbp --now "$NOW" "$@"
}
# stands REASON SERIAL...: what a scan says of these cards.
stands() {
    expected=$1
    shift
    for serial; do
        run scan --now "$NOW" --json "cards/$(printf '%010d' "$serial").txt"
        expect_json "o.serial === $serial && o.reason === '$expected'"
    done
}
log_size() {
    "$GARITA" status --now "$NOW" --json | sed -n 's/.*"name":"CBP".*"size":\([0-9]*\).*/\1/p'
}

# --- what is wrong with the command: nothing is done ---
before=$(log_size)
run revoke 1
expect_status 64
expect_err_has "--as KEY is needed"
change revoke
expect_status 64
change revoke 1 --reason tired
expect_status 64
expect_err_has "lost, stolen, withdrawn"
for bad in 0 4294967296 99999999999999999999 1- -1- 3-2 1-2-3 1,2 0x1 " 1" 1e3 1-4294967295; do
    change revoke -- "$bad"
    expect_status 64
done
run revoke --as nobody 1
expect_status 66
change revoke --serials-from missing
expect_status 66
change revoke --serials-from - --passphrase-file - </dev/null
expect_status 64
change revoke 1 2 21 22-30
expect_status 66
expect_err_has "10 serials are not in this home's register: 21, 22, 23, 24, 25, …"
expect_err_has "--unregistered"
run revoke --as inm --now "$NOW" 1
expect_status 66
expect_err_has "1 serial is not in this home's register: 1"
printf '1\nx\n3\n4-\n# 5\n' >bad
change revoke --serials-from bad --json
expect_status 65
expect_json 'all.map((o) => o.error + o.line).join() === "serial2,serial4" && o.source === "bad"'
i=0
while [ $i -lt 30 ]; do
    echo "line $i"
    i=$((i + 1))
done >worse
change revoke --serials-from worse
expect_status 65
expect_err_has "worse:10"
expect_err_lacks "worse:11"
printf '# none\n\n \t\r\n' >none
change revoke --serials-from none
expect_status 65
expect_err_has "there is no serial in it"
[ "$(log_size)" = "$before" ] || fail "the log has moved on"
stands ok 1 20

# --- revoking ---
change revoke 4 --reason lost
expect_status 0
expect_out_empty
expect_err_has "CBP: 1 revoked, 0 were so before"
stands revoked 4
stands ok 3 5
change revoke 3-5 4 --json --reason stolen
expect_status 0
expect_json 'o.standing === "revoked" && o.reason === "stolen" && o.events === 2 &&
    o.unchanged === 1 && /^[0-9a-f]{16}$/.test(o.issuer) && o.issued === 20 &&
    o.signed_at === "'"$NOW"'" && o.next_due === "2027-06-08T12:00:00Z" && all.length === 1'
stands revoked 3 4 5
size=$(log_size)
change revoke 3 4 5
expect_status 0
expect_err_has "0 revoked, 3 were so before"
change revoke 3 --json
expect_json 'o.events === 0 && o.unchanged === 1 && o.size === '"$size"
[ "$(log_size)" = "$size" ] || fail "the log has moved on for nothing"

# --- from a file, from standard input, both, as Windows writes it, with comments ---
printf '\357\273\2776\r\n# the next two\r\n 7-8 # fraud\r\n\r\n6' >list
change revoke 9 --serials-from list --json
expect_json 'o.events === 4 && o.unchanged === 0 && o.reason === "unspecified"'
stands revoked 6 7 8 9
echo 10 >ten
change revoke --serials-from - <ten
expect_status 0
stands revoked 10

# --- suspending and reinstating ---
change suspend 11 12 9 --json
expect_json 'o.standing === "suspended" && o.events === 2 && o.unchanged === 1'
stands suspended 11 12
stands revoked 9
change reinstate 11 13 --json
expect_json 'o.standing === "active" && o.events === 1 && o.unchanged === 1'
stands ok 11 13
change reinstate 12 9 8
expect_status 77
expect_err_has "2 serials are revoked, which is final: 8, 9"
stands suspended 12
change revoke 12 --json
expect_json 'o.events === 1'
stands revoked 12
change reinstate 12 --json
expect_status 77
expect_json 'o.error === "revoked"'

# --- what another home issued; and what nobody has issued yet is never issued ---
change revoke 21 23 4294967295 --unregistered
expect_status 0
must "$GARITA" issue --as cbp --now "$NOW" claims.json -o after.txt
cp after.txt cards/0000000022.txt
stands ok 22
run issue --as cbp --now "$NOW" claims.json -o after2.txt
expect_out 24

# --- an authority, and all that it issued; its renewal keeps its key in force ---
must "$GARITA" authority certify --as usa --subject cbp.pub --name CBP --country USA \
    --programmes sentri,fast --now "$NOW" -o cbp2.auth
must "$GARITA" trust add cbp2.auth
run suspend --as usa --now "$NOW" 2
expect_status 0
expect_err_has "the same key is named by other statements, and stays in force by them: 3"
run reinstate --as usa --now "$NOW" 2
expect_status 0
expect_err_lacks "named by other statements"
run revoke --as usa --now "$NOW" 2 --reason key-compromise --json
expect_status 0
expect_err_has "which are revoked with it: 3"
expect_json 'o.events === 2'
stands issuer-revoked 1 20
run revoke --as usa --now "$NOW" 2 3
expect_err_lacks "named by other statements"

# --- below two anchors there are two logs, of the same batches and head ---
must "$GARITA" revoke --as inm --now "$NOW" 7 --unregistered
must "$GARITA" suspend --as inm --now "$NOW" 70000 --unregistered
must "$GARITA" authority certify --as usa --subject inm.pub --name INM --country USA \
    --programmes sentri --now "$NOW" -o inm-usa.auth
must "$GARITA" trust add inm-usa.auth
must "$GARITA" revoke --as inm --now "$NOW" 8 --unregistered
run status --now "$NOW" --json
expect_json 'all.filter((o) => o.name === "INM" && o.revoked === 2 && o.suspended === 1).length === 2'
expect_json 'all.filter((o) => o.name === "INM").every((o, i, both) => o.size === both[0].size &&
    o.signed_at === both[0].signed_at && o.next_due === both[0].next_due)'
must "$GARITA" head --as inm --now 2027-06-01T13:00:00Z
must "$GARITA" sync export --now 2027-06-01T13:00:00Z -o world.gtb
home=$GARITA_HOME
for pins in mex "mex usa"; do
    fresh_home
    must "$GARITA" init --country USA
    for pin in $pins; do
        must "$GARITA" trust add $pin.auth --anchor
    done
    run sync import world.gtb --now 2027-06-01T13:00:00Z
    expect_status 0
    expect_err_lacks ALARM
    run status --now 2027-06-01T13:00:00Z --json
    expect_json 'all.filter((o) => o.name === "INM" && o.revoked === 2 && o.suspended === 1 &&
        !o.equivocated && !o.set_differs).length === "'"$pins"'".split(" ").length'
    run audit --now 2027-06-01T13:00:00Z
    expect_status 0
done
GARITA_HOME=$home

# --- many ---
seq 100000 300000 >many
run revoke --as mex --now "$NOW" --unregistered --serials-from many --json
expect_status 0
expect_json 'o.events === 200001'
run revoke --as mex --now "$NOW" --unregistered --serials-from many --json
expect_json 'o.events === 0 && o.unchanged === 200001'

# --- a key that may not sign heads ---
must "$GARITA" key new desk --no-passphrase
must "$GARITA" key export desk -o desk.pub
must "$GARITA" authority certify --as mex --subject desk.pub --name Desk --country MEX \
    --programmes sentri --types credential --now "$NOW" -o desk.auth
must "$GARITA" trust add desk.auth
run issue --as desk --now "$NOW" claims.json -o desk.txt
expect_status 0
expect_err_has "this key may not sign heads"
run scan --now "$NOW" --json desk.txt
expect_json 'o.reason === "status-missing"'
run revoke --as desk --now "$NOW" 1
expect_status 77
expect_err_has "may not sign a statement of the type head"
