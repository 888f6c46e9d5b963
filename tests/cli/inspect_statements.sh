#!/bin/sh
# What a statement says, in any of its forms; nothing is judged.
. "$(dirname "$0")/lib.sh"
make_world
for kind in png txt bin; do
    must "$GARITA" issue --as cbp claims.json -o card.$kind
done

for kind in png txt bin; do
    run inspect card.$kind
    expect_status 0
    expect_out_has "NOT JUDGED"
    expect_out_has "MARÍA FERNANDA GARCÍA LÓPEZ"
    expect_out_has "IMMEX-1234-2006"
    run inspect card.$kind --json
    expect_status 0
    expect_out_lines 1
    expect_err_empty
    expect_json 'o.type === "credential" && o.bytes > 150 && o.bytes <= 190 && o.serial >= 1 && /^[0-9a-f]{16}$/.test(o.issuer)'
    expect_json 'o.claims.holder.name === "MARÍA FERNANDA GARCÍA LÓPEZ" && o.claims.not_before === "2026-01-01"'
done
run inspect - --json <card.bin
expect_json 'o.type === "credential"'

# The claims are as issue takes them: what is issued of them says the same.
run inspect card.bin --json
node -e 'console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0)).claims))' \
    <"$seen/out" >again.json
must "$GARITA" issue --as cbp again.json -o again.bin
run inspect again.bin --json
node -e 'console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0)).claims))' \
    <"$seen/out" | cmp - again.json || fail "other claims"

# Authorities, and an expired or forged statement is shown too: nothing is judged.
run inspect cbp.auth
expect_status 0
expect_out_has "CBP"
expect_out_has "sentri, fast"
run inspect usa.auth --json
expect_json 'o.type === "authority" && o.authority.is_anchor === true && o.authority.id === o.issuer && o.authority.country === "USA"'
run inspect cbp.auth --json
expect_json 'o.authority.programmes.join() === "sentri,fast" && o.authority.countries.join() === "USA" && o.authority.name === "CBP"'
size=$(wc -c <card.bin)
{
    head -c $((size - 1)) card.bin
    printf '\000'
} >forged.bin
run inspect forged.bin --json --now 2050-01-01T00:00:00Z
expect_status 0

# What cannot be read says what and where.
head -c 40 card.bin >short.bin
run inspect short.bin --json
expect_status 65
expect_json 'o.error === "truncated" && o.source === "short.bin" && /at [0-9]+/.test(o.message)'
echo HC1:ABC >foreign.txt
run inspect foreign.txt --json
expect_status 65
expect_json 'o.error === "foreign-qr" && o.line === 1'
tr A-Z a-z <card.txt >altered.txt
run inspect altered.txt
expect_status 65
expect_out_empty
expect_err_has "caps lock"
: >empty
run inspect empty
expect_status 65
run inspect nosuch
expect_status 66
expect_no_new_files

# A bundle is none.
must "$GARITA" sync export -o all.gtb
for verb in inspect scan "trust add"; do
    run $verb all.gtb
    expect_status 65
    expect_err_has "this is a bundle: garita sync import FILE"
done
run scan - <all.gtb
expect_status 65
expect_err_has "this is a bundle: garita sync import FILE"

# A head says what it commits to.
head=$FIXTURES/golden/status/heads/cbp-1
run inspect "$head.bin" --json
expect_status 0
expect_json 'o.type === "head" && o.bytes > 100 && !("serial" in o) && /^[0-9a-f]{16}$/.test(o.issuer)'
expect_json '((vector) => o.issuer === vector.signer.id && o.key_number === vector.signer.key_number &&
    JSON.stringify(o.claims) === JSON.stringify(vector.head))(
        JSON.parse(require("fs").readFileSync("'"$head"'.json")))'
run inspect "$head.bin"
expect_status 0
expect_out_has "Head of a status log"
expect_out_has "2027-06-07T09:00:05Z"
expect_out_has "NOT JUDGED"
