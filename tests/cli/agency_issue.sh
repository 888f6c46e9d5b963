#!/bin/sh
# issue: every form, every refusal before a serial is used, and the register behind it.
. "$(dirname "$0")/lib.sh"

make_world
issue() {
    run issue --as cbp --now "$NOW" "$@"
}

# --- what is wrong with the command ---
run issue claims.json
expect_status 64
issue
expect_status 64
issue missing.json -o x.txt
expect_status 66
issue claims.json -o card.gif
expect_status 64
expect_err_has "png, svg, txt or bin"
issue claims.json -o card
expect_status 64
issue claims.json -o no/such/card.png
expect_status 66
issue claims.json --ecc X -o x.png
expect_status 64
issue claims.json --scale 33 -o x.png
expect_status 64
issue claims.json --out-dir d
expect_status 64
issue claims.json --reprint 1
expect_status 64
issue claims.json --json -o -
expect_status 64
run issue --as nobody claims.json -o x.txt
expect_status 66
issue - --passphrase-file - -o x.txt <claims.json
expect_status 64
expect_no_new_files

# --- what is wrong with the claims: the field is named, and what to do ---
# bad FROM TO CODE TEXT: the example with FROM replaced (sed), is refused.
bad() {
    sed "s|$1|$2|" claims.json >bad.json
    ! cmp -s bad.json claims.json || fail "nothing replaced by s|$1|$2|"
    issue bad.json -o x.txt
    expect_status 65
    expect_err_has "$4"
    [ ! -e x.txt ] || fail "a card was written"
    issue bad.json --json
    expect_status 65
    expect_json "o.error === '$3' && o.source === 'bad.json'"
}
bad '"sentri"' '"sentry"' unknown-programme 'did you mean "sentri"?'
bad '"sentri"' '"xyz"' unknown-programme 'one of: sentri global-entry'
bad '"sentri"' '7' wrong-kind 'programme must be a text in quotes'
bad '"programme":"sentri",' '' missing-field 'programme is missing'
bad '"expires"' '"expiers"' unknown-field 'did you mean "expires"?'
bad '"birth_date"' '"birthdate"' unknown-field 'holder.birthdate: there is no such field'
bad '1988-04-02' '1988-02-30' date 'holder.birth_date: "1988-02-30" is no birth date'
bad '2031-01-01' '01/01/2031' date 'expires: "01/01/2031" is no date'
bad '2031-01-01' '2025-12-31' date-order 'expires: before not_before'
bad '"nationality":"MEX"' '"nationality":"MXE"' country 'holder.nationality: "MXE" is no country code'
bad '"nationality":"MEX"' '"nationality":"DEU"' country 'write Germany as D'
bad '"country":"MEX"' '"country":"MX"' country 'three letters'
bad '"passport"' '"pasport"' unknown-document-type 'did you mean "passport"?'
bad 'G12345678' 'g12345678' range 'holder.document.number: '
bad 'G12345678' '' empty 'holder.document.number is empty'
bad 'MARÍA FERNANDA' 'MARÍA\\u202eFERNANDA' unsafe-text 'holder.name: '
bad 'MARÍA' "$(printf 'M%0300d' 0)" range 'holder.name: '
bad '{"id":"IMMEX-1234-2006"}' '"IMMEX"' wrong-kind 'employer must be an object'
bad '{"id":"IMMEX-1234-2006"}' '{"name":"X"}' missing-field 'employer.id is missing'
bad '"programme":"sentri",' '"programme":"sentri","attestations":[{}],' wrong-kind 'attestations[0]'
bad '"programme":"sentri",' '"programme":"sentri","attestations":{},' wrong-kind 'attestations must be a list'
bad '"programme":"sentri",' '"programme":"sentri","programme":"fast",' json 'not JSON: duplicate'
bad '"not_before"' 'not_before' json 'bad.json:3: not JSON'
echo '[]' >list.json
issue list.json -o x.txt
expect_status 65
: >nothing.json
issue nothing.json -o x.txt
expect_status 65
{
    echo '{"x":"'
    head -c 1100000 /dev/zero | tr '\0' x
    echo '"}'
} >huge.json
issue huge.json -o x.txt
expect_status 65
printf '{"programme":"\377"}' >latin1.json
issue latin1.json -o x.txt
expect_status 65
rm -f huge.json

# --- what the authority may not give ---
sed 's/"sentri"/"nexus"/' claims.json >nexus.json
issue nexus.json -o x.txt
expect_status 77
expect_err_has "CBP may not give: nexus"
expect_err_has "its programmes: sentri, fast"
sed 's/2031-01-01/2090-01-01/' claims.json >long.json
issue long.json -o x.txt
expect_status 77
expect_err_has "it would outlast CBP"
run issue --as cbp claims.json -o x.txt --now 2090-01-01T00:00:00Z
expect_status 77
expect_err_has "CBP was in force until"
run issue --as inm claims.json -o x.txt --now "$NOW"
expect_status 77
must "$GARITA" key new stranger --no-passphrase
run issue --as stranger claims.json -o x.txt --now "$NOW"
expect_status 77
expect_err_has "garita authority anchor"
[ ! -e x.txt ] || fail "a card was written"

# --- none of this used a serial ---
issue claims.json -o card.txt
expect_status 0
expect_out 1
expect_err_empty
[ "$(stat -c %a card.txt)" = 600 ] || fail "the card is open to others"
issue claims.json -o card.txt
expect_status 73
issue claims.json -o card.bin --json
expect_json 'o.serial === 2 && o.file === "card.bin" && o.ref === null && o.bytes <= 190 &&
    o.qr_version <= 10 && /^[0-9a-f]{16}$/.test(o.issuer)'
[ "$(stat -c %s card.bin)" -le 190 ] || fail "the example is over 190 bytes"
issue claims.json -o card.png --scale 4
expect_out 3
issue claims.json -o card.svg
expect_out 4
grep -q '<svg' card.svg || fail "not SVG"
issue claims.json
expect_status 0
expect_out_has "serial 5"
expect_out_has "█"
issue claims.json --json
expect_json 'o.serial === 6 && o.text.startsWith("GT1:") && o.file === null'
issue claims.json -o -
expect_status 0
expect_out_lines 1
expect_err_has "serial 7"
cp "$seen/out" card7.txt
issue - -o card8.txt <claims.json
expect_out 8
run scan --lane any --now "$NOW" --json card.txt card.bin card.png card7.txt card8.txt
expect_status 0
expect_json 'all.map((v) => v.serial).join() === "1,2,3,7,8"'

# --- the whole of a claim comes back ---
run inspect card.txt --json
expect_json 'JSON.stringify(Object.entries(o.claims.holder)) !== undefined &&
    o.claims.holder.name === "MARÍA FERNANDA GARCÍA LÓPEZ" &&
    o.claims.employer.id === "IMMEX-1234-2006"'
node -e 'console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0)).claims))' \
    <"$seen/out" >claims-back.json
printf '\357\273\277' | cat - claims-back.json >claims-bom.json
issue claims-bom.json --json
expect_status 0
sed 's/"1988-04-02"/"1988"/; s/"employer".*}/"attestations":[]}/' claims.json >vague.json
issue vague.json -o vague.txt
expect_status 0
run inspect vague.txt --json
expect_json 'o.claims.holder.birth_date === "1988" && o.claims.employer === undefined'

# --- the longest names, at the highest error correction ---
sed "s/MARÍA/$(printf '%0170d' 0)/; s/IMMEX/$(printf 'I%050d' 0)/" claims.json >wide.json
issue wide.json --ecc H --json
expect_status 0
last=$(node -pe 'JSON.parse(require("fs").readFileSync(0)).serial' <"$seen/out")

# --- a ref gives the same again ---
sed 's/^{/{"ref":"Á-1",/' claims.json >ref.json
issue ref.json -o ref1.bin --json
expect_json "o.serial === $last + 1 && o.ref === 'Á-1'"
issue ref.json -o ref2.bin
expect_out $((last + 1))
expect_err_has "issued before with this ref"
cmp ref1.bin ref2.bin || fail "another statement for the same ref"
sed 's/1988-04-02/1988-04-03/' ref.json >ref-other.json
issue ref-other.json -o x.txt
expect_status 65
expect_err_has "was given before, with other claims (serial $((last + 1)))"
sed "s/Á-1/$(printf '%0129d' 0)/" ref.json >ref-long.json
issue ref-long.json -o x.txt
expect_status 65
issue claims.json -o next.txt
expect_out $((last + 2))

# --- from the register ---
run issue --as cbp --reprint 1 -o again.txt
expect_out 1
cmp card.txt again.txt || fail "another statement for the same serial"
run issue --as cbp --reprint 999 -o x.txt
expect_status 66
expect_err_has "issued no serial 999"
run issue --as usa --reprint 1 --json
expect_status 0
expect_json 'o.serial === 1 && o.text.startsWith("GT1:")'
[ ! -e x.txt ] || fail "a card was written"
