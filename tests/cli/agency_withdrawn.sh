#!/bin/sh
# A key that this home knows to be revoked signs nothing: nobody would take it.
. "$(dirname "$0")/lib.sh"
make_stations
HOUR=2027-06-01T13:00:00Z
LATER=2027-06-01T14:00:00Z
serial_of() { # NAME: the serial of its statement
    "$GARITA" trust list --json | node -e '
        const all = require("fs").readFileSync(0, "utf8").trim().split("\n").map((l) => JSON.parse(l));
        console.log(all.find((x) => x.name === process.argv[1]).serial)' "$1"
}
id_of() {
    "$GARITA" trust list --json | node -e '
        const all = require("fs").readFileSync(0, "utf8").trim().split("\n").map((l) => JSON.parse(l));
        console.log(all.find((x) => x.name === process.argv[1]).id)' "$1"
}
refused() { # ARGUMENT...: garita says that the key is revoked, and leaves no trace
    "$GARITA" sync export -o before.gtb 2>"$seen/warnings"
    run --now $LATER --json "$@"
    expect_status 77
    expect_json 'o.error === "key-revoked" && o.hint.length > 0'
    must "$GARITA" sync export -o after.gtb
    cmp -s before.gtb after.gtb || fail "something was signed"
    rm before.gtb after.gtb
    run --now $LATER "$@"
    expect_status 77
}

# --- a key that its parent has revoked ---
at $HOUR key new cbp2 --no-passphrase
at $HOUR key export cbp2 -o cbp2.pub
at $HOUR authority certify --as dhs --subject cbp2.pub --rotates "$(id_of CBP)" -o cbp2.auth
at $HOUR issue --as cbp claims.json -o lost.txt
at $HOUR suspend --as cbp 1
at $HOUR revoke --as dhs "$(serial_of CBP)" --reason key-compromise
refused revoke --as cbp 2 --reason lost
expect_err_has "DHS has revoked this key of CBP"
expect_err_has "sign with another key of CBP, or have DHS certify it anew"
refused suspend --as cbp 2
refused reinstate --as cbp 1
refused head --as cbp
refused issue --as cbp claims.json -o never.txt
mkdir rows
tr -d '\n' <claims.json >rows.ndjson
refused issue --as cbp --batch rows.ndjson --out-dir rows
[ ! -e never.txt ] || fail "it was written"
# What was issued can be given again.
run issue --as cbp --reprint 2 -o reprint.txt
expect_status 0

# It is left out of what is exported, and that is said.
run sync export -o withdrawn.gtb
expect_status 0
expect_err_has "the record of revocations by CBP is left out: DHS has revoked CBP"
run --home "$station" --now $LATER sync import withdrawn.gtb
expect_status 0
run --home "$station" --now $LATER scan card.txt --json
expect_json 'o.reason === "issuer-revoked"'
# Until the other key has signed.
run --now $LATER revoke --as cbp2 2 --reason lost
expect_status 0
run sync export -o again.gtb
expect_status 0
expect_err_lacks "left out"
run --home "$station" --now $LATER sync import again.gtb --json
expect_status 0
expect_json 'all.find((a) => a.name === "CBP").revoked === 1'

# By the same key, certified anew: one of its statements that is not revoked is enough.
at $LATER authority certify --as dhs --subject cbp.pub --rotates "$(id_of CBP)" -o cbp3.auth
run --now $LATER revoke --as cbp 3 --unregistered
expect_status 0

# --- one above it ---
at $LATER revoke --as usa "$(serial_of DHS)" --reason withdrawn
refused revoke --as cbp 4 --unregistered
expect_err_has "USA anchor has revoked DHS, through which this key of CBP is trusted"
refused authority certify --as dhs --subject inm.pub --name X --country USA --programmes sentri \
    -o x.auth
expect_err_has "USA anchor has revoked this key of DHS"
carry $LATER
expect_err_lacks "error"
run --home "$station" --now $LATER status
expect_status 0
expect_out_has "REVOKED by USA anchor: nothing of it is accepted"
expect_out_has "REVOKED with DHS, by USA anchor: nothing of it is accepted"
run --home "$station" --now $LATER status --json
expect_json 'all.filter((a) => a.state === "revoked").map((a) => a.name).sort().join() === "CBP,DHS"'
expect_json 'all.every((a) => (a.revoked_by === null) === (a.state !== "revoked"))'
run --home "$station" --now $LATER clock --json
expect_json 'o.attested.every((a) => a.counts === !["CBP", "DHS"].includes(a.name))'
run --home "$station" --now $LATER clock
expect_out_has "(BY A KEY THAT WAS REVOKED: does not count)"

# --- an anchor revokes itself, which has to get out; then nothing more ---
run --now $LATER revoke --as mex "$(serial_of 'MEX anchor')" --reason key-compromise
expect_status 0
carry $LATER
run --home "$station" --now $LATER status --json
expect_json 'all.find((a) => a.name === "MEX anchor").state === "revoked"'
refused revoke --as mex 77 --unregistered
expect_err_has "the anchor MEX anchor has revoked itself"
refused authority anchor mex --until 2060-01-01
refused issue --as inm claims.json -o never.txt

# --- below two anchors: what fell with the one goes on below the other ---
at $LATER authority certify --as usa --subject inm.pub --name INM --country USA \
    --programmes sentri -o inm2.auth
run --now $LATER revoke --as inm 9 --unregistered
expect_status 0
expect_err_has "below the anchor MEX anchor this key may sign no head of INM now"
