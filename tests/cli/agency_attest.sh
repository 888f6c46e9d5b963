#!/bin/sh
# Who attests: attestations issued by a ministry, bound to one holder; companies and vehicles; several
# statements in one code, by issue and by join.
. "$(dirname "$0")/lib.sh"

make_world
NOW=2026-11-21T15:00:00Z
CLAIMS=$FIXTURES/claims
for name in health labor; do
    must "$GARITA" key new $name --no-passphrase
    must "$GARITA" key export $name -o $name.pub
done
at $WORLD authority certify --as usa --subject health.pub --name "Public Health" --country USA \
    --programmes health --types attestation,head -o health.auth
at $WORLD authority certify --as mex --subject labor.pub --name "Trabajo" --country MEX \
    --programmes essential-worker,labor-cert,oea --types attestation,credential,head -o labor.auth
at $WORLD trust add health.auth labor.auth
attest() {
    run issue --as health --now "$NOW" "$@"
}

# --- each kind, in each form; what it says is what was claimed, about a digest ---
serial=0
for kind in vaccination first-dose recovery test test-positive; do
    serial=$((serial + 1))
    attest "$CLAIMS/attestations/$kind.json" -o $kind.txt
    expect_status 0
    expect_out $serial
    expect_err_empty
    run inspect $kind.txt --json
    expect_json 'o.type === "attestation" && o.bytes < 150 && /^[0-9a-f]{32}$/.test(o.claims.subject) &&
        o.claims.holder === undefined'
done
for kind in essential-worker labor-cert trusted-trader; do
    must "$GARITA" --now "$NOW" issue --as labor "$CLAIMS/attestations/$kind.json" -o $kind.txt
done
run inspect vaccination.txt --json
expect_json 'JSON.stringify(o.claims) === JSON.stringify({attestation: "vaccination",
    subject: o.claims.subject, expires: "2028-05-01", product: "EU/1/20/1528", dose: 2, doses: 2,
    date: "2026-05-01"}) && o.serial === 1 && o.key_number === 1'
run inspect essential-worker.txt --json
expect_json 'o.claims.sector === "healthcare" && o.claims.employer.id === "NSS-0042" &&
    o.claims.country === "MEX" && o.claims.since === "2026-01-01"'
run inspect trusted-trader.txt --json
expect_json 'o.claims.scheme === "oea" && o.claims.tier === 2 && o.claims.recognized_by.join() === "USA"'
run inspect test.txt
expect_status 0
expect_out_has "NOT JUDGED"
expect_out_has "Test: Nucleic acid test (PCR), negative, 2026-11-20T16:30:00Z"
expect_out_lacks "G12345678"
for form in png svg bin; do
    attest "$CLAIMS/attestations/vaccination.json" -o vaccination.$form --json
    expect_status 0
    expect_json "o.file === 'vaccination.$form' && o.bytes === 136"
done
attest "$CLAIMS/attestations/vaccination.json"
expect_out_has "█"

# --- the same about the subject that inspect shows, and about a whole holder's claims ---
run inspect vaccination.txt --json
node -e 'console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0)).claims))' \
    <"$seen/out" >again.json
attest again.json -o again.txt
expect_status 0
run inspect again.txt --json
node -e 'console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0)).claims))' \
    <"$seen/out" | cmp - again.json || fail "other claims"
holder=$(tr -d '\n' <claims.json | sed 's/.*\("holder":.*\),"not_before.*/\1/')
printf '{"attestation":"recovery",%s,"expires":"2027-01-01","date":"2026-10-01"}' "$holder" >whole.json
attest whole.json -o whole.txt
expect_status 0
subject=$(sed 's/.*"subject":"\([0-9a-f]*\)".*/\1/' again.json)
run inspect whole.txt --json
expect_json "o.claims.subject === '$subject'"

# --- what is wrong with the claims: the field is named, and what to do ---
# bad KIND FROM TO CODE TEXT
bad() {
    tr -d '\n' <"$CLAIMS/attestations/$1.json" | sed 's/  */ /g' >good.json
    sed "s|$2|$3|" good.json >bad.json
    ! cmp -s bad.json good.json || fail "nothing replaced by s|$2|$3|"
    attest bad.json -o x.txt
    expect_status 65
    expect_err_has "$5"
    [ ! -e x.txt ] || fail "an attestation was written"
    attest bad.json --json
    expect_json "o.error === '$4' && o.source === 'bad.json'"
}
bad vaccination '"vaccination"' '"vacination"' unknown-name 'did you mean "vaccination"?'
bad vaccination '"vaccination"' '7' wrong-kind 'attestation must be a text'
bad vaccination '"product"' '"prodcut"' unknown-field 'did you mean "product"?'
bad vaccination '"product"' '"sector"' unknown-field 'sector: there is no such field'
bad vaccination '"dose": 2, ' '' missing-field 'dose is missing'
bad vaccination '"dose": 2' '"dose": 0' range 'dose must be a whole number from 1 to 255'
bad vaccination '"dose": 2' '"dose": "2"' wrong-kind 'dose must be a whole number'
bad vaccination '2026-05-01' '2028-05-02' date-order 'date: after expires'
bad vaccination 'EU/1/20/1528' "$(printf '%033d' 0)" range 'product: '
bad vaccination '"holder"' '"vehicle"' unknown-field 'vehicle: there is no such field'
bad vaccination '"expires"' '"subject":"00", "expires"' shape 'only one of these'
bad vaccination '"document": {[^}]*}' '"nationality":"MEX"' missing-field 'holder.document is missing'
bad vaccination '"holder": {[^}]*} },' '"subject": "00",' range 'subject: 32 hexadecimal digits'
bad vaccination '"holder": {[^}]*} },' '"company": {"id":"A","country":"USA"},' shape 'about a person'
bad vaccination '"holder": {[^}]*} },' '' missing-field 'holder is missing'
bad vaccination 'G12345678' "$(printf '%025d' 0)" range 'holder.document.number: longer than 24 bytes'
bad test '"naat"' '"pcr"' unknown-name 'one of: naat antigen'
bad test '2026-11-20T16:30:00Z' '2026-11-20' date 'sampled_at: "2026-11-20" is no moment'
bad test '2026-11-20T16:30:00Z' '2026-12-01T12:00:00Z' date-order 'sampled_at: after expires'
bad essential-worker '"healthcare"' '"health-care"' unknown-name 'did you mean "healthcare"?'
bad essential-worker '"MEX", "since"' '"MX", "since"' country 'country: "MX" is no country code'
bad trusted-trader '"oea"' '"sentri"' unknown-name 'scheme: there is no "sentri"'
bad trusted-trader '\["USA"\]' '["USA","USA"]' twice 'recognized_by: USA is there twice'
bad trusted-trader '\["USA"\]' '[]' range 'one to 8 countries'
bad trusted-trader '"tier": 2' '"tier": 10' range 'tier must be a whole number from 1 to 9'

# --- what the authority may not attest, and what it would need ---
refused() { # KEY FILE TEXT HINT
    run issue --as "$1" --now "$NOW" "$2" -o x.txt
    expect_status 77
    expect_err_has "$3"
    expect_err_has "$4"
    [ ! -e x.txt ] || fail "an attestation was written"
}
refused cbp "$CLAIMS/attestations/vaccination.json" "CBP may not give: health" "its programmes: sentri"
refused health "$CLAIMS/attestations/labor-cert.json" "Public Health may not give: labor-cert" \
    "its programmes: health"
refused health claims.json "Public Health may not sign a statement of the type credential" "its types: "
sed 's/"MEX",$/"CAN",/' "$CLAIMS/attestations/essential-worker.json" >can.json
refused labor can.json "Trabajo may not act in all of: CAN" "its countries: MEX"
sed 's/"oea"/"ctpat"/' "$CLAIMS/attestations/trusted-trader.json" >ctpat.json
refused labor ctpat.json "Trabajo may not give: ctpat" "its programmes: "
sed 's/2028-05-01/2090-01-01/' "$CLAIMS/attestations/vaccination.json" >long.json
refused health long.json "it would outlast Public Health" ""

# --- a ref, the register, a batch, and withdrawing ---
tr -d '\n' <"$CLAIMS/attestations/vaccination.json" | sed 's/^{/{"ref":"v-1",/' >ref.json
attest ref.json -o ref1.bin --json
expect_json 'o.ref === "v-1"'
number=$(node -pe 'JSON.parse(require("fs").readFileSync(0)).serial' <"$seen/out")
attest ref.json -o ref2.bin
expect_out "$number"
expect_err_has "issued before with this ref"
cmp ref1.bin ref2.bin || fail "another statement for the same ref"
sed 's/"dose": 2/"dose": 1/' ref.json >ref-other.json
attest ref-other.json -o x.txt
expect_status 65
expect_err_has "was given before, with other claims (serial $number)"
attest --reprint "$number" -o again.bin
expect_status 0
cmp ref1.bin again.bin || fail "another statement for the same serial"
sed 's/^{/{"ref":"one",/' claims.json | tr -d '\n' >credential.row
sed 's/"sentri"/"essential-worker"/' credential.row >rows
echo >>rows
tr -d '\n' <"$CLAIMS/attestations/labor-cert.json" | sed 's/^{/{"ref":"two",/' >>rows
echo >>rows
tr -d '\n' <"$CLAIMS/attestations/labor-cert.json" | sed 's/^{/{"ref":"one",/' >>rows
echo >>rows
tr -d '\n' <"$CLAIMS/attestations/labor-cert.json" | sed 's/"level"/"levle"/' >>rows
run issue --as labor --now "$NOW" --batch rows --out-dir out --format txt --json
expect_status 65
expect_json 'all.map((o) => o.error || o.ref).join() === "unknown-field,ref-taken,one,two"'
expect_err_has "2 issued"
run issue --as health --now "$NOW" --batch rows --out-dir out --format txt
expect_status 65
expect_err_has "rows:1: Public Health may not sign a statement of the type credential"
run revoke --as health --now "$NOW" 1 "$number" --reason error
expect_status 0
expect_err_has "1: vaccination"
expect_err_has "$number: vaccination, ref v-1"
run doctor --now "$NOW"
expect_status 0

# --- companies and vehicles ---
must "$GARITA" key new cbp2 --no-passphrase
must "$GARITA" key export cbp2 -o cbp2.pub
at $WORLD authority certify --as usa --subject cbp2.pub --name "CBP Trade" --country USA \
    --programmes sentri,fast,ctpat,labor-cert -o cbp2.auth
at $WORLD trust add cbp2.auth
trade() {
    run issue --as cbp2 --now "$NOW" "$@"
}
for name in ctpat fast-carrier sentri-vehicle fast; do
    trade "$CLAIMS/$name.json" -o $name.png
    expect_status 0
    run inspect $name.png --json
    node -e 'const fs = require("fs"), said = JSON.parse(fs.readFileSync(0)).claims,
        meant = JSON.parse(fs.readFileSync(process.argv[1]));
        require("assert").deepStrictEqual(said, meant)' "$CLAIMS/$name.json" <"$seen/out" ||
        fail "$name says something else"
done
run inspect ctpat.png
expect_out_has "Otay Mesa Imports, Inc."
expect_out_has "CTPAT-00012345"
run inspect sentri-vehicle.png
expect_out_has "AB-12-345"
expect_out_has "Nissan Versa, gray"
# shape PROGRAMME MEMBERS TEXT HINT: claims of another shape than the programme's are refused
shape() {
    printf '{"programme":"%s",%s"not_before":"2026-01-01","expires":"2027-01-01"}' "$1" "$2" >bad.json
    trade bad.json -o x.txt
    expect_status 65
    expect_err_has "$3"
    expect_err_has "$4"
    trade bad.json --json
    expect_json "o.error === 'shape'"
}
company='"company":{"id":"A","name":"B","country":"USA"},'
vehicle='"vehicle":{"country":"USA","plate":"7ABC123"},'
shape sentri "$company" "company: no credential of sentri is about one" "one of: holder vehicle"
shape ctpat "$holder," "holder: no credential of ctpat is about one" "one of: company"
shape fast "$vehicle" "vehicle: no credential of fast is about one" "one of: holder company"
shape sentri "$holder,$vehicle" "vehicle: a credential is about one thing" "one of: holder vehicle"
shape health "$holder," "programme: health is for attestations alone" '{"attestation":"vaccination",…}'
shape ctpat "$company\"employer\":{\"id\":\"X\"}," "employer: only a holder has one" ""
printf '{"programme":"sentri","vehicle":{"country":"USA","plate":"7abc"},"not_before":"2026-01-01",
"expires":"2027-01-01"}' >bad.json
trade bad.json -o x.txt
expect_status 65
expect_err_has "vehicle.plate: character 2"
printf '{"programme":"ctpat","not_before":"2026-01-01","expires":"2027-01-01"}' >bad.json
trade bad.json -o x.txt
expect_status 65
expect_err_has "company is missing"

# --- attestations in the credential's own code ---
# with TEXT...: the example with these texts as its attestations
with() {
    list=
    for text in "$@"; do list="$list${list:+,}\"$text\""; done
    tr -d '\n' <claims.json | sed "s|^{|{\"attestations\":[$list],|" >with.json
}
v=$(cat vaccination.txt) t=$(cat test.txt) w=$(cat essential-worker.txt)
with "$v" "$t"
run issue --as cbp --now "$NOW" with.json -o with.png
expect_status 0
expect_err_empty
card=$(cat "$seen/out")
run inspect with.png --json
expect_json "o.type === 'credential' && o.serial === $card && o.bytes < 190 && o.packet_bytes > 400 &&
    o.attestations.map((a) => a.type + a.claims.attestation).join() ===
        'attestationvaccination,attestationtest' &&
    o.claims.attestations.join() === '$v,$t'"
node -e 'console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0)).claims))' \
    <"$seen/out" >taken.json
run issue --as cbp --now "$NOW" taken.json -o taken.txt --json
expect_status 0
run inspect taken.txt --json
expect_json "o.attestations.length === 2"
run inspect with.png
expect_out_has "MARÍA FERNANDA"
expect_out_has "Vaccination: EU/1/20/1528, dose 2 of 2, 2026-05-01"
expect_out_has "Nucleic acid test"
# the register has the credential alone
run issue --as cbp --now "$NOW" --reprint "$card" -o card.txt
expect_status 0
run inspect card.txt --json
expect_json "o.serial === $card && o.attestations === undefined"
# attached TEXT CODE: refused, and which one is named
attached() {
    run issue --as cbp --now "$NOW" with.json -o x.txt
    expect_status 65
    expect_err_has "$1"
    [ ! -e x.txt ] || fail "a card was written"
    run issue --as cbp --now "$NOW" with.json --json
    expect_json "o.error === '$2'"
}
with "$v" "$w"
attached "attestations[1]: it is bound to another holder or company" wrong-subject
with "$(cat card.txt)"
attached "attestations[0]: it is no attestation" wrong-type
with "GT1:A"
attached "attestations[0]: " base45
with "$v" "HC1:ABC"
attached "attestations[1]: " not-ours
with "$v" "$t" "$v" "$t" "$v" "$t" "$v" "$t"
attached "attestations[7]: one code holds a credential and at most 7 attestations" full
with "$v" "$t" "$v" "$t" "$v" "$t" "$v"
run issue --as cbp --now "$NOW" with.json -o seven.png
expect_status 0
sed "s/G55500011/G12345678/; s/1979-05-12/1988-04-02/; s/Hospital/$(printf 'H%0100d' 0)/" \
    "$CLAIMS/attestations/essential-worker.json" >wide.json
must "$GARITA" --now "$NOW" issue --as labor wide.json -o wide.txt
d=$(cat wide.txt)
with "$v" "$t" "$d" "$d" "$d" "$d" "$d"
run issue --as cbp --now "$NOW" with.json -o x.png --ecc H
expect_status 65
expect_err_has "no QR code holds this"
[ ! -e x.png ] || fail "a card was written"
run issue --as cbp --now "$NOW" --batch with.json --out-dir h --ecc H
expect_status 65
expect_err_has "with.json:1: no QR code holds this"

# what nobody here trusts is let through, and said
elsewhere=$GARITA_HOME
fresh_home
must "$GARITA" init --country USA
must "$GARITA" key new other --no-passphrase
must "$GARITA" authority anchor other --name Other --country USA -o other.auth
must "$GARITA" trust add other.auth --anchor
must "$GARITA" --now "$NOW" issue --as other "$CLAIMS/attestations/vaccination.json" -o other.txt
GARITA_HOME=$elsewhere
with "$v" "$(cat other.txt)"
run issue --as cbp --now "$NOW" with.json -o known.txt
expect_status 0
expect_err_has "warning: with.json: attestation 2 is signed by nobody whom this home trusts"

# --- join: no home, no key ---
join() {
    run --home /nonexistent join "$@"
}
attest "$CLAIMS/attestations/vaccination.json" -o v.png
join card.txt v.png test.txt -o joined.png
expect_status 0
expect_out_empty
expect_err_has "joined: a credential and 2 attestations"
run inspect joined.png --json
expect_json "o.serial === $card && o.attestations.length === 2"
# in any order, from lines of one file, from a packet, from bytes; the same twice counts once
cat test.txt vaccination.txt card.txt >lines.txt
join lines.txt joined.png vaccination.bin --json -o lines.bin
expect_status 0
expect_json 'o.credential === true && o.attestations === 4 && o.file === "lines.bin"'
join lines.bin lines.bin -o same.bin
expect_status 0
cmp lines.bin same.bin || fail "another code of the same statements"
join card.txt --json
expect_json "o.attestations === 0 && o.text === '$(cat card.txt)'"
join test.txt vaccination.txt --json
expect_json 'o.credential === false && o.attestations === 2'
node -pe 'JSON.parse(require("fs").readFileSync(0)).text' <"$seen/out" >two.txt
run inspect two.txt --json
expect_json 'o.type === "packet" && o.attestations.length === 2'
join card.txt test.txt
expect_out_has "█"
# a SENTRI credential, a vaccination and an essential worker's designation: version 17 at most
sed 's/"holder": {/"holder": {"name":"X",/; s/G55500011/G12345678/; s/1979-05-12/1988-04-02/
    s/, "name": "Hospital General de Tijuana"//' "$CLAIMS/attestations/essential-worker.json" >mine.json
must "$GARITA" --now "$NOW" issue --as labor mine.json -o mine.txt
join card.txt vaccination.txt mine.txt -o three.png --json
expect_status 0
expect_json 'o.qr_version <= 17'

join card.txt essential-worker.txt -o x.png
expect_status 65
expect_err_has "essential-worker.txt: an attestation (Essential worker) is bound to somebody else than the credential is about"
join test.txt essential-worker.txt -o x.png --json
expect_status 65
expect_json 'o.error === "wrong-subject" && o.source === "essential-worker.txt"'
join card.txt taken.txt -o x.png
expect_status 65
expect_err_has "a second credential: one code holds one"
join card.txt usa.auth -o x.png
expect_status 65
expect_err_has "usa.auth"
echo HC1:ABC >foreign.txt
join card.txt foreign.txt -o x.png --json
expect_status 65
expect_json 'o.error === "foreign-qr" && o.source === "foreign.txt" && o.line === 1'
for i in 1 2 3 4 5 6 7 8; do
    must "$GARITA" --now "$NOW" issue --as health "$CLAIMS/attestations/test.json" --json
    node -pe 'JSON.parse(require("fs").readFileSync(0)).text' <"$seen/out"
done >eight.txt
join card.txt eight.txt -o x.png
expect_status 65
expect_err_has "more statements than one code can hold"
: >empty
join empty -o x.png
expect_status 65
expect_err_has "there is nothing in it to join"
join missing.png -o x.png
expect_status 66
join card.txt test.txt -o joined.png
expect_status 73
join card.txt -o x.gif
expect_status 64
join -o x.png
expect_status 64
join card.txt --json -o -
expect_status 64
[ ! -e x.png ] || fail "a code was written"
expect_no_new_files
