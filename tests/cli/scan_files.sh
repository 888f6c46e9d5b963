#!/bin/sh
# Files go by what they hold: pictures, lines of text, statements; anything else is 65.
. "$(dirname "$0")/lib.sh"
make_world
for kind in png txt bin; do
    must "$GARITA" issue --as cbp claims.json -o card.$kind
done
make_checkpoint

for kind in png txt bin; do
    # The name does not matter.
    cp card.$kind unnamed
    run scan --now $NOW --lane any --json unnamed
    expect_status 0
    expect_out_lines 1
    expect_json 'o.verdict === "accept" && o.source === "unnamed"'
    run scan --now $NOW --json unnamed
    expect_status 2
    expect_json 'o.reason === "status-missing"'
    run scan --now $NOW --lane any --json - <unnamed
    expect_status 0
    expect_json 'o.verdict === "accept" && o.source === "-"'
done

# A verdict for people has the word, what to compare, and why.
run scan --now $NOW --lane any card.png
expect_status 0
expect_err_empty
for text in "█" "ACCEPT  ok" "Compare with the document shown" "MARÍA FERNANDA GARCÍA LÓPEZ" \
    "MARIA<FERNANDA<GARCIA<LOPEZ" 1988-04-02 "Passport MEX G12345678" 2031-01-01 SENTRI CBP; do
    expect_out_has "$text"
done
expect_out_lacks "$(printf '\033')"
run scan --now $NOW --lane any card.png --lang es
expect_out_has "ACEPTADO"
expect_out_has "Pasaporte MEX G12345678"
run scan --now $NOW card.png
expect_out_has "REFER  status-missing"
run scan --now 2032-01-01T00:00:00Z --lane any card.png
expect_status 1
expect_out_has "REJECT  expired"

# A forged one shows nobody's data.
size=$(wc -c <card.bin)
{
    head -c $((size / 2)) card.bin
    printf '\125'
    tail -c +$((size / 2 + 2)) card.bin
} >half.bin
{
    head -c $((size - 1)) card.bin
    printf '\377' # no signature ends so: S is below the group's order
} >forged.bin
run scan --now $NOW --lane any forged.bin
expect_status 1
expect_out_has "bad-signature"
expect_out_lacks "GARC"
expect_out_lacks "G12345678"
run scan --now $NOW --lane any --json forged.bin
expect_json 'o.reason === "bad-signature" && o.holder === null && o.serial === null && o.programme === null'
expect_json 'o.checks.find((c) => c.check === "signature").result === "fail"'
run scan --now $NOW --lane any --json half.bin
expect_status 1
expect_json 'o.verdict === "reject" && o.holder === null'

# Truncated, or with something behind: the form says where.
head -c 60 card.bin >short.bin
run scan --now $NOW --lane any --json short.bin
expect_status 1
expect_json 'o.reason === "malformed" && o.checks[0].result === "fail" && typeof o.checks[0].error === "string" && typeof o.checks[0].at === "number"'

# Several: each has its verdict, and the worst decides.
run scan --now $NOW --lane any --json card.png forged.bin card.txt
expect_status 1
expect_out_lines 3
expect_json 'all.map((v) => v.verdict).join() === "accept,reject,accept"'
run scan --now $NOW --lane any --json card.png nosuch.png card.bin
expect_status 66
expect_out_lines 3
expect_json 'all[1].error === "not-found" && all[1].source === "nosuch.png" && o.verdict === "accept"'

# Neither of the three.
printf '\000\001\002\003' >noise
printf 'GT1:\377\n' >latin
: >empty
mkdir folder
for file in noise latin folder; do
    run scan --now $NOW --lane any --json $file
    expect_status 65
    expect_out_lines 1
    expect_json 'typeof o.error === "string" && o.source !== null'
done
run scan --now $NOW --lane any --json empty
expect_status 65
expect_json 'o.error === "no-input" && o.source === "empty"'
# An authority's statement is no credential, and is called what it is. Where in it the type stands is
# for programs.
for language in en es; do
    run scan --now $NOW --lane any --lang $language cbp.auth
    expect_status 1
    expect_out_has "garita trust add FILE"
    expect_out_lacks "(type)"
    expect_out_lacks ", at "
    expect_out_lacks ", en la posici"
done
run scan --now $NOW cbp.auth
expect_out_has "This is an authority's statement, not a traveler's credential."
run scan --now $NOW --json cbp.auth
expect_json 'o.checks[0].error === "wrong-type" && o.checks[0].at > 0 && o.hint.includes("trust add")'

# A file of another kind is one failure, with what to do, not one for each of its lines.
must "$GARITA" --home "$signers" issue --as cbp claims.json -o card.svg
printf '\357\273\277 \n<svg\n>\n' >marked.svg
printf '[1,\n2]\n' >list.json
printf 'GIF89a\001\002' >one.gif
printf '%%PDF-1.7\nx\ny\n' >one.pdf
printf 'RIFF\001\002\003\004WEBPVP8 ' >one.webp
printf '\000\000\000\030ftypheic\000' >one.heic
for file in card.svg marked.svg claims.json list.json one.gif one.pdf one.webp one.heic; do
    run scan --now $NOW --json $file
    expect_status 65
    expect_out_lines 1
    expect_json 'o.error === "unreadable" && o.line === null && o.hint.length > 0'
done
expect_json 'o.message.includes("HEIC") && o.hint.includes("PNG or JPEG")'
run scan --now $NOW --json claims.json
expect_json 'o.message.includes("JSON") && o.hint.includes("garita issue")'
run scan --now $NOW --json card.svg
expect_json 'o.message.includes("SVG")'
# But not the text of a seal that is JSON itself.
printf '{"data":{"hdr":{"t":"icao.test"}}}\n' >seal.txt
run scan --now $NOW --json seal.txt
expect_json 'o.error === "foreign-qr"'

head -c 200 card.png >broken.png
run scan --now $NOW --lane any --json broken.png
expect_status 65
expect_no_new_files
