#!/bin/sh
# doctor.sh DAMAGE: what a disk, a stranger or a mishap can do to a home is found, named, and repaired
# from what verifies; and until then nothing that was revoked is accepted.
. "$(dirname "$0")/../cli/lib.sh"
tool=$1
make_stations
HOUR=2027-06-01T13:00:00Z
DAY=2027-06-02T12:00:00Z

# The station knows of a set that was written as chunks, and of batches since.
awk 'BEGIN { s = 100; for (i = 0; i < 60000; i++) { s += 1 + (i * 7919) % 977; print s } }' >many.txt
at $HOUR revoke --as cbp --serials-from many.txt --unregistered
carry $HOUR
at $HOUR issue --as cbp claims.json -o lost.txt
lost=$("$GARITA" inspect --json lost.txt | sed -n 's/.*"serial":\([0-9]*\).*/\1/p')
at $HOUR revoke --as cbp "$lost" --reason lost
carry $HOUR
must "$GARITA" sync export -o whole.gtb

cp -R "$station" "$work/home.sound"
fresh() {
    rm -rf "$station"
    cp -R "$work/home.sound" "$station"
    GARITA_HOME=$station
}
damage() {
    must "$tool" "$GARITA_HOME" "$@"
}
doctor() {
    run --now $HOUR doctor "$@"
}
finds() { # TEXT: damage that says so; no status of any verb but this is changed by looking
    doctor
    expect_status 1
    expect_out_has "DAMAGE: "
    expect_out_has "$1"
    doctor --json
    expect_status 1
    expect_json 'o.sound === false && o.damage >= 1 && all.some((f) => f.finding === "damage" && f.where && f.what)'
}
# What is revoked is never accepted, by a damaged log; and what is not is not accepted either.
refuses() {
    run scan --now $HOUR --json lost.txt
    expect_status 1
    expect_json 'o.reason === "revoked"'
    run scan --now $HOUR --json card.txt
    expect_status 2
    expect_err_has "garita doctor"
}
repaired() {
    doctor
    expect_status 0
    expect_out_has "sound"
    run scan --now $HOUR --json lost.txt
    expect_json 'o.reason === "revoked"'
    run scan --now $HOUR --json card.txt
    expect_status 0
    expect_err_empty
}
from_bundle() {
    doctor --repair whole.gtb
    expect_status 0
    # One story: found, repaired, sound; and no import that says it does nothing.
    expect_out_lacks "DAMAGED"
    expect_out_has "sound"
    expect_err_has "repairing it"
    expect_err_lacks "neither given nor extended"
    repaired
}
by_itself() {
    doctor --repair
    expect_status 0
    expect_err_has "from its own batches"
    repaired
}

# --- sound, and warnings ---

fresh
doctor
expect_status 0
expect_out_has "sound"
expect_err_empty
doctor --json
expect_out_lines 1
expect_json 'o.sound && o.warnings === 0 && o.checked.logs === 5 && o.checked.batches > 5 && o.checked.statements === 3'
doctor --repair whole.gtb
expect_status 0
run doctor whole.gtb
expect_status 64
run --home "$work/nowhere" doctor
expect_status 66
GARITA_HOME=$agency
doctor --json
expect_status 0
expect_json 'o.warnings === 0 && o.checked.entries === 7 && o.checked.keys === 5'

fresh
cp -R "$agency/keys" "$station/keys"
chmod o+w "$station"
chmod 644 "$station/keys/cbp.key"
doctor
expect_status 0
expect_out_has "others than its owner may write it (mode 0702)"
expect_out_has "chmod 600"
expect_out_has "sound; warnings: 2"
head -c 100 "$agency/keys/inm.key" >"$station/keys/inm.key"
finds "is no key file"

# The counter against restored backups is somewhere else.
GARITA_HOME=$agency
run --state "$work/empty.state" --now $HOUR doctor
expect_status 0
expect_out_has "the counter against restored backups is not here"
expect_out_has "garita sync import FILE"

# --- a log, in each of its parts ---

cbp='WHERE log = (SELECT number FROM log WHERE id = @CBP)'
flip() { # COLUMN AT: another byte there
    printf "%s = CAST(substr(%s, 1, %d) || CASE WHEN substr(%s, %d, 1) = x'00' THEN x'01' ELSE x'00' END || substr(%s, %d) AS BLOB)" \
        "$1" "$1" $(($2 - 1)) "$1" "$2" "$1" $(($2 + 1))
}

fresh
damage "UPDATE log SET $(flip head 60) WHERE id = @CBP"
finds "log of CBP"
refuses
from_bundle

fresh
damage "UPDATE log SET $(flip frontier 5) WHERE id = @CBP"
finds "log of CBP"
refuses
from_bundle

fresh
damage "UPDATE log SET head = NULL WHERE id = @CBP"
finds "log of CBP"
refuses
from_bundle

fresh
damage "UPDATE log SET size = size + 1 WHERE id = @CBP"
finds "log of CBP"
refuses
from_bundle

# A chunk: its own batches make the set again.
fresh
damage "UPDATE chunk SET $(flip bytes 40) $cbp AND position = 0"
finds "log of CBP"
refuses
by_itself
fresh
damage "DELETE FROM chunk $cbp AND position = 1"
finds "the set is not what the log's batches made"
doctor --lang es
expect_out_has "el conjunto no es el que forman los lotes del registro"
refuses
by_itself

# The last batch, which the set is made of at each load; lost.txt is in it.
fresh
damage "UPDATE batch SET $(flip bytes 7) $cbp AND position = (SELECT max(position) FROM batch $cbp)"
finds "log of CBP"
run scan --now $HOUR --json card.txt lost.txt
expect_json 'all.every((v) => v.verdict !== "accept")'
expect_json 'all[0].hint === "the records of CBP are damaged: garita doctor --repair FILE"'
doctor --repair
expect_status 1
from_bundle

# An early one, which nothing but doctor reads again.
fresh
damage "UPDATE batch SET $(flip bytes 900) $cbp AND position = 0"
finds "batch 0"
doctor --repair
expect_status 1
from_bundle
fresh
damage "UPDATE batch SET $(flip leaf 3) $cbp AND position = 0"
finds "log of CBP"
refuses
by_itself
fresh
damage "DELETE FROM batch $cbp AND position = 0"
finds "log of CBP"
refuses
from_bundle

# An older bundle does not turn it back.
GARITA_HOME=$agency
at $DAY revoke --as cbp 1 --reason lost
carry $DAY
GARITA_HOME=$station
damage "DELETE FROM batch $cbp AND position = 0"
doctor --repair whole.gtb
expect_status 1
run scan --now $DAY --json card.txt
expect_status 1
expect_json 'o.reason === "revoked"'
must "$GARITA" --home "$agency" sync export -o newer.gtb
run --now $DAY doctor --repair whole.gtb newer.gtb
expect_status 0
run scan --now $DAY --json card.txt
expect_json 'o.reason === "revoked"'

# --- proofs, evidence, the union ---

fresh
cp -R "$work/home.sound" "$work/home.fork"
cp -R "$agency" "$work/home.other"
cp -R "$HOME/.local/state/garita" other.state
GARITA_HOME=$work/home.other
must "$GARITA" --state other.state --now $DAY revoke --as cbp 77 --unregistered
must "$GARITA" --state other.state sync export -o two.gtb
GARITA_HOME=$agency
at $DAY revoke --as cbp 78 --unregistered
must "$GARITA" sync export -o one.gtb
GARITA_HOME=$work/home.fork
run --now $DAY sync import one.gtb
run --now $DAY sync import two.gtb
doctor
expect_status 0
forked() {
    rm -rf "$station"
    cp -R "$work/home.fork" "$station"
    GARITA_HOME=$station
}
forked
damage "UPDATE log SET $(flip proof 100) WHERE id = @CBP"
finds "log of CBP"
run scan --now $DAY --json card.txt
expect_status 1
forked
damage "UPDATE elsewhere SET bytes = x'04124e00' $cbp"
finds "the union is not what was written"
forked
damage "DELETE FROM elsewhere $cbp"
finds "the union is not what was written"

run --now $DAY doctor --repair whole.gtb one.gtb two.gtb
expect_status 0
run --now $DAY status --json
expect_json 'all.some((a) => a.name === "CBP" && a.equivocated && a.state === "equivocated")'
forked
damage "UPDATE evidence SET $(flip head 60)" 
finds "evidence of a revocation proves nothing"
doctor --repair
expect_status 0
expect_out_has "0 pieces of evidence"
forked
damage "UPDATE evidence SET path = x'00'"
finds "evidence of a revocation cannot be read"
doctor --repair
expect_status 0

# --- whom it trusts ---

fresh
damage "UPDATE trusted SET $(flip statement 100) WHERE instr(statement, CAST('DHS' AS BLOB)) > 0"
finds "trusted statements"
doctor --repair whole.gtb
expect_status 0
repaired
fresh
damage "DELETE FROM trusted WHERE instr(statement, CAST('DHS' AS BLOB)) > 0"
doctor
expect_status 0
expect_out_has "signed by nobody whose chain reaches a pinned anchor"
fresh
damage "UPDATE pin SET $(flip statement 100)"
finds "pinned anchors"
fresh
damage "UPDATE pin SET countries = ''"
finds "pinned anchors"

# --- the register, the decisions ---

cp -R "$agency" "$work/home.signing"
GARITA_HOME=$work/home.signing
damage "UPDATE register SET $(flip statement 90) WHERE serial = 1 AND type = 2"
finds "serial 1 of authority"
damage "UPDATE signer SET next_serial = 1"
finds "the next serial is not above those in the register"
fresh
run scan --now $HOUR --log card.txt
run scan --now $HOUR --log lost.txt
doctor --json
expect_status 0
expect_json 'o.checked.decisions >= 2'
damage "UPDATE decision SET $(flip entry 12) WHERE position = 1"
finds "log of decisions"
expect_out_has "log verify"

# --- while a lane is open: it goes on by what it knew, and says so once ---

fresh
mkfifo in out
"$GARITA" scan --now $HOUR --json - <in >out 2>"$seen/watch" &
scan=$!
exec 3>in 4<out
answer() { # REASON
    cat card.txt >&3
    IFS= read -r line <&4 || fail "no answer"
    printf '%s\n' "$line" >"$seen/out"
    ran="garita scan, going on"
    expect_json 'o.reason === "'"$1"'"'
}
answer ok
damage "UPDATE pin SET countries = ''"
answer ok
answer ok
grep -q "cannot be read anew (the home's store is damaged)" "$seen/watch" || fail "it said nothing"
[ "$(wc -l <"$seen/watch")" -eq 1 ] || fail "it said it more than once"
exec 3>&-
wait $scan || fail "a verdict was not accept"
exec 4<&-
rm in out

# --- the file ---

fresh
rm -f "$station"/garita.db-wal "$station"/garita.db-shm
size=$(wc -c <"$station/garita.db")
dd if=/dev/zero of="$station/garita.db" bs=1 seek=$((size - 3000)) count=2000 conv=notrunc 2>"$seen/dd"
doctor
expect_status 1
expect_out_has "DAMAGE: "
run scan --now $HOUR --json lost.txt
[ "$status" -ne 0 ] || fail "a revoked credential was accepted"
printf 'this is not a database, it only lies where one was' >"$station/garita.db"
finds "garita.db"
expect_out_has "backup"
